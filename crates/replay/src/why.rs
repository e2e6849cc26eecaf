//! "Why is it so?", as searches over the events of a run: who wrote a value last, who writes it
//! next, the chain of writers back to where the value came from, and for what did not happen the
//! test that decided against it.
//!
//! Nothing is kept for this: the trace is the undo log, and each write in it tells what was there
//! before. A search walks over the events once; walking back a chain, however long, is one walk.

mod because;
mod not;
mod search;

use std::fmt;

use uvmscope_uvm::halt::Panic;
use uvmscope_uvm::state::{AmapId, ConsoleLine, Mapping, PageId};
use uvmscope_uvm::{Advice, Entry, EntryId, Inherit, Prot, State, Vaddr};

pub use because::{Because, because};
pub use not::{Prevented, Reason, What, why_not};
pub use search::{MAX_LINKS, chain, last_write, next_write, read, write_here};

use crate::timeline::Place;

/// A part of an entry that one may ask about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Field {
    /// The entry itself: that it is in the map.
    Exists,
    /// First address.
    Start,
    /// First address behind it.
    End,
    /// What the program may do there.
    Prot,
    /// What it may ever ask for.
    MaxProt,
    /// What a child would get.
    Inherit,
    /// How the program said it would use it.
    Advice,
    /// How often it was wired.
    WiredCount,
    /// Whether its amap is still to be made or copied.
    NeedsCopy,
    /// The anonymous memory behind it.
    Amap,
    /// Slot of the amap that belongs to the first page.
    Slot,
    /// Offset in the file of the first byte.
    Offset,
}

impl Field {
    /// Every field.
    pub const ALL: [Self; 12] = [
        Self::Exists,
        Self::Start,
        Self::End,
        Self::Prot,
        Self::MaxProt,
        Self::Inherit,
        Self::Advice,
        Self::WiredCount,
        Self::NeedsCopy,
        Self::Amap,
        Self::Slot,
        Self::Offset,
    ];

    /// Its name in the source, and `entry` for the entry itself.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exists => "entry",
            Self::Start => "start",
            Self::End => "end",
            Self::Prot => "prot",
            Self::MaxProt => "max_prot",
            Self::Inherit => "inherit",
            Self::Advice => "advice",
            Self::WiredCount => "wired_count",
            Self::NeedsCopy => "needs_copy",
            Self::Amap => "amap",
            Self::Slot => "slot",
            Self::Offset => "offset",
        }
    }

    /// What it holds in an entry.
    pub fn of(self, entry: &Entry) -> Datum {
        match self {
            Self::Exists => Datum::Present,
            Self::Start => Datum::Address(entry.range.start),
            Self::End => Datum::Address(entry.range.end),
            Self::Prot => Datum::Prot(entry.prot),
            Self::MaxProt => Datum::Prot(entry.max_prot),
            Self::Inherit => Datum::Inherit(entry.inherit),
            Self::Advice => Datum::Advice(entry.advice),
            Self::WiredCount => Datum::Count(entry.wired_count.into()),
            Self::NeedsCopy => Datum::Flag(entry.needs_copy),
            Self::Amap => Datum::Amap(entry.amap),
            Self::Slot => Datum::Number(entry.slot),
            Self::Offset => Datum::Number(entry.offset),
        }
    }
}

/// A value of the simulated machine that one may ask about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Value {
    /// A part of the entry of that birth.
    Entry {
        /// [`Entry::birth`]: never given twice, unlike an [`EntryId`].
        birth: u32,
        /// Which part.
        field: Field,
    },
    /// `wire_count` of the page that has that number; it is given again once the page is freed.
    WireCount(PageId),
    /// Which page the pmap has for the page at that address.
    Mapping(Vaddr),
    /// Whether that mapping lets the program write without a fault.
    WriteBit(Vaddr),
    /// Whether that mapping is marked wired.
    WiredBit(Vaddr),
    /// `uvmexp.wired`.
    UvmexpWired,
    /// Number of wired bits in the pmap.
    PmapWired,
    /// Whether new mappings are to be wired.
    WireFuture,
    /// That line of what the kernel printed, counted from 1.
    Console(usize),
    /// Number of entries in the map.
    Entries,
    /// The panic that stopped the machine.
    Panic,
}

impl Value {
    /// A part of the entry that has that number in `state`; nothing if none has.
    pub fn of_entry(state: &State, id: EntryId, field: Field) -> Option<Self> {
        state.get_entry(id).map(|entry| Self::Entry { birth: entry.birth, field })
    }

    /// What it holds in a mapping; nothing for values that are not about one.
    pub(crate) fn of_mapping(self, mapping: Option<Mapping>) -> Datum {
        match (self, mapping) {
            (Self::Mapping(_), Some(mapping)) => Datum::Page(mapping.page),
            (Self::WriteBit(_), Some(mapping)) => Datum::Flag(mapping.write),
            (Self::WiredBit(_), Some(mapping)) => Datum::Flag(mapping.wired),
            _ => Datum::Absent,
        }
    }
}

/// What a value holds.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Datum {
    /// Nothing: the entry, page, mapping, line or panic is not there.
    Absent,
    /// It is there; there is nothing else to say.
    Present,
    /// A count, which may go below 0.
    Count(i64),
    /// A slot of an amap, or an offset in bytes in the file.
    Number(u64),
    /// A bit.
    Flag(bool),
    /// An address.
    Address(Vaddr),
    /// Permissions.
    Prot(Prot),
    /// What a child gets.
    Inherit(Inherit),
    /// How it is used.
    Advice(Advice),
    /// An amap, or none.
    Amap(Option<AmapId>),
    /// A page.
    Page(PageId),
    /// A line of the console.
    Line(ConsoleLine),
    /// A panic.
    Panic(Panic),
}

impl fmt::Display for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("nothing"),
            Self::Present => f.write_str("there"),
            Self::Count(n) => n.fmt(f),
            Self::Number(n) => n.fmt(f),
            Self::Flag(true) => f.write_str("set"),
            Self::Flag(false) => f.write_str("not set"),
            Self::Address(va) => va.fmt(f),
            Self::Prot(prot) => prot.fmt(f),
            Self::Inherit(inherit) => f.write_str(inherit.name()),
            Self::Advice(advice) => f.write_str(advice.name()),
            Self::Amap(None) => f.write_str("none"),
            Self::Amap(Some(amap)) => write!(f, "#{}", amap.0),
            Self::Page(page) => write!(f, "page {}", page.0),
            Self::Line(line) => write!(f, "\"{line}\""),
            Self::Panic(panic) => panic.fmt(f),
        }
    }
}

/// How a write came about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum How {
    /// A primitive wrote it.
    Set,
    /// It came with the entry that mmap made, or with the page that was taken.
    Born,
    /// A cut is made there: the start or the end of a piece, and what lies behind its first page.
    Cut,
    /// A cut made the entry and copied the value from the entry it was cut from; `from` of the
    /// write is what that one held before the cut. What lies behind the first page of a back is
    /// moved on by as much as the cut lies behind the start.
    Copied {
        /// The same field of that entry.
        parent: Value,
    },
    /// Two ranges became one.
    Merged {
        /// The field of the entry that went, from which the value was taken over; nothing where
        /// it is what the new mapping asks for.
        taken: Option<Value>,
    },
    /// It went with its entry, page or mapping.
    Gone,
}

/// One write of a value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Write {
    /// The value.
    pub value: Value,
    /// Index of the event that wrote it.
    pub event: usize,
    /// The place right behind it.
    pub place: Place,
    /// What was there before; of a copied value, what the entry held that it was copied from.
    pub from: Datum,
    /// What is there after it.
    pub to: Datum,
    /// How it came about.
    pub how: How,
}

/// One write of a chain, and why it was done.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Link {
    /// The write. The call it happened in is that of its place.
    pub write: Write,
    /// The condition that let it happen; nothing where the call does it whatever it finds.
    pub because: Option<Because>,
}
