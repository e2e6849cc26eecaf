//! The sentence of the step.
//!
//! It is another one at every step, so it is written by hand, over the one before: mostly the same
//! pieces with other words in them.

use std::rc::Rc;

use uvmscope_scene::Caption;
use uvmscope_scene::glossary::{TERMS, Term};
use wasm_bindgen::JsCast as _;
use web_sys::{Document, Element, Text};
use yew::prelude::*;

use crate::app::state::Action;
use crate::app::ui::board::{Board, use_kept, use_now};
use crate::app::ui::{document, words};
use crate::app::view::{Now, SideView};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct SayProps {
    pub(crate) board: Board,
    pub(crate) sides: Vec<SideView>,
    /// What is to be said besides.
    pub(crate) note: Option<String>,
    pub(crate) dispatch: Callback<Action>,
}

/// The sentence; those of both runs where there are two that do not do the same. It speaks to a
/// screen reader only when somebody steps by hand.
#[component(Say)]
pub(crate) fn say(props: &SayProps) -> Html {
    let SayProps { board, sides, note, dispatch } = props;
    let playing = use_now(board, |now| now.spot.playing);
    let said = use_mut_ref(Said::default);
    let node = said.borrow_mut().node();
    {
        let (said, sides) = (Rc::clone(&said), sides.clone());
        use_kept(board, move |now| {
            // Fails only where there is no document.
            let _ = said.borrow_mut().say(&paragraphs(now, &sides));
        });
    }
    let explain = {
        let dispatch = dispatch.clone();
        move |event: MouseEvent| {
            let target = event.target_dyn_into::<Element>();
            let word = target.filter(|it| it.class_name() == TERM).and_then(|it| it.text_content());
            let term = word.and_then(|word| TERMS.iter().find(|term| term.word == word));
            if let Some(term) = term {
                dispatch.emit(Action::Explain(term));
            }
        }
    };
    let live = if playing { "off" } else { "polite" };
    html! {
        <div class="say" aria-live={live} aria-atomic="true" onclick={explain}>
            // In a node of its own, since Yew takes the other away where it comes and goes itself.
            <div>{ for note.iter().map(|it| html! { <p class="note">{ words(it) }</p> }) }</div>
            { node }
        </div>
    }
}

/// The class of a word that can be explained.
const TERM: &str = "term";

/// What is said in a paragraph: of which run, and what of it is set in bold.
#[derive(Debug, PartialEq)]
struct Paragraph<'a> {
    whose: Option<&'a str>,
    lead: Vec<Piece<'a>>,
    rest: Vec<Piece<'a>>,
}

/// A part of a sentence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Piece<'a> {
    Words(&'a str),
    Code(&'a str),
    Term(&'static Term),
}

fn paragraphs<'a>(now: &'a Now, sides: &'a [SideView]) -> Vec<Paragraph<'a>> {
    let alike = now.says_the_same();
    let shown = if alike { &sides[..1] } else { sides };
    let paragraph = |side: &'a SideView| {
        let Caption { lead, rest } = &now.side(side.side)?.shown.caption;
        let whose = side.name.as_deref().filter(|_| !alike);
        Some(Paragraph { whose, lead: pieces(lead), rest: pieces(rest) })
    };
    shown.iter().filter_map(paragraph).collect()
}

/// A sentence in which what stands between backticks is code.
pub(super) fn plain(text: &str) -> impl Iterator<Item = Piece<'_>> {
    text.split('`').enumerate().filter(|(_, piece)| !piece.is_empty()).map(|(n, piece)| {
        match n % 2 {
            1 => Piece::Code(piece),
            _ => Piece::Words(piece),
        }
    })
}

/// The same, and the kernel's words say what they mean to whoever rests on them or presses them.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut all = Vec::new();
    for piece in plain(text) {
        match piece {
            Piece::Words(words) => explained(words, &mut all),
            piece => all.push(piece),
        }
    }
    all
}

/// The text with the words of the glossary set apart, each word once.
fn explained<'a>(text: &'a str, all: &mut Vec<Piece<'a>>) {
    let is_letter = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let first = all.len();
    // Where the words begin that are not among the pieces yet, and where the next one does.
    let (mut from, mut at) = (0, 0);
    for piece in text.split_inclusive(|c| !is_letter(c)) {
        let word = piece.trim_end_matches(|c: char| !is_letter(c) || c == '.');
        let term = TERMS.iter().find(|term| term.word == word && is_special(word));
        if let Some(term) = term.map(Piece::Term).filter(|term| !all[first..].contains(term)) {
            all.extend(some_words(&text[from..at]));
            all.push(term);
            from = at + word.len();
        }
        at += piece.len();
    }
    all.extend(some_words(&text[from..]));
}

fn some_words(text: &str) -> Option<Piece<'_>> {
    (!text.is_empty()).then_some(Piece::Words(text))
}

/// Words that nobody knows from elsewhere; marking every "page" would help nobody.
fn is_special(word: &str) -> bool {
    !matches!(word, "map" | "entry" | "page" | "lookup" | "fault" | "object")
}

/// The paragraphs that stand there, in one node.
#[derive(Default)]
struct Said {
    node: Option<Element>,
    paragraphs: Vec<Written>,
}

/// A paragraph that stands there.
struct Written {
    whose: Option<String>,
    element: Element,
    /// What of it is set in bold, and the element that this is in.
    lead: (Element, Line),
    rest: (Element, Line),
}

impl Said {
    /// Where it is said; nothing where there is no document.
    fn node(&mut self) -> Html {
        if self.node.is_none() {
            self.node = document().and_then(|document| document.create_element("div").ok());
            self.node.iter().for_each(|node| node.set_class_name("told"));
        }
        self.node.clone().map(|node| Html::VRef(node.into())).unwrap_or_default()
    }

    fn say(&mut self, paragraphs: &[Paragraph<'_>]) -> Option<()> {
        let (document, node) = (document()?, self.node.as_ref()?);
        let pairs = self.paragraphs.iter().zip(paragraphs);
        let same = pairs.take_while(|(is, it)| is.whose.as_deref() == it.whose).count();
        self.paragraphs.drain(same..).for_each(|gone| gone.element.remove());
        for (at, paragraph) in paragraphs.iter().enumerate() {
            if at == self.paragraphs.len() {
                let written = Written::new(&document, paragraph)?;
                node.append_child(&written.element).ok()?;
                self.paragraphs.push(written);
            }
            let Written { lead: (bold, lead), rest: (plain, rest), .. } = &mut self.paragraphs[at];
            lead.write(&document, bold, &paragraph.lead)?;
            rest.write(&document, plain, &paragraph.rest)?;
        }
        Some(())
    }
}

impl Written {
    fn new(document: &Document, paragraph: &Paragraph<'_>) -> Option<Self> {
        let element = document.create_element("p").ok()?;
        if let Some(whose) = paragraph.whose {
            let tag = document.create_element("span").ok()?;
            tag.set_class_name("tag");
            tag.set_text_content(Some(whose));
            element.append_child(&tag).ok()?;
            element.append_child(&document.create_text_node(" ")).ok()?;
        }
        let bold = document.create_element("b").ok()?;
        let plain = document.create_element("span").ok()?;
        element.append_child(&bold).ok()?;
        element.append_child(&document.create_text_node(" ")).ok()?;
        element.append_child(&plain).ok()?;
        Some(Self {
            whose: paragraph.whose.map(ToOwned::to_owned),
            element,
            lead: (bold, Line::default()),
            rest: (plain, Line::default()),
        })
    }
}

/// Pieces that stand in an element.
#[derive(Default)]
struct Line(Vec<Set>);

/// A piece that stands there.
struct Set {
    kind: Kind,
    words: String,
    /// What can be taken away, and where the words are in it.
    node: web_sys::Node,
    text: Text,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Words,
    Code,
    Term,
}

impl Line {
    /// Writes the pieces over those that stand in `parent`.
    fn write(&mut self, document: &Document, parent: &Element, pieces: &[Piece<'_>]) -> Option<()> {
        for gone in self.0.drain(pieces.len().min(self.0.len())..) {
            parent.remove_child(&gone.node).ok()?;
        }
        for (at, piece) in pieces.iter().enumerate() {
            match self.0.get_mut(at) {
                Some(set) if set.kind == piece.kind() => set.renew(piece),
                Some(set) => {
                    let other = Set::new(document, piece)?;
                    parent.replace_child(&other.node, &set.node).ok()?;
                    *set = other;
                }
                None => {
                    let set = Set::new(document, piece)?;
                    parent.append_child(&set.node).ok()?;
                    self.0.push(set);
                }
            }
        }
        Some(())
    }
}

impl Set {
    fn new(document: &Document, piece: &Piece<'_>) -> Option<Self> {
        let words = piece.words().to_owned();
        let text = document.create_text_node(&words);
        let node = match piece {
            Piece::Words(_) => text.clone().unchecked_into(),
            Piece::Code(_) => wrapped(document, "code", &text)?.into(),
            Piece::Term(term) => {
                let button = wrapped(document, "button", &text)?;
                button.set_class_name(TERM);
                button.set_attribute("type", "button").ok()?;
                button.set_attribute("title", term.meaning).ok()?;
                button.into()
            }
        };
        Some(Self { kind: piece.kind(), words, node, text })
    }

    /// Has it say something else, of the same kind.
    fn renew(&mut self, piece: &Piece<'_>) {
        let words = piece.words();
        if self.words == words {
            return;
        }
        words.clone_into(&mut self.words);
        self.text.set_data(words);
        if let Piece::Term(term) = piece {
            // Fails only for a name that is none.
            let _ = self.node.unchecked_ref::<Element>().set_attribute("title", term.meaning);
        }
    }
}

fn wrapped(document: &Document, tag: &str, text: &Text) -> Option<Element> {
    let element = document.create_element(tag).ok()?;
    element.append_child(text).ok()?;
    Some(element)
}

impl<'a> Piece<'a> {
    const fn kind(&self) -> Kind {
        match self {
            Self::Words(_) => Kind::Words,
            Self::Code(_) => Kind::Code,
            Self::Term(_) => Kind::Term,
        }
    }

    pub(super) const fn words(&self) -> &'a str {
        match self {
            Self::Words(words) | Self::Code(words) => words,
            Self::Term(term) => term.word,
        }
    }
}

#[cfg(test)]
mod tests {
    use uvmscope_scene::glossary::TERMS;

    use super::Piece::{self, Code, Words};
    use super::pieces;

    fn term(word: &str) -> Piece<'static> {
        Piece::Term(TERMS.iter().find(|term| term.word == word).expect("a word of the glossary"))
    }

    #[test]
    fn a_word_of_the_glossary_is_set_apart_once_in_each_stretch_of_words() {
        let told =
            pieces("To clip, or clip again, is `to clip` a map; wired_count. Clip wired_count");
        let expected = [
            Words("To "),
            term("clip"),
            Words(", or clip again, is "),
            Code("to clip"),
            Words(" a map; "),
            term("wired_count"),
            Words(". Clip wired_count"),
        ];
        assert_eq!(told, expected);
        assert_eq!(pieces(""), []);
        assert_eq!(pieces("clip"), [term("clip")]);
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod wasm_tests {
    use uvmscope_replay::Place;
    use uvmscope_uvm::Config;
    use wasm_bindgen_test::wasm_bindgen_test;
    use web_sys::Element;

    use super::{Caption, Paragraph, Said, pieces};
    use crate::app::run::{Run, Source};

    fn said(said: &mut Said, paragraphs: &[Paragraph<'_>]) -> Element {
        let _ = said.node();
        said.say(paragraphs).expect("a document");
        said.node.clone().expect("a node")
    }

    /// Whatever was said before, what stands there is what is said.
    #[wasm_bindgen_test]
    fn what_is_written_over_is_what_would_be_written_at_once() {
        let source = Source::scenario("mlock-zero").expect("a scenario");
        let run = Run::record(source.into(), Config::ORIGINAL);
        let last = run.timeline.ordinal(run.timeline.last_place());
        let mut cursor = run.timeline.cursor();
        let mut caption = |place: Place| {
            cursor.seek(place);
            run.story.caption(&cursor)
        };
        let mut kept = Said::default();
        for n in 0..400 {
            let places = [n, n * 7919].map(|n| run.timeline.place_at(n % (last + 1)));
            let told = places.map(&mut caption);
            // One of a run alone, or two of which each is whose it is.
            let whose = [None, Some("original")][usize::from(n % 5 > 2)];
            let paragraphs: Vec<_> = told
                .iter()
                .take(if whose.is_some() { 2 } else { 1 })
                .map(|it| Paragraph { whose, lead: pieces(&it.lead), rest: pieces(&it.rest) })
                .collect();
            let all = said(&mut kept, &paragraphs);
            let made = said(&mut Said::default(), &paragraphs);
            assert!(all.is_equal_node(Some(&made)), "{}", all.outer_html());
            let words = |told: &Caption| format!("{} {}", told.lead, told.rest);
            let words = told.iter().take(paragraphs.len()).map(words).collect::<Vec<_>>().concat();
            let text = all.text_content().unwrap_or_default().replace("original ", "");
            assert_eq!(text, words.replace('`', "").replace("original ", ""));
        }
    }
}
