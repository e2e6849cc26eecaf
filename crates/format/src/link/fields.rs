//! The parts of a link by their keys.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Every key, with the one that is written for it.
const KEYS: [(&str, &str); 15] = [
    ("v", "v"),
    ("s", "s"),
    ("n", "n"),
    ("scenario", "scenario"),
    ("k", "k"),
    ("kernel", "k"),
    ("kernels", "k"),
    ("compare", "compare"),
    ("d", "d"),
    ("diagnostic", "d"),
    ("at", "at"),
    ("view", "view"),
    ("theme", "theme"),
    ("zoom", "zoom"),
    ("marks", "marks"),
];

/// The most notes on one link.
const MAX_NOTES: usize = 10;

/// The most characters of a link that a message quotes.
const MAX_QUOTED: usize = 40;

/// What a link says, by the keys that are written for it.
#[derive(Debug, Default)]
pub(super) struct Fields {
    values: BTreeMap<&'static str, String>,
    notes: Vec<String>,
}

impl Fields {
    /// Takes a link apart.
    pub(super) fn split(fragment: &str) -> Self {
        let mut fields = Self::default();
        for (index, part) in fragment.split('&').enumerate().filter(|(_, part)| !part.is_empty()) {
            match part.split_once('=') {
                Some((key, value)) => fields.add(key, value),
                None if index == 0 => fields.short(part),
                None => fields.unknown(part),
            }
        }
        fields
    }

    /// `scenario/kernel@place`
    fn short(&mut self, text: &str) {
        let (text, at) = text.split_once('@').map_or((text, None), |(text, at)| (text, Some(at)));
        let (name, kernel) = text.split_once('/').map_or((text, None), |(n, k)| (n, Some(k)));
        for (key, value) in [("scenario", Some(name)), ("k", kernel), ("at", at)] {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                self.add(key, value);
            }
        }
    }

    fn add(&mut self, key: &str, value: &str) {
        let Some((_, key)) = KEYS.into_iter().find(|(known, _)| *known == key) else {
            self.unknown(key);
            return;
        };
        if self.values.contains_key(key) {
            self.note(&format!("`{key}` stands there twice; the first counts"));
        } else {
            self.values.insert(key, value.to_owned());
        }
    }

    fn unknown(&mut self, key: &str) {
        self.note(&format!("`{}` is no key of a link; it is ignored", shorten(key)));
    }

    /// Takes what the link says under a key.
    pub(super) fn take(&mut self, key: &str) -> Option<String> {
        self.values.remove(key)
    }

    /// Notes that something was ignored.
    pub(super) fn note(&mut self, note: &str) {
        if self.notes.len() < MAX_NOTES {
            self.notes.push(note.to_owned());
        }
    }

    /// What was noted.
    pub(super) fn into_notes(self) -> Vec<String> {
        self.notes
    }
}

/// As much of a text as a message quotes.
pub(super) fn shorten(text: &str) -> String {
    match text.char_indices().nth(MAX_QUOTED) {
        Some((at, _)) => format!("{}\u{2026}", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Keys and values as a link has them behind what stands first. Only a percentage has a character
/// that has to be escaped.
pub(super) fn write(fields: &[(&str, String)]) -> String {
    let mut text = String::new();
    for (key, value) in fields {
        // Writing to a string cannot fail.
        let _ = write!(text, "&{key}={value}");
    }
    text
}
