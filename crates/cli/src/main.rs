//! The program `uvmscope`: scripts run on a simulated kernel and drawn, traces of real programs made
//! into scripts, and the kernel held to what the real functions did.

mod conform;
mod diff;
mod export;
mod import;
mod input;
mod link;
mod mdbook;
mod opening;
mod png;
mod render;
mod run;
mod scenarios;
mod source;
mod steps;
mod test;
mod value;
mod why;

use std::fmt::Display;
use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What the program has to say at its end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    /// Everything went as it should.
    Success = 0,
    /// A case differs, or two runs do, or an answer from what was expected; or the program could not do its work at all.
    Failure = 1,
    /// Something that was read is not well-formed.
    BadInput = 2,
    /// The simulated machine stopped.
    Halted = 3,
}

#[derive(Parser)]
#[command(
    name = "uvmscope",
    version,
    about = "How a NetBSD kernel's memory map splits, wires and breaks"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Run(run::RunArgs),
    Conform(conform::ConformArgs),
    Diff(diff::DiffArgs),
    Render(render::RenderArgs),
    Why(why::WhyArgs),
    Link(link::LinkArgs),
    Open(link::OpenArgs),
    Scenarios(scenarios::ScenariosArgs),
    Export(export::ExportArgs),
    Test(test::TestArgs),
    Import(import::ImportArgs),
    Mdbook(mdbook::MdbookArgs),
    Opening(opening::OpeningArgs),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut out = io::BufWriter::new(io::stdout().lock());
    let done = match &cli.command {
        Command::Run(args) => run::run(args, &mut out),
        Command::Conform(args) => conform::conform(args, &mut out),
        Command::Diff(args) => diff::diff(args, &mut out),
        Command::Render(args) => render::render(args, &mut out),
        Command::Why(args) => why::why(args, &mut out),
        Command::Link(args) => link::link(args, &mut out),
        Command::Open(args) => link::open(args, &mut out),
        Command::Scenarios(args) => scenarios::scenarios(args, &mut out),
        Command::Export(args) => export::export(args, &mut out),
        Command::Test(args) => test::test(args, &mut out),
        Command::Import(args) => import::import(args, &mut out),
        Command::Mdbook(args) => mdbook::mdbook(args, &mut out),
        Command::Opening(args) => opening::opening(args),
    };
    let done = done.and_then(|status| Ok(out.flush().map(|()| status)?));
    match done {
        Ok(status) => ExitCode::from(status as u8),
        // Whoever reads the output has seen enough of it.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            complain(format_args!("uvmscope: {error:#}"));
            ExitCode::from(Status::Failure as u8)
        }
    }
}

/// Says what is wrong. If nobody listens any more, the exit status still tells.
pub(crate) fn complain(what: impl Display) {
    let _ = writeln!(io::stderr(), "{what}");
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<io::Error>();
    io.is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
}
