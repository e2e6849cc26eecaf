//! Changing what a range allows, and how it is inherited and used. Models `sys/uvm/uvm_map.c`.

use crate::addr::{VaRange, Vaddr};
use crate::attr::{Advice, Inherit, Prot};
use crate::cond::Cond;
use crate::errno::Errno::{self, Eacces, Einval, Enomem};
use crate::event::{Args, Pin};
use crate::func::Func;
use crate::halt::Run;
use crate::kern::uvm_map::{clip_end, clip_start, lookup_entry, range_check};
use crate::kern::uvm_map_pageable::{Pageable, uvm_map_pageable};
use crate::kernel::Kernel;
use crate::recorder::Recorder;
use crate::state::EntryId;

/// The entry with which a walk over attributes begins: the one at `start`, cut there, or the next.
#[track_caller]
fn first_entry<R: Recorder>(k: &mut Kernel<R>, start: Vaddr) -> EntryId {
    match lookup_entry(k, start) {
        Some(entry) => {
            clip_start(k, entry, start);
            entry
        }
        None => k.next(k.state.preceding(start)),
    }
}

/// Changes the protection of a range; holes in it are passed over in silence.
///
/// `EACCES` when some entry may never have that protection, `ENOMEM` when wiring what became
/// accessible failed.
pub(super) fn uvm_map_protect<R: Recorder>(
    k: &mut Kernel<R>,
    range: VaRange,
    new_prot: Prot,
) -> Run<Errno> {
    k.enter(Func::UvmMapProtect, Args::Range(range));
    let range = range_check(k, range);
    let first = first_entry(k, range.start);
    k.pin(Pin::StartEntry, first);

    let mut entry = k.pin(Pin::Entry, first);
    while k.test(Cond::StartsBefore { entry, end: range.end }) {
        let have = k.entry(entry).max_prot;
        if !k.test(Cond::Allowed { entry, want: new_prot, have }) {
            return Ok(k.leave(Func::UvmMapProtect, Eacces));
        }
        entry = k.pin(Pin::Entry, k.next(entry));
    }

    let mut errno = Errno::None;
    let mut entry = k.pin(Pin::Entry, first);
    while k.test(Cond::StartsBefore { entry, end: range.end }) {
        clip_end(k, entry, range.end);
        let old_prot = k.entry(entry).prot;
        if k.test(Cond::ProtChanges { from: old_prot, to: new_prot }) {
            k.set_prot(entry, new_prot);
            tighten_pmap(k, first, entry, new_prot);
        }
        // The kernel frees an entry here while it still walks over it; what it reads then is
        // where the entry led to before.
        let birth = k.entry(entry).birth;
        let led_to = k.next(entry);
        let opened = old_prot.is_none() && !new_prot.is_none();
        if k.state.wirefuture && opened && k.test(Cond::Unwired { entry: first }) {
            // The first entry of the range is wired, whichever was opened, and no limit is
            // looked at.
            let wired = uvm_map_pageable(k, k.range(first), Pageable::Wire)?;
            if k.test(Cond::Failed { errno: wired }) {
                errno = Enomem;
            }
        }
        let is_there = k.state.get_entry(entry).is_some_and(|e| e.birth == birth);
        let next = if is_there { k.next(entry) } else { led_to };
        entry = k.pin(Pin::Entry, next);
    }
    Ok(k.leave(Func::UvmMapProtect, errno))
}

/// Takes from the pmap what the new protection does not allow. Whether writing has to be asked
/// for again is judged by the first entry of the range, not by the one in hand.
fn tighten_pmap<R: Recorder>(k: &mut Kernel<R>, first: EntryId, entry: EntryId, new_prot: Prot) {
    let mut allowed = new_prot;
    if k.test(Cond::CopyOnWrite { entry: first }) {
        allowed = allowed.without(Prot::WRITE);
    }
    if allowed.is_none() {
        k.pmap_remove(k.range(entry));
    } else if !allowed.has_write() {
        k.pmap_write_protect(k.range(entry));
    }
}

/// Changes what a child would get of a range.
///
/// `EINVAL` for a code that does not exist.
pub(super) fn uvm_map_inherit<R: Recorder>(
    k: &mut Kernel<R>,
    range: VaRange,
    inherit: Option<Inherit>,
) -> Errno {
    k.enter(Func::UvmMapInherit, Args::Range(range));
    k.test(Cond::BadFlags { holds: inherit.is_none() });
    let Some(inherit) = inherit else {
        return k.leave(Func::UvmMapInherit, Einval);
    };
    let range = range_check(k, range);
    let mut entry = first_entry(k, range.start);
    k.pin(Pin::Entry, entry);
    while k.test(Cond::StartsBefore { entry, end: range.end }) {
        clip_end(k, entry, range.end);
        k.set_inherit(entry, inherit);
        entry = k.pin(Pin::Entry, k.next(entry));
    }
    k.leave(Func::UvmMapInherit, Errno::None)
}

/// Changes how a range will be used.
///
/// `EINVAL` for a code that does not exist.
pub(super) fn uvm_map_advice<R: Recorder>(
    k: &mut Kernel<R>,
    range: VaRange,
    advice: Option<Advice>,
) -> Errno {
    k.enter(Func::UvmMapAdvice, Args::Range(range));
    k.test(Cond::BadFlags { holds: advice.is_none() });
    let Some(advice) = advice else {
        return k.leave(Func::UvmMapAdvice, Einval);
    };
    let range = range_check(k, range);
    let mut entry = first_entry(k, range.start);
    k.pin(Pin::Entry, entry);
    while k.test(Cond::StartsBefore { entry, end: range.end }) {
        clip_end(k, entry, range.end);
        k.set_advice(entry, advice);
        entry = k.pin(Pin::Entry, k.next(entry));
    }
    k.leave(Func::UvmMapAdvice, Errno::None)
}
