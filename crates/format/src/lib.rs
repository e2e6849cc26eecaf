//! Every text that comes in or goes out: the script language, traces of real programs made into
//! scripts, links, the spelling of kernels, the cases of the conformance corpora, and the vocabulary
//! in which they tell a run.

pub mod conform;
pub mod corpus;
pub mod export;
pub mod import;
pub mod kernel_spec;
pub mod link;
mod nearest;
pub mod projection;
pub mod scenarios;
pub mod script;

pub use link::{Link, LinkError};
pub use nearest::nearest;
pub use script::{Parsed, ScriptError, parse, parse_bytes, to_text};
