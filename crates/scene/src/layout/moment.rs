//! What is there for one step only: the cut, made or refused, and the panic.

use uvmscope_uvm::state::ConsoleLine;
use uvmscope_uvm::{Cond, KernelEvent, VaRange, Vaddr};

use crate::class::{Class, Classes, text_width};
use crate::geom::{Point, Rect, Unit, px};
use crate::key::{Key, Layer};
use crate::layout::Draw;
use crate::node::{Anchor, Born, Node, Shape, Span, Stroke};

/// A cut at this step.
#[derive(Clone, Copy, Debug)]
struct Cut {
    at: Vaddr,
    how: Class,
    /// The entry as it was tested, for a cut that is not made.
    tested: Option<VaRange>,
}

impl Draw<'_> {
    pub(crate) fn draw_moment(&mut self) {
        if let Some(cut) = self.cut() {
            self.draw_blade(cut);
        }
        if let Some(KernelEvent::Console { line: ConsoleLine::WiringDidNotChange { va } }) =
            self.event
        {
            let lines = if self.view.is_compact() {
                vec![
                    "console: pmap_unwire: wiring".to_owned(),
                    format!("\u{2026} va {va} did not change!"),
                ]
            } else {
                vec![format!("console: pmap_unwire: wiring \u{2026} va {va} did not change!")]
            };
            self.draw_strip(Key::Console, Class::Console, lines);
        }
        if let Some(panic) = self.state.panicked() {
            let lines = if self.view.is_compact() {
                vec![
                    format!("panic in {}", panic.function()),
                    format!("KASSERT({})", panic.expression()),
                ]
            } else {
                vec![format!("panic: {panic}")]
            };
            self.draw_strip(Key::Panic, Class::Panic, lines);
        }
    }

    fn cut(&self) -> Option<Cut> {
        match *self.event? {
            KernelEvent::ClipStart { at, .. } | KernelEvent::ClipEnd { at, .. } => {
                Some(Cut { at, how: Class::Cut, tested: None })
            }
            KernelEvent::Test { cond: Cond::Cuts { entry, at, .. }, held } => {
                let how = if held { Class::Poised } else { Class::Refused };
                let tested = self.state.get_entry(entry).map(|e| e.range);
                Some(Cut { at, how, tested: tested.filter(|_| !held) })
            }
            _ => None,
        }
    }

    /// Whether the step is a cut that is not made.
    pub(crate) fn is_refusal(&self) -> bool {
        self.cut().is_some_and(|cut| cut.how == Class::Refused)
    }

    fn draw_blade(&mut self, cut: Cut) {
        let x = self.axis.x_of(cut.at);
        let rows = self.rows;
        let foot = match cut.how {
            Class::Cut => rows.bar_bottom() + px(3),
            Class::Poised => rows.bar - px(8),
            _ => rows.bar,
        };
        let class = Classes::of(Class::Blade).with(cut.how);
        let top = rows.pin_addr - px(2);
        let knife = vec![
            Stroke::Move(Point::new(-px(5), top)),
            Stroke::Line(Point::new(px(5), top)),
            Stroke::Line(Point::new(Unit(6), foot)),
            Stroke::Line(Point::new(-Unit(6), foot)),
            Stroke::Close,
        ];
        let title = match cut.how {
            Class::Cut => format!("cut at {}", cut.at),
            Class::Poised => format!("a cut is to be made at {}", cut.at),
            _ => format!("no cut at {}", cut.at),
        };
        let mut node = Node::new(Key::Blade, class)
            .titled(title)
            .at(x, Unit::ZERO)
            .part(class, Shape::Path(knife));
        if cut.how == Class::Refused {
            // A bar across: the blade comes to rest on it.
            let y = rows.bar - px(1);
            node = node.rect(class, Rect::new(-px(11), y - px(2), px(22), px(4)), px(1));
        }
        node.born = self.previous.is_some().then_some(Born::At(Point::new(x, -px(40))));
        self.out.add(Layer::Blade, 0, node);
        if let Some(range) = cut.tested {
            self.draw_refusal(x, cut.at, range);
        }
    }

    /// The half of the condition that failed, with its numbers.
    fn draw_refusal(&mut self, x: Unit, at: Vaddr, range: VaRange) {
        let (low, high) = if range.start < at { (at, range.end) } else { (range.start, at) };
        let long = format!("no cut: {low} < {high} is false");
        let short = format!("{} < {}: false", brief(low), brief(high));
        let text = if self.view.is_compact() { short } else { long };
        let width = text_width(Class::PlateText, &text) + px(30);
        let rows = self.rows;
        let (flags_left, flags_right) = self.flags(x);
        let fits_right = flags_right + px(8) + width <= rows.right + px(20);
        let left = if fits_right {
            flags_right + px(8)
        } else if flags_left - px(8) - width >= rows.left - px(20) {
            flags_left - px(8) - width
        } else {
            (rows.right - width).max(px(2))
        };
        let ground = Rect::new(Unit::ZERO, Unit::ZERO, width, px(19));
        let class = Classes::of(Class::Plate).with(Class::Refused);
        let words = Classes::of(Class::PlateText).with(Class::Refused);
        let node = Node::new(Key::BladeText, class)
            .at(left, rows.pin_addr - px(2))
            .rect(class, ground, px(4))
            .text(words, (width / 2, px(14)), Anchor::Middle, vec![Span::plain(text)]);
        self.out.add(Layer::Moment, 0, node);
    }

    /// From the left end of the signs beside `x` to their right end.
    fn flags(&self, x: Unit) -> (Unit, Unit) {
        let (mut left, mut right) = (x - px(8), x + px(8));
        for (from, to) in &self.flags {
            if *from < right + px(10) && left - px(10) < *to {
                left = left.min(*from);
                right = right.max(*to);
            }
        }
        (left, right)
    }

    /// A strip across the lower end of the picture, in the place of the letters.
    fn draw_strip(&mut self, key: Key, class: Class, lines: Vec<String>) {
        let width = self.rows.right - self.rows.left + px(20);
        let height = px(if lines.len() > 1 { 33 } else { 26 });
        let rect = Rect::new(self.rows.left - px(10), self.rows.bottom - height, width, height);
        let title = lines.join(" ");
        let mut node = Node::new(key, class).titled(title).rect(class, rect, px(7));
        let first = if lines.len() > 1 { px(14) } else { px(18) };
        for (n, line) in (0i32..).zip(lines) {
            let at = (rect.center_x(), rect.y + first + px(14) * n);
            node = node.text(class, at, Anchor::Middle, vec![Span::plain(line)]);
        }
        self.out.add(Layer::Moment, 0, node);
    }

    /// Whether a strip takes the place of the letters.
    pub(crate) fn has_strip(&self) -> bool {
        let prints = matches!(self.event, Some(KernelEvent::Console { .. }));
        prints || self.state.panicked().is_some()
    }
}

/// An address by its last six digits.
fn brief(va: Vaddr) -> String {
    let text = va.to_string();
    match text.len().checked_sub(6) {
        Some(cut) if cut > 2 => format!("0x\u{2026}{}", &text[cut..]),
        _ => text,
    }
}
