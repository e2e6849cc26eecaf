//! A run as a file.

use uvmscope_format::export::with_outcomes;

use crate::app::run::Run;

/// What a run can be saved as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Export {
    /// The script as it was written.
    Script,
    /// The script, with what each call answered behind it.
    Outcomes,
}

impl Export {
    pub(crate) const ALL: [Self; 2] = [Self::Script, Self::Outcomes];

    /// What its button says.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Script => "the script",
            Self::Outcomes => "the script with its answers",
        }
    }

    /// How the names of such files end.
    pub(crate) const fn ending(self) -> &'static str {
        match self {
            Self::Script => ".uvm",
            Self::Outcomes => "-answers.uvm",
        }
    }

    /// What such a file is, for the browser.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Script | Self::Outcomes => "text/plain;charset=utf-8",
        }
    }
}

/// The run as that file.
pub(crate) fn text(export: Export, run: &Run) -> String {
    match export {
        Export::Script => run.source.text.clone(),
        Export::Outcomes => with_outcomes(&run.source.text, &run.timeline),
    }
}
