//! Calls that a trace tells in two lines, one when they begin and one when they end.
//!
//! Between the two lines other threads make calls, and what the call did happened somewhere in
//! between. A call that gives memory back is put where it begins, every other one where it ends:
//! memory that another thread is given meanwhile was given back before, and memory that this one
//! is given was free by then. So no order is chosen in which a mapping would be lost.

use std::collections::{BTreeMap, VecDeque};

use super::traced::{Item, Sink, Traced};

/// Who makes the call: the process, and its thread where the trace tells it apart.
pub(super) type Maker = (u32, u32);

/// Calls that have begun, and all that waits for them.
#[derive(Default)]
pub(super) struct Pairs<'a> {
    open: BTreeMap<Maker, Open<'a>>,
    /// What is known and must not be told before a call that is open; `None` is such a call.
    waiting: VecDeque<Option<Item<'a>>>,
    /// How many were taken off the front of `waiting`.
    told: usize,
}

struct Open<'a> {
    call: Traced<'a>,
    /// Its place, counted from the first that ever waited.
    place: Option<usize>,
}

impl<'a> Pairs<'a> {
    /// A call begins. What the same maker had begun will not be heard of again.
    pub(super) fn begin(&mut self, maker: Maker, call: Traced<'a>, sink: &mut Sink<'a, '_>) {
        self.abandon(maker, sink);
        let frees = call.name == "munmap";
        let place = frees.then_some(self.told + self.waiting.len());
        if frees {
            self.waiting.push_back(None);
        }
        self.open.insert(maker, Open { call, place });
    }

    /// The maker turns out to have another name.
    pub(super) fn rename(&mut self, maker: Maker, name: Maker) {
        if let Some(open) = self.open.remove(&maker) {
            self.open.insert(name, open);
        }
    }

    /// The call that the maker has begun, if it has this name.
    pub(super) fn open(&mut self, maker: Maker, name: &str) -> Option<&mut Traced<'a>> {
        self.open.get_mut(&maker).map(|open| &mut open.call).filter(|call| call.name == name)
    }

    /// The call that the maker has begun is complete, with its answer or without one.
    pub(super) fn abandon(&mut self, maker: Maker, sink: &mut Sink<'a, '_>) {
        let Some(Open { call, place }) = self.open.remove(&maker) else {
            return;
        };
        let slot = place.and_then(|place| self.waiting.get_mut(place.checked_sub(self.told)?));
        match slot {
            Some(slot) => *slot = Some(Item::Call(call)),
            None => self.waiting.push_back(Some(Item::Call(call))),
        }
        self.tell(sink);
    }

    /// Something that is told in one line.
    pub(super) fn push(&mut self, item: Item<'a>, sink: &mut Sink<'a, '_>) {
        if self.waiting.is_empty() {
            sink(item);
        } else {
            self.waiting.push_back(Some(item));
        }
    }

    fn tell(&mut self, sink: &mut Sink<'a, '_>) {
        while let Some(Some(_)) = self.waiting.front() {
            self.told += 1;
            if let Some(Some(item)) = self.waiting.pop_front() {
                sink(item);
            }
        }
    }

    /// The trace ends; what is open stays without an answer.
    pub(super) fn finish(mut self, sink: &mut Sink<'a, '_>) {
        let mut makers: Vec<(u32, Maker)> =
            self.open.iter().map(|(maker, open)| (open.call.line, *maker)).collect();
        makers.sort_unstable();
        for (_, maker) in makers {
            self.abandon(maker, sink);
        }
    }
}
