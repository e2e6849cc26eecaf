//! How a kernel is spelt, the same in scripts, links, embeds and on the command line:
//! `committed,-syscall-zero-guard`.
//!
//! An optional preset (`original` if none), then `+change` or `-change`, joined by commas. Two
//! kernels that are compared stand as `A..B`. Whether a kernel is built with DIAGNOSTIC is said
//! elsewhere.

use std::fmt::Write as _;

use thiserror::Error;
use uvmscope_uvm::{Change, Changes, Config, Preset};

use crate::nearest::nearest;

/// Why a text names no kernel.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum SpecError {
    /// A word that is neither a preset nor a change.
    #[error(
        "read `{read}`, which names no {wanted}; the nearest name is `{nearest}`{}",
        remedy(.read, .nearest)
    )]
    Unknown {
        /// The word.
        read: String,
        /// What would be a name here.
        wanted: &'static str,
        /// The name closest to it, as it is to be written there.
        nearest: String,
        /// Byte of the text at which the word begins.
        at: usize,
    },
    /// Nothing between two commas, or nothing at all.
    #[error(
        "expected a preset (original, mail, committed, later), `+change` or `-change`, read nothing"
    )]
    Empty {
        /// Byte of the text at which something was expected.
        at: usize,
    },
    /// A preset that does not stand first.
    #[error("read the preset `{read}` after something else; a preset stands first")]
    LatePreset {
        /// The preset's name.
        read: String,
        /// Byte of the text at which it begins.
        at: usize,
    },
    /// Two kernels where there is one to name.
    #[error("read two kernels, `A..B`, where one is wanted")]
    Pair {
        /// Byte of the text at which the `..` stands.
        at: usize,
    },
}

/// What to do about a name, where the name alone does not say it.
fn remedy(read: &str, nearest: &str) -> &'static str {
    let bare = |s: &str| s.trim_start_matches(['+', '-']) == s;
    if bare(read) && !bare(nearest) { " (`+` adds a change, `-` takes it away)" } else { "" }
}

impl SpecError {
    /// Byte of the text that it is about.
    pub const fn at(&self) -> usize {
        match self {
            Self::Unknown { at, .. }
            | Self::Empty { at }
            | Self::LatePreset { at, .. }
            | Self::Pair { at } => *at,
        }
    }

    fn moved(mut self, by: usize) -> Self {
        match &mut self {
            Self::Unknown { at, .. }
            | Self::Empty { at }
            | Self::LatePreset { at, .. }
            | Self::Pair { at } => *at += by,
        }
        self
    }
}

/// Reads one kernel.
pub fn parse(text: &str) -> Result<Changes, SpecError> {
    if let Some(at) = text.find("..") {
        return Err(SpecError::Pair { at });
    }
    let mut changes = Changes::NONE;
    let mut at = 0;
    for (index, part) in text.split(',').enumerate() {
        let word = part.trim();
        let start = at + (part.len() - part.trim_start().len());
        changes = add(changes, word, index == 0).map_err(|e| e.moved(start))?;
        at += part.len() + 1;
    }
    Ok(changes)
}

/// Reads one kernel, or two that are to be compared.
pub fn parse_pair(text: &str) -> Result<(Changes, Option<Changes>), SpecError> {
    let Some((a, b)) = text.split_once("..") else {
        return Ok((parse(text)?, None));
    };
    let second = parse(b).map_err(|e| e.moved(a.len() + 2))?;
    Ok((parse(a)?, Some(second)))
}

/// Puts one part of a kernel's spelling to what stood before it.
fn add(changes: Changes, word: &str, first: bool) -> Result<Changes, SpecError> {
    let at = 0;
    let sign = word.chars().next().filter(|c| ['+', '-'].contains(c));
    let Some(sign) = sign else {
        return match Preset::from_name(word) {
            _ if word.is_empty() => Err(SpecError::Empty { at }),
            Some(preset) if first => Ok(preset.changes()),
            Some(_) => Err(SpecError::LatePreset { read: word.to_owned(), at }),
            None => Err(unknown_word(word, first)),
        };
    };
    let name = word[1..].trim_start();
    match Change::from_name(name) {
        Some(change) if sign == '+' => Ok(changes.with(change)),
        Some(change) => Ok(changes.without(change)),
        None => {
            let near =
                nearest(name, Change::ALL.map(Change::name)).unwrap_or("pageable-empty-return");
            let nearest = format!("{sign}{near}");
            Err(SpecError::Unknown { read: word.to_owned(), wanted: "change", nearest, at })
        }
    }
}

/// The error for a word without a sign that is no preset.
fn unknown_word(word: &str, first: bool) -> SpecError {
    let presets = Preset::ALL.map(Preset::name);
    let names = presets.into_iter().filter(|_| first).chain(Change::ALL.map(Change::name));
    let near = nearest(word, names).unwrap_or("original");
    let nearest =
        if Change::from_name(near).is_some() { format!("+{near}") } else { near.to_owned() };
    let wanted = if first { "kernel" } else { "change" };
    SpecError::Unknown { read: word.to_owned(), wanted, nearest, at: 0 }
}

/// The shortest spelling of a kernel; among equally short ones that of the oldest preset.
pub fn print(config: Config) -> String {
    let spellings = Preset::ALL.map(|preset| spell(preset, config.changes));
    spellings.into_iter().min_by_key(String::len).unwrap_or_default()
}

/// The spelling that starts from `preset`.
fn spell(preset: Preset, changes: Changes) -> String {
    let mut text = String::new();
    let base = preset.changes();
    if preset != Preset::Original || changes == base {
        text.push_str(preset.name());
    }
    for change in Change::ALL.into_iter().filter(|c| changes.has(*c) != base.has(*c)) {
        let comma = if text.is_empty() { "" } else { "," };
        let sign = if changes.has(change) { '+' } else { '-' };
        // Writing to a string cannot fail.
        let _ = write!(text, "{comma}{sign}{change}");
    }
    text
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn all_sets() -> impl Iterator<Item = Changes> {
        (0..1u32 << Change::ALL.len()).map(|bits| {
            let on = |c: &Change| bits & 1 << (*c as u32) != 0;
            Change::ALL.into_iter().filter(on).collect()
        })
    }

    #[test]
    fn every_set_of_changes_reads_back() {
        for changes in all_sets() {
            let text = print(Config { diagnostic: true, changes });
            assert_eq!(parse(&text), Ok(changes), "{text}");
        }
    }

    #[test]
    fn presets_print_as_their_names() {
        for preset in Preset::ALL {
            assert_eq!(print(Config::preset(preset)), preset.name());
        }
    }

    #[test]
    fn a_preset_with_less_than_it_has() {
        let changes = Preset::Committed.changes().without(Change::SyscallZeroGuard);
        assert_eq!(parse("committed , -syscall-zero-guard"), Ok(changes));
        assert_eq!(parse_pair("original..mail"), Ok((Changes::NONE, Some(Preset::Mail.changes()))));
    }

    fn check_error(text: &str, expected: &Expect) {
        let error = parse_pair(text).expect_err("the text names no kernel");
        expected.assert_eq(&format!("{}: {error}", error.at()));
    }

    #[test]
    fn errors_offer_the_nearest_name() {
        check_error(
            "comitted",
            &expect![[
                r"0: read `comitted`, which names no kernel; the nearest name is `committed`"
            ]],
        );
        check_error(
            "original..latter",
            &expect![[r"10: read `latter`, which names no kernel; the nearest name is `later`"]],
        );
        check_error(
            "mail, +pageable-empty",
            &expect![[
                r"6: read `+pageable-empty`, which names no change; the nearest name is `+pageable-empty-return`"
            ]],
        );
        check_error(
            "pageable-empty-return",
            &expect![[
                r"0: read `pageable-empty-return`, which names no kernel; the nearest name is `+pageable-empty-return` (`+` adds a change, `-` takes it away)"
            ]],
        );
        check_error(
            "mail,later",
            &expect![[r"5: read the preset `later` after something else; a preset stands first"]],
        );
        check_error(
            "mail,",
            &expect![[
                r"5: expected a preset (original, mail, committed, later), `+change` or `-change`, read nothing"
            ]],
        );
        check_error("a..b..c", &expect![[r"4: read two kernels, `A..B`, where one is wanted"]]);
    }
}
