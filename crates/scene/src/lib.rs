//! What to draw, and what to say, for a place on a timeline.
//!
//! Everything here is a function from values to values: a [`Story`] (a recorded run), a cursor on
//! it and a [`Viewport`] give a [`Scene`], which a page renders node by node and [`svg`] prints
//! as text. There are no colours in here, only the names of roles; and no floats, so that the same
//! place gives the same picture everywhere.

pub mod axis;
pub mod caption;
pub mod class;
pub mod film;
pub mod geom;
pub mod glossary;
mod hand;
pub mod key;
mod layout;
pub mod marks;
pub mod node;
pub mod places;
mod said;
pub mod still;
pub mod story;
pub mod svg;
pub mod table;
mod touched;
pub mod viewport;
pub mod why;
mod words;

pub use axis::{Axis, Piece, PieceKind};
pub use caption::{Caption, SideBySide, call_text};
pub use class::{Class, Classes};
pub use film::Film;
pub use geom::{Point, Rect, Unit, px};
pub use key::{Key, Layer, Subject};
pub use layout::CommonAxis;
pub use marks::{Mark, MarkKind};
pub use node::{Anchor, Bar, Born, Group, Node, Part, Scene, Shape, Span, Stroke};
pub use places::NoSuchPlace;
pub use still::Still;
pub use story::{Frame, Stack, Story};
pub use svg::{Look, Svg, to_svg};
pub use table::Table;
pub use viewport::{Mode, Viewport};
pub use why::{Answer, Jump};
