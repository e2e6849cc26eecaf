//! Why a text is no link, and what to do about it.

use thiserror::Error;

use super::payload::MAX_SCRIPT;
use super::{MAX_LINK, VERSION};
use crate::kernel_spec::SpecError;
use crate::scenarios::UnknownScenario;

/// Why a text is no link, or why there is none for a script.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum LinkError {
    /// There is nothing to read.
    #[error(
        "the address says nothing behind `#`; a link goes on there, for instance with \
         `#mlock-zero/original@3.7`"
    )]
    Nothing,
    /// Keys, and no script among them.
    #[error(
        "the link holds no script; it needs one behind `s=`, or the name of a scenario, as in \
         `#mlock-zero`"
    )]
    NoScript,
    /// A version that is still to come.
    #[error(
        "the link is of version {read}, and this program reads up to {VERSION}; open it with a \
         newer uvmscope"
    )]
    Newer {
        /// The version.
        read: String,
    },
    /// No version.
    #[error("read the version `{read}`; a version is a number from 1, as in `v=1`")]
    Version {
        /// What stands there.
        read: String,
    },
    /// More than a link may hold.
    #[error(
        "the link has {characters} characters, and one may have {MAX_LINK}; hand on the script as \
         a file instead"
    )]
    TooLong {
        /// Characters behind the `#`.
        characters: usize,
    },
    /// More text than any link is.
    #[error(
        "this is longer than a link of {MAX_LINK} characters can be; open a script from a file \
         instead"
    )]
    NoLink,
    /// The packed script ends too early.
    #[error(
        "the link was cut off: {}; copy the whole of it",
        cut(*.have, *.of)
    )]
    Cut {
        /// Characters of the script that there are.
        have: usize,
        /// Characters that there were, where the link says so.
        of: Option<usize>,
    },
    /// The packed script does not unpack to what was packed.
    #[error("a part of the link was changed on the way; copy it anew from where it was made")]
    Damaged,
    /// A character that no packed script has.
    #[error(
        "read {} in the link's script; there are only letters, digits, `-` and `_`; copy the link \
         anew, without what stands around it",
        shown(*.read)
    )]
    NotBase64 {
        /// The character.
        read: char,
    },
    /// The packed script is no text.
    #[error("the link's script is no UTF-8 text; make the link anew from a script saved as UTF-8")]
    NotUtf8,
    /// The script is longer than one may be.
    #[error(
        "the script is longer than the {} KiB that a link may hold; hand it on as a file instead",
        MAX_SCRIPT >> 10
    )]
    TooBig,
    /// A scenario that does not exist.
    #[error("{0}")]
    Scenario(#[from] UnknownScenario),
    /// A kernel that does not exist.
    #[error("the link's kernel: {0}")]
    Kernel(#[from] SpecError),
    /// DIAGNOSTIC, neither on nor off.
    #[error(
        "read `{read}` for DIAGNOSTIC; expected on or off, or one for each kernel, as in `d=on..off`"
    )]
    Diagnostic {
        /// What stands there.
        read: String,
    },
}

fn cut(have: usize, of: Option<usize>) -> String {
    match of {
        Some(of) => format!("{have} of the {of} characters of its script are left"),
        None => format!("its script breaks off after {have} characters"),
    }
}

/// A character as a message shows it.
fn shown(c: char) -> String {
    if c.is_control() || c.is_whitespace() {
        format!("the character U+{:04X}", u32::from(c))
    } else {
        format!("`{c}`")
    }
}
