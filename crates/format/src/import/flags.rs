//! Flags and codes of traced calls, as far as they mean something here.

use uvmscope_uvm::{Advice, Inherit, MlockallFlags, MmapFlags, PAGE_SIZE, Prot};

use super::args;
use super::system::System;

/// Protections by their names.
const PROTS: [(&str, Prot); 4] = [
    ("PROT_NONE", Prot::NONE),
    ("PROT_READ", Prot::READ),
    ("PROT_WRITE", Prot::WRITE),
    ("PROT_EXEC", Prot::EXEC),
];

/// A word of a flag argument, or a number among them.
enum Word<'a> {
    Name(&'a str),
    Bits(u64),
}

/// The words of an argument. kdump writes `0x3<PROT_READ|PROT_WRITE>`, strace sometimes
/// `0x3 /* PROT_READ|PROT_WRITE */`.
fn words(text: &str) -> Vec<Word<'_>> {
    let text = args::without_comment(text);
    let named = text.split_once('<').and_then(|(number, rest)| {
        let inner = rest.strip_suffix('>').filter(|inner| !inner.is_empty())?;
        args::number(number)?;
        (!inner.contains("invalid")).then_some(inner)
    });
    let words = args::words(named.unwrap_or(text)).into_iter().filter(|word| !word.is_empty());
    words.map(|word| args::number(word).map_or(Word::Name(word), Word::Bits)).collect()
}

/// Reads a protection. What it says beyond read, write and execute goes into `left_out`.
pub(super) fn prot(text: &str, left_out: &mut Vec<String>) -> Prot {
    let mut prot = Prot::NONE;
    for word in words(text) {
        match word {
            Word::Name(name) => match PROTS.iter().find(|(known, _)| *known == name) {
                Some((_, bits)) => prot = prot.with(*bits),
                None => left_out.push(name.to_owned()),
            },
            Word::Bits(bits) => {
                prot = prot.with(Prot::from_bits(bits));
                if bits & !7 != 0 {
                    left_out.push(format!("the bits {:#x} of the protection", bits & !7));
                }
            }
        }
    }
    prot
}

/// The flags of a traced mmap.
#[allow(clippy::struct_excessive_bools, reason = "these are independent bits of one flag word")]
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Mapped {
    /// Those that the call has here.
    pub(super) flags: MmapFlags,
    /// `MAP_POPULATE` and its like: the pages are there at once.
    pub(super) populate: bool,
    /// `MAP_FIXED_NOREPLACE`, `MAP_EXCL`, `MAP_REMAPDUP`: what is there already stays.
    pub(super) keeps: bool,
    /// `MAP_GUARD`: no access, whatever the protection says.
    pub(super) guard: bool,
    /// `MAP_LOCKED`
    pub(super) locked: bool,
    /// What was left out or read as something else.
    pub(super) altered: Vec<String>,
}

/// Reads the flags of an mmap.
pub(super) fn mapped(text: &str, system: System) -> Mapped {
    let mut mapped = Mapped::default();
    let mut left_out = Vec::new();
    for word in words(text) {
        match word {
            Word::Name(name) => mapped.add(name, system, &mut left_out),
            Word::Bits(mut bits) => {
                for (name, bit) in system.map_bits() {
                    if bits & bit == *bit {
                        mapped.add(name, system, &mut left_out);
                        bits &= !bit;
                    }
                }
                if bits != 0 {
                    left_out.push(format!("the flags {bits:#x}"));
                }
            }
        }
    }
    if !left_out.is_empty() {
        mapped.altered.push(format!("{} left out", left_out.join(", ")));
    }
    mapped
}

impl Mapped {
    fn add(&mut self, name: &str, system: System, left_out: &mut Vec<String>) {
        let flags = &mut self.flags;
        let mut read_as = |as_what: &str| self.altered.push(format!("{name} read as {as_what}"));
        match name {
            "MAP_SHARED" => flags.shared = true,
            "MAP_PRIVATE" => flags.private = true,
            "MAP_FIXED" => flags.fixed = true,
            "MAP_ANON" | "MAP_ANONYMOUS" => flags.anon = true,
            "MAP_WIRED" => flags.wired = true,
            "MAP_FILE" => {}
            "MAP_SHARED_VALIDATE" => {
                flags.shared = true;
                read_as("MAP_SHARED");
            }
            "MAP_LOCKED" => {
                flags.wired = true;
                self.locked = true;
                read_as("MAP_WIRED");
            }
            "MAP_FIXED_NOREPLACE" => {
                flags.fixed = true;
                self.keeps = true;
                read_as("MAP_FIXED");
            }
            "MAP_EXCL" => {
                self.keeps = true;
                left_out.push(name.to_owned());
            }
            "MAP_POPULATE" | "MAP_PREFAULT_READ" => {
                self.populate = true;
                read_as("a touch behind the call");
            }
            "MAP_GUARD" => {
                (flags.private, flags.anon, self.guard) = (true, true, true);
                read_as("a mapping without access");
            }
            "MAP_STACK" if system == System::FreeBsd => {
                (flags.private, flags.anon) = (true, true);
                read_as("MAP_PRIVATE|MAP_ANON");
            }
            other => left_out.push(other.to_owned()),
        }
    }
}

/// Reads the flags of an mlockall.
pub(super) fn mlockall(text: &str, left_out: &mut Vec<String>) -> MlockallFlags {
    let mut flags = MlockallFlags::default();
    let mut set = |bits: u64| {
        flags.current |= bits & 1 != 0;
        flags.future |= bits & 2 != 0;
        flags.unknown |= bits & !7 != 0;
        if bits & 4 != 0 {
            left_out.push("MCL_ONFAULT".to_owned());
        }
    };
    for word in words(text) {
        match word {
            Word::Name("MCL_CURRENT") => set(1),
            Word::Name("MCL_FUTURE") => set(2),
            Word::Name("MCL_ONFAULT") => set(4),
            Word::Name(_) => set(8),
            Word::Bits(bits) => set(bits),
        }
    }
    flags
}

/// Reads an advice; nothing for one that is not simulated.
pub(super) fn advice(text: &str) -> Option<Advice> {
    match words(text).first()? {
        Word::Name("MADV_NORMAL") | Word::Bits(0) => Some(Advice::Normal),
        Word::Name("MADV_RANDOM") | Word::Bits(1) => Some(Advice::Random),
        Word::Name("MADV_SEQUENTIAL") | Word::Bits(2) => Some(Advice::Sequential),
        _ => None,
    }
}

/// Reads an inheritance; nothing for one that no kernel here knows.
pub(super) fn inherit(text: &str, system: System) -> Option<Inherit> {
    let word = match words(text).into_iter().next()? {
        Word::Name(name) => name.trim_start_matches("MAP_").trim_start_matches("INHERIT_"),
        Word::Bits(bits) => system.inherit_codes().iter().find(|(_, code)| *code == bits)?.0,
    };
    match word {
        "SHARE" => Some(Inherit::Share),
        "COPY" => Some(Inherit::Copy),
        "NONE" => Some(Inherit::None),
        "ZERO" => Some(Inherit::Zero),
        _ => None,
    }
}

/// The start of the page.
pub(super) const fn trunc_page(addr: u64) -> u64 {
    addr & !(PAGE_SIZE - 1)
}

/// The first page boundary at or above the address, if there is one.
pub(super) fn round_page(addr: u64) -> Option<u64> {
    addr.checked_next_multiple_of(PAGE_SIZE)
}
