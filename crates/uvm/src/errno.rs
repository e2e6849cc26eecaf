//! The answers of system calls.

use std::fmt;

/// What a kernel function answers: nothing wrong, or the reason.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Errno {
    /// 0: it worked.
    None,
    /// Not enough memory, or a range that is not wholly mapped.
    Enomem,
    /// Permission denied.
    Eacces,
    /// Bad address.
    Efault,
    /// Invalid argument.
    Einval,
    /// File too large; here: a range that ends above the map.
    Efbig,
    /// Resource temporarily unavailable; here: a limit on locked memory.
    Eagain,
    /// Value too large; here: a range that wraps.
    Eoverflow,
}

impl Errno {
    /// Every failure there is.
    pub const FAILURES: [Self; 7] = [
        Self::Enomem,
        Self::Eacces,
        Self::Efault,
        Self::Einval,
        Self::Efbig,
        Self::Eagain,
        Self::Eoverflow,
    ];

    /// Whether this is success.
    pub const fn is_ok(self) -> bool {
        matches!(self, Self::None)
    }

    /// The name as errno(2) spells it; `0` for success.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "0",
            Self::Enomem => "ENOMEM",
            Self::Eacces => "EACCES",
            Self::Efault => "EFAULT",
            Self::Einval => "EINVAL",
            Self::Efbig => "EFBIG",
            Self::Eagain => "EAGAIN",
            Self::Eoverflow => "EOVERFLOW",
        }
    }

    /// The failure of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::FAILURES.into_iter().find(|e| e.name() == name)
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
