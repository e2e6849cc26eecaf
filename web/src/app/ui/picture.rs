//! The scene as SVG nodes. What a node is keyed by is what it stands for, so the browser sees the
//! same thing move; how it moves is written in `motion.css`.

use std::rc::Rc;

use uvmscope_replay::Side;
use uvmscope_scene::svg::{HATCH, path_data};
use uvmscope_scene::{Born, Class, Group, Node, Part, Point, Scene, Shape, Span};
use uvmscope_uvm::VaRange;
use web_sys::Element;
use yew::prelude::*;

use crate::app::state::{Action, Question};
use crate::app::ui::drag::use_drag;
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
    let group = |group: &Rc<Group>| {
        let key = format!("{}-{}", group.layer.name(), group.number);
        html! { <GroupView {key} group={SameGroup(Rc::clone(group))} /> }
    };
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
            // With a key, like all that stands beside it: one child without makes Yew compare them
            // by their order, and draw everything anew when a group comes or goes.
            <defs key="defs">
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
            { for scene.groups.iter().map(group) }
            { for span.map(|range| chosen(scene, range)) }
        </svg>
    }
}

/// The stretch of the axis that is chosen.
fn chosen(scene: &Scene, range: VaRange) -> Html {
    let (from, to) = (scene.axis.x_of(range.start), scene.axis.x_of(range.end));
    html! {
        <rect
            key="chosen"
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

/// A group, equal only to itself: comparing the nodes would cost as much as drawing them.
#[derive(Clone)]
struct SameGroup(Rc<Group>);

impl PartialEq for SameGroup {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

#[derive(Clone, PartialEq, Properties)]
struct GroupProps {
    group: SameGroup,
}

#[component(GroupView)]
fn group_view(props: &GroupProps) -> Html {
    let group = &props.group.0;
    let class = format!("layer-{}", group.layer.name());
    html! { <g {class}>{ for group.nodes.iter().map(node) }</g> }
}

fn node(node: &Node) -> Html {
    let key = node.key.to_string();
    let born = match node.born {
        Some(Born::Rect(_)) => Some("born-rect"),
        Some(Born::At(_)) => Some("born-at"),
        // What lies to its right pushes it to the left.
        Some(Born::Apart { from_right: true }) => Some("apart-left"),
        Some(Born::Apart { from_right: false }) => Some("apart-right"),
        None => None,
    };
    let tick = node.tick.map(|(from, to)| if to > from { "tick-up" } else { "tick-down" });
    let asked = node.key.subject().map(|_| "askable");
    let class = classes!(node.class.to_string(), born, tick, asked);
    let inner = html! {
        <>
            if let Some(title) = &node.title { <title>{ title }</title> }
            { for node.parts.iter().map(part) }
        </>
    };
    let name = key.clone();
    match style(node) {
        Some(style) => html! { <g {class} data-k={name} ~style={style} {key}>{ inner }</g> },
        None => html! { <g {class} data-k={name} {key}>{ inner }</g> },
    }
}

/// Where the node is, and where it comes from.
fn style(node: &Node) -> Option<String> {
    let Point { x, y } = node.at;
    let place = format!("transform:translate({x}px,{y}px)");
    match node.born {
        Some(Born::At(from)) => {
            Some(format!("{place};--from:translate({}px,{}px)", from.x, from.y))
        }
        Some(Born::Rect(from)) => {
            Some(format!("{place};--from-x:{}px;--from-width:{}px", from.x, from.width))
        }
        Some(Born::Apart { .. }) | None => (node.at != Point::ORIGIN).then_some(place),
    }
}

fn part(part: &Part) -> Html {
    let class = part.class.to_string();
    match &part.shape {
        Shape::Rect { rect, radius } => {
            let fill = part.class.has(Class::Hatched).then(|| format!("url(#{HATCH})"));
            html! {
                <rect
                    {class}
                    x={rect.x.to_string()}
                    y={rect.y.to_string()}
                    width={rect.width.to_string()}
                    height={rect.height.to_string()}
                    rx={radius.to_string()}
                    {fill}
                />
            }
        }
        Shape::Line { from, to } => html! {
            <line
                {class}
                x1={from.x.to_string()}
                y1={from.y.to_string()}
                x2={to.x.to_string()}
                y2={to.y.to_string()}
            />
        },
        Shape::Path(strokes) => html! { <path {class} d={path_data(strokes)} /> },
        Shape::Circle { at, radius } => html! {
            <circle {class} cx={at.x.to_string()} cy={at.y.to_string()} r={radius.to_string()} />
        },
        Shape::Text { at, anchor, spans } => html! {
            <text {class} x={at.x.to_string()} y={at.y.to_string()} text-anchor={anchor.name()}>
                { for spans.iter().map(span) }
            </text>
        },
    }
}

fn span(span: &Span) -> Html {
    match span.class {
        Some(class) => html! { <tspan class={class.name()}>{ &span.text }</tspan> },
        None => html! { { &span.text } },
    }
}
