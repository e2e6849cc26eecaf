//! Two runs of one script under two kernels, laid side by side.
//!
//! The runs are paired call by call, and in a call step by step for as long as both do the same. A
//! test that only one kernel makes, because it stands under a change that the other has not, or
//! under DIAGNOSTIC, is stepped over: if both go on alike behind it they have not parted. Where they
//! do part, that is the call's divergence, put down to the last such test right before it. From
//! there on places are paired by their position in the code.

mod aligner;
mod alike;
mod gates;
mod middle;
mod walk;

use std::rc::Rc;

use uvmscope_uvm::Change;

use crate::timeline::{Place, Timeline};

/// One of two runs, or of two states.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Side {
    /// The first.
    A,
    /// The second.
    B,
}

impl Side {
    /// Both, in order: what [`Side::index`] counts.
    pub const BOTH: [Self; 2] = [Self::A, Self::B];

    /// Its place in a pair.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// What a block stands under that runs in one of the kernels only.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gate {
    /// A change of the source.
    Change {
        /// Which one.
        change: Change,
        /// Whether the block runs where the change is on; else where it is off.
        when_on: bool,
    },
    /// DIAGNOSTIC; the block runs where the kernel was built with it.
    Diagnostic,
}

/// Why two runs part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// Right before, one kernel made a test that the other does not have, and it held.
    Guard {
        /// Whose test it is; its [`Divergence::at`] is the place right behind it.
        side: Side,
        /// What the test stands under.
        gate: Gate,
    },
    /// The kernels were in different states when the call began.
    Earlier {
        /// The call that left them so, from 1.
        since: usize,
    },
    /// A change that only one of the kernels has, and that tests nothing.
    Untested(Change),
    /// One of the runs does not come to the call: its machine had stopped.
    NotReached {
        /// Which one.
        side: Side,
    },
    /// None of these: a bound of the simulator stopped one of the runs.
    Bound,
}

/// The first place in a call where two runs do different things.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Divergence {
    /// The call, from 1.
    pub call: usize,
    /// Up to where both do the same.
    pub alike: [Place; 2],
    /// Where it shows: right behind the test that is the cause on the side that makes it, and
    /// otherwise behind the first step of each side's own, if there is one. Of a run that does not
    /// come to the call it is the last place.
    pub at: [Place; 2],
    /// Right behind the first step of each that the other does not do, tests that only one of them
    /// makes aside; nothing where the call is over.
    pub own: [Option<Place>; 2],
    /// Why.
    pub cause: Cause,
    /// From where on both go the same way through the code to the end of the call; at the latest
    /// that end. Nothing where only one of them gets there.
    pub meets: Option<[Place; 2]>,
    /// Whether both are in the same state where they meet, their ids aside.
    pub agree_where_met: bool,
    /// Whether both are in the same state when the call is over, their ids aside.
    pub agree_after: bool,
}

/// Steps that belong together: for each `k` below `len`, place `from[0] + k` of a call in the first
/// run and place `from[1] + k` in the second.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Stretch {
    from: [usize; 2],
    len: usize,
}

/// A call in both runs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct AlignedCall {
    /// Neither side ever goes back; empty where one of the runs does not come to the call.
    stretches: Vec<Stretch>,
    divergence: Option<Divergence>,
}

impl AlignedCall {
    /// The same with the sides exchanged.
    fn flip(&mut self) {
        for stretch in &mut self.stretches {
            stretch.from.reverse();
        }
        let Some(divergence) = &mut self.divergence else { return };
        divergence.alike.reverse();
        divergence.at.reverse();
        divergence.own.reverse();
        if let Some(meets) = &mut divergence.meets {
            meets.reverse();
        }
        match &mut divergence.cause {
            Cause::Guard { side, .. } | Cause::NotReached { side } => *side = side.other(),
            Cause::Earlier { .. } | Cause::Untested(_) | Cause::Bound => {}
        }
    }
}

/// Two runs of one script, paired.
#[derive(Clone, Debug)]
pub struct Alignment {
    timelines: [Rc<Timeline>; 2],
    calls: Vec<AlignedCall>,
}

/// Pairs two runs of the same script. It does not matter which of them is named first.
pub fn align(a: &Rc<Timeline>, b: &Rc<Timeline>) -> Alignment {
    // Where several pairings are equally good, the order of the kernels decides.
    let flipped = b.config() < a.config();
    let mut calls = aligner::calls(if flipped { [b, a] } else { [a, b] });
    if flipped {
        calls.iter_mut().for_each(AlignedCall::flip);
    }
    Alignment { timelines: [Rc::clone(a), Rc::clone(b)], calls }
}

impl Alignment {
    /// The run of a side.
    pub const fn timeline(&self, side: Side) -> &Rc<Timeline> {
        &self.timelines[side.index()]
    }

    /// The place in the second run that belongs to a place in the first: that of the last pair at
    /// or before it. In a call that the second run does not come to, its last place.
    pub fn partner(&self, place_in_a: Place) -> Place {
        self.partner_of(Side::A, place_in_a)
    }

    /// The place in the first run that belongs to a place in the second.
    pub fn partner_in_a(&self, place_in_b: Place) -> Place {
        self.partner_of(Side::B, place_in_b)
    }

    /// The place on the other side that belongs to a place on `side`. As places go on, so do their
    /// partners, and never back.
    pub fn partner_of(&self, side: Side, place: Place) -> Place {
        let (own, other) = (side.index(), side.other().index());
        let place = self.timelines[own].clamp(place);
        let theirs = &self.timelines[other];
        let Some(call) = place.call.checked_sub(1).and_then(|at| self.calls.get(at)) else {
            return theirs.clamp(place);
        };
        let after = call.stretches.partition_point(|s| s.from[own] <= place.step);
        let Some(stretch) = after.checked_sub(1).map(|at| call.stretches[at]) else {
            return theirs.last_place();
        };
        let along = (place.step - stretch.from[own]).min(stretch.len - 1);
        Place { call: place.call, step: stretch.from[other] + along }
    }

    /// The first divergence of all.
    pub fn first_divergence(&self) -> Option<&Divergence> {
        self.divergences().next()
    }

    /// The first divergence of each call that has one.
    pub fn divergences(&self) -> impl Iterator<Item = &Divergence> {
        self.calls.iter().filter_map(|call| call.divergence.as_ref())
    }

    /// The first divergence of a call (from 1).
    pub fn divergence_in(&self, call: usize) -> Option<&Divergence> {
        self.calls.get(call.checked_sub(1)?)?.divergence.as_ref()
    }

    /// Whether both runs are in the same state at the end of a call (from 1), their ids aside.
    pub fn agree_after(&self, call: usize) -> bool {
        let so_far = self.calls.get(..call.min(self.calls.len())).unwrap_or_default();
        let last = so_far.iter().rev().find_map(|call| call.divergence.as_ref());
        last.is_none_or(|divergence| divergence.agree_after)
    }

    /// The places of a call (from 1) that are paired, in order.
    pub fn pairs(&self, call: usize) -> impl Iterator<Item = [Place; 2]> {
        let aligned = call.checked_sub(1).and_then(|at| self.calls.get(at));
        let stretches = aligned.map_or(&[][..], |aligned| &aligned.stretches);
        stretches.iter().flat_map(move |s| {
            (0..s.len).map(move |k| s.from.map(|from| Place { call, step: from + k }))
        })
    }
}
