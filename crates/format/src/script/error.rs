//! What can be wrong with a script, and what to do about it.

use thiserror::Error;

/// One error of a script, with its place.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("{line}:{column}: {problem}")]
pub struct ScriptError {
    /// Line, from 1.
    pub line: u32,
    /// Character of the line, from 1.
    pub column: u32,
    /// How many characters it is about; at least 1.
    pub width: u32,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum Problem {
    /// Something else stands where the language wants something.
    #[error("expected {expected}, read {read}{}", hint(.remedy.as_deref()))]
    Unexpected {
        /// What stands there.
        read: String,
        /// What may stand there.
        expected: String,
        /// How to put it right.
        remedy: Option<String>,
    },
    /// A word that means nothing.
    #[error(
        "expected {expected}, read `{read}`{}{}",
        nearest_hint(.nearest.as_deref()),
        hint(.remedy.as_deref())
    )]
    UnknownWord {
        /// The word.
        read: String,
        /// What may stand there.
        expected: String,
        /// The word closest to it that exists.
        nearest: Option<String>,
        /// How to put it right.
        remedy: Option<String>,
    },
    /// Something that has a meaning elsewhere, but not here.
    #[error("{what}{}", hint(.remedy.as_deref()))]
    Refused {
        /// What it is.
        what: String,
        /// How to put it right.
        remedy: Option<String>,
    },
    /// A kernel that does not exist.
    #[error("{0}")]
    Kernel(#[from] crate::kernel_spec::SpecError),
    /// More than a script may hold.
    #[error("{what}: a script holds at most {most}; {remedy}")]
    Limit {
        /// What there is too much of.
        what: String,
        /// How much there may be.
        most: String,
        /// How to put it right.
        remedy: String,
    },
    /// Bytes that are no UTF-8.
    #[error("read bytes that are no UTF-8 text; save the script as UTF-8")]
    NotUtf8,
    /// There are more errors than are worth telling.
    #[error("{more} more errors follow; they are not listed")]
    TooMany {
        /// How many were left out.
        more: usize,
    },
}

impl Problem {
    /// The existing name that was perhaps meant.
    pub fn nearest(&self) -> Option<&str> {
        match self {
            Self::UnknownWord { nearest, .. } => nearest.as_deref(),
            Self::Kernel(crate::kernel_spec::SpecError::Unknown { nearest, .. }) => Some(nearest),
            _ => None,
        }
    }

    /// How to put it right, where that is not plain from what was expected.
    pub fn remedy(&self) -> Option<&str> {
        match self {
            Self::Unexpected { remedy, .. }
            | Self::UnknownWord { remedy, .. }
            | Self::Refused { remedy, .. } => remedy.as_deref(),
            Self::Limit { remedy, .. } => Some(remedy),
            Self::NotUtf8 => Some("save the script as UTF-8"),
            Self::Kernel(_) | Self::TooMany { .. } => None,
        }
    }
}

fn hint(remedy: Option<&str>) -> String {
    remedy.map(|text| format!("; {text}")).unwrap_or_default()
}

fn nearest_hint(nearest: Option<&str>) -> String {
    nearest.map(|name| format!("; the nearest name is `{name}`")).unwrap_or_default()
}
