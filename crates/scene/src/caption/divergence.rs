//! What differs between two runs of one script, and why: one sentence for the place where they
//! part, and short ones for what differs between their states.

use uvmscope_replay::{
    Alignment, CallEnd, CallRun, Cause, Divergence, Gate, Place, Side, Timeline,
};
use uvmscope_uvm::{Errno, Halt, KernelEvent, Recorded, State};

use crate::caption::Caption;
use crate::caption::deeds::{asks, deed, does, is_telling};

/// Two runs that are told side by side, each by a name of its own.
#[derive(Clone, Copy, Debug)]
pub struct SideBySide<'a> {
    pub(crate) alignment: &'a Alignment,
    pub(crate) names: [&'a str; 2],
}

/// What a side does at a divergence.
#[derive(Debug)]
struct Doing<'a> {
    run: &'a CallRun,
    /// Its first step that the other does not do, with its index.
    step: Option<(usize, &'a Recorded)>,
    /// That step in words, or how the call ended where there is none.
    does: String,
}

impl<'a> SideBySide<'a> {
    /// Names the two runs of an alignment.
    pub const fn new(alignment: &'a Alignment, names: [&'a str; 2]) -> Self {
        Self { alignment, names }
    }

    /// The name of a run, set apart.
    pub(crate) fn name(&self, side: Side) -> String {
        format!("`{}`", self.names[side.index()])
    }

    fn timeline(&self, side: Side) -> &'a Timeline {
        self.alignment.timeline(side)
    }

    fn state(&self, side: Side, place: Place) -> State {
        let mut cursor = self.alignment.timeline(side).cursor();
        cursor.seek(place);
        cursor.state().clone()
    }

    /// Where the two runs have parted in the call that both places are in, if they have.
    pub fn parted(&self, pair: [Place; 2]) -> Option<&'a Divergence> {
        let here = self.alignment.divergence_in(pair[0].call.max(pair[1].call))?;
        (pair[0] >= here.at[0] && pair[1] >= here.at[1]).then_some(here)
    }

    /// What sets the two runs apart at two places that belong together; `alike` tells whether the
    /// machines are in the same state there.
    pub fn caption_at(&self, pair: [Place; 2], alike: bool) -> Caption {
        let caption = |lead: &str, rest: String| Caption { lead: lead.to_owned(), rest };
        match (self.parted(pair), self.alignment.first_divergence()) {
            (Some(divergence), _) => self.caption(divergence),
            (None, None) => caption("Both kernels do the same in every call.", String::new()),
            (None, Some(first)) if pair < first.at => caption(
                "Both kernels have done the same so far.",
                format!("They part at {}.", first.at[0]),
            ),
            (None, Some(_)) if alike => {
                caption("Both kernels are in the same state here.", String::new())
            }
            (None, Some(first)) => caption(
                "Both kernels do the same at this step, from different states.",
                format!("They first parted at {}.", first.at[0]),
            ),
        }
    }

    /// What sets the two runs apart, with the operands of the test that does; and what it leaves.
    pub fn caption(&self, divergence: &Divergence) -> Caption {
        if let Cause::NotReached { side } = divergence.cause {
            return self.not_reached(divergence, side);
        }
        if let Some(caption) = self.skipped(divergence) {
            return caption;
        }
        let lead = match divergence.cause {
            Cause::Guard { side, .. } => self.guard(divergence, side),
            _ => self.contrast(divergence),
        };
        let rest = [self.whose(divergence.cause), self.left(divergence)];
        let rest = rest.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ");
        Caption::new(lead, rest)
    }

    /// One side tests what the other does not.
    fn guard(&self, divergence: &Divergence, side: Side) -> String {
        let [ours, theirs] = [self.doing(divergence, side), self.doing(divergence, side.other())];
        let place = divergence.at[side.index()];
        let question = match self.timeline(side).event_at(place).map(|(_, r)| &r.event) {
            Some(KernelEvent::Test { cond, held }) => asks(*cond, *held, &self.state(side, place)),
            _ => "tests what the other does not".to_owned(),
        };
        // Where both come to the same line with other values, that is all there is to tell.
        let at_one_line = match (ours.step, theirs.step) {
            (Some((_, ours)), Some((_, theirs))) => ours.site == theirs.site,
            _ => false,
        };
        let tell = |side: Side, doing: &Doing<'_>| match doing.step.map(|(_, step)| &step.event) {
            Some(KernelEvent::Leave { .. } | KernelEvent::Panic { .. }) => doing.does.clone(),
            _ if at_one_line => doing.does.clone(),
            _ => self.goes_on(side, doing),
        };
        // What a change takes away may stand elsewhere in the kernel that has the change.
        let here = match divergence.cause {
            Cause::Guard { gate: Gate::Change { when_on: false, .. }, .. } => " at that point",
            _ => "",
        };
        format!(
            "{} {question} and {}; {} has no such test{here} and {}.",
            self.name(side),
            tell(side, &ours),
            self.name(side.other()),
            tell(side.other(), &theirs)
        )
    }

    /// Both do something of their own.
    fn contrast(&self, divergence: &Divergence) -> String {
        let [a, b] = Side::BOTH.map(|side| self.doing(divergence, side));
        let told = match divergence.cause {
            Cause::Earlier { since } => {
                format!("The two have been in different states since call {since}: ")
            }
            _ => String::new(),
        };
        let [name_a, name_b] = Side::BOTH.map(|side| self.name(side));
        if a.does == b.does {
            let at_one_line = a.step.map(|(_, r)| r.site) == b.step.map(|(_, r)| r.site);
            let how = if at_one_line { "from another state" } else { "elsewhere in the code" };
            return format!("{told}{name_a} {}; so does {name_b}, but {how}.", a.does);
        }
        format!("{told}{name_a} {}; {name_b} {}.", a.does, b.does)
    }

    fn doing(&self, divergence: &Divergence, side: Side) -> Doing<'a> {
        let timeline = self.timeline(side);
        let run = &timeline.calls()[divergence.call - 1];
        let own = divergence.own[side.index()];
        let step = own.and_then(|place| timeline.event_at(place));
        let does = match (step, own) {
            (Some((_, step)), Some(place)) => does(&step.event, &self.state(side, place)),
            _ => ended(&run.outcome),
        };
        Doing { run, step, does }
    }

    /// What the rest of the call comes to: the first thing that it changes, or how it ends.
    fn goes_on(&self, side: Side, doing: &Doing<'_>) -> String {
        let from = doing.step.map_or(doing.run.end, |(index, _)| index);
        let rest = &self.timeline(side).events()[from..doing.run.end];
        let telling = rest.iter().position(|r| is_telling(&r.event));
        let write = telling.or_else(|| rest.iter().position(|r| r.event.is_write()));
        let Some(at) = write else {
            return format!("goes on, and {}", ended(&doing.run.outcome));
        };
        let place = self.timeline(side).place_after(from + at);
        format!("goes on to {}", deed(&rest[at].event, &self.state(side, place)))
    }

    /// Whose the test is.
    fn whose(&self, cause: Cause) -> String {
        match cause {
            Cause::Guard { gate: Gate::Diagnostic, .. } => {
                "It is an assertion, and only a kernel built with DIAGNOSTIC makes it.".to_owned()
            }
            Cause::Guard { gate: Gate::Change { change, when_on: true }, .. } => {
                format!("The test is that of {change}: {}", change.summary())
            }
            Cause::Guard { side, gate: Gate::Change { change, .. } } => format!(
                "{} has it no more, or elsewhere, because of {change}: {}",
                self.name(side.other()),
                change.summary()
            ),
            Cause::Untested(change) => {
                format!("Only one of them has {change}: {}", change.summary())
            }
            Cause::Bound => "A bound of the simulator stops one of them.".to_owned(),
            Cause::Earlier { .. } | Cause::NotReached { .. } => String::new(),
        }
    }

    /// What the call leaves of it.
    fn left(&self, divergence: &Divergence) -> String {
        let runs = Side::BOTH.map(|side| &self.timeline(side).calls()[divergence.call - 1]);
        let same = runs[0].outcome == runs[1].outcome;
        let before = matches!(divergence.cause, Cause::Earlier { .. });
        let text = match (same, divergence.agree_after) {
            (true, true) => "The call ends alike, and both are in the same state again.",
            (true, false) if before => "Both give the same answer; their states still differ.",
            (true, false) => "Both give the same answer, but their states differ now.",
            (false, true) => "The answers differ; the states are the same.",
            (false, false) => return String::new(),
        };
        text.to_owned()
    }

    fn not_reached(&self, divergence: &Divergence, side: Side) -> Caption {
        let timeline = self.timeline(side);
        let last = timeline.last_place().call;
        let why = match timeline.halt() {
            Some(Halt::Panic(_)) => format!("it panicked in call {last}"),
            Some(_) => format!("its simulation stopped in call {last}"),
            None => format!("its process ended in call {last}"),
        };
        let run = &self.timeline(side.other()).calls()[divergence.call - 1];
        Caption::new(
            format!("{} does not come to this call: {why}.", self.name(side)),
            format!("{} {}.", self.name(side.other()), ended(&run.outcome)),
        )
    }

    /// A call that only one side can make, for want of a name.
    fn skipped(&self, divergence: &Divergence) -> Option<Caption> {
        let outcome = |side: Side| &self.timeline(side).calls()[divergence.call - 1].outcome;
        let side =
            Side::BOTH.into_iter().find(|s| matches!(outcome(*s), CallEnd::Skipped { .. }))?;
        let CallEnd::Skipped { name } = outcome(side) else { return None };
        let lead = format!(
            "{} skips the call: it needs `{name}`, and no call that succeeded there has set it.",
            self.name(side)
        );
        let other = side.other();
        Some(Caption::new(lead, format!("{} {}.", self.name(other), ended(outcome(other)))))
    }
}

/// How a call ends.
fn ended(outcome: &CallEnd) -> String {
    match outcome {
        CallEnd::Done(done) if done.errno == Errno::None => {
            let answer = done.ret.map_or_else(|| "0".to_owned(), |va| va.to_string());
            format!("returns {answer}")
        }
        CallEnd::Done(done) => format!("fails with {}", done.errno),
        CallEnd::Halted(Halt::Panic(_)) => "panics".to_owned(),
        CallEnd::Halted(_) => "is stopped by a bound of the simulator".to_owned(),
        CallEnd::Skipped { name } => format!("skips it, because `{name}` is not set"),
        CallEnd::NotReached => "does not come to it".to_owned(),
    }
}
