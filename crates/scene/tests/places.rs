//! Places as text: what is written is read back, and names what lasts.

mod common;

use uvmscope_replay::{CallLine, Place, Script, Timeline};
use uvmscope_scene::Story;
use uvmscope_uvm::{Call, Change, Config, Preset, Vm};

use common::{BUF, P, mail, random_story, story};

/// Every place of a run.
fn places(story: &Story) -> Vec<Place> {
    let timeline = story.timeline();
    let mut places = vec![timeline.first_place()];
    while let Some(next) = places.last().and_then(|last| timeline.step_on(*last)) {
        places.push(next);
    }
    places
}

/// Holds every place to being read back, and gives what is written for each.
fn addresses(story: &Story) -> Vec<String> {
    let address = |place: &Place| {
        let text = story.address(*place);
        assert_eq!(story.place_of(&text), Ok(*place), "{text}");
        text
    };
    places(story).iter().map(address).collect()
}

/// The mail's story, with the script's marks before some of its calls.
fn marked(names: &[(usize, &str)]) -> Story {
    let plain = mail(Config::ORIGINAL);
    let mut lines: Vec<CallLine> =
        plain.timeline().script().calls().map(|(_, line)| line.clone()).collect();
    for (call, name) in names {
        lines[call - 1].mark = Some(((*name).to_owned(), String::new()));
    }
    let script = Script::of_calls(lines);
    Story::new(std::rc::Rc::new(Timeline::record(std::rc::Rc::new(script), Config::ORIGINAL)))
}

#[test]
fn every_place_of_every_script_reads_back() {
    for preset in Preset::ALL {
        addresses(&mail(Config::preset(preset)));
    }
    for seed in 0..40 {
        addresses(&random_story(seed));
    }
}

#[test]
fn no_two_places_share_a_text() {
    let mut texts = addresses(&mail(Config::ORIGINAL));
    let all = texts.len();
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), all);
}

#[test]
fn a_place_is_told_by_the_mark_that_it_has() {
    let story = mail(Config::ORIGINAL);
    let texts = addresses(&story);
    for text in ["1.0", "3.0", "3.cut.1", "3.refused.1", "3.count.1", "3.nothing.1", "3.end"] {
        assert!(texts.iter().any(|t| t == text), "{text}: {texts:?}");
    }
    // The step that counts the tail as wired breaks the promise, too; one of the two names it.
    assert_eq!(story.address(story.opening()), "3.count.1");
    assert_eq!(story.address(story.timeline().last_place()), "6.end");
    let numbers = texts.iter().filter(|t| t.starts_with("3.") && t[2..].parse::<u32>().is_ok());
    assert!(numbers.count() > 3, "steps without a mark go by their numbers");
}

#[test]
fn a_kernel_that_tests_more_moves_numbers_and_not_marks() {
    let more =
        Config { changes: [Change::SyscallWrapCheck].into_iter().collect(), ..Config::ORIGINAL };
    let [plain, more] = [Config::ORIGINAL, more].map(mail);
    let place = |story: &Story| story.place_of("3.count.1").expect("the mark is there");
    assert_ne!(place(&plain), place(&more));
    assert_eq!(plain.address(place(&plain)), more.address(place(&more)));
}

#[test]
fn the_marks_of_a_script_name_the_entries_of_their_calls() {
    let story = marked(&[(3, "empty-lock"), (4, "12"), (5, &"long".repeat(20))]);
    let entry = |call| story.address(Place { call, step: 0 });
    assert_eq!(entry(3), "empty-lock");
    // A name that reads as something else, and one that is too long, are not used.
    assert_eq!([entry(4), entry(5)], ["4.0", "5.0"]);
    addresses(&story);
}

#[test]
fn a_place_that_does_not_exist_is_told_as_the_one_nearest_to_it() {
    let story = mail(Config::ORIGINAL);
    assert_eq!(story.address(Place { call: 99, step: 7 }), "6.end");
    assert_eq!(story.address(Place { call: 3, step: usize::MAX }), "3.end");
    let empty = story_of_nothing();
    assert_eq!(addresses(&empty), ["0"]);
}

fn story_of_nothing() -> Story {
    story([] as [Call; 0], Config::ORIGINAL, Vm::default())
}

#[test]
fn calls_that_did_not_run_have_their_entries_only() {
    let calls = [Call::Exit, Call::Mlock { addr: P, len: 0 }, Call::Munlock { addr: BUF, len: 1 }];
    let story = story(calls, Config::ORIGINAL, Vm::default());
    assert_eq!(addresses(&story).last().map(String::as_str), Some("1.end"));
}
