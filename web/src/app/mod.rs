//! A stand-in for the application: it counts steps, so that the element around it can be tried.

use std::rc::Rc;

use serde_json::{Value, json};
use yew::prelude::*;

use crate::contract::{Attrs, Changed, HostEvent, Request, Wake};

const STEPS: u32 = 10;

/// What the reader can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    Next,
    Prev,
}

/// All that an element remembers.
#[derive(Debug)]
pub(crate) struct Model {
    kernel: String,
    step: u32,
    playing: bool,
}

/// What is drawn.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct View {
    kernel: String,
    step: u32,
    playing: bool,
}

impl Model {
    pub(crate) fn open(attrs: &Attrs, resume: Option<String>) -> (Self, Changed) {
        let kernel = attrs.kernel.clone().unwrap_or_else(|| "original".into());
        let place = resume.or(attrs.at.clone()).unwrap_or_default();
        let mut model = Self { kernel, step: place.parse().unwrap_or_default(), playing: false };
        model.step = model.step.min(STEPS);
        (model, Changed::default())
    }

    pub(crate) fn resume(&self) -> String {
        self.step.to_string()
    }

    pub(crate) fn set_attrs(&mut self, former: &Attrs, attrs: &Attrs) -> Changed {
        if former.kernel != attrs.kernel {
            self.kernel = attrs.kernel.clone().unwrap_or_else(|| "original".into());
        }
        match &attrs.at {
            Some(at) if former.at != attrs.at => self.go(at.parse().unwrap_or(self.step)),
            _ => Changed { redraw: true, ..Changed::default() },
        }
    }

    pub(crate) fn perform(&mut self, request: Request) -> Result<Changed, String> {
        Ok(match request {
            Request::Goto(place) => {
                let step = place.parse();
                self.go(step.map_err(|_| format!("no place is called `{place}`"))?)
            }
            Request::Next => self.go(self.step.saturating_add(1)),
            Request::Prev => self.go(self.step.saturating_sub(1)),
            Request::Play => {
                self.playing = true;
                Changed { redraw: true, wake: Wake::After(200), ..Changed::default() }
            }
            Request::Pause => {
                self.playing = false;
                Changed { redraw: true, wake: Wake::Never, ..Changed::default() }
            }
            Request::SetKernel(spec) => {
                self.kernel = spec;
                Changed { redraw: true, ..Changed::default() }
            }
        })
    }

    pub(crate) fn reduce(&mut self, action: Action) -> Changed {
        match action {
            Action::Next => self.go(self.step.saturating_add(1)),
            Action::Prev => self.go(self.step.saturating_sub(1)),
        }
    }

    pub(crate) fn tick(&mut self) -> Changed {
        let mut changed = self.go(self.step + 1);
        if self.step < STEPS {
            changed.wake = Wake::After(200);
        } else {
            self.playing = false;
        }
        changed
    }

    pub(crate) fn view(&self) -> Rc<View> {
        Rc::new(View { kernel: self.kernel.clone(), step: self.step, playing: self.playing })
    }

    pub(crate) fn state_json(&self) -> Value {
        json!({
            "kernel": self.kernel,
            "at": { "call": 1, "step": self.step, "steps": STEPS },
        })
    }

    fn go(&mut self, step: u32) -> Changed {
        let step = step.min(STEPS);
        if step == self.step {
            return Changed::default();
        }
        self.step = step;
        let detail = json!({ "at": { "call": 1, "step": step } });
        Changed { redraw: true, events: vec![HostEvent { name: "step", detail }], wake: Wake::Keep }
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct RootProps {
    pub(crate) view: Rc<View>,
    pub(crate) dispatch: Callback<Action>,
}

#[component(Root)]
pub(crate) fn root(props: &RootProps) -> Html {
    let on = |action: Action| {
        let dispatch = props.dispatch.clone();
        move |_| dispatch.emit(action)
    };
    let keys = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "ArrowRight" => dispatch.emit(Action::Next),
            "ArrowLeft" => dispatch.emit(Action::Prev),
            _ => {}
        })
    };
    html! {
        <section class="app" tabindex="0" onkeydown={keys}>
            <p>{ format!("{}: step {}", props.view.kernel, props.view.step) }</p>
            <button onclick={on(Action::Prev)}>{ "Back" }</button>
            <button onclick={on(Action::Next)}>{ "Step" }</button>
            if props.view.playing { <span>{ "playing" }</span> }
        </section>
    }
}
