//! A script and the recording of it under one kernel.

use std::cell::OnceCell;
use std::rc::Rc;

use uvmscope_format::{ScriptError, parse, scenarios};
use uvmscope_replay::{Body, CallEnd, Place, Script, Timeline, Verdict};
use uvmscope_scene::{MarkKind, Story};
use uvmscope_uvm::{Config, Halt};

/// The text that is shown, read.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) script: Rc<Script>,
    pub(crate) errors: Vec<ScriptError>,
}

impl Source {
    /// The scenario of that name, or nothing with the reason.
    pub(crate) fn scenario(name: &str) -> Result<Self, String> {
        #[cfg(feature = "bench")]
        if let Some(source) = crate::app::bench::source(name) {
            return Ok(source);
        }
        let scenario = scenarios::get(name).map_err(|e| e.to_string())?;
        let parsed = parse(scenario.text);
        Ok(Self {
            name: scenario.name.to_owned(),
            title: scenario.title().to_owned(),
            text: scenario.text.to_owned(),
            script: Rc::new(parsed.script),
            errors: parsed.errors,
        })
    }

    /// What somebody wrote or brought along.
    pub(crate) fn own(text: String) -> Self {
        let text = tidy(text);
        let parsed = parse(&text);
        Self {
            name: String::new(),
            title: scenarios::header(&text).title.unwrap_or("Your own script").to_owned(),
            text,
            script: Rc::new(parsed.script),
            errors: parsed.errors,
        }
    }

    /// The same, which says nothing of itself, under a title.
    pub(crate) fn titled(text: String, title: &str) -> Self {
        Self { title: title.to_owned(), ..Self::own(text) }
    }

    /// The same text under the name that it had, if it is that scenario's, else as one's own.
    pub(crate) fn read(text: String) -> Self {
        let text = tidy(text);
        let known = scenarios::ALL.into_iter().find(|scenario| scenario.text == text);
        match known.map(|scenario| Self::scenario(scenario.name)) {
            Some(Ok(source)) => source,
            _ => Self::own(text),
        }
    }
}

/// A text as a text field holds it: without a byte order mark, its lines ended by a line feed. So
/// places in the one are places in the other.
pub(crate) fn tidy(text: String) -> String {
    match text.strip_prefix('\u{feff}') {
        None if !text.contains("\r\n") => text,
        rest => rest.unwrap_or(&text).replace("\r\n", "\n"),
    }
}

/// A recording, and what the page reads off it once.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) source: Rc<Source>,
    pub(crate) timeline: Rc<Timeline>,
    pub(crate) story: Story,
    pub(crate) calls: Rc<[CallRow]>,
    lines: OnceCell<Vec<Rc<str>>>,
}

/// How a call turned out, for its colour and its sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Fine,
    Failed,
    Stopped,
    NotRun,
}

/// A call as the list of calls and the timeline show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CallRow {
    /// The lines before it that bind names.
    pub(crate) bindings: Vec<String>,
    /// The line of the script.
    pub(crate) text: String,
    /// `= 0`, `EINVAL`, `panic`
    pub(crate) outcome: String,
    pub(crate) tone: Tone,
    /// What is wrong with it, or with what it leaves behind.
    pub(crate) remarks: Vec<String>,
    /// What the script's author wants to be noticed at it.
    pub(crate) notice: Option<String>,
    pub(crate) steps: usize,
    /// Steps with a mark.
    pub(crate) marks: Vec<(usize, MarkKind)>,
}

/// Marks that one segment of the timeline has room for.
const MARKS_IN_SEGMENT: usize = 12;

impl Run {
    pub(crate) fn record(source: Rc<Source>, config: Config) -> Rc<Self> {
        let timeline = Timeline::record(Rc::clone(&source.script), config);
        Self::of(source, timeline)
    }

    /// The same where the run has been recorded already.
    pub(crate) fn of(source: Rc<Source>, timeline: Timeline) -> Rc<Self> {
        let timeline = Rc::new(timeline);
        let story = Story::new(Rc::clone(&timeline));
        let calls = rows(&source, &timeline, &story);
        Rc::new(Self { source, timeline, story, calls, lines: OnceCell::new() })
    }

    /// The lines of the counters over the run, drawn when first asked for.
    pub(crate) fn lines(&self) -> &[Rc<str>] {
        self.lines.get_or_init(|| crate::app::view::line_paths(self))
    }

    pub(crate) fn config(&self) -> Config {
        self.timeline.config()
    }

    /// Where a reader comes in.
    pub(crate) fn opening(&self) -> Place {
        self.story.opening()
    }
}

fn rows(source: &Source, timeline: &Rc<Timeline>, story: &Story) -> Rc<[CallRow]> {
    let lines: Vec<&str> = source.text.lines().collect();
    let breaks = timeline.promise_breaks();
    let mut rows: Vec<CallRow> = Vec::new();
    let mut runs = timeline.calls().iter();
    let mut bindings = Vec::new();
    for statement in &source.script.statements {
        let text = lines.get((statement.line as usize).saturating_sub(1)).copied();
        let text = text.unwrap_or_default().split('#').next().unwrap_or_default().trim();
        let Body::Call(line) = &statement.body else {
            bindings.push(text.to_owned());
            continue;
        };
        let Some(run) = runs.next() else { break };
        let (outcome, tone) = outcome(&run.outcome);
        let mut remarks = Vec::new();
        let number = rows.len() + 1;
        if breaks.iter().any(|place| place.call == number) {
            remarks.push("promise broken here".to_owned());
        }
        if run.verdict == Some(Verdict::Unmet) {
            remarks.push("not what the script expects".to_owned());
        }
        if let CallEnd::Skipped { name } = &run.outcome {
            remarks.push(format!("skipped: no call has bound `{name}`"));
        }
        let notice = line
            .mark
            .as_ref()
            .map(|(name, notice)| if notice.is_empty() { name.clone() } else { notice.clone() });
        rows.push(CallRow {
            bindings: std::mem::take(&mut bindings),
            text: without_expectation(text),
            outcome,
            tone,
            remarks,
            notice,
            steps: run.steps(),
            marks: Vec::new(),
        });
    }
    for mark in story.marks().iter() {
        if let Some(row) = rows.get_mut(mark.place.call.wrapping_sub(1))
            && mark.kind != MarkKind::Call
            && row.marks.len() < MARKS_IN_SEGMENT
        {
            row.marks.push((mark.place.step, mark.kind));
        }
    }
    rows.into()
}

/// A line of the script without what stands behind the call.
fn without_expectation(line: &str) -> String {
    match line.rfind(')') {
        Some(end) if !line.starts_with("map ") => line[..=end].to_owned(),
        _ => line.to_owned(),
    }
}

fn outcome(end: &CallEnd) -> (String, Tone) {
    match end {
        CallEnd::Done(outcome) if outcome.errno.is_ok() => match outcome.ret {
            Some(at) => (format!("= {at}"), Tone::Fine),
            None => ("= 0".to_owned(), Tone::Fine),
        },
        CallEnd::Done(outcome) => (outcome.errno.to_string(), Tone::Failed),
        CallEnd::Halted(Halt::Panic(_)) => ("panic".to_owned(), Tone::Stopped),
        CallEnd::Halted(Halt::PageBudget | Halt::EventBudget) => {
            ("stopped".to_owned(), Tone::Stopped)
        }
        CallEnd::Skipped { .. } => ("skipped".to_owned(), Tone::NotRun),
        CallEnd::NotReached => ("not reached".to_owned(), Tone::NotRun),
    }
}
