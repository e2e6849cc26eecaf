//! Moves by the structure of calls: into a function, over it, out of it, in both directions.

use uvmscope_uvm::KernelEvent;

use crate::timeline::{Place, Timeline};

/// Which way a move goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// Forwards in time.
    On,
    /// Backwards in time.
    Back,
}

impl Timeline {
    /// One step, but over all that a function entered by it does: forwards, from before a function
    /// is entered to after it has returned; backwards, the other way round.
    pub fn step_over(&self, place: Place, direction: Direction) -> Option<Place> {
        self.walk(place, direction, |depth| depth <= 0)
    }

    /// Out of the function that runs: forwards, to after it has returned; backwards, to before it
    /// was entered. Out of the outermost one it leads to the end of the call, or to its entry.
    pub fn step_out(&self, place: Place, direction: Direction) -> Option<Place> {
        self.walk(place, direction, |depth| depth < 0)
    }

    /// Steps until `is_there` holds of how many functions deeper the walk is than it began, or to
    /// the end of the call.
    fn walk(
        &self,
        place: Place,
        direction: Direction,
        is_there: impl Fn(i64) -> bool,
    ) -> Option<Place> {
        let place = self.clamp(place);
        let step = |place| match direction {
            Direction::On => self.step_on(place),
            Direction::Back => self.step_back(place),
        };
        let mut at = step(place)?;
        if at.call != place.call {
            return Some(at);
        }
        let mut depth = 0;
        loop {
            // Forwards the event that led here was passed, backwards the one that leads on from here.
            let passed = match direction {
                Direction::On => at,
                Direction::Back => Place { step: at.step + 1, ..at },
            };
            depth += match (self.event_at(passed).map(|(_, r)| &r.event), direction) {
                (Some(KernelEvent::Enter { .. }), Direction::On)
                | (Some(KernelEvent::Leave { .. }), Direction::Back) => 1,
                (Some(KernelEvent::Leave { .. }), Direction::On)
                | (Some(KernelEvent::Enter { .. }), Direction::Back) => -1,
                _ => 0,
            };
            if is_there(depth) {
                return Some(at);
            }
            match step(at).filter(|next| next.call == place.call) {
                Some(next) => at = next,
                None => return Some(at),
            }
        }
    }
}
