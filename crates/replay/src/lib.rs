//! A script run under one kernel becomes a timeline that can be walked in both directions.

pub mod align;
pub mod cursor;
pub mod differences;
mod lives;
pub mod moves;
mod promises;
pub mod recording;
pub mod script;
pub mod series;
pub mod timeline;
pub mod why;

pub use align::{Alignment, Cause, Divergence, Gate, Side, align};
pub use cursor::Cursor;
pub use differences::{Differences, StateDifference, differences};
pub use moves::Direction;
pub use recording::Recording;
pub use script::{Body, CallLine, Expect, Expr, Script, Statement};
pub use series::{Counter, Series};
pub use timeline::{CallEnd, CallRun, Place, Timeline, Verdict};
