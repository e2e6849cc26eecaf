//! Values as a person names them: `entry@0x7f7ff7ed6000.wired_count`.

use uvmscope_format::nearest;
use uvmscope_replay::Cursor;
use uvmscope_replay::why::{Field, Value, What};
use uvmscope_scene::{Story, Subject};
use uvmscope_uvm::{VaRange, Vaddr};

/// Pages that an error names.
const NAMED: usize = 3;

/// A value by its name; which one it is depends on the place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Named {
    /// A part of the entry that holds the address.
    Entry(Vaddr, Field),
    /// `wire_count` of the page at the address.
    Page(Vaddr),
    /// What the pmap has for the address.
    Pmap(Value),
    /// A value of which there is only one.
    Single(Value),
}

/// The values that need no address, by their names.
const SINGLE: [(&str, Value); 6] = [
    ("uvmexp.wired", Value::UvmexpWired),
    ("pmap.wired", Value::PmapWired),
    ("wirefuture", Value::WireFuture),
    ("entries", Value::Entries),
    ("panic", Value::Panic),
    ("console.1", Value::Console(1)),
];

/// Reads the name of a value.
pub(crate) fn parse(text: &str) -> Result<Named, String> {
    let text = text.trim();
    let Some((kind, rest)) = text.split_once('@') else {
        return single(text).map(Named::Single);
    };
    let (address, part) = match rest.split_once('.') {
        Some((address, part)) => (address, Some(part)),
        None => (rest, None),
    };
    let va = address_of(address)?;
    match kind {
        "entry" => entry(part).map(|field| Named::Entry(va, field)),
        "page" => match part {
            None | Some("wire_count") => Ok(Named::Page(va)),
            Some(part) => Err(unknown("a page", part, &["wire_count"])),
        },
        "pmap" => {
            let va = va.trunc_page();
            match part {
                None | Some("page") => Ok(Named::Pmap(Value::Mapping(va))),
                Some("write") => Ok(Named::Pmap(Value::WriteBit(va))),
                Some("wired") => Ok(Named::Pmap(Value::WiredBit(va))),
                Some(part) => Err(unknown("a mapping", part, &["page", "write", "wired"])),
            }
        }
        _ => {
            let kinds = ["entry", "page", "pmap"];
            let near = nearest(kind, kinds).unwrap_or(kinds[0]);
            Err(format!(
                "nothing at an address is called `{kind}`; the nearest name is `{near}`, as in \
                 `{near}@{address}`"
            ))
        }
    }
}

fn single(text: &str) -> Result<Value, String> {
    if let Some(line) = text.strip_prefix("console.") {
        let number = line.parse().ok().filter(|line| *line > 0);
        return number
            .map(Value::Console)
            .ok_or_else(|| format!("`{line}` is no line of the console; they count from 1"));
    }
    if let Some((_, value)) = SINGLE.iter().find(|(name, _)| *name == text) {
        return Ok(*value);
    }
    if ["entry", "page", "pmap"].contains(&text) {
        return Err(format!("`{text}` needs an address, as in `{text}@0x7f7ff7ed6000`"));
    }
    let near = nearest(text, SINGLE.map(|(name, _)| name)).unwrap_or("panic");
    Err(format!(
        "no value is called `{text}`; the nearest name is `{near}`, and what belongs to an address \
         is written as in `entry@0x7f7ff7ed6000.wired_count`"
    ))
}

fn entry(part: Option<&str>) -> Result<Field, String> {
    let Some(part) = part else { return Ok(Field::Exists) };
    let fields = || Field::ALL.into_iter().filter(|field| *field != Field::Exists);
    fields().find(|field| field.name() == part).ok_or_else(|| {
        let names: Vec<_> = fields().map(Field::name).collect();
        unknown("an entry", part, &names)
    })
}

fn unknown(whole: &str, part: &str, names: &[&str]) -> String {
    let near = nearest(part, names.iter().copied()).or(names.first().copied()).unwrap_or_default();
    format!("{whole} has no `{part}`; the nearest name is `{near}`")
}

fn address_of(text: &str) -> Result<Vaddr, String> {
    let number = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) if !digits.starts_with('+') => u64::from_str_radix(digits, 16).ok(),
        _ if text.starts_with('+') => None,
        _ => text.parse().ok(),
    };
    number
        .map(Vaddr)
        .ok_or_else(|| format!("`{text}` is no address; write a number, such as 0x7f7ff7ed6000"))
}

impl Named {
    /// The value that has the name where `cursor` stands, or what there is instead.
    pub(crate) fn find(self, cursor: &Cursor) -> Result<Value, String> {
        let state = cursor.state();
        let place = cursor.place();
        match self {
            Self::Entry(va, field) => {
                let entry = state.entry_at(va);
                let value = entry.and_then(|id| Value::of_entry(state, id, field));
                value.ok_or_else(|| no_entry(cursor, va))
            }
            Self::Page(va) => {
                let va = va.trunc_page();
                let there = state.visible_pages(VaRange::new(va, va.next_page()));
                let page = there.first().map(|page| Value::WireCount(page.page));
                page.ok_or_else(|| no_page(cursor, va))
            }
            Self::Single(Value::Console(line)) if line > state.console().len() => {
                Err(match state.console().len() {
                    0 => format!("the kernel has printed nothing up to {place}"),
                    1 => format!("the kernel has printed one line up to {place}: console.1"),
                    lines => format!("the kernel has printed {lines} lines up to {place}"),
                })
            }
            Self::Pmap(value) | Self::Single(value) => Ok(value),
        }
    }

    /// What a call might have done to the value.
    pub(crate) fn what(self, story: &Story, cursor: &Cursor, value: Value) -> Option<What> {
        match (self, value) {
            (Self::Entry(..), Value::Entry { birth, field }) => Some(What::Change { birth, field }),
            (Self::Page(va), _) | (Self::Pmap(_), Value::Mapping(va) | Value::WiredBit(va)) => {
                story.what_of(cursor, Subject::Page(va))
            }
            _ => None,
        }
    }
}

/// Says which entries there are instead.
fn no_entry(cursor: &Cursor, va: Vaddr) -> String {
    let (state, place) = (cursor.state(), cursor.place());
    let of = |id| state.get_entry(id).map(|entry| entry.range);
    let below = state.preceding(va);
    let (below, above) = (of(below), of(state.next(below)));
    let spell = |range: VaRange| format!("{}\u{2013}{}", range.start, range.end);
    let there = match (below.map(spell), above.map(spell)) {
        (Some(below), Some(above)) => format!("{below} lies below it, {above} above"),
        (Some(below), None) => format!("the last is {below}"),
        (None, Some(above)) => format!("the first is {above}"),
        (None, None) => "the map is empty".to_owned(),
    };
    format!("no entry holds {va} at {place}: {there}")
}

/// Says which pages there are instead.
fn no_page(cursor: &Cursor, va: Vaddr) -> String {
    let (state, place) = (cursor.state(), cursor.place());
    let Some(entry) = state.entry_at(va).and_then(|id| state.get_entry(id)) else {
        return no_entry(cursor, va);
    };
    let pages = state.visible_pages(entry.range);
    let named: Vec<_> = pages.iter().take(NAMED).map(|page| page.va.to_string()).collect();
    let there = match pages.len() {
        0 => "its entry has no page in memory".to_owned(),
        n if n > NAMED => format!("its entry has {n}, the first at {}", named[0]),
        _ => format!("its entry has those at {}", named.join(", ")),
    };
    format!("no page is in memory at {va} at {place}: {there}")
}
