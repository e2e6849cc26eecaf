//! `uvmscope mdbook`: what becomes of a book.

mod common;

use common::{Folder, run_on};

/// A book of one chapter, as mdBook hands it over; `parts` is what its version calls its parts.
fn book(parts: &str, path: &str, content: &str) -> String {
    let text = |text: &str| format!("{text:?}");
    format!(
        "[{{\"root\":\"/book\",\"config\":{{}},\"renderer\":\"html\",\"mdbook_version\":\"0.5.4\"}},\
         {{\"{parts}\":[\"Separator\",{{\"Chapter\":{{\"name\":\"Outer\",\"content\":\"\",\"path\":null,\
         \"sub_items\":[{{\"Chapter\":{{\"name\":\"Inner\",\"content\":{},\"path\":{},\
         \"sub_items\":[]}}}}]}}}}]}}]",
        text(content),
        text(path)
    )
}

/// The chapter as it comes back.
fn changed(content: &str) -> String {
    let printed = run_on(book("items", "a/b.md", content), &["mdbook"]).printed();
    let book: serde_json::Value = serde_json::from_str(&printed).expect("a book");
    let chapter = &book["items"][1]["Chapter"]["sub_items"][0]["Chapter"];
    chapter["content"].as_str().expect("a text").to_owned()
}

fn refused(content: &str) -> String {
    let ran = run_on(book("items", "a/b.md", content), &["mdbook"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (Some(1), ""), "{content}");
    ran.stderr
}

#[test]
fn a_block_becomes_the_element_with_its_picture() {
    let chapter =
        changed("# A\n\n```uvmscope scenario=mlock-zero kernel=committed at=3.end\n```\n\nB\n");
    let script = "<script type=\"module\" src=\"../uvmscope/uvmscope.js\"></script>";
    assert_eq!(chapter.matches(script).count(), 1);
    let tag = "<uvm-scope scenario=\"mlock-zero\" kernel=\"committed\" at=\"3.end\" controls=\"min\">\n<svg ";
    assert!(chapter.contains(tag), "{chapter}");
    let (_, element) = chapter.split_once("<uvm-scope").expect("an element");
    let (element, after) = element.split_once("</uvm-scope>").expect("its end");
    assert!(!element.contains("\n\n"), "an empty line ends the markup");
    assert!(after.contains("\nB\n") && chapter.starts_with("# A\n"));
    // The very picture that the program draws.
    let drawn = [
        "render",
        "--scenario",
        "mlock-zero",
        "--kernel",
        "committed",
        "--at",
        "3.end",
        "--caption",
    ];
    assert!(chapter.contains(run_on("", &drawn).printed().trim_end()));
}

#[test]
fn a_script_of_its_own_goes_along() {
    let chapter = changed(
        "~~~ uvmscope controls=none\nmmap(0x10000, 8K, PROT_READ, MAP_FIXED|MAP_ANON, -1, 0)\n\n# a < b </script>\nmlock(0x10000, 0)\n~~~\n",
    );
    assert!(chapter.contains("<script type=\"text/uvmscope\">\nmmap(0x10000, 8K,"), "{chapter}");
    assert!(chapter.contains("# a < b <\\/script>\nmlock(0x10000, 0)\n</script>\n</uvm-scope>"));
    assert!(chapter.contains("<uvm-scope controls=\"none\">"));
}

#[test]
fn everything_else_stays_as_it_is() {
    for text in [
        "```rust\n```uvmscope scenario=x\n```\n",
        "````\n```uvmscope scenario=x\n```\n````\n",
        "    ```uvmscope scenario=x\n",
        "```uvmscopes\nx\n```\n",
        "Some `uvmscope` and ```uvmscope``` in a line.\n",
        "no end of line",
        "",
    ] {
        assert_eq!(changed(text), text);
    }
    // Books of an older version keep their form.
    let old = run_on(book("sections", "a.md", "x"), &["mdbook"]).printed();
    assert!(old.contains("\"sections\":[\"Separator\","), "{old}");
}

#[test]
fn a_block_that_makes_no_sense_fails_with_file_line_and_reason() {
    let block = |info: &str, body: &str| format!("# A\n\n```uvmscope {info}\n{body}```\n");
    let check = |info: &str, body: &str, line: usize, words: &str| {
        let told = refused(&block(info, body));
        let place = format!("a/b.md:{line}: ");
        assert!(told.contains(&place) && told.contains(words), "{told}");
    };
    check("scenario=mlock-zer", "", 3, "mlock-zero");
    check("", "", 3, "scenario=NAME");
    check("", "mlock(0x1000, 0)\nmlok(0x1000, 0)\n", 5, "mlok");
    check("scenario=mlock-zero", "mlock(0x1000, 0)\n", 3, "one of them");
    check("scenario=mlock-zero kernel=orignal", "", 3, "original");
    check("scenario=mlock-zero compare=+x", "", 3, "compare");
    check("scenario=mlock-zero at=99.1", "", 3, "at: ");
    check("scenario=mlock-zero controls=many", "", 3, "full, min, none");
    check("scenario=mlock-zero scenario=lock-part", "", 3, "twice");
    check("scenari=mlock-zero", "", 3, "no attribute `scenari`");
    check("mlock-zero", "", 3, "name=value");
    for height in ["tall", "", "1.2.3", ".5", "-1", "4q", "12vhx"] {
        check(&format!("scenario=mlock-zero height={height}"), "", 3, "is no height");
    }
    let comma = refused("```uvmscope,editable\n```\n");
    assert!(comma.contains("a/b.md:1: expected name=value, read `,editable`"), "{comma}");
    // All of them are told at once.
    let two = format!("{}{}", block("x=1", ""), block("y=1", ""));
    assert_eq!(refused(&two).lines().count(), 2);
}

#[test]
fn in_a_list_it_stands_as_far_in_as_the_block() {
    let chapter = changed(
        "1. a\n\n   ```uvmscope controls=none height=30.5em\n   mlock(0x1000, 0)\n   ```\n\n   b\n2. c\n",
    );
    let (before, after) = chapter.split_once("   <script type").expect("the script");
    assert_eq!(before, "1. a\n\n\n");
    let (element, after) = after.split_once("</uvm-scope>\n").expect("an element");
    assert!(
        element.contains("\n\n   <uvm-scope controls=\"none\" height=\"30.5em\">\n"),
        "{element}"
    );
    assert!(element.lines().skip(1).all(|line| line.is_empty() || line.starts_with("   ")));
    assert_eq!(after, "\n\n   b\n2. c\n");
}

#[test]
fn a_message_names_the_file_and_not_the_page() {
    let book = book("items", "a/index.md", "```uvmscope scenario=x\n```\n").replace(
        "\"path\":\"a/index.md\"",
        "\"path\":\"a/index.md\",\"source_path\":\"a/README.md\"",
    );
    let ran = run_on(book, &["mdbook"]);
    assert!(ran.stderr.contains("a/README.md:1: "), "{}", ran.stderr);
}

#[test]
fn it_says_for_which_renderers_there_is_anything_to_do() {
    let folder = Folder::new("mdbook_supports");
    assert_eq!(folder.run(&["mdbook", "supports", "html"]).status, Some(0));
    assert_eq!(folder.run(&["mdbook", "supports", "markdown"]).status, Some(1));
    for odd in ["", "{}", "[1]", "[1, 2, 3]", "\u{0}"] {
        let ran = run_on(odd, &["mdbook"]);
        assert_eq!(ran.status, Some(2), "{odd}");
        assert!(ran.stderr.contains("is no book"), "{}", ran.stderr);
    }
    assert_eq!(folder.run(&["mdbook", "helps"]).status, Some(2));
}
