//! The words of an answer: parts of sentences that stand behind a place.

use uvmscope_replay::why::{
    Because, Datum, Field, How, Link, Prevented, Reason, Value, What, Write, read,
};
use uvmscope_replay::{CallEnd, Cursor, Place};
use uvmscope_uvm::state::PageId;
use uvmscope_uvm::{Cond, VaRange, Vaddr};

use crate::caption::operands::formula;
use crate::caption::{Teller, call_text};
use crate::story::Story;
use crate::words::span;

/// The range of the entry of that birth where `cursor` stands.
pub(super) fn range(cursor: &Cursor, birth: u32) -> Option<VaRange> {
    let part = |field| read(cursor, Value::Entry { birth, field });
    match (part(Field::Start), part(Field::End)) {
        (Datum::Address(start), Datum::Address(end)) => Some(VaRange::new(start, end)),
        _ => None,
    }
}

/// An address at which a page shows.
pub(super) fn place_of_page(cursor: &Cursor, page: PageId) -> Option<Vaddr> {
    let everywhere = cursor.timeline().vm();
    let everywhere = VaRange::new(everywhere.min, everywhere.max);
    let mut mappings = cursor.state().mappings_in(everywhere);
    mappings.find(|(_, mapping)| mapping.page == page).map(|(va, _)| va)
}

/// What a value is called inside a sentence.
pub(super) fn name(value: Value) -> String {
    let name = match value {
        Value::Entry { field, .. } => field.name(),
        Value::WireCount(_) => "wire_count",
        Value::Mapping(_) => "the mapping",
        Value::WriteBit(_) => "the write bit",
        Value::WiredBit(_) => "the wired bit",
        Value::UvmexpWired => "uvmexp.wired",
        Value::PmapWired => "the number of wired bits in the pmap",
        Value::WireFuture => "wirefuture",
        Value::Console(_) => "the line",
        Value::Entries => "the number of entries",
        Value::Panic => "panic",
    };
    name.to_owned()
}

/// A value with what it holds.
pub(super) fn holding(value: Value, datum: Datum) -> String {
    match (value, datum) {
        (Value::Mapping(_), Datum::Absent) => "no mapping".to_owned(),
        (Value::Panic, Datum::Absent) => "no panic".to_owned(),
        (Value::Console(_), Datum::Absent) => "no such line".to_owned(),
        (Value::Entry { .. }, Datum::Absent) => "no such entry".to_owned(),
        (Value::WireCount(_), Datum::Absent) => "no such page".to_owned(),
        (_, datum) => format!("{} {datum}", name(value)),
    }
}

/// A write: what it changed, how, in which call, and the condition that let it happen.
pub(super) fn link(story: &Story, walker: &mut Cursor, link: &Link) -> String {
    let write = &link.write;
    walker.seek(write.place);
    let mut text = what(walker, write);
    if let Some(run) = story.call(write.place) {
        text = format!("{text}, in {}", call_text(&run.call));
    }
    match link.because {
        Some(Because { place, cond, held, .. }) => {
            let why = tested(story, walker, place, cond, held);
            format!("{text}, because {why} ({place})")
        }
        None => text,
    }
}

/// What a write changed, and how; the walker stands right behind it.
fn what(walker: &mut Cursor, write: &Write) -> String {
    let Write { value, from, to, how, place, .. } = *write;
    match value {
        Value::Entry { birth, field: Field::Exists } => existence(walker, birth, how, place),
        Value::Console(_) => format!("the kernel printed {to}"),
        Value::Panic => format!("the kernel panicked: {to}"),
        _ => match how {
            How::Born => format!("{}, {}", holding(value, to), with_its(value, "new ")),
            How::Gone => format!("{}, gone {}", holding(value, from), with_its(value, "")),
            How::Copied { parent } => {
                let old = before(walker, place, parent);
                if from == to {
                    format!("{}, copied by the cut from {old}", holding(value, to))
                } else {
                    format!("{}, by the cut from {old}, where it was {from}", holding(value, to))
                }
            }
            How::Cut if from == Datum::Absent => format!("{}, at the cut", holding(value, to)),
            How::Cut => format!("{}, at the cut", changed(value, from, to)),
            How::Merged { taken: None } => {
                format!("{}, as a new mapping became part of the entry", changed(value, from, to))
            }
            How::Merged { taken: Some(taken) } => {
                let old = gone(walker, place, taken);
                format!("{}, taken over from {old}", changed(value, from, to))
            }
            How::Set => changed(value, from, to),
        },
    }
}

/// What a value comes and goes with.
fn with_its(value: Value, which: &str) -> String {
    let whole = match value {
        Value::Entry { .. } => "entry",
        Value::WireCount(_) => "page",
        _ => "mapping",
    };
    format!("with the {which}{whole}")
}

fn changed(value: Value, from: Datum, to: Datum) -> String {
    match (value, from, to) {
        (Value::Mapping(_), Datum::Absent, to) => format!("the pmap maps {to}"),
        (_, Datum::Absent, to) => holding(value, to),
        _ => format!("{} {from} \u{2192} {to}", name(value)),
    }
}

fn existence(walker: &mut Cursor, birth: u32, how: How, place: Place) -> String {
    let own = Value::Entry { birth, field: Field::Exists };
    match how {
        How::Copied { parent } => {
            let piece = range(walker, birth).map_or_else(String::new, span);
            format!("{piece} cut off {}", before(walker, place, parent))
        }
        How::Gone => format!("{} leaves the map", before(walker, place, own)),
        _ => {
            let range = range(walker, birth).map_or_else(String::new, span);
            format!("{range} comes into the map")
        }
    }
}

/// The range that an entry had right before a step.
fn before(walker: &mut Cursor, place: Place, of: Value) -> String {
    let Value::Entry { birth, .. } = of else { return String::new() };
    walker.seek(Place { step: place.step.saturating_sub(1), ..place });
    let old = range(walker, birth);
    walker.seek(place);
    old.map_or_else(|| "an entry that is gone".to_owned(), span)
}

/// The range that an entry had which went in the merge that a step belongs to; it went a few steps
/// before.
fn gone(walker: &mut Cursor, place: Place, of: Value) -> String {
    let Value::Entry { birth, .. } = of else { return String::new() };
    let steps = (0..place.step).rev();
    let old = steps.take(8).find_map(|step| {
        walker.seek(Place { step, ..place });
        range(walker, birth)
    });
    walker.seek(place);
    old.map_or_else(|| "an entry that is gone".to_owned(), span)
}

/// What kept something from happening.
pub(super) fn kept(story: &Story, walker: &mut Cursor, what: What, kept: &Prevented) -> String {
    let lead = match what {
        What::Cut { at: Some(at) } => format!("not cut at {at}"),
        What::Cut { at: None } => "not cut".to_owned(),
        What::Wire(_) => "not wired".to_owned(),
        What::Unwire(_) => "not released".to_owned(),
        What::Enter(_) => "not brought in".to_owned(),
        What::Change { field: Field::Exists, .. } => "not taken out".to_owned(),
        What::Change { field, .. } => format!("{} not changed", field.name()),
        What::Succeed => match story.call(kept.place).map(|run| &run.outcome) {
            Some(CallEnd::Done(done)) => format!("failed with {}", done.errno),
            _ => "stopped".to_owned(),
        },
    };
    let why = match kept.reason {
        Reason::Test { cond, held } => tested(story, walker, kept.place, cond, held),
        Reason::NoEntry { va } => format!("no entry holds {va}"),
        Reason::NotInPmap { va } => {
            format!("the pmap holds nothing at {va}, and such pages are passed over")
        }
    };
    match story.call(kept.place) {
        Some(run) => format!("{lead} in {}, because {why}", call_text(&run.call)),
        None => format!("{lead}, because {why}"),
    }
}

/// A test and its outcome, with the values that its operands had.
pub(super) fn tested(
    story: &Story,
    walker: &mut Cursor,
    place: Place,
    cond: Cond,
    held: bool,
) -> String {
    walker.seek(place);
    if let Cond::OutsideMap { range, .. } = cond {
        let where_it_lies = if held { "reaches out of the map" } else { "lies within the map" };
        return format!("{} {where_it_lies}", span(range));
    }
    if is_formula(walker, cond) {
        return format!("{} was {held}", formula(walker.state(), cond));
    }
    let Some(run) = story.call(place) else { return String::new() };
    let stack = story.stack(place);
    let teller = Teller { story, state: walker.state(), place, run, stack };
    clause(&teller.cond(cond, held).lead)
}

/// Whether the condition is one that compares, so that its operands say it all.
fn is_formula(walker: &Cursor, cond: Cond) -> bool {
    match cond {
        Cond::StartsBefore { entry, .. } | Cond::EndsAfter { entry, .. } => {
            walker.state().get_entry(entry).is_some()
        }
        Cond::Cuts { .. }
        | Cond::Wired { .. }
        | Cond::Unwired { .. }
        | Cond::WiredOnce { .. }
        | Cond::Adjoin { .. }
        | Cond::ProtNone { .. }
        | Cond::Chunked { .. }
        | Cond::AmapUnshared { .. }
        | Cond::ProtChanges { .. }
        | Cond::Empty { .. }
        | Cond::BelowMap { .. }
        | Cond::AboveMap { .. }
        | Cond::Wrapped { .. }
        | Cond::RoundingWrapped { .. }
        | Cond::OverWiredmax { .. }
        | Cond::OverMemlock { .. }
        | Cond::BeyondFile { .. }
        | Cond::PageUnwired { .. } => true,
        _ => false,
    }
}

/// A sentence as a part of another one.
pub(super) fn clause(sentence: &str) -> String {
    let sentence = sentence.trim_end_matches('.');
    let mut letters = sentence.chars();
    let (first, second) = (letters.next(), letters.next());
    match (first, second) {
        // Not where it begins with a name in capitals.
        (Some(first), Some(second)) if first.is_uppercase() && !second.is_uppercase() => {
            format!("{}{}", first.to_lowercase(), &sentence[first.len_utf8()..])
        }
        _ => sentence.to_owned(),
    }
}
