//! The picture: a scene, drawn, and what can be done with the pointer on it. How it moves is written in
//! `motion.css`.

use std::rc::Rc;

use uvmscope_replay::Side;
use uvmscope_scene::Scene;
use uvmscope_scene::svg::HATCH;
use uvmscope_uvm::VaRange;
use web_sys::Element;
use yew::prelude::*;

use crate::app::state::{Action, Question};
use crate::app::ui::drag::use_drag;
use crate::app::ui::drawing::Drawing;
use crate::app::ui::pointer::along;
use crate::app::view::Picture;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct PictureProps {
    pub(crate) picture: Picture,
    pub(crate) side: Side,
    /// The stretch of the axis that is chosen.
    pub(crate) span: Option<VaRange>,
    pub(crate) dispatch: Callback<Action>,
}

#[component(PictureView)]
pub(crate) fn picture_view(props: &PictureProps) -> Html {
    let PictureProps { picture: Picture { scene, moves, beat }, side, span, dispatch } = props;
    let drag = use_drag(scene, *side, dispatch);
    let span = drag.span.or(*span);
    // Two names for every animation: one that is named anew begins anew.
    let beat = if beat % 2 == 0 { "even" } else { "odd" };
    let class = classes!("uvm-scene", (!moves).then_some("still"), beat);
    // One listener for the whole picture; a listener a node would cost more than drawing it.
    let ask = {
        let (scene, side, dispatch) = (Rc::clone(scene), *side, dispatch.clone());
        let was_drag = Rc::clone(&drag.done);
        move |event: MouseEvent| {
            if was_drag.take() {
                return;
            }
            let target = event.target_dyn_into::<Element>();
            let node = target.and_then(|target| target.closest("[data-k]").ok().flatten());
            let name = node.as_ref().and_then(|node| node.get_attribute("data-k"));
            if let (Some(strip), Some("overview" | "lens")) = (&node, name.as_deref()) {
                if let Some(per_mille) = per_mille(&event, strip) {
                    dispatch.emit(Action::Lens(per_mille));
                }
                return;
            }
            let named = |name: String| scene.nodes().find(|node| node.key.to_string() == name);
            if let Some(subject) = name.and_then(named).and_then(|node| node.key.subject()) {
                dispatch.emit(Action::Ask(side, Question::Subject(subject)));
            }
        }
    };
    let nodes = use_mut_ref(Drawing::default).borrow_mut().show(scene);
    html! {
        <svg
            {class}
            viewBox={format!("0 0 {} {}", scene.width, scene.height)}
            role="img"
            aria-label={scene.title.clone()}
            onclick={ask}
            onpointerdown={drag.down}
            onpointermove={drag.along}
            onpointerup={drag.up}
            onpointercancel={drag.cancel}
        >
            <defs>
                <pattern
                    id={HATCH}
                    width="7"
                    height="7"
                    patternUnits="userSpaceOnUse"
                    patternTransform="rotate(45)"
                >
                    <rect class="hatch-ground" width="7" height="7" />
                    <rect class="hatch-stripe" width="2.4" height="7" />
                </pattern>
            </defs>
            { nodes }
            // In a node of its own: were there one child more or less, Yew would compare others with
            // the nodes, and take them away.
            <g>{ for span.map(|range| chosen(scene, range)) }</g>
        </svg>
    }
}

/// The stretch of the axis that is chosen.
fn chosen(scene: &Scene, range: VaRange) -> Html {
    let (from, to) = (scene.axis.x_of(range.start), scene.axis.x_of(range.end));
    html! {
        <rect
            class="chosen-span"
            x={from.to_string()}
            y="0"
            width={(to - from).to_string()}
            height={scene.height.to_string()}
        />
    }
}

/// Where on the strip of a large map a pointer is.
fn per_mille(event: &MouseEvent, node: &Element) -> Option<usize> {
    // The strip itself and not the lens on it.
    let strip =
        node.parent_element().and_then(|it| it.query_selector("rect.overview").ok().flatten());
    along(event, strip.as_ref().unwrap_or(node), 1000)
}
