//! Every text that comes in or goes out: the script language, the spelling of kernels, the cases
//! of the conformance corpora, the vocabulary in which they tell a run, and links.

pub mod conform;
pub mod corpus;
pub mod export;
pub mod kernel_spec;
pub mod link;
mod nearest;
pub mod projection;
pub mod scenarios;
pub mod script;

pub use link::{Link, LinkError};
pub use nearest::nearest;
pub use script::{Parsed, ScriptError, parse, parse_bytes, to_text};
