//! The map itself: looking up, cutting, finding room, putting mappings in.
//! Models `sys/uvm/uvm_map.c`.

use crate::addr::{Bytes, VaRange, Vaddr};
use crate::attr::{Advice, Inherit, Prot};
use crate::change::Change;
use crate::cond::{Cond, Edge};
use crate::errno::Errno::{self, Enomem};
use crate::event::{Args, KernelEvent, MergeHow};
use crate::func::Func;
use crate::kern::uvm_amap::{Extend, amap_extend};
use crate::kernel::Kernel;
use crate::recorder::Recorder;
use crate::state::{Entry, EntryId};

/// `VM_MAP_RANGE_CHECK`: clamps a range to the map. One that is turned inside out by that becomes
/// empty, at its end.
#[track_caller]
pub(super) fn range_check<R: Recorder>(k: &mut Kernel<R>, range: VaRange) -> VaRange {
    let mut start = range.start.max(k.vm.min);
    let mut end = range.end.min(k.vm.max);
    if start > end {
        if k.has(Change::RangeCheckKeepsStart) {
            end = start;
        } else {
            start = end;
        }
    }
    let checked = VaRange::new(start, end);
    k.test(Cond::OutsideMap { range, holds: checked != range });
    checked
}

/// `uvm_map_lookup_entry`: the entry that holds `va`.
#[track_caller]
pub(super) fn lookup_entry<R: Recorder>(k: &mut Kernel<R>, va: Vaddr) -> Option<EntryId> {
    let entry = k.entry_at(va);
    k.emit(KernelEvent::Lookup { va, entry });
    entry
}

/// `UVM_MAP_CLIP_START`: makes the entry start at `at`, unless it does not reach around it.
#[track_caller]
pub(super) fn clip_start<R: Recorder>(k: &mut Kernel<R>, entry: EntryId, at: Vaddr) {
    if k.cuts(entry, at, Edge::Start) {
        uvm_map_clip_start(k, entry, at);
    }
}

/// `UVM_MAP_CLIP_END`: makes the entry end at `at`, unless it does not reach around it.
#[track_caller]
pub(super) fn clip_end<R: Recorder>(k: &mut Kernel<R>, entry: EntryId, at: Vaddr) {
    if k.cuts(entry, at, Edge::End) {
        uvm_map_clip_end(k, entry, at);
    }
}

/// Cuts an entry in two. The new entry takes the front, so that whoever holds the old one holds
/// what lies from `at` on; both keep every attribute, `wired_count` included.
fn uvm_map_clip_start<R: Recorder>(k: &mut Kernel<R>, entry: EntryId, at: Vaddr) {
    k.enter(Func::UvmMapClipStart, Args::Entry(entry));
    k.cut_front(entry, at);
    if let Some(amap) = k.entry(entry).amap {
        k.add_amap_ref(amap);
    }
    k.leave(Func::UvmMapClipStart, Errno::None);
}

/// Cuts an entry in two. The new entry takes the back.
fn uvm_map_clip_end<R: Recorder>(k: &mut Kernel<R>, entry: EntryId, at: Vaddr) {
    k.enter(Func::UvmMapClipEnd, Args::Entry(entry));
    k.cut_back(entry, at);
    if let Some(amap) = k.entry(entry).amap {
        k.add_amap_ref(amap);
    }
    k.leave(Func::UvmMapClipEnd, Errno::None);
}

/// A mapping that mmap is about to make.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewMapping {
    pub(super) len: Bytes,
    pub(super) prot: Prot,
    pub(super) max_prot: Prot,
    pub(super) inherit: Inherit,
    pub(super) shared: bool,
    pub(super) object: bool,
    pub(super) offset: u64,
}

/// Where a range was found, and the entry before it.
type Space = (Vaddr, EntryId);

/// Finds room for `len` bytes: exactly at the hint, or else the highest below it. The space below
/// the first entry is looked at only where the hint itself lies there.
fn uvm_map_findspace<R: Recorder>(
    k: &mut Kernel<R>,
    hint: Vaddr,
    len: Bytes,
    fixed: bool,
) -> Option<Space> {
    k.enter(Func::UvmMapFindspace, Args::Range(VaRange::sized(hint, len)));
    let hint = if fixed { hint } else { hint.max(k.vm.min) };
    let found = lookup_entry(k, hint);
    let before = k.state.preceding(hint);
    if fixed {
        k.leave(Func::UvmMapFindspace, Errno::None);
        return Some((hint, before));
    }
    let wanted = VaRange::sized(hint, len);
    // A length above the whole address space wraps, and fits nowhere.
    let fits = wanted.end > hint;
    let is_free = fits && found.is_none() && wanted.end <= start_of_next(k, before);
    if k.test(Cond::Free { range: wanted, holds: is_free }) {
        k.leave(Func::UvmMapFindspace, Errno::None);
        return Some((hint, before));
    }
    let origin = found.map_or(before, |entry| k.prev(entry));
    let mut below = origin;
    while fits && (!below.is_header() || below == origin) {
        let gap = gap_after(k, below);
        let range = VaRange::new(gap.end.minus(len), gap.end);
        let holds = gap.end < wanted.end && gap.len() >= len;
        if k.test(Cond::Free { range, holds }) {
            k.leave(Func::UvmMapFindspace, Errno::None);
            return Some((range.start, below));
        }
        if below.is_header() {
            break;
        }
        below = k.prev(below);
    }
    k.leave(Func::UvmMapFindspace, Enomem);
    None
}

/// The free addresses behind an entry.
fn gap_after<R: Recorder>(k: &Kernel<R>, entry: EntryId) -> VaRange {
    let start = if entry.is_header() { k.vm.min } else { k.range(entry).end };
    VaRange::new(start, start_of_next(k, entry))
}

fn start_of_next<R: Recorder>(k: &Kernel<R>, entry: EntryId) -> Vaddr {
    let next = k.next(entry);
    if next.is_header() { k.vm.max } else { k.range(next).start }
}

/// Puts a mapping into the map: as part of the entry before it, of the one behind, of both, or as
/// an entry of its own. Where it landed, or nothing where there is no room.
pub(super) fn uvm_map<R: Recorder>(
    k: &mut Kernel<R>,
    new: NewMapping,
    hint: Vaddr,
    fixed: bool,
) -> Option<Vaddr> {
    k.enter(Func::UvmMap, Args::Range(VaRange::sized(hint, new.len)));
    let Some((at, prev)) = uvm_map_findspace(k, hint, new.len, fixed) else {
        k.leave(Func::UvmMap, Enomem);
        return None;
    };
    let range = VaRange::sized(at, new.len);
    let next = k.next(prev);
    let merged = match merge_back(k, &new, range, prev) {
        Back::Merged => {
            merge_both(k, &new, range, prev, next);
            true
        }
        Back::AmapFull => false,
        Back::None => merge_forward(k, &new, range, next),
    };
    if !merged {
        // Shared memory must be the same for all who map it, so its amap cannot wait.
        let amap = (new.shared && !new.object).then(|| k.create_amap(new.len.pages().0));
        k.insert_entry(Entry {
            range,
            prot: new.prot,
            max_prot: new.max_prot,
            inherit: new.inherit,
            advice: Advice::Normal,
            wired_count: 0,
            cow: !new.shared,
            needs_copy: !new.shared,
            amap,
            slot: 0,
            object: new.object,
            offset: new.offset,
            birth: 0,
            family: 0,
        });
    }
    k.leave(Func::UvmMap, Errno::None);
    Some(at)
}

/// What became of the wish to append a mapping to the entry before it.
enum Back {
    Merged,
    /// It could have been, but for its amap; then the entry behind is not tried either.
    AmapFull,
    None,
}

fn merge_back<R: Recorder>(
    k: &mut Kernel<R>,
    new: &NewMapping,
    range: VaRange,
    prev: EntryId,
) -> Back {
    if prev.is_header() {
        return Back::None;
    }
    let e = k.entry(prev);
    let holds = e.range.end == range.start
        && attributes_match(e, new)
        && (!new.object || e.offset_at(e.range.end) == new.offset)
        && amap_is_own(k, e);
    if !k.test(Cond::MergesNew { with: prev, holds }) {
        return Back::None;
    }
    if k.entry(prev).amap.is_some() && !amap_extend(k, prev, new.len.pages(), Extend::Forwards) {
        return Back::AmapFull;
    }
    k.set_end(prev, range.end);
    k.tell_merge(MergeHow::Back, range);
    Back::Merged
}

/// The mapping has become part of `prev`; now perhaps `next` does too.
fn merge_both<R: Recorder>(
    k: &mut Kernel<R>,
    new: &NewMapping,
    range: VaRange,
    prev: EntryId,
    next: EntryId,
) {
    if !merges_forward(k, new, range, next) {
        return;
    }
    let (prev_pages, next_pages) = (k.range(prev).pages(), k.range(next).pages());
    let extended = match (k.entry(prev).amap, k.entry(next).amap) {
        (Some(_), Some(_)) => false,
        (Some(_), None) => amap_extend(k, prev, next_pages, Extend::Forwards),
        (None, Some(_)) => amap_extend(k, next, prev_pages, Extend::Backwards),
        (None, None) => true,
    };
    if !extended {
        return;
    }
    let Entry { range: next_range, amap, slot, .. } = *k.entry(next);
    k.remove_entry(next);
    k.set_end(prev, next_range.end);
    if amap.is_some() {
        k.set_amap(prev, amap, slot);
    }
    k.tell_merge(MergeHow::Both, range);
}

fn merge_forward<R: Recorder>(
    k: &mut Kernel<R>,
    new: &NewMapping,
    range: VaRange,
    next: EntryId,
) -> bool {
    if !merges_forward(k, new, range, next) {
        return false;
    }
    if k.entry(next).amap.is_some() && !amap_extend(k, next, new.len.pages(), Extend::Backwards) {
        return false;
    }
    k.set_start(next, range.start);
    k.set_offset(next, new.offset);
    k.tell_merge(MergeHow::Forward, range);
    true
}

#[track_caller]
fn merges_forward<R: Recorder>(
    k: &mut Kernel<R>,
    new: &NewMapping,
    range: VaRange,
    next: EntryId,
) -> bool {
    if next.is_header() {
        return false;
    }
    let e = k.entry(next);
    let holds = e.range.start == range.end
        && attributes_match(e, new)
        && (!new.object || new.offset.wrapping_add(new.len.0) == e.offset)
        && amap_is_own(k, e);
    k.test(Cond::MergesNew { with: next, holds })
}

/// Whether an entry is as the new mapping will be: not wired, and its copy still to be made.
fn attributes_match(e: &Entry, new: &NewMapping) -> bool {
    e.cow != new.shared
        && e.needs_copy != new.shared
        && e.object == new.object
        && e.prot == new.prot
        && e.max_prot == new.max_prot
        && e.inherit == new.inherit
        && e.advice == Advice::Normal
        && e.wired_count == 0
}

fn amap_is_own<R: Recorder>(k: &Kernel<R>, e: &Entry) -> bool {
    e.amap.is_none_or(|amap| k.amap(amap).refs == 1)
}
