//! `uvmscope mdbook`: a preprocessor for books.
//!
//! A fenced block whose info string begins with `uvmscope` becomes the element, with its picture
//! drawn into the page for readers without script. mdBook hands over the whole book as JSON and
//! takes it back; a block that makes no sense fails the build with its file, line and reason.

use std::fmt::Write as _;
use std::io::{Read as _, Write};
use std::rc::Rc;

use anyhow::{Context as _, Result};
use clap::Args;
use serde_json::Value;
use uvmscope_format::{kernel_spec, parse, scenarios};
use uvmscope_replay::Timeline;
use uvmscope_scene::svg::escaped;
use uvmscope_scene::{Look, Still, Story};
use uvmscope_uvm::Config;

use crate::{Status, complain};

/// Put the element into a book: a preprocessor for mdBook
///
/// In book.toml: [preprocessor.uvmscope] and command = "uvmscope mdbook". The files of the element
/// belong into src/uvmscope; `script` names another place for uvmscope.js, from the top of the book
/// or as a whole address.
///
/// A fenced block whose language is uvmscope holds a script, or names a scenario, with attributes of
/// the element behind it: uvmscope scenario=mlock-zero kernel=original compare=committed at=3.22
/// controls=min theme=auto height=480. In a list it may be indented by up to three spaces; further in,
/// and in a quotation, it stays a block of code.
///
/// Exit status: 0 the book is written, or the renderer is supported; 1 a block makes no sense, or
/// the renderer is none for the element; 2 what came in is no book.
#[derive(Args)]
pub(crate) struct MdbookArgs {
    /// `supports` and a renderer: whether there is anything to do for it
    #[arg(value_name = "supports RENDERER", num_args = 0..=2)]
    asked: Vec<String>,
}

/// The longest book that is read, in bytes.
const MOST: u64 = 256 << 20;

pub(crate) fn mdbook(args: &MdbookArgs, out: &mut impl Write) -> Result<Status> {
    if let [word, renderer] = &args.asked[..]
        && word == "supports"
    {
        return Ok(if renderer == "html" { Status::Success } else { Status::Failure });
    }
    if !args.asked.is_empty() {
        complain("expected `supports RENDERER`, or nothing and a book as standard input");
        return Ok(Status::BadInput);
    }
    let mut text = String::new();
    std::io::stdin().take(MOST + 1).read_to_string(&mut text).context("standard input")?;
    if text.len() as u64 > MOST {
        complain(format_args!("the book is longer than {} MiB, and is not read", MOST >> 20));
        return Ok(Status::BadInput);
    }
    let Ok([context, mut book]) = serde_json::from_str::<[Value; 2]>(&text) else {
        complain("standard input is no book: mdBook calls this as a preprocessor");
        return Ok(Status::BadInput);
    };
    let settings = &context["config"]["preprocessor"]["uvmscope"];
    let script = settings["script"].as_str().unwrap_or("uvmscope/uvmscope.js");
    let mut wrong = Vec::new();
    // Books of version 0.4 call their parts sections, later ones items.
    for parts in ["sections", "items"] {
        if let Some(parts) = book.get_mut(parts) {
            chapters(parts, script, &mut wrong);
        }
    }
    if !wrong.is_empty() {
        wrong.iter().for_each(complain);
        return Ok(Status::Failure);
    }
    serde_json::to_writer(out, &book)?;
    Ok(Status::Success)
}

/// Changes all chapters below a part of the book.
fn chapters(parts: &mut Value, script: &str, wrong: &mut Vec<String>) {
    for part in parts.as_array_mut().into_iter().flatten() {
        let Some(chapter) = part.get_mut("Chapter") else { continue };
        let path = chapter["path"].as_str().unwrap_or_default();
        // The page of a README.md is an index.html, but who mends it opens the file.
        let file = chapter["source_path"].as_str().unwrap_or(path);
        if let Some(content) = chapter["content"].as_str() {
            let script = from_chapter(script, path);
            let changed = chapter_with_elements(content, &script, &mut |line, reason| {
                wrong.push(format!("{file}:{line}: {reason}"));
            });
            chapter["content"] = Value::String(changed);
        }
        if let Some(parts) = chapter.get_mut("sub_items") {
            chapters(parts, script, wrong);
        }
    }
}

/// The address of a file of the book as a chapter reaches it.
fn from_chapter(script: &str, path: &str) -> String {
    if script.contains("://") || script.starts_with('/') {
        return script.to_owned();
    }
    format!("{}{script}", "../".repeat(path.matches('/').count()))
}

/// A chapter in which the blocks are elements; `wrong` is told the line of a block and the reason.
fn chapter_with_elements(
    content: &str,
    script: &str,
    wrong: &mut dyn FnMut(usize, String),
) -> String {
    let mut out = String::new();
    let mut lines = content.split_inclusive('\n').enumerate();
    let mut loaded = false;
    while let Some((at, line)) = lines.next() {
        let Some(fence) = Fence::opened(line) else {
            out.push_str(line);
            continue;
        };
        let mut body = Vec::new();
        let mut end = "";
        for (_, line) in lines.by_ref() {
            if fence.is_closed(line) {
                end = line;
                break;
            }
            body.push(line);
        }
        let Some(asked) = fence.asked() else {
            // Another block; what stands in it is nobody's business.
            out.push_str(line);
            out.extend(body);
            out.push_str(end);
            continue;
        };
        match element(asked, &body.concat(), at + 1) {
            Ok(element) => {
                let mut block = String::from("\n");
                if !loaded {
                    let src = escaped(script);
                    // Writing to a string cannot fail.
                    let _ = writeln!(block, "<script type=\"module\" src=\"{src}\"></script>\n");
                    loaded = true;
                }
                block.push_str(&element);
                block.push('\n');
                // In a list it has to stand as far in as the block did.
                for line in block.split_inclusive('\n') {
                    let indent = if line == "\n" { 0 } else { fence.indent };
                    out.extend(std::iter::repeat_n(' ', indent));
                    out.push_str(line);
                }
            }
            Err((line, reason)) => wrong(line, reason),
        }
    }
    out
}

/// The first line of a fenced block.
struct Fence<'a> {
    indent: usize,
    sign: char,
    length: usize,
    info: &'a str,
}

impl<'a> Fence<'a> {
    fn opened(line: &'a str) -> Option<Self> {
        let text = line.trim_end();
        let indent = text.len() - text.trim_start_matches(' ').len();
        let text = text.trim_start_matches(' ');
        let sign = text.chars().next().filter(|sign| matches!(sign, '`' | '~'))?;
        let info = text.trim_start_matches(sign);
        let length = text.len() - info.len();
        let is_fence = indent < 4 && length >= 3 && !(sign == '`' && info.contains('`'));
        is_fence.then_some(Self { indent, sign, length, info: info.trim() })
    }

    fn is_closed(&self, line: &str) -> bool {
        let text = line.trim();
        text.len() >= self.length && text.chars().all(|sign| sign == self.sign)
    }

    /// What is asked of us, if the block is ours.
    fn asked(&self) -> Option<&'a str> {
        let rest = self.info.strip_prefix("uvmscope")?;
        // A comma is wrong there, and must be told.
        let ends = |sign: char| sign.is_whitespace() || sign == ',';
        (rest.is_empty() || rest.starts_with(ends)).then_some(rest)
    }
}

/// The attributes that a block may have, as the element has them.
const NAMES: [&str; 7] = ["scenario", "kernel", "compare", "at", "controls", "theme", "height"];

/// The attributes that a block asks for, each of them once and with a value that makes sense; or
/// what is wrong. The names of scenarios and kernels and places are not looked at.
fn attributes(asked: &str) -> Result<Vec<(&str, &str)>, String> {
    let mut given: Vec<(&str, &str)> = Vec::new();
    for word in asked.split_whitespace() {
        let (name, value) =
            word.split_once('=').ok_or_else(|| format!("expected name=value, read `{word}`"))?;
        if !NAMES.contains(&name) {
            let names = NAMES.join(", ");
            return Err(format!("there is no attribute `{name}`; there are {names}"));
        }
        if given.iter().any(|(other, _)| *other == name) {
            return Err(format!("`{name}` is given twice"));
        }
        let value = value.trim_matches('"');
        let values = match name {
            "controls" => &["full", "min", "none"][..],
            "theme" => &["auto", "light", "dark"],
            "height" if !is_height(value) => {
                return Err(format!("height={value} is no height, as 480 and 30em are"));
            }
            _ => &[],
        };
        if !values.is_empty() && !values.contains(&value) {
            return Err(format!("{name}={value} is none of {}", values.join(", ")));
        }
        given.push((name, value));
    }
    Ok(given)
}

/// The element of a block that begins on a line; or the line and what is wrong there.
fn element(asked: &str, body: &str, line: usize) -> Result<String, (usize, String)> {
    let here = |reason: String| (line, reason);
    let given = attributes(asked).map_err(here)?;
    let value = |name: &str| given.iter().find(|(it, _)| *it == name).map(|(_, value)| *value);
    let text = match (value("scenario"), body.trim()) {
        (Some(_), script) if !script.is_empty() => {
            return Err(here("a scenario and a script: one of them is enough".to_owned()));
        }
        (Some(name), _) => scenarios::get(name).map_err(|error| here(error.to_string()))?.text,
        (None, "") => {
            return Err(here(
                "neither a script nor scenario=NAME, as in scenario=mlock-zero".to_owned(),
            ));
        }
        (None, _) => body,
    };
    let parsed = parse(text);
    if let Some(error) = parsed.errors.first() {
        return Err((line + error.line as usize, error.problem.to_string()));
    }
    let kernel = |name: &str| {
        let changes = value(name).map(kernel_spec::parse).transpose();
        changes.map_err(|error| here(format!("{name}: {error}")))
    };
    let (first, second) = (kernel("kernel")?, kernel("compare")?);
    let written = parsed.script.config;
    let config = Config { changes: first.unwrap_or(written.changes), ..written };
    let story = Story::new(Rc::new(Timeline::record(Rc::new(parsed.script), config)));
    let place = value("at").map(|at| story.place_of(at)).transpose();
    let place = place.map_err(|error| here(format!("at: {error}")))?.unwrap_or(story.opening());
    let look = match value("theme") {
        Some("light") => Look::Light,
        Some("dark") => Look::Dark,
        _ => Look::Auto,
    };
    let still = Still { look, ..Still::USUAL };
    let picture = match second {
        None => still.of(&story, place),
        Some(changes) => {
            let other = Config { changes, ..config };
            let [a, b] = [config, other].map(kernel_spec::print);
            still.of_pair(&story, place, other, [&a, &b])
        }
    };
    Ok(markup(&given, &picture, value("scenario").is_none().then_some(body)))
}

/// Whether the element knows what is meant: digits and, maybe, a unit.
fn is_height(height: &str) -> bool {
    let number = height.trim_end_matches(|sign: char| sign.is_ascii_lowercase());
    let unit = height.strip_prefix(number).unwrap_or_default();
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|sign| sign.is_ascii_digit());
    ["", "px", "em", "rem", "vh", "svh", "dvh"].contains(&unit)
        && number.split('.').count() <= 2
        && number.split('.').all(digits)
}

/// The element as it stands in the chapter. Nowhere in it is an empty line, which would end the
/// markup for Markdown.
fn markup(given: &[(&str, &str)], picture: &str, script: Option<&str>) -> String {
    let mut out = String::from("<uvm-scope");
    let usual = [("controls", "min")];
    let missing = usual.iter().filter(|(name, _)| given.iter().all(|(it, _)| it != name));
    for (name, value) in given.iter().chain(missing) {
        // Writing to a string cannot fail.
        let _ = write!(out, " {name}=\"{}\"", escaped(value));
    }
    out.push_str(">\n");
    out.push_str(picture.trim_end());
    if let Some(script) = script {
        out.push_str("\n<script type=\"text/uvmscope\">\n");
        for line in script.lines().filter(|line| !line.trim().is_empty()) {
            // In a comment only; elsewhere the script would have an error.
            out.push_str(&line.replace("</", "<\\/").replace("<!--", "<\\!--"));
            out.push('\n');
        }
        out.push_str("</script>");
    }
    out.push_str("\n</uvm-scope>\n");
    out
}
