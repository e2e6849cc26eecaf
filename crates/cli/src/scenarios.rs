//! `uvmscope scenarios`: the scripts that come along.

use std::collections::BTreeSet;
use std::io::Write;

use anyhow::Result;
use clap::Args;
use uvmscope_format::nearest;
use uvmscope_format::scenarios::{ALL, Group, Scenario};

use crate::Status;

/// List the scenarios that come along, with their titles and tags
///
/// A name from this list goes behind --scenario of the other commands.
#[derive(Args)]
pub(crate) struct ScenariosArgs {
    /// Only those with this tag
    #[arg(long, value_name = "TAG", value_parser = known_tag)]
    tag: Option<&'static str>,
}

pub(crate) fn scenarios(args: &ScenariosArgs, out: &mut impl Write) -> Result<Status> {
    let wanted = |s: &Scenario| args.tag.is_none_or(|tag| s.tags().any(|t| t == tag));
    let width = ALL.iter().map(|s| s.name.len()).max().unwrap_or(0);
    let mut last: Option<Group> = None;
    for scenario in ALL.into_iter().filter(wanted) {
        let group = scenario.group();
        if last != Some(group) {
            let gap = if last.is_some() { "\n" } else { "" };
            writeln!(out, "{gap}{}", group.title())?;
            last = Some(group);
        }
        let tags: Vec<&str> = scenario.tags().collect();
        writeln!(out, "  {:width$}  {}", scenario.name, scenario.title())?;
        writeln!(out, "  {:width$}  [{}]", "", tags.join(", "))?;
    }
    Ok(Status::Success)
}

/// The tag, spelt as the scenarios do; letter case does not count.
fn known_tag(read: &str) -> Result<&'static str, String> {
    let tags: BTreeSet<&'static str> = ALL.iter().flat_map(Scenario::tags).collect();
    if let Some(tag) = tags.iter().find(|tag| tag.eq_ignore_ascii_case(read)) {
        return Ok(tag);
    }
    Err(match nearest(read, tags) {
        Some(nearest) => format!("no scenario has this tag; the nearest tag is `{nearest}`"),
        None => "no scenario has this tag; without --tag all of them are listed".to_owned(),
    })
}
