//! Where a link opens.

use super::fields::{Fields, shorten};

/// The longest text of a place, in characters.
pub const MAX_PLACE: usize = 100;

/// The place at which a link opens, as text: `3.7`, `3.count.1`, `3.end`, or the name of a mark of
/// the script. Which place it is only the run can say.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct At {
    place: String,
    second: Option<String>,
}

impl At {
    /// At a place; nothing for a text that no place has, or of more than [`MAX_PLACE`] characters.
    pub fn new(place: &str) -> Option<Self> {
        is_place(place).then(|| Self { place: place.to_owned(), second: None })
    }

    /// With a place of its own for the second kernel, where the one that belongs to the first is
    /// not the one meant.
    #[must_use]
    pub fn with_second(self, place: &str) -> Option<Self> {
        is_place(place).then(|| Self { second: Some(place.to_owned()), ..self })
    }

    /// The place.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// That of the second kernel, if it has one of its own.
    pub fn second(&self) -> Option<&str> {
        self.second.as_deref()
    }

    /// As a link has it.
    pub(super) fn write(&self) -> String {
        let second = self.second.as_ref().map(|second| format!("..{second}")).unwrap_or_default();
        format!("{}{second}", self.place).replace('%', "%25")
    }
}

fn is_place(text: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || "._-%".contains(c);
    let dots = text.starts_with('.') || text.ends_with('.') || text.contains("..");
    // What could be taken for an escape is none of a place: a percentage ends with its sign.
    let percent = text.trim_end_matches('%').contains('%') || text.ends_with("%%");
    (1..=MAX_PLACE).contains(&text.len()) && text.chars().all(part) && !dots && !percent
}

/// Takes the place out of a link.
pub(super) fn read(fields: &mut Fields) -> Option<At> {
    let text = fields.take("at")?;
    let at = match text.split_once("..") {
        Some((first, second)) => At::new(first).and_then(|at| at.with_second(second)),
        None => At::new(&text),
    };
    if at.is_none() {
        fields.note(&format!(
            "`{}` is no place (one looks like `3.7` or `3.cut.1`); the link opens where a reader \
             comes in",
            shorten(&text)
        ));
    }
    at
}
