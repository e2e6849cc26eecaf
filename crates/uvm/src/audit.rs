//! Where the layers disagree: what entries claim, against what pages and the pmap hold.
//!
//! Nothing in the simulated kernel calls this; it looks from outside. Every correct mlock disagrees
//! with itself for a moment between its two passes, so a disagreement counts as a broken promise
//! only if it still stands when the call returns.

use std::collections::BTreeMap;

use crate::addr::{VaRange, Vaddr};
use crate::state::{EntryId, PageId, State};

/// A place where two layers disagree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Disagreement {
    /// P1: the entry says wired, but not all of its pages are mapped with the wired bit on a page
    /// whose `wire_count` is not 0.
    ClaimNotHeld {
        /// The entry that claims.
        entry: EntryId,
        /// Its range.
        range: VaRange,
        /// How many of its pages are held.
        held: u64,
    },
    /// P2: the entry says not wired, but the pmap has wired bits in it.
    HeldUnclaimed {
        /// The entry that does not claim.
        entry: EntryId,
        /// Its range.
        range: VaRange,
        /// How many wired bits there are.
        bits: u64,
    },
    /// P3: the page's `wire_count` is not the number of its wired mappings.
    PageMiscounted {
        /// The page.
        page: PageId,
        /// The lowest address it is mapped at, if any.
        va: Option<Vaddr>,
        /// Its count.
        wire_count: u16,
        /// Its wired mappings.
        mappings: u64,
    },
    /// P4: `uvmexp.wired` is not the number of pages whose `wire_count` is not 0.
    TotalMiscounted {
        /// The counter.
        uvmexp_wired: i32,
        /// The pages.
        pages: u64,
    },
}

impl Disagreement {
    /// Which promise it breaks, 1 to 4.
    pub const fn rule(&self) -> u8 {
        match self {
            Self::ClaimNotHeld { .. } => 1,
            Self::HeldUnclaimed { .. } => 2,
            Self::PageMiscounted { .. } => 3,
            Self::TotalMiscounted { .. } => 4,
        }
    }

    /// The addresses it is about; none for a counter of the whole system.
    pub fn range(&self) -> Option<VaRange> {
        match *self {
            Self::ClaimNotHeld { range, .. } | Self::HeldUnclaimed { range, .. } => Some(range),
            Self::PageMiscounted { va, .. } => va.map(|va| VaRange::new(va, va.next_page())),
            Self::TotalMiscounted { .. } => None,
        }
    }
}

/// Every disagreement in the state: entries by ascending address, then pages, then the total.
pub fn audit(state: &State) -> Vec<Disagreement> {
    let mut found: Vec<_> = state.entries().filter_map(|(id, _)| audit_entry(state, id)).collect();
    audit_pages(state, &mut found);
    found
}

/// Whether the entry and the pages below it disagree (P1, P2).
pub fn audit_entry(state: &State, entry: EntryId) -> Option<Disagreement> {
    let e = state.entry(entry);
    let range = e.range;
    let wired = state.mappings_in(range).filter(|(_, m)| m.wired);
    if e.wired_count == 0 {
        let bits = wired.count() as u64;
        return (bits != 0).then_some(Disagreement::HeldUnclaimed { entry, range, bits });
    }
    let held = wired.filter(|(_, m)| state.page(m.page).wire_count != 0).count() as u64;
    (held != range.pages().0).then_some(Disagreement::ClaimNotHeld { entry, range, held })
}

/// Whether the counts of pages agree with the pmap and with the total (P3, P4).
fn audit_pages(state: &State, found: &mut Vec<Disagreement>) {
    let mut wired_mappings: BTreeMap<PageId, (Option<Vaddr>, u64)> = BTreeMap::new();
    for (va, mapping) in state.mappings_in(VaRange::new(Vaddr(0), Vaddr(u64::MAX))) {
        let (lowest, count) = wired_mappings.entry(mapping.page).or_default();
        lowest.get_or_insert(va);
        *count += u64::from(mapping.wired);
    }
    let mut wired_pages = 0;
    for (id, page) in state.pages() {
        wired_pages += u64::from(page.wire_count != 0);
        let (va, mappings) = wired_mappings.get(&id).copied().unwrap_or_default();
        if u64::from(page.wire_count) != mappings {
            let wire_count = page.wire_count;
            found.push(Disagreement::PageMiscounted { page: id, va, wire_count, mappings });
        }
    }
    if i64::from(state.uvmexp_wired()).cast_unsigned() != wired_pages {
        found.push(Disagreement::TotalMiscounted {
            uvmexp_wired: state.uvmexp_wired(),
            pages: wired_pages,
        });
    }
}
