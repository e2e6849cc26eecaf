//! Why a value is as it is: its writers, one jump after another, and the way back.

use std::rc::Rc;

use uvmscope_replay::Side;
use uvmscope_scene::why::Part;
use uvmscope_scene::{Jump, Scene, Subject};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::app::command::Command;
use crate::app::state::{Action, Question};
use crate::app::ui::words;
use crate::app::view::WhyView;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct WhyProps {
    pub(crate) why: Option<WhyView>,
    /// The picture, for the list of what may be asked about.
    pub(crate) scene: Rc<Scene>,
    pub(crate) dispatch: Callback<Action>,
}

/// Links of a chain that are drawn.
const JUMPS: usize = 12;

#[component(WhyPane)]
pub(crate) fn why_pane(props: &WhyProps) -> Html {
    let WhyProps { why, scene, dispatch } = props;
    html! {
        <section class="why" aria-label="Why?">
            <h2>{ "Why?" }</h2>
            { subjects(scene, dispatch) }
            if let Some(why) = why { { answer(why, dispatch) } } else {
                <p class="quiet">
                    { "Click anything in the picture, or press " }<kbd>{ "W" }</kbd>
                    { ", to see who wrote it." }
                </p>
            }
        </section>
    }
}

/// Everything in the picture that may be asked about, for those who do not point.
fn subjects(scene: &Scene, dispatch: &Callback<Action>) -> Html {
    let mut subjects: Vec<(Subject, String)> = Vec::new();
    for node in scene.nodes() {
        let Some(subject) = node.key.subject() else { continue };
        let words = node.title.clone().unwrap_or_else(|| node.words());
        if !words.is_empty() && !subjects.iter().any(|(known, _)| *known == subject) {
            subjects.push((subject, words));
        }
    }
    let list: Vec<Subject> = subjects.iter().map(|(subject, _)| *subject).collect();
    let chosen = {
        let dispatch = dispatch.clone();
        move |event: Event| {
            let Some(select) = event.target_dyn_into::<HtmlSelectElement>() else { return };
            let index =
                usize::try_from(select.selected_index()).ok().and_then(|n| n.checked_sub(1));
            if let Some(subject) = index.and_then(|n| list.get(n)) {
                dispatch.emit(Action::Ask(Side::A, Question::Subject(*subject)));
            }
            select.set_selected_index(0);
        }
    };
    html! {
        <select class="subjects" aria-label="Ask about" onchange={chosen}>
            <option selected=true>{ "ask about …" }</option>
            { for subjects.iter().map(|(_, words)| html! { <option>{ words }</option> }) }
        </select>
    }
}

fn answer(view: &WhyView, dispatch: &Callback<Action>) -> Html {
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
                { words(&why.answer.title) }
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
                <ol class="jumps">{ jump(kept, view, dispatch) }</ol>
            }
            { for why.answer.parts.iter().map(|p| part(p, view, why.answer.parts.len() > 1, dispatch)) }
        </div>
    }
}

fn part(part: &Part, view: &WhyView, titled: bool, dispatch: &Callback<Action>) -> Html {
    let more = part.jumps.len().saturating_sub(JUMPS);
    html! {
        <div class="part">
            <p>
                if titled { { words(&part.title) }{ ": " } } else { { "It is " } }
                <b>{ &part.holds }</b>{ "." }
            </p>
            <ol class="jumps">
                { for part.jumps.iter().take(JUMPS).map(|it| jump(it, view, dispatch)) }
                if more > 0 { <li>{ format!("and {more} older ones") }</li> }
            </ol>
            if let Some(next) = &part.next {
                <p class="next">{ "Next write:" }</p>
                <ol class="jumps">{ jump(next, view, dispatch) }</ol>
            }
        </div>
    }
}

fn jump(jump: &Jump, view: &WhyView, dispatch: &Callback<Action>) -> Html {
    let dispatch = dispatch.clone();
    let place = jump.place;
    let here = place == view.now;
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
