//! One element's model: the state, and what is worked out from it and kept.

use std::rc::Rc;

use serde_json::{Value, json};
use uvmscope_format::kernel_spec;
use uvmscope_replay::{Cursor, Place};
use uvmscope_scene::{Scene, Viewport};
use uvmscope_uvm::Config;

use crate::app::json::state_json;
use crate::app::layout::Layout;
use crate::app::run::{Run, Source};
use crate::app::state::{Action, Controls, State, Tab, effects, reduce};
use crate::app::view::View;
use crate::contract::{Attrs, Changed, Request};

/// The scenario of an element that names none.
const DEFAULT_SCENARIO: &str = "mlock-zero";
/// The width that is assumed where the browser does not tell the real one.
const DEFAULT_WIDTH: u16 = 1200;

/// What an element remembers, the state of the kernel at its place, and the picture of it.
pub(crate) struct Model {
    state: State,
    cursor: Cursor,
    /// At the entry of the same call, to compare with.
    begin: Cursor,
    scene: Rc<Scene>,
}

impl Model {
    /// A model for an element with these attributes, at the place it had before if it had one.
    pub(crate) fn open(attrs: &Attrs, resume: Option<String>) -> (Self, Changed) {
        let state = opened(attrs);
        let mut cursor = state.run.timeline.cursor();
        cursor.seek(state.place);
        let mut begin = state.run.timeline.cursor();
        begin.seek(Place { step: 0, ..state.place });
        let scene = Rc::new(state.run.story.scene(&cursor, None, viewport(&state)));
        let mut model = Self { state, cursor, begin, scene };
        if let Some(resume) = resume {
            model.resume_at(&resume);
        }
        (model, Changed { redraw: true, ..Changed::default() })
    }

    /// Goes on from what [`Model::resume`] gave.
    fn resume_at(&mut self, text: &str) {
        let Ok(saved) = serde_json::from_str::<Value>(text) else { return };
        if let Some(config) = saved["kernel"].as_str().and_then(|s| kernel_spec::parse(s).ok()) {
            let diagnostic = saved["diagnostic"].as_bool().unwrap_or(true);
            self.take(Action::Kernel(Config { diagnostic, changes: config }));
        }
        let number = |name: &str| saved[name].as_u64().and_then(|n| usize::try_from(n).ok());
        if let (Some(call), Some(step)) = (number("call"), number("step")) {
            self.take(Action::Goto(Place { call, step }));
        }
    }

    /// Everything needed to come back to this place.
    pub(crate) fn resume(&self) -> String {
        let config = self.state.run.config();
        let place = self.state.place;
        json!({
            "kernel": kernel_spec::print(config),
            "diagnostic": config.diagnostic,
            "call": place.call,
            "step": place.step,
        })
        .to_string()
    }

    /// The attributes were changed.
    pub(crate) fn set_attrs(&mut self, former: &Attrs, attrs: &Attrs) -> Changed {
        if former.scenario != attrs.scenario || former.kernel != attrs.kernel {
            let before = self.state.clone();
            let mut state = opened(attrs);
            state.width = before.width;
            if former.scenario == attrs.scenario {
                state.place = state.run.timeline.clamp(before.place);
            }
            return self.adopt(state);
        }
        let mut state = self.state.clone();
        state.controls = controls(attrs);
        state.problem = problem(attrs);
        if former.at != attrs.at
            && let Some(at) = &attrs.at
        {
            match state.run.story.place_of(at) {
                Ok(place) => state = reduce(&state, Action::Goto(place)),
                Err(refusal) => state.problem = Some(format!("at: {refusal}")),
            }
        }
        self.adopt(state)
    }

    /// Does what the host page asks for, or says in a sentence why not.
    pub(crate) fn perform(&mut self, request: Request) -> Result<Changed, String> {
        use crate::app::command::Command;
        let action = match request {
            Request::Goto(text) => {
                Action::Goto(self.state.run.story.place_of(&text).map_err(|e| e.to_string())?)
            }
            Request::Next => Action::Do(Command::StepOn),
            Request::Prev => Action::Do(Command::StepBack),
            Request::Play => Action::Play,
            Request::Pause => Action::Pause,
            Request::SetKernel(spec) => {
                let changes = kernel_spec::parse(&spec).map_err(|e| e.to_string())?;
                Action::Kernel(Config { changes, ..self.state.run.config() })
            }
        };
        Ok(self.take(action))
    }

    /// Does what the reader did.
    pub(crate) fn reduce(&mut self, action: Action) -> Changed {
        self.take(action)
    }

    /// The element is so many pixels wide now.
    pub(crate) fn resize(&mut self, width: u16) -> Changed {
        self.take(Action::Resize(width))
    }

    /// The time came that was asked for.
    pub(crate) fn tick(&mut self) -> Changed {
        self.take(Action::Tick)
    }

    fn take(&mut self, action: Action) -> Changed {
        let next = reduce(&self.state, action);
        self.adopt(next)
    }

    /// Takes on a state: moves the cursor there and draws.
    fn adopt(&mut self, next: State) -> Changed {
        let changed = effects(&self.state, &next);
        if !changed.redraw {
            return changed;
        }
        if !Rc::ptr_eq(&self.state.run, &next.run) {
            self.cursor = next.run.timeline.cursor();
            self.begin = next.run.timeline.cursor();
        }
        self.cursor.seek(next.place);
        self.begin.seek(Place { step: 0, ..next.place });
        let previous = next.moves.then_some(&*self.scene);
        let scene = next.run.story.scene(&self.cursor, previous, viewport(&next));
        self.scene = Rc::new(scene.sharing(&self.scene));
        self.state = next;
        changed
    }

    /// What is to be drawn.
    pub(crate) fn view(&self) -> Rc<View> {
        Rc::new(View::of(&self.state, &self.cursor, &self.begin, &self.scene))
    }

    /// What `state()` returns.
    pub(crate) fn state_json(&self) -> Value {
        let caption = self.state.run.story.caption(&self.cursor);
        state_json(&self.state, &self.cursor, &caption)
    }
}

fn opened(attrs: &Attrs) -> State {
    let name = attrs.scenario.as_deref().unwrap_or(DEFAULT_SCENARIO);
    let mut problem = problem(attrs);
    let source = Source::scenario(name).unwrap_or_else(|reason| {
        problem = Some(reason);
        Source::nothing()
    });
    let mut config = source.script.config;
    if let Some(spec) = &attrs.kernel {
        match kernel_spec::parse(spec) {
            Ok(changes) => config.changes = changes,
            Err(reason) => problem = Some(format!("kernel: {reason}")),
        }
    }
    let run = Run::record(Rc::new(source), config);
    let mut place = run.opening();
    if let Some(at) = &attrs.at {
        match run.story.place_of(at) {
            Ok(at) => place = at,
            Err(refusal) => problem = Some(format!("at: {refusal}")),
        }
    }
    State {
        place,
        run,
        playing: false,
        moves: false,
        beat: 0,
        width: attrs.width.unwrap_or(DEFAULT_WIDTH),
        tab: Tab::default(),
        controls: controls(attrs),
        note: None,
        problem,
    }
}

/// What is not there yet is refused in a sentence, and the rest works.
fn problem(attrs: &Attrs) -> Option<String> {
    match attrs.mode.as_deref() {
        Some("predict" | "present") => {
            let mode = attrs.mode.as_deref().unwrap_or_default();
            Some(format!("mode=\"{mode}\" is not there yet; this is mode=\"explore\"."))
        }
        _ if attrs.compare.is_some() => {
            Some("compare is not there yet; this shows one kernel.".to_owned())
        }
        _ => None,
    }
}

fn controls(attrs: &Attrs) -> Controls {
    match attrs.controls.as_deref() {
        Some("min") => Controls::Min,
        Some("none") => Controls::None,
        _ => Controls::Full,
    }
}

fn viewport(state: &State) -> Viewport {
    let (width, height) = Layout::of(state.width).picture(state.width);
    Viewport::fitting(width, height)
}
