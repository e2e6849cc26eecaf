//! What the page is measured against: a Yew page that does nothing but change three of its keyed
//! SVG groups at every key.

use wasm_bindgen::prelude::*;
use web_sys::{Element, window};
use yew::prelude::*;

/// Groups that a step changes.
const CHANGED: usize = 3;

#[derive(PartialEq, Properties)]
struct BareProps {
    /// How many groups there are; none on the page that is as good as empty.
    groups: usize,
}

/// Arrow keys step on and back; the number of steps stands in `data-step`.
#[component(Bare)]
fn bare(props: &BareProps) -> Html {
    let step = use_state(|| 0_usize);
    let onkeydown = {
        let step = step.clone();
        move |event: KeyboardEvent| match event.key().as_str() {
            "ArrowRight" => step.set(*step + 1),
            "ArrowLeft" => step.set(step.saturating_sub(1)),
            _ => {}
        }
    };
    html! {
        <section tabindex="0" data-step={step.to_string()} {onkeydown}>
            if props.groups == 0 {
                <p>{ *step }</p>
            } else {
                <svg width="1200" height="400">
                    { for (0..props.groups).map(|number| group(number, *step, props.groups)) }
                </svg>
            }
        </section>
    }
}

/// A bar with a number: how many of the steps so far have changed it.
fn group(number: usize, step: usize, groups: usize) -> Html {
    let times = (CHANGED * step + groups - 1 - number) / groups;
    let (x, y) = (number % 20 * 60, number / 20 * 40);
    html! {
        <g key={number} data-k={number.to_string()}>
            <rect
                x={x.to_string()}
                y={y.to_string()}
                width={(20 + times % 2 * 30).to_string()}
                height="30"
                rx="4"
            />
            <text x={(x + 4).to_string()} y={(y + 20).to_string()}>{ times }</text>
        </g>
    }
}

/// Mounts the page on the element with the id `bare`, as the page's element mounts its own.
#[wasm_bindgen]
pub fn mount(groups: usize) -> Option<Element> {
    let root = window()?.document()?.get_element_by_id("bare")?;
    yew::Renderer::<Bare>::with_root_and_props(root.clone(), BareProps { groups }).render();
    Some(root)
}
