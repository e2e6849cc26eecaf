//! "Why is it so?" in plain words: the writers of a value one after another, each a jump to make,
//! and what kept something from happening; asked for a value, or for what is pointed at in the
//! picture.

mod words;

use uvmscope_replay::why::{self, Datum, Field, MAX_LINKS, Value, What};
use uvmscope_replay::{CallEnd, CallRun, Cursor, Place};
use uvmscope_uvm::cond::Edge;
use uvmscope_uvm::event::{Args, Pin, PinAt};
use uvmscope_uvm::{Call, Cond, KernelEvent, VaRange, Vaddr};

use crate::caption::call_text;
use crate::key::Subject;
use crate::story::Story;
use crate::words::span;

/// One step back in time that an answer offers, with what is to be said of it.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Jump {
    /// The place right behind the step; where a value was always so, the beginning of time.
    pub place: Place,
    /// What happened there, with its numbers, and why; no place and no full stop.
    pub text: String,
    /// The place of the test that let it happen, if there is one.
    pub because: Option<Place>,
    /// The value that was written there, if one was; it may be another than the one asked about.
    pub value: Option<Value>,
}

/// What there is to say of one value.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Part {
    /// What it is: `wired_count of 0x…–0x…`.
    pub title: String,
    /// What it holds.
    pub holds: String,
    /// Who wrote it, the latest first; never empty.
    pub jumps: Vec<Jump>,
    /// Who writes it next, if anybody does.
    pub next: Option<Jump>,
}

/// The answer to a click on something in the picture.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Answer {
    /// What was asked about.
    pub title: String,
    /// Its values, the most telling first.
    pub parts: Vec<Part>,
    /// What kept the call from changing it, where the call was out to.
    pub kept: Option<Jump>,
}

impl Story {
    /// What a value is called where `cursor` stands.
    pub fn title(&self, cursor: &Cursor, value: Value) -> String {
        let of = |what: &str, va: Vaddr| format!("{what} of the page at {va}");
        match value {
            Value::Entry { birth, field } => match (words::range(cursor, birth), field) {
                (Some(range), Field::Exists) => format!("the entry {}", span(range)),
                (Some(range), _) => format!("{} of {}", field.name(), span(range)),
                (None, Field::Exists) => "an entry that is not there".to_owned(),
                (None, _) => format!("{} of an entry that is not there", field.name()),
            },
            Value::WireCount(page) => match words::place_of_page(cursor, page) {
                Some(va) => of("wire_count", va),
                None => format!("wire_count of page {}", page.0),
            },
            Value::Mapping(va) => of("the mapping", va),
            Value::WriteBit(va) => of("the write bit", va),
            Value::WiredBit(va) => of("the wired bit", va),
            Value::Console(line) => format!("line {line} of the console"),
            Value::UvmexpWired
            | Value::PmapWired
            | Value::WireFuture
            | Value::Entries
            | Value::Panic => words::name(value),
        }
    }

    /// Who wrote the value, the latest first, back to where it came from. Never empty: what nobody
    /// wrote was so at the beginning of time, and that is told.
    pub fn why(&self, cursor: &Cursor, value: Value) -> Vec<Jump> {
        let links = why::chain(cursor, value);
        let mut walker = cursor.clone();
        let mut jumps: Vec<Jump> = links
            .iter()
            .map(|link| {
                let text = words::link(self, &mut walker, link);
                let because = link.because.map(|test| test.place);
                Jump { place: link.write.place, text, because, value: Some(link.write.value) }
            })
            .collect();
        let first = links.last().map_or_else(
            || (value, why::read(cursor, value)),
            |link| (link.write.value, link.write.from),
        );
        let came_into_being = !links.is_empty() && first.1 == Datum::Absent;
        if links.len() == MAX_LINKS {
            let (place, text) = (links[MAX_LINKS - 1].write.place, "older writes are left out");
            jumps.push(Jump { place, text: text.to_owned(), because: None, value: None });
        } else if !came_into_being {
            let place = self.timeline().first_place();
            let text = format!("{} from the beginning", words::holding(first.0, first.1));
            jumps.push(Jump { place, text, because: None, value: None });
        }
        jumps
    }

    /// Who writes the value next.
    pub fn next_write(&self, cursor: &Cursor, value: Value) -> Option<Jump> {
        let write = why::next_write(cursor, value)?;
        let because = why::because(self.timeline(), &write);
        let mut walker = cursor.clone();
        let text = words::link(self, &mut walker, &why::Link { write, because });
        let because = because.map(|test| test.place);
        Some(Jump { place: write.place, text, because, value: Some(value) })
    }

    /// What kept the call from doing something, up to where `cursor` stands.
    pub fn why_not(&self, cursor: &Cursor, what: What) -> Option<Jump> {
        let kept = why::why_not(cursor, what)?;
        let mut walker = cursor.clone();
        let text = words::kept(self, &mut walker, what, &kept);
        Some(Jump { place: kept.place, text, because: None, value: None })
    }

    /// The test at the step that led to where `cursor` stands, with its operands and its outcome;
    /// nothing where that is no test.
    pub fn tested(&self, cursor: &Cursor) -> Option<String> {
        let KernelEvent::Test { cond, held } = self.event(cursor.place())?.event else {
            return None;
        };
        Some(words::tested(self, &mut cursor.clone(), cursor.place(), cond, held))
    }

    /// The values behind what is pointed at, the most telling first. None for what is no value of
    /// the machine: a variable, the request, a cut that was not made.
    pub fn values_of(&self, cursor: &Cursor, subject: Subject) -> Vec<Value> {
        let of = |birth, fields: &[Field]| {
            fields.iter().map(|field| Value::Entry { birth, field: *field }).collect()
        };
        match subject {
            Subject::Entry(birth) => of(birth, &[Field::Start, Field::End, Field::Exists]),
            Subject::WiredCount(birth) => of(birth, &[Field::WiredCount]),
            Subject::Prot(birth) => of(birth, &[Field::Prot]),
            Subject::Attributes(birth) => {
                of(birth, &[Field::NeedsCopy, Field::Amap, Field::Inherit, Field::Advice])
            }
            Subject::Page(va) => {
                let va = va.trunc_page();
                let there = VaRange::new(va, va.next_page());
                match cursor.state().visible_pages(there).first() {
                    Some(page) if page.mapped => {
                        vec![Value::WireCount(page.page), Value::WiredBit(va), Value::Mapping(va)]
                    }
                    Some(page) => vec![Value::WireCount(page.page), Value::Mapping(va)],
                    None => vec![Value::Mapping(va)],
                }
            }
            Subject::Boundary(va) => boundary(cursor, va).into_iter().collect(),
            Subject::Pin(_) | Subject::Request | Subject::Cut => Vec::new(),
        }
    }

    /// What the call could have done to what is pointed at.
    pub fn what_of(&self, cursor: &Cursor, subject: Subject) -> Option<What> {
        let call = self.call(cursor.place())?.call;
        Some(match subject {
            Subject::Entry(birth) => What::Change { birth, field: Field::Exists },
            Subject::WiredCount(birth) => What::Change { birth, field: Field::WiredCount },
            Subject::Prot(birth) => What::Change { birth, field: Field::Prot },
            Subject::Attributes(birth) => match call {
                Call::Minherit { .. } => What::Change { birth, field: Field::Inherit },
                Call::Madvise { .. } => What::Change { birth, field: Field::Advice },
                _ => What::Change { birth, field: Field::Amap },
            },
            Subject::Page(va) => match call {
                Call::Mlock { .. } | Call::Mlockall { .. } => What::Wire(va),
                Call::Munlock { .. } | Call::Munlockall | Call::Munmap { .. } => What::Unwire(va),
                _ => What::Enter(va),
            },
            Subject::Boundary(va) => match boundary(cursor, va)? {
                Value::Entry { birth, field } => What::Change { birth, field },
                _ => return None,
            },
            Subject::Request => What::Succeed,
            Subject::Cut => What::Cut { at: refused_here(self, cursor).map(|(at, _)| at) },
            Subject::Pin(_) => return None,
        })
    }

    /// All there is to say of what is pointed at.
    pub fn ask(&self, cursor: &Cursor, subject: Subject) -> Answer {
        let kept = self.what_of(cursor, subject).and_then(|what| self.why_not(cursor, what));
        let mut parts: Vec<Part> =
            self.values_of(cursor, subject).into_iter().map(|v| self.part(cursor, v)).collect();
        let title = match subject {
            Subject::Page(va) => format!("the page at {}", va.trunc_page()),
            Subject::Entry(birth) | Subject::Attributes(birth) => {
                let range = words::range(cursor, birth);
                format!("the entry {}", range.map_or_else(|| "that is gone".to_owned(), span))
            }
            Subject::Pin(pin) => {
                parts.extend(self.set_by(cursor, pin));
                format!("`{}`", pin.name())
            }
            Subject::Request => {
                parts.extend(self.asked_by(cursor));
                "the request".to_owned()
            }
            Subject::Cut => match refused_here(self, cursor) {
                Some((at, Edge::Start)) => format!("no cut at {at}, the start of the range"),
                Some((at, Edge::End)) => format!("no cut at {at}, the end of the range"),
                None => "no cut".to_owned(),
            },
            _ => parts.first().map(|part| part.title.clone()).unwrap_or_default(),
        };
        Answer { title, parts, kept }
    }

    /// All there is to say of a value.
    pub fn part(&self, cursor: &Cursor, value: Value) -> Part {
        Part {
            title: self.title(cursor, value),
            holds: why::read(cursor, value).to_string(),
            jumps: self.why(cursor, value),
            next: self.next_write(cursor, value),
        }
    }

    /// The step that set a variable of the kernel: in the innermost function that has it.
    fn set_by(&self, cursor: &Cursor, pin: Pin) -> Option<Part> {
        let place = cursor.place();
        let mut returned = 0usize;
        let step = (1..=place.step).rev().find(|step| {
            let here = Place { step: *step, ..place };
            match self.event(here).map(|recorded| &recorded.event) {
                Some(KernelEvent::Leave { .. }) => returned += 1,
                Some(KernelEvent::Enter { args, .. }) => {
                    let runs = returned == 0;
                    returned = returned.saturating_sub(1);
                    return runs && has_argument(*args, pin);
                }
                Some(KernelEvent::Pin { pin: set, .. }) => return returned == 0 && *set == pin,
                _ => {}
            }
            false
        })?;
        let place = Place { step, ..place };
        let mut there = cursor.clone();
        there.seek(place);
        let holds = match self.variable(cursor.place(), pin) {
            Some(PinAt::Addr(va)) => va.to_string(),
            Some(PinAt::Entry(id)) if id.is_header() => "the header".to_owned(),
            Some(PinAt::Entry(id)) => {
                let entry = cursor.state().get_entry(id);
                entry.map_or_else(|| "an entry that is gone".to_owned(), |e| span(e.range))
            }
            None => String::new(),
        };
        let text = words::clause(&self.caption(&there).plain());
        let jump = Jump { place, text, because: None, value: None };
        Some(Part { title: format!("`{}`", pin.name()), holds, jumps: vec![jump], next: None })
    }

    /// The program itself, which made the call.
    fn asked_by(&self, cursor: &Cursor) -> Option<Part> {
        let run: &CallRun = self.call(cursor.place())?;
        let place = Place { call: cursor.place().call, step: 0 };
        let mut there = cursor.clone();
        there.seek(place);
        let text = words::clause(&self.caption(&there).plain());
        let jump = Jump { place, text, because: None, value: None };
        let holds = match &run.outcome {
            CallEnd::Done(done) => done.errno.to_string(),
            _ => String::new(),
        };
        Some(Part { title: call_text(&run.call), holds, jumps: vec![jump], next: None })
    }

    /// What a variable holds: that of the innermost function that has set it.
    fn variable(&self, place: Place, pin: Pin) -> Option<PinAt> {
        self.stack(place).iter().rev().find_map(|frame| frame.pin(pin))
    }
}

/// Whether a function that was entered with `args` has its `pin` from them.
const fn has_argument(args: Args, pin: Pin) -> bool {
    matches!(
        (args, pin),
        (Args::Range(_), Pin::Start | Pin::End)
            | (Args::Page(_), Pin::Va)
            | (Args::Entry(_), Pin::Entry)
    )
}

/// The end of an entry that lies at an address: a start before an end.
fn boundary(cursor: &Cursor, va: Vaddr) -> Option<Value> {
    let state = cursor.state();
    let starts = state.entry_at(va).filter(|id| state.entry(*id).range.start == va);
    if let Some(id) = starts {
        return Value::of_entry(state, id, Field::Start);
    }
    let before = va.0.checked_sub(1).and_then(|va| state.entry_at(Vaddr(va)));
    let ends = before.filter(|id| state.entry(*id).range.end == va);
    Value::of_entry(state, ends?, Field::End)
}

/// The cut that is refused by the very step that led to where `cursor` stands.
fn refused_here(story: &Story, cursor: &Cursor) -> Option<(Vaddr, Edge)> {
    match story.event(cursor.place())?.event {
        KernelEvent::Test { cond: Cond::Cuts { at, edge, .. }, held: false } => Some((at, edge)),
        _ => None,
    }
}
