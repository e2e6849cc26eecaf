//! The gallery of scenarios: a card each, found by words.

use std::rc::Rc;

use uvmscope_format::scenarios::Group;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::app::gallery::{Card, Patch, What, cards};
use crate::app::run::Source;
use crate::app::state::Action;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct GalleryProps {
    /// The scenario that is shown now.
    pub(super) now: Rc<str>,
    pub(super) dispatch: Callback<Action>,
}

#[component(Gallery)]
pub(super) fn gallery(props: &GalleryProps) -> Html {
    let GalleryProps { now, dispatch } = props;
    let cards = use_memo((), |()| cards());
    let wanted = use_state(String::new);
    let find = {
        let wanted = wanted.clone();
        move |event: InputEvent| {
            if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                wanted.set(input.value());
            }
        }
    };
    let found: Vec<&Card> = cards.iter().filter(|card| card.has(&wanted)).collect();
    let group = |group: Group| {
        let own: Vec<&&Card> = found.iter().filter(|card| card.group == group).collect();
        if own.is_empty() {
            return Html::default();
        }
        html! {
            <section key={group.word()}>
                <h3>{ group.title() }</h3>
                <ul class="cards">{ for own.iter().map(|it| card(it, now, dispatch)) }</ul>
            </section>
        }
    };
    html! {
        <div class="gallery">
            <h2>{ "Scenarios" }</h2>
            <p class="find">
                <label>
                    { "Find " }
                    <input
                        type="search"
                        placeholder="panic, limit, mprotect …"
                        oninput={find}
                    />
                </label>
                <span role="status">{ format!("{} of {}", found.len(), cards.len()) }</span>
            </p>
            { for Group::ALL.map(group) }
            if found.is_empty() { <p>{ "No scenario speaks of that." }</p> }
        </div>
    }
}

fn card(card: &Card, now: &str, dispatch: &Callback<Action>) -> Html {
    let open = {
        let (dispatch, name) = (dispatch.clone(), card.name);
        move |_| {
            if let Ok(source) = Source::scenario(name) {
                dispatch.emit(Action::Open(Rc::new(source)));
            }
        }
    };
    let current = (card.name == now).then_some("true");
    html! {
        <li key={card.name}>
            <button type="button" class="card-button" aria-current={current} onclick={open}>
                { picture(&card.picture) }
                <b>{ card.title }</b>
                <span class="about">{ crate::app::ui::words(&card.about) }</span>
                <span class="tags">
                    if let Some(ending) = card.ending { <em>{ ending }</em>{ " " } }
                    { card.tags.join(", ") }
                </span>
            </button>
        </li>
    }
}

/// Entries above, broken promises and pages below them, as in the large picture.
fn picture(patches: &[Patch]) -> Html {
    let patch = |patch: &Patch| {
        let (y, height, least) = match patch.what {
            What::Entry | What::Wired => (4, 34, 4),
            What::Broken => (42, 10, 4),
            What::Page => (56, 14, 6),
        };
        html! {
            <rect
                class={patch.what.name()}
                x={patch.from.to_string()}
                y={y.to_string()}
                width={patch.width.max(least).to_string()}
                height={height.to_string()}
            />
        }
    };
    html! {
        <svg class="mini" viewBox="-4 0 1012 74" preserveAspectRatio="none" aria-hidden="true">
            { for patches.iter().map(patch) }
        </svg>
    }
}
