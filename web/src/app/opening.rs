//! What an element shows at first, as its author asked for it.

use std::rc::Rc;

use uvmscope_format::kernel_spec;
use uvmscope_replay::Place;
use uvmscope_uvm::{Changes, Config};

use crate::app::link;
use crate::app::run::{Run, Source};
use crate::app::state::{Beside, Controls, State};
use crate::contract::Attrs;

/// The scenario of an element that names none.
pub(crate) const DEFAULT_SCENARIO: &str = "mlock-zero";
/// The width that is assumed where the browser does not tell the real one.
pub(crate) const DEFAULT_WIDTH: u16 = 1200;

/// The state of an element with these attributes.
///
/// # Errors
/// A sentence where there is nothing to show: no such scenario, or a script with errors. Whatever
/// else is wrong is said in the state, and the rest works.
pub(crate) fn opened(attrs: &Attrs) -> Result<State, String> {
    let source = source(attrs)?;
    let mut config = source.script.config;
    let mut wrong = complaints(attrs);
    if let Some(changes) = kernel(attrs.kernel.as_deref(), "kernel", &mut wrong) {
        config.changes = changes;
    }
    let run = Run::record(Rc::new(source), config);
    let width = attrs.width.unwrap_or(DEFAULT_WIDTH);
    let mut state = State::new(run, Place { call: 1, step: 0 }, width);
    state.place = state.run.opening();
    if let Some(at) = &attrs.at {
        match state.run.story.place_of(at) {
            Ok(at) => state.place = at,
            Err(refusal) => wrong.push(format!("at=\"{at}\": {refusal}")),
        }
    }
    if let Some(changes) = kernel(attrs.compare.as_deref(), "compare", &mut wrong) {
        let beside = Beside::new(&state.run, state.place, Config { changes, ..config });
        state.beside = Some(beside);
    }
    state.controls = controls(attrs);
    state.complaints = wrong.into();
    state.base = attrs.base.as_deref().unwrap_or_default().into();
    if let Some(link) = attrs.link.as_deref().filter(|link| !link.is_empty()) {
        link::follow(&mut state, link);
    }
    Ok(state)
}

/// The script that the element holds, or else the scenario that it names.
fn source(attrs: &Attrs) -> Result<Source, String> {
    let Some(script) = &attrs.script else {
        let name = attrs.scenario.as_deref().unwrap_or(DEFAULT_SCENARIO);
        return Source::scenario(name)
            .map_err(|refusal| format!("scenario=\"{name}\": {refusal}."));
    };
    let source = Source::read(unindented(script));
    match source.errors.as_slice() {
        [] if source.script.calls().next().is_none() => {
            Err("The script in the element has no calls.".to_owned())
        }
        [] => Ok(source),
        [first, rest @ ..] => {
            let more = match rest.len() {
                0 => String::new(),
                1 => " There is one more error.".to_owned(),
                n => format!(" There are {n} more errors."),
            };
            let (line, problem) = (first.line, &first.problem);
            Err(format!("The script in the element has an error in line {line}: {problem}.{more}"))
        }
    }
}

/// A script without the white space that all its lines begin with, as markup is indented, and
/// without the empty lines around it.
fn unindented(script: &str) -> String {
    let lines: Vec<&str> = script.lines().map(str::trim_end).collect();
    let full = |line: &&&str| !line.is_empty();
    let depth = |line: &&str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let common = lines.iter().filter(full).map(depth).min().unwrap_or_default();
    let from = lines.iter().position(|line| !line.is_empty()).unwrap_or_default();
    let to = lines.iter().rposition(|line| !line.is_empty()).map_or(from, |last| last + 1);
    let kept = lines.get(from..to).unwrap_or_default();
    kept.iter().flat_map(|line| [line.get(common..).unwrap_or_default(), "\n"]).collect()
}

/// The changes of a kernel that an attribute names.
pub(crate) fn kernel(spec: Option<&str>, name: &str, wrong: &mut Vec<String>) -> Option<Changes> {
    let read = kernel_spec::parse(spec?);
    read.map_err(|reason| wrong.push(format!("{name}=\"{}\": {reason}", spec.unwrap_or_default())))
        .ok()
}

/// What is wrong with attributes that have a few values only; the others are done without.
pub(crate) fn complaints(attrs: &Attrs) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut one_of = |name: &str, value: &Option<String>, values: [&str; 3]| {
        if let Some(value) = value.as_deref().filter(|value| !values.contains(value)) {
            let [a, b, c] = values;
            wrong.push(format!("{name}=\"{value}\" is none of {a}, {b} and {c}; this is {a}."));
        }
    };
    one_of("theme", &attrs.theme, ["auto", "light", "dark"]);
    one_of("controls", &attrs.controls, ["full", "min", "none"]);
    one_of("mode", &attrs.mode, ["explore", "predict", "present"]);
    if let Some(mode @ ("predict" | "present")) = attrs.mode.as_deref() {
        wrong.push(format!("mode=\"{mode}\" is not there yet; this is mode=\"explore\"."));
    }
    let english = |lang: &str| lang.is_empty() || lang == "en" || lang.starts_with("en-");
    if let Some(lang) = attrs.lang.as_deref().filter(|lang| !english(lang)) {
        wrong.push(format!("lang=\"{lang}\": there is only English yet."));
    }
    if let Some(height) = attrs.height.as_deref().filter(|height| !is_length(height)) {
        wrong.push(format!(
            "height=\"{height}\" is no length; write pixels, as in 480, or a unit, as in 30rem."
        ));
    }
    wrong
}

/// What the element's script can set as a height.
fn is_length(text: &str) -> bool {
    let text = text.trim();
    let units = ["px", "rem", "em", "svh", "dvh", "vh"];
    let number = units.iter().find_map(|unit| text.strip_suffix(unit)).unwrap_or(text);
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match number.split_once('.') {
        Some((whole, part)) => digits(whole) && digits(part),
        None => digits(number),
    }
}

pub(crate) fn controls(attrs: &Attrs) -> Controls {
    match attrs.controls.as_deref() {
        Some("min") => Controls::Min,
        Some("none") => Controls::None,
        _ => Controls::Full,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(script: &str) -> Attrs {
        Attrs { script: Some(script.to_owned()), ..Attrs::default() }
    }

    #[test]
    fn a_script_in_the_element_is_shown() {
        let attrs = Attrs {
            scenario: Some("no such".to_owned()),
            ..with("\n    # title: Mine\n\n    mlock(0x1000, 0)\n      \n")
        };
        let state = opened(&attrs).expect("a state");
        assert_eq!(&*state.text, "# title: Mine\n\nmlock(0x1000, 0)\n");
        assert_eq!(state.run.source.title, "Mine");
        assert!(state.complaints.is_empty());
        assert_eq!(unindented("\ta\n\t\tb"), "a\n\tb\n");
        assert_eq!(unindented("a\n  é\n"), "a\n  é\n");
    }

    #[test]
    fn a_script_that_cannot_run_is_refused_with_its_place() {
        let refusal = |script: &str| opened(&with(script)).expect_err("it has errors");
        let one = refusal("mlock(0x1000, 0)\nmlok(0x1000, 0)\n");
        assert!(one.contains('2') && one.contains("mlok") && !one.contains("more"), "{one}");
        let three = refusal("mlok()\nmlok()\nmlok()\n");
        assert!(three.ends_with("There are 2 more errors."), "{three}");
        assert!(refusal("# nothing\n").contains("no calls"));
        let unknown = Attrs { scenario: Some("mlock-zer".to_owned()), ..Attrs::default() };
        let unknown = opened(&unknown).expect_err("there is none");
        assert!(unknown.contains("mlock-zer") && unknown.contains("mlock-zero"), "{unknown}");
    }

    #[test]
    fn every_attribute_that_makes_no_sense_is_named_and_the_rest_works() {
        let text = |text: &str| Some(text.to_owned());
        let attrs = Attrs {
            kernel: text("orignal"),
            compare: text("+nothing"),
            at: text("99.1"),
            theme: text("blue"),
            controls: text("many"),
            mode: text("predict"),
            lang: text("de"),
            height: text("tall"),
            ..Attrs::default()
        };
        let state = opened(&attrs).expect("a state");
        for name in ["kernel", "compare", "at", "theme", "controls", "mode", "lang", "height"] {
            let named = state.complaints.iter().filter(|it| it.starts_with(&format!("{name}=\"")));
            assert_eq!(named.count(), 1, "{name}: {:?}", state.complaints);
        }
        assert_eq!(state.complaints.len(), 8);
        assert_eq!(state.place, state.run.opening());
        assert!(state.beside.is_none());
        let fine = Attrs {
            theme: text("dark"),
            controls: text("none"),
            mode: text("explore"),
            lang: text("en-GB"),
            height: text(" 30.5rem"),
            ..Attrs::default()
        };
        assert!(opened(&fine).expect("a state").complaints.is_empty());
        for length in ["480", "480px", "10.5em", "90svh"] {
            assert!(is_length(length), "{length}");
        }
        for other in ["", "px", "1.", ".5em", "-3px", "1e3", "40%"] {
            assert!(!is_length(other), "{other}");
        }
    }
}
