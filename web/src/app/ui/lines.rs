//! Small lines of the system's numbers over the run; a click on one goes to that place.

use std::rc::Rc;

use uvmscope_replay::why::Value;
use uvmscope_replay::{Counter, Side};
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use crate::app::state::{Action, Question};
use crate::app::ui::board::{Board, use_first, use_now, use_written};
use crate::app::ui::pointer::along;
use crate::app::view::{Line, Now, Spot};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct LinesProps {
    pub(crate) board: Board,
    pub(crate) dispatch: Callback<Action>,
}

/// Width and height of a line's room, in its own units.
const WIDTH: usize = 200;
const HEIGHT: usize = 26;

#[component(CounterLines)]
pub(crate) fn counter_lines(props: &LinesProps) -> Html {
    let LinesProps { board, dispatch } = props;
    let (lines, last) = use_now(board, |now| (now.lines.clone(), now.spot.last));
    let list = use_node_ref();
    {
        let list = list.clone();
        use_written(board, move |now, was| {
            if was.map(here).as_ref() != Some(&here(now))
                && let Some(list) = list.cast::<HtmlElement>()
            {
                // All markers are moved at once, whatever the number of lines. Fails only for a name
                // that is none.
                let _ = list.style().set_property("--here", &here(now));
            }
        });
    }
    let first = use_first(board);
    let here = format!("--here:{}", here(&first));
    html! {
        <section class="counters" aria-label="Counters">
            <h2>{ "Counters " }<small>{ "since the call began" }</small></h2>
            <dl ref={list} ~style={here}>
                { for lines.0.iter().map(|line| html! {
                    <CounterLine line={line.clone()} {last} dispatch={dispatch.clone()} />
                }) }
            </dl>
        </section>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct LineProps {
    line: Line,
    last: usize,
    dispatch: Callback<Action>,
}

/// One number, and its line.
#[component(CounterLine)]
fn counter_line(props: &LineProps) -> Html {
    let LineProps { line, last, dispatch } = props;
    let (name, explained) = named(line.counter);
    let was = (line.was != line.now).then(|| format!("was {}", line.was));
    let goto = {
        let (dispatch, last) = (dispatch.clone(), *last);
        move |event: MouseEvent| {
            if let Some(ordinal) = ordinal_at(&event, last) {
                dispatch.emit(Action::Scrub(ordinal));
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
                <line class="here" x1="0" x2="0" y1="0" y2={HEIGHT.to_string()} />
            </svg>
        </div>
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

/// How far along the run the place is.
fn here(now: &Now) -> String {
    let Spot { ordinal, last, .. } = now.spot;
    // A long run has more steps than 32 bits hold thousandths of.
    let per_mille = ordinal as u64 * 1000 / last.max(1) as u64;
    format!("{}.{}%", per_mille / 10, per_mille % 10)
}

/// Places before the one that a pointer is at on a line.
fn ordinal_at(event: &MouseEvent, last: usize) -> Option<usize> {
    // The listener stands at the root for all, so it is not the event's current target.
    let target = event.target_dyn_into::<Element>()?;
    along(event, &target.closest("svg").ok()??, last)
}

/// The line of a counter: steps, never slopes, because between two events nothing changes.
/// `values` are the numbers of places before each change, and the value from there on.
pub(crate) fn path(values: &[(usize, i64)], last: usize, (low, high): (i64, i64)) -> String {
    let span = usize::try_from(high - low).unwrap_or(1).max(1);
    let room = HEIGHT - 4;
    let y = |value: i64| 2 + room - usize::try_from(value - low).unwrap_or(0) * room / span;
    let x = |ordinal: usize| ordinal * WIDTH / last.max(1);
    let strokes: Vec<String> = values
        .chunk_by(|a, b| x(a.0) == x(b.0))
        .map(|same| {
            let heights: Vec<usize> = same.iter().map(|(_, value)| y(*value)).collect();
            let through = match (&heights[..], heights.iter().min(), heights.iter().max()) {
                // However often it went up and down in no room at all, it looks like this.
                ([_, _, _, .., end], Some(top), Some(low)) => format!("V{top}V{low}V{end}"),
                _ => heights.iter().map(|y| format!("V{y}")).collect::<Vec<_>>().concat(),
            };
            format!("H{}{through}", x(same[0].0))
        })
        .collect();
    format!("M0 {}{}H{WIDTH}", y(0), strokes.concat())
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn a_line_has_a_step_for_every_change() {
        assert_eq!(path(&[], 10, (0, 0)), "M0 24H200");
        assert_eq!(path(&[(2, 1), (5, 0)], 10, (0, 1)), "M0 24H40V2H100V24H200");
        assert_eq!(path(&[(2, 1), (2, 0)], 10, (0, 1)), "M0 24H40V2V24H200");
    }

    #[test]
    fn a_line_over_a_long_run_is_no_longer_than_there_is_room_for() {
        let values: Vec<(usize, i64)> = (0..100_000).map(|n| (n, i64::from(n % 7 != 0))).collect();
        let path = path(&values, 100_000, (0, 1));
        assert!(path.len() < 4_000, "{} bytes", path.len());
        assert!(path.starts_with("M0 24H0V2V24V2H1V2V24V2"), "{path}");
    }
}
