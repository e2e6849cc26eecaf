//! What a scenario claims to show: `# shows: CLAIM, CLAIM`.
//!
//! A claim is `WHAT NUMBER` or `WHAT NUMBER at MARK`. Some things are counted over the run, or over
//! the marked call alone: `clips`, `merges`, `faults` (of the program's own accesses),
//! `fault-failures`, `lookups`, `pagewires`, `console`, `promise-breaks`, and `panic`, where no
//! number means 1. The others are looked at when the run is over, or the marked call is: `entries`,
//! `wired-count` (the greatest of any entry), `page-count` (the greatest `wire_count` of any page),
//! `wired-pages` (pages whose count is not 0), `pmap-wired` (wired bits), `uvmexp-wired`,
//! `resident` (pages that show through the map), `mapped` (those that the pmap maps), `anon-pages`,
//! `file-pages`, `wire-future` (1 where new mappings are to be wired) and `broken` (promises that
//! do not hold).

use std::rc::Rc;

use uvmscope_replay::{CallRun, Place, Timeline};
use uvmscope_uvm::{KernelEvent as E, State, VaRange, Vaddr};

/// A claim, read.
pub(crate) struct Claim {
    what: What,
    /// The number that it names.
    pub(crate) value: i64,
    /// The call that it is about, from 1.
    at: Option<usize>,
}

/// What a claim is about.
enum What {
    Events(fn(&E) -> bool),
    Breaks,
    State(fn(&State) -> i64),
    Broken,
}

impl Claim {
    /// Reads a claim, or says what is wrong with it.
    pub(crate) fn read(text: &str, timeline: &Timeline) -> Result<Self, String> {
        let mut words = text.split_whitespace().peekable();
        let name = words.next().unwrap_or_default();
        let what = What::named(name).ok_or_else(|| format!("`{name}` can not be looked at"))?;
        let value = if name == "panic" && words.peek().is_none_or(|word| *word == "at") {
            1
        } else {
            let number = words.next().unwrap_or_default();
            number.parse().map_err(|_| format!("`{number}` is no number"))?
        };
        let at = match (words.next(), words.next()) {
            (None, _) => None,
            (Some("at"), Some(mark)) => Some(marked(timeline, mark)?),
            (Some(other), _) => return Err(format!("read `{other}`; a place is `at MARK`")),
        };
        Ok(Self { what, value, at })
    }

    /// The number that the run shows.
    pub(crate) fn seen(&self, timeline: &Rc<Timeline>) -> i64 {
        let calls = timeline.calls();
        let call = self.at.unwrap_or(calls.len());
        match self.what {
            What::Events(counts) => {
                let of_call = |run: &CallRun| &timeline.events()[run.first..run.end];
                let events = self.at.map_or(timeline.events(), |call| of_call(&calls[call - 1]));
                number(events.iter().filter(|recorded| counts(&recorded.event)).count())
            }
            What::Breaks => {
                let breaks = timeline.promise_breaks();
                let here = |place: &&Place| self.at.is_none_or(|call| place.call == call);
                number(breaks.iter().filter(here).count())
            }
            What::State(look) => {
                let mut cursor = timeline.cursor();
                cursor.seek(Place { call, step: usize::MAX });
                look(cursor.state())
            }
            What::Broken => number(timeline.broken_after(call).len()),
        }
    }
}

impl What {
    fn named(name: &str) -> Option<Self> {
        let events: fn(&E) -> bool = match name {
            "clips" => |e| matches!(e, E::ClipStart { .. } | E::ClipEnd { .. }),
            "merges" => |e| matches!(e, E::Merge { .. }),
            "faults" => |e| matches!(e, E::TouchFault { .. }),
            "fault-failures" => |e| matches!(e, E::FaultWireFailed { .. }),
            "lookups" => |e| matches!(e, E::Lookup { .. }),
            "pagewires" => |e| matches!(e, E::PageWire { .. }),
            "console" => |e| matches!(e, E::Console { .. }),
            "panic" => |e| matches!(e, E::Panic { .. }),
            "promise-breaks" => return Some(Self::Breaks),
            "broken" => return Some(Self::Broken),
            _ => return look(name).map(Self::State),
        };
        Some(Self::Events(events))
    }
}

/// How a number is read off a state.
fn look(name: &str) -> Option<fn(&State) -> i64> {
    Some(match name {
        "entries" => |s| number(s.entry_count()),
        "wired-count" => |s| s.entries().map(|(_, e)| e.wired_count.into()).max().unwrap_or(0),
        "page-count" => |s| s.pages().map(|(_, p)| p.wire_count.into()).max().unwrap_or(0),
        "wired-pages" => |s| number(s.pages().filter(|(_, p)| p.wire_count != 0).count()),
        "pmap-wired" => |s| s.pmap_wired_count().cast_signed(),
        "uvmexp-wired" => |s| s.uvmexp_wired().into(),
        "resident" => |s| number(s.visible_pages(VaRange::new(Vaddr(0), Vaddr(u64::MAX))).len()),
        "mapped" => |s| number(s.mapping_count()),
        "anon-pages" => |s| number(s.amaps().map(|(_, amap)| amap.anons.len()).sum()),
        "file-pages" => |s| number(s.object_pages().count()),
        "wire-future" => |s| s.wirefuture().into(),
        _ => return None,
    })
}

fn number(count: usize) -> i64 {
    i64::try_from(count).expect("a script makes no more events than that")
}

/// The call that a mark of that name stands before.
fn marked(timeline: &Timeline, mark: &str) -> Result<usize, String> {
    let mut calls = timeline.script().calls();
    let at = calls.position(|(_, line)| line.mark.as_ref().is_some_and(|(name, _)| name == mark));
    at.map(|at| at + 1).ok_or_else(|| format!("no call is marked `{mark}`"))
}
