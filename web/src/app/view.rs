//! What is drawn, as one value: a snapshot of a model, made of parts that the components compare.

use std::rc::Rc;

use uvmscope_replay::{Cursor, Place};
use uvmscope_scene::{Caption, Scene};
use uvmscope_uvm::Config;

use crate::app::code::{self, Code};
use crate::app::layout::Layout;
use crate::app::run::Run;
use crate::app::state::{Controls, State, Tab, at_steps};

/// A snapshot of an element.
#[derive(Debug, PartialEq)]
pub(crate) struct View {
    pub(crate) layout: Layout,
    pub(crate) controls: Controls,
    pub(crate) tab: Tab,
    pub(crate) title: Rc<str>,
    pub(crate) config: Config,
    pub(crate) picture: Picture,
    pub(crate) caption: Caption,
    pub(crate) spot: Spot,
    pub(crate) calls: Calls,
    pub(crate) code: Rc<Code>,
    pub(crate) counters: Rc<[Counter]>,
    pub(crate) console: Rc<[String]>,
    pub(crate) note: Option<String>,
    pub(crate) problems: Rc<[String]>,
}

/// The picture and how it is to be entered.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    pub(crate) scene: Rc<Scene>,
    pub(crate) moves: bool,
    pub(crate) beat: u32,
}

impl PartialEq for Picture {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.scene, &other.scene)
            && self.moves == other.moves
            && self.beat == other.beat
    }
}

/// Where the run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) place: Place,
    /// Steps of this call.
    pub(crate) steps: usize,
    pub(crate) calls: usize,
    /// Steps before this place, and before the last one.
    pub(crate) ordinal: usize,
    pub(crate) last: usize,
    pub(crate) playing: bool,
}

/// The calls of the run; they stay the same from step to step.
#[derive(Debug, Clone)]
pub(crate) struct Calls(pub(crate) Rc<Run>);

impl PartialEq for Calls {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// A number of the system, and what it was when the call began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counter {
    pub(crate) name: &'static str,
    pub(crate) explained: &'static str,
    pub(crate) value: i64,
    pub(crate) was: i64,
}

impl View {
    /// `begin` stands at the entry of the same call.
    pub(crate) fn of(state: &State, cursor: &Cursor, begin: &Cursor, scene: &Rc<Scene>) -> Self {
        let run = &state.run;
        let timeline = &run.timeline;
        let errors = run.source.errors.iter().map(ToString::to_string);
        Self {
            layout: Layout::of(state.width),
            controls: state.controls,
            tab: state.tab,
            title: run.source.title.as_str().into(),
            config: run.config(),
            picture: Picture { scene: Rc::clone(scene), moves: state.moves, beat: state.beat },
            caption: run.story.caption(cursor),
            spot: Spot {
                place: state.place,
                steps: at_steps(state),
                calls: timeline.calls().len(),
                ordinal: timeline.ordinal(state.place),
                last: timeline.ordinal(timeline.last_place()),
                playing: state.playing,
            },
            calls: Calls(Rc::clone(run)),
            code: Rc::new(code::of(run, cursor)),
            counters: counters(cursor, begin),
            console: cursor.state().console().iter().map(ToString::to_string).collect(),
            note: state.note.clone(),
            problems: state.problem.iter().cloned().chain(errors).collect(),
        }
    }
}

fn counters(cursor: &Cursor, begin: &Cursor) -> Rc<[Counter]> {
    let (now, was) = (cursor.state(), begin.state());
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let pmap = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    [
        Counter {
            name: "entries",
            explained: "map entries in the list",
            value: count(now.entry_count()),
            was: count(was.entry_count()),
        },
        Counter {
            name: "resident",
            explained: "pages that the pmap maps",
            value: count(now.mapping_count()),
            was: count(was.mapping_count()),
        },
        Counter {
            name: "pmap wired",
            explained: "mappings with the wired bit; this is what counts against RLIMIT_MEMLOCK",
            value: pmap(now.pmap_wired_count()),
            was: pmap(was.pmap_wired_count()),
        },
        Counter {
            name: "uvmexp.wired",
            explained: "pages of the whole system that are wired, as the kernel counts them",
            value: i64::from(now.uvmexp_wired()),
            was: i64::from(was.uvmexp_wired()),
        },
    ]
    .into()
}
