//! Scripts that are made and not read, for measuring how the page does on large maps. A text of
//! 100,000 calls would be refused for its length.

use std::rc::Rc;

use uvmscope_format::script::call_text;
use uvmscope_replay::Script;
use uvmscope_uvm::addr::PAGE_SIZE;
use uvmscope_uvm::{Access, Call, MmapFlags, Prot};

use crate::app::run::Source;

/// Where the map begins.
const BASE: u64 = 0x7000_0000_0000;
/// Pages of the entry in the middle, which the last calls are about.
const MIDDLE: u64 = 16;

/// The script of `bench-1000`, or of any other number of entries.
pub(crate) fn source(name: &str) -> Option<Source> {
    let entries = name.strip_prefix("bench-")?.parse().ok()?;
    let calls = calls(entries);
    let text = calls.iter().fold(String::new(), |text, call| text + &call_text(call) + "\n");
    Some(Source {
        name: name.to_owned(),
        title: format!("A map of {entries} entries"),
        text,
        script: Rc::new(Script::of_calls(calls)),
        errors: Vec::new(),
    })
}

/// A map of so many entries, neighbours that may not merge; then a fault, cuts, counts and a broken
/// promise in its middle.
fn calls(entries: u64) -> Vec<Call> {
    let mut calls = Vec::new();
    let half = entries / 2;
    let middle = BASE + half * PAGE_SIZE;
    for n in 0..entries {
        let (addr, len) = match n {
            n if n < half => (BASE + n * PAGE_SIZE, PAGE_SIZE),
            n if n == half => (middle, MIDDLE * PAGE_SIZE),
            n => (BASE + (n + MIDDLE - 1) * PAGE_SIZE, PAGE_SIZE),
        };
        let prot = match n {
            n if n == half => Prot::ALL,
            n if n % 2 == 0 => Prot::READ.with(Prot::WRITE),
            _ => Prot::READ,
        };
        let flags = MmapFlags { fixed: true, private: true, anon: true, ..MmapFlags::default() };
        calls.push(Call::Mmap { addr, len, prot, flags, offset: 0 });
    }
    let page = |n: u64| middle + n * PAGE_SIZE;
    calls.extend([
        Call::Touch { addr: page(8), len: PAGE_SIZE, access: Access::Write },
        Call::Mlock { addr: page(2), len: 3 * PAGE_SIZE },
        Call::Mlock { addr: page(8), len: 0 },
        Call::Munlock { addr: page(3), len: PAGE_SIZE },
    ]);
    calls
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use uvmscope_replay::Place;
    use uvmscope_uvm::Config;

    use super::source;
    use crate::app::run::Run;

    #[test]
    fn a_script_makes_as_many_entries_as_its_name_says() {
        let run = Run::record(Rc::new(source("bench-1000").expect("a script")), Config::ORIGINAL);
        let mut cursor = run.timeline.cursor();
        cursor.seek(Place { call: 1001, step: 0 });
        assert_eq!(cursor.state().entry_count(), 1000);
        assert_eq!(run.opening().call, 1003);
        assert_eq!(run.timeline.last_place().call, 1004);
        assert_eq!(run.timeline.halt(), None);
    }
}
