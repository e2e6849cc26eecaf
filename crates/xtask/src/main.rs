//! The developer's commands: `cargo xtask serve`, `build`, `dist`, `test`, `shots`, `bench`.

mod bench;
mod dist;
mod finish;
mod hosts;
mod page;
mod run;
mod server;
mod setup;
mod shots;
mod stages;
mod tools;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::bench::Topic;
use crate::page::Flavour;
use crate::stages::Stage;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Builds, serves and tests uvmscope; sets up what is missing first"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the page and serve it on this machine
    Serve {
        /// The port; 0 takes a free one
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// Serve the optimised build instead of the quick one
        #[arg(long)]
        release: bool,
    },
    /// Leave the optimised site in dist/, for any static server and any sub-path
    Build {
        /// Without the optimisers, into the target directory
        #[arg(long)]
        quick: bool,
    },
    /// Lay out what is given to others: the site below its version, an npm package, one file
    Dist {
        /// Only the page as one file, which runs from a disk
        #[arg(long)]
        single_file: bool,
        /// The address that the site will stand at, for oEmbed answers and previews of links
        #[arg(long, value_name = "URL", conflicts_with = "single_file")]
        base: Option<String>,
    },
    /// Run every test there is, in the order in which they fail fastest
    Test {
        /// Only these stages
        #[arg(long, value_enum)]
        only: Vec<Stage>,
        /// End-to-end tests on the quick build of the page
        #[arg(long)]
        quick: bool,
        /// End-to-end test files, instead of all of them
        files: Vec<String>,
    },
    /// Take pictures of the page in web/shots/: three widths, light and dark
    Shots {
        /// Of the quick build of the page
        #[arg(long)]
        quick: bool,
    },
    /// Measure, and print the figures as a table with the goals beside them
    Bench {
        /// Only these
        #[arg(value_enum)]
        topics: Vec<Topic>,
    },
    /// What Trunk calls after it has built the page
    #[command(hide = true)]
    FinishPage,
}

fn main() -> ExitCode {
    match perform() {
        Ok(()) => ExitCode::SUCCESS,
        // Not by returning it: what went wrong is said in words, and a backtrace would hide them.
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform() -> Result<()> {
    match Cli::parse().command {
        Command::Serve { port, release } => page::serve(port, Flavour::quick(!release)),
        Command::Build { quick } => {
            let site = page::build(Flavour::quick(quick))?;
            println!("The site is in {}", run::shown(&site));
            Ok(())
        }
        Command::Dist { single_file, base } => dist::dist(single_file, base.as_deref()),
        Command::Test { only, quick, files } => stages::test(&only, Flavour::quick(quick), &files),
        Command::Shots { quick } => shots::take(Flavour::quick(quick)),
        Command::Bench { topics } => bench::bench(&topics),
        Command::FinishPage => finish::finish(),
    }
}
