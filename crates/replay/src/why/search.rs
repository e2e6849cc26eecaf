//! The searches for writers.

use uvmscope_uvm::{EntryId, KernelEvent, Recorded, State};

use super::because::reasons;
use super::{Datum, Field, How, Link, Value, Write};
use crate::cursor::Cursor;
use crate::lives::Lives;
use crate::timeline::Timeline;

/// The most writes in a chain: a counter may have millions of them. The first of a longer chain
/// are left out.
pub const MAX_LINKS: usize = 10_000;

/// What a value holds where `cursor` stands.
pub fn read(cursor: &Cursor, value: Value) -> Datum {
    let state = cursor.state();
    match value {
        Value::Entry { birth, field } => {
            let timeline = cursor.timeline();
            let after = timeline.events_before(cursor.place());
            let life = timeline.lives().get(birth).filter(|life| life.is_alive(after));
            let entry = life.and_then(|life| state.get_entry(life.id));
            entry.map_or(Datum::Absent, |entry| field.of(entry))
        }
        Value::WireCount(page) => {
            let found = state.get_page(page);
            found.map_or(Datum::Absent, |page| Datum::Count(page.wire_count.into()))
        }
        Value::Mapping(va) | Value::WriteBit(va) | Value::WiredBit(va) => {
            value.of_mapping(state.mapping(va))
        }
        Value::UvmexpWired => Datum::Count(state.uvmexp_wired().into()),
        Value::PmapWired => count(state.pmap_wired_count()),
        Value::WireFuture => Datum::Flag(state.wirefuture()),
        Value::Console(line) => {
            let line = line.checked_sub(1).and_then(|at| state.console().get(at));
            line.map_or(Datum::Absent, |line| Datum::Line(*line))
        }
        Value::Entries => count(state.entry_count() as u64),
        Value::Panic => state.panicked().map_or(Datum::Absent, Datum::Panic),
    }
}

fn count(n: u64) -> Datum {
    Datum::Count(i64::try_from(n).unwrap_or(i64::MAX))
}

/// The write that made the value what it is where `cursor` stands. Nothing where it is as it was
/// at the beginning of time.
pub fn last_write(cursor: &Cursor, value: Value) -> Option<Write> {
    let upto = cursor.timeline().events_before(cursor.place());
    Search::new(cursor).find(0, upto, value, read(cursor, value))
}

/// The write of the value by the very step that led to where `cursor` stands, if it is one.
pub fn write_here(cursor: &Cursor, value: Value) -> Option<Write> {
    let (index, _) = cursor.timeline().event_at(cursor.place())?;
    Search::new(cursor).find(index, index + 1, value, read(cursor, value))
}

/// The first write of the value after where `cursor` stands; nothing where it stays as it is.
pub fn next_write(cursor: &Cursor, value: Value) -> Option<Write> {
    let timeline = cursor.timeline();
    let from = timeline.events_before(cursor.place());
    let (id, within) = span(timeline, value)?;
    let (first, end) = (within.start.max(from), within.end);
    let mut ahead = cursor.clone();
    let mut line = 0;
    (first..end).find_map(|index| {
        let event = &timeline.events()[index].event;
        if let (Value::Console(wanted), KernelEvent::Console { .. }) = (value, event) {
            line += 1;
            if cursor.state().console().len() + line != wanted {
                return None;
            }
        }
        effect(event, value, id)?;
        ahead.seek(timeline.place_after(index));
        write_here(&ahead, value)
    })
}

/// The last write of the value, the last write of what it held before, and so on, the latest
/// first. What a cut copied is followed into the entry that was cut; what a merge took over, into
/// the entry that went. The chain ends where the value came into being, with [`Datum::Absent`]
/// before it, or with what it held at the beginning of time; and after [`MAX_LINKS`].
pub fn chain(cursor: &Cursor, value: Value) -> Vec<Link> {
    let timeline = cursor.timeline();
    let mut search = Search::new(cursor);
    let mut writes: Vec<Write> = Vec::new();
    let mut wanted = Some((timeline.events_before(cursor.place()), value, read(cursor, value)));
    while let Some((upto, value, now)) = wanted.filter(|_| writes.len() < MAX_LINKS) {
        let found = search.find(0, upto, value, now);
        wanted = found.and_then(|write| search.before(&write));
        writes.extend(found);
    }
    let because = reasons(timeline, &writes);
    writes.into_iter().zip(because).map(|(write, because)| Link { write, because }).collect()
}

/// What an event does to a value.
#[derive(Clone, Copy)]
enum Effect {
    /// Writes it, from and to.
    Set(Datum, Datum),
    /// Counts it up or down.
    Add(i64),
    /// It comes with its entry or page, and holds this.
    Born(Datum),
    /// A new piece has it from the entry that was cut.
    Copied,
    /// A new piece begins or ends where the cut is.
    Edge(Datum),
    /// The entry that is cut now begins or ends there.
    Cut(Datum, Datum),
    /// What lies behind the first page is another now, if anything lies behind it.
    Moved,
    /// It goes, and held this.
    Gone(Datum),
}

/// The number of the entry that the value is a part of, and the events that can be about it.
fn span(timeline: &Timeline, value: Value) -> Option<(EntryId, std::ops::Range<usize>)> {
    let all = timeline.events().len();
    let Value::Entry { birth, .. } = value else {
        return Some((EntryId::HEADER, 0..all));
    };
    let life = timeline.lives().get(birth)?;
    Some((life.id, life.born..life.gone.map_or(all, |gone| gone + 1)))
}

/// What the event does to the value; `id` is the number of the entry it is a part of.
fn effect(event: &KernelEvent, value: Value, id: EntryId) -> Option<Effect> {
    use KernelEvent as E;
    match value {
        Value::Entry { field, .. } => effect_on_entry(event, id, field),
        Value::WireCount(page) => match *event {
            E::PageAlloc { page: p } if p == page => Some(Effect::Born(Datum::Count(0))),
            E::PageWire { page: p, from, to, .. } | E::PageUnwire { page: p, from, to, .. }
                if p == page =>
            {
                Some(Effect::Set(Datum::Count(from.into()), Datum::Count(to.into())))
            }
            E::PageFree { page: p, wire_count, .. } if p == page => {
                Some(Effect::Gone(Datum::Count(wire_count.into())))
            }
            _ => None,
        },
        Value::Mapping(_) | Value::WriteBit(_) | Value::WiredBit(_) => {
            effect_on_mapping(event, value)
        }
        Value::UvmexpWired => match *event {
            E::UvmexpWired { from, to } => {
                Some(Effect::Set(Datum::Count(from.into()), Datum::Count(to.into())))
            }
            _ => None,
        },
        Value::WireFuture => match *event {
            E::WireFuture { from, to } => Some(Effect::Set(Datum::Flag(from), Datum::Flag(to))),
            _ => None,
        },
        Value::PmapWired => {
            let by = match *event {
                E::PmapEnter { from, to, .. } => {
                    i64::from(to.wired) - i64::from(from.is_some_and(|m| m.wired))
                }
                E::PmapRemove { was, .. } => -i64::from(was.wired),
                E::PmapUnwire { .. } => -1,
                _ => 0,
            };
            (by != 0).then_some(Effect::Add(by))
        }
        Value::Entries => match *event {
            E::EntryInsert { .. } | E::ClipStart { .. } | E::ClipEnd { .. } => Some(Effect::Add(1)),
            E::EntryRemove { .. } => Some(Effect::Add(-1)),
            _ => None,
        },
        Value::Console(_) => match *event {
            E::Console { line } => Some(Effect::Set(Datum::Absent, Datum::Line(line))),
            _ => None,
        },
        Value::Panic => match *event {
            E::Panic { panic } => Some(Effect::Set(Datum::Absent, Datum::Panic(panic))),
            _ => None,
        },
    }
}

fn effect_on_mapping(event: &KernelEvent, value: Value) -> Option<Effect> {
    use KernelEvent as E;
    let (Value::Mapping(va) | Value::WriteBit(va) | Value::WiredBit(va)) = value else {
        return None;
    };
    let is_here = |at: &uvmscope_uvm::Vaddr| at.page_number() == va.page_number();
    let cleared = Some(Effect::Set(Datum::Flag(true), Datum::Flag(false)));
    match event {
        E::PmapEnter { va, from, to } if is_here(va) => {
            let (from, to) = (value.of_mapping(*from), value.of_mapping(Some(*to)));
            (from != to).then_some(Effect::Set(from, to))
        }
        E::PmapRemove { va, was } if is_here(va) => {
            Some(Effect::Gone(value.of_mapping(Some(*was))))
        }
        E::PmapProtect { va } if is_here(va) && matches!(value, Value::WriteBit(_)) => cleared,
        E::PmapUnwire { va } if is_here(va) && matches!(value, Value::WiredBit(_)) => cleared,
        _ => None,
    }
}

fn effect_on_entry(event: &KernelEvent, id: EntryId, field: Field) -> Option<Effect> {
    use Field as F;
    use KernelEvent as E;
    let set = |from, to| Some(Effect::Set(from, to));
    match event {
        E::EntryInsert { id: new, entry } if *new == id => Some(Effect::Born(field.of(entry))),
        E::EntryRemove { id: gone, entry } if *gone == id => Some(Effect::Gone(field.of(entry))),
        E::ClipStart { front, at, .. } if *front == id => Some(match field {
            F::End => Effect::Edge(Datum::Address(*at)),
            _ => Effect::Copied,
        }),
        E::ClipEnd { back, at, .. } if *back == id => Some(match field {
            F::Start => Effect::Edge(Datum::Address(*at)),
            _ => Effect::Copied,
        }),
        E::ClipStart { entry, at, from, .. } if *entry == id => match field {
            F::Start => Some(Effect::Cut(Datum::Address(*from), Datum::Address(*at))),
            F::Slot | F::Offset => Some(Effect::Moved),
            _ => None,
        },
        E::ClipEnd { entry, at, from, .. } if *entry == id && field == F::End => {
            Some(Effect::Cut(Datum::Address(*from), Datum::Address(*at)))
        }
        E::EntryStart { entry, from, to } if *entry == id && field == F::Start => {
            set(Datum::Address(*from), Datum::Address(*to))
        }
        E::EntryEnd { entry, from, to } if *entry == id && field == F::End => {
            set(Datum::Address(*from), Datum::Address(*to))
        }
        E::EntryOffset { entry, from, to } if *entry == id && field == F::Offset => {
            set(Datum::Number(*from), Datum::Number(*to))
        }
        E::EntrySlot { entry, from, to } if *entry == id && field == F::Slot => {
            set(Datum::Number(*from), Datum::Number(*to))
        }
        E::WiredCount { entry, from, to } if *entry == id && field == F::WiredCount => {
            set(Datum::Count((*from).into()), Datum::Count((*to).into()))
        }
        E::EntryProt { entry, from, to } if *entry == id && field == F::Prot => {
            set(Datum::Prot(*from), Datum::Prot(*to))
        }
        E::EntryInherit { entry, from, to } if *entry == id && field == F::Inherit => {
            set(Datum::Inherit(*from), Datum::Inherit(*to))
        }
        E::EntryAdvice { entry, from, to } if *entry == id && field == F::Advice => {
            set(Datum::Advice(*from), Datum::Advice(*to))
        }
        E::NeedsCopy { entry, from, to } if *entry == id && field == F::NeedsCopy => {
            set(Datum::Flag(*from), Datum::Flag(*to))
        }
        E::EntryAmap { entry, from, to } if *entry == id && field == F::Amap => {
            set(Datum::Amap(*from), Datum::Amap(*to))
        }
        _ => None,
    }
}

/// A state that is led back along the events of a run.
struct Walk {
    state: State,
    /// Events that have happened in it.
    at: usize,
}

/// Searches that go back from where a cursor stands, each from where the one before it came to.
pub(super) struct Search<'a> {
    cursor: &'a Cursor,
    timeline: &'a Timeline,
    lives: &'a Lives,
    /// Only the values that no event carries need it; made for the first of them.
    walk: Option<Walk>,
}

impl<'a> Search<'a> {
    pub(super) fn new(cursor: &'a Cursor) -> Self {
        let timeline = cursor.timeline();
        Self { cursor, timeline, lives: timeline.lives(), walk: None }
    }

    /// The last write of the value among the events `first..upto`, after which it holds `now`.
    pub(super) fn find(
        &mut self,
        first: usize,
        upto: usize,
        value: Value,
        now: Datum,
    ) -> Option<Write> {
        let (id, within) = span(self.timeline, value)?;
        let (first, end) = (within.start.max(first), within.end.min(upto));
        let events = self.timeline.events();
        if let Value::Console(line) = value {
            let printed = |r: &Recorded| matches!(r.event, KernelEvent::Console { .. });
            let mut lines = (0..end).filter(|index| printed(&events[*index]));
            let index = lines.nth(line.checked_sub(1)?).filter(|index| *index >= first)?;
            let effect = effect(&events[index].event, value, id)?;
            return self.write(index, value, effect, now);
        }
        (first..end).rev().find_map(|index| {
            let effect = effect(&events[index].event, value, id)?;
            self.write(index, value, effect, now)
        })
    }

    /// Where to look for what the value held before a write: events up to which, which value, and
    /// what it held. Nothing where it came into being.
    pub(super) fn before(&self, write: &Write) -> Option<(usize, Value, Datum)> {
        match write.how {
            How::Copied { parent } => Some((write.event, parent, write.from)),
            How::Merged { taken: Some(taken @ Value::Entry { birth, .. }) } => {
                Some((self.lives.get(birth)?.gone?, taken, write.to))
            }
            _ if write.from == Datum::Absent => None,
            _ => Some((write.event, write.value, write.from)),
        }
    }

    /// The write that an event does with that effect; `now` is what the value holds behind it.
    fn write(&mut self, event: usize, value: Value, effect: Effect, now: Datum) -> Option<Write> {
        let (mut from, to) = match effect {
            Effect::Set(from, to) | Effect::Cut(from, to) => (from, to),
            Effect::Born(to) | Effect::Edge(to) => (Datum::Absent, to),
            Effect::Gone(from) => (from, Datum::Absent),
            Effect::Add(by) => match now {
                Datum::Count(n) => (Datum::Count(n - by), now),
                _ => (now, now),
            },
            // The same, but for what lies behind the first page; see below.
            Effect::Copied | Effect::Moved => (now, now),
        };
        let how = match effect {
            Effect::Set(..) => self.set_or_merged(event, value),
            Effect::Add(_) => How::Set,
            Effect::Born(_) => How::Born,
            Effect::Edge(_) | Effect::Cut(..) | Effect::Moved => How::Cut,
            Effect::Copied => How::Copied { parent: self.parent(value)? },
            Effect::Gone(_) => How::Gone,
        };
        let source = match how {
            How::Copied { parent } => parent,
            _ => value,
        };
        if let Value::Entry { birth, field: field @ (Field::Slot | Field::Offset) } = source
            && matches!(effect, Effect::Copied | Effect::Moved)
        {
            let id = self.lives.get(birth)?.id;
            from = field.of(self.state(event).get_entry(id)?);
            if matches!(effect, Effect::Moved) && from == to {
                return None;
            }
        }
        Some(Write { value, event, place: self.timeline.place_after(event), from, to, how })
    }

    /// The same field of the entry that the value's was cut from.
    fn parent(&self, value: Value) -> Option<Value> {
        let Value::Entry { birth, field } = value else { return None };
        let birth = self.lives.get(birth)?.parent?;
        Some(Value::Entry { birth, field })
    }

    /// Whether a primitive wrote by itself, or as one of several that make two ranges one. Those
    /// stand together, between the removal of an entry, if one goes, and the note of the merge.
    fn set_or_merged(&self, event: usize, value: Value) -> How {
        use Field as F;
        let Value::Entry { birth, field } = value else { return How::Set };
        let moves = matches!(field, F::Start | F::End | F::Offset | F::Amap | F::Slot);
        let Some(life) = self.lives.get(birth).filter(|_| moves) else { return How::Set };
        let events = self.timeline.events();
        let belongs = |recorded: &&Recorded| is_merging(&recorded.event, life.id);
        let after = events[event + 1..].iter().find(|r| !belongs(r));
        if !after.is_some_and(|r| matches!(r.event, KernelEvent::Merge { .. })) {
            return How::Set;
        }
        let before = events[..event].iter().rev().find(|r| !belongs(r));
        let taken = before.and_then(|recorded| match &recorded.event {
            KernelEvent::EntryRemove { entry, .. } => {
                Some(Value::Entry { birth: entry.birth, field })
            }
            _ => None,
        });
        How::Merged { taken }
    }

    /// The state before the event of that index; never later than asked for last.
    fn state(&mut self, target: usize) -> &State {
        let walk = self.walk.get_or_insert_with(|| Walk {
            state: self.cursor.state().clone(),
            at: self.timeline.events_before(self.cursor.place()),
        });
        while walk.at > target {
            walk.at -= 1;
            walk.state.unapply(&self.timeline.events()[walk.at].event);
        }
        &walk.state
    }
}

/// Whether the event is a write on the entry such as a merge is made of.
fn is_merging(event: &KernelEvent, id: EntryId) -> bool {
    use KernelEvent as E;
    match event {
        E::EntryStart { entry, .. }
        | E::EntryEnd { entry, .. }
        | E::EntryOffset { entry, .. }
        | E::EntryAmap { entry, .. }
        | E::EntrySlot { entry, .. }
        | E::NeedsCopy { entry, .. } => *entry == id,
        _ => false,
    }
}
