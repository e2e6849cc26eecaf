//! Runs as text for other programs, and for people: a trace as JSON, a table of steps, and the
//! script with what its calls answered.
//!
//! A trace is described by `schema/trace.schema.json` in this crate. Its steps are all that happened,
//! in order, and those that change the state carry what was there before and what is there after: so
//! [`Trace`] rebuilds every state of the run from them.

mod csv;
mod frames;
mod note;
mod outcomes;
mod read;
mod replay;
mod trace;
mod write;

pub use csv::{COLUMNS, csv, csv_rows};
pub use outcomes::with_outcomes;
pub use read::{MAX_TRACE, Trace, TraceError, TraceStep};
pub use replay::Replay;
pub use trace::{FORMAT, VERSION, trace_json, trace_lines};
