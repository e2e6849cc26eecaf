//! Whether two steps do the same, in states that may number their entries, amaps and pages
//! differently.

use uvmscope_uvm::event::{Args, PinAt};
use uvmscope_uvm::state::{AmapId, Mapping, PageId};
use uvmscope_uvm::{Cond, Entry, EntryId, KernelEvent, State, VaRange};

/// A step without the numbers that a state gives by itself, and the ranges of the entries that it
/// names.
#[derive(PartialEq, Eq, Debug)]
pub(super) struct Plain {
    event: KernelEvent,
    entries: [Option<VaRange>; 2],
}

/// An event as it is when only what it does counts; `state` is the one before it.
pub(super) fn plain(event: &KernelEvent, state: &State) -> Plain {
    let mut names = Names { state, ranges: [None; 2], named: 0 };
    let mut event = event.clone();
    names.strip(&mut event);
    Plain { event, entries: names.ranges }
}

struct Names<'a> {
    state: &'a State,
    ranges: [Option<VaRange>; 2],
    named: usize,
}

impl Names<'_> {
    /// Takes the number of an entry off; its range stands for it. The header is the same anywhere.
    fn entry(&mut self, id: &mut EntryId) {
        if id.is_header() {
            return;
        }
        if let Some(range) = self.ranges.get_mut(self.named) {
            *range = self.state.get_entry(*id).map(|e| e.range);
        }
        self.named += 1;
        *id = EntryId(0);
    }

    fn strip(&mut self, event: &mut KernelEvent) {
        use KernelEvent as E;
        match event {
            // What is new has no name yet.
            E::EntryInsert { id, entry } | E::EntryRemove { id, entry } => {
                *id = EntryId(0);
                strip_entry(entry);
            }
            E::ClipStart { entry, front: new, .. } | E::ClipEnd { entry, back: new, .. } => {
                self.entry(entry);
                *new = EntryId(0);
            }
            E::EntryAmap { entry, from, to } => {
                self.entry(entry);
                from.iter_mut().chain(to).for_each(|amap| *amap = AmapId(0));
            }
            E::EntryStart { entry, .. }
            | E::EntryEnd { entry, .. }
            | E::EntryOffset { entry, .. }
            | E::WiredCount { entry, .. }
            | E::EntryProt { entry, .. }
            | E::EntryInherit { entry, .. }
            | E::EntryAdvice { entry, .. }
            | E::NeedsCopy { entry, .. }
            | E::EntrySlot { entry, .. }
            | E::AmapCopy { entry, .. }
            | E::AmapCopied { entry, .. }
            | E::Enter { args: Args::Entry(entry), .. }
            | E::Pin { at: PinAt::Entry(entry), .. }
            | E::Lookup { entry: Some(entry), .. } => self.entry(entry),
            E::Test { cond, .. } => self.strip_cond(cond),
            _ => strip_memory(event),
        }
    }

    fn strip_cond(&mut self, cond: &mut Cond) {
        if let Some(entry) = cond.entry_mut() {
            self.entry(entry);
        }
        if let Cond::Adjoin { second: with, .. } | Cond::Mergeable { with, .. } = cond {
            self.entry(with);
        }
    }
}

fn strip_entry(entry: &mut Entry) {
    entry.birth = 0;
    entry.family = 0;
    if let Some(amap) = &mut entry.amap {
        *amap = AmapId(0);
    }
}

/// Takes the numbers of amaps and pages off.
fn strip_memory(event: &mut KernelEvent) {
    use KernelEvent as E;
    let strip = |mapping: &mut Mapping| mapping.page = PageId(0);
    match event {
        E::AmapCreate { amap, .. }
        | E::AmapDestroy { amap, .. }
        | E::AmapRefs { amap, .. }
        | E::AmapSlots { amap, .. }
        | E::AmapRoom { amap, .. }
        | E::AmapShift { amap, .. } => *amap = AmapId(0),
        E::AnonAdd { amap, page, .. } | E::AnonRemove { amap, page, .. } => {
            *amap = AmapId(0);
            *page = PageId(0);
        }
        E::ObjectPage { page, .. }
        | E::PageAlloc { page }
        | E::PageFree { page, .. }
        | E::PageWire { page, .. }
        | E::PageUnwire { page, .. } => *page = PageId(0),
        E::PmapEnter { from, to, .. } => {
            from.iter_mut().for_each(strip);
            strip(to);
        }
        E::PmapRemove { was, .. } => strip(was),
        _ => {}
    }
}
