//! The kernel's own variables, as signs that point at what they hold.

use uvmscope_uvm::event::{Pin, PinAt};

use crate::class::{Class, Classes, text_width};
use crate::geom::{Rect, Unit, px};
use crate::key::{Key, Layer};
use crate::layout::Draw;
use crate::layout::rows::PIN_HEIGHT;
use crate::node::{Anchor, Node, Span};
use crate::story::PINS;

/// A sign and what it points at.
#[derive(Clone, Copy, Debug)]
struct Sign {
    pin: Pin,
    /// Where it points.
    target: Unit,
    /// Where its left end would like to be.
    wish: Unit,
    width: Unit,
    title: SignOf,
}

#[derive(Clone, Copy, Debug)]
enum SignOf {
    Entry,
    Header,
    Addr(uvmscope_uvm::Vaddr),
}

impl Draw<'_> {
    pub(crate) fn draw_pins(&mut self) {
        let mut of_entries = Vec::new();
        let mut of_addresses = Vec::new();
        let mut of_pages = Vec::new();
        let held: Vec<_> = PINS.into_iter().zip(self.pins).collect();
        for (pin, at) in held {
            let Some(sign) = at.and_then(|at| self.sign(pin, at)) else {
                continue;
            };
            match (pin, sign.title) {
                (Pin::Va, _) => of_pages.push(sign),
                (_, SignOf::Addr(_)) => of_addresses.push(sign),
                _ => of_entries.push(sign),
            }
        }
        let rows = self.rows;
        if self.view.is_compact() && self.is_refusal() {
            // On a narrow screen the reason needs their place.
            of_addresses.clear();
        }
        let bar_top = rows.bar + px(1);
        self.flags = self.draw_signs(of_addresses, rows.pin_addr, bar_top, Class::PinAddr);
        let taken = self.draw_signs(of_entries, rows.pin_entry, bar_top, Class::Pin);
        let baseline = rows.pin_entry + px(13);
        self.side_label(Layer::Claims, "the map claims", baseline, &taken);
        let taken = self.draw_signs(of_pages, rows.pin_va, rows.cell, Class::PinAddr);
        let baseline = rows.pin_va + px(14);
        self.side_label(Layer::Pages, "the pages say", baseline, &taken);
    }

    fn sign(&self, pin: Pin, at: PinAt) -> Option<Sign> {
        let width = text_width(Class::Pin, pin.name()) + px(14);
        match at {
            PinAt::Entry(id) if id.is_header() => {
                let target = self.rows.right + px(14);
                Some(Sign { pin, target, wish: target - width, width, title: SignOf::Header })
            }
            PinAt::Entry(id) => {
                let birth = self.state.get_entry(id)?.birth;
                let rect = self.bars.iter().find(|bar| bar.birth == birth)?.rect;
                let target = rect.x + rect.width.min(px(44)) / 2;
                let wish =
                    if rect.width > width + px(20) { rect.x + px(10) } else { target - width / 2 };
                Some(Sign { pin, target, wish, width, title: SignOf::Entry })
            }
            PinAt::Addr(va) => {
                let window = self.axis.window()?;
                if va < window.start || window.end < va {
                    return None;
                }
                let next = if pin == Pin::Va { self.axis.x_of(va.next_page()) } else { Unit::ZERO };
                let x = self.axis.x_of(va);
                let target = if pin == Pin::Va { (x + next.max(x)) / 2 } else { x };
                // Like the ends of a bracket: `start` to the left of its address, `end` to the right.
                let wish = match pin {
                    Pin::Start => target - width - px(3),
                    Pin::End => target + px(3),
                    _ => target - width / 2,
                };
                Some(Sign { pin, target, wish, width, title: SignOf::Addr(va) })
            }
        }
    }

    /// Signs in one row, pushed aside where they would cover one another; gives what they take.
    fn draw_signs(
        &mut self,
        mut signs: Vec<Sign>,
        top: Unit,
        to: Unit,
        class: Class,
    ) -> Vec<(Unit, Unit)> {
        signs.sort_by_key(|s| (s.wish, s.pin));
        let (low, high) = (self.rows.left - px(18), self.rows.right + px(18));
        let mut placed: Vec<(Sign, Unit)> = Vec::new();
        let mut free_from = low;
        for sign in signs {
            let x = sign.wish.max(free_from);
            free_from = x + sign.width + px(5);
            placed.push((sign, x));
        }
        // What was pushed over the right end is pushed back, and its neighbours with it.
        let mut free_to = high;
        for (sign, x) in placed.iter_mut().rev() {
            *x = (*x).min(free_to - sign.width);
            free_to = *x - px(5);
        }
        for (sign, x) in &placed {
            self.draw_sign(sign, *x, top, to, class);
        }
        placed.iter().map(|(sign, x)| (*x, *x + sign.width)).collect()
    }

    fn draw_sign(&mut self, sign: &Sign, x: Unit, top: Unit, to: Unit, class: Class) {
        let title = match sign.title {
            SignOf::Entry => format!("{} points at this entry", sign.pin.name()),
            SignOf::Header => {
                format!("{} points at the header: the list is at its end", sign.pin.name())
            }
            SignOf::Addr(va) => format!("{} is {va}", sign.pin.name()),
        };
        let classes = Classes::of(Class::Pin).with_if(Class::PinAddr, class == Class::PinAddr);
        let from = (sign.target - x).clamp(Unit::ZERO, sign.width);
        let node = Node::new(Key::Pin(sign.pin), classes)
            .titled(title)
            .at(x, top)
            .line(Class::Stem, (from, PIN_HEIGHT), (sign.target - x, to - top))
            .rect(
                classes,
                Rect::new(Unit::ZERO, Unit::ZERO, sign.width, PIN_HEIGHT),
                px(if class == Class::PinAddr { 3 } else { 8 }),
            )
            .text(
                classes,
                (sign.width / 2, px(12)),
                Anchor::Middle,
                vec![Span::plain(sign.pin.name())],
            );
        // Signs of entries stand over the stems of addresses.
        let front = u64::from(class == Class::Pin);
        self.out.add(Layer::Pins, front, node);
    }
}
