//! `uvmscope test`: whether scripts answer what they expect.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use uvmscope_format::script::{answer_column, answer_text, expect_text};
use uvmscope_replay::{CallEnd, CallLine, CallRun, Timeline, Verdict};

use crate::source::{Override, Read};
use crate::{Status, complain};

/// The ending of the scripts that are looked for in folders.
const ENDING: &str = "uvm";

/// Run scripts and tell every call that does not answer what its script expects
///
/// Each expectation that is not met is told with its place: file, line and column. So is that of a
/// call that gave no answer, because the simulated kernel panicked in it or before it, or because a
/// name in it was never bound. The last line counts them.
///
/// Exit status: 0 every expectation is met; 1 one is not; 2 a file could not be read, or a script
/// has errors, which are listed (its calls are not judged then), or the command line is wrong.
#[derive(Args)]
pub(crate) struct TestArgs {
    /// Scripts, and folders whose *.uvm are taken, those in folders below included; - is standard
    /// input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    kernel: Override,
    /// Print nothing but what is not as it should be
    #[arg(short, long)]
    quiet: bool,
}

pub(crate) fn test(args: &TestArgs, out: &mut impl Write) -> Result<Status> {
    let mut report = Report::default();
    for path in &args.files {
        match scripts(path) {
            Ok(files) if files.is_empty() => {
                complain(format_args!("{}: no *.{ENDING} in this folder", path.display()));
                report.unreadable += 1;
            }
            Ok(files) => {
                for file in files {
                    test_file(&file, &args.kernel, &mut report, out)?;
                }
            }
            Err(error) => {
                complain(format_args!("{error:#}"));
                report.unreadable += 1;
            }
        }
    }
    if !args.quiet {
        writeln!(out, "{}", report.summary())?;
    }
    Ok(report.status())
}

/// What came of all scripts.
#[derive(Default)]
struct Report {
    scripts: usize,
    met: usize,
    unmet: usize,
    /// Scripts with errors.
    broken: usize,
    /// What could not be read at all.
    unreadable: usize,
}

impl Report {
    fn summary(&self) -> String {
        let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        let Self { met, unmet, .. } = self;
        let mut line = format!(
            "{}, {}: {met} met, {unmet} not met",
            count(self.scripts, "script"),
            count(met + unmet, "expectation")
        );
        for (n, what) in [(self.broken, "with errors"), (self.unreadable, "not read")] {
            if n > 0 {
                line = format!("{line}; {n} {what}");
            }
        }
        line
    }

    const fn status(&self) -> Status {
        match (self.broken + self.unreadable, self.unmet) {
            (0, 0) => Status::Success,
            (0, _) => Status::Failure,
            _ => Status::BadInput,
        }
    }
}

/// The scripts that a path stands for, in the order of their names. Links to folders are not
/// followed, so there is an end to it.
fn scripts(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = Vec::new();
    let mut folders = vec![path.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let name = || folder.display().to_string();
        for entry in std::fs::read_dir(&folder).with_context(name)? {
            let entry = entry.with_context(name)?;
            let path = entry.path();
            if entry.file_type().with_context(name)?.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == ENDING) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Runs one script. An error here is one of writing; what is wrong with the file is told.
fn test_file(
    file: &Path,
    kernel: &Override,
    report: &mut Report,
    out: &mut impl Write,
) -> Result<()> {
    let read = match Read::file(file) {
        Ok(read) => read,
        Err(error) => {
            complain(format_args!("{error:#}"));
            report.unreadable += 1;
            return Ok(());
        }
    };
    report.scripts += 1;
    if !read.errors.is_empty() {
        // Those of a script stand behind what was told of the scripts before it.
        out.flush()?;
        read.complain();
        report.broken += 1;
        return Ok(());
    }
    let config = kernel.of(read.script.config);
    let timeline = Timeline::record(read.script.clone(), config);
    let text = read.text();
    let lines: Vec<&str> = text.split('\n').collect();
    for (run, (statement, call)) in timeline.calls().iter().zip(timeline.script().calls()) {
        let (Some(verdict), Some(expect)) = (run.verdict, call.expect) else {
            continue;
        };
        if verdict == Verdict::Met {
            report.met += 1;
            continue;
        }
        report.unmet += 1;
        let line = statement.line;
        let written = (line as usize).checked_sub(1).and_then(|at| lines.get(at));
        let column = written.and_then(|written| answer_column(written)).unwrap_or(1);
        let expected = expect_text(expect, &call.call);
        let got = got(&timeline, run, call);
        writeln!(out, "{}:{line}:{column}: expected {expected}, got {got}", read.name)?;
    }
    Ok(())
}

/// What a call did instead of what was expected.
fn got(timeline: &Timeline, run: &CallRun, line: &CallLine) -> String {
    let name = line.call.name();
    match (&run.outcome, timeline.halt()) {
        (CallEnd::Halted(halt), _) => format!("no answer: {halt}"),
        (CallEnd::Skipped { name }, _) => format!("no answer: the call that binds {name} failed"),
        (CallEnd::NotReached, Some(halt)) => format!("no answer: {name} is not reached; {halt}"),
        (CallEnd::NotReached, None) => {
            format!("no answer: {name} is not reached, since the process is gone")
        }
        (CallEnd::Done(_), _) => answer_text(&run.outcome).unwrap_or_default(),
    }
}
