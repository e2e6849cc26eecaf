//! Taking ranges out of the map. Models `sys/uvm/uvm_map.c`.

use crate::addr::{Bytes, PAGE_SHIFT, VaRange};
use crate::cond::Cond;
use crate::errno::Errno;
use crate::event::{Args, Pin};
use crate::func::Func;
use crate::halt::Run;
use crate::kern::uvm_map::{clip_end, clip_start, lookup_entry, range_check};
use crate::kern::uvm_map_pageable::uvm_map_entry_unwire;
use crate::kern::uvm_page::uvm_pagefree;
use crate::kernel::Kernel;
use crate::recorder::Recorder;
use crate::state::Entry;

/// `uvm_unmap`: removes what is mapped in a range, then lets go of what it referred to.
pub(super) fn uvm_unmap<R: Recorder>(k: &mut Kernel<R>, range: VaRange) -> Run<()> {
    let dead = uvm_unmap_remove(k, range)?;
    uvm_unmap_detach(k, &dead);
    Ok(())
}

/// Takes a range out of the map, unwiring what is wired; gives the entries that are gone.
fn uvm_unmap_remove<R: Recorder>(k: &mut Kernel<R>, range: VaRange) -> Run<Vec<Entry>> {
    k.enter(Func::UvmUnmapRemove, Args::Range(range));
    let range = range_check(k, range);
    let first = match lookup_entry(k, range.start) {
        Some(entry) => {
            clip_start(k, entry, range.start);
            entry
        }
        None => k.next(k.state.preceding(range.start)),
    };
    let mut dead = Vec::new();
    let mut entry = k.pin(Pin::Entry, first);
    while k.test(Cond::StartsBefore { entry, end: range.end }) {
        clip_end(k, entry, range.end);
        if k.test(Cond::Wired { entry }) {
            uvm_map_entry_unwire(k, entry)?;
        }
        let next = k.next(entry);
        let gone = k.entry(entry).clone();
        // An entry with nothing behind it was never in the pmap.
        if gone.object || gone.amap.is_some() {
            k.pmap_remove(gone.range);
        }
        k.remove_entry(entry);
        dead.push(gone);
        entry = k.pin(Pin::Entry, next);
    }
    k.leave(Func::UvmUnmapRemove, Errno::None);
    Ok(dead)
}

/// Frees the anonymous pages of entries that are gone, though other pieces of the same amap may
/// live on, and drops their references. The file's pages stay with the file.
fn uvm_unmap_detach<R: Recorder>(k: &mut Kernel<R>, dead: &[Entry]) {
    k.enter(Func::UvmUnmapDetach, Args::None);
    for entry in dead {
        let Some(amap) = entry.amap else { continue };
        let slots = entry.slot..entry.slot + entry.range.pages().0;
        let anons: Vec<_> = k.amap(amap).anons.range(slots).collect();
        for (slot, page) in anons {
            let va = entry.range.start.plus(Bytes((slot - entry.slot) << PAGE_SHIFT));
            k.remove_anon(amap, slot, page);
            uvm_pagefree(k, page, va);
        }
        k.drop_amap_ref(amap);
    }
    k.leave(Func::UvmUnmapDetach, Errno::None);
}

/// The process ends: everything is unmapped, in the order of addresses.
pub(super) fn uvmspace_free<R: Recorder>(k: &mut Kernel<R>) -> Run<Errno> {
    k.enter(Func::UvmspaceFree, Args::None);
    if !k.state.first().is_header() {
        let everything = VaRange::new(k.vm.min, k.vm.max);
        uvm_unmap(k, everything)?;
    }
    k.set_wirefuture(false);
    Ok(k.leave(Func::UvmspaceFree, Errno::None))
}
