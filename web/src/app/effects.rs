//! What a change of the state means to those outside.

use std::rc::Rc;

use uvmscope_replay::Side;

use crate::app::state::State;
use crate::contract::{At, Changed, HostEvent, Reading, Wake};

/// What the element around the state has to do.
pub(crate) fn effects(old: &State, new: &State) -> Changed {
    let mut events = Vec::new();
    let moved = old.pair() != new.pair()
        || Side::BOTH.iter().any(|side| !Rc::ptr_eq(old.run_of(*side), new.run_of(*side)));
    if moved {
        events.push(HostEvent::Step(at(new, Side::A), new.run.config()));
        events.extend(divergence(new));
        events.extend(halt(new));
    }
    // A bit of what is pending, and the next as soon as the browser has done what it has to.
    let wake = if new.pending.is_some() {
        Wake::After(0)
    } else if new.playing && (moved || !old.playing || old.pace != new.pace) {
        Wake::After(new.pace.wait())
    } else if old.playing && !new.playing || old.pending.is_some() {
        Wake::Never
    } else {
        Wake::Keep
    };
    let reading = match (&old.reading, &new.reading) {
        (Some(old), Some(new)) if Rc::ptr_eq(old, new) => Reading::Keep,
        (None, None) => Reading::Keep,
        (_, Some(new)) => Reading::Start(Rc::clone(new)),
        (Some(_), None) => Reading::Stop,
    };
    Changed { redraw: !old.same_as(new), events, wake, reading }
}

/// Told where the two kernels part for the first time.
fn divergence(state: &State) -> Option<HostEvent> {
    let beside = state.beside.as_ref()?;
    let first = beside.alignment.first_divergence()?;
    (first.at == state.pair())
        .then(|| HostEvent::Divergence(Side::BOTH.map(|side| at(state, side))))
}

fn halt(state: &State) -> Option<HostEvent> {
    let halt = state.run.timeline.halt()?;
    let is_there = state.place == state.run.timeline.last_place();
    is_there.then(|| HostEvent::Halt(at(state, Side::A), halt))
}

/// The place of a side.
pub(crate) fn at(state: &State, side: Side) -> At {
    At { place: state.place_of(side), steps: state.steps(side) }
}
