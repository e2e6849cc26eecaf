//! The script and the kernel that a command is about.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::str::Utf8Error;

use anyhow::Result;
use clap::{Args, ValueEnum};
use uvmscope_format::script::{MAX_TEXT, ScriptError};
use uvmscope_format::{kernel_spec, parse_bytes, scenarios};
use uvmscope_replay::{Script, Timeline};
use uvmscope_uvm::{Changes, Config};

use crate::{complain, input};

// No doc comments: they would take the place of the description of the command that has these.
#[derive(Args)]
pub(crate) struct Written {
    /// The script; - is standard input
    #[arg(value_name = "FILE", required_unless_present = "scenario")]
    file: Option<PathBuf>,
    /// A script that comes along, by its name, instead of a file
    #[arg(long, value_name = "NAME", conflicts_with = "file", value_parser = scenario)]
    scenario: Option<scenarios::Scenario>,
}

#[derive(Args)]
pub(crate) struct Source {
    #[command(flatten)]
    written: Written,
    #[command(flatten)]
    pub(crate) kernel: Override,
}

#[derive(Args)]
pub(crate) struct Override {
    /// The kernel, instead of the script's: a preset and changes, such as
    /// committed,-syscall-zero-guard or +pageable-empty-return
    #[arg(long, value_name = "SPEC", value_parser = kernel_spec::parse, allow_hyphen_values = true)]
    kernel: Option<Changes>,
    /// Whether its assertions panic, instead of what the script says
    #[arg(long, value_enum)]
    diagnostic: Option<Switch>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Switch {
    On,
    Off,
}

fn scenario(name: &str) -> Result<scenarios::Scenario, scenarios::UnknownScenario> {
    scenarios::get(name)
}

/// A script that ran, up to its first error where it has any.
pub(crate) struct Recording {
    pub(crate) timeline: Rc<Timeline>,
    pub(crate) errors: Vec<ScriptError>,
    name: String,
    text: Vec<u8>,
}

/// A script, up to its first error where it has any.
pub(crate) struct Read {
    pub(crate) script: Rc<Script>,
    pub(crate) errors: Vec<ScriptError>,
    pub(crate) name: String,
    text: Vec<u8>,
}

impl Written {
    pub(crate) fn read(&self) -> Result<Read> {
        match (&self.scenario, &self.file) {
            (None, Some(file)) => Read::file(file),
            (Some(scenario), _) => {
                Ok(Read::of(scenario.name.to_owned(), scenario.text.as_bytes().to_vec()))
            }
            (None, None) => Ok(Read::of(String::new(), Vec::new())),
        }
    }
}

impl Source {
    /// Reads the script and runs it.
    pub(crate) fn record(&self) -> Result<Recording> {
        let Read { script, errors, name, text } = self.written.read()?;
        let config = self.kernel.of(script.config);
        let timeline = Rc::new(Timeline::record(script, config));
        Ok(Recording { timeline, errors, name, text })
    }
}

impl Override {
    /// The kernel, where the script asks for one.
    pub(crate) fn of(&self, script: Config) -> Config {
        Config {
            diagnostic: self.diagnostic.map_or(script.diagnostic, |s| matches!(s, Switch::On)),
            changes: self.kernel.unwrap_or(script.changes),
        }
    }

    /// Whether the kernel is not simply the script's.
    pub(crate) const fn is_set(&self) -> bool {
        self.kernel.is_some() || self.diagnostic.is_some()
    }
}

impl Read {
    /// Reads a script from a file.
    pub(crate) fn file(file: &Path) -> Result<Self> {
        Ok(Self::of(input::name(file), input::read(file, MAX_TEXT as u64 + 1)?))
    }

    fn of(name: String, text: Vec<u8>) -> Self {
        let parsed = parse_bytes(&text);
        Self { script: Rc::new(parsed.script), errors: parsed.errors, name, text }
    }

    /// The script as it was written.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.text)
    }

    /// Lists the errors of the script.
    pub(crate) fn complain(&self) {
        print_errors(&self.name, &self.text, &self.errors);
    }
}

impl Recording {
    /// The script as it was written.
    pub(crate) fn text(&self) -> Result<&str, Utf8Error> {
        std::str::from_utf8(&self.text)
    }

    /// Lists the errors of the script.
    pub(crate) fn complain(&self) {
        print_errors(&self.name, &self.text, &self.errors);
    }
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
