//! Where what the map claims and what the pages say disagree.

use uvmscope_uvm::audit::{Disagreement, audit_entry};

use crate::class::{Class, Classes, text_width};
use crate::geom::{Rect, Unit, px};
use crate::key::{Key, Layer};
use crate::layout::Draw;
use crate::node::{Anchor, Bar, Born, Node, Span};
use crate::words::{count, number};

/// A disagreement under one bar.
#[derive(Clone, Copy, Debug)]
struct Gap {
    bar: Bar,
    what: Disagreement,
    broken: bool,
}

impl Draw<'_> {
    pub(crate) fn draw_promises(&mut self) {
        let found: Vec<_> = self
            .singles()
            .filter_map(|(bar, id)| Some((bar, audit_entry(self.state, id)?)))
            .collect();
        if found.is_empty() {
            return;
        }
        let timeline = self.story.timeline();
        let mut gaps: Vec<Gap> = found
            .into_iter()
            .map(|(bar, what)| Gap { bar, what, broken: timeline.is_broken(self.cursor, &what) })
            .collect();
        // The widest first: where words do not fit everywhere, it is the one that gets them.
        gaps.sort_by_key(|gap| (-gap.bar.rect.width, gap.bar.birth));
        let mut plates: Vec<(Unit, Unit)> = Vec::new();
        for gap in &gaps {
            self.draw_gap(gap, &mut plates);
        }
    }

    fn draw_gap(&mut self, gap: &Gap, plates: &mut Vec<(Unit, Unit)>) {
        let hatch = Rect { y: self.rows.hatch, height: self.rows.hatch_height, ..gap.bar.rect };
        let class = Classes::of(if gap.broken { Class::Broken } else { Class::Pending })
            .with_if(Class::Hatched, gap.broken);
        let (lead, rest) = words_of(gap.what, gap.broken);
        let mut node = Node::new(Key::Hatch(gap.bar.birth), class)
            .titled(format!("{lead}: {rest}"))
            .rect(class, hatch, px(4));
        node.born = match self.born(&gap.bar) {
            Some(Born::Rect(from)) => {
                Some(Born::Rect(Rect { y: hatch.y, height: hatch.height, ..from }))
            }
            _ => None,
        };
        if let Some((plate, lines)) = self.plate(hatch, gap.what, (&lead, &rest), plates) {
            plates.push((plate.x, plate.right()));
            let class = Classes::of(Class::Plate).with_if(Class::Pending, !gap.broken);
            node = node.rect(class, plate, px(11));
            let class = Classes::of(Class::PlateText).with_if(Class::Pending, !gap.broken);
            for (n, line) in (0i32..).zip(lines) {
                let at = (plate.center_x(), plate.y + px(15) + px(15) * n);
                node = node.text(class, at, Anchor::Middle, vec![Span::plain(line)]);
            }
        }
        self.out.add_born(Layer::Promises, gap.bar.birth, node);
    }

    /// A place for words on the hatch, and as many words as fit there.
    fn plate(
        &self,
        hatch: Rect,
        what: Disagreement,
        (lead, rest): (&str, &str),
        taken: &[(Unit, Unit)],
    ) -> Option<(Rect, Vec<String>)> {
        let long = format!("{lead}: {rest}");
        let two = vec![lead.to_owned(), rest.to_owned()];
        let short = match what {
            Disagreement::ClaimNotHeld { range, held, .. } => {
                format!("{} of {}", number(held), number(range.pages().0))
            }
            _ => "held".to_owned(),
        };
        let texts =
            if self.view.is_compact() { [two, vec![short]] } else { [vec![long], vec![short]] };
        let (low, high) = (self.rows.left, self.rows.right);
        for (n, lines) in texts.into_iter().enumerate() {
            let widest = lines.iter().map(|l| text_width(Class::PlateText, l)).max()?;
            let width = widest + px(20);
            let height = px(22) + px(15) * i32::try_from(lines.len() - 1).unwrap_or(0);
            let x = (hatch.center_x() - width / 2).clamp(low, (high - width).max(low));
            let is_free = !taken.iter().any(|(a, b)| *a < x + width + px(6) && x - px(6) < *b);
            let may_hang_over = n == 0 && taken.is_empty();
            if is_free && (may_hang_over || width <= hatch.width) && width <= high - low {
                let y = hatch.y + (hatch.height - height) / 2;
                return Some((Rect::new(x, y, width, height), lines));
            }
        }
        None
    }
}

/// What is wrong, in a few words: how bad it is, and what.
pub(crate) fn words_of(what: Disagreement, broken: bool) -> (String, String) {
    let lead = if broken { "broken promise" } else { "pending" };
    let rest = match what {
        Disagreement::ClaimNotHeld { range, held, .. } => {
            let pages = range.pages().0;
            let verb = if pages == 1 { "is" } else { "are" };
            let yet = if broken { "" } else { " yet" };
            format!("says wired, {} of {} {verb}{yet}", number(held), count(pages, "page"))
        }
        Disagreement::HeldUnclaimed { bits, .. } => {
            let verb = if bits == 1 { "is" } else { "are" };
            let still = if broken { "" } else { " still" };
            format!("says not wired, {} {verb}{still} held", count(bits, "page"))
        }
        Disagreement::PageMiscounted { wire_count, mappings, .. } => {
            format!("the page counts {wire_count}, wired mappings are {mappings}")
        }
        Disagreement::TotalMiscounted { uvmexp_wired, pages } => {
            format!("uvmexp.wired is {uvmexp_wired}, pages wired are {pages}")
        }
    };
    (lead.to_owned(), rest)
}
