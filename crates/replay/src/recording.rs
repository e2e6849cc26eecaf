//! A script being run: its calls made one after the other, and everything kept that they did.

use std::collections::BTreeMap;
use std::rc::Rc;

use uvmscope_uvm::{Call, Config, Halt, Kernel, Log, Recorded, State};

use crate::script::{Body, CallLine, Expect, Expr, Script};
use crate::timeline::{CallEnd, CallRun, Timeline, Verdict};

/// Events between two keyframes; far enough apart that the keyframes stay small beside the log.
fn keyframe_gap(state: &State) -> usize {
    4096.max(8 * (state.entry_count() + state.mapping_count()))
}

/// Events after which no further call is run: what is recorded has to fit into the memory of a
/// page. A single call adds some 16 million at the very most.
pub const EVENT_BUDGET: usize = 8_000_000;

/// What a run leaves behind.
pub(crate) struct Parts {
    pub(crate) events: Vec<Recorded>,
    pub(crate) calls: Vec<CallRun>,
    pub(crate) keyframes: Vec<(usize, State)>,
    pub(crate) halt: Option<Halt>,
}

/// A run that is being recorded, as much at a time as there is time for.
#[derive(Debug)]
pub struct Recording {
    script: Rc<Script>,
    config: Config,
    /// Statements that are done.
    done: usize,
    runner: Runner,
}

impl Recording {
    /// A run of the script under `config` that has not begun; the script's own kernel is not looked
    /// at.
    pub fn new(script: Rc<Script>, config: Config) -> Self {
        let runner = Runner::new(&script, config);
        Self { script, config, done: 0, runner }
    }

    /// Goes on for about so many events, and never leaves a call half-way; `false` at the end of the
    /// script.
    pub fn go_on(&mut self, events: usize) -> bool {
        // A statement that records nothing takes its time, too.
        let weight = |run: &Self| run.runner.kernel.recorder.0.len() + run.done;
        let enough = weight(self).saturating_add(events);
        let script = Rc::clone(&self.script);
        while let Some(statement) = script.statements.get(self.done) {
            if weight(self) >= enough {
                return true;
            }
            let name = statement.name.as_ref();
            match &statement.body {
                Body::Let(value) => self.runner.bind(name, value),
                Body::Call(line) => self.runner.call(self.done, name, line),
            }
            self.done += 1;
        }
        false
    }

    /// Statements that are done, and all there are.
    pub fn progress(&self) -> (usize, usize) {
        (self.done, self.script.statements.len())
    }

    /// Runs what is left, and gives the whole.
    pub fn finish(mut self) -> Timeline {
        while self.go_on(usize::MAX) {}
        let Runner { kernel, calls, keyframes, halt, .. } = self.runner;
        let (_, Log(events)) = kernel.into_parts();
        Timeline::of(self.script, self.config, Parts { events, calls, keyframes, halt })
    }
}

#[derive(Debug)]
struct Runner {
    kernel: Kernel<Log>,
    names: BTreeMap<String, u64>,
    calls: Vec<CallRun>,
    keyframes: Vec<(usize, State)>,
    halt: Option<Halt>,
    exited: bool,
}

impl Runner {
    fn new(script: &Script, config: Config) -> Self {
        Self {
            kernel: Kernel::new(config, script.vm, Log::default()),
            names: BTreeMap::new(),
            calls: Vec::new(),
            keyframes: vec![(0, State::default())],
            halt: None,
            exited: false,
        }
    }

    fn set(&mut self, name: Option<&String>, value: Option<u64>) {
        if let Some(name) = name {
            match value {
                Some(value) => self.names.insert(name.clone(), value),
                None => self.names.remove(name),
            };
        }
    }

    fn bind(&mut self, name: Option<&String>, value: &Expr) {
        let value = value.value(&self.names).ok();
        self.set(name, value);
    }

    fn call(&mut self, statement: usize, name: Option<&String>, line: &CallLine) {
        let resolved = line.call.try_map(|e| e.value(&self.names).map_err(str::to_owned));
        let first = self.kernel.recorder.0.len();
        let (call, outcome) = match resolved {
            _ if self.halt.is_some() || self.exited => (self.shown(line), CallEnd::NotReached),
            _ if first >= EVENT_BUDGET => {
                self.halt = Some(Halt::EventBudget);
                (self.shown(line), CallEnd::Halted(Halt::EventBudget))
            }
            Err(name) => (self.shown(line), CallEnd::Skipped { name }),
            Ok(call) => (call, self.run(&call)),
        };
        let value = match &outcome {
            CallEnd::Done(done) if done.errno.is_ok() => Some(done.ret.map_or(0, |va| va.0)),
            _ => None,
        };
        self.set(name, value);
        let verdict = line.expect.map(|expect| judge(expect, &outcome));
        let end = self.kernel.recorder.0.len();
        self.calls.push(CallRun { statement, call, first, end, outcome, verdict });
        let last = self.keyframes.last().map_or(0, |(at, _)| *at);
        if end - last >= keyframe_gap(self.kernel.state()) {
            self.keyframes.push((end, self.kernel.state().clone()));
        }
    }

    fn run(&mut self, call: &Call) -> CallEnd {
        match self.kernel.call(call) {
            Ok(outcome) => {
                self.exited = matches!(call, Call::Exit);
                CallEnd::Done(outcome)
            }
            Err(halt) => {
                self.halt = Some(halt);
                CallEnd::Halted(halt)
            }
        }
    }

    /// The call with what names are known; unset ones read as 0.
    fn shown(&self, line: &CallLine) -> Call {
        let value = |e: &Expr| Ok::<_, std::convert::Infallible>(e.value(&self.names).unwrap_or(0));
        match line.call.try_map(value) {
            Ok(call) => call,
            Err(never) => match never {},
        }
    }
}

fn judge(expect: Expect, outcome: &CallEnd) -> Verdict {
    let met = match (expect, outcome) {
        (_, CallEnd::Skipped { .. } | CallEnd::NotReached) => return Verdict::NotRun,
        (_, CallEnd::Halted(_)) => false,
        (Expect::Errno(errno), CallEnd::Done(done)) => done.errno == errno,
        (Expect::Value(value), CallEnd::Done(done)) => {
            done.errno.is_ok() && done.ret.map_or(0, |va| va.0) == value
        }
    };
    if met { Verdict::Met } else { Verdict::Unmet }
}
