//! Sentences for the steps that change something.

use std::fmt::Write as _;

use uvmscope_uvm::event::KernelEvent;
use uvmscope_uvm::state::ConsoleLine;
use uvmscope_uvm::{Entry, EntryId, Func, VaRange, Vaddr};

use crate::caption::{Caption, Teller};
use crate::words::{count, span};

impl Teller<'_> {
    pub(crate) fn write(&self, event: &KernelEvent) -> Caption {
        use KernelEvent as E;
        match event {
            E::EntryInsert { entry, .. } => inserted(entry),
            E::EntryRemove { entry, .. } => {
                Caption::lead(format!("The entry {} leaves the map.", span(entry.range)))
            }
            E::ClipStart { entry, at, from, .. } => {
                self.clip(*entry, *at, VaRange::new(*from, *at), true)
            }
            E::ClipEnd { entry, at, from, .. } => {
                self.clip(*entry, *at, VaRange::new(*at, *from), false)
            }
            E::EntryStart { from, to, .. } => {
                Caption::lead(format!("An entry now starts at {to}; it was {from}."))
            }
            E::EntryEnd { from, to, .. } => {
                Caption::lead(format!("An entry now ends at {to}; it was {from}."))
            }
            E::EntryOffset { entry, from, to } => Caption::lead(format!(
                "The entry {} now begins at offset {to} of what it maps; it was {from}.",
                self.name(*entry)
            )),
            E::WiredCount { entry, from, to } => self.wired_count(*entry, *from, *to),
            E::EntryProt { entry, from, to } => Caption::lead(format!(
                "The protection of {} goes from {from} to {to}.",
                self.name(*entry)
            )),
            E::EntryInherit { entry, from, to } => Caption::lead(format!(
                "What a child would get of {} goes from {} to {}.",
                self.name(*entry),
                from.name(),
                to.name()
            )),
            E::EntryAdvice { entry, from, to } => Caption::lead(format!(
                "The advice for {} goes from {} to {}.",
                self.name(*entry),
                from.name(),
                to.name()
            )),
            E::NeedsCopy { entry, to: false, .. } => Caption::new(
                format!("needs-copy goes from {}.", self.name(*entry)),
                "It has an amap of its own now, so a write no longer has to make one.",
            ),
            E::NeedsCopy { entry, .. } => {
                Caption::lead(format!("{} is marked needs-copy.", self.name(*entry)))
            }
            E::WireFuture { to: true, .. } => {
                Caption::lead("From now on every new mapping is to be wired at once.")
            }
            E::WireFuture { .. } => Caption::lead("New mappings are no longer wired at once."),
            _ => self.write_below(event),
        }
    }

    /// What is changed below the map: amaps, pages, the pmap, the console.
    fn write_below(&self, event: &KernelEvent) -> Caption {
        use KernelEvent as E;
        match event {
            E::EntryAmap { entry, to: Some(_), .. } => Caption::lead(format!(
                "The entry {} refers to an amap now, which will keep its pages.",
                self.name(*entry)
            )),
            E::EntryAmap { entry, .. } => Caption::lead(format!(
                "The entry {} no longer refers to an amap.",
                self.name(*entry)
            )),
            E::EntrySlot { entry, from, to } => Caption::lead(format!(
                "The first page of {} is slot {to} of its amap; it was slot {from}.",
                self.name(*entry)
            )),
            E::AmapCreate { nslot, .. } => Caption::lead(format!(
                "An amap is made, with room for {} and none in it yet.",
                count(*nslot, "page")
            )),
            E::AmapDestroy { .. } => {
                Caption::lead("The last reference to the amap is gone, and the amap with it.")
            }
            E::AmapRefs { from, to, .. } if to > from => Caption::new(
                format!("References to the amap: {from}, now {to}."),
                "Both pieces of the cut entry share the amap that keeps their pages.",
            ),
            E::AmapRefs { from, to, .. } => {
                Caption::lead(format!("References to the amap: {from}, now {to}."))
            }
            E::AmapSlots { from, to, .. } => {
                Caption::lead(format!("The amap reaches over {to} slots; it was {from}."))
            }
            E::AmapRoom { from, to, .. } => {
                Caption::lead(format!("The amap gets room for {to} slots; it was {from}."))
            }
            E::AmapShift { by, .. } => {
                Caption::lead(format!("The pages of the amap move by {by} slots."))
            }
            E::AnonAdd { slot, .. } => Caption::lead(format!(
                "The new page is put into slot {slot} of the amap: the memory is resident now."
            )),
            E::AnonRemove { slot, .. } => {
                Caption::lead(format!("The page in slot {slot} is taken out of the amap."))
            }
            E::ObjectPage { index, .. } => {
                Caption::lead(format!("Page {index} of the file is read into memory."))
            }
            E::PageAlloc { .. } => Caption::lead("A free page is taken; its wire_count is 0."),
            E::Console { line } => console(*line),
            E::Panic { panic } => Caption::lead(format!("The kernel panics: {panic}.")),
            _ => self.write_page(event),
        }
    }

    fn write_page(&self, event: &KernelEvent) -> Caption {
        use KernelEvent as E;
        match event {
            E::PageFree { va, wire_count: 0, .. } => {
                Caption::lead(format!("The page that stood at {va} is freed."))
            }
            E::PageFree { va, wire_count, .. } => Caption::new(
                format!(
                    "The page that stood at {va} is freed with a wire_count of {wire_count} on it."
                ),
                "Nobody will release it any more; the count goes with the page.",
            ),
            E::PageWire { va, from, to, .. } => page_wire(*va, *from, *to),
            E::PageUnwire { va, from, to, .. } => page_unwire(*va, *from, *to),
            E::UvmexpWired { from, to } if from < to => {
                Caption::lead(format!("uvmexp.wired counts one wired page more: {from}, now {to}."))
            }
            E::UvmexpWired { from, to } => {
                let rest = if *to < 0 {
                    "A page was taken off that had never been counted, so the total of the whole system has gone below 0."
                } else {
                    ""
                };
                Caption::new(
                    format!("uvmexp.wired counts one wired page less: {from}, now {to}."),
                    rest,
                )
            }
            E::PmapEnter { va, from, to } => {
                let verb = if from.is_some() { "now maps the page at" } else { "maps the page at" };
                let write = if to.write { "for writing" } else { "for reading only" };
                let wired = if to.wired { ", marked wired" } else { "" };
                Caption::lead(format!("The pmap {verb} {va} {write}{wired}."))
            }
            E::PmapRemove { va, was } => {
                let rest = if was.wired {
                    "It was marked wired; whoever comes to unwire it will not find it here."
                } else {
                    ""
                };
                let inside = self.runs(Func::UvmUnmapRemove);
                Caption::new(
                    format!("The pmap no longer maps {va}."),
                    if inside { "" } else { rest },
                )
            }
            E::PmapProtect { va } => Caption::lead(format!(
                "The pmap no longer lets the program write to {va} without a fault."
            )),
            E::PmapUnwire { va } => {
                Caption::lead(format!("The pmap takes the wired mark off its mapping of {va}."))
            }
            _ => Caption::default(),
        }
    }

    /// An entry comes apart; `new` is the piece that got a new entry.
    fn clip(&self, entry: EntryId, at: Vaddr, new: VaRange, front: bool) -> Caption {
        let kept = self.range_of(entry).unwrap_or(new);
        let side = if front { "front" } else { "back" };
        let count = self.state.get_entry(entry).map_or(0, |e| e.wired_count);
        let lead = format!("The entry is cut in two at {at}.");
        let mut rest =
            format!("A new entry takes the {side}, {}; `entry` is now {}.", span(new), span(kept));
        if count != 0 {
            let _ = write!(rest, " Both pieces say wired_count {count}: a cut copies it.");
        }
        Caption::new(lead, rest)
    }

    fn wired_count(&self, entry: EntryId, from: i32, to: i32) -> Caption {
        let name = self.name(entry);
        let lead = format!("wired_count of {name} goes from {from} to {to}.");
        let Some(range) = self.range_of(entry) else {
            return Caption::lead(lead);
        };
        let pages = count(range.pages().0, "page");
        let asked =
            self.range().filter(|_| self.frame().is_some_and(|f| f.func == Func::UvmMapPageable));
        let are = if range.pages().0 == 1 { "is" } else { "are" };
        let rest = match (from, to, asked) {
            (0, 1, Some(asked)) if asked.is_empty() => format!(
                "The request was empty, but the cut at its start left this entry reaching to {}, \
                 and all {pages} of it now say wired. No page has been touched.",
                range.end
            ),
            (0, 1, _) => format!(
                "Pass 1 only marks: the entry now says that its {pages} {are} wired, and pass 2 \
                 has to make that true."
            ),
            (1, 2, _) => {
                "A count of 1 would mean \"just wired\". It is 2, so pass 2 will take the \
                 pages for wired already, and leave them alone."
                    .to_owned()
            }
            (2.., 0, None) => {
                format!("One unlock undoes any number of locks. Its {pages} {are} released next.")
            }
            (_, 0, None) => {
                format!("The entry no longer says wired; its {pages} {are} released next.")
            }
            (from, to, _) if to < from => "The mark of pass 1 is taken back.".to_owned(),
            _ => String::new(),
        };
        Caption::new(lead, rest)
    }
}

fn inserted(entry: &Entry) -> Caption {
    let pages = count(entry.range.pages().0, "page");
    let rest = if entry.needs_copy {
        "It is private and still marked needs-copy: there is no memory behind it until somebody touches it."
    } else {
        "There is no memory behind it until somebody touches it."
    };
    Caption::new(
        format!(
            "A new entry comes into the map: {}, {pages}, protection {}.",
            span(entry.range),
            entry.prot
        ),
        rest,
    )
}

fn console(line: ConsoleLine) -> Caption {
    match line {
        ConsoleLine::WiringDidNotChange { va } => Caption::new(
            format!("The kernel prints: \"{line}\""),
            format!(
                "It was asked to take the wired mark off {va}, and there was none. That is noise, but the first sign of what went wrong."
            ),
        ),
    }
}

fn page_wire(va: Vaddr, from: u16, to: u16) -> Caption {
    let rest = if to == 0 {
        "The 16-bit count has wrapped to 0: the page is called wired, and counts as not wired."
    } else if from == 0 {
        "It is wired now, and stays in memory."
    } else {
        ""
    };
    Caption::new(format!("wire_count of the page at {va} goes from {from} to {to}."), rest)
}

fn page_unwire(va: Vaddr, from: u16, to: u16) -> Caption {
    let rest = if from == 0 {
        "It was never wired: the 16-bit count wraps around, and the page now looks wired 65,535 times over."
    } else if to == 0 {
        "It is no longer wired."
    } else {
        ""
    };
    Caption::new(format!("wire_count of the page at {va} goes from {from} to {to}."), rest)
}
