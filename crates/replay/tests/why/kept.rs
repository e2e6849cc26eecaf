//! What kept something from happening.

use uvmscope_replay::why::{Field, Reason, What, why_not};
use uvmscope_replay::{Cursor, Place};
use uvmscope_uvm::{Bytes, Call, Cond, Config, Preset, Prot, Vaddr, Vm};

use crate::{BUF, P, PAGE, RW, birth, end, mail, mmap, record, touch};

/// The place where it was decided, and what.
fn kept(cursor: &Cursor, what: What) -> Option<(String, Reason)> {
    why_not(cursor, what).map(|kept| (kept.place.to_string(), kept.reason))
}

fn check(cursor: &Cursor, what: What, place: &str, is: impl Fn(Cond, bool) -> bool) {
    let (decided, reason) = kept(cursor, what).expect("something decided against it");
    let Reason::Test { cond, held } = reason else { panic!("{reason:?}") };
    assert!(is(cond, held), "{cond:?} {held}");
    assert_eq!(decided, place, "{cond:?}");
}

#[test]
fn what_did_not_happen_in_the_mails_sequence() {
    let timeline = mail(Config::ORIGINAL);
    let page = Vaddr(P);
    // Pass 2 is over before it begins.
    let first = end(&timeline, 3);
    check(&first, What::Wire(page), "3.27", |c, held| {
        matches!(c, Cond::StartsBefore { .. }) && !held
    });
    check(&first, What::Cut { at: None }, "3.20", |c, held| {
        matches!(c, Cond::Cuts { .. }) && !held
    });
    // The front was never part of the range.
    assert_eq!(kept(&first, What::Wire(Vaddr(BUF))), None);
    // The walks of the release end before they begin.
    let second = end(&timeline, 4);
    check(&second, What::Unwire(page), "4.15", |c, held| {
        matches!(c, Cond::StartsBefore { .. }) && !held
    });
    let change = What::Change { birth: birth(&second, P), field: Field::WiredCount };
    check(&second, change, "4.15", |c, _| matches!(c, Cond::StartsBefore { .. }));
    // The count was 2, so nobody brought the page in.
    let third = end(&timeline, 5);
    check(&third, What::Wire(page), "5.28", |c, held| matches!(c, Cond::WiredOnce { .. }) && !held);
    // The tail was cut off in this call, and lies behind its range.
    let tail = What::Change { birth: birth(&third, P + PAGE), field: Field::WiredCount };
    check(&third, tail, "5.25", |c, held| matches!(c, Cond::StartsBefore { .. }) && !held);
    // The machine stopped.
    let fourth = end(&timeline, 6);
    check(&fourth, What::Unwire(page), "6.32", |c, held| {
        matches!(c, Cond::PageUnwired { wire_count: 0, .. }) && held
    });
    check(&fourth, What::Succeed, "6.32", |c, _| matches!(c, Cond::PageUnwired { .. }));
    // What did happen was not prevented.
    let done = What::Change { birth: birth(&first, P), field: Field::WiredCount };
    assert_eq!(kept(&first, done), None);
    assert_eq!(kept(&first, What::Succeed), None);
}

#[test]
fn the_repaired_kernel_says_that_the_range_is_empty() {
    let timeline = mail(Config::preset(Preset::Committed));
    let cursor = end(&timeline, 3);
    let empty = |c: Cond, held| matches!(c, Cond::Empty { .. }) && held;
    let place = kept(&cursor, What::Wire(Vaddr(P))).expect("it is empty").0;
    check(&cursor, What::Wire(Vaddr(P)), &place, empty);
    let count = What::Change { birth: birth(&cursor, P), field: Field::WiredCount };
    check(&cursor, count, &place, empty);
    check(&cursor, What::Cut { at: None }, &place, empty);
}

#[test]
fn a_call_that_fails_names_the_test_that_made_it_fail() {
    let mlock = |addr, len| Call::Mlock { addr, len };
    let munlock = |addr, len| Call::Munlock { addr, len };
    let none = Prot::NONE;
    let maps = || vec![mmap(BUF, 4 * PAGE, RW), mmap(BUF + 5 * PAGE, PAGE, none)];
    let limited = Vm { memlock_limit: Some(Bytes(PAGE)), ..Vm::default() };
    let fails = |call, vm, is: fn(&Reason) -> bool| {
        let calls = maps().into_iter().chain([call]).collect();
        let timeline = record(calls, Config::ORIGINAL, vm);
        let cursor = end(&timeline, 3);
        let (place, reason) = kept(&cursor, What::Succeed).expect("the call fails");
        assert!(is(&reason), "{call:?} at {place}: {reason:?}");
        reason
    };
    let plain = Vm::default();
    fails(mlock(BUF, 8 * PAGE), plain, |r| {
        matches!(r, Reason::Test { cond: Cond::HoleBefore { .. }, held: true })
    });
    fails(mlock(BUF + 5 * PAGE, PAGE), plain, |r| {
        matches!(r, Reason::Test { cond: Cond::ProtNone { .. }, held: true })
    });
    fails(mlock(BUF, 2 * PAGE), limited, |r| {
        matches!(r, Reason::Test { cond: Cond::OverMemlock { .. }, held: true })
    });
    fails(munlock(BUF, PAGE), plain, |r| {
        matches!(r, Reason::Test { cond: Cond::Unwired { .. }, held: true })
    });
    fails(munlock(BUF + 4 * PAGE, PAGE), plain, |r| matches!(r, Reason::NoEntry { .. }));
    fails(mlock(0, u64::MAX - PAGE), plain, |r| {
        matches!(r, Reason::Test { cond: Cond::BelowMap { .. }, held: true })
    });
    fails(touch(BUF + 4 * PAGE, PAGE), plain, |r| {
        matches!(r, Reason::Test { cond: Cond::Mapped { .. }, held: false })
    });
    fails(touch(BUF + 5 * PAGE, PAGE), plain, |r| {
        matches!(r, Reason::Test { cond: Cond::Allowed { .. }, held: false })
    });
}

#[test]
fn a_protection_that_stays_as_it_is_names_the_comparison() {
    let calls = vec![mmap(BUF, 4 * PAGE, RW), Call::Mprotect { addr: BUF, len: PAGE, prot: RW }];
    let timeline = record(calls, Config::ORIGINAL, Vm::default());
    let cursor = end(&timeline, 2);
    let change = |va| What::Change { birth: birth(&cursor, va), field: Field::Prot };
    let (_, reason) = kept(&cursor, change(BUF)).expect("the same as before");
    assert!(matches!(reason, Reason::Test { cond: Cond::ProtChanges { .. }, held: false }));
    let (_, reason) = kept(&cursor, change(BUF + PAGE)).expect("behind the range");
    assert!(matches!(reason, Reason::Test { cond: Cond::StartsBefore { .. }, held: false }));
}

#[test]
fn a_page_that_the_pmap_does_not_hold_is_passed_over() {
    let calls = vec![
        mmap(BUF, 4 * PAGE, RW),
        Call::Mlock { addr: BUF + PAGE, len: 0 },
        Call::Munlock { addr: BUF + 2 * PAGE, len: PAGE },
    ];
    let timeline = record(calls, Config::ORIGINAL, Vm::default());
    let page = Vaddr(BUF + 2 * PAGE);
    let (_, reason) = kept(&end(&timeline, 3), What::Unwire(page)).expect("it was never there");
    assert_eq!(reason, Reason::NotInPmap { va: page });
}

#[test]
fn a_page_that_is_still_to_be_released_is_not_called_missing() {
    let timeline = mail(Config::ORIGINAL);
    let mut cursor = end(&timeline, 6);
    for step in 1..=31 {
        cursor.seek(Place { call: 6, step });
        assert!(cursor.state().mapping(Vaddr(P)).is_some());
        let decided = kept(&cursor, What::Unwire(Vaddr(P)));
        let missing = matches!(decided, Some((_, Reason::NotInPmap { .. })));
        assert!(!missing, "6.{step}");
    }
}

#[test]
fn a_call_about_something_else_gives_no_answer() {
    let calls = vec![
        mmap(BUF, 2 * PAGE, RW),
        mmap(BUF + 5 * PAGE, 2 * PAGE, RW),
        touch(BUF, PAGE),
        Call::Munlock { addr: BUF, len: PAGE },
    ];
    let timeline = record(calls, Config::ORIGINAL, Vm::default());
    assert_eq!(kept(&end(&timeline, 3), What::Wire(Vaddr(BUF))), None, "a touch does not wire");
    let failed = end(&timeline, 4);
    assert!(kept(&failed, What::Unwire(Vaddr(BUF))).is_some());
    assert_eq!(kept(&failed, What::Wire(Vaddr(BUF))), None);
    let other = What::Change { birth: birth(&failed, BUF + 5 * PAGE), field: Field::WiredCount };
    assert_eq!(kept(&failed, other), None, "that entry lies elsewhere");
}
