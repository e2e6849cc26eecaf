//! Cases replayed, and the first thing that differs from what the real functions did.

use std::fmt;
use std::rc::Rc;

use serde::Serialize;
use uvmscope_replay::{Script, Timeline};

use crate::corpus::{After, Case, CaseError, Event};
use crate::projection::Walk;
use crate::script::call_text;

/// The first thing in which a run differs from its case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The case.
    pub case: String,
    /// The call, from 1.
    pub call: usize,
    /// That call as a script writes it.
    pub text: String,
    /// What differs: a field of the result, with the index in it where it is a list.
    pub field: String,
    /// What the case has there.
    pub expected: String,
    /// What the run has there.
    pub got: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: call {}, {}: {} differs", self.case, self.call, self.text, self.field)?;
        writeln!(f, "  expected {}", self.expected)?;
        write!(f, "  got      {}", self.got)
    }
}

/// What came of the cases of a corpus.
#[derive(Debug, Default)]
pub struct Report {
    /// How many agreed.
    pub agreed: usize,
    /// Those that differ, in order.
    pub differences: Vec<Difference>,
    /// Lines, from 1, that are no case.
    pub broken: Vec<(usize, CaseError)>,
}

impl Report {
    /// How many cases there were.
    pub const fn cases(&self) -> usize {
        self.agreed + self.differences.len()
    }

    fn add(&mut self, line: usize, case: Result<Option<Difference>, CaseError>) {
        match case {
            Ok(None) => self.agreed += 1,
            Ok(Some(difference)) => self.differences.push(difference),
            Err(error) => self.broken.push((line, error)),
        }
    }

    fn append(&mut self, mut later: Self) {
        self.agreed += later.agreed;
        self.differences.append(&mut later.differences);
        self.broken.append(&mut later.broken);
    }
}

/// Puts every case of a corpus, one a line, through `check`, on so many threads. Empty lines are
/// passed over.
pub fn check_corpus<F>(text: &[u8], threads: usize, check: F) -> Report
where
    F: Fn(&Case) -> Option<Difference> + Sync,
{
    let lines: Vec<(usize, &[u8])> = (1..)
        .zip(text.split(|byte| *byte == b'\n'))
        .filter(|(_, line)| !line.trim_ascii().is_empty())
        .collect();
    let share = lines.len().div_ceil(threads.max(1)).max(1);
    let check = &check;
    let check_share = move |lines: &[(usize, &[u8])]| {
        let mut report = Report::default();
        for (number, line) in lines {
            report.add(*number, Case::read(line).map(|case| check(&case)));
        }
        report
    };
    std::thread::scope(|scope| {
        let shares: Vec<_> =
            lines.chunks(share).map(|lines| scope.spawn(move || check_share(lines))).collect();
        let mut whole = Report::default();
        for share in shares {
            match share.join() {
                Ok(report) => whole.append(report),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        whole
    })
}

/// Replays a case and compares every call.
pub fn check(case: &Case) -> Option<Difference> {
    check_script(case, case.script())
}

/// Compares the run of `script`, which stands for the case, with the case's results.
pub fn check_script(case: &Case, script: Script) -> Option<Difference> {
    let config = script.config;
    let timeline = Timeline::record(Rc::new(script), config);
    let mut walk = Walk::new(&timeline);
    let mut expected = case.after.iter();
    for (index, run) in timeline.calls().iter().enumerate() {
        let ran = run.ran().then(|| walk.call(run));
        let found = match (expected.next(), ran) {
            (None, None) => continue,
            (Some(expected), Some(got)) => first_difference(expected, &got),
            (Some(expected), None) => Some(in_field("result", ending(expected), "not run")),
            (None, Some(got)) => Some(in_field("result", "not run", ending(&got))),
        };
        if let Some(Differing { field, expected, got }) = found {
            let (case, text) = (case.id.clone(), call_text(&run.call));
            return Some(Difference { case, call: index + 1, text, field, expected, got });
        }
    }
    None
}

struct Differing {
    field: String,
    expected: String,
    got: String,
}

fn in_field(field: &str, expected: impl Into<String>, got: impl Into<String>) -> Differing {
    Differing { field: field.to_owned(), expected: expected.into(), got: got.into() }
}

/// The first field in which two results differ.
fn first_difference(expected: &After, got: &After) -> Option<Differing> {
    if expected == got {
        return None;
    }
    if ending(expected) != ending(got) {
        return Some(in_field("the answer", ending(expected), ending(got)));
    }
    list("entries", &expected.entries, &got.entries)
        .or_else(|| list("pages", &expected.pages, &got.pages))
        .or_else(|| {
            let sorted = |after: &After| {
                let mut pages = after.object_wired.clone();
                pages.sort_unstable();
                pages
            };
            list("object_wired", &sorted(expected), &sorted(got))
        })
        .or_else(|| value("uvmexp_wired", &expected.uvmexp_wired, &got.uvmexp_wired))
        .or_else(|| value("pmap_wired_count", &expected.pmap_wired_count, &got.pmap_wired_count))
        .or_else(|| value("wirefuture", &expected.wirefuture, &got.wirefuture))
        .or_else(|| events(&expected.events, &got.events))
        .or_else(|| list("console", &expected.console, &got.console))
}

/// How the call ended, in one line.
fn ending(after: &After) -> String {
    let errno = if after.errno.is_absent() { String::new() } else { json(&after.errno) };
    let ret = after.ret.map(|ret| format!(", ret {ret}")).unwrap_or_default();
    let panic = after.panic.as_ref().map(|p| format!("panic {p}")).unwrap_or_default();
    let halt = after.halt.as_deref().unwrap_or_default();
    let errno = if errno.is_empty() { errno } else { format!("errno {errno}") };
    format!("{errno}{ret}{panic}{halt}")
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

fn value<T: Serialize + PartialEq>(field: &str, expected: &T, got: &T) -> Option<Differing> {
    (expected != got).then(|| in_field(field, json(expected), json(got)))
}

/// The first place at which two lists differ.
fn list<T: Serialize + PartialEq>(field: &str, expected: &[T], got: &[T]) -> Option<Differing> {
    let longest = expected.len().max(got.len());
    let at = (0..longest).find(|at| expected.get(*at) != got.get(*at))?;
    let show = |list: &[T]| match list.get(at) {
        Some(item) => json(item),
        None => format!("nothing: {} in all", list.len()),
    };
    Some(in_field(&format!("{field}[{at}]"), show(expected), show(got)))
}

/// As for lists, but for the order of wired pages that are freed one after the other.
fn events(expected: &[Event], got: &[Event]) -> Option<Differing> {
    list("events", &in_fixed_order(expected), &in_fixed_order(got))
}

/// The events with each run of adjacent frees by ascending address.
fn in_fixed_order(events: &[Event]) -> Vec<Event> {
    let key = |event: &Event| match event {
        Event::PagefreeWired { va, wire_count } => Some((va.0, *wire_count)),
        _ => None,
    };
    let mut events = events.to_vec();
    for run in events.chunk_by_mut(|a, b| key(a).is_some() && key(b).is_some()) {
        run.sort_unstable_by_key(key);
    }
    events
}
