//! Which test let a step happen.
//!
//! Tests stand in the log, but not what they guard. The rule, which needs no list of lines:
//!
//! - A test counts for what follows it in the function that makes it, and in the functions called
//!   from there, until the same statement tests again (a walk has come round) or, for a walk over a
//!   range, until the walk ends; then what was tested inside is forgotten too.
//! - Some tests decide only whether one function is entered (a cut, an `amap_copy`, the wiring of
//!   one entry): they count for nothing but what happens inside that function. Whether a page is
//!   wired yet decides only about the total, or about a panic. And which page a fault brings in is
//!   no reason for bringing one in.
//! - A check that was passed (limits, permissions, arguments) let everything happen and chose
//!   nothing; it is named only where nothing else is. One that failed counts like any other.
//!
//! Of the tests that count it is the latest in the innermost function that has one.

use uvmscope_uvm::recorder::Site;
use uvmscope_uvm::{Cond, Func, KernelEvent};

use super::Write;
use crate::timeline::{CallRun, Place, Timeline};

/// The test that let something happen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Because {
    /// Index of the test's event.
    pub event: usize,
    /// The place right behind it.
    pub place: Place,
    /// What was tested; its operands are those of the state there.
    pub cond: Cond,
    /// How it came out.
    pub held: bool,
}

/// The condition that let a write happen; nothing where the call does it whatever it finds.
pub fn because(timeline: &Timeline, write: &Write) -> Option<Because> {
    reasons(timeline, std::slice::from_ref(write)).pop().flatten()
}

/// The conditions that let writes happen, which stand with the latest first. Each call is walked
/// over once.
pub(super) fn reasons(timeline: &Timeline, writes: &[Write]) -> Vec<Option<Because>> {
    let mut reasons = vec![None; writes.len()];
    let mut done = writes.len();
    while let Some(last) = done.checked_sub(1) {
        let Some(run) = timeline.calls().get(writes[last].place.call - 1) else { break };
        let of_call = writes[..done].iter().rev().take_while(|w| w.event < run.end).count();
        reasons_in_call(timeline, run, &writes[done - of_call..done], &mut reasons[..done]);
        done -= of_call.max(1);
    }
    reasons
}

/// The same for writes of one call; their reasons go to the end of `reasons`.
fn reasons_in_call(
    timeline: &Timeline,
    run: &CallRun,
    writes: &[Write],
    reasons: &mut [Option<Because>],
) {
    let mut left = writes.iter().rev().peekable();
    let mut frames: Vec<Frame> = Vec::new();
    let mut at = reasons.len();
    for event in run.first..run.end {
        let Some(wanted) = left.peek() else { return };
        let recorded = &timeline.events()[event];
        if wanted.event == event {
            at -= 1;
            let test = reason(&frames, &recorded.event);
            reasons[at] = test.map(|test| Because {
                event: test.event,
                place: timeline.place_after(test.event),
                cond: test.cond,
                held: test.held,
            });
            left.next();
        }
        match recorded.event {
            KernelEvent::Enter { func, .. } => frames.push(Frame { func, tests: Vec::new() }),
            KernelEvent::Leave { .. } => drop(frames.pop()),
            KernelEvent::Test { cond, held } => {
                if let Some(frame) = frames.last_mut() {
                    frame.test(Tested { event, site: recorded.site, cond, held });
                }
            }
            _ => {}
        }
    }
}

/// A test that still counts.
#[derive(Clone, Copy)]
struct Tested {
    event: usize,
    site: Site,
    cond: Cond,
    held: bool,
}

/// A function that runs.
struct Frame {
    func: Func,
    /// In the order in which they were made.
    tests: Vec<Tested>,
}

impl Frame {
    fn test(&mut self, test: Tested) {
        if let Some(before) = self.tests.iter().position(|t| t.site == test.site) {
            self.tests.truncate(before);
        }
        if test.held || !is_walk(test.cond) {
            self.tests.push(test);
        }
    }
}

const fn is_walk(cond: Cond) -> bool {
    matches!(cond, Cond::StartsBefore { .. } | Cond::EndsAfter { .. })
}

/// The latest test, from the innermost function outwards, that decided about the event.
fn reason(frames: &[Frame], event: &KernelEvent) -> Option<Tested> {
    let latest = |counts: &dyn Fn(&Tested, Option<Func>) -> bool| {
        (0..frames.len()).rev().find_map(|depth| {
            let inside = frames.get(depth + 1).map(|frame| frame.func);
            frames[depth].tests.iter().rev().find(|test| counts(test, inside)).copied()
        })
    };
    latest(&|test, inside| match bearing(test.cond, test.held) {
        Bearing::All => true,
        Bearing::Inside(funcs) => inside.is_some_and(|func| funcs.contains(&func)),
        Bearing::Total => {
            matches!(event, KernelEvent::UvmexpWired { .. } | KernelEvent::Panic { .. })
        }
        Bearing::Passed | Bearing::Nothing => false,
    })
    .or_else(|| latest(&|test, _| matches!(bearing(test.cond, test.held), Bearing::Passed)))
}

/// What the outcome of a test decides about.
enum Bearing {
    /// All that follows.
    All,
    /// Only what one of these functions does.
    Inside(&'static [Func]),
    /// Only whether a page changes the total; or, asserted, whether the machine stops.
    Total,
    /// All that follows, but it chose nothing: a check that was passed.
    Passed,
    /// Nothing.
    Nothing,
}

fn bearing(cond: Cond, held: bool) -> Bearing {
    match cond {
        Cond::Cuts { .. } | Cond::Chunked { .. } => {
            Bearing::Inside(&[Func::UvmMapClipStart, Func::UvmMapClipEnd])
        }
        Cond::NeedsAmap { .. } | Cond::NeedsCopy { .. } => Bearing::Inside(&[Func::AmapCopy]),
        Cond::Wired { .. } => Bearing::Inside(&[Func::UvmMapEntryUnwire]),
        Cond::Unwired { .. } => {
            Bearing::Inside(&[Func::PmapUnwire, Func::UvmMapEntryUnwire, Func::UvmMapPageable])
        }
        Cond::WiredOnce { .. } => Bearing::Inside(&[Func::UvmFaultWire]),
        Cond::PageUnwired { .. } => Bearing::Total,
        Cond::AnonResident { .. }
        | Cond::HasObject { .. }
        | Cond::ObjectResident { .. }
        | Cond::CopyOnWrite { .. }
        | Cond::OutsideMap { .. }
        | Cond::Free { .. }
        | Cond::Diagnostic { .. } => Bearing::Nothing,
        // One says again what the function that was called has found, the other has no operands.
        Cond::Failed { .. } | Cond::BadFlags { .. } if !held => Bearing::Nothing,
        Cond::Empty { .. } | Cond::ZeroLength { .. } => Bearing::Passed,
        _ => match is_check(cond) {
            Some(fails_when) if fails_when != held => Bearing::Passed,
            _ => Bearing::All,
        },
    }
}

/// Whether a test only looks whether something is wrong, and with which outcome it is.
pub(super) const fn is_check(cond: Cond) -> Option<bool> {
    match cond {
        Cond::HoleBefore { .. }
        | Cond::BelowMap { .. }
        | Cond::AboveMap { .. }
        | Cond::Wrapped { .. }
        | Cond::Unaligned { .. }
        | Cond::RoundingWrapped { .. }
        | Cond::OverWiredmax { .. }
        | Cond::OverMemlock { .. }
        | Cond::BadFlags { .. }
        | Cond::BeyondFile { .. }
        | Cond::Failed { .. } => Some(true),
        Cond::Allowed { .. } | Cond::Mapped { .. } => Some(false),
        _ => None,
    }
}
