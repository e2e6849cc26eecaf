//! A run in the vocabulary of the conformance corpora.
//!
//! The recording knows more than the corpora tell: every test, every variable, every write. Here
//! it is thinned to what they tell, in their order.

use uvmscope_replay::{CallEnd, CallRun, Cursor, Timeline};
use uvmscope_uvm::event::{self, Args};
use uvmscope_uvm::{EntryId, Func, Halt, KernelEvent, Recorded, State, VaRange, Vaddr};

use crate::corpus::{
    After, AmapCopied, Answer, EntryRow, Event, Hex, MergeHow, Name, Num, ObjectPage, PageRow,
};

/// Everything there is to see through a map.
const EVERYWHERE: VaRange = VaRange::new(Vaddr(0), Vaddr(u64::MAX));

/// One result for each call that ran.
pub fn results(timeline: &Timeline) -> Vec<After> {
    let mut walk = Walk::new(timeline);
    let ran = timeline.calls().iter().filter(|run| run.ran());
    ran.map(|run| walk.call(run)).collect()
}

/// Goes through a run call by call and tells the result of each.
#[derive(Debug)]
pub struct Walk<'a> {
    events: &'a [Recorded],
    state: State,
    /// The functions that are running, innermost last.
    frames: Vec<Func>,
}

impl<'a> Walk<'a> {
    /// At the beginning of the run.
    pub fn new(timeline: &'a Timeline) -> Self {
        Self { events: timeline.events(), state: State::default(), frames: Vec::new() }
    }

    /// The result of the next call that ran, which is `run`.
    pub fn call(&mut self, run: &CallRun) -> After {
        let mut after = After::default();
        self.frames.clear();
        for recorded in self.events.get(run.first..run.end).unwrap_or_default() {
            self.follow(&recorded.event);
            if let KernelEvent::Console { line } = &recorded.event {
                after.console.push(line.to_string());
            }
            after.events.extend(self.tell(&recorded.event));
            self.state.apply(&recorded.event);
        }
        match &run.outcome {
            CallEnd::Done(outcome) if outcome.errno.is_ok() => {
                after.errno = Answer::Success;
                after.ret = outcome.ret.map(hex);
            }
            CallEnd::Done(outcome) => after.errno = Answer::Failure(outcome.errno),
            CallEnd::Halted(Halt::Panic(panic)) => after.panic = Some(panic.to_string()),
            CallEnd::Halted(halt) => after.halt = Some(halt.to_string()),
            CallEnd::Skipped { .. } | CallEnd::NotReached => {}
        }
        describe(&self.state, &mut after);
        after
    }

    /// Keeps track of which functions are running.
    fn follow(&mut self, event: &KernelEvent) {
        match event {
            KernelEvent::Enter { func, .. } => self.frames.push(*func),
            KernelEvent::Leave { func, .. } => {
                let innermost = self.frames.iter().rposition(|f| f == func);
                self.frames.truncate(innermost.unwrap_or(self.frames.len()));
            }
            _ => {}
        }
    }

    fn is_inside(&self, funcs: &[Func]) -> bool {
        self.frames.iter().any(|f| funcs.contains(f))
    }

    /// What the corpora tell of an event that is about to be done, if anything.
    fn tell(&self, event: &KernelEvent) -> Option<Event> {
        match event {
            KernelEvent::Lookup { va, entry } => self.tell_lookup(*va, *entry),
            KernelEvent::Enter { func, args: Args::Range(range) } => tell_enter(*func, *range),
            KernelEvent::ClipStart { .. }
            | KernelEvent::ClipEnd { .. }
            | KernelEvent::EntryInsert { .. }
            | KernelEvent::Merge { .. }
            | KernelEvent::WiredCount { .. }
            | KernelEvent::AmapCopy { .. }
            | KernelEvent::AmapCopied { .. } => self.tell_map(event),
            _ => self.tell_page(event),
        }
    }

    /// Only the map's own code tells its lookups.
    fn tell_lookup(&self, va: Vaddr, entry: Option<EntryId>) -> Option<Event> {
        if self.is_inside(&[Func::UvmFault, Func::UvmFaultUnwire]) {
            return None;
        }
        let range = entry.map(|id| self.state.entry(id).range);
        Some(Event::Lookup {
            va: hex(va),
            found: range.is_some(),
            start: range.map(|r| hex(r.start)),
            end: range.map(|r| hex(r.end)),
        })
    }

    /// Events of the map; entries are told as they were before the event.
    fn tell_map(&self, event: &KernelEvent) -> Option<Event> {
        let bounds = |entry: &EntryId| {
            let range = self.state.entry(*entry).range;
            (hex(range.start), hex(range.end))
        };
        Some(match event {
            KernelEvent::ClipStart { entry, at, .. } => {
                let (start, end) = bounds(entry);
                Event::ClipStart { at: hex(*at), start, end }
            }
            KernelEvent::ClipEnd { entry, at, .. } => {
                let (start, end) = bounds(entry);
                Event::ClipEnd { at: hex(*at), start, end }
            }
            KernelEvent::EntryInsert { entry, .. } => {
                Event::NewEntry { start: hex(entry.range.start), end: hex(entry.range.end) }
            }
            KernelEvent::Merge { how, range } => {
                Event::Merge { how: merge_how(*how), start: hex(range.start), len: range.len().0 }
            }
            KernelEvent::WiredCount { entry, from, to } => {
                let (start, end) = bounds(entry);
                Event::WiredCount { start, end, from: (*from).into(), to: (*to).into() }
            }
            KernelEvent::AmapCopy { entry, from, to } => {
                let (start, end) = bounds(entry);
                Event::AmapCopy { start, end, from: hex(*from), to: hex(*to) }
            }
            KernelEvent::AmapCopied { entry, how } => {
                let (start, end) = bounds(entry);
                let how = match how {
                    event::AmapCopied::New => AmapCopied::New,
                    event::AmapCopied::Took => AmapCopied::Took,
                };
                Event::AmapCopied { start, end, how }
            }
            _ => return None,
        })
    }

    /// Events of pages and the pmap.
    fn tell_page(&self, event: &KernelEvent) -> Option<Event> {
        Some(match event {
            KernelEvent::TouchFault { va, access } => {
                Event::Fault { va: hex(*va), access: Name(*access) }
            }
            KernelEvent::FaultWireFailed { va, errno } => {
                Event::FaultWireFailed { va: hex(*va), errno: Name(*errno) }
            }
            KernelEvent::ObjectPage { index, .. } => Event::Pagein { offset: Hex(offset(*index)) },
            // A mapping that only changes its write bit is not told.
            KernelEvent::PmapEnter { va, from, to }
                if from.is_none_or(|from| (from.page, from.wired) != (to.page, to.wired)) =>
            {
                Event::PmapEnter { va: hex(*va), wired: to.wired }
            }
            KernelEvent::PageWire { va, from, to, .. } => {
                Event::Pagewire { va: hex(*va), from: (*from).into(), to: (*to).into() }
            }
            // Freeing a wired page clears its count, too, and is told as a whole.
            KernelEvent::PageUnwire { va, from, to, .. }
                if !self.is_inside(&[Func::UvmPagefree]) =>
            {
                Event::Pageunwire { va: hex(*va), from: (*from).into(), to: (*to).into() }
            }
            KernelEvent::PmapUnwire { va } => Event::PmapUnwire { va: hex(*va), changed: true },
            KernelEvent::WiringUnchanged { va } => {
                Event::PmapUnwire { va: hex(*va), changed: false }
            }
            KernelEvent::PageFree { va, wire_count, .. } if *wire_count != 0 => {
                Event::PagefreeWired { va: hex(*va), wire_count: (*wire_count).into() }
            }
            _ => return None,
        })
    }
}

/// Faulting a range in, and letting one go, are told by their functions being entered.
fn tell_enter(func: Func, range: VaRange) -> Option<Event> {
    let (start, end) = (hex(range.start), hex(range.end));
    match func {
        Func::UvmFaultWire => Some(Event::FaultWire { start, end }),
        Func::UvmFaultUnwire => Some(Event::FaultUnwire { start, end }),
        _ => None,
    }
}

/// What the corpora tell of the step that led to where `cursor` stands; nothing for what only the
/// recording knows.
pub fn event_at(cursor: &Cursor) -> Option<Event> {
    let timeline = cursor.timeline();
    let place = cursor.place();
    let (index, recorded) = timeline.event_at(place)?;
    let first = timeline.calls().get(place.call - 1)?.first;
    // Entries are told as they were before.
    let mut before = cursor.clone();
    before.step_back();
    let state = before.state().clone();
    let mut walk = Walk { events: timeline.events(), state, frames: Vec::new() };
    timeline.events()[first..=index].iter().for_each(|recorded| walk.follow(&recorded.event));
    walk.tell(&recorded.event)
}

/// A state as the corpora tell it, at any moment of a run.
pub fn state(state: &State) -> After {
    let mut after = After::default();
    describe(state, &mut after);
    after
}

/// Tells the state at the end of a call.
fn describe(state: &State, after: &mut After) {
    after.entries = entries(state);
    let page = |p: &uvmscope_uvm::state::VisiblePage| PageRow {
        va: hex(p.va),
        wire_count: p.wire_count.into(),
        pmap_wired: p.pmap_wired,
        mapped: p.mapped,
    };
    after.pages = state.visible_pages(EVERYWHERE).iter().map(page).collect();
    let object = |(index, page)| {
        let wire_count = i64::from(state.page(page).wire_count);
        (wire_count != 0).then_some(ObjectPage { offset: offset(index), wire_count })
    };
    after.object_wired = state.object_pages().filter_map(object).collect();
    after.uvmexp_wired = state.uvmexp_wired().into();
    after.pmap_wired_count = state.pmap_wired_count();
    after.wirefuture = state.wirefuture();
}

/// The map as the corpora tell it.
pub fn entries(state: &State) -> Vec<EntryRow> {
    let row = |entry: &uvmscope_uvm::Entry| EntryRow {
        start: hex(entry.range.start),
        end: hex(entry.range.end),
        wired_count: entry.wired_count.into(),
        prot: Name(entry.prot),
        max_prot: Name(entry.max_prot),
        inherit: Name(entry.inherit),
        advice: Name(entry.advice),
        cow: entry.cow,
        needs_copy: entry.needs_copy,
        amap: entry.amap.is_some(),
        object: entry.object,
        offset: Num(entry.offset),
    };
    state.entries().map(|(_, entry)| row(entry)).collect()
}

const fn hex(va: Vaddr) -> Hex {
    Hex(va.0)
}

/// Offset in the file of the page of that number.
const fn offset(index: u64) -> u64 {
    uvmscope_uvm::Pages(index).bytes().0
}

const fn merge_how(how: event::MergeHow) -> MergeHow {
    match how {
        event::MergeHow::Back => MergeHow::Back,
        event::MergeHow::Forward => MergeHow::Forward,
        event::MergeHow::Both => MergeHow::Both,
        event::MergeHow::AmapCopyNext => MergeHow::AmapCopyNext,
        event::MergeHow::AmapCopyPrev => MergeHow::AmapCopyPrev,
    }
}
