//! A run as a table, a row for each step: comma-separated values, as RFC 4180 has them.

use std::collections::BTreeMap;
use std::iter::once;

use serde_json::Value;
use uvmscope_replay::{Counter, Place, Timeline};
use uvmscope_uvm::{Pages, Recorded};

use super::frames::{Frames, file_name};
use super::trace::Event;
use crate::script::call_text;

/// The columns. `from` and `to` are what a value was and is; `what` is all else that is told of the
/// event. The four counts are those after the step.
pub const COLUMNS: [&str; 15] = [
    "call",
    "step",
    "call text",
    "function",
    "file",
    "line",
    "event",
    "what",
    "from",
    "to",
    "entries",
    "pages wired",
    "uvmexp.wired",
    "bytes mapped",
    "sentence",
];

/// The steps of a run as a table, under a row of titles; `sentence` says what there is to say of a
/// place.
pub fn csv(timeline: &Timeline, sentence: impl FnMut(Place) -> String) -> String {
    csv_rows(timeline, sentence).collect()
}

/// The same row by row, each with its end.
pub fn csv_rows<F: FnMut(Place) -> String>(
    timeline: &Timeline,
    mut sentence: F,
) -> impl Iterator<Item = String> + use<'_, F> {
    let titles = COLUMNS.map(str::to_owned);
    let mut frames = Frames::default();
    let rows = (1..).zip(timeline.calls()).flat_map(move |(call, run)| {
        let text = call_text(&run.call);
        let events = timeline.events().get(run.first..run.end).unwrap_or_default();
        (1..).zip(events).map(move |(step, recorded)| {
            let happened = run.first + step;
            (Place { call, step }, text.clone(), happened, recorded)
        })
    });
    let rows = rows.map(move |(place, text, happened, recorded)| {
        if place.step == 1 {
            frames.clear();
        }
        let function = frames.follow(&recorded.event).map_or("", |func| func.name());
        let told = Told::of(recorded);
        let count = |counter| timeline.series(counter).at(happened);
        let pages = u64::try_from(count(Counter::Pages)).unwrap_or(0);
        [
            place.call.to_string(),
            place.step.to_string(),
            text,
            function.to_owned(),
            file_name(recorded.site).to_owned(),
            recorded.site.line().to_string(),
            told.kind,
            told.what,
            told.from,
            told.to,
            count(Counter::Entries).to_string(),
            count(Counter::PagesWired).to_string(),
            count(Counter::UvmexpWired).to_string(),
            Pages(pages).bytes().to_string(),
            sentence(place),
        ]
    });
    once(titles).chain(rows).map(|cells| row(&cells))
}

/// An event in four cells.
#[derive(Default)]
struct Told {
    kind: String,
    what: String,
    from: String,
    to: String,
}

impl Told {
    /// Read off what a trace says of the event, so that both say the same.
    fn of(recorded: &Recorded) -> Self {
        let told = Event::of(&recorded.event).and_then(|event| serde_json::to_value(event).ok());
        let Some(Value::Object(fields)) = told else {
            return Self::default();
        };
        let mut fields: BTreeMap<String, Value> = fields.into_iter().collect();
        let mut take = |key: &str| fields.remove(key).map(|value| plain(&value));
        let (kind, from, to) = (take("kind"), take("from"), take("to"));
        let what: Vec<String> =
            fields.iter().map(|(key, value)| format!("{key} {}", plain(value))).collect();
        let [kind, from, to] = [kind, from, to].map(Option::unwrap_or_default);
        Self { kind, what: what.join(", "), from, to }
    }
}

/// A value without the quotes that JSON wants.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "none".to_owned(),
        Value::Object(fields) => {
            let fields: BTreeMap<&String, &Value> = fields.iter().collect();
            let parts: Vec<String> =
                fields.iter().map(|(key, value)| format!("{key} {}", plain(value))).collect();
            format!("({})", parts.join(", "))
        }
        other => other.to_string(),
    }
}

fn row(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    cells.join(",") + "\r\n"
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}
