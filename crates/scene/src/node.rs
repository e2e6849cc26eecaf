//! The picture as a value: groups of keyed nodes made of plain shapes.

use std::rc::Rc;

use uvmscope_uvm::VaRange;

use crate::axis::Axis;
use crate::class::{Class, Classes};
use crate::geom::{Point, Rect, Unit};
use crate::key::{Key, Layer};

/// On which side of its point a text stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Anchor {
    /// It begins there.
    #[default]
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

impl Anchor {
    /// As the value of a `text-anchor` attribute.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

/// A stretch of text with one look.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Span {
    /// The text.
    pub text: String,
    /// Its look, where it differs from that of the whole text.
    pub class: Option<Class>,
}

impl Span {
    /// Text that looks like the whole.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), class: None }
    }

    /// Text with a look of its own.
    pub fn of(class: Class, text: impl Into<String>) -> Self {
        Self { text: text.into(), class: Some(class) }
    }
}

/// A stroke of a path.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Stroke {
    /// Go there without drawing.
    Move(Point),
    /// Draw a line there.
    Line(Point),
    /// Draw a line back to where the drawing began.
    Close,
}

/// What is drawn.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Shape {
    /// A rectangle with rounded corners.
    Rect {
        /// Where.
        rect: Rect,
        /// Radius of its corners.
        radius: Unit,
    },
    /// A straight line.
    Line {
        /// From here.
        from: Point,
        /// To here.
        to: Point,
    },
    /// Several lines.
    Path(Vec<Stroke>),
    /// A circle.
    Circle {
        /// Its centre.
        at: Point,
        /// Its radius.
        radius: Unit,
    },
    /// A line of text.
    Text {
        /// On its baseline.
        at: Point,
        /// Which part of the text is at that point.
        anchor: Anchor,
        /// What it says.
        spans: Vec<Span>,
    },
}

/// A shape and its look.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Part {
    /// Its look.
    pub class: Classes,
    /// What is drawn.
    pub shape: Shape,
}

/// Where something that is new comes from, so that it can be seen to come from there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Born {
    /// The node's first rectangle grows out of this one.
    Rect(Rect),
    /// The node's origin was here.
    At(Point),
    /// It was one with what lies on this side of it, to the right or else to the left, and comes
    /// apart from it.
    Apart {
        /// Whether that lies to its right.
        from_right: bool,
    },
}

/// A thing in the picture.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Node {
    /// What it stands for.
    pub key: Key,
    /// Its look; the parts have theirs besides.
    pub class: Classes,
    /// The origin from which its parts are measured. What has words moves by its origin, what is
    /// a bar moves by its own `x` and `width`; both are what a browser can move smoothly.
    pub at: Point,
    /// What it is, in words.
    pub title: Option<String>,
    /// What is drawn, from the back to the front.
    pub parts: Vec<Part>,
    /// Where it comes from, if it was not there before.
    pub born: Option<Born>,
    /// The number that it showed before, and the one it shows now, if these differ.
    pub tick: Option<(i64, i64)>,
}

impl Node {
    /// A node with nothing drawn yet.
    pub fn new(key: Key, class: impl Into<Classes>) -> Self {
        Self {
            key,
            class: class.into(),
            at: Point::ORIGIN,
            title: None,
            parts: Vec::new(),
            born: None,
            tick: None,
        }
    }

    /// The node with its origin at a point.
    #[must_use]
    pub fn at(mut self, x: Unit, y: Unit) -> Self {
        self.at = Point::new(x, y);
        self
    }

    /// The node with words for what it is.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// The node and one more shape.
    #[must_use]
    pub fn part(mut self, class: impl Into<Classes>, shape: Shape) -> Self {
        self.parts.push(Part { class: class.into(), shape });
        self
    }

    /// The node and a rectangle.
    #[must_use]
    pub fn rect(self, class: impl Into<Classes>, rect: Rect, radius: Unit) -> Self {
        self.part(class, Shape::Rect { rect, radius })
    }

    /// The node and a line.
    #[must_use]
    pub fn line(self, class: impl Into<Classes>, from: (Unit, Unit), to: (Unit, Unit)) -> Self {
        let (from, to) = (Point::new(from.0, from.1), Point::new(to.0, to.1));
        self.part(class, Shape::Line { from, to })
    }

    /// The node and a text at its origin, moved by `dx` and `dy`.
    #[must_use]
    pub fn text(
        self,
        class: impl Into<Classes>,
        (dx, dy): (Unit, Unit),
        anchor: Anchor,
        spans: Vec<Span>,
    ) -> Self {
        self.part(class, Shape::Text { at: Point::new(dx, dy), anchor, spans })
    }

    /// The texts of the node, one after the other.
    pub fn words(&self) -> String {
        let mut words = String::new();
        for part in &self.parts {
            if let Shape::Text { spans, .. } = &part.shape {
                if !words.is_empty() {
                    words.push(' ');
                }
                for span in spans {
                    words.push_str(&span.text);
                }
            }
        }
        words
    }

    /// The first rectangle of the node, in the coordinates of the scene.
    pub fn first_rect(&self) -> Option<Rect> {
        self.parts.iter().find_map(|p| match p.shape {
            Shape::Rect { rect, .. } => {
                Some(Rect { x: rect.x + self.at.x, y: rect.y + self.at.y, ..rect })
            }
            _ => None,
        })
    }
}

/// Some fifty nodes of one layer, so that a renderer need not look at all of them when one
/// changes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Group {
    /// The layer.
    pub layer: Layer,
    /// Which group of the layer; the same nodes stay in the same group.
    pub number: u64,
    /// The nodes, in an order that does not change while they live.
    pub nodes: Vec<Node>,
}

/// What a scene keeps of an entry that it draws, for the scene that follows and for whoever has
/// to find an entry under the pointer.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Bar {
    /// Which entry.
    pub birth: u32,
    /// Its addresses.
    pub range: VaRange,
    /// Its number of wirings.
    pub wired_count: i32,
    /// Where it is drawn.
    pub rect: Rect,
}

/// A picture of one place on a timeline.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Scene {
    /// Its width.
    pub width: Unit,
    /// Its height; at least what the content needs.
    pub height: Unit,
    /// What it shows, in one sentence.
    pub title: String,
    /// What is drawn, from the back to the front.
    pub groups: Vec<Rc<Group>>,
    /// Where which address is.
    pub axis: Axis,
    /// The entries drawn one by one, by ascending address.
    pub bars: Vec<Bar>,
    /// Whether the picture shows a part of the map only.
    pub lens: Option<VaRange>,
}

impl Scene {
    /// Every node, from the back to the front.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.groups.iter().flat_map(|g| g.nodes.iter())
    }

    /// The node of that key.
    pub fn find(&self, key: Key) -> Option<&Node> {
        self.nodes().find(|n| n.key == key)
    }

    /// Number of shapes that a renderer will have to make.
    pub fn shape_count(&self) -> usize {
        self.nodes().map(|n| n.parts.len()).sum()
    }

    /// The same scene, sharing with `previous` every group that is equal, so that a renderer sees
    /// by the pointer that it did not change.
    #[must_use]
    pub fn sharing(mut self, previous: &Self) -> Self {
        for group in &mut self.groups {
            let same = previous.groups.iter().find(|old| {
                Rc::ptr_eq(old, group)
                    || old.layer == group.layer
                        && old.number == group.number
                        && old.nodes == group.nodes
            });
            if let Some(old) = same {
                *group = Rc::clone(old);
            }
        }
        self
    }
}
