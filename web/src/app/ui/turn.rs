//! How the calls of a list stand to the one that is shown.

use std::cmp::Ordering;
use std::ops::Range;

use web_sys::Element;

/// How a call stands to the one that is shown.
pub(super) fn turn(call: usize, now: usize) -> &'static str {
    match call.cmp(&now) {
        Ordering::Less => "past",
        Ordering::Equal => "now",
        Ordering::Greater => "ahead",
    }
}

/// A list of calls, of which some are drawn.
pub(super) struct Listed {
    pub(super) list: Element,
    /// Which calls those are, from 0.
    pub(super) shown: Range<usize>,
    /// Items in front of them that are no calls.
    pub(super) skip: usize,
}

impl Listed {
    /// The item of a call; nothing where it is not drawn.
    pub(super) fn item(&self, call: usize) -> Option<Element> {
        let index = call.checked_sub(1).filter(|index| self.shown.contains(index))?;
        let at = u32::try_from(self.skip + index - self.shown.start).ok()?;
        self.list.children().item(at)
    }

    /// The calls that are drawn and have, or may have, another turn now that `now` is shown, and not
    /// `was`; all of them where nothing was shown.
    pub(super) fn touched(&self, was: Option<usize>, now: usize) -> Range<usize> {
        let drawn = self.shown.start + 1..self.shown.end + 1;
        match was {
            Some(was) => was.min(now).max(drawn.start)..(was.max(now) + 1).min(drawn.end),
            None => drawn,
        }
    }

    /// Writes to the items what has another turn now that `now` is shown, and not `was`; to all of
    /// them where nothing was shown. The style sheets go by it.
    pub(super) fn mark(&self, was: Option<usize>, now: usize) {
        if was == Some(now) {
            return;
        }
        for call in self.touched(was, now) {
            // Neither fails for nodes that are there.
            let _ = self.item(call).and_then(|item| {
                item.set_attribute("data-turn", turn(call, now)).ok()?;
                let button = item.query_selector("button").ok()??;
                if call == now {
                    button.set_attribute("aria-current", "step").ok()
                } else {
                    button.remove_attribute("aria-current").ok()
                }
            });
        }
    }
}
