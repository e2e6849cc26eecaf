//! The machine: a state, the kernel that runs on it, and the primitives through which alone the
//! kernel's functions see and change it.

use crate::addr::{Bytes, Pages, VaRange, Vaddr};
use crate::attr::{Advice, Inherit, Prot};
use crate::call::Call;
use crate::change::{Change, Config};
use crate::cond::{Cond, Edge};
use crate::errno::Errno;
use crate::event::{AmapCopied, Args, KernelEvent, MergeHow, Pin, PinAt};
use crate::func::Func;
use crate::halt::{Halt, Panic, Run};
use crate::recorder::{NoRecorder, Recorder};
use crate::state::{Amap, AmapId, ConsoleLine, Entry, EntryId, Mapping, PageId, State};
use std::panic::Location;

/// Pages that may be touched in one run, by the program or by wiring: 4 GiB of memory.
pub const PAGE_BUDGET: u64 = 1 << 20;

/// The address space and the limits that the process runs under.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Vm {
    /// First address of the map.
    pub min: Vaddr,
    /// First address above the map.
    pub max: Vaddr,
    /// How many pages may be wired in the whole system.
    pub wiredmax: Pages,
    /// `RLIMIT_MEMLOCK`; none is not the same as 0.
    pub memlock_limit: Option<Bytes>,
    /// Length of the one file; reading beyond fails with `EINVAL`.
    pub file_pages: Pages,
}

impl Default for Vm {
    fn default() -> Self {
        Self {
            min: Vaddr(0x1000),
            max: Vaddr(0x7f7f_ffff_f000),
            wiredmax: Pages(100_000),
            memlock_limit: None,
            file_pages: Pages(1 << 20),
        }
    }
}

/// How a call ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Outcome {
    /// What it answered.
    pub errno: Errno,
    /// Where mmap put the mapping.
    pub ret: Option<Vaddr>,
}

/// A simulated machine that runs one process.
#[derive(Clone, Debug)]
pub struct Kernel<R = NoRecorder> {
    pub(crate) state: State,
    /// Which kernel runs.
    pub config: Config,
    /// Under which limits.
    pub vm: Vm,
    /// Where the events go.
    pub recorder: R,
    /// Pages that may still be touched, by the program or by wiring.
    pub pages_left: u64,
    /// The entry found last. Only a shortcut: whether it holds an address is always asked anew.
    hint: EntryId,
}

impl<R: Recorder> Kernel<R> {
    /// A machine that was just started, with an empty map.
    pub fn new(config: Config, vm: Vm, recorder: R) -> Self {
        Self::resume(State::default(), config, vm, recorder)
    }

    /// A machine in a given state.
    pub const fn resume(state: State, config: Config, vm: Vm, recorder: R) -> Self {
        Self { state, config, vm, recorder, pages_left: PAGE_BUDGET, hint: EntryId::HEADER }
    }

    /// The state as it is now.
    #[inline]
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// The machine's state and its recorder, at the end of its use.
    pub fn into_parts(self) -> (State, R) {
        (self.state, self.recorder)
    }

    /// Runs one call of the program to its end.
    ///
    /// # Errors
    /// [`Halt`] when the machine stops in the middle of it.
    pub fn call(&mut self, call: &Call) -> Run<Outcome> {
        crate::kern::dispatch(self, call)
    }

    // ---- looking

    /// Whether the kernel's source has this change.
    #[inline]
    pub(crate) const fn has(&self, change: Change) -> bool {
        self.config.changes.has(change)
    }

    #[inline]
    pub(crate) fn entry(&self, id: EntryId) -> &Entry {
        self.state.entry(id)
    }

    #[inline]
    pub(crate) fn range(&self, id: EntryId) -> VaRange {
        self.state.entry(id).range
    }

    #[inline]
    pub(crate) fn next(&self, id: EntryId) -> EntryId {
        self.state.next(id)
    }

    #[inline]
    pub(crate) fn prev(&self, id: EntryId) -> EntryId {
        self.state.prev(id)
    }

    /// The entry that holds `va`.
    #[inline]
    pub(crate) fn entry_at(&mut self, va: Vaddr) -> Option<EntryId> {
        if self.state.get_entry(self.hint).is_some_and(|e| e.range.contains(va)) {
            return Some(self.hint);
        }
        let found = self.state.entry_at(va)?;
        self.hint = found;
        Some(found)
    }

    /// Tells a condition whose outcome was evaluated on the way.
    #[inline]
    #[track_caller]
    pub(crate) fn tell_test(&mut self, cond: Cond, held: bool) {
        debug_assert_eq!(held, cond.holds(&self.state), "{cond:?}");
        self.emit(KernelEvent::Test { cond, held });
    }

    /// Evaluates a condition and tells so.
    #[inline]
    #[track_caller]
    pub(crate) fn test(&mut self, cond: Cond) -> bool {
        let held = cond.holds(&self.state);
        self.emit(KernelEvent::Test { cond, held });
        held
    }

    /// Sets a variable that points at an entry, and gives the entry back.
    #[inline]
    #[track_caller]
    pub(crate) fn pin(&mut self, pin: Pin, entry: EntryId) -> EntryId {
        self.emit(KernelEvent::Pin { pin, at: PinAt::Entry(entry) });
        entry
    }

    #[inline]
    #[track_caller]
    pub(crate) fn enter(&mut self, func: Func, args: Args) {
        self.emit(KernelEvent::Enter { func, args });
    }

    /// Tells that a function returns, and gives its answer back.
    #[inline]
    #[track_caller]
    pub(crate) fn leave(&mut self, func: Func, errno: Errno) -> Errno {
        self.emit(KernelEvent::Leave { func, errno });
        errno
    }

    /// Tells a note, or does a write and tells it: the one door.
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "lets `apply` fold to the one event's own arm")]
    #[track_caller]
    pub(crate) fn emit(&mut self, event: KernelEvent) {
        self.state.apply(&event);
        self.recorder.record(event, Location::caller());
    }

    /// Counts one touched page against the budget.
    pub(crate) fn spend_page(&mut self) -> Run<()> {
        match self.pages_left.checked_sub(1) {
            Some(left) => self.pages_left = left,
            None => return Err(Halt::PageBudget),
        }
        Ok(())
    }

    // ---- entries

    #[inline]
    #[track_caller]
    pub(crate) fn insert_entry(&mut self, mut entry: Entry) -> EntryId {
        let id = EntryId(self.state.entries.next_id());
        entry.birth = self.state.births;
        entry.family = entry.birth;
        self.emit(KernelEvent::EntryInsert { id, entry: Box::new(entry) });
        id
    }

    #[inline]
    #[track_caller]
    pub(crate) fn remove_entry(&mut self, id: EntryId) {
        let entry = Box::new(self.entry(id).clone());
        self.emit(KernelEvent::EntryRemove { id, entry });
    }

    /// Cuts the entry at `at`, which must lie inside it; the new entry takes the front.
    #[inline]
    #[track_caller]
    pub(crate) fn cut_front(&mut self, entry: EntryId, at: Vaddr) -> EntryId {
        let front = EntryId(self.state.entries.next_id());
        let from = self.range(entry).start;
        self.emit(KernelEvent::ClipStart { entry, front, at, from });
        front
    }

    /// Cuts the entry at `at`, which must lie inside it; the new entry takes the back.
    #[inline]
    #[track_caller]
    pub(crate) fn cut_back(&mut self, entry: EntryId, at: Vaddr) -> EntryId {
        let back = EntryId(self.state.entries.next_id());
        let from = self.range(entry).end;
        self.emit(KernelEvent::ClipEnd { entry, back, at, from });
        back
    }

    #[inline]
    #[track_caller]
    pub(crate) fn set_start(&mut self, entry: EntryId, to: Vaddr) {
        let from = self.range(entry).start;
        self.emit(KernelEvent::EntryStart { entry, from, to });
    }

    #[inline]
    #[track_caller]
    pub(crate) fn set_end(&mut self, entry: EntryId, to: Vaddr) {
        let from = self.range(entry).end;
        self.emit(KernelEvent::EntryEnd { entry, from, to });
    }

    #[inline]
    #[track_caller]
    pub(crate) fn set_offset(&mut self, entry: EntryId, to: u64) {
        let from = self.entry(entry).offset;
        self.emit(KernelEvent::EntryOffset { entry, from, to });
    }

    #[inline]
    #[track_caller]
    pub(crate) fn set_wired_count(&mut self, entry: EntryId, to: i32) {
        let from = self.entry(entry).wired_count;
        self.emit(KernelEvent::WiredCount { entry, from, to });
    }

    /// Counts an entry's wirings up or down; a C `int`, so it wraps.
    #[inline]
    #[track_caller]
    pub(crate) fn add_wired_count(&mut self, entry: EntryId, by: i32) {
        self.set_wired_count(entry, self.entry(entry).wired_count.wrapping_add(by));
    }

    #[inline]
    #[track_caller]
    pub(crate) fn set_prot(&mut self, entry: EntryId, to: Prot) {
        let from = self.entry(entry).prot;
        self.emit(KernelEvent::EntryProt { entry, from, to });
    }

    #[inline]
    #[track_caller]
    pub(crate) fn set_inherit(&mut self, entry: EntryId, to: Inherit) {
        let from = self.entry(entry).inherit;
        self.emit(KernelEvent::EntryInherit { entry, from, to });
    }

    #[inline]
    #[track_caller]
    pub(crate) fn set_advice(&mut self, entry: EntryId, to: Advice) {
        let from = self.entry(entry).advice;
        self.emit(KernelEvent::EntryAdvice { entry, from, to });
    }

    #[inline]
    #[track_caller]
    pub(crate) fn clear_needs_copy(&mut self, entry: EntryId) {
        let from = self.entry(entry).needs_copy;
        self.emit(KernelEvent::NeedsCopy { entry, from, to: false });
    }

    /// Lets the entry refer to `amap`, its first page at `slot`.
    #[inline]
    #[track_caller]
    pub(crate) fn set_amap(&mut self, entry: EntryId, to: Option<AmapId>, slot: u64) {
        let from = self.entry(entry).amap;
        self.emit(KernelEvent::EntryAmap { entry, from, to });
        self.set_slot(entry, slot);
    }

    #[inline]
    #[track_caller]
    pub(crate) fn set_slot(&mut self, entry: EntryId, to: u64) {
        let from = self.entry(entry).slot;
        if from != to {
            self.emit(KernelEvent::EntrySlot { entry, from, to });
        }
    }

    #[inline]
    #[track_caller]
    pub(crate) fn set_wirefuture(&mut self, to: bool) {
        let from = self.state.wirefuture;
        if from != to {
            self.emit(KernelEvent::WireFuture { from, to });
        }
    }

    // ---- amaps and pages

    #[inline]
    pub(crate) fn amap(&self, id: AmapId) -> &Amap {
        self.state.amap(id)
    }

    /// Makes an amap of `nslot` slots; room is made for an even number.
    #[inline]
    #[track_caller]
    pub(crate) fn create_amap(&mut self, nslot: u64) -> AmapId {
        let amap = AmapId(self.state.amaps.next_id());
        self.emit(KernelEvent::AmapCreate { amap, nslot, maxslot: nslot.next_multiple_of(2) });
        amap
    }

    #[inline]
    #[track_caller]
    pub(crate) fn add_amap_ref(&mut self, amap: AmapId) {
        let from = self.amap(amap).refs;
        self.emit(KernelEvent::AmapRefs { amap, from, to: from + 1 });
    }

    /// Takes one reference away; the amap goes with its last.
    #[inline]
    #[track_caller]
    pub(crate) fn drop_amap_ref(&mut self, amap: AmapId) {
        let Amap { refs: from, nslot, maxslot, .. } = *self.amap(amap);
        self.emit(KernelEvent::AmapRefs { amap, from, to: from - 1 });
        if from == 1 {
            self.emit(KernelEvent::AmapDestroy { amap, nslot, maxslot });
        }
    }

    #[inline]
    #[track_caller]
    pub(crate) fn set_amap_slots(&mut self, amap: AmapId, to: u64) {
        let from = self.amap(amap).nslot;
        self.emit(KernelEvent::AmapSlots { amap, from, to });
    }

    #[inline]
    #[track_caller]
    pub(crate) fn set_amap_room(&mut self, amap: AmapId, to: u64) {
        let from = self.amap(amap).maxslot;
        self.emit(KernelEvent::AmapRoom { amap, from, to });
    }

    /// Moves the amap's pages to slots `by` higher.
    #[inline]
    #[track_caller]
    pub(crate) fn shift_amap(&mut self, amap: AmapId, by: i64) {
        if by != 0 {
            self.emit(KernelEvent::AmapShift { amap, by });
        }
    }

    /// Takes a free page and gives it to the amap.
    #[inline]
    #[track_caller]
    pub(crate) fn add_anon(&mut self, amap: AmapId, slot: u64) -> PageId {
        let page = self.alloc_page();
        self.emit(KernelEvent::AnonAdd { amap, slot, page });
        page
    }

    #[inline]
    #[track_caller]
    pub(crate) fn remove_anon(&mut self, amap: AmapId, slot: u64, page: PageId) {
        self.emit(KernelEvent::AnonRemove { amap, slot, page });
    }

    /// Takes a free page and reads the file's page into it.
    #[inline]
    #[track_caller]
    pub(crate) fn page_in(&mut self, index: u64) -> PageId {
        let page = self.alloc_page();
        self.emit(KernelEvent::ObjectPage { index, page });
        page
    }

    #[inline]
    #[track_caller]
    fn alloc_page(&mut self) -> PageId {
        let page = PageId(self.state.pages.next_id());
        self.emit(KernelEvent::PageAlloc { page });
        page
    }

    #[inline]
    #[track_caller]
    pub(crate) fn free_page(&mut self, page: PageId, va: Vaddr) {
        let wire_count = self.state.page(page).wire_count;
        self.emit(KernelEvent::PageFree { page, va, wire_count });
    }

    /// Counts a page's wirings up; 16 bits, so it wraps.
    #[inline]
    #[track_caller]
    pub(crate) fn count_wire(&mut self, page: PageId, va: Vaddr) {
        let from = self.state.page(page).wire_count;
        self.emit(KernelEvent::PageWire { page, va, from, to: from.wrapping_add(1) });
    }

    /// Counts a page's wirings down; 16 bits, so it wraps.
    #[inline]
    #[track_caller]
    pub(crate) fn count_unwire(&mut self, page: PageId, va: Vaddr) {
        let from = self.state.page(page).wire_count;
        self.emit(KernelEvent::PageUnwire { page, va, from, to: from.wrapping_sub(1) });
    }

    #[inline]
    #[track_caller]
    pub(crate) fn add_uvmexp_wired(&mut self, by: i32) {
        let from = self.state.uvmexp_wired;
        self.emit(KernelEvent::UvmexpWired { from, to: from.wrapping_add(by) });
    }

    // ---- the pmap, the console, the end

    /// Enters a mapping, whatever was there.
    #[inline]
    #[track_caller]
    pub(crate) fn pmap_enter(&mut self, va: Vaddr, to: Mapping) {
        let from = self.state.mapping(va);
        if from != Some(to) {
            self.emit(KernelEvent::PmapEnter { va, from, to });
        }
    }

    /// Removes what is mapped in the range.
    #[track_caller]
    pub(crate) fn pmap_remove(&mut self, range: VaRange) {
        let mut rest = range;
        while let Some((va, was)) = self.state.first_mapping(rest) {
            self.emit(KernelEvent::PmapRemove { va, was });
            rest.start = va.next_page();
        }
    }

    /// Takes the write bit from what is mapped in the range.
    #[track_caller]
    pub(crate) fn pmap_write_protect(&mut self, range: VaRange) {
        let mut rest = range;
        while let Some((va, mapping)) = self.state.first_mapping(rest) {
            if mapping.write {
                self.emit(KernelEvent::PmapProtect { va });
            }
            rest.start = va.next_page();
        }
    }

    /// Clears the wired bit of a mapping that has it.
    #[inline]
    #[track_caller]
    pub(crate) fn clear_wired_bit(&mut self, va: Vaddr) {
        self.emit(KernelEvent::PmapUnwire { va });
    }

    #[inline]
    #[track_caller]
    pub(crate) fn print(&mut self, line: ConsoleLine) {
        self.emit(KernelEvent::Console { line });
    }

    /// Stops the machine.
    #[track_caller]
    pub(crate) fn panic<T>(&mut self, panic: Panic) -> Run<T> {
        self.emit(KernelEvent::Panic { panic });
        Err(Halt::Panic(panic))
    }

    // ---- notes of their own kind

    #[inline]
    #[track_caller]
    pub(crate) fn cuts(&mut self, entry: EntryId, at: Vaddr, edge: Edge) -> bool {
        self.test(Cond::Cuts { entry, at, edge })
    }

    #[inline]
    #[track_caller]
    pub(crate) fn tell_merge(&mut self, how: MergeHow, range: VaRange) {
        self.emit(KernelEvent::Merge { how, range });
    }

    #[inline]
    #[track_caller]
    pub(crate) fn tell_amap_copied(&mut self, entry: EntryId, how: AmapCopied) {
        self.emit(KernelEvent::AmapCopied { entry, how });
    }
}
