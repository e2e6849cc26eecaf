//! The scenarios that come along, by their short names.

use thiserror::Error;

use crate::nearest::nearest;

/// A script that has a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Scenario {
    /// Its short name, as links and the command line spell it.
    pub name: &'static str,
    /// What it is about, in one line.
    pub title: &'static str,
    /// The script.
    pub text: &'static str,
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

/// Every scenario there is.
pub const ALL: [Scenario; 1] = [Scenario {
    name: "mlock-zero",
    title: "A zero-length mlock marks memory that it never wires",
    text: include_str!("../scenarios/mlock-zero.uvm"),
}];

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
    fn every_scenario_reads_without_errors() {
        for scenario in ALL {
            let parsed = crate::parse(scenario.text);
            assert_eq!(parsed.errors, [], "{}", scenario.name);
        }
    }

    #[test]
    fn an_unknown_name_offers_the_nearest() {
        let error = get("mlock-zro").expect_err("there is no such scenario");
        assert_eq!(error.nearest, "mlock-zero");
    }
}
