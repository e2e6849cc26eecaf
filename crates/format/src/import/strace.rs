//! What Linux's strace prints.
//!
//! Read are its usual output and that of `-f`, `-ff` joined, `-o`, `-t`, `-tt`, `-ttt`, `-r`,
//! `-T`, `-i`, `-n`, `-k`, `-v`, `-y`, `-yy`, `-X` and `--decode-pids=comm`. Offsets of mmap2 are
//! bytes: strace has them multiplied by then.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::answer::Answer;
use super::pairs::{Maker, Pairs};
use super::system::System;
use super::traced::{
    Item, NO_BEGINNING, NOT_UNDERSTOOD, Sink, Traced, call_name, leading_number, without_stamp,
};
use super::{args, lines, tasks};

const UNFINISHED: &str = "<unfinished ...>";

/// One line, told apart.
enum Line<'a> {
    /// A call that is told whole.
    Call { name: &'a str, args: Cow<'a, str>, answer: Answer<'a> },
    /// The first half of a call.
    Begins { name: &'a str, args: &'a str },
    /// The second half.
    Resumes { name: &'a str, rest: &'a str },
    /// `+++ exited with 0 +++`
    Exited,
    /// `+++ killed by SIGKILL +++`
    Killed,
    /// `strace: Process 123 attached`, with how many threads.
    Attached { task: u32, threads: Option<u32> },
    /// Anything else that strace says.
    Said(&'static str),
}

/// What stands before the call.
struct Prefix<'a> {
    task: Option<u32>,
    name: Option<&'a str>,
    rest: &'a str,
}

/// Whether strace prints such a line.
pub(super) fn looks(text: &str) -> bool {
    let line = line(prefix(text).rest);
    line.is_some_and(|line| !matches!(line, Line::Said(_)))
}

/// Tells what the trace tells.
pub(super) fn read<'a>(text: &'a str, sink: &mut Sink<'a, '_>) {
    let mut reader = Reader::default();
    for (number, text) in lines(text) {
        reader.line(number, text, sink);
    }
    if let Some(Broken { line, text, .. }) = reader.broken.take() {
        reader.pairs.push(Item::Other { line, text, reason: NOT_UNDERSTOOD }, sink);
    }
    reader.pairs.finish(sink);
}

/// Where the calls of a line without a number belong, and which calls have begun.
#[derive(Default)]
struct Reader<'a> {
    pairs: Pairs<'a>,
    /// Those that are traced and alive, but for the first process, which may have no number.
    alive: BTreeSet<u32>,
    /// Every task that was ever met.
    met: BTreeSet<u32>,
    /// The number of the first process, once it is known.
    first: Option<u32>,
    first_ended: bool,
    /// A call was met. What is attached before that is the first process.
    begun: bool,
    /// strace was attached to a process that had threads already: those without a word of their
    /// own are its threads.
    group: Option<u32>,
    /// A call whose line strace broke to say that a process is traced.
    broken: Option<Broken<'a>>,
}

/// The beginning of a call, up to where its line was broken.
struct Broken<'a> {
    line: u32,
    text: &'a str,
    task: u32,
    name: &'a str,
    args: String,
}

/// What strace says in the middle of a line where both go to a terminal.
const ATTACHED: &str = "strace: Process ";

impl<'a> Reader<'a> {
    fn line(&mut self, number: u32, text: &'a str, sink: &mut Sink<'a, '_>) {
        if let Some(broken) = self.broken.take() {
            self.mend(broken, number, text, sink);
            return;
        }
        if let Some((before, said)) = text.split_once(ATTACHED)
            && let Some((name, args)) = call_name(prefix(before).rest)
            && let Some((attached, " attached")) = leading_number(said)
        {
            let task = self.task(prefix(before).task, sink);
            self.begun = true;
            self.attached(attached, None);
            self.broken = Some(Broken { line: number, text, task, name, args: args.to_owned() });
            return;
        }
        let prefix = prefix(text);
        let task = self.task(prefix.task, sink);
        if let Some(name) = prefix.name {
            self.pairs.push(Item::Named { task, name }, sink);
        }
        let other = |reason| Item::Other { line: number, text, reason };
        let traced = |name, args, answer| Traced {
            line: number,
            text,
            second: None,
            task,
            name,
            args,
            answer,
            system: System::Linux,
        };
        let maker = (task, 0);
        let line = line(prefix.rest);
        self.begun |= matches!(line, Some(Line::Call { .. } | Line::Begins { .. }));
        match line {
            Some(Line::Call { name, args, answer }) => {
                self.pairs.abandon(maker, sink);
                self.note_child(name, &answer);
                self.pairs.push(Item::Call(traced(name, args, answer)), sink);
            }
            Some(Line::Begins { name, args }) => {
                self.pairs.begin(maker, traced(name, args.into(), Answer::Unknown), sink);
            }
            Some(Line::Resumes { name, rest }) => {
                self.resume(maker, name, rest, (number, text), sink);
            }
            Some(Line::Exited) => {
                self.ended(task);
                self.pairs.push(other("tells how the process ended, and is no call"), sink);
            }
            Some(Line::Killed) => {
                self.pairs.abandon(maker, sink);
                self.ended(task);
                self.pairs.push(Item::Killed { line: number, text, task }, sink);
            }
            Some(Line::Attached { task, threads }) => {
                self.attached(task, threads);
                self.pairs.push(other("tells that a process is traced, and is no call"), sink);
            }
            Some(Line::Said(reason)) => self.pairs.push(other(reason), sink),
            None => self.pairs.push(other(NOT_UNDERSTOOD), sink),
        }
    }

    /// Puts a call together whose line was broken; `text` is its second part.
    fn mend(&mut self, broken: Broken<'a>, number: u32, text: &'a str, sink: &mut Sink<'a, '_>) {
        let Broken { line, text: first, task, name, mut args } = broken;
        let goes_on = Item::Other {
            line: number,
            text,
            reason: "goes on with a call, which the line before begins",
        };
        args.push_str(text);
        let mut traced = Traced {
            line,
            text: first,
            second: None,
            task,
            name,
            args: "".into(),
            answer: Answer::Unknown,
            system: System::Linux,
        };
        if let Some((begun, _)) = args.split_once(UNFINISHED) {
            traced.args = begun.trim_end().trim_end_matches(',').to_owned().into();
            self.pairs.begin((task, 0), traced, sink);
            self.pairs.push(goes_on, sink);
        } else if let Some((whole, behind)) = args::close(&args) {
            traced.answer = answer(behind).map_or(Answer::Unknown, Answer::into_owned);
            traced.args = whole.to_owned().into();
            traced.second = Some((number, text));
            self.note_child(name, &traced.answer);
            self.pairs.abandon((task, 0), sink);
            self.pairs.push(Item::Call(traced), sink);
        } else {
            let reason = NOT_UNDERSTOOD;
            self.pairs.push(Item::Other { line, text: first, reason }, sink);
            self.pairs.push(goes_on, sink);
        }
    }

    /// The task of a line. While only one is traced, strace leaves the number out.
    fn task(&mut self, told: Option<u32>, sink: &mut Sink<'a, '_>) -> u32 {
        let Some(task) = told else {
            let only = self.alive.first().filter(|_| self.first_ended && self.alive.len() == 1);
            return only.copied().unwrap_or(self.first.unwrap_or(0));
        };
        if self.met.insert(task) {
            if let Some(of) = self.group {
                self.pairs.push(Item::Thread { task, of }, sink);
            } else if self.first.is_none() {
                // Nobody said that it was attached: it is the one that was there from the start.
                self.first = Some(task);
                self.pairs.rename((0, 0), (task, 0));
                self.pairs.push(Item::Thread { task: 0, of: task }, sink);
                return task;
            }
        }
        if self.first != Some(task) {
            self.alive.insert(task);
        }
        task
    }

    fn attached(&mut self, task: u32, threads: Option<u32>) {
        if !self.begun && self.first.is_none() {
            self.first = Some(task);
            self.group = threads.map(|_| task);
        } else {
            self.alive.insert(task);
        }
        self.met.insert(task);
    }

    /// A task that was made here needs no further word.
    fn note_child(&mut self, name: &str, answer: &Answer<'_>) {
        if let (true, Answer::Value(child)) = (tasks::makes_task(name), answer)
            && let Ok(child) = u32::try_from(*child)
        {
            self.met.insert(child);
        }
    }

    fn ended(&mut self, task: u32) {
        self.alive.remove(&task);
        self.first_ended |= task == 0 || self.first == Some(task);
    }

    fn resume(
        &mut self,
        maker: Maker,
        name: &str,
        rest: &'a str,
        (number, text): (u32, &'a str),
        sink: &mut Sink<'a, '_>,
    ) {
        let Some(call) = self.pairs.open(maker, name) else {
            let item = Item::Other { line: number, text, reason: NO_BEGINNING };
            self.pairs.push(item, sink);
            return;
        };
        call.second = Some((number, text));
        let (more, answer) = match args::close(rest) {
            Some((more, behind)) => (more, answer(behind).unwrap_or(Answer::Unknown)),
            None => ("", Answer::Unknown),
        };
        if !more.trim().is_empty() {
            call.args.to_mut().push_str(more);
        }
        call.answer = answer.clone();
        self.note_child(name, &answer);
        self.pairs.abandon(maker, sink);
    }
}

/// Takes process, time and whatever else strace puts before a call off a line.
fn prefix(text: &str) -> Prefix<'_> {
    let mut prefix = Prefix { task: None, name: None, rest: text.trim_start() };
    // Each of them stands there at most once.
    for _ in 0..6 {
        let rest = prefix.rest.trim_start();
        if let Some(behind) = rest.strip_prefix("[pid").filter(|_| prefix.task.is_none()) {
            let Some((task, behind)) = leading_number(behind.trim_start()) else {
                break;
            };
            let (name, behind) = comm(behind);
            let Some(behind) = behind.strip_prefix(']') else {
                break;
            };
            prefix = Prefix { task: Some(task), name, rest: behind };
        } else if let Some(behind) = without_stamp(rest) {
            prefix.rest = behind;
        } else if let Some((inner, behind)) =
            rest.strip_prefix('[').and_then(|rest| rest.split_once(']'))
            && inner.chars().all(|c| c.is_ascii_hexdigit() || c == ' ' || c == '?')
        {
            prefix.rest = behind;
        } else if let Some((task, behind)) = leading_number(rest).filter(|_| prefix.task.is_none())
        {
            let (name, behind) = comm(behind);
            if !behind.starts_with([' ', '\t']) {
                break;
            }
            prefix = Prefix { task: Some(task), name, rest: behind };
        } else {
            break;
        }
    }
    prefix.rest = prefix.rest.trim_start();
    prefix
}

/// `<name>` behind a number.
fn comm(text: &str) -> (Option<&str>, &str) {
    let named = text.strip_prefix('<').and_then(|rest| rest.split_once('>'));
    named.map_or((None, text), |(name, rest)| (Some(name), rest))
}

fn line(rest: &str) -> Option<Line<'_>> {
    if let Some(said) = rest.strip_prefix("+++ ") {
        return Some(if said.starts_with("killed by") { Line::Killed } else { Line::Exited });
    }
    if rest.starts_with("--- ") {
        return Some(Line::Said("tells of a signal, and is no call"));
    }
    if rest.starts_with("> ") {
        return Some(Line::Said("tells where the program was, and is no call"));
    }
    let said = rest.strip_prefix("strace: ").unwrap_or(rest);
    if let Some((task, said)) = said.strip_prefix("Process ").and_then(leading_number) {
        let threads = said.strip_prefix(" attached with ").and_then(leading_number);
        return Some(if said.starts_with(" attached") {
            Line::Attached { task, threads: threads.map(|(count, _)| count) }
        } else {
            Line::Said("tells of the tracing, and is no call")
        });
    }
    if let Some(resumed) = rest.strip_prefix("<... ") {
        let (name, rest) = resumed.split_once(" resumed>")?;
        return Some(Line::Resumes { name, rest });
    }
    let (name, inner) = call_name(rest)?;
    if let Some((args, behind)) = inner.split_once(UNFINISHED) {
        let args = args.trim_end().trim_end_matches(',');
        // A process that was killed inside a call has both on one line.
        if behind.trim_start().starts_with(')') {
            return Some(Line::Call { name, args: args.into(), answer: Answer::Unknown });
        }
        return Some(Line::Begins { name, args });
    }
    let (args, behind) = args::close(inner)?;
    let answer = answer(behind)?;
    Some(Line::Call { name, args: args.into(), answer })
}

/// What stands behind the closing parenthesis.
fn answer(text: &str) -> Option<Answer<'_>> {
    let text = text.trim_start().strip_prefix('=')?.trim();
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    // FreeBSD's truss has the number in hex behind it.
    if rest.trim_start().starts_with("(0x") {
        return None;
    }
    if word == "-1" {
        let why = rest.trim().split(' ').next().unwrap_or_default();
        let named = why.len() > 1 && why.starts_with('E');
        let errno = if named {
            why.into()
        } else {
            rest.trim_start_matches('(')
                .split([')', '<'])
                .next()
                .unwrap_or("an error")
                .trim()
                .into()
        };
        return Some(Answer::Errno(errno));
    }
    Some(args::number(word).map_or(Answer::Unknown, Answer::Value))
}
