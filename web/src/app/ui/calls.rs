//! The script: one call a line, with what it answered.

use web_sys::Element;
use yew::prelude::*;

use crate::app::command::Command;
use crate::app::run::Tone;
use crate::app::state::Action;
use crate::app::ui::board::{Board, use_first, use_now, use_written};
use crate::app::ui::turn::{Listed, turn};
use crate::app::view::Calls;

/// Rows drawn at once; of a longer script those around the current call.
const ROWS: usize = 30;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct CallListProps {
    pub(crate) board: Board,
    pub(crate) calls: Calls,
    pub(crate) dispatch: Callback<Action>,
}

#[component(CallList)]
pub(crate) fn call_list(props: &CallListProps) -> Html {
    let CallListProps { board, calls, dispatch } = props;
    let rows = &calls.0.calls;
    let len = rows.len();
    let shown = use_now(board, move |now| window(len, now.spot.place.call, ROWS));
    let list = use_node_ref();
    {
        let (list, shown) = (list.clone(), shown.clone());
        use_written(board, move |now, was| {
            let was = was.map(|was| was.spot.place.call);
            if let Some(list) = list.cast::<Element>().filter(|_| was != Some(now.spot.place.call))
            {
                let listed = Listed { list, shown: shown.clone(), skip: 0 };
                listed.mark(was, now.spot.place.call);
            }
        });
    }
    let before = shown.start;
    let behind = rows.len() - shown.end;
    let first = use_first(board);
    let first = first.spot.place.call;
    let row = |number: usize| {
        let (calls, dispatch) = (calls.clone(), dispatch.clone());
        html! { <Row key={number} {calls} {number} {first} {dispatch} /> }
    };
    let button = |command: Command, text: &'static str| {
        let dispatch = dispatch.clone();
        html! {
            <button
                type="button"
                class="edit"
                aria-label={command.label()}
                title={format!("{} ({})", command.label(), command.keycap())}
                onclick={move |_| dispatch.emit(Action::Do(command))}
            >
                { text }
            </button>
        }
    };
    html! {
        <section class="calls" aria-label="Calls">
            <h2>
                { "Calls" }
                <span>
                    { button(Command::Gallery, "scenarios") }
                    { button(Command::Import, "import") }
                    { button(Command::Edit, "edit") }
                </span>
            </h2>
            if before > 0 { <p class="more">{ format!("{before} calls before") }</p> }
            <ol ref={list} start={(before + 1).to_string()}>{ for shown.map(|i| row(i + 1)) }</ol>
            if behind > 0 { <p class="more">{ format!("{behind} calls behind") }</p> }
            if rows.is_empty() { <p class="more">{ "The script makes no call." }</p> }
        </section>
    }
}

/// At most `most` of `len` things, with the one numbered `now` (from 1) in their middle.
pub(crate) fn window(len: usize, now: usize, most: usize) -> std::ops::Range<usize> {
    let first = now.saturating_sub(1 + most / 2).min(len.saturating_sub(most));
    first..(first + most).min(len)
}

/// Characters of an outcome that stands beside its call; a longer one stands below.
const SHORT: usize = 12;

/// A line of code that may be broken behind its signs, and nowhere inside a name.
fn breakable(text: &str) -> Html {
    let pieces = text.split_inclusive(['|', '(', ',']);
    html! { { for pieces.map(|piece| html! { <>{ piece }<wbr /></> }) } }
}

/// How an outcome is called in style sheets.
pub(super) const fn tone_name(tone: Tone) -> &'static str {
    match tone {
        Tone::Fine => "fine",
        Tone::Failed => "failed",
        Tone::Stopped => "stopped",
        Tone::NotRun => "not-run",
    }
}

#[derive(Clone, PartialEq, Properties)]
struct RowProps {
    calls: Calls,
    number: usize,
    /// The call that was shown when the first rows were drawn.
    first: usize,
    dispatch: Callback<Action>,
}

#[component(Row)]
fn row(props: &RowProps) -> Html {
    let RowProps { calls, number, first, dispatch } = props;
    let (number, dispatch) = (*number, dispatch.clone());
    let row = &calls.0.calls[number - 1];
    let class = classes!("call", tone_name(row.tone));
    let long = row.outcome.chars().count() > SHORT;
    html! {
        <li data-turn={turn(number, *first)}>
            { for row.bindings.iter().map(|line| html! { <code class="binding">{ line }</code> }) }
            <button
                type="button"
                {class}
                aria-current={(number == *first).then_some("step")}
                onclick={move |_| dispatch.emit(Action::Call(number))}
            >
                <span class="number">{ number }</span>
                <code>{ breakable(&row.text) }</code>
                <span class={classes!("outcome", long.then_some("long"))}>{ &row.outcome }</span>
                { for row.remarks.iter().map(|remark| html! { <em>{ remark }</em> }) }
                if let Some(notice) = &row.notice { <span class="notice">{ notice }</span> }
            </button>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::window;

    #[test]
    fn a_window_holds_the_current_row_and_never_more_than_there_is() {
        assert_eq!(window(6, 3, 60), 0..6);
        assert_eq!(window(0, 1, 60), 0..0);
        assert_eq!(window(1000, 1, 60), 0..60);
        assert_eq!(window(1000, 500, 60), 469..529);
        assert_eq!(window(1000, 1000, 60), 940..1000);
    }
}
