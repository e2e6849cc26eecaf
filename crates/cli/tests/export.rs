//! `uvmscope export`: what it writes, where to, and what it refuses.

mod common;

use std::fs;

use expect_test::expect;

use common::{Folder, MLOCK_ZERO, run_on};

fn exported(args: &[&str]) -> String {
    run_on("", &[&["export", "--scenario", "mlock-zero"], args].concat()).printed()
}

#[test]
fn a_trace_tells_the_kernel_that_ran_and_the_script() {
    let trace = exported(&["--as", "trace", "--kernel", "mail", "--diagnostic", "off"]);
    let read = uvmscope_format::export::Trace::read(&trace).expect("a trace");
    assert_eq!(read.script, MLOCK_ZERO);
    assert_eq!(uvmscope_format::kernel_spec::print(read.config), "mail");
    assert!(!read.config.diagnostic);
    assert!(read.steps.len() > 100, "{} steps", read.steps.len());
}

#[test]
fn a_table_has_the_sentences_of_the_page() {
    let table = exported(&["--as", "csv"]);
    let steps = run_on("", &["run", "--scenario", "mlock-zero", "--steps"]).stdout;
    let mut rows = 0;
    for row in table.split_terminator("\r\n").skip(1) {
        let mut cells = row.split(',');
        let place = format!("{}.{}", cells.next().expect("a call"), cells.next().expect("a step"));
        let begin = format!("  # {place}  ");
        let told = steps.lines().find(|line| line.starts_with(&begin)).expect("the step");
        let sentence = told[begin.len()..].split_once("  ").expect("a sentence").1;
        assert!(row.replace("\"\"", "\"").contains(sentence), "{row}\n{sentence}");
        rows += 1;
    }
    assert_eq!(rows, steps.lines().filter(|line| line.contains(".rs:")).count());
}

#[test]
fn a_script_with_its_outcomes_passes_its_own_test() {
    let folder = Folder::new("export");
    let args = ["export", "--scenario", "mlock-zero", "--as", "script"];
    let to = |name| folder.run(&[&args[..], &["-o", name]].concat()).printed();
    assert_eq!(to("filled.uvm"), "");
    let filled = fs::read_to_string(folder.path().join("filled.uvm")).expect("it is written");
    assert_eq!(filled, run_on("", &args).printed());
    assert!(filled.contains("\nmlock(p, 1024) = 0\n"), "{filled}");
    assert!(filled.ends_with("\nmunlock(p, 1024) = ?\n"), "{filled}");
    let tested = folder.run(&["test", "filled.uvm"]).printed();
    assert_eq!(tested, "1 script, 5 expectations: 5 met, 0 not met\n");
}

#[test]
fn what_cannot_be_exported_is_refused() {
    run_on("mlok()", &["export", "-", "--as", "csv"]).check(&expect![[r"
        --- stderr
        standard input:1:1: expected a call, read `mlok`; the nearest name is `mlock`
            mlok()
            ^^^^
        --- exit status 2
    "]]);
    let folder = Folder::new("export_refused");
    folder.file("exit.uvm", "exit()\n");
    let ran = folder.run(&["export", "exit.uvm", "--as", "trace", "-o", "no/such/folder"]);
    assert_eq!((ran.stdout.as_str(), ran.status), ("", Some(1)));
    assert!(ran.stderr.contains("no/such/folder"), "{}", ran.stderr);
    assert_eq!(folder.run(&["export", "exit.uvm"]).status, Some(2), "a form is wanted");
}
