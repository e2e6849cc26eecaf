//! A case and its results.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;
use uvmscope_uvm::{Advice, Change, Errno, Inherit, PAGE_SIZE, Prot};

use super::call::CaseCall;
use super::event::Event;
use super::value::{Hex, Name, Num, given};
use crate::script::MAX_CALLS;

/// Why a line is no case.
#[derive(Debug, Error)]
pub enum CaseError {
    /// No JSON, or JSON that says something that no case says.
    #[error("column {column}: {message}")]
    Json {
        /// Where in the line.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// A page size that is not simulated.
    #[error("a page size of {0}; only {PAGE_SIZE} is simulated")]
    PageSize(u64),
    /// An address space that ends before it starts.
    #[error("an address space from {0} to {1}, which ends before it starts")]
    Space(Hex, Hex),
    /// An address space that begins or ends within a page.
    #[error("an address space from {0} to {1}, which is not made of whole pages")]
    PartOfPage(Hex, Hex),
    /// More calls than a script may hold.
    #[error("{0} calls; a case holds at most {MAX_CALLS}")]
    Calls(usize),
    /// A result for a call that does not exist.
    #[error("{after} results for {calls} calls")]
    Results {
        /// Number of results.
        after: usize,
        /// Number of calls.
        calls: usize,
    },
    /// A result that tells not exactly one way in which the call ended.
    #[error("result {0} has not exactly one of `errno`, `panic` and `halt`")]
    Ending(usize),
}

impl From<serde_json::Error> for CaseError {
    fn from(error: serde_json::Error) -> Self {
        let column = error.column();
        // A case is one line, so the line that the message ends with says nothing.
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default().to_owned();
        Self::Json { column, message }
    }
}

/// A case: what ran, and what came of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Its name, unique in its corpus.
    pub id: String,
    /// The preset's name, or another word to group by.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// The kernel it ran on.
    pub kernel: CaseKernel,
    /// The limits it ran under.
    pub vm: CaseVm,
    /// The calls.
    pub calls: Vec<CaseCall>,
    /// One result for each call that ran.
    pub after: Vec<After>,
}

/// The kernel of a case.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseKernel {
    /// Bytes in a page.
    pub page_size: u64,
    /// Built with DIAGNOSTIC.
    pub diagnostic: bool,
    /// The changes to its source.
    pub changes: Vec<Name<Change>>,
}

/// The address space and limits of a case.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseVm {
    /// First address of the map.
    pub min: Hex,
    /// First address above the map.
    pub max: Hex,
    /// How many pages may be wired.
    pub wiredmax_pages: u64,
    /// `RLIMIT_MEMLOCK`; null is no limit.
    #[serde(deserialize_with = "Option::deserialize")]
    pub memlock_limit: Option<Num>,
    /// Length of the file; 2^20 where nothing is said.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub file_pages: Option<u64>,
}

/// The `errno` of a result: not there where the call did not return, null where it succeeded.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Answer {
    /// The call did not return.
    #[default]
    Absent,
    /// It succeeded.
    Success,
    /// It failed.
    Failure(Errno),
}

impl Answer {
    /// Whether the call did not return.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Failure(errno) => Name(*errno).serialize(serializer),
            Self::Success | Self::Absent => serializer.serialize_none(),
        }
    }
}

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let errno = Option::<Name<Errno>>::deserialize(deserializer)?;
        Ok(errno.map_or(Self::Success, |name| Self::Failure(name.0)))
    }
}

/// What a call answered and left behind.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct After {
    /// What it answered.
    #[serde(default, skip_serializing_if = "Answer::is_absent")]
    pub errno: Answer,
    /// Where mmap put the mapping.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub ret: Option<Hex>,
    /// The assertion at which the machine stopped.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub panic: Option<String>,
    /// The bound of the simulator at which it stopped. No recorded case has this.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub halt: Option<String>,
    /// The map, by ascending address.
    pub entries: Vec<EntryRow>,
    /// The resident pages that show through the map, by ascending address.
    pub pages: Vec<PageRow>,
    /// The wired pages of the file; a set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub object_wired: Vec<ObjectPage>,
    /// The kernel's count of wired pages.
    pub uvmexp_wired: i64,
    /// Wired bits in the pmap.
    pub pmap_wired_count: u64,
    /// Whether new mappings are wired.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub wirefuture: bool,
    /// What happened, in order.
    pub events: Vec<Event>,
    /// What the kernel printed.
    pub console: Vec<String>,
}

/// An entry of the map.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "named as in the corpora; `uvmscope_uvm::Entry` explains")]
#[allow(clippy::struct_excessive_bools, reason = "the corpora have these four")]
pub struct EntryRow {
    pub start: Hex,
    pub end: Hex,
    pub wired_count: i64,
    pub prot: Name<Prot>,
    pub max_prot: Name<Prot>,
    pub inherit: Name<Inherit>,
    pub advice: Name<Advice>,
    pub cow: bool,
    pub needs_copy: bool,
    pub amap: bool,
    pub object: bool,
    pub offset: Num,
}

/// A resident page at an address.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageRow {
    /// The address.
    pub va: Hex,
    /// The page's count.
    pub wire_count: i64,
    /// Whether the mapping has the wired bit.
    pub pmap_wired: bool,
    /// False where the pmap has no mapping; not said where it has.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub mapped: bool,
}

const fn yes() -> bool {
    true
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_yes(mapped: &bool) -> bool {
    *mapped
}

/// A wired page of the file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectPage {
    /// Its offset in the file.
    pub offset: u64,
    /// Its count.
    pub wire_count: i64,
}

impl Case {
    /// Reads one line of a corpus.
    pub fn read(line: &[u8]) -> Result<Self, CaseError> {
        let case: Self = serde_json::from_slice(line)?;
        case.check()?;
        Ok(case)
    }

    /// The case as one line of a corpus, without a newline.
    pub fn write(&self) -> String {
        // Only a map with keys that are no strings, or a failing writer, could make this fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    fn check(&self) -> Result<(), CaseError> {
        if self.kernel.page_size != PAGE_SIZE {
            return Err(CaseError::PageSize(self.kernel.page_size));
        }
        if self.vm.min > self.vm.max {
            return Err(CaseError::Space(self.vm.min, self.vm.max));
        }
        if [self.vm.min, self.vm.max].iter().any(|bound| !bound.0.is_multiple_of(PAGE_SIZE)) {
            return Err(CaseError::PartOfPage(self.vm.min, self.vm.max));
        }
        if self.calls.len() > MAX_CALLS {
            return Err(CaseError::Calls(self.calls.len()));
        }
        if self.after.len() > self.calls.len() {
            return Err(CaseError::Results { after: self.after.len(), calls: self.calls.len() });
        }
        for (index, after) in self.after.iter().enumerate() {
            let endings = [!after.errno.is_absent(), after.panic.is_some(), after.halt.is_some()];
            if endings.into_iter().filter(|is| *is).count() != 1 {
                return Err(CaseError::Ending(index + 1));
            }
        }
        Ok(())
    }
}
