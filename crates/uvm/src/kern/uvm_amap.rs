//! Anonymous memory: when an entry gets its own, and how far it reaches.
//! Models `sys/uvm/uvm_amap.c`.

use crate::addr::{Pages, VaRange, Vaddr};
use crate::cond::Cond;
use crate::errno::Errno;
use crate::event::{AmapCopied, Args, KernelEvent, MergeHow};
use crate::func::Func;
use crate::kern::uvm_map::{clip_end, clip_start};
use crate::kernel::Kernel;
use crate::recorder::Recorder;
use crate::state::{Entry, EntryId};

/// From this many pages on an entry's amap is made for a chunk of it only.
const CHUNKED_FROM: u32 = 256;
/// Bytes in a chunk: 16 pages, aligned on addresses and not on the entry.
const CHUNK: u64 = 16 * crate::addr::PAGE_SIZE;
/// An amap that needs this many slots is not made larger.
const LARGEST_EXTENDED: u64 = 256;

/// Gives an entry that still needs its copy an amap of its own, for at least the pages from
/// `from` to `to`. The entry in hand survives; a neighbour whose amap could be made to reach over
/// it is merged into it.
pub(super) fn amap_copy<R: Recorder>(k: &mut Kernel<R>, entry: EntryId, from: Vaddr, to: Vaddr) {
    k.enter(Func::AmapCopy, Args::Entry(entry));
    k.emit(KernelEvent::AmapCopy { entry, from, to });
    if k.test(Cond::HasAmap { entry }) {
        // More than one reference would mean copying; only a fork makes that possible, and
        // nothing here forks.
        k.clear_needs_copy(entry);
        k.tell_amap_copied(entry, AmapCopied::Took);
        k.leave(Func::AmapCopy, Errno::None);
        return;
    }
    if k.test(Cond::Chunked { entry, pages: CHUNKED_FROM }) {
        let from = from.0 / CHUNK * CHUNK;
        let to = to.0.wrapping_add(CHUNK - 1) / CHUNK * CHUNK;
        clip_start(k, entry, Vaddr(from));
        // Rounding up may wrap at the top of the address space.
        if to >= from {
            clip_end(k, entry, Vaddr(to));
        }
    }
    if !merge_with_next(k, entry) && !merge_with_prev(k, entry) {
        let amap = k.create_amap(k.range(entry).pages().0);
        k.set_amap(entry, Some(amap), 0);
        k.clear_needs_copy(entry);
    }
    k.tell_amap_copied(entry, AmapCopied::New);
    k.leave(Func::AmapCopy, Errno::None);
}

/// Takes over the entry behind, if its amap can be made to start earlier.
fn merge_with_next<R: Recorder>(k: &mut Kernel<R>, entry: EntryId) -> bool {
    let next = k.next(entry);
    if next.is_header() || !k.test(Cond::Mergeable { entry, with: next }) {
        return false;
    }
    if !amap_extend(k, next, k.range(entry).pages(), Extend::Backwards) {
        return false;
    }
    let Entry { range, amap, slot, .. } = *k.entry(next);
    k.remove_entry(next);
    k.set_end(entry, range.end);
    k.set_amap(entry, amap, slot);
    k.clear_needs_copy(entry);
    k.tell_merge(MergeHow::AmapCopyNext, k.range(entry));
    true
}

/// Takes over the entry before, if its amap can be made to end later.
fn merge_with_prev<R: Recorder>(k: &mut Kernel<R>, entry: EntryId) -> bool {
    let prev = k.prev(entry);
    if prev.is_header() || !k.test(Cond::Mergeable { entry, with: prev }) {
        return false;
    }
    if !amap_extend(k, prev, k.range(entry).pages(), Extend::Forwards) {
        return false;
    }
    let Entry { range, amap, slot, offset, .. } = *k.entry(prev);
    k.remove_entry(prev);
    k.set_start(entry, range.start);
    k.set_offset(entry, offset);
    k.set_amap(entry, amap, slot);
    k.clear_needs_copy(entry);
    k.tell_merge(MergeHow::AmapCopyPrev, k.range(entry));
    true
}

/// Which way an amap is made to reach further.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Extend {
    /// Behind the entry.
    Forwards,
    /// Before the entry.
    Backwards,
}

/// Makes the entry's amap reach over `by` more pages; whether it could.
pub(super) fn amap_extend<R: Recorder>(
    k: &mut Kernel<R>,
    entry: EntryId,
    by: Pages,
    way: Extend,
) -> bool {
    let range: VaRange = k.range(entry);
    k.enter(Func::AmapExtend, Args::Entry(entry));
    let extended = match way {
        Extend::Forwards => extend_forwards(k, entry, range.pages().0, by.0),
        Extend::Backwards => extend_backwards(k, entry, range.pages().0, by.0),
    };
    let errno = if extended { Errno::None } else { Errno::Enomem };
    k.leave(Func::AmapExtend, errno);
    extended
}

fn extend_forwards<R: Recorder>(k: &mut Kernel<R>, entry: EntryId, own: u64, by: u64) -> bool {
    let Entry { amap: Some(amap), slot, .. } = *k.entry(entry) else { return false };
    let need = slot + own + by;
    let (in_use, room) = (k.amap(amap).nslot, k.amap(amap).maxslot);
    let holds = in_use >= need || room >= need || need < LARGEST_EXTENDED;
    if !k.test(Cond::AmapReaches { need, room, holds }) {
        return false;
    }
    if in_use < need {
        if room < need {
            k.set_amap_room(amap, need.next_multiple_of(2));
        }
        k.set_amap_slots(amap, need);
    }
    true
}

fn extend_backwards<R: Recorder>(k: &mut Kernel<R>, entry: EntryId, own: u64, by: u64) -> bool {
    let Entry { amap: Some(amap), slot, .. } = *k.entry(entry) else { return false };
    if by <= slot {
        // Slots in front of the entry stand empty.
        k.set_slot(entry, slot - by);
        return true;
    }
    // The slots in front are not counted, so an amap with room enough may fail here.
    let need = by + own;
    let mut room = k.amap(amap).maxslot;
    let holds = room >= need || need < LARGEST_EXTENDED;
    if !k.test(Cond::AmapReaches { need, room, holds }) {
        return false;
    }
    if room < need {
        room = need.next_multiple_of(2);
        k.set_amap_room(amap, room);
    }
    // The pages move to the far end, and what is spare stands in front of them.
    let first = room - need;
    k.shift_amap(amap, (first + by).wrapping_sub(slot).cast_signed());
    k.set_slot(entry, first);
    k.set_amap_slots(amap, room);
    true
}
