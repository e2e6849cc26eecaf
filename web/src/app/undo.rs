//! Taking back what was changed: kernels, and the script.

use std::rc::Rc;

use crate::app::editing;
use crate::app::run::Run;
use crate::app::state::{History, Setup, State, kernel_words};
use crate::app::steps::lay_beside;

pub(super) fn undo(state: &mut State) {
    let mut history = (*state.history).clone();
    match history.past.pop() {
        Some(setup) => {
            history.future.push(state.setup());
            bring_back(state, setup, history);
        }
        None => state.note = Some("There is nothing to undo.".to_owned()),
    }
}

pub(super) fn redo(state: &mut State) {
    let mut history = (*state.history).clone();
    match history.future.pop() {
        Some(setup) => {
            history.past.push(state.setup());
            bring_back(state, setup, history);
        }
        None => state.note = Some("There is nothing to do again.".to_owned()),
    }
}

fn bring_back(state: &mut State, setup: Setup, history: History) {
    state.history = Rc::new(History { typing: None, ..history });
    state.why = None;
    let former = Rc::clone(&state.run.source);
    // A text that was given up while it was being run is still there, and is none that ran.
    let same_text = *state.text == *setup.source.text && state.pending.is_none();
    if Rc::ptr_eq(&former, &setup.source) && same_text {
        if setup.config != state.run.config() {
            state.run = Run::record(former, setup.config);
        }
        state.place = state.run.timeline.clamp(setup.place);
        lay_beside(state, setup.beside);
        let beside = setup.beside.map(|config| format!(", beside {}", kernel_words(config)));
        let name = kernel_words(setup.config);
        state.note = Some(format!("Back to {name}{}.", beside.unwrap_or_default()));
        return;
    }
    editing::bring_back(state, setup);
}
