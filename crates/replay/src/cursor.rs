//! A place on a timeline, with the state at that place.

use std::rc::Rc;

use uvmscope_uvm::State;

use crate::timeline::{Place, Timeline};

/// Walks a timeline in both directions; its state is always exactly that of its place.
#[derive(Clone, Debug)]
pub struct Cursor {
    timeline: Rc<Timeline>,
    place: Place,
    /// Events that have happened.
    at: usize,
    state: State,
}

impl Cursor {
    pub(crate) fn new(timeline: Rc<Timeline>) -> Self {
        let place = timeline.first_place();
        Self { timeline, place, at: 0, state: State::default() }
    }

    /// The timeline it walks.
    pub const fn timeline(&self) -> &Rc<Timeline> {
        &self.timeline
    }

    /// Where it is.
    pub const fn place(&self) -> Place {
        self.place
    }

    /// The state there.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// Goes to the place nearest to `place` that exists.
    pub fn seek(&mut self, place: Place) {
        let timeline = Rc::clone(&self.timeline);
        self.place = timeline.clamp(place);
        let target = timeline.events_before(self.place);
        self.jump_near(target);
        let events = timeline.events();
        while self.at < target {
            self.state.apply(&events[self.at].event);
            self.at += 1;
        }
        while self.at > target {
            self.at -= 1;
            self.state.unapply(&events[self.at].event);
        }
    }

    /// Takes the keyframe nearest to the target where that is nearer than walking from here.
    fn jump_near(&mut self, target: usize) {
        let frames = self.timeline.keyframes();
        let after = frames.partition_point(|(at, _)| *at <= target);
        let candidates = frames[after.saturating_sub(1)..].iter().take(2);
        let Some((at, state)) = candidates.min_by_key(|(at, _)| at.abs_diff(target)) else {
            return;
        };
        let worth = state.entry_count() + state.mapping_count();
        if at.abs_diff(target) + worth < self.at.abs_diff(target) {
            self.at = *at;
            self.state = state.clone();
        }
    }

    /// One step on; tells whether there was one.
    pub fn step_on(&mut self) -> bool {
        let to = self.timeline.step_on(self.place);
        to.inspect(|place| self.seek(*place)).is_some()
    }

    /// One step back; tells whether there was one.
    pub fn step_back(&mut self) -> bool {
        let to = self.timeline.step_back(self.place);
        to.inspect(|place| self.seek(*place)).is_some()
    }
}
