//! Moving over the run by buttons.

use uvmscope_scene::MarkKind;
use yew::prelude::*;

use crate::app::command::Command;
use crate::app::state::Action;
use crate::app::ui::board::{Board, use_first, use_now, use_written};
use crate::app::view::Spot;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ControlBarProps {
    pub(crate) board: Board,
    /// There is room for hints.
    pub(crate) roomy: bool,
    /// There is room for little else.
    pub(crate) narrow: bool,
    pub(crate) dispatch: Callback<Action>,
}

#[component(ControlBar)]
pub(crate) fn control_bar(props: &ControlBarProps) -> Html {
    let ControlBarProps { board, roomy, narrow, dispatch } = props;
    let narrow = *narrow;
    let (next, has_next, has_previous, playing) = use_now(board, move |now| {
        let Spot { next_mark, has_next, has_previous, playing, .. } = now.spot;
        (next_mark.filter(|_| narrow), has_next, has_previous, playing)
    });
    let [call, calls, step, steps] =
        [use_node_ref(), use_node_ref(), use_node_ref(), use_node_ref()];
    {
        let nodes = [call.clone(), calls.clone(), step.clone(), steps.clone()];
        use_written(board, move |now, was| {
            let (was, now) = (was.map(|was| numbers(was.spot)), numbers(now.spot));
            for (at, node) in nodes.iter().enumerate() {
                if was.map(|was| was[at]) != Some(now[at])
                    && let Some(text) = node.get().and_then(|node| node.first_child())
                {
                    text.set_node_value(Some(&now[at].to_string()));
                }
            }
        });
    }
    let first = use_first(board);
    let [call_first, calls_first, step_first, steps_first] = numbers(first.spot);
    html! {
        <div class="controls">
            <Moves
                {has_next}
                {has_previous}
                {playing}
                dispatch={dispatch.clone()}
            />
            <p class="at">
                <span>{ "call " }<b ref={call}>{ call_first }</b>{ " of " }<span ref={calls}>{ calls_first }</span></span>
                { " " }
                <span>{ "step " }<b ref={step}>{ step_first }</b>{ " of " }<span ref={steps}>{ steps_first }</span></span>
            </p>
            if narrow { { next_mark(next, dispatch) } }
            if *roomy {
                <p class="keys" aria-hidden="true">
                    <kbd>{ "←" }</kbd><kbd>{ "→" }</kbd>{ " step" }
                    <kbd>{ "↑" }</kbd><kbd>{ "↓" }</kbd>{ " call" }
                    <kbd>{ "?" }</kbd>{ " help" }
                </p>
            }
        </div>
    }
}

/// The call, of how many, and the step, of how many.
fn numbers(Spot { place, calls, steps, .. }: Spot) -> [usize; 4] {
    [place.call.min(calls), calls, place.step, steps]
}

#[derive(Clone, PartialEq, Properties)]
struct MovesProps {
    has_next: bool,
    has_previous: bool,
    playing: bool,
    dispatch: Callback<Action>,
}

/// The buttons; few steps change anything about them.
#[component(Moves)]
fn moves(props: &MovesProps) -> Html {
    let MovesProps { has_next, has_previous, playing, dispatch } = props;
    let button = |command: Command| {
        let dispatch = dispatch.clone();
        let playing = command == Command::PlayPause && *playing;
        let (label, sign) =
            if playing { ("Pause", "❚❚") } else { (command.label(), command.sign()) };
        let disabled = match command {
            Command::First | Command::PreviousCall | Command::StepBack => !has_previous,
            Command::Last | Command::NextCall | Command::StepOn => !has_next,
            _ => false,
        };
        let class = match command {
            Command::StepOn => "step main",
            Command::StepBack => "step",
            Command::PlayPause => "play",
            _ => "far",
        };
        html! {
            <button
                type="button"
                {class}
                aria-label={label}
                title={format!("{label} ({})", command.keycap())}
                aria-disabled={disabled.then_some("true")}
                onclick={move |_| dispatch.emit(Action::Do(command))}
            >
                <span aria-hidden="true">{ sign }</span>
                if command == Command::StepOn { <span class="word">{ "Step" }</span> }
            </button>
        }
    };
    html! {
        <div class="buttons" role="group" aria-label="Move">
            { button(Command::First) }
            { button(Command::PreviousCall) }
            { button(Command::StepBack) }
            { button(Command::PlayPause) }
            { button(Command::StepOn) }
            { button(Command::NextCall) }
            { button(Command::Last) }
        </div>
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ToolsProps {
    pub(crate) board: Board,
    /// The next mark is told elsewhere.
    pub(crate) narrow: bool,
    /// Not all of the map is drawn.
    pub(crate) zoomed: bool,
    pub(crate) dispatch: Callback<Action>,
}

/// What is needed less often than a step.
#[component(Tools)]
pub(crate) fn tools(props: &ToolsProps) -> Html {
    let ToolsProps { board, narrow, zoomed, dispatch } = props;
    let narrow = *narrow;
    let (next, pace) =
        use_now(board, move |now| (now.spot.next_mark.filter(|_| !narrow), now.spot.pace));
    let tool = |command: Command, text: &'static str| {
        let dispatch = dispatch.clone();
        html! {
            <button
                type="button"
                aria-label={command.label()}
                title={format!("{} ({})", command.label(), command.keycap())}
                onclick={move |_| dispatch.emit(Action::Do(command))}
            >
                { text }
            </button>
        }
    };
    html! {
        <div class="tools" role="group" aria-label="More">
            if next.is_some() { { next_mark(next, dispatch) } }
            <span class="paces">
                { tool(Command::Slower, "−") }
                <span class="pace">{ pace.label() }</span>
                { tool(Command::Faster, "+") }
            </span>
            { tool(Command::Over, "step over") }
            { tool(Command::Out, "step out") }
            { tool(Command::Why, "why?") }
            { tool(Command::Divergence, "where they part") }
            { tool(Command::ZoomEntry, "zoom") }
            if *zoomed { { tool(Command::Fit, "fit") } }
            { tool(Command::Table, "table") }
            { tool(Command::Report, "report") }
            { tool(Command::Share, "share") }
        </div>
    }
}

/// The way to the next thing that matters, by its name.
fn next_mark(next: Option<MarkKind>, dispatch: &Callback<Action>) -> Html {
    let command = Command::NextMark;
    let goto = {
        let dispatch = dispatch.clone();
        move |_| dispatch.emit(Action::Do(command))
    };
    let text = match next {
        Some(kind) => format!("Next: {}", kind.words()),
        None => "No further mark".to_owned(),
    };
    html! {
        <button
            type="button"
            class="next-mark"
            title={format!("{} ({})", command.label(), command.keycap())}
            aria-disabled={next.is_none().then_some("true")}
            onclick={goto}
        >
            { text }
        </button>
    }
}
