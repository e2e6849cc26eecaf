//! Sentences for the conditions that the kernel tests: which numbers were compared, how that came
//! out, and what follows from it.

use uvmscope_uvm::cond::Edge;
use uvmscope_uvm::{Cond, EntryId, Func, Prot, VaRange, Vaddr};

use crate::caption::operands::edge_name;
use crate::caption::{Caption, Teller, Walk};
use crate::words::{bytes, count, number, span};

impl Teller<'_> {
    pub(crate) fn cond(&self, cond: Cond, held: bool) -> Caption {
        match cond {
            Cond::StartsBefore { entry, end } => self.starts_before(entry, end, held),
            Cond::EndsAfter { entry, start } => self.ends_after(entry, start, held),
            Cond::Cuts { entry, at, edge } => self.cuts(entry, at, edge, held),
            Cond::HoleBefore { entry, end } => self.hole_before(entry, end, held),
            Cond::Wired { entry } => self.wired(entry, held),
            Cond::Unwired { entry } => self.unwired(entry, held),
            Cond::WiredOnce { entry } => self.wired_once(entry, held),
            Cond::NeedsAmap { entry } => self.needs_amap(entry, held),
            Cond::NeedsCopy { .. }
            | Cond::HasAmap { .. }
            | Cond::ProtNone { .. }
            | Cond::CopyOnWrite { .. }
            | Cond::HasObject { .. }
            | Cond::Chunked { .. }
            | Cond::AmapUnshared { .. }
            | Cond::Adjoin { .. }
            | Cond::Mergeable { .. }
            | Cond::MergesNew { .. }
            | Cond::AmapReaches { .. }
            | Cond::Allowed { .. } => self.of_entry(cond, held),
            _ => of_arguments(cond, held).unwrap_or_else(|| self.of_page(cond, held)),
        }
    }

    fn starts_before(&self, entry: EntryId, end: Vaddr, held: bool) -> Caption {
        let over = self.walk_over(entry, held);
        let Some(range) = self.range_of(entry) else {
            return Caption::new("The walk has come to the header: no entry is left.", over);
        };
        if !held {
            let lead = format!("{} < {end} is false: the walk ends.", range.start);
            return Caption::new(lead, over);
        }
        let empty = self.range().is_some_and(|asked| asked.start == asked.end);
        let rest = if empty && range.start < end {
            "The range is empty, yet this entry starts below its end, so it is treated like a part of it."
        } else {
            "The entry in hand starts below the end of the range: it is its turn."
        };
        Caption::new(format!("{} < {end} is true.", range.start), rest)
    }

    /// What it means that a walk is over.
    fn walk_over(&self, entry: EntryId, held: bool) -> String {
        if held {
            return String::new();
        }
        let first = self.is_start_entry(entry);
        match self.walk(true) {
            Walk::Mark => "Pass 1 is over: every entry of the range is marked.".to_owned(),
            Walk::FaultIn if first => {
                "Pass 2 is over before it has begun: the cut left the entry starting at the very \
                 end of the range. Not one page is brought in."
                    .to_owned()
            }
            Walk::FaultIn => "Pass 2 is over.".to_owned(),
            Walk::Check if first => {
                "The check is over before it has begun: the range holds nothing.".to_owned()
            }
            Walk::Check => "The check is over, with nothing to complain about.".to_owned(),
            Walk::Release if first => "So there is nothing to release either.".to_owned(),
            Walk::Release => "Everything in the range is released.".to_owned(),
            Walk::Remove => "Everything in the range is out of the map.".to_owned(),
            Walk::Other => String::new(),
        }
    }

    fn ends_after(&self, entry: EntryId, start: Vaddr, held: bool) -> Caption {
        let Some(range) = self.range_of(entry) else {
            return Caption::lead("Going back, the walk has come to the header: no entry is left.");
        };
        let answer = if held { "true" } else { "false" };
        let rest = if held {
            "This entry was marked by pass 1, so the mark is to be taken back."
        } else {
            "Everything that pass 1 has marked is unmarked again."
        };
        Caption::new(format!("{} > {start} is {answer}.", range.end), rest)
    }

    fn cuts(&self, entry: EntryId, at: Vaddr, edge: Edge, held: bool) -> Caption {
        let Some(VaRange { start, end }) = self.range_of(entry) else {
            return Caption::lead(format!("There is no entry to cut at {at}."));
        };
        if held {
            return Caption::new(
                format!(
                    "{at} lies inside the entry, {start} < {at} < {end}: it will be cut there."
                ),
                "Only what lies inside the range may be touched.",
            );
        }
        let (failed, meets) = if start < at {
            (
                format!("{at} < {end} is false"),
                if at == end { "is the entry's own end" } else { "lies behind it" },
            )
        } else {
            (
                format!("{start} < {at} is false"),
                if at == start { "is the entry's own start" } else { "lies before it" },
            )
        };
        let lead = format!("No cut at {at}: {failed}.");
        let asked = self.range();
        let rest = match edge {
            // Here the story of the empty range turns.
            Edge::End if at == start && asked.is_some_and(|r| r.start == r.end) => format!(
                "A cut takes an address inside the entry, and {at} {meets} since the cut before. So \
                 the entry keeps all that lies behind the range, up to {end}."
            ),
            _ => format!(
                "{at} {meets}; at the {} of the range nothing has to come off.",
                edge_name(edge)
            ),
        };
        Caption::new(lead, rest)
    }

    fn hole_before(&self, entry: EntryId, end: Vaddr, held: bool) -> Caption {
        let Some(own_end) = self.range_of(entry).map(|r| r.end) else {
            return Caption::lead("There is no entry to look behind.");
        };
        if own_end >= end {
            let lead = format!("No hole: {own_end} < {end} is false.");
            return Caption::new(lead, "The entry reaches to the end of the range, or beyond it.");
        }
        match (held, self.range_of(self.state.next(entry))) {
            (true, Some(next)) => Caption::new(
                format!("A hole: nothing is mapped from {own_end} up to {}.", next.start),
                "The range is not mapped throughout, so the call fails.",
            ),
            (true, None) => Caption::new(
                format!("A hole: nothing is mapped from {own_end} on."),
                "The range is not mapped throughout, so the call fails.",
            ),
            (false, _) => {
                Caption::lead(format!("No hole: the next entry begins right at {own_end}."))
            }
        }
    }

    fn count_of(&self, entry: EntryId) -> i32 {
        self.state.get_entry(entry).map_or(0, |e| e.wired_count)
    }

    fn wired(&self, entry: EntryId, held: bool) -> Caption {
        let n = self.count_of(entry);
        let rest = match (held, self.stack.last().map(|f| f.func)) {
            (true, Some(Func::UvmMapPageableAll)) => "The entry says wired, so it is unwired.",
            (true, _) => "The entry says wired, so its wiring has to go.",
            (false, _) => "The entry does not say wired; there is nothing to take away.",
        };
        Caption::new(format!("wired_count of {} is {n}.", self.name(entry)), rest)
    }

    fn unwired(&self, entry: EntryId, held: bool) -> Caption {
        let n = self.count_of(entry);
        let func = self.frame().map(|f| f.func);
        let rest = match (func, held) {
            (Some(Func::UvmFaultUnwire), true) => {
                "The entry no longer says wired, so the pmap's wired mark is to go too."
            }
            (Some(Func::UvmFaultUnwire), false) => {
                "The entry still says wired, so the pmap's wired mark stays."
            }
            (Some(Func::UvmMapPageable), true) if self.runs(Func::SysMunlock) => {
                "There is no lock here to undo, so munlock fails."
            }
            (Some(Func::UvmMapPageable), false) if self.runs(Func::SysMunlock) => {
                "The entry says wired: munlock may go on."
            }
            (Some(Func::UvmMapPageable), true) => {
                "The mark was the only one, so the pages that this call has wired are released."
            }
            (Some(Func::UvmMapPageable), false) => "It was wired before this call, and stays so.",
            (Some(Func::UvmMapProtect), true) => "New memory is to be wired, so it is wired now.",
            (_, true) => "The entry is not wired yet.",
            (_, false) => "The entry is wired already.",
        };
        Caption::new(format!("wired_count of {} is {n}.", self.name(entry)), rest)
    }

    fn wired_once(&self, entry: EntryId, held: bool) -> Caption {
        let n = self.count_of(entry);
        let pages = self.pages_of(entry);
        if held {
            return Caption::new(
                format!("wired_count of {} is exactly 1.", self.name(entry)),
                format!(
                    "It was 0 before this call, so its {pages} have to be brought in and wired."
                )
                .replace("1 page have", "1 page has"),
            );
        }
        let rest = if n > 1 {
            "More than 1 means that an earlier call has wired its pages, so pass 2 leaves them alone."
        } else {
            "The entry is not marked, so there is nothing to bring in."
        };
        Caption::new(format!("wired_count of {} is {n}, not 1.", self.name(entry)), rest)
    }

    fn needs_amap(&self, id: EntryId, held: bool) -> Caption {
        let name = self.name(id);
        if held {
            return Caption::new(
                format!("{name} is private memory that was never written: needs-copy is set."),
                "Before it can be wired it needs an amap, in which its own pages can be kept.",
            );
        }
        let rest = match self.state.get_entry(id) {
            Some(e) if e.wired_count != 0 => {
                format!(
                    "Its wired_count is {}, so this was seen to by an earlier call.",
                    e.wired_count
                )
            }
            Some(e) if !e.needs_copy => "needs-copy is not set: it has what it needs.".to_owned(),
            _ => "It can never be written, so the file's own pages will do.".to_owned(),
        };
        Caption::new(format!("{name} needs no amap made now."), rest)
    }

    /// Other questions about an entry.
    fn of_entry(&self, cond: Cond, held: bool) -> Caption {
        let yes = |yes: String, no: String| Caption::lead(if held { yes } else { no });
        match cond {
            Cond::NeedsCopy { entry } => yes(
                format!(
                    "{} is marked needs-copy: it has no pages of its own yet.",
                    self.name(entry)
                ),
                format!("{} is not marked needs-copy.", self.name(entry)),
            ),
            Cond::HasAmap { entry } => yes(
                format!("{} has an amap already.", self.name(entry)),
                format!("{} has no amap yet.", self.name(entry)),
            ),
            Cond::ProtNone { entry } => yes(
                format!("The protection of {} is none.", self.name(entry)),
                format!("The protection of {} is not none.", self.name(entry)),
            ),
            Cond::CopyOnWrite { entry } => yes(
                format!("{} is copy-on-write.", self.name(entry)),
                format!("{} is not copy-on-write: it shares what it maps.", self.name(entry)),
            ),
            Cond::HasObject { entry } => yes(
                format!("Behind {} lies the file.", self.name(entry)),
                format!("No file lies behind {}.", self.name(entry)),
            ),
            Cond::Chunked { entry, pages } => {
                let has = self.pages_of(entry);
                yes(
                    format!(
                        "{has} are {pages} or more: the amap is made for a chunk of 64 KiB, not for all."
                    ),
                    format!("{has}: fewer than {pages}, so the amap is made for the whole entry."),
                )
            }
            Cond::AmapUnshared { .. } => yes(
                "Nobody else refers to the amap, so the entry may simply keep it.".to_owned(),
                "Others refer to the amap too.".to_owned(),
            ),
            Cond::Adjoin { .. } => yes(
                "The two entries adjoin.".to_owned(),
                "The two entries do not adjoin.".to_owned(),
            ),
            Cond::Mergeable { with, .. } => yes(
                format!("{} agrees in everything: the two can become one.", self.name(with)),
                format!("{} does not agree in everything, so the two stay apart.", self.name(with)),
            ),
            Cond::MergesNew { with, .. } => yes(
                format!(
                    "{} is just like the new mapping and adjoins it: the two can become one.",
                    self.name(with)
                ),
                format!("{} does not adjoin the new mapping, or differs from it.", self.name(with)),
            ),
            Cond::AmapReaches { need, room, .. } => yes(
                format!("The amap can reach over {need} slots."),
                format!("The amap cannot reach over {need} slots; it has room for {room}."),
            ),
            Cond::Allowed { want, have, .. } => allowed(want, have, held),
            _ => Caption::default(),
        }
    }

    /// Questions about one page, or about the machine.
    fn of_page(&self, cond: Cond, held: bool) -> Caption {
        let yes = |yes: String, no: String| Caption::lead(if held { yes } else { no });
        match cond {
            Cond::Mapped { va } => yes(
                format!("An entry holds {va}."),
                format!("No entry holds {va}: the access fails."),
            ),
            Cond::InPmap { va, write } => {
                let how = if write { " for writing" } else { "" };
                yes(
                    format!("The pmap maps {va}{how} already: no fault is needed."),
                    format!("The pmap does not map {va}{how}: the access gives a fault."),
                )
            }
            Cond::AnonResident { va, .. } => yes(
                format!("The amap holds a page for {va}."),
                format!("The amap holds no page for {va} yet."),
            ),
            Cond::ObjectResident { index } => yes(
                format!("Page {index} of the file is in memory."),
                format!("Page {index} of the file is not in memory yet."),
            ),
            Cond::BeyondFile { index, pages } => yes(
                format!("Page {index} lies beyond the file, which has {}.", count(pages, "page")),
                format!("Page {index} lies within the file, which has {}.", count(pages, "page")),
            ),
            Cond::WiredBit { va } => yes(
                format!("The mapping of {va} is marked wired."),
                format!("The mapping of {va} is not marked wired."),
            ),
            Cond::PageUnwired { va, wire_count } => self.page_unwired(va, wire_count, held),
            Cond::Diagnostic { .. } => yes(
                "The kernel was built with DIAGNOSTIC.".to_owned(),
                "The kernel was built without DIAGNOSTIC.".to_owned(),
            ),
            _ => Caption::default(),
        }
    }

    fn page_unwired(&self, va: Vaddr, wire_count: u16, held: bool) -> Caption {
        let lead = format!("wire_count of the page at {va} is {wire_count}.");
        let rest = match (self.frame().map(|f| f.func), held) {
            (Some(Func::UvmPagewire), true) => {
                "It is about to become a wired page, so the system's total goes up."
            }
            (Some(Func::UvmPagewire), false) => {
                "It counts as wired already; the total counts pages, not wirings."
            }
            (Some(Func::UvmPageunwire), true) if self.story.is_assertion(self.place) => {
                "The kernel asserts that a page to be released was wired. This one was not."
            }
            (Some(Func::UvmPageunwire), true) => {
                "That was its last wiring, so the system's total goes down."
            }
            (Some(Func::UvmPageunwire), false) => "It still counts as wired.",
            (_, true) => "It is not wired.",
            (_, false) => "It is freed although it counts as wired, and leaves the total.",
        };
        Caption::new(lead, rest)
    }

    fn is_start_entry(&self, id: EntryId) -> bool {
        use uvmscope_uvm::event::{Pin, PinAt};
        self.frame().is_some_and(|f| f.pin(Pin::StartEntry) == Some(PinAt::Entry(id)))
    }
}

fn allowed(want: Prot, have: Prot, held: bool) -> Caption {
    if held {
        return Caption::lead(format!("{want} is within what is allowed, {have}."));
    }
    Caption::new(format!("{want} is not within what is allowed, {have}."), "Permission is denied.")
}

/// Questions about the arguments of a call; nothing for others.
fn of_arguments(cond: Cond, held: bool) -> Option<Caption> {
    let yes = |yes: String, no: String| Caption::lead(if held { yes } else { no });
    Some(match cond {
        Cond::Empty { range } => Caption::new(
            if held {
                format!("The range is empty: it starts and ends at {}.", range.start)
            } else {
                format!("The range {} is not empty.", span(range))
            },
            if held { "So the call is over, with success, and nothing is touched." } else { "" },
        ),
        Cond::ZeroLength { len } => yes(
            "The length is 0, so it stays 0.".to_owned(),
            format!("The length is {}, not 0.", bytes(len)),
        ),
        Cond::OutsideMap { range, .. } => yes(
            format!("{} reaches out of the map, and is clamped to it.", span(range)),
            "The range lies within the map: nothing to clamp.".to_owned(),
        ),
        Cond::BelowMap { start, min } => yes(
            format!("{start} lies below the map, which begins at {min}."),
            format!("{start} does not lie below the map, which begins at {min}."),
        ),
        Cond::AboveMap { end, max } => yes(
            format!("{end} lies above the map, which ends at {max}."),
            format!("{end} does not lie above the map, which ends at {max}."),
        ),
        Cond::Wrapped { range } => yes(
            format!(
                "The end {} lies below the start {}: the sum has wrapped.",
                range.end, range.start
            ),
            format!("The end {} does not lie below the start {}.", range.end, range.start),
        ),
        Cond::Unaligned { va } => {
            yes(format!("{va} is no page boundary."), format!("{va} is a page boundary."))
        }
        Cond::RoundingWrapped { len, rounded } => yes(
            format!("{len:#x}, rounded up to whole pages, wraps to {rounded:#x}."),
            "Rounding the length up to whole pages does not wrap.".to_owned(),
        ),
        Cond::OverWiredmax { pages, wired, max } => Caption::new(
            format!(
                "{} asked for and {wired} wired already: {} the limit of {}.",
                count(pages, "page"),
                if held { "that is over" } else { "within" },
                number(max)
            ),
            if held && wired < 0 {
                "The count of wired pages is negative, and is compared as a huge unsigned number."
            } else {
                ""
            },
        ),
        Cond::OverMemlock { need, limit } => yes(
            format!("{} would be locked, more than the limit of {}.", bytes(need), bytes(limit)),
            format!("{} would be locked, within the limit of {}.", bytes(need), bytes(limit)),
        ),
        Cond::Free { range, .. } => yes(
            format!("{} is free.", span(range)),
            format!("{} is not free, or not where it is wanted.", span(range)),
        ),
        Cond::BadFlags { .. } => yes(
            "The flags or codes do not allow this.".to_owned(),
            "The flags and codes are in order.".to_owned(),
        ),
        Cond::WireNow { flag, future } => wire_now(flag, future),
        Cond::Failed { errno } => yes(
            format!("The answer is {errno}, an error."),
            "The answer is 0, no error.".to_owned(),
        ),
        Cond::ProtChanges { from, to } => yes(
            format!("The protection changes from {from} to {to}, so the mappings must follow."),
            format!("The protection was {from} before: the mappings may stay as they are."),
        ),
        _ => return None,
    })
}

fn wire_now(flag: bool, future: bool) -> Caption {
    Caption::lead(match (flag, future) {
        (true, _) => "MAP_WIRED is set: the new mapping is wired at once.",
        (false, true) => "mlockall has asked for it: the new mapping is wired at once.",
        (false, false) => "Nobody has asked for the new mapping to be wired at once.",
    })
}
