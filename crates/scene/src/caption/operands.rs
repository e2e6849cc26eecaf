//! The operands of a condition, as they stand beside the line that tests it.

use uvmscope_uvm::cond::Edge;
use uvmscope_uvm::{Cond, Entry, EntryId, KernelEvent, State, VaRange};

use crate::words::{bytes, number};

/// What stands beside the line that made a step: the operands of a condition with its outcome, or
/// a value before and after. Nothing where the line says it all.
pub(crate) fn beside(state: &State, event: &KernelEvent) -> Option<String> {
    use KernelEvent as E;
    match *event {
        E::Test { cond, held } => {
            let answer = if held { "true" } else { "false" };
            Some(format!("{}: {answer}", formula(state, cond)))
        }
        E::WiredCount { from, to, .. } | E::UvmexpWired { from, to } => {
            Some(format!("{from} \u{2192} {to}"))
        }
        E::PageWire { from, to, .. } | E::PageUnwire { from, to, .. } => {
            Some(format!("{from} \u{2192} {to}"))
        }
        E::AmapRefs { from, to, .. } => Some(format!("{from} \u{2192} {to}")),
        E::EntryProt { from, to, .. } => Some(format!("{from} \u{2192} {to}")),
        E::ClipStart { at, .. } | E::ClipEnd { at, .. } => Some(format!("at {at}")),
        E::Lookup { entry: Some(id), .. } => state.get_entry(id).map(|e| e.range.to_string()),
        E::Lookup { entry: None, .. } => Some("not found".to_owned()),
        E::Leave { errno, .. } => {
            Some(if errno.is_ok() { "0".to_owned() } else { errno.to_string() })
        }
        _ => None,
    }
}

/// A condition with the values of its operands in the place of their names.
pub(crate) fn formula(state: &State, cond: Cond) -> String {
    let of = |id: EntryId| state.get_entry(id);
    match cond {
        Cond::StartsBefore { entry, end } => match of(entry) {
            Some(e) => format!("{} < {end}", e.range.start),
            None => "entry is the header".to_owned(),
        },
        Cond::EndsAfter { entry, start } => match of(entry) {
            Some(e) => format!("{} > {start}", e.range.end),
            None => "entry is the header".to_owned(),
        },
        Cond::Cuts { entry, at, .. } => match of(entry) {
            Some(Entry { range: VaRange { start, end }, .. }) => format!("{start} < {at} < {end}"),
            None => format!("no entry around {at}"),
        },
        Cond::HoleBefore { entry, end } => hole(state, entry, end),
        Cond::Wired { entry } => compared(of(entry), "!=", 0),
        Cond::Unwired { entry } => compared(of(entry), "==", 0),
        Cond::WiredOnce { entry } => compared(of(entry), "==", 1),
        Cond::NeedsAmap { entry } => match of(entry) {
            Some(e) => format!(
                "wired_count {}, {}, {}",
                e.wired_count,
                if e.needs_copy { "needs-copy" } else { "no needs-copy" },
                if e.object { "file" } else { "no file" }
            ),
            None => "no entry".to_owned(),
        },
        Cond::Adjoin { first, second } => match (of(first), of(second)) {
            (Some(a), Some(b)) => format!("{} == {}", a.range.end, b.range.start),
            _ => "one of them is the header".to_owned(),
        },
        Cond::ProtNone { entry } => {
            format!("{} == none", of(entry).map_or_else(|| "?".to_owned(), |e| e.prot.to_string()))
        }
        Cond::Chunked { entry, pages } => {
            format!("{} >= {pages} pages", of(entry).map_or(0, |e| e.range.pages().0))
        }
        Cond::AmapUnshared { entry } => {
            let refs = of(entry).and_then(|e| e.amap).map_or(0, |amap| state.amap(amap).refs);
            format!("references {refs} == 1")
        }
        _ => numbers(cond),
    }
}

fn compared(entry: Option<&Entry>, sign: &str, with: i32) -> String {
    match entry {
        Some(e) => format!("wired_count {} {sign} {with}", e.wired_count),
        None => "no entry".to_owned(),
    }
}

fn hole(state: &State, entry: EntryId, end: uvmscope_uvm::Vaddr) -> String {
    let Some(e) = state.get_entry(entry) else {
        return "no entry".to_owned();
    };
    let own_end = e.range.end;
    if own_end >= end {
        return format!("{own_end} < {end}");
    }
    match state.get_entry(state.next(entry)) {
        Some(next) => format!("{} > {own_end}", next.range.start),
        None => format!("{own_end} < {end}, no next entry"),
    }
}

/// The conditions whose operands are numbers, or whose sentence says more than a formula could.
fn numbers(cond: Cond) -> String {
    match cond {
        Cond::Allowed { want, have, .. } => format!("{want} within {have}"),
        Cond::ProtChanges { from, to } => format!("{from} != {to}"),
        Cond::Empty { range } => format!("{} == {}", range.start, range.end),
        Cond::ZeroLength { len } => format!("{len} == 0"),
        Cond::BelowMap { start, min } => format!("{start} < {min}"),
        Cond::AboveMap { end, max } => format!("{end} > {max}"),
        Cond::Wrapped { range } => format!("{} < {}", range.end, range.start),
        Cond::Unaligned { va } => format!("{va} in a page"),
        Cond::RoundingWrapped { len, rounded } => format!("{rounded:#x} < {len:#x}"),
        Cond::OverWiredmax { pages, wired, max } => {
            format!("{} + {wired} > {}", number(pages), number(max))
        }
        Cond::OverMemlock { need, limit } => format!("{} > {}", bytes(need), bytes(limit)),
        Cond::AmapReaches { need, room, .. } => format!("{need} slots in {room}"),
        Cond::BeyondFile { index, pages } => format!("page {index} >= {pages}"),
        Cond::WireNow { flag, future } => {
            format!("MAP_WIRED {}, future {}", yes(flag), yes(future))
        }
        Cond::Failed { errno } => {
            format!("{} != 0", if errno.is_ok() { "0" } else { errno.name() })
        }
        Cond::PageUnwired { wire_count, .. } => format!("wire_count {wire_count} == 0"),
        Cond::Mapped { va }
        | Cond::InPmap { va, .. }
        | Cond::AnonResident { va, .. }
        | Cond::WiredBit { va } => format!("{va}"),
        Cond::ObjectResident { index } => format!("page {index}"),
        Cond::Free { range, .. } | Cond::OutsideMap { range, .. } => range.to_string(),
        _ => "here".to_owned(),
    }
}

const fn yes(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// Which end of an entry a cut is to take off.
pub(crate) const fn edge_name(edge: Edge) -> &'static str {
    match edge {
        Edge::Start => "start",
        Edge::End => "end",
    }
}
