//! The script language: one call a line, written the way tracers of real programs print calls.
//!
//! ```text
//! kernel original                  # a preset and changes, see `kernel_spec`
//! diagnostic on                    # off: assertions are compiled out
//! page 4096                        # the only page size there is
//! limit memlock 64M                # or none; 0 is a limit, too
//! limit wired 100000 pages
//! file 1048576 pages [readonly]    # the length of the script's one file
//! space 0x1000-0x7f7ffffff000      # the map's bounds
//! map 0x10000-0x20000 rw-p [object [OFFSET] [readonly]] [wired]
//! @mark name "what to notice"      # before a call
//! @ask "question"                  # before a call
//! p = 0x10000 + 4K
//! name = mmap(p, 8K, PROT_READ, MAP_PRIVATE, 3, 0) = 0x11000
//! mlock(p, 0) = -1 ENOMEM
//! touch(p, 4K, read)
//! ```
//!
//! Settings stand before the first call. File descriptor 3 is the script's one file, as it was
//! opened by the `file` line; descriptor 4 is the same file opened read-only, whatever that line
//! says; -1 goes with `MAP_ANON`. A comment `# case ID` before the first call keeps the name of
//! the corpus case that a script was made from.

mod answer;
mod args;
mod complete;
mod error;
mod highlight;
mod lexer;
mod line;
mod parser;
mod print;
mod settings;
mod words;

use uvmscope_replay::{Body, Script};

pub(crate) use answer::parts;
pub use answer::{answer_column, answer_text, expect_text};
pub use complete::{Completion, Offer, complete};
pub use error::{Problem, ScriptError};
pub use highlight::{Span, SpanKind, spans};
pub(crate) use print::line_text;
pub use print::{call_text, settings_text, to_text};

/// The longest script, in bytes: one in which as many calls as there may be, of the usual length,
/// have room.
pub const MAX_TEXT: usize = 8 << 20;
/// The most calls a script may make.
pub const MAX_CALLS: usize = 100_000;
/// The most numbers and names in one sum.
pub const MAX_TERMS: usize = 64;
/// The longest name, in characters.
pub const MAX_NAME: usize = 64;
/// The most errors that are listed one by one.
pub const MAX_ERRORS: usize = 1_000;

/// A text, read as far as that was possible.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Parsed {
    /// The script up to the first bad line.
    pub script: Script,
    /// Everything that is wrong with the text, by ascending place.
    pub errors: Vec<ScriptError>,
}

/// Reads a script.
pub fn parse(text: &str) -> Parsed {
    parser::parse(text, parser::Ends::Whole)
}

/// Reads a script from bytes that may turn out to be no text.
pub fn parse_bytes(bytes: &[u8]) -> Parsed {
    if bytes.len() > MAX_TEXT {
        return parser::too_long();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => parse(text),
        Err(error) => parse_beginning(bytes, error.valid_up_to()),
    }
}

/// Reads the lines before the one that holds the first byte that is no UTF-8, which is byte
/// `valid`.
fn parse_beginning(bytes: &[u8], valid: usize) -> Parsed {
    let text = std::str::from_utf8(&bytes[..valid]).unwrap_or_default();
    let whole_lines = text.rfind('\n').map_or(0, |at| at + 1);
    let mut parsed = parser::parse(&text[..whole_lines], parser::Ends::Cut);
    let last = u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX);
    let column = u32::try_from(text[whole_lines..].chars().count()).unwrap_or(u32::MAX);
    let place = ScriptError {
        line: last.saturating_add(1),
        column: column.saturating_add(1),
        width: 1,
        problem: Problem::NotUtf8,
    };
    parsed.errors.push(place);
    parsed
}

/// Whether two scripts say the same: where in their texts the statements stand, and how sums are
/// grouped, does not count.
pub fn same(a: &Script, b: &Script) -> bool {
    let bodies = |script: &Script| -> Vec<(Option<String>, Body)> {
        let normal = |body: &Body| match body {
            Body::Let(value) => Body::Let(print::normal(value)),
            Body::Call(line) => {
                let mut line = line.clone();
                let call =
                    line.call.try_map(|e| Ok::<_, std::convert::Infallible>(print::normal(e)));
                match call {
                    Ok(call) => line.call = call,
                    Err(never) => match never {},
                }
                Body::Call(line)
            }
        };
        script.statements.iter().map(|s| (s.name.clone(), normal(&s.body))).collect()
    };
    (&a.case, a.config, a.vm) == (&b.case, b.config, b.vm) && bodies(a) == bodies(b)
}
