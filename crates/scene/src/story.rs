//! A timeline made ready to be told: which functions run at a place, and what their variables
//! hold.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use uvmscope_replay::{CallRun, Cursor, Place, Timeline};
use uvmscope_uvm::event::{Args, Pin, PinAt};
use uvmscope_uvm::{Cond, Func, KernelEvent, Recorded, Vaddr};

use crate::layout::request::Request;
use crate::layout::window::{Item, Overview};
use crate::marks::Mark;

/// Steps between two noted stacks of a call: a place is reached in at most so many.
const STRIDE: usize = 512;

/// A function that runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frame {
    /// Which one.
    pub func: Func,
    /// With what.
    pub args: Args,
    /// The step that entered it.
    pub step: usize,
    /// Walks over the range that it has come to the end of.
    pub(crate) walks: u32,
    pins: [Option<PinAt>; PINS.len()],
}

/// Every variable, in the order in which they are drawn.
pub(crate) const PINS: [Pin; 6] =
    [Pin::Entry, Pin::StartEntry, Pin::FailedEntry, Pin::Start, Pin::End, Pin::Va];

fn slot(pin: Pin) -> usize {
    PINS.iter().position(|p| *p == pin).unwrap_or(0)
}

impl Frame {
    fn new(func: Func, args: Args, step: usize) -> Self {
        let mut frame = Self { func, args, step, walks: 0, pins: [None; PINS.len()] };
        match args {
            Args::None => {}
            Args::Range(range) => {
                frame.pins[slot(Pin::Start)] = Some(PinAt::Addr(range.start));
                frame.pins[slot(Pin::End)] = Some(PinAt::Addr(range.end));
            }
            Args::Page(va) => frame.pins[slot(Pin::Va)] = Some(PinAt::Addr(va)),
            Args::Entry(entry) => frame.pins[slot(Pin::Entry)] = Some(PinAt::Entry(entry)),
        }
        frame
    }

    /// What the function's variable holds, if it was set.
    pub fn pin(&self, pin: Pin) -> Option<PinAt> {
        self.pins[slot(pin)]
    }
}

/// The functions that run, the innermost last.
pub type Stack = Vec<Frame>;

/// What a call's steps were read for.
#[derive(Debug, Default)]
struct CallIndex {
    /// The stack before every [`STRIDE`]th step.
    stacks: Vec<Stack>,
    /// The first step that each line made.
    ran: BTreeMap<(&'static str, u32), usize>,
}

/// What an overview depends on: the entries, as they were after so many events and still are, and
/// the address that is drawn first.
type OverviewOf = (usize, Option<Vaddr>);

/// Events that are looked back over for one that changed an entry.
const LOOK_BACK: usize = 1 << 14;

/// A timeline and what was read off it so far. Reading is done call by call, when first asked
/// for; a story is meant to be kept as long as its timeline.
#[derive(Debug)]
pub struct Story {
    timeline: Rc<Timeline>,
    calls: Vec<OnceCell<CallIndex>>,
    pub(crate) marks: OnceCell<Rc<[Mark]>>,
    /// The overview that was counted last, with what it depends on.
    overview: RefCell<Option<(OverviewOf, Overview)>>,
    /// Every line that has made a step.
    ever: OnceCell<BTreeSet<(&'static str, u32)>>,
}

impl Story {
    /// The story of a timeline.
    pub fn new(timeline: Rc<Timeline>) -> Self {
        let calls = timeline.calls().iter().map(|_| OnceCell::new()).collect();
        Self {
            timeline,
            calls,
            marks: OnceCell::new(),
            overview: RefCell::default(),
            ever: OnceCell::new(),
        }
    }

    /// The timeline.
    pub const fn timeline(&self) -> &Rc<Timeline> {
        &self.timeline
    }

    /// Where a reader comes in: at the step that breaks the first promise, which is what the run
    /// is about, so that the story is told before anything is clicked; or else at the first call.
    pub fn opening(&self) -> Place {
        let timeline = &self.timeline;
        timeline.promise_breaks().first().copied().unwrap_or(timeline.first_place())
    }

    /// The call in which a place lies.
    pub fn call(&self, place: Place) -> Option<&CallRun> {
        self.timeline.calls().get(self.timeline.clamp(place).call.checked_sub(1)?)
    }

    /// The step that led to a place; nothing at the entry of a call.
    pub fn event(&self, place: Place) -> Option<&Recorded> {
        self.timeline.event_at(place).map(|(_, recorded)| recorded)
    }

    /// The functions that run at a place, the innermost last.
    pub fn stack(&self, place: Place) -> Stack {
        let place = self.timeline.clamp(place);
        let (Some(run), Some(index)) = (self.call(place), self.index(place)) else {
            return Stack::new();
        };
        let noted = (place.step / STRIDE).min(index.stacks.len().saturating_sub(1));
        let mut stack = index.stacks.get(noted).cloned().unwrap_or_default();
        let events = &self.timeline.events()[run.first..run.first + place.step];
        for (step, recorded) in events.iter().enumerate().skip(noted * STRIDE) {
            follow(&mut stack, &recorded.event, step + 1);
        }
        stack
    }

    /// What each variable holds at a place: that of the innermost function that has set it.
    pub(crate) fn pins(&self, place: Place) -> [Option<PinAt>; PINS.len()] {
        let stack = self.stack(place);
        PINS.map(|pin| stack.iter().rev().find_map(|frame| frame.pin(pin)))
    }

    /// Whether a line has made a step of the call before or at a place.
    pub fn has_run(&self, place: Place, file: &'static str, line: u32) -> bool {
        let first = self.index(place).and_then(|index| index.ran.get(&(file, line)));
        first.is_some_and(|step| *step <= place.step)
    }

    /// The first address that the call at a place asks for.
    pub(crate) fn asked(&self, place: Place) -> Option<uvmscope_uvm::Vaddr> {
        let request = Request::of(self.call(place)?, self.timeline.config(), None);
        request.range.map(|range| range.start)
    }

    /// Whether a line has made a step in any call of the run.
    pub fn has_ever_run(&self, file: &'static str, line: u32) -> bool {
        let ever = self.ever.get_or_init(|| lines_of(self.timeline.events()));
        ever.contains(&(file, line))
    }

    /// The overview of the map where `cursor` stands, of which these items are drawn. Few steps
    /// change an entry, and between those it stays as it is.
    pub(crate) fn overview(&self, cursor: &Cursor, drawn: &[Item]) -> Overview {
        let of = self.entries_since(cursor.place()).zip(Some(drawn.first().map(|i| i.range.start)));
        let mut last = self.overview.borrow_mut();
        if let Some((known, overview)) = &*last
            && Some(*known) == of
        {
            return Overview { shown: drawn.iter().map(|i| i.count).sum(), ..overview.clone() };
        }
        let overview = Overview::of(cursor.state(), drawn);
        *last = of.map(|of| (of, overview.clone()));
        overview
    }

    /// Number of events after which the entries, and what they say of their wiring, were as they are
    /// at a place; nothing where that is too far back to be looked for.
    fn entries_since(&self, place: Place) -> Option<usize> {
        let events = self.timeline.events();
        let at = self.timeline.events_before(place);
        let mut nearest = (at.saturating_sub(LOOK_BACK)..at).rev();
        nearest.find(|event| changes_entries(&events[*event].event)).map(|event| event + 1)
    }

    /// Whether the step at a place is an assertion that stops the machine in the next.
    pub(crate) fn is_assertion(&self, place: Place) -> bool {
        let next = Place { step: place.step + 1, ..place };
        matches!(self.event(next).map(|r| &r.event), Some(KernelEvent::Panic { .. }))
    }

    /// What stands beside the line that made the step where `cursor` is: the operands of a
    /// condition with its outcome, or a value before and after.
    pub fn beside(&self, cursor: &Cursor) -> Option<String> {
        let recorded = self.event(cursor.place())?;
        crate::caption::operands::beside(cursor.state(), &recorded.event)
    }

    fn index(&self, place: Place) -> Option<&CallIndex> {
        let call = self.timeline.clamp(place).call.checked_sub(1)?;
        let run = self.timeline.calls().get(call)?;
        Some(self.calls.get(call)?.get_or_init(|| {
            let mut index = CallIndex::default();
            let mut stack = Stack::new();
            for (step, recorded) in self.timeline.events()[run.first..run.end].iter().enumerate() {
                if step % STRIDE == 0 {
                    index.stacks.push(stack.clone());
                }
                follow(&mut stack, &recorded.event, step + 1);
                let line = (recorded.site.file(), recorded.site.line());
                index.ran.entry(line).or_insert(step + 1);
            }
            index
        }))
    }
}

/// Every line that made one of the events. There may be millions of them and are few lines, so each
/// is compared with others as seldom as can be.
fn lines_of(events: &[Recorded]) -> BTreeSet<(&'static str, u32)> {
    let mut files: Vec<(&'static str, Vec<bool>)> = Vec::new();
    for site in events.iter().map(|recorded| recorded.site) {
        let (file, line) = (site.file(), site.line() as usize);
        let known = files.iter().position(|(it, _)| std::ptr::eq(*it, file));
        let known = known.unwrap_or_else(|| {
            files.push((file, Vec::new()));
            files.len() - 1
        });
        let lines = &mut files[known].1;
        if lines.len() <= line {
            lines.resize(line + 1, false);
        }
        lines[line] = true;
    }
    let of_file = |(file, lines): (&'static str, Vec<bool>)| {
        (0u32..).zip(lines).filter(|(_, ran)| *ran).map(move |(line, _)| (file, line))
    };
    files.into_iter().flat_map(of_file).collect()
}

/// Whether the event changes which entries there are, where, or whether they say wired.
const fn changes_entries(event: &KernelEvent) -> bool {
    use KernelEvent as E;
    matches!(
        event,
        E::EntryInsert { .. }
            | E::EntryRemove { .. }
            | E::ClipStart { .. }
            | E::ClipEnd { .. }
            | E::EntryStart { .. }
            | E::EntryEnd { .. }
            | E::WiredCount { .. }
    )
}

fn follow(stack: &mut Stack, event: &KernelEvent, step: usize) {
    match *event {
        KernelEvent::Enter { func, args } => stack.push(Frame::new(func, args, step)),
        KernelEvent::Leave { .. } => {
            stack.pop();
        }
        KernelEvent::Pin { pin, at } => {
            if let Some(frame) = stack.last_mut() {
                frame.pins[slot(pin)] = Some(at);
            }
        }
        KernelEvent::Test { cond: Cond::StartsBefore { .. }, held: false } => {
            if let Some(frame) = stack.last_mut() {
                frame.walks += 1;
            }
        }
        _ => {}
    }
}
