//! Timelines: places, walking, bindings, expectations, and where promises break.

use std::rc::Rc;

use uvmscope_replay::{
    Body, CallEnd, CallLine, Counter, Direction, Expect, Expr, Place, Recording, Script, Statement,
    Timeline, Verdict,
};
use uvmscope_uvm::audit::Disagreement;
use uvmscope_uvm::{
    Access, Bytes, Call, Change, Changes, Config, Errno, Halt, KernelEvent, MmapFlags, Preset,
    Prot, State, VaRange, Vaddr,
};

const BUF: u64 = 0x7f7f_f7ec_d000;
const P: u64 = BUF + 0x9000;
const END: u64 = 0x7f7f_f7ef_f000;

fn number(n: u64) -> Expr {
    Expr::Number(n)
}

fn name(name: &str) -> Expr {
    Expr::Name(name.to_owned())
}

fn mmap() -> Call<Expr> {
    let flags = MmapFlags { fixed: true, private: true, anon: true, ..MmapFlags::default() };
    let prot = Prot::READ.with(Prot::WRITE);
    Call::Mmap { addr: number(BUF), len: number(END - BUF), prot, flags, offset: number(0) }
}

fn touch() -> Call<Expr> {
    Call::Touch { addr: number(P), len: number(4096), access: Access::Write }
}

fn mlock(len: u64) -> Call<Expr> {
    Call::Mlock { addr: number(P), len: number(len) }
}

fn munlock(len: u64) -> Call<Expr> {
    Call::Munlock { addr: number(P), len: number(len) }
}

fn line(name: Option<&str>, call: Call<Expr>, expect: Option<Expect>) -> Statement {
    let line = CallLine { call, expect, listed: false, mark: None, ask: None };
    Statement { name: name.map(str::to_owned), body: Body::Call(line), line: 1 }
}

fn script(statements: Vec<Statement>) -> Rc<Script> {
    Rc::new(Script { statements, ..Script::default() })
}

fn mail() -> Rc<Script> {
    let calls = [mmap(), touch(), mlock(0), munlock(0), mlock(1024), munlock(1024)];
    script(calls.into_iter().map(|call| line(None, call, None)).collect())
}

fn record(config: Config) -> Rc<Timeline> {
    Rc::new(Timeline::record(mail(), config))
}

fn with(changes: &[Change]) -> Config {
    Config { changes: changes.iter().copied().collect::<Changes>(), ..Config::ORIGINAL }
}

/// The ranges and counts of the entries at the end of a call.
fn claims(timeline: &Rc<Timeline>, call: usize) -> Vec<(u64, u64, i32)> {
    let mut cursor = timeline.cursor();
    cursor.seek(Place { call, step: usize::MAX });
    let claim = |e: &uvmscope_uvm::Entry| (e.range.start.0, e.range.end.0, e.wired_count);
    cursor.state().entries().map(|(_, e)| claim(e)).collect()
}

#[test]
fn the_mails_sequence_goes_as_the_mail_says() {
    let timeline = record(Config::ORIGINAL);
    assert_eq!(claims(&timeline, 2), [(BUF, END, 0)]);
    assert_eq!(claims(&timeline, 3), [(BUF, P, 0), (P, END, 1)]);
    assert_eq!(claims(&timeline, 4), [(BUF, P, 0), (P, END, 1)]);
    assert_eq!(claims(&timeline, 5), [(BUF, P, 0), (P, P + 4096, 2), (P + 4096, END, 1)]);
    assert_eq!(claims(&timeline, 6), [(BUF, P, 0), (P, P + 4096, 0), (P + 4096, END, 1)]);
    assert!(matches!(timeline.halt(), Some(Halt::Panic(_))));
    let mut cursor = timeline.cursor();
    cursor.seek(timeline.last_place());
    let printed: Vec<_> = cursor.state().console().iter().map(ToString::to_string).collect();
    assert_eq!(printed.len(), 1);
    assert!(printed[0].contains("va 0x7f7ff7ed6000 did not change!"));
    assert!(cursor.state().panicked().is_some());
}

#[test]
fn the_one_needed_piece_of_the_repair_is_enough() {
    let timeline = record(with(&[Change::PageableEmptyReturn]));
    assert_eq!(claims(&timeline, 3), [(BUF, END, 0)]);
    assert_eq!(claims(&timeline, 4), [(BUF, END, 0)]);
    assert_eq!(claims(&timeline, 5), [(BUF, P, 0), (P, P + 4096, 1), (P + 4096, END, 0)]);
    assert_eq!(claims(&timeline, 6), [(BUF, P, 0), (P, P + 4096, 0), (P + 4096, END, 0)]);
    assert_eq!(timeline.halt(), None);
    let mut cursor = timeline.cursor();
    cursor.seek(Place { call: 5, step: usize::MAX });
    assert_eq!(cursor.state().pmap_wired_count(), 1);
    cursor.seek(timeline.last_place());
    assert_eq!(cursor.state().pmap_wired_count(), 0);
    assert!(cursor.state().console().is_empty());
    assert!(timeline.promise_breaks().is_empty());
}

#[test]
fn the_promise_breaks_at_the_step_that_counts_the_tail_as_wired() {
    let timeline = record(Config::ORIGINAL);
    let first = timeline.promise_breaks()[0];
    assert_eq!(first.call, 3);
    let (_, recorded) = timeline.event_at(first).expect("a step");
    assert!(matches!(recorded.event, KernelEvent::WiredCount { from: 0, to: 1, .. }));
    assert!(timeline.broken_after(2).is_empty());
    let range = VaRange::new(Vaddr(P), Vaddr(END));
    let after = timeline.broken_after(3);
    assert!(
        matches!(after[..], [Disagreement::ClaimNotHeld { range: r, held: 0, .. }] if r == range)
    );
}

#[test]
fn a_correct_mlock_breaks_nothing_that_it_does_not_mend() {
    let calls =
        vec![line(None, mmap(), None), line(None, touch(), None), line(None, mlock(4096), None)];
    let timeline = Rc::new(Timeline::record(script(calls), Config::preset(Preset::Committed)));
    assert!(timeline.promise_breaks().is_empty());
    assert!(timeline.broken_after(3).is_empty());
}

#[test]
fn walking_step_by_step_visits_every_place_once_in_both_directions() {
    let timeline = record(Config::ORIGINAL);
    let mut places = vec![timeline.first_place()];
    while let Some(next) = timeline.step_on(places[places.len() - 1]) {
        places.push(next);
    }
    assert!(places.is_sorted());
    assert_eq!(places.last(), Some(&timeline.last_place()));
    let expected: usize = timeline.calls().iter().map(|c| c.steps() + 1).sum();
    assert_eq!(places.len(), expected);
    let mut back = timeline.last_place();
    for place in places.iter().rev().skip(1) {
        back = timeline.step_back(back).expect("a place before");
        assert_eq!(back, *place);
    }
    assert_eq!(timeline.step_back(back), None);
    for (ordinal, place) in places.iter().enumerate() {
        assert_eq!(timeline.ordinal(*place), ordinal);
        assert_eq!(timeline.place_at(ordinal), *place);
    }
    assert_eq!(timeline.place_at(usize::MAX), timeline.last_place());
    for (index, _) in timeline.events().iter().enumerate() {
        let place = timeline.place_after(index);
        assert_eq!(timeline.events_before(place), index + 1);
        assert_eq!(timeline.event_at(place).map(|(i, _)| i), Some(index));
    }
}

#[test]
fn calls_are_walked_by_their_entries() {
    let timeline = record(Config::ORIGINAL);
    let inside = Place { call: 3, step: 4 };
    assert_eq!(timeline.next_call(inside), Some(Place { call: 4, step: 0 }));
    assert_eq!(timeline.previous_call(inside), Some(Place { call: 3, step: 0 }));
    assert_eq!(
        timeline.previous_call(Place { call: 3, step: 0 }),
        Some(Place { call: 2, step: 0 })
    );
    assert_eq!(timeline.previous_call(timeline.first_place()), None);
    assert_eq!(timeline.next_call(Place { call: 6, step: 0 }), Some(timeline.last_place()));
    assert_eq!(timeline.next_call(timeline.last_place()), None);
}

#[test]
fn a_random_walk_ends_where_a_fresh_replay_ends() {
    // Long enough for keyframes to come in.
    let mut statements = vec![line(None, mmap(), None)];
    for round in 0..400u64 {
        let addr = number(BUF + round % 40 * 4096);
        let call = match round % 3 {
            0 => Call::Touch { addr, len: number(9000), access: Access::Write },
            1 => Call::Mlock { addr, len: number(9000) },
            _ => Call::Munlock { addr, len: number(3000) },
        };
        statements.push(line(None, call, None));
    }
    let config = Config::preset(Preset::Later);
    let timeline = Rc::new(Timeline::record(script(statements), config));
    let total = timeline.events().len();
    assert!(total > 10_000, "only {total} events");
    let mut cursor = timeline.cursor();
    let mut seed = 7usize;
    for _ in 0..300 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        match seed >> 60 {
            0..=3 => drop(cursor.step_on()),
            4..=7 => drop(cursor.step_back()),
            _ => cursor.seek(timeline.place_after((seed >> 20) % total)),
        }
        let mut fresh = State::default();
        for recorded in &timeline.events()[..timeline.events_before(cursor.place())] {
            fresh.apply(&recorded.event);
        }
        assert_eq!(*cursor.state(), fresh, "at {}", cursor.place());
    }
}

#[test]
fn names_are_bound_to_answers_and_unset_by_failures() {
    let sum = Expr::Plus(Box::new(name("buf")), Box::new(number(0x9000)));
    let p = Statement { name: Some("p".to_owned()), body: Body::Let(sum), line: 2 };
    let bad = Call::Mmap {
        addr: number(1),
        len: number(4096),
        prot: Prot::READ,
        flags: MmapFlags { fixed: true, private: true, anon: true, ..MmapFlags::default() },
        offset: number(0),
    };
    let lock = |who: &str| Call::Mlock { addr: name(who), len: number(1) };
    let statements = vec![
        line(Some("buf"), mmap(), Some(Expect::Value(BUF))),
        p,
        line(None, lock("p"), Some(Expect::Value(0))),
        line(Some("buf"), bad, Some(Expect::Errno(Errno::Enomem))),
        line(None, lock("buf"), Some(Expect::Value(0))),
        line(None, Call::Exit, None),
        line(None, lock("p"), Some(Expect::Value(0))),
    ];
    let timeline = Timeline::record(script(statements), Config::ORIGINAL);
    let calls = timeline.calls();
    assert_eq!(calls[1].call, Call::Mlock { addr: P, len: 1 });
    assert_eq!(calls[3].outcome, CallEnd::Skipped { name: "buf".to_owned() });
    assert_eq!(calls[5].outcome, CallEnd::NotReached);
    let verdicts: Vec<_> = calls.iter().map(|c| c.verdict).collect();
    let not_run = Some(Verdict::NotRun);
    let (met, unmet) = (Some(Verdict::Met), Some(Verdict::Unmet));
    assert_eq!(verdicts, [met, met, unmet, not_run, None, not_run]);
    assert_eq!(timeline.last_place().call, 5);
}

#[test]
fn a_run_that_is_recorded_bit_by_bit_is_the_same_run() {
    let whole = record(Config::ORIGINAL);
    for events in [0, 1, 7, 1000] {
        let mut recording = Recording::new(mail(), Config::ORIGINAL);
        let mut before = recording.progress();
        assert_eq!(before, (0, mail().statements.len()));
        // Every turn gets somewhere, but the one that is asked for nothing.
        while recording.go_on(events) && events > 0 {
            assert!(recording.progress().0 > before.0);
            before = recording.progress();
        }
        assert_eq!(recording.progress().0 == before.1, events > 0);
        let bits = recording.finish();
        assert_eq!(format!("{:?}", bits.events()), format!("{:?}", whole.events()));
        assert_eq!(bits.calls(), whole.calls());
        assert_eq!(bits.halt(), whole.halt());
    }
}

#[test]
fn a_script_without_calls_has_one_place() {
    let timeline = Rc::new(Timeline::record(script(Vec::new()), Config::ORIGINAL));
    assert_eq!(timeline.last_place(), timeline.first_place());
    assert_eq!(timeline.step_on(timeline.first_place()), None);
    assert_eq!(timeline.step_back(timeline.first_place()), None);
    assert!(timeline.event_at(timeline.first_place()).is_none());
    assert!(timeline.promise_breaks().is_empty());
}

#[test]
fn touching_without_end_stops_with_a_sentence() {
    let flags = MmapFlags { fixed: true, private: true, anon: true, ..MmapFlags::default() };
    let len = number(1 << 40);
    let prot = Prot::READ.with(Prot::WRITE);
    let map = Call::Mmap {
        addr: number(BUF - (1 << 41)),
        len: len.clone(),
        prot,
        flags,
        offset: number(0),
    };
    let touch = Call::Touch { addr: number(BUF - (1 << 41)), len, access: Access::Write };
    let timeline = Timeline::record(
        script(vec![line(None, map, None), line(None, touch, None)]),
        Config::ORIGINAL,
    );
    assert_eq!(timeline.halt(), Some(Halt::PageBudget));
    assert!(Halt::PageBudget.to_string().contains("1048576 pages"));
    assert_eq!(Bytes(1 << 32).pages().0, 1_048_576);
}

/// How many functions run at a place.
fn depth(timeline: &Timeline, place: Place) -> i64 {
    let first = timeline.calls()[place.call - 1].first;
    let events = &timeline.events()[first..timeline.events_before(place)];
    let change = |event: &KernelEvent| match event {
        KernelEvent::Enter { .. } => 1,
        KernelEvent::Leave { .. } => -1,
        _ => 0,
    };
    events.iter().map(|r| change(&r.event)).sum()
}

#[test]
fn stepping_over_stays_in_the_function_and_stepping_out_leaves_it() {
    let timeline = record(Config::preset(Preset::Committed));
    let mut place = timeline.first_place();
    let (mut overs, mut outs) = (0, 0);
    while let Some(next) = timeline.step_on(place) {
        for direction in [Direction::On, Direction::Back] {
            let here = depth(&timeline, place);
            if let Some(over) = timeline.step_over(place, direction)
                && over.call == place.call
            {
                let between = match direction {
                    Direction::On => place.step + 1..over.step,
                    Direction::Back => over.step + 1..place.step,
                };
                for step in between {
                    assert!(
                        depth(&timeline, Place { step, ..place }) > here,
                        "{place} over {over}"
                    );
                    overs += 1;
                }
                assert!(depth(&timeline, over) <= here, "{place} over {over}");
            }
            let out = timeline.step_out(place, direction);
            if let Some(out) = out.filter(|out| out.call == place.call && here > 0) {
                assert_eq!(depth(&timeline, out), here - 1, "{place} out {out}");
                outs += 1;
            }
        }
        place = next;
    }
    assert!(overs > 100 && outs > 100, "{overs} {outs}");
}

#[test]
fn series_agree_with_the_state_at_every_place() {
    let timeline = record(Config::ORIGINAL);
    let mut cursor = timeline.cursor();
    loop {
        let events = timeline.events_before(cursor.place());
        let at = |counter| timeline.series(counter).at(events);
        let state = cursor.state();
        let count = |n: usize| i64::try_from(n).expect("a small number");
        assert_eq!(at(Counter::Entries), count(state.entry_count()));
        assert_eq!(at(Counter::Mapped), count(state.mapping_count()));
        assert_eq!(at(Counter::PmapWired), state.pmap_wired_count().cast_signed());
        assert_eq!(at(Counter::UvmexpWired), i64::from(state.uvmexp_wired()));
        let wired = state.pages().filter(|(_, page)| page.wire_count != 0).count();
        assert_eq!(at(Counter::PagesWired), count(wired));
        let pages: u64 = state.entries().map(|(_, e)| e.range.pages().0).sum();
        assert_eq!(at(Counter::Pages), pages.cast_signed());
        if !cursor.step_on() {
            break;
        }
    }
}
