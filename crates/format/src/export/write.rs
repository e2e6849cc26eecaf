//! The writes of a trace: every event that changes the state, with all that is needed to do it
//! again.

use serde::{Deserialize, Serialize};
use uvmscope_uvm::event::KernelEvent;
use uvmscope_uvm::state::{AmapId, ConsoleLine, Mapping, PageId};
use uvmscope_uvm::{Advice, Entry, EntryId, Inherit, Panic, Prot, VaRange, Vaddr};

use crate::corpus::{Hex, Name, Num};

/// A value of an event, and how a trace spells it.
pub(super) trait Spelt: Sized {
    type Json;

    fn spell(&self) -> Self::Json;

    /// The value; nothing for a spelling that none has.
    fn read(json: Self::Json) -> Option<Self>;
}

/// Values that are spelt as they are.
macro_rules! plain {
    ($($type:ty),*) => {$(
        impl Spelt for $type {
            type Json = Self;

            fn spell(&self) -> Self {
                *self
            }

            fn read(json: Self) -> Option<Self> {
                Some(json)
            }
        }
    )*};
}

/// Values in a wrapper, of which traces have another one.
macro_rules! wrapped {
    ($($type:ty: $json:ty = $spell:expr, $read:expr;)*) => {$(
        impl Spelt for $type {
            type Json = $json;

            fn spell(&self) -> $json {
                $spell(*self)
            }

            fn read(json: $json) -> Option<Self> {
                Some($read(json))
            }
        }
    )*};
}

plain!(bool, u16, u32, i32, i64);
wrapped! {
    u64: Num = Num, |json: Num| json.0;
    Vaddr: Hex = |va: Vaddr| Hex(va.0), |json: Hex| Vaddr(json.0);
    EntryId: u32 = |id: EntryId| id.0, EntryId;
    AmapId: u32 = |id: AmapId| id.0, AmapId;
    PageId: u32 = |id: PageId| id.0, PageId;
    Prot: Name<Prot> = Name, |json: Name<Prot>| json.0;
    Inherit: Name<Inherit> = Name, |json: Name<Inherit>| json.0;
    Advice: Name<Advice> = Name, |json: Name<Advice>| json.0;
    Mapping: TraceMapping = TraceMapping::of, TraceMapping::value;
}

impl<T: Spelt> Spelt for Option<T> {
    type Json = Option<T::Json>;

    fn spell(&self) -> Self::Json {
        self.as_ref().map(T::spell)
    }

    fn read(json: Self::Json) -> Option<Self> {
        json.map_or(Some(None), |json| T::read(json).map(Some))
    }
}

impl Spelt for Panic {
    type Json = String;

    fn spell(&self) -> String {
        self.to_string()
    }

    fn read(json: String) -> Option<Self> {
        [Self::PageNotWired].into_iter().find(|panic| panic.to_string() == json)
    }
}

impl Spelt for ConsoleLine {
    type Json = TraceLine;

    fn spell(&self) -> TraceLine {
        let Self::WiringDidNotChange { va } = *self;
        TraceLine { text: self.to_string(), va: Hex(va.0) }
    }

    fn read(json: TraceLine) -> Option<Self> {
        let line = Self::WiringDidNotChange { va: Vaddr(json.va.0) };
        (line.to_string() == json.text).then_some(line)
    }
}

impl Spelt for Box<Entry> {
    type Json = TraceEntry;

    fn spell(&self) -> TraceEntry {
        TraceEntry {
            start: self.range.start.spell(),
            end: self.range.end.spell(),
            prot: Name(self.prot),
            max_prot: Name(self.max_prot),
            inherit: Name(self.inherit),
            advice: Name(self.advice),
            wired_count: self.wired_count,
            cow: self.cow,
            needs_copy: self.needs_copy,
            amap: self.amap.spell(),
            slot: Num(self.slot),
            object: self.object,
            offset: Num(self.offset),
            birth: self.birth,
            family: self.family,
        }
    }

    fn read(json: TraceEntry) -> Option<Self> {
        Some(Self::new(Entry {
            range: VaRange::new(Vaddr(json.start.0), Vaddr(json.end.0)),
            prot: json.prot.0,
            max_prot: json.max_prot.0,
            inherit: json.inherit.0,
            advice: json.advice.0,
            wired_count: json.wired_count,
            cow: json.cow,
            needs_copy: json.needs_copy,
            amap: Spelt::read(json.amap)?,
            slot: json.slot.0,
            object: json.object,
            offset: json.offset.0,
            birth: json.birth,
            family: json.family,
        }))
    }
}

/// What the pmap holds for a page.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TraceMapping {
    page: u32,
    write: bool,
    wired: bool,
}

impl TraceMapping {
    const fn of(mapping: Mapping) -> Self {
        Self { page: mapping.page.0, write: mapping.write, wired: mapping.wired }
    }

    fn value(self) -> Mapping {
        Mapping { page: PageId(self.page), write: self.write, wired: self.wired }
    }
}

/// A line that the kernel printed, and the address in it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TraceLine {
    text: String,
    va: Hex,
}

/// A whole entry.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(clippy::struct_excessive_bools, reason = "an entry has these")]
pub(super) struct TraceEntry {
    start: Hex,
    end: Hex,
    prot: Name<Prot>,
    max_prot: Name<Prot>,
    inherit: Name<Inherit>,
    advice: Name<Advice>,
    wired_count: i32,
    cow: bool,
    needs_copy: bool,
    amap: Option<u32>,
    slot: Num,
    object: bool,
    offset: Num,
    birth: u32,
    family: u32,
}

macro_rules! writes {
    ($($variant:ident { $($field:ident: $type:ty),* })*) => {
        /// An event that changes the state, as a trace spells it.
        #[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
        #[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
        pub(super) enum Write {
            $($variant { $($field: <$type as Spelt>::Json),* },)*
        }

        impl Write {
            /// Spells an event; nothing for one that changes nothing.
            pub(super) fn of(event: &KernelEvent) -> Option<Self> {
                Some(match event {
                    $(KernelEvent::$variant { $($field),* } => {
                        Self::$variant { $($field: Spelt::spell($field)),* }
                    })*
                    _ => return None,
                })
            }

            /// The event; nothing where a value is one that no event has.
            pub(super) fn read(self) -> Option<KernelEvent> {
                Some(match self {
                    $(Self::$variant { $($field),* } => {
                        KernelEvent::$variant { $($field: Spelt::read($field)?),* }
                    })*
                })
            }
        }
    };
}

writes! {
    EntryInsert { id: EntryId, entry: Box<Entry> }
    EntryRemove { id: EntryId, entry: Box<Entry> }
    ClipStart { entry: EntryId, front: EntryId, at: Vaddr, from: Vaddr }
    ClipEnd { entry: EntryId, back: EntryId, at: Vaddr, from: Vaddr }
    EntryStart { entry: EntryId, from: Vaddr, to: Vaddr }
    EntryEnd { entry: EntryId, from: Vaddr, to: Vaddr }
    EntryOffset { entry: EntryId, from: u64, to: u64 }
    WiredCount { entry: EntryId, from: i32, to: i32 }
    EntryProt { entry: EntryId, from: Prot, to: Prot }
    EntryInherit { entry: EntryId, from: Inherit, to: Inherit }
    EntryAdvice { entry: EntryId, from: Advice, to: Advice }
    NeedsCopy { entry: EntryId, from: bool, to: bool }
    EntryAmap { entry: EntryId, from: Option<AmapId>, to: Option<AmapId> }
    EntrySlot { entry: EntryId, from: u64, to: u64 }
    WireFuture { from: bool, to: bool }
    AmapCreate { amap: AmapId, nslot: u64, maxslot: u64 }
    AmapDestroy { amap: AmapId, nslot: u64, maxslot: u64 }
    AmapRefs { amap: AmapId, from: u32, to: u32 }
    AmapSlots { amap: AmapId, from: u64, to: u64 }
    AmapRoom { amap: AmapId, from: u64, to: u64 }
    AmapShift { amap: AmapId, by: i64 }
    AnonAdd { amap: AmapId, slot: u64, page: PageId }
    AnonRemove { amap: AmapId, slot: u64, page: PageId }
    ObjectPage { index: u64, page: PageId }
    PageAlloc { page: PageId }
    PageFree { page: PageId, va: Vaddr, wire_count: u16 }
    PageWire { page: PageId, va: Vaddr, from: u16, to: u16 }
    PageUnwire { page: PageId, va: Vaddr, from: u16, to: u16 }
    UvmexpWired { from: i32, to: i32 }
    PmapEnter { va: Vaddr, from: Option<Mapping>, to: Mapping }
    PmapRemove { va: Vaddr, was: Mapping }
    PmapProtect { va: Vaddr }
    PmapUnwire { va: Vaddr }
    Console { line: ConsoleLine }
    Panic { panic: Panic }
}
