//! What kdump prints of a ktrace file, on NetBSD and FreeBSD.
//!
//! ```text
//!    742      1 prog     CALL  mlock(0x7f7ff7ed6000,0)
//!    742      1 prog     RET   mlock 0
//!    742 prog     CALL  mmap(0,0x1000,0x3<PROT_READ|PROT_WRITE>,0x1002<MAP_PRIVATE|MAP_ANON>,0xffffffff,0)
//!    742 prog     RET   mmap 34366558208/0x800662000
//! ```
//! Read are both with and without the column of the thread, with times (`-T`, `-R`, `-E`), decimal
//! numbers (`-d`) and plain ones (`-n`). Where flags have no names they are NetBSD's numbers.

use super::answer::{Answer, bsd_errno};
use super::pairs::{Maker, Pairs};
use super::system::System;
use super::traced::{
    Item, NO_BEGINNING, NOT_UNDERSTOOD, Sink, Traced, call_name, leading_number, without_stamp,
};
use super::{args, lines};

/// What a line can be about.
const KINDS: [&str; 23] = [
    "CALL", "RET", "NAMI", "GIO", "CSW", "EMUL", "PSIG", "USER", "STRU", "SCTL", "MIB", "MOOL",
    "MMSG", "SAUP", "EXEC", "ARG", "ENV", "PFLT", "PRET", "CAP", "SYSF", "PCTR", "PCDT",
];

/// One line, told apart.
struct Line<'a> {
    maker: Maker,
    program: &'a str,
    kind: &'static str,
    rest: &'a str,
}

/// Whether kdump prints such a line.
pub(super) fn looks(text: &str) -> bool {
    line(text).is_some()
}

/// Tells what the trace tells.
pub(super) fn read<'a>(text: &'a str, sink: &mut Sink<'a, '_>) {
    let mut pairs = Pairs::default();
    for (number, text) in lines(text) {
        let other = |reason| Item::Other { line: number, text, reason };
        let Some(line) = line(text) else {
            pairs.push(other(NOT_UNDERSTOOD), sink);
            continue;
        };
        let task = line.maker.0;
        pairs.push(Item::Named { task, name: line.program }, sink);
        match line.kind {
            "CALL" => match call(line.rest) {
                Some((name, args)) => {
                    let named = args.contains('<');
                    let traced = Traced {
                        line: number,
                        text,
                        second: None,
                        task,
                        name,
                        args: args.into(),
                        answer: Answer::Unknown,
                        system: if named { System::FreeBsd } else { System::NetBsd },
                    };
                    pairs.begin(line.maker, traced, sink);
                }
                None => pairs.push(other(NOT_UNDERSTOOD), sink),
            },
            "RET" => {
                let (name, rest) = line.rest.split_once(' ').unwrap_or((line.rest, ""));
                if let Some(call) = pairs.open(line.maker, name) {
                    call.second = Some((number, text));
                    call.answer = answer(rest);
                    pairs.abandon(line.maker, sink);
                } else {
                    pairs.push(other(NO_BEGINNING), sink);
                }
            }
            "PSIG" if line.rest.contains(" SIG_DFL") && ends_process(line.rest) => {
                pairs.push(Item::Killed { line: number, text, task }, sink);
            }
            _ => pairs.push(other("tells of something else than a call"), sink),
        }
    }
    pairs.finish(sink);
}

/// Whether a signal without a handler ends the process.
fn ends_process(signal: &str) -> bool {
    let harmless = ["SIGCHLD", "SIGURG", "SIGCONT", "SIGIO ", "SIGWINCH", "SIGINFO", "SIGPWR"];
    let stops = ["SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU"];
    !harmless.into_iter().chain(stops).any(|name| signal.starts_with(name))
}

fn line(text: &str) -> Option<Line<'_>> {
    let (process, rest) = leading_number(text.trim_start())?;
    let rest = rest.strip_prefix([' ', '\t'])?.trim_start();
    // The program's name may hold blanks, so the kind of the line is looked for behind it.
    let (kind, at) = words(rest).find_map(|(at, word)| {
        let kind = KINDS.into_iter().find(|kind| *kind == word)?;
        (at > 0).then_some((kind, at))
    })?;
    let behind = rest.get(at + kind.len()..)?.trim();
    let mut before = rest.get(..at)?.trim();
    let mut thread = 0;
    if let Some((number, name)) = leading_number(before)
        && name.starts_with([' ', '\t'])
    {
        (thread, before) = (number, name.trim_start());
    }
    // A time stands behind the name.
    if let Some((name, stamp)) = before.rsplit_once(' ')
        && without_stamp(&[stamp, " "].concat()).is_some()
    {
        before = name.trim_end();
    }
    Some(Line { maker: (process, thread), program: before, kind, rest: behind })
}

/// The words of a text with their places.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..)?;
        let start = at + rest.find(|c: char| !c.is_whitespace())?;
        let word = text.get(start..)?.split(char::is_whitespace).next()?;
        at = start + word.len();
        Some((start, word))
    })
}

/// A call without arguments has no parentheses on NetBSD.
fn call(rest: &str) -> Option<(&str, &str)> {
    if let Some((name, inner)) = call_name(rest) {
        let (args, _) = args::close(inner)?;
        return Some((name, args));
    }
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (!rest.is_empty() && rest.chars().all(word)).then_some((rest, ""))
}

/// What stands behind the name in a RET line.
fn answer(text: &str) -> Answer<'static> {
    let mut words = text.split_whitespace();
    let value = words.next().unwrap_or_default();
    if value == "-1" && words.next() == Some("errno") {
        return Answer::Errno(bsd_errno(words.next().unwrap_or_default()));
    }
    // `34366558208/0x800662000`
    let value = value.rsplit('/').next().unwrap_or(value);
    args::number(value.trim_end_matches(',')).map_or(Answer::Unknown, Answer::Value)
}
