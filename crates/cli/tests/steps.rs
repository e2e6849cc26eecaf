//! `uvmscope run --steps`: each step with its line and its sentence.

mod common;

use std::path::Path;
use std::rc::Rc;

use expect_test::expect;
use uvmscope_replay::{Place, Timeline};
use uvmscope_scene::Story;

use common::{MLOCK_ZERO, run_on};

/// A step as it is printed.
struct Step {
    place: String,
    /// The file and the line in it; an entry of a call has none.
    at: Option<(String, usize)>,
    said: String,
}

impl Step {
    fn read(line: &str) -> Option<Self> {
        let (place, rest) = line.strip_prefix("  # ")?.split_once("  ")?;
        let (at, said) = match rest.split_once("  ") {
            Some((position, said)) => {
                let (file, line) = position.split_once(':')?;
                (Some((file.to_owned(), line.parse().ok()?)), said)
            }
            None => (None, rest),
        };
        Some(Self { place: place.to_owned(), at, said: said.to_owned() })
    }
}

fn steps() -> Vec<Step> {
    told().lines().filter_map(Step::read).collect()
}

fn told() -> String {
    run_on(MLOCK_ZERO, &["run", "-", "--steps"]).stdout
}

#[test]
fn a_call_is_followed_by_its_steps() {
    let told = told();
    let shown: Vec<String> = told
        .lines()
        .skip_while(|line| !line.starts_with("munlock("))
        .take_while(|line| !line.starts_with("mlock("))
        // Lines move when the source is laid out anew; another test holds them.
        .map(|line| match line.split_once(".rs:") {
            Some((before, after)) => {
                format!("{before}.rs:_{}", after.trim_start_matches(|c: char| c.is_ascii_digit()))
            }
            None => line.to_owned(),
        })
        .collect();
    expect![[r"
        munlock(0x7f7ff7ed6000, 0) = 0
          # 4.0  munlock(0x7f7ff7ed6000, 0) asks to unwire an empty range. It starts and ends at 0x7f7ff7ed6000: x = y.
          # 4.1  uvm_mmap.rs:_  sys_munlock begins: the kernel looks at the arguments of munlock. Its range is empty: start and end are 0x7f7ff7ed6000.
          # 4.2  uvm_mmap.rs:_  range_test begins: whether the range fits into the address space. Its range is empty: start and end are 0x7f7ff7ed6000.
          # 4.3  uvm_mmap.rs:_  0x7f7ff7ed6000 does not lie below the map, which begins at 0x1000.
          # 4.4  uvm_mmap.rs:_  0x7f7ff7ed6000 does not lie above the map, which ends at 0x7f7ffffff000.
          # 4.5  uvm_mmap.rs:_  The end 0x7f7ff7ed6000 does not lie below the start 0x7f7ff7ed6000.
          # 4.6  uvm_mmap.rs:_  range_test is done.
          # 4.7  uvm_map_pageable.rs:_  uvm_map_pageable begins: a range is to be unwired. Its range is empty: start and end are 0x7f7ff7ed6000.
          # 4.8  uvm_map_pageable.rs:_  The range lies within the map: nothing to clamp.
          # 4.9  uvm_map_pageable.rs:_  The lookup finds the entry 0x7f7ff7ed6000–0x7f7ff7eff000. 0x7f7ff7ed6000 is its very start. Its wired_count is 1.
          # 4.10  uvm_map_pageable.rs:_  `start_entry` points at 0x7f7ff7ed6000–0x7f7ff7eff000. It holds the first address of the range; every walk over the range begins here.
          # 4.11  uvm_map_pageable.rs:_  No cut at 0x7f7ff7ed6000: 0x7f7ff7ed6000 < 0x7f7ff7ed6000 is false. 0x7f7ff7ed6000 is the entry's own start; at the start of the range nothing has to come off.
          # 4.12  uvm_map_pageable.rs:_  `entry` points at 0x7f7ff7ed6000–0x7f7ff7eff000. The first walk begins: it only checks.
          # 4.13  uvm_map_pageable.rs:_  0x7f7ff7ed6000 < 0x7f7ff7ed6000 is false: the walk ends. The check is over before it has begun: the range holds nothing.
          # 4.14  uvm_map_pageable.rs:_  `entry` points at 0x7f7ff7ed6000–0x7f7ff7eff000. The second walk begins: now it unwires.
          # 4.15  uvm_map_pageable.rs:_  0x7f7ff7ed6000 < 0x7f7ff7ed6000 is false: the walk ends. So there is nothing to release either.
          # 4.16  uvm_map_pageable.rs:_  uvm_map_pageable is done.
          # 4.17  uvm_mmap.rs:_  munlock returns 0: success. It has changed nothing at all. A promise stays broken: 0x7f7ff7ed6000–0x7f7ff7eff000 says wired, 0 of 41 pages are.
    "]].assert_eq(&(shown.join("\n") + "\n"));
}

#[test]
fn every_sentence_is_the_one_that_the_page_has_for_the_place() {
    let script = Rc::new(uvmscope_format::parse(MLOCK_ZERO).script);
    let config = script.config;
    let timeline = Rc::new(Timeline::record(script, config));
    let story = Story::new(Rc::clone(&timeline));
    let mut cursor = timeline.cursor();
    let mut told = steps().into_iter().map(|step| (step.place, step.said));
    for (call, run) in (1..).zip(timeline.calls()) {
        for step in 0..=run.steps() {
            let place = Place { call, step };
            cursor.seek(place);
            assert_eq!(told.next(), Some((place.to_string(), story.caption(&cursor).plain())));
        }
    }
    assert_eq!(told.next(), None);
}

#[test]
fn every_line_is_one_of_the_kernel_that_ran() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../uvm/src/kern");
    let source_line = |file: &str, line: usize| {
        let text = std::fs::read_to_string(sources.join(file)).expect("a file of the kernel");
        text.lines().nth(line - 1).expect("a line of the file").trim().to_owned()
    };
    let steps = steps();
    let line_of = |sentence: &str| {
        let step = steps.iter().find(|step| step.said.starts_with(sentence));
        let at = step.and_then(|step| step.at.as_ref());
        let (file, line) = at.expect("there is such a step, and it is no entry of a call");
        format!("{sentence}: {}\n", source_line(file, *line))
    };
    let lines = [
        "uvm_map_pageable begins",
        "The entry is cut in two at 0x7f7ff7ed6000",
        "No cut at 0x7f7ff7ed6000",
        "wired_count of 0x7f7ff7ed6000\u{2013}0x7f7ff7eff000 goes from 0 to 1",
        "The kernel panics",
    ]
    .map(line_of)
    .concat();
    expect![[r"
        uvm_map_pageable begins: k.enter(Func::UvmMapPageable, Args::Range(range));
        The entry is cut in two at 0x7f7ff7ed6000: k.cut_front(entry, at);
        No cut at 0x7f7ff7ed6000: clip_end(k, entry, range.end);
        wired_count of 0x7f7ff7ed6000–0x7f7ff7eff000 goes from 0 to 1: k.add_wired_count(entry, 1);
        The kernel panics: return k.panic(Panic::PageNotWired);
    "]]
    .assert_eq(&lines);
    for Step { place, at, .. } in &steps {
        let line = at.as_ref().map(|(file, line)| source_line(file, *line));
        assert!(line.is_none_or(|line| !line.is_empty() && !line.starts_with("//")), "{place}");
    }
}

#[test]
fn steps_and_a_case_are_not_asked_for_at_once() {
    assert_eq!(
        run_on("", &["run", "--scenario", "mlock-zero", "--json", "--steps"]).status,
        Some(2)
    );
}
