//! `uvmscope why`: who wrote a value of a run, and why.

use std::io::Write;
use std::rc::Rc;

use anyhow::Result;
use clap::Args;
use uvmscope_replay::why::{Datum, read};
use uvmscope_scene::Story;

use crate::source::Source;
use crate::value::{self, Named};
use crate::{Status, complain};

/// Tell who wrote a value, and why, back to the call that it came from
///
/// The first line says what the value is. Each further one is a step that wrote it, the latest
/// first: what it was before and after, the call, and the condition that let it happen with the
/// step that tested it. A value that a cut copied is followed into the entry that was cut. Where
/// the call of the place did not change the value, though it was out to, the step that decided so
/// comes first.
///
/// Values: entry@ADDRESS.FIELD (the entry that holds the address; FIELD is start, end, prot,
/// max_prot, inherit, advice, wired_count, needs_copy, amap, slot or offset), entry@ADDRESS (that
/// it exists), page@ADDRESS.wire_count, pmap@ADDRESS (which page is mapped), pmap@ADDRESS.write,
/// pmap@ADDRESS.wired, pmap.wired (how many are wired), uvmexp.wired, wirefuture, entries (how
/// many), console.1 (that line), panic.
///
/// Exit status: 0 it is told, whatever became of the simulated kernel; 1 a file could not be read;
/// 2 the script has errors, which are listed, or there is no such place or value, or the command
/// line is wrong.
#[derive(Args)]
#[allow(clippy::doc_markdown, reason = "a terminal shows these words as they stand here")]
pub(crate) struct WhyArgs {
    #[command(flatten)]
    source: Source,
    /// The place: call and step (3.7), a mark of a call (3.cut.1, 3.end), a mark of the script, a
    /// number of steps (12) or a percentage (40%); usually the end of the run
    #[arg(long, value_name = "PLACE", allow_hyphen_values = true)]
    at: Option<String>,
    /// The value, such as entry@0x7f7ff7ed6000.wired_count
    #[arg(long, value_name = "VALUE", value_parser = value::parse, allow_hyphen_values = true)]
    of: Named,
}

pub(crate) fn why(args: &WhyArgs, out: &mut impl Write) -> Result<Status> {
    let recording = args.source.record()?;
    if !recording.errors.is_empty() {
        recording.complain();
        return Ok(Status::BadInput);
    }
    let timeline = &recording.timeline;
    let story = Story::new(Rc::clone(timeline));
    let place = match args.at.as_deref().map(|at| story.place_of(at)) {
        Some(Ok(place)) => place,
        Some(Err(refusal)) => {
            complain(format_args!("--at: {refusal}"));
            return Ok(Status::BadInput);
        }
        None => timeline.last_place(),
    };
    let mut cursor = timeline.cursor();
    cursor.seek(place);
    let value = match args.of.find(&cursor) {
        Ok(value) => value,
        Err(refusal) => {
            complain(format_args!("--of: {refusal}"));
            return Ok(Status::BadInput);
        }
    };
    let title = story.title(&cursor, value);
    match read(&cursor, value) {
        Datum::Present => writeln!(out, "{title} at {place}")?,
        Datum::Absent => writeln!(out, "{title}: nothing at {place}")?,
        holds => writeln!(out, "{title} is {holds} at {place}")?,
    }
    let what = args.of.what(&story, &cursor, value);
    let kept = what.and_then(|what| story.why_not(&cursor, what));
    for jump in kept.iter().chain(&story.why(&cursor, value)) {
        writeln!(out, "{:<5}  {}", jump.place.to_string(), jump.text)?;
    }
    Ok(Status::Success)
}
