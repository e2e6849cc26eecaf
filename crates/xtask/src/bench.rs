//! `cargo xtask bench`: what is measured, each figure with the goal beside it.
//!
//! A figure that misses its goal is no failure: what ran on a busy machine proves nothing.

use anyhow::Result;
use clap::ValueEnum;

use crate::run::{cargo, run};

/// What there is to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Topic {
    /// The simulated kernel against the real C functions, and what recording it costs
    Kernel,
}

/// Measures what is asked for, or everything.
pub(crate) fn bench(topics: &[Topic]) -> Result<()> {
    let topics = if topics.is_empty() { Topic::value_variants() } else { topics };
    for topic in topics {
        match topic {
            Topic::Kernel => kernel()?,
        }
    }
    Ok(())
}

/// The measuring itself stands beside the kernel, as a benchmark that Cargo knows.
fn kernel() -> Result<()> {
    println!("Measuring the kernel (optimised; building it takes some seconds, so does measuring)");
    run(cargo().args(["bench", "--quiet", "--package", "uvmscope-uvm", "--bench", "kernel"]))
}
