//! Sentences: those of the mail's story, and that every step of any script has one.

mod common;

use std::fmt::Write as _;

use common::{mail, random_story};
use expect_test::expect_file;
use uvmscope_uvm::{Change, Changes, Config};

/// Every sentence of a run, each behind its place.
fn told(story: &uvmscope_scene::Story) -> String {
    let mut cursor = story.timeline().cursor();
    let mut lines = String::new();
    loop {
        let caption = story.caption(&cursor);
        let place = cursor.place().to_string();
        writeln!(lines, "{place:<5} {}", caption.plain()).expect("room in memory");
        if !cursor.step_on() {
            return lines;
        }
    }
}

#[test]
fn the_mails_story_on_the_original_kernel() {
    expect_file!["told/original.txt"].assert_eq(&told(&mail(Config::ORIGINAL)));
}

#[test]
fn the_mails_story_with_the_one_piece_that_cures_it() {
    let changes = Changes::NONE.with(Change::PageableEmptyReturn);
    let config = Config { diagnostic: true, changes };
    expect_file!["told/pageable-empty-return.txt"].assert_eq(&told(&mail(config)));
}

#[test]
fn every_step_of_every_script_is_told_in_a_sentence() {
    for seed in 0..400 {
        let story = random_story(seed);
        let mut cursor = story.timeline().cursor();
        loop {
            let caption = story.caption(&cursor);
            let place = cursor.place();
            let event = story.event(place).map(|r| &r.event);
            let said = caption.plain();
            let ends = |text: &str| text.is_empty() || text.ends_with(['.', '"']);
            assert!(!caption.lead.is_empty(), "script {seed} at {place}: nothing on {event:?}");
            let whole = ends(&caption.lead) && ends(&caption.rest);
            assert!(whole, "script {seed} at {place}: {said} is no sentence");
            assert!(!said.contains("  "), "script {seed} at {place}: {said}");
            if !cursor.step_on() {
                break;
            }
        }
    }
}
