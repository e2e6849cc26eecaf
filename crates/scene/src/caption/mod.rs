//! One sentence or two for every step: the caption of the picture, the words of a screen reader,
//! and the text of a handout.

mod calls;
mod conds;
mod deeds;
mod differences;
mod divergence;
mod ends;
mod notes;
pub(crate) mod operands;
mod questions;
mod writes;

pub use calls::call_text;
pub use divergence::SideBySide;
use uvmscope_replay::{CallEnd, CallRun, Cursor, Place};
use uvmscope_uvm::{EntryId, Func, KernelEvent, State, VaRange};

use crate::story::{Frame, Stack, Story};
use crate::words::span;

/// What is said of a step.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Caption {
    /// What happens; one sentence, to be set apart.
    pub lead: String,
    /// What it means, where that needs saying; may be empty.
    pub rest: String,
}

impl Caption {
    pub(crate) fn new(lead: impl Into<String>, rest: impl Into<String>) -> Self {
        Self { lead: lead.into(), rest: rest.into() }
    }

    pub(crate) fn lead(lead: impl Into<String>) -> Self {
        Self::new(lead, "")
    }

    /// All of it as one text.
    pub fn plain(&self) -> String {
        if self.rest.is_empty() {
            return self.lead.clone();
        }
        format!("{} {}", self.lead, self.rest)
    }
}

/// Who tells a step, with all that can be known of it.
#[derive(Debug)]
pub(crate) struct Teller<'a> {
    pub(crate) story: &'a Story,
    pub(crate) state: &'a State,
    pub(crate) place: Place,
    pub(crate) run: &'a CallRun,
    pub(crate) stack: Stack,
}

/// Which walk over its range `uvm_map_pageable` is on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Walk {
    /// mlock marks the entries.
    Mark,
    /// mlock brings the pages in.
    FaultIn,
    /// munlock looks whether all is wired.
    Check,
    /// munlock releases.
    Release,
    /// munmap and exit take entries out.
    Remove,
    /// Any other.
    Other,
}

impl Story {
    /// What is said of the place where `cursor` stands.
    pub fn caption(&self, cursor: &Cursor) -> Caption {
        let place = cursor.place();
        let Some(run) = self.call(place) else {
            return Caption::new("Nothing happens.", "The script makes no call.");
        };
        let teller =
            Teller { story: self, state: cursor.state(), place, run, stack: self.stack(place) };
        if place.step == 0 {
            return teller.entry_of_call();
        }
        let last = place.step == run.steps();
        match (self.event(place), &run.outcome) {
            (Some(_), CallEnd::Done(done)) if last => teller.end_of_call(*done),
            (Some(recorded), CallEnd::Halted(halt)) if last => {
                teller.halted(*halt, &recorded.event)
            }
            (Some(recorded), _) => teller.event(&recorded.event),
            (None, _) => Caption::default(),
        }
    }
}

impl Teller<'_> {
    fn event(&self, event: &KernelEvent) -> Caption {
        if event.is_write() { self.write(event) } else { self.note(event) }
    }

    /// The innermost function that runs.
    pub(crate) fn frame(&self) -> Option<&Frame> {
        self.stack.last()
    }

    /// Whether a function runs, at whatever depth.
    pub(crate) fn runs(&self, func: Func) -> bool {
        self.stack.iter().any(|frame| frame.func == func)
    }

    /// The range that the innermost walk is about.
    pub(crate) fn range(&self) -> Option<VaRange> {
        self.stack.iter().rev().find_map(|frame| match frame.args {
            uvmscope_uvm::event::Args::Range(range) => Some(range),
            _ => None,
        })
    }

    /// Which walk the step belongs to; `ended` where it is the step that ends it.
    pub(crate) fn walk(&self, ended: bool) -> Walk {
        let Some(frame) = self.frame() else {
            return Walk::Other;
        };
        let walks = frame.walks.saturating_sub(u32::from(ended));
        match frame.func {
            Func::UvmMapPageable if self.runs(Func::SysMunlock) => {
                if walks == 0 {
                    Walk::Check
                } else {
                    Walk::Release
                }
            }
            Func::UvmMapPageable => {
                if walks == 0 {
                    Walk::Mark
                } else {
                    Walk::FaultIn
                }
            }
            Func::UvmUnmapRemove => Walk::Remove,
            _ => Walk::Other,
        }
    }

    /// An entry by its range; the header by its name.
    pub(crate) fn name(&self, id: EntryId) -> String {
        if id.is_header() {
            return "the header".to_owned();
        }
        match self.state.get_entry(id) {
            Some(entry) => span(entry.range),
            None => "an entry that is gone".to_owned(),
        }
    }

    pub(crate) fn range_of(&self, id: EntryId) -> Option<VaRange> {
        self.state.get_entry(id).map(|e| e.range)
    }
}
