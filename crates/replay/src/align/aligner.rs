//! The walk along two runs that pairs them.

use std::rc::Rc;

use uvmscope_uvm::{Recorded, State};

use super::alike::plain;
use super::gates::Gates;
use super::middle::{ALL_CELLS, common};
use super::{AlignedCall, Cause, Divergence, Side, Stretch};
use crate::differences::Comparison;
use crate::timeline::{CallEnd, CallRun, Place, Timeline};

/// Aligns every call of two runs.
pub(super) fn calls(timelines: [&Rc<Timeline>; 2]) -> Vec<AlignedCall> {
    let mut aligner = Aligner {
        timelines,
        gates: Gates::between(timelines.map(|t| t.config())),
        apart: None,
        cells: ALL_CELLS,
    };
    let count = timelines.map(|t| t.calls().len());
    (0..count[0].min(count[1])).map(|index| aligner.call(index)).collect()
}

struct Aligner<'a> {
    timelines: [&'a Rc<Timeline>; 2],
    gates: Gates,
    /// Nothing for as long as the runs never parted: then equal steps are equal to the last id.
    apart: Option<Apart<'a>>,
    /// Work that may still be spent on pairing.
    cells: usize,
}

/// The states of two runs that have parted once.
struct Apart<'a> {
    walks: [Walk<'a>; 2],
    comparison: Comparison,
    /// The call after which they differed, and have ever since; nothing while they agree.
    since: Option<usize>,
}

/// A state that is led along the events of a run.
struct Walk<'a> {
    events: &'a [Recorded],
    at: usize,
    state: State,
}

impl<'a> Walk<'a> {
    fn new(timeline: &'a Rc<Timeline>, place: Place) -> Self {
        let mut cursor = timeline.cursor();
        cursor.seek(place);
        let at = timeline.events_before(place);
        Self { events: timeline.events(), at, state: cursor.state().clone() }
    }

    /// The state after so many events of the run; never fewer than before.
    fn to(&mut self, target: usize) -> &State {
        while self.at < target {
            self.state.apply(&self.events[self.at].event);
            self.at += 1;
        }
        &self.state
    }
}

/// How far two runs are in a call.
struct Progress {
    /// Steps taken.
    at: [usize; 2],
    stretches: Vec<Stretch>,
    /// Tests stepped over since the last pair: the step before each.
    inserted: [Vec<usize>; 2],
}

impl Progress {
    /// At the entry of a call.
    fn new() -> Self {
        let entry = Stretch { from: [0, 0], len: 1 };
        Self { at: [0, 0], stretches: vec![entry], inserted: [Vec::new(), Vec::new()] }
    }

    /// The steps up to the last pair.
    fn paired(&self) -> [usize; 2] {
        self.stretches.last().map_or([0, 0], |s| s.from.map(|from| from + s.len - 1))
    }

    /// Pairs two places that neither lie before the last pair.
    fn pair(&mut self, places: [usize; 2]) {
        let next = self.paired().map(|step| step + 1);
        match self.stretches.last_mut() {
            Some(last) if next == places => last.len += 1,
            _ => self.stretches.push(Stretch { from: places, len: 1 }),
        }
    }
}

impl<'a> Aligner<'a> {
    fn call(&mut self, index: usize) -> AlignedCall {
        let timelines = self.timelines;
        let runs = timelines.map(|t| &t.calls()[index]);
        let reached = runs.map(|run| !matches!(run.outcome, CallEnd::NotReached));
        match reached {
            [true, true] => self.both(index, runs),
            [false, false] => AlignedCall::default(),
            [true, false] => self.one_of_them(index, Side::B),
            [false, true] => self.one_of_them(index, Side::A),
        }
    }

    /// A call that the run of one side does not come to.
    fn one_of_them(&self, index: usize, missing: Side) -> AlignedCall {
        let mut at = [Place { call: index + 1, step: 0 }; 2];
        at[missing.index()] = self.timelines[missing.index()].last_place();
        let divergence = Divergence {
            call: index + 1,
            alike: at,
            at,
            own: [None, None],
            cause: Cause::NotReached { side: missing },
            meets: None,
            agree_where_met: false,
            agree_after: false,
        };
        AlignedCall { stretches: Vec::new(), divergence: Some(divergence) }
    }

    fn both(&mut self, index: usize, runs: [&'a CallRun; 2]) -> AlignedCall {
        let timelines = self.timelines;
        let steps: [&[Recorded]; 2] =
            [0, 1].map(|i| &timelines[i].events()[runs[i].first..runs[i].end]);
        let mut progress = Progress::new();
        while self.advance(runs, steps, &mut progress) {}
        let is_over = progress.at == steps.map(<[Recorded]>::len);
        if is_over && runs[0].outcome == runs[1].outcome {
            return AlignedCall { stretches: progress.stretches, divergence: None };
        }
        let divergence = self.part(index, runs, steps, &mut progress);
        AlignedCall { stretches: progress.stretches, divergence: Some(divergence) }
    }

    /// Takes a step on both sides if they do the same, or steps over tests that one side makes
    /// alone; whether there was anything of that to do.
    fn advance(
        &mut self,
        runs: [&CallRun; 2],
        steps: [&[Recorded]; 2],
        progress: &mut Progress,
    ) -> bool {
        let next = [0, 1].map(|i| steps[i].get(progress.at[i]));
        if let [Some(a), Some(b)] = next
            && self.same(runs, progress.at, [a, b])
        {
            progress.at = progress.at.map(|at| at + 1);
            progress.pair(progress.at);
            progress.inserted.iter_mut().for_each(Vec::clear);
            return true;
        }
        let mut stepped = false;
        for side in Side::BOTH {
            let i = side.index();
            let is_insertion = |r: &Recorded| self.gates.insertion(r, side).is_some();
            while steps[i].get(progress.at[i]).is_some_and(is_insertion) {
                progress.inserted[i].push(progress.at[i]);
                progress.at[i] += 1;
                stepped = true;
            }
        }
        stepped
    }

    /// Whether two steps do the same, from the same line.
    fn same(&mut self, runs: [&CallRun; 2], at: [usize; 2], [a, b]: [&Recorded; 2]) -> bool {
        if a.site != b.site {
            return false;
        }
        let Some(apart) = &mut self.apart else {
            return a.event == b.event;
        };
        let [walk_a, walk_b] = &mut apart.walks;
        let state_a = walk_a.to(runs[0].first + at[0]);
        let state_b = walk_b.to(runs[1].first + at[1]);
        plain(&a.event, state_a) == plain(&b.event, state_b)
    }

    /// The two part here: why, where it shows, and where they meet again.
    fn part(
        &mut self,
        index: usize,
        runs: [&CallRun; 2],
        steps: [&[Recorded]; 2],
        progress: &mut Progress,
    ) -> Divergence {
        let ends = steps.map(<[Recorded]>::len);
        let alike = progress.paired();
        let own = progress.at.map(|at| at + 1);
        let mut shows = [0, 1].map(|i| ends[i].min(own[i]));
        let guard = self.guard(steps, progress);
        if let Some((side, at, _)) = guard {
            shows[side.index()] = at + 1;
        }
        if shows[0] > alike[0] && shows[1] > alike[1] {
            progress.pair(shows);
        }
        let rest = [0, 1].map(|i| &steps[i][shows[i]..]);
        let found = common(rest[0], rest[1], &mut self.cells);
        for pair in found.pairs {
            progress.pair([0, 1].map(|i| shows[i] + pair[i] + 1));
        }
        if progress.paired() != ends && ends[0] > 0 && ends[1] > 0 {
            progress.pair(ends);
        }
        let done = runs.iter().all(|run| matches!(run.outcome, CallEnd::Done(_)));
        let meets = match found.tail {
            0 => done.then_some(ends),
            tail => Some(ends.map(|end| end + 1 - tail)),
        };
        let places = |steps: [usize; 2]| steps.map(|step| Place { call: index + 1, step });
        let cause = self.cause(guard.map(|(side, _, gate)| Cause::Guard { side, gate }));
        let (agree_where_met, agree_after) = self.judge(index, runs, meets);
        Divergence {
            call: index + 1,
            alike: places(alike),
            at: places(shows),
            own: [0, 1].map(|i| (own[i] <= ends[i]).then(|| places(own)[i])),
            cause,
            meets: meets.map(places),
            agree_where_met,
            agree_after,
        }
    }

    /// The test that has set the two apart: of those that only one side makes, right before what
    /// differs, the last one that held. Where both sides have one, it is the one in whose block its
    /// side goes on.
    fn guard(
        &self,
        steps: [&[Recorded]; 2],
        progress: &Progress,
    ) -> Option<(Side, usize, super::Gate)> {
        let held = |recorded: &Recorded| {
            matches!(recorded.event, uvmscope_uvm::KernelEvent::Test { held: true, .. })
        };
        let last_held = |side: Side| {
            let i = side.index();
            let at = progress.inserted[i].iter().rev().find(|at| held(&steps[i][**at]))?;
            let block = self.gates.insertion(&steps[i][*at], side)?;
            let goes_on = steps[i].get(progress.at[i]);
            let inside = goes_on.is_some_and(|next| block.holds(next.site));
            Some((inside, (side, *at, block.gate)))
        };
        let found = Side::BOTH.into_iter().filter_map(last_held);
        // Of two alike the second; the sides stand in the order of their kernels.
        found.max_by_key(|(inside, _)| *inside).map(|(_, guard)| guard)
    }

    fn cause(&self, guard: Option<Cause>) -> Cause {
        let since = self.apart.as_ref().and_then(|apart| apart.since);
        let earlier = since.map(|since| Cause::Earlier { since });
        let untested = self.gates.untested().map(Cause::Untested);
        guard.or(earlier).or(untested).unwrap_or(Cause::Bound)
    }

    /// Whether the states agree where the two meet again, and when the call is over.
    fn judge(
        &mut self,
        index: usize,
        runs: [&CallRun; 2],
        meets: Option<[usize; 2]>,
    ) -> (bool, bool) {
        let timelines = self.timelines;
        let apart = self.apart.get_or_insert_with(|| Apart {
            walks: timelines.map(|t| Walk::new(t, Place { call: index + 1, step: 0 })),
            comparison: Comparison::default(),
            since: None,
        });
        let mut agree = |events: [usize; 2]| {
            let [a, b] = &mut apart.walks;
            apart.comparison.agree(a.to(events[0]), b.to(events[1]))
        };
        let ends = runs.map(|run| run.end);
        let met = meets.map(|meets| [0, 1].map(|i| runs[i].first + meets[i]));
        let where_met = met.map(&mut agree);
        let after = if met == Some(ends) { where_met == Some(true) } else { agree(ends) };
        apart.since = if after { None } else { apart.since.or(Some(index + 1)) };
        (where_met.unwrap_or(false), after)
    }
}
