//! What differs between the traced systems: the numbers of flags, and the order of arguments.

/// The system that a trace is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum System {
    /// Traced by strace.
    Linux,
    /// Traced by ktrace; the flags are numbers.
    NetBsd,
    /// Traced by truss or ktrace; the flags have their names.
    FreeBsd,
}

/// Names with their bits.
type Bits = &'static [(&'static str, u64)];

impl System {
    /// `MAP_*` by their bits. The first that fits is taken, so a value of two bits stands before
    /// each of them.
    pub(super) const fn map_bits(self) -> Bits {
        match self {
            Self::Linux => &[
                ("MAP_SHARED_VALIDATE", 3),
                ("MAP_SHARED", 1),
                ("MAP_PRIVATE", 2),
                ("MAP_FIXED", 0x10),
                ("MAP_ANON", 0x20),
                ("MAP_32BIT", 0x40),
                ("MAP_GROWSDOWN", 0x100),
                ("MAP_DENYWRITE", 0x800),
                ("MAP_EXECUTABLE", 0x1000),
                ("MAP_LOCKED", 0x2000),
                ("MAP_NORESERVE", 0x4000),
                ("MAP_POPULATE", 0x8000),
                ("MAP_NONBLOCK", 0x1_0000),
                ("MAP_STACK", 0x2_0000),
                ("MAP_HUGETLB", 0x4_0000),
                ("MAP_SYNC", 0x8_0000),
                ("MAP_FIXED_NOREPLACE", 0x10_0000),
            ],
            Self::NetBsd => &[
                ("MAP_SHARED", 1),
                ("MAP_PRIVATE", 2),
                ("MAP_REMAPDUP", 4),
                ("MAP_FIXED", 0x10),
                ("MAP_RENAME", 0x20),
                ("MAP_NORESERVE", 0x40),
                ("MAP_INHERIT", 0x80),
                ("MAP_HASSEMAPHORE", 0x200),
                ("MAP_TRYFIXED", 0x400),
                ("MAP_WIRED", 0x800),
                ("MAP_ANON", 0x1000),
                ("MAP_STACK", 0x2000),
            ],
            Self::FreeBsd => &[
                ("MAP_SHARED", 1),
                ("MAP_PRIVATE", 2),
                ("MAP_FIXED", 0x10),
                ("MAP_HASSEMAPHORE", 0x200),
                ("MAP_STACK", 0x400),
                ("MAP_NOSYNC", 0x800),
                ("MAP_ANON", 0x1000),
                ("MAP_GUARD", 0x2000),
                ("MAP_EXCL", 0x4000),
                ("MAP_NOCORE", 0x2_0000),
                ("MAP_PREFAULT_READ", 0x4_0000),
                ("MAP_32BIT", 0x8_0000),
            ],
        }
    }

    /// `MAP_INHERIT_*` by their codes.
    pub(super) const fn inherit_codes(self) -> Bits {
        match self {
            Self::Linux => &[],
            Self::NetBsd => &[("SHARE", 0), ("COPY", 1), ("NONE", 2), ("ZERO", 4)],
            Self::FreeBsd => &[("SHARE", 0), ("COPY", 1), ("NONE", 2), ("ZERO", 3)],
        }
    }

    /// Whether mprotect and madvise succeed only where all of the range is mapped.
    pub(super) const fn refuses_holes(self) -> bool {
        matches!(self, Self::Linux)
    }
}
