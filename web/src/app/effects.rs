//! What a change of the state means to those outside.

use std::rc::Rc;

use serde_json::{Value, json};
use uvmscope_format::kernel_spec;
use uvmscope_replay::Side;

use crate::app::state::State;
use crate::contract::{Changed, HostEvent, Reading, Wake};

/// What the element around the state has to do.
pub(crate) fn effects(old: &State, new: &State) -> Changed {
    let mut events = Vec::new();
    let moved = old.pair() != new.pair()
        || Side::BOTH.iter().any(|side| !Rc::ptr_eq(old.run_of(*side), new.run_of(*side)));
    if moved {
        let at = at_json(new, Side::A);
        let kernel = kernel_spec::print(new.run.config());
        events.push(HostEvent { name: "step", detail: json!({ "at": at, "kernel": kernel }) });
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
    (first.at == state.pair()).then(|| {
        let [at, other] = [at_json(state, Side::A), at_json(state, Side::B)];
        HostEvent { name: "divergence", detail: json!({ "at": at, "compare": { "at": other } }) }
    })
}

fn halt(state: &State) -> Option<HostEvent> {
    let halt = state.run.timeline.halt()?;
    (state.place == state.run.timeline.last_place()).then(|| {
        let detail = json!({ "at": at_json(state, Side::A), "reason": halt.to_string() });
        HostEvent { name: "halt", detail }
    })
}

/// The place of a side as plain data.
pub(crate) fn at_json(state: &State, side: Side) -> Value {
    let place = state.place_of(side);
    json!({ "call": place.call, "step": place.step, "steps": state.steps(side) })
}
