//! Pages and their wire counts, and the wired bits of the pmap.
//! Models `sys/uvm/uvm_page.c` and, for the pmap, `sys/arch/x86/x86/pmap.c`.

use crate::addr::Vaddr;
use crate::cond::Cond;
use crate::errno::Errno;
use crate::event::{Args, KernelEvent};
use crate::func::Func;
use crate::halt::{Panic, Run};
use crate::kernel::Kernel;
use crate::recorder::Recorder;
use crate::state::{ConsoleLine, PageId};

/// Counts one more wiring of a page. The total counts pages, not wirings.
pub(super) fn uvm_pagewire<R: Recorder>(k: &mut Kernel<R>, page: PageId, va: Vaddr) {
    k.enter(Func::UvmPagewire, Args::Page(va));
    let wire_count = k.state.page(page).wire_count;
    if k.test(Cond::PageUnwired { va, wire_count }) {
        k.add_uvmexp_wired(1);
    }
    k.count_wire(page, va);
    k.leave(Func::UvmPagewire, Errno::None);
}

/// Counts one wiring of a page less. With DIAGNOSTIC a page that is not wired stops the machine;
/// without, its count wraps to 65535.
pub(super) fn uvm_pageunwire<R: Recorder>(k: &mut Kernel<R>, page: PageId, va: Vaddr) -> Run<()> {
    k.enter(Func::UvmPageunwire, Args::Page(va));
    let wire_count = k.state.page(page).wire_count;
    if k.config.diagnostic && k.test(Cond::PageUnwired { va, wire_count }) {
        return k.panic(Panic::PageNotWired);
    }
    k.count_unwire(page, va);
    let wire_count = k.state.page(page).wire_count;
    if k.test(Cond::PageUnwired { va, wire_count }) {
        k.add_uvmexp_wired(-1);
    }
    k.leave(Func::UvmPageunwire, Errno::None);
    Ok(())
}

/// Frees a page. One that is still wired is taken off the total once, whatever its count.
pub(super) fn uvm_pagefree<R: Recorder>(k: &mut Kernel<R>, page: PageId, va: Vaddr) {
    let wire_count = k.state.page(page).wire_count;
    if !k.test(Cond::PageUnwired { va, wire_count }) {
        k.add_uvmexp_wired(-1);
    }
    k.free_page(page, va);
}

/// Clears the wired bit of a mapping, and complains when it was not set; `wired` is what the
/// caller read in the mapping.
pub(super) fn pmap_unwire<R: Recorder>(k: &mut Kernel<R>, va: Vaddr, wired: bool) {
    k.enter(Func::PmapUnwire, Args::Page(va));
    k.tell_test(Cond::WiredBit { va }, wired);
    if wired {
        k.clear_wired_bit(va);
    } else {
        k.emit(KernelEvent::WiringUnchanged { va });
        k.print(ConsoleLine::WiringDidNotChange { va });
    }
    k.leave(Func::PmapUnwire, Errno::None);
}
