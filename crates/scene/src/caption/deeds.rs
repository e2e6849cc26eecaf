//! Steps as what a kernel does, in words that can stand inside a sentence.

use uvmscope_uvm::event::{Args, KernelEvent, PinAt};
use uvmscope_uvm::{Cond, EntryId, Errno, State, VaRange};

use crate::caption::operands::formula;
use crate::caption::questions::question;
use crate::words::{count, span};

/// What a step does, as a verb with its object: `cuts the entry at 0x2000`.
pub(crate) fn does(event: &KernelEvent, state: &State) -> String {
    use KernelEvent as E;
    match *event {
        E::Test { cond, held } => asks(cond, held, state),
        E::Leave { errno: Errno::None, .. } => "returns".to_owned(),
        E::Leave { errno, .. } => format!("answers {errno}"),
        E::Enter { args: Args::Range(range), .. } => {
            format!("goes on with {}", named_range(range))
        }
        E::Enter { func, .. } => format!("goes on in {func}"),
        E::Pin { pin, at: PinAt::Entry(id) } => {
            format!("lets `{}` point at {}", pin.name(), entry(id, state))
        }
        E::Pin { pin, at: PinAt::Addr(va) } => format!("lets `{}` be {va}", pin.name()),
        E::Lookup { entry: Some(id), .. } => format!("finds {}", entry(id, state)),
        E::Lookup { va, entry: None } => format!("finds no entry at {va}"),
        E::TouchFault { va, .. } => format!("has a fault at {va}"),
        E::AmapCopy { entry: id, .. } | E::AmapCopied { entry: id, .. } => {
            format!("gives {} an amap of its own", entry(id, state))
        }
        E::Merge { range, .. } => format!("makes {} part of its neighbour", span(range)),
        E::FaultWireFailed { va, errno } => format!("cannot bring in the page at {va}: {errno}"),
        E::WiringUnchanged { va } => format!("finds no wired mark at {va}"),
        E::Mapped { at } => format!("puts the mapping at {at}"),
        _ => {
            let deed = deed(event, state);
            let (verb, rest) = deed.split_once(' ').unwrap_or((&deed, ""));
            format!("{verb}s {rest}").trim_end().to_owned()
        }
    }
}

/// A test with its question, its operands and how it came out.
pub(crate) fn asks(cond: Cond, held: bool, state: &State) -> String {
    let answer = if held { "true" } else { "false" };
    let outcome = match formula(state, cond).as_str() {
        "here" => answer.to_owned(),
        operands => format!("{operands}: {answer}"),
    };
    format!("asks whether {} ({outcome})", question(cond))
}

/// What a write does, as one is told to do it: `cut the entry at 0x2000`.
pub(crate) fn deed(event: &KernelEvent, state: &State) -> String {
    use KernelEvent as E;
    match event {
        E::EntryInsert { entry, .. } => format!("put an entry {} into the map", span(entry.range)),
        E::EntryRemove { entry, .. } => format!("take the entry {} out", span(entry.range)),
        E::ClipStart { at, .. } | E::ClipEnd { at, .. } => format!("cut the entry at {at}"),
        E::EntryStart { to, .. } => format!("let an entry start at {to}"),
        E::EntryEnd { to, .. } => format!("let an entry end at {to}"),
        E::EntryOffset { entry: id, .. } => format!("shift the offset of {}", entry(*id, state)),
        E::WiredCount { entry: id, from, to } => {
            format!("count wired_count of {} from {from} to {to}", entry(*id, state))
        }
        E::EntryProt { entry: id, from, to } => {
            format!("change the protection of {} from {from} to {to}", entry(*id, state))
        }
        E::EntryInherit { entry: id, to, .. } => {
            format!("change the inheritance of {} to {}", entry(*id, state), to.name())
        }
        E::EntryAdvice { entry: id, to, .. } => {
            format!("change the advice for {} to {}", entry(*id, state), to.name())
        }
        E::NeedsCopy { entry: id, .. } => format!("clear needs-copy of {}", entry(*id, state)),
        E::EntryAmap { entry: id, .. } | E::EntrySlot { entry: id, .. } => {
            format!("change the amap of {}", entry(*id, state))
        }
        E::WireFuture { to: true, .. } => "let new mappings be wired at once".to_owned(),
        E::WireFuture { .. } => "let new mappings be wired no more".to_owned(),
        _ => deed_below(event),
    }
}

fn deed_below(event: &KernelEvent) -> String {
    use KernelEvent as E;
    match event {
        E::AmapCreate { nslot, .. } => format!("make an amap for {}", count(*nslot, "page")),
        E::AmapDestroy { .. } => "let the amap go".to_owned(),
        E::AmapRefs { from, to, .. } => format!("count the amap's references from {from} to {to}"),
        E::AmapSlots { to, .. } | E::AmapRoom { to, .. } => {
            format!("enlarge the amap to {to} slots")
        }
        E::AmapShift { .. } => "shift the pages of the amap".to_owned(),
        E::AnonAdd { .. } => "put a page into the amap".to_owned(),
        E::AnonRemove { .. } => "take a page out of the amap".to_owned(),
        E::ObjectPage { index, .. } => format!("read page {index} of the file"),
        E::PageAlloc { .. } => "take a free page".to_owned(),
        E::PageFree { va, .. } => format!("free the page at {va}"),
        E::PageWire { va, from, to, .. } | E::PageUnwire { va, from, to, .. } => {
            format!("count the wirings of the page at {va} from {from} to {to}")
        }
        E::UvmexpWired { from, to } => format!("count uvmexp.wired from {from} to {to}"),
        E::PmapEnter { va, .. } => format!("enter {va} into the pmap"),
        E::PmapRemove { va, .. } => format!("remove {va} from the pmap"),
        E::PmapProtect { va } => format!("make the mapping of {va} read-only"),
        E::PmapUnwire { va } => format!("clear the wired mark of {va}"),
        E::Console { line } => format!("print \u{201c}{line}\u{201d}"),
        E::Panic { .. } => "panic".to_owned(),
        _ => "go on".to_owned(),
    }
}

/// Whether a write is what a call is about, and not the upkeep of amaps and mappings.
pub(crate) const fn is_telling(event: &KernelEvent) -> bool {
    use KernelEvent as E;
    matches!(
        event,
        E::EntryInsert { .. }
            | E::EntryRemove { .. }
            | E::ClipStart { .. }
            | E::ClipEnd { .. }
            | E::EntryStart { .. }
            | E::EntryEnd { .. }
            | E::WiredCount { .. }
            | E::EntryProt { .. }
            | E::EntryInherit { .. }
            | E::EntryAdvice { .. }
            | E::WireFuture { .. }
            | E::PageWire { .. }
            | E::PageUnwire { .. }
            | E::Console { .. }
            | E::Panic { .. }
    )
}

/// A range, and whether there is anything in it.
fn named_range(range: VaRange) -> String {
    if range.start == range.end {
        return format!("the empty range at {}", range.start);
    }
    if range.start > range.end {
        return format!("a range that ends at {}, before its start {}", range.end, range.start);
    }
    format!("the range {}", span(range))
}

fn entry(id: EntryId, state: &State) -> String {
    if id.is_header() {
        return "the header".to_owned();
    }
    match state.get_entry(id) {
        Some(entry) => format!("the entry {}", span(entry.range)),
        None => "an entry that is gone".to_owned(),
    }
}
