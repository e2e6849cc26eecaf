//! The scenarios that come along, by their short names.
//!
//! Each is a script. What it is about stands in comments at its top, so that the file stays a plain
//! script and a script of one's own can have the same: see [`header`].

mod header;

use thiserror::Error;

use crate::nearest::nearest;

pub use header::{Group, Header, header};

/// A script that has a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Scenario {
    /// Its short name, as links and the command line spell it.
    pub name: &'static str,
    /// The script.
    pub text: &'static str,
}

impl Scenario {
    /// What its first lines say of it.
    pub fn header(&self) -> Header<'static> {
        header(self.text)
    }

    /// What it is about, in one line.
    pub fn title(&self) -> &'static str {
        header::values(self.text, "title").next().unwrap_or(self.name)
    }

    /// What it is about, in one paragraph.
    pub fn about(&self) -> String {
        self.header().about
    }

    /// The words it is found by.
    pub fn tags(&self) -> impl Iterator<Item = &'static str> {
        header::tags(self.text)
    }

    /// The part of the library in which it stands.
    pub fn group(&self) -> Group {
        self.header().group.unwrap_or(Group::Surprises)
    }
}

/// There is no scenario of that name.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("no scenario is called `{read}`; the nearest name is `{nearest}`")]
pub struct UnknownScenario {
    /// The name.
    pub read: String,
    /// The scenario with the name closest to it.
    pub nearest: &'static str,
}

macro_rules! library {
    ($count:literal: $($name:literal)*) => {
        /// Every scenario there is, in the order of a gallery: group by group, and within each from
        /// the plain to the odd.
        pub const ALL: [Scenario; $count] = [$(Scenario {
            name: $name,
            text: include_str!(concat!("../../scenarios/", $name, ".uvm")),
        }),*];
    };
}

library! { 52:
    "mlock-zero" "zero-untouched" "zero-at-start" "zero-outside" "munlock-zero" "zero-unaligned"
    "length-wraps" "zero-guard-alone" "empty-return-alone"

    "first-touch" "lock-whole" "lock-part" "lock-two" "protect-part" "unmap-middle" "advice"
    "inherit" "lock-all" "map-wired" "file-shared" "merge"

    "zero-then-exit" "zero-then-mmap" "zero-then-mlockall" "zero-then-rollback" "phantom-new-page"
    "phantom-steals" "wrap-rounds" "drift"

    "limit-relock" "limit-wired" "limit-zero" "limit-map-over" "limit-future" "limit-hidden"

    "lock-overlap" "munlock-cuts" "mlock-cuts" "empty-cuts" "chunks" "file-copy" "none-leaks"
    "mlockall-none" "mlockall-undo" "future-wrong-entry" "future-frees-entry" "later-answers"

    "t-mlock-clip" "t-mlock-err" "t-mlock-limits" "t-mlock-mmap" "t-mlock-nested"
}

/// The scenario of that name.
pub fn get(name: &str) -> Result<Scenario, UnknownScenario> {
    ALL.into_iter().find(|s| s.name == name).ok_or_else(|| UnknownScenario {
        read: name.to_owned(),
        nearest: nearest(name, ALL.map(|s| s.name)).unwrap_or(ALL[0].name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_offers_the_nearest() {
        let error = get("mlock-zro").expect_err("there is no such scenario");
        assert_eq!(error.nearest, "mlock-zero");
    }

    #[test]
    fn a_scenario_tells_what_its_first_lines_say() {
        let scenario = get("mlock-zero").expect("it is there");
        assert_eq!(scenario.title(), "A zero-length mlock marks memory that it never wires");
        assert_eq!(scenario.group(), Group::Story);
        assert_eq!(scenario.tags().next(), Some("mlock"));
        assert!(scenario.about().starts_with("A lock of no bytes, in the middle of a buffer."));
    }
}
