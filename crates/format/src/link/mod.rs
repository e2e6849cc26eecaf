//! Links: a script, its kernels, a place and what the page shows besides, in the part of an address
//! behind `#`.
//!
//! ```text
//! mlock-zero/original@3.7                       a scenario; kernel and place may be left out
//! mlock-zero/original..committed@3.end          two kernels, to be compared
//! mlock-zero&d=off&view=table                   a scenario, and what else is known by its key
//! v=1&k=original&at=3.cut.1&n=412&s=eNqV…       any other script
//! ```
//!
//! | key | what it holds |
//! |---|---|
//! | `v` | the version of the form; 1 where it is left out |
//! | `s` | the script: UTF-8, packed as zlib does (RFC 1950), as base64url without padding |
//! | `n` | how many characters `s` has, so that a link that was cut is told from a damaged one |
//! | `scenario` | the name of a scenario, instead of `s` |
//! | `k`, `kernel` | the kernel as [`crate::kernel_spec`] has it, or `A..B`; usually the script's |
//! | `compare` | the second kernel, by itself |
//! | `d`, `diagnostic` | `on` or `off`, or one for each kernel, `on..off`; usually the script's |
//! | `at` | the place, or one for each side, `3.7..3.9` |
//! | `view` | words: `table`; `calls`, `code`, `console`; `light`, `dark`, `contrast` |
//! | `theme` | `auto` or one of the last three, as pages that embed this spell it |
//! | `zoom` | the part of the map that is drawn, `0x1000-0x2000` |
//! | `marks` | the kind of mark that the keys go to |
//!
//! The script is written last: most that is cut off a link is cut off its end, and there it is
//! noticed. What a mail or a chat does to a link is undone before it is read, see [`Link::parse`].

mod clean;
mod error;
mod fields;
mod kernels;
mod payload;
mod place;
mod view;

use crate::scenarios::{self, UnknownScenario};

pub use error::LinkError;
pub use kernels::Kernels;
pub use place::{At, MAX_PLACE};
pub use view::{MAX_MARKS, Tab, Theme, View};

use fields::Fields;

/// The version of links that is written, and the newest that is read.
pub const VERSION: u32 = 1;
/// The longest link, in characters behind the `#`.
pub const MAX_LINK: usize = 8_000;

/// The script of a link.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum LinkScript {
    /// One that comes along, by its name.
    Scenario(String),
    /// Any other, as it was written.
    Text(String),
}

impl LinkScript {
    /// The script of that text: a scenario where one has exactly this text.
    pub fn of(text: &str) -> Self {
        let known = scenarios::ALL.into_iter().find(|scenario| scenario.text == text);
        known.map_or_else(|| Self::Text(text.to_owned()), |s| Self::Scenario(s.name.to_owned()))
    }

    /// Its text.
    pub fn text(&self) -> Result<&str, UnknownScenario> {
        match self {
            Self::Scenario(name) => Ok(scenarios::get(name)?.text),
            Self::Text(text) => Ok(text),
        }
    }
}

/// What a link holds.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Link {
    /// The script.
    pub script: LinkScript,
    /// The kernels that it runs on.
    pub kernels: Kernels,
    /// Where it opens; where a reader comes in, if nothing is said.
    pub at: Option<At>,
    /// What the page shows besides.
    pub view: View,
}

impl Link {
    /// A link to a script, which says nothing else.
    pub const fn to(script: LinkScript) -> Self {
        Self { script, kernels: Kernels { first: None, second: None }, at: None, view: View::USUAL }
    }

    /// Reads a link: a whole address, or what stands behind its `#`, with that sign or without.
    /// Where an address has no `#`, what stands behind its `?` is read in the same way.
    ///
    /// Forgiven is what happens on the way: signs around it, spaces and line ends in it, `%`
    /// escapes, also twice over, `&amp;`, and in the script the letters and the padding of other
    /// sorts of base64. Beside the link stand notes on what in it was ignored.
    ///
    /// Whether there is such a place is not known here: the script has not run.
    pub fn parse(text: &str) -> Result<(Self, Vec<String>), LinkError> {
        let fragment = clean::fragment(text)?;
        let mut fields = Fields::split(&fragment);
        check_version(fields.take("v"))?;
        let script = script(&mut fields)?;
        let kernels = kernels::read(&mut fields, script.text()?)?;
        let at = place::read(&mut fields);
        let view = view::read(&mut fields);
        Ok((Self { script, kernels, at, view }, fields.into_notes()))
    }

    /// The link, without the `#`: the short form where the script is a scenario.
    pub fn fragment(&self) -> Result<String, LinkError> {
        let script = match &self.script {
            LinkScript::Text(text) => LinkScript::of(text),
            LinkScript::Scenario(name) => LinkScript::Scenario(name.clone()),
        };
        let (kernels, diagnostic) = kernels::write(self.kernels, script.text()?);
        let at = self.at.as_ref().map(At::write);
        let mut more: Vec<(&str, String)> = diagnostic.map(|d| ("d", d)).into_iter().collect();
        let view = view::write(&self.view);
        let link = match &script {
            LinkScript::Scenario(name) => {
                more.extend(view);
                let kernels = kernels.map(|k| format!("/{k}")).unwrap_or_default();
                let at = at.map(|at| format!("@{at}")).unwrap_or_default();
                format!("{name}{kernels}{at}{}", fields::write(&more))
            }
            LinkScript::Text(text) => {
                let packed = payload::pack(text)?;
                more.splice(0..0, kernels.map(|k| ("k", k)));
                more.extend(at.map(|at| ("at", at)));
                more.extend(view);
                more.push(("n", packed.len().to_string()));
                more.push(("s", packed));
                format!("v={VERSION}{}", fields::write(&more))
            }
        };
        match link.chars().count() {
            characters if characters > MAX_LINK => Err(LinkError::TooLong { characters }),
            _ => Ok(link),
        }
    }
}

/// Whether links of that version can be read.
fn check_version(version: Option<String>) -> Result<(), LinkError> {
    let Some(read) = version else {
        return Ok(());
    };
    let digits = !read.is_empty() && read.bytes().all(|b| b.is_ascii_digit());
    match read.parse::<u32>() {
        Ok(1..=VERSION) => Ok(()),
        Ok(0) => Err(LinkError::Version { read }),
        // A number that does not fit is a large one, too.
        _ if digits => Err(LinkError::Newer { read: fields::shorten(&read) }),
        _ => Err(LinkError::Version { read: fields::shorten(&read) }),
    }
}

fn script(fields: &mut Fields) -> Result<LinkScript, LinkError> {
    let count = fields.take("n").and_then(|n| n.parse().ok());
    match (fields.take("s"), fields.take("scenario")) {
        (Some(packed), scenario) => {
            if scenario.is_some() {
                fields.note("the link holds a script and names a scenario; the script counts");
            }
            Ok(LinkScript::Text(payload::unpack(&packed, count)?))
        }
        (None, Some(name)) => match scenarios::get(&name) {
            Ok(scenario) => Ok(LinkScript::Scenario(scenario.name.to_owned())),
            Err(UnknownScenario { read, nearest }) => {
                Err(UnknownScenario { read: fields::shorten(&read), nearest }.into())
            }
        },
        (None, None) => Err(LinkError::NoScript),
    }
}
