//! The functions of the kernel, by the kernel's names and in the kernel's order of checks.
//!
//! Each file bears the name of the NetBSD file whose functions it models. They are written to be
//! read beside the real source: what the real ones do about locks, history logs, swap and other
//! processors is left out, everything that a call can show to its caller is in.

mod uvm_amap;
mod uvm_fault;
mod uvm_map;
mod uvm_map_attributes;
mod uvm_map_pageable;
mod uvm_map_pageable_all;
mod uvm_mmap;
mod uvm_page;
mod uvm_unmap;

use crate::addr::{Bytes, Vaddr};
use crate::call::Call;
use crate::errno::Errno;
use crate::halt::Run;
use crate::kernel::{Kernel, Outcome};
use crate::recorder::Recorder;

/// Runs one call of the program to its end.
pub(crate) fn dispatch<R: Recorder>(k: &mut Kernel<R>, call: &Call) -> Run<Outcome> {
    let errno = match *call {
        Call::Mmap { addr, len, prot, flags, offset } => {
            let args =
                uvm_mmap::MmapArgs { addr: Vaddr(addr), len: Bytes(len), prot, flags, offset };
            return uvm_mmap::sys_mmap(k, args).map(|answer| match answer {
                Ok(at) => Outcome { errno: Errno::None, ret: Some(at) },
                Err(errno) => Outcome { errno, ret: None },
            });
        }
        Call::Touch { addr, len, access } => uvm_fault::touch(k, Vaddr(addr), Bytes(len), access)?,
        Call::Mlock { addr, len } => uvm_mmap::sys_mlock(k, Vaddr(addr), Bytes(len))?,
        Call::Munlock { addr, len } => uvm_mmap::sys_munlock(k, Vaddr(addr), Bytes(len))?,
        Call::Munmap { addr, len } => uvm_mmap::sys_munmap(k, Vaddr(addr), Bytes(len))?,
        Call::Mprotect { addr, len, prot } => {
            uvm_mmap::sys_mprotect(k, Vaddr(addr), Bytes(len), prot)?
        }
        Call::Minherit { addr, len, inherit } => {
            uvm_mmap::sys_minherit(k, Vaddr(addr), Bytes(len), inherit)
        }
        Call::Madvise { addr, len, advice } => {
            uvm_mmap::sys_madvise(k, Vaddr(addr), Bytes(len), advice)
        }
        Call::Mlockall { flags } => uvm_mmap::sys_mlockall(k, flags)?,
        Call::Munlockall => uvm_mmap::sys_munlockall(k)?,
        Call::Exit => uvm_unmap::uvmspace_free(k)?,
    };
    Ok(Outcome { errno, ret: None })
}
