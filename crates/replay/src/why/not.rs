//! Which test kept something from happening.
//!
//! Asked is about the call in which the cursor stands, up to where it stands. The answer is the
//! last test that decided against it, by this rule:
//!
//! - A refused cut: the test of the cut.
//! - Where the call fails, the test that made it fail: the last check in it that did not pass (or
//!   the lookup that found no entry). Where the machine stopped, the assertion.
//! - Where a range is empty, the test that said so and ended the call.
//! - A test about the entry in question, or about the one that it was cut from later in the call,
//!   that came out against it: it was not wired, or wired before; nobody may touch it; its
//!   protection is the same as before.
//! - The end of a walk over the range, where that walk does what was asked about, if it ended at or
//!   before the entry in question: that entry lies behind the range.
//! - Of a page that is to be released: that the pmap holds nothing there.
//!
//! Which tests these are goes by the function that makes them and by the kind of the condition; the
//! table is in `against`. A call that is not out to do such a thing gives no answer, and neither does
//! one that was about other addresses.

use uvmscope_uvm::cond::Edge;
use uvmscope_uvm::event::{Args, Pin, PinAt};
use uvmscope_uvm::{Bytes, Call, Cond, EntryId, Func, KernelEvent, State, VaRange, Vaddr};

use super::because::is_check;
use super::search::{Search, read};
use super::{Datum, Field, How, Value};
use crate::cursor::Cursor;
use crate::timeline::{CallEnd, CallRun, Place};

/// Something that a call might have done, and did not.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum What {
    /// Cut an entry, at that address if one is given.
    Cut {
        /// Where.
        at: Option<Vaddr>,
    },
    /// Wire the page at that address.
    Wire(Vaddr),
    /// Release the page at that address.
    Unwire(Vaddr),
    /// Bring in the page at that address.
    Enter(Vaddr),
    /// Change a part of an entry; of [`Field::Exists`], take it out of the map.
    Change {
        /// The entry, as in [`Value::Entry`].
        birth: u32,
        /// The part.
        field: Field,
    },
    /// Succeed.
    Succeed,
}

/// What kept something from happening.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reason {
    /// A test came out so.
    Test {
        /// What was tested; its operands are those of the state there.
        cond: Cond,
        /// How it came out.
        held: bool,
    },
    /// The range begins where no entry is.
    NoEntry {
        /// Its start.
        va: Vaddr,
    },
    /// The pmap holds nothing at the page, so it was passed over in silence.
    NotInPmap {
        /// The page.
        va: Vaddr,
    },
}

/// Where it was decided that something does not happen, and why.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Prevented {
    /// Index of the event.
    pub event: usize,
    /// The place right behind it.
    pub place: Place,
    /// Why.
    pub reason: Reason,
}

/// Why something did not happen in the call in which `cursor` stands, up to where it stands.
/// Nothing where it did happen, and where the call was not out to do it.
pub fn why_not(cursor: &Cursor, what: What) -> Option<Prevented> {
    let timeline = cursor.timeline();
    let run = timeline.calls().get(cursor.place().call - 1).filter(|run| run.ran())?;
    let asked = Asked { cursor, what, run, end: timeline.events_before(cursor.place()) };
    if !asked.is_out_to() || asked.has_happened() {
        return None;
    }
    let concerns_call = asked.is_in_range();
    let mut state: Option<(State, usize)> = None;
    let deciding = asked.decisions().into_iter().rev().find(|decision| {
        if matches!(decision.scope, Scope::Call) {
            return concerns_call;
        }
        let (state, at) = state.get_or_insert_with(|| (cursor.state().clone(), asked.end));
        while *at > decision.event {
            *at -= 1;
            state.unapply(&timeline.events()[*at].event);
        }
        asked.is_about(decision, state)
    })?;
    let Decision { event, reason, .. } = deciding;
    Some(Prevented { event, place: timeline.place_after(event), reason })
}

/// What a decision is about.
#[derive(Clone, Copy)]
enum Scope {
    /// All that the call does.
    Call,
    /// An entry.
    Entry(EntryId),
    /// A walk that ends before this entry.
    From(EntryId),
    /// Some addresses.
    Range(VaRange),
}

/// An event that decided against something.
struct Decision {
    event: usize,
    reason: Reason,
    scope: Scope,
}

/// A function that runs.
struct Frame {
    func: Func,
    /// Walks over the range that it has come to the end of.
    walks: usize,
    /// The entry in hand.
    entry: EntryId,
}

struct Asked<'a> {
    cursor: &'a Cursor,
    what: What,
    run: &'a CallRun,
    /// Index behind the last event that counts.
    end: usize,
}

impl Asked<'_> {
    /// Whether such a call may do it at all.
    const fn is_out_to(&self) -> bool {
        use Call as C;
        use Field as F;
        let call = &self.run.call;
        let wires = matches!(
            call,
            C::Mlock { .. } | C::Mlockall { .. } | C::Mmap { .. } | C::Mprotect { .. }
        );
        let removes = matches!(call, C::Munmap { .. } | C::Mmap { .. } | C::Exit);
        let unwires = matches!(call, C::Munlock { .. } | C::Munlockall) || removes;
        let touches = matches!(call, C::Touch { .. });
        match self.what {
            What::Wire(_) => wires,
            What::Unwire(_) => unwires,
            What::Enter(_) => wires || touches,
            What::Cut { .. } | What::Succeed => true,
            What::Change { field, .. } => match field {
                F::WiredCount => wires || unwires,
                F::NeedsCopy | F::Amap | F::Slot => wires || touches,
                F::Exists => removes,
                F::Prot => matches!(call, C::Mprotect { .. }),
                F::Inherit => matches!(call, C::Minherit { .. }),
                F::Advice => matches!(call, C::Madvise { .. }),
                F::Start | F::End => true,
                F::MaxProt | F::Offset => false,
            },
        }
    }

    /// Whether what was asked about lies in the range that the call names, or where that is empty,
    /// at it. An end that wraps around excludes nothing.
    fn is_in_range(&self) -> bool {
        let (start, end) = match (self.run.call, self.run.call.addr_len()) {
            (Call::Mmap { flags, .. }, _) if !flags.fixed => return true,
            (_, Some((addr, len))) => {
                (Vaddr(*addr).trunc_page(), Vaddr(*addr).plus(Bytes(*len)).round_page())
            }
            (_, None) => return true,
        };
        let (low, high) = match self.what {
            What::Wire(va) | What::Unwire(va) | What::Enter(va) => {
                (va.trunc_page(), va.trunc_page().next_page())
            }
            What::Change { birth, .. } => {
                let end_at = |field| match read(self.cursor, Value::Entry { birth, field }) {
                    Datum::Address(va) => Some(va),
                    _ => None,
                };
                match (end_at(Field::Start), end_at(Field::End)) {
                    (Some(low), Some(high)) => (low, high),
                    _ => return false,
                }
            }
            What::Cut { .. } | What::Succeed => return true,
        };
        let is_empty_there = end == start && low <= start && start <= high;
        end < start || is_empty_there || (low < end && start < high)
    }

    fn has_happened(&self) -> bool {
        let events = &self.cursor.timeline().events()[self.run.first..self.end];
        let last_wiring = |va: Vaddr| {
            events.iter().rev().find_map(|recorded| match recorded.event {
                KernelEvent::PageWire { va: at, .. } if at == va => Some(true),
                KernelEvent::PageUnwire { va: at, .. } if at == va => Some(false),
                KernelEvent::PageFree { va: at, .. } if at == va => Some(false),
                _ => None,
            })
        };
        match self.what {
            // One cut may be made and another refused at the same address.
            What::Cut { .. } => false,
            What::Wire(va) => last_wiring(va.trunc_page()) == Some(true),
            What::Unwire(va) => last_wiring(va.trunc_page()) == Some(false),
            What::Enter(va) => self.cursor.state().mapping(va).is_some(),
            What::Change { birth, field } => self.has_changed(birth, field),
            What::Succeed => {
                matches!(self.run.outcome, CallEnd::Done(done) if done.errno.is_ok())
            }
        }
    }

    /// Whether the field is another than the entry had, or the one it was cut from, when the call
    /// began.
    fn has_changed(&self, birth: u32, field: Field) -> bool {
        let mut value = Value::Entry { birth, field };
        let now = read(self.cursor, value);
        let mut before = now;
        let mut end = self.end;
        let mut search = Search::new(self.cursor);
        while let Some(write) = search.find(self.run.first, end, value, before) {
            if let How::Copied { parent } = write.how {
                value = parent;
            }
            (end, before) = (write.event, write.from);
        }
        before != now || now == Datum::Absent
    }

    /// Everything in the call that decided against such things, in order.
    fn decisions(&self) -> Vec<Decision> {
        let mut frames: Vec<Frame> = Vec::new();
        let mut found = Vec::new();
        for event in self.run.first..self.end {
            let recorded = &self.cursor.timeline().events()[event];
            let mut decide = |reason, scope| found.push(Decision { event, reason, scope });
            match recorded.event {
                KernelEvent::Enter { func, args } => {
                    frames.push(Frame { func, walks: 0, entry: EntryId::HEADER });
                    if let (Func::UvmFaultUnwire, Args::Range(range), What::Unwire(va)) =
                        (func, args, self.what)
                    {
                        decide(Reason::NotInPmap { va: va.trunc_page() }, Scope::Range(range));
                    }
                }
                KernelEvent::Leave { .. } => drop(frames.pop()),
                KernelEvent::Pin { pin: Pin::Entry, at: PinAt::Entry(entry) } => {
                    if let Some(frame) = frames.last_mut() {
                        frame.entry = entry;
                    }
                }
                KernelEvent::Lookup { va, entry: None }
                    if self.fails(event)
                        && frames.last().is_some_and(|f| f.func == Func::UvmMapPageable) =>
                {
                    decide(Reason::NoEntry { va }, Scope::Call);
                }
                KernelEvent::Test { cond, held } => {
                    let made_fail = self.fails(event) && self.made_fail(&frames, event, cond, held);
                    let scope = if made_fail {
                        Some(Scope::Call)
                    } else {
                        self.against(&frames, cond, held)
                    };
                    if let Some(scope) = scope {
                        decide(Reason::Test { cond, held }, scope);
                    }
                    if let (Some(frame), Cond::StartsBefore { .. }, false) =
                        (frames.last_mut(), cond, held)
                    {
                        frame.walks += 1;
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// Whether the call fails, or the machine stops right behind the event.
    fn fails(&self, event: usize) -> bool {
        match self.run.outcome {
            CallEnd::Done(done) => !done.errno.is_ok(),
            CallEnd::Halted(_) => event + 2 == self.run.end,
            CallEnd::Skipped { .. } | CallEnd::NotReached => false,
        }
    }

    /// Whether a test of a call that fails is one that makes calls fail.
    fn made_fail(&self, frames: &[Frame], event: usize, cond: Cond, held: bool) -> bool {
        let func = frames.last().map(|frame| frame.func);
        match (cond, held) {
            // What failed was found before, by the function that was called.
            (Cond::Failed { .. }, _) => false,
            (Cond::ProtNone { .. }, true) => func == Some(Func::UvmMapPageable),
            (Cond::Unwired { .. }, true) => func == Some(Func::UvmMapPageable) && unwires(frames),
            (Cond::Free { .. }, false) => true,
            (Cond::PageUnwired { .. }, true) => {
                let next = self.cursor.timeline().events().get(event + 1);
                next.is_some_and(|r| matches!(r.event, KernelEvent::Panic { .. }))
            }
            _ => is_check(cond) == Some(held),
        }
    }

    /// What a test decides against, if it is one of those that decide about what was asked.
    fn against(&self, frames: &[Frame], cond: Cond, held: bool) -> Option<Scope> {
        use Field as F;
        let Frame { func, walks, entry: in_hand } = *frames.last()?;
        let what = self.what;
        let is_wiring = matches!(
            what,
            What::Wire(_) | What::Enter(_) | What::Change { field: F::WiredCount, .. }
        );
        let is_unwiring =
            matches!(what, What::Unwire(_) | What::Change { field: F::WiredCount, .. });
        match (cond, held) {
            (Cond::Empty { .. }, true) => Some(Scope::Call),
            (Cond::ZeroLength { .. }, true) if func == Func::UvmMmap => Some(Scope::Call),
            (Cond::Cuts { entry, at, edge }, false) => match (what, edge) {
                (What::Cut { at: None }, _) => Some(Scope::Call),
                (What::Cut { at: Some(asked) }, _) if asked == at => Some(Scope::Call),
                (What::Change { field: F::Start, .. }, Edge::Start)
                | (What::Change { field: F::End, .. }, Edge::End) => Some(Scope::Entry(entry)),
                _ => None,
            },
            (Cond::StartsBefore { entry, .. }, false)
                if !entry.is_header() && self.is_done_by(frames, func, walks) =>
            {
                Some(Scope::From(entry))
            }
            (Cond::WiredOnce { entry }, false) => {
                matches!(what, What::Wire(_) | What::Enter(_)).then_some(Scope::Entry(entry))
            }
            (Cond::Wired { entry }, false) => is_unwiring.then_some(Scope::Entry(entry)),
            (Cond::ProtNone { entry }, true) if func == Func::UvmMapPageableAll => {
                is_wiring.then_some(Scope::Entry(entry))
            }
            (Cond::Unwired { entry }, false) if func == Func::UvmMapProtect => {
                is_wiring.then_some(Scope::Entry(entry))
            }
            (Cond::WireNow { .. }, false) | (Cond::BadFlags { .. }, true)
                if func == Func::UvmMmap && is_wiring =>
            {
                self.new_mapping().map(Scope::Range)
            }
            (Cond::InPmap { va, .. }, true) if matches!(what, What::Enter(_)) => {
                Some(Scope::Range(VaRange::new(va, va.next_page())))
            }
            (Cond::ProtChanges { .. }, false) => {
                let asked = matches!(what, What::Change { field: F::Prot, .. });
                asked.then_some(Scope::Entry(in_hand))
            }
            (Cond::NeedsAmap { entry } | Cond::NeedsCopy { entry }, false) => {
                let asked =
                    matches!(what, What::Change { field: F::NeedsCopy | F::Amap | F::Slot, .. });
                asked.then_some(Scope::Entry(entry))
            }
            _ => None,
        }
    }

    /// Whether what was asked about is done by that walk over a range of that function.
    fn is_done_by(&self, frames: &[Frame], func: Func, walks: usize) -> bool {
        use Field as F;
        let marks = func == Func::UvmMapPageable && !unwires(frames);
        let releases = func == Func::UvmMapPageable && unwires(frames);
        match self.what {
            What::Wire(_) | What::Enter(_) => marks,
            What::Unwire(_) => releases || func == Func::UvmUnmapRemove,
            What::Cut { .. } | What::Succeed => false,
            What::Change { field, .. } => match field {
                F::WiredCount => marks && walks == 0 || releases,
                F::NeedsCopy | F::Amap | F::Slot => marks && walks == 0,
                F::Exists => func == Func::UvmUnmapRemove,
                F::Prot => func == Func::UvmMapProtect,
                F::Inherit => func == Func::UvmMapInherit,
                F::Advice => func == Func::UvmMapAdvice,
                F::Start | F::End => !marks || walks == 0,
                F::MaxProt | F::Offset => false,
            },
        }
    }

    /// The mapping that mmap has made.
    fn new_mapping(&self) -> Option<VaRange> {
        let (Call::Mmap { len, .. }, CallEnd::Done(done)) = (self.run.call, &self.run.outcome)
        else {
            return None;
        };
        let at = done.ret?;
        Some(VaRange::sized(at.trunc_page(), Bytes(len).plus(at.page_offset()).round_page()))
    }

    /// Whether a decision, made in `state`, is about what was asked.
    fn is_about(&self, decision: &Decision, state: &State) -> bool {
        let (entry, va) = match self.what {
            What::Wire(va) | What::Unwire(va) | What::Enter(va) => (state.entry_at(va), va),
            What::Change { birth, .. } => {
                let lives = self.cursor.timeline().lives();
                let then = lives.ancestor(birth, decision.event);
                let id = then.and_then(|birth| lives.get(birth)).map(|life| life.id);
                let entry = id.and_then(|id| state.get_entry(id));
                (id, entry.map_or(Vaddr(0), |entry| entry.range.start))
            }
            What::Cut { .. } | What::Succeed => return false,
        };
        match decision.scope {
            Scope::Call => true,
            Scope::Entry(id) => entry == Some(id),
            Scope::From(id) => {
                let start = entry.and_then(|id| state.get_entry(id)).map_or(va, |e| e.range.start);
                state.get_entry(id).is_some_and(|first| first.range.start <= start)
            }
            // A page that is mapped where the walk begins is not passed over by it.
            Scope::Range(range) => {
                let is_passed_over = !matches!(decision.reason, Reason::NotInPmap { .. })
                    || state.mapping(va).is_none();
                range.contains(va) && is_passed_over
            }
        }
    }
}

/// Whether the functions that run take wirings away: munlock, and not mlock or mmap.
fn unwires(frames: &[Frame]) -> bool {
    frames.iter().any(|frame| frame.func == Func::SysMunlock)
}
