//! The function that runs, as it stands in the simulator's own source.

use std::sync::LazyLock;

use uvmscope_replay::{Cursor, Place};
use uvmscope_uvm::source::SourceFile;
use uvmscope_uvm::{Change, Changes, Recorded, source};

use crate::app::run::Run;

/// A function of the kernel with what is to be marked in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Code {
    /// Its name, the kernel's.
    pub(crate) name: &'static str,
    /// Where it stands in the simulator.
    pub(crate) file: &'static str,
    /// The function of NetBSD's that it models, and in which file that is.
    pub(crate) models: Option<(&'static str, &'static str)>,
    /// What that does besides.
    pub(crate) leaves_out: &'static str,
    /// The changes that the kernel has.
    pub(crate) changes: Changes,
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
    /// It has made a step of this call, up to here.
    pub(crate) ran: bool,
    /// It makes a step in some call of this run.
    pub(crate) ever: bool,
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
        source::file_of(site.file()).and_then(|file| Some((file, function_at(file, site.line())?)));
    let Some((file, (name, lines))) = found else { return Code::default() };
    let changes = run.config().changes;
    let ran = |number| {
        (story.has_run(place, site.file(), number), story.has_ever_run(site.file(), number))
    };
    let stack: Vec<_> = story.stack(place).iter().map(|frame| frame.func).collect();
    let models = stack.last();
    Code {
        name,
        file: file.path,
        models: models.map(|func| (func.name(), func.models())),
        leaves_out: models.map_or("", |func| func.leaves_out()),
        changes,
        stack: stack.iter().map(|func| func.name()).collect(),
        lines: listing(file, lines, changes, ran),
        beside: story.beside(cursor),
        current: here.map(|_| site.line()),
    }
}

impl Code {
    /// Whether both are at the same line.
    pub(crate) fn same_line(&self, other: &Self) -> bool {
        let spot = |code: &Self| (code.name, code.file, code.current);
        spot(self) == spot(other) && self.beside == other.beside && self.lines == other.lines
    }
}

/// Some lines of a file.
fn listing(
    file: &SourceFile,
    lines: source::Lines,
    changes: Changes,
    ran: impl Fn(u32) -> (bool, bool),
) -> Vec<CodeLine> {
    let guarded = read_once(file).map_or(&[][..], |read| &read.guarded);
    let is_off = |number: u32| {
        let guard = guarded.iter().find(|g| g.lines.contains(&number));
        guard.filter(|g| changes.has(g.change) != g.when_on).map(|g| g.change)
    };
    (1u32..)
        .zip(file.lines())
        .skip((*lines.start()).saturating_sub(1) as usize)
        .take_while(|(number, _)| number <= lines.end())
        .map(|(number, line)| {
            let (ran, ever) = ran(number);
            CodeLine {
                number,
                indent: line.len() - line.trim_start().len(),
                text: line.trim(),
                ran,
                ever,
                off: is_off(number),
            }
        })
        .collect()
}

/// Every function of the kernel, by its name and the name of its file.
pub(crate) fn functions() -> &'static [(&'static str, &'static str)] {
    static ALL: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
        let of = |read: &'static Read| {
            let name = read.file.path.rsplit('/').next().unwrap_or_default();
            read.functions.iter().map(move |(function, _)| (*function, name))
        };
        FILES.iter().flat_map(of).collect()
    });
    &ALL
}

/// What is found in the text of a file. Every step asks for it.
struct Read {
    file: &'static SourceFile,
    functions: Vec<(&'static str, source::Lines)>,
    guarded: Vec<source::Guarded>,
}

static FILES: LazyLock<Vec<Read>> = LazyLock::new(|| {
    let read = |file: &'static SourceFile| Read {
        file,
        functions: file.functions(),
        guarded: file.guarded(),
    };
    source::files().iter().map(read).collect()
});

fn read_once(file: &SourceFile) -> Option<&'static Read> {
    FILES.iter().find(|read| read.file.path == file.path)
}

/// The function that a line of a file stands in.
fn function_at(file: &SourceFile, line: u32) -> Option<(&'static str, source::Lines)> {
    let functions = &read_once(file)?.functions;
    functions.iter().find(|(_, lines)| lines.contains(&line)).cloned()
}

/// The lines of a function that does not run.
pub(crate) fn function(name: &str, file: &str, changes: Changes) -> Vec<CodeLine> {
    let Some(file) = source::file_of(file) else { return Vec::new() };
    file.function_lines(name)
        .map(|lines| listing(file, lines, changes, |_| (false, false)))
        .unwrap_or_default()
}
