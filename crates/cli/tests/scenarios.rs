//! `uvmscope scenarios`, as a person runs it.

mod common;

use expect_test::expect;
use uvmscope_format::scenarios::ALL;

use common::run_on;

#[test]
fn every_scenario_is_listed_once_and_can_be_run() {
    let printed = run_on("", &["scenarios"]).printed();
    let listed: Vec<&str> = printed
        .lines()
        .filter_map(|line| line.strip_prefix("  "))
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert_eq!(listed, ALL.map(|s| s.name));
    for name in listed {
        let ran = run_on("", &["run", "--scenario", name]);
        assert_eq!(ran.stderr, "", "{name}");
        // Some end in a panic, which is their point.
        let halted = ran.stdout.contains("  # panic: ");
        assert_eq!(ran.status, Some(if halted { 3 } else { 0 }), "{name}");
        assert!(!ran.stdout.contains("# expected"), "{name}:\n{}", ran.stdout);
    }
}

#[test]
fn a_tag_picks_those_that_have_it() {
    run_on("", &["scenarios", "--tag", "amap"]).check(&expect![[r"
        A first look
          first-touch         Mapping reserves addresses; touching brings pages
                              [mmap, touch, resident, amap]
          merge               When entries grow together
                              [mmap, touch, merge, amap]

        Surprises
          chunks              One page of a large mapping is locked, and it falls into five
                              [mlock, amap, split]
          future-frees-entry  A walk over entries whose own step removes one of them
                              [mprotect, mlockall, PROT_NONE, merge, amap]
        --- exit status 0
    "]]);
    let lower = run_on("", &["scenarios", "--tag", "atf"]).printed();
    assert_eq!(lower, run_on("", &["scenarios", "--tag", "ATF"]).printed());
    assert_eq!(lower.lines().next(), Some("NetBSD's own tests"));
}

#[test]
fn an_unknown_tag_is_told_with_the_nearest() {
    run_on("", &["scenarios", "--tag", "munloc"]).check(&expect![[r"
        --- stderr
        error: invalid value 'munloc' for '--tag <TAG>': no scenario has this tag; the nearest tag is `munlock`

        For more information, try '--help'.
        --- exit status 2
    "]]);
    let long = "x".repeat(1 << 12);
    let ran = run_on("", &["scenarios", "--tag", &long]);
    assert_eq!(ran.status, Some(2));
    assert!(ran.stderr.contains("without --tag all of them are listed"), "{}", ran.stderr);
}
