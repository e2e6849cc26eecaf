//! Traces of real programs, and listings of real address spaces, as scripts.
//!
//! ```text
//! strace   strace -f -y -o FILE -e trace=memory,process PROGRAM    (Linux)
//! kdump    ktrace -i PROGRAM; kdump                                (NetBSD, FreeBSD)
//! truss    truss -f -o FILE PROGRAM                                (FreeBSD)
//! maps     /proc/PID/maps                                          (Linux, NetBSD)
//! smaps    /proc/PID/smaps                                         (Linux)
//! pmap     pmap PID, procmap PID                                   (NetBSD, OpenBSD, Linux)
//! ```
//!
//! Every import gives a script that reads without an error, and a report: what cannot mean the
//! same here is said once at its top, and each line of the source that did not become a call of
//! its own form is listed with the reason. A traced call that answers otherwise on the simulated
//! kernel is no fault of either: the script carries what was traced as an expectation.
//!
//! A text is read twice: first to see who made whom, then to take the calls of one process.

mod answer;
mod args;
mod calls;
mod convert;
mod detect;
mod error;
mod flags;
mod kdump;
mod known;
mod listing;
mod maps;
mod moves;
mod pairs;
mod pmap;
mod report;
mod strace;
mod system;
mod tasks;
mod traced;
mod truss;
mod writer;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use detect::detect;
pub use error::{ImportError, UnknownFormat};
pub use report::{Note, NoteKind, Process, Report};

use crate::nearest::nearest;

/// The longest text that is imported, in bytes.
pub const MAX_TRACE: usize = 64 << 20;
/// The most notes that a report lists one by one.
pub const MAX_NOTES: usize = 1_000;
/// The most processes that a report lists.
pub const MAX_PROCESSES: usize = 1_000;

/// Where a text comes from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Format {
    /// Linux's `strace`.
    Strace,
    /// `kdump` of NetBSD or FreeBSD.
    Kdump,
    /// FreeBSD's `truss`.
    Truss,
    /// Linux's `/proc/PID/maps`, and what imitates it.
    Maps,
    /// Linux's `/proc/PID/smaps`.
    Smaps,
    /// `pmap` and `procmap`.
    Pmap,
}

impl Format {
    /// Every format there is.
    pub const ALL: [Self; 6] =
        [Self::Strace, Self::Kdump, Self::Truss, Self::Maps, Self::Smaps, Self::Pmap];

    /// Its name, as the command line spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Strace => "strace",
            Self::Kdump => "kdump",
            Self::Truss => "truss",
            Self::Maps => "maps",
            Self::Smaps => "smaps",
            Self::Pmap => "pmap",
        }
    }

    /// Whether it tells calls, and not one state of a map.
    const fn is_trace(self) -> bool {
        matches!(self, Self::Strace | Self::Kdump | Self::Truss)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        let names = Self::ALL.map(Self::name);
        Self::ALL.into_iter().find(|f| f.name() == name).ok_or_else(|| UnknownFormat {
            read: name.to_owned(),
            nearest: nearest(name, names).unwrap_or(names[0]),
        })
    }
}

/// A script made from what was traced.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Imported {
    /// The script; it reads without an error.
    pub script: String,
    /// What was dropped or altered on the way.
    pub report: Report,
}

/// Makes a script of a trace or listing.
///
/// Without a `format` it is the one that the text looks like. Without a `process` it is the first
/// that makes a call which a script can make.
pub fn import(
    bytes: &[u8],
    format: Option<Format>,
    process: Option<u32>,
) -> Result<Imported, ImportError> {
    let text = text_of(bytes)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let found = detect::detect_text(text);
    let format = match (format, found) {
        (None, Some(found)) => found,
        (None, None) => return Err(ImportError::unknown(text)),
        (Some(format), found) if !detect::any_line(format, text) => {
            return Err(ImportError::OtherFormat { format, found });
        }
        (Some(format), _) => format,
    };
    if format.is_trace() {
        convert::trace(text, format, process)
    } else {
        listing::import(text, format)
    }
}

/// The bytes as text. Bytes that are no UTF-8 stand in names of files, if anywhere.
fn text_of(bytes: &[u8]) -> Result<std::borrow::Cow<'_, str>, ImportError> {
    if bytes.len() > MAX_TRACE {
        return Err(ImportError::TooLong);
    }
    if let Some(at) = bytes.iter().position(|b| *b == 0) {
        let before = bytes.get(..at).unwrap_or_default();
        let line = before.split(|b| *b == b'\n').count();
        return Err(ImportError::Binary { line });
    }
    if bytes.trim_ascii().is_empty() {
        return Err(ImportError::Empty);
    }
    Ok(String::from_utf8_lossy(bytes))
}

/// The lines of a text that say something, each with its number.
fn lines(text: &str) -> impl Iterator<Item = (u32, &str)> {
    let numbered = (1u32..).zip(text.split('\n'));
    numbered.map(|(number, line)| (number, line.trim_end())).filter(|(_, l)| !l.is_empty())
}
