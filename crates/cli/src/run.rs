//! `uvmscope run`: a script on one kernel.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::Result;
use clap::{Args, ValueEnum};
use uvmscope_format::corpus::Case;
use uvmscope_format::script::{MAX_TEXT, ScriptError, call_text, settings_text};
use uvmscope_format::{kernel_spec, parse_bytes, scenarios};
use uvmscope_replay::{CallEnd, CallLine, CallRun, Expect, Timeline, Verdict};
use uvmscope_uvm::{Call, Changes, Config, KernelEvent};

use crate::{Status, complain, input, steps};

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
    /// The script; - is standard input
    #[arg(value_name = "FILE", required_unless_present = "scenario")]
    file: Option<PathBuf>,
    /// A script that comes along, by its name, instead of a file
    #[arg(long, value_name = "NAME", conflicts_with = "file", value_parser = scenario)]
    scenario: Option<scenarios::Scenario>,
    /// The kernel, instead of the script's: a preset and changes, such as
    /// committed,-syscall-zero-guard or +pageable-empty-return
    #[arg(long, value_name = "SPEC", value_parser = kernel_spec::parse, allow_hyphen_values = true)]
    kernel: Option<Changes>,
    /// Whether its assertions panic, instead of what the script says
    #[arg(long, value_enum)]
    diagnostic: Option<Switch>,
    /// Print the run as one case of the conformance corpora: a line of JSON
    #[arg(long, conflicts_with = "steps")]
    json: bool,
    /// Print every step of every call, with the line of the simulator that took it
    #[arg(long)]
    steps: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Switch {
    On,
    Off,
}

fn scenario(name: &str) -> Result<scenarios::Scenario, scenarios::UnknownScenario> {
    scenarios::get(name)
}

pub(crate) fn run(args: &RunArgs, out: &mut impl Write) -> Result<Status> {
    let (name, text) = match (&args.scenario, &args.file) {
        (None, Some(file)) => (name(file), input::read(file, MAX_TEXT as u64 + 1)?),
        (Some(scenario), _) => (scenario.name.to_owned(), scenario.text.as_bytes().to_vec()),
        (None, None) => (String::new(), Vec::new()),
    };
    let parsed = parse_bytes(&text);
    let mut config = parsed.script.config;
    config.changes = args.kernel.unwrap_or(config.changes);
    if let Some(switch) = args.diagnostic {
        config.diagnostic = matches!(switch, Switch::On);
    }
    let timeline = Rc::new(Timeline::record(Rc::new(parsed.script), config));
    if args.json {
        writeln!(out, "{}", Case::of_run(&timeline).write())?;
    } else {
        print_run(&timeline, args.steps, out)?;
    }
    // Errors stand behind what ran, also where both go to one terminal.
    out.flush()?;
    print_errors(&name, &text, &parsed.errors);
    Ok(match (parsed.errors.is_empty(), timeline.halt()) {
        (false, _) => Status::BadInput,
        (true, Some(_)) => Status::Halted,
        (true, None) => Status::Success,
    })
}

/// How errors name the script.
fn name(file: &Path) -> String {
    if file.as_os_str() == "-" { "standard input".to_owned() } else { file.display().to_string() }
}

/// Each error with its line of the script and a mark below it.
fn print_errors(name: &str, text: &[u8], errors: &[ScriptError]) {
    let text = String::from_utf8_lossy(text);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let lines: Vec<&str> = text.split('\n').take(MAX_TEXT).collect();
    for error in errors {
        let ScriptError { line, column, width, problem } = error;
        complain(format_args!("{name}:{line}:{column}: {problem}"));
        let shown = (*line as usize).checked_sub(1).and_then(|at| lines.get(at));
        if let Some(shown) = shown.filter(|shown| !shown.trim().is_empty()) {
            complain(excerpt(shown, *column as usize, *width as usize));
        }
    }
}

/// The line with carets below what an error is about; the parts of a long line that are far from
/// it are left out.
fn excerpt(line: &str, column: usize, width: usize) -> String {
    const REACH: usize = 60;
    let chars: Vec<char> = line.trim_end().chars().collect();
    let first = column.saturating_sub(1).saturating_sub(REACH);
    let last = (column.saturating_add(REACH)).min(chars.len());
    let visible = |c: &char| if c.is_control() { ' ' } else { *c };
    let part: String = chars.get(first..last).unwrap_or_default().iter().map(visible).collect();
    let blank = " ".repeat(column.saturating_sub(1) - first);
    let carets = "^".repeat(width.min(last.saturating_sub(column - 1)).max(1));
    format!("    {part}\n    {blank}{carets}")
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
            writeln!(out, "  # expected {}", expectation(expect, line))?;
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
        CallEnd::Done(done) if done.errno.is_ok() => {
            let answer = done.ret.map_or_else(|| "0".to_owned(), |ret| ret.to_string());
            format!("{} = {answer}", call_text(&run.call))
        }
        CallEnd::Done(done) => format!("{} = -1 {}", call_text(&run.call), done.errno),
        CallEnd::Halted(_) => call_text(&run.call),
        CallEnd::Skipped { name } => {
            format!("# {} skipped: the call that binds {name} failed", call_text(&line.call))
        }
        CallEnd::NotReached => format!("# {} not reached", call_text(&line.call)),
    }
}

fn expectation(expect: Expect, line: &CallLine) -> String {
    match expect {
        Expect::Errno(errno) => format!("-1 {errno}"),
        Expect::Value(value) if matches!(line.call, Call::Mmap { .. }) => format!("{value:#x}"),
        Expect::Value(value) => value.to_string(),
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
