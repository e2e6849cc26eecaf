//! A script run under one kernel becomes a timeline that can be walked in both directions.

pub mod cursor;
mod promises;
pub mod script;
pub mod timeline;

pub use cursor::Cursor;
pub use script::{Body, CallLine, Expect, Expr, Script, Statement};
pub use timeline::{CallEnd, CallRun, Place, Timeline, Verdict};
