//! Who is who in a trace: which tasks share a map, who made whom, and who makes which calls.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::Answer;
use super::calls;
use super::report::{Process, shorten};
use super::traced::{Item, Traced};
use super::{MAX_PROCESSES, args};

/// The longest chain of tasks that share memory which is followed. Threads know their process, so
/// a longer one is a circle.
const MAX_CHAIN: usize = 64;

/// What the first reading finds out.
#[derive(Default)]
pub(super) struct Tasks {
    /// For each thread the task whose memory it shares.
    threads: BTreeMap<u32, u32>,
    /// For each process that was forked the task that did so, and the line of that call.
    born: BTreeMap<u32, (u32, u32)>,
    /// The processes that went on to run another program.
    renewed: BTreeSet<u32>,
    names: BTreeMap<u32, String>,
    calls: BTreeMap<u32, usize>,
    /// The tasks in the order in which they appear.
    order: Vec<u32>,
    /// The tasks that make a call for a script, in the order in which they first do.
    makers: Vec<u32>,
}

/// Whether the call makes a process or a thread.
pub(super) fn makes_task(name: &str) -> bool {
    matches!(name, "clone" | "clone2" | "clone3" | "fork" | "vfork" | "__clone" | "pdfork")
}

impl Tasks {
    /// Takes one thing that the trace tells into account.
    pub(super) fn see(&mut self, item: &Item<'_>) {
        match item {
            Item::Call(call) => self.see_call(call),
            Item::Killed { task, .. } => self.meet(*task),
            Item::Thread { task, of } => {
                self.threads.insert(*task, *of);
            }
            Item::Named { task, name } => {
                self.meet(*task);
                self.names.insert(*task, shorten(name));
            }
            Item::Other { .. } => {}
        }
    }

    fn meet(&mut self, task: u32) {
        if let std::collections::btree_map::Entry::Vacant(vacant) = self.calls.entry(task) {
            vacant.insert(0);
            self.order.push(task);
        }
    }

    fn see_call(&mut self, call: &Traced<'_>) {
        self.meet(call.task);
        if calls::is_memory_call(call.name) {
            let calls = self.calls.entry(call.task).or_default();
            *calls += 1;
            if *calls == 1 {
                self.makers.push(call.task);
            }
        }
        if call.name == "execve" && call.answer.may_have_worked() {
            if let Some(name) = program(&call.args) {
                self.names.insert(call.task, name);
            }
            if self.calls.get(&call.task).is_some_and(|calls| *calls > 0)
                || self.born.contains_key(&call.task)
            {
                self.renewed.insert(call.task);
            }
        }
        let Answer::Value(child) = call.answer else {
            return;
        };
        if let (true, Ok(child)) = (makes_task(call.name), u32::try_from(child))
            && child != 0
            && child != call.task
        {
            // Only a thread: a child that shares memory until it runs another program does
            // nothing to that memory worth telling.
            if is_thread(&call.args) {
                self.threads.insert(child, self.process_of(call.task));
            } else {
                self.born.insert(child, (call.task, call.line));
            }
        }
    }

    /// The process whose memory the task shares.
    pub(super) fn process_of(&self, task: u32) -> u32 {
        let mut process = task;
        for _ in 0..MAX_CHAIN {
            match self.threads.get(&process) {
                Some(of) => process = *of,
                None => break,
            }
        }
        process
    }

    /// Whether the task is one among several that share its memory, and not the first.
    pub(super) fn is_thread(&self, task: u32) -> bool {
        task != 0 && self.threads.contains_key(&task)
    }

    /// How many threads besides the first the process has.
    pub(super) fn thread_count(&self, process: u32) -> usize {
        let others = self.threads.keys().filter(|task| **task != 0 && **task != process);
        others.filter(|task| self.process_of(**task) == process).count()
    }

    /// Who forked the process, and on which line, unless its memory was replaced after that.
    pub(super) fn parent(&self, process: u32) -> Option<(u32, u32)> {
        if self.renewed.contains(&process) {
            return None;
        }
        let (task, line) = self.born.get(&process)?;
        Some((self.process_of(*task), *line))
    }

    /// The first process that makes a call for a script.
    pub(super) fn first_maker(&self) -> Option<u32> {
        self.makers.first().map(|task| self.process_of(*task))
    }

    /// How many other processes make calls and come from nowhere that the trace tells. They may be
    /// threads of this one.
    pub(super) fn strangers(&self, process: u32) -> usize {
        let unknown = |task: &&u32| {
            let told = self.threads.contains_key(task) || self.born.contains_key(task);
            **task != process && !told && !self.names.contains_key(task)
        };
        // What the process itself was forked by is no stranger.
        let forked = self.born.contains_key(&process);
        if forked { 0 } else { self.makers.iter().filter(unknown).count() }
    }

    /// Every process, in the order in which they appear.
    pub(super) fn processes(&self) -> Vec<Process> {
        let mut calls: BTreeMap<u32, usize> = BTreeMap::new();
        let mut order = Vec::new();
        for task in &self.order {
            let process = self.process_of(*task);
            let sum = calls.entry(process).or_insert_with(|| {
                order.push(process);
                0
            });
            *sum += self.calls.get(task).copied().unwrap_or_default();
        }
        order.truncate(MAX_PROCESSES);
        let name = |id| {
            let own = self.names.get(&id);
            let other = self.names.iter().find(|(task, _)| self.process_of(**task) == id);
            own.or(other.map(|(_, name)| name)).cloned()
        };
        let process =
            |id| Process { id, calls: calls.get(&id).copied().unwrap_or_default(), name: name(id) };
        order.into_iter().map(process).collect()
    }
}

/// Whether what clone makes is a thread; strace -X raw has a number for its flags.
fn is_thread(args: &str) -> bool {
    const CLONE_THREAD: u64 = 0x1_0000;
    let raw = args.split_once("flags=").and_then(|(_, rest)| rest.split([',', '|', '}']).next());
    let raw = raw.and_then(args::number).is_some_and(|bits| bits & CLONE_THREAD != 0);
    raw || args.contains("CLONE_THREAD")
}

/// The last part of the path that execve is given.
fn program(args: &str) -> Option<String> {
    let path = args::split(args).first()?.trim_matches('"').to_owned();
    let name =
        path.rsplit('/').next().filter(|name| !name.is_empty() && !name.starts_with("0x"))?;
    Some(shorten(name))
}
