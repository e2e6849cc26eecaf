//! The calls that a program can make of the simulated kernel.

use crate::attr::{Advice, Inherit, Prot};

/// How a program touches a page itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Access {
    /// A load.
    Read,
    /// A store.
    Write,
}

impl Access {
    /// The permission that the access needs.
    pub const fn prot(self) -> Prot {
        match self {
            Self::Read => Prot::READ,
            Self::Write => Prot::WRITE,
        }
    }

    /// `read` or `write`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }
}

/// The flags of an mmap call, one for each that means something here.
#[allow(clippy::struct_excessive_bools, reason = "these are independent bits of one flag word")]
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct MmapFlags {
    /// `MAP_FIXED`: exactly at the address, replacing what was there.
    pub fixed: bool,
    /// `MAP_PRIVATE`: changes are the process's own.
    pub private: bool,
    /// `MAP_SHARED`: changes are everybody's.
    pub shared: bool,
    /// `MAP_ANON`: zero-filled memory.
    pub anon: bool,
    /// `MAP_WIRED`: wire the mapping at once.
    pub wired: bool,
    /// The mapping is of the one file (descriptor 3 in scripts).
    pub object: bool,
    /// That file was opened read-only.
    pub readonly_file: bool,
}

/// The flags of an mlockall call.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct MlockallFlags {
    /// `MCL_CURRENT`: wire what is mapped now.
    pub current: bool,
    /// `MCL_FUTURE`: wire what will be mapped.
    pub future: bool,
    /// Some bit that no flag has; the call answers `EINVAL`.
    pub unknown: bool,
}

/// A call with its arguments. `V` is what an address or length is: a number for the kernel, an
/// expression over bound names in a script.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs, reason = "the fields are the arguments of the system calls, by their names")]
pub enum Call<V = u64> {
    Mmap {
        addr: V,
        len: V,
        prot: Prot,
        flags: MmapFlags,
        offset: V,
    },
    /// The program's own access, page by page; not a system call.
    Touch {
        addr: V,
        len: V,
        access: Access,
    },
    Mlock {
        addr: V,
        len: V,
    },
    Munlock {
        addr: V,
        len: V,
    },
    Munmap {
        addr: V,
        len: V,
    },
    Mprotect {
        addr: V,
        len: V,
        prot: Prot,
    },
    /// `None` is a code that the kernel does not know: `EINVAL`.
    Minherit {
        addr: V,
        len: V,
        inherit: Option<Inherit>,
    },
    /// `None` is a code that the kernel does not know: `EINVAL`.
    Madvise {
        addr: V,
        len: V,
        advice: Option<Advice>,
    },
    Mlockall {
        flags: MlockallFlags,
    },
    Munlockall,
    /// The process ends; nothing runs after it.
    Exit,
}

impl<V> Call<V> {
    /// The name of the call, as scripts and traces spell it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Mmap { .. } => "mmap",
            Self::Touch { .. } => "touch",
            Self::Mlock { .. } => "mlock",
            Self::Munlock { .. } => "munlock",
            Self::Munmap { .. } => "munmap",
            Self::Mprotect { .. } => "mprotect",
            Self::Minherit { .. } => "minherit",
            Self::Madvise { .. } => "madvise",
            Self::Mlockall { .. } => "mlockall",
            Self::Munlockall => "munlockall",
            Self::Exit => "exit",
        }
    }

    /// Every name that [`Call::name`] can give.
    pub const NAMES: [&'static str; 11] = [
        "mmap",
        "touch",
        "mlock",
        "munlock",
        "munmap",
        "mprotect",
        "minherit",
        "madvise",
        "mlockall",
        "munlockall",
        "exit",
    ];

    /// The address and length arguments, for calls that have them.
    pub const fn addr_len(&self) -> Option<(&V, &V)> {
        match self {
            Self::Mmap { addr, len, .. }
            | Self::Touch { addr, len, .. }
            | Self::Mlock { addr, len }
            | Self::Munlock { addr, len }
            | Self::Munmap { addr, len }
            | Self::Mprotect { addr, len, .. }
            | Self::Minherit { addr, len, .. }
            | Self::Madvise { addr, len, .. } => Some((addr, len)),
            Self::Mlockall { .. } | Self::Munlockall | Self::Exit => None,
        }
    }

    /// The same call with every address, length and offset put through `f`.
    ///
    /// # Errors
    /// The first error that `f` gives.
    pub fn try_map<W, E>(&self, mut f: impl FnMut(&V) -> Result<W, E>) -> Result<Call<W>, E> {
        Ok(match self {
            Self::Mmap { addr, len, prot, flags, offset } => Call::Mmap {
                addr: f(addr)?,
                len: f(len)?,
                prot: *prot,
                flags: *flags,
                offset: f(offset)?,
            },
            Self::Touch { addr, len, access } => {
                Call::Touch { addr: f(addr)?, len: f(len)?, access: *access }
            }
            Self::Mlock { addr, len } => Call::Mlock { addr: f(addr)?, len: f(len)? },
            Self::Munlock { addr, len } => Call::Munlock { addr: f(addr)?, len: f(len)? },
            Self::Munmap { addr, len } => Call::Munmap { addr: f(addr)?, len: f(len)? },
            Self::Mprotect { addr, len, prot } => {
                Call::Mprotect { addr: f(addr)?, len: f(len)?, prot: *prot }
            }
            Self::Minherit { addr, len, inherit } => {
                Call::Minherit { addr: f(addr)?, len: f(len)?, inherit: *inherit }
            }
            Self::Madvise { addr, len, advice } => {
                Call::Madvise { addr: f(addr)?, len: f(len)?, advice: *advice }
            }
            Self::Mlockall { flags } => Call::Mlockall { flags: *flags },
            Self::Munlockall => Call::Munlockall,
            Self::Exit => Call::Exit,
        })
    }
}
