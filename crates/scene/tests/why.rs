//! Answers to "why?": in words, and for what is pointed at in the picture.

mod common;

use std::fmt::Write as _;

use common::{BUF, P, mail, mmap, random_story, story};
use expect_test::{Expect, expect};
use uvmscope_replay::why::{Field, Value, What, read};
use uvmscope_replay::{Cursor, Place};
use uvmscope_scene::{Answer, Jump, Story, Subject};
use uvmscope_uvm::event::Pin;
use uvmscope_uvm::{
    Access, Call, Change, Changes, Cond, Config, KernelEvent, Pages, Prot, VaRange, Vaddr, Vm,
};

const PAGE: u64 = 4096;
const RW: Prot = Prot::from_bits(3);

fn at(story: &Story, call: usize, step: usize) -> Cursor {
    let mut cursor = story.timeline().cursor();
    cursor.seek(Place { call, step });
    cursor
}

fn end(story: &Story, call: usize) -> Cursor {
    at(story, call, usize::MAX)
}

fn part(cursor: &Cursor, va: u64, field: Field) -> Value {
    let id = cursor.state().entry_at(Vaddr(va)).expect("an entry holds the address");
    Value::of_entry(cursor.state(), id, field).expect("it is there")
}

fn birth(cursor: &Cursor, va: u64) -> u32 {
    let id = cursor.state().entry_at(Vaddr(va)).expect("an entry holds the address");
    cursor.state().entry(id).birth
}

fn line(jump: &Jump) -> String {
    format!("{:<5} {}\n", jump.place.to_string(), jump.text)
}

/// A value with everybody who wrote it.
fn check(story: &Story, cursor: &Cursor, value: Value, expected: &Expect) {
    let mut told = format!("{}\n", story.title(cursor, value));
    told.extend(story.why(cursor, value).iter().map(line));
    expected.assert_eq(&told);
}

#[test]
fn the_counts_at_the_panic() {
    let story = mail(Config::ORIGINAL);
    let cursor = end(&story, 6);
    check(
        &story,
        &cursor,
        part(&cursor, P + PAGE, Field::WiredCount),
        &expect![[r"
        wired_count of 0x7f7ff7ed7000–0x7f7ff7eff000
        5.18  wired_count 1, copied by the cut from 0x7f7ff7ed6000–0x7f7ff7eff000, in mlock(0x7f7ff7ed6000, 1024), because 0x7f7ff7ed6000 < 0x7f7ff7ed7000 < 0x7f7ff7eff000 was true (5.16)
        3.21  wired_count 0 → 1, in mlock(0x7f7ff7ed6000, 0), because 0x7f7ff7ecd000 < 0x7f7ff7ed6000 was true (3.13)
        1.26  wired_count 0, with the new entry, in mmap(0x7f7ff7ecd000, 204800, rw, …), because the length is 200 KiB, not 0 (1.12)
    "]],
    );
    check(
        &story,
        &cursor,
        part(&cursor, P, Field::WiredCount),
        &expect![[r"
        wired_count of 0x7f7ff7ed6000–0x7f7ff7ed7000
        6.23  wired_count 2 → 0, in munlock(0x7f7ff7ed6000, 1024), because wired_count 2 != 0 was true (6.21)
        5.21  wired_count 1 → 2, in mlock(0x7f7ff7ed6000, 1024), because 0x7f7ff7ed6000 < 0x7f7ff7ed7000 was true (5.13)
        3.21  wired_count 0 → 1, in mlock(0x7f7ff7ed6000, 0), because 0x7f7ff7ecd000 < 0x7f7ff7ed6000 was true (3.13)
        1.26  wired_count 0, with the new entry, in mmap(0x7f7ff7ecd000, 204800, rw, …), because the length is 200 KiB, not 0 (1.12)
    "]],
    );
}

#[test]
fn other_values_at_the_panic() {
    let story = mail(Config::ORIGINAL);
    let cursor = end(&story, 6);
    check(
        &story,
        &cursor,
        part(&cursor, P + PAGE, Field::Exists),
        &expect![[r"
        the entry 0x7f7ff7ed7000–0x7f7ff7eff000
        5.18  0x7f7ff7ed7000–0x7f7ff7eff000 cut off 0x7f7ff7ed6000–0x7f7ff7eff000, in mlock(0x7f7ff7ed6000, 1024), because 0x7f7ff7ed6000 < 0x7f7ff7ed7000 < 0x7f7ff7eff000 was true (5.16)
        1.26  0x7f7ff7ecd000–0x7f7ff7eff000 comes into the map, in mmap(0x7f7ff7ecd000, 204800, rw, …), because the length is 200 KiB, not 0 (1.12)
    "]],
    );
    check(
        &story,
        &cursor,
        part(&cursor, P, Field::Start),
        &expect![[r"
        start of 0x7f7ff7ed6000–0x7f7ff7ed7000
        3.17  start 0x7f7ff7ecd000 → 0x7f7ff7ed6000, at the cut, in mlock(0x7f7ff7ed6000, 0), because 0x7f7ff7ecd000 < 0x7f7ff7ed6000 < 0x7f7ff7eff000 was true (3.15)
        1.26  start 0x7f7ff7ecd000, with the new entry, in mmap(0x7f7ff7ecd000, 204800, rw, …), because the length is 200 KiB, not 0 (1.12)
    "]],
    );
    check(
        &story,
        &cursor,
        part(&cursor, P + PAGE, Field::Slot),
        &expect![[r"
        slot of 0x7f7ff7ed7000–0x7f7ff7eff000
        5.18  slot 10, by the cut from 0x7f7ff7ed6000–0x7f7ff7eff000, where it was 9, in mlock(0x7f7ff7ed6000, 1024), because 0x7f7ff7ed6000 < 0x7f7ff7ed7000 < 0x7f7ff7eff000 was true (5.16)
        3.17  slot 0 → 9, at the cut, in mlock(0x7f7ff7ed6000, 0), because 0x7f7ff7ecd000 < 0x7f7ff7ed6000 < 0x7f7ff7eff000 was true (3.15)
        1.26  slot 0, with the new entry, in mmap(0x7f7ff7ecd000, 204800, rw, …), because the length is 200 KiB, not 0 (1.12)
    "]],
    );
    check(
        &story,
        &cursor,
        Value::Mapping(Vaddr(P)),
        &expect![[r"
        the mapping of the page at 0x7f7ff7ed6000
        2.20  the pmap maps page 0, in touch(0x7f7ff7ed6000, 4096), because the pmap does not map 0x7f7ff7ed6000 for writing: the access gives a fault (2.2)
    "]],
    );
    check(
        &story,
        &cursor,
        Value::Mapping(Vaddr(BUF)),
        &expect![[r"
        the mapping of the page at 0x7f7ff7ecd000
        1.0   no mapping from the beginning
    "]],
    );
    check(
        &story,
        &cursor,
        Value::Console(1),
        &expect![[r#"
        line 1 of the console
        6.29  the kernel printed "pmap_unwire: wiring for pmap 0xffffaa80028e4980 va 0x7f7ff7ed6000 did not change!", in munlock(0x7f7ff7ed6000, 1024), because the mapping of 0x7f7ff7ed6000 is not marked wired (6.27)
    "#]],
    );
    check(
        &story,
        &cursor,
        Value::Panic,
        &expect![[r"
        panic
        6.33  the kernel panicked: KASSERT(pg->wire_count != 0) in uvm_pageunwire, in munlock(0x7f7ff7ed6000, 1024), because wire_count 0 == 0 was true (6.32)
    "]],
    );
    check(
        &story,
        &cursor,
        Value::UvmexpWired,
        &expect![[r"
        uvmexp.wired
        1.0   uvmexp.wired 0 from the beginning
    "]],
    );
}

#[test]
fn on_a_kernel_with_the_repair_the_page_is_wired_for_a_reason() {
    let changes = Changes::NONE.with(Change::PageableEmptyReturn);
    let story = mail(Config { diagnostic: true, changes });
    let cursor = end(&story, 5);
    check(
        &story,
        &cursor,
        Value::WiredBit(Vaddr(P)),
        &expect![[r"
        the wired bit of the page at 0x7f7ff7ed6000
        5.39  the wired bit not set → set, in mlock(0x7f7ff7ed6000, 1024), because wired_count 1 == 1 was true (5.33)
        2.20  the wired bit not set, in touch(0x7f7ff7ed6000, 4096), because the pmap does not map 0x7f7ff7ed6000 for writing: the access gives a fault (2.2)
    "]],
    );
    check(
        &story,
        &cursor,
        Value::UvmexpWired,
        &expect![[r"
        uvmexp.wired
        5.42  uvmexp.wired 0 → 1, in mlock(0x7f7ff7ed6000, 1024), because wire_count 0 == 0 was true (5.41)
        1.0   uvmexp.wired 0 from the beginning
    "]],
    );
}

#[test]
fn a_merge_names_what_was_taken_over() {
    let touch = |addr| Call::Touch { addr, len: PAGE, access: Access::Write };
    let calls = [
        mmap(BUF, 2 * PAGE, RW),
        touch(BUF),
        mmap(BUF + 2 * PAGE, 3 * PAGE, RW),
        touch(BUF + 3 * PAGE),
    ];
    let story = story(calls, Config::ORIGINAL, Vm::default());
    let cursor = end(&story, 4);
    check(
        &story,
        &cursor,
        part(&cursor, BUF, Field::Start),
        &expect![[r"
        start of 0x7f7ff7ecd000–0x7f7ff7ed2000
        4.18  start 0x7f7ff7ecf000 → 0x7f7ff7ecd000, taken over from 0x7f7ff7ecd000–0x7f7ff7ecf000, in touch(0x7f7ff7ed0000, 4096), because 0x7f7ff7ecd000–0x7f7ff7ecf000 agrees in everything: the two can become one (4.11)
        1.26  start 0x7f7ff7ecd000, with the new entry, in mmap(0x7f7ff7ecd000, 8192, rw, …), because the length is 8 KiB, not 0 (1.12)
    "]],
    );
    let gone = Value::Entry { birth: 0, field: Field::WiredCount };
    check(
        &story,
        &cursor,
        gone,
        &expect![[r"
        wired_count of an entry that is not there
        4.17  wired_count 0, gone with the entry, in touch(0x7f7ff7ed0000, 4096), because 0x7f7ff7ecd000–0x7f7ff7ecf000 agrees in everything: the two can become one (4.11)
        1.26  wired_count 0, with the new entry, in mmap(0x7f7ff7ecd000, 8192, rw, …), because the length is 8 KiB, not 0 (1.12)
    "]],
    );
}

fn check_not(story: &Story, cursor: &Cursor, what: What, expected: &Expect) {
    let kept = story.why_not(cursor, what);
    expected.assert_eq(&kept.as_ref().map_or_else(|| "nothing\n".to_owned(), line));
}

#[test]
fn what_did_not_happen_is_put_down_to_a_test() {
    let story = mail(Config::ORIGINAL);
    let page = Vaddr(P);
    check_not(
        &story,
        &end(&story, 3),
        What::Wire(page),
        &expect![[r"
        3.27  not wired in mlock(0x7f7ff7ed6000, 0), because 0x7f7ff7ed6000 < 0x7f7ff7ed6000 was false
    "]],
    );
    check_not(
        &story,
        &end(&story, 3),
        What::Cut { at: None },
        &expect![[r"
        3.20  not cut in mlock(0x7f7ff7ed6000, 0), because 0x7f7ff7ed6000 < 0x7f7ff7ed6000 < 0x7f7ff7eff000 was false
    "]],
    );
    check_not(
        &story,
        &end(&story, 4),
        What::Unwire(page),
        &expect![[r"
        4.15  not released in munlock(0x7f7ff7ed6000, 0), because 0x7f7ff7ed6000 < 0x7f7ff7ed6000 was false
    "]],
    );
    check_not(
        &story,
        &end(&story, 5),
        What::Wire(page),
        &expect![[r"
        5.28  not wired in mlock(0x7f7ff7ed6000, 1024), because wired_count 2 == 1 was false
    "]],
    );
    let third = end(&story, 5);
    let tail = What::Change { birth: birth(&third, P + PAGE), field: Field::WiredCount };
    check_not(
        &story,
        &third,
        tail,
        &expect![[r"
        5.25  wired_count not changed in mlock(0x7f7ff7ed6000, 1024), because 0x7f7ff7ed7000 < 0x7f7ff7ed7000 was false
    "]],
    );
    check_not(
        &story,
        &end(&story, 6),
        What::Unwire(page),
        &expect![[r"
        6.32  not released in munlock(0x7f7ff7ed6000, 1024), because wire_count 0 == 0 was true
    "]],
    );
    check_not(
        &story,
        &end(&story, 6),
        What::Wire(page),
        &expect![[r"
        nothing
    "]],
    );
}

#[test]
fn a_call_that_fails_says_why() {
    let check = |call, expected: &Expect| {
        let calls = [mmap(BUF, 4 * PAGE, RW), call];
        let story = story(calls, Config::ORIGINAL, Vm { wiredmax: Pages(4), ..Vm::default() });
        check_not(&story, &end(&story, 2), What::Succeed, expected);
    };
    check(
        Call::Mlock { addr: BUF, len: 8 * PAGE },
        &expect![[r"
        2.7   failed with EAGAIN in mlock(0x7f7ff7ecd000, 32768), because 8 + 0 > 4 was true
    "]],
    );
    check(
        Call::Mlock { addr: BUF + PAGE, len: 4 * PAGE },
        &expect![[r"
        2.32  failed with EINVAL in mlock(0x7f7ff7ece000, 16384), because a hole: nothing is mapped from 0x7f7ff7ed1000 on
    "]],
    );
    check(
        Call::Mlock { addr: BUF - PAGE, len: PAGE },
        &expect![[r"
        2.10  failed with ENOMEM in mlock(0x7f7ff7ecc000, 4096), because no entry holds 0x7f7ff7ecc000
    "]],
    );
    check(
        Call::Munlock { addr: BUF, len: PAGE },
        &expect![[r"
        2.14  failed with EINVAL in munlock(0x7f7ff7ecd000, 4096), because wired_count 0 == 0 was true
    "]],
    );
    check(
        Call::Minherit { addr: BUF, len: PAGE, inherit: None },
        &expect![[r"
        2.9   failed with EINVAL in minherit(0x7f7ff7ecd000, 4096, ?), because the flags or codes do not allow this
    "]],
    );
}

/// Everything that is said of what is pointed at.
fn asked(story: &Story, cursor: &Cursor, subject: Subject) -> String {
    let Answer { title, parts, kept } = story.ask(cursor, subject);
    let mut told = format!("{title}\n");
    let mut tell = |what: std::fmt::Arguments<'_>| told.write_fmt(what).expect("room in memory");
    for part in &parts {
        tell(format_args!("  {} = {}\n", part.title, part.holds));
        part.jumps.iter().for_each(|jump| tell(format_args!("    {}", line(jump))));
        part.next.iter().for_each(|jump| tell(format_args!("    next {}", line(jump))));
    }
    if let Some(jump) = &kept {
        tell(format_args!("  kept {}", line(jump)));
    }
    told
}

#[test]
fn what_is_pointed_at_in_the_picture_answers() {
    let story = mail(Config::ORIGINAL);
    let first = end(&story, 3);
    let tail = birth(&first, P);
    expect![[r"
        wired_count of 0x7f7ff7ed6000–0x7f7ff7eff000
          wired_count of 0x7f7ff7ed6000–0x7f7ff7eff000 = 1
            3.21  wired_count 0 → 1, in mlock(0x7f7ff7ed6000, 0), because 0x7f7ff7ecd000 < 0x7f7ff7ed6000 was true (3.13)
            1.26  wired_count 0, with the new entry, in mmap(0x7f7ff7ecd000, 204800, rw, …), because the length is 200 KiB, not 0 (1.12)
            next 5.21  wired_count 1 → 2, in mlock(0x7f7ff7ed6000, 1024), because 0x7f7ff7ed6000 < 0x7f7ff7ed7000 was true (5.13)
    "]].assert_eq(&asked(&story, &first, Subject::WiredCount(tail)));
    expect![[r"
        the page at 0x7f7ff7ed6000
          wire_count of the page at 0x7f7ff7ed6000 = 0
            2.18  wire_count 0, with the new page, in touch(0x7f7ff7ed6000, 4096), because the pmap does not map 0x7f7ff7ed6000 for writing: the access gives a fault (2.2)
          the wired bit of the page at 0x7f7ff7ed6000 = not set
            2.20  the wired bit not set, in touch(0x7f7ff7ed6000, 4096), because the pmap does not map 0x7f7ff7ed6000 for writing: the access gives a fault (2.2)
          the mapping of the page at 0x7f7ff7ed6000 = page 0
            2.20  the pmap maps page 0, in touch(0x7f7ff7ed6000, 4096), because the pmap does not map 0x7f7ff7ed6000 for writing: the access gives a fault (2.2)
          kept 3.27  not wired in mlock(0x7f7ff7ed6000, 0), because 0x7f7ff7ed6000 < 0x7f7ff7ed6000 was false
    "]].assert_eq(&asked(&story, &first, Subject::Page(Vaddr(P))));
    expect![[r"
        start of 0x7f7ff7ed6000–0x7f7ff7eff000
          start of 0x7f7ff7ed6000–0x7f7ff7eff000 = 0x7f7ff7ed6000
            3.17  start 0x7f7ff7ecd000 → 0x7f7ff7ed6000, at the cut, in mlock(0x7f7ff7ed6000, 0), because 0x7f7ff7ecd000 < 0x7f7ff7ed6000 < 0x7f7ff7eff000 was true (3.15)
            1.26  start 0x7f7ff7ecd000, with the new entry, in mmap(0x7f7ff7ecd000, 204800, rw, …), because the length is 200 KiB, not 0 (1.12)
    "]].assert_eq(&asked(&story, &first, Subject::Boundary(Vaddr(P))));
    expect![[r"
        the request
          mlock(0x7f7ff7ed6000, 0) = 0
            3.0   mlock(0x7f7ff7ed6000, 0) asks to wire an empty range. It starts and ends at 0x7f7ff7ed6000: x = y
    "]].assert_eq(&asked(&story, &first, Subject::Request));
    expect![[r"
        the entry 0x7f7ff7ed6000–0x7f7ff7eff000
          needs_copy of 0x7f7ff7ed6000–0x7f7ff7eff000 = not set
            2.13  needs_copy set → not set, in touch(0x7f7ff7ed6000, 4096), because 0x7f7ff7ecd000–0x7f7ff7eff000 has no amap yet (2.9)
            1.26  needs_copy set, with the new entry, in mmap(0x7f7ff7ecd000, 204800, rw, …), because the length is 200 KiB, not 0 (1.12)
          amap of 0x7f7ff7ed6000–0x7f7ff7eff000 = #0
            2.12  amap none → #0, in touch(0x7f7ff7ed6000, 4096), because 0x7f7ff7ecd000–0x7f7ff7eff000 has no amap yet (2.9)
            1.26  amap none, with the new entry, in mmap(0x7f7ff7ecd000, 204800, rw, …), because the length is 200 KiB, not 0 (1.12)
          inherit of 0x7f7ff7ed6000–0x7f7ff7eff000 = copy
            1.26  inherit copy, with the new entry, in mmap(0x7f7ff7ecd000, 204800, rw, …), because the length is 200 KiB, not 0 (1.12)
          advice of 0x7f7ff7ed6000–0x7f7ff7eff000 = normal
            1.26  advice normal, with the new entry, in mmap(0x7f7ff7ecd000, 204800, rw, …), because the length is 200 KiB, not 0 (1.12)
          kept 3.14  amap not changed in mlock(0x7f7ff7ed6000, 0), because 0x7f7ff7ecd000–0x7f7ff7eff000 needs no amap made now
    "]].assert_eq(&asked(&story, &first, Subject::Attributes(tail)));
    let refused = at(&story, 3, 20);
    expect![[r"
        no cut at 0x7f7ff7ed6000, the end of the range
          kept 3.20  not cut at 0x7f7ff7ed6000 in mlock(0x7f7ff7ed6000, 0), because 0x7f7ff7ed6000 < 0x7f7ff7ed6000 < 0x7f7ff7eff000 was false
    "]].assert_eq(&asked(&story, &refused, Subject::Cut));
    expect![[r"
        `entry`
          `entry` = 0x7f7ff7ed6000–0x7f7ff7eff000
            3.12  `entry` points at 0x7f7ff7ecd000–0x7f7ff7eff000. Pass 1 begins: it marks the entries
    "]].assert_eq(&asked(&story, &refused, Subject::Pin(Pin::Entry)));
    expect![[r"
        `end`
          `end` = 0x7f7ff7ed6000
            3.8   uvm_map_pageable begins: a range is to be wired. Its range is empty: start and end are 0x7f7ff7ed6000
    "]].assert_eq(&asked(&story, &refused, Subject::Pin(Pin::End)));
}

/// Every value of a state that the picture shows, and the numbers of the system.
fn values(story: &Story, cursor: &Cursor) -> Vec<Value> {
    let state = cursor.state();
    let mut values = vec![
        Value::UvmexpWired,
        Value::PmapWired,
        Value::WireFuture,
        Value::Entries,
        Value::Panic,
        Value::Console(1),
    ];
    for (_, entry) in state.entries() {
        values.extend(Field::ALL.map(|field| Value::Entry { birth: entry.birth, field }));
    }
    for page in state.visible_pages(VaRange::new(Vaddr(0), Vaddr(u64::MAX))) {
        values.extend(story.values_of(cursor, Subject::Page(page.va)));
        values.push(Value::WriteBit(page.va));
    }
    values
}

#[test]
fn every_value_of_every_script_is_told_with_its_writers() {
    for seed in 0..50 {
        let story = random_story(seed);
        let cursor = end(&story, story.timeline().last_place().call);
        for value in values(&story, &cursor) {
            let jumps = story.why(&cursor, value);
            let holds = read(&cursor, value);
            assert!(!jumps.is_empty(), "script {seed}: {value:?} holds {holds}");
            for Jump { text, .. } in &jumps {
                let whole = !text.is_empty() && !text.contains("  ") && !text.contains(", ,");
                assert!(whole, "script {seed}: {value:?}: {text}");
                let known = !text.contains("is gone") && !text.contains("not there");
                assert!(known, "script {seed}: {value:?}: {text}");
            }
        }
    }
}

#[test]
fn every_test_is_named_with_its_operands() {
    for seed in 0..50 {
        let story = random_story(seed);
        let mut cursor = story.timeline().cursor();
        while cursor.step_on() {
            let event = story.event(cursor.place()).map(|recorded| &recorded.event);
            let Some(KernelEvent::Test { cond, held }) = event else {
                assert_eq!(story.tested(&cursor), None);
                continue;
            };
            let said = story.tested(&cursor).expect("it is a test");
            // Flags and permissions are words, and so is the end of the list.
            let are_words = matches!(
                cond,
                Cond::BadFlags { .. }
                    | Cond::WireNow { .. }
                    | Cond::Allowed { .. }
                    | Cond::ProtChanges { .. }
                    | Cond::ProtNone { .. }
                    | Cond::Failed { .. }
            );
            let has_no_numbers = are_words || said.contains("the header");
            let has_operands = said.chars().any(|letter| letter.is_ascii_digit());
            assert!(has_operands || has_no_numbers, "script {seed}: {cond:?}: {said}");
            if let (Cond::Cuts { at, .. }, false) = (cond, held) {
                let kept = story.why_not(&cursor, What::Cut { at: Some(*at) }).expect("refused");
                assert_eq!(kept.place, cursor.place());
                assert!(kept.text.ends_with(&said), "{}", kept.text);
            }
        }
    }
}

#[test]
fn whatever_is_pointed_at_has_an_answer() {
    for seed in 0..50 {
        let story = random_story(seed);
        let mut cursor = story.timeline().cursor();
        let last = story.timeline().ordinal(story.timeline().last_place());
        for ordinal in (0..=last).step_by(17) {
            cursor.seek(story.timeline().place_at(ordinal));
            let mut subjects = vec![Subject::Request, Subject::Cut];
            for (_, entry) in cursor.state().entries() {
                let (birth, range) = (entry.birth, entry.range);
                subjects.extend([
                    Subject::Entry(birth),
                    Subject::WiredCount(birth),
                    Subject::Prot(birth),
                    Subject::Attributes(birth),
                    Subject::Page(range.start),
                    Subject::Boundary(range.start),
                    Subject::Boundary(range.end),
                ]);
            }
            for subject in subjects {
                let answer = story.ask(&cursor, subject);
                let place = cursor.place();
                assert!(!answer.title.is_empty(), "script {seed} at {place}: {subject:?}");
                let has_values = !matches!(subject, Subject::Cut);
                assert_eq!(!answer.parts.is_empty(), has_values, "{seed} at {place}: {subject:?}");
            }
        }
    }
}
