//! Who wrote a value, who writes it next, and what kept something from happening.

mod chains;
mod kept;
mod rules;

#[allow(dead_code, reason = "the calls are drawn here, the checks of calls are not")]
#[path = "../../../uvm/tests/common/mod.rs"]
mod random;

use std::rc::Rc;

use uvmscope_replay::why::{Field, Value};
use uvmscope_replay::{Cursor, Place, Script, Timeline};
use uvmscope_uvm::{Access, Call, Config, MmapFlags, Prot, Vaddr, Vm};

const BUF: u64 = 0x7f7f_f7ec_d000;
const P: u64 = BUF + 0x9000;
const END: u64 = 0x7f7f_f7ef_f000;
const PAGE: u64 = 4096;
const RW: Prot = Prot::from_bits(3);

fn record(calls: Vec<Call>, config: Config, vm: Vm) -> Rc<Timeline> {
    let script = Script { vm, ..Script::of_calls(calls) };
    Rc::new(Timeline::record(Rc::new(script), config))
}

fn mmap(addr: u64, len: u64, prot: Prot) -> Call {
    let flags = MmapFlags { fixed: true, private: true, anon: true, ..MmapFlags::default() };
    Call::Mmap { addr, len, prot, flags, offset: 0 }
}

fn touch(addr: u64, len: u64) -> Call {
    Call::Touch { addr, len, access: Access::Write }
}

/// The mail's sequence.
fn mail(config: Config) -> Rc<Timeline> {
    let calls = vec![
        mmap(BUF, END - BUF, RW),
        touch(P, PAGE),
        Call::Mlock { addr: P, len: 0 },
        Call::Munlock { addr: P, len: 0 },
        Call::Mlock { addr: P, len: 1024 },
        Call::Munlock { addr: P, len: 1024 },
    ];
    record(calls, config, Vm::default())
}

fn at(timeline: &Rc<Timeline>, call: usize, step: usize) -> Cursor {
    let mut cursor = timeline.cursor();
    cursor.seek(Place { call, step });
    cursor
}

fn end(timeline: &Rc<Timeline>, call: usize) -> Cursor {
    at(timeline, call, usize::MAX)
}

/// A part of the entry that holds an address where the cursor stands.
fn part(cursor: &Cursor, va: u64, field: Field) -> Value {
    let id = cursor.state().entry_at(Vaddr(va)).expect("an entry holds the address");
    Value::of_entry(cursor.state(), id, field).expect("it is there")
}

fn birth(cursor: &Cursor, va: u64) -> u32 {
    let id = cursor.state().entry_at(Vaddr(va)).expect("an entry holds the address");
    cursor.state().entry(id).birth
}
