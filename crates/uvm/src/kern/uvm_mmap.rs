//! The system calls: what they make of their arguments before the map is looked at.
//! Models `sys/uvm/uvm_mmap.c`.

use crate::addr::{Bytes, PAGE_SIZE, VaRange, Vaddr};
use crate::attr::{Advice, Inherit, Prot};
use crate::call::{MlockallFlags, MmapFlags};
use crate::change::Change;
use crate::cond::Cond;
use crate::errno::Errno::{self, Eacces, Eagain, Efault, Efbig, Einval, Enomem, Eoverflow};
use crate::event::{Args, KernelEvent};
use crate::func::Func;
use crate::halt::Run;
use crate::kern::uvm_map::{NewMapping, uvm_map};
use crate::kern::uvm_map_attributes::{uvm_map_advice, uvm_map_inherit, uvm_map_protect};
use crate::kern::uvm_map_pageable::{Pageable, uvm_map_pageable};
use crate::kern::uvm_map_pageable_all::uvm_map_pageable_all;
use crate::kern::uvm_unmap::uvm_unmap;
use crate::kernel::Kernel;
use crate::recorder::Recorder;

/// Below this, from the top down, lies what mmap places by itself.
const TOP_OF_MMAP: Vaddr = Vaddr(0x7f7f_f800_0000);

/// Which errors a failed range test gives.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RangeErrors {
    /// `EINVAL` for all.
    Invalid,
    /// mmap's own: `EFBIG` above the map, `EOVERFLOW` for a sum that wrapped.
    Mmap,
}

/// Whether `[start, end)` lies within the map. The order of the three tests decides which error a
/// range that fails several of them gets.
fn range_test<R: Recorder>(k: &mut Kernel<R>, range: VaRange, errors: RangeErrors) -> Errno {
    k.enter(Func::RangeTest, Args::Range(range));
    let (too_big, wrapped) = match errors {
        RangeErrors::Invalid => (Einval, Einval),
        RangeErrors::Mmap => (Efbig, Eoverflow),
    };
    if k.test(Cond::BelowMap { start: range.start, min: k.vm.min }) {
        return k.leave(Func::RangeTest, Einval);
    }
    if k.test(Cond::AboveMap { end: range.end, max: k.vm.max }) {
        return k.leave(Func::RangeTest, too_big);
    }
    if k.test(Cond::Wrapped { range }) {
        return k.leave(Func::RangeTest, wrapped);
    }
    k.leave(Func::RangeTest, Errno::None)
}

/// The whole pages that munmap, mprotect, minherit and madvise work on. Both the sum and the
/// rounding may wrap, and then make the range a small one.
fn page_range<R: Recorder>(k: &mut Kernel<R>, addr: Vaddr, len: Bytes) -> VaRange {
    let pageoff = addr.page_offset();
    let start = addr.trunc_page();
    if k.has(Change::ZeroGuardEverywhere) && k.test(Cond::ZeroLength { len: len.0 }) {
        return VaRange::new(start, start);
    }
    VaRange::sized(start, len.plus(pageoff).round_page())
}

/// The whole pages that mlock and munlock work on, or why the arguments are no good. An unaligned
/// length of zero becomes one page, because the offset in the page is added before rounding.
fn lock_range<R: Recorder>(k: &mut Kernel<R>, addr: Vaddr, len: Bytes) -> Result<VaRange, Errno> {
    let pageoff = addr.page_offset();
    let start = addr.trunc_page();
    let mut size = len.plus(pageoff).round_page();
    if k.has(Change::SyscallZeroGuard) && k.test(Cond::ZeroLength { len: len.0 }) {
        size = Bytes(0);
    }
    let range = VaRange::sized(start, size);
    if k.has(Change::SyscallWrapCheck) && k.test(Cond::Wrapped { range }) {
        return Err(Einval);
    }
    let errno = range_test(k, range, RangeErrors::Invalid);
    if errno.is_ok() {
        return Ok(range);
    }
    if k.has(Change::RangeErrorEnomem) && k.test(Cond::Failed { errno }) {
        return Err(Enomem);
    }
    Err(errno)
}

/// mlock(2): `EAGAIN` for the limits, `ENOMEM` for what is not mapped.
pub(super) fn sys_mlock<R: Recorder>(k: &mut Kernel<R>, addr: Vaddr, len: Bytes) -> Run<Errno> {
    k.enter(Func::SysMlock, Args::Range(VaRange::sized(addr, len)));
    let range = match lock_range(k, addr, len) {
        Ok(range) => range,
        Err(errno) => return Ok(k.leave(Func::SysMlock, errno)),
    };
    if k.test(over_wiredmax(k, range.len())) {
        return Ok(k.leave(Func::SysMlock, Eagain));
    }
    // Unlike everywhere else, a limit of 0 is a limit here.
    if let Some(limit) = k.vm.memlock_limit
        && k.test(over_memlock(k, range.len(), limit))
    {
        return Ok(k.leave(Func::SysMlock, Eagain));
    }
    let mut errno = uvm_map_pageable(k, range, Pageable::Wire)?;
    if errno == Efault {
        errno = Enomem;
    }
    Ok(k.leave(Func::SysMlock, errno))
}

/// munlock(2): no limits to look at.
pub(super) fn sys_munlock<R: Recorder>(k: &mut Kernel<R>, addr: Vaddr, len: Bytes) -> Run<Errno> {
    k.enter(Func::SysMunlock, Args::Range(VaRange::sized(addr, len)));
    let range = match lock_range(k, addr, len) {
        Ok(range) => range,
        Err(errno) => return Ok(k.leave(Func::SysMunlock, errno)),
    };
    let mut errno = uvm_map_pageable(k, range, Pageable::Unwire)?;
    if errno == Efault {
        errno = Enomem;
    }
    if k.has(Change::MunlockErrorEnomem) && k.test(Cond::Failed { errno }) {
        errno = Enomem;
    }
    Ok(k.leave(Func::SysMunlock, errno))
}

/// mlockall(2).
pub(super) fn sys_mlockall<R: Recorder>(k: &mut Kernel<R>, flags: MlockallFlags) -> Run<Errno> {
    k.enter(Func::SysMlockall, Args::None);
    let holds = flags.unknown || !(flags.current || flags.future);
    if k.test(Cond::BadFlags { holds }) {
        return Ok(k.leave(Func::SysMlockall, Einval));
    }
    let errno = uvm_map_pageable_all(k, flags)?;
    Ok(k.leave(Func::SysMlockall, errno))
}

/// munlockall(2): cannot fail.
pub(super) fn sys_munlockall<R: Recorder>(k: &mut Kernel<R>) -> Run<Errno> {
    k.enter(Func::SysMunlockall, Args::None);
    uvm_map_pageable_all(k, MlockallFlags::default())?;
    Ok(k.leave(Func::SysMunlockall, Errno::None))
}

/// munmap(2).
pub(super) fn sys_munmap<R: Recorder>(k: &mut Kernel<R>, addr: Vaddr, len: Bytes) -> Run<Errno> {
    k.enter(Func::SysMunmap, Args::Range(VaRange::sized(addr, len)));
    let range = page_range(k, addr, len);
    // Nothing to unmap is success even at an address that no map could have.
    if !k.has(Change::ZeroGuardEverywhere) && k.test(Cond::Empty { range }) {
        return Ok(k.leave(Func::SysMunmap, Errno::None));
    }
    let errno = range_test(k, range, RangeErrors::Invalid);
    if k.test(Cond::Failed { errno }) {
        return Ok(k.leave(Func::SysMunmap, errno));
    }
    if k.has(Change::ZeroGuardEverywhere) && k.test(Cond::Empty { range }) {
        return Ok(k.leave(Func::SysMunmap, Errno::None));
    }
    uvm_unmap(k, range)?;
    Ok(k.leave(Func::SysMunmap, Errno::None))
}

/// mprotect(2).
pub(super) fn sys_mprotect<R: Recorder>(
    k: &mut Kernel<R>,
    addr: Vaddr,
    len: Bytes,
    prot: Prot,
) -> Run<Errno> {
    k.enter(Func::SysMprotect, Args::Range(VaRange::sized(addr, len)));
    let range = page_range(k, addr, len);
    let errno = range_test(k, range, RangeErrors::Invalid);
    if k.test(Cond::Failed { errno }) {
        return Ok(k.leave(Func::SysMprotect, errno));
    }
    let errno = uvm_map_protect(k, range, prot)?;
    Ok(k.leave(Func::SysMprotect, errno))
}

/// minherit(2): the range is looked at before the code.
pub(super) fn sys_minherit<R: Recorder>(
    k: &mut Kernel<R>,
    addr: Vaddr,
    len: Bytes,
    inherit: Option<Inherit>,
) -> Errno {
    k.enter(Func::SysMinherit, Args::Range(VaRange::sized(addr, len)));
    let range = page_range(k, addr, len);
    let errno = range_test(k, range, RangeErrors::Invalid);
    if k.test(Cond::Failed { errno }) {
        return k.leave(Func::SysMinherit, errno);
    }
    let errno = uvm_map_inherit(k, range, inherit);
    k.leave(Func::SysMinherit, errno)
}

/// madvise(2), for the three kinds of advice that are kept in the map.
pub(super) fn sys_madvise<R: Recorder>(
    k: &mut Kernel<R>,
    addr: Vaddr,
    len: Bytes,
    advice: Option<Advice>,
) -> Errno {
    k.enter(Func::SysMadvise, Args::Range(VaRange::sized(addr, len)));
    let range = page_range(k, addr, len);
    let errno = range_test(k, range, RangeErrors::Invalid);
    if k.test(Cond::Failed { errno }) {
        return k.leave(Func::SysMadvise, errno);
    }
    let errno = uvm_map_advice(k, range, advice);
    k.leave(Func::SysMadvise, errno)
}

/// The arguments of mmap(2).
#[derive(Clone, Copy)]
pub(super) struct MmapArgs {
    pub(super) addr: Vaddr,
    pub(super) len: Bytes,
    pub(super) prot: Prot,
    pub(super) flags: MmapFlags,
    pub(super) offset: u64,
}

/// mmap(2): where the mapping starts, or why there is none.
pub(super) fn sys_mmap<R: Recorder>(
    k: &mut Kernel<R>,
    args: MmapArgs,
) -> Run<Result<Vaddr, Errno>> {
    k.enter(Func::SysMmap, Args::Range(VaRange::sized(args.addr, args.len)));
    let (new, hint) = match mmap_arguments(k, &args) {
        Ok(checked) => checked,
        Err(errno) => {
            k.leave(Func::SysMmap, errno);
            return Ok(Err(errno));
        }
    };
    let answer = uvm_mmap(k, new, hint, args.flags)?;
    match answer {
        Ok(at) => {
            // The byte asked for stands as deep in its page as in the file's.
            let at = at.plus(Vaddr(args.offset).page_offset());
            k.emit(KernelEvent::Mapped { at });
            k.leave(Func::SysMmap, Errno::None);
            Ok(Ok(at))
        }
        Err(errno) => {
            k.leave(Func::SysMmap, errno);
            Ok(Err(errno))
        }
    }
}

/// What mmap makes of its arguments: the mapping to be, and where it is to go or to be near.
fn mmap_arguments<R: Recorder>(
    k: &mut Kernel<R>,
    args: &MmapArgs,
) -> Result<(NewMapping, Vaddr), Errno> {
    let flags = args.flags;
    if k.test(Cond::BadFlags { holds: flags.private && flags.shared }) {
        return Err(Einval);
    }
    let pageoff = Vaddr(args.offset).page_offset();
    let size = args.len.plus(pageoff).round_page();
    if k.test(Cond::RoundingWrapped { len: args.len.0, rounded: size.0 }) {
        return Err(Enomem);
    }
    let hint = if flags.fixed {
        let addr = args.addr.minus(pageoff);
        if k.test(Cond::Unaligned { va: addr }) {
            return Err(Einval);
        }
        let errno = range_test(k, VaRange::sized(addr, size), RangeErrors::Mmap);
        if k.test(Cond::Failed { errno }) {
            return Err(errno);
        }
        addr
    } else {
        // As high as it fits, unless the program would like it lower.
        let highest = TOP_OF_MMAP.minus(size);
        if args.addr == Vaddr(0) { highest } else { args.addr.min(highest) }
    };
    let object = flags.object;
    let mut max_prot = Prot::ALL;
    if object && flags.shared && flags.readonly_file {
        max_prot = Prot::READ.with(Prot::EXEC);
        if k.test(Cond::BadFlags { holds: args.prot.has_write() }) {
            return Err(Eacces);
        }
    }
    let new = NewMapping {
        len: size,
        prot: args.prot,
        max_prot,
        inherit: if flags.shared { Inherit::Share } else { Inherit::Copy },
        shared: flags.shared,
        object,
        offset: if object { args.offset.wrapping_sub(pageoff.0) } else { 0 },
    };
    Ok((new, hint))
}

/// Maps, and wires where that was asked for. With `MAP_FIXED`, what was there before is gone even
/// when the wiring fails.
fn uvm_mmap<R: Recorder>(
    k: &mut Kernel<R>,
    new: NewMapping,
    hint: Vaddr,
    flags: MmapFlags,
) -> Run<Result<Vaddr, Errno>> {
    k.enter(Func::UvmMmap, Args::Range(VaRange::sized(hint, new.len)));
    if k.test(Cond::ZeroLength { len: new.len.0 }) {
        k.leave(Func::UvmMmap, Errno::None);
        return Ok(Ok(hint));
    }
    if k.test(Cond::BadFlags { holds: !new.max_prot.allows(new.prot) }) {
        return Ok(Err(k.leave(Func::UvmMmap, Einval)));
    }
    // Rounded only here: an address in the last page, which would wrap, was brought down before.
    let hint = if flags.fixed { hint } else { hint.round_page() };
    if flags.fixed {
        uvm_unmap(k, VaRange::sized(hint, new.len))?;
    }
    let Some(at) = uvm_map(k, new, hint, flags.fixed) else {
        return Ok(Err(k.leave(Func::UvmMmap, Enomem)));
    };
    let range = VaRange::sized(at, new.len);
    if k.test(Cond::BadFlags { holds: new.prot.is_none() }) {
        // Nothing can be wired that nobody may touch; the wish is forgotten.
        k.leave(Func::UvmMmap, Errno::None);
        return Ok(Ok(at));
    }
    if k.test(Cond::WireNow { flag: flags.wired, future: k.state.wirefuture }) {
        let errno = wire_new_mapping(k, range)?;
        if k.test(Cond::Failed { errno }) {
            uvm_unmap(k, range)?;
            return Ok(Err(k.leave(Func::UvmMmap, errno)));
        }
    }
    k.leave(Func::UvmMmap, Errno::None);
    Ok(Ok(at))
}

/// The limits, where 0 is none, and then the wiring of a mapping that was just made.
fn wire_new_mapping<R: Recorder>(k: &mut Kernel<R>, range: VaRange) -> Run<Errno> {
    if over_limits(k, range.len()) {
        return Ok(Enomem);
    }
    uvm_map_pageable(k, range, Pageable::Wire)
}

/// Whether wiring that much would pass a limit, a `RLIMIT_MEMLOCK` of 0 being none: the test of
/// mmap and mlockall.
#[track_caller]
pub(super) fn over_limits<R: Recorder>(k: &mut Kernel<R>, size: Bytes) -> bool {
    if k.test(over_wiredmax(k, size)) {
        return true;
    }
    match k.vm.memlock_limit {
        Some(limit) if limit.0 != 0 => k.test(over_memlock(k, size, limit)),
        _ => false,
    }
}

fn over_wiredmax<R: Recorder>(k: &Kernel<R>, size: Bytes) -> Cond {
    Cond::OverWiredmax {
        pages: size.pages().0,
        wired: k.state.uvmexp_wired(),
        max: k.vm.wiredmax.0,
    }
}

fn over_memlock<R: Recorder>(k: &Kernel<R>, size: Bytes, limit: Bytes) -> Cond {
    let held = k.state.pmap_wired_count().saturating_mul(PAGE_SIZE);
    Cond::OverMemlock { need: size.0.saturating_add(held), limit: limit.0 }
}
