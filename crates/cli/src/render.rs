//! `uvmscope render`: the picture of one place of a run.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum, value_parser};
use uvmscope_scene::{Film, Look, Story, Svg, Viewport};

use crate::source::Source;
use crate::{Status, complain};

/// Draw one place of a run as an SVG picture
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
    #[arg(long)]
    animate: bool,
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
    if args.animate {
        let film = Film::of(&story, args.theme.look(), args.width, place);
        if film.left_out > 0 {
            let Film { shown, left_out, .. } = film;
            complain(format_args!(
                "the picture shows {shown} places of the run; {left_out} more are marked, which \
                 it leaves out"
            ));
        }
        put(&film.svg, args.output.as_deref(), out)?;
        return Ok(Status::Success);
    }
    let mut cursor = recording.timeline.cursor();
    cursor.seek(place);
    let scene = story.scene(&cursor, None, Viewport::of_width(args.width));
    let caption = story.caption(&cursor);
    let svg = Svg::new(args.theme.look());
    let picture = if args.caption { svg.caption(&caption) } else { svg }.of(&scene);
    put(&picture, args.output.as_deref(), out)?;
    Ok(Status::Success)
}

/// Writes a picture to a file, or else to standard output.
fn put(picture: &str, file: Option<&Path>, out: &mut impl Write) -> Result<()> {
    match file {
        Some(file) if file.as_os_str() != "-" => {
            std::fs::write(file, picture).with_context(|| file.display().to_string())
        }
        _ => Ok(out.write_all(picture.as_bytes())?),
    }
}
