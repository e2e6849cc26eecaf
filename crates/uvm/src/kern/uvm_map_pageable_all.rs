//! Wiring and unwiring everything: mlockall and munlockall. Models `sys/uvm/uvm_map.c`.

use crate::addr::Bytes;
use crate::call::MlockallFlags;
use crate::cond::Cond;
use crate::errno::Errno::{self, Enomem};
use crate::event::{Args, Pin};
use crate::func::Func;
use crate::halt::Run;
use crate::kern::uvm_amap::amap_copy;
use crate::kern::uvm_fault::uvm_fault_wire;
use crate::kern::uvm_map_pageable::uvm_map_entry_unwire;
use crate::kern::uvm_mmap::over_limits;
use crate::kernel::Kernel;
use crate::recorder::Recorder;
use crate::state::EntryId;

/// Wires every entry that may be touched, or, without any flag, unwires everything.
///
/// `ENOMEM` for the limits, and whatever kept a page from being faulted in.
pub(super) fn uvm_map_pageable_all<R: Recorder>(
    k: &mut Kernel<R>,
    flags: MlockallFlags,
) -> Run<Errno> {
    k.enter(Func::UvmMapPageableAll, Args::None);
    if flags == MlockallFlags::default() {
        unwire_all(k)?;
        return Ok(k.leave(Func::UvmMapPageableAll, Errno::None));
    }
    if flags.future {
        // Set before anything can fail, and left set when it does.
        k.set_wirefuture(true);
    }
    if !flags.current {
        return Ok(k.leave(Func::UvmMapPageableAll, Errno::None));
    }
    let size = size_to_wire(k);
    if over_limits(k, size) {
        return Ok(k.leave(Func::UvmMapPageableAll, Enomem));
    }
    mark_all(k);

    let mut entry = k.pin(Pin::Entry, k.state.first());
    while !entry.is_header() {
        // Not asked here: whether the entry may be touched at all.
        if k.test(Cond::WiredOnce { entry }) {
            let errno = uvm_fault_wire(k, k.range(entry))?;
            if k.test(Cond::Failed { errno }) {
                unwire_after_failure(k, entry)?;
                return Ok(k.leave(Func::UvmMapPageableAll, errno));
            }
        }
        entry = k.pin(Pin::Entry, k.next(entry));
    }
    Ok(k.leave(Func::UvmMapPageableAll, Errno::None))
}

/// Takes the wiring away from every entry, and future mappings are wired no more.
fn unwire_all<R: Recorder>(k: &mut Kernel<R>) -> Run<()> {
    let mut entry = k.pin(Pin::Entry, k.state.first());
    while !entry.is_header() {
        if k.test(Cond::Wired { entry }) {
            uvm_map_entry_unwire(k, entry)?;
        }
        entry = k.pin(Pin::Entry, k.next(entry));
    }
    k.set_wirefuture(false);
    Ok(())
}

/// Bytes that are not wired yet and may be touched.
fn size_to_wire<R: Recorder>(k: &mut Kernel<R>) -> Bytes {
    let mut size = Bytes(0);
    let mut entry = k.pin(Pin::Entry, k.state.first());
    while !entry.is_header() {
        if !k.test(Cond::ProtNone { entry }) && k.test(Cond::Unwired { entry }) {
            size = size.plus(k.range(entry).len());
        }
        entry = k.pin(Pin::Entry, k.next(entry));
    }
    size
}

/// The first pass: every entry that may be touched gets its amap and counts one more.
fn mark_all<R: Recorder>(k: &mut Kernel<R>) {
    let mut entry = k.pin(Pin::Entry, k.state.first());
    while !entry.is_header() {
        if !k.test(Cond::ProtNone { entry }) {
            if k.test(Cond::NeedsAmap { entry }) {
                let range = k.range(entry);
                amap_copy(k, entry, range.start, range.end);
            }
            k.add_wired_count(entry, 1);
        }
        entry = k.pin(Pin::Entry, k.next(entry));
    }
}

/// Undoes both passes. The question whether an entry before the failed one is still wired stands
/// the wrong way round in the kernel: what was wired before this call is released, and what this
/// call wired keeps its pages.
fn unwire_after_failure<R: Recorder>(k: &mut Kernel<R>, failed: EntryId) -> Run<()> {
    let mut entry = k.pin(Pin::FailedEntry, failed);
    while !entry.is_header() {
        if !k.test(Cond::ProtNone { entry }) {
            k.add_wired_count(entry, -1);
        }
        entry = k.pin(Pin::Entry, k.next(entry));
    }

    let mut entry = k.pin(Pin::Entry, k.state.first());
    while entry != failed {
        if !k.test(Cond::ProtNone { entry }) {
            k.add_wired_count(entry, -1);
            if k.test(Cond::Wired { entry }) {
                uvm_map_entry_unwire(k, entry)?;
            }
        }
        entry = k.pin(Pin::Entry, k.next(entry));
    }
    Ok(())
}
