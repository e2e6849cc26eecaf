//! What the map claims: the list of entries as bars, with what they say of themselves.

use std::collections::BTreeMap;

use uvmscope_uvm::event::PinAt;
use uvmscope_uvm::{Entry, EntryId, KernelEvent, VaRange};

use crate::axis::PieceKind;
use crate::class::{Class, Classes, text_width, type_of};
use crate::geom::{Point, Unit, px};
use crate::key::{Key, Layer};
use crate::layout::Draw;
use crate::layout::window::Item;
use crate::node::{Anchor, Bar, Born, Node, Shape, Span, Stroke};
use crate::words::{about, count, number, span};

impl Draw<'_> {
    /// The two ends of the list, and the links from one thing of it to the next.
    pub(crate) fn draw_list(&mut self) {
        let y = self.rows.bar_middle();
        let (left, right) = (self.rows.left, self.rows.right);
        let radius = px(if self.view.is_compact() { 5 } else { 6 });
        let reach = px(if self.view.is_compact() { 12 } else { 14 });
        for (n, x) in [(0, left - reach), (1, right + reach)] {
            let node = Node::new(Key::Header(n), Class::Header)
                .titled("the header: both ends of the list of entries")
                .part(Class::Header, Shape::Circle { at: Point::new(x, y), radius });
            self.out.add(Layer::List, 0, node);
        }
        // One link less than there is air for would say that the list is broken somewhere.
        let mut from = left - reach + radius;
        let mut links = Vec::new();
        for item in self.window.items.iter().filter(|i| i.kind != PieceKind::Hole) {
            let start = self.axis.x_of(item.range.start);
            if start > from {
                links.push((from, start));
            }
            from = self.axis.x_of(item.range.end);
        }
        links.push((from, right + reach - radius));
        for (n, (from, to)) in (0u32..).zip(links) {
            let node = Node::new(Key::Link(n), Class::Link).line(Class::Link, (from, y), (to, y));
            self.out.add(Layer::List, 0, node);
        }
        if self.window.items.is_empty() {
            let node = Node::new(Key::Empty, Class::Empty).at((left + right) / 2, y - px(12)).text(
                Class::Note,
                (Unit::ZERO, Unit::ZERO),
                Anchor::Middle,
                vec![Span::plain("the map is empty: no entry between the ends of the list")],
            );
            self.out.add(Layer::List, 0, node);
        }
    }

    pub(crate) fn draw_claims(&mut self) {
        for item in self.window.items.clone() {
            match item.kind {
                PieceKind::Hole => self.draw_hole(item.range),
                PieceKind::Band => self.draw_band(&item),
                PieceKind::Mapped => {}
            }
        }
        let singles: Vec<_> = self.singles().collect();
        for (bar, id) in singles {
            if let Some(entry) = self.state.get_entry(id) {
                self.draw_entry(&bar, id, &entry.clone());
            }
        }
    }

    fn draw_hole(&mut self, range: VaRange) {
        let (from, to) = (self.axis.x_of(range.start), self.axis.x_of(range.end));
        let y = self.rows.bar_middle();
        let middle = (from + to) / 2;
        let slant = |x: Unit| {
            [
                Stroke::Move(Point::new(x - px(3), y + px(7))),
                Stroke::Line(Point::new(x + px(3), y - px(7))),
            ]
        };
        let mut strokes = Vec::new();
        if to - from > px(12) {
            strokes.extend(slant(middle - px(3)));
            strokes.extend(slant(middle + px(3)));
        }
        let asked = self
            .request
            .and_then(|r| r.range)
            .is_some_and(|r| r.start <= range.start && range.end <= r.end);
        let class = Classes::of(Class::Hole).with_if(Class::InQuestion, asked);
        let size = about(range.len().0);
        let mut node = Node::new(Key::Hole(range.start), class)
            .titled(format!("nothing is mapped at {}: {size}", span(range)))
            .part(Class::Hole, Shape::Path(strokes));
        if asked {
            node = node.rect(class, self.bar_rect(range), px(6));
        }
        if to - from > text_width(Class::HoleText, &size) {
            let text = vec![Span::plain(size)];
            node = node.text(Class::HoleText, (middle, y + px(24)), Anchor::Middle, text);
        }
        self.out.add(Layer::List, 0, node);
    }

    fn draw_band(&mut self, item: &Item) {
        let rect = self.bar_rect(item.range);
        let class = Classes::of(Class::Band).with_if(Class::Wired, item.wired > 0);
        let words = count(item.count as u64, "entry");
        let mut title = format!("{words} at {}, drawn as one band", span(item.range));
        if item.wired > 0 {
            title = format!("{title}; {} of them say wired", number(item.wired as u64));
        }
        let mut node =
            Node::new(Key::Band(item.range.start), class).titled(title).rect(class, rect, px(6));
        // Three strokes for "many of them", whatever the width.
        let mut strokes = Vec::new();
        for n in 1..4 {
            let x = rect.x + rect.width * n / 4;
            strokes.push(Stroke::Move(Point::new(x, rect.y)));
            strokes.push(Stroke::Line(Point::new(x, rect.y + px(7))));
        }
        node = node.part(class, Shape::Path(strokes));
        let middle = rect.center_x();
        // The sign tells it from a count of wirings, which stands in the same place.
        let entries = if item.count == 1 { "entry" } else { "entries" };
        let mut lines = vec![format!("+{}", number(item.count as u64)), entries.to_owned()];
        lines.retain(|line| text_width(Class::CountLabel, line) < rect.width);
        for (line, dy) in lines.into_iter().zip([px(26), px(41)]) {
            let at = (middle, rect.y + dy);
            node = node.text(Class::CountLabel, at, Anchor::Middle, vec![Span::plain(line)]);
        }
        self.out.add(Layer::Claims, 0, node);
    }

    fn draw_entry(&mut self, bar: &Bar, id: EntryId, entry: &Entry) {
        let in_hand = self.pins[0] == Some(PinAt::Entry(id));
        let touched = self.is_touched(id);
        let is_write = self.event.is_some_and(uvmscope_uvm::KernelEvent::is_write);
        let class = Classes::of(Class::Entry)
            .with_if(Class::Wired, entry.wired_count != 0)
            .with_if(Class::InQuestion, in_hand)
            .with_if(Class::Changed, touched && is_write)
            .with_if(Class::Looked, touched && !is_write);
        let radius = if bar.rect.width > px(24) { px(6) } else { bar.rect.width / 5 };
        let mut node = Node::new(Key::Entry(entry.birth), class)
            .titled(describe(entry))
            .rect(class, bar.rect, radius);
        node.born = self.born(bar);
        self.out.add_born(Layer::Claims, entry.birth, node);
        self.draw_count(bar, id);
        self.draw_attributes(bar, entry);
    }

    fn draw_count(&mut self, bar: &Bar, id: EntryId) {
        let text = bar.wired_count.to_string();
        let style = [Class::Count, Class::Small]
            .into_iter()
            .find(|style| text_width(*style, &text) <= bar.rect.width);
        let Some(style) = style else {
            return;
        };
        // What is said comes from the step, so that a place reads the same wherever one comes from;
        // only the motion is one of the way.
        let before = match self.event {
            Some(KernelEvent::WiredCount { entry, from, .. }) if *entry == id => Some(*from),
            _ => None,
        };
        let drawn = self.former(bar).map(|(b, _)| b.wired_count).filter(|b| *b != bar.wired_count);
        let mut class = Classes::of(Class::Count)
            .with_if(Class::Small, style == Class::Small)
            .with_if(Class::Wired, bar.wired_count != 0);
        class = class.with_if(Class::Ticked, before.is_some());
        let label = match before {
            Some(before) => format!("wired_count, was {before}"),
            None => "wired_count".to_owned(),
        };
        let label = [label, "wired_count".to_owned()]
            .into_iter()
            .find(|l| text_width(Class::CountLabel, l) + px(8) <= bar.rect.width);
        let below = label.is_some();
        let middle = self.rows.bar_height / 2;
        let baseline =
            middle + Unit(type_of(style).1 * 3 / 8) - if below { px(7) } else { Unit::ZERO };
        let mut node = Node::new(Key::Count(bar.birth), class)
            .titled(format!("wired_count of {}: {}", span(bar.range), bar.wired_count))
            .at(bar.rect.center_x(), self.rows.bar)
            .text(class, (Unit::ZERO, baseline), Anchor::Middle, vec![Span::plain(text)]);
        if let Some(label) = label {
            let at = (Unit::ZERO, baseline + px(17));
            node = node.text(Class::CountLabel, at, Anchor::Middle, vec![Span::plain(label)]);
        }
        node.tick = drawn.map(|b| (i64::from(b), i64::from(bar.wired_count)));
        node.born = self.born_at(bar);
        self.out.add_born(Layer::ClaimText, bar.birth, node);
    }

    /// The words of a new entry come from the middle of what it was cut from.
    fn born_at(&self, bar: &Bar) -> Option<Born> {
        match self.born(bar)? {
            Born::Rect(rect) => Some(Born::At(Point::new(rect.center_x(), rect.y))),
            born => Some(born),
        }
    }

    fn draw_attributes(&mut self, bar: &Bar, entry: &Entry) {
        let rect = bar.rect;
        let count_half = text_width(Class::Count, &bar.wired_count.to_string()) / 2 + px(10);
        let half = rect.width / 2 - count_half - px(9);
        let baseline = px(17);
        let prot = entry.prot.to_string();
        if text_width(Class::Badge, &prot) <= half {
            let node = Node::new(Key::Prot(entry.birth), Class::Badge)
                .titled(format!(
                    "protection of {}: {prot}, at most {}",
                    span(entry.range),
                    entry.max_prot
                ))
                .at(rect.x + px(9), rect.y)
                .text(Class::Badge, (Unit::ZERO, baseline), Anchor::Start, vec![Span::plain(prot)]);
            self.out.add_born(Layer::ClaimText, entry.birth, node);
        }
        let choices = badge_choices(entry, self.view.is_compact());
        let fits = choices.into_iter().find(|text| text_width(Class::Badge, text) <= half);
        if let Some(text) = fits {
            let node = Node::new(Key::Badges(entry.birth), Class::Badge)
                .titled(describe(entry))
                .at(rect.right() - px(9), rect.y)
                .text(Class::Badge, (Unit::ZERO, baseline), Anchor::End, vec![Span::plain(text)]);
            self.out.add_born(Layer::ClaimText, entry.birth, node);
        }
    }

    /// Threads below the bars, each through the pieces of what was one mapping.
    pub(crate) fn draw_families(&mut self) {
        let mut families: BTreeMap<u32, Vec<Bar>> = BTreeMap::new();
        for (bar, id) in self.singles() {
            if let Some(entry) = self.state.get_entry(id) {
                families.entry(entry.family).or_default().push(bar);
            }
        }
        families.retain(|_, pieces| pieces.len() > 1);
        let lettered = families.len() > 1;
        for (n, (family, pieces)) in families.into_iter().enumerate() {
            // Threads of several families stand on lines of their own, as far as these go.
            let y = self.rows.bar_bottom() + px(6) + px(3) * i32::try_from(n % 3).unwrap_or(0);
            let ends = (pieces.first(), pieces.last());
            let (Some(first), Some(last)) = ends else {
                continue;
            };
            let knot = Unit(22);
            let knots = pieces.iter().flat_map(|p| diamond(p.rect.center_x(), y, knot)).collect();
            let title = format!("{} cut from one mapping", count(pieces.len() as u64, "piece"));
            let mut node = Node::new(Key::Family(family), Class::Family)
                .titled(title)
                .line(Class::Family, (first.rect.center_x(), y), (last.rect.center_x(), y))
                .part(Class::Knot, Shape::Path(knots));
            if lettered {
                let letter = char::from(b'A' + u8::try_from(n % 26).unwrap_or(0));
                let at = (first.rect.center_x() - px(8), y + px(3));
                let text = vec![Span::plain(letter)];
                node = node.text(Class::FamilyLetter, at, Anchor::End, text);
            }
            self.out.add(Layer::Families, 0, node);
        }
    }
}

fn diamond(x: Unit, y: Unit, r: Unit) -> [Stroke; 5] {
    [
        Stroke::Move(Point::new(x - r, y)),
        Stroke::Line(Point::new(x, y - r)),
        Stroke::Line(Point::new(x + r, y)),
        Stroke::Line(Point::new(x, y + r)),
        Stroke::Close,
    ]
}

/// What an entry says of itself, in words.
pub(crate) fn describe(entry: &Entry) -> String {
    let mut words = vec![
        format!("entry {}", span(entry.range)),
        format!("wired_count {}", entry.wired_count),
        format!("protection {}", entry.prot),
    ];
    words.extend(kinds(entry).into_iter().map(str::to_owned));
    words.push(count(entry.range.pages().0, "page"));
    words.join(", ")
}

/// The kind of memory behind an entry, in the kernel's words.
pub(crate) fn kinds(entry: &Entry) -> Vec<&'static str> {
    let kinds = [
        (entry.cow, "cow"),
        (entry.needs_copy, "needs-copy"),
        (entry.amap.is_some(), "amap"),
        (entry.object, "object"),
    ];
    kinds.into_iter().filter(|(has, _)| *has).map(|(_, name)| name).collect()
}

/// From all that could stand on a bar to the least.
fn badge_choices(entry: &Entry, compact: bool) -> Vec<String> {
    let pages = count(entry.range.pages().0, "page");
    let mut full = kinds(entry).join(" \u{b7} ");
    if full.is_empty() {
        return vec![pages];
    }
    full = format!("{full} \u{b7} {pages}");
    if compact { vec![pages] } else { vec![full, pages] }
}
