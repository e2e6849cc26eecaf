//! The conditions that the kernel's functions test, as values that evaluate themselves.
//!
//! A condition keeps its operands, so that a step can say which numbers it compared, and so that
//! "why did this not happen?" has an answer.

use crate::addr::{VaRange, Vaddr};
use crate::attr::Prot;
use crate::state::{EntryId, State};

/// Which end of an entry.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Edge {
    /// Its start.
    Start,
    /// Its end.
    End,
}

/// A condition on the state, or on the arguments of a call.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Cond {
    /// The entry is not the header and starts before `end`; what ends the walks over a range.
    StartsBefore {
        /// The entry looked at.
        entry: EntryId,
        /// End of the range.
        end: Vaddr,
    },
    /// The entry is not the header and ends after `start`; what ends the walks backwards.
    EndsAfter {
        /// The entry looked at.
        entry: EntryId,
        /// Start of the range.
        start: Vaddr,
    },
    /// `at` lies inside the entry, on neither of its ends: a cut there makes two entries. Where
    /// it does not hold, the cut is refused.
    Cuts {
        /// The entry to cut.
        entry: EntryId,
        /// Where.
        at: Vaddr,
        /// Which end of the entry is to come off.
        edge: Edge,
    },
    /// The entry ends before `end`, and the next one is absent or does not adjoin.
    HoleBefore {
        /// The entry looked at.
        entry: EntryId,
        /// End of the range.
        end: Vaddr,
    },
    /// The entry's `wired_count` is not 0.
    Wired {
        /// The entry looked at.
        entry: EntryId,
    },
    /// The entry's `wired_count` is 0.
    Unwired {
        /// The entry looked at.
        entry: EntryId,
    },
    /// The entry's `wired_count` is exactly 1: it was just wired.
    WiredOnce {
        /// The entry looked at.
        entry: EntryId,
    },
    /// The entry is unwired, still needs its copy, and could be written (or has no file): its
    /// amap has to be made before it is wired.
    NeedsAmap {
        /// The entry looked at.
        entry: EntryId,
    },
    /// The entry still needs its own amap before a write.
    NeedsCopy {
        /// The entry looked at.
        entry: EntryId,
    },
    /// The entry has an amap.
    HasAmap {
        /// The entry looked at.
        entry: EntryId,
    },
    /// The entry's protection is none.
    ProtNone {
        /// The entry looked at.
        entry: EntryId,
    },
    /// The entry is copy-on-write.
    CopyOnWrite {
        /// The entry looked at.
        entry: EntryId,
    },
    /// The file lies behind the entry.
    HasObject {
        /// The entry looked at.
        entry: EntryId,
    },
    /// The entry spans at least as many pages as make `amap_copy` work in chunks.
    Chunked {
        /// The entry looked at.
        entry: EntryId,
        /// That number of pages.
        pages: u32,
    },
    /// The amap of the entry has no other reference.
    AmapUnshared {
        /// The entry looked at.
        entry: EntryId,
    },
    /// The entry `first` ends where `second` starts.
    Adjoin {
        /// The lower entry.
        first: EntryId,
        /// The upper entry.
        second: EntryId,
    },
    /// The two adjoining entries agree in everything that a merge by `amap_copy` asks for.
    Mergeable {
        /// The entry in hand, which still needs its copy.
        entry: EntryId,
        /// Its neighbour, which has an amap.
        with: EntryId,
    },
    /// The neighbour agrees in everything that a merge with a new mapping asks for. The outcome
    /// is evaluated by the caller, which holds the new mapping's attributes.
    MergesNew {
        /// The neighbour.
        with: EntryId,
        /// The outcome.
        holds: bool,
    },
    /// The amap can be made to reach over the neighbour; evaluated by `amap_extend`.
    AmapReaches {
        /// Slots needed.
        need: u64,
        /// Slots there is room for.
        room: u64,
        /// The outcome.
        holds: bool,
    },
    /// The permissions wanted are within those allowed.
    Allowed {
        /// The entry looked at.
        entry: EntryId,
        /// What the access needs.
        want: Prot,
        /// What it is checked against.
        have: Prot,
    },
    /// The permissions differ.
    ProtChanges {
        /// What was allowed.
        from: Prot,
        /// What is to be allowed.
        to: Prot,
    },
    /// An entry holds the address.
    Mapped {
        /// The address.
        va: Vaddr,
    },
    /// The pmap maps the address, with write permission where `write` asks for it.
    InPmap {
        /// The address, start of a page.
        va: Vaddr,
        /// Whether the access writes.
        write: bool,
    },
    /// The entry's amap holds a page for the address.
    AnonResident {
        /// The entry looked at.
        entry: EntryId,
        /// The address, start of a page.
        va: Vaddr,
    },
    /// The file's page is resident.
    ObjectResident {
        /// Number of the page in the file.
        index: u64,
    },
    /// The page lies beyond the end of the file.
    BeyondFile {
        /// Number of the page in the file.
        index: u64,
        /// Pages that the file has.
        pages: u64,
    },
    /// The range is empty: its start is its end.
    Empty {
        /// The range asked for.
        range: VaRange,
    },
    /// A length is 0.
    ZeroLength {
        /// The length.
        len: u64,
    },
    /// The range does not lie within the map and has to be clamped.
    OutsideMap {
        /// The range asked for.
        range: VaRange,
        /// The map's bounds are `vm.min` and `vm.max`; the outcome is evaluated by the caller.
        holds: bool,
    },
    /// The range starts below the map.
    BelowMap {
        /// The range's start.
        start: Vaddr,
        /// The map's lower bound.
        min: Vaddr,
    },
    /// The range ends above the map.
    AboveMap {
        /// The range's end.
        end: Vaddr,
        /// The map's upper bound.
        max: Vaddr,
    },
    /// The range's end lies before its start: the sum of address and length wrapped.
    Wrapped {
        /// The range.
        range: VaRange,
    },
    /// The address is no page boundary.
    Unaligned {
        /// The address.
        va: Vaddr,
    },
    /// Rounding a length up to whole pages wrapped.
    RoundingWrapped {
        /// The length.
        len: u64,
        /// The length rounded.
        rounded: u64,
    },
    /// The pages asked for and those wired already are more than the system's limit. Compared in
    /// 64 unsigned bits, though the count of wired pages is signed.
    OverWiredmax {
        /// Pages asked for.
        pages: u64,
        /// `uvmexp.wired`.
        wired: i32,
        /// The limit in pages.
        max: u64,
    },
    /// The bytes asked for and those wired in the pmap are more than `RLIMIT_MEMLOCK`.
    OverMemlock {
        /// The sum, in bytes.
        need: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// The range is free, with no entry reaching into it.
    Free {
        /// The range.
        range: VaRange,
        /// The outcome, evaluated by `uvm_map_findspace`.
        holds: bool,
    },
    /// Flags or codes that exclude one another, or that do not exist.
    BadFlags {
        /// The outcome.
        holds: bool,
    },
    /// The mapping is to be wired at once: by its flag, or because future mappings are.
    WireNow {
        /// By `MAP_WIRED`.
        flag: bool,
        /// By mlockall's `MCL_FUTURE`.
        future: bool,
    },
    /// A kernel function answered with an error.
    Failed {
        /// The answer.
        errno: crate::errno::Errno,
    },
    /// The page's `wire_count` is 0.
    PageUnwired {
        /// The address it shows at.
        va: Vaddr,
        /// The count.
        wire_count: u16,
    },
    /// The mapping's wired bit is set.
    WiredBit {
        /// The address.
        va: Vaddr,
    },
    /// The kernel was built with DIAGNOSTIC.
    Diagnostic {
        /// Whether it was.
        on: bool,
    },
}

impl Cond {
    /// The entry that it is about; of two neighbours the first, of two that could become one the
    /// one that stays.
    pub const fn entry(mut self) -> Option<EntryId> {
        match self.entry_mut() {
            Some(entry) => Some(*entry),
            None => None,
        }
    }

    /// The same, to put another name in its place.
    pub const fn entry_mut(&mut self) -> Option<&mut EntryId> {
        match self {
            Self::StartsBefore { entry, .. }
            | Self::EndsAfter { entry, .. }
            | Self::Cuts { entry, .. }
            | Self::HoleBefore { entry, .. }
            | Self::Wired { entry }
            | Self::Unwired { entry }
            | Self::WiredOnce { entry }
            | Self::NeedsAmap { entry }
            | Self::NeedsCopy { entry }
            | Self::HasAmap { entry }
            | Self::ProtNone { entry }
            | Self::CopyOnWrite { entry }
            | Self::HasObject { entry }
            | Self::Chunked { entry, .. }
            | Self::AmapUnshared { entry }
            | Self::Mergeable { entry, .. }
            | Self::Adjoin { first: entry, .. }
            | Self::MergesNew { with: entry, .. }
            | Self::Allowed { entry, .. }
            | Self::AnonResident { entry, .. } => Some(entry),
            _ => None,
        }
    }

    /// Whether the condition holds in `state`.
    #[inline]
    pub fn holds(self, state: &State) -> bool {
        match self {
            Self::StartsBefore { entry, end } => {
                !entry.is_header() && state.entry(entry).range.start < end
            }
            Self::EndsAfter { entry, start } => {
                !entry.is_header() && state.entry(entry).range.end > start
            }
            Self::Cuts { entry, at, .. } => {
                let VaRange { start, end } = state.entry(entry).range;
                start < at && at < end
            }
            Self::HoleBefore { entry, end } => {
                let own_end = state.entry(entry).range.end;
                own_end < end && {
                    let next = state.next(entry);
                    next.is_header() || state.entry(next).range.start > own_end
                }
            }
            Self::Adjoin { first, second } => {
                !first.is_header()
                    && !second.is_header()
                    && state.entry(first).range.end == state.entry(second).range.start
            }
            Self::Mergeable { entry, with } => mergeable(state, entry, with),
            Self::Mapped { va } => state.entry_at(va).is_some(),
            Self::InPmap { va, write } => state.mapping(va).is_some_and(|m| !write || m.write),
            Self::AnonResident { entry, va } => state.anon_page(state.entry(entry), va).is_some(),
            Self::ObjectResident { index } => state.object_page(index).is_some(),
            Self::WiredBit { va } => state.mapping(va).is_some_and(|m| m.wired),
            Self::Wired { entry }
            | Self::Unwired { entry }
            | Self::WiredOnce { entry }
            | Self::NeedsAmap { entry }
            | Self::NeedsCopy { entry }
            | Self::HasAmap { entry }
            | Self::ProtNone { entry }
            | Self::CopyOnWrite { entry }
            | Self::HasObject { entry }
            | Self::Chunked { entry, .. }
            | Self::AmapUnshared { entry } => self.holds_of(state, entry),
            _ => self.holds_of_numbers(),
        }
    }

    /// The conditions on one entry's attributes.
    #[inline]
    fn holds_of(self, state: &State, id: EntryId) -> bool {
        let entry = state.entry(id);
        match self {
            Self::Wired { .. } => entry.wired_count != 0,
            Self::Unwired { .. } => entry.wired_count == 0,
            Self::WiredOnce { .. } => entry.wired_count == 1,
            Self::NeedsAmap { .. } => {
                entry.wired_count == 0
                    && entry.needs_copy
                    && (entry.max_prot.has_write() || !entry.object)
            }
            Self::NeedsCopy { .. } => entry.needs_copy,
            Self::HasAmap { .. } => entry.amap.is_some(),
            Self::ProtNone { .. } => entry.prot.is_none(),
            Self::CopyOnWrite { .. } => entry.cow,
            Self::HasObject { .. } => entry.object,
            Self::Chunked { pages, .. } => entry.range.pages().0 >= u64::from(pages),
            Self::AmapUnshared { .. } => entry.amap.is_some_and(|id| state.amap(id).refs == 1),
            _ => false,
        }
    }

    /// The conditions that need no state: their operands are in them.
    #[inline]
    fn holds_of_numbers(self) -> bool {
        match self {
            Self::MergesNew { holds, .. }
            | Self::AmapReaches { holds, .. }
            | Self::OutsideMap { holds, .. }
            | Self::Free { holds, .. }
            | Self::BadFlags { holds } => holds,
            Self::Allowed { want, have, .. } => have.allows(want),
            Self::ProtChanges { from, to } => from != to,
            Self::BeyondFile { index, pages } => index >= pages,
            Self::Empty { range } => range.start == range.end,
            Self::ZeroLength { len } => len == 0,
            Self::BelowMap { start, min } => start < min,
            Self::AboveMap { end, max } => end > max,
            Self::Wrapped { range } => range.start > range.end,
            Self::Unaligned { va } => va.trunc_page() != va,
            Self::RoundingWrapped { len, rounded } => rounded < len,
            Self::OverWiredmax { pages, wired, max } => {
                pages.wrapping_add(i64::from(wired).cast_unsigned()) > max
            }
            Self::OverMemlock { need, limit } => need > limit,
            Self::WireNow { flag, future } => flag || future,
            Self::Failed { errno } => !errno.is_ok(),
            Self::PageUnwired { wire_count, .. } => wire_count == 0,
            Self::Diagnostic { on } => on,
            _ => false,
        }
    }
}

/// Whether `entry`, which still needs its copy, agrees with its neighbour `with` in everything
/// but that: the test of `amap_copy` before it extends the neighbour's amap.
fn mergeable(state: &State, entry: EntryId, with: EntryId) -> bool {
    let (a, b) = (state.entry(entry), state.entry(with));
    let (lower, upper) = if a.range.start < b.range.start { (a, b) } else { (b, a) };
    lower.range.end == upper.range.start
        && b.amap.is_some_and(|id| state.amap(id).refs == 1)
        && !b.needs_copy
        && a.cow == b.cow
        && a.object == b.object
        && (!a.object || lower.offset_at(lower.range.end) == upper.offset)
        && a.prot == b.prot
        && a.max_prot == b.max_prot
        && a.inherit == b.inherit
        && a.advice == b.advice
        && a.wired_count == b.wired_count
}
