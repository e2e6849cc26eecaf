//! Scripts with their outcomes filled in: the reader's own text, and expectations that are met.

#[allow(dead_code, reason = "only the calls of random scripts are wanted")]
#[path = "../../uvm/tests/common/mod.rs"]
mod random;

use std::rc::Rc;

use expect_test::{Expect, expect};
use uvmscope_format::export::with_outcomes;
use uvmscope_format::{kernel_spec, parse, to_text};
use uvmscope_replay::{Script, Timeline, Verdict};
use uvmscope_uvm::Config;

fn run(text: &str, config: Option<Config>) -> Timeline {
    let parsed = parse(text);
    assert_eq!(parsed.errors, [], "{text}");
    let config = config.unwrap_or(parsed.script.config);
    Timeline::record(Rc::new(parsed.script), config)
}

/// Fills the outcomes in, and holds them to being met.
fn filled(text: &str, config: Option<Config>) -> String {
    let timeline = run(text, config);
    let filled = with_outcomes(text, &timeline);
    let again = run(&filled, None);
    assert_eq!(again.config(), timeline.config(), "{filled}");
    for (run, before) in again.calls().iter().zip(timeline.calls()) {
        assert_eq!(run.outcome, before.outcome, "{filled}");
        assert!(matches!(run.verdict, None | Some(Verdict::Met)), "{run:?} in {filled}");
    }
    assert_eq!(with_outcomes(&filled, &again), filled, "filled in twice");
    filled
}

fn check(text: &str, config: Option<Config>, expected: &Expect) {
    expected.assert_eq(&filled(text, config));
}

#[test]
fn comments_names_and_blanks_stay_as_they_were() {
    check(
        "# a story\nkernel original   # the old one\n\nmap 0x20000-0x21000 rw-p # listed\n\
         p  =  mmap(0x10000, 8K, PROT_READ, MAP_FIXED|MAP_ANON|MAP_PRIVATE, -1, 0)   # two pages\n\
         \tmlock( p,4K )= 7 # wrong\nq = p + 4K\nmunlock(q, 4K) = -1 ENOMEM (no memory)\n\
         m = mlock(0x90000, 1)\ntouch(m, 1) = 0\nexit() # done\nmunlockall() = 0",
        None,
        &expect![[r"
            # a story
            kernel original   # the old one

            map 0x20000-0x21000 rw-p # listed
            p  =  mmap(0x10000, 8K, PROT_READ, MAP_FIXED|MAP_ANON|MAP_PRIVATE, -1, 0) = 0x10000   # two pages
            	mlock( p,4K ) = 0 # wrong
            q = p + 4K
            munlock(q, 4K) = -1 EINVAL
            m = mlock(0x90000, 1) = -1 ENOMEM
            touch(m, 1) = ?
            exit() = 0 # done
            munlockall() = ?"]],
    );
}

#[test]
fn a_call_that_panics_and_those_behind_it_have_no_answer() {
    let text = uvmscope_format::scenarios::get("mlock-zero").expect("it comes along").text;
    let filled = filled(&format!("{text}\nmlock(p, 0) = 0\n"), None);
    let end = filled.rsplit_once("release.\n").expect("the last comment").1;
    expect![[r#"
        @mark lock-page "the count goes from 1 to 2, and only a count of exactly 1 is faulted in"
        mlock(p, 1024) = 0
        @mark unlock-page "the entry says wired, the page's wire_count is 0"
        @ask "What does the kernel find when it unwires this page?"
        munlock(p, 1024) = ?

        mlock(p, 0) = ?
    "#]]
    .assert_eq(end);
}

#[test]
fn the_kernel_that_answered_is_named() {
    let config = |text: &str| {
        let changes = kernel_spec::parse(text).expect("a kernel");
        Some(Config { changes, diagnostic: false })
    };
    let lock = "p = mmap(0, 4K, PROT_READ, MAP_ANON|MAP_PRIVATE, -1, 0)\nmlock(p, 0)\n";
    check(
        lock,
        config("mail"),
        &expect![[r"
        kernel mail
        diagnostic off
        p = mmap(0, 4K, PROT_READ, MAP_ANON|MAP_PRIVATE, -1, 0) = 0x7f7ff7fff000
        mlock(p, 0) = 0
    "]],
    );
    let set = format!("# case one\r\nkernel original # old\r\ndiagnostic on\r\n{lock}");
    let filled = filled(&set, config("later"));
    assert!(filled.starts_with("# case one\r\nkernel later # old\r\ndiagnostic off\r\np = "));
}

#[test]
fn a_byte_order_mark_stays_in_front() {
    let text = "\u{feff}munmap(0, 0)\n";
    assert_eq!(filled(text, None), "\u{feff}munmap(0, 0) = 0\n");
    let changes = kernel_spec::parse("mail").expect("a kernel");
    let filled = filled(text, Some(Config { changes, ..Config::ORIGINAL }));
    assert_eq!(filled, "\u{feff}kernel mail\nmunmap(0, 0) = 0\n");
}

#[test]
fn the_outcomes_of_any_script_are_met() {
    for seed in 0..60 {
        let mut random = random::Random::new(seed);
        let (config, vm) = (random.config(), random.vm());
        let script = Script { config, vm, ..Script::of_calls(random.calls(30)) };
        filled(&to_text(&script), None);
    }
}
