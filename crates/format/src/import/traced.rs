//! What the readers of traces find: calls and their answers, and all that is none.

use std::borrow::Cow;

use super::answer::Answer;
use super::system::System;

/// A call of a traced program.
#[derive(Clone, Debug)]
pub(super) struct Traced<'a> {
    /// The line on which it begins.
    pub(super) line: u32,
    /// That line.
    pub(super) text: &'a str,
    /// The line that tells its answer, where that is another one.
    pub(super) second: Option<(u32, &'a str)>,
    /// The process or, on Linux, the thread that makes it; 0 where the trace does not tell.
    pub(super) task: u32,
    /// The call's name.
    pub(super) name: &'a str,
    /// What stands between its parentheses.
    pub(super) args: Cow<'a, str>,
    /// What it answered.
    pub(super) answer: Answer<'a>,
    /// The system that it was made of.
    pub(super) system: System,
}

/// One thing that a trace tells.
#[derive(Clone, Debug)]
pub(super) enum Item<'a> {
    /// A call.
    Call(Traced<'a>),
    /// A signal ended the process.
    Killed {
        /// The line that says so.
        line: u32,
        /// That line.
        text: &'a str,
        /// The process.
        task: u32,
    },
    /// The task shares the memory of another: it is its thread, or another name for it.
    Thread {
        /// The thread.
        task: u32,
        /// The task whose memory it shares.
        of: u32,
    },
    /// The task runs this program.
    Named {
        /// The process.
        task: u32,
        /// The program's name.
        name: &'a str,
    },
    /// A line that is no call.
    Other {
        /// The line's number.
        line: u32,
        /// The line.
        text: &'a str,
        /// Why it cannot be taken.
        reason: &'static str,
    },
}

/// Whoever is told what a trace tells.
pub(super) type Sink<'a, 's> = dyn FnMut(Item<'a>) + 's;

/// A line that the reader can make nothing of.
pub(super) const NOT_UNDERSTOOD: &str = "not a line that the tracer prints, or one cut short";
/// A second half without its first.
pub(super) const NO_BEGINNING: &str = "the line on which this call begins is not in the trace";

/// The name of a call and what follows its opening parenthesis.
pub(super) fn call_name(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.split_once('(')?;
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    let good = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    (good && name.chars().all(word)).then_some((name, rest))
}

/// The decimal number at the beginning, and the rest.
pub(super) fn leading_number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    Some((digits.parse().ok()?, rest))
}

/// The text behind a time at its beginning, such as `12:00:01.5`, `1.000250` or `(+ 0.01)`.
pub(super) fn without_stamp(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_prefix("(+") {
        return rest.split_once(')').map(|(_, rest)| rest);
    }
    let (stamp, rest) = text.split_once(' ')?;
    let is_time = stamp.starts_with(|c: char| c.is_ascii_digit())
        && stamp.contains([':', '.'])
        && stamp.chars().all(|c| c.is_ascii_digit() || c == ':' || c == '.');
    is_time.then_some(rest)
}
