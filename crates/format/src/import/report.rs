//! What an import has to say about itself.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Format, MAX_NOTES};

/// The most characters of a source line that a note quotes.
const MAX_QUOTED: usize = 100;

/// What was dropped or altered, and why.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Report {
    /// How the text was read.
    pub format: Format,
    /// What holds for the whole script, said once.
    pub general: Vec<String>,
    /// What holds for one line, by ascending line.
    pub lines: Vec<Note>,
    /// Notes beyond [`MAX_NOTES`]; they are counted and not kept.
    pub more: usize,
    /// The processes of a trace, in the order in which they appear. A trace that tells no
    /// process has one, and its id is 0. A listing has none.
    pub processes: Vec<Process>,
    /// The process that the script is of; nothing where the text does not name it.
    pub process: Option<u32>,
    /// How many calls of the trace, or mappings of the listing, are in the script.
    pub taken: usize,
}

/// A process of a trace.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Process {
    /// Its number, 0 where the trace does not tell it.
    pub id: u32,
    /// How many calls it makes that a script can make.
    pub calls: usize,
    /// The program that it runs, where the trace tells it.
    pub name: Option<String>,
}

/// What happened to one line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Note {
    /// Line of the source, from 1.
    pub line: u32,
    /// The line, shortened.
    pub text: String,
    /// Whether it is in the script.
    pub kind: NoteKind,
    /// Why.
    pub reason: String,
}

/// What happened to a line.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum NoteKind {
    /// The script has nothing of it.
    Dropped,
    /// The script has it in another form.
    Altered,
}

impl NoteKind {
    /// `dropped` or `altered`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dropped => "dropped",
            Self::Altered => "altered",
        }
    }
}

/// The notes on single lines, as many as are kept.
#[derive(Default)]
pub(super) struct Notes {
    pub(super) kept: Vec<Note>,
    pub(super) more: usize,
}

impl Notes {
    pub(super) fn dropped(&mut self, line: u32, text: &str, reason: impl Into<String>) {
        self.push(line, text, NoteKind::Dropped, reason);
    }

    pub(super) fn altered(&mut self, line: u32, text: &str, reason: impl Into<String>) {
        self.push(line, text, NoteKind::Altered, reason);
    }

    fn push(&mut self, line: u32, text: &str, kind: NoteKind, reason: impl Into<String>) {
        if self.kept.len() >= MAX_NOTES {
            self.more += 1;
            return;
        }
        self.kept.push(Note { line, text: shorten(text), kind, reason: reason.into() });
    }

    /// By ascending line: a call may be taken later than it was begun.
    pub(super) fn sorted(mut self) -> (Vec<Note>, usize) {
        self.kept.sort_by_key(|note| note.line);
        (self.kept, self.more)
    }
}

/// The text without control characters and without its far end.
pub(super) fn shorten(text: &str) -> String {
    let visible = |c: char| if c.is_control() { ' ' } else { c };
    let mut short: String = text.trim().chars().take(MAX_QUOTED).map(visible).collect();
    if text.trim().chars().nth(MAX_QUOTED).is_some() {
        short.push('…');
    }
    short
}

/// `1 call`, `2 calls`
pub(super) fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |process: &Process| match &process.name {
            Some(name) => format!("process {} ({name})", process.id),
            None => format!("process {}", process.id),
        };
        let what = if self.format.is_trace() { ("call", "calls") } else { ("mapping", "mappings") };
        write!(f, "{}: {} taken", self.format, count(self.taken, what.0, what.1))?;
        let this = self.processes.iter().find(|p| Some(p.id) == self.process);
        writeln!(f, "{}", this.map(|p| format!(", of {}", of(p))).unwrap_or_default())?;
        for process in self.processes.iter().filter(|p| Some(p.id) != self.process && p.id != 0) {
            writeln!(f, "not taken: {}, {}", of(process), count(process.calls, "call", "calls"))?;
        }
        for said in &self.general {
            writeln!(f, "note: {said}")?;
        }
        for Note { line, text, kind, reason } in &self.lines {
            writeln!(f, "line {line} {}: {reason}\n    {text}", kind.name())?;
        }
        if self.more > 0 {
            writeln!(f, "and {}", count(self.more, "more note", "more notes"))?;
        }
        Ok(())
    }
}
