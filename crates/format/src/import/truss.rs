//! What FreeBSD's truss prints.
//!
//! ```text
//!  1234: mmap(0x0,4096,PROT_READ|PROT_WRITE,MAP_PRIVATE|MAP_ANON,-1,0x0) = 34366558208 (0x800662000)
//!  1234: mlock(0x800662000,0x1000)                  ERR#12 'Cannot allocate memory'
//! ```
//! Read are its usual output and that of `-f`, `-H`, `-d` and `-D`.

use super::answer::{Answer, bsd_errno};
use super::system::System;
use super::traced::{Item, NOT_UNDERSTOOD, Sink, Traced, call_name, leading_number, without_stamp};
use super::{args, lines};

/// Whether truss, and not strace, prints such a line.
pub(super) fn looks(text: &str) -> bool {
    call(prefix(text).1).is_some()
}

/// Tells what the trace tells.
pub(super) fn read<'a>(text: &'a str, sink: &mut Sink<'a, '_>) {
    for (line, text) in lines(text) {
        let (task, rest) = prefix(text);
        let other = |reason| Item::Other { line, text, reason };
        sink(if let Some((name, args, answer)) = call(rest) {
            Item::Call(Traced {
                line,
                text,
                second: None,
                task,
                name,
                args: args.into(),
                answer,
                system: System::FreeBsd,
            })
        } else if rest.starts_with("process killed") {
            Item::Killed { line, text, task }
        } else if ["process ", "SIGNAL ", "<"].iter().any(|said| rest.starts_with(said)) {
            other("tells of a process or a signal, and is no call")
        } else {
            other(NOT_UNDERSTOOD)
        });
    }
}

/// The process, 0 if it is not told, and the text behind it and the time.
fn prefix(text: &str) -> (u32, &str) {
    let mut rest = text.trim_start();
    let mut process = 0;
    if let Some((number, behind)) = leading_number(rest) {
        // With -H the thread stands behind the process.
        let thread = leading_number(behind.trim_start()).map(|(_, rest)| rest);
        let ends = [Some(behind), thread].into_iter().flatten().find_map(|r| r.strip_prefix(':'));
        if let Some(behind) = ends.filter(|behind| behind.starts_with(' ')) {
            (process, rest) = (number, behind.trim_start());
        }
    }
    // Both times may be there.
    for _ in 0..2 {
        rest = without_stamp(rest).unwrap_or(rest).trim_start();
    }
    (process, rest)
}

/// A call with its arguments and its answer.
fn call(text: &str) -> Option<(&str, &str, Answer<'static>)> {
    let (name, inner) = call_name(text)?;
    let (args, behind) = args::close(inner)?;
    let behind = behind.trim();
    if let Some(error) = behind.strip_prefix("ERR#") {
        let number = error.split([' ', '\'']).next().unwrap_or_default();
        return Some((name, args, Answer::Errno(bsd_errno(number))));
    }
    // Nobody is there to see what exit answers.
    if behind.is_empty() && matches!(name, "exit" | "_exit") {
        return Some((name, args, Answer::Unknown));
    }
    let value = behind.strip_prefix('=')?.trim();
    let (decimal, hex) = value.split_once(' ')?;
    let hex = hex.strip_prefix('(')?.strip_suffix(')')?;
    if !hex.starts_with("0x") {
        return None;
    }
    let value = args::number(hex).or_else(|| args::number(decimal));
    Some((name, args, value.map_or(Answer::Unknown, Answer::Value)))
}
