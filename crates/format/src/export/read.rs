//! Reads a trace.

use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;
use uvmscope_replay::Place;
use uvmscope_uvm::{Config, KernelEvent, PAGE_SIZE, Vm};

use super::note;
use super::replay::Replay;
use super::trace::{FORMAT, VERSION};
use super::write::Write;
use crate::corpus::CaseVm;
use crate::kernel_spec::{self, SpecError};

/// The longest trace that is read, in bytes.
pub const MAX_TRACE: usize = 256 << 20;

/// Why a text is no trace.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum TraceError {
    /// More than is read.
    #[error("the trace is longer than {} MiB; export a shorter script", MAX_TRACE >> 20)]
    TooLong,
    /// No JSON, or JSON that is no trace.
    #[error("{line}:{column}: {message}")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// Something else than a trace.
    #[error("`#meta` says that this is a `{0}`; wanted is a `{FORMAT}`")]
    Format(String),
    /// A version that is still to come, or none.
    #[error(
        "the trace is of version {0}, and this program reads up to {VERSION}; use a newer uvmscope"
    )]
    Version(u32),
    /// A page size that is not simulated.
    #[error("the trace has pages of {0} bytes; only {PAGE_SIZE} is simulated")]
    PageSize(u64),
    /// A kernel that does not exist.
    #[error("the trace's kernel: {0}")]
    Kernel(#[from] SpecError),
    /// The steps are not those that the calls are said to have.
    #[error("step {found} stands where {expected} is expected; the trace is not complete")]
    Order {
        /// The place that is told.
        found: Place,
        /// The place that would be next.
        expected: String,
    },
    /// A step that cannot be.
    #[error("step {place}: {why}")]
    Step {
        /// Which one.
        place: Place,
        /// What is wrong with it.
        why: String,
    },
}

/// A trace, read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trace {
    /// The kernel that ran.
    pub config: Config,
    /// The limits it ran under.
    pub vm: Vm,
    /// The script as it was written.
    pub script: String,
    /// Every step of the run, in order.
    pub steps: Vec<TraceStep>,
}

/// A step of a trace.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TraceStep {
    /// The place that it leads to.
    pub place: Place,
    /// What it changes; nothing for a note.
    pub write: Option<KernelEvent>,
}

#[derive(Deserialize)]
struct RawTrace {
    #[serde(rename = "#meta")]
    meta: RawMeta,
    script: String,
    calls: Vec<RawCall>,
    steps: Vec<RawStep>,
}

#[derive(Deserialize)]
struct RawMeta {
    format: String,
    version: u32,
    kernel: String,
    diagnostic: bool,
    page_size: u64,
    vm: CaseVm,
}

#[derive(Deserialize)]
struct RawCall {
    call: usize,
    steps: usize,
}

#[derive(Deserialize)]
struct RawStep {
    call: usize,
    step: usize,
    event: Value,
}

impl Trace {
    /// Reads a trace. Fields that are not known are passed over, but for those of what is written.
    pub fn read(text: &str) -> Result<Self, TraceError> {
        if text.len() > MAX_TRACE {
            return Err(TraceError::TooLong);
        }
        let raw: RawTrace = serde_json::from_str(text).map_err(|error| TraceError::Json {
            line: error.line(),
            column: error.column(),
            message: message(&error),
        })?;
        let meta = raw.meta;
        if meta.format != FORMAT {
            return Err(TraceError::Format(meta.format.chars().take(40).collect()));
        }
        if !(1..=VERSION).contains(&meta.version) {
            return Err(TraceError::Version(meta.version));
        }
        if meta.page_size != PAGE_SIZE {
            return Err(TraceError::PageSize(meta.page_size));
        }
        let changes = kernel_spec::parse(&meta.kernel)?;
        let config = Config { diagnostic: meta.diagnostic, changes };
        check_order(&raw.calls, &raw.steps)?;
        let steps = raw.steps.into_iter().map(step).collect::<Result<_, _>>()?;
        Ok(Self { config, vm: meta.vm.limits(), script: raw.script, steps })
    }

    /// The states of the run, from its beginning on.
    pub fn replay(&self) -> Replay<'_> {
        Replay::new(&self.steps)
    }
}

/// The message without its place, which stands before it.
fn message(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.split(" at line ").next().unwrap_or_default().to_owned()
}

/// Holds the steps to being those of the calls, all of them and in order.
fn check_order(calls: &[RawCall], steps: &[RawStep]) -> Result<(), TraceError> {
    let mut found = steps.iter().map(|step| Place { call: step.call, step: step.step });
    for call in calls {
        for step in 1..=call.steps {
            let expected = Place { call: call.call, step };
            match found.next() {
                Some(place) if place == expected => {}
                Some(place) => {
                    return Err(TraceError::Order { found: place, expected: expected.to_string() });
                }
                None => {
                    let why = "it is told nowhere; the trace is not complete".to_owned();
                    return Err(TraceError::Step { place: expected, why });
                }
            }
        }
    }
    match found.next() {
        Some(place) => Err(TraceError::Order { found: place, expected: "the end".to_owned() }),
        None => Ok(()),
    }
}

fn step(raw: RawStep) -> Result<TraceStep, TraceError> {
    let place = Place { call: raw.call, step: raw.step };
    let wrong = |why: String| TraceError::Step { place, why };
    let kind = raw.event.get("kind").and_then(Value::as_str).unwrap_or_default();
    if note::KINDS.contains(&kind) {
        return Ok(TraceStep { place, write: None });
    }
    let write = serde_json::from_value::<Write>(raw.event).map_err(|e| wrong(message(&e)))?;
    let write =
        write.read().ok_or_else(|| wrong("it prints or panics as no kernel does".into()))?;
    Ok(TraceStep { place, write: Some(write) })
}
