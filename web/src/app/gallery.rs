//! The scenarios that come along, each with a small picture of what becomes of its map.

use std::cell::OnceCell;
use std::rc::Rc;

use uvmscope_format::scenarios::{self, Group, Scenario};
use uvmscope_replay::{Cursor, Place};
use uvmscope_scene::{Class, Key, Scene, Shape, Viewport};
use uvmscope_uvm::Halt;

use crate::app::run::{Run, Source};

/// A scenario as the gallery shows it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Card {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) about: String,
    pub(crate) tags: Vec<&'static str>,
    pub(crate) group: Group,
    /// How it ends, where that is not well.
    pub(crate) ending: Option<&'static str>,
    pub(crate) picture: Vec<Patch>,
}

/// A rectangle of a small picture; `from` and `width` are thousandths of its width.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Patch {
    pub(crate) what: What,
    pub(crate) from: i32,
    pub(crate) width: i32,
}

/// What a rectangle of a small picture stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    Entry,
    Wired,
    Broken,
    Page,
}

impl What {
    /// Its name in style sheets.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Entry => "mini-entry",
            Self::Wired => "mini-wired",
            Self::Broken => "mini-broken",
            Self::Page => "mini-page",
        }
    }
}

impl Card {
    /// Whether every one of the words is in what is said of it.
    pub(crate) fn has(&self, words: &str) -> bool {
        let all = format!("{} {} {} {}", self.name, self.title, self.about, self.tags.join(" "));
        let all = all.to_lowercase();
        words.to_lowercase().split_whitespace().all(|word| all.contains(word))
    }
}

thread_local! {
    static CARDS: OnceCell<Rc<[Card]>> = const { OnceCell::new() };
}

/// All of them, in the order of the gallery; each is run once, when the gallery is first opened.
pub(crate) fn cards() -> Rc<[Card]> {
    CARDS.with(|cards| Rc::clone(cards.get_or_init(|| scenarios::ALL.iter().map(card).collect())))
}

fn card(scenario: &Scenario) -> Card {
    let source = Rc::new(Source::own(scenario.text.to_owned()));
    let config = source.script.config;
    let run = Run::record(source, config);
    let halt = run.timeline.halt();
    let ending = match halt {
        Some(Halt::Panic(_)) => Some("panics"),
        Some(_) => Some("does not end"),
        None if !run.timeline.promise_breaks().is_empty() => Some("breaks a promise"),
        None => None,
    };
    Card {
        name: scenario.name,
        title: scenario.title(),
        about: scenario.about(),
        tags: scenario.tags().collect(),
        group: scenario.group(),
        ending,
        picture: picture(&run),
    }
}

/// The width that the map is laid out for, in pixels.
const WIDTH: u16 = 600;

/// The map where a promise is first broken, or else as the run leaves it; before it was all unmapped
/// where that is how it ends.
fn picture(run: &Run) -> Vec<Patch> {
    let mut cursor = run.timeline.cursor();
    cursor.seek(run.opening());
    if run.timeline.promise_breaks().is_empty() {
        let last = run.timeline.last_place().call;
        let ends = (1..=last).rev().map(|call| Place { call, step: usize::MAX });
        for place in ends {
            cursor.seek(run.timeline.clamp(place));
            if cursor.state().entry_count() > 0 {
                break;
            }
        }
    }
    patches(&drawn(run, &cursor))
}

fn drawn(run: &Run, cursor: &Cursor) -> Scene {
    run.story.scene(cursor, None, Viewport::fitting(WIDTH, 320))
}

fn patches(scene: &Scene) -> Vec<Patch> {
    let (left, right) = scene.axis.ends();
    let all = i64::from((right - left).0).max(1);
    let patch = |what: What, from: i32, width: i32| {
        let part = |n: i64| i32::try_from(n * 1000 / all).unwrap_or(0);
        let from = i64::from(from) - i64::from(left.0);
        Patch { what, from: part(from), width: part(i64::from(width)) }
    };
    let bars = scene.bars.iter().map(|bar| {
        let what = if bar.wired_count > 0 { What::Wired } else { What::Entry };
        patch(what, bar.rect.x.0, bar.rect.width.0)
    });
    let more = scene.nodes().filter_map(|node| {
        let what = match node.key {
            Key::Hatch(_) if node.class.has(Class::Broken) => What::Broken,
            Key::Page(_) if node.class.has(Class::Resident) => What::Page,
            _ => return None,
        };
        let shapes = node.parts.iter().map(|part| &part.shape);
        let rect = shapes.filter_map(|shape| match shape {
            Shape::Rect { rect, .. } => Some(rect),
            _ => None,
        });
        rect.take(1).map(|rect| patch(what, (node.at.x + rect.x).0, rect.width.0)).next()
    });
    let mut patches: Vec<Patch> = bars.chain(more).collect();
    patches.sort_by_key(|patch| patch.what);
    patches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_has_a_card_and_a_picture() {
        let cards = cards();
        assert_eq!(cards.len(), scenarios::ALL.len());
        for card in cards.iter() {
            assert!(!card.picture.is_empty(), "{}", card.name);
            let inside = |p: &Patch| p.from >= 0 && p.width >= 0 && p.from + p.width <= 1002;
            assert!(card.picture.iter().all(inside), "{}: {:?}", card.name, card.picture);
        }
        let mail = cards.iter().find(|card| card.name == "mlock-zero").expect("the mail");
        assert_eq!(mail.ending, Some("panics"));
        let kinds: Vec<What> = mail.picture.iter().map(|patch| patch.what).collect();
        assert_eq!(kinds, [What::Entry, What::Wired, What::Broken, What::Page]);
    }

    #[test]
    fn a_card_is_found_by_words_from_anywhere_in_it() {
        let cards = cards();
        let mail = cards.iter().find(|card| card.name == "mlock-zero").expect("the mail");
        assert!(mail.has("ZERO panic") && mail.has("buffer") && mail.has(""));
        assert!(!mail.has("zero madvise"));
    }
}
