//! Why a text cannot be imported, and what to do about it.

use thiserror::Error;

use super::report::shorten;
use super::{Format, lines};

/// Nothing could be imported.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ImportError {
    /// There is no text.
    #[error("the text is empty; import what a tracer such as `strace -f -y` printed")]
    Empty,
    /// A byte that no text has.
    #[error(
        "line {line} holds a zero byte, so this is no text; import what the tracer prints \
         (for ktrace.out that is the output of kdump)"
    )]
    Binary {
        /// The line, from 1.
        line: usize,
    },
    /// More than is read.
    #[error(
        "the text is longer than 64 MiB, the most that is imported; cut it, or trace fewer calls \
         (strace -e trace=memory,process)"
    )]
    TooLong,
    /// It looks like none of the formats.
    #[error(
        "no line looks like strace, kdump, truss, maps, smaps or pmap; line {line} is `{read}`"
    )]
    UnknownFormat {
        /// The first line that is not empty, from 1.
        line: u32,
        /// That line.
        read: String,
    },
    /// It does not look like the format that was asked for.
    #[error("no line looks like {format}; {}", other(*.found))]
    OtherFormat {
        /// The format that was asked for.
        format: Format,
        /// The one that it looks like.
        found: Option<Format>,
    },
    /// The process that was asked for is not in the trace.
    #[error("process {id} makes no call in this trace; {}", there(.processes))]
    NoProcess {
        /// The process that was asked for.
        id: u32,
        /// Some that are.
        processes: Vec<u32>,
    },
    /// A trace without one call for a script.
    #[error(
        "none of the calls in this text can stand in a script; trace at least mmap, munmap, \
         mlock and munlock (strace -e trace=memory,process)"
    )]
    NothingTaken,
    /// A listing without a mapping.
    #[error("no mapping of this {format} listing can stand in a script; {why}")]
    NothingListed {
        /// The listing's format.
        format: Format,
        /// What the first line that was dropped lacks.
        why: String,
    },
}

impl ImportError {
    /// For a text that looks like nothing that is known.
    pub(super) fn unknown(text: &str) -> Self {
        let (line, read) = lines(text).next().unwrap_or((1, ""));
        Self::UnknownFormat { line, read: shorten(read) }
    }
}

fn other(found: Option<Format>) -> String {
    match found {
        Some(found) => format!("it looks like {found}"),
        None => "nor like another format that can be imported".to_owned(),
    }
}

fn there(processes: &[u32]) -> String {
    if processes.is_empty() {
        return "the trace names no process, so leave the number out".to_owned();
    }
    let names: Vec<String> = processes.iter().map(u32::to_string).collect();
    format!("those that do: {}", names.join(", "))
}

/// There is no format of that name.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("no format is called `{read}`; the nearest name is `{nearest}`")]
pub struct UnknownFormat {
    /// The name.
    pub read: String,
    /// The format with the name closest to it.
    pub nearest: &'static str,
}
