//! The lines of functions, as nodes that are kept while another function runs.
//!
//! Functions are entered and left all the time. The nodes of a function are therefore made once; a
//! step changes the marks of the few lines that have others now.

use uvmscope_uvm::Change;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement, Text};
use yew::prelude::*;

use crate::app::code::CodeLine;
use crate::app::ui::document;

/// The deepest indent that the style sheet knows.
const INDENTS: usize = 32;

/// The functions that were shown so far, in one node. All but one of them are hidden: taking their
/// lines out and putting others in would cost more than all else at such a step.
#[derive(Default)]
pub(crate) struct Shelf {
    node: Option<Element>,
    listings: Vec<Listing>,
    /// Which of them is shown.
    shown: Option<usize>,
}

/// A function by its name and the name of its file, and its lines.
struct Listing {
    of: (&'static str, &'static str),
    node: Element,
    rows: Vec<Row>,
}

struct Row {
    node: Element,
    marks: Option<Marks>,
    beside: Option<(String, Text)>,
}

/// What is marked on a line.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Marks {
    current: bool,
    ran: bool,
    ever: bool,
    off: Option<Change>,
}

impl Shelf {
    /// The node that they are in; nothing where there is no document.
    pub(crate) fn node(&mut self) -> Html {
        if self.node.is_none() {
            self.node = document().and_then(|document| document.create_element("div").ok());
        }
        self.node.clone().map(|node| Html::VRef(node.into())).unwrap_or_default()
    }

    /// Shows the lines of a function, `beside` standing beside the current one.
    pub(crate) fn show(
        &mut self,
        of: (&'static str, &'static str),
        lines: &[CodeLine],
        current: Option<u32>,
        beside: Option<&str>,
    ) {
        // Fails only where there is no document.
        let shown = self.turn_to(of, lines);
        if let Some(listing) = shown.and_then(|at| self.listings.get_mut(at)) {
            for (row, line) in listing.rows.iter_mut().zip(lines) {
                let current = current == Some(line.number);
                let _ = row.mark(line, current);
                let _ = row.put_beside(beside.filter(|_| current));
            }
        }
    }

    /// Shows these lines and hides those that were shown.
    fn turn_to(&mut self, of: (&'static str, &'static str), lines: &[CodeLine]) -> Option<usize> {
        let whole = self.node.as_ref()?;
        let known = self.listings.iter().position(|it| it.of == of && it.rows.len() == lines.len());
        let at = if let Some(at) = known {
            at
        } else {
            let listing = Listing::new(of, lines)?;
            whole.append_child(&listing.node).ok()?;
            self.listings.push(listing);
            self.listings.len() - 1
        };
        let before = self.shown.replace(at);
        if before != Some(at) {
            self.listings[at].node.remove_attribute("hidden").ok()?;
            if let Some(before) = before {
                self.listings[before].hide()?;
            }
        }
        Some(at)
    }
}

impl Listing {
    /// `None` where there is no document.
    fn new(of: (&'static str, &'static str), lines: &[CodeLine]) -> Option<Self> {
        let document = document()?;
        let node = document.create_element("div").ok()?;
        node.set_class_name("listing");
        let before = lines.first().map_or(0, |line| line.number - 1);
        let style = node.unchecked_ref::<HtmlElement>().style();
        style.set_property("--before", &before.to_string()).ok()?;
        let mut rows = Vec::with_capacity(lines.len());
        for line in lines {
            let row = document.create_element("code").ok()?;
            row.set_text_content(Some(line.text));
            node.append_child(&row).ok()?;
            rows.push(Row { node: row, marks: None, beside: None });
        }
        Some(Self { of, node, rows })
    }

    /// Hides it, and leaves no line in it that could be taken for the current one.
    fn hide(&mut self) -> Option<()> {
        set(&self.node, "hidden", Some(""))?;
        for row in &mut self.rows {
            if let Some(marks) = row.marks.as_mut().filter(|marks| marks.current) {
                marks.current = false;
                set(&row.node, "aria-current", None)?;
                row.put_beside(None)?;
            }
        }
        Some(())
    }
}

impl Row {
    fn mark(&mut self, line: &CodeLine, current: bool) -> Option<()> {
        let marks = Marks { current, ran: line.ran, ever: line.ever, off: line.off };
        let before = self.marks.replace(marks);
        if before == Some(marks) {
            return Some(());
        }
        // Which line is current is no class: that would be two writes for one.
        let looks = |marks: Marks| Marks { current: false, ..marks };
        if before.map(looks) != Some(looks(marks)) {
            self.node.set_class_name(&class(line, marks));
        }
        if before.is_some_and(|before| before.current) != current {
            set(&self.node, "aria-current", current.then_some("true"))?;
        }
        if before.and_then(|before| before.off) != line.off {
            let why = line.off.map(|change| format!("does not run: {} decides", change.name()));
            set(&self.node, "title", why.as_deref())?;
        }
        Some(())
    }

    fn put_beside(&mut self, text: Option<&str>) -> Option<()> {
        match (&mut self.beside, text) {
            // A line that had one has it again soon, so the node stays.
            (Some((before, words)), text) => {
                let text = text.unwrap_or_default();
                if before != text {
                    words.set_data(text);
                    text.clone_into(before);
                }
            }
            (None, Some(text)) => {
                let document = document()?;
                let (node, words) =
                    (document.create_element("span").ok()?, document.create_text_node(text));
                node.set_class_name("beside");
                node.append_child(&words).ok()?;
                self.node.append_child(&node).ok()?;
                self.beside = Some((text.to_owned(), words));
            }
            (None, None) => {}
        }
        Some(())
    }
}

/// Sets an attribute, or takes it off.
fn set(node: &Element, name: &str, value: Option<&str>) -> Option<()> {
    match value {
        Some(value) => node.set_attribute(name, value).ok(),
        None => node.remove_attribute(name).ok(),
    }
}

fn class(line: &CodeLine, marks: Marks) -> String {
    let mut class = format!("line in-{}", line.indent.min(INDENTS));
    let names = [
        (marks.ran, " ran"),
        (marks.ever, " ever"),
        (marks.off.is_some(), " off"),
        (line.text.starts_with("//"), " comment"),
    ];
    names.iter().filter(|(is, _)| *is).for_each(|(_, name)| class.push_str(name));
    class
}
