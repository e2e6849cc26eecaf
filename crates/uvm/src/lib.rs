//! The simulated kernel: the part of a NetBSD virtual memory system that maps, splits, wires and
//! unwires memory, faithful to what the real functions return.
//!
//! [`Kernel::call`] runs one call of a program. The functions in [`kern`] bear the kernel's names
//! and keep the order of its checks; they see and change the [`State`] only through the
//! primitives of [`Kernel`], each of which emits one [`KernelEvent`]. A recording of these events
//! is at once the story that is shown and the log by which it can be undone.
//!
//! There is no clock, no thread, no float and no hash order in here: the same calls on the same
//! kernel give the same events, byte for byte.

pub mod addr;
mod apply;
mod arena;
pub mod attr;
pub mod audit;
pub mod auditor;
pub mod call;
pub mod change;
pub mod cond;
pub mod errno;
pub mod event;
pub mod func;
pub mod halt;
pub mod kern;
pub mod kernel;
pub mod recorder;
pub mod source;
pub mod sparse;
pub mod state;

pub use addr::{Bytes, PAGE_SIZE, Pages, VaRange, Vaddr};
pub use attr::{Advice, Inherit, Prot};
pub use call::{Access, Call, MlockallFlags, MmapFlags};
pub use change::{Change, Changes, Config, Preset};
pub use cond::Cond;
pub use errno::Errno;
pub use event::KernelEvent;
pub use func::Func;
pub use halt::{Halt, Panic, Run};
pub use kernel::{Kernel, Outcome, Vm};
pub use recorder::{Log, NoRecorder, Recorded, Recorder, Site};
pub use state::{Entry, EntryId, State};
