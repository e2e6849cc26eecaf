//! Walking over both runs at once: in step where they are paired, and between two pairs each on its
//! own way, so that every place of either is visited.

use super::{AlignedCall, Alignment, Side};
use crate::timeline::{CallRun, Place};

impl Alignment {
    /// The pair in which a place of the first run stands.
    pub fn pair_at(&self, place_in_a: Place) -> [Place; 2] {
        let place = self.timelines[0].clamp(place_in_a);
        [place, self.partner(place)]
    }

    /// One step on in both runs, or in that which has one left; nothing at the end of both.
    pub fn step_on(&self, pair: [Place; 2]) -> Option<[Place; 2]> {
        let call = pair[0].call.max(pair[1].call);
        let within = match self.steps(pair) {
            Some((aligned, steps)) => aligned.step_on(steps, self.lengths(call)),
            None => self.alone(pair, |step, length| (step < length).then_some(step + 1)),
        };
        match within {
            Some(steps) => Some(places(pair, call, steps)),
            None => self.begins_at(call + 1),
        }
    }

    /// One step back in both runs: the way [`Alignment::step_on`] came.
    pub fn step_back(&self, pair: [Place; 2]) -> Option<[Place; 2]> {
        let call = pair[0].call.max(pair[1].call);
        let within = match self.steps(pair) {
            Some((aligned, steps)) => aligned.step_back(steps, self.lengths(call)),
            None => self.alone(pair, |step, _| step.checked_sub(1)),
        };
        match within {
            Some(steps) => Some(places(pair, call, steps)),
            None => self.ends_at(call.checked_sub(1).filter(|call| *call > 0)?),
        }
    }

    /// The entry of the next call in both runs, or the end of the last.
    pub fn next_call(&self, pair: [Place; 2]) -> Option<[Place; 2]> {
        let call = pair[0].call.max(pair[1].call);
        let next = self.begins_at(call + 1).or_else(|| self.ends_at(call))?;
        (next != pair).then_some(next)
    }

    /// The entry of this call in both runs, or of the one before where this is the entry already.
    pub fn previous_call(&self, pair: [Place; 2]) -> Option<[Place; 2]> {
        let call = pair[0].call.max(pair[1].call);
        let entry = self.begins_at(call)?;
        if entry == pair { self.begins_at(call.checked_sub(1)?) } else { Some(entry) }
    }

    /// The steps of a pair whose sides are in one call, with that call.
    fn steps(&self, pair: [Place; 2]) -> Option<(&AlignedCall, [usize; 2])> {
        let aligned = self.calls.get(pair[0].call.checked_sub(1)?)?;
        let paired = pair[0].call == pair[1].call && !aligned.stretches.is_empty();
        paired.then_some((aligned, pair.map(|place| place.step)))
    }

    /// Moves the one side that is in the later call.
    fn alone(
        &self,
        pair: [Place; 2],
        step: impl Fn(usize, usize) -> Option<usize>,
    ) -> Option<[usize; 2]> {
        let mut steps = pair.map(|place| place.step);
        let lead = usize::from(pair[1].call > pair[0].call);
        steps[lead] = step(steps[lead], self.lengths(pair[lead].call)[lead])?;
        Some(steps)
    }

    /// Steps of a call on both sides.
    fn lengths(&self, call: usize) -> [usize; 2] {
        Side::BOTH.map(|side| {
            let calls = self.timelines[side.index()].calls();
            call.checked_sub(1).and_then(|at| calls.get(at)).map_or(0, CallRun::steps)
        })
    }

    /// The entry of a call; a side that does not come to it is at its last place.
    fn begins_at(&self, call: usize) -> Option<[Place; 2]> {
        self.at_call(call, |_| 0)
    }

    fn ends_at(&self, call: usize) -> Option<[Place; 2]> {
        let lengths = self.lengths(call);
        self.at_call(call, |side| lengths[side])
    }

    fn at_call(&self, call: usize, step: impl Fn(usize) -> usize) -> Option<[Place; 2]> {
        let last = [0, 1].map(|side| self.timelines[side].last_place());
        if call == 0 || last.iter().all(|last| last.call < call) {
            return None;
        }
        let place = |side: usize| Place { call, step: step(side) };
        Some([0, 1].map(|side| if last[side].call < call { last[side] } else { place(side) }))
    }
}

impl AlignedCall {
    /// The stretch that a pair is in or behind, with the steps of the gap behind that on both sides
    /// and the pair's place in the gap: 0 at the last pair of the stretch.
    fn gap(&self, at: [usize; 2], lengths: [usize; 2]) -> Gap {
        let index = self
            .stretches
            .partition_point(|s| s.from[0] <= at[0] && s.from[1] <= at[1])
            .saturating_sub(1);
        let stretch = self.stretches[index];
        let last = stretch.from.map(|from| from + stretch.len - 1);
        let next = self.stretches.get(index + 1).map(|next| next.from);
        // Behind the last stretch the ends of the call belong to the gap.
        let behind = next.unwrap_or(lengths.map(|length| length + 1));
        let size = [0, 1].map(|side| (behind[side] - last[side]).saturating_sub(1));
        let along = [0, 1].map(|side| at[side].saturating_sub(last[side]));
        Gap { index, first: stretch.from, last, next, size, along: along[0].max(along[1]) }
    }

    fn step_on(&self, at: [usize; 2], lengths: [usize; 2]) -> Option<[usize; 2]> {
        let gap = self.gap(at, lengths);
        if at[0] < gap.last[0] && at[1] < gap.last[1] {
            return Some(at.map(|step| step + 1));
        }
        if gap.along < gap.size[0].max(gap.size[1]) {
            return Some(gap.at(gap.along + 1));
        }
        gap.next
    }

    fn step_back(&self, at: [usize; 2], lengths: [usize; 2]) -> Option<[usize; 2]> {
        let gap = self.gap(at, lengths);
        if gap.along > 0 {
            return Some(gap.at(gap.along - 1));
        }
        if at[0] > gap.first[0] && at[1] > gap.first[1] {
            return Some(at.map(|step| step - 1));
        }
        // Before the first pair of a stretch lies the gap behind the stretch before it.
        let stretch = self.stretches[gap.index.checked_sub(1)?];
        let gap = self.gap(stretch.from.map(|from| from + stretch.len - 1), lengths);
        Some(gap.at(gap.size[0].max(gap.size[1])))
    }
}

/// What lies between two pairs that do not follow one another.
struct Gap {
    /// Of the stretch before it.
    index: usize,
    first: [usize; 2],
    last: [usize; 2],
    next: Option<[usize; 2]>,
    size: [usize; 2],
    along: usize,
}

impl Gap {
    /// So many steps into the gap: a side that has fewer waits at its end.
    fn at(&self, along: usize) -> [usize; 2] {
        [0, 1].map(|side| self.last[side] + along.min(self.size[side]))
    }
}

/// Places of so many steps; a side that is not in the call stays where it is.
fn places(pair: [Place; 2], call: usize, steps: [usize; 2]) -> [Place; 2] {
    let step = |side: usize| Place { call, step: steps[side] };
    [0, 1].map(|side| if pair[side].call == call { step(side) } else { pair[side] })
}
