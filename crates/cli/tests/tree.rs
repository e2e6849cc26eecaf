//! Files of the tree that the program makes, or that say what it prints, against the program.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use expect_test::expect;

use common::{Folder, Ran, program, run_on};

/// The top of the source tree.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("this crate lies two folders down").to_path_buf()
}

fn text_of(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn the_page_carries_the_opening_picture_of_this_program() {
    let page = text_of("index.html");
    let folder = Folder::new("opening");
    folder.file("index.html", &page);
    assert_eq!(folder.run(&["opening", "index.html"]).printed(), "");
    let made = fs::read_to_string(folder.path().join("index.html")).expect("the page");
    let command = "cargo run -p uvmscope-cli -- opening index.html";
    assert!(page == made, "index.html is not up to date; run `{command}`");
    // What the picture is of is what the element opens with.
    assert!(page.contains("<uvm-scope scenario=\"mlock-zero\" kernel=\"original\" "));
}

#[test]
fn the_opening_picture_needs_nothing_that_a_strict_policy_forbids() {
    let page = text_of("index.html");
    let (_, rest) = page.split_once("<!-- opening-picture -->").expect("its begin");
    let (picture, _) = rest.split_once("<!-- /opening-picture -->").expect("its end");
    for forbidden in ["style=", "<style", "<script", "<img", "onclick"] {
        assert!(!picture.contains(forbidden), "{forbidden}");
    }
    let ids = picture.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let ids: Vec<&str> = ids.collect();
    assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "{ids:?}");
    // Each picture is hatched by a pattern of its own: those of hidden pictures are not there.
    for svg in picture.split("<svg xmlns").skip(1) {
        let (svg, _) = svg.split_once("</svg>").expect("a picture ends");
        let (_, hatch) = svg.split_once("<pattern id=\"").expect("a pattern");
        let hatch = hatch.split('"').next().expect("a name");
        assert!(svg.contains(&format!("url(#{hatch})")), "{hatch}");
    }
}

#[test]
fn a_page_without_a_place_for_the_picture_is_left_alone() {
    let folder = Folder::new("no_opening");
    for page in ["", "<!-- opening-picture -->\n", "<!-- /opening-picture -->"] {
        folder.file("page.html", page);
        folder.run(&["opening", "page.html"]).check(&expect![[r"
            --- stderr
            page.html: no place for the picture; mark it by the lines `<!-- opening-picture -->` and `<!-- /opening-picture -->`
            --- exit status 2
        "]]);
        assert_eq!(fs::read_to_string(folder.path().join("page.html")).expect("the page"), page);
    }
    assert_eq!(folder.run(&["opening", "missing.html"]).status, Some(1));
}

#[test]
fn the_picture_of_the_readme_is_one_of_this_program() {
    let args = ["render", "--scenario", "mlock-zero", "--caption"];
    let command = format!("cargo run -p uvmscope-cli -- {} -o web/picture.svg", args.join(" "));
    let made = run_on("", &args).printed();
    assert!(text_of("web/picture.svg") == made, "web/picture.svg is old; run `{command}`");
}

/// The arguments of a command of the README, as a shell at the top of the tree hands them over.
fn arguments(command: &str, folder: &Folder) -> Vec<String> {
    let mut args = Vec::new();
    for word in command.split_whitespace() {
        if args.last().is_some_and(|last| last == "-o") {
            // Not into the tree.
            args.push(folder.path().join(word).display().to_string());
        } else if let Some((path, ending)) = word.split_once('*') {
            let files = fs::read_dir(root().join(path))
                .expect("a folder")
                .map(|file| format!("{path}{}", file.expect("an entry").file_name().display()));
            let mut files: Vec<String> = files.filter(|file| file.ends_with(ending)).collect();
            files.sort();
            args.extend(files);
        } else {
            args.push(word.to_owned());
        }
    }
    args
}

#[test]
fn the_commands_of_the_readme_print_what_it_says() {
    let folder = Folder::new("readme");
    let readme = text_of("README.md");
    let mut commands = 0;
    for block in readme.split("```console\n").skip(1) {
        let (block, _) = block.split_once("```").expect("a block ends");
        for piece in block.split("$ uvmscope ").skip(1) {
            let (command, printed) = piece.split_once('\n').expect("a line ends");
            let args = arguments(command, &folder);
            let args: Vec<&str> = args.iter().map(String::as_str).collect();
            let output = program(&root(), &args).output().expect("the program starts");
            let Ran { stdout, stderr, .. } = Ran::of(&output);
            assert_eq!(stdout + &stderr, printed, "{command}");
            commands += 1;
        }
    }
    assert!(commands >= 4, "{commands} commands");
}
