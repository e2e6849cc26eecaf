//! What the kernel printed.

use std::rc::Rc;

use uvmscope_replay::Side;
use uvmscope_replay::why::Value;
use yew::prelude::*;

use crate::app::state::{Action, Question};
use crate::app::ui::board::{Board, use_now};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ConsoleProps {
    pub(crate) board: Board,
    pub(crate) whose: Option<Rc<str>>,
    pub(crate) side: Side,
    pub(crate) dispatch: Callback<Action>,
}

/// Lines that are drawn; of a longer log the last.
const LINES: usize = 40;

#[component(Console)]
pub(crate) fn console(props: &ConsoleProps) -> Html {
    let ConsoleProps { board, whose, side, dispatch } = props;
    let side = *side;
    let lines = use_now(board, move |now| now.side(side).map(|it| Rc::clone(&it.shown.console)));
    let lines = lines.unwrap_or_default();
    let first = lines.len().saturating_sub(LINES);
    let line = |(n, line): (usize, &String)| {
        let dispatch = dispatch.clone();
        let question = Question::Value(Value::Console(n + 1));
        html! {
            <li>
                <button
                    type="button"
                    title="Who printed this?"
                    onclick={move |_| dispatch.emit(Action::Ask(side, question))}
                >
                    <code>{ line }</code>
                </button>
            </li>
        }
    };
    let label = match whose {
        Some(whose) => format!("Console of {whose}"),
        None => "Console".to_owned(),
    };
    html! {
        <section class="console" aria-label={label.clone()}>
            <h2>{ label }</h2>
            if lines.is_empty() { <p class="quiet">{ "The kernel has printed nothing so far." }</p> }
            if first > 0 { <p class="more">{ format!("{first} lines before") }</p> }
            <ol>{ for lines.iter().enumerate().skip(first).map(line) }</ol>
        </section>
    }
}
