//! Two runs side by side: where they part and why, which places belong together, and what differs
//! between states.

#[allow(dead_code, reason = "the calls are drawn here, the checks of calls are not")]
#[path = "../../uvm/tests/common/mod.rs"]
mod random;

use std::rc::Rc;

use uvmscope_replay::{
    Alignment, CallEnd, Cause, Divergence, Gate, Place, Script, Side, StateDifference, Timeline,
    align, differences,
};
use uvmscope_uvm::{
    Access, Call, Change, Changes, Cond, Config, KernelEvent, MmapFlags, Preset, Prot, State,
    VaRange, Vaddr, Vm,
};

const BUF: u64 = 0x7f7f_f7ec_d000;
const P: u64 = BUF + 0x9000;
const END: u64 = 0x7f7f_f7ef_f000;

fn script(calls: impl IntoIterator<Item = Call>, vm: Vm) -> Rc<Script> {
    Rc::new(Script { vm, ..Script::of_calls(calls) })
}

fn mmap() -> Call {
    let flags = MmapFlags { fixed: true, private: true, anon: true, ..MmapFlags::default() };
    let prot = Prot::READ.with(Prot::WRITE);
    Call::Mmap { addr: BUF, len: END - BUF, prot, flags, offset: 0 }
}

fn touch() -> Call {
    Call::Touch { addr: P, len: 4096, access: Access::Write }
}

fn mail() -> Vec<Call> {
    vec![
        mmap(),
        touch(),
        Call::Mlock { addr: P, len: 0 },
        Call::Munlock { addr: P, len: 0 },
        Call::Mlock { addr: P, len: 1024 },
        Call::Munlock { addr: P, len: 1024 },
        touch(),
    ]
}

fn record(script: &Rc<Script>, config: Config) -> Rc<Timeline> {
    Rc::new(Timeline::record(Rc::clone(script), config))
}

fn aligned(calls: Vec<Call>, configs: [Config; 2]) -> Alignment {
    let script = script(calls, Vm::default());
    let [a, b] = configs.map(|config| record(&script, config));
    align(&a, &b)
}

fn with(changes: &[Change]) -> Config {
    Config { changes: changes.iter().copied().collect::<Changes>(), ..Config::ORIGINAL }
}

fn state_at(timeline: &Rc<Timeline>, place: Place) -> State {
    let mut cursor = timeline.cursor();
    cursor.seek(place);
    cursor.state().clone()
}

fn event_at(alignment: &Alignment, side: Side, divergence: &Divergence) -> KernelEvent {
    let place = divergence.at[side.index()];
    let (_, recorded) = alignment.timeline(side).event_at(place).expect("a step");
    recorded.event.clone()
}

fn first(alignment: &Alignment) -> Divergence {
    *alignment.first_divergence().expect("the two part")
}

#[test]
fn the_mails_repair_shows_at_the_test_for_an_empty_range() {
    let alignment = aligned(mail(), [Config::ORIGINAL, Config::preset(Preset::Committed)]);
    let divergence = first(&alignment);
    assert_eq!(divergence.call, 3);
    let gate = Gate::Change { change: Change::PageableEmptyReturn, when_on: true };
    assert_eq!(divergence.cause, Cause::Guard { side: Side::B, gate });
    let range = VaRange::new(Vaddr(P), Vaddr(P));
    let asked = event_at(&alignment, Side::B, &divergence);
    assert_eq!(asked, KernelEvent::Test { cond: Cond::Empty { range }, held: true });
    // The test of the length stands before it, and was stepped over.
    let [alike_a, alike_b] = divergence.alike;
    assert_eq!(alike_b.step, alike_a.step + 1);
    assert_eq!(alignment.partner(divergence.at[0]), divergence.at[1]);
    assert_eq!(alignment.partner_in_a(divergence.at[1]), divergence.at[0]);
    // Both leave sys_mlock by the same line.
    let ends = [0, 1].map(|i| alignment.timeline(Side::BOTH[i]).calls()[2].steps());
    assert_eq!(divergence.meets.map(|m| m.map(|p| p.step)), Some(ends));
    assert!(!divergence.agree_after && !divergence.agree_where_met);
    assert!(alignment.agree_after(2) && !alignment.agree_after(3));
}

#[test]
fn later_calls_differ_because_the_states_do() {
    let alignment = aligned(mail(), [with(&[Change::PageableEmptyReturn]), Config::ORIGINAL]);
    let causes: Vec<_> = alignment.divergences().map(|d| (d.call, d.cause)).collect();
    let gate = Gate::Change { change: Change::PageableEmptyReturn, when_on: true };
    let earlier = Cause::Earlier { since: 3 };
    assert_eq!(
        causes,
        [
            (3, Cause::Guard { side: Side::A, gate }),
            (4, earlier),
            (5, earlier),
            (6, earlier),
            (7, Cause::NotReached { side: Side::B }),
        ]
    );
    let lookup = event_at(&alignment, Side::A, alignment.divergence_in(4).expect("it parts"));
    assert!(matches!(lookup, KernelEvent::Lookup { .. }), "{lookup:?}");
}

#[test]
fn a_call_that_one_run_does_not_come_to_belongs_to_its_last_place() {
    let alignment = aligned(mail(), [Config::ORIGINAL, Config::preset(Preset::Committed)]);
    let last = alignment.timeline(Side::A).last_place();
    assert_eq!(last.call, 6);
    let divergence = *alignment.divergence_in(7).expect("only one comes to it");
    let entry = Place { call: 7, step: 0 };
    assert_eq!(divergence.cause, Cause::NotReached { side: Side::A });
    assert_eq!((divergence.at, divergence.meets), ([last, entry], None));
    for step in 0..=alignment.timeline(Side::B).calls()[6].steps() {
        assert_eq!(alignment.partner_in_a(Place { call: 7, step }), last);
    }
    let end = Place { call: 6, step: alignment.timeline(Side::B).calls()[5].steps() };
    assert_eq!(alignment.partner(last), end);
    assert_eq!(alignment.pairs(7).count(), 0);
}

#[test]
fn the_guard_against_rounding_is_the_cause_where_it_has_a_consequence() {
    let calls = vec![mmap(), touch(), Call::Mlock { addr: P + 100, len: 0 }];
    let alignment = aligned(calls, [Config::ORIGINAL, with(&[Change::SyscallZeroGuard])]);
    let divergence = first(&alignment);
    let gate = Gate::Change { change: Change::SyscallZeroGuard, when_on: true };
    assert_eq!(divergence.cause, Cause::Guard { side: Side::B, gate });
    let asked = event_at(&alignment, Side::B, &divergence);
    assert_eq!(asked, KernelEvent::Test { cond: Cond::ZeroLength { len: 0 }, held: true });
    let entered = event_at(&alignment, Side::A, &divergence);
    assert!(matches!(entered, KernelEvent::Enter { .. }), "{entered:?}");
}

#[test]
fn of_two_tests_that_hold_the_one_that_leads_on_is_the_cause() {
    let later = Config::preset(Preset::Later);
    let unmap = |addr, len| vec![mmap(), Call::Munmap { addr, len }];
    let gate = |when_on| Gate::Change { change: Change::ZeroGuardEverywhere, when_on };
    // The old test for an empty range returns before the address is looked at.
    let aligned_zero = first(&aligned(unmap(P, 0), [Config::ORIGINAL, later]));
    assert_eq!(aligned_zero.cause, Cause::Guard { side: Side::A, gate: gate(false) });
    assert!(aligned_zero.agree_after && aligned_zero.meets.is_some());
    let unaligned = first(&aligned(unmap(P + 1, 0), [Config::ORIGINAL, later]));
    assert_eq!(unaligned.cause, Cause::Guard { side: Side::B, gate: gate(true) });
    assert!(!unaligned.agree_after);
    assert_eq!(aligned(unmap(P, 4096), [Config::ORIGINAL, later]).first_divergence(), None);
}

#[test]
fn an_error_that_only_one_kernel_turns_into_another_is_a_divergence_without_traces() {
    let calls = vec![mmap(), Call::Mlock { addr: 0x1000, len: u64::MAX - 4096 }, touch()];
    let alignment = aligned(calls, [Config::ORIGINAL, Config::preset(Preset::Committed)]);
    let divergence = first(&alignment);
    let gate = Gate::Change { change: Change::RangeErrorEnomem, when_on: true };
    assert_eq!(divergence.cause, Cause::Guard { side: Side::B, gate });
    assert!(divergence.agree_after);
    assert_eq!(alignment.divergences().count(), 1);
}

#[test]
fn diagnostic_is_a_gate_as_well() {
    let silent = Config { diagnostic: false, ..Config::ORIGINAL };
    let alignment = aligned(mail(), [Config::ORIGINAL, silent]);
    let divergence = first(&alignment);
    assert_eq!(divergence.call, 6);
    assert_eq!(divergence.cause, Cause::Guard { side: Side::A, gate: Gate::Diagnostic });
    let asked = event_at(&alignment, Side::A, &divergence);
    assert!(matches!(asked, KernelEvent::Test { cond: Cond::PageUnwired { .. }, held: true }));
    let counted = event_at(&alignment, Side::B, &divergence);
    assert!(matches!(counted, KernelEvent::PageUnwire { from: 0, to: 65535, .. }));
    assert_eq!(divergence.meets, None);
}

#[test]
fn the_states_after_the_empty_mlock_differ_by_a_cut_and_a_count() {
    let alignment = aligned(mail(), [Config::ORIGINAL, Config::preset(Preset::Committed)]);
    let end = Place { call: 3, step: usize::MAX };
    let [a, b] = Side::BOTH.map(|side| state_at(alignment.timeline(side), end));
    let found = differences(&a, &b);
    assert_eq!(found.total, found.listed.len());
    let tail = VaRange::new(Vaddr(P), Vaddr(END));
    let counts = found.listed.iter().find_map(|difference| match *difference {
        StateDifference::Entries { range, says } if range == tail => {
            Some(says.map(|claim| claim.map(|c| c.wired_count)))
        }
        _ => None,
    });
    assert_eq!(counts, Some([Some(1), Some(0)]));
    let cut = StateDifference::Boundary { at: Vaddr(P), side: Side::A };
    assert!(found.listed.contains(&cut), "{found:?}");
    assert!(differences(&a, &a).is_empty());
    let back = differences(&b, &a);
    assert_eq!(back.total, found.total);
    assert!(back.listed.contains(&StateDifference::Boundary { at: Vaddr(P), side: Side::B }));
}

#[test]
fn more_differences_than_are_listed_are_counted() {
    let flags = MmapFlags { fixed: true, private: true, anon: true, ..MmapFlags::default() };
    let page =
        |n: u64| Call::Mmap { addr: BUF + 8192 * n, len: 4096, prot: Prot::READ, flags, offset: 0 };
    let script = script((0..100).map(page), Vm::default());
    let timeline = record(&script, Config::ORIGINAL);
    let full = state_at(&timeline, timeline.last_place());
    let found = differences(&State::default(), &full);
    assert_eq!(found.total, 100);
    assert_eq!(found.listed.len(), uvmscope_replay::differences::LISTED);
}

#[test]
fn runs_of_nothing_are_alike() {
    let alignment = aligned(Vec::new(), [Config::ORIGINAL, Config::preset(Preset::Later)]);
    let place = Place { call: 1, step: 0 };
    assert_eq!((alignment.partner(place), alignment.first_divergence()), (place, None));
    assert!(alignment.agree_after(0) && alignment.agree_after(9));
}

/// The runs of a random script under two random kernels.
fn random_runs(seed: u64) -> [Rc<Timeline>; 2] {
    let mut random = random::Random::new(seed);
    let vm = random.vm();
    let configs = [random.config(), random.config()];
    let script = script(random.calls(30), vm);
    configs.map(|config| record(&script, config))
}

fn places(timeline: &Rc<Timeline>) -> Vec<Place> {
    let mut places = vec![timeline.first_place()];
    while let Some(next) = timeline.step_on(places[places.len() - 1]) {
        places.push(next);
    }
    places
}

const SCRIPTS: u64 = 1000;

#[test]
fn partners_never_go_back_and_those_of_a_pair_belong_together() {
    for seed in 0..SCRIPTS {
        let [a, b] = random_runs(seed);
        let alignment = align(&a, &b);
        for side in Side::BOTH {
            let own = alignment.timeline(side);
            let theirs = alignment.timeline(side.other());
            let partners: Vec<_> =
                places(own).into_iter().map(|place| alignment.partner_of(side, place)).collect();
            assert!(partners.is_sorted(), "script {seed}, {side:?}");
            assert!(partners.iter().all(|place| theirs.clamp(*place) == *place), "script {seed}");
        }
        for call in 1..=a.calls().len() {
            let pairs: Vec<_> = alignment.pairs(call).collect();
            assert!(pairs.is_sorted_by(|x, y| x[0] <= y[0] && x[1] <= y[1] && x != y));
            for (n, pair) in pairs.iter().enumerate() {
                let last = |i: usize| {
                    let later = pairs[n..].iter().take_while(|p| p[i] == pair[i]);
                    later.last().map(|p| p[1 - i])
                };
                assert_eq!(Some(alignment.partner(pair[0])), last(0), "script {seed}, call {call}");
                assert_eq!(Some(alignment.partner_in_a(pair[1])), last(1), "script {seed}, {call}");
            }
        }
    }
}

#[test]
fn a_kernel_never_parts_from_itself() {
    for seed in 0..SCRIPTS {
        let [a, _] = random_runs(seed);
        let again = record(a.script(), a.config());
        let alignment = align(&a, &again);
        assert_eq!(alignment.first_divergence(), None, "script {seed}");
        for place in places(&a) {
            assert_eq!(alignment.partner(place), place);
            assert_eq!(alignment.partner_in_a(place), place);
        }
    }
}

#[test]
fn before_they_part_the_states_are_the_same_to_the_last_id() {
    for seed in 0..SCRIPTS {
        let [a, b] = random_runs(seed);
        let alignment = align(&a, &b);
        let upto = alignment.first_divergence().map_or(a.last_place(), |d| d.alike[0]);
        let [mut at_a, mut at_b] = [a.cursor(), b.cursor()];
        let pairs = (1..=upto.call).flat_map(|call| alignment.pairs(call));
        for [place_a, place_b] in pairs.take_while(|pair| pair[0] <= upto) {
            at_a.seek(place_a);
            at_b.seek(place_b);
            assert_eq!(at_a.state(), at_b.state(), "script {seed} at {place_a} and {place_b}");
        }
    }
}

#[test]
fn it_does_not_matter_which_run_is_named_first() {
    for seed in 0..SCRIPTS {
        let [a, b] = random_runs(seed);
        let (there, back) = (align(&a, &b), align(&b, &a));
        for place in places(&a) {
            assert_eq!(there.partner(place), back.partner_in_a(place), "script {seed}");
        }
        for place in places(&b) {
            assert_eq!(there.partner_in_a(place), back.partner(place), "script {seed}");
        }
        let [mut there, mut back] = [there.divergences(), back.divergences()];
        loop {
            let (d, e) = (there.next(), back.next());
            assert_eq!(d.is_some(), e.is_some(), "script {seed}");
            let (Some(d), Some(e)) = (d, e) else { break };
            let reversed = [e.at[1], e.at[0]];
            assert_eq!((d.call, d.at, d.agree_after), (e.call, reversed, e.agree_after));
            match (d.cause, e.cause) {
                (Cause::Guard { side, gate }, Cause::Guard { side: other, gate: same }) => {
                    assert_eq!((side.other(), gate), (other, same), "script {seed}");
                }
                (Cause::NotReached { side }, Cause::NotReached { side: other }) => {
                    assert_eq!(side.other(), other, "script {seed}");
                }
                (of_d, of_e) => assert_eq!(of_d, of_e, "script {seed}"),
            }
        }
    }
}

#[test]
fn calls_without_a_divergence_end_alike_and_the_states_agree_as_it_says() {
    let mut parted = 0;
    for seed in 0..SCRIPTS {
        let [a, b] = random_runs(seed);
        let alignment = align(&a, &b);
        for (call, runs) in (1..).zip(a.calls().iter().zip(b.calls())) {
            let reached = [runs.0, runs.1].map(|run| !matches!(run.outcome, CallEnd::NotReached));
            let end = Place { call, step: usize::MAX };
            if reached == [true, true] {
                let found = differences(&state_at(&a, end), &state_at(&b, end));
                assert_eq!(
                    found.is_empty(),
                    alignment.agree_after(call),
                    "script {seed}, call {call}: {found:?}"
                );
            }
            match alignment.divergence_in(call) {
                None => assert_eq!(runs.0.outcome, runs.1.outcome, "script {seed}, call {call}"),
                Some(_) => parted += 1,
            }
        }
    }
    assert!(parted > 600, "only {parted} calls part");
}

#[test]
fn every_divergence_has_a_cause_that_holds() {
    let mut guards = 0;
    for seed in 0..SCRIPTS {
        let [a, b] = random_runs(seed);
        let alignment = align(&a, &b);
        for divergence in alignment.divergences() {
            let Divergence { call, alike, at, cause, .. } = *divergence;
            assert!(alike[0] <= at[0] && alike[1] <= at[1], "script {seed}, call {call}");
            match cause {
                Cause::Guard { side, gate } => {
                    guards += 1;
                    let event = event_at(&alignment, side, divergence);
                    assert!(matches!(event, KernelEvent::Test { held: true, .. }), "{event:?}");
                    let config = alignment.timeline(side).config();
                    let theirs = alignment.timeline(side.other()).config();
                    let runs = |config: Config| match gate {
                        Gate::Change { change, when_on } => config.changes.has(change) == when_on,
                        Gate::Diagnostic => config.diagnostic,
                    };
                    assert!(runs(config) && !runs(theirs), "script {seed}, call {call}");
                }
                Cause::Earlier { since } => {
                    assert!(since < call && !alignment.agree_after(call - 1));
                }
                Cause::NotReached { side } => {
                    assert_eq!(at[side.index()], alignment.timeline(side).last_place());
                }
                Cause::Untested(change) => panic!("script {seed}, call {call}: {change}"),
                Cause::Bound => panic!("script {seed}, call {call} parts without a cause"),
            }
        }
    }
    assert!(guards > 100, "only {guards} guards");
}

/// Every pair of a walk over both runs.
fn walk(alignment: &Alignment) -> Vec<[Place; 2]> {
    let first = Side::BOTH.map(|side| alignment.timeline(side).first_place());
    let mut pairs = vec![first];
    while let Some(next) = alignment.step_on(pairs[pairs.len() - 1]) {
        pairs.push(next);
        assert!(pairs.len() < 1_000_000, "the walk ends");
    }
    pairs
}

#[test]
fn a_walk_over_both_visits_every_place_of_either_and_leads_back_the_same_way() {
    for seed in 0..150 {
        let mut random = random::Random::new(seed);
        let (vm, configs) = (random.vm(), [random.config(), random.config()]);
        let script = script(random.calls(16), vm);
        let [a, b] = configs.map(|config| record(&script, config));
        let alignment = align(&a, &b);
        let pairs = walk(&alignment);
        for side in Side::BOTH {
            let timeline = alignment.timeline(side);
            let mut place = timeline.first_place();
            let mut seen = pairs.iter().map(|pair| pair[side.index()]).peekable();
            loop {
                assert_eq!(seen.next(), Some(place), "script {seed}: the next place of {side:?}");
                while seen.peek() == Some(&place) {
                    seen.next();
                }
                match timeline.step_on(place) {
                    Some(next) => place = next,
                    None => break,
                }
            }
            assert_eq!(seen.next(), None, "script {seed}: nothing behind the end of {side:?}");
        }
        for two in pairs.windows(2) {
            assert_eq!(alignment.step_back(two[1]), Some(two[0]), "script {seed}: {two:?}");
        }
        assert_eq!(alignment.step_back(pairs[0]), None);
        for pair in (1..=a.calls().len()).flat_map(|call| alignment.pairs(call)) {
            assert!(pairs.contains(&pair), "script {seed}: {pair:?} is on the way");
        }
    }
}
