//! One element's model: the state, and what is worked out from it and kept.

use std::rc::Rc;

use serde_json::{Value, json};
use uvmscope_format::kernel_spec;
use uvmscope_replay::{Place, Side};
use uvmscope_uvm::Config;

use crate::app::command::Command;
use crate::app::editing::Job;
use crate::app::effects::effects;
use crate::app::json::state_json;
use crate::app::link;
use crate::app::opening::{complaints, controls, kernel, opened};
use crate::app::reduce::reduce;
use crate::app::run::{Run, Source};
use crate::app::stand::Stands;
use crate::app::state::{Action, Beside, Look, State};
use crate::app::view::View;
use crate::contract::{Attrs, Changed, Request};

/// What an element remembers, and where its runs stand.
pub(crate) struct Model {
    state: State,
    stands: Stands,
    /// The last move was one back.
    back: bool,
    /// The script that is being run a bit at a time.
    job: Option<Job>,
    /// The link that the page's address held.
    link: String,
}

impl Model {
    /// A model for an element with these attributes, at the place it had before if it had one.
    ///
    /// # Errors
    /// A sentence where there is nothing to show.
    pub(crate) fn open(attrs: &Attrs, resume: Option<String>) -> Result<(Self, Changed), String> {
        let state = opened(attrs)?;
        let link = attrs.link.clone().unwrap_or_default();
        let stands = Stands::of(&state);
        let mut model = Self { stands, state, back: false, job: None, link };
        if let Some(resume) = resume {
            model.resume_at(&resume);
        }
        Ok((model, Changed { redraw: true, ..Changed::default() }))
    }

    /// Goes on from what [`Model::resume`] gave, as far as that makes sense.
    fn resume_at(&mut self, text: &str) {
        let Ok(saved) = serde_json::from_str::<Value>(text) else { return };
        let config = |name: &str| {
            let changes = kernel_spec::parse(saved[name]["kernel"].as_str()?).ok()?;
            Some(Config { diagnostic: saved[name]["diagnostic"].as_bool()?, changes })
        };
        // A link that was not there then is where the reader wants to go.
        if saved["link"].as_str().unwrap_or_default() != self.link {
            return;
        }
        let mut state = self.state.clone();
        // What was written is worth more than where the reader stood.
        if let Some(text) = saved["script"].as_str()
            && *text != *state.run.source.text
        {
            let source = Rc::new(Source::read(text.to_owned()));
            let config = source.script.config;
            let run = Run::record(source, config);
            let place = run.opening();
            state = State { run, place, text: text.into(), ..state };
        }
        state.editing = saved["editing"].as_bool().unwrap_or_default();
        if let Some(config) = config("first").filter(|config| *config != state.run.config()) {
            state.run = Run::record(Rc::clone(&state.run.source), config);
        }
        let number = |name: &str| saved[name].as_u64().and_then(|n| usize::try_from(n).ok());
        if let (Some(call), Some(step)) = (number("call"), number("step")) {
            state.place = state.run.timeline.clamp(Place { call, step });
        }
        state.beside = config("second").map(|config| Beside::new(&state.run, state.place, config));
        if let Some(beside) = &mut state.beside
            && let (Some(call), Some(step)) = (number("second_call"), number("second_step"))
        {
            // Where one run goes on alone, several of its places belong to one of the other.
            let second = beside.run.timeline.clamp(Place { call, step });
            if second.call == beside.place.call {
                beside.place = second;
            }
        }
        let look = saved["look"].as_str();
        state.look = Look::ALL.into_iter().find(|l| Some(l.name()) == look).unwrap_or_default();
        state.calm = saved["calm"].as_bool().unwrap_or(state.calm);
        state.table = saved["table"].as_bool().unwrap_or(state.table);
        self.adopt(state);
    }

    /// Everything needed to come back to this place.
    pub(crate) fn resume(&self) -> String {
        let State { place, look, calm, table, .. } = self.state;
        let beside = self.state.place_of(Side::B);
        let told = |config: Config| {
            let kernel = kernel_spec::print(config);
            json!({ "kernel": kernel, "diagnostic": config.diagnostic })
        };
        json!({
            "link": self.link,
            "script": &*self.state.text,
            "editing": self.state.editing,
            "first": told(self.state.run.config()),
            "second": self.state.beside.as_ref().map(|beside| told(beside.run.config())),
            "call": place.call,
            "step": place.step,
            "second_call": beside.call,
            "second_step": beside.step,
            "look": look.name(),
            "calm": calm,
            "table": table,
        })
        .to_string()
    }

    /// The attributes were changed. Where they name another scenario, that is opened; else what the
    /// reader wrote meanwhile, and the place, are kept.
    pub(crate) fn set_attrs(&mut self, former: &Attrs, attrs: &Attrs) -> Changed {
        if former.scenario != attrs.scenario {
            let State { width, base, .. } = &self.state;
            let attrs =
                Attrs { width: Some(*width), base: Some(base.to_string()), ..attrs.clone() };
            return match opened(&attrs) {
                Ok(state) => self.adopt(state),
                // What is shown is better than nothing.
                Err(refusal) => {
                    let complaints = [vec![refusal], complaints(&attrs)].concat().into();
                    self.adopt(State { complaints, ..self.state.clone() })
                }
            };
        }
        let mut state = self.state.clone();
        let mut wrong = complaints(attrs);
        state.controls = controls(attrs);
        let written = state.run.source.script.config.changes;
        let first = kernel(attrs.kernel.as_deref(), "kernel", &mut wrong);
        if former.kernel != attrs.kernel {
            let config = Config { changes: first.unwrap_or(written), ..state.run.config() };
            state = reduce(&state, Action::Kernel(Side::A, config));
        }
        let second = kernel(attrs.compare.as_deref(), "compare", &mut wrong);
        if former.compare != attrs.compare {
            let config = second.map(|changes| Config { changes, ..state.run.config() });
            state.beside = config.map(|config| Beside::new(&state.run, state.place, config));
        }
        if let Some(at) = &attrs.at {
            match state.run.story.place_of(at) {
                Ok(place) if former.at != attrs.at => state = reduce(&state, Action::Goto(place)),
                Ok(_) => {}
                Err(refusal) => wrong.push(format!("at=\"{at}\": {refusal}")),
            }
        }
        state.complaints = wrong.into();
        self.adopt(state)
    }

    /// Does what the host page asks for, or says in a sentence why not.
    pub(crate) fn perform(&mut self, request: Request) -> Result<Changed, String> {
        let action = match request {
            Request::Goto(text) => {
                Action::Goto(self.state.run.story.place_of(&text).map_err(|e| e.to_string())?)
            }
            Request::Next => Action::Do(Command::StepOn),
            Request::Prev => Action::Do(Command::StepBack),
            Request::Play => Action::Play,
            Request::Pause => Action::Pause,
            Request::Follow(text) => Action::Follow(text),
            Request::SetKernel(spec) => {
                let changes = kernel_spec::parse(&spec).map_err(|e| e.to_string())?;
                Action::Kernel(Side::A, Config { changes, ..self.state.run.config() })
            }
        };
        if let Action::Follow(text) = &action {
            self.link.clone_from(text);
        }
        Ok(self.take(action))
    }

    /// What is being read was read by a worker, which tells it as [`element::read`] does; without an
    /// answer it is read here.
    ///
    /// [`element::read`]: crate::element::read
    pub(crate) fn was_read(&mut self, told: Option<String>) -> Changed {
        let Some(brought) = self.state.reading.clone() else { return Changed::default() };
        let told = told.and_then(|told| serde_json::from_str(&told).ok());
        let read = told.unwrap_or_else(|| brought.read());
        self.take(Action::Read(brought, read))
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
        match &mut self.job {
            Some(job) => {
                let action = job.go_on();
                self.take(action)
            }
            None => self.take(Action::Tick),
        }
    }

    fn take(&mut self, action: Action) -> Changed {
        let next = reduce(&self.state, action);
        self.adopt(next)
    }

    /// Takes on a state: moves the runs to their places and draws.
    fn adopt(&mut self, next: State) -> Changed {
        let changed = effects(&self.state, &next);
        if changed.redraw {
            self.stands.move_to(&next);
            if next.place != self.state.place {
                self.back = next.place < self.state.place;
            }
            self.state = next;
        }
        match &self.state.pending {
            Some(pending) if self.job.as_ref().is_some_and(|job| job.is_for(pending)) => {}
            pending => self.job = pending.as_ref().map(Job::new),
        }
        changed
    }

    /// Draws the step that comes next if one goes on as before, as far as that can be done ahead.
    pub(crate) fn prepare(&mut self) {
        let step = match (self.state.playing, self.back) {
            (true, _) => Action::Tick,
            (false, true) => Action::Do(Command::StepBack),
            (false, false) => Action::Do(Command::StepOn),
        };
        // What is being done bit by bit needs the time itself.
        if self.job.is_none() {
            self.stands.prepare(&self.state, reduce(&self.state, step));
        }
    }

    /// What is to be drawn.
    pub(crate) fn view(&self) -> View {
        View::of(&self.state, self.stands.all())
    }

    /// What leads here, behind the `#` of the page's address; nothing for a script that is too long.
    pub(crate) fn link(&self) -> Option<String> {
        link::of(&self.state).ok()
    }

    /// What `state()` returns.
    pub(crate) fn state_json(&self) -> Value {
        let stands = self.stands.all();
        let other = stands.get(1).map(|stand| &stand.cursor);
        state_json(&self.state, &stands[0].cursor, other)
    }
}

#[cfg(test)]
mod tests {
    use super::{Attrs, Model, Value};
    use crate::app::state::{Action, Edit};

    fn attrs(kernel: &str, compare: Option<&str>) -> Attrs {
        let compare = compare.map(ToOwned::to_owned);
        Attrs { kernel: Some(kernel.to_owned()), compare, ..Attrs::default() }
    }

    #[test]
    fn an_attribute_that_changes_keeps_what_the_reader_wrote() {
        let first = attrs("original", None);
        let (mut model, _) = Model::open(&first, None).expect("it comes along");
        let text = model.state.text.replace("munlock(p, 1024)", "munlockall()");
        model.reduce(Action::Edit(Edit { text: text.clone(), select: None }));
        let second = attrs("committed", Some("mail"));
        model.set_attrs(&first, &second);
        let told = model.state_json();
        assert_eq!((&told["script"], &told["kernel"]), (&text.into(), &"committed".into()));
        assert_eq!(told["compare"]["kernel"], "mail");
        model.set_attrs(&second, &first);
        let told = model.state_json();
        assert_eq!((&told["kernel"], &told["compare"]), (&"original".into(), &Value::Null));
    }

    #[test]
    fn another_scenario_that_there_is_not_leaves_the_one_that_is_shown() {
        let first = attrs("original", None);
        let (mut model, _) = Model::open(&first, None).expect("it comes along");
        let before = model.state_json();
        let unknown = Attrs { scenario: Some("nothing".to_owned()), ..first.clone() };
        model.set_attrs(&first, &unknown);
        let after = model.state_json();
        assert_eq!(after["at"], before["at"]);
        let complaint = after["complaints"][0].as_str().expect("a sentence");
        assert!(complaint.contains("nothing"), "{complaint}");
        model.set_attrs(&unknown, &first);
        assert_eq!(model.state_json()["complaints"], before["complaints"]);
    }
}
