//! What an entry allows and how it is inherited: protection, inheritance, advice.

use std::fmt;

/// A set of permissions: read, write, execute.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Prot(u8);

impl Prot {
    /// No access at all.
    pub const NONE: Self = Self(0);
    /// Read.
    pub const READ: Self = Self(1);
    /// Write.
    pub const WRITE: Self = Self(2);
    /// Execute.
    pub const EXEC: Self = Self(4);
    /// Read, write and execute.
    pub const ALL: Self = Self(7);

    /// The permissions in the low three bits of `bits`; the rest is masked off, as the calls do.
    pub const fn from_bits(bits: u64) -> Self {
        Self((bits & 7) as u8)
    }

    /// The permissions of either set.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This set less the permissions of `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether every permission of `other` is in this set.
    pub const fn allows(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether writing is allowed.
    pub const fn has_write(self) -> bool {
        self.allows(Self::WRITE)
    }

    /// Whether nothing is allowed.
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }
}

/// Spelled as the corpora do: `rwx`, `rw`, `none`.
impl fmt::Display for Prot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMES: [&str; 8] = ["none", "r", "w", "rw", "x", "rx", "wx", "rwx"];
        f.write_str(NAMES[usize::from(self.0 & 7)])
    }
}

impl fmt::Debug for Prot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a child gets of an entry when its process forks. Nothing here forks; the value is kept,
/// split and compared when entries merge.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Inherit {
    /// Shared with the child.
    Share,
    /// Copied for the child.
    #[default]
    Copy,
    /// Not given to the child.
    None,
    /// Given to the child as zeroes.
    Zero,
}

impl Inherit {
    /// Every value, in the order of the kernel's codes 0, 1, 2 and 4.
    pub const ALL: [Self; 4] = [Self::Share, Self::Copy, Self::None, Self::Zero];

    /// The value as the corpora spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Copy => "copy",
            Self::None => "none",
            Self::Zero => "zero",
        }
    }
}

/// How a program said it will use an entry; decides which neighbours a fault maps besides.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Advice {
    /// 3 pages behind and 4 ahead.
    #[default]
    Normal,
    /// None.
    Random,
    /// 7 ahead.
    Sequential,
}

impl Advice {
    /// Every value, in the order of the kernel's codes 0, 1 and 2.
    pub const ALL: [Self; 3] = [Self::Normal, Self::Random, Self::Sequential];

    /// The value as the corpora spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Random => "random",
            Self::Sequential => "sequential",
        }
    }

    /// Pages behind and ahead of the faulting one that a fault tries to map as well.
    pub const fn window(self) -> (u64, u64) {
        match self {
            Self::Normal => (3, 4),
            Self::Random => (0, 0),
            Self::Sequential => (0, 7),
        }
    }
}
