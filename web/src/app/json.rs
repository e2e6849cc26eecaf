//! Everything about a place as plain data, in the vocabulary of the conformance corpora.

use serde_json::{Map, Value, json};
use uvmscope_format::{kernel_spec, projection};
use uvmscope_replay::{CallEnd, Cursor, Side};
use uvmscope_uvm::audit::Disagreement;
use uvmscope_uvm::{Halt, source};

use crate::app::effects::at;
use crate::app::run::Run;
use crate::app::state::{State, Waiting, Why};

/// What `state()` of the element returns; `cursors` stand where the runs of the two sides stand.
pub(crate) fn state_json(state: &State, cursor: &Cursor, other: Option<&Cursor>) -> Value {
    let mut all = side(state, Side::A, cursor);
    let source = &state.run.source;
    let more = json!({
        "script": &*state.text,
        "errors": source.errors.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "pending": state.waiting().map(hundredths),
        "scenario": source.name,
        "playing": state.playing,
        "note": state.note,
        "problem": state.problem,
        "complaints": &*state.complaints,
        "why": state.why.as_deref().map(why),
        "compare": other.map(|cursor| compare(state, cursor)),
    });
    if let Value::Object(more) = more {
        all.extend(more);
    }
    Value::Object(all)
}

/// How much is done of what is waited for; what is read tells nothing before its end.
const fn hundredths(waiting: Waiting) -> usize {
    match waiting {
        Waiting::Reading => 0,
        Waiting::Running(progress) => progress,
    }
}

/// What is told of one run.
fn side(state: &State, side: Side, cursor: &Cursor) -> Map<String, Value> {
    let run = state.run_of(side);
    let place = state.place_of(side);
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
    let machine = serde_json::to_value(projection::state(cursor.state())).unwrap_or_default();
    let mut all = match machine {
        Value::Object(machine) => machine,
        _ => Map::new(),
    };
    // Of a whole call, which this is not.
    all.remove("events");
    all.remove("console");
    // The corpora leave these out where there is nothing to say; a host is better served.
    all.entry("object_wired").or_insert_with(|| json!([]));
    all.entry("wirefuture").or_insert(Value::Bool(false));
    let told = json!({
        "kernel": kernel_spec::print(run.config()),
        "diagnostic": run.config().diagnostic,
        "at": at(state, side).json(),
        "console": cursor.state().console().iter().map(ToString::to_string).collect::<Vec<_>>(),
        "event": projection::event_at(cursor),
        "returned": ended.is_some() && halted.is_none(),
        "errno": errno,
        "panic": panic,
        "broken": broken(run, cursor),
        "caption": run.story.caption(cursor).plain(),
        "code": code(run, cursor),
        "stack": stack,
    });
    if let Value::Object(told) = told {
        all.extend(told);
    }
    all
}

/// The second run, and where the two part.
fn compare(state: &State, cursor: &Cursor) -> Value {
    let mut told = side(state, Side::B, cursor);
    let first = state.beside.as_ref().and_then(|beside| beside.alignment.first_divergence());
    let divergence = first.map(|first| {
        let [a, b] = first.at;
        json!({ "at": { "call": a.call, "step": a.step }, "compare": { "call": b.call, "step": b.step } })
    });
    told.insert("divergence".to_owned(), divergence.unwrap_or(Value::Null));
    Value::Object(told)
}

/// The answer that is open.
fn why(why: &Why) -> Value {
    let jump = |jump: &uvmscope_scene::Jump| json!({ "call": jump.place.call, "step": jump.place.step, "text": jump.text });
    let part = |part: &uvmscope_scene::why::Part| {
        json!({
            "title": part.title,
            "holds": part.holds,
            "jumps": part.jumps.iter().map(jump).collect::<Vec<_>>(),
            "next": part.next.as_ref().map(jump),
        })
    };
    json!({
        "title": why.answer.title,
        "parts": why.answer.parts.iter().map(part).collect::<Vec<_>>(),
        "kept": why.answer.kept.as_ref().map(jump),
    })
}

/// The disagreements of layers at the place; `pending` are those that the call has made itself and
/// will mend.
fn broken(run: &Run, cursor: &Cursor) -> Vec<Value> {
    let tell = |d: &Disagreement| {
        let range = d.range();
        json!({
            "rule": format!("P{}", d.rule()),
            "start": range.map(|r| r.start.to_string()),
            "end": range.map(|r| r.end.to_string()),
            "pending": !run.timeline.is_broken(cursor, d),
        })
    };
    uvmscope_uvm::audit::audit(cursor.state()).iter().map(tell).collect()
}

/// The statement that made the step.
fn code(run: &Run, cursor: &Cursor) -> Value {
    let Some((_, recorded)) = run.timeline.event_at(cursor.place()) else {
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
