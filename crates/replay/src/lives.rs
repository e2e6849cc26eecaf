//! Which entries there were in a run: when each came, when it went, and what it was cut from.

use uvmscope_uvm::{EntryId, KernelEvent, Recorded};

/// The life of one entry. Its number is given again after it is gone; its birth never is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Life {
    /// Its number while it lived.
    pub(crate) id: EntryId,
    /// Index of the event that brought it into the map.
    pub(crate) born: usize,
    /// Index of the event that took it out again.
    pub(crate) gone: Option<usize>,
    /// Birth of the entry that it was cut from; nothing for one that mmap made.
    pub(crate) parent: Option<u32>,
}

impl Life {
    /// Whether it is in the map after so many events of the run.
    pub(crate) fn is_alive(&self, after: usize) -> bool {
        self.born < after && self.gone.is_none_or(|gone| gone >= after)
    }
}

/// Every entry of a run by its birth.
#[derive(Debug, Default)]
pub(crate) struct Lives(Vec<Life>);

impl Lives {
    /// Reads them off the events in one walk.
    pub(crate) fn of(events: &[Recorded]) -> Self {
        let mut lives: Vec<Life> = Vec::new();
        // By number, the birth of the entry that has it.
        let mut tenants: Vec<Option<usize>> = Vec::new();
        for (index, recorded) in events.iter().enumerate() {
            let (id, parent) = match recorded.event {
                KernelEvent::EntryInsert { id, .. } => (id, None),
                KernelEvent::ClipStart { entry, front, .. } => (front, Some(entry)),
                KernelEvent::ClipEnd { entry, back, .. } => (back, Some(entry)),
                KernelEvent::EntryRemove { id, .. } => {
                    let tenant = tenants.get_mut(id.0 as usize).and_then(Option::take);
                    if let Some(birth) = tenant {
                        lives[birth].gone = Some(index);
                    }
                    continue;
                }
                _ => continue,
            };
            let parent = parent.and_then(|id| tenants.get(id.0 as usize).copied().flatten());
            let parent = parent.and_then(|birth| u32::try_from(birth).ok());
            let number = id.0 as usize;
            if tenants.len() <= number {
                tenants.resize(number + 1, None);
            }
            tenants[number] = Some(lives.len());
            lives.push(Life { id, born: index, gone: None, parent });
        }
        Self(lives)
    }

    /// The life of the entry of that birth, if the run has it.
    pub(crate) fn get(&self, birth: u32) -> Option<&Life> {
        self.0.get(birth as usize)
    }

    /// The entry of which the one of that birth was a part after so many events: itself once it
    /// lives, before that the one it was cut from, over any number of cuts.
    pub(crate) fn ancestor(&self, birth: u32, after: usize) -> Option<u32> {
        let mut birth = birth;
        let mut life = self.get(birth)?;
        while life.born >= after {
            birth = life.parent?;
            life = self.get(birth)?;
        }
        life.is_alive(after).then_some(birth)
    }
}
