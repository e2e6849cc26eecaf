//! `cargo xtask bench`: what is measured, each figure with the goal beside it.
//!
//! A figure that misses its goal is no failure: what ran on a busy machine proves nothing.

use anyhow::Result;
use clap::ValueEnum;

use crate::page::{self, Flavour};
use crate::run::{cargo, program, run};
use crate::setup;

/// What there is to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Topic {
    /// The simulated kernel against the real C functions, and what recording it costs
    Kernel,
    /// The page in Chromium: its steps, its size, its start, and ten of it on one page
    Page,
}

/// Measures what is asked for, or everything.
pub(crate) fn bench(topics: &[Topic]) -> Result<()> {
    let topics = if topics.is_empty() { Topic::value_variants() } else { topics };
    for topic in topics {
        match topic {
            Topic::Kernel => kernel()?,
            Topic::Page => page()?,
        }
    }
    Ok(())
}

/// The measuring itself stands beside the kernel, as a benchmark that Cargo knows.
fn kernel() -> Result<()> {
    println!("Measuring the kernel (optimised; building it takes some seconds, so does measuring)");
    run(cargo().args(["bench", "--quiet", "--package", "uvmscope-uvm", "--bench", "kernel"]))
}

/// The page as it is published, the same with scripts of any length, and a bare page of Yew's, all
/// three built in the same way.
fn page() -> Result<()> {
    let browser = setup::browser()?;
    println!("Measuring the page (building it three times takes minutes, measuring one or two)");
    run(program("node")
        .arg("web/bench/page.mjs")
        .env("UVMSCOPE_SITE", page::build(Flavour::Optimised)?)
        .env("UVMSCOPE_BENCH_SITE", page::build(Flavour::Measured)?)
        .env("UVMSCOPE_BARE_SITE", page::build_bare()?)
        .env("CHROME", browser.program))
}
