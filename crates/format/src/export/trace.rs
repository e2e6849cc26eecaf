//! A run as a trace: JSON that tells everything that happened.

use std::iter::once;

use serde::Serialize;
use uvmscope_replay::{CallEnd, CallLine, CallRun, Statement, Timeline, Verdict};
use uvmscope_uvm::{Func, KernelEvent, PAGE_SIZE, Recorded};

use super::frames::{Frames, file_name};
use super::note::Note;
use super::write::Write;
use crate::corpus::CaseVm;
use crate::kernel_spec;
use crate::script::{answer_text, call_text, expect_text};

/// What a trace says that it is.
pub const FORMAT: &str = "uvmscope-trace";
/// The version of traces that is written, and the newest that is read.
pub const VERSION: u32 = 1;

#[derive(Serialize)]
struct Meta {
    format: &'static str,
    version: u32,
    kernel: String,
    diagnostic: bool,
    page_size: u64,
    vm: CaseVm,
}

#[derive(Serialize)]
struct CallRow {
    call: usize,
    /// Of the script.
    line: u32,
    text: String,
    steps: usize,
    end: &'static str,
    /// As a script expects it.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
    /// Why there is no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'static str>,
}

#[derive(Serialize)]
struct StepRow {
    call: usize,
    step: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    function: Option<&'static str>,
    file: &'static str,
    line: u32,
    event: Event,
}

/// An event, as a trace spells it.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Event {
    Write(Write),
    Note(Note),
}

impl Event {
    /// Every event is one or the other.
    pub(super) fn of(event: &KernelEvent) -> Option<Self> {
        Write::of(event).map(Self::Write).or_else(|| Note::of(event).map(Self::Note))
    }
}

/// A run as a trace; `text` is the script as it was written.
pub fn trace_json(timeline: &Timeline, text: &str) -> String {
    trace_lines(timeline, text).collect()
}

/// The same line by line, each with its end, so that a long run need not be held as text.
pub fn trace_lines<'a>(
    timeline: &'a Timeline,
    text: &'a str,
) -> impl Iterator<Item = String> + use<'a> {
    let config = timeline.config();
    let meta = Meta {
        format: FORMAT,
        version: VERSION,
        kernel: kernel_spec::print(config),
        diagnostic: config.diagnostic,
        page_size: PAGE_SIZE,
        vm: CaseVm::of(timeline.vm()),
    };
    let head = format!("{{\n\"#meta\": {},\n\"script\": {},\n", json(&meta), json(&text));
    let lines = timeline.calls().iter().zip(timeline.script().calls());
    let calls = (1..).zip(lines).map(|(call, (run, line))| json(&call_row(call, run, line)));
    let mut steps = Steps::default();
    let events = (1..).zip(timeline.calls()).flat_map(move |(call, run)| {
        let events = timeline.events().get(run.first..run.end).unwrap_or_default();
        (1..).zip(events).map(move |(step, recorded)| (call, step, recorded))
    });
    let events = events.filter_map(move |(call, step, recorded)| steps.row(call, step, recorded));
    once(head)
        .chain(list("calls", calls))
        .chain(once(",\n".to_owned()))
        .chain(list("steps", events.map(|row| json(&row))))
        .chain(once("\n}\n".to_owned()))
}

/// A list under a name, an item on each line.
fn list(name: &str, items: impl Iterator<Item = String>) -> impl Iterator<Item = String> {
    let mut first = true;
    let items = items.map(move |item| {
        let before = if std::mem::take(&mut first) { "\n" } else { ",\n" };
        format!("{before}{item}")
    });
    once(format!("\"{name}\": [")).chain(items).chain(once("\n]".to_owned()))
}

/// Nothing that is written here has keys that are no text or numbers that are no numbers, which is
/// all that can go wrong.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Follows the functions from step to step.
#[derive(Default)]
struct Steps {
    frames: Frames,
}

impl Steps {
    fn row(&mut self, call: usize, step: usize, recorded: &Recorded) -> Option<StepRow> {
        if step == 1 {
            self.frames.clear();
        }
        Some(StepRow {
            call,
            step,
            function: self.frames.follow(&recorded.event).map(Func::name),
            file: file_name(recorded.site),
            line: recorded.site.line(),
            event: Event::of(&recorded.event)?,
        })
    }
}

fn call_row(call: usize, run: &CallRun, (statement, line): (&Statement, &CallLine)) -> CallRow {
    let (end, reason) = match &run.outcome {
        CallEnd::Done(_) => ("returned", None),
        CallEnd::Halted(halt) => ("halted", Some(halt.to_string())),
        CallEnd::Skipped { name } => {
            ("skipped", Some(format!("the call that binds {name} failed")))
        }
        CallEnd::NotReached => ("not_reached", None),
    };
    let text = if run.ran() { call_text(&run.call) } else { call_text(&line.call) };
    CallRow {
        call,
        line: statement.line,
        text,
        steps: run.steps(),
        end,
        answer: answer_text(&run.outcome),
        reason,
        expected: line.expect.map(|expect| expect_text(expect, &line.call)),
        verdict: run.verdict.map(|verdict| match verdict {
            Verdict::Met => "met",
            Verdict::Unmet => "unmet",
            Verdict::NotRun => "not_run",
        }),
    }
}
