//! What differs between two states, in the terms of addresses: ids and births are a state's own
//! business.

use std::iter::Peekable;
use std::ops::ControlFlow;

use uvmscope_uvm::halt::Panic;
use uvmscope_uvm::state::{ConsoleLine, EntryId, VisiblePage};
use uvmscope_uvm::{Advice, Entry, Inherit, Prot, State, VaRange, Vaddr};

use crate::align::Side;

/// Differences about addresses that are listed at most; the others are only counted.
pub const LISTED: usize = 64;

/// What an entry says of an address that it covers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "the fields are those of an entry")]
pub struct Claim {
    pub wired_count: i32,
    pub prot: Prot,
    pub max_prot: Prot,
    pub inherit: Inherit,
    pub advice: Advice,
    pub cow: bool,
    pub needs_copy: bool,
    /// Whether there is an amap.
    pub amap: bool,
    /// For an entry with the file behind it, the offset in the file less the address.
    pub file: Option<u64>,
}

impl Claim {
    const fn of(entry: &Entry) -> Self {
        let Entry { wired_count, prot, max_prot, inherit, advice, cow, needs_copy, .. } = *entry;
        let amap = entry.amap.is_some();
        let file =
            if entry.object { Some(entry.offset.wrapping_sub(entry.range.start.0)) } else { None };
        Self { wired_count, prot, max_prot, inherit, advice, cow, needs_copy, amap, file }
    }
}

/// A resident page as it shows at an address.
#[allow(clippy::struct_excessive_bools, reason = "these are independent bits of page and mapping")]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PageClaim {
    /// The page's own count.
    pub wire_count: u16,
    /// Whether the pmap maps it there.
    pub mapped: bool,
    /// Whether that mapping lets the program write.
    pub write: bool,
    /// Whether that mapping is marked as wired.
    pub wired: bool,
    /// Whether the page is the process's own, and not the file's.
    pub anon: bool,
}

/// What is known of an amap besides its pages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Backing {
    /// Entries that refer to it.
    pub refs: u32,
    /// Slots in use.
    pub nslot: u64,
    /// Slots there is room for.
    pub maxslot: u64,
    /// Number of the slot less that of the page.
    origin: u64,
}

/// One difference between two states; what stands in pairs stands in their order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StateDifference {
    /// The entries over these addresses do not say the same, or only one state has one.
    Entries {
        /// The addresses.
        range: VaRange,
        /// What is said.
        says: [Option<Claim>; 2],
    },
    /// Only one state has a boundary here; in the other one entry reaches across.
    Boundary {
        /// Where.
        at: Vaddr,
        /// Which state has it.
        side: Side,
    },
    /// The pages at these addresses differ, or are resident in one state only.
    Pages {
        /// The addresses, whole pages.
        range: VaRange,
        /// What is there.
        pages: [Option<PageClaim>; 2],
    },
    /// The amaps behind these addresses are of another size, or have more entries referring to
    /// them.
    Amaps {
        /// The addresses.
        range: VaRange,
        /// What is behind them.
        amaps: [Backing; 2],
    },
    /// A page of the file is resident in one state only, or has another `wire_count`.
    FilePage {
        /// Its number in the file.
        index: u64,
        /// The counts.
        wire_counts: [Option<u16>; 2],
    },
    /// `uvmexp.wired`
    UvmexpWired([i32; 2]),
    /// Whether new mappings are to be wired.
    WireFuture([bool; 2]),
    /// What the kernel printed: how many lines, and the first that differs.
    Console {
        /// How many lines.
        lines: [usize; 2],
        /// The first that the other state has not.
        first: [Option<ConsoleLine>; 2],
    },
    /// Whether the machine stopped.
    Panic([Option<Panic>; 2]),
}

impl StateDifference {
    /// The addresses that it is about; nothing for what is about the whole machine.
    pub fn range(&self) -> Option<VaRange> {
        range_of(self)
    }
}

/// What differs between two states.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Differences {
    /// Panic, console and counters first, then by kind and address; of those about addresses at
    /// most [`LISTED`].
    pub listed: Vec<StateDifference>,
    /// How many there are.
    pub total: usize,
}

impl Differences {
    /// Whether the states agree.
    pub const fn is_empty(&self) -> bool {
        self.total == 0
    }
}

/// What differs between two states, their ids aside.
pub fn differences(a: &State, b: &State) -> Differences {
    let mut listed = of_machine(a, b);
    let most = listed.len() + LISTED;
    let mut total = listed.len();
    let _ = of_addresses(a, b, EVERYWHERE, &mut |difference| {
        total += 1;
        if listed.len() < most {
            listed.push(difference);
        }
        ControlFlow::Continue(())
    });
    Differences { listed, total }
}

const EVERYWHERE: VaRange = VaRange::new(Vaddr(0), Vaddr(u64::MAX));

/// Compares two states again and again as they go on, beginning where they differed last.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    last: Option<VaRange>,
}

impl Comparison {
    /// Whether the states agree, their ids aside.
    pub(crate) fn agree(&mut self, a: &State, b: &State) -> bool {
        if !of_machine(a, b).is_empty() {
            return false;
        }
        let mut differing = None;
        let mut stop = |difference| {
            differing = Some(range_of(&difference));
            ControlFlow::Break(())
        };
        let still = self.last.is_some_and(|last| of_addresses(a, b, last, &mut stop).is_break());
        if still {
            return false;
        }
        let found = of_addresses(a, b, EVERYWHERE, &mut stop).is_break();
        self.last = differing.flatten();
        !found
    }
}

/// The addresses that a difference is about.
fn range_of(difference: &StateDifference) -> Option<VaRange> {
    match *difference {
        StateDifference::Entries { range, .. }
        | StateDifference::Pages { range, .. }
        | StateDifference::Amaps { range, .. } => Some(range),
        // Both sides of it.
        StateDifference::Boundary { at, .. } => {
            Some(VaRange::new(Vaddr(at.0.saturating_sub(1)), Vaddr(at.0.saturating_add(1))))
        }
        _ => None,
    }
}

/// Takes differences one by one, and says whether to go on.
type Sink<'a> = &'a mut dyn FnMut(StateDifference) -> ControlFlow<()>;

/// The differences that are about no addresses; at most four.
fn of_machine(a: &State, b: &State) -> Vec<StateDifference> {
    use StateDifference as D;
    let mut found = Vec::new();
    if a.panicked() != b.panicked() {
        found.push(D::Panic([a.panicked(), b.panicked()]));
    }
    let (printed_a, printed_b) = (a.console(), b.console());
    if printed_a != printed_b {
        let same = printed_a.iter().zip(printed_b).take_while(|(a, b)| a == b).count();
        let lines = [printed_a.len(), printed_b.len()];
        let first = [printed_a.get(same).copied(), printed_b.get(same).copied()];
        found.push(D::Console { lines, first });
    }
    if a.uvmexp_wired() != b.uvmexp_wired() {
        found.push(D::UvmexpWired([a.uvmexp_wired(), b.uvmexp_wired()]));
    }
    if a.wirefuture() != b.wirefuture() {
        found.push(D::WireFuture([a.wirefuture(), b.wirefuture()]));
    }
    found
}

fn of_addresses(a: &State, b: &State, range: VaRange, sink: Sink<'_>) -> ControlFlow<()> {
    of_entries(a, b, range, sink)?;
    of_pages(a, b, range, sink)?;
    if range == EVERYWHERE {
        of_file(a, b, sink)?;
    }
    of_amaps(a, b, range, sink)
}

/// Addresses over which neither map has a boundary.
#[derive(Clone, Copy, Debug)]
struct Segment<'a> {
    range: VaRange,
    entries: [Option<&'a Entry>; 2],
}

/// The segments of two maps over `range`, without those that neither map covers.
struct Segments<'a, I: Iterator<Item = (EntryId, &'a Entry)>> {
    maps: [Peekable<I>; 2],
    at: Vaddr,
    end: Vaddr,
}

fn segments<'a>(a: &'a State, b: &'a State, range: VaRange) -> impl Iterator<Item = Segment<'a>> {
    let maps = [a, b].map(|state| state.entries_in(range).peekable());
    Segments { maps, at: range.start, end: range.end }
}

impl<'a, I: Iterator<Item = (EntryId, &'a Entry)>> Iterator for Segments<'a, I> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Segment<'a>> {
        let at = self.at;
        for map in &mut self.maps {
            while map.next_if(|(_, e)| e.range.end <= at).is_some() {}
        }
        let ahead = self.maps.each_mut().map(|map| map.peek().map(|(_, e)| *e));
        let start = ahead.iter().flatten().map(|e| e.range.start).min()?.max(at);
        let entries = ahead.map(|e| e.filter(|e| e.range.start <= start));
        // Where an entry ends, or one begins.
        let edge = |e: &&Entry| if e.range.start <= start { e.range.end } else { e.range.start };
        let end = ahead.iter().flatten().map(edge).min()?.min(self.end);
        self.at = end;
        (start < end).then_some(Segment { range: VaRange::new(start, end), entries })
    }
}

/// Puts differing neighbours together: `of` says what is compared, as a pair.
struct Joined<T, F> {
    open: Option<(VaRange, [T; 2])>,
    make: F,
}

impl<T: PartialEq + Copy, F: Fn(VaRange, [T; 2]) -> StateDifference> Joined<T, F> {
    const fn new(make: F) -> Self {
        Self { open: None, make }
    }

    fn add(&mut self, range: VaRange, pair: [T; 2], sink: Sink<'_>) -> ControlFlow<()> {
        if let Some((open, before)) = &mut self.open
            && open.end == range.start
            && *before == pair
        {
            open.end = range.end;
            return ControlFlow::Continue(());
        }
        self.close(sink)?;
        if pair[0] != pair[1] {
            self.open = Some((range, pair));
        }
        ControlFlow::Continue(())
    }

    fn close(&mut self, sink: Sink<'_>) -> ControlFlow<()> {
        match self.open.take() {
            Some((range, pair)) => sink((self.make)(range, pair)),
            None => ControlFlow::Continue(()),
        }
    }
}

fn of_entries(a: &State, b: &State, range: VaRange, sink: Sink<'_>) -> ControlFlow<()> {
    let mut joined = Joined::new(|range, says| StateDifference::Entries { range, says });
    let mut before: Option<Segment<'_>> = None;
    for segment in segments(a, b, range) {
        if let Some(before) = before.filter(|b| b.range.end == segment.range.start) {
            let at = segment.range.start;
            // A boundary between two entries that adjoin, within one of the other map.
            let cut = [0, 1].map(|i| match (before.entries[i], segment.entries[i]) {
                (Some(low), Some(high)) => Some(low.range != high.range),
                _ => None,
            });
            let side = match cut {
                [Some(true), Some(false)] => Some(Side::A),
                [Some(false), Some(true)] => Some(Side::B),
                _ => None,
            };
            if let Some(side) = side {
                joined.close(sink)?;
                sink(StateDifference::Boundary { at, side })?;
            }
        }
        joined.add(segment.range, segment.entries.map(|e| e.map(Claim::of)), sink)?;
        before = Some(segment);
    }
    joined.close(sink)
}

fn of_amaps(a: &State, b: &State, range: VaRange, sink: Sink<'_>) -> ControlFlow<()> {
    let backing = |state: &State, entry: Option<&Entry>| {
        let entry = entry?;
        let amap = state.amap(entry.amap?);
        let origin = entry.slot.wrapping_sub(entry.range.start.page_number());
        Some(Backing { refs: amap.refs, nslot: amap.nslot, maxslot: amap.maxslot, origin })
    };
    let make = |range, amaps| StateDifference::Amaps { range, amaps };
    let mut joined = Joined::new(make);
    for Segment { range, entries } in segments(a, b, range) {
        // That only one has an amap is a difference of the entries.
        if let (Some(of_a), Some(of_b)) = (backing(a, entries[0]), backing(b, entries[1])) {
            joined.add(range, [of_a, of_b], sink)?;
        }
    }
    joined.close(sink)
}

fn of_pages(a: &State, b: &State, range: VaRange, sink: Sink<'_>) -> ControlFlow<()> {
    let mut pages = [a, b].map(|state| state.visible_pages(range).into_iter().peekable());
    let mut joined = Joined::new(|range, pages| StateDifference::Pages { range, pages });
    loop {
        let ahead = pages.each_mut().map(|p| p.peek().map(|page| page.va));
        let Some(va) = ahead.into_iter().flatten().min() else { break };
        let here = pages.each_mut().map(|p| p.next_if(|page| page.va == va));
        let pair = [(a, here[0]), (b, here[1])].map(|(state, page)| Some(claim(state, page?)));
        joined.add(VaRange::new(va, va.next_page()), pair, sink)?;
    }
    joined.close(sink)
}

fn claim(state: &State, page: VisiblePage) -> PageClaim {
    let VisiblePage { va, wire_count, mapped, pmap_wired: wired, .. } = page;
    let write = state.mapping(va).is_some_and(|m| m.write);
    let entry = state.entry_at(va).map(|id| state.entry(id));
    let anon = entry.is_some_and(|entry| state.anon_page(entry, va).is_some());
    PageClaim { wire_count, mapped, write, wired, anon }
}

fn of_file(a: &State, b: &State, sink: Sink<'_>) -> ControlFlow<()> {
    let count =
        |state: &State, index| state.object_page(index).map(|page| state.page(page).wire_count);
    let of_b = b.object_pages().map(|(index, _)| index);
    let only_b = of_b.filter(|index| a.object_page(*index).is_none());
    for index in a.object_pages().map(|(index, _)| index).chain(only_b) {
        let wire_counts = [count(a, index), count(b, index)];
        if wire_counts[0] != wire_counts[1] {
            sink(StateDifference::FilePage { index, wire_counts })?;
        }
    }
    ControlFlow::Continue(())
}
