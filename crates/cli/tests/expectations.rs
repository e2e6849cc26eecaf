//! `uvmscope test`: what it judges, in which order, and how it ends.

mod common;

use std::fs;

use expect_test::expect;

use common::{Folder, MLOCK_ZERO, run_on};

const GOOD: &str = "mlock(0x10000, 4K) = -1 ENOMEM\nmunmap(0x10000, 4K) = 0\n";

#[test]
fn a_script_whose_expectations_are_met_succeeds() {
    run_on(GOOD, &["test", "-"]).check(&expect![[r"
        1 script, 2 expectations: 2 met, 0 not met
        --- exit status 0
    "]]);
    assert_eq!(run_on(GOOD, &["test", "-q", "-"]).printed(), "");
    assert_eq!(run_on("exit()", &["test", "-"]).status, Some(0));
}

#[test]
fn every_answer_that_was_not_expected_is_told_with_its_place() {
    let script = "\u{feff}mlock(0x10000, 4K) = 0 # ü\n\
                  ü = 1\n";
    let ran = run_on(script, &["test", "-"]);
    assert_eq!(ran.status, Some(2), "a bad line is an error: {}", ran.stderr);
    let script = "\u{feff}mlock(0x10000, 4K) = 0 # one\n\
                  p = mmap(0x10000, 4K, PROT_READ, MAP_FIXED|MAP_ANON|MAP_PRIVATE, -1, 0)=0x2000\n\
                  q = mmap(1, 4K, PROT_READ, MAP_FIXED|MAP_ANON|MAP_PRIVATE, -1, 0) = -1 ENOMEM\n\
                  munmap(q, 4K) = 0\n\
                  munmap(p, 4K) = -1 EINVAL (why not)\n\
                  exit()\n\
                  mlock(p, 0) = 0\n";
    run_on(script, &["test", "-"]).check(&expect![[r"
        standard input:1:22: expected 0, got -1 ENOMEM
        standard input:2:73: expected 0x2000, got 0x10000
        standard input:3:69: expected -1 ENOMEM, got -1 EINVAL
        standard input:4:17: expected 0, got no answer: the call that binds q failed
        standard input:5:17: expected -1 EINVAL, got 0
        standard input:7:15: expected 0, got no answer: mlock is not reached, since the process is gone
        1 script, 6 expectations: 0 met, 6 not met
        --- exit status 1
    "]]);
}

#[test]
fn an_expectation_behind_a_panic_is_not_met() {
    let script = format!("{MLOCK_ZERO}munlock(p, 0) = 0\n");
    run_on(&script, &["test", "-"]).check(&expect![[r"
        standard input:35:17: expected 0, got no answer: munlock is not reached; panic: KASSERT(pg->wire_count != 0) in uvm_pageunwire
        1 script, 4 expectations: 3 met, 1 not met
        --- exit status 1
    "]]);
    let expected = MLOCK_ZERO.replace("munlock(p, 1024)", "munlock(p, 1024) = 0");
    run_on(&expected, &["test", "-"]).check(&expect![[r"
        standard input:34:20: expected 0, got no answer: panic: KASSERT(pg->wire_count != 0) in uvm_pageunwire
        1 script, 4 expectations: 3 met, 1 not met
        --- exit status 1
    "]]);
    // The repaired kernel does as the script says, and the script alone is not at fault.
    run_on(&expected, &["test", "--kernel", "committed", "-"]).check(&expect![[r"
        1 script, 4 expectations: 4 met, 0 not met
        --- exit status 0
    "]]);
    run_on(MLOCK_ZERO, &["test", "-"]).check(&expect![[r"
        1 script, 3 expectations: 3 met, 0 not met
        --- exit status 0
    "]]);
}

#[test]
fn folders_are_walked_in_the_order_of_names() {
    let folder = Folder::new("expectations");
    for name in ["b/two", "a", "b/c"] {
        fs::create_dir_all(folder.path().join(name)).expect("a folder");
    }
    let wrong = "munmap(0x10000, 4K) = 7\n";
    for name in ["b.uvm", "b/two/z.uvm", "b/c/a.uvm", "a/good.uvm", "b/a.uvm"] {
        folder.file(name, if name.starts_with('a') { GOOD } else { wrong });
    }
    folder.file("b/notes.txt", "no script");
    folder.run(&["test", "."]).check(&expect![[r"
        ./b/a.uvm:1:23: expected 7, got 0
        ./b/c/a.uvm:1:23: expected 7, got 0
        ./b/two/z.uvm:1:23: expected 7, got 0
        ./b.uvm:1:23: expected 7, got 0
        5 scripts, 6 expectations: 2 met, 4 not met
        --- exit status 1
    "]]);
    folder.run(&["test", "b/notes.txt", "a", "missing.uvm", "b.uvm"]).check(&expect![[r"
        b.uvm:1:23: expected 7, got 0
        3 scripts, 3 expectations: 2 met, 1 not met; 1 with errors; 1 not read
        --- stderr
        b/notes.txt:1:1: expected a call, a setting or `name = …`, read `no`; the nearest name is `map`
            no script
            ^^
        missing.uvm: No such file or directory (os error 2)
        --- exit status 2
    "]]);
    fs::create_dir_all(folder.path().join("empty")).expect("a folder");
    folder.run(&["test", "empty", "--quiet"]).check(&expect![[r"
        --- stderr
        empty: no *.uvm in this folder
        --- exit status 2
    "]]);
}

#[test]
fn the_help_tells_what_each_exit_status_means() {
    let help = run_on("", &["test", "--help"]).printed();
    for status in ["0 every expectation is met", "1 one is not", "2 a file could not be read"] {
        let words: Vec<&str> = help.split_whitespace().collect();
        assert!(words.join(" ").contains(status), "{status}");
    }
}
