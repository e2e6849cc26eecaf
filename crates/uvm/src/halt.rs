//! Why the simulated machine stopped.

use std::fmt;

/// An assertion of the kernel that did not hold.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Panic {
    /// `uvm_pageunwire` met a page that is not wired.
    PageNotWired,
}

impl Panic {
    /// The expression that was asserted, as the kernel's source has it.
    pub const fn expression(self) -> &'static str {
        match self {
            Self::PageNotWired => "pg->wire_count != 0",
        }
    }

    /// The kernel function that asserted it.
    pub const fn function(self) -> &'static str {
        match self {
            Self::PageNotWired => "uvm_pageunwire",
        }
    }
}

impl fmt::Display for Panic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KASSERT({}) in {}", self.expression(), self.function())
    }
}

/// The machine stopped in the middle of a call. This, and nothing else, travels by `?` through
/// the kernel functions; an errno is an ordinary value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Halt {
    /// The kernel panicked.
    Panic(Panic),
    /// More pages were touched than [`crate::kernel::PAGE_BUDGET`] allows; a bound of the
    /// simulator, not of the kernel.
    PageBudget,
    /// More was recorded than fits; a bound of the simulator, not of the kernel.
    EventBudget,
}

impl fmt::Display for Halt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Panic(panic) => write!(f, "panic: {panic}"),
            Self::PageBudget => write!(
                f,
                "stopped: the script touched more than {} pages, the most that is simulated; \
                 use smaller ranges",
                crate::kernel::PAGE_BUDGET
            ),
            Self::EventBudget => f.write_str(
                "stopped: the script makes more steps than can be recorded; use fewer calls, or \
                 a map of fewer entries",
            ),
        }
    }
}

/// What a kernel function gives unless the machine stops.
pub type Run<T> = Result<T, Halt>;
