//! Why a value is as it is: its writers, one jump after another, and the way back.

use std::rc::Rc;

use uvmscope_replay::{Place, Side};
use uvmscope_scene::why::Part;
use uvmscope_scene::{Jump, Subject};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::app::command::Command;
use crate::app::state::{Action, Question};
use crate::app::ui::board::{Board, use_now};
use crate::app::ui::words;
use crate::app::view::{Askable, WhyView};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct WhyProps {
    pub(crate) board: Board,
    pub(crate) why: Option<WhyView>,
    /// What may be asked about.
    pub(crate) askable: Askable,
    /// What the kernels are called, where there are two.
    pub(crate) names: Vec<Rc<str>>,
    pub(crate) dispatch: Callback<Action>,
}

/// Links of a chain that are drawn.
const JUMPS: usize = 12;

#[component(WhyPane)]
pub(crate) fn why_pane(props: &WhyProps) -> Html {
    let WhyProps { board, why, dispatch, .. } = props;
    // Where the run stands that the answer is about.
    let side = why.as_ref().map(|view| view.why.side);
    let now = use_now(board, move |now| side.and_then(|side| now.side(side)).map(|it| it.place));
    html! {
        <section class="why" aria-label="Why?">
            <h2>{ "Why?" }</h2>
            { subjects(props, now) }
            if let Some(why) = why { { answer(why, now, dispatch) } } else {
                <p class="quiet">
                    { "Click anything in the picture, or press " }<kbd>{ "W" }</kbd>
                    { ", to see who wrote it." }
                </p>
            }
        </section>
    }
}

/// Everything in the pictures that may be asked about, for those who do not point. What is asked
/// about stays chosen, so that the arrow keys go on from there.
fn subjects(props: &WhyProps, now: Option<Place>) -> Html {
    let WhyProps { askable, names, why, dispatch, .. } = props;
    let chosen = {
        let (askable, dispatch) = (Rc::clone(askable), dispatch.clone());
        move |event: Event| {
            let Some(select) = event.target_dyn_into::<HtmlSelectElement>() else { return };
            let index =
                usize::try_from(select.selected_index()).ok().and_then(|n| n.checked_sub(1));
            if let Some((side, subject, _)) = index.and_then(|n| askable.get(n)) {
                dispatch.emit(Action::Ask(*side, Question::Subject(*subject)));
            }
        }
    };
    let is_asked = |side: Side, subject: Subject| {
        why.as_ref().is_some_and(|view| {
            let why = &view.why;
            (why.side, why.question, Some(why.at)) == (side, Question::Subject(subject), now)
        })
    };
    let nothing = !askable.iter().any(|(side, subject, _)| is_asked(*side, *subject));
    let options = |of: Side| {
        let own = askable.iter().filter(move |(side, ..)| *side == of);
        own.map(|(side, subject, words)| {
            // With keys, one thing more in the picture is one option more. An `if` among the
            // options would make Yew leave them aside.
            let key = format!("{side:?} {subject:?}");
            html! { <option {key} selected={is_asked(*side, *subject)}>{ words }</option> }
        })
    };
    let head = html! { <option key="none" selected={nothing}>{ "ask about …" }</option> };
    let listed: Vec<Html> = match &names[..] {
        [first, second] => [(first, Side::A), (second, Side::B)]
            .map(|(name, side)| {
                let label = Rc::clone(name);
                html! { <optgroup key={side.index()} {label}>{ for options(side) }</optgroup> }
            })
            .into(),
        _ => options(Side::A).collect(),
    };
    let list = |listing| {
        let dispatch = dispatch.clone();
        move || dispatch.emit(Action::List(listing))
    };
    // The pointer comes before the browser opens the list, and the focus before a key can.
    let (pressed, focused, left) = (list(true), list(true), list(false));
    html! {
        <select
            class="subjects"
            aria-label="Ask about"
            onchange={chosen}
            onpointerdown={move |_: PointerEvent| pressed()}
            onfocus={move |_: FocusEvent| focused()}
            onblur={move |_: FocusEvent| left()}
        >
            { for std::iter::once(head).chain(listed) }
        </select>
    }
}

fn answer(view: &WhyView, now: Option<Place>, dispatch: &Callback<Action>) -> Html {
    let why = &view.why;
    let close = {
        let dispatch = dispatch.clone();
        move |_| dispatch.emit(Action::Do(Command::Close))
    };
    let back = why.trail.last().map(|place| {
        let dispatch = dispatch.clone();
        html! {
            <button
                type="button"
                class="back"
                onclick={move |_| dispatch.emit(Action::Do(Command::WhyBack))}
            >
                { format!("‹ back to {place}") }
            </button>
        }
    });
    html! {
        <div class="answer" aria-live="polite">
            <h3>
                <span>{ words(&why.answer.title) }</span>
                <small>
                    { format!(" at {}", why.at) }
                    if let Some(whose) = &view.whose { { format!(", {whose}") } }
                </small>
                <button type="button" class="close" aria-label="Close the answer" onclick={close}>
                    { "×" }
                </button>
            </h3>
            { back }
            if let Some(kept) = &why.answer.kept {
                <ol class="jumps">{ jump(kept, now, dispatch) }</ol>
            }
            { for why.answer.parts.iter().map(|p| part(p, now, why.answer.parts.len() > 1, dispatch)) }
        </div>
    }
}

fn part(part: &Part, now: Option<Place>, titled: bool, dispatch: &Callback<Action>) -> Html {
    let more = part.jumps.len().saturating_sub(JUMPS);
    html! {
        <div class="part">
            <p>
                if titled { { words(&part.title) }{ ": " } } else { { "It is " } }
                <b>{ &part.holds }</b>{ "." }
            </p>
            <ol class="jumps">
                { for part.jumps.iter().take(JUMPS).map(|it| jump(it, now, dispatch)) }
                if more > 0 { <li>{ format!("and {more} older ones") }</li> }
            </ol>
            if let Some(next) = &part.next {
                <p class="next">{ "Next write:" }</p>
                <ol class="jumps">{ jump(next, now, dispatch) }</ol>
            }
        </div>
    }
}

fn jump(jump: &Jump, now: Option<Place>, dispatch: &Callback<Action>) -> Html {
    let dispatch = dispatch.clone();
    let place = jump.place;
    let here = Some(place) == now;
    html! {
        <li>
            <button
                type="button"
                class={classes!("jump", here.then_some("here"))}
                aria-current={here.then_some("step")}
                onclick={move |_| dispatch.emit(Action::Jump(place))}
            >
                <b>{ place.to_string() }</b>{ " " }{ words(&jump.text) }
            </button>
        </li>
    }
}
