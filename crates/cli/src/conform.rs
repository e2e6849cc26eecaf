//! `uvmscope conform`: recorded cases against the simulated kernel.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

use anyhow::Result;
use clap::Args;
use uvmscope_format::conform::{Report, check, check_corpus};

use crate::{Status, complain, input};

/// The longest corpus, unpacked: 2 GiB.
const MAX_CORPUS: u64 = 1 << 31;

/// Replay recorded cases and compare every answer, state and event
///
/// Each file holds one case a line as JSON, plain or gzipped. For each file one line tells how many
/// cases agree, followed by the first that differs: its name, the call, and both sides.
///
/// Exit status: 0 all agree; 1 a case differs; 2 a file could not be read, or a line in it is no
/// case (the other lines and files are checked all the same).
#[derive(Args)]
pub(crate) struct ConformArgs {
    /// Corpora of cases; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Tell every case that differs, not only the first of each file
    #[arg(long)]
    all: bool,
}

pub(crate) fn conform(args: &ConformArgs, out: &mut impl Write) -> Result<Status> {
    let mut status = Status::Success;
    for file in &args.files {
        status = status.max(conform_file(file, args.all, out)?);
    }
    Ok(status)
}

/// Checks one file. An error here is one of writing; what is wrong with the file is told.
fn conform_file(file: &Path, all: bool, out: &mut impl Write) -> Result<Status> {
    let name = file.display();
    let text = match input::read(file, MAX_CORPUS + 1) {
        Ok(bytes) if bytes.len() as u64 <= MAX_CORPUS => bytes,
        Ok(_) => {
            complain(format_args!("{name}: a file holds at most 2 GiB of cases; split it"));
            return Ok(Status::BadInput);
        }
        Err(error) => {
            complain(format_args!("{error:#}"));
            return Ok(Status::BadInput);
        }
    };
    let threads = available_parallelism().map_or(1, usize::from);
    let report = check_corpus(&text, threads, check);
    let (agreed, differ, cases) = (report.agreed, report.differences.len(), report.cases());
    writeln!(out, "{name}: {agreed} agreed, {differ} differ of {cases}")?;
    for difference in report.differences.iter().take(if all { usize::MAX } else { 1 }) {
        writeln!(out, "{difference}")?;
    }
    // What is wrong stands behind what is right, also where both go to one terminal.
    out.flush()?;
    for (line, error) in &report.broken {
        complain(format_args!("{name}:{line}: {error}"));
    }
    Ok(status(&report))
}

fn status(report: &Report) -> Status {
    match (report.broken.is_empty(), report.differences.is_empty()) {
        (false, _) => Status::BadInput,
        (true, false) => Status::Failure,
        (true, true) => Status::Success,
    }
}
