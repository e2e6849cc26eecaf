//! Small lines of the system's numbers over the run; a click on one goes to that place.

use std::rc::Rc;

use uvmscope_replay::why::Value;
use uvmscope_replay::{Counter, Side};
use web_sys::Element;
use yew::prelude::*;

use crate::app::state::{Action, Question};
use crate::app::view::{Line, Lines};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct LinesProps {
    pub(crate) lines: Lines,
    /// Places before the one that is shown, and before the last one.
    pub(crate) ordinal: usize,
    pub(crate) last: usize,
    pub(crate) dispatch: Callback<Action>,
}

/// Width and height of a line's room, in its own units.
const WIDTH: usize = 200;
const HEIGHT: usize = 26;

#[component(CounterLines)]
pub(crate) fn counter_lines(props: &LinesProps) -> Html {
    let LinesProps { lines, ordinal, last, dispatch } = props;
    let line = |line: &Line| {
        let (name, explained) = named(line.counter);
        let was = (line.was != line.now).then(|| format!("was {}", line.was));
        let goto = {
            let (dispatch, last) = (dispatch.clone(), *last);
            move |event: MouseEvent| {
                let width = event.current_target_width();
                let x = event.offset_x().max(0);
                if let (Ok(x), true) = (usize::try_from(x), width > 0) {
                    dispatch.emit(Action::Scrub((x * last + width / 2) / width));
                }
            }
        };
        html! {
            <div class="counter" title={explained}>
                <dt>{ name }</dt>
                <dd>{ value(line, dispatch) }<small>{ was }</small></dd>
                <svg
                    viewBox={format!("0 0 {WIDTH} {HEIGHT}")}
                    preserveAspectRatio="none"
                    aria-hidden="true"
                    onclick={goto}
                >
                    <path class="line" d={Rc::clone(&line.path)} />
                    <line
                        class="here"
                        x1={at(*ordinal, *last)}
                        x2={at(*ordinal, *last)}
                        y1="0"
                        y2={HEIGHT.to_string()}
                    />
                </svg>
            </div>
        }
    };
    html! {
        <section class="counters" aria-label="Counters">
            <h2>{ "Counters " }<small>{ "since the call began" }</small></h2>
            <dl>{ for lines.0.iter().map(line) }</dl>
        </section>
    }
}

/// What a counter is called, and what it counts.
const fn named(counter: Counter) -> (&'static str, &'static str) {
    match counter {
        Counter::Entries => ("entries", "map entries in the list"),
        Counter::Pages => ("pages mapped", "the size of the map, in pages"),
        Counter::Mapped => ("resident", "pages that the pmap maps"),
        Counter::PmapWired => {
            ("pmap wired", "mappings with the wired bit; what counts against RLIMIT_MEMLOCK")
        }
        Counter::PagesWired => ("pages wired", "pages whose wire_count is not 0"),
        Counter::UvmexpWired => {
            ("uvmexp.wired", "pages of the whole system that are wired, as the kernel counts them")
        }
    }
}

/// The number; where a step writes it, a click asks who did.
fn value(line: &Line, dispatch: &Callback<Action>) -> Html {
    let value = match line.counter {
        Counter::Entries => Some(Value::Entries),
        Counter::PmapWired => Some(Value::PmapWired),
        Counter::UvmexpWired => Some(Value::UvmexpWired),
        Counter::Pages | Counter::Mapped | Counter::PagesWired => None,
    };
    let Some(value) = value else { return html! { <span>{ line.now }</span> } };
    let dispatch = dispatch.clone();
    let question = Question::Value(value);
    html! {
        <button
            type="button"
            aria-label={format!("{} {}: why?", named(line.counter).0, line.now)}
            onclick={move |_| dispatch.emit(Action::Ask(Side::A, question))}
        >
            { line.now }
        </button>
    }
}

fn at(ordinal: usize, last: usize) -> String {
    (ordinal * WIDTH / last.max(1)).to_string()
}

trait CurrentWidth {
    /// Width in pixels of the element whose listener runs.
    fn current_target_width(&self) -> usize;
}

impl CurrentWidth for MouseEvent {
    fn current_target_width(&self) -> usize {
        let target =
            self.current_target().and_then(|t| wasm_bindgen::JsCast::dyn_into::<Element>(t).ok());
        target.map_or(0, |t| usize::try_from(t.client_width()).unwrap_or(0))
    }
}

/// The line of a counter: steps, never slopes, because between two events nothing changes.
/// `values` are the numbers of places before each change, and the value from there on.
pub(crate) fn path(values: &[(usize, i64)], last: usize, (low, high): (i64, i64)) -> String {
    let span = usize::try_from(high - low).unwrap_or(1).max(1);
    let room = HEIGHT - 4;
    let y = |value: i64| 2 + room - usize::try_from(value - low).unwrap_or(0) * room / span;
    let strokes: Vec<String> = values
        .iter()
        .map(|(ordinal, value)| format!("H{}V{}", ordinal * WIDTH / last.max(1), y(*value)))
        .collect();
    format!("M0 {}{}H{WIDTH}", y(0), strokes.concat())
}
