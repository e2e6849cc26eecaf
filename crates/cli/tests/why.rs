//! `uvmscope why`: the chain of writers, and what is no value.

mod common;

use expect_test::{Expect, expect};

use common::run_on;

/// Asks about the mail's script.
fn check(args: &[&str], expected: &Expect) {
    run_on("", &[&["why", "--scenario", "mlock-zero"], args].concat()).check(expected);
}

#[test]
fn the_count_of_the_tail_leads_back_to_the_lock_of_no_bytes() {
    check(
        &["--at", "6.33", "--of", "entry@0x7f7ff7ed7000.wired_count"],
        &expect![[r"
        wired_count of 0x7f7ff7ed7000–0x7f7ff7eff000 is 1 at 6.33
        6.17   wired_count not changed in munlock(0x7f7ff7ed6000, 1024), because 0x7f7ff7ed7000 < 0x7f7ff7ed7000 was false
        5.19   wired_count 1, copied by the cut from 0x7f7ff7ed6000–0x7f7ff7eff000, in mlock(0x7f7ff7ed6000, 1024), because 0x7f7ff7ed6000 < 0x7f7ff7ed7000 < 0x7f7ff7eff000 was true (5.17)
        3.22   wired_count 0 → 1, in mlock(0x7f7ff7ed6000, 0), because 0x7f7ff7ecd000 < 0x7f7ff7ed6000 was true (3.14)
        1.26   wired_count 0, with the new entry, in mmap(0x7f7ff7ecd000, 204800, rw, …), because the length is 200 KiB, not 0 (1.12)
        --- exit status 0
    "]],
    );
    check(
        &["--of", "entry@0x7f7ff7ed6000.wired_count"],
        &expect![[r"
        wired_count of 0x7f7ff7ed6000–0x7f7ff7ed7000 is 0 at 6.33
        6.23   wired_count 2 → 0, in munlock(0x7f7ff7ed6000, 1024), because wired_count 2 != 0 was true (6.21)
        5.22   wired_count 1 → 2, in mlock(0x7f7ff7ed6000, 1024), because 0x7f7ff7ed6000 < 0x7f7ff7ed7000 was true (5.14)
        3.22   wired_count 0 → 1, in mlock(0x7f7ff7ed6000, 0), because 0x7f7ff7ecd000 < 0x7f7ff7ed6000 was true (3.14)
        1.26   wired_count 0, with the new entry, in mmap(0x7f7ff7ecd000, 204800, rw, …), because the length is 200 KiB, not 0 (1.12)
        --- exit status 0
    "]],
    );
}

#[test]
fn what_did_not_happen_comes_first() {
    check(
        &["--at", "5.end", "--of", "page@0x7f7ff7ed6000.wire_count"],
        &expect![[r"
        wire_count of the page at 0x7f7ff7ed6000 is 0 at 5.33
        5.29   not wired in mlock(0x7f7ff7ed6000, 1024), because wired_count 2 == 1 was false
        2.18   wire_count 0, with the new page, in touch(0x7f7ff7ed6000, 4096), because the pmap does not map 0x7f7ff7ed6000 for writing: the access gives a fault (2.2)
        --- exit status 0
    "]],
    );
    check(
        &["--at", "3.end", "--of", "pmap@0x7f7ff7ed6000.wired"],
        &expect![[r"
        the wired bit of the page at 0x7f7ff7ed6000 is not set at 3.30
        3.28   not wired in mlock(0x7f7ff7ed6000, 0), because 0x7f7ff7ed6000 < 0x7f7ff7ed6000 was false
        2.20   the wired bit not set, in touch(0x7f7ff7ed6000, 4096), because the pmap does not map 0x7f7ff7ed6000 for writing: the access gives a fault (2.2)
        --- exit status 0
    "]],
    );
    check(
        &["--kernel", "committed", "--at", "3.end", "--of", "entry@0x7f7ff7ed6000.wired_count"],
        &expect![[r"
            wired_count of 0x7f7ff7ecd000–0x7f7ff7eff000 is 0 at 3.16
            3.14   wired_count not changed in mlock(0x7f7ff7ed6000, 0), because 0x7f7ff7ed6000 == 0x7f7ff7ed6000 was true
            1.26   wired_count 0, with the new entry, in mmap(0x7f7ff7ecd000, 204800, rw, …), because the length is 200 KiB, not 0 (1.12)
            --- exit status 0
        "]],
    );
}

#[test]
fn every_kind_of_value_has_a_name() {
    for value in [
        "entry@0x7f7ff7ed6000",
        "entry@0x7f7ff7ed6123.start",
        "entry@0x7f7ff7ed6000.end",
        "entry@0x7f7ff7ed6000.prot",
        "entry@0x7f7ff7ed6000.max_prot",
        "entry@0x7f7ff7ed6000.inherit",
        "entry@0x7f7ff7ed6000.advice",
        "entry@0x7f7ff7ed6000.needs_copy",
        "entry@0x7f7ff7ed6000.amap",
        "entry@140187597103104.slot",
        "entry@0x7f7ff7ed6000.offset",
        "page@0x7f7ff7ed6000",
        "pmap@0x7f7ff7ed6000",
        "pmap@0x7f7ff7ed6000.page",
        "pmap@0x7f7ff7ed6000.write",
        "pmap.wired",
        "uvmexp.wired",
        "wirefuture",
        "entries",
        "panic",
    ] {
        let told = run_on("", &["why", "--scenario", "mlock-zero", "--of", value]).printed();
        assert!(told.lines().count() >= 2, "{value}: {told}");
    }
    check(
        &["--of", "console.1"],
        &expect![[r#"
        line 1 of the console is "pmap_unwire: wiring for pmap 0xffffaa80028e4980 va 0x7f7ff7ed6000 did not change!" at 6.33
        6.29   the kernel printed "pmap_unwire: wiring for pmap 0xffffaa80028e4980 va 0x7f7ff7ed6000 did not change!", in munlock(0x7f7ff7ed6000, 1024), because the mapping of 0x7f7ff7ed6000 is not marked wired (6.27)
        --- exit status 0
    "#]],
    );
    check(
        &["--of", "panic"],
        &expect![[r"
        panic is KASSERT(pg->wire_count != 0) in uvm_pageunwire at 6.33
        6.33   the kernel panicked: KASSERT(pg->wire_count != 0) in uvm_pageunwire, in munlock(0x7f7ff7ed6000, 1024), because wire_count 0 == 0 was true (6.32)
        --- exit status 0
    "]],
    );
    check(
        &["--diagnostic", "off", "--of", "uvmexp.wired"],
        &expect![[r"
        uvmexp.wired is 0 at 6.40
        1.0    uvmexp.wired 0 from the beginning
        --- exit status 0
    "]],
    );
    check(
        &["--kernel", "committed", "--of", "panic"],
        &expect![[r"
        panic: nothing at 6.43
        1.0    no panic from the beginning
        --- exit status 0
    "]],
    );
}

#[test]
fn a_name_that_is_none_is_refused_with_the_nearest() {
    check(
        &["--of", "entry@0x7f7ff7ed6000.wird_count"],
        &expect![[r"
        --- stderr
        error: invalid value 'entry@0x7f7ff7ed6000.wird_count' for '--of <VALUE>': an entry has no `wird_count`; the nearest name is `wired_count`

        For more information, try '--help'.
        --- exit status 2
    "]],
    );
    for value in [
        "page@0x7f7ff7ed6000.wired_count",
        "pmap@0x7f7ff7ed6000.wire",
        "entri@0x7f7ff7ed6000",
        "uvmexp.wird",
        "entry",
        "entry@buf.prot",
        "entry@+5",
        "console.0",
        "",
    ] {
        let ran = run_on("", &["why", "--scenario", "mlock-zero", "--of", value]);
        assert_eq!((ran.stdout.as_str(), ran.status), ("", Some(2)), "{value}");
    }
}

#[test]
fn where_nothing_is_it_says_what_is_there() {
    check(
        &["--at", "1.0", "--of", "entry@0x7f7ff7ed6000.prot"],
        &expect![[r"
        --- stderr
        --of: no entry holds 0x7f7ff7ed6000 at 1.0: the map is empty
        --- exit status 2
    "]],
    );
    check(
        &["--of", "entry@0x1000.prot"],
        &expect![[r"
        --- stderr
        --of: no entry holds 0x1000 at 6.33: the first is 0x7f7ff7ecd000–0x7f7ff7ed6000
        --- exit status 2
    "]],
    );
    check(
        &["--of", "page@0x7f7ff7ed7000.wire_count"],
        &expect![[r"
        --- stderr
        --of: no page is in memory at 0x7f7ff7ed7000 at 6.33: its entry has no page in memory
        --- exit status 2
    "]],
    );
    check(
        &["--at", "2.end", "--of", "page@0x7f7ff7ed7000.wire_count"],
        &expect![[r"
        --- stderr
        --of: no page is in memory at 0x7f7ff7ed7000 at 2.22: its entry has those at 0x7f7ff7ed6000
        --- exit status 2
    "]],
    );
    check(
        &["--at", "3.end", "--of", "console.1"],
        &expect![[r"
        --- stderr
        --of: the kernel has printed nothing up to 3.30
        --- exit status 2
    "]],
    );
    check(
        &["--of", "console.2"],
        &expect![[r"
        --- stderr
        --of: the kernel has printed one line up to 6.33: console.1
        --- exit status 2
    "]],
    );
    check(
        &["--at", "7.1", "--of", "panic"],
        &expect![[r"
        --- stderr
        --at: `7.1` is no place of this run, which has 6 calls; write call and step (`3.7`), a mark (`3.cut.1`, `3.end`), a number of steps (`12`) or a percentage (`40%`)
        --- exit status 2
    "]],
    );
}

#[test]
fn a_script_with_errors_is_not_asked() {
    run_on("mlok(0, 1)\n", &["why", "-", "--of", "panic"]).check(&expect![[r"
        --- stderr
        standard input:1:1: expected a call, read `mlok`; the nearest name is `mlock`
            mlok(0, 1)
            ^^^^
        --- exit status 2
    "]]);
}

#[test]
fn a_file_that_cannot_be_read_is_a_failure() {
    let ran = run_on("", &["why", "no-such-file", "--of", "panic"]);
    assert_eq!((ran.stdout.as_str(), ran.status), ("", Some(1)));
}
