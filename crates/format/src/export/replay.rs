//! Does the writes of a trace again.
//!
//! A state trusts its events. Those of a trace come from outside: each is held to what the state is
//! before it is done, so that a damaged trace is an error and nothing worse.

use std::collections::BTreeMap;

use uvmscope_replay::Place;
use uvmscope_uvm::state::{AmapId, Mapping, PageId};
use uvmscope_uvm::{Entry, EntryId, KernelEvent, State, Vaddr};

use super::read::{TraceError, TraceStep};

/// Slots of amaps, and their numbers, stay below this, so that sums of them are numbers, too.
const MAX_SLOT: u64 = 1 << 53;

/// Goes through the states of a trace.
#[derive(Clone, Debug)]
pub struct Replay<'a> {
    steps: std::slice::Iter<'a, TraceStep>,
    state: State,
    references: References,
}

impl<'a> Replay<'a> {
    pub(super) fn new(steps: &'a [TraceStep]) -> Self {
        Self { steps: steps.iter(), state: State::default(), references: References::default() }
    }

    /// The state that was reached.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// One step on: the place that it leads to, with the state there; nothing behind the last.
    pub fn step_on(&mut self) -> Option<Result<(Place, &State), TraceError>> {
        let TraceStep { place, write } = self.steps.next()?;
        if let Some(write) = write {
            if let Err(why) = self.check(write) {
                return Some(Err(TraceError::Step { place: *place, why }));
            }
            self.references.count(&self.state, write);
            self.state.apply(write);
        }
        Some(Ok((*place, &self.state)))
    }

    /// Whether the state allows the event.
    fn check(&self, event: &KernelEvent) -> Result<(), String> {
        use KernelEvent as E;
        match event {
            E::EntryInsert { id, entry } => {
                self.check_new_entry(*id)?;
                self.check_entry(entry)?;
                unless("an entry starts there", self.state.entries_in(entry.range).next().is_none())
            }
            E::EntryRemove { id, entry } => same("the entry", self.entry(*id)?, entry),
            E::ClipStart { entry, front: new, at, from } => {
                self.check_new_entry(*new)?;
                let range = self.entry(*entry)?.range;
                same("the start", &range.start, from)?;
                unless("the cut is at an end", range.start < *at && *at < range.end)
            }
            E::ClipEnd { entry, back: new, at, from } => {
                self.check_new_entry(*new)?;
                let range = self.entry(*entry)?.range;
                same("the end", &range.end, from)?;
                unless("the cut is at an end", range.start < *at && *at < range.end)
            }
            E::EntryStart { entry, from, to } => {
                let range = self.entry(*entry)?.range;
                same("the start", &range.start, from)?;
                unless("the entry would be empty", *to < range.end)
            }
            E::EntryEnd { entry, from, to } => {
                let range = self.entry(*entry)?.range;
                same("the end", &range.end, from)?;
                unless("the entry would be empty", range.start < *to)
            }
            E::EntryOffset { entry, from, .. } => {
                same("the offset", &self.entry(*entry)?.offset, from)
            }
            E::WiredCount { entry, from, .. } => {
                same("the wired_count", &self.entry(*entry)?.wired_count, from)
            }
            E::EntryProt { entry, from, .. } => same("prot", &self.entry(*entry)?.prot, from),
            E::EntryInherit { entry, from, .. } => {
                same("inherit", &self.entry(*entry)?.inherit, from)
            }
            E::EntryAdvice { entry, from, .. } => same("advice", &self.entry(*entry)?.advice, from),
            E::NeedsCopy { entry, from, .. } => {
                same("needs_copy", &self.entry(*entry)?.needs_copy, from)
            }
            E::EntryAmap { entry, from, to } => {
                same("the amap", &self.entry(*entry)?.amap, from)?;
                to.map_or(Ok(()), |amap| self.check_amap(amap))
            }
            E::EntrySlot { entry, from, to } => {
                same("the slot", &self.entry(*entry)?.slot, from)?;
                check_slot(*to)
            }
            E::WireFuture { from, .. } => same("wirefuture", &self.state.wirefuture(), from),
            E::UvmexpWired { from, .. } => same("uvmexp.wired", &self.state.uvmexp_wired(), from),
            _ => self.check_memory(event),
        }
    }

    /// The events on amaps, pages and the pmap.
    fn check_memory(&self, event: &KernelEvent) -> Result<(), String> {
        use KernelEvent as E;
        match event {
            E::AmapCreate { amap, nslot, maxslot } => {
                let AmapId(id) = *amap;
                let free = self.state.get_amap(*amap).is_none();
                unless("the amap exists", free && id as usize <= self.state.amap_count())?;
                check_slot(*nslot.max(maxslot))
            }
            E::AmapDestroy { amap, .. } => {
                unless("the amap holds pages", self.amap(*amap)?.anons.is_empty())?;
                unless("an entry has the amap", !self.references.amaps.contains_key(amap))
            }
            E::AmapRefs { amap, from, .. } => same("the references", &self.amap(*amap)?.refs, from),
            E::AmapSlots { amap, from, to } => {
                same("nslot", &self.amap(*amap)?.nslot, from)?;
                check_slot(*to)
            }
            E::AmapRoom { amap, from, to } => {
                same("maxslot", &self.amap(*amap)?.maxslot, from)?;
                check_slot(*to)
            }
            E::AmapShift { amap, by } => {
                check_slot(by.unsigned_abs())?;
                let moved = |(slot, _): (u64, PageId)| {
                    slot.checked_add_signed(*by).ok_or_else(|| "a slot below 0".to_owned())
                };
                self.amap(*amap)?.anons.iter().map(moved).try_for_each(|slot| check_slot(slot?))
            }
            E::AnonAdd { amap, slot, page } => {
                self.check_page(*page)?;
                check_slot(*slot)?;
                unless("the slot is taken", self.amap(*amap)?.anons.get(*slot).is_none())
            }
            E::AnonRemove { amap, slot, page } => {
                same("the slot's page", &self.amap(*amap)?.anons.get(*slot), &Some(*page))
            }
            E::ObjectPage { index, page } => {
                self.check_page(*page)?;
                unless("that page is resident", self.state.object_page(*index).is_none())
            }
            E::PageAlloc { page } => {
                let PageId(id) = *page;
                let free = self.state.get_page(*page).is_none();
                unless("the page is allocated", free && id as usize <= self.state.page_count())
            }
            E::PageFree { page, wire_count, .. } => {
                same("the wire_count", &self.page(*page)?, wire_count)?;
                unless("the page is in use", !self.references.pages.contains_key(page))
            }
            E::PageWire { page, from, .. } | E::PageUnwire { page, from, .. } => {
                same("the wire_count", &self.page(*page)?, from)
            }
            E::PmapEnter { va, from, to } => {
                self.check_page(to.page)?;
                same("the mapping", &self.state.mapping(*va), from)
            }
            E::PmapRemove { va, was } => same("the mapping", &self.mapping(*va)?, was),
            E::PmapProtect { va } => unless("it cannot be written", self.mapping(*va)?.write),
            E::PmapUnwire { va } => unless("it is not wired", self.mapping(*va)?.wired),
            _ => Ok(()),
        }
    }

    fn entry(&self, id: EntryId) -> Result<&Entry, String> {
        self.state.get_entry(id).ok_or_else(|| format!("there is no entry {}", id.0))
    }

    fn amap(&self, id: AmapId) -> Result<&uvmscope_uvm::state::Amap, String> {
        self.state.get_amap(id).ok_or_else(|| format!("there is no amap {}", id.0))
    }

    /// The count of a page.
    fn page(&self, id: PageId) -> Result<u16, String> {
        let page = self.state.get_page(id).ok_or_else(|| format!("there is no page {}", id.0))?;
        Ok(page.wire_count)
    }

    fn mapping(&self, va: Vaddr) -> Result<Mapping, String> {
        self.state.mapping(va).ok_or_else(|| format!("nothing is mapped at {va}"))
    }

    fn check_amap(&self, id: AmapId) -> Result<(), String> {
        self.amap(id).map(drop)
    }

    fn check_page(&self, id: PageId) -> Result<(), String> {
        self.page(id).map(drop)
    }

    /// A new thing has the smallest number that is free.
    fn check_new_entry(&self, id: EntryId) -> Result<(), String> {
        let free = self.state.get_entry(id).is_none();
        unless("that entry exists", free && id.0 as usize <= self.state.entry_count())
    }

    fn check_entry(&self, entry: &Entry) -> Result<(), String> {
        unless("the entry is empty", !entry.range.is_empty())?;
        check_slot(entry.slot)?;
        entry.amap.map_or(Ok(()), |amap| self.check_amap(amap))
    }
}

/// Who refers to pages and amaps: nothing goes as long as something does.
#[derive(Clone, Debug, Default)]
struct References {
    pages: BTreeMap<PageId, u32>,
    amaps: BTreeMap<AmapId, u32>,
}

impl References {
    /// Counts what an event changes, before it is done.
    fn count(&mut self, state: &State, event: &KernelEvent) {
        use KernelEvent as E;
        match event {
            E::EntryInsert { entry, .. } => add(&mut self.amaps, entry.amap),
            E::EntryRemove { entry, .. } => take(&mut self.amaps, entry.amap),
            E::ClipStart { entry, .. } | E::ClipEnd { entry, .. } => {
                add(&mut self.amaps, state.get_entry(*entry).and_then(|entry| entry.amap));
            }
            E::EntryAmap { from, to, .. } => {
                take(&mut self.amaps, *from);
                add(&mut self.amaps, *to);
            }
            E::AnonAdd { page, .. } | E::ObjectPage { page, .. } => {
                add(&mut self.pages, Some(*page));
            }
            E::AnonRemove { page, .. } => take(&mut self.pages, Some(*page)),
            E::PmapEnter { from, to, .. } => {
                take(&mut self.pages, from.map(|from| from.page));
                add(&mut self.pages, Some(to.page));
            }
            E::PmapRemove { was, .. } => take(&mut self.pages, Some(was.page)),
            _ => {}
        }
    }
}

fn add<T: Ord>(counts: &mut BTreeMap<T, u32>, of: Option<T>) {
    if let Some(of) = of {
        *counts.entry(of).or_default() += 1;
    }
}

fn take<T: Ord>(counts: &mut BTreeMap<T, u32>, of: Option<T>) {
    let Some(of) = of else { return };
    if let Some(count) = counts.get_mut(&of) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            counts.remove(&of);
        }
    }
}

fn check_slot(slot: u64) -> Result<(), String> {
    unless("a slot beyond every amap", slot < MAX_SLOT)
}

/// An error that says why, unless all is good.
fn unless(why: &str, good: bool) -> Result<(), String> {
    if good { Ok(()) } else { Err(why.to_owned()) }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, is: &T, told: &T) -> Result<(), String> {
    if is == told { Ok(()) } else { Err(format!("{what} is {is:?}, and {told:?} is told")) }
}
