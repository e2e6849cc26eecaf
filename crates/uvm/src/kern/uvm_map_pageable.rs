//! Wiring and unwiring a range: the function that the panic of March 2019 is about.
//! Models `sys/uvm/uvm_map.c`.

use crate::addr::VaRange;
use crate::change::Change;
use crate::cond::Cond;
use crate::errno::Errno::{self, Efault, Einval};
use crate::event::{Args, Pin};
use crate::func::Func;
use crate::halt::Run;
use crate::kern::uvm_amap::amap_copy;
use crate::kern::uvm_fault::{uvm_fault_unwire_locked, uvm_fault_wire};
use crate::kern::uvm_map::{clip_end, clip_start, lookup_entry, range_check};
use crate::kernel::Kernel;
use crate::recorder::Recorder;
use crate::state::EntryId;

/// Which way `uvm_map_pageable` goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Pageable {
    /// `new_pageable` false: mlock.
    Wire,
    /// `new_pageable` true: munlock.
    Unwire,
}

/// Wires or unwires the pages of a range.
///
/// `EFAULT` when nothing is mapped at its start, `EINVAL` for what else is wrong with it, and
/// whatever kept a page from being faulted in.
pub(super) fn uvm_map_pageable<R: Recorder>(
    k: &mut Kernel<R>,
    range: VaRange,
    to: Pageable,
) -> Run<Errno> {
    k.enter(Func::UvmMapPageable, Args::Range(range));
    let range = range_check(k, range);
    let Some(start_entry) = lookup_entry(k, range.start) else {
        return Ok(k.leave(Func::UvmMapPageable, Efault));
    };
    k.pin(Pin::StartEntry, start_entry);
    if k.has(Change::PageableEmptyReturn) && k.test(Cond::Empty { range }) {
        return Ok(k.leave(Func::UvmMapPageable, Errno::None));
    }
    let errno = match to {
        Pageable::Unwire => unwire(k, start_entry, range)?,
        Pageable::Wire => wire(k, start_entry, range)?,
    };
    Ok(k.leave(Func::UvmMapPageable, errno))
}

/// Takes the wiring away; `EINVAL` when an entry on the way is not wired, or a hole opens.
fn unwire<R: Recorder>(k: &mut Kernel<R>, start_entry: EntryId, range: VaRange) -> Run<Errno> {
    // Cut first, check later: a call that fails below leaves this cut behind.
    clip_start(k, start_entry, range.start);

    let mut entry = k.pin(Pin::Entry, start_entry);
    while k.test(Cond::StartsBefore { entry, end: range.end }) {
        if k.test(Cond::Unwired { entry }) || k.test(Cond::HoleBefore { entry, end: range.end }) {
            return Ok(Einval);
        }
        entry = k.pin(Pin::Entry, k.next(entry));
    }

    // One munlock undoes any number of mlocks.
    let mut entry = k.pin(Pin::Entry, start_entry);
    while k.test(Cond::StartsBefore { entry, end: range.end }) {
        clip_end(k, entry, range.end);
        if k.test(Cond::Wired { entry }) {
            uvm_map_entry_unwire(k, entry)?;
        }
        entry = k.pin(Pin::Entry, k.next(entry));
    }
    Ok(Errno::None)
}

/// Wires: the first pass marks the entries, the second brings the pages in.
fn wire<R: Recorder>(k: &mut Kernel<R>, start_entry: EntryId, range: VaRange) -> Run<Errno> {
    let mut entry = k.pin(Pin::Entry, start_entry);
    while k.test(Cond::StartsBefore { entry, end: range.end }) {
        if k.test(Cond::NeedsAmap { entry }) {
            amap_copy(k, entry, range.start, range.end);
        }
        clip_start(k, entry, range.start);
        clip_end(k, entry, range.end);
        k.add_wired_count(entry, 1);
        if k.test(Cond::ProtNone { entry }) || k.test(Cond::HoleBefore { entry, end: range.end }) {
            take_back_marks(k, entry, range);
            return Ok(Einval);
        }
        entry = k.pin(Pin::Entry, k.next(entry));
    }

    // The same walk again, but the entries may have been cut: an empty range is before nothing.
    let mut entry = k.pin(Pin::Entry, start_entry);
    while k.test(Cond::StartsBefore { entry, end: range.end }) {
        if k.test(Cond::WiredOnce { entry }) {
            let errno = uvm_fault_wire(k, k.range(entry))?;
            if k.test(Cond::Failed { errno }) {
                unwire_after_failure(k, start_entry, entry, range)?;
                return Ok(errno);
            }
        }
        entry = k.pin(Pin::Entry, k.next(entry));
    }
    Ok(Errno::None)
}

/// Undoes the first pass from `entry` backwards. Cuts and amaps stay.
fn take_back_marks<R: Recorder>(k: &mut Kernel<R>, entry: EntryId, range: VaRange) {
    let mut entry = entry;
    while k.test(Cond::EndsAfter { entry, start: range.start }) {
        k.add_wired_count(entry, -1);
        entry = k.pin(Pin::Entry, k.prev(entry));
    }
}

/// Undoes both passes after a page could not be had: from the failed entry on only the marks,
/// before it the pages too.
fn unwire_after_failure<R: Recorder>(
    k: &mut Kernel<R>,
    start_entry: EntryId,
    failed: EntryId,
    range: VaRange,
) -> Run<()> {
    let mut entry = k.pin(Pin::FailedEntry, failed);
    while k.test(Cond::StartsBefore { entry, end: range.end }) {
        k.add_wired_count(entry, -1);
        entry = k.pin(Pin::Entry, k.next(entry));
    }

    let mut entry = k.pin(Pin::Entry, start_entry);
    while entry != failed {
        k.add_wired_count(entry, -1);
        if k.test(Cond::Unwired { entry }) {
            uvm_map_entry_unwire(k, entry)?;
        }
        entry = k.pin(Pin::Entry, k.next(entry));
    }
    Ok(())
}

/// Takes the wiring away from a whole entry, however often it was wired.
pub(super) fn uvm_map_entry_unwire<R: Recorder>(k: &mut Kernel<R>, entry: EntryId) -> Run<()> {
    k.enter(Func::UvmMapEntryUnwire, Args::Entry(entry));
    k.set_wired_count(entry, 0);
    uvm_fault_unwire_locked(k, k.range(entry))?;
    k.leave(Func::UvmMapEntryUnwire, Errno::None);
    Ok(())
}
