//! `uvmscope conform`: what it says of files that agree, differ or are broken, and how it ends.

mod common;

use std::path::Path;

use expect_test::expect;

use common::{Folder, MLOCK_ZERO, Ran, gzipped, program, run_on};

/// The case that a run of `script` is, as a line of a corpus.
fn case_of(script: &str) -> String {
    let ran = run_on(script, &["run", "-", "--json"]);
    assert_eq!(ran.stderr, "");
    ran.stdout
}

/// A case of one call that agrees.
fn agreeing() -> String {
    case_of("# case agreeing\nmlock(0x1000, 4K)\n")
}

/// A case whose call answers something else than is written there.
fn differing() -> String {
    altered(&case_of("# case differing\nmlock(0x1000, 4K)\n"), "ENOMEM", "EAGAIN")
}

fn altered(case: &str, from: &str, to: &str) -> String {
    assert!(case.contains(from), "{from} is not in {case}");
    case.replacen(from, to, 1)
}

#[test]
fn recorded_cases_agree() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../format/tests/corpora");
    let files = ["atf.jsonl.gz", "./mail.jsonl.gz"];
    let ran = program(&corpora, &["conform", files[0], files[1]]).output();
    Ran::of(&ran.expect("the program starts")).check(&expect![[r"
        atf.jsonl.gz: 114 agreed, 0 differ of 114
        ./mail.jsonl.gz: 936 agreed, 0 differ of 936
        --- exit status 0
    "]]);
}

#[test]
fn the_case_that_a_run_prints_agrees() {
    let scripts = [
        MLOCK_ZERO,
        "",
        "# case with-a-name\nfile 1 pages\nmmap(0, 8K, PROT_READ, MAP_SHARED, 3, 0)\nexit()\n",
        "minherit(0x1000, 4K, -1)\nmlockall(0x80)\nmadvise(0x1000, 4K, -1)\n",
        "p = mmap(1, 1, PROT_READ, MAP_FIXED|MAP_ANON|MAP_PRIVATE, -1, 0)\nmlock(p, 1)\nexit()\n",
    ];
    for script in scripts {
        for kernel in ["original", "mail", "committed", "later"] {
            let case = run_on(script, &["run", "-", "--json", "--kernel", kernel]).stdout;
            let ran = run_on(&case, &["conform", "-"]);
            assert_eq!(ran.printed(), "-: 1 agreed, 0 differ of 1\n", "{script}");
        }
    }
}

#[test]
fn a_script_with_errors_is_a_case_up_to_the_first() {
    let ran = run_on("mlock(0x1000, 4K)\nmlokk()\nexit()\n", &["run", "-", "--json"]);
    assert_eq!(ran.status, Some(2));
    let checked = run_on(&ran.stdout, &["conform", "-"]);
    assert_eq!(checked.printed(), "-: 1 agreed, 0 differ of 1\n");
}

#[test]
fn the_first_case_that_differs_is_told_with_both_sides() {
    let folder = Folder::new("differing_cases");
    let other = differing().replace("differing", "other");
    folder.file("a.jsonl", [agreeing(), differing(), other].concat());
    folder.file("b.jsonl", agreeing());
    folder.run(&["conform", "a.jsonl", "b.jsonl"]).check(&expect![[r#"
        a.jsonl: 1 agreed, 2 differ of 3
        differing: call 1, mlock(0x1000, 4K): the answer differs
          expected errno "EAGAIN"
          got      errno "ENOMEM"
        b.jsonl: 1 agreed, 0 differ of 1
        --- exit status 1
    "#]]);
    folder.run(&["conform", "--all", "b.jsonl", "a.jsonl"]).check(&expect![[r#"
        b.jsonl: 1 agreed, 0 differ of 1
        a.jsonl: 1 agreed, 2 differ of 3
        differing: call 1, mlock(0x1000, 4K): the answer differs
          expected errno "EAGAIN"
          got      errno "ENOMEM"
        other: call 1, mlock(0x1000, 4K): the answer differs
          expected errno "EAGAIN"
          got      errno "ENOMEM"
        --- exit status 1
    "#]]);
}

#[test]
fn gzipped_and_plain_files_are_the_same() {
    let folder = Folder::new("gzipped_cases");
    let cases = [agreeing(), differing()].concat();
    folder.file("cases", &cases);
    let plain = folder.run(&["conform", "cases"]);
    folder.file("cases", gzipped(&cases));
    let packed = folder.run(&["conform", "cases"]);
    assert_eq!((plain.stdout, plain.status), (packed.stdout, packed.status));
    // Files that were gzipped one by one and put together are one gzipped file.
    folder.file("cases", [gzipped(agreeing()), gzipped(agreeing())].concat());
    assert_eq!(folder.run(&["conform", "cases"]).printed(), "cases: 2 agreed, 0 differ of 2\n");
}

#[test]
fn a_broken_line_is_named_and_all_the_rest_is_checked() {
    let folder = Folder::new("broken_lines");
    let unknown = altered(&agreeing(), "\"errno\":", "\"colour\":1,\"errno\":");
    let kind = altered(&agreeing(), "\"ev\":\"lookup\"", "\"ev\":\"look\"");
    let call = altered(&agreeing(), "\"call\":\"mlock\"", "\"call\":\"mlok\"");
    let cases = [agreeing(), "{\"id\":\n".into(), unknown, "\n".into(), kind, call, differing()];
    folder.file("broken.jsonl", cases.concat());
    folder.file("good.jsonl", agreeing());
    folder.run(&["conform", "broken.jsonl", "good.jsonl"]).check(&expect![[r#"
        broken.jsonl: 1 agreed, 1 differ of 2
        differing: call 1, mlock(0x1000, 4K): the answer differs
          expected errno "EAGAIN"
          got      errno "ENOMEM"
        good.jsonl: 1 agreed, 0 differ of 1
        --- stderr
        broken.jsonl:2: column 6: EOF while parsing a value
        broken.jsonl:3: column 258: unknown field `colour`, expected one of `errno`, `ret`, `panic`, `halt`, `entries`, `pages`, `object_wired`, `uvmexp_wired`, `pmap_wired_count`, `wirefuture`, `events`, `console`
        broken.jsonl:5: column 351: unknown variant `look`, expected one of `lookup`, `clip_start`, `clip_end`, `new_entry`, `merge`, `amap_copy`, `amap_copied`, `wired_count`, `fault_wire`, `fault_wire_failed`, `fault_unwire`, `fault`, `pagein`, `pmap_enter`, `pagewire`, `pmap_unwire`, `pageunwire`, `pagefree_wired`
        broken.jsonl:6: column 209: unknown variant `mlok`, expected one of `mmap`, `touch`, `mlock`, `munlock`, `munmap`, `mprotect`, `minherit`, `madvise`, `mlockall`, `munlockall`, `exit`
        --- exit status 2
    "#]]);
}

#[test]
fn a_file_that_cannot_be_read_does_not_keep_the_others_from_being_checked() {
    let folder = Folder::new("unreadable_cases");
    folder.file("good.jsonl", agreeing());
    let packed = gzipped(agreeing());
    folder.file("torn.jsonl.gz", &packed[..packed.len() / 2]);
    folder.run(&["conform", "missing.jsonl", "torn.jsonl.gz", "good.jsonl"]).check(&expect![[r"
        good.jsonl: 1 agreed, 0 differ of 1
        --- stderr
        missing.jsonl: No such file or directory (os error 2)
        torn.jsonl.gz: incomplete deflate stream
        --- exit status 2
    "]]);
}

#[test]
fn files_without_cases_have_nothing_that_differs() {
    assert_eq!(run_on("", &["conform", "-"]).printed(), "-: 0 agreed, 0 differ of 0\n");
    assert_eq!(run_on("\n \r\n", &["conform", "-"]).printed(), "-: 0 agreed, 0 differ of 0\n");
}

#[test]
fn bytes_that_are_no_text_are_a_broken_line() {
    let ran = run_on([0xff, 0x00, 0x80], &["conform", "-"]);
    ran.check(&expect![[r"
        -: 0 agreed, 0 differ of 0
        --- stderr
        -:1: column 1: expected value
        --- exit status 2
    "]]);
    let every_byte: Vec<u8> = (0..=255).collect();
    assert_eq!(run_on(every_byte, &["conform", "-"]).status, Some(2));
}

#[test]
fn without_a_file_there_is_nothing_to_do() {
    assert_eq!(run_on("", &["conform"]).status, Some(2));
}
