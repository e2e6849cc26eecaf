//! The words of the language: calls, settings, flags and codes, as the systems spell them.

use uvmscope_uvm::{Advice, Inherit, MmapFlags, Prot};

/// Words that begin a line that sets something.
pub(super) const SETTINGS: [&str; 7] =
    ["kernel", "diagnostic", "page", "limit", "file", "space", "map"];

/// `PROT_*`
pub(super) const PROTS: [(&str, Prot); 4] = [
    ("PROT_NONE", Prot::NONE),
    ("PROT_READ", Prot::READ),
    ("PROT_WRITE", Prot::WRITE),
    ("PROT_EXEC", Prot::EXEC),
];

/// A flag of mmap, told by what it sets.
pub(super) type SetFlag = fn(&mut MmapFlags);

/// `MAP_*`
pub(super) const MAPS: [(&str, SetFlag); 7] = [
    ("MAP_FIXED", |f| f.fixed = true),
    ("MAP_PRIVATE", |f| f.private = true),
    ("MAP_SHARED", |f| f.shared = true),
    ("MAP_ANON", |f| f.anon = true),
    ("MAP_ANONYMOUS", |f| f.anon = true),
    ("MAP_WIRED", |f| f.wired = true),
    ("MAP_FILE", |_| {}),
];

/// A word or code of an argument that is one value out of few.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Code<T> {
    /// A value that the kernel knows.
    Known(T),
    /// A code that the kernel answers with `EINVAL`.
    Unknown,
    /// The kernel would do something that is not simulated.
    NotSimulated,
}

impl<T> Code<T> {
    /// The value, if the kernel knows it.
    pub(super) fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unknown | Self::NotSimulated => None,
        }
    }
}

/// `MAP_INHERIT_*` with their codes. The kernel has a code for donating a copy, and refuses it.
pub(super) const INHERITS: [(&str, u64, Code<Inherit>); 5] = [
    ("MAP_INHERIT_SHARE", 0, Code::Known(Inherit::Share)),
    ("MAP_INHERIT_COPY", 1, Code::Known(Inherit::Copy)),
    ("MAP_INHERIT_NONE", 2, Code::Known(Inherit::None)),
    ("MAP_INHERIT_DONATE_COPY", 3, Code::Unknown),
    ("MAP_INHERIT_ZERO", 4, Code::Known(Inherit::Zero)),
];

/// `MADV_*` with their codes.
pub(super) const ADVICES: [(&str, u64, Code<Advice>); 7] = [
    ("MADV_NORMAL", 0, Code::Known(Advice::Normal)),
    ("MADV_RANDOM", 1, Code::Known(Advice::Random)),
    ("MADV_SEQUENTIAL", 2, Code::Known(Advice::Sequential)),
    ("MADV_WILLNEED", 3, Code::NotSimulated),
    ("MADV_DONTNEED", 4, Code::NotSimulated),
    ("MADV_SPACEAVAIL", 5, Code::NotSimulated),
    ("MADV_FREE", 6, Code::NotSimulated),
];

/// `MCL_*` with their bits.
pub(super) const MCLS: [(&str, u64); 2] = [("MCL_CURRENT", 1), ("MCL_FUTURE", 2)];

/// Beginnings of words that are flags or codes.
pub(super) const FLAG_PREFIXES: [&str; 4] = ["PROT_", "MAP_", "MADV_", "MCL_"];
