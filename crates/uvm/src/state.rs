//! The state of the simulated kernel, for one process: its map, amaps, pages, pmap and counters.
//!
//! What entries claim (`wired_count`) and what pages and the pmap hold stand apart and are never
//! derived from one another: the panic this program is about lives in the gap between them.
//! Everything here reads; the only way to change a state is an event, in [`crate::apply`].

use std::collections::BTreeMap;
use std::fmt;

use crate::addr::{Bytes, PAGE_SHIFT, PAGE_SIZE, VaRange, Vaddr};
use crate::arena::Arena;
use crate::attr::{Advice, Inherit, Prot};
use crate::halt::Panic;
use crate::sparse::Sparse;

/// Which map entry: as a kernel address would, the number says where it lives, and is given again
/// after the entry is gone. [`Entry::birth`] tells two tenants apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EntryId(pub u32);

impl EntryId {
    /// The list's sentinel: before the first entry and behind the last.
    pub const HEADER: Self = Self(u32::MAX);

    /// Whether this is the sentinel and no entry.
    pub const fn is_header(self) -> bool {
        self.0 == u32::MAX
    }
}

/// Which amap.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AmapId(pub u32);

/// Which physical page.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PageId(pub u32);

/// A map entry: a range of addresses with one set of attributes.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Entry {
    /// The addresses it covers.
    pub range: VaRange,
    /// What the program may do there now.
    pub prot: Prot,
    /// What it may ever ask for.
    pub max_prot: Prot,
    /// What a child would get.
    pub inherit: Inherit,
    /// How the program said it would use it.
    pub advice: Advice,
    /// How often it was wired; only 0, 1 and more are ever told apart.
    pub wired_count: i32,
    /// Copy-on-write: a private mapping.
    pub cow: bool,
    /// The amap is still to be made or copied before the first write.
    pub needs_copy: bool,
    /// The anonymous memory behind it.
    pub amap: Option<AmapId>,
    /// Slot of the amap that belongs to the entry's first page.
    pub slot: u64,
    /// Whether the file lies behind it.
    pub object: bool,
    /// Offset in the file of the entry's first byte; 0 without a file.
    pub offset: u64,
    /// The how-manieth entry of this run it is; never given twice.
    pub birth: u32,
    /// [`Entry::birth`] of the mapping that it was cut from, over any number of cuts; its own
    /// where it came from mmap.
    pub family: u32,
}

impl Entry {
    /// Number of the page of `va`, counted from the entry's start.
    pub const fn page_index(&self, va: Vaddr) -> u64 {
        va.since(self.range.start).0 >> PAGE_SHIFT
    }

    /// The amap slot of the page of `va`.
    pub const fn slot_of(&self, va: Vaddr) -> u64 {
        self.slot + self.page_index(va)
    }

    /// Number of the file's page that stands at `va`.
    pub const fn object_page(&self, va: Vaddr) -> u64 {
        self.offset.wrapping_add(va.since(self.range.start).0) >> PAGE_SHIFT
    }

    /// Offset in the file of the byte at `va`; 0 without a file.
    pub const fn offset_at(&self, va: Vaddr) -> u64 {
        if self.object { self.offset.wrapping_add(va.since(self.range.start).0) } else { 0 }
    }
}

/// An entry with its place in the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Linked {
    pub(crate) entry: Entry,
    pub(crate) prev: EntryId,
    pub(crate) next: EntryId,
}

/// Anonymous memory: which of its slots hold a page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Amap {
    /// Entries that refer to it.
    pub refs: u32,
    /// Slots in use.
    pub nslot: u64,
    /// Slots there is room for.
    pub maxslot: u64,
    /// The pages, by slot.
    pub anons: Sparse<PageId>,
}

/// A physical page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Page {
    /// How often it is wired; 16 bits, and wraps.
    pub wire_count: u16,
}

/// What the pmap holds for one virtual page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mapping {
    /// The page behind it.
    pub page: PageId,
    /// Whether writing needs no fault.
    pub write: bool,
    /// Whether the mapping is marked as wired.
    pub wired: bool,
}

/// A line that the kernel printed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ConsoleLine {
    /// `pmap_unwire` was asked to clear a wired bit that was not set.
    WiringDidNotChange {
        /// The address it was asked about.
        va: Vaddr,
    },
}

impl fmt::Display for ConsoleLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The pmap's address is the one in the mail: nothing here has a kernel address.
            Self::WiringDidNotChange { va } => {
                write!(f, "pmap_unwire: wiring for pmap 0xffffaa80028e4980 va {va} did not change!")
            }
        }
    }
}

/// A page as it shows through the map at one address; see [`State::visible_pages`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct VisiblePage {
    /// The address it shows at.
    pub va: Vaddr,
    /// Which page it is; one page may show at two addresses.
    pub page: PageId,
    /// The page's own count.
    pub wire_count: u16,
    /// Whether the pmap maps it here.
    pub mapped: bool,
    /// Whether that mapping is marked as wired.
    pub pmap_wired: bool,
}

/// The numbers of the pages whose start lies in `range`.
const fn page_numbers(range: VaRange) -> std::ops::Range<u64> {
    range.start.0.div_ceil(PAGE_SIZE)..range.end.0.div_ceil(PAGE_SIZE)
}

/// Everything that the simulated kernel knows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct State {
    pub(crate) entries: Arena<Linked>,
    pub(crate) by_start: BTreeMap<Vaddr, EntryId>,
    pub(crate) amaps: Arena<Amap>,
    pub(crate) pages: Arena<Page>,
    pub(crate) object: Sparse<PageId>,
    /// By page number.
    pub(crate) pmap: Sparse<Mapping>,
    pub(crate) pmap_wired: u64,
    pub(crate) uvmexp_wired: i32,
    pub(crate) wirefuture: bool,
    pub(crate) console: Vec<ConsoleLine>,
    pub(crate) births: u32,
    pub(crate) panic: Option<Panic>,
}

impl State {
    /// The entry of that number.
    ///
    /// # Panics
    /// When there is none: numbers come from this state.
    #[inline]
    pub fn entry(&self, id: EntryId) -> &Entry {
        &self.entries.at(id.0).entry
    }

    /// The entry of that number, or nothing for the header and for one that is gone.
    pub fn get_entry(&self, id: EntryId) -> Option<&Entry> {
        self.entries.get(id.0).map(|linked| &linked.entry)
    }

    /// The first entry of the map, or the header.
    pub fn first(&self) -> EntryId {
        self.by_start.first_key_value().map_or(EntryId::HEADER, |(_, id)| *id)
    }

    /// The last entry of the map, or the header.
    pub fn last(&self) -> EntryId {
        self.by_start.last_key_value().map_or(EntryId::HEADER, |(_, id)| *id)
    }

    /// The entry behind `id`, or the header; behind the header stands the first.
    #[inline]
    pub fn next(&self, id: EntryId) -> EntryId {
        if id.is_header() { self.first() } else { self.entries.at(id.0).next }
    }

    /// The entry before `id`, or the header; before the header stands the last.
    #[inline]
    pub fn prev(&self, id: EntryId) -> EntryId {
        if id.is_header() { self.last() } else { self.entries.at(id.0).prev }
    }

    /// All entries by ascending address.
    pub fn entries(&self) -> impl DoubleEndedIterator<Item = (EntryId, &Entry)> {
        self.by_start.values().map(|id| (*id, self.entry(*id)))
    }

    /// The entries that reach into `range`, by ascending address.
    pub fn entries_in(&self, range: VaRange) -> impl Iterator<Item = (EntryId, &Entry)> {
        let from = match self.preceding(range.start) {
            EntryId::HEADER => range.start,
            id => self.entry(id).range.start,
        };
        self.by_start
            .range(from.min(range.end)..range.end)
            .map(|(_, id)| (*id, self.entry(*id)))
            .filter(move |(_, e)| e.range.end > range.start)
    }

    /// How many entries there are.
    pub fn entry_count(&self) -> usize {
        self.by_start.len()
    }

    /// The last entry that starts at or before `va`, or the header.
    #[inline]
    pub fn preceding(&self, va: Vaddr) -> EntryId {
        self.by_start.range(..=va).next_back().map_or(EntryId::HEADER, |(_, id)| *id)
    }

    /// The entry that holds `va`.
    #[inline]
    pub fn entry_at(&self, va: Vaddr) -> Option<EntryId> {
        let id = self.preceding(va);
        (!id.is_header() && va < self.entry(id).range.end).then_some(id)
    }

    /// The amap of that number.
    ///
    /// # Panics
    /// When there is none: numbers come from this state.
    pub fn amap(&self, id: AmapId) -> &Amap {
        self.amaps.at(id.0)
    }

    /// The amap of that number, or nothing for one that is gone.
    pub fn get_amap(&self, id: AmapId) -> Option<&Amap> {
        self.amaps.get(id.0)
    }

    /// How many amaps there are.
    pub fn amap_count(&self) -> usize {
        self.amaps.len()
    }

    /// All amaps by ascending number.
    pub fn amaps(&self) -> impl Iterator<Item = (AmapId, &Amap)> {
        self.amaps.iter().map(|(id, amap)| (AmapId(id), amap))
    }

    /// The page of that number.
    ///
    /// # Panics
    /// When there is none: numbers come from this state.
    pub fn page(&self, id: PageId) -> &Page {
        self.pages.at(id.0)
    }

    /// The page of that number, or nothing for one that is freed.
    pub fn get_page(&self, id: PageId) -> Option<&Page> {
        self.pages.get(id.0)
    }

    /// How many pages are allocated.
    pub fn page_count(&self) -> usize {
        self.pages.len()
    }

    /// All pages by ascending number.
    pub fn pages(&self) -> impl Iterator<Item = (PageId, &Page)> {
        self.pages.iter().map(|(id, page)| (PageId(id), page))
    }

    /// The anonymous page of `entry` at `va`, if it has one.
    #[inline]
    pub fn anon_page(&self, entry: &Entry, va: Vaddr) -> Option<PageId> {
        self.amap(entry.amap?).anons.get(entry.slot_of(va))
    }

    /// The file's resident pages by their number in the file.
    pub fn object_pages(&self) -> impl Iterator<Item = (u64, PageId)> {
        self.object.iter()
    }

    /// The file's page of that number, if it is resident.
    pub fn object_page(&self, index: u64) -> Option<PageId> {
        self.object.get(index)
    }

    /// What the pmap holds for the page of `va`.
    #[inline]
    pub fn mapping(&self, va: Vaddr) -> Option<Mapping> {
        self.pmap.get(va.page_number())
    }

    /// What the pmap holds in `range`, by ascending address.
    pub fn mappings_in(&self, range: VaRange) -> impl Iterator<Item = (Vaddr, Mapping)> {
        self.pmap.range(page_numbers(range)).map(|(page, mapping)| (Vaddr::of_page(page), mapping))
    }

    /// The lowest mapping in `range`.
    #[inline]
    pub fn first_mapping(&self, range: VaRange) -> Option<(Vaddr, Mapping)> {
        let (page, mapping) = self.pmap.first_in(page_numbers(range))?;
        Some((Vaddr::of_page(page), mapping))
    }

    /// Number of pages that the pmap maps.
    pub fn mapping_count(&self) -> usize {
        self.pmap.len()
    }

    /// Number of wired bits in the pmap; this is what counts against `RLIMIT_MEMLOCK`.
    pub const fn pmap_wired_count(&self) -> u64 {
        self.pmap_wired
    }

    /// The kernel's count of wired pages; signed, and drifts when page counts wrap.
    pub const fn uvmexp_wired(&self) -> i32 {
        self.uvmexp_wired
    }

    /// Whether new mappings are to be wired.
    pub const fn wirefuture(&self) -> bool {
        self.wirefuture
    }

    /// What the kernel printed, oldest first.
    pub fn console(&self) -> &[ConsoleLine] {
        &self.console
    }

    /// How many entries were ever made.
    pub const fn births(&self) -> u32 {
        self.births
    }

    /// The panic that stopped the machine, if one did.
    pub const fn panicked(&self) -> Option<Panic> {
        self.panic
    }

    /// The resident pages that show through the map in `range`, by ascending address: mapped in
    /// the pmap, or else in the entry's amap, or else in the file at that offset.
    pub fn visible_pages(&self, range: VaRange) -> Vec<VisiblePage> {
        let mut seen: BTreeMap<Vaddr, VisiblePage> = BTreeMap::new();
        for (va, mapping) in self.mappings_in(range) {
            let wire_count = self.page(mapping.page).wire_count;
            let (page, pmap_wired) = (mapping.page, mapping.wired);
            seen.insert(va, VisiblePage { va, page, wire_count, mapped: true, pmap_wired });
        }
        let mut add = |va: Vaddr, page: PageId| {
            let wire_count = self.page(page).wire_count;
            if range.contains(va) {
                let unmapped =
                    VisiblePage { va, page, wire_count, mapped: false, pmap_wired: false };
                seen.entry(va).or_insert(unmapped);
            }
        };
        for (_, entry) in self.entries_in(range) {
            let first = entry.range.start;
            if let Some(amap) = entry.amap {
                let slots = entry.slot..entry.slot + entry.range.pages().0;
                for (slot, page) in self.amap(amap).anons.range(slots) {
                    add(first.plus(Bytes((slot - entry.slot) << PAGE_SHIFT)), page);
                }
            }
            if entry.object {
                // A mapping may reach around the end of the file's offsets.
                let lead = entry.offset >> PAGE_SHIFT;
                let pages = entry.range.pages().0;
                for (index, page) in self.object.range(lead..lead.saturating_add(pages)) {
                    add(first.plus(Bytes((index - lead) * PAGE_SIZE)), page);
                }
            }
        }
        seen.into_values().collect()
    }
}
