//! The cases of the conformance corpora: calls, and what the real kernel functions answered.
//!
//! A case is one line of JSON. Reading is strict: a field or a name that is not known is an error.
//! Beyond what the corpora hold, three spellings exist, for what a script can say and no recorded
//! case does: `"unknown"` as a code of minherit or madvise and as a flag of mlockall, and `halt`
//! in a result where a bound of the simulator, and not the kernel, ended the run.

mod call;
mod case;
mod convert;
mod event;
mod value;

pub use call::CaseCall;
pub use case::{After, Answer, Case, CaseError, CaseKernel, CaseVm, EntryRow, ObjectPage, PageRow};
pub use event::{AmapCopied, Event, MergeHow};
pub use value::{Hex, Name, Named, Num};
