//! `/proc/PID/maps` and `/proc/PID/smaps` of Linux; NetBSD's `/proc/PID/maps` and `pmap -l` look
//! the same.
//!
//! ```text
//! 7f7ff7ecd000-7f7ff7eff000 rw-p 00000000 00:00 0          [heap]
//! Rss:                  12 kB
//! Locked:                4 kB
//! VmFlags: rd wr mr mw me lo ac
//! ```
//! Of the lines that smaps has below a mapping these are read: `Rss` and `Anonymous` (how many
//! pages are resident, and how many of them are the process's own), `Locked`, and `VmFlags` (`lo`
//! is a locked mapping).

use uvmscope_uvm::Prot;

use super::lines;
use super::listing::{Listed, Region};

const NO_MAPPING: &str = "not a line of this listing";

/// Tells what the listing holds.
pub(super) fn read<'a>(text: &'a str, with_attributes: bool, listed: &mut Listed<'a>) {
    let mut resident = false;
    for (number, text) in lines(text) {
        if let Some(region) = region(text) {
            listed.regions.push((number, text, region));
            continue;
        }
        let last = listed.regions.last_mut();
        match (attribute(text), last) {
            (Some((name, value)), Some((_, _, region))) if with_attributes => {
                add(region, name, value);
                resident |= region.resident > 0;
            }
            _ => listed.notes.dropped(number, text, NO_MAPPING),
        }
    }
    if with_attributes {
        listed.general.push(
            "of the lines below a mapping Rss, Anonymous, Locked and VmFlags are read, and no \
             other"
                .to_owned(),
        );
    }
    if resident {
        listed.general.push(
            "Rss says how many pages of a mapping are resident and not which: touches of its \
             first pages stand for them, and a fault may bring neighbours along"
                .to_owned(),
        );
    }
}

/// A line of a mapping, told apart.
pub(super) fn region(text: &str) -> Option<Region> {
    let mut fields = text.split_whitespace();
    let (start, end) = fields.next()?.split_once('-')?;
    let (start, end) = (hex(start)?, hex(end)?);
    let (prot, shared) = permissions(fields.next()?)?;
    let offset = hex(fields.next()?)?;
    let (major, minor) = fields.next()?.split_once(':')?;
    hex(major).and(hex(minor))?;
    let inode: u64 = fields.next()?.parse().ok()?;
    let name = fields.next().unwrap_or_default();
    let is_file = name.starts_with('/') || inode != 0;
    let mut altered = Vec::new();
    if ["[vdso]", "[vvar]", "[vvar_vclock]", "[vsyscall]"].contains(&name) {
        altered.push("a page of the kernel's own, read as anonymous memory".to_owned());
    }
    let object = is_file.then_some(offset);
    Some(Region { start, end, prot, shared, object, altered, ..Region::default() })
}

/// A line below a mapping: its name and what stands behind the colon.
pub(super) fn attribute(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once(':')?;
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let good = name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(word);
    good.then_some((name, value.trim()))
}

fn add(region: &mut Region, name: &str, value: &str) {
    let kilobytes = || {
        let number = value.strip_suffix("kB").unwrap_or(value).trim();
        number.parse::<u64>().unwrap_or(0).saturating_mul(1024)
    };
    match name {
        "Rss" => region.resident = kilobytes(),
        "Anonymous" => region.own = kilobytes(),
        "Locked" => region.wired |= kilobytes() > 0,
        "VmFlags" => region.wired |= value.split_whitespace().any(|flag| flag == "lo"),
        _ => {}
    }
}

/// `rw-p`
fn permissions(text: &str) -> Option<(Prot, bool)> {
    let (prot, share) = text.split_at_checked(3)?;
    let shared = match share {
        "s" => true,
        "p" => false,
        _ => return None,
    };
    Some((protection(prot)?, shared))
}

/// `rw-`
pub(super) fn protection(text: &str) -> Option<Prot> {
    let bits = [('r', Prot::READ), ('w', Prot::WRITE), ('x', Prot::EXEC)];
    let mut prot = Prot::NONE;
    if text.chars().count() != bits.len() {
        return None;
    }
    for (c, (letter, bit)) in text.chars().zip(bits) {
        match c {
            '-' => {}
            c if c == letter => prot = prot.with(bit),
            _ => return None,
        }
    }
    Some(prot)
}

/// A number in hex without a word about that.
pub(super) fn hex(text: &str) -> Option<u64> {
    let good = !text.is_empty() && text.chars().all(|c| c.is_ascii_hexdigit());
    good.then(|| u64::from_str_radix(text, 16).ok()).flatten()
}
