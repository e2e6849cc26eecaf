//! Moving along one run or two, and laying a second one beside the first.

use uvmscope_replay::{Direction, Place, Side};
use uvmscope_uvm::Config;

use crate::app::run::Run;
use crate::app::state::{Beside, State};

/// A move from where one is.
#[derive(Clone, Copy)]
pub(super) enum Moving {
    Step(Direction),
    Over(Direction),
    Out(Direction),
    Call(Direction),
    Mark(Direction),
}

/// Where a move leads; both places where there are two runs.
pub(super) fn next_pair(state: &State, moving: Moving) -> Option<[Place; 2]> {
    let pair = state.pair();
    let Some(beside) = &state.beside else {
        return alone(state, moving).map(|place| [place, place]);
    };
    let alignment = &beside.alignment;
    match moving {
        Moving::Step(Direction::On) => alignment.step_on(pair),
        Moving::Step(Direction::Back) => alignment.step_back(pair),
        Moving::Call(Direction::On) => alignment.next_call(pair),
        Moving::Call(Direction::Back) => alignment.previous_call(pair),
        // These go by the first run; the second follows.
        Moving::Over(_) | Moving::Out(_) => alone(state, moving).map(|p| alignment.pair_at(p)),
        Moving::Mark(direction) => mark_of_either(state, beside, direction),
    }
}

/// Where a move leads in the first run.
fn alone(state: &State, moving: Moving) -> Option<Place> {
    let (timeline, place) = (&state.run.timeline, state.place);
    match moving {
        Moving::Step(Direction::On) => timeline.step_on(place),
        Moving::Step(Direction::Back) => timeline.step_back(place),
        Moving::Over(direction) => timeline.step_over(place, direction),
        Moving::Out(direction) => timeline.step_out(place, direction),
        Moving::Call(Direction::On) => timeline.next_call(place),
        Moving::Call(Direction::Back) => timeline.previous_call(place),
        Moving::Mark(direction) => mark(&state.run, state, place, direction),
    }
}

fn mark(run: &Run, state: &State, place: Place, direction: Direction) -> Option<Place> {
    let story = &run.story;
    let mark = match direction {
        Direction::On => story.next_mark_of(place, state.marks),
        Direction::Back => story.previous_mark_of(place, state.marks),
    };
    mark.map(|mark| mark.place)
}

/// The nearest mark of the two runs, walked to from where they are.
fn mark_of_either(state: &State, beside: &Beside, direction: Direction) -> Option<[Place; 2]> {
    let alignment = &beside.alignment;
    let goals = [
        mark(&state.run, state, state.place, direction),
        mark(&beside.run, state, beside.place, direction),
    ];
    let first = goals[0].map(|place| alignment.pair_at(place));
    let second = goals[1].map(|place| [alignment.partner_in_a(place), place]);
    let pairs = [first, second].into_iter().flatten().filter(|pair| *pair != state.pair());
    match direction {
        Direction::On => pairs.min(),
        Direction::Back => pairs.max(),
    }
}

/// To a place that is near, so that the way there can be seen; the reader has taken over.
pub(super) fn step(state: &mut State, moving: Moving) {
    state.playing = false;
    state.note = None;
    if let Some(pair) = next_pair(state, moving) {
        stand(state, pair);
        state.moves = true;
        state.beat = state.beat.wrapping_add(1);
    }
}

/// To any place of the first run, at once.
pub(super) fn jump(state: &mut State, to: Place) {
    let place = state.run.timeline.clamp(to);
    let pair = match &state.beside {
        Some(beside) => beside.alignment.pair_at(place),
        None => [place, place],
    };
    jump_to_pair(state, pair);
}

pub(super) fn jump_to_pair(state: &mut State, pair: [Place; 2]) {
    state.playing = false;
    state.note = None;
    stand(state, pair);
    state.moves = false;
}

fn stand(state: &mut State, pair: [Place; 2]) {
    state.place = pair[0];
    state.anchor = None;
    if let Some(beside) = &mut state.beside {
        beside.place = pair[1];
    }
}

pub(super) fn to_the_end(state: &mut State) {
    let last = state.run.timeline.last_place();
    let pair = match &state.beside {
        Some(beside) => [last, beside.run.timeline.last_place()],
        None => [last, last],
    };
    jump_to_pair(state, pair);
}

/// Plays on from here, or from the beginning where this is the end.
pub(super) fn play(state: &mut State) {
    state.note = None;
    if next_pair(state, Moving::Step(Direction::On)).is_none() {
        jump(state, state.run.timeline.first_place());
    }
    state.playing = true;
}

/// Shows a second run beside the first, or no longer.
pub(super) fn lay_beside(state: &mut State, config: Option<Config>) {
    state.playing = false;
    state.note = None;
    state.moves = false;
    state.beside = config.map(|config| Beside::new(&state.run, state.place, config));
    if state.beside.is_none() {
        state.why = state.why.take().filter(|why| why.side == Side::A);
    }
}
