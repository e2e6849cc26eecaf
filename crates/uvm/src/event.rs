//! What happens in the simulated kernel, one event at a time.
//!
//! *Writes* change the state, and carry what was there before as well as what is there after, so
//! that a recording is its own undo log. *Notes* change nothing: they tell what was tested, where
//! the kernel's variables point, and which function runs.

use crate::addr::{VaRange, Vaddr};
use crate::attr::{Advice, Inherit, Prot};
use crate::cond::Cond;
use crate::errno::Errno;
use crate::func::Func;
use crate::halt::Panic;
use crate::state::{AmapId, ConsoleLine, Entry, EntryId, Mapping, PageId};

/// A variable of the kernel that points into the map.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Pin {
    /// `entry`: the entry in hand.
    Entry,
    /// `start_entry`: where a walk over the range begins.
    StartEntry,
    /// `failed_entry`: where a walk was broken off.
    FailedEntry,
    /// `start`: the lower end of the range in hand; an argument.
    Start,
    /// `end`: the upper end of the range in hand; an argument.
    End,
    /// `va`: the page in hand; an argument of the functions that work on one page.
    Va,
}

impl Pin {
    /// Its name in the source.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Entry => "entry",
            Self::StartEntry => "start_entry",
            Self::FailedEntry => "failed_entry",
            Self::Start => "start",
            Self::End => "end",
            Self::Va => "va",
        }
    }
}

/// What a variable of the kernel holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PinAt {
    /// An entry, or the header.
    Entry(EntryId),
    /// An address.
    Addr(Vaddr),
}

/// The arguments with which a function is entered, as far as the picture shows them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Args {
    /// Nothing to show.
    None,
    /// A range.
    Range(VaRange),
    /// A page and the access to it; only `touch` gives an access.
    Page(Vaddr),
    /// An entry.
    Entry(EntryId),
}

/// How a merge came about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum MergeHow {
    /// A new mapping was appended to the entry before it.
    Back,
    /// A new mapping was put in front of the entry behind it.
    Forward,
    /// The entry before, the new mapping and the entry behind became one.
    Both,
    /// `amap_copy` took over the entry behind.
    AmapCopyNext,
    /// `amap_copy` took over the entry before.
    AmapCopyPrev,
}

impl MergeHow {
    /// The name that the corpora use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Back => "back",
            Self::Forward => "forward",
            Self::Both => "both",
            Self::AmapCopyNext => "amap_copy_next",
            Self::AmapCopyPrev => "amap_copy_prev",
        }
    }
}

/// How `amap_copy` came to its end.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AmapCopied {
    /// The entry has an amap that it had not before, a fresh one or its neighbour's.
    New,
    /// The entry's amap had no other reference, and simply became its own.
    Took,
}

/// One thing that happened.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "from, to and the ids say what they are; the variants say the rest")]
pub enum KernelEvent {
    // ---- writes: the map
    /// An entry came into the map.
    EntryInsert {
        id: EntryId,
        entry: Box<Entry>,
    },
    /// An entry left the map.
    EntryRemove {
        id: EntryId,
        entry: Box<Entry>,
    },
    /// The entry was cut at `at`; it keeps its back, and `front` is new. `from` is its old start.
    ClipStart {
        entry: EntryId,
        front: EntryId,
        at: Vaddr,
        from: Vaddr,
    },
    /// The entry was cut at `at`; it keeps its front, and `back` is new. `from` is its old end.
    ClipEnd {
        entry: EntryId,
        back: EntryId,
        at: Vaddr,
        from: Vaddr,
    },
    EntryStart {
        entry: EntryId,
        from: Vaddr,
        to: Vaddr,
    },
    EntryEnd {
        entry: EntryId,
        from: Vaddr,
        to: Vaddr,
    },
    EntryOffset {
        entry: EntryId,
        from: u64,
        to: u64,
    },
    WiredCount {
        entry: EntryId,
        from: i32,
        to: i32,
    },
    EntryProt {
        entry: EntryId,
        from: Prot,
        to: Prot,
    },
    EntryInherit {
        entry: EntryId,
        from: Inherit,
        to: Inherit,
    },
    EntryAdvice {
        entry: EntryId,
        from: Advice,
        to: Advice,
    },
    NeedsCopy {
        entry: EntryId,
        from: bool,
        to: bool,
    },
    EntryAmap {
        entry: EntryId,
        from: Option<AmapId>,
        to: Option<AmapId>,
    },
    EntrySlot {
        entry: EntryId,
        from: u64,
        to: u64,
    },
    WireFuture {
        from: bool,
        to: bool,
    },

    // ---- writes: amaps and pages
    /// An amap was made, with one reference and no page in it.
    AmapCreate {
        amap: AmapId,
        nslot: u64,
        maxslot: u64,
    },
    /// An amap went, with no page left in it.
    AmapDestroy {
        amap: AmapId,
        nslot: u64,
        maxslot: u64,
    },
    AmapRefs {
        amap: AmapId,
        from: u32,
        to: u32,
    },
    AmapSlots {
        amap: AmapId,
        from: u64,
        to: u64,
    },
    AmapRoom {
        amap: AmapId,
        from: u64,
        to: u64,
    },
    /// The pages of an amap moved to slots `by` higher.
    AmapShift {
        amap: AmapId,
        by: i64,
    },
    AnonAdd {
        amap: AmapId,
        slot: u64,
        page: PageId,
    },
    AnonRemove {
        amap: AmapId,
        slot: u64,
        page: PageId,
    },
    /// The file's page became resident.
    ObjectPage {
        index: u64,
        page: PageId,
    },
    /// A page was taken from the free ones; its `wire_count` is 0.
    PageAlloc {
        page: PageId,
    },
    /// A page was freed, with this count on it; `va` is where it showed.
    PageFree {
        page: PageId,
        va: Vaddr,
        wire_count: u16,
    },
    /// `uvm_pagewire` counted up.
    PageWire {
        page: PageId,
        va: Vaddr,
        from: u16,
        to: u16,
    },
    /// `uvm_pageunwire` counted down, or freeing set the count to 0.
    PageUnwire {
        page: PageId,
        va: Vaddr,
        from: u16,
        to: u16,
    },
    UvmexpWired {
        from: i32,
        to: i32,
    },

    // ---- writes: the pmap, the console, the end
    PmapEnter {
        va: Vaddr,
        from: Option<Mapping>,
        to: Mapping,
    },
    PmapRemove {
        va: Vaddr,
        was: Mapping,
    },
    /// The mapping lost its write bit.
    PmapProtect {
        va: Vaddr,
    },
    /// The mapping lost its wired bit.
    PmapUnwire {
        va: Vaddr,
    },
    Console {
        line: ConsoleLine,
    },
    /// The machine stops here.
    Panic {
        panic: Panic,
    },

    // ---- notes
    /// A function was entered.
    Enter {
        func: Func,
        args: Args,
    },
    /// A function returned.
    Leave {
        func: Func,
        errno: Errno,
    },
    /// A condition was tested.
    Test {
        cond: Cond,
        held: bool,
    },
    /// A variable of the kernel was set.
    Pin {
        pin: Pin,
        at: PinAt,
    },
    /// The map was searched for an address; `entry` is what holds it.
    Lookup {
        va: Vaddr,
        entry: Option<EntryId>,
    },
    /// The program's own access faulted.
    TouchFault {
        va: Vaddr,
        access: crate::call::Access,
    },
    /// `amap_copy` was asked for the pages from `from` to `to` of the entry.
    AmapCopy {
        entry: EntryId,
        from: Vaddr,
        to: Vaddr,
    },
    /// `amap_copy` is done.
    AmapCopied {
        entry: EntryId,
        how: AmapCopied,
    },
    /// Two ranges became one; `range` is what the kernel calls merged.
    Merge {
        how: MergeHow,
        range: VaRange,
    },
    /// A page could not be faulted in for wiring.
    FaultWireFailed {
        va: Vaddr,
        errno: Errno,
    },
    /// `pmap_unwire` found no wired bit to clear.
    WiringUnchanged {
        va: Vaddr,
    },
    /// mmap's answer.
    Mapped {
        at: Vaddr,
    },
}

impl KernelEvent {
    /// Whether the event changes the state.
    pub const fn is_write(&self) -> bool {
        !matches!(
            self,
            Self::Enter { .. }
                | Self::Leave { .. }
                | Self::Test { .. }
                | Self::Pin { .. }
                | Self::Lookup { .. }
                | Self::TouchFault { .. }
                | Self::AmapCopy { .. }
                | Self::AmapCopied { .. }
                | Self::Merge { .. }
                | Self::FaultWireFailed { .. }
                | Self::WiringUnchanged { .. }
                | Self::Mapped { .. }
        )
    }
}
