//! `uvmscope link` and `uvmscope open`: a script as a link, and back.

use std::io::Write;
use std::path::Path;
use std::rc::Rc;

use anyhow::Result;
use clap::Args;
use uvmscope_format::kernel_spec;
use uvmscope_format::link::{At, Kernels, Link, LinkScript, MAX_LINK};
use uvmscope_scene::Story;
use uvmscope_uvm::{Changes, Config};

use crate::source::Source;
use crate::{Status, complain, input};

/// The word that stands for standard input.
const STDIN: &str = "-";

/// Print a link that opens a script at a place
///
/// The link holds the script itself, and no server is asked. A scenario is linked by its name, and
/// so is a file with the very text of one. A place is written by the mark at its step where there
/// is one, since step numbers move when the simulator changes.
///
/// Exit status: 0 the link is printed; 1 a file could not be read; 2 the script has errors, which
/// are listed, or is too long for a link, or there is no such place, or the command line is wrong.
#[derive(Args)]
pub(crate) struct LinkArgs {
    #[command(flatten)]
    source: Source,
    /// A second kernel, to be compared with the first
    #[arg(long, value_name = "SPEC", value_parser = kernel_spec::parse, allow_hyphen_values = true)]
    compare: Option<Changes>,
    /// The place: call and step (3.7), a mark of a call (3.cut.1, 3.end), a mark of the script, a
    /// number of steps (12) or a percentage (40%); usually the link leaves it to the page
    #[arg(long, value_name = "PLACE", allow_hyphen_values = true)]
    at: Option<String>,
    /// The address of the page, to be written before the link
    #[arg(long, value_name = "URL", default_value = "", value_parser = base)]
    base: String,
}

fn base(text: &str) -> Result<String, String> {
    match text.find('#') {
        Some(_) => Err("the link itself begins with `#`; leave out that part".to_owned()),
        None => Ok(text.to_owned()),
    }
}

pub(crate) fn link(args: &LinkArgs, out: &mut impl Write) -> Result<Status> {
    let recording = args.source.record()?;
    let (true, Ok(text)) = (recording.errors.is_empty(), recording.text()) else {
        recording.complain();
        return Ok(Status::BadInput);
    };
    let timeline = &recording.timeline;
    let mut link = Link::to(LinkScript::of(text));
    link.kernels = Kernels {
        first: args.source.kernel.is_set().then(|| timeline.config()),
        second: args.compare.map(|changes| Config { changes, ..timeline.config() }),
    };
    if let Some(at) = &args.at {
        let story = Story::new(Rc::clone(timeline));
        link.at = match story.place_of(at) {
            Ok(place) => At::new(&story.address(place)),
            Err(refusal) => {
                complain(format_args!("--at: {refusal}"));
                return Ok(Status::BadInput);
            }
        };
    }
    match link.fragment() {
        Ok(fragment) => writeln!(out, "{}#{fragment}", args.base)?,
        Err(error) => {
            complain(error);
            return Ok(Status::BadInput);
        }
    }
    Ok(Status::Success)
}

/// Print the script that a link holds
///
/// Comments before it tell the kernel, where the link names one, and the place. What the link says
/// and nobody knows is told on standard error.
///
/// Exit status: 0 the script is printed; 1 standard input could not be read; 2 it is no link, or
/// the command line is wrong.
#[derive(Args)]
pub(crate) struct OpenArgs {
    /// The link: an address, or what stands behind its #; - is standard input
    #[arg(value_name = "LINK")]
    link: String,
}

pub(crate) fn open(args: &OpenArgs, out: &mut impl Write) -> Result<Status> {
    let pasted = if args.link == STDIN {
        // Room for an address before it, and for escapes; what is longer is refused as no link.
        let bytes = input::read(Path::new(STDIN), 16 * MAX_LINK as u64)?;
        String::from_utf8_lossy(&bytes).into_owned()
    } else {
        args.link.clone()
    };
    let (link, notes) = match Link::parse(&pasted) {
        Ok(read) => read,
        Err(error) => {
            complain(error);
            return Ok(Status::BadInput);
        }
    };
    let text = link.script.text()?;
    print_said(&link, out)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    write!(out, "{text}{end}")?;
    out.flush()?;
    notes.iter().for_each(complain);
    Ok(Status::Success)
}

/// What a link says besides its script, in comments.
fn print_said(link: &Link, out: &mut impl Write) -> Result<()> {
    if let LinkScript::Scenario(name) = &link.script {
        writeln!(out, "# scenario: {name}")?;
    }
    if let Some(first) = link.kernels.first {
        writeln!(out, "# on the kernel: {}", kernel(first))?;
    }
    if let Some(second) = link.kernels.second {
        writeln!(out, "# compared with: {}", kernel(second))?;
    }
    if let Some(at) = &link.at {
        let second = at.second().map(|second| format!(" and {second}")).unwrap_or_default();
        writeln!(out, "# at: {}{second}", at.place())?;
    }
    Ok(())
}

fn kernel(config: Config) -> String {
    let name = kernel_spec::print(config);
    if config.diagnostic { name } else { format!("{name} without DIAGNOSTIC") }
}
