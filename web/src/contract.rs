//! What passes between the element and the application behind it.

use std::rc::Rc;

use serde::Deserialize;
use serde_json::{Value, json};
use uvmscope_format::kernel_spec;
use uvmscope_replay::Place;
use uvmscope_uvm::{Config, Halt};

use crate::app::Brought;

/// The attributes of one `<uvm-scope>` element, as its author wrote them.
///
/// What is missing is `None`; what cannot be understood is treated as missing, because markup has
/// nobody to whom an error could be returned. The application may say so in its view.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Attrs {
    pub(crate) scenario: Option<String>,
    pub(crate) kernel: Option<String>,
    pub(crate) compare: Option<String>,
    pub(crate) at: Option<String>,
    pub(crate) theme: Option<String>,
    pub(crate) controls: Option<String>,
    pub(crate) mode: Option<String>,
    pub(crate) lang: Option<String>,
    pub(crate) height: Option<String>,
    /// The text of the script that the element holds; no attribute.
    pub(crate) script: Option<String>,
    /// The address of the folder that the script came from; no attribute.
    pub(crate) base: Option<String>,
    /// What stands in the address of the page behind `#`, for the element that is the page.
    pub(crate) link: Option<String>,
    /// Width of the element in pixels when it started; measured by the script, no attribute.
    pub(crate) width: Option<u16>,
}

impl Attrs {
    /// Changes one attribute by its name; `false` for a name that the element does not have.
    pub(crate) fn set(&mut self, name: &str, value: Option<String>) -> bool {
        let slot = match name {
            "scenario" => &mut self.scenario,
            "kernel" => &mut self.kernel,
            "compare" => &mut self.compare,
            "at" => &mut self.at,
            "theme" => &mut self.theme,
            "controls" => &mut self.controls,
            "mode" => &mut self.mode,
            "lang" => &mut self.lang,
            "height" => &mut self.height,
            _ => return false,
        };
        *slot = value;
        true
    }
}

/// What a host page asks for through a method of the element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Request {
    /// A place as the host wrote it: a step, a marker, or a percentage.
    Goto(String),
    Next,
    Prev,
    Play,
    Pause,
    /// To where a link leads; whatever is wrong with it is shown.
    Follow(String),
    /// A kernel as it is written everywhere: `committed`, `original,+change`, …
    SetKernel(String),
}

/// Something a host page can listen for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum HostEvent {
    /// The run stands at another place, or is another one.
    Step(At, Config),
    /// Two runs are where they part for the first time.
    Divergence([At; 2]),
    /// The run is where its machine stopped, for this reason.
    Halt(At, Halt),
}

/// A place of a run, and how many steps its call has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct At {
    pub(crate) place: Place,
    pub(crate) steps: usize,
}

impl At {
    pub(crate) fn json(self) -> Value {
        json!({ "call": self.place.call, "step": self.place.step, "steps": self.steps })
    }
}

impl HostEvent {
    /// What a listener gets; the name is without its `uvmscope:` prefix.
    pub(crate) fn json(&self) -> Value {
        let (name, detail) = match self {
            Self::Step(at, kernel) => {
                ("step", json!({ "at": at.json(), "kernel": kernel_spec::print(*kernel) }))
            }
            Self::Divergence([at, other]) => {
                let compare = json!({ "at": other.json() });
                ("divergence", json!({ "at": at.json(), "compare": compare }))
            }
            Self::Halt(at, reason) => {
                ("halt", json!({ "at": at.json(), "reason": reason.to_string() }))
            }
        };
        json!({ "name": name, "detail": detail })
    }
}

/// When the application wants [`crate::app::Model::tick`] to be called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Wake {
    /// As arranged before, if anything was.
    #[default]
    Keep,
    /// Not at all: what was arranged before is called off.
    Never,
    /// Once, after so many milliseconds, instead of what was arranged before.
    After(u32),
}

/// What is to become of the worker that reads texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Reading {
    /// It goes on, if there is one.
    #[default]
    Keep,
    /// It is not needed any more.
    Stop,
    /// It reads this, instead of what it read before.
    Start(Rc<Brought>),
}

/// What a change of the model asks of the element around it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Changed {
    /// The view is another one and must be handed to Yew.
    pub(crate) redraw: bool,
    /// Told to the host page after the call that caused them has returned.
    pub(crate) events: Vec<HostEvent>,
    pub(crate) wake: Wake,
    pub(crate) reading: Reading,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_come_as_json_and_change_by_name() {
        let mut attrs: Attrs =
            serde_json::from_str(r#"{"scenario":"mlock-zero","at":null}"#).expect("valid JSON");
        assert_eq!(attrs.scenario.as_deref(), Some("mlock-zero"));
        assert_eq!(attrs.at, None);
        assert!(attrs.set("at", Some("3.7".into())));
        assert_eq!(attrs.at.as_deref(), Some("3.7"));
        assert!(attrs.set("at", None));
        assert_eq!(attrs.at, None);
        assert!(!attrs.set("onclick", Some("x".into())));
    }
}
