//! Doing and undoing events: the only code that changes a [`State`].
//!
//! `apply` and `unapply` are inverses: whatever order of events the kernel functions gave, undoing
//! them backwards leads to the state they started from.

use crate::addr::{VaRange, Vaddr};
use crate::event::KernelEvent;
use crate::sparse::Sparse;
use crate::state::{Amap, AmapId, Entry, EntryId, Linked, Mapping, Page, PageId, State};

impl State {
    /// Does what the event tells. Notes change nothing.
    #[inline]
    pub fn apply(&mut self, event: &KernelEvent) {
        self.change(event, Direction::Do);
    }

    /// Undoes what the event told. Events are undone in the reverse order.
    #[inline]
    pub fn unapply(&mut self, event: &KernelEvent) {
        self.change(event, Direction::Undo);
    }

    #[inline(always)]
    #[allow(clippy::inline_always, reason = "folds to one arm where a primitive emits its event")]
    fn change(&mut self, event: &KernelEvent, dir: Direction) {
        use KernelEvent as E;
        match event {
            E::EntryInsert { .. }
            | E::EntryRemove { .. }
            | E::ClipStart { .. }
            | E::ClipEnd { .. }
            | E::EntryStart { .. }
            | E::EntryEnd { .. } => self.change_list(event, dir),
            E::EntryOffset { entry, from, to } => {
                self.entry_mut(*entry).offset = *dir.pick(from, to);
            }
            E::WiredCount { entry, from, to } => {
                self.entry_mut(*entry).wired_count = *dir.pick(from, to);
            }
            E::EntryProt { entry, from, to } => {
                self.entry_mut(*entry).prot = *dir.pick(from, to);
            }
            E::EntryInherit { entry, from, to } => {
                self.entry_mut(*entry).inherit = *dir.pick(from, to);
            }
            E::EntryAdvice { entry, from, to } => {
                self.entry_mut(*entry).advice = *dir.pick(from, to);
            }
            E::NeedsCopy { entry, from, to } => {
                self.entry_mut(*entry).needs_copy = *dir.pick(from, to);
            }
            E::EntryAmap { entry, from, to } => {
                self.entry_mut(*entry).amap = *dir.pick(from, to);
            }
            E::EntrySlot { entry, from, to } => {
                self.entry_mut(*entry).slot = *dir.pick(from, to);
            }
            E::WireFuture { from, to } => self.wirefuture = *dir.pick(from, to),
            E::UvmexpWired { from, to } => self.uvmexp_wired = *dir.pick(from, to),
            E::PageWire { page, from, to, .. } | E::PageUnwire { page, from, to, .. } => {
                self.pages.at_mut(page.0).wire_count = *dir.pick(from, to);
            }
            E::Console { line } => match dir {
                Direction::Do => self.console.push(*line),
                Direction::Undo => {
                    self.console.pop();
                }
            },
            E::Panic { panic } => {
                self.panic = (dir == Direction::Do).then_some(*panic);
            }
            E::PmapEnter { .. }
            | E::PmapRemove { .. }
            | E::PmapProtect { .. }
            | E::PmapUnwire { .. } => self.change_pmap(event, dir),
            E::AmapCreate { .. }
            | E::AmapDestroy { .. }
            | E::AmapRefs { .. }
            | E::AmapSlots { .. }
            | E::AmapRoom { .. }
            | E::AmapShift { .. }
            | E::AnonAdd { .. }
            | E::AnonRemove { .. }
            | E::ObjectPage { .. }
            | E::PageAlloc { .. }
            | E::PageFree { .. } => self.change_memory(event, dir),
            E::Enter { .. }
            | E::Leave { .. }
            | E::Test { .. }
            | E::Pin { .. }
            | E::Lookup { .. }
            | E::TouchFault { .. }
            | E::AmapCopy { .. }
            | E::AmapCopied { .. }
            | E::Merge { .. }
            | E::FaultWireFailed { .. }
            | E::WiringUnchanged { .. }
            | E::Mapped { .. } => {}
        }
    }

    /// The events that change which entries there are, or where they start and end.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "part of `change`")]
    fn change_list(&mut self, event: &KernelEvent, dir: Direction) {
        use KernelEvent as E;
        match (event, dir) {
            (E::EntryInsert { id, entry }, Direction::Do)
            | (E::EntryRemove { id, entry }, Direction::Undo) => self.link(*id, (**entry).clone()),
            (E::EntryInsert { id, .. }, Direction::Undo)
            | (E::EntryRemove { id, .. }, Direction::Do) => self.unlink(*id),
            (E::ClipStart { entry, front, at, .. }, Direction::Do) => {
                let whole = self.entry(*entry);
                let mut piece = whole.clone();
                piece.range.end = *at;
                piece.birth = self.births;
                let (slot, offset) = (whole.slot_of(*at), whole.offset_at(*at));
                self.set_start(*entry, *at);
                self.set_backing(*entry, slot, offset);
                self.link(*front, piece);
            }
            (E::ClipStart { entry, front, from, .. }, Direction::Undo) => {
                let (slot, offset) = (self.entry(*front).slot, self.entry(*front).offset);
                self.unlink(*front);
                self.set_start(*entry, *from);
                self.set_backing(*entry, slot, offset);
            }
            (E::ClipEnd { entry, back, at, .. }, Direction::Do) => {
                let whole = self.entry(*entry);
                let mut piece = whole.clone();
                piece.range.start = *at;
                piece.birth = self.births;
                (piece.slot, piece.offset) = (whole.slot_of(*at), whole.offset_at(*at));
                if piece.amap.is_none() {
                    piece.slot = 0;
                }
                self.entry_mut(*entry).range.end = *at;
                self.link(*back, piece);
            }
            (E::ClipEnd { entry, back, from, .. }, Direction::Undo) => {
                self.unlink(*back);
                self.entry_mut(*entry).range.end = *from;
            }
            (E::EntryStart { entry, from, to }, _) => self.set_start(*entry, *dir.pick(from, to)),
            (E::EntryEnd { entry, from, to }, _) => {
                self.entry_mut(*entry).range.end = *dir.pick(from, to);
            }
            _ => {}
        }
        // An entry's birth is the number of entries made before it.
        match (event, dir) {
            (E::EntryInsert { .. } | E::ClipStart { .. } | E::ClipEnd { .. }, Direction::Do) => {
                self.births += 1;
            }
            (E::EntryInsert { .. } | E::ClipStart { .. } | E::ClipEnd { .. }, Direction::Undo) => {
                self.births -= 1;
            }
            _ => {}
        }
    }

    #[inline(always)]
    #[allow(clippy::inline_always, reason = "part of `change`")]
    fn change_pmap(&mut self, event: &KernelEvent, dir: Direction) {
        use KernelEvent as E;
        match (event, dir) {
            (E::PmapEnter { va, to, .. }, Direction::Do)
            | (E::PmapRemove { va, was: to }, Direction::Undo) => self.set_mapping(*va, Some(*to)),
            (E::PmapEnter { va, from, .. }, Direction::Undo) => self.set_mapping(*va, *from),
            (E::PmapRemove { va, .. }, Direction::Do) => self.set_mapping(*va, None),
            (E::PmapProtect { va }, _) => {
                if let Some(mapping) = self.mapping(*va) {
                    let write = dir == Direction::Undo;
                    self.pmap.insert(va.page_number(), Mapping { write, ..mapping });
                }
            }
            (E::PmapUnwire { va }, _) => {
                if let Some(mapping) = self.mapping(*va) {
                    let wired = dir == Direction::Undo;
                    self.set_mapping(*va, Some(Mapping { wired, ..mapping }));
                }
            }
            _ => {}
        }
    }

    /// The events on amaps, the file and pages.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "part of `change`")]
    fn change_memory(&mut self, event: &KernelEvent, dir: Direction) {
        use KernelEvent as E;
        match (event, dir) {
            (E::AmapCreate { amap, nslot, maxslot }, Direction::Do) => {
                self.put_amap(*amap, 1, *nslot, *maxslot);
            }
            (E::AmapDestroy { amap, nslot, maxslot }, Direction::Undo) => {
                self.put_amap(*amap, 0, *nslot, *maxslot);
            }
            (E::AmapCreate { amap, .. }, Direction::Undo)
            | (E::AmapDestroy { amap, .. }, Direction::Do) => {
                self.amaps.take(amap.0);
            }
            (E::AmapRefs { amap, from, to }, _) => self.amap_mut(*amap).refs = *dir.pick(from, to),
            (E::AmapSlots { amap, from, to }, _) => {
                self.amap_mut(*amap).nslot = *dir.pick(from, to);
            }
            (E::AmapRoom { amap, from, to }, _) => {
                self.amap_mut(*amap).maxslot = *dir.pick(from, to);
            }
            (E::AmapShift { amap, by }, _) => {
                let by = if dir == Direction::Do { *by } else { -*by };
                let anons = &mut self.amap_mut(*amap).anons;
                *anons = std::mem::take(anons)
                    .iter()
                    .map(|(slot, page)| (slot.wrapping_add_signed(by), page))
                    .collect();
            }
            (E::AnonAdd { amap, slot, page }, Direction::Do)
            | (E::AnonRemove { amap, slot, page }, Direction::Undo) => {
                self.amap_mut(*amap).anons.insert(*slot, *page);
            }
            (E::AnonAdd { amap, slot, .. }, Direction::Undo)
            | (E::AnonRemove { amap, slot, .. }, Direction::Do) => {
                self.amap_mut(*amap).anons.remove(*slot);
            }
            (E::ObjectPage { index, page }, Direction::Do) => {
                self.object.insert(*index, *page);
            }
            (E::ObjectPage { index, .. }, Direction::Undo) => {
                self.object.remove(*index);
            }
            (E::PageAlloc { page }, Direction::Do) => self.put_page(*page, 0),
            (E::PageFree { page, wire_count, .. }, Direction::Undo) => {
                self.put_page(*page, *wire_count);
            }
            (E::PageAlloc { page }, Direction::Undo)
            | (E::PageFree { page, .. }, Direction::Do) => {
                self.pages.take(page.0);
            }
            _ => {}
        }
    }

    fn entry_mut(&mut self, id: EntryId) -> &mut Entry {
        &mut self.entries.at_mut(id.0).entry
    }

    fn amap_mut(&mut self, id: AmapId) -> &mut Amap {
        self.amaps.at_mut(id.0)
    }

    fn put_amap(&mut self, id: AmapId, refs: u32, nslot: u64, maxslot: u64) {
        self.amaps.put(id.0, Amap { refs, nslot, maxslot, anons: Sparse::default() });
    }

    fn put_page(&mut self, id: PageId, wire_count: u16) {
        self.pages.put(id.0, Page { wire_count });
    }

    /// Puts an entry into the list, before the first that starts above it.
    fn link(&mut self, id: EntryId, entry: Entry) {
        let start = entry.range.start;
        let prev = self.preceding(start);
        let next = self.next(prev);
        self.entries.put(id.0, Linked { entry, prev, next });
        self.join(prev, id);
        self.join(id, next);
        self.by_start.insert(start, id);
    }

    fn unlink(&mut self, id: EntryId) {
        if let Some(gone) = self.entries.take(id.0) {
            self.join(gone.prev, gone.next);
            self.by_start.remove(&gone.entry.range.start);
        }
    }

    /// Makes `second` the one behind `first`; either may be the header.
    fn join(&mut self, first: EntryId, second: EntryId) {
        if !first.is_header() {
            self.entries.at_mut(first.0).next = second;
        }
        if !second.is_header() {
            self.entries.at_mut(second.0).prev = first;
        }
    }

    fn set_start(&mut self, id: EntryId, to: Vaddr) {
        let VaRange { start, .. } = self.entry(id).range;
        self.by_start.remove(&start);
        self.by_start.insert(to, id);
        self.entry_mut(id).range.start = to;
    }

    fn set_backing(&mut self, id: EntryId, slot: u64, offset: u64) {
        let entry = self.entry_mut(id);
        entry.slot = if entry.amap.is_some() { slot } else { 0 };
        entry.offset = offset;
    }

    fn set_mapping(&mut self, va: Vaddr, to: Option<Mapping>) {
        let old = self.pmap.set(va.page_number(), to);
        self.pmap_wired += u64::from(to.is_some_and(|m| m.wired));
        self.pmap_wired -= u64::from(old.is_some_and(|m| m.wired));
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Do,
    Undo,
}

impl Direction {
    #[inline]
    fn pick<'a, T>(self, from: &'a T, to: &'a T) -> &'a T {
        match self {
            Self::Do => to,
            Self::Undo => from,
        }
    }
}
