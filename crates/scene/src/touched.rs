//! What an event is about: which entry, which address.

use uvmscope_uvm::event::{Args, PinAt};
use uvmscope_uvm::{Cond, EntryId, KernelEvent, State, Vaddr};

/// The entry that the event changes, or looks at.
pub(crate) fn entry_of(event: &KernelEvent) -> Option<EntryId> {
    use KernelEvent as E;
    match *event {
        E::EntryInsert { id, .. } => Some(id),
        E::ClipStart { entry, .. }
        | E::ClipEnd { entry, .. }
        | E::EntryStart { entry, .. }
        | E::EntryEnd { entry, .. }
        | E::EntryOffset { entry, .. }
        | E::WiredCount { entry, .. }
        | E::EntryProt { entry, .. }
        | E::EntryInherit { entry, .. }
        | E::EntryAdvice { entry, .. }
        | E::NeedsCopy { entry, .. }
        | E::EntryAmap { entry, .. }
        | E::EntrySlot { entry, .. }
        | E::AmapCopy { entry, .. }
        | E::AmapCopied { entry, .. } => Some(entry),
        E::Enter { args: Args::Entry(entry), .. } | E::Pin { at: PinAt::Entry(entry), .. } => {
            Some(entry)
        }
        E::Lookup { entry, .. } => entry,
        E::Test { cond, .. } => cond.entry(),
        _ => None,
    }
    .filter(|id| !id.is_header())
}

/// The page that the event changes, or looks at.
pub(crate) fn page_of(event: &KernelEvent) -> Option<Vaddr> {
    use KernelEvent as E;
    match *event {
        E::PageFree { va, .. }
        | E::PageWire { va, .. }
        | E::PageUnwire { va, .. }
        | E::PmapEnter { va, .. }
        | E::PmapRemove { va, .. }
        | E::PmapProtect { va }
        | E::PmapUnwire { va }
        | E::TouchFault { va, .. }
        | E::FaultWireFailed { va, .. }
        | E::WiringUnchanged { va }
        | E::Enter { args: Args::Page(va), .. }
        | E::Test {
            cond:
                Cond::InPmap { va, .. }
                | Cond::AnonResident { va, .. }
                | Cond::PageUnwired { va, .. }
                | Cond::WiredBit { va },
            ..
        } => Some(va),
        _ => None,
    }
}

/// Where on the axis the event happens.
pub(crate) fn address_of(event: &KernelEvent, state: &State) -> Option<Vaddr> {
    use KernelEvent as E;
    match event {
        E::ClipStart { at, .. } | E::ClipEnd { at, .. } => return Some(*at),
        E::EntryInsert { entry, .. } | E::EntryRemove { entry, .. } => {
            return Some(entry.range.start);
        }
        E::Pin { at: PinAt::Addr(va), .. } | E::Lookup { va, .. } => return Some(*va),
        _ => {}
    }
    let entry = entry_of(event).and_then(|id| state.get_entry(id)).map(|e| e.range.start);
    page_of(event).or(entry)
}

/// The boundaries that the event is about.
pub(crate) fn boundary_of(event: &KernelEvent) -> Option<Vaddr> {
    use KernelEvent as E;
    match *event {
        E::ClipStart { at, .. }
        | E::ClipEnd { at, .. }
        | E::Test { cond: Cond::Cuts { at, .. }, .. } => Some(at),
        E::EntryStart { to, .. } | E::EntryEnd { to, .. } => Some(to),
        _ => None,
    }
}
