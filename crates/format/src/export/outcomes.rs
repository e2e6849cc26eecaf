//! A script with what its calls answered filled in.

use std::collections::BTreeMap;

use uvmscope_replay::{CallLine, CallRun, Timeline};
use uvmscope_uvm::Config;

use crate::kernel_spec;
use crate::script::{answer_text, parts};

/// What stands for the answer of a call that gave none.
const NO_ANSWER: &str = "?";

/// The text of the script that ran, with the answer of each call as what is expected of it: as
/// `mlock(p, 0) = 0`, and `= ?` where there was none. All else stays as it was written, but for the
/// kernel where the script ran on another than it asks for: what it answers is said of that one.
pub fn with_outcomes(text: &str, timeline: &Timeline) -> String {
    let script = timeline.script();
    let statements: BTreeMap<u32, (&CallRun, &CallLine)> = script
        .calls()
        .zip(timeline.calls())
        .map(|((statement, line), run)| (statement.line, (run, line)))
        .collect();
    let (mark, text) = match text.strip_prefix('\u{feff}') {
        Some(text) => ("\u{feff}", text),
        None => ("", text),
    };
    let mut settings = Settings::new(script.config, timeline.config());
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(text.split('\n')) {
        lines.push(match statements.get(&number) {
            Some((run, call)) if !call.listed => fill(line, run),
            _ => settings.replace(line),
        });
    }
    let first = text.split('\n').next().unwrap_or_default();
    let end = if first.ends_with('\r') { "\r\n" } else { "\n" };
    let mut before = String::new();
    for (_, setting) in settings.left {
        before.extend([setting.as_str(), end]);
    }
    format!("{mark}{before}{}", lines.join("\n"))
}

/// A line with a call, with another answer.
fn fill(line: &str, run: &CallRun) -> String {
    let Some(parts) = parts(line) else {
        return line.to_owned();
    };
    let answer = answer_text(&run.outcome).unwrap_or_else(|| NO_ANSWER.to_owned());
    let call = line.get(..parts.call_end).unwrap_or_default();
    let rest = line.get(parts.end..).unwrap_or_default();
    format!("{call} = {answer}{rest}")
}

/// The settings that are to be other ones than in the script.
struct Settings {
    /// First word and line of those that were not met yet.
    left: Vec<(&'static str, String)>,
}

impl Settings {
    fn new(script: Config, ran: Config) -> Self {
        let mut left = Vec::new();
        if script.changes != ran.changes {
            left.push(("kernel", format!("kernel {}", kernel_spec::print(ran))));
        }
        if script.diagnostic != ran.diagnostic {
            let word = if ran.diagnostic { "on" } else { "off" };
            left.push(("diagnostic", format!("diagnostic {word}")));
        }
        Self { left }
    }

    /// The line, or the setting that stands in its place.
    fn replace(&mut self, line: &str) -> String {
        let code = line.split('#').next().unwrap_or_default().trim_end();
        let word = code.split_whitespace().next().unwrap_or_default();
        let is_setting = !code.contains('=');
        let Some(at) = self.left.iter().position(|(first, _)| *first == word && is_setting) else {
            return line.to_owned();
        };
        let (_, setting) = self.left.remove(at);
        let rest = line.get(code.len()..).unwrap_or_default();
        format!("{setting}{rest}")
    }
}
