//! `uvmscope render`: the picture of one place of a run.

use std::io::{IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum, value_parser};
use uvmscope_format::kernel_spec;
use uvmscope_replay::Place;
use uvmscope_scene::{Film, Look, Still, Story, Viewport};
use uvmscope_uvm::{Changes, Config};

use crate::source::Source;
use crate::{Status, complain, png};

/// Draw one place of a run as a picture, or the whole run as one that plays
///
/// The picture is the one that the page shows at that place. It stands alone, unless --theme page
/// leaves its colours to a page.
///
/// Exit status: 0 the picture is drawn, whatever became of the simulated kernel; 1 a file could
/// not be read or written; 2 the script has errors, which are listed, or there is no such place, or
/// the command line is wrong. Nothing is drawn then.
#[derive(Args)]
pub(crate) struct RenderArgs {
    #[command(flatten)]
    source: Source,
    /// The place: call and step (3.7), a mark of a call (3.cut.1, 3.end), a mark of the script, a
    /// number of steps (12) or a percentage (40%); without it, the step that breaks the first
    /// promise, or the first call where none is broken
    #[arg(long, value_name = "PLACE", allow_hyphen_values = true)]
    at: Option<String>,
    /// The colours: as the reader's system has it, light, dark, or those of the page that the
    /// picture is put into
    #[arg(long, value_enum, default_value = "auto")]
    theme: Theme,
    /// How wide the picture is; below 560 it has fewer words
    #[arg(
        long,
        value_name = "PIXELS",
        default_value_t = Viewport::WIDE.width,
        value_parser = value_parser!(u16).range(240..=2400),
    )]
    width: u16,
    /// Write the sentence of the step below the picture
    #[arg(long)]
    caption: bool,
    /// Draw the whole run, as a picture that plays by itself, without a script; --at is the place
    /// that it shows where nothing may move
    #[arg(long, conflicts_with_all = ["png", "compare", "caption"])]
    animate: bool,
    /// Draw another kernel below, at the same place and on the same axis: a preset and changes, as
    /// for --kernel
    #[arg(long, value_name = "SPEC", value_parser = kernel_spec::parse, allow_hyphen_values = true)]
    compare: Option<Changes>,
    /// Draw points instead of shapes: a PNG file, with the letters of this machine; it is light, unless
    /// the theme is dark
    #[arg(long)]
    png: bool,
    /// How many points to a pixel a PNG file has
    #[arg(long, value_name = "FACTOR", default_value_t = 2.0, value_parser = scale, requires = "png")]
    scale: f32,
    /// The file to write, instead of standard output
    #[arg(short, long, value_name = "FILE.svg")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Theme {
    Auto,
    Light,
    Dark,
    Page,
}

fn scale(text: &str) -> Result<f32, String> {
    let factor = text.parse().ok().filter(|factor| (0.1..=8.0).contains(factor));
    factor.ok_or_else(|| "expected a factor from 0.1 to 8".to_owned())
}

impl Theme {
    const fn look(self) -> Look {
        match self {
            Self::Auto => Look::Auto,
            Self::Light => Look::Light,
            Self::Dark => Look::Dark,
            Self::Page => Look::Classes,
        }
    }
}

pub(crate) fn render(args: &RenderArgs, out: &mut impl Write) -> Result<Status> {
    if args.png && named(args.output.as_deref()).is_none() && std::io::stdout().is_terminal() {
        complain("a PNG file is nothing for a terminal: name a file with -o");
        return Ok(Status::BadInput);
    }
    let recording = args.source.record()?;
    if !recording.errors.is_empty() {
        recording.complain();
        return Ok(Status::BadInput);
    }
    let story = Story::new(Rc::clone(&recording.timeline));
    let place = match args.at.as_deref().map(|at| story.place_of(at)) {
        Some(Ok(place)) => place,
        Some(Err(refusal)) => {
            complain(format_args!("--at: {refusal}"));
            return Ok(Status::BadInput);
        }
        None => story.opening(),
    };
    let RenderArgs { width, caption, .. } = *args;
    // Points have the colours that they have, and no page gives them others.
    let look = match args.theme {
        Theme::Auto | Theme::Page if args.png => Look::Light,
        theme => theme.look(),
    };
    let still = Still { look, width, caption };
    let picture = match args.compare {
        _ if args.animate => film(&story, place, args),
        Some(changes) => {
            let first = story.timeline().config();
            let second = Config { changes, ..first };
            let [a, b] = [first, second].map(kernel_spec::print);
            still.of_pair(&story, place, second, [&a, &b])
        }
        None => still.of(&story, place),
    };
    let file = args.output.as_deref();
    if args.png {
        put(&png::png(&picture, args.scale)?, file, out)?;
    } else {
        put(picture.as_bytes(), file, out)?;
    }
    Ok(Status::Success)
}

/// The run as a picture that plays by itself.
fn film(story: &Story, place: Place, args: &RenderArgs) -> String {
    let Film { svg, shown, left_out } = Film::of(story, args.theme.look(), args.width, place);
    if left_out > 0 {
        complain(format_args!(
            "the picture shows {shown} places of the run; {left_out} more are marked, which it \
             leaves out"
        ));
    }
    svg
}

/// The file to write, unless it is standard output, which is also called `-`.
fn named(file: Option<&Path>) -> Option<&Path> {
    file.filter(|file| file.as_os_str() != "-")
}

/// Writes a picture to a file, or else to standard output.
fn put(picture: &[u8], file: Option<&Path>, out: &mut impl Write) -> Result<()> {
    match named(file) {
        Some(file) => std::fs::write(file, picture).with_context(|| file.display().to_string()),
        None => Ok(out.write_all(picture)?),
    }
}
