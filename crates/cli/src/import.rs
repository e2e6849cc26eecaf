//! `uvmscope import`: what a tracer printed, as a script.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use uvmscope_format::import::{self, Format, MAX_TRACE, UnknownFormat};

use crate::{Status, complain, input};

/// The word for whichever format the text has.
const AUTO: &str = "auto";

/// Make a script of what strace, kdump or truss printed, or of a listing of an address space
///
/// The script goes to standard output, so that it can be run: uvmscope import auto FILE | uvmscope
/// run -. What was dropped or altered goes to standard error: first what holds for the whole
/// script, then line by line. What the traced calls answered stands in the script as what is
/// expected; the simulated kernel may answer otherwise.
///
/// Exit status: 0 there is a script; 1 the file could not be read; 2 nothing in it can be
/// imported, or the command line has errors.
#[derive(Args)]
pub(crate) struct ImportArgs {
    /// What printed it: strace, kdump, truss, maps, smaps or pmap; auto finds out
    #[arg(value_name = "FORMAT", value_parser = wanted)]
    format: Wanted,
    /// What it printed, plain or gzipped; - is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The process of a trace that is taken, instead of the first
    #[arg(long, value_name = "N")]
    pid: Option<u32>,
}

/// The format that was asked for, or nothing for [`AUTO`].
#[derive(Clone, Copy)]
struct Wanted(Option<Format>);

fn wanted(name: &str) -> Result<Wanted, UnknownFormat> {
    if name == AUTO { Ok(Wanted(None)) } else { name.parse().map(|format| Wanted(Some(format))) }
}

pub(crate) fn import(args: &ImportArgs, out: &mut impl Write) -> Result<Status> {
    let bytes = input::read(&args.file, MAX_TRACE as u64 + 1)?;
    match import::import(&bytes, args.format.0, args.pid) {
        Ok(imported) => {
            write!(out, "{}", imported.script)?;
            // The report stands behind the script, also where both go to one terminal.
            out.flush()?;
            complain(imported.report.to_string().trim_end());
            Ok(Status::Success)
        }
        Err(error) => {
            complain(format_args!("{}: {error}", input::name(&args.file)));
            Ok(Status::BadInput)
        }
    }
}
