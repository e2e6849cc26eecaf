//! Listings of NetBSD's `pmap`, of OpenBSD's `procmap`, and of the `pmap` of Linux.
//!
//! ```text
//! 0000000000400000      8K read/exec         /bin/cat          pmap, procmap
//! 0000000000400000      8K r-x-- cat                           pmap on Linux
//! 0x400000 0x402000 r-x rwx COW NC 1 0 0                       -m, perhaps with more behind (-v)
//!  - 0xffff80: 0x400000->0x402000: obj=0x0/0x0, amap=0x0/0     -d, two lines for each
//!         submap=F, cow=T, nc=T, prot(max)=5/7, inh=1, wc=0, adv=0
//! 0000000000400000-0000000000401fff 8k 0000000000000000 r-xp+ (rwx) 1/0/0 00:00 145 - /bin/cat [0xffff80]
//!                                                              -a; the end is in the mapping
//! ```
//! and `-l`, which is a listing of the form `maps`. The kinds of memory that have no offset there
//! are read as beginning at the file's start, and those that do not say so as private.

use uvmscope_uvm::Prot;

use super::lines;
use super::listing::{Listed, Region};
use super::maps::{self, hex, protection};

const NO_MAPPING: &str = "not a line of a mapping";

/// A line of a listing.
enum Line {
    /// The whole of a mapping.
    Whole(Region),
    /// The first line of a mapping that has two.
    First(Region),
    /// The second line: protection, whether it is private, whether it is wired.
    Second(Prot, bool, bool),
}

/// Whether the line is of one of these listings, and not of the form `maps`.
pub(super) fn looks(text: &str) -> bool {
    line(text).is_some()
}

/// Tells what the listing holds.
pub(super) fn read<'a>(text: &'a str, listed: &mut Listed<'a>) {
    // The first line of a mapping whose second is still to come.
    let mut half = None;
    for (number, text) in lines(text) {
        let found = line(text).or_else(|| maps::region(text).map(Line::Whole));
        match (found, half.take()) {
            (Some(Line::Second(prot, private, wired)), Some((first, first_text, region))) => {
                let region = Region { prot, shared: !private, wired, ..region };
                listed.regions.push((first, first_text, region));
            }
            (found, before) => {
                if let Some((first, first_text, _)) = before {
                    listed.notes.dropped(first, first_text, "its second line does not follow");
                }
                match found {
                    Some(Line::Whole(region)) => listed.regions.push((number, text, region)),
                    Some(Line::First(region)) => half = Some((number, text, region)),
                    Some(Line::Second(..)) => {
                        listed.notes.dropped(number, text, "its first line is missing");
                    }
                    None => listed.notes.dropped(number, text, NO_MAPPING),
                }
            }
        }
    }
    if let Some((first, first_text, _)) = half {
        listed.notes.dropped(first, first_text, "its second line does not follow");
    }
}

fn line(text: &str) -> Option<Line> {
    let whole = all(text).or_else(|| short(text)).or_else(|| columns(text));
    whole.map(Line::Whole).or_else(|| first(text)).or_else(|| second(text))
}

/// `-a`
fn all(text: &str) -> Option<Region> {
    let mut fields = text.split_whitespace();
    let (start, last) = fields.next()?.split_once('-')?;
    fields.next()?.strip_suffix('k')?;
    let offset = hex(fields.next()?)?;
    let (prot, kind) = fields.next()?.split_at_checked(3)?;
    fields.next()?.strip_prefix('(')?.strip_suffix(')')?;
    let wired = fields.next()?.split('/').nth(1)?.parse::<i64>().ok()?;
    let name = fields.skip_while(|field| *field != "-").nth(1).unwrap_or_default();
    Some(Region {
        start: hex(start)?,
        end: hex(last)?.checked_add(1)?,
        prot: protection(prot)?,
        shared: kind.contains('s'),
        object: name.starts_with('/').then_some(offset),
        wired: wired != 0,
        ..Region::default()
    })
}

/// `-m`
fn short(text: &str) -> Option<Region> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let [start, end, prot, _max, cow, nc, _inherit, wired, _advice, more @ ..] = fields.as_slice()
    else {
        return None;
    };
    let is_cow = match *cow {
        "COW" => true,
        "NCOW" => false,
        _ => return None,
    };
    if !matches!(*nc, "NC" | "NNC") {
        return None;
    }
    let is_file = more.iter().any(|field| field.starts_with('/'));
    let mut altered = Vec::new();
    if is_file {
        altered.push("its offset is not told; taken as 0".to_owned());
    } else if more.is_empty() {
        altered.push("whether it is of a file is not told; taken as anonymous".to_owned());
    }
    Some(Region {
        start: prefixed(start)?,
        end: prefixed(end)?,
        prot: protection(prot)?,
        shared: !is_cow,
        object: is_file.then_some(0),
        wired: wired.parse::<i64>().ok()? != 0,
        altered,
        ..Region::default()
    })
}

/// `0x400000`; one version of pmap writes the prefix twice.
fn prefixed(text: &str) -> Option<u64> {
    text.strip_prefix("0x").and_then(|rest| hex(rest.strip_prefix("0x").unwrap_or(rest)))
}

/// The usual form: start, length, permissions, name.
fn columns(text: &str) -> Option<Region> {
    let (start, rest) = text.trim().split_once(char::is_whitespace)?;
    let start = hex(start)?;
    let (len, rest) = rest.trim_start().split_once(char::is_whitespace)?;
    let len: u64 = len.strip_suffix('K')?.parse().ok()?;
    let rest = rest.trim_start();
    let (word, name) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let told = words(word).map(|prot| (prot, false)).or_else(|| letters(word));
    // NetBSD leaves the column of a mapping without access empty.
    let ((prot, shared), name) = told.map_or(((Prot::NONE, false), rest), |told| (told, name));
    let name = name.trim();
    let is_file = !name.is_empty() && !name.starts_with('[');
    let mut altered = Vec::new();
    if is_file {
        altered.push("its offset is not told; taken as 0".to_owned());
    }
    Some(Region {
        start,
        end: len.checked_mul(1024).and_then(|len| start.checked_add(len))?,
        prot,
        shared,
        object: is_file.then_some(0),
        altered,
        ..Region::default()
    })
}

/// `read/write/exec`
fn words(text: &str) -> Option<Prot> {
    let mut prot = Prot::NONE;
    for word in text.split('/') {
        prot = prot.with(match word {
            "read" => Prot::READ,
            "write" => Prot::WRITE,
            "exec" => Prot::EXEC,
            _ => return None,
        });
    }
    Some(prot)
}

/// `rw-s-`, on Linux.
fn letters(text: &str) -> Option<(Prot, bool)> {
    let (prot, more) = text.split_at_checked(3)?;
    let shared = more.starts_with('s');
    (more.len() == 2).then(|| protection(prot).map(|prot| (prot, shared))).flatten()
}

/// The first line of `-d`.
fn first(text: &str) -> Option<Line> {
    let (head, tail) = text.trim_start().strip_prefix("- ")?.split_once(": ")?;
    prefixed(head)?;
    let (range, tail) = tail.split_once(':')?;
    let (start, end) = range.split_once("->").or_else(|| range.split_once('-'))?;
    let object = tail.trim().strip_prefix("obj=")?.split([',', ' ']).next()?;
    let (object, offset) = object.split_once('/')?;
    let is_object = object != "0x0" && object != "0";
    Some(Line::First(Region {
        start: prefixed(start)?,
        end: prefixed(end)?,
        object: if is_object { Some(prefixed(offset)?) } else { None },
        ..Region::default()
    }))
}

/// The second line of `-d`.
fn second(text: &str) -> Option<Line> {
    let text = text.trim_start();
    text.strip_prefix("submap=")?;
    let value = |name: &str| {
        let field = text.split(", ").find_map(|field| field.strip_prefix(name))?;
        field.strip_prefix('=')
    };
    let prot = value("prot(max)")?.split('/').next()?.parse().ok()?;
    let wired = value("wc")?.parse::<i64>().ok()? != 0;
    Some(Line::Second(Prot::from_bits(prot), value("cow")? == "T", wired))
}
