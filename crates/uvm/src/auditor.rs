//! The audit of [`crate::audit`], kept up to date from event to event: what a disagreement costs to
//! find does not grow with the map.

use std::collections::{BTreeMap, BTreeSet};

use crate::addr::{VaRange, Vaddr};
use crate::audit::Disagreement;
use crate::event::KernelEvent;
use crate::state::{EntryId, Mapping, PageId, State};

/// What a disagreement is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum About {
    /// An entry and the pages below it (P1, P2), by the entry's birth: its id is given again.
    Entry {
        /// [`crate::Entry::birth`]
        birth: u32,
    },
    /// A page's count (P3).
    Page(PageId),
    /// The total (P4).
    Total,
}

impl About {
    /// What comes before all others in order.
    const FIRST: Self = Self::Entry { birth: 0 };

    /// What `what` is about; `state` is the one it was found in.
    pub fn of(what: &Disagreement, state: &State) -> Self {
        match *what {
            Disagreement::ClaimNotHeld { entry, .. }
            | Disagreement::HeldUnclaimed { entry, .. } => {
                Self::Entry { birth: state.entry(entry).birth }
            }
            Disagreement::PageMiscounted { page, .. } => Self::Page(page),
            Disagreement::TotalMiscounted { .. } => Self::Total,
        }
    }
}

/// Wired mappings below an entry.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
struct Below {
    /// All of them.
    bits: u64,
    /// Those on a page whose `wire_count` is not 0.
    held: u64,
}

/// A disagreement, and since when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    /// What disagrees.
    pub what: Disagreement,
    /// Number of events before the one that brought it about. A piece that is cut off an entry
    /// has it from that entry.
    pub since: usize,
}

/// A disagreement that is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ended {
    /// What it was about.
    pub about: About,
    /// Number of events before the one that brought it about.
    pub since: usize,
    /// Number of events before the one that ended it.
    pub until: usize,
}

/// Follows the events of a run, each after the state has taken it on, and knows at every moment
/// what disagrees.
#[derive(Clone, Default, Debug)]
pub struct Auditor {
    followed: usize,
    /// Entries without wired mappings are not in it.
    below: BTreeMap<EntryId, Below>,
    /// Where each page is mapped, and where it is mapped wired.
    mapped_at: BTreeSet<(PageId, Vaddr)>,
    wired_at: BTreeSet<(PageId, Vaddr)>,
    /// Pages whose `wire_count` is not 0.
    wired_pages: u64,
    standing: BTreeMap<About, Standing>,
    by_since: BTreeSet<(usize, About)>,
    ended: Vec<Ended>,
}

impl Auditor {
    /// What disagrees now: entries by ascending address, then pages, then the total.
    pub fn standing(&self) -> Vec<Standing> {
        let mut all: Vec<_> = self.standing.values().copied().collect();
        let order = |standing: &Standing| match standing.what {
            Disagreement::ClaimNotHeld { range, .. }
            | Disagreement::HeldUnclaimed { range, .. } => (0, range.start.0),
            Disagreement::PageMiscounted { page, .. } => (1, u64::from(page.0)),
            Disagreement::TotalMiscounted { .. } => (2, 0),
        };
        all.sort_by_key(order);
        all
    }

    /// Whether nothing disagrees.
    pub fn is_whole(&self) -> bool {
        self.standing.is_empty()
    }

    /// The earliest event from `first` on that brought something about which still stands.
    pub fn first_since(&self, first: usize) -> Option<usize> {
        self.by_since.range((first, About::FIRST)..).next().map(|(since, _)| *since)
    }

    /// The disagreements that have ended since this was last asked, in the order of their ends.
    pub fn take_ended(&mut self) -> Vec<Ended> {
        std::mem::take(&mut self.ended)
    }

    /// Takes note of the next event of the run; `state` is the one after it. Whether anything that
    /// could disagree was touched.
    pub fn follow(&mut self, event: &KernelEvent, state: &State) -> bool {
        use KernelEvent as E;
        let touched = match event {
            E::EntryInsert { id, .. } => self.counted(*id, state),
            E::EntryRemove { id, entry } => {
                self.below.remove(id);
                self.note(About::Entry { birth: entry.birth }, None)
            }
            E::ClipStart { entry, front: piece, .. } | E::ClipEnd { entry, back: piece, .. } => {
                self.cut(*entry, *piece, state)
            }
            E::EntryStart { entry, from, to } | E::EntryEnd { entry, from, to } => {
                self.moved(event, *entry, (*from).min(*to), (*from).max(*to), state)
            }
            E::WiredCount { entry, .. } => self.judge_entry(*entry, state),
            E::PmapEnter { va, from, to } => self.remapped(*va, *from, Some(*to), state),
            E::PmapRemove { va, was } => self.remapped(*va, Some(*was), None, state),
            E::PmapUnwire { va } => {
                let now = state.mapping(*va);
                let was = now.map(|m| Mapping { wired: true, ..m });
                self.remapped(*va, was, now, state)
            }
            E::PageWire { page, from, to, .. } | E::PageUnwire { page, from, to, .. } => {
                self.recounted(*page, *from, *to, state)
            }
            E::PageFree { page, wire_count, .. } => {
                self.wired_pages -= u64::from(*wire_count != 0);
                self.note(About::Page(*page), None) | self.judge_total(state)
            }
            E::UvmexpWired { .. } => self.judge_total(state),
            _ => false,
        };
        self.followed += 1;
        touched
    }

    /// Counts the wired mappings below an entry.
    fn counted(&mut self, entry: EntryId, state: &State) -> bool {
        let below = count(state, state.entry(entry).range);
        self.set_below(entry, below);
        self.judge_entry(entry, state)
    }

    /// An entry was cut; what was below it is below one of the two now.
    fn cut(&mut self, entry: EntryId, piece: EntryId, state: &State) -> bool {
        let whole = self.below.get(&entry).copied().unwrap_or_default();
        if whole.bits > 0 {
            // The shorter of the two is counted, the other has the rest.
            let (a, b) = (state.entry(entry).range, state.entry(piece).range);
            let shorter = if a.len() < b.len() { entry } else { piece };
            let part = count(state, state.entry(shorter).range);
            let rest = Below { bits: whole.bits - part.bits, held: whole.held - part.held };
            let other = if shorter == entry { piece } else { entry };
            self.set_below(shorter, part);
            self.set_below(other, rest);
        }
        let about = |id| About::Entry { birth: state.entry(id).birth };
        let since = self.standing.get(&about(entry)).map(|s| s.since);
        let touched = self.judge_entry(entry, state) | self.judge_entry(piece, state);
        if let (Some(since), Some(standing)) = (since, self.standing.get_mut(&about(piece))) {
            self.by_since.remove(&(standing.since, about(piece)));
            self.by_since.insert((since, about(piece)));
            standing.since = since;
        }
        touched
    }

    /// A bound of an entry moved over `[low, high)`.
    fn moved(
        &mut self,
        event: &KernelEvent,
        entry: EntryId,
        low: Vaddr,
        high: Vaddr,
        state: &State,
    ) -> bool {
        let grew = match event {
            KernelEvent::EntryStart { from, to, .. } => to < from,
            KernelEvent::EntryEnd { from, to, .. } => to > from,
            _ => false,
        };
        let part = count(state, VaRange::new(low, high));
        if part.bits > 0 {
            let mut below = self.below.get(&entry).copied().unwrap_or_default();
            if grew {
                below.bits += part.bits;
                below.held += part.held;
            } else {
                below.bits -= part.bits;
                below.held -= part.held;
            }
            self.set_below(entry, below);
        }
        self.judge_entry(entry, state)
    }

    /// The mapping of an address is another one now.
    fn remapped(
        &mut self,
        va: Vaddr,
        old: Option<Mapping>,
        new: Option<Mapping>,
        state: &State,
    ) -> bool {
        let entry = state.entry_at(va);
        let mut below = entry.and_then(|e| self.below.get(&e)).copied().unwrap_or_default();
        if let Some(Mapping { page, wired, .. }) = old {
            self.mapped_at.remove(&(page, va));
            if wired {
                self.wired_at.remove(&(page, va));
                below.bits = below.bits.saturating_sub(1);
                below.held = below.held.saturating_sub(u64::from(state.page(page).wire_count != 0));
            }
        }
        if let Some(Mapping { page, wired, .. }) = new {
            self.mapped_at.insert((page, va));
            if wired {
                self.wired_at.insert((page, va));
                below.bits += 1;
                below.held += u64::from(state.page(page).wire_count != 0);
            }
        }
        let mut touched = false;
        if let Some(entry) = entry {
            self.set_below(entry, below);
            touched |= self.judge_entry(entry, state);
        }
        for mapping in [old, new].into_iter().flatten() {
            touched |= self.judge_page(mapping.page, state);
        }
        touched
    }

    /// A page's `wire_count` changed.
    fn recounted(&mut self, page: PageId, from: u16, to: u16, state: &State) -> bool {
        let mut touched = false;
        if (from != 0) != (to != 0) {
            if to == 0 {
                self.wired_pages -= 1;
            } else {
                self.wired_pages += 1;
            }
            let places: Vec<Vaddr> = places(&self.wired_at, page).collect();
            for entry in places.into_iter().filter_map(|va| state.entry_at(va)) {
                let mut below = self.below.get(&entry).copied().unwrap_or_default();
                if to == 0 {
                    below.held = below.held.saturating_sub(1);
                } else {
                    below.held += 1;
                }
                self.set_below(entry, below);
                touched |= self.judge_entry(entry, state);
            }
            touched |= self.judge_total(state);
        }
        self.judge_page(page, state) | touched
    }

    fn set_below(&mut self, entry: EntryId, below: Below) {
        if below.bits == 0 {
            self.below.remove(&entry);
        } else {
            self.below.insert(entry, below);
        }
    }

    fn judge_entry(&mut self, entry: EntryId, state: &State) -> bool {
        let Below { bits, held } = self.below.get(&entry).copied().unwrap_or_default();
        let e = state.entry(entry);
        let range = e.range;
        let found = if e.wired_count == 0 {
            (bits != 0).then_some(Disagreement::HeldUnclaimed { entry, range, bits })
        } else {
            (held != range.pages().0).then_some(Disagreement::ClaimNotHeld { entry, range, held })
        };
        self.note(About::Entry { birth: e.birth }, found)
    }

    fn judge_page(&mut self, page: PageId, state: &State) -> bool {
        let mappings = places(&self.wired_at, page).count() as u64;
        let wire_count = state.page(page).wire_count;
        let found = (u64::from(wire_count) != mappings).then(|| {
            let va = places(&self.mapped_at, page).next();
            Disagreement::PageMiscounted { page, va, wire_count, mappings }
        });
        self.note(About::Page(page), found)
    }

    fn judge_total(&mut self, state: &State) -> bool {
        let (uvmexp_wired, pages) = (state.uvmexp_wired(), self.wired_pages);
        let found = (i64::from(uvmexp_wired).cast_unsigned() != pages)
            .then_some(Disagreement::TotalMiscounted { uvmexp_wired, pages });
        self.note(About::Total, found)
    }

    /// Whether anything stands there that did not, or not any more, or with other numbers.
    fn note(&mut self, about: About, found: Option<Disagreement>) -> bool {
        let now = self.followed;
        let stood = self.standing.get(&about).copied();
        // A claim without pages and pages without a claim are two disagreements.
        let same = |what: &Disagreement| stood.filter(|s| s.what.rule() == what.rule());
        let goes_on = found.as_ref().and_then(same);
        if let Some(Standing { since, .. }) = stood
            && goes_on.is_none()
        {
            self.by_since.remove(&(since, about));
            self.ended.push(Ended { about, since, until: now });
        }
        match found {
            Some(what) => {
                let since = goes_on.map_or(now, |s| s.since);
                self.by_since.insert((since, about));
                self.standing.insert(about, Standing { what, since });
            }
            None => {
                self.standing.remove(&about);
            }
        }
        stood.map(|s| s.what) != found
    }
}

/// The addresses of a page, ascending.
fn places(of: &BTreeSet<(PageId, Vaddr)>, page: PageId) -> impl Iterator<Item = Vaddr> {
    of.range((page, Vaddr(0))..=(page, Vaddr(u64::MAX))).map(|(_, va)| *va)
}

/// Counts the wired mappings in a range.
fn count(state: &State, range: VaRange) -> Below {
    let mut below = Below::default();
    for (_, mapping) in state.mappings_in(range).filter(|(_, m)| m.wired) {
        below.bits += 1;
        below.held += u64::from(state.page(mapping.page).wire_count != 0);
    }
    below
}
