//! A scene as SVG nodes that are kept from step to step.
//!
//! A step changes little of few nodes. Yew would have to make all nodes of a group once more to find
//! out what; here the scenes themselves are compared, and only what differs is written. What is new
//! begins as a copy of its neighbour, with which it has most in common.

use std::fmt::Display;
use std::rc::Rc;

use uvmscope_scene::svg::{HATCH, path_data};
use uvmscope_scene::{
    Born, Class, Classes, Group, Key, Node, Part, Point, Scene, Shape, Span, Unit,
};
use wasm_bindgen::prelude::*;
use web_sys::{Document, Element, SvgElement};
use yew::Html;

/// The nodes of a picture.
#[derive(Default)]
pub(crate) struct Drawing(Option<Drawn>);

struct Drawn {
    document: Document,
    element: Element,
    groups: Vec<DrawnGroup>,
}

impl Drawing {
    /// The node that they are in; nothing where there is no document.
    pub(crate) fn node(&mut self) -> Html {
        if self.0.is_none() {
            self.0 = Drawn::new();
        }
        let node = self.0.as_ref().map(|drawn| &drawn.element);
        node.map(|node| Html::VRef(node.clone().into())).unwrap_or_default()
    }

    /// Draws a scene.
    pub(crate) fn draw(&mut self, scene: &Scene) -> Option<()> {
        let drawn = self.0.as_mut()?;
        let groups = scene.groups.iter().map(Rc::clone);
        let done = arrange(&drawn.document, &drawn.element, &mut drawn.groups, groups);
        if done.is_none() {
            // What could not be drawn to its end is begun anew the next time.
            drawn.groups.clear();
            drawn.element.set_text_content(None);
        }
        done
    }
}

impl Drawn {
    fn new() -> Option<Self> {
        let document = web_sys::window()?.document()?;
        let element = create(&document, "g")?;
        Some(Self { document, element, groups: Vec::new() })
    }
}

/// Something that is drawn, one of several in an element.
trait Thing: Sized {
    /// What it is a drawing of.
    type Of;

    fn element(&self) -> &Element;

    /// Whether it is a drawing of the same thing, however that looked.
    fn is(&self, of: &Self::Of) -> bool;

    /// Draws it beside its neighbour.
    fn new(document: &Document, of: Self::Of, neighbour: Option<&Self>) -> Option<Self>;

    /// Draws what is different now.
    fn renew(&mut self, document: &Document, of: Self::Of) -> Option<()>;
}

/// Draws things into an element that has others, and maybe the same, from before. What stays is
/// moved only where the order is another, since what is moved loses its motion.
fn arrange<T: Thing>(
    document: &Document,
    parent: &Element,
    drawn: &mut Vec<T>,
    wanted: impl Iterator<Item = T::Of>,
) -> Option<()> {
    let mut old: Vec<Option<T>> = drawn.drain(..).map(Some).collect();
    let mut places = Vec::with_capacity(old.len());
    let mut next = 0;
    for of in wanted {
        let found = (next..old.len())
            .chain(0..next)
            .find(|at| old[*at].as_ref().is_some_and(|thing| thing.is(&of)));
        let thing = match found.and_then(|at| old[at].take()) {
            Some(mut thing) => {
                thing.renew(document, of)?;
                thing
            }
            None => T::new(document, of, drawn.last())?,
        };
        next = found.map_or(next, |at| at + 1);
        places.push(found);
        drawn.push(thing);
    }
    for gone in old.into_iter().flatten() {
        gone.element().remove();
    }
    let mut behind: Option<&web_sys::Node> = None;
    let mut least = usize::MAX;
    for (thing, place) in drawn.iter().zip(places).rev() {
        match place.filter(|place| *place < least) {
            Some(place) => least = place,
            None => drop(parent.insert_before(thing.element(), behind).ok()?),
        }
        behind = Some(thing.element());
    }
    Some(())
}

struct DrawnGroup {
    of: Rc<Group>,
    element: Element,
    nodes: Vec<DrawnNode>,
}

impl DrawnGroup {
    fn draw(&mut self, document: &Document) -> Option<()> {
        let nodes = (0..self.of.nodes.len()).map(|at| (Rc::clone(&self.of), at));
        arrange(document, &self.element, &mut self.nodes, nodes)
    }
}

impl Thing for DrawnGroup {
    type Of = Rc<Group>;

    fn element(&self) -> &Element {
        &self.element
    }

    fn is(&self, of: &Rc<Group>) -> bool {
        (self.of.layer, self.of.number) == (of.layer, of.number)
    }

    fn new(document: &Document, of: Rc<Group>, _: Option<&Self>) -> Option<Self> {
        let element = create(document, "g")?;
        set(&element, "class", &format!("layer-{}", of.layer.name()))?;
        let mut drawn = Self { of, element, nodes: Vec::new() };
        drawn.draw(document)?;
        Some(drawn)
    }

    fn renew(&mut self, document: &Document, of: Rc<Group>) -> Option<()> {
        // The scene shares the groups that are equal.
        if Rc::ptr_eq(&self.of, &of) {
            return Some(());
        }
        self.of = of;
        self.draw(document)
    }
}

struct DrawnNode {
    /// A group, and which of its nodes.
    of: (Rc<Group>, usize),
    element: Element,
    title: Option<Element>,
    parts: Vec<Element>,
}

impl DrawnNode {
    fn node(&self) -> &Node {
        &self.of.0.nodes[self.of.1]
    }

    /// The same once more, if the node is made up as this one is.
    fn copy_for(&self, node: &Node) -> Option<Self> {
        let like = self.node();
        let alike = like.title.is_some() == node.title.is_some()
            && like.parts.iter().map(tag).eq(node.parts.iter().map(tag));
        if !alike {
            return None;
        }
        let element: Element = self.element.clone_node_with_deep(true).ok()?.dyn_into().ok()?;
        let mut child = element.first_element_child();
        let mut next = || {
            let this = child.take()?;
            child = this.next_element_sibling();
            Some(this)
        };
        let title = self.title.as_ref().and_then(|_| next());
        let parts = std::iter::from_fn(next).collect();
        Some(Self { of: self.of.clone(), element, title, parts })
    }

    /// Draws what differs between what it was and a node.
    fn draw(&mut self, document: &Document, was: Option<&Node>, node: &Node) -> Option<()> {
        let element = &self.element;
        put(element, "data-k", was.map(|was| &was.key), &node.key)?;
        // Most nodes stay where they are and look as they did: nothing needs to be put into words.
        if was.is_none_or(|was| looks(was) != looks(node)) {
            put(element, "class", was.map(class).as_ref(), &class(node))?;
        }
        if was.is_none_or(|was| (was.at, was.born) != (node.at, node.born)) {
            let style = style(node);
            match style {
                _ if was.map_or(style.is_none(), |was| self::style(was) == style) => {}
                // An attribute would be against the policy.
                Some(style) => element.unchecked_ref::<SvgElement>().style().set_css_text(&style),
                None => element.remove_attribute("style").ok()?,
            }
        }
        self.draw_title(document, was.and_then(|was| was.title.as_deref()), node.title.as_deref())?;
        for (at, part) in node.parts.iter().enumerate() {
            let was = was.and_then(|was| was.parts.get(at)).filter(|was| tag(was) == tag(part));
            if was == Some(part) {
                continue;
            }
            if was.is_none() {
                let made = create(document, tag(part))?;
                if let Some(other) = self.parts.get_mut(at) {
                    other.replace_with_with_node_1(&made).ok()?;
                    *other = made;
                } else {
                    self.element.append_child(&made).ok()?;
                    self.parts.push(made);
                }
            }
            draw_part(document, &self.parts[at], was, part)?;
        }
        for gone in self.parts.drain(node.parts.len()..) {
            gone.remove();
        }
        Some(())
    }

    fn draw_title(
        &mut self,
        document: &Document,
        was: Option<&str>,
        title: Option<&str>,
    ) -> Option<()> {
        if was == title {
            return Some(());
        }
        if title.is_none() {
            self.title.take().iter().for_each(Element::remove);
        }
        let Some(text) = title else { return Some(()) };
        if self.title.is_none() {
            let made = create(document, "title")?;
            self.element.insert_before(&made, self.element.first_child().as_ref()).ok()?;
            self.title = Some(made);
        }
        self.title.as_ref()?.set_text_content(Some(text));
        Some(())
    }
}

impl Thing for DrawnNode {
    type Of = (Rc<Group>, usize);

    fn element(&self) -> &Element {
        &self.element
    }

    fn is(&self, (group, at): &Self::Of) -> bool {
        self.node().key == group.nodes[*at].key
    }

    fn new(document: &Document, of: Self::Of, neighbour: Option<&Self>) -> Option<Self> {
        let node = &of.0.nodes[of.1];
        if let Some(mut copy) = neighbour.and_then(|it| it.copy_for(node)) {
            copy.renew(document, of)?;
            return Some(copy);
        }
        let element = create(document, "g")?;
        let mut drawn = Self { of: of.clone(), element, title: None, parts: Vec::new() };
        drawn.draw(document, None, node)?;
        Some(drawn)
    }

    fn renew(&mut self, document: &Document, of: Self::Of) -> Option<()> {
        let before = std::mem::replace(&mut self.of, of.clone());
        let (was, node) = (&before.0.nodes[before.1], &of.0.nodes[of.1]);
        if was == node { Some(()) } else { self.draw(document, Some(was), node) }
    }
}

fn create(document: &Document, tag: &str) -> Option<Element> {
    document.create_element_ns(Some("http://www.w3.org/2000/svg"), tag).ok()
}

fn set(element: &Element, name: &str, value: &str) -> Option<()> {
    element.set_attribute(name, value).ok()
}

/// Writes an attribute, unless it was the same before.
fn put<T>(element: &Element, name: &str, was: Option<&T>, now: &T) -> Option<()>
where
    T: Display + PartialEq + ?Sized,
{
    if was == Some(now) { Some(()) } else { set(element, name, &now.to_string()) }
}

/// All that the node's class depends on.
fn looks(node: &Node) -> (Classes, Option<Born>, Option<(i64, i64)>, Key) {
    (node.class, node.born, node.tick, node.key)
}

/// How the node looks, where it came from, and whether it can be asked about.
fn class(node: &Node) -> String {
    let born = match node.born {
        Some(Born::Rect(_)) => " born-rect",
        Some(Born::At(_)) => " born-at",
        // What lies to its right pushes it to the left.
        Some(Born::Apart { from_right: true }) => " apart-left",
        Some(Born::Apart { from_right: false }) => " apart-right",
        None => "",
    };
    let tick = match node.tick {
        Some((from, to)) if to > from => " tick-up",
        Some(_) => " tick-down",
        None => "",
    };
    let asked = if node.key.subject().is_some() { " askable" } else { "" };
    format!("{}{born}{tick}{asked}", node.class)
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

const fn tag(part: &Part) -> &'static str {
    match part.shape {
        Shape::Rect { .. } => "rect",
        Shape::Line { .. } => "line",
        Shape::Path(_) => "path",
        Shape::Circle { .. } => "circle",
        Shape::Text { .. } => "text",
    }
}

/// Draws what differs between a part and what its element was before, of the same tag.
fn draw_part(
    document: &Document,
    element: &Element,
    was: Option<&Part>,
    part: &Part,
) -> Option<()> {
    put(element, "class", was.map(|was| &was.class), &part.class)?;
    let before = was.map(|was| lengths(&was.shape));
    for (at, (length, value)) in lengths(&part.shape).iter().enumerate() {
        if before.as_ref().map(|before| before[at].1) != Some(*value) {
            set_length(element, *length, *value);
        }
    }
    match (&part.shape, was.map(|was| &was.shape)) {
        (Shape::Path(strokes), Some(Shape::Path(before))) if before == strokes => Some(()),
        (Shape::Path(strokes), _) => set(element, "d", &path_data(strokes)),
        (Shape::Rect { .. }, _) => {
            let is_hatched = |part: &Part| part.class.has(Class::Hatched);
            match (was.is_some_and(is_hatched), is_hatched(part)) {
                (false, true) => set(element, "fill", &format!("url(#{HATCH})")),
                (true, false) => element.remove_attribute("fill").ok(),
                _ => Some(()),
            }
        }
        (Shape::Text { anchor, spans, .. }, was) => {
            let before = match was {
                Some(Shape::Text { anchor, spans, .. }) => Some((anchor.name(), spans)),
                _ => None,
            };
            put(element, "text-anchor", before.map(|(anchor, _)| anchor), anchor.name())?;
            match before {
                Some((_, before)) if before == spans => Some(()),
                _ => write(document, element, spans),
            }
        }
        _ => Some(()),
    }
}

/// Attributes that are lengths.
#[derive(Clone, Copy)]
enum Length {
    X,
    Y,
    Width,
    Height,
    Rx,
    X1,
    Y1,
    X2,
    Y2,
    Cx,
    Cy,
    R,
}

/// Their names, in that order.
const NAMES: [&str; 12] =
    ["x", "y", "width", "height", "rx", "x1", "y1", "x2", "y2", "cx", "cy", "r"];

/// The lengths of a shape; of the same kind of shape always the same ones.
fn lengths(shape: &Shape) -> Vec<(Length, Unit)> {
    match shape {
        Shape::Rect { rect, radius } => vec![
            (Length::X, rect.x),
            (Length::Y, rect.y),
            (Length::Width, rect.width),
            (Length::Height, rect.height),
            (Length::Rx, *radius),
        ],
        Shape::Line { from, to } => {
            vec![(Length::X1, from.x), (Length::Y1, from.y), (Length::X2, to.x), (Length::Y2, to.y)]
        }
        Shape::Circle { at, radius } => {
            vec![(Length::Cx, at.x), (Length::Cy, at.y), (Length::R, *radius)]
        }
        Shape::Text { at, .. } => vec![(Length::X, at.x), (Length::Y, at.y)],
        Shape::Path(_) => Vec::new(),
    }
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(extends = Element)]
    type Measured;

    /// Takes the number as it is; nothing has to be put into words and read again.
    #[wasm_bindgen(method, js_name = setAttribute)]
    fn set_number(this: &Measured, name: &JsValue, value: f64);
}

/// Writes a length. When an axis moves, that is done for everything on it.
fn set_length(element: &Element, length: Length, value: Unit) {
    thread_local! {
        static WORDS: [JsValue; NAMES.len()] = NAMES.map(JsValue::from);
    }
    WORDS.with(|words| {
        let name = &words[length as usize];
        element.unchecked_ref::<Measured>().set_number(name, f64::from(value.0) / 10.0);
    });
}

fn write(document: &Document, element: &Element, spans: &[Span]) -> Option<()> {
    if let [Span { text, class: None }] = spans {
        element.set_text_content(Some(text));
        return Some(());
    }
    element.set_text_content(None);
    for span in spans {
        match span.class {
            Some(class) => {
                let part = create(document, "tspan")?;
                set(&part, "class", class.name())?;
                part.set_text_content(Some(&span.text));
                element.append_child(&part).ok()?;
            }
            None => drop(element.append_child(&document.create_text_node(&span.text)).ok()?),
        }
    }
    Some(())
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use std::rc::Rc;

    use uvmscope_scene::{Look, Point, Scene, Viewport, to_svg};
    use uvmscope_uvm::Config;
    use wasm_bindgen::JsCast as _;
    use wasm_bindgen_test::wasm_bindgen_test;
    use web_sys::{Element, SvgElement};

    use super::Drawing;
    use crate::app::run::{Run, Source};

    fn drawn(drawing: &mut Drawing, scene: &Scene) -> Element {
        let _ = drawing.node();
        drawing.draw(scene).expect("a document");
        drawing.0.as_ref().expect("a node").element.clone()
    }

    fn children(of: &Element) -> Vec<Element> {
        let next = |it: &Element| it.next_element_sibling();
        std::iter::successors(of.first_element_child(), next).collect()
    }

    /// The groups of the picture as it is printed, which has nothing in common with how it is drawn.
    fn printed(scene: &Scene) -> Vec<Element> {
        let document = web_sys::window().and_then(|it| it.document()).expect("a document");
        let holder = document.create_element("div").expect("an element");
        holder.set_inner_html(&to_svg(scene, Look::Classes));
        let all = children(&holder.first_element_child().expect("a picture"));
        all.into_iter().filter(|it| it.tag_name() == "g").collect()
    }

    fn assert_as_printed(drawn: &Element, scene: &Scene) {
        let (groups, expected) = (children(drawn), printed(scene));
        assert_eq!(groups.len(), expected.len());
        let mut places = scene.nodes().map(|node| node.at);
        for (group, expected) in groups.iter().zip(&expected) {
            assert_eq!(
                group.get_attribute("class").unwrap_or_default(),
                expected.get_attribute("class").unwrap_or_default()
            );
            let (nodes, expected) = (children(group), children(expected));
            assert_eq!(nodes.len(), expected.len());
            for (node, expected) in nodes.iter().zip(&expected) {
                assert_eq!(node.get_attribute("data-k"), expected.get_attribute("data-k"));
                // What only the page has comes behind: where it was born, and that it can be asked about.
                let (class, looks) = (
                    node.get_attribute("class").unwrap_or_default(),
                    expected.get_attribute("class").unwrap_or_default(),
                );
                assert!(format!("{class} ").starts_with(&format!("{looks} ")), "{class}, {looks}");
                let at = places.next().expect("a node");
                let place = node.unchecked_ref::<SvgElement>().style();
                let place = place.get_property_value("transform").expect("a style");
                // A browser writes neither what is nothing nor a second length that is nothing.
                let [x, y] = [at.x, at.y].map(|by| format!("{by}px"));
                let (both, one) = (format!("translate({x}, {y})"), format!("translate({x})"));
                let stays = at == Point::ORIGIN && place.is_empty();
                assert!(stays || place == both || (y == "0px" && place == one), "{place}: {both}");
                let (parts, expected) = (children(node), children(expected));
                assert_eq!(parts.len(), expected.len());
                for (part, expected) in parts.iter().zip(&expected) {
                    // Of two pieces of text in a row a reader of markup makes one.
                    let plain = part.clone_node_with_deep(true).expect("a copy");
                    plain.normalize();
                    assert!(plain.is_equal_node(Some(expected)), "{}", part.outer_html());
                }
            }
        }
    }

    /// However one came to a place, what is drawn is what would be drawn there at once.
    #[wasm_bindgen_test]
    fn a_drawing_that_is_kept_is_the_one_that_would_be_made() {
        for name in ["mlock-zero", "unmap-middle", "wrap-rounds", "lock-all"] {
            let source = Source::scenario(name).expect("a scenario");
            let run = Run::record(Rc::new(source), Config::ORIGINAL);
            let last = run.timeline.ordinal(run.timeline.last_place());
            let mut cursor = run.timeline.cursor();
            let mut drawing = Drawing::default();
            let mut before: Option<Rc<Scene>> = None;
            let mut first: Option<Element> = None;
            // Steps on, and in between anywhere.
            for n in 0..400 {
                let ordinal = if n % 3 == 2 { n * 7919 % (last + 1) } else { n % (last + 1) };
                cursor.seek(run.timeline.place_at(ordinal));
                let view = if n % 50 < 25 { Viewport::WIDE } else { Viewport::COMPACT };
                let from = before.as_deref().filter(|_| n % 4 != 3);
                let scene = Rc::new(run.story.scene(&cursor, from, view));
                let kept = drawn(&mut drawing, &scene);
                assert_as_printed(&kept, &scene);
                let made = drawn(&mut Drawing::default(), &scene);
                let place = cursor.place();
                assert!(kept.is_equal_node(Some(&made)), "{name}, {place}: {}", kept.outer_html());
                assert!(first.get_or_insert_with(|| kept.clone()).is_same_node(Some(&kept)));
                before = Some(scene);
            }
        }
    }
}
