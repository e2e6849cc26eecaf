//! Moving over the run: buttons, the slider, and the strip of calls with their marks.

use uvmscope_scene::MarkKind;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::app::command::Command;
use crate::app::run::{CallRow, Tone};
use crate::app::state::Action;
use crate::app::ui::calls::window;
use crate::app::view::{Calls, Spot};

/// Calls on the strip at once.
const SEGMENTS: usize = 12;
/// The same on a narrow screen.
const SEGMENTS_NARROW: usize = 6;
/// Signs of marks below a call at once.
const SIGNS: usize = 8;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ControlBarProps {
    pub(crate) spot: Spot,
    /// There is room for hints.
    pub(crate) roomy: bool,
    pub(crate) dispatch: Callback<Action>,
}

#[component(ControlBar)]
pub(crate) fn control_bar(props: &ControlBarProps) -> Html {
    let ControlBarProps { spot, roomy, dispatch } = props;
    let button = |command: Command| {
        let dispatch = dispatch.clone();
        let playing = command == Command::PlayPause && spot.playing;
        let (label, sign) =
            if playing { ("Pause", "❚❚") } else { (command.label(), command.sign()) };
        let disabled = match command {
            Command::First | Command::PreviousCall | Command::StepBack => spot.ordinal == 0,
            Command::Last | Command::NextCall | Command::StepOn => spot.ordinal == spot.last,
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
    let Spot { place, steps, calls, .. } = *spot;
    html! {
        <div class="controls">
            <div class="buttons" role="group" aria-label="Move">
                { button(Command::First) }
                { button(Command::PreviousCall) }
                { button(Command::StepBack) }
                { button(Command::PlayPause) }
                { button(Command::StepOn) }
                { button(Command::NextCall) }
                { button(Command::Last) }
            </div>
            <p class="at">
                <span>{ "call " }<b>{ place.call.min(calls) }</b>{ format!(" of {calls}") }</span>
                { " " }
                <span>{ "step " }<b>{ place.step }</b>{ format!(" of {steps}") }</span>
            </p>
            if *roomy {
                <p class="keys" aria-hidden="true">
                    <kbd>{ "←" }</kbd><kbd>{ "→" }</kbd>{ " step" }
                    <kbd>{ "↑" }</kbd><kbd>{ "↓" }</kbd>{ " call" }
                </p>
            }
        </div>
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct TimelineProps {
    pub(crate) calls: Calls,
    pub(crate) spot: Spot,
    pub(crate) narrow: bool,
    pub(crate) dispatch: Callback<Action>,
}

#[component(Timeline)]
pub(crate) fn timeline(props: &TimelineProps) -> Html {
    let TimelineProps { calls, spot, narrow, dispatch } = props;
    let rows = &calls.0.calls;
    let most = if *narrow { SEGMENTS_NARROW } else { SEGMENTS };
    let shown = window(rows.len(), spot.place.call, most);
    let scrub = {
        let dispatch = dispatch.clone();
        move |event: InputEvent| {
            let input = event.target_dyn_into::<HtmlInputElement>();
            let value = input.and_then(|input| input.value().parse().ok());
            if let Some(ordinal) = value {
                dispatch.emit(Action::Scrub(ordinal));
            }
        }
    };
    let spoken = format!(
        "call {} of {}, step {} of {}",
        spot.place.call, spot.calls, spot.place.step, spot.steps
    );
    html! {
        <div class="timeline">
            <input
                type="range"
                class="scrub"
                min="0"
                max={spot.last.to_string()}
                step="1"
                value={spot.ordinal.to_string()}
                aria-label="Place in the run"
                aria-valuetext={spoken}
                oninput={scrub}
            />
            <ol class="segments" aria-label="Calls on the timeline">
                { for shown.map(|i| segment(&rows[i], i + 1, *spot, dispatch)) }
            </ol>
        </div>
    }
}

/// A call on the strip: its name, how much of it has happened, and its marks.
fn segment(row: &CallRow, number: usize, spot: Spot, dispatch: &Callback<Action>) -> Html {
    let now = spot.place.call;
    let done = match number.cmp(&now) {
        std::cmp::Ordering::Less => row.steps,
        std::cmp::Ordering::Equal => spot.place.step,
        std::cmp::Ordering::Greater => 0,
    };
    let current = number == now;
    let stopped = row.tone == Tone::Stopped;
    let class = classes!("segment", current.then_some("current"), stopped.then_some("stopped"));
    let dispatch = dispatch.clone();
    // A long call gets more of the strip, but never all of it.
    let grow = row.steps.clamp(12, 48);
    let kinds = signs(row);
    let words = kinds.iter().map(|kind| kind.words()).collect::<Vec<_>>().join(", ");
    let label = if words.is_empty() {
        format!("Call {number}: {}", row.text)
    } else {
        format!("Call {number}: {}; {words}", row.text)
    };
    html! {
        <li ~style={format!("flex-grow:{grow}")} key={number}>
            <button
                type="button"
                {class}
                aria-label={label}
                aria-current={current.then_some("step")}
                onclick={move |_| dispatch.emit(Action::Call(number))}
            >
                <code>{ short(&row.text) }</code>
                <progress max={row.steps.max(1).to_string()} value={done.to_string()} aria-hidden="true" />
                <span class="signs">
                    { for kinds.iter().map(|kind| html! {
                        <span class={kind.name()} title={kind.words()}>{ kind.glyph() }</span>
                    }) }
                </span>
            </button>
        </li>
    }
}

/// The kinds of marks of a call in order, each kind once for a run of the same.
fn signs(row: &CallRow) -> Vec<MarkKind> {
    let mut kinds: Vec<MarkKind> = row.marks.iter().map(|(_, kind)| *kind).collect();
    kinds.dedup();
    kinds.truncate(SIGNS);
    kinds
}

/// A line of the script without what it binds.
fn short(line: &str) -> &str {
    match line.split_once(" = ") {
        Some((name, call)) if !name.contains('(') => call,
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_segment_names_the_call_and_not_what_it_binds() {
        assert_eq!(short("buf = mmap(0, 4K)"), "mmap(0, 4K)");
        assert_eq!(short("mlock(p, 0) = 0"), "mlock(p, 0) = 0");
        assert_eq!(short("exit()"), "exit()");
    }
}
