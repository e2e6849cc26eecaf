//! `uvmscope opening`: what the page shows before its program runs, written into the page.

use std::fmt::{self, Write};
use std::path::PathBuf;
use std::rc::Rc;

use anyhow::{Context as _, Result};
use clap::Args;
use uvmscope_format::{parse, scenarios};
use uvmscope_replay::{Body, CallEnd, Place, Timeline};
use uvmscope_scene::svg::escaped;
use uvmscope_scene::{Caption, Look, Story, Svg, Viewport};
use uvmscope_uvm::Halt;

use crate::{Status, complain};

/// What is written stands between these two.
const BEGIN: &str = "<!-- opening-picture -->\n";
const END: &str = "<!-- /opening-picture -->";

/// The scenario that the page opens with.
const SCENARIO: &str = "mlock-zero";

/// The pictures by the class of what holds each; the style sheet of the page shows one of them.
/// Their sizes are those that the page gives its picture on a screen of 1440, 768 and 360 pixels.
const PICTURES: [(&str, Viewport); 3] = [
    ("wide", Viewport::fitting(702, 430)),
    ("medium", Viewport::fitting(702, 380)),
    ("narrow", Viewport::fitting(334, 320)),
];

/// Write the opening picture into a page
///
/// Writes the page's first picture, its sentence and the list of calls between the two comments
/// that mark their place.
#[derive(Args)]
#[command(hide = true)]
pub(crate) struct OpeningArgs {
    /// The page
    #[arg(value_name = "FILE.html")]
    page: PathBuf,
}

pub(crate) fn opening(args: &OpeningArgs) -> Result<Status> {
    let name = args.page.display();
    let page = std::fs::read_to_string(&args.page).with_context(|| name.to_string())?;
    let parts = page.split_once(BEGIN).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(END)?;
        Some((before, after))
    });
    let Some((before, after)) = parts else {
        complain(format_args!(
            "{name}: no place for the picture; mark it by the lines `{}` and `{END}`",
            BEGIN.trim_end()
        ));
        return Ok(Status::BadInput);
    };
    let picture = Opening::new(scenarios::get(SCENARIO)?).html();
    std::fs::write(&args.page, [before, BEGIN, &picture, END, after].concat())
        .with_context(|| name.to_string())?;
    Ok(Status::Success)
}

/// A scenario at the place where a reader comes in.
struct Opening {
    scenario: scenarios::Scenario,
    story: Story,
    place: Place,
}

impl Opening {
    fn new(scenario: scenarios::Scenario) -> Self {
        let script = Rc::new(parse(scenario.text).script);
        let config = script.config;
        let story = Story::new(Rc::new(Timeline::record(script, config)));
        let place = story.opening();
        Self { scenario, story, place }
    }

    fn html(&self) -> String {
        let mut html = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut html);
        html
    }

    fn write(&self, html: &mut String) -> fmt::Result {
        let mut cursor = self.story.timeline().cursor();
        cursor.seek(self.place);
        writeln!(html, "<header>\n{LOGO}<strong>uvmscope</strong>")?;
        writeln!(html, "<h1>{}</h1>\n</header>", escaped(self.scenario.title()))?;
        html.push_str("<figure>\n");
        for (name, viewport) in PICTURES {
            let scene = self.story.scene(&cursor, None, viewport);
            let hatch = format!("uvm-hatch-{name}");
            let svg = Svg::new(Look::Classes).hatch(&hatch).of(&scene);
            writeln!(html, "<div class=\"card {name}\">\n{svg}</div>")?;
        }
        let Caption { lead, rest } = self.story.caption(&cursor);
        writeln!(html, "<figcaption><b>{}</b> {}</figcaption>", words(&lead), words(&rest))?;
        html.push_str("<p><a href=\"#calls\">");
        html.push_str(match self.story.timeline().halt() {
            Some(Halt::Panic(_)) => "All calls, down to the panic",
            _ => "All calls",
        });
        html.push_str("</a></p>\n");
        writeln!(html, "<noscript><p>{WITHOUT_SCRIPT}</p></noscript>")?;
        html.push_str("</figure>\n");
        self.write_calls(html)
    }

    /// The calls with the lines that bind their names, and how each turns out.
    fn write_calls(&self, html: &mut String) -> fmt::Result {
        let timeline = self.story.timeline();
        let breaks = timeline.promise_breaks();
        let lines: Vec<&str> = self.scenario.text.lines().collect();
        let mut runs = (1..).zip(timeline.calls());
        html.push_str("<section id=\"calls\">\n<h2>Calls</h2>\n<ol>\n");
        for statement in &timeline.script().statements {
            let line = lines.get((statement.line as usize).saturating_sub(1)).unwrap_or(&"");
            let line = line.split('#').next().unwrap_or(line).trim();
            let Body::Call(_) = &statement.body else {
                writeln!(html, "<li class=\"binding\"><code>{}</code></li>", code(line))?;
                continue;
            };
            let Some((number, run)) = runs.next() else { break };
            let here = if number == self.place.call { " aria-current=\"step\"" } else { "" };
            let call = line.rfind(')').map_or(line, |end| &line[..=end]);
            write!(html, "<li class=\"call\"{here}><code>{}</code> ", code(call))?;
            html.push_str(&outcome(&run.outcome));
            if breaks.iter().any(|place| place.call == number) {
                html.push_str(" <em>promise broken here</em>");
            }
            html.push_str("</li>\n");
        }
        html.push_str("</ol>\n</section>\n");
        Ok(())
    }
}

const WITHOUT_SCRIPT: &str = "With scripts allowed, this page shows every step of these calls.";

const LOGO: &str = "<svg width=\"22\" height=\"22\" viewBox=\"0 0 22 22\" aria-hidden=\"true\">\
    <rect class=\"logo-claim\" x=\"1\" y=\"6\" width=\"8\" height=\"10\" rx=\"2\"/>\
    <rect class=\"logo-gap\" x=\"13\" y=\"6\" width=\"8\" height=\"10\" rx=\"2\"/>\
    <path class=\"logo-blade\" d=\"M11 1v20\"/></svg>\n";

/// A sentence in which what stands between backticks is code.
fn words(text: &str) -> String {
    let pieces = text.split('`').enumerate().map(|(n, piece)| match n % 2 {
        1 => format!("<code>{}</code>", escaped(piece)),
        _ => escaped(piece),
    });
    pieces.collect()
}

/// A line of a script, which may be broken between flags.
fn code(line: &str) -> String {
    escaped(line).replace('|', "|<wbr>")
}

fn outcome(end: &CallEnd) -> String {
    match end {
        CallEnd::Done(done) if done.errno.is_ok() => {
            format!(
                "<span>= {}</span>",
                done.ret.map_or_else(|| "0".to_owned(), |va| va.to_string())
            )
        }
        CallEnd::Done(done) => format!("<b>{}</b>", done.errno),
        CallEnd::Halted(Halt::Panic(_)) => "<b>panic</b>".to_owned(),
        CallEnd::Halted(_) => "<b>stopped</b>".to_owned(),
        CallEnd::Skipped { .. } => "<span>skipped</span>".to_owned(),
        CallEnd::NotReached => "<span>not reached</span>".to_owned(),
    }
}
