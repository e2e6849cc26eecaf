//! The map as a table.

mod common;

use common::{P, mail, random_story};
use uvmscope_scene::glossary;
use uvmscope_uvm::{Config, Vaddr};

#[test]
fn the_table_says_what_the_picture_shows() {
    let story = mail(Config::ORIGINAL);
    let mut cursor = story.timeline().cursor();
    cursor.seek(story.place_of("3.broken").expect("a place"));
    let table = story.table(&cursor, 100);
    assert_eq!(table.rows.len(), 2);
    let tail = &table.rows[1];
    assert_eq!((tail.range.start, tail.wired_count), (Vaddr(P), 1));
    assert_eq!(tail.pins, ["entry", "start_entry"]);
    assert!(tail.touched);
    assert_eq!(tail.promise, Some(("says wired, 0 of 41 pages are".to_owned(), true)));
    assert_eq!(tail.pages.len(), 1);
    assert_eq!((tail.pages[0].wire_count, tail.pages[0].held), (0, false));
    assert_eq!(table.rows[0].promise, None);
}

#[test]
fn a_long_table_is_cut_around_what_the_step_is_about() {
    for seed in 0..80 {
        let story = random_story(seed);
        let mut cursor = story.timeline().cursor();
        loop {
            let (short, long) = (story.table(&cursor, 4), story.table(&cursor, 1000));
            let entries = cursor.state().entry_count();
            assert_eq!(short.before + short.rows.len() + short.behind, entries);
            assert!(short.rows.len() <= 4 && long.rows.len() == entries);
            assert_eq!(short.rows, long.rows[short.before..short.before + short.rows.len()]);
            let touched = |rows: &[uvmscope_scene::table::Row]| rows.iter().any(|r| r.touched);
            assert_eq!(touched(&short.rows), touched(&long.rows), "seed {seed}");
            if !cursor.step_on() {
                break;
            }
        }
    }
}

#[test]
fn every_word_is_explained_once_and_in_a_sentence() {
    for (n, term) in glossary::TERMS.iter().enumerate() {
        assert!(term.meaning.ends_with('.'), "{}", term.word);
        assert_eq!(glossary::TERMS.iter().position(|t| t.word == term.word), Some(n));
        assert_eq!(glossary::meaning(term.word), Some(term.meaning));
    }
    assert_eq!(glossary::meaning("mlock"), None);
}

#[test]
fn the_subject_of_a_step_is_what_it_changes() {
    use uvmscope_scene::Subject;
    let story = mail(Config::ORIGINAL);
    let mut cursor = story.timeline().cursor();
    let mut at = |place: &str| {
        cursor.seek(story.place_of(place).expect("a place"));
        story.subject(&cursor)
    };
    assert_eq!(at("3.cut"), Some(Subject::Boundary(Vaddr(P))));
    assert_eq!(at("3.refused"), Some(Subject::Cut));
    assert!(matches!(at("3.count"), Some(Subject::WiredCount(_))));
    assert_eq!(at("6.console"), Some(Subject::Page(Vaddr(P))));
    assert!(matches!(at("6.panic"), Some(Subject::WiredCount(_))));
}

#[test]
fn what_is_in_hand_lies_in_the_map() {
    for seed in 0..40 {
        let story = random_story(seed);
        let mut cursor = story.timeline().cursor();
        loop {
            if let Some(range) = story.entry_in_hand(&cursor) {
                assert!(cursor.state().entries().any(|(_, e)| e.range == range));
            }
            if let Some(range) = story.page_in_hand(&cursor) {
                assert!(range.pages().0 <= 17 && !range.is_empty());
            }
            if !cursor.step_on() {
                break;
            }
        }
    }
}
