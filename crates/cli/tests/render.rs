//! `uvmscope render`: what it draws, what it refuses, and where it puts the picture.

mod common;

use std::fs;

use expect_test::{Expect, expect};

use common::{Folder, MLOCK_ZERO, Ran, run_on};

/// The picture of a place of the mail's script.
fn drawn(args: &[&str]) -> String {
    run_on("", &[&["render", "--scenario", "mlock-zero"], args].concat()).printed()
}

fn refused(script: &str, args: &[&str], expected: &Expect) {
    let ran = run_on(script, &[&["render", "-"], args].concat());
    ran.check(expected);
}

/// The words of a picture, a line for each text in it.
fn words(svg: &str) -> String {
    let mut lines = String::new();
    for piece in svg.split("<text ").skip(1) {
        let (text, _) = piece.split_once("</text>").expect("a text ends");
        let (_, mut text) = text.split_once('>').expect("a tag ends");
        while let Some((before, rest)) = text.split_once('<') {
            lines.push_str(before);
            text = rest.split_once('>').expect("a tag ends").1;
        }
        lines.push_str(text);
        lines.push('\n');
    }
    lines
}

/// Holds a picture to what every XML parser wants, and to what stands alone.
fn check_form(svg: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = svg;
    while let Some((text, tail)) = rest.split_once('<') {
        check_text(text);
        let (tag, tail) = tail.split_once('>').expect("a tag ends");
        rest = tail;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
            continue;
        }
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        check_text(attributes);
        assert_eq!(attributes.matches('"').count() % 2, 0, "{tag}");
        if !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert_eq!((open.as_slice(), rest), (&[][..], "\n"));
    for used in svg.split("url(#").skip(1) {
        let id = used.split(')').next().expect("a name");
        assert_eq!(svg.matches(&format!("id=\"{id}\"")).count(), 1, "{id}");
    }
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    assert!(!svg.contains("href"), "it fetches something");
}

fn check_text(text: &str) {
    for reference in text.split('&').skip(1) {
        let known = ["amp;", "lt;", "gt;", "quot;"];
        assert!(known.iter().any(|name| reference.starts_with(name)), "{text}");
    }
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text}");
}

#[test]
fn the_mails_story_opens_where_the_promise_breaks() {
    let svg = drawn(&["--caption"]);
    expect![[r"
        the map claims
        the pages say
        request
        1
        wired_count, was 0
        0
        wired_count
        rw
        rw
        cow · amap · 41 pages
        0x7f7ff7ecd000
        0x7f7ff7ed6000
        0x7f7ff7eff000
        a
        x = y
        b
        broken promise: says wired, 0 of 41 pages are
        1 resident of 50 pages  ·  number: the page's wire_count  ·  none held wired by the pmap
        0
        start
        end
        entry
        start_entry
        mlock [x, y)  empty: x = y
        wired_count of 0x7f7ff7ed6000–0x7f7ff7eff000 goes from 0 to 1. The request was empty,
        but the cut at its start left this entry reaching to 0x7f7ff7eff000, and all 41 pages of it
        now say wired. No page has been touched.
    "]]
    .assert_eq(&words(&svg));
    check_form(&svg);
    assert!(
        svg.contains("<desc>wired_count of 0x7f7ff7ed6000–0x7f7ff7eff000 goes from 0 to 1. The")
    );
    assert_eq!(svg, drawn(&["--caption", "--at", "3.broken"]));
    assert_eq!(svg, drawn(&["--caption", "--at", " 3.22 "]));
}

#[test]
fn where_no_promise_breaks_the_story_opens_at_its_first_call() {
    let svg = drawn(&["--kernel", "committed"]);
    assert_eq!(svg, drawn(&["--kernel", "committed", "--at", "0"]));
    assert!(svg.contains("aria-label=\"Memory map at call 1, mmap, step 0"), "{svg}");
}

#[test]
fn a_panic_is_a_picture_like_any_other() {
    let svg = drawn(&["--at", "100%", "--caption"]);
    assert!(words(&svg).contains("panic: KASSERT(pg-&gt;wire_count != 0) in uvm_pageunwire\n"));
    check_form(&svg);
    let calm = drawn(&["--at", "6.end", "--diagnostic", "off"]);
    assert!(!words(&calm).contains("panic"));
}

#[test]
fn the_same_place_is_the_same_picture_however_it_is_asked_for() {
    let folder = Folder::new("same_picture");
    folder.file("a.uvm", MLOCK_ZERO);
    let svg = drawn(&[]);
    assert_eq!(svg, drawn(&[]));
    assert_eq!(svg, folder.run(&["render", "a.uvm"]).printed());
    assert_eq!(svg, run_on(MLOCK_ZERO, &["render", "-", "-o", "-"]).printed());
    let quiet = folder.run(&["render", "a.uvm", "-o", "out.svg"]).printed();
    assert_eq!(quiet, "");
    let written = fs::read_to_string(folder.path().join("out.svg")).expect("the picture");
    assert_eq!(svg, written);
}

/// A picture without its style, its ground and its size.
fn bare(svg: &str) -> String {
    let cut = |text: &str, from: &str, to: &str| match text.split_once(from) {
        Some((before, rest)) => [before, rest.split_once(to).expect("it ends").1].concat(),
        None => text.to_owned(),
    };
    let svg = cut(svg, "<style>", "</style>");
    let svg = cut(&svg, "<rect class=\"ground\"", "/>");
    cut(&svg, " width=\"772\" height=\"", "\"")
}

#[test]
fn themes_differ_in_their_colours_only() {
    let [auto, light, dark, page] =
        ["auto", "light", "dark", "page"].map(|theme| drawn(&["--theme", theme]));
    assert_eq!(auto, drawn(&[]));
    for svg in [&auto, &light, &dark] {
        check_form(svg);
        assert_eq!(bare(svg), bare(&page));
        // Few programs but browsers know custom properties.
        assert!(!svg.contains("var("), "{svg}");
        assert!(svg.contains("<rect class=\"ground\""));
    }
    let follows = |svg: &str| svg.contains("prefers-color-scheme");
    assert_eq!([&auto, &light, &dark].map(|svg| follows(svg)), [true, false, false]);
    assert_ne!(light, dark);
    // Nothing that the policy of a page could forbid.
    assert!(!page.contains("style") && !page.contains("class=\"ground\""), "{page}");
}

#[test]
fn pictures_are_as_wide_as_asked_for() {
    for width in ["240", "340", "559", "560", "2400"] {
        for at in ["0", "2.end", "5.cut", "100%"] {
            let svg = drawn(&["--width", width, "--at", at, "--caption"]);
            assert!(svg.contains(&format!("viewBox=\"0 0 {width} ")), "{svg}");
            check_form(&svg);
        }
    }
    for width in ["239", "2401", "-1", "wide"] {
        let ran = run_on("", &["render", "-", "--width", width]);
        assert_eq!((ran.stdout.as_str(), ran.status), ("", Some(2)), "{width}");
    }
}

#[test]
fn what_is_no_place_is_told_what_a_place_looks_like() {
    refused(
        "mlock(0x1000, 4K)\n",
        &["--at", "3.7"],
        &expect![[r"
            --- stderr
            --at: `3.7` is no place of this run, which has 1 call; write call and step (`3.7`), a mark (`3.cut.1`, `3.end`), a number of steps (`12`) or a percentage (`40%`)
            --- exit status 2
        "]],
    );
    for at in ["", "-1", "1.cut", "0.1", "1.", "101%", "99999999999999999999", "here", "1.2.3"] {
        let ran = run_on("mlock(0x1000, 4K)\n", &["render", "-", "--at", at]);
        assert_eq!((ran.stdout.as_str(), ran.status), ("", Some(2)), "{at}");
        assert!(ran.stderr.starts_with(&format!("--at: `{at}` is no place")), "{}", ran.stderr);
    }
}

#[test]
fn a_script_with_errors_is_not_drawn() {
    let folder = Folder::new("render_errors");
    folder.file("bad.uvm", "mlock(0x1000, 4K)\nmlokk()\n");
    folder.file("out.svg", "as it was");
    folder.run(&["render", "bad.uvm", "-o", "out.svg"]).check(&expect![[r"
        --- stderr
        bad.uvm:2:1: expected a call, read `mlokk`; the nearest name is `mlock`
            mlokk()
            ^^^^^
        --- exit status 2
    "]]);
    let left = fs::read_to_string(folder.path().join("out.svg")).expect("the file");
    assert_eq!(left, "as it was");
}

#[test]
fn files_that_cannot_be_read_or_written_are_another_ending() {
    let folder = Folder::new("render_files");
    folder.run(&["render", "missing.uvm"]).check(&expect![[r"
        --- stderr
        uvmscope: missing.uvm: No such file or directory (os error 2)
        --- exit status 1
    "]]);
    folder.run(&["render", "--scenario", "mlock-zero", "-o", "no/folder.svg"]).check(&expect![[
        r"
        --- stderr
        uvmscope: no/folder.svg: No such file or directory (os error 2)
        --- exit status 1
    "
    ]]);
}

#[test]
fn scripts_with_little_in_them_are_drawn_too() {
    let scripts = [
        "",
        "exit()\n",
        "mlock(0xffffffffffffffff, 0xffffffffffffffff)\n",
        "mmap(0x7f7fffffe000, 4K, PROT_NONE, MAP_FIXED|MAP_ANON|MAP_PRIVATE, -1, 0)\n",
        "@mark here \"<&>\"\nmmap(0x1000, 4K, PROT_READ, MAP_FIXED|MAP_ANON|MAP_PRIVATE, -1, 0)\n",
    ];
    for script in scripts {
        for at in ["0", "100%"] {
            let ran: Ran = run_on(script, &["render", "-", "--at", at, "--caption"]);
            check_form(&ran.printed());
        }
    }
    assert!(run_on(scripts[4], &["render", "-", "--at", "here"]).printed().contains("<svg"));
}

#[test]
fn something_to_draw_has_to_be_named() {
    assert_eq!(run_on("", &["render"]).status, Some(2));
    assert_eq!(run_on("", &["render", "a.uvm", "--scenario", "mlock-zero"]).status, Some(2));
}

/// A run as a picture that plays by itself.
fn played(args: &[&str]) -> String {
    drawn(&[&["--animate"], args].concat())
}

#[test]
fn a_run_plays_in_a_picture_that_is_small_and_stands_alone() {
    let film = played(&[]);
    check_form(&film);
    assert!(film.len() < 60_000, "{} bytes", film.len());
    assert_eq!(film, played(&[]));
    assert!(!film.contains("<script") && !film.contains("@import"));
    // The beginning, the step that the story is about, and the end.
    for said in ["call 1 of 6, step 0 of ", "call 3 of 6, step 22 of 30"] {
        assert_eq!(film.matches(said).count(), 1, "{said}");
    }
    assert!(words(&film).contains("panic: KASSERT"));
    let narrow = played(&["--width", "360"]);
    check_form(&narrow);
    assert!(narrow.len() < 60_000, "{} bytes", narrow.len());
}

#[test]
fn every_rule_of_a_film_is_for_something_and_has_its_frames() {
    let film = played(&[]);
    let names: Vec<&str> = film
        .split("animation-name:")
        .skip(1)
        .filter_map(|rest| rest.split(['}', ';']).next())
        .collect();
    assert!(names.len() > 20);
    for name in names {
        assert_eq!(film.matches(&format!("@keyframes {name}{{")).count(), 1, "{name}");
        let used = [format!(" {name}\""), format!(" {name} off\""), format!("\"{name}\"")];
        assert!(used.iter().any(|class| film.contains(class)), "{name} is for nothing");
    }
}

#[test]
fn where_nothing_moves_a_film_is_the_picture_of_one_place() {
    // What is not off without a motion says the same as the picture of that place.
    let still = |film: &str| {
        let mut shown = String::new();
        let (mut hidden, mut depth) = (None, 0);
        for tag in film.split('<').skip(1) {
            if tag.starts_with("g ") || tag.starts_with("g>") {
                depth += 1;
                if hidden.is_none() && tag.contains(" off\"") {
                    hidden = Some(depth);
                }
            }
            if hidden.is_none() {
                shown.push('<');
                shown.push_str(tag);
            }
            if tag.starts_with("/g>") {
                if hidden == Some(depth) {
                    hidden = None;
                }
                depth -= 1;
            }
        }
        let mut words: Vec<String> = words(&shown).lines().map(ToOwned::to_owned).collect();
        words.sort();
        words
    };
    for at in ["3.22", "6.end", "1.0"] {
        let picture = drawn(&["--caption", "--at", at]);
        let mut expected: Vec<String> = words(&picture).lines().map(ToOwned::to_owned).collect();
        let shown = still(&played(&["--at", at]));
        let foot = shown.iter().find(|line| line.starts_with("call ")).expect("where it is");
        expected.push(foot.clone());
        expected.sort();
        assert_eq!(shown, expected, "{at}");
    }
}

#[test]
fn a_long_run_plays_in_part_and_says_so() {
    let mut script = String::from("mmap(0x10000, 8K, PROT_READ, MAP_FIXED|MAP_ANON, -1, 0)\n");
    script.push_str(&"mlock(0x10000, 4K)\nmunlock(0x10000, 4K)\n".repeat(200));
    let ran = run_on(&script, &["render", "-", "--animate"]);
    let (film, told) = (ran.stdout, ran.stderr);
    check_form(&film);
    assert!(told.contains("shows 60 places of the run"), "{told}");
    assert_eq!(film.matches("call 1 of 401, step 0").count(), 1);
}

#[test]
fn two_kernels_are_drawn_one_above_the_other() {
    let pair = drawn(&["--compare", "committed", "--caption"]);
    check_form(&pair);
    let said = words(&pair);
    assert!(said.contains("original at 3.22\n") && said.contains("committed at 3.14\n"), "{said}");
    assert!(said.contains("asks whether the range is empty"), "{said}");
    // On one axis: the same address is at the same place in both.
    let addresses = |word: &str| -> Vec<&str> {
        let begin = format!("data-k=\"{word}\" transform=\"translate(");
        pair.split(&*begin).skip(1).filter_map(|rest| rest.split(' ').next()).collect()
    };
    let [first, second] = addresses("boundary-0x7f7ff7ed6000")[..] else { panic!("not two") };
    assert_eq!(first, second);
    let before = drawn(&["--compare", "committed", "--caption", "--at", "1.end"]);
    assert!(words(&before).contains("Both kernels have done the same so far. They part at 3."));
    let same = drawn(&["--compare", "original", "--caption"]);
    assert!(words(&same).contains("Both kernels do the same in every call."));
}

#[test]
fn points_are_drawn_as_many_as_asked_for() {
    let folder = Folder::new("points");
    folder.file("a.uvm", MLOCK_ZERO);
    let size = |args: &[&str]| {
        let all = [&["render", "a.uvm", "--png", "-o", "a.png"], args].concat();
        assert_eq!(folder.run(&all).printed(), "");
        let file = fs::read(folder.path().join("a.png")).expect("the picture");
        assert_eq!(&file[..8], b"\x89PNG\r\n\x1a\n");
        let side = |at: usize| u32::from_be_bytes(file[at..at + 4].try_into().expect("four"));
        (side(16), side(20))
    };
    let (width, height) = size(&[]);
    assert_eq!(width, 2 * 772);
    assert_eq!(size(&["--scale", "1"]), (width / 2, height / 2));
    assert!(size(&["--caption"]).1 > height);
    let file = |theme: &str| {
        size(&["--theme", theme]);
        fs::read(folder.path().join("a.png")).expect("the picture")
    };
    let light = file("light");
    assert!(file("auto") == light && file("page") == light && file("dark") != light);
    assert!(size(&["--compare", "committed"]).1 > height);
}

#[test]
fn what_does_not_go_together_is_refused() {
    let folder = Folder::new("not_together");
    folder.file("a.uvm", MLOCK_ZERO);
    for args in [
        &["--animate", "--png"][..],
        &["--animate", "--compare", "committed"],
        &["--scale", "2"],
        &["--png", "--scale", "0"],
        &["--png", "--scale", "much"],
        &["--compare", "orignal"],
    ] {
        let ran = folder.run(&[&["render", "a.uvm"], args].concat());
        assert_eq!((ran.status, ran.stdout.as_str()), (Some(2), ""), "{args:?}");
        assert!(ran.stderr.len() > 40, "{args:?}");
    }
}
