//! The run as a strip: a slider over all of it, and below that its calls, each with a tick for every
//! step and its marks.

use std::cell::RefCell;
use std::cmp::Ordering;

use uvmscope_replay::Place;
use uvmscope_scene::MarkKind;
use web_sys::{Element, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::app::command::Command;
use crate::app::run::{CallRow, Tone};
use crate::app::state::Action;
use crate::app::ui::board::{Board, use_first, use_now, use_written};
use crate::app::ui::calls::window;
use crate::app::ui::pointer::along;
use crate::app::ui::turn::{Listed, turn};
use crate::app::view::{Calls, Spot};

/// Calls on the strip at once.
const SEGMENTS: usize = 12;
/// The same on a narrow screen.
const SEGMENTS_NARROW: usize = 6;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct TimelineProps {
    pub(crate) board: Board,
    pub(crate) calls: Calls,
    /// Which marks the keys go to.
    pub(crate) marks: Option<MarkKind>,
    pub(crate) narrow: bool,
    pub(crate) dispatch: Callback<Action>,
}

#[component(Timeline)]
pub(crate) fn timeline(props: &TimelineProps) -> Html {
    let TimelineProps { board, calls, marks, narrow, dispatch } = props;
    let rows = &calls.0.calls;
    let (len, most) = (rows.len(), if *narrow { SEGMENTS_NARROW } else { SEGMENTS });
    let (shown, divergence) =
        use_now(board, move |now| (window(len, now.spot.place.call, most), now.spot.divergence));
    let first = use_first(board);
    let list = use_node_ref();
    {
        let (list, calls, shown) = (list.clone(), calls.clone(), shown.clone());
        // The bar of the call that was shown last, since it mostly is the next one, too.
        let latest = RefCell::new(None::<(usize, Element)>);
        use_written(board, move |now, was| {
            let (was, now) = (was.map(|was| was.spot.place), now.spot.place);
            if let (Some((call, bar)), Some(was)) = (&*latest.borrow(), was)
                && (was.call, now.call) == (*call, *call)
            {
                write_done(bar, now.step);
                return;
            }
            let Some(list) = list.cast::<Element>() else { return };
            let listed = Listed { list, shown: shown.clone(), skip: usize::from(shown.start > 0) };
            mark(&listed, &calls.0.calls, was, now);
            latest.replace(listed.item(now.call).as_ref().and_then(bar).map(|bar| (now.call, bar)));
        });
    }
    let wheel = {
        let dispatch = dispatch.clone();
        move |event: WheelEvent| {
            // That is how one enlarges a page.
            if event.ctrl_key() {
                return;
            }
            let way = if event.delta_x().abs() > event.delta_y().abs() {
                event.delta_x()
            } else {
                event.delta_y()
            };
            event.prevent_default();
            let command = if way > 0.0 { Command::StepOn } else { Command::StepBack };
            dispatch.emit(Action::Do(command));
        }
    };
    let before = shown.start;
    let behind = rows.len() - shown.end;
    html! {
        <div class="timeline" onwheel={wheel}>
            <div class="scrubber">
                <Scrub board={board.clone()} dispatch={dispatch.clone()} />
                <Kinds chosen={*marks} dispatch={dispatch.clone()} />
            </div>
            <ol ref={list} class="segments" aria-label="Calls on the timeline">
                if before > 0 { <li class="more">{ format!("‹ {before}") }</li> }
                { for shown.map(|i| html! {
                    <Segment
                        key={i}
                        calls={calls.clone()}
                        number={i + 1}
                        first={first.spot.place}
                        divergence={divergence.filter(|d| d.call == i + 1).map(|d| d.step)}
                        dispatch={dispatch.clone()}
                    />
                }) }
                if behind > 0 { <li class="more">{ format!("{behind} ›") }</li> }
            </ol>
        </div>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct ScrubProps {
    board: Board,
    dispatch: Callback<Action>,
}

/// The slider over the whole run.
#[component(Scrub)]
fn scrub(props: &ScrubProps) -> Html {
    let ScrubProps { board, dispatch } = props;
    let slider = use_node_ref();
    {
        let slider = slider.clone();
        use_written(board, move |now, was| {
            let slider = slider.cast::<HtmlInputElement>();
            if let Some(slider) = slider.filter(|_| was.map(|was| was.spot) != Some(now.spot)) {
                // First, since it bounds the value.
                if was.map(|was| was.spot.last) != Some(now.spot.last) {
                    slider.set_max(&now.spot.last.to_string());
                }
                slider.set_value(&now.spot.ordinal.to_string());
                // Fails only for a name that is none.
                let _ = slider.set_attribute("aria-valuetext", &spoken(now.spot));
            }
        });
    }
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
    let first = use_first(board);
    html! {
        <input
            ref={slider}
            type="range"
            class="scrub"
            min="0"
            max={first.spot.last.to_string()}
            step="1"
            value={first.spot.ordinal.to_string()}
            aria-valuetext={spoken(first.spot)}
            aria-label="Place in the run"
            oninput={scrub}
        />
    }
}

/// The place as it is told to those who do not see the slider.
fn spoken(Spot { place, calls, steps, .. }: Spot) -> String {
    format!("call {} of {calls}, step {} of {steps}", place.call, place.step)
}

#[derive(Clone, PartialEq, Properties)]
struct KindsProps {
    chosen: Option<MarkKind>,
    dispatch: Callback<Action>,
}

/// The choice of which marks the keys go to; it is the legend of the signs, too.
#[component(Kinds)]
fn kinds(props: &KindsProps) -> Html {
    let KindsProps { chosen, dispatch } = props;
    let choose = {
        let dispatch = dispatch.clone();
        move |event: Event| {
            let Some(select) = event.target_dyn_into::<HtmlSelectElement>() else { return };
            let value = select.value();
            let kind = MarkKind::ALL.into_iter().find(|kind| kind.name() == value);
            dispatch.emit(Action::Marks(kind));
        }
    };
    html! {
        <select class="kinds" aria-label="Marks to go to" title="Where ⇧← and ⇧→ go" onchange={choose}>
            <option value="" selected={chosen.is_none()}>{ "all marks" }</option>
            { for MarkKind::ALL.map(|kind| html! {
                <option value={kind.name()} selected={*chosen == Some(kind)}>
                    { format!("{} {}", kind.glyph(), kind.words()) }
                </option>
            }) }
        </select>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct SegmentProps {
    calls: Calls,
    number: usize,
    /// Where the run stood when the first ones were drawn.
    first: Place,
    /// The step at which two kernels part for the first time.
    divergence: Option<usize>,
    dispatch: Callback<Action>,
}

/// A call: its name, a tick for every step, and its marks where they are.
#[component(Segment)]
fn segment(props: &SegmentProps) -> Html {
    let SegmentProps { calls, number, first, divergence, dispatch } = props;
    let number = *number;
    let row = &calls.0.calls[number - 1];
    let stopped = row.tone == Tone::Stopped;
    let class = classes!("segment", stopped.then_some("stopped"));
    // A long call gets more of the strip, but never all of it.
    let grow = row.steps.clamp(12, 48);
    let signs = signs(row, *divergence);
    let mut words: Vec<&str> = signs.iter().map(|sign| sign.words).collect();
    words.dedup();
    let label = if words.is_empty() {
        format!("Call {number}: {}", row.text)
    } else {
        format!("Call {number}: {}; {}", row.text, words.join(", "))
    };
    let enter = {
        let dispatch = dispatch.clone();
        move |_| dispatch.emit(Action::Call(number))
    };
    let put_down = use_mut_ref(|| (0, 0));
    let point = {
        let (dispatch, steps) = (dispatch.clone(), row.steps);
        move |event: PointerEvent| {
            let at = (event.client_x(), event.client_y());
            let kind = event.type_();
            if kind == "pointerdown" {
                *put_down.borrow_mut() = at;
            }
            // A finger that is put down, or goes up or down, may be about to scroll the page.
            let finger = event.pointer_type() == "touch";
            let (x, y) = *put_down.borrow();
            let along = (at.0 - x).abs() >= (at.1 - y).abs();
            let pressed = match kind.as_str() {
                "pointerdown" => !finger,
                "pointerup" => finger,
                _ => event.buttons() == 1 && (along || !finger),
            };
            if let Some(step) = step_at(&event, steps).filter(|_| pressed) {
                dispatch.emit(Action::Goto(Place { call: number, step }));
            }
        }
    };
    // More ticks than this would be a grey bar.
    let ticks = row.steps.clamp(1, 60);
    html! {
        <li {class} data-turn={turn(number, first.call)} ~style={format!("flex-grow:{grow}")}>
            <button
                type="button"
                aria-label={label}
                aria-current={(number == first.call).then_some("step")}
                onclick={enter}
            >
                <code>{ short(&row.text) }</code>
            </button>
            <div
                class="track"
                ~style={format!("--ticks:{ticks}")}
                onpointerdown={point.clone()}
                onpointermove={point.clone()}
                onpointerup={point}
            >
                // A bar has some length, also for a call without steps.
                <progress
                    max={row.steps.max(1).to_string()}
                    value={done(number, row, *first).to_string()}
                    aria-hidden="true"
                />
                <span class="signs" aria-hidden="true">
                    { for signs.iter().map(|sign| html! {
                        <span
                            class={sign.name}
                            title={sign.words}
                            data-step={sign.step.to_string()}
                            ~style={format!("left:{}%", sign.at)}
                        >
                            { sign.glyph }
                        </span>
                    }) }
                </span>
            </div>
        </li>
    }
}

/// Writes to the calls what has changed about them: their turns, and how far they are.
fn mark(listed: &Listed, rows: &[CallRow], was: Option<Place>, now: Place) {
    listed.mark(was.map(|was| was.call), now.call);
    let done = |call: usize, at: Place| rows.get(call - 1).map_or(0, |row| done(call, row, at));
    for call in listed.touched(was.map(|was| was.call), now.call) {
        let done_now = done(call, now);
        if was.map(|was| done(call, was)) != Some(done_now)
            && let Some(bar) = listed.item(call).as_ref().and_then(bar)
        {
            write_done(&bar, done_now);
        }
    }
}

/// Where it is told how far a call is.
fn bar(item: &Element) -> Option<Element> {
    item.query_selector("progress").ok().flatten()
}

fn write_done(bar: &Element, steps: usize) {
    // Fails only for a name that is none.
    let _ = bar.set_attribute("value", &steps.to_string());
}

/// Steps of a call that have happened at a place.
fn done(call: usize, row: &CallRow, at: Place) -> usize {
    match call.cmp(&at.call) {
        Ordering::Less => row.steps,
        Ordering::Equal => at.step,
        Ordering::Greater => 0,
    }
}

/// A mark of a call on its strip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sign {
    /// Percent of the strip.
    at: usize,
    /// The step it stands for, from which others may have pushed it aside.
    step: usize,
    glyph: char,
    name: &'static str,
    words: &'static str,
}

/// Room that a sign needs, in percent of the strip.
const ROOM: usize = 9;
/// Signs that a strip has room for.
const SIGNS: usize = 100 / ROOM + 1;

/// The marks of a call, each as near to its step as the others leave room for. Of a run of the same
/// kind only the first is shown where there are too many.
fn signs(row: &CallRow, divergence: Option<usize>) -> Vec<Sign> {
    let mut marks: Vec<(usize, char, &'static str, &'static str)> =
        row.marks.iter().map(|(step, k)| (*step, k.glyph(), k.name(), k.words())).collect();
    marks.extend(divergence.map(|step| (step, '≠', "divergence", "the two kernels part")));
    marks.sort_by_key(|(step, ..)| *step);
    if marks.len() > SIGNS {
        marks.dedup_by_key(|(_, glyph, ..)| *glyph);
        marks.truncate(SIGNS);
    }
    let mut free = 0;
    let mut signs: Vec<Sign> = Vec::new();
    for (step, glyph, name, words) in marks {
        let at = percent(step, row.steps).max(free);
        free = at + ROOM;
        signs.push(Sign { at, step, glyph, name, words });
    }
    // What was pushed over the end is pushed back, and its neighbours with it.
    let mut most = 100;
    for sign in signs.iter_mut().rev() {
        sign.at = sign.at.min(most);
        most = sign.at.saturating_sub(ROOM);
    }
    signs
}

/// Where a step is along its call, in percent.
fn percent(step: usize, steps: usize) -> usize {
    step * 100 / steps.max(1)
}

/// The step that a pointer is at.
fn step_at(event: &PointerEvent, steps: usize) -> Option<usize> {
    // The listener stands at the root for all, so it is not the event's current target.
    let target = event.target_dyn_into::<Element>()?;
    let told = target.get_attribute("data-step");
    if let Some(step) = told.and_then(|step| step.parse().ok()) {
        return Some(step);
    }
    along(event, &target.closest(".track").ok()??, steps)
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
    use uvmscope_scene::MarkKind;

    use super::{ROOM, SIGNS, percent, short, signs};
    use crate::app::run::{CallRow, Tone};

    #[test]
    fn a_segment_names_the_call_and_not_what_it_binds() {
        assert_eq!(short("buf = mmap(0, 4K)"), "mmap(0, 4K)");
        assert_eq!(short("mlock(p, 0) = 0"), "mlock(p, 0) = 0");
        assert_eq!(short("exit()"), "exit()");
    }

    fn row(steps: usize, marks: Vec<(usize, MarkKind)>) -> CallRow {
        CallRow {
            bindings: Vec::new(),
            text: "mlock(p, 0)".to_owned(),
            outcome: String::new(),
            tone: Tone::Fine,
            remarks: Vec::new(),
            notice: None,
            steps,
            marks,
        }
    }

    #[test]
    fn marks_stand_at_their_steps_and_never_upon_one_another() {
        assert_eq!(
            [percent(0, 30), percent(15, 30), percent(30, 30), percent(0, 0)],
            [0, 50, 100, 0]
        );
        let apart = signs(&row(30, vec![(3, MarkKind::Cut), (21, MarkKind::Count)]), Some(15));
        assert_eq!(apart.iter().map(|s| s.at).collect::<Vec<_>>(), [10, 50, 70]);
        let close = (26..=30).map(|step| (step, MarkKind::Cut)).collect();
        let close = signs(&row(30, close), None);
        assert_eq!(close.len(), 5);
        assert!(close.windows(2).all(|two| two[0].at + ROOM <= two[1].at), "{close:?}");
        assert_eq!(close[4].at, 100);
        let many = (0..400).map(|n| (n, if n % 2 == 0 { MarkKind::Cut } else { MarkKind::Count }));
        assert_eq!(signs(&row(400, many.collect()), None).len(), SIGNS);
    }
}
