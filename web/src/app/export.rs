//! A run as a file.

use uvmscope_format::export::{csv, trace_json, with_outcomes};

use uvmscope_replay::Place;
use uvmscope_scene::{Film, Look, Still};

use crate::app::view::Share;

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
    /// The place that is shown, drawn.
    Picture,
    /// The same as points.
    Points,
    /// The whole run, drawn so that it plays by itself.
    Film,
}

impl Export {
    pub(crate) const ALL: [Self; 7] = [
        Self::Script,
        Self::Outcomes,
        Self::Csv,
        Self::Trace,
        Self::Picture,
        Self::Points,
        Self::Film,
    ];

    /// What its button says.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Script => "the script",
            Self::Outcomes => "the script with its answers",
            Self::Csv => "the steps, as CSV",
            Self::Trace => "the trace, as JSON",
            Self::Picture => "the picture, as SVG",
            Self::Points => "the picture, as PNG",
            Self::Film => "the run as a picture that plays",
        }
    }

    /// How the names of such files end.
    pub(crate) const fn ending(self) -> &'static str {
        match self {
            Self::Script => ".uvm",
            Self::Outcomes => "-answers.uvm",
            Self::Csv => "-steps.csv",
            Self::Trace => "-trace.json",
            Self::Picture => ".svg",
            Self::Points => ".png",
            Self::Film => "-film.svg",
        }
    }

    /// What such a file is, for the browser.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Script | Self::Outcomes => "text/plain;charset=utf-8",
            Self::Csv => "text/csv;charset=utf-8",
            Self::Trace => "application/json",
            Self::Picture | Self::Film => "image/svg+xml",
            Self::Points => "image/png",
        }
    }
}

/// What is shown, as the text of that file; of the one with points, as the SVG text that it is made
/// from.
pub(crate) fn text(export: Export, share: &Share) -> String {
    let run = &share.run.0;
    let place = run.story.place_of(&share.at).unwrap_or_else(|_| run.opening());
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
        Export::Picture => picture(share, place, Look::Auto),
        Export::Points => picture(share, place, Look::Light),
        Export::Film => film(share).svg,
    }
}

/// The run as a picture that plays, with the place that is shown where nothing may move.
pub(crate) fn film(share: &Share) -> Film {
    let story = &share.run.0.story;
    let place = story.place_of(&share.at).unwrap_or_else(|_| story.opening());
    Film::of(story, Look::Auto, Still::USUAL.width, place)
}

fn picture(share: &Share, place: Place, look: Look) -> String {
    let still = Still { look, ..Still::USUAL };
    let story = &share.run.0.story;
    match (share.second, &share.compare) {
        (Some(second), Some(name)) => still.of_pair(story, place, second, [&share.kernel, name]),
        _ => still.of(story, place),
    }
}
