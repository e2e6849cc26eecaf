//! `uvmscope import`: what it prints, and traces of real programs that run on the kernel.
//!
//! The programs are traced here and now. Where this machine has no strace, or does not let it
//! trace, a test says so and ends; on CI (`CI=true`) that is a failure.

mod common;
#[path = "import/real.rs"]
mod real;

use expect_test::{Expect, expect};

use common::{Folder, gzipped, run_on};

const TRACE: &str = "\
mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_STACK, -1, 0) = 0x7f7ff7ed6000
mlock(0x7f7ff7ed7000, 0) = 0
getpid() = 7
exit_group(0) = ?
";

fn check(trace: &str, args: &[&str], expected: &Expect) {
    run_on(trace, &[&["import"], args, &["-"]].concat()).check(expected);
}

#[test]
fn the_script_goes_one_way_and_the_report_the_other() {
    check(
        TRACE,
        &["auto"],
        &expect![[r"
        # from strace
        kernel original
        diagnostic on
        mmap(0x7f7ff7ed6000, 8K, PROT_READ|PROT_WRITE, MAP_FIXED|MAP_PRIVATE|MAP_ANON, -1, 0) = 0x7f7ff7ed6000
        mlock(0x7f7ff7ed7000, 0) = 0
        exit()
        --- stderr
        strace: 3 calls taken
        note: no page is resident unless a call made it so: a trace does not show the loads and stores of the program
        note: 1 mapping that the traced kernel placed as it liked: the address that it chose stands in the call, with MAP_FIXED
        line 1 altered: MAP_STACK left out
            mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_STACK, -1, 0) = 0x7f7ff7ed6000
        line 3 dropped: getpid is no call that a script can make
            getpid() = 7
        --- exit status 0
    "]],
    );
}

#[test]
fn what_cannot_be_imported_ends_with_a_sentence_and_status_2() {
    check(
        TRACE,
        &["maps"],
        &expect![[r"
        --- stderr
        standard input: no line looks like maps; it looks like strace
        --- exit status 2
    "]],
    );
    check(
        TRACE,
        &["auto", "--pid", "7"],
        &expect![[r"
        --- stderr
        standard input: process 7 makes no call in this trace; the trace names no process, so leave the number out
        --- exit status 2
    "]],
    );
    check(
        "",
        &["auto"],
        &expect![[r"
        --- stderr
        standard input: the text is empty; import what a tracer such as `strace -f -y` printed
        --- exit status 2
    "]],
    );
    check(
        "",
        &["strase"],
        &expect![[r"
        --- stderr
        error: invalid value 'strase' for '<FORMAT>': no format is called `strase`; the nearest name is `strace`

        For more information, try '--help'.
        --- exit status 2
    "]],
    );
}

#[test]
fn a_packed_trace_is_unpacked_and_a_missing_one_is_an_error() {
    let folder = Folder::new("import_files");
    folder.file("trace.gz", gzipped(TRACE));
    let packed = folder.run(&["import", "strace", "trace.gz"]);
    assert_eq!(packed.stdout, run_on(TRACE, &["import", "strace", "-"]).stdout);
    assert_eq!(folder.run(&["import", "strace", "missing"]).status, Some(1));
}

#[test]
fn what_is_imported_can_be_run_and_the_answer_is_expected() {
    let script = run_on(TRACE, &["import", "auto", "-"]).stdout;
    let ran = run_on(&script, &["run", "-"]).printed();
    assert!(ran.contains("mlock(0x7f7ff7ed7000, 0) = 0\nexit() = 0\n"), "{ran}");
    assert!(!ran.contains("# expected"), "{ran}");
}
