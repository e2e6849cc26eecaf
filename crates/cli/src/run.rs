//! `uvmscope run`: a script on one kernel.

use std::io::Write;
use std::rc::Rc;

use anyhow::Result;
use clap::Args;
use uvmscope_format::corpus::Case;
use uvmscope_format::script::{answer_text, call_text, expect_text, settings_text};
use uvmscope_replay::{CallEnd, CallLine, CallRun, Timeline, Verdict};
use uvmscope_uvm::{Config, KernelEvent};

use crate::source::Source;
use crate::{Status, steps};

/// Run a script on one simulated kernel and print each call with what it answered
///
/// The output is a script again: what is no call stands in comments, so it can be run and compared.
/// An answer other than the one that the script expects is noted, and is no error.
///
/// Exit status: 0 the script ran to its end; 1 it could not be read; 2 it has errors, which are
/// listed (it still runs up to the first bad line), or the command line has; 3 the simulated
/// kernel panicked, or a bound of the simulator stopped it.
#[derive(Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    source: Source,
    /// Print the run as one case of the conformance corpora: a line of JSON
    #[arg(long, conflicts_with = "steps")]
    json: bool,
    /// Print every step of every call, with the line of the simulator that took it
    #[arg(long)]
    steps: bool,
}

pub(crate) fn run(args: &RunArgs, out: &mut impl Write) -> Result<Status> {
    let recording = args.source.record()?;
    let timeline = &recording.timeline;
    if args.json {
        writeln!(out, "{}", Case::of_run(timeline).write())?;
    } else {
        print_run(timeline, args.steps, out)?;
    }
    // Errors stand behind what ran, also where both go to one terminal.
    out.flush()?;
    recording.complain();
    Ok(match (recording.errors.is_empty(), timeline.halt()) {
        (false, _) => Status::BadInput,
        (true, Some(_)) => Status::Halted,
        (true, None) => Status::Success,
    })
}

fn print_run(timeline: &Rc<Timeline>, with_steps: bool, out: &mut impl Write) -> Result<()> {
    let config: Config = timeline.config();
    write!(out, "{}", settings_text(config, timeline.vm()))?;
    let lines = timeline.script().calls().map(|(_, line)| line);
    let mut teller = steps::Teller::new(timeline);
    for (ordinal, (run, line)) in (1..).zip(timeline.calls().iter().zip(lines)) {
        writeln!(out, "{}", outcome(run, line))?;
        if with_steps && run.ran() {
            teller.tell(ordinal, run, out)?;
        } else {
            print_console(timeline, run, out)?;
        }
        if let (Some(Verdict::Unmet), Some(expect)) = (run.verdict, line.expect) {
            writeln!(out, "  # expected {}", expect_text(expect, &line.call))?;
        }
        if let CallEnd::Halted(halt) = &run.outcome {
            writeln!(out, "  # {halt}")?;
        }
    }
    Ok(())
}

/// The call with its answer, as a script writes it.
fn outcome(run: &CallRun, line: &CallLine) -> String {
    match &run.outcome {
        CallEnd::Done(_) | CallEnd::Halted(_) => {
            let answer = answer_text(&run.outcome).map(|answer| format!(" = {answer}"));
            format!("{}{}", call_text(&run.call), answer.unwrap_or_default())
        }
        CallEnd::Skipped { name } => {
            format!("# {} skipped: the call that binds {name} failed", call_text(&line.call))
        }
        CallEnd::NotReached => format!("# {} not reached", call_text(&line.call)),
    }
}

/// What the kernel printed in the call.
fn print_console(timeline: &Timeline, run: &CallRun, out: &mut impl Write) -> Result<()> {
    for recorded in &timeline.events()[run.first..run.end] {
        if let KernelEvent::Console { line } = &recorded.event {
            writeln!(out, "  # console: {line}")?;
        }
    }
    Ok(())
}
