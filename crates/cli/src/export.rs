//! `uvmscope export`: a run for other programs, and for people.

use std::io::{self, Write};
use std::path::PathBuf;
use std::rc::Rc;

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use uvmscope_format::export::{csv_rows, trace_lines, with_outcomes};
use uvmscope_scene::Story;

use crate::Status;
use crate::source::Source;

/// Write a run as a trace, as a table, or as the script with its outcomes
///
/// A trace is JSON that tells every step with what it changed, enough to rebuild every state; its
/// schema is crates/format/schema/trace.schema.json. A table has a row for each step, with the
/// sentence that the page has for it. A script is the one that ran, comments and all, with what
/// each call answered behind its `=`.
///
/// Exit status: 0 it is written, whatever became of the simulated kernel; 1 a file could not be
/// read or written; 2 the script has errors, which are listed, or the command line is wrong.
/// Nothing is written then.
#[derive(Args)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    source: Source,
    /// What is written
    #[arg(long = "as", value_enum, value_name = "FORM")]
    form: Form,
    /// The file to write, instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    /// Every step and every change, as JSON
    Trace,
    /// A row for each step, as comma-separated values
    Csv,
    /// The script with what its calls answered
    Script,
}

pub(crate) fn export(args: &ExportArgs, out: &mut impl Write) -> Result<Status> {
    let recording = args.source.record()?;
    let (true, Ok(text)) = (recording.errors.is_empty(), recording.text()) else {
        recording.complain();
        return Ok(Status::BadInput);
    };
    let timeline = &recording.timeline;
    let pieces: Box<dyn Iterator<Item = String> + '_> = match args.form {
        Form::Trace => Box::new(trace_lines(timeline, text)),
        Form::Csv => {
            let story = Story::new(Rc::clone(timeline));
            let mut cursor = timeline.cursor();
            Box::new(csv_rows(timeline, move |place| {
                cursor.seek(place);
                story.caption(&cursor).plain()
            }))
        }
        Form::Script => Box::new(std::iter::once(with_outcomes(text, timeline))),
    };
    match &args.output {
        Some(file) if file.as_os_str() != "-" => {
            let name = || file.display().to_string();
            let created = std::fs::File::create(file).with_context(name)?;
            write_all(pieces, &mut io::BufWriter::new(created)).with_context(name)?;
        }
        _ => write_all(pieces, out)?,
    }
    Ok(Status::Success)
}

/// Writes piece by piece: a long run is larger as text than in memory.
fn write_all(pieces: impl Iterator<Item = String>, out: &mut impl Write) -> io::Result<()> {
    for piece in pieces {
        out.write_all(piece.as_bytes())?;
    }
    out.flush()
}
