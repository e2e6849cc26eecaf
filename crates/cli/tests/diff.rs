//! `uvmscope diff`: where two kernels part on a script, and how it ends.

mod common;

use expect_test::{Expect, expect};

use common::{MLOCK_ZERO, run_on};

/// Lines of the simulator's source move when it is laid out anew; another test holds them.
fn check(script: &str, args: &[&str], expected: &Expect) {
    let args = [&["diff", "-"], args].concat();
    let mut ran = run_on(script, &args);
    let blank = |line: &str| match line.split_once(".rs:") {
        Some((before, after)) => {
            format!("{before}.rs:_{}", after.trim_start_matches(|c: char| c.is_ascii_digit()))
        }
        None => line.to_owned(),
    };
    ran.stdout = ran.stdout.lines().map(|line| blank(line) + "\n").collect();
    ran.check(expected);
}

#[test]
fn the_committed_kernel_parts_at_the_test_for_an_empty_range() {
    check(
        MLOCK_ZERO,
        &["--kernels", "original..committed"],
        &expect![[r"
        original .. committed
          1  mmap(0x7f7ff7ecd000, 200K, PROT_READ|PROT_WRITE, MAP_FIXED|MAP_PRIVATE|MAP_ANON, -1, 0) = 0x7f7ff7ecd000
          2  touch(0x7f7ff7ed6000, 4K) = 0
        ! 3  mlock(0x7f7ff7ed6000, 0) = 0
             `committed` asks whether the range is empty (0x7f7ff7ed6000 == 0x7f7ff7ed6000: true) and returns; `original` has no such test and goes on to cut the entry at 0x7f7ff7ed6000.
             The test is that of pageable-empty-return: uvm_map_pageable returns at once, touching nothing, when the range is empty. Both give the same answer, but their states differ now.
             original   3.13  uvm_map_pageable.rs:_  let mut entry = k.pin(Pin::Entry, start_entry);
             committed  3.14  uvm_map_pageable.rs:_  if k.has(Change::PageableEmptyReturn) && k.test(Cond::Empty { range }) {
             They meet again at 3.30 and 3.16, in different states.
             Only `original` leaves a promise broken: 0x7f7ff7ed6000–0x7f7ff7eff000 says wired, 0 of 41 pages are.
             - `original` has a boundary at 0x7f7ff7ed6000; in `committed` one entry reaches across it.
             - 0x7f7ff7ed6000–0x7f7ff7eff000: wired_count is 1 in `original`, 0 in `committed`.
             - The amap behind 0x7f7ff7ecd000–0x7f7ff7eff000 has 2 references in `original`, 1 reference in `committed`.
        ! 4  munlock(0x7f7ff7ed6000, 0) = 0
             The two have been in different states since call 3: `original` finds the entry 0x7f7ff7ed6000–0x7f7ff7eff000; `committed` finds the entry 0x7f7ff7ecd000–0x7f7ff7eff000.
             Both give the same answer; their states still differ.
             original   4.9  uvm_map_pageable.rs:_  let Some(start_entry) = lookup_entry(k, range.start) else {
             committed  4.10  uvm_map_pageable.rs:_  let Some(start_entry) = lookup_entry(k, range.start) else {
             They meet again at 4.17 and 4.14, in different states.
             Only `original` leaves a promise broken: 0x7f7ff7ed6000–0x7f7ff7eff000 says wired, 0 of 41 pages are.
             - `original` has a boundary at 0x7f7ff7ed6000; in `committed` one entry reaches across it.
             - 0x7f7ff7ed6000–0x7f7ff7eff000: wired_count is 1 in `original`, 0 in `committed`.
             - The amap behind 0x7f7ff7ecd000–0x7f7ff7eff000 has 2 references in `original`, 1 reference in `committed`.
        ! 5  mlock(0x7f7ff7ed6000, 1K) = 0
             The two have been in different states since call 3: `original` finds the entry 0x7f7ff7ed6000–0x7f7ff7eff000; `committed` finds the entry 0x7f7ff7ecd000–0x7f7ff7eff000.
             Both give the same answer; their states still differ.
             original   5.11  uvm_map_pageable.rs:_  let Some(start_entry) = lookup_entry(k, range.start) else {
             committed  5.12  uvm_map_pageable.rs:_  let Some(start_entry) = lookup_entry(k, range.start) else {
             They meet again at 5.30 and 5.50, in different states.
             Only `original` leaves a promise broken: 0x7f7ff7ed6000–0x7f7ff7ed7000 says wired, 0 of 1 page is. One promise more does not hold there either.
             - uvmexp.wired is 0 in `original`, 1 in `committed`.
             - 0x7f7ff7ed6000–0x7f7ff7ed7000: wired_count is 2 in `original`, 1 in `committed`.
             - 0x7f7ff7ed7000–0x7f7ff7eff000: wired_count is 1 in `original`, 0 in `committed`.
             - The page at 0x7f7ff7ed6000 has wire_count 0 in `original`, 1 in `committed`, is marked wired in the pmap in `committed` only.
        ! 6  munlock(0x7f7ff7ed6000, 1K)
             original   panic: KASSERT(pg->wire_count != 0) in uvm_pageunwire
             committed  = 0
             The two have been in different states since call 3: `original` counts wired_count of the entry 0x7f7ff7ed6000–0x7f7ff7ed7000 from 2 to 0; `committed` counts wired_count of the entry 0x7f7ff7ed6000–0x7f7ff7ed7000 from 1 to 0.
             original   6.23  uvm_map_pageable.rs:_  k.set_wired_count(entry, 0);
             committed  6.25  uvm_map_pageable.rs:_  k.set_wired_count(entry, 0);
             Only `original` leaves a promise broken: 0x7f7ff7ed7000–0x7f7ff7eff000 says wired, 0 of 40 pages are.
             - `original` has panicked: KASSERT(pg->wire_count != 0) in uvm_pageunwire; `committed` has not.
             - `original` has printed 1 line, `committed` nothing: “pmap_unwire: wiring for pmap 0xffffaa80028e4980 va 0x7f7ff7ed6000 did not change!”.
             - 0x7f7ff7ed7000–0x7f7ff7eff000: wired_count is 1 in `original`, 0 in `committed`.
        They part in 4 of 6 calls, first at 3.13 and 3.14.
        --- exit status 1
    "]],
    );
}

#[test]
fn the_one_needed_piece_parts_at_the_same_test() {
    check(
        MLOCK_ZERO,
        &["--kernels", "original..+pageable-empty-return"],
        &expect![[r"
        original .. +pageable-empty-return
          1  mmap(0x7f7ff7ecd000, 200K, PROT_READ|PROT_WRITE, MAP_FIXED|MAP_PRIVATE|MAP_ANON, -1, 0) = 0x7f7ff7ecd000
          2  touch(0x7f7ff7ed6000, 4K) = 0
        ! 3  mlock(0x7f7ff7ed6000, 0) = 0
             `+pageable-empty-return` asks whether the range is empty (0x7f7ff7ed6000 == 0x7f7ff7ed6000: true) and returns; `original` has no such test and goes on to cut the entry at 0x7f7ff7ed6000.
             The test is that of pageable-empty-return: uvm_map_pageable returns at once, touching nothing, when the range is empty. Both give the same answer, but their states differ now.
             original                3.13  uvm_map_pageable.rs:_  let mut entry = k.pin(Pin::Entry, start_entry);
             +pageable-empty-return  3.13  uvm_map_pageable.rs:_  if k.has(Change::PageableEmptyReturn) && k.test(Cond::Empty { range }) {
             They meet again at 3.30 and 3.15, in different states.
             Only `original` leaves a promise broken: 0x7f7ff7ed6000–0x7f7ff7eff000 says wired, 0 of 41 pages are.
             - `original` has a boundary at 0x7f7ff7ed6000; in `+pageable-empty-return` one entry reaches across it.
             - 0x7f7ff7ed6000–0x7f7ff7eff000: wired_count is 1 in `original`, 0 in `+pageable-empty-return`.
             - The amap behind 0x7f7ff7ecd000–0x7f7ff7eff000 has 2 references in `original`, 1 reference in `+pageable-empty-return`.
        ! 4  munlock(0x7f7ff7ed6000, 0) = 0
             The two have been in different states since call 3: `original` finds the entry 0x7f7ff7ed6000–0x7f7ff7eff000; `+pageable-empty-return` finds the entry 0x7f7ff7ecd000–0x7f7ff7eff000.
             Both give the same answer; their states still differ.
             original                4.9  uvm_map_pageable.rs:_  let Some(start_entry) = lookup_entry(k, range.start) else {
             +pageable-empty-return  4.9  uvm_map_pageable.rs:_  let Some(start_entry) = lookup_entry(k, range.start) else {
             They meet again at 4.17 and 4.13, in different states.
             Only `original` leaves a promise broken: 0x7f7ff7ed6000–0x7f7ff7eff000 says wired, 0 of 41 pages are.
             - `original` has a boundary at 0x7f7ff7ed6000; in `+pageable-empty-return` one entry reaches across it.
             - 0x7f7ff7ed6000–0x7f7ff7eff000: wired_count is 1 in `original`, 0 in `+pageable-empty-return`.
             - The amap behind 0x7f7ff7ecd000–0x7f7ff7eff000 has 2 references in `original`, 1 reference in `+pageable-empty-return`.
        ! 5  mlock(0x7f7ff7ed6000, 1K) = 0
             The two have been in different states since call 3: `original` finds the entry 0x7f7ff7ed6000–0x7f7ff7eff000; `+pageable-empty-return` finds the entry 0x7f7ff7ecd000–0x7f7ff7eff000.
             Both give the same answer; their states still differ.
             original                5.11  uvm_map_pageable.rs:_  let Some(start_entry) = lookup_entry(k, range.start) else {
             +pageable-empty-return  5.11  uvm_map_pageable.rs:_  let Some(start_entry) = lookup_entry(k, range.start) else {
             They meet again at 5.30 and 5.49, in different states.
             Only `original` leaves a promise broken: 0x7f7ff7ed6000–0x7f7ff7ed7000 says wired, 0 of 1 page is. One promise more does not hold there either.
             - uvmexp.wired is 0 in `original`, 1 in `+pageable-empty-return`.
             - 0x7f7ff7ed6000–0x7f7ff7ed7000: wired_count is 2 in `original`, 1 in `+pageable-empty-return`.
             - 0x7f7ff7ed7000–0x7f7ff7eff000: wired_count is 1 in `original`, 0 in `+pageable-empty-return`.
             - The page at 0x7f7ff7ed6000 has wire_count 0 in `original`, 1 in `+pageable-empty-return`, is marked wired in the pmap in `+pageable-empty-return` only.
        ! 6  munlock(0x7f7ff7ed6000, 1K)
             original                panic: KASSERT(pg->wire_count != 0) in uvm_pageunwire
             +pageable-empty-return  = 0
             The two have been in different states since call 3: `original` counts wired_count of the entry 0x7f7ff7ed6000–0x7f7ff7ed7000 from 2 to 0; `+pageable-empty-return` counts wired_count of the entry 0x7f7ff7ed6000–0x7f7ff7ed7000 from 1 to 0.
             original                6.23  uvm_map_pageable.rs:_  k.set_wired_count(entry, 0);
             +pageable-empty-return  6.24  uvm_map_pageable.rs:_  k.set_wired_count(entry, 0);
             Only `original` leaves a promise broken: 0x7f7ff7ed7000–0x7f7ff7eff000 says wired, 0 of 40 pages are.
             - `original` has panicked: KASSERT(pg->wire_count != 0) in uvm_pageunwire; `+pageable-empty-return` has not.
             - `original` has printed 1 line, `+pageable-empty-return` nothing: “pmap_unwire: wiring for pmap 0xffffaa80028e4980 va 0x7f7ff7ed6000 did not change!”.
             - 0x7f7ff7ed7000–0x7f7ff7eff000: wired_count is 1 in `original`, 0 in `+pageable-empty-return`.
        They part in 4 of 6 calls, first at 3.13 and 3.13.
        --- exit status 1
    "]],
    );
}

#[test]
fn a_kernel_does_the_same_as_itself() {
    check(
        MLOCK_ZERO,
        &["--kernels", "original..original"],
        &expect![[r"
        original .. original
          1  mmap(0x7f7ff7ecd000, 200K, PROT_READ|PROT_WRITE, MAP_FIXED|MAP_PRIVATE|MAP_ANON, -1, 0) = 0x7f7ff7ecd000
          2  touch(0x7f7ff7ed6000, 4K) = 0
          3  mlock(0x7f7ff7ed6000, 0) = 0
          4  munlock(0x7f7ff7ed6000, 0) = 0
          5  mlock(0x7f7ff7ed6000, 1K) = 0
          6  munlock(0x7f7ff7ed6000, 1K) panic: KASSERT(pg->wire_count != 0) in uvm_pageunwire
        They do the same in 6 calls.
        --- exit status 0
    "]],
    );
}

#[test]
fn a_test_without_a_consequence_is_no_difference() {
    check(
        "mlock(0x1000, 0)\n",
        &["--kernels", "mail..mail,-syscall-wrap-check"],
        &expect![[r"
        mail .. mail,-syscall-wrap-check
          1  mlock(0x1000, 0) = -1 ENOMEM
        They do the same in 1 call.
        --- exit status 0
    "]],
    );
}

#[test]
fn diagnostic_is_compared_like_a_change() {
    check(
        MLOCK_ZERO,
        &["--diagnostic", "on..off"],
        &expect![[r"
        original with DIAGNOSTIC .. original without DIAGNOSTIC
          1  mmap(0x7f7ff7ecd000, 200K, PROT_READ|PROT_WRITE, MAP_FIXED|MAP_PRIVATE|MAP_ANON, -1, 0) = 0x7f7ff7ecd000
          2  touch(0x7f7ff7ed6000, 4K) = 0
          3  mlock(0x7f7ff7ed6000, 0) = 0
          4  munlock(0x7f7ff7ed6000, 0) = 0
          5  mlock(0x7f7ff7ed6000, 1K) = 0
        ! 6  munlock(0x7f7ff7ed6000, 1K)
             original with DIAGNOSTIC     panic: KASSERT(pg->wire_count != 0) in uvm_pageunwire
             original without DIAGNOSTIC  = 0
             `original with DIAGNOSTIC` asks whether the page's wire_count is 0 (wire_count 0 == 0: true) and panics; `original without DIAGNOSTIC` has no such test and goes on to count the wirings of the page at 0x7f7ff7ed6000 from 0 to 65535.
             It is an assertion, and only a kernel built with DIAGNOSTIC makes it.
             original with DIAGNOSTIC     6.32  uvm_page.rs:_  if k.config.diagnostic && k.test(Cond::PageUnwired { va, wire_count }) {
             original without DIAGNOSTIC  6.32  uvm_page.rs:_  k.count_unwire(page, va);
             Only `original without DIAGNOSTIC` leaves a promise broken: 0x7f7ff7ed6000–0x7f7ff7ed7000 the page counts 65535, wired mappings are 0. One promise more does not hold there either.
             - `original with DIAGNOSTIC` has panicked: KASSERT(pg->wire_count != 0) in uvm_pageunwire; `original without DIAGNOSTIC` has not.
             - The page at 0x7f7ff7ed6000 has wire_count 0 in `original with DIAGNOSTIC`, 65535 in `original without DIAGNOSTIC`.
        They part in 1 of 6 calls, first at 6.32 and 6.32.
        --- exit status 1
    "]],
    );
}

#[test]
fn half_of_the_repair_alone_makes_things_worse() {
    let script = "\
        mmap(0x7f7ff7ecd000, 200K, PROT_READ|PROT_WRITE, MAP_FIXED|MAP_ANON|MAP_PRIVATE, -1, 0)\n\
        touch(0x7f7ff7ed6000, 4K)\n\
        mlock(0x7f7ff7ed6064, 0)\n";
    check(
        script,
        &["--kernels", "original..+syscall-zero-guard"],
        &expect![[r"
        original .. +syscall-zero-guard
          1  mmap(0x7f7ff7ecd000, 200K, PROT_READ|PROT_WRITE, MAP_FIXED|MAP_PRIVATE|MAP_ANON, -1, 0) = 0x7f7ff7ecd000
          2  touch(0x7f7ff7ed6000, 4K) = 0
        ! 3  mlock(0x7f7ff7ed6064, 0) = 0
             `+syscall-zero-guard` asks whether the length is 0 (0 == 0: true) and goes on with the empty range at 0x7f7ff7ed6000; `original` has no such test and goes on with the range 0x7f7ff7ed6000–0x7f7ff7ed7000.
             The test is that of syscall-zero-guard: mlock and munlock leave a length of 0 alone instead of rounding it up to a page. Both give the same answer, but their states differ now.
             original             3.2  uvm_mmap.rs:_  k.enter(Func::RangeTest, Args::Range(range));
             +syscall-zero-guard  3.2  uvm_mmap.rs:_  if k.has(Change::SyscallZeroGuard) && k.test(Cond::ZeroLength { len: len.0 }) {
             They meet again at 3.48 and 3.28, in different states.
             Only `+syscall-zero-guard` leaves a promise broken: 0x7f7ff7ed6000–0x7f7ff7eff000 says wired, 0 of 41 pages are.
             - uvmexp.wired is 1 in `original`, 0 in `+syscall-zero-guard`.
             - `original` has a boundary at 0x7f7ff7ed7000; in `+syscall-zero-guard` one entry reaches across it.
             - 0x7f7ff7ed7000–0x7f7ff7eff000: wired_count is 0 in `original`, 1 in `+syscall-zero-guard`.
             - The page at 0x7f7ff7ed6000 has wire_count 1 in `original`, 0 in `+syscall-zero-guard`, is marked wired in the pmap in `original` only.
             - The amap behind 0x7f7ff7ecd000–0x7f7ff7eff000 has 3 references in `original`, 2 references in `+syscall-zero-guard`.
        They part in 1 of 3 calls, first at 3.2 and 3.2.
        --- exit status 1
    "]],
    );
}

#[test]
fn a_call_that_only_one_kernel_comes_to_is_told() {
    let script = format!("{MLOCK_ZERO}exit()\n");
    let printed = run_on(script, &["diff", "-", "--kernels", "original..committed"]).stdout;
    let (_, last) = printed.split_once("! 7  exit()\n").expect("the last call");
    expect![[r"
             original   not reached
             committed  = 0
             `original` does not come to this call: it panicked in call 6.
             `committed` returns 0.
        They part in 5 of 7 calls, first at 3.13 and 3.14.
    "]]
    .assert_eq(last);
}

#[test]
fn a_call_with_other_numbers_is_printed_for_each_kernel() {
    // What the original unmaps makes room for the mapping after it.
    let script = "\
        mmap(0x7f7ff7ecd000, 200K, PROT_READ|PROT_WRITE, MAP_FIXED|MAP_ANON|MAP_PRIVATE, -1, 0)\n\
        munmap(0x7f7ff7ecd001, 0)\n\
        p = mmap(0x7f7ff7ecd000, 4K, PROT_READ, MAP_ANON|MAP_PRIVATE, -1, 0)\n\
        mlock(p, 4K)\n";
    let printed = run_on(script, &["diff", "-", "--kernels", "original..later"]).stdout;
    let calls: String = printed
        .lines()
        .filter(|line| line.contains(" = ") && !line.contains("let "))
        .map(|line| line.to_owned() + "\n")
        .collect();
    expect![[r"
          1  mmap(0x7f7ff7ecd000, 200K, PROT_READ|PROT_WRITE, MAP_FIXED|MAP_PRIVATE|MAP_ANON, -1, 0) = 0x7f7ff7ecd000
        ! 2  munmap(0x7f7ff7ecd001, 0) = 0
             original  = 0x7f7ff7ecd000
             later     = 0x7f7ff7ecc000
             original  mlock(0x7f7ff7ecd000, 4K) = 0
             later     mlock(0x7f7ff7ecc000, 4K) = 0
    "]].assert_eq(&calls);
}

#[test]
fn a_scenario_is_compared_by_its_name() {
    let by_name =
        run_on("", &["diff", "--scenario", "mlock-zero", "--kernels", "original..committed"]);
    let by_text = run_on(MLOCK_ZERO, &["diff", "-", "--kernels", "original..committed"]);
    assert_eq!((by_name.stdout, by_name.status), (by_text.stdout, Some(1)));
}

#[test]
fn one_kernel_is_not_enough() {
    check(
        MLOCK_ZERO,
        &["--kernels", "committed"],
        &expect![[r"
        --- stderr
        two kernels are wanted: --kernels A..B, or --diagnostic on..off, or both
        --- exit status 2
    "]],
    );
    check(
        MLOCK_ZERO,
        &[],
        &expect![[r"
        --- stderr
        two kernels are wanted: --kernels A..B, or --diagnostic on..off, or both
        --- exit status 2
    "]],
    );
}

#[test]
fn a_script_with_errors_is_not_compared() {
    check(
        "mlock(1,\n",
        &["--kernels", "original..committed"],
        &expect![[r"
        --- stderr
        standard input:1:9: expected `)`, read the end of the line
            mlock(1,
                    ^
        --- exit status 2
    "]],
    );
}

#[test]
fn what_is_no_kernel_and_no_switch_is_refused() {
    // Nothing is read, so there is nothing to give.
    check(
        "",
        &["--kernels", "original..comitted"],
        &expect![[r"
        --- stderr
        error: invalid value 'original..comitted' for '--kernels <A..B>': read `comitted`, which names no kernel; the nearest name is `committed`

        For more information, try '--help'.
        --- exit status 2
    "]],
    );
    check(
        "",
        &["--diagnostic", "on..of"],
        &expect![[r"
        --- stderr
        error: invalid value 'on..of' for '--diagnostic <on|off|A..B>': read `of`, expected on or off, or both, as in on..off

        For more information, try '--help'.
        --- exit status 2
    "]],
    );
}
