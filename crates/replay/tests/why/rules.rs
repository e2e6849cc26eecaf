//! What holds of every value at every step, by rule, over random scripts.

use std::collections::BTreeMap;
use std::rc::Rc;

use uvmscope_replay::why::{
    Datum, Field, How, Prevented, Reason, Value, What, Write, chain, last_write, next_write, read,
    why_not, write_here,
};
use uvmscope_replay::{CallEnd, Timeline};
use uvmscope_uvm::{Cond, KernelEvent, State, VaRange, Vaddr};

use crate::{at, end, random, record};

/// What a value holds, by looking through the whole state.
fn held(state: &State, value: Value) -> Datum {
    let count = |n: usize| Datum::Count(i64::try_from(n).expect("a small number"));
    match value {
        Value::Entry { birth, field } => {
            let entry = state.entries().find(|(_, e)| e.birth == birth);
            entry.map_or(Datum::Absent, |(_, e)| field.of(e))
        }
        Value::WireCount(id) => {
            let page = state.pages().find(|(page, _)| *page == id);
            page.map_or(Datum::Absent, |(_, page)| Datum::Count(page.wire_count.into()))
        }
        Value::Mapping(va) => state.mapping(va).map_or(Datum::Absent, |m| Datum::Page(m.page)),
        Value::WriteBit(va) => state.mapping(va).map_or(Datum::Absent, |m| Datum::Flag(m.write)),
        Value::WiredBit(va) => state.mapping(va).map_or(Datum::Absent, |m| Datum::Flag(m.wired)),
        Value::UvmexpWired => Datum::Count(state.uvmexp_wired().into()),
        Value::PmapWired => {
            let all = VaRange::new(Vaddr(0), Vaddr(u64::MAX));
            count(state.mappings_in(all).filter(|(_, m)| m.wired).count())
        }
        Value::WireFuture => Datum::Flag(state.wirefuture()),
        Value::Console(line) => {
            state.console().get(line - 1).map_or(Datum::Absent, |line| Datum::Line(*line))
        }
        Value::Entries => count(state.entries().count()),
        Value::Panic => state.panicked().map_or(Datum::Absent, Datum::Panic),
    }
}

/// Every value of a state that one may ask about, and some that are not there.
fn values(state: &State) -> Vec<Value> {
    let lines = state.console().len();
    let mut values = vec![
        Value::UvmexpWired,
        Value::PmapWired,
        Value::WireFuture,
        Value::Entries,
        Value::Panic,
        Value::Console(lines + 1),
    ];
    values.extend((1..=lines).map(Value::Console));
    for (_, entry) in state.entries() {
        values.extend(Field::ALL.map(|field| Value::Entry { birth: entry.birth, field }));
    }
    values.extend(state.pages().map(|(page, _)| Value::WireCount(page)));
    for (va, _) in state.mappings_in(VaRange::new(Vaddr(0), Vaddr(u64::MAX))) {
        values.extend([Value::Mapping(va), Value::WriteBit(va), Value::WiredBit(va)]);
    }
    values
}

fn random_run(seed: u64) -> Rc<Timeline> {
    let mut random = random::Random::new(seed);
    let (config, vm) = (random.config(), random.vm());
    record(random.calls(20), config, vm)
}

const SCRIPTS: u64 = 50;

/// Every write of every value of a run, found by asking at every step for every value.
type Writes = BTreeMap<Value, Vec<Write>>;

fn all_writes(seed: u64, timeline: &Rc<Timeline>) -> Writes {
    let mut cursor = timeline.cursor();
    let mut writes = Writes::new();
    let mut before: BTreeMap<Value, Datum> = BTreeMap::new();
    let mut known: Vec<Value> = values(cursor.state());
    before.extend(known.iter().map(|value| (*value, held(cursor.state(), *value))));
    while cursor.step_on() {
        let (place, state) = (cursor.place(), cursor.state());
        if timeline.event_at(place).is_none_or(|(_, recorded)| !recorded.event.is_write()) {
            continue;
        }
        known.extend(values(state));
        known.sort_unstable();
        known.dedup();
        let mut after = BTreeMap::new();
        for value in &known {
            let value = *value;
            let now = held(state, value);
            let context = || format!("script {seed} at {place}: {value:?} holds {now}");
            assert_eq!(read(&cursor, value), now, "{}", context());
            let was = |value| before.get(&value).copied().unwrap_or(Datum::Absent);
            match write_here(&cursor, value) {
                Some(write) => {
                    assert_eq!(write.to, now, "{}, {write:?}", context());
                    let source = match write.how {
                        How::Copied { parent } => parent,
                        _ => value,
                    };
                    assert_eq!(write.from, was(source), "{}, {write:?}", context());
                    assert_eq!(write.place, place);
                    writes.entry(value).or_default().push(write);
                }
                None => assert_eq!(now, was(value), "{} and nobody wrote it", context()),
            }
            after.insert(value, now);
        }
        before = after;
    }
    writes
}

/// By induction over the steps: at each, what was written is what is there, and what was not
/// written is as it was. Then whole searches are held to what was seen on the way.
#[test]
fn every_value_at_every_step_has_a_last_writer_that_wrote_it() {
    let mut asked = 0;
    for seed in 0..SCRIPTS {
        let timeline = random_run(seed);
        let writes = all_writes(seed, &timeline);
        for call in 1..=timeline.last_place().call {
            let cursor = end(&timeline, call);
            let events = timeline.events_before(cursor.place());
            for (value, writes) in &writes {
                let upto = writes.partition_point(|write| write.event < events);
                let last = last_write(&cursor, *value);
                assert_eq!(last.as_ref(), upto.checked_sub(1).map(|n| &writes[n]), "{value:?}");
                if let Some(last) = last {
                    assert_eq!(last.to, held(cursor.state(), *value));
                }
                let next = next_write(&cursor, *value);
                assert_eq!(next.as_ref(), writes.get(upto), "script {seed}: {value:?}");
                asked += 1;
            }
        }
    }
    assert!(asked > 50_000, "only {asked} were asked");
}

#[test]
fn the_next_write_before_the_last_one_is_the_last_one() {
    for seed in 0..SCRIPTS {
        let timeline = random_run(seed);
        let last = end(&timeline, timeline.last_place().call);
        for value in values(last.state()) {
            let Some(write) = last_write(&last, value) else { continue };
            let mut cursor = timeline.cursor();
            cursor.seek(timeline.step_back(write.place).expect("a place before"));
            assert_eq!(next_write(&cursor, value), Some(write), "script {seed}: {value:?}");
            cursor.seek(write.place);
            assert_eq!(last_write(&cursor, value), Some(write));
            assert_eq!(write_here(&cursor, value), Some(write));
            assert_eq!(next_write(&cursor, value), None);
        }
    }
}

#[test]
fn chains_lead_back_without_a_gap_to_where_the_value_came_from() {
    let mut copied = 0;
    let mut taken_over = 0;
    for seed in 0..4 * SCRIPTS {
        let timeline = random_run(seed);
        let cursor = end(&timeline, timeline.last_place().call);
        for value in values(cursor.state()) {
            let links = chain(&cursor, value);
            for (link, earlier) in links.iter().zip(links.iter().skip(1)) {
                let (write, before) = (&link.write, &earlier.write);
                assert!(before.event < write.event, "script {seed}: {value:?}");
                let handed_on = match write.how {
                    How::Merged { taken: Some(_) } => write.to,
                    _ => write.from,
                };
                assert_eq!(before.to, handed_on, "script {seed}: {value:?} {write:?} {before:?}");
                copied += u32::from(matches!(write.how, How::Copied { .. }));
                taken_over += u32::from(matches!(write.how, How::Merged { taken: Some(_) }));
            }
            if let Some(first) = links.last() {
                let at_birth = first.write.from == Datum::Absent;
                let counts = matches!(
                    value,
                    Value::UvmexpWired | Value::PmapWired | Value::WireFuture | Value::Entries
                );
                assert!(at_birth || counts, "script {seed}: {value:?} {first:?}");
            }
        }
    }
    assert!(copied > 1000 && taken_over > 0, "{copied} copied, {taken_over} taken over");
}

#[test]
fn the_condition_of_a_link_was_tested_in_the_same_call_and_came_out_so() {
    for seed in 0..SCRIPTS {
        let timeline = random_run(seed);
        let last = end(&timeline, timeline.last_place().call);
        for link in values(last.state()).into_iter().flat_map(|value| chain(&last, value)) {
            let Some(test) = link.because else { continue };
            assert_eq!(test.place.call, link.write.place.call);
            assert!(test.event < link.write.event);
            let mut cursor = timeline.cursor();
            cursor.seek(test.place);
            assert_eq!(test.cond.holds(cursor.state()), test.held, "script {seed}: {link:?}");
        }
    }
}

#[test]
fn every_refused_cut_and_untaken_branch_names_its_condition_with_its_operands() {
    let mut refused = 0;
    for seed in 0..SCRIPTS {
        let timeline = random_run(seed);
        let mut cursor = timeline.cursor();
        while cursor.step_on() {
            let Some((event, recorded)) = timeline.event_at(cursor.place()) else { continue };
            let KernelEvent::Test { cond, held } = recorded.event else { continue };
            // The operands are in the condition and in the state: they give the outcome again.
            assert_eq!(cond.holds(cursor.state()), held, "script {seed} at {}", cursor.place());
            if let (Cond::Cuts { at, .. }, false) = (cond, held) {
                let place = cursor.place();
                let reason = Reason::Test { cond, held };
                let expected = Some(Prevented { event, place, reason });
                assert_eq!(why_not(&cursor, What::Cut { at: Some(at) }), expected);
                assert_eq!(why_not(&cursor, What::Cut { at: None }), expected);
                refused += 1;
            }
        }
    }
    assert!(refused > 100, "only {refused} cuts were refused");
}

#[test]
fn every_call_that_fails_names_a_test() {
    let mut failed = 0;
    for seed in 0..4 * SCRIPTS {
        let timeline = random_run(seed);
        for (call, run) in (1..).zip(timeline.calls()).filter(|(_, run)| run.ran()) {
            let cursor = end(&timeline, call);
            let is_ok = matches!(run.outcome, CallEnd::Done(d) if d.errno.is_ok());
            let kept = why_not(&cursor, What::Succeed);
            assert_eq!(kept.is_none(), is_ok, "script {seed}, {:?}: {kept:?}", run.call);
            failed += u32::from(!is_ok);
        }
    }
    assert!(failed > 200, "only {failed} failed");
}

#[test]
fn what_was_kept_from_changing_is_as_it_was_when_the_call_began() {
    let mut kept = 0;
    for seed in 0..4 * SCRIPTS {
        let timeline = random_run(seed);
        for call in 1..=timeline.last_place().call {
            let (before, after) = (at(&timeline, call, 0), end(&timeline, call));
            for (_, entry) in after.state().entries() {
                for field in Field::ALL {
                    let what = What::Change { birth: entry.birth, field };
                    let Some(decided) = why_not(&after, what) else { continue };
                    kept += 1;
                    assert_eq!(decided.place.call, call);
                    let old = held(before.state(), Value::Entry { birth: entry.birth, field });
                    let same = old == Datum::Absent || old == field.of(entry);
                    assert!(same, "script {seed}, call {call}: {what:?}, {decided:?}");
                }
            }
        }
    }
    assert!(kept > 1000, "only {kept} were kept");
}
