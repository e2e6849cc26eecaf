//! Runs as text for others to read.

mod outcomes;

pub use outcomes::with_outcomes;
