//! A run as a file.

use uvmscope_format::export::{csv, trace_json, with_outcomes};

use crate::app::run::Run;

/// What a run can be saved as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Export {
    /// The script as it was written.
    Script,
    /// The script, with what each call answered behind it.
    Outcomes,
    /// A row a step.
    Csv,
    /// Everything that happened.
    Trace,
}

impl Export {
    pub(crate) const ALL: [Self; 4] = [Self::Script, Self::Outcomes, Self::Csv, Self::Trace];

    /// What its button says.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Script => "the script",
            Self::Outcomes => "the script with its answers",
            Self::Csv => "the steps, as CSV",
            Self::Trace => "the trace, as JSON",
        }
    }

    /// How the names of such files end.
    pub(crate) const fn ending(self) -> &'static str {
        match self {
            Self::Script => ".uvm",
            Self::Outcomes => "-answers.uvm",
            Self::Csv => "-steps.csv",
            Self::Trace => "-trace.json",
        }
    }

    /// What such a file is, for the browser.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Script | Self::Outcomes => "text/plain;charset=utf-8",
            Self::Csv => "text/csv;charset=utf-8",
            Self::Trace => "application/json",
        }
    }
}

/// The run as that file.
pub(crate) fn text(export: Export, run: &Run) -> String {
    match export {
        Export::Script => run.source.text.clone(),
        Export::Csv => {
            let mut cursor = run.timeline.cursor();
            csv(&run.timeline, |place| {
                cursor.seek(place);
                run.story.caption(&cursor).plain()
            })
        }
        Export::Trace => trace_json(&run.timeline, &run.source.text),
        Export::Outcomes => with_outcomes(&run.source.text, &run.timeline),
    }
}
