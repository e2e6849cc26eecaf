//! Things with an identity that is a small number, given again once the thing is gone.

use std::collections::BTreeSet;

/// A store of `T` under small numbers. A new thing gets the smallest number that is free, so which
/// number it gets depends on nothing but the numbers in use: undoing and redoing give the same.
#[derive(Clone, Debug)]
pub(crate) struct Arena<T> {
    slots: Vec<Option<T>>,
    free: BTreeSet<u32>,
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self { slots: Vec::new(), free: BTreeSet::new() }
    }
}

impl<T> Arena<T> {
    /// The number that the next new thing gets.
    pub(crate) fn next_id(&self) -> u32 {
        match self.free.first() {
            Some(&id) => id,
            None => self.next_new(),
        }
    }

    /// The number behind all that were ever given.
    fn next_new(&self) -> u32 {
        u32::try_from(self.slots.len()).unwrap_or(u32::MAX)
    }

    /// Puts `value` under `id`, which must be free.
    pub(crate) fn put(&mut self, id: u32, value: T) {
        let at = id as usize;
        if at < self.slots.len() {
            debug_assert!(self.slots[at].is_none(), "number {id} is taken");
            self.free.remove(&id);
            self.slots[at] = Some(value);
            return;
        }
        for gap in self.next_new()..id {
            self.slots.push(None);
            self.free.insert(gap);
        }
        self.slots.push(Some(value));
    }

    /// Takes away what stands under `id`.
    pub(crate) fn take(&mut self, id: u32) -> Option<T> {
        let value = self.slots.get_mut(id as usize)?.take();
        if value.is_some() {
            self.free.insert(id);
        }
        value
    }

    pub(crate) fn get(&self, id: u32) -> Option<&T> {
        self.slots.get(id as usize)?.as_ref()
    }

    /// What stands under `id`. Ids come from this arena's owner, so an absent one is a bug here.
    #[inline]
    pub(crate) fn at(&self, id: u32) -> &T {
        self.slots[id as usize].as_ref().expect("a live number")
    }

    #[inline]
    pub(crate) fn at_mut(&mut self, id: u32) -> &mut T {
        self.slots[id as usize].as_mut().expect("a live number")
    }

    /// How many things there are.
    pub(crate) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Everything there is, by ascending number.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        (0u32..).zip(&self.slots).filter_map(|(id, slot)| Some((id, slot.as_ref()?)))
    }
}

/// Equal when the same numbers hold the same things, whatever was there in between.
impl<T: PartialEq> PartialEq for Arena<T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<T: Eq> Eq for Arena<T> {}
