//! The picture: a scene, drawn, and what can be done with the pointer on it. How it moves is written in
//! `motion.css`.

use std::rc::Rc;

use uvmscope_replay::Side;
use uvmscope_scene::svg::HATCH;
use uvmscope_uvm::VaRange;
use web_sys::Element;
use yew::prelude::*;

use crate::app::state::{Action, Question};
use crate::app::ui::board::{Board, use_first, use_kept, use_now, use_written};
use crate::app::ui::drag::use_drag;
use crate::app::ui::drawing::Drawing;
use crate::app::ui::pointer::along;
use crate::app::view::{Entry, SideNow};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct PictureProps {
    pub(crate) board: Board,
    pub(crate) side: Side,
    /// The stretch of the axis that is chosen.
    pub(crate) span: Option<VaRange>,
    pub(crate) dispatch: Callback<Action>,
}

#[component(PictureView)]
pub(crate) fn picture_view(props: &PictureProps) -> Html {
    let PictureProps { board, side, span, dispatch } = props;
    let side = *side;
    let svg = use_node_ref();
    let drawing = use_mut_ref(Drawing::default);
    let drag = use_drag(board, side, dispatch);
    let span = drag.span.or(*span);
    let nodes = drawing.borrow_mut().node();
    use_kept(board, move |now| {
        // Fails only where there is no document.
        let _ = now.side(side).and_then(|it| drawing.borrow_mut().draw(&it.shown.scene));
    });
    {
        let svg = svg.clone();
        use_written(board, move |now, was| {
            let was = was.and_then(|was| was.side(side)).map(frame);
            if let (Some(now), Some(svg)) = (now.side(side).map(frame), svg.cast::<Element>()) {
                for (at, (name, value)) in now.iter().enumerate() {
                    if was.as_ref().map(|was| &was[at].1) != Some(value) {
                        // Fails only for a name that is none.
                        let _ = svg.set_attribute(name, value);
                    }
                }
            }
        });
    }
    let first = use_first(board);
    let [class, view_box, label] = first.side(side).map(frame).unwrap_or_default();
    // One listener for the whole picture; a listener a node would cost more than drawing it.
    let ask = {
        let (board, dispatch) = (board.clone(), dispatch.clone());
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
            let now = board.now();
            let Some(SideNow { shown, .. }) = now.side(side) else { return };
            let named = |name: String| shown.scene.nodes().find(|it| it.key.to_string() == name);
            if let Some(subject) = name.and_then(named).and_then(|node| node.key.subject()) {
                dispatch.emit(Action::Ask(side, Question::Subject(subject)));
            }
        }
    };
    html! {
        <svg
            ref={svg}
            class={class.1}
            viewBox={view_box.1}
            role="img"
            aria-label={label.1}
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
            <g>
                { for span.map(|range| html! { <Chosen board={board.clone()} {side} {range} /> }) }
            </g>
        </svg>
    }
}

/// Attributes of the picture as a whole: how it is to be entered, its size, and what it shows.
fn frame(now: &SideNow) -> [(&'static str, String); 3] {
    let Entry { moves, even } = now.entry;
    let scene = &now.shown.scene;
    let still = if moves { "" } else { " still" };
    // Two names for every animation: one that is named anew begins anew.
    let beat = if even { "even" } else { "odd" };
    [
        ("class", format!("uvm-scene{still} {beat}")),
        ("viewBox", format!("0 0 {} {}", scene.width, scene.height)),
        ("aria-label", scene.title.clone()),
    ]
}

#[derive(Clone, PartialEq, Properties)]
struct ChosenProps {
    board: Board,
    side: Side,
    range: VaRange,
}

/// The stretch of the axis that is chosen.
#[component(Chosen)]
fn chosen(props: &ChosenProps) -> Html {
    let ChosenProps { board, side, range } = props.clone();
    let place = use_now(&board, move |now| {
        let scene = &now.side(side)?.shown.scene;
        Some((scene.axis.x_of(range.start), scene.axis.x_of(range.end), scene.height))
    });
    let Some((from, to, height)) = place else { return Html::default() };
    html! {
        <rect
            class="chosen-span"
            x={from.to_string()}
            y="0"
            width={(to - from).to_string()}
            height={height.to_string()}
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
