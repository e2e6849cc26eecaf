//! `uvmscope run`: what it prints, what it complains of, and how it ends.

mod common;

use expect_test::{Expect, expect};

use common::{Folder, MLOCK_ZERO, gzipped, run_on};

fn check(script: &str, args: &[&str], expected: &Expect) {
    let args = [&["run", "-"], args].concat();
    run_on(script, &args).check(expected);
}

#[test]
fn the_mails_script_panics_on_the_original_kernel() {
    check(
        MLOCK_ZERO,
        &[],
        &expect![[r"
        kernel original
        diagnostic on
        limit memlock 64M
        mmap(0x7f7ff7ecd000, 200K, PROT_READ|PROT_WRITE, MAP_FIXED|MAP_PRIVATE|MAP_ANON, -1, 0) = 0x7f7ff7ecd000
        touch(0x7f7ff7ed6000, 4K) = 0
        mlock(0x7f7ff7ed6000, 0) = 0
        munlock(0x7f7ff7ed6000, 0) = 0
        mlock(0x7f7ff7ed6000, 1K) = 0
        munlock(0x7f7ff7ed6000, 1K)
          # console: pmap_unwire: wiring for pmap 0xffffaa80028e4980 va 0x7f7ff7ed6000 did not change!
          # panic: KASSERT(pg->wire_count != 0) in uvm_pageunwire
        --- exit status 3
    "]],
    );
}

#[test]
fn the_mails_script_reaches_its_end_on_the_committed_kernel() {
    check(
        MLOCK_ZERO,
        &["--kernel", "committed"],
        &expect![[r"
        kernel committed
        diagnostic on
        limit memlock 64M
        mmap(0x7f7ff7ecd000, 200K, PROT_READ|PROT_WRITE, MAP_FIXED|MAP_PRIVATE|MAP_ANON, -1, 0) = 0x7f7ff7ecd000
        touch(0x7f7ff7ed6000, 4K) = 0
        mlock(0x7f7ff7ed6000, 0) = 0
        munlock(0x7f7ff7ed6000, 0) = 0
        mlock(0x7f7ff7ed6000, 1K) = 0
        munlock(0x7f7ff7ed6000, 1K) = 0
        --- exit status 0
    "]],
    );
}

#[test]
fn without_diagnostic_the_assertion_does_not_stop_the_machine() {
    check(
        MLOCK_ZERO,
        &["--diagnostic", "off"],
        &expect![[r"
        kernel original
        diagnostic off
        limit memlock 64M
        mmap(0x7f7ff7ecd000, 200K, PROT_READ|PROT_WRITE, MAP_FIXED|MAP_PRIVATE|MAP_ANON, -1, 0) = 0x7f7ff7ecd000
        touch(0x7f7ff7ed6000, 4K) = 0
        mlock(0x7f7ff7ed6000, 0) = 0
        munlock(0x7f7ff7ed6000, 0) = 0
        mlock(0x7f7ff7ed6000, 1K) = 0
        munlock(0x7f7ff7ed6000, 1K) = 0
          # console: pmap_unwire: wiring for pmap 0xffffaa80028e4980 va 0x7f7ff7ed6000 did not change!
        --- exit status 0
    "]],
    );
}

#[test]
fn a_scenario_is_the_script_of_its_name() {
    let by_name = run_on("", &["run", "--scenario", "mlock-zero"]);
    let by_text = run_on(MLOCK_ZERO, &["run", "-"]);
    assert_eq!(by_name.stdout, by_text.stdout);
    assert_eq!(by_name.status, Some(3));
}

#[test]
fn the_kernel_on_the_command_line_goes_before_the_scripts() {
    let script = "kernel later\ndiagnostic off\nmlock(0x1000, 0)\n";
    check(
        script,
        &[],
        &expect![[r"
        kernel later
        diagnostic off
        mlock(0x1000, 0) = -1 ENOMEM
        --- exit status 0
    "]],
    );
    check(
        script,
        &["--kernel", "-syscall-zero-guard,+pageable-empty-return"],
        &expect![[r"
        kernel +pageable-empty-return
        diagnostic off
        mlock(0x1000, 0) = -1 ENOMEM
        --- exit status 0
    "]],
    );
    check(
        script,
        &["--kernel=original", "--diagnostic=on"],
        &expect![[r"
        kernel original
        diagnostic on
        mlock(0x1000, 0) = -1 ENOMEM
        --- exit status 0
    "]],
    );
}

#[test]
fn what_is_printed_is_a_script_that_does_the_same() {
    let scripts = [
        (MLOCK_ZERO, 3),
        ("space 0x1000-0x9000\nlimit wired 2 pages\nfile 3 pages\nexit()\n", 0),
        ("mmap(0, 8K, PROT_READ, MAP_SHARED, 3, 4K)\nmlockall(MCL_FUTURE)\nmunlockall()\n", 0),
        ("limit memlock none\nmadvise(0x1000, 4K, MADV_RANDOM)\n", 0),
        ("mlock(0xffffffffffffffff, 0xffffffffffffffff)\nmunmap(0, 0)\n", 0),
    ];
    for (script, status) in scripts {
        let first = run_on(script, &["run", "-"]);
        let second = run_on(&first.stdout, &["run", "-"]);
        assert_eq!(first.stdout, second.stdout);
        assert_eq!((first.status, second.status), (Some(status), Some(status)), "{script}");
        let told = run_on(script, &["run", "-", "--steps"]);
        assert_eq!(first.stdout, run_on(&told.stdout, &["run", "-"]).stdout);
    }
}

#[test]
fn an_answer_that_was_not_expected_is_noted_and_is_no_error() {
    check(
        "p = mmap(0x10000, 8K, PROT_READ, MAP_FIXED|MAP_ANON|MAP_PRIVATE, -1, 0) = 0x20000\n\
         mlock(p, 4K) = -1 ENOMEM\n\
         munlock(p + 4K, 0) = 0\n",
        &[],
        &expect![[r"
            kernel original
            diagnostic on
            mmap(0x10000, 8K, PROT_READ, MAP_FIXED|MAP_PRIVATE|MAP_ANON, -1, 0) = 0x10000
              # expected 0x20000
            mlock(0x10000, 4K) = 0
              # expected -1 ENOMEM
            munlock(0x11000, 0) = 0
            --- exit status 0
        "]],
    );
}

#[test]
fn a_call_that_needs_a_name_that_was_never_bound_is_skipped() {
    check(
        "p = mmap(0x10001, 8K, PROT_READ, MAP_FIXED|MAP_ANON|MAP_PRIVATE, -1, 0)\n\
         mlock(p, 4K) = 0\n\
         exit()\n\
         mlock(0x10000, 4K) = 0\n",
        &[],
        &expect![[r"
            kernel original
            diagnostic on
            mmap(0x10001, 8K, PROT_READ, MAP_FIXED|MAP_PRIVATE|MAP_ANON, -1, 0) = -1 EINVAL
            # mlock(p, 4K) skipped: the call that binds p failed
            exit() = 0
            # mlock(0x10000, 4K) not reached
            --- exit status 0
        "]],
    );
}

#[test]
fn every_error_is_listed_and_the_script_runs_up_to_the_first() {
    check(
        "kernel original\n\
         mlock(0x1000, 4K)\n\
         mlokk(0x1000, 4K)\n\
         munlock(0x1000, 4K)\n\
         p = mmap(0x10000, 4Q, PROT_REED, MAP_FIXED|MAP_ANON, -1, 0)\n\
         munlock(q,\t1\n",
        &[],
        &expect![[r"
            kernel original
            diagnostic on
            mlock(0x1000, 4K) = -1 ENOMEM
            --- stderr
            standard input:3:1: expected a call, read `mlokk`; the nearest name is `mlock`
                mlokk(0x1000, 4K)
                ^^^^^
            standard input:5:19: expected a length, read `4Q`; a number is decimal or 0x hex, with K, M or G behind it for powers of 1024
                p = mmap(0x10000, 4Q, PROT_REED, MAP_FIXED|MAP_ANON, -1, 0)
                                  ^^
            standard input:5:23: expected a PROT_ flag, read `PROT_REED`; the nearest name is `PROT_READ`
                p = mmap(0x10000, 4Q, PROT_REED, MAP_FIXED|MAP_ANON, -1, 0)
                                      ^^^^^^^^^
            standard input:6:13: expected `)`, read the end of the line
                munlock(q, 1
                            ^
            --- exit status 2
        "]],
    );
}

#[test]
fn an_error_far_along_a_line_shows_what_is_near_it() {
    let script = format!("mlock({}nothing, 4K{})\n", "1 + ".repeat(40), " + 1".repeat(40));
    check(
        &script,
        &[],
        &expect![[r"
        kernel original
        diagnostic on
        --- stderr
        standard input:1:167: expected an address, read `nothing`; a name is bound by `name = …` on an earlier line
            1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + nothing, 4K + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 +
                                                                        ^^^^^^^
        --- exit status 2
    "]],
    );
}

#[test]
fn an_unknown_kernel_in_the_script_offers_the_nearest() {
    check(
        "kernel comitted\nmlock(0x1000, 0)\n",
        &[],
        &expect![[r"
        kernel original
        diagnostic on
        --- stderr
        standard input:1:8: read `comitted`, which names no kernel; the nearest name is `committed`
            kernel comitted
                   ^^^^^^^^
        --- exit status 2
    "]],
    );
    check(
        "kernel mail,+pageable-empty\n",
        &[],
        &expect![[r"
        kernel original
        diagnostic on
        --- stderr
        standard input:1:13: read `+pageable-empty`, which names no change; the nearest name is `+pageable-empty-return`
            kernel mail,+pageable-empty
                        ^^^^^^^^^^^^^^^
        --- exit status 2
    "]],
    );
}

#[test]
fn unknown_names_on_the_command_line_offer_the_nearest() {
    let folder = Folder::new("unknown_names");
    folder.file("a.uvm", "");
    folder.run(&["run", "a.uvm", "--kernel", "comitted"]).check(&expect![[r"
        --- stderr
        error: invalid value 'comitted' for '--kernel <SPEC>': read `comitted`, which names no kernel; the nearest name is `committed`

        For more information, try '--help'.
        --- exit status 2
    "]]);
    folder.run(&["run", "a.uvm", "--kernel", "mail,-syscal-zero"]).check(&expect![[r"
        --- stderr
        error: invalid value 'mail,-syscal-zero' for '--kernel <SPEC>': read `-syscal-zero`, which names no change; the nearest name is `-syscall-zero-guard`

        For more information, try '--help'.
        --- exit status 2
    "]]);
    folder.run(&["run", "a.uvm", "--kernel", "original..later"]).check(&expect![[r"
        --- stderr
        error: invalid value 'original..later' for '--kernel <SPEC>': read two kernels, `A..B`, where one is wanted

        For more information, try '--help'.
        --- exit status 2
    "]]);
    folder.run(&["run", "--scenario", "mlok-zero"]).check(&expect![[r"
        --- stderr
        error: invalid value 'mlok-zero' for '--scenario <NAME>': no scenario is called `mlok-zero`; the nearest name is `mlock-zero`

        For more information, try '--help'.
        --- exit status 2
    "]]);
    folder.run(&["run", "a.uvm", "--diagnostic", "maybe"]).check(&expect![[r"
        --- stderr
        error: invalid value 'maybe' for '--diagnostic <DIAGNOSTIC>'
          [possible values: on, off]

        For more information, try '--help'.
        --- exit status 2
    "]]);
    folder.run(&["runn", "a.uvm"]).check(&expect![[r"
        --- stderr
        error: unrecognized subcommand 'runn'

          tip: a similar subcommand exists: 'run'

        Usage: uvmscope <COMMAND>

        For more information, try '--help'.
        --- exit status 2
    "]]);
}

#[test]
fn what_cannot_be_read_is_another_ending_than_errors() {
    let folder = Folder::new("unreadable");
    folder.run(&["run", "missing.uvm"]).check(&expect![[r"
        --- stderr
        uvmscope: missing.uvm: No such file or directory (os error 2)
        --- exit status 1
    "]]);
    let packed = gzipped(MLOCK_ZERO);
    folder.file("torn.uvm.gz", &packed[..packed.len() / 2]);
    folder.run(&["run", "torn.uvm.gz"]).check(&expect![[r"
        --- stderr
        uvmscope: torn.uvm.gz: incomplete deflate stream
        --- exit status 1
    "]]);
    assert_eq!(folder.run(&["run", "."]).status, Some(1));
}

#[test]
fn a_gzipped_script_is_unpacked() {
    let folder = Folder::new("gzipped_script");
    folder.file("plain.uvm", MLOCK_ZERO);
    folder.file("packed", gzipped(MLOCK_ZERO));
    let (plain, packed) = (folder.run(&["run", "plain.uvm"]), folder.run(&["run", "packed"]));
    assert_eq!((plain.stdout, plain.status), (packed.stdout, packed.status));
}

#[test]
fn an_empty_script_does_nothing_and_succeeds() {
    let printed = run_on("", &["run", "-"]).printed();
    assert_eq!(printed, "kernel original\ndiagnostic on\n");
    assert_eq!(run_on("", &["run", "-", "--steps"]).printed(), printed);
    check(
        "",
        &["--json"],
        &expect![[r#"
        {"id":"script","preset":"original","kernel":{"page_size":4096,"diagnostic":true,"changes":[]},"vm":{"min":"0x1000","max":"0x7f7ffffff000","wiredmax_pages":100000,"memlock_limit":null},"calls":[],"after":[]}
        --- exit status 0
    "#]],
    );
    assert_eq!(run_on("\u{feff}\r\n\n# nothing\r\n", &["run", "-"]).status, Some(0));
}

#[test]
fn bytes_that_are_no_text_are_an_error_and_nothing_worse() {
    let run = |bytes: &[u8]| run_on([b"exit()\n", bytes].concat(), &["run", "-"]);
    run(b"mlock(\xff\xfe\x00, 1)\n").check(&expect![[r"
        kernel original
        diagnostic on
        exit() = 0
        --- stderr
        standard input:2:7: read bytes that are no UTF-8 text; save the script as UTF-8
            mlock(�� , 1)
                  ^
        --- exit status 2
    "]]);
    let every_byte: Vec<u8> = (0..=255).collect();
    assert_eq!(run(&every_byte).status, Some(2));
    run(b"\x00\x1b[2J\n").check(&expect![[r"
        kernel original
        diagnostic on
        exit() = 0
        --- stderr
        standard input:2:1: expected a call, a setting or `name = …`, read the character U+0000
              [2J
            ^
        --- exit status 2
    "]]);
}

#[test]
fn a_text_of_more_than_eight_mebibytes_is_refused_with_the_limit() {
    let comment = |bytes: usize| format!("#{}", "x".repeat(bytes - 1));
    check(
        &comment((8 << 20) + 1),
        &[],
        &expect![[r"
        kernel original
        diagnostic on
        --- stderr
        standard input:1:1: the text is too long: a script holds at most 8 MiB of text; shorten it
            #xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
            ^
        --- exit status 2
    "]],
    );
    assert_eq!(run_on(comment(8 << 20), &["run", "-"]).status, Some(0));
    // A few bytes of gzip can hold any amount of text.
    let packed = gzipped(comment(1 << 26));
    assert_eq!(run_on(packed, &["run", "-"]).status, Some(2));
}
