//! Ten thousand random scripts: what must hold of each, whatever the real kernel would answer.

mod common;

use std::collections::BTreeMap;

use common::Random;
use uvmscope_uvm::audit::audit;
use uvmscope_uvm::{
    Access, Bytes, Call, Config, Halt, Kernel, KernelEvent, Log, MmapFlags, NoRecorder, Outcome,
    Preset, Prot, State, VaRange, Vaddr, Vm,
};

const SCRIPTS: u64 = 10_000;
const PAGE: u64 = 4096;

type Answers = Vec<Result<Outcome, Halt>>;

/// Runs calls until the machine stops or the process ends, checking the state after each.
fn run(config: Config, vm: Vm, calls: &[Call]) -> (Answers, State, Log) {
    let mut k = Kernel::new(config, vm, Log::default());
    let mut answers = Vec::new();
    for call in calls {
        let answer = k.call(call);
        answers.push(answer);
        check_list(k.state(), vm);
        // A machine that stopped while unmapping holds entries that are out of its list.
        if answer.is_ok() {
            check_memory(k.state());
        }
        if answer.is_err() || matches!(call, Call::Exit) {
            break;
        }
    }
    let (state, log) = k.into_parts();
    (answers, state, log)
}

fn script(seed: u64) -> (Config, Vm, Vec<Call>) {
    let mut random = Random::new(seed);
    let (config, vm) = (random.config(), random.vm());
    (config, vm, random.calls(24))
}

#[test]
fn events_undone_lead_back_and_redone_lead_on() {
    for seed in 0..SCRIPTS {
        let (config, vm, calls) = script(seed);
        let (_, last, Log(events)) = run(config, vm, &calls);
        let mut state = last.clone();
        for recorded in events.iter().rev() {
            state.unapply(&recorded.event);
        }
        assert_eq!(state, State::default(), "script {seed}, backwards");
        for recorded in &events {
            state.apply(&recorded.event);
        }
        assert_eq!(state, last, "script {seed}, forwards");
    }
}

#[test]
fn every_single_event_is_undone_exactly() {
    for seed in 0..SCRIPTS / 20 {
        let (config, vm, calls) = script(seed);
        let (_, _, Log(events)) = run(config, vm, &calls);
        let mut state = State::default();
        for recorded in &events {
            let before = state.clone();
            state.apply(&recorded.event);
            if !recorded.event.is_write() {
                assert_eq!(state, before, "{:?} is a note", recorded.event);
                continue;
            }
            let after = state.clone();
            state.unapply(&recorded.event);
            assert_eq!(state, before, "{:?} undone", recorded.event);
            state.apply(&recorded.event);
            assert_eq!(state, after, "{:?} done again", recorded.event);
        }
    }
}

#[test]
fn a_script_gives_the_same_bytes_again_and_a_shorter_one_a_prefix() {
    for seed in 0..SCRIPTS / 10 {
        let (config, vm, calls) = script(seed);
        let (answers, _, Log(events)) = run(config, vm, &calls);
        let (again, _, Log(same)) = run(config, vm, &calls);
        assert_eq!(answers, again);
        assert_eq!(format!("{events:?}"), format!("{same:?}"), "script {seed}");
        let half = &calls[..calls.len() / 2];
        let (first, _, Log(shorter)) = run(config, vm, half);
        assert!(answers.starts_with(&first), "script {seed}");
        let prefix = events.iter().zip(&shorter).all(|(a, b)| a.event == b.event);
        assert!(prefix && shorter.len() <= events.len(), "script {seed}");
    }
}

#[test]
fn recording_changes_no_answer() {
    for seed in 0..SCRIPTS {
        let (config, vm, calls) = script(seed);
        let (answers, last, _) = run(config, vm, &calls);
        let mut k = Kernel::new(config, vm, NoRecorder);
        let unrecorded: Answers = calls[..answers.len()].iter().map(|c| k.call(c)).collect();
        assert_eq!(answers, unrecorded, "script {seed}");
        assert_eq!(*k.state(), last, "script {seed}");
    }
}

#[test]
fn functions_are_left_as_often_as_entered_unless_the_machine_stops() {
    for seed in 0..SCRIPTS {
        let (config, vm, calls) = script(seed);
        let (answers, _, Log(events)) = run(config, vm, &calls);
        let mut stack = Vec::new();
        for recorded in &events {
            match recorded.event {
                KernelEvent::Enter { func, .. } => stack.push(func),
                KernelEvent::Leave { func, .. } => assert_eq!(stack.pop(), Some(func)),
                _ => assert!(!stack.is_empty(), "{:?} outside of any function", recorded.event),
            }
        }
        let halted = answers.last().is_some_and(Result::is_err);
        assert_eq!(stack.is_empty(), !halted, "script {seed}: {stack:?}");
    }
}

/// What a program can see of a map: everything but which cut made which entry.
fn visible(state: &State) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for (_, e) in state.entries() {
        let line = |e: &uvmscope_uvm::Entry| {
            format!("{:?} {} {:?} {:?} {}", e.range, e.prot, e.inherit, e.advice, e.wired_count)
        };
        seen.push(line(e));
    }
    seen
}

#[test]
fn unmapping_in_two_pieces_equals_unmapping_at_once() {
    let mut compared = 0;
    for seed in 0..SCRIPTS {
        let (config, vm, calls) = script(seed);
        let mut k = Kernel::new(config, vm, NoRecorder);
        let before = &calls[..12];
        if !before.iter().all(|c| !matches!(c, Call::Exit) && k.call(c).is_ok()) {
            continue;
        }
        let mut random = Random::new(seed);
        let addr = common::BASE + random.below(30) * PAGE;
        let (first, second) = ((1 + random.below(6)) * PAGE, (1 + random.below(6)) * PAGE);
        let mut at_once = k.clone();
        let whole = at_once.call(&Call::Munmap { addr, len: first + second });
        let mut halves = || {
            k.call(&Call::Munmap { addr, len: first })?;
            k.call(&Call::Munmap { addr: addr + first, len: second })
        };
        let pieces = halves();
        assert_eq!(whole, pieces, "script {seed}");
        if whole.is_ok() {
            assert_eq!(visible(at_once.state()), visible(k.state()), "script {seed}");
            assert_eq!(at_once.state().uvmexp_wired(), k.state().uvmexp_wired(), "script {seed}");
            let total = |k: &Kernel| k.state().pmap_wired_count();
            assert_eq!(total(&at_once), total(&k), "script {seed}");
            compared += 1;
        }
    }
    assert!(compared > SCRIPTS / 2, "only {compared} were compared");
}

/// Calls on resident anonymous memory that may be read and written.
fn well_behaved(random: &mut Random) -> Vec<Call> {
    let mut calls = Vec::new();
    let prot = Prot::READ.with(Prot::WRITE);
    for _ in 0..16 {
        let addr = common::BASE + random.below(24) * PAGE + random.below(8) / 7 * 50;
        let len = random.pick(&[0, 1, PAGE, 3 * PAGE, 5 * PAGE + 1, 9 * PAGE]);
        match random.below(6) {
            0 | 1 => {
                let addr = addr & !(PAGE - 1);
                let flags =
                    MmapFlags { fixed: true, private: true, anon: true, ..MmapFlags::default() };
                calls.push(Call::Mmap { addr, len, prot, flags, offset: 0 });
                calls.push(Call::Touch { addr, len, access: Access::Write });
            }
            2 | 3 => calls.push(Call::Mlock { addr, len }),
            4 => calls.push(Call::Munlock { addr, len }),
            _ => calls.push(Call::Munmap { addr, len }),
        }
    }
    calls
}

#[test]
fn the_repaired_kernels_break_no_promise_on_resident_memory() {
    let mut wired = 0;
    for preset in [Preset::Committed, Preset::Later] {
        for seed in 0..SCRIPTS / 2 {
            let calls = well_behaved(&mut Random::new(seed));
            let mut k = Kernel::new(Config::preset(preset), Vm::default(), NoRecorder);
            for call in &calls {
                let answer = k.call(call);
                assert!(answer.is_ok(), "{preset}, script {seed}: {call:?} stopped the machine");
                assert_eq!(audit(k.state()), [], "{preset}, script {seed}, after {call:?}");
                wired += k.state().pmap_wired_count();
            }
        }
    }
    assert!(wired > 0, "nothing was ever wired");
}

#[test]
fn the_original_kernel_breaks_promises_on_the_same_calls() {
    let breaks = |seed: &u64| {
        let calls = well_behaved(&mut Random::new(*seed));
        let mut k = Kernel::new(Config::ORIGINAL, Vm::default(), NoRecorder);
        calls.iter().any(|c| k.call(c).is_err() || !audit(k.state()).is_empty())
    };
    let broken = (0..SCRIPTS / 20).filter(breaks).count();
    assert!(broken > 30, "only {broken} scripts broke a promise");
}

/// The entries lie in order within the map, and every way to find them agrees.
fn check_list(state: &State, vm: Vm) {
    let mut at = state.first();
    let mut low = vm.min;
    let mut before = uvmscope_uvm::EntryId::HEADER;
    for (id, e) in state.entries() {
        assert_eq!(at, id, "the list and the order of addresses agree");
        assert_eq!(state.prev(id), before);
        assert!(low <= e.range.start && e.range.start < e.range.end && e.range.end <= vm.max);
        assert_eq!(e.range.start.trunc_page(), e.range.start);
        assert_eq!(e.range.end.trunc_page(), e.range.end);
        assert!(e.birth < state.births() && e.family <= e.birth);
        assert_eq!(state.entry_at(e.range.start), Some(id));
        assert_eq!(state.entry_at(e.range.end.minus(Bytes(1))), Some(id));
        assert!(e.object || e.offset == 0, "an offset belongs to the file");
        low = e.range.end;
        before = id;
        at = state.next(id);
    }
    assert!(at.is_header());
    assert_eq!(state.last(), before);
}

/// References are counted, pages have one owner, and the pmap maps what entries have.
fn check_memory(state: &State) {
    let mut refs = BTreeMap::new();
    let mut owned = 0;
    for (_, e) in state.entries() {
        let Some(amap) = e.amap else { continue };
        *refs.entry(amap).or_insert(0u32) += 1;
        let slots = e.slot..e.slot + e.range.pages().0;
        assert!(slots.end <= state.amap(amap).nslot, "the entry fits its amap");
        owned += state.amap(amap).anons.range(slots).count();
    }
    let mut anons = 0;
    for (id, amap) in state.amaps() {
        assert_eq!(refs.get(&id), Some(&amap.refs), "references are counted");
        assert!(amap.nslot <= amap.maxslot && amap.refs > 0);
        anons += amap.anons.len();
    }
    assert_eq!(owned, anons, "every anonymous page belongs to one entry");
    assert_eq!(state.pages().count(), anons + state.object_pages().count(), "no page is lost");
    let everything = VaRange::new(Vaddr(0), Vaddr(u64::MAX));
    let mut wired = 0;
    for (va, m) in state.mappings_in(everything) {
        let id = state.entry_at(va).expect("a mapping lies in an entry");
        let e = state.entry(id);
        let file = e.object.then(|| state.object_page(e.object_page(va))).flatten();
        let behind = state.anon_page(e, va).or(file);
        assert_eq!(behind, Some(m.page), "the pmap maps what the entry has at {va}");
        assert!(!m.write || e.prot.has_write(), "no writing at {va} against the protection");
        wired += u64::from(m.wired);
    }
    assert_eq!(state.pmap_wired_count(), wired);
}
