//! Numbers of the system over a whole run, for small lines.

use uvmscope_uvm::{KernelEvent, Recorded};

/// A number that is followed over the run.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Counter {
    /// Map entries in the list.
    Entries,
    /// Bytes that are mapped, in pages.
    Pages,
    /// Mappings that the pmap holds.
    Mapped,
    /// Wired bits in the pmap; what counts against `RLIMIT_MEMLOCK`.
    PmapWired,
    /// Pages whose `wire_count` is not 0.
    PagesWired,
    /// The kernel's own count of those; signed.
    UvmexpWired,
}

impl Counter {
    /// Every counter.
    pub const ALL: [Self; 6] = [
        Self::Entries,
        Self::Pages,
        Self::Mapped,
        Self::PmapWired,
        Self::PagesWired,
        Self::UvmexpWired,
    ];
}

/// The values of a counter: from which event on it has which value.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Series {
    /// Events that have happened, and the value from then on, by ascending number of events; the
    /// first is the value at the beginning of time.
    pub changes: Vec<(usize, i64)>,
}

impl Series {
    fn push(&mut self, at: usize, change: i64) {
        let value = self.last();
        if change != 0 {
            self.changes.push((at, value + change));
        }
    }

    fn last(&self) -> i64 {
        self.changes.last().map_or(0, |(_, value)| *value)
    }

    /// The value once so many events have happened.
    pub fn at(&self, events: usize) -> i64 {
        let after = self.changes.partition_point(|(at, _)| *at <= events);
        after.checked_sub(1).map_or(0, |n| self.changes[n].1)
    }

    /// The least and the greatest value, 0 included.
    pub fn bounds(&self) -> (i64, i64) {
        let values = || self.changes.iter().map(|(_, value)| *value);
        (values().min().unwrap_or(0).min(0), values().max().unwrap_or(0).max(0))
    }
}

/// All counters over a run, in the order of [`Counter::ALL`].
pub(crate) fn of(events: &[Recorded]) -> [Series; Counter::ALL.len()] {
    let mut all: [Series; Counter::ALL.len()] = Default::default();
    for (index, recorded) in events.iter().enumerate() {
        for (counter, change) in changes(&recorded.event) {
            all[counter as usize].push(index + 1, change);
        }
    }
    all
}

/// By how much an event changes which counters.
fn changes(event: &KernelEvent) -> Vec<(Counter, i64)> {
    use KernelEvent as E;
    let pages = |pages: uvmscope_uvm::Pages| i64::try_from(pages.0).unwrap_or(i64::MAX);
    let moved = |from: uvmscope_uvm::Vaddr, to: uvmscope_uvm::Vaddr| {
        (to.0.wrapping_sub(from.0).cast_signed()) >> uvmscope_uvm::addr::PAGE_SHIFT
    };
    match *event {
        E::EntryInsert { ref entry, .. } => {
            vec![(Counter::Entries, 1), (Counter::Pages, pages(entry.range.pages()))]
        }
        E::EntryRemove { ref entry, .. } => {
            vec![(Counter::Entries, -1), (Counter::Pages, -pages(entry.range.pages()))]
        }
        E::ClipStart { .. } | E::ClipEnd { .. } => vec![(Counter::Entries, 1)],
        E::EntryStart { from, to, .. } => vec![(Counter::Pages, -moved(from, to))],
        E::EntryEnd { from, to, .. } => vec![(Counter::Pages, moved(from, to))],
        E::PmapEnter { from, to, .. } => vec![
            (Counter::Mapped, i64::from(from.is_none())),
            (Counter::PmapWired, i64::from(to.wired) - i64::from(from.is_some_and(|m| m.wired))),
        ],
        E::PmapRemove { was, .. } => {
            vec![(Counter::Mapped, -1), (Counter::PmapWired, -i64::from(was.wired))]
        }
        E::PmapUnwire { .. } => vec![(Counter::PmapWired, -1)],
        E::PageWire { from, to, .. } | E::PageUnwire { from, to, .. } => {
            vec![(Counter::PagesWired, i64::from(to != 0) - i64::from(from != 0))]
        }
        E::PageFree { wire_count, .. } => {
            vec![(Counter::PagesWired, -i64::from(wire_count != 0))]
        }
        E::UvmexpWired { from, to } => {
            vec![(Counter::UvmexpWired, i64::from(to) - i64::from(from))]
        }
        _ => Vec::new(),
    }
}
