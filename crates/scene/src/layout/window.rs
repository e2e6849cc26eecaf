//! Which entries are drawn: all of them, or a lens's worth around what the call is about.

use uvmscope_uvm::{Entry, EntryId, State, VaRange, Vaddr};

use crate::axis::PieceKind;
use crate::layout::request::Request;
use crate::viewport::Viewport;

/// Something on the axis.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Item {
    /// Its addresses.
    pub(crate) range: VaRange,
    /// What it is.
    pub(crate) kind: PieceKind,
    /// The entry, for a single one.
    pub(crate) entry: Option<EntryId>,
    /// How many entries it stands for.
    pub(crate) count: usize,
    /// How many of them say wired.
    pub(crate) wired: usize,
}

/// Everything on the axis, and how much of the map that is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Window {
    /// By ascending address, with no space between them.
    pub(crate) items: Vec<Item>,
    /// Where the whole map is more than what is drawn: an overview of it.
    pub(crate) overview: Option<Overview>,
}

/// The whole of a large map, entries counted off into bins of equal number.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Overview {
    /// Entries in the map.
    pub(crate) total: usize,
    /// Entries before those drawn.
    pub(crate) before: usize,
    /// Entries drawn one by one or in bands.
    pub(crate) shown: usize,
    /// For each bin, how many of its entries say wired.
    pub(crate) wired: Vec<usize>,
}

/// Bins of an overview.
pub(crate) const BINS: usize = 64;

/// Entries that can be drawn one by one.
pub(crate) fn capacity(view: Viewport) -> usize {
    let (margins, each) = if view.is_compact() { (44, 18) } else { (56, 14) };
    (usize::from(view.width).saturating_sub(margins) / each).clamp(8, 64)
}

impl Window {
    /// Chooses what is drawn. `focus` is an address that has to be among it, `overview` knows the
    /// whole map that some items are of.
    pub(crate) fn choose(
        state: &State,
        view: Viewport,
        focus: Option<Vaddr>,
        request: Option<Request>,
        overview: impl FnOnce(&[Item]) -> Overview,
    ) -> Self {
        let most = capacity(view);
        let request = request.and_then(|r| r.range).filter(|r| r.start <= r.end);
        if view.zoom.is_none() && state.entry_count() <= most {
            let singles: Vec<_> = state.entries().map(single).collect();
            return Self { items: with_holes(&singles, request), overview: None };
        }
        let (drawn, zoomed) = match view.zoom {
            Some(zoom) => {
                let within = state.entries_in(zoom).map(single).map(|item| item.within(zoom));
                (banded(within.collect(), most, focus), true)
            }
            None => (around(state, focus, most), false),
        };
        let overview = overview(&drawn);
        let mut items = with_holes(&drawn, if zoomed { None } else { request });
        let shown = overview.before + overview.shown;
        add_rest(state, &mut items, overview.before, overview.total - shown.min(overview.total));
        Self { items, overview: Some(overview) }
    }
}

impl Item {
    /// Its part in a range.
    fn within(self, zoom: VaRange) -> Self {
        let VaRange { start, end } = self.range;
        Self { range: VaRange::new(start.max(zoom.start), end.min(zoom.end)), ..self }
    }
}

fn single((id, entry): (EntryId, &Entry)) -> Item {
    Item {
        range: entry.range,
        kind: PieceKind::Mapped,
        entry: Some(id),
        count: 1,
        wired: usize::from(entry.wired_count != 0),
    }
}

/// At most so many entries, with the one at or before `focus` in their middle.
fn around(state: &State, focus: Option<Vaddr>, most: usize) -> Vec<Item> {
    let middle = focus.map_or(EntryId::HEADER, |va| state.preceding(va));
    let mut first = if middle.is_header() { state.first() } else { middle };
    for _ in 0..most / 2 {
        let before = state.prev(first);
        if middle.is_header() || before.is_header() {
            break;
        }
        first = before;
    }
    let mut items = Vec::with_capacity(most);
    let mut at = first;
    while !at.is_header() && items.len() < most {
        items.push(single((at, state.entry(at))));
        at = state.next(at);
    }
    items
}

/// The same entries in at most about so many items: neighbours become bands, but for the entry
/// that holds `focus`.
fn banded(singles: Vec<Item>, most: usize, focus: Option<Vaddr>) -> Vec<Item> {
    if singles.len() <= most {
        return singles;
    }
    let each = singles.len().div_ceil(most.saturating_sub(2).max(1));
    let is_focus = |item: &Item| focus.is_some_and(|va| item.range.contains(va));
    let mut out = Vec::new();
    for chunk in singles.chunks(each) {
        match chunk.iter().position(is_focus) {
            Some(at) => {
                out.extend(band(&chunk[..at]));
                out.push(chunk[at]);
                out.extend(band(&chunk[at + 1..]));
            }
            None => out.extend(band(chunk)),
        }
    }
    out
}

fn band(items: &[Item]) -> Option<Item> {
    let (first, last) = (items.first()?, items.last()?);
    if items.len() == 1 {
        return Some(*first);
    }
    Some(Item {
        range: VaRange::new(first.range.start, last.range.end),
        kind: PieceKind::Band,
        entry: None,
        count: items.iter().map(|i| i.count).sum(),
        wired: items.iter().map(|i| i.wired).sum(),
    })
}

/// The items with what is not mapped between them, cut where the request begins and ends, so
/// that a request over nothing can be drawn too.
fn with_holes(items: &[Item], request: Option<VaRange>) -> Vec<Item> {
    let mut out = Vec::with_capacity(2 * items.len() + 4);
    let low = items.first().map(|i| i.range.start);
    let high = items.last().map(|i| i.range.end);
    let from = [low, request.map(|r| r.start)].into_iter().flatten().min();
    let to = [high, request.map(|r| r.end)].into_iter().flatten().max();
    let (Some(mut at), Some(to)) = (from, to) else {
        return out;
    };
    for item in items {
        add_hole(&mut out, VaRange::new(at, item.range.start), request);
        out.push(*item);
        at = item.range.end;
    }
    add_hole(&mut out, VaRange::new(at, to), request);
    out
}

fn add_hole(out: &mut Vec<Item>, hole: VaRange, request: Option<VaRange>) {
    if hole.is_empty() {
        return;
    }
    let mut at = hole.start;
    let cuts = request.map(|r| [r.start, r.end]);
    for cut in cuts.into_iter().flatten().chain([hole.end]) {
        if at < cut && cut <= hole.end {
            let range = VaRange::new(at, cut);
            out.push(Item { range, kind: PieceKind::Hole, entry: None, count: 0, wired: 0 });
            at = cut;
        }
    }
}

/// What lies before and behind the part that is drawn, as one band on either side.
fn add_rest(state: &State, items: &mut Vec<Item>, before: usize, after: usize) {
    let rest = |range, count| Item { range, kind: PieceKind::Band, entry: None, count, wired: 0 };
    let first = state.get_entry(state.first()).map(|e| e.range.start);
    let last = state.get_entry(state.last()).map(|e| e.range.end);
    let (Some(first), Some(last)) = (first, last) else {
        return;
    };
    let low = items.first().map_or(last, |i| i.range.start);
    let high = items.last().map_or(last, |i| i.range.end);
    if before > 0 && first < low {
        items.insert(0, rest(VaRange::new(first, low), before));
    }
    if after > 0 && high < last {
        items.push(rest(VaRange::new(high, last), after));
    }
}

impl Window {
    /// The addresses from the first entry that is drawn to the last.
    pub(crate) fn shown(&self) -> Option<VaRange> {
        let mut entries = self.items.iter().filter(|i| i.kind == PieceKind::Mapped);
        let first = entries.next()?;
        let last = entries.next_back().unwrap_or(first);
        Some(VaRange::new(first.range.start, last.range.end))
    }

    /// Says of the rest of `range` that nothing is mapped there.
    pub(crate) fn reach(&mut self, range: VaRange) {
        let (Some(first), Some(last)) = (self.items.first(), self.items.last()) else {
            return;
        };
        let before = VaRange::new(range.start, first.range.start);
        let after = VaRange::new(last.range.end, range.end);
        let mut items = Vec::with_capacity(self.items.len() + 2);
        add_hole(&mut items, before, None);
        items.append(&mut self.items);
        add_hole(&mut items, after, None);
        self.items = items;
    }
}

impl Overview {
    /// Counts the whole map off, which takes the longer the larger it is.
    pub(crate) fn of(state: &State, drawn: &[Item]) -> Self {
        let total = state.entry_count();
        let first = drawn.first().map(|i| i.range.start);
        let each = total.div_ceil(BINS).max(1);
        let mut wired = vec![0; total.div_ceil(each)];
        let mut before = if first.is_some() { 0 } else { total };
        for (rank, (_, entry)) in state.entries().enumerate() {
            if first.is_some_and(|first| entry.range.contains(first)) {
                before = rank;
            }
            if entry.wired_count != 0
                && let Some(bin) = wired.get_mut(rank / each)
            {
                *bin += 1;
            }
        }
        Self { total, before, shown: drawn.iter().map(|i| i.count).sum(), wired }
    }
}
