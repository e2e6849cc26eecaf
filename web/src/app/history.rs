//! What is kept for undoing.

use std::rc::Rc;

use crate::app::state::{History, Setup, State};

/// Setups that can be undone.
const HISTORY: usize = 200;
/// Bytes of script that are kept for that.
const TEXTS: usize = 16 << 20;

/// Notes how things are, before they change.
pub(super) fn remember(state: &mut State) {
    let mut past = state.history.past.clone();
    past.push(state.setup());
    while past.len() > HISTORY || texts(&past) > TEXTS && past.len() > 1 {
        past.remove(0);
    }
    state.history = Rc::new(History { past, ..History::default() });
}

/// Bytes of the scripts; one that several setups share counts once.
fn texts(setups: &[Setup]) -> usize {
    let same = |a: &Setup, b: &Setup| Rc::ptr_eq(&a.source, &b.source);
    setups.chunk_by(same).map(|chunk| chunk[0].source.text.len()).sum()
}
