//! Everything about a place as plain data, in the vocabulary of the conformance corpora.

use serde_json::{Value, json};
use uvmscope_format::{kernel_spec, projection};
use uvmscope_replay::{CallEnd, Cursor};
use uvmscope_scene::Caption;
use uvmscope_uvm::audit::Disagreement;
use uvmscope_uvm::{Halt, source};

use crate::app::state::{State, at_json};

/// What `state()` of the element returns.
pub(crate) fn state_json(state: &State, cursor: &Cursor, caption: &Caption) -> Value {
    let run = &state.run;
    let place = state.place;
    let mut all = serde_json::to_value(projection::state(cursor.state())).unwrap_or_default();
    let Value::Object(map) = &mut all else { return Value::Null };
    // The corpora leave these out where there is nothing to say; a host is better served.
    let object_wired = map.remove("object_wired").unwrap_or_else(|| json!([]));
    let wirefuture = map.remove("wirefuture").unwrap_or(Value::Bool(false));
    let call = run.timeline.calls().get(place.call - 1);
    let ended = call.filter(|call| place.step == call.steps() && call.ran());
    let errno = ended.and_then(|call| match call.outcome {
        CallEnd::Done(outcome) if !outcome.errno.is_ok() => Some(outcome.errno.name()),
        _ => None,
    });
    let halted = ended.and_then(|call| match call.outcome {
        CallEnd::Halted(halt) => Some(halt),
        _ => None,
    });
    let panic = match halted {
        Some(Halt::Panic(panic)) => Some(panic.to_string()),
        _ => None,
    };
    let stack: Vec<_> = run.story.stack(place).iter().map(|f| f.func.name()).collect();
    json!({
        "script": run.source.text,
        "scenario": run.source.name,
        "kernel": kernel_spec::print(run.config()),
        "diagnostic": run.config().diagnostic,
        "at": at_json(state),
        "entries": map.remove("entries"),
        "pages": map.remove("pages"),
        "object_wired": object_wired,
        "wirefuture": wirefuture,
        "uvmexp_wired": map.remove("uvmexp_wired"),
        "pmap_wired_count": map.remove("pmap_wired_count"),
        "console": cursor.state().console().iter().map(ToString::to_string).collect::<Vec<_>>(),
        "event": projection::event_at(cursor),
        "returned": ended.is_some() && halted.is_none(),
        "errno": errno,
        "panic": panic,
        "broken": broken(state, cursor),
        "caption": caption.plain(),
        "code": code(state),
        "stack": stack,
        "playing": state.playing,
        "note": state.note,
        "problem": state.problem,
        "compare": null,
    })
}

/// The disagreements of layers at the place; `pending` are those that the call has made itself and
/// will mend.
fn broken(state: &State, cursor: &Cursor) -> Vec<Value> {
    let tell = |d: &Disagreement| {
        let range = d.range();
        json!({
            "rule": format!("P{}", d.rule()),
            "start": range.map(|r| r.start.to_string()),
            "end": range.map(|r| r.end.to_string()),
            "pending": !state.run.timeline.is_broken(cursor, d),
        })
    };
    uvmscope_uvm::audit::audit(cursor.state()).iter().map(tell).collect()
}

/// The statement that made the step.
fn code(state: &State) -> Value {
    let Some((_, recorded)) = state.run.timeline.event_at(state.place) else {
        return Value::Null;
    };
    let site = recorded.site;
    let file = source::file_of(site.file());
    let function = file.and_then(|f| f.function_at(site.line())).map(|(name, _)| name);
    let text = file.and_then(|f| f.lines().nth((site.line() as usize).saturating_sub(1)));
    json!({
        "function": function,
        "file": file.map(|f| f.path),
        "line": site.line(),
        "text": text.map(str::trim),
    })
}
