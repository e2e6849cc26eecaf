//! The strip that shows the whole of a map of which only a part is drawn large.

use crate::class::{Class, Classes};
use crate::geom::{Point, Rect, Unit, px, scale};
use crate::key::{Key, Layer};
use crate::layout::Draw;
use crate::layout::window::Overview;
use crate::node::{Anchor, Node, Shape, Span, Stroke};
use crate::words::{count, number, span};

impl Draw<'_> {
    pub(crate) fn draw_overview(&mut self) {
        let Some(overview) = self.window.overview.clone() else {
            return;
        };
        let (left, width) = (self.rows.left, self.rows.right - self.rows.left);
        let strip = Rect::new(left, self.rows.bottom + px(2), width, px(10));
        let x_of = |rank: usize| {
            let along = scale(i64::from(width.0), rank as u64, overview.total.max(1) as u64);
            left + Unit(i32::try_from(along).unwrap_or(0))
        };
        let node = Node::new(Key::Overview, Class::Overview)
            .titled(format!("the whole map, {}", count(overview.total as u64, "entry")))
            .rect(Class::Overview, strip, px(2))
            .part(Classes::of(Class::Overview).with(Class::Wired), wired_bins(&overview, strip));
        self.out.add(Layer::Moment, 1, node);
        let (from, to) = (x_of(overview.before), x_of(overview.before + overview.shown));
        let lens = Rect::new(from - px(2), strip.y - px(3), (to - from).max(px(2)) + px(4), px(16));
        let words = if overview.shown == overview.total {
            let window = self.axis.window().unwrap_or_default();
            format!("only {} is drawn here", span(window))
        } else {
            format!(
                "{} of {} entries are drawn large, after the first {}",
                number(overview.shown as u64),
                number(overview.total as u64),
                number(overview.before as u64)
            )
        };
        let node = Node::new(Key::Lens, Class::Lens)
            .titled(words.clone())
            .rect(Class::Lens, lens, px(3))
            .text(
                Class::Note,
                (left, strip.bottom() + px(16)),
                Anchor::Start,
                vec![Span::plain(words)],
            );
        self.out.add(Layer::Moment, 1, node);
    }
}

/// Where in the map entries say wired, as one path.
fn wired_bins(overview: &Overview, strip: Rect) -> Shape {
    let bins = overview.wired.len().max(1) as u64;
    let edge = |bin: usize| {
        let along = scale(i64::from(strip.width.0), bin as u64, bins);
        strip.x + Unit(i32::try_from(along).unwrap_or(0))
    };
    let mut strokes = Vec::new();
    for (bin, _) in overview.wired.iter().enumerate().filter(|(_, wired)| **wired > 0) {
        let (from, to) = (edge(bin), edge(bin + 1));
        strokes.push(Stroke::Move(Point::new(from, strip.y)));
        strokes.push(Stroke::Line(Point::new(to, strip.y)));
        strokes.push(Stroke::Line(Point::new(to, strip.bottom())));
        strokes.push(Stroke::Line(Point::new(from, strip.bottom())));
        strokes.push(Stroke::Close);
    }
    Shape::Path(strokes)
}
