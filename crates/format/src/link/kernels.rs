//! The kernels of a link.

use uvmscope_uvm::{Changes, Config};

use super::error::LinkError;
use super::fields::{Fields, shorten};
use crate::kernel_spec::{self, SpecError};

/// The kernels of a link; `None` is the script's own, or for the second none.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Kernels {
    /// The kernel that the script runs on.
    pub first: Option<Config>,
    /// The kernel that it is compared with.
    pub second: Option<Config>,
}

impl Kernels {
    /// Both, for a script that asks for the kernel `script`.
    pub fn of(self, script: Config) -> (Config, Option<Config>) {
        (self.first.unwrap_or(script), self.second)
    }
}

/// Two of something, of which a link may leave out either.
struct Pair<T> {
    first: Option<T>,
    second: Option<T>,
}

impl<'a> Pair<&'a str> {
    fn split(text: &'a str) -> Self {
        let (first, second) = text.split_once("..").map_or((text, None), |(a, b)| (a, Some(b)));
        Self { first: Some(first).filter(|f| !f.is_empty()), second }
    }

    fn try_map<T, E>(self, f: impl Fn(&str) -> Result<T, E>) -> Result<Pair<T>, E> {
        let (first, second) = (self.first.map(&f).transpose()?, self.second.map(&f).transpose()?);
        Ok(Pair { first, second })
    }
}

/// Takes the kernels out of a link to the script of that text.
pub(super) fn read(fields: &mut Fields, script: &str) -> Result<Kernels, LinkError> {
    let (k, d) = (fields.take("k"), fields.take("d"));
    let mut changes = Pair::split(k.as_deref().unwrap_or_default()).try_map(spec)?;
    if let Some(compare) = fields.take("compare") {
        if changes.second.is_some() {
            fields.note("the link names a second kernel twice; that behind `..` counts");
        } else {
            changes.second = Some(spec(&compare)?);
        }
    }
    let switches = Pair::split(d.as_deref().unwrap_or_default()).try_map(switch)?;
    let said = [changes.first.is_some(), changes.second.is_some(), switches.first.is_some()];
    if !said.contains(&true) && switches.second.is_none() {
        return Ok(Kernels::default());
    }
    let own = crate::parse(script).script.config;
    let diagnostic = switches.first.unwrap_or(own.diagnostic);
    let first = Config { diagnostic, changes: changes.first.unwrap_or(own.changes) };
    // One switch is for both kernels, as one kernel is for two switches.
    let second = (changes.second.is_some() || switches.second.is_some()).then(|| Config {
        diagnostic: switches.second.unwrap_or(diagnostic),
        changes: changes.second.unwrap_or(first.changes),
    });
    let is_own = changes.first.is_none() && first == own;
    Ok(Kernels { first: (!is_own).then_some(first), second })
}

fn spec(text: &str) -> Result<Changes, SpecError> {
    kernel_spec::parse(text)
}

fn switch(text: &str) -> Result<bool, LinkError> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(LinkError::Diagnostic { read: shorten(text) }),
    }
}

/// The kernels as a link has them, and DIAGNOSTIC where it is not what the script says.
pub(super) fn write(kernels: Kernels, script: &str) -> (Option<String>, Option<String>) {
    if kernels == Kernels::default() {
        return (None, None);
    }
    let own = crate::parse(script).script.config;
    let (first, second) = kernels.of(own);
    let name = kernels.first.map(kernel_spec::print).unwrap_or_default();
    let names = match second {
        Some(second) => format!("{name}..{}", kernel_spec::print(second)),
        None => name,
    };
    let word = |config: Config| if config.diagnostic { "on" } else { "off" };
    let is_own = |config: Config| config.diagnostic == own.diagnostic;
    let switches = match second {
        None if is_own(first) => None,
        Some(second) if is_own(first) && is_own(second) => None,
        Some(second) if word(first) != word(second) => {
            Some(format!("{}..{}", word(first), word(second)))
        }
        _ => Some(word(first).to_owned()),
    };
    (Some(names), switches)
}
