//! `uvmscope diff`: one script under two kernels, call by call.

use std::io::Write;
use std::rc::Rc;

use anyhow::Result;
use clap::Args;
use uvmscope_format::kernel_spec;
use uvmscope_format::script::call_text;
use uvmscope_replay::{
    Alignment, CallEnd, CallRun, Cause, Divergence, Place, Side, Timeline, align, differences,
};
use uvmscope_scene::SideBySide;
use uvmscope_uvm::source::file_of;
use uvmscope_uvm::{Changes, Config};

use crate::source::Written;
use crate::{Status, complain};

/// Differences of two states that are told of one call.
const TOLD: usize = 12;

/// Run a script under two simulated kernels and print where they part, and why
///
/// Each call is printed with what it answered. Where the two do different things, the first place
/// of the call at which they do is told: in a sentence, and with the step and the line on both
/// sides; then where they meet again, and what differs between their states when the call is over.
/// A test that only one kernel makes, and that changes nothing, is no difference.
///
/// Exit status: 0 both do the same; 1 they part, or the script could not be read; 2 it has errors,
/// which are listed, or the command line is wrong. Nothing is run then.
#[derive(Args)]
pub(crate) struct DiffArgs {
    #[command(flatten)]
    written: Written,
    /// The two kernels: presets and changes, such as original..committed or
    /// mail..mail,-syscall-zero-guard; usually the script's, for both
    #[arg(long, value_name = "A..B", value_parser = kernel_spec::parse_pair, allow_hyphen_values = true)]
    kernels: Option<(Changes, Option<Changes>)>,
    /// Whether assertions panic, instead of what the script says: on or off, or one for each
    /// kernel, on..off
    #[arg(long, value_name = "on|off|A..B", value_parser = switches)]
    diagnostic: Option<(bool, Option<bool>)>,
}

fn switches(text: &str) -> Result<(bool, Option<bool>), String> {
    let switch = |word: &str| match word.trim() {
        "on" => Ok(true),
        "off" => Ok(false),
        other => Err(format!("read `{other}`, expected on or off, or both, as in on..off")),
    };
    Ok(match text.split_once("..") {
        Some((a, b)) => (switch(a)?, Some(switch(b)?)),
        None => (switch(text)?, None),
    })
}

impl DiffArgs {
    /// The two kernels, where the script asks for one; nothing where only one is named.
    fn configs(&self, script: Config) -> Option<[Config; 2]> {
        let is_pair = self.kernels.is_some_and(|(_, second)| second.is_some())
            || self.diagnostic.is_some_and(|(_, second)| second.is_some());
        let both = |(first, second): (Changes, Option<Changes>)| [first, second.unwrap_or(first)];
        let changes = self.kernels.map_or([script.changes; 2], both);
        let both = |(first, second): (bool, Option<bool>)| [first, second.unwrap_or(first)];
        let diagnostic = self.diagnostic.map_or([script.diagnostic; 2], both);
        let config = |i: usize| Config { diagnostic: diagnostic[i], changes: changes[i] };
        is_pair.then(|| [0, 1].map(config))
    }
}

pub(crate) fn diff(args: &DiffArgs, out: &mut impl Write) -> Result<Status> {
    let read = args.written.read()?;
    let Some(configs) = args.configs(read.script.config) else {
        complain("two kernels are wanted: --kernels A..B, or --diagnostic on..off, or both");
        return Ok(Status::BadInput);
    };
    if !read.errors.is_empty() {
        read.complain();
        return Ok(Status::BadInput);
    }
    let [a, b] = configs.map(|config| Rc::new(Timeline::record(Rc::clone(&read.script), config)));
    let alignment = align(&a, &b);
    let names = names(configs);
    Printer { alignment: &alignment, names: [&names[0], &names[1]] }.print(out)?;
    let is_same = alignment.first_divergence().is_none();
    Ok(if is_same { Status::Success } else { Status::Failure })
}

/// What the two kernels are called.
fn names(configs: [Config; 2]) -> [String; 2] {
    let differ = configs[0].diagnostic != configs[1].diagnostic;
    configs.map(|config| {
        let name = kernel_spec::print(config);
        match (differ, config.diagnostic) {
            (false, _) => name,
            (true, true) => format!("{name} with DIAGNOSTIC"),
            (true, false) => format!("{name} without DIAGNOSTIC"),
        }
    })
}

struct Printer<'a> {
    alignment: &'a Alignment,
    names: [&'a str; 2],
}

impl Printer<'_> {
    fn timeline(&self, side: Side) -> &Rc<Timeline> {
        self.alignment.timeline(side)
    }

    /// The name of a side, as wide as the wider of both.
    fn label(&self, side: Side) -> String {
        let width = self.names.iter().map(|name| name.len()).max().unwrap_or(0);
        format!("{:width$}", self.names[side.index()])
    }

    fn print(&self, out: &mut impl Write) -> Result<()> {
        let [a, b] = self.names;
        writeln!(out, "{a} .. {b}")?;
        let runs = self.timeline(Side::A).calls().iter().zip(self.timeline(Side::B).calls());
        for (call, (of_a, of_b)) in (1..).zip(runs) {
            self.print_call(call, [of_a, of_b], out)?;
        }
        let parted = self.alignment.divergences().count();
        let calls = self.timeline(Side::A).calls().len();
        match self.alignment.first_divergence() {
            Some(first) => {
                let [at_a, at_b] = first.at;
                let all = count(calls, "call");
                writeln!(out, "They part in {parted} of {all}, first at {at_a} and {at_b}.")?;
            }
            None => writeln!(out, "They do the same in {}.", count(calls, "call"))?,
        }
        Ok(())
    }

    fn print_call(&self, call: usize, runs: [&CallRun; 2], out: &mut impl Write) -> Result<()> {
        let divergence = self.alignment.divergence_in(call);
        let sign = if divergence.is_some() { '!' } else { ' ' };
        let outcomes = runs.map(|run| outcome(&run.outcome));
        // A name may be bound to one value here and to another there.
        let is_one = runs[0].call == runs[1].call || !runs.iter().all(|run| run.ran());
        let run = runs.into_iter().find(|run| run.ran()).unwrap_or(runs[0]);
        let text = if is_one { call_text(&run.call) } else { run.call.name().to_owned() };
        if is_one && outcomes[0] == outcomes[1] {
            writeln!(out, "{sign} {call}  {text} {}", outcomes[0])?;
        } else {
            writeln!(out, "{sign} {call}  {text}")?;
            for side in Side::BOTH {
                let i = side.index();
                let call = if is_one { String::new() } else { call_text(&runs[i].call) + " " };
                writeln!(out, "     {}  {call}{}", self.label(side), outcomes[i])?;
            }
        }
        match divergence {
            Some(divergence) => self.print_divergence(divergence, out),
            None => Ok(()),
        }
    }

    fn print_divergence(&self, divergence: &Divergence, out: &mut impl Write) -> Result<()> {
        let told = SideBySide::new(self.alignment, self.names);
        let caption = told.caption(divergence);
        writeln!(out, "     {}", caption.lead)?;
        if !caption.rest.is_empty() {
            writeln!(out, "     {}", caption.rest)?;
        }
        if matches!(divergence.cause, Cause::NotReached { .. }) {
            return Ok(());
        }
        for side in Side::BOTH {
            let place = divergence.at[side.index()];
            writeln!(out, "     {}  {}", self.label(side), self.line(side, place))?;
        }
        if let Some([a, b]) = divergence.meets {
            let agree = if divergence.agree_where_met {
                "in the same state"
            } else {
                "in different states"
            };
            writeln!(out, "     They meet again at {a} and {b}, {agree}.")?;
        }
        for promise in told.promises(divergence.call) {
            writeln!(out, "     {promise}")?;
        }
        self.print_states(divergence.call, told, out)
    }

    /// What differs between the states when a call is over.
    fn print_states(&self, call: usize, told: SideBySide<'_>, out: &mut impl Write) -> Result<()> {
        let [a, b] = Side::BOTH.map(|side| {
            let mut cursor = self.timeline(side).cursor();
            cursor.seek(Place { call, step: usize::MAX });
            cursor
        });
        let found = differences(a.state(), b.state());
        for difference in found.listed.iter().take(TOLD) {
            writeln!(out, "     - {}", told.difference(difference))?;
        }
        let more = found.total - found.listed.len().min(TOLD);
        if more > 0 {
            writeln!(out, "     - and {more} more")?;
        }
        Ok(())
    }

    /// A place with the line that led there.
    fn line(&self, side: Side, place: Place) -> String {
        let Some((_, recorded)) = self.timeline(side).event_at(place) else {
            return format!("{place}  no step");
        };
        let (path, line) = (recorded.site.file(), recorded.site.line());
        let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let text = file_of(path).and_then(|f| f.lines().nth(line as usize - 1)).unwrap_or_default();
        format!("{place}  {file}:{line}  {}", text.trim())
    }
}

/// What a call answered.
fn outcome(end: &CallEnd) -> String {
    match end {
        CallEnd::Done(done) if done.errno.is_ok() => {
            format!("= {}", done.ret.map_or_else(|| "0".to_owned(), |ret| ret.to_string()))
        }
        CallEnd::Done(done) => format!("= -1 {}", done.errno),
        CallEnd::Halted(halt) => halt.to_string(),
        CallEnd::Skipped { name } => format!("skipped: the call that binds {name} failed"),
        CallEnd::NotReached => "not reached".to_owned(),
    }
}

fn count(n: usize, thing: &str) -> String {
    if n == 1 { format!("1 {thing}") } else { format!("{n} {thing}s") }
}
