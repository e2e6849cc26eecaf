//! The map as a table: all that the picture shows, for those who would rather read it.

use uvmscope_replay::Cursor;
use uvmscope_uvm::audit::audit_entry;
use uvmscope_uvm::event::PinAt;
use uvmscope_uvm::{Entry, EntryId, State, VaRange, Vaddr};

use crate::layout::{kinds, promise_words};
use crate::story::{PINS, Story};
use crate::touched::{entry_of, page_of};

/// Rows of the map around what the step is about.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Table {
    /// Entries by ascending address.
    pub rows: Vec<Row>,
    /// Entries before the first row.
    pub before: usize,
    /// Entries behind the last row.
    pub behind: usize,
}

/// One entry, and what the pages below it say.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
    /// [`Entry::birth`]
    pub birth: u32,
    /// Its addresses.
    pub range: VaRange,
    /// Its number of wirings.
    pub wired_count: i32,
    /// What the program may do there, and at most.
    pub prot: String,
    /// `cow`, `needs-copy`, `amap`, `object`
    pub kinds: Vec<&'static str>,
    /// Inheritance and advice, where they are not the usual ones.
    pub unusual: Vec<&'static str>,
    /// Resident pages, by ascending address; of many, the first.
    pub pages: Vec<PageRow>,
    /// Resident pages that have no row.
    pub more_pages: usize,
    /// Variables of the kernel that point at it.
    pub pins: Vec<&'static str>,
    /// What of its promise does not hold, and whether that lasts.
    pub promise: Option<(String, bool)>,
    /// The step changed it, or looked at it.
    pub touched: bool,
}

/// One resident page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PageRow {
    /// Its address.
    pub va: Vaddr,
    /// How often it is wired.
    pub wire_count: u16,
    /// The pmap maps it here.
    pub mapped: bool,
    /// The pmap holds it wired here.
    pub held: bool,
    /// The step changed it, or looked at it.
    pub touched: bool,
}

/// Pages that get a row in one entry.
const PAGES: usize = 12;

impl Story {
    /// The map where `cursor` stands, in at most so many rows.
    pub fn table(&self, cursor: &Cursor, most: usize) -> Table {
        let state = cursor.state();
        let event = self.event(cursor.place()).map(|recorded| &recorded.event);
        let touched = event.and_then(entry_of);
        let pins = self.pins(cursor.place());
        let pinned = pins.iter().flatten().find_map(|at| match at {
            PinAt::Entry(id) if !id.is_header() => Some(*id),
            _ => None,
        });
        let asked = self.asked(cursor.place()).map(|va| state.preceding(va));
        let focus = touched.or(pinned).or(asked).filter(|id| state.get_entry(*id).is_some());
        let (first, before) = window(state, focus, most);
        let mut rows = Vec::new();
        let mut at = first;
        while !at.is_header() && rows.len() < most {
            let mut row = row(state, at, state.entry(at));
            row.touched = touched == Some(at);
            let held = PINS.into_iter().zip(&pins).filter(|(_, p)| **p == Some(PinAt::Entry(at)));
            row.pins = held.map(|(pin, _)| pin.name()).collect();
            row.promise = audit_entry(state, at).map(|what| {
                let broken = self.timeline().is_broken(cursor, &what);
                (promise_words(what, broken).1, broken)
            });
            let page = event.and_then(page_of);
            row.pages.iter_mut().for_each(|p| p.touched = page == Some(p.va));
            rows.push(row);
            at = state.next(at);
        }
        let behind = state.entry_count() - before - rows.len();
        Table { rows, before, behind }
    }
}

/// The first row, so that `focus` is among them, with the number of entries before it.
fn window(state: &State, focus: Option<EntryId>, most: usize) -> (EntryId, usize) {
    let Some(focus) = focus.filter(|_| state.entry_count() > most) else {
        return (state.first(), 0);
    };
    let mut first = focus;
    for _ in 0..most / 2 {
        let prev = state.prev(first);
        if prev.is_header() {
            break;
        }
        first = prev;
    }
    let start = state.entry(first).range.start;
    (first, state.entries().take_while(|(_, e)| e.range.start < start).count())
}

fn row(state: &State, id: EntryId, entry: &Entry) -> Row {
    let resident = state.visible_pages(entry.range);
    let more_pages = resident.len().saturating_sub(PAGES);
    let page = |p: &uvmscope_uvm::state::VisiblePage| PageRow {
        va: p.va,
        wire_count: p.wire_count,
        mapped: p.mapped,
        held: p.pmap_wired,
        touched: false,
    };
    let usual_inherit = if entry.cow { "copy" } else { "share" };
    let unusual = [(entry.inherit.name(), usual_inherit), (entry.advice.name(), "normal")];
    debug_assert!(!id.is_header());
    Row {
        birth: entry.birth,
        range: entry.range,
        wired_count: entry.wired_count,
        prot: format!("{} of {}", entry.prot, entry.max_prot),
        kinds: kinds(entry),
        unusual: unusual.into_iter().filter(|(is, usual)| is != usual).map(|(is, _)| is).collect(),
        pages: resident.iter().take(PAGES).map(page).collect(),
        more_pages,
        pins: Vec::new(),
        promise: None,
        touched: false,
    }
}
