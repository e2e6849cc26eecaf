//! What the pages say: which are resident, how often each is wired, and which of them the pmap
//! holds.

use uvmscope_uvm::{Bytes, Entry, PAGE_SIZE, State, VaRange, Vaddr};

use crate::class::{Class, Classes, text_width};
use crate::geom::{Rect, Unit, px, scale};
use crate::key::{Key, Layer};
use crate::layout::Draw;
use crate::layout::build::GROUP;
use crate::node::{Anchor, Node, Span};
use crate::touched::page_of;
use crate::words::{count, number};

/// Cells in one picture, about; pages are grouped where there would be more.
const CELLS: i32 = 104;

/// What one cell stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Cell {
    /// Pages in it.
    pub(crate) pages: u64,
    /// Resident ones.
    pub(crate) resident: u64,
    /// Those whose `wire_count` is not 0.
    pub(crate) counted: u64,
    /// Wired mappings in the pmap.
    pub(crate) held: u64,
    /// The least and the largest `wire_count` among them.
    pub(crate) counts: Option<(u16, u16)>,
    /// Pages of which `wire_count` and the wired mapping here contradict one another.
    pub(crate) odd: u64,
}

impl Cell {
    fn take(&mut self, wire_count: u16, held: bool) {
        self.resident += 1;
        self.counted += u64::from(wire_count != 0);
        self.held += u64::from(held);
        let (least, most) = self.counts.unwrap_or((wire_count, wire_count));
        self.counts = Some((least.min(wire_count), most.max(wire_count)));
        self.odd += u64::from((wire_count != 0) != held);
    }
}

/// The cells of an entry, `each` pages to a cell, in one walk over what is resident.
pub(crate) fn cells(state: &State, entry: &Entry, each: u64) -> Vec<Cell> {
    let pages = entry.range.pages().0;
    let each = each.max(1);
    let number = usize::try_from(pages.div_ceil(each)).unwrap_or(0).min(1 << 16);
    let mut cells = vec![Cell { pages: each, ..Cell::default() }; number];
    if let Some(last) = cells.last_mut() {
        last.pages = pages - (pages - 1) / each * each;
    }
    let mut put = |index: u64, wire_count, held| {
        let at = usize::try_from(index / each).unwrap_or(usize::MAX);
        if let Some(cell) = cells.get_mut(at) {
            cell.take(wire_count, held);
        }
    };
    for (va, mapping) in state.mappings_in(entry.range) {
        put(entry.page_index(va), state.page(mapping.page).wire_count, mapping.wired);
    }
    let place = |index: u64| entry.range.start.plus(Bytes(index.wrapping_mul(PAGE_SIZE)));
    if let Some(amap) = entry.amap {
        let slots = entry.slot..entry.slot.saturating_add(pages);
        for (slot, page) in state.amap(amap).anons.range(slots) {
            let index = slot - entry.slot;
            if state.mapping(place(index)).is_none() {
                put(index, state.page(page).wire_count, false);
            }
        }
    }
    if entry.object {
        let first = entry.offset / PAGE_SIZE;
        for (number, page) in state.object_pages() {
            let index = number.wrapping_sub(first);
            let va = place(index);
            if index < pages && state.mapping(va).is_none() && state.anon_page(entry, va).is_none()
            {
                put(index, state.page(page).wire_count, false);
            }
        }
    }
    cells
}

/// What all cells of a picture come to.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    pages: u64,
    resident: u64,
    held: u64,
    /// The most pages in one cell.
    each: u64,
}

impl Draw<'_> {
    pub(crate) fn draw_pages(&mut self) {
        let singles: Vec<_> = self.singles().collect();
        let least = self.least_cell();
        let mut totals = Totals::default();
        let mut free_from = Unit::ZERO;
        for (_, id) in singles {
            let Some(entry) = self.state.get_entry(id) else {
                continue;
            };
            let drawn = self.drawn_of(entry);
            if drawn.range.is_empty() {
                continue;
            }
            let start = drawn.range.start;
            let pages = drawn.range.pages().0.max(1);
            let width = self.axis.x_of(drawn.range.end) - self.axis.x_of(start);
            let fit = u64::try_from((width.0 / least.0.max(1)).max(1)).unwrap_or(1);
            let each = if pages <= fit { 1 } else { pages.div_ceil(fit) };
            for (n, cell) in (0u64..).zip(cells(self.state, &drawn, each)) {
                totals.pages += cell.pages;
                totals.resident += cell.resident;
                totals.held += cell.held;
                totals.each = totals.each.max(cell.pages);
                self.draw_cell((start, n * each), &cell, each, &mut free_from);
            }
        }
        self.draw_notes(totals);
    }

    /// The least width of a cell, in which a number can be read.
    fn least_cell(&self) -> Unit {
        let axis = self.rows.right - self.rows.left;
        let readable = if self.view.is_compact() { px(13) } else { px(7) };
        readable.max(axis / CELLS)
    }

    /// The part of an entry that is drawn; all of it, unless the picture shows a part of the map.
    fn drawn_of(&self, entry: &Entry) -> Entry {
        let mut drawn = entry.clone();
        let VaRange { start, end } = entry.range;
        let window = self.axis.window().unwrap_or(entry.range);
        let start = start.max(window.start).min(end);
        drawn.slot = entry.slot_of(start);
        drawn.offset = entry.offset_at(start);
        drawn.range = VaRange::new(start, end.min(window.end).max(start));
        drawn
    }

    fn draw_cell(
        &mut self,
        (start, index): (Vaddr, u64),
        cell: &Cell,
        each: u64,
        free_from: &mut Unit,
    ) {
        let at = |index: u64| start.plus(Bytes(index.wrapping_mul(PAGE_SIZE)));
        let (va, end) = (at(index), at(index + cell.pages));
        let (from, to) = (self.axis.x_of(va), self.axis.x_of(end));
        let width = to - from;
        let air = if width > px(8) { px(1) } else { Unit(width.0 / 8) };
        let rect = Rect::new(from + air, self.rows.cell, width - air - air, self.rows.cell_height);
        let touched = self.event.and_then(page_of).is_some_and(|page| va <= page && page < end);
        let is_write = self.event.is_some_and(uvmscope_uvm::KernelEvent::is_write);
        let class = Classes::of(Class::Page)
            .with_if(Class::Resident, cell.resident > 0)
            .with_if(Class::Wired, cell.held > 0)
            .with_if(Class::Grouped, each > 1)
            .with_if(Class::Miscounted, cell.odd > 0)
            .with_if(Class::Changed, touched && is_write)
            .with_if(Class::Looked, touched && !is_write);
        let radius = Unit(25).min(rect.width / 4);
        let mut node =
            Node::new(Key::Page(va), class).titled(title(va, cell)).rect(class, rect, radius);
        let level = |part: u64| {
            let level = scale(i64::from(rect.height.0), part, cell.pages);
            let level = Unit(i32::try_from(level).unwrap_or(0));
            let level = if part > 0 { level.max(px(5)) } else { Unit::ZERO };
            Rect::new(rect.x, rect.bottom() - level, rect.width, level)
        };
        if each > 1 && cell.resident > 0 {
            node = node.rect(Class::Level, level(cell.resident), radius);
        }
        if cell.resident > 0 {
            node = node.rect(Class::Fill, level(cell.counted), radius);
        }
        if cell.held > 0 {
            let foot = Rect::new(rect.x, rect.bottom() - px(4), rect.width, px(4));
            node = node.rect(Class::Foot, foot, Unit::ZERO);
        }
        node = cell_number(node, rect, cell, each, free_from);
        let group = va.0 / (PAGE_SIZE * each).max(1) / GROUP;
        self.out.add(Layer::Pages, group, node);
    }

    fn draw_notes(&mut self, totals: Totals) {
        if self.view.slim {
            return;
        }
        let resident = match totals.pages {
            0 => "no pages: nothing is mapped here".to_owned(),
            pages => format!("{} resident of {}", number(totals.resident), count(pages, "page")),
        };
        let held = match totals.held {
            0 => "none held wired by the pmap".to_owned(),
            n => format!("thick foot: held wired by the pmap, {}", number(n)),
        };
        let grouped = format!("a cell is up to {}", count(totals.each, "page"));
        let mut lines = Vec::new();
        if totals.pages == 0 {
            lines.push(resident);
        } else if self.view.is_compact() {
            let cells = if totals.each > 1 { format!("; {grouped}") } else { String::new() };
            lines.push(format!("{resident}, {} held wired", number(totals.held)));
            lines.push(format!("number: wire_count{cells}"));
        } else {
            let mut words = vec![resident, "number: the page's wire_count".to_owned(), held];
            if totals.each > 1 {
                words.insert(1, grouped);
            }
            let fits = |words: &[String]| {
                let (left, right) = self.axis.ends();
                text_width(Class::Note, &words.join(BETWEEN_NOTES)) <= right - left
            };
            if !fits(&words)
                && let Some(number) = words.iter_mut().find(|it| it.starts_with("number"))
            {
                "number: wire_count".clone_into(number);
            }
            while !fits(&words) && words.len() > 1 {
                words.pop();
            }
            lines.push(words.join(BETWEEN_NOTES));
        }
        for (n, line) in (0u8..).zip(lines) {
            let y = self.rows.note + px(15) * i32::from(n);
            let node = Node::new(Key::Note(n), Class::Note).at(self.rows.left, y).text(
                Class::Note,
                (Unit::ZERO, Unit::ZERO),
                Anchor::Start,
                vec![Span::plain(line)],
            );
            self.out.add(Layer::Pages, 0, node);
        }
    }
}

/// The cell with its number, where that fits.
fn cell_number(node: Node, rect: Rect, cell: &Cell, each: u64, free_from: &mut Unit) -> Node {
    let text = match cell.counts {
        None => return node,
        Some((least, most)) if least == most => most.to_string(),
        Some(_) => "*".to_owned(),
    };
    let width = text_width(Class::PageText, &text);
    let middle = rect.center_x();
    if width <= rect.width {
        let baseline = rect.y + rect.height / 2 + px(3);
        let spans = vec![Span::plain(text)];
        return node.text(Class::PageText, (middle, baseline), Anchor::Middle, spans);
    }
    // A count that wrapped is too wide for its cell, and too important to be left out.
    if each == 1 && *free_from <= middle - width / 2 {
        *free_from = middle + width / 2 + px(4);
        let class = Classes::of(Class::PageText).with(Class::Alert);
        let spans = vec![Span::plain(text)];
        return node.text(class, (middle, rect.bottom() + px(10)), Anchor::Middle, spans);
    }
    node
}

/// What stands between two notes on a line.
const BETWEEN_NOTES: &str = "  \u{b7}  ";

/// What a cell shows, in words.
fn title(va: Vaddr, cell: &Cell) -> String {
    if cell.pages == 1 {
        let Some((count, _)) = cell.counts else {
            return format!("page {va}: not resident");
        };
        let held = if cell.held == 0 { "not held" } else { "held" };
        return format!("page {va}: resident, wire_count {count}, {held} wired by the pmap");
    }
    format!(
        "{} from {va}: {} resident, {} with a wire_count, {} held wired by the pmap",
        count(cell.pages, "page"),
        number(cell.resident),
        number(cell.counted),
        number(cell.held)
    )
}
