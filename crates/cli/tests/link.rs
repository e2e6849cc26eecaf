//! `uvmscope link` and `uvmscope open`: a script goes into a link and comes out of it.

mod common;

use expect_test::expect;

use common::{Folder, MLOCK_ZERO, run_on};

const SCRIPT: &str = "kernel mail\n# two pages\nm = mmap(0x10000, 8K, PROT_READ, \
                      MAP_FIXED|MAP_ANON|MAP_PRIVATE, -1, 0)\n@mark hole \"look\"\nmlock(m, 4K)\n";

fn link(script: &str, args: &[&str]) -> String {
    run_on(script, &[&["link", "-"], args].concat()).printed()
}

#[test]
fn a_scenario_is_linked_by_its_name_and_its_places_by_their_marks() {
    let of = |args: &[&str]| {
        let by_name = run_on("", &[&["link", "--scenario", "mlock-zero"], args].concat()).printed();
        // The same text in a file is the same link.
        assert_eq!(link(MLOCK_ZERO, args), by_name);
        by_name
    };
    assert_eq!(of(&[]), "#mlock-zero\n");
    let base = ["--base", "https://uvmscope.example/"];
    assert_eq!(of(&base), "https://uvmscope.example/#mlock-zero\n");
    let at = |place| of(&["--kernel", "original", "--at", place]);
    assert_eq!(at("100%"), "#mlock-zero/original@6.end\n");
    assert_eq!(at("3.broken"), "#mlock-zero/original@3.count.1\n");
    assert_eq!(at("3.1"), "#mlock-zero/original@3.1\n");
    let compared = of(&["--compare", "committed", "--at", "3.end", "--diagnostic", "off"]);
    assert_eq!(compared, "#mlock-zero/original..committed@3.end&d=off\n");
}

#[test]
fn a_script_comes_out_as_it_went_in() {
    let made = link(SCRIPT, &["--at", "2.0"]);
    assert!(made.starts_with("#v=1&at=hole&n="), "{made}");
    assert_eq!(run_on("", &["open", made.trim_end()]).printed(), format!("# at: hole\n{SCRIPT}"));
    assert_eq!(run_on(&made, &["open", "-"]).printed(), format!("# at: hole\n{SCRIPT}"));
    // What is printed is a script.
    let opened = run_on("", &["open", made.trim_end()]).printed();
    let ran = |script: &str| run_on(script, &["run", "-"]).printed();
    assert_eq!(ran(&opened), ran(SCRIPT));
}

#[test]
fn comments_tell_what_a_link_says_besides() {
    let link = "https://uvmscope.example/#mlock-zero/original..mail@3.7..3.9&d=on..off&colour=red";
    let ran = run_on("", &["open", link]);
    let (said, script) = ran.stdout.split_at(ran.stdout.len() - MLOCK_ZERO.len());
    assert_eq!((script, ran.status), (MLOCK_ZERO, Some(0)));
    expect![[r"
        # scenario: mlock-zero
        # on the kernel: original
        # compared with: mail without DIAGNOSTIC
        # at: 3.7 and 3.9
    "]]
    .assert_eq(said);
    assert_eq!(ran.stderr, "`colour` is no key of a link; it is ignored\n");
}

#[test]
fn what_is_no_link_is_refused() {
    run_on("", &["open", "#mlock-zro"]).check(&expect![[r"
        --- stderr
        no scenario is called `mlock-zro`; the nearest name is `mlock-zero`
        --- exit status 2
    "]]);
    let half = link(SCRIPT, &[]).get(..60).expect("the beginning").to_owned();
    run_on(half, &["open", "-"]).check(&expect![[r"
        --- stderr
        the link was cut off: 47 of the 171 characters of its script are left; copy the whole of it
        --- exit status 2
    "]]);
    run_on("x".repeat(100_000), &["open", "-"]).check(&expect![[r"
        --- stderr
        this is longer than a link of 8000 characters can be; open a script from a file instead
        --- exit status 2
    "]]);
}

#[test]
fn what_cannot_be_linked_is_refused() {
    let refused = |script: &str, args: &[&str]| run_on(script, &[&["link", "-"], args].concat());
    refused("mlok(0, 0)", &[]).check(&expect![[r"
        --- stderr
        standard input:1:1: expected a call, read `mlok`; the nearest name is `mlock`
            mlok(0, 0)
            ^^^^
        --- exit status 2
    "]]);
    refused("exit()", &["--at", "7.1"]).check(&expect![[r"
        --- stderr
        --at: `7.1` is no place of this run, which has 1 call; write call and step (`3.7`), a mark (`3.cut.1`, `3.end`), a number of steps (`12`) or a percentage (`40%`)
        --- exit status 2
    "]]);
    // Refused before the script is read.
    assert_eq!(refused("", &["--base", "https://uvmscope.example/#"]).status, Some(2));
    let mut state = 1u64;
    let line = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        format!("mlock({:#x}, 0)\n", state >> 20)
    };
    let long: String = std::iter::repeat_with(line).take(2000).collect();
    let ran = refused(&long, &[]);
    assert_eq!((ran.stdout.as_str(), ran.status), ("", Some(2)));
    assert!(ran.stderr.ends_with("hand on the script as a file instead\n"), "{}", ran.stderr);
    assert_eq!(Folder::new("link").run(&["link", "missing.uvm"]).status, Some(1));
}
