//! A run as a text that can go into a bug report.

use std::fmt::Write as _;

use uvmscope_format::script::settings_text;
use uvmscope_scene::MarkKind;

use crate::app::run::Run;
use crate::app::state::kernel_name;

/// Steps that are told; a longer story says how many it leaves out.
const STEPS: usize = 60;

/// The script, the kernel, how it ended, and the sentences of the steps that matter.
pub(crate) fn text(run: &Run) -> String {
    let timeline = &run.timeline;
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(out, "# {}\n", run.source.title);
    let _ = writeln!(out, "Kernel: {}\n", kernel_name(run.config()));
    let _ = writeln!(out, "## Calls\n\n```");
    let _ = write!(out, "{}", settings_text(run.config(), timeline.vm()));
    for row in run.calls.iter() {
        row.bindings.iter().for_each(|line| {
            let _ = writeln!(out, "{line}");
        });
        let _ = writeln!(out, "{}  # {}", row.text, row.outcome);
    }
    let _ = writeln!(out, "```\n\n## What happened\n");
    let marks = run.story.marks();
    let matter = |kind| !matches!(kind, MarkKind::Call | MarkKind::Refused);
    let mut places: Vec<_> = marks.iter().filter(|m| matter(m.kind)).map(|m| m.place).collect();
    places.dedup();
    let mut cursor = timeline.cursor();
    for place in places.iter().take(STEPS) {
        cursor.seek(*place);
        let _ = writeln!(out, "- {place}: {}", run.story.caption(&cursor).plain());
    }
    if let Some(more) = places.len().checked_sub(STEPS).filter(|n| *n > 0) {
        let _ = writeln!(out, "- and {more} steps more");
    }
    let end = match timeline.halt() {
        Some(halt) => halt.to_string(),
        None => "The script ran to its end.".to_owned(),
    };
    let _ = writeln!(out, "\n## How it ended\n\n{end}");
    let console: Vec<_> = {
        cursor.seek(timeline.last_place());
        cursor.state().console().iter().map(ToString::to_string).collect()
    };
    for line in console {
        let _ = writeln!(out, "\n    {line}");
    }
    let _ = writeln!(
        out,
        "\nSimulated by uvmscope {}; the kernel's locks, swap and page daemon are left out.",
        env!("CARGO_PKG_VERSION")
    );
    out
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use uvmscope_uvm::Config;

    use super::*;
    use crate::app::run::Source;

    #[test]
    fn a_report_holds_the_script_the_kernel_and_the_steps_that_matter() {
        let source = Source::scenario("mlock-zero").expect("the scenario");
        let run = Run::record(Rc::new(source), Config::ORIGINAL);
        let text = text(&run);
        for part in [
            "Kernel: original\n",
            "kernel original\ndiagnostic on\n",
            "mlock(p, 0)  # = 0\n",
            "munlock(p, 1024)  # panic\n",
            "The entry is cut in two at 0x7f7ff7ed6000.",
            "goes from 1 to 2.",
            "panic: KASSERT(pg->wire_count != 0) in uvm_pageunwire",
            "va 0x7f7ff7ed6000 did not change!",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
    }
}
