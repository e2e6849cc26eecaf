//! A script's run, recorded: every event, which call it belongs to, and how each call ended.

use std::cell::OnceCell;
use std::rc::Rc;

use uvmscope_uvm::audit::{Disagreement, audit};
use uvmscope_uvm::auditor::About;
use uvmscope_uvm::{Call, Config, Halt, Outcome, Recorded, State, Vm};

use crate::cursor::Cursor;
use crate::lives::Lives;
use crate::promises::Promises;
use crate::recording::{Parts, Recording};
use crate::script::Script;
use crate::series::{self, Counter, Series};

/// A place on a timeline: call and step, as links and people write them, `3.7`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place {
    /// The call, from 1.
    pub call: usize,
    /// Events of that call that have happened; 0 is its entry, before the first.
    pub step: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.call, self.step)
    }
}

/// How a call of the script ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CallEnd {
    /// It returned.
    Done(Outcome),
    /// The machine stopped in it.
    Halted(Halt),
    /// It uses a name that no successful call has bound.
    Skipped {
        /// That name.
        name: String,
    },
    /// The machine had stopped, or the process was gone, before it.
    NotReached,
}

/// What became of a script's expectation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The call did as expected.
    Met,
    /// It did something else.
    Unmet,
    /// It did not run.
    NotRun,
}

/// One call of the script as it ran.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallRun {
    /// Index of its statement in the script.
    pub statement: usize,
    /// The call with its numbers; as good as it could be resolved where the call was skipped.
    pub call: Call,
    /// Index of its first event.
    pub first: usize,
    /// Index after its last event.
    pub end: usize,
    /// How it ended.
    pub outcome: CallEnd,
    /// What became of its expectation, if it had one.
    pub verdict: Option<Verdict>,
}

impl CallRun {
    /// Number of its steps: events that happened in it.
    pub const fn steps(&self) -> usize {
        self.end - self.first
    }

    /// Whether it ran, to its end or into a halt.
    pub const fn ran(&self) -> bool {
        matches!(self.outcome, CallEnd::Done(_) | CallEnd::Halted(_))
    }
}

/// A recorded run.
#[derive(Debug)]
pub struct Timeline {
    script: Rc<Script>,
    config: Config,
    events: Vec<Recorded>,
    calls: Vec<CallRun>,
    keyframes: Vec<(usize, State)>,
    halt: Option<Halt>,
    /// Disagreements that stand at the return of each call, judged when first asked for.
    broken: Vec<OnceCell<Rc<[Disagreement]>>>,
    /// Read off the events when first asked for.
    promises: OnceCell<Promises>,
    series: OnceCell<[Series; Counter::ALL.len()]>,
    /// Read off the events when first asked for.
    lives: OnceCell<Lives>,
}

impl Timeline {
    /// Runs the script under `config` (the script's own is not looked at) and records it.
    pub fn record(script: Rc<Script>, config: Config) -> Self {
        Recording::new(script, config).finish()
    }

    /// A timeline of what was recorded.
    pub(crate) fn of(script: Rc<Script>, config: Config, recorded: Parts) -> Self {
        let Parts { events, calls, keyframes, halt } = recorded;
        let broken = calls.iter().map(|_| OnceCell::new()).collect();
        Self {
            script,
            config,
            events,
            calls,
            keyframes,
            halt,
            broken,
            promises: OnceCell::new(),
            series: OnceCell::new(),
            lives: OnceCell::new(),
        }
    }

    /// The script that ran.
    pub const fn script(&self) -> &Rc<Script> {
        &self.script
    }

    /// The kernel it ran under.
    pub const fn config(&self) -> Config {
        self.config
    }

    /// The limits it ran under.
    pub fn vm(&self) -> Vm {
        self.script.vm
    }

    /// Every event, in order.
    pub fn events(&self) -> &[Recorded] {
        &self.events
    }

    /// Every call of the script, in order, those included that did not run.
    pub fn calls(&self) -> &[CallRun] {
        &self.calls
    }

    /// Why the machine stopped, if it did.
    pub const fn halt(&self) -> Option<Halt> {
        self.halt
    }

    /// A walker over the timeline, at its beginning.
    pub fn cursor(self: &Rc<Self>) -> Cursor {
        Cursor::new(Rc::clone(self))
    }

    /// The place before everything. A script without calls has none but this.
    pub const fn first_place(&self) -> Place {
        Place { call: 1, step: 0 }
    }

    /// The last place that is reached.
    pub fn last_place(&self) -> Place {
        let reached = self.calls.iter().rposition(|c| !matches!(c.outcome, CallEnd::NotReached));
        match reached {
            Some(i) => Place { call: i + 1, step: self.calls[i].steps() },
            None => self.first_place(),
        }
    }

    /// The place nearest to `place` that exists.
    pub fn clamp(&self, place: Place) -> Place {
        let last = self.last_place();
        if place.call < 1 {
            return self.first_place();
        }
        if place.call > last.call {
            return last;
        }
        let steps = self.calls.get(place.call - 1).map_or(0, CallRun::steps);
        Place { call: place.call, step: place.step.min(steps) }
    }

    /// Number of events that have happened at a place.
    pub fn events_before(&self, place: Place) -> usize {
        let place = self.clamp(place);
        self.calls.get(place.call - 1).map_or(0, |c| c.first + place.step)
    }

    /// The place right after the event of that index.
    pub fn place_after(&self, event: usize) -> Place {
        let call = self.calls.partition_point(|c| c.end <= event);
        let first = self.calls.get(call).map_or(0, |c| c.first);
        Place { call: call + 1, step: event + 1 - first }
    }

    /// The place one step on, if there is one.
    pub fn step_on(&self, place: Place) -> Option<Place> {
        let place = self.clamp(place);
        let call = self.calls.get(place.call - 1)?;
        if place.step < call.steps() {
            return Some(Place { step: place.step + 1, ..place });
        }
        (place < self.last_place()).then_some(Place { call: place.call + 1, step: 0 })
    }

    /// The place one step back, if there is one.
    pub fn step_back(&self, place: Place) -> Option<Place> {
        let place = self.clamp(place);
        if place.step > 0 {
            return Some(Place { step: place.step - 1, ..place });
        }
        let call = place.call.checked_sub(1).filter(|call| *call > 0)?;
        Some(Place { call, step: self.calls[call - 1].steps() })
    }

    /// The entry of the next call, or the end of the last one.
    pub fn next_call(&self, place: Place) -> Option<Place> {
        let last = self.last_place();
        let next =
            if place.call < last.call { Place { call: place.call + 1, step: 0 } } else { last };
        (next > place).then_some(next)
    }

    /// The entry of this call, or of the one before where this is the entry already.
    pub fn previous_call(&self, place: Place) -> Option<Place> {
        let call = if place.step > 0 { place.call } else { place.call.checked_sub(1)? };
        (call > 0).then_some(Place { call, step: 0 })
    }

    /// Number of places before `place`; what a slider over the whole run shows.
    pub fn ordinal(&self, place: Place) -> usize {
        let place = self.clamp(place);
        self.events_before(place) + place.call - 1
    }

    /// The place that has so many places before it, or the last.
    pub fn place_at(&self, ordinal: usize) -> Place {
        let reached = &self.calls[..self.last_place().call.min(self.calls.len())];
        // Before the entry of a call lie the events before it and the entries of those calls.
        let mut low = 0;
        let mut high = reached.len();
        while low < high {
            let middle = usize::midpoint(low, high);
            if reached[middle].first + middle <= ordinal {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let call = low.max(1);
        let before = reached.get(call - 1).map_or(0, |c| c.first + call - 1);
        self.clamp(Place { call, step: ordinal.saturating_sub(before) })
    }

    /// The event that led to a place, with its index; none at the entry of a call.
    pub fn event_at(&self, place: Place) -> Option<(usize, &Recorded)> {
        let place = self.clamp(place);
        let index = self.events_before(place).checked_sub(1).filter(|_| place.step > 0)?;
        Some((index, &self.events[index]))
    }

    /// The disagreements that still stand when a call (from 1) returns, or when the machine stops
    /// in it: the promises that it leaves broken.
    pub fn broken_after(self: &Rc<Self>, call: usize) -> Rc<[Disagreement]> {
        // A call that did not run leaves things as the one before it did.
        let ran = self.calls[..call.min(self.calls.len())].iter().rposition(|c| c.steps() > 0);
        let Some(index) = ran else { return Rc::from([]) };
        Rc::clone(self.broken[index].get_or_init(|| {
            let mut cursor = self.cursor();
            cursor.seek(Place { call: index + 1, step: self.calls[index].steps() });
            audit(cursor.state()).into()
        }))
    }

    /// The step of each call that broke a promise for good, in calls that did so; a piece that is
    /// cut off an entry whose promise was broken before breaks nothing anew.
    pub fn promise_breaks(&self) -> Vec<Place> {
        let place = |(call, event): (usize, usize)| Place {
            call: call + 1,
            step: event + 1 - self.calls[call].first,
        };
        self.promises().breaks().map(place).collect()
    }

    /// Whether every promise holds when a call (from 1) returns.
    pub fn is_whole_after(&self, call: usize) -> bool {
        call.checked_sub(1).is_none_or(|index| self.promises().is_whole(index))
    }

    /// Whether a disagreement at the place where `cursor` stands is a broken promise: one that stood
    /// when the call began, or that still stands when it returns.
    pub fn is_broken(&self, cursor: &Cursor, what: &Disagreement) -> bool {
        let (Some(call), Some(at)) = (
            self.calls.get(cursor.place().call - 1),
            self.events_before(cursor.place()).checked_sub(1),
        ) else {
            return false;
        };
        self.promises().is_broken(About::of(what, cursor.state()), at, call)
    }

    /// A number of the system over the whole run.
    pub fn series(&self, counter: Counter) -> &Series {
        &self.series.get_or_init(|| series::of(&self.events))[counter as usize]
    }

    /// Every entry of the run.
    pub(crate) fn lives(&self) -> &Lives {
        self.lives.get_or_init(|| Lives::of(&self.events))
    }

    fn promises(&self) -> &Promises {
        self.promises.get_or_init(|| Promises::of(&self.events, &self.calls))
    }

    pub(crate) fn keyframes(&self) -> &[(usize, State)] {
        &self.keyframes
    }
}
