//! The changes to the kernel's source that can be switched, and the kernels made of them.

use std::fmt;

/// One change to the kernel's source, switchable by itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Change {
    /// mlock and munlock round the length up only when it is not 0, so that a zero length at an
    /// unaligned address stays zero. From the mail's proposal; by itself it makes things worse.
    SyscallZeroGuard,
    /// mlock and munlock answer `EINVAL` when the end of the range lies before its start. From
    /// the mail's proposal.
    SyscallWrapCheck,
    /// `uvm_map_pageable` returns 0 after the lookup when the range is empty. From the mail's
    /// proposal, and the one piece that cures the panic.
    PageableEmptyReturn,
    /// The macro that clamps a range moves its end to its start, not its start to its end. An
    /// aside of the mail; nothing reachable changes by it.
    RangeCheckKeepsStart,
    /// mlock and munlock answer a failed range test with `ENOMEM`. Part of what was committed.
    RangeErrorEnomem,
    /// munlock answers `ENOMEM` for every failure of `uvm_map_pageable`. In the source of 2022.
    MunlockErrorEnomem,
    /// munmap, mprotect, minherit and madvise round the length only when it is not 0. In the
    /// source of 2022.
    ZeroGuardEverywhere,
}

impl Change {
    /// Every change, in the order in which they came up.
    pub const ALL: [Self; 7] = [
        Self::SyscallZeroGuard,
        Self::SyscallWrapCheck,
        Self::PageableEmptyReturn,
        Self::RangeCheckKeepsStart,
        Self::RangeErrorEnomem,
        Self::MunlockErrorEnomem,
        Self::ZeroGuardEverywhere,
    ];

    /// The name that scripts, links and corpora use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SyscallZeroGuard => "syscall-zero-guard",
            Self::SyscallWrapCheck => "syscall-wrap-check",
            Self::PageableEmptyReturn => "pageable-empty-return",
            Self::RangeCheckKeepsStart => "range-check-keeps-start",
            Self::RangeErrorEnomem => "range-error-enomem",
            Self::MunlockErrorEnomem => "munlock-error-enomem",
            Self::ZeroGuardEverywhere => "zero-guard-everywhere",
        }
    }

    /// The change of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.name() == name)
    }

    /// How the change is written in the simulator's own source, as `Change::…`; by this the code
    /// view finds the lines that belong to it.
    pub const fn ident(self) -> &'static str {
        match self {
            Self::SyscallZeroGuard => "SyscallZeroGuard",
            Self::SyscallWrapCheck => "SyscallWrapCheck",
            Self::PageableEmptyReturn => "PageableEmptyReturn",
            Self::RangeCheckKeepsStart => "RangeCheckKeepsStart",
            Self::RangeErrorEnomem => "RangeErrorEnomem",
            Self::MunlockErrorEnomem => "MunlockErrorEnomem",
            Self::ZeroGuardEverywhere => "ZeroGuardEverywhere",
        }
    }

    /// What it does, in one sentence.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::SyscallZeroGuard => {
                "mlock and munlock leave a length of 0 alone instead of rounding it up to a page."
            }
            Self::SyscallWrapCheck => {
                "mlock and munlock answer EINVAL when the range ends before it starts."
            }
            Self::PageableEmptyReturn => {
                "uvm_map_pageable returns at once, touching nothing, when the range is empty."
            }
            Self::RangeCheckKeepsStart => {
                "A range turned inside out is emptied at its start, not at its end."
            }
            Self::RangeErrorEnomem => {
                "mlock and munlock answer ENOMEM when the range does not fit the address space."
            }
            Self::MunlockErrorEnomem => {
                "munlock answers ENOMEM whenever the range could not be unlocked."
            }
            Self::ZeroGuardEverywhere => {
                "munmap, mprotect, minherit and madvise leave a length of 0 alone, too."
            }
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of changes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Changes(u8);

impl Changes {
    /// No change: the original source.
    pub const NONE: Self = Self(0);

    /// This set and `change`.
    #[must_use]
    pub const fn with(self, change: Change) -> Self {
        Self(self.0 | 1 << change as u8)
    }

    /// This set without `change`.
    #[must_use]
    pub const fn without(self, change: Change) -> Self {
        Self(self.0 & !(1 << change as u8))
    }

    /// Whether `change` is in the set.
    pub const fn has(self, change: Change) -> bool {
        self.0 & 1 << change as u8 != 0
    }

    /// The changes in the set, in the order of [`Change::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Change> {
        Change::ALL.into_iter().filter(move |c| self.has(*c))
    }
}

impl FromIterator<Change> for Changes {
    fn from_iter<I: IntoIterator<Item = Change>>(iter: I) -> Self {
        iter.into_iter().fold(Self::NONE, Self::with)
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// A set of changes that has a name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Preset {
    /// The source that panicked in March 2019.
    Original,
    /// As the mail proposed.
    Mail,
    /// As it went into NetBSD.
    Committed,
    /// The source of 2022.
    Later,
}

impl Preset {
    /// Every preset, oldest first.
    pub const ALL: [Self; 4] = [Self::Original, Self::Mail, Self::Committed, Self::Later];

    /// The name that scripts, links and corpora use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Mail => "mail",
            Self::Committed => "committed",
            Self::Later => "later",
        }
    }

    /// The preset of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.name() == name)
    }

    /// What it stands for, in one sentence.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::Original => "The kernel that panicked in March 2019.",
            Self::Mail => "The repair as the mail proposed it.",
            Self::Committed => "The repair as it went into NetBSD.",
            Self::Later => "The source as it stood in 2022.",
        }
    }

    /// The changes it is made of.
    pub const fn changes(self) -> Changes {
        use Change as C;
        match self {
            Self::Original => Changes::NONE,
            Self::Mail => Changes::NONE
                .with(C::SyscallZeroGuard)
                .with(C::SyscallWrapCheck)
                .with(C::PageableEmptyReturn),
            Self::Committed => Changes::NONE
                .with(C::SyscallZeroGuard)
                .with(C::PageableEmptyReturn)
                .with(C::RangeErrorEnomem),
            Self::Later => {
                Self::Committed.changes().with(C::MunlockErrorEnomem).with(C::ZeroGuardEverywhere)
            }
        }
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which kernel runs: how it was built and which changes its source has. The page size is always
/// [`crate::addr::PAGE_SIZE`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Config {
    /// Built with `options DIAGNOSTIC`: assertions panic. Without it counts wrap.
    pub diagnostic: bool,
    /// The changes that are on.
    pub changes: Changes,
}

impl Config {
    /// The original kernel with DIAGNOSTIC.
    pub const ORIGINAL: Self = Self::preset(Preset::Original);

    /// A preset with DIAGNOSTIC.
    pub const fn preset(preset: Preset) -> Self {
        Self { diagnostic: true, changes: preset.changes() }
    }

    /// The preset whose set of changes this is, if there is one.
    pub fn as_preset(self) -> Option<Preset> {
        Preset::ALL.into_iter().find(|p| p.changes() == self.changes)
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::ORIGINAL
    }
}
