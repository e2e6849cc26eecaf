//! The notes of a trace: events that change nothing, for people and programs that follow a run.

use serde::Serialize;
use uvmscope_uvm::event::{AmapCopied, Args, KernelEvent, PinAt};
use uvmscope_uvm::{Access, Cond, EntryId, Errno, VaRange, Vaddr};

use crate::corpus::{Hex, Name};

/// An event that changes nothing, as a trace spells it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Note {
    /// A function is entered, for a range, a page or an entry.
    Enter {
        func: &'static str,
        #[serde(flatten)]
        args: Span,
    },
    /// A function returns; `errno` is null for success.
    Leave {
        func: &'static str,
        errno: Option<Name<Errno>>,
    },
    /// A condition, as the simulator's source names it, with its operands. It is to be read by
    /// people: its form may change.
    Test {
        cond: String,
        held: bool,
    },
    /// A variable of the kernel is set.
    Pin {
        pin: &'static str,
        #[serde(flatten)]
        at: Span,
    },
    Lookup {
        va: Hex,
        entry: Option<u32>,
    },
    TouchFault {
        va: Hex,
        access: Name<Access>,
    },
    AmapCopy {
        entry: u32,
        from: Hex,
        to: Hex,
    },
    AmapCopied {
        entry: u32,
        how: &'static str,
    },
    Merge {
        how: &'static str,
        start: Hex,
        end: Hex,
    },
    FaultWireFailed {
        va: Hex,
        errno: Option<Name<Errno>>,
    },
    WiringUnchanged {
        va: Hex,
    },
    Mapped {
        va: Hex,
    },
}

/// The kinds of notes.
pub(super) const KINDS: [&str; 12] = [
    "enter",
    "leave",
    "test",
    "pin",
    "lookup",
    "touch_fault",
    "amap_copy",
    "amap_copied",
    "merge",
    "fault_wire_failed",
    "wiring_unchanged",
    "mapped",
];

/// What a function or a variable is about. The header of the list is the entry null.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Span {
    Nothing {},
    Range { start: Hex, end: Hex },
    Page { va: Hex },
    Entry { entry: Option<u32> },
}

const fn hex(va: Vaddr) -> Hex {
    Hex(va.0)
}

const fn range(range: VaRange) -> Span {
    Span::Range { start: hex(range.start), end: hex(range.end) }
}

fn entry(id: EntryId) -> Span {
    Span::Entry { entry: (!id.is_header()).then_some(id.0) }
}

fn errno(errno: Errno) -> Option<Name<Errno>> {
    (!errno.is_ok()).then_some(Name(errno))
}

/// A condition as the simulator's source has it, but for the head of the list, which is a number
/// there.
fn words(cond: Cond) -> String {
    format!("{cond:?}").replace(&format!("{:?}", EntryId::HEADER), "header")
}

impl Note {
    /// Spells an event; nothing for one that changes the state.
    pub(super) fn of(event: &KernelEvent) -> Option<Self> {
        use KernelEvent as E;
        Some(match *event {
            E::Enter { func, args } => {
                let args = match args {
                    Args::None => Span::Nothing {},
                    Args::Range(of) => range(of),
                    Args::Page(va) => Span::Page { va: hex(va) },
                    Args::Entry(id) => entry(id),
                };
                Self::Enter { func: func.name(), args }
            }
            E::Leave { func, errno: answer } => {
                Self::Leave { func: func.name(), errno: errno(answer) }
            }
            E::Test { cond, held } => Self::Test { cond: words(cond), held },
            E::Pin { pin, at } => {
                let at = match at {
                    PinAt::Entry(id) => entry(id),
                    PinAt::Addr(va) => Span::Page { va: hex(va) },
                };
                Self::Pin { pin: pin.name(), at }
            }
            E::Lookup { va, entry } => Self::Lookup { va: hex(va), entry: entry.map(|id| id.0) },
            E::TouchFault { va, access } => Self::TouchFault { va: hex(va), access: Name(access) },
            E::AmapCopy { entry, from, to } => {
                Self::AmapCopy { entry: entry.0, from: hex(from), to: hex(to) }
            }
            E::AmapCopied { entry, how } => {
                let how = match how {
                    AmapCopied::New => "new",
                    AmapCopied::Took => "took",
                };
                Self::AmapCopied { entry: entry.0, how }
            }
            E::Merge { how, range } => {
                Self::Merge { how: how.name(), start: hex(range.start), end: hex(range.end) }
            }
            E::FaultWireFailed { va, errno: answer } => {
                Self::FaultWireFailed { va: hex(va), errno: errno(answer) }
            }
            E::WiringUnchanged { va } => Self::WiringUnchanged { va: hex(va) },
            E::Mapped { at } => Self::Mapped { va: hex(at) },
            _ => return None,
        })
    }
}
