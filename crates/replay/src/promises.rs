//! Which promises were broken when: one walk over a run, whatever its length.

use std::collections::BTreeMap;

use uvmscope_uvm::auditor::{About, Auditor};
use uvmscope_uvm::{Recorded, State};

use crate::timeline::CallRun;

/// From which event to which a disagreement stood: it is there after `since` events and one more,
/// and not any more after `until` events and one more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Interval {
    since: usize,
    until: usize,
}

/// What the walk found.
#[derive(Debug, Default)]
pub(crate) struct Promises {
    /// When each thing disagreed, by ascending time.
    intervals: BTreeMap<About, Vec<Interval>>,
    /// For each call, the index of the first event in it that broke a promise for good.
    breaks: Vec<Option<usize>>,
    /// For each call, whether nothing disagrees when it returns.
    whole: Vec<bool>,
}

impl Promises {
    /// Walks over a run.
    pub(crate) fn of(events: &[Recorded], calls: &[CallRun]) -> Self {
        let mut promises = Self::default();
        let (mut state, mut auditor) = (State::default(), Auditor::default());
        for call in calls {
            for recorded in &events[call.first..call.end] {
                state.apply(&recorded.event);
                auditor.follow(&recorded.event, &state);
            }
            for ended in auditor.take_ended() {
                promises.add(ended.about, ended.since, ended.until);
            }
            promises.whole.push(auditor.is_whole());
            promises.breaks.push(auditor.first_since(call.first));
        }
        for standing in auditor.standing() {
            promises.add(About::of(&standing.what, &state), standing.since, events.len());
        }
        promises
    }

    fn add(&mut self, about: About, since: usize, until: usize) {
        self.intervals.entry(about).or_default().push(Interval { since, until });
    }

    /// Whether what disagrees after event `at` stood when the call began, or stands when it
    /// returns; in between every mlock disagrees with itself for a moment.
    pub(crate) fn is_broken(&self, about: About, at: usize, call: &CallRun) -> bool {
        let Some(intervals) = self.intervals.get(&about) else { return false };
        let after = intervals.partition_point(|i| i.since <= at);
        let here = after.checked_sub(1).map(|n| intervals[n]).filter(|i| at < i.until);
        here.is_some_and(|i| i.since < call.first || i.until >= call.end)
    }

    /// The first event of each call that broke a promise for good, with the index of the call.
    pub(crate) fn breaks(&self) -> impl Iterator<Item = (usize, usize)> {
        self.breaks.iter().enumerate().filter_map(|(call, event)| Some((call, (*event)?)))
    }

    /// Whether every promise holds when the call of that index returns.
    pub(crate) fn is_whole(&self, call: usize) -> bool {
        self.whole.get(call).copied().unwrap_or(true)
    }
}
