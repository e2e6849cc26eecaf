//! The calls of one process of a trace, taken into a script one after the other.

use std::collections::BTreeMap;

use super::calls::{Memory, Step, is_memory_call};
use super::report::{Notes, count};
use super::tasks::{Tasks, makes_task};
use super::traced::{Item, Sink, Traced};
use super::writer::Writer;
use super::{Format, ImportError, Imported, Report, kdump, strace, truss};

/// The most generations of processes that are followed back.
const MAX_GENERATIONS: usize = 64;
/// The most processes that an error lists.
const MAX_LISTED: usize = 20;

/// Reads a trace and makes a script of one of its processes.
pub(super) fn trace(
    text: &str,
    format: Format,
    process: Option<u32>,
) -> Result<Imported, ImportError> {
    let mut tasks = Tasks::default();
    read(format, text, &mut |item| tasks.see(&item));
    let first = tasks.first_maker().ok_or(ImportError::NothingTaken)?;
    let process = process.map_or(first, |id| tasks.process_of(id));
    let processes = tasks.processes();
    if !processes.iter().any(|p| p.id == process && p.calls > 0) {
        let told = processes.iter().filter(|p| p.id != 0 && p.calls > 0).map(|p| p.id);
        let told = told.take(MAX_LISTED).collect();
        return Err(ImportError::NoProcess { id: process, processes: told });
    }
    let mut taker = Taker::new(&tasks, process);
    read(format, text, &mut |item| taker.item(&item));
    taker.finish(format)
}

fn read<'a>(format: Format, text: &'a str, sink: &mut Sink<'a, '_>) {
    match format {
        Format::Kdump => kdump::read(text, sink),
        Format::Truss => truss::read(text, sink),
        _ => strace::read(text, sink),
    }
}

/// Takes the calls of one process.
struct Taker<'t> {
    tasks: &'t Tasks,
    process: u32,
    /// The processes that it comes from, and the lines of the calls that forked.
    ancestors: BTreeMap<u32, u32>,
    memory: Memory,
    writer: Writer,
    notes: Notes,
    taken: usize,
    /// A call of the process itself, and not of one that it comes from, was met.
    begun: bool,
    ended: bool,
}

impl<'t> Taker<'t> {
    fn new(tasks: &'t Tasks, process: u32) -> Self {
        let mut ancestors = BTreeMap::new();
        let mut youngest = process;
        for _ in 0..MAX_GENERATIONS {
            let Some((parent, line)) = tasks.parent(youngest) else {
                break;
            };
            if parent == process || ancestors.insert(parent, line).is_some() {
                break;
            }
            youngest = parent;
        }
        Self {
            tasks,
            process,
            ancestors,
            memory: Memory::default(),
            writer: Writer::default(),
            notes: Notes::default(),
            taken: 0,
            begun: false,
            ended: false,
        }
    }

    fn item(&mut self, item: &Item<'_>) {
        match item {
            Item::Call(call) => self.call(call),
            Item::Killed { line, text, task } => self.killed(*line, text, *task),
            Item::Thread { .. } | Item::Named { .. } => {}
            Item::Other { line, text, reason } => self.notes.dropped(*line, text, *reason),
        }
    }

    fn call(&mut self, call: &Traced<'_>) {
        match self.step(call) {
            Ok(step) if self.writer.add(&step.lines) => {
                self.taken += 1;
                if !step.altered.is_empty() {
                    self.notes.altered(call.line, call.text, step.altered.join("; "));
                }
            }
            Ok(_) => self.drop_call(call, "the script is full"),
            Err(reason) => self.drop_call(call, &reason),
        }
    }

    fn drop_call(&mut self, call: &Traced<'_>, reason: &str) {
        self.notes.dropped(call.line, call.text, reason);
        if let Some((line, text)) = call.second {
            self.notes.dropped(line, text, reason);
        }
    }

    /// What the call becomes, or why it becomes nothing.
    fn step(&mut self, call: &Traced<'_>) -> Result<Step, String> {
        let process = self.tasks.process_of(call.task);
        let before = |line: &u32| call.line < *line;
        if process != self.process && !self.ancestors.get(&process).is_some_and(before) {
            return Err(format!("made by process {process}, which is not the one taken"));
        }
        if self.ended {
            return Err("the process has ended".to_owned());
        }
        let mut step = Step::default();
        if process == self.process && !self.begun {
            self.begun = true;
            if !self.ancestors.is_empty() {
                self.memory.forked(&mut step);
            }
        }
        let ends = matches!(call.name, "exit" | "exit_group" | "_exit");
        if self.writer.full().is_some() && (ends || is_memory_call(call.name)) {
            self.writer.left_out += 1;
            return Err("the script is full".to_owned());
        }
        match call.name {
            name if is_memory_call(name) => self.memory.call(call, &mut step)?,
            "execve" | "execveat" | "fexecve" => self.memory.execve(call, &mut step)?,
            _ if ends => self.exit(call, &mut step)?,
            name => return Err(not_taken(name)),
        }
        Ok(step)
    }

    /// On Linux `exit` ends a thread, and `exit_group` the process.
    fn exit(&mut self, call: &Traced<'_>, step: &mut Step) -> Result<(), String> {
        let process = self.tasks.process_of(call.task);
        let others = self.tasks.thread_count(process) > 0;
        if call.name == "exit" && (self.tasks.is_thread(call.task) && others) {
            return Err("ends a thread, and not the process".to_owned());
        }
        if call.name == "exit" && others {
            return Err("ends the first thread, and not the process".to_owned());
        }
        self.ended = true;
        self.memory.exit(step);
        Ok(())
    }

    fn killed(&mut self, line: u32, text: &str, task: u32) {
        if self.tasks.process_of(task) != self.process {
            self.notes.dropped(line, text, "tells how another process ended");
        } else if self.ended {
            self.notes.dropped(line, text, "tells how the process ended, and is no call");
        } else {
            self.ended = true;
            let mut step = Step::default();
            self.memory.exit(&mut step);
            if self.writer.add(&step.lines) {
                self.notes.altered(line, text, "a signal ended the process; exit() stands for it");
            } else {
                self.notes.dropped(line, text, "the script is full");
            }
        }
    }

    fn finish(self, format: Format) -> Result<Imported, ImportError> {
        if self.taken == 0 {
            return Err(ImportError::NothingTaken);
        }
        let general = self.general();
        let processes = self.tasks.processes();
        let this = processes.iter().find(|p| p.id == self.process);
        let name = this.and_then(|p| p.name.as_deref());
        let mut heading = format!("from {format}");
        if self.process != 0 {
            heading = format!("{heading}, process {}", self.process);
        }
        if let Some(name) = name {
            heading = format!("{heading} ({name})");
        }
        let script = self.writer.finish(&heading, &self.memory.room);
        let (lines, more) = self.notes.sorted();
        let process = (self.process != 0).then_some(self.process);
        let taken = self.taken;
        let report = Report { format, general, lines, more, processes, process, taken };
        Ok(Imported { script, report })
    }

    /// What holds for the whole script.
    fn general(&self) -> Vec<String> {
        let mut said = self.memory.general();
        let threads = self.tasks.thread_count(self.process);
        if threads > 0 {
            let threads = count(threads, "thread", "threads");
            said.push(format!("the calls of {threads} more are among these: they share the map"));
        }
        if let Some((parent, line)) = self.tasks.parent(self.process) {
            said.push(format!(
                "the process was forked by {parent} on line {line}: what that one had mapped \
                 stands first, without its locks, which a fork does not hand on"
            ));
        }
        let strangers = self.tasks.strangers(self.process);
        if strangers > 0 {
            let strangers = count(strangers, "other process comes", "other processes come");
            said.push(format!(
                "nothing tells where {strangers} from; should they be threads of this one, their \
                 calls belong to this map, too: trace the process calls as well, as in strace -f \
                 -e trace=memory,process"
            ));
        }
        if let Some(limit) = self.writer.full() {
            let left_out = self.writer.left_out;
            let calls = count(left_out, "more call of the process is", "more calls of it are");
            said.push(format!("the script is full at {limit}: {calls} left out"));
        }
        said
    }
}

/// Why a call of that name cannot be taken.
fn not_taken(name: &str) -> String {
    match name {
        "shmat" | "shmdt" | "remap_file_pages" | "map_shadow_stack" | "mseal" | "mmsg" => {
            format!("{name} may change the map, but no script can say it")
        }
        name if makes_task(name) => {
            format!("{name} makes a process or thread; calls of that one are its own")
        }
        name => format!("{name} is no call that a script can make"),
    }
}
