//! The lines of functions, as nodes that are kept while another function runs.
//!
//! Functions are entered and left all the time, and making their lines anew cost more than all else
//! that such a step changes. The nodes of a function are therefore made once; a step changes the
//! marks of the few lines that have others now.

use uvmscope_uvm::Change;
use web_sys::{Document, Element};
use yew::prelude::*;

use crate::app::code::CodeLine;

/// The deepest indent that the style sheet knows.
const INDENTS: usize = 32;

/// The functions that were shown so far.
#[derive(Default)]
pub(crate) struct Shelf(Vec<Listing>);

/// A function by its name and the name of its file, and its lines.
struct Listing {
    of: (&'static str, &'static str),
    node: Element,
    rows: Vec<Row>,
}

struct Row {
    node: Element,
    marks: Option<Marks>,
    beside: Option<(String, Element)>,
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
    /// The lines of a function, `beside` standing beside the current one.
    pub(crate) fn show(
        &mut self,
        of: (&'static str, &'static str),
        lines: &[CodeLine],
        current: Option<u32>,
        beside: Option<&str>,
    ) -> Html {
        let known = self.0.iter().position(|it| it.of == of && it.rows.len() == lines.len());
        let at = known.or_else(|| {
            self.0.push(Listing::new(of, lines)?);
            Some(self.0.len() - 1)
        });
        let Some(listing) = at.and_then(|at| self.0.get_mut(at)) else { return Html::default() };
        for (row, line) in listing.rows.iter_mut().zip(lines) {
            let current = current == Some(line.number);
            // Fails only where there is nothing to see.
            let _ = row.mark(line, current);
            let _ = row.put_beside(beside.filter(|_| current));
        }
        Html::VRef(listing.node.clone().into())
    }
}

impl Listing {
    /// `None` where there is no document.
    fn new(of: (&'static str, &'static str), lines: &[CodeLine]) -> Option<Self> {
        let document = document()?;
        let node = document.create_element("div").ok()?;
        let mut rows = Vec::with_capacity(lines.len());
        for line in lines {
            let row = document.create_element("code").ok()?;
            row.set_text_content(Some(line.text));
            node.append_child(&row).ok()?;
            rows.push(Row { node: row, marks: None, beside: None });
        }
        Some(Self { of, node, rows })
    }
}

impl Row {
    fn mark(&mut self, line: &CodeLine, current: bool) -> Option<()> {
        let marks = Marks { current, ran: line.ran, ever: line.ever, off: line.off };
        let before = self.marks.replace(marks);
        if before == Some(marks) {
            return Some(());
        }
        self.node.set_class_name(&class(line, marks));
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
        if self.beside.as_ref().map(|(text, _)| text.as_str()) == text {
            return Some(());
        }
        if let Some((_, old)) = self.beside.take() {
            old.remove();
        }
        let text = text?;
        let node = document()?.create_element("span").ok()?;
        node.set_class_name("beside");
        node.set_text_content(Some(text));
        self.node.append_child(&node).ok()?;
        self.beside = Some((text.to_owned(), node));
        Some(())
    }
}

fn document() -> Option<Document> {
    web_sys::window()?.document()
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
        (marks.current, " current"),
        (marks.ran, " ran"),
        (marks.ever, " ever"),
        (marks.off.is_some(), " off"),
        (line.text.starts_with("//"), " comment"),
    ];
    names.iter().filter(|(is, _)| *is).for_each(|(_, name)| class.push_str(name));
    class
}
