//! The simulator's own source as text: the code that is shown is the code that runs.
//!
//! Every event knows its statement ([`crate::recorder::Site`]); here is the text around it. Nothing
//! is listed by hand: functions and guarded blocks are found in the text itself, which rustfmt
//! keeps in one shape.

use std::ops::RangeInclusive;

use crate::change::Change;

/// Lines of a file, counted from 1, both ends included.
pub type Lines = RangeInclusive<u32>;

/// One file of kernel functions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SourceFile {
    /// Its path as sites give it.
    pub path: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// Lines that run, or do not, depending on a change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Guarded {
    /// The change asked for.
    pub change: Change,
    /// Whether the lines run when the change is on; else they run when it is off.
    pub when_on: bool,
    /// The lines, from the question to the end of its block.
    pub lines: Lines,
}

macro_rules! files {
    ($($name:literal,)*) => {
        &[$(SourceFile {
            path: concat!("crates/uvm/src/kern/", $name),
            text: include_str!(concat!("kern/", $name)),
        },)*]
    };
}

/// Every file of kernel functions.
pub const fn files() -> &'static [SourceFile] {
    files![
        "mod.rs",
        "uvm_amap.rs",
        "uvm_fault.rs",
        "uvm_map.rs",
        "uvm_map_attributes.rs",
        "uvm_map_pageable.rs",
        "uvm_map_pageable_all.rs",
        "uvm_mmap.rs",
        "uvm_page.rs",
        "uvm_unmap.rs",
    ]
}

/// The file that a site names, however its path is written on the machine that built this.
pub fn file_of(path: &str) -> Option<&'static SourceFile> {
    let name = |path: &str| path.rsplit(['/', '\\']).next().map(str::to_owned);
    let wanted = name(path);
    files().iter().find(|file| name(file.path) == wanted)
}

impl SourceFile {
    /// Its lines in order.
    pub fn lines(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.text.lines()
    }

    /// Its functions, each with its name and its lines, the comments above it included.
    pub fn functions(&self) -> Vec<(&'static str, Lines)> {
        let mut found = Vec::new();
        let mut lead = None;
        let mut open: Option<(&str, u32)> = None;
        for (number, line) in (1u32..).zip(self.lines()) {
            if let Some((name, start)) = open {
                if line == "}" {
                    found.push((name, start..=number));
                    open = None;
                    lead = None;
                }
            } else if let Some(name) = function_name(line) {
                open = Some((name, lead.unwrap_or(number)));
            } else if line.starts_with("///") || line.starts_with("#[") {
                lead = lead.or(Some(number));
            } else {
                lead = None;
            }
        }
        found
    }

    /// The lines of the function of that name.
    pub fn function_lines(&self, name: &str) -> Option<Lines> {
        self.functions().into_iter().find(|(n, _)| *n == name).map(|(_, lines)| lines)
    }

    /// The function that a line stands in.
    pub fn function_at(&self, line: u32) -> Option<(&'static str, Lines)> {
        self.functions().into_iter().find(|(_, lines)| lines.contains(&line))
    }

    /// The blocks that stand under the question for a change.
    pub fn guarded(&self) -> Vec<Guarded> {
        const ASK: &str = "k.has(Change::";
        let mut found = Vec::new();
        for (at, _) in self.text.match_indices(ASK) {
            let rest = &self.text[at + ASK.len()..];
            let ident: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
            let change = Change::ALL.into_iter().find(|c| c.ident() == ident);
            if let (Some(change), Some(lines)) = (change, block_of(self.text, at)) {
                let when_on = !self.text[..at].ends_with('!');
                found.push(Guarded { change, when_on, lines });
            }
        }
        found
    }

    /// The blocks that run only where the kernel was built with DIAGNOSTIC, each from the question
    /// to the end of its block.
    pub fn under_diagnostic(&self) -> Vec<Lines> {
        const ASK: &str = "k.config.diagnostic";
        self.text.match_indices(ASK).filter_map(|(at, _)| block_of(self.text, at)).collect()
    }
}

/// The name of the function that begins on a line; only those that are not nested count.
fn function_name(line: &'static str) -> Option<&'static str> {
    let item = line
        .strip_prefix("pub(super) ")
        .or_else(|| line.strip_prefix("pub(crate) "))
        .or_else(|| line.strip_prefix("pub "))
        .unwrap_or(line);
    let name = item.strip_prefix("const ").unwrap_or(item).strip_prefix("fn ")?;
    name.split(['(', '<']).next()
}

/// Number of the line that holds the byte at `at`.
fn line_of(text: &str, at: usize) -> u32 {
    let breaks = text[..at].bytes().filter(|b| *b == b'\n').count();
    u32::try_from(breaks).unwrap_or(u32::MAX).saturating_add(1)
}

/// The lines from the condition at `at` to the end of its block.
fn block_of(text: &str, at: usize) -> Option<Lines> {
    Some(line_of(text, at)..=line_of(text, block_end(text, at)?))
}

/// Where the block ends whose condition stands at `at`: its closing brace, or the last line
/// before an `else`.
fn block_end(text: &str, at: usize) -> Option<usize> {
    let mut depth = 0i32;
    let mut in_block = false;
    for (i, b) in text.bytes().enumerate().skip(at) {
        match b {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            // A brace inside of parentheses belongs to a condition's operands.
            b'{' => {
                in_block |= depth == 0;
                depth += 1;
            }
            b'}' => {
                depth -= 1;
                if in_block && depth == 0 {
                    let has_else = text[i..].starts_with("} else");
                    return Some(if has_else { text[..i].rfind('\n')? } else { i });
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_that_is_entered_is_found_in_some_file() {
        for func in crate::func::Func::ALL {
            let found = files().iter().any(|f| f.function_lines(func.name()).is_some());
            assert!(found, "no file holds {func}");
        }
    }

    #[test]
    fn every_change_guards_a_block_and_the_block_is_the_whole_of_it() {
        let guarded: Vec<_> =
            files().iter().flat_map(|f| f.guarded().into_iter().map(move |g| (f, g))).collect();
        for change in Change::ALL {
            assert!(guarded.iter().any(|(_, g)| g.change == change), "{change} guards nothing");
        }
        for (file, g) in &guarded {
            let text: Vec<_> = file.lines().collect();
            let (first, last) = (*g.lines.start() as usize, *g.lines.end() as usize);
            assert!(text[first - 1].contains("k.has("), "{}:{first}", file.path);
            let inner = &text[first - 1..last];
            let open = inner.iter().filter(|l| l.ends_with('{')).count();
            assert!((1..=2).contains(&open), "{}:{first}..{last} is one block", file.path);
            assert!(inner.len() < 8, "{}:{first}..{last} is short", file.path);
        }
        let asks: usize = files().iter().map(|f| f.text.matches("k.has(").count()).sum();
        assert_eq!(guarded.len(), asks, "every question is by the change's own name");
    }

    #[test]
    fn every_question_for_diagnostic_guards_a_block() {
        let mut asks = 0;
        for file in files() {
            let text: Vec<_> = file.lines().collect();
            for lines in file.under_diagnostic() {
                asks += 1;
                let (first, last) = (*lines.start() as usize, *lines.end() as usize);
                assert!(text[first - 1].ends_with('{'), "{}:{first}", file.path);
                assert_eq!(text[last - 1].trim(), "}", "{}:{last}", file.path);
            }
        }
        assert_eq!(asks, 1, "the assertion of uvm_pageunwire");
    }

    #[test]
    fn the_wire_half_is_found_with_its_comment() {
        let file = file_of("some/where/kern/uvm_map_pageable.rs").expect("the file");
        let lines = file.function_lines("wire").expect("the function");
        let text: Vec<_> = file.lines().collect();
        assert!(text[*lines.start() as usize - 1].starts_with("/// Wires"));
        assert_eq!(text[*lines.end() as usize - 1], "}");
    }
}
