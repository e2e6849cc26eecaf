//! The function that runs, as it stands in the simulator's own source.

use uvmscope_replay::{Cursor, Place};
use uvmscope_uvm::{Change, Recorded, source};

use crate::app::run::Run;

/// A function of the kernel with what is to be marked in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Code {
    /// Its name, the kernel's.
    pub(crate) name: &'static str,
    /// Where it stands in the simulator.
    pub(crate) file: &'static str,
    /// The file of NetBSD's source that it models.
    pub(crate) models: &'static str,
    /// The functions that called it, outermost first, itself the last.
    pub(crate) stack: Vec<&'static str>,
    pub(crate) lines: Vec<CodeLine>,
    /// What stands beside the current line.
    pub(crate) beside: Option<String>,
    /// Number of the current line; nothing at the entry of a call.
    pub(crate) current: Option<u32>,
}

/// A line of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CodeLine {
    pub(crate) number: u32,
    /// Columns it is set in by.
    pub(crate) indent: usize,
    pub(crate) text: &'static str,
    /// It has made a step of this call.
    pub(crate) ran: bool,
    /// It does not run because of this change, which is off, or on where the line runs without it.
    pub(crate) off: Option<Change>,
}

/// The code at the place where `cursor` stands; at the entry of a call, the function that is about
/// to run.
pub(crate) fn of(run: &Run, cursor: &Cursor) -> Code {
    let place = cursor.place();
    let story = &run.story;
    let here = story.event(place);
    let shown = here.or_else(|| story.event(Place { step: 1, ..place }));
    let Some(Recorded { site, .. }) = shown else { return Code::default() };
    let found =
        source::file_of(site.file()).and_then(|file| Some((file, file.function_at(site.line())?)));
    let Some((file, (name, lines))) = found else { return Code::default() };
    let guarded = file.guarded();
    let changes = run.config().changes;
    let is_off = |number: u32| {
        let guard = guarded.iter().find(|g| g.lines.contains(&number));
        guard.filter(|g| changes.has(g.change) != g.when_on).map(|g| g.change)
    };
    let first = *lines.start();
    let lines = (1u32..)
        .zip(file.lines())
        .skip(first.saturating_sub(1) as usize)
        .take_while(|(number, _)| number <= lines.end())
        .map(|(number, line)| CodeLine {
            number,
            indent: line.len() - line.trim_start().len(),
            text: line.trim(),
            ran: story.has_run(place, site.file(), number),
            off: is_off(number),
        })
        .collect();
    let stack: Vec<_> = story.stack(place).iter().map(|frame| frame.func).collect();
    Code {
        name,
        file: file.path,
        models: stack.last().map_or("", |func| func.models()),
        stack: stack.iter().map(|func| func.name()).collect(),
        lines,
        beside: story.beside(cursor),
        current: here.map(|_| site.line()),
    }
}
