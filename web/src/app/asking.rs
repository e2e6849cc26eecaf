//! Asking about values, and walking along the answers.

use std::rc::Rc;

use uvmscope_replay::{Place, Side};
use uvmscope_scene::{Answer, Subject};

use crate::app::state::{Question, State, Why};
use crate::app::steps::{jump, jump_to_pair};

pub(super) fn ask(state: &mut State, side: Side, question: Question) {
    state.playing = false;
    let run = state.run_of(side);
    let at = state.place_of(side);
    let mut cursor = run.timeline.cursor();
    cursor.seek(at);
    let answer = match question {
        Question::Subject(subject) => run.story.ask(&cursor, subject),
        Question::Value(value) => {
            let part = run.story.part(&cursor, value);
            Answer { title: part.title.clone(), parts: vec![part], kept: None }
        }
    };
    let answer = Rc::new(answer);
    state.why = Some(Rc::new(Why { side, question, at, answer, trail: Vec::new() }));
}

/// Asks about what the step is about; asking again about the same closes the answer.
pub(super) fn ask_here(state: &mut State) {
    let mut cursor = state.run.timeline.cursor();
    cursor.seek(state.place);
    let subject = state.run.story.subject(&cursor).unwrap_or(Subject::Request);
    let question = Question::Subject(subject);
    let same = |why: &Why| why.question == question && why.at == state.place;
    if state.why.as_deref().is_some_and(same) {
        state.why = None;
        return;
    }
    ask(state, Side::A, question);
}

/// To a place that the answer names; the way back is kept.
pub(super) fn jump_from_answer(state: &mut State, place: Place) {
    let Some(why) = state.why.clone() else {
        return jump(state, place);
    };
    let mut next = (*why).clone();
    next.trail.push(state.place_of(why.side));
    jump_on_side(state, why.side, place);
    state.why = Some(Rc::new(next));
}

pub(super) fn back_along_the_trail(state: &mut State) {
    let Some(why) = state.why.clone() else { return };
    let mut next = (*why).clone();
    if let Some(place) = next.trail.pop() {
        jump_on_side(state, why.side, place);
        state.why = Some(Rc::new(next));
    }
}

fn jump_on_side(state: &mut State, side: Side, place: Place) {
    match (&state.beside, side) {
        (Some(beside), Side::B) => {
            let pair = [beside.alignment.partner_in_a(place), place];
            jump_to_pair(state, pair);
        }
        _ => jump(state, place),
    }
}
