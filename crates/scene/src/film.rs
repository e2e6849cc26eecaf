//! A run as a picture that plays by itself: an SVG text with a style sheet and no script, so that
//! it also plays where a page has it as a mere image.
//!
//! Every look that a thing has on the way is drawn once; rules say at which times it is to be seen.
//! For a reader who wants no motion, and for a program that knows none, it is the still picture of
//! one place.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};

use uvmscope_replay::Place;

use crate::caption::Caption;
use crate::geom::{Point, Rect, Unit, px};
use crate::key::{Key, Layer};
use crate::marks::MarkKind;
use crate::node::{Born, Node, Scene};
use crate::said::{Said, margin};
use crate::story::Story;
use crate::svg::{HATCH, Look, escaped, own_style, style, write_hatch, write_part, write_shift};
use crate::viewport::Viewport;

/// The most places that are shown.
pub const MAX_PLACES: usize = 60;

/// Milliseconds that a place is shown at least, and more for each letter of its sentence.
const GLANCE: u32 = 1_200;
const LETTER: u32 = 24;
/// The longest that a place is shown, and how much longer the last one is.
const LONGEST: u32 = 6_000;
const HOLD: u32 = 3_000;
/// Milliseconds that a motion takes.
const MOTION: u32 = 450;

/// Below the sentence: where the run is, and the line that grows with the time.
const FOOT: Unit = px(24);

/// What places are shown for, the weightiest first.
const WEIGHTS: [MarkKind; 10] = [
    MarkKind::Panic,
    MarkKind::Broken,
    MarkKind::Silent,
    MarkKind::Mended,
    MarkKind::Call,
    MarkKind::Cut,
    MarkKind::Refused,
    MarkKind::Console,
    MarkKind::Nothing,
    MarkKind::Count,
];

/// A run that plays by itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Film {
    /// The text of the SVG file.
    pub svg: String,
    /// How many places it shows.
    pub shown: usize,
    /// How many marked places it leaves out, since there are more than [`MAX_PLACES`].
    pub left_out: usize,
}

impl Film {
    /// The run of a story; `still` is the place that stands where nothing moves.
    ///
    /// Shown are the places that are worth going to, each for as long as its sentence takes to
    /// read. Of more than [`MAX_PLACES`] the kinds of the least weight are left out, and of one kind
    /// the latest.
    pub fn of(story: &Story, look: Look, width: u16, still: Place) -> Self {
        let (places, left_out) = places(story, still);
        let reel = Reel::shoot(story, &places, width, still);
        let mut svg = String::new();
        // Writing to a string cannot fail.
        let _ = reel.write(&mut svg, look);
        Self { svg, shown: places.len(), left_out }
    }
}

/// The places that are shown, in order, and how many others are marked.
fn places(story: &Story, still: Place) -> (Vec<Place>, usize) {
    let timeline = story.timeline();
    let ends = [timeline.first_place(), still, timeline.last_place()];
    let mut places = BTreeSet::from(ends);
    let marks = story.marks();
    let mut left_out = BTreeSet::new();
    for kind in WEIGHTS {
        for mark in marks.iter().filter(|mark| mark.kind == kind) {
            if places.len() < MAX_PLACES {
                places.insert(mark.place);
            } else if !places.contains(&mark.place) {
                left_out.insert(mark.place);
            }
        }
    }
    (places.into_iter().collect(), left_out.len())
}

/// Which places something is seen at.
type Seen = Vec<bool>;

/// A thing with one look.
struct Take {
    node: Node,
    seen: Seen,
    /// From where it moves in, where it comes into sight.
    moves: Vec<(usize, From)>,
}

/// Where a thing moves from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    /// Its first rectangle was this one.
    Rect(Rect),
    /// Its origin was so far away.
    Shift(Point),
}

/// Everything that is seen on the way.
struct Reel {
    width: Unit,
    height: Unit,
    title: String,
    /// Milliseconds at which each place comes into sight; the last is the end.
    times: Vec<u32>,
    takes: BTreeMap<(Layer, Key), Vec<Take>>,
    said: Vec<(Said, Seen)>,
    feet: Vec<(String, Seen)>,
    /// Where the still picture is among the places.
    still: usize,
}

impl Reel {
    fn shoot(story: &Story, places: &[Place], width: u16, still: Place) -> Self {
        let view = Viewport::of_width(width);
        let mut cursor = story.timeline().cursor();
        let calls = story.timeline().calls().len();
        let mut takes: BTreeMap<(Layer, Key), Vec<Take>> = BTreeMap::new();
        let mut captions = Vec::new();
        let mut feet = Vec::new();
        let mut times = vec![0];
        let (mut wide, mut high) = (Unit::ZERO, Unit::ZERO);
        let mut previous: Option<Scene> = None;
        let mut title = String::new();
        for (n, place) in places.iter().enumerate() {
            cursor.seek(*place);
            let scene = story.scene(&cursor, previous.as_ref(), view);
            (wide, high) = (wide.max(scene.width), high.max(scene.height));
            if *place == still {
                title.clone_from(&scene.title);
            }
            for group in &scene.groups {
                for node in &group.nodes {
                    let before = previous.as_ref().and_then(|scene| scene.find(node.key));
                    let all = takes.entry((group.layer, node.key)).or_default();
                    let take = see(all, node, n, places.len());
                    if has_weight(group.layer) {
                        take.moves.extend(origin(before, node).map(|from| (n, from)));
                    }
                }
            }
            let caption = story.caption(&cursor);
            let letters = u32::try_from(caption.plain().chars().count()).unwrap_or(u32::MAX);
            let hold = if n + 1 == places.len() { HOLD } else { 0 };
            let long = letters.saturating_mul(LETTER).saturating_add(GLANCE).min(LONGEST) + hold;
            times.push(times.last().copied().unwrap_or_default() + long);
            let steps = story.call(*place).map_or(0, uvmscope_replay::CallRun::steps);
            let Place { call, step } = *place;
            feet.push((
                format!("call {call} of {calls}, step {step} of {steps}"),
                only(n, places.len()),
            ));
            captions.push(caption);
            previous = Some(scene);
        }
        let said: Vec<(Said, Seen)> = captions
            .iter()
            .enumerate()
            .map(|(n, caption): (usize, &Caption)| {
                (Said::at(high, wide, caption), only(n, places.len()))
            })
            .collect();
        let below = said.iter().map(|(said, _)| said.height()).max().unwrap_or_default();
        let still = places.iter().position(|place| *place == still).unwrap_or_default();
        let height = high + below + FOOT;
        Self { width: wide, height, title, times, takes, said, feet, still }
    }

    fn write(&self, out: &mut String, look: Look) -> fmt::Result {
        let Self { width, height, .. } = self;
        let mut rules = Rules::new(&self.times, self.still);
        let mut body = String::new();
        // What is seen at the same times and lies next to one another is one group.
        let mut group: Option<&Seen> = None;
        for take in self.takes.values().flatten() {
            if group != Some(&take.seen) {
                body.push_str(if group.is_some() { "</g>" } else { "" });
                write!(body, "<g{}>", rules.seen(&take.seen))?;
                group = Some(&take.seen);
            }
            let motion = rules.motion_of(take);
            let at = take.node.at;
            let own = at != Point::ORIGIN;
            if own {
                body.push_str("<g");
                write_shift(&mut body, at)?;
                body.push('>');
            }
            // The rule must not take the place of the shift.
            if let Some((number, how)) = motion {
                write!(body, "<g class=\"{how} m{number}\">")?;
            }
            take.node.parts.iter().try_for_each(|part| write_part(&mut body, part, HATCH))?;
            body.push_str(if motion.is_some() { "</g>" } else { "" });
            body.push_str(if own { "</g>" } else { "" });
        }
        body.push_str(if group.is_some() { "</g>" } else { "" });
        for (said, seen) in &self.said {
            write!(body, "<g{}>", rules.seen(seen))?;
            said.write(&mut body)?;
            body.push_str("</g>");
        }
        let (left, foot) = (margin(*width), *height - px(10));
        for (text, seen) in &self.feet {
            write!(body, "<g{}>", rules.seen(seen))?;
            write!(body, "<text class=\"note\" x=\"{left}\" y=\"{foot}\">{text}</text></g>")?;
        }
        let bar = *height - px(4);
        write!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"uvm-scene\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{}\">",
            escaped(&format!("{}. The picture plays by itself.", self.title))
        )?;
        let look = if look == Look::Classes { Look::Auto } else { look };
        let sheet = format!("{}{}", style(), include_str!("film.css"));
        write!(
            out,
            "<style>{}{}</style>",
            own_style(&sheet, look).unwrap_or_default(),
            rules.sheet()
        )?;
        write_hatch(out, HATCH)?;
        write!(
            out,
            "<rect class=\"ground\" width=\"{width}\" height=\"{height}\" rx=\"8\"/>{body}"
        )?;
        writeln!(
            out,
            "<rect class=\"reel-ground\" y=\"{bar}\" width=\"{width}\" height=\"4\"/>\
             <rect class=\"reel\" y=\"{bar}\" width=\"{width}\" height=\"4\"/></svg>"
        )
    }
}

fn only(n: usize, of: usize) -> Seen {
    (0..of).map(|at| at == n).collect()
}

/// Whether things of the layer are seen to move; captions and lines that follow them would only
/// make a stir.
const fn has_weight(layer: Layer) -> bool {
    matches!(layer, Layer::Claims | Layer::ClaimText | Layer::Promises | Layer::Pins)
}

/// Where a node comes from, if it comes from anywhere.
fn origin(before: Option<&Node>, node: &Node) -> Option<From> {
    match (before, node.born) {
        (Some(before), _) => moved(before, node),
        (None, Some(Born::Rect(rect))) => Some(From::Rect(rect)),
        (None, Some(Born::At(at))) => Some(From::Shift(away(at, node.at))),
        (None, _) => None,
    }
}

/// Notes that a node is seen at the place of that number.
fn see<'a>(takes: &'a mut Vec<Take>, node: &Node, n: usize, of: usize) -> &'a mut Take {
    // What moves says so itself here, and nobody points at anything.
    let bare = Node { born: None, tick: None, title: None, ..node.clone() };
    let number = takes.iter().position(|take| take.node == bare).unwrap_or_else(|| {
        takes.push(Take { node: bare, seen: vec![false; of], moves: Vec::new() });
        takes.len() - 1
    });
    let take = &mut takes[number];
    if let Some(seen) = take.seen.get_mut(n) {
        *seen = true;
    }
    take
}

/// How a thing moved, if it did.
fn moved(before: &Node, now: &Node) -> Option<From> {
    if before.at != now.at {
        let by = away(before.at, now.at);
        // A motion that nobody can see is none.
        let seen = [by.x, by.y].iter().any(|by| by.0.abs() >= px(2).0);
        return seen.then_some(From::Shift(by));
    }
    let (old, new) = (before.first_rect()?, now.first_rect()?);
    ((old.x, old.width) != (new.x, new.width)).then_some(From::Rect(old))
}

fn away(from: Point, to: Point) -> Point {
    Point::new(from.x - to.x, from.y - to.y)
}

/// What moves of a thing that moves by its rectangle.
const BY_RECT: &str = ">rect:first-child";

/// How a thing moves while it does. Between its motions it must stand still, so that frames without
/// this hold what they say until the next.
const EASE: &str = "animation-timing-function:ease-out";

/// The rules that say what is seen when, each written once however many things go by it.
struct Rules<'a> {
    times: &'a [u32],
    still: usize,
    seen: BTreeMap<Seen, usize>,
    /// What of a thing moves, and its frames.
    moves: Vec<(&'static str, String)>,
}

impl<'a> Rules<'a> {
    const fn new(times: &'a [u32], still: usize) -> Self {
        Self { times, still, seen: BTreeMap::new(), moves: Vec::new() }
    }

    /// The attribute of a group that is seen at these places.
    fn seen(&mut self, seen: &Seen) -> String {
        if !seen.contains(&false) {
            return String::new();
        }
        let next = self.seen.len();
        let number = *self.seen.entry(seen.clone()).or_insert(next);
        let off = if seen.get(self.still) == Some(&true) { "" } else { " off" };
        format!(" class=\"v v{number}{off}\"")
    }

    /// The number of the rule by which something moves in, if it does.
    /// Besides the class of those that move as a whole, or by their rectangle.
    fn motion_of(&mut self, take: &Take) -> Option<(usize, &'static str)> {
        let (frames, of_rect) = self.frames_of(take)?;
        let rule = (if of_rect { BY_RECT } else { "" }, frames);
        let number = self.moves.iter().position(|it| *it == rule).unwrap_or_else(|| {
            self.moves.push(rule);
            self.moves.len() - 1
        });
        Some((number, if of_rect { "r" } else { "m" }))
    }

    /// From where something comes each time, and to where it stands; and whether that is about its
    /// first rectangle, or about all of it.
    fn frames_of(&self, take: &Take) -> Option<(String, bool)> {
        let rect = take.node.first_rect();
        let of_rect = matches!(take.moves.first()?.1, From::Rect(_));
        let mut frames = String::new();
        for (n, from) in &take.moves {
            let (begin, end) = (*self.times.get(*n)?, *self.times.get(n + 1)?);
            let [at, to] = [begin, (begin + MOTION).min(end)].map(|time| self.percent(time));
            // Writing to a string cannot fail.
            let _ = match (from, rect) {
                (From::Rect(old), Some(new)) if of_rect => {
                    let x = |rect: &Rect| rect.x - take.node.at.x;
                    write!(
                        frames,
                        "{at}{{x:{}px;width:{}px;{EASE}}}{to}{{x:{}px;width:{}px}}",
                        x(old),
                        old.width,
                        x(&new),
                        new.width
                    )
                }
                (From::Shift(by), _) if !of_rect => {
                    write!(
                        frames,
                        "{at}{{translate:{}px {}px;{EASE}}}{to}{{translate:0}}",
                        by.x, by.y
                    )
                }
                _ => Ok(()),
            };
        }
        Some((frames, of_rect))
    }

    /// A time as a part of the whole.
    fn percent(&self, time: u32) -> String {
        let whole = u64::from(self.times.last().copied().unwrap_or_default().max(1));
        let part = u64::from(time) * 10_000 / whole;
        let (percent, rest) = (part / 100, part % 100);
        let digits = format!("{rest:02}");
        let digits = digits.trim_end_matches('0');
        if digits.is_empty() { format!("{percent}%") } else { format!("{percent}.{digits}%") }
    }

    fn sheet(&self) -> String {
        let whole = self.times.last().copied().unwrap_or_default();
        // Writing to a string cannot fail.
        let mut sheet = format!(
            ".off{{opacity:0}}.reel{{visibility:hidden}}\n\
             @media(prefers-reduced-motion:no-preference){{\n\
             .v,.reel{{animation:{whole}ms step-end infinite}}\n\
             .m,.r{BY_RECT}{{animation:{whole}ms step-end infinite}}\n\
             .reel{{visibility:visible;animation-name:reel;animation-timing-function:linear}}\n\
             @keyframes reel{{from{{transform:scaleX(0)}}}}\n"
        );
        for (seen, number) in &self.seen {
            let _ = write!(sheet, ".v{number}{{animation-name:v{number}}}@keyframes v{number}{{");
            let mut shown = None;
            for (n, now) in seen.iter().enumerate() {
                if shown.replace(*now) != Some(*now) {
                    let at = self.percent(self.times.get(n).copied().unwrap_or_default());
                    let _ = write!(sheet, "{at}{{opacity:{}}}", u8::from(*now));
                }
            }
            sheet.push_str("}\n");
        }
        for (number, (what, frames)) in self.moves.iter().enumerate() {
            let _ = writeln!(
                sheet,
                ".m{number}{what}{{animation-name:m{number}}}@keyframes m{number}{{{frames}}}"
            );
        }
        sheet.push_str("}\n");
        sheet
    }
}
