//! Faults: how a page comes to stand behind an address, wired or not, and how its wiring goes.
//! Models `sys/uvm/uvm_fault.c`.

use crate::addr::{Bytes, PAGE_SIZE, VaRange, Vaddr};
use crate::attr::Prot;
use crate::call::Access;
use crate::cond::Cond;
use crate::errno::Errno::{self, Eacces, Efault, Einval};
use crate::event::{Args, KernelEvent};
use crate::func::Func;
use crate::halt::Run;
use crate::kern::uvm_amap::amap_copy;
use crate::kern::uvm_page::{pmap_unwire, uvm_pageunwire, uvm_pagewire};
use crate::kernel::Kernel;
use crate::recorder::Recorder;
use crate::state::{EntryId, Mapping, PageId};

/// The program's own access to `[addr, addr + len)`, page by page; the first that fails ends it,
/// with the error that would have become a signal.
pub(super) fn touch<R: Recorder>(
    k: &mut Kernel<R>,
    addr: Vaddr,
    len: Bytes,
    access: Access,
) -> Run<Errno> {
    let range = VaRange::sized(addr, len);
    k.enter(Func::Touch, Args::Range(range));
    let mut va = addr.trunc_page();
    while va < range.end {
        k.spend_page()?;
        if !k.test(Cond::InPmap { va, write: access == Access::Write }) {
            k.emit(KernelEvent::TouchFault { va, access });
            let errno = uvm_fault(k, va, access.prot(), Fault::Touch);
            if !errno.is_ok() {
                return Ok(k.leave(Func::Touch, errno));
            }
        }
        va = va.next_page();
    }
    Ok(k.leave(Func::Touch, Errno::None))
}

/// What a fault is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fault {
    /// The program touched the page.
    Touch,
    /// The page is being wired: checked against what the entry could ever allow.
    Wire,
}

/// How the page that a fault brings in is to be entered.
struct Entering {
    entry: EntryId,
    /// The pmap may let the program write without another fault.
    write: bool,
    /// With the wired bit.
    wired: bool,
}

/// Resolves a fault: finds, makes or copies the page and enters it.
///
/// `EFAULT` where nothing is mapped, `EACCES` where the access is not allowed, `EINVAL` beyond
/// the end of the file.
fn uvm_fault<R: Recorder>(k: &mut Kernel<R>, va: Vaddr, access: Prot, fault: Fault) -> Errno {
    k.enter(Func::UvmFault, Args::Page(va));
    let Some(entry) = k.entry_at(va) else {
        k.tell_test(Cond::Mapped { va }, false);
        return k.leave(Func::UvmFault, Efault);
    };
    let e = k.entry(entry);
    let have = if fault == Fault::Wire { e.max_prot } else { e.prot };
    let wired = fault == Fault::Wire || e.wired_count != 0;
    let mut write = e.prot.has_write();
    if !k.test(Cond::Allowed { entry, want: access, have }) {
        return k.leave(Func::UvmFault, Eacces);
    }
    // A wired page must never need another fault, so it is made writable at once.
    let writes = if wired { have.has_write() } else { access.has_write() };
    if k.test(Cond::NeedsCopy { entry }) {
        if writes || !k.entry(entry).object {
            amap_copy(k, entry, va, Vaddr(va.0 + 1));
        } else {
            write = false;
        }
    }
    let entering = Entering { entry, write, wired };
    let lower = enter_neighbours(k, &entering, va, fault);

    let anon = k.state.anon_page(k.entry(entry), va);
    k.tell_test(Cond::AnonResident { entry, va }, anon.is_some());
    let page = if let Some(page) = anon {
        k.pmap_enter(va, Mapping { page, write, wired });
        page
    } else {
        match enter_lower(k, &entering, va, writes, &lower) {
            Ok(page) => page,
            Err(errno) => return k.leave(Func::UvmFault, errno),
        }
    };
    if fault == Fault::Wire {
        uvm_pagewire(k, page, va);
    }
    k.leave(Func::UvmFault, Errno::None)
}

/// Enters those neighbours whose pages the amap holds, and gives the addresses of the others that
/// are not in the pmap yet. Nobody asked for the neighbours, so a wiring fault leaves them alone.
fn enter_neighbours<R: Recorder>(
    k: &mut Kernel<R>,
    entering: &Entering,
    va: Vaddr,
    fault: Fault,
) -> Vec<Vaddr> {
    let mut lower = Vec::new();
    if fault == Fault::Wire {
        return lower;
    }
    let e = k.entry(entering.entry);
    let (behind, ahead) = e.advice.window();
    let index = e.page_index(va);
    let behind = behind.min(index);
    let ahead = ahead.min(e.range.pages().0 - 1 - index);
    let wired = e.wired_count != 0;
    let first = va.minus(Bytes(behind * PAGE_SIZE));
    for page in 0..=behind + ahead {
        let at = first.plus(Bytes(page * PAGE_SIZE));
        if at == va || k.state.mapping(at).is_some() {
            continue;
        }
        match k.state.anon_page(k.entry(entering.entry), at) {
            Some(page) => k.pmap_enter(at, Mapping { page, write: entering.write, wired }),
            None => lower.push(at),
        }
    }
    lower
}

/// The amap has no page: enters the file's, a copy of the file's, or a new one of zeroes.
fn enter_lower<R: Recorder>(
    k: &mut Kernel<R>,
    entering: &Entering,
    va: Vaddr,
    writes: bool,
    neighbours: &[Vaddr],
) -> Result<PageId, Errno> {
    let &Entering { entry, write, wired } = entering;
    let mut file_page = None;
    if k.test(Cond::HasObject { entry }) {
        enter_object_neighbours(k, entering, neighbours);
        let index = k.entry(entry).object_page(va);
        let resident = k.state.object_page(index);
        k.tell_test(Cond::ObjectResident { index }, resident.is_some());
        let page = match resident {
            Some(page) => page,
            None if k.test(Cond::BeyondFile { index, pages: k.vm.file_pages.0 }) => {
                return Err(Einval);
            }
            None => k.page_in(index),
        };
        file_page = Some(page);
    }
    let e = k.entry(entry);
    let (cow, slot, amap) = (e.cow, e.slot_of(va), e.amap);
    match (file_page, amap) {
        (Some(page), _) if !(writes && k.test(Cond::CopyOnWrite { entry })) => {
            k.pmap_enter(va, Mapping { page, write: write && !cow, wired });
            Ok(page)
        }
        (_, Some(amap)) => {
            let page = k.add_anon(amap, slot);
            k.pmap_enter(va, Mapping { page, write, wired });
            Ok(page)
        }
        // Neither file nor amap: `amap_copy` leaves no entry so.
        (_, None) => Err(Efault),
    }
}

fn enter_object_neighbours<R: Recorder>(
    k: &mut Kernel<R>,
    entering: &Entering,
    neighbours: &[Vaddr],
) {
    let &Entering { entry, write, wired } = entering;
    for &at in neighbours {
        let e = k.entry(entry);
        let write = write && !e.cow;
        if let Some(page) = k.state.object_page(e.object_page(at)) {
            k.pmap_enter(at, Mapping { page, write, wired });
        }
    }
}

/// Faults every page of a range in, wired. The first that fails ends it; those before it are
/// released again, though the wired bits stay where the entry still says wired.
pub(super) fn uvm_fault_wire<R: Recorder>(k: &mut Kernel<R>, range: VaRange) -> Run<Errno> {
    k.enter(Func::UvmFaultWire, Args::Range(range));
    let access = match k.entry_at(range.start) {
        Some(entry) => k.entry(entry).max_prot,
        None => Prot::NONE,
    };
    let mut va = range.start;
    while va < range.end {
        k.spend_page()?;
        let errno = uvm_fault(k, va, access, Fault::Wire);
        if !errno.is_ok() {
            k.emit(KernelEvent::FaultWireFailed { va, errno });
            if va != range.start {
                uvm_fault_unwire_locked(k, VaRange::new(range.start, va))?;
            }
            return Ok(k.leave(Func::UvmFaultWire, errno));
        }
        va = va.next_page();
    }
    Ok(k.leave(Func::UvmFaultWire, Errno::None))
}

/// Releases the pages of a range. Pages that the pmap does not map are passed over in silence.
pub(super) fn uvm_fault_unwire_locked<R: Recorder>(k: &mut Kernel<R>, range: VaRange) -> Run<()> {
    k.enter(Func::UvmFaultUnwire, Args::Range(range));
    let mut rest = range;
    while let Some((va, Mapping { page, wired, .. })) = k.state.first_mapping(rest) {
        if let Some(entry) = k.entry_at(va)
            && k.test(Cond::Unwired { entry })
        {
            pmap_unwire(k, va, wired);
        }
        // Whatever the pmap said: the page's own count goes down.
        uvm_pageunwire(k, page, va)?;
        rest.start = va.next_page();
    }
    k.leave(Func::UvmFaultUnwire, Errno::None);
    Ok(())
}
