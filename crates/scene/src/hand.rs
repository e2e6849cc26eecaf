//! What a step is about: the thing to ask about, or to look at closer.

use uvmscope_replay::Cursor;
use uvmscope_uvm::event::{Pin, PinAt};
use uvmscope_uvm::{Bytes, Cond, EntryId, KernelEvent, PAGE_SIZE, VaRange, Vaddr};

use crate::key::Subject;
use crate::story::{PINS, Story};
use crate::touched::{entry_of, page_of};

/// Pages on either side of the one in hand that are shown with it.
const AROUND: u64 = 8;

impl Story {
    /// What somebody would ask about first where `cursor` stands: what the step changed, or looked
    /// at, or else the entry in hand. Nothing before the first call that maps anything.
    pub fn subject(&self, cursor: &Cursor) -> Option<Subject> {
        use KernelEvent as E;
        let event = self.event(cursor.place()).map(|recorded| &recorded.event);
        let birth = |id: EntryId| cursor.state().get_entry(id).map(|entry| entry.birth);
        let told = match event {
            Some(E::Test { cond: Cond::Cuts { .. }, held: false }) => Some(Subject::Cut),
            Some(E::EntryProt { entry, .. }) => birth(*entry).map(Subject::Prot),
            Some(E::Console { .. }) => {
                self.va_in_hand(cursor).map(|va| Subject::Page(va.trunc_page()))
            }
            // The page says little; that anybody came for it is what the entry's count tells.
            Some(E::Panic { .. }) => self
                .va_in_hand(cursor)
                .and_then(|va| cursor.state().entry_at(va))
                .and_then(birth)
                .map(Subject::WiredCount),
            Some(E::ClipStart { at, .. } | E::ClipEnd { at, .. }) => Some(Subject::Boundary(*at)),
            Some(
                E::WiredCount { entry, .. }
                | E::Test {
                    cond:
                        Cond::Wired { entry } | Cond::Unwired { entry } | Cond::WiredOnce { entry },
                    ..
                },
            ) => birth(*entry).map(Subject::WiredCount),
            Some(event) => page_of(event)
                .map(|va| Subject::Page(va.trunc_page()))
                .or_else(|| entry_of(event).and_then(birth).map(Subject::Entry)),
            None => None,
        };
        let in_hand = || self.entry_id_in_hand(cursor).and_then(birth).map(Subject::WiredCount);
        told.or_else(in_hand)
    }

    /// The addresses of the entry that the step is about.
    pub fn entry_in_hand(&self, cursor: &Cursor) -> Option<VaRange> {
        cursor.state().get_entry(self.entry_id_in_hand(cursor)?).map(|entry| entry.range)
    }

    /// The page that the step is about, with some pages on either side.
    pub fn page_in_hand(&self, cursor: &Cursor) -> Option<VaRange> {
        let place = cursor.place();
        let told = self.event(place).and_then(|recorded| page_of(&recorded.event));
        let start = self.entry_in_hand(cursor).map(|range| range.start);
        let va = told
            .or_else(|| self.va_in_hand(cursor))
            .or_else(|| self.asked(place))
            .or(start)?
            .trunc_page();
        let reach = AROUND * PAGE_SIZE;
        let from = Vaddr(va.0.saturating_sub(reach));
        let to = Vaddr(va.0.saturating_add(reach).saturating_add(PAGE_SIZE)).trunc_page();
        Some(VaRange::new(from, to)).filter(|range| range.len() > Bytes(0))
    }

    /// The addresses of some entries around one, counted in thousandths of all: what a point on the
    /// strip of a large map stands for. Nothing where the map is empty.
    pub fn around(&self, cursor: &Cursor, per_mille: usize) -> Option<VaRange> {
        const REACH: usize = 20;
        let state = cursor.state();
        let total = state.entry_count();
        let rank = (total * per_mille.min(1000) / 1000).min(total.checked_sub(1)?);
        let first = rank.saturating_sub(REACH);
        let mut some = state.entries().skip(first).take(2 * REACH + 1).map(|(_, e)| e.range);
        let low = some.next()?;
        let high = some.last().unwrap_or(low);
        Some(VaRange::new(low.start, high.end))
    }

    fn va_in_hand(&self, cursor: &Cursor) -> Option<Vaddr> {
        let pins = self.pins(cursor.place());
        match pins[PINS.iter().position(|pin| *pin == Pin::Va)?] {
            Some(PinAt::Addr(va)) => Some(va),
            _ => None,
        }
    }

    fn entry_id_in_hand(&self, cursor: &Cursor) -> Option<EntryId> {
        let place = cursor.place();
        let state = cursor.state();
        let told = self.event(place).and_then(|recorded| entry_of(&recorded.event));
        let pins = self.pins(place);
        let pinned = pins.into_iter().flatten().find_map(|at| match at {
            PinAt::Entry(id) if !id.is_header() => Some(id),
            _ => None,
        });
        let asked = || self.asked(place).map(|va| state.preceding(va));
        told.or(pinned).or_else(asked).filter(|id| state.get_entry(*id).is_some())
    }
}
