//! What is drawn, as one value: a snapshot of a model, in two parts. What stands is handed down from
//! component to component, which compare it; what every step changes goes to those who show it
//! directly.

use std::rc::Rc;

use uvmscope_format::kernel_spec;
use uvmscope_replay::why::{Field, Value};
use uvmscope_replay::{Counter, Place, Side, differences};
use uvmscope_scene::{Axis, Caption, MarkKind, Node, SideBySide, Subject, Table};
use uvmscope_uvm::{Config, VaRange};

use crate::app::bring::Import;
use crate::app::layout::Layout;
use crate::app::run::Run;
use crate::app::stand::{Shown, Stand};
use crate::app::state::{
    Controls, Look, Pace, Question, Select, Sheet, State, Tab, Waiting, Why, kernel_name,
};
use crate::app::ui::path;
use crate::app::{link, report};

/// A snapshot of an element.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) frame: Frame,
    pub(crate) now: Now,
}

/// What few steps change.
#[derive(Debug, PartialEq)]
pub(crate) struct Frame {
    pub(crate) layout: Layout,
    /// There is room for hints beside the buttons.
    pub(crate) roomy: bool,
    pub(crate) controls: Controls,
    pub(crate) tab: Tab,
    pub(crate) look: Look,
    pub(crate) calm: bool,
    pub(crate) title: Rc<str>,
    pub(crate) kernels: Kernels,
    /// One for each run that is shown.
    pub(crate) sides: Vec<SideView>,
    pub(crate) calls: Calls,
    pub(crate) marks: Option<MarkKind>,
    pub(crate) zoomed: bool,
    pub(crate) table: Option<Rc<Table>>,
    pub(crate) askable: Askable,
    pub(crate) why: Option<WhyView>,
    pub(crate) sheet: Option<SheetView>,
    /// Where the script was imported from.
    pub(crate) import: Option<SameImport>,
    /// The script, where it can be written in.
    pub(crate) script: Option<ScriptView>,
    /// What is not shown yet.
    pub(crate) waiting: Option<Waiting>,
    pub(crate) note: Option<String>,
    pub(crate) problems: Rc<[String]>,
}

/// Which kernels run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kernels {
    pub(crate) first: Config,
    pub(crate) second: Option<Config>,
    pub(crate) can_undo: bool,
    pub(crate) can_redo: bool,
}

/// One run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SideView {
    pub(crate) side: Side,
    /// What its kernel is called, where there are two.
    pub(crate) name: Option<Rc<str>>,
    /// The stretch of its axis that is chosen.
    pub(crate) span: Option<VaRange>,
}

/// What a step changes.
#[derive(Debug)]
pub(crate) struct Now {
    /// One for each run that is shown.
    sides: Vec<SideNow>,
    /// What stands between two of them.
    pub(crate) between: Option<Rc<Between>>,
    pub(crate) spot: Spot,
    pub(crate) lines: Lines,
}

/// One run at its place.
#[derive(Debug)]
pub(crate) struct SideNow {
    pub(crate) place: Place,
    pub(crate) shown: Rc<Shown>,
    /// How the picture is to be entered.
    pub(crate) entry: Entry,
}

/// How a picture is to be entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    /// What changed is seen to change.
    pub(crate) moves: bool,
    /// Differs from that of the entry before.
    pub(crate) even: bool,
}

impl Now {
    /// A run at its place; nothing where it is not shown any more.
    pub(crate) fn side(&self, side: Side) -> Option<&SideNow> {
        self.sides.get(side.index())
    }

    /// Whether two runs are at the same line, of the same function.
    pub(crate) fn same_line(&self) -> bool {
        matches!(&self.sides[..], [a, b] if a.shown.code.same_line(&b.shown.code))
    }

    /// Whether the same is to be said of all runs that are shown.
    pub(crate) fn says_the_same(&self) -> bool {
        match &self.sides[..] {
            [a, b] => a.shown.caption == b.shown.caption,
            _ => true,
        }
    }
}

/// What stands between two pictures.
#[derive(Debug, PartialEq)]
pub(crate) struct Between {
    /// Where they part, and why; or that they have not parted.
    pub(crate) caption: Caption,
    pub(crate) parted: bool,
    /// How the states differ here, in sentences.
    pub(crate) differences: Vec<String>,
    /// Differences that are not told one by one.
    pub(crate) more: usize,
    /// The addresses that differ, on the axis that both pictures share.
    pub(crate) ranges: Vec<VaRange>,
    pub(crate) axis: Axis,
    pub(crate) width: u32,
}

/// Where the run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) place: Place,
    /// Steps of this call.
    pub(crate) steps: usize,
    pub(crate) calls: usize,
    /// Steps before this place, and before the last one.
    pub(crate) ordinal: usize,
    pub(crate) last: usize,
    /// Whether there is a step on, and one back.
    pub(crate) has_next: bool,
    pub(crate) has_previous: bool,
    pub(crate) playing: bool,
    pub(crate) pace: Pace,
    /// Where the two kernels part for the first time.
    pub(crate) divergence: Option<Place>,
    /// The mark that the keys go to next.
    pub(crate) next_mark: Option<MarkKind>,
}

/// The calls of the run; they stay the same from step to step.
#[derive(Debug, Clone)]
pub(crate) struct Calls(pub(crate) Rc<Run>);

impl PartialEq for Calls {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Numbers of the system, each with a line over the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lines(pub(crate) Rc<[Line]>);

/// A number: its value now, and what it was when the call began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) counter: Counter,
    pub(crate) now: i64,
    pub(crate) was: i64,
    /// Its line over the run.
    pub(crate) path: Rc<str>,
}

/// Everything in the pictures that may be asked about, in words that tell one from the other; what
/// is asked about alone where nobody looks at the list.
pub(crate) type Askable = Rc<[(Side, Subject, String)]>;

/// The answer that is open.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct WhyView {
    pub(crate) why: Rc<Why>,
    /// Whose values they are, where there are two kernels.
    pub(crate) whose: Option<Rc<str>>,
}

/// An import, equal only to itself.
#[derive(Debug, Clone)]
pub(crate) struct SameImport(pub(crate) Rc<Import>);

impl PartialEq for SameImport {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// The script as it is being written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ScriptView {
    pub(crate) text: Rc<str>,
    pub(crate) select: Select,
}

/// What lies over the page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SheetView {
    Help,
    Report(Rc<str>),
    Share(Rc<Share>),
    /// The scenarios that come along, and which of them is shown.
    Gallery(Rc<str>),
    /// A text can be brought; the last one could not be read for this reason.
    Import(Option<Rc<str>>),
}

/// What is shown, for others.
#[derive(Debug, PartialEq)]
pub(crate) struct Share {
    /// The part of the address behind `#`, or why there is none.
    pub(crate) link: Result<String, String>,
    /// Where the page of this program stands.
    pub(crate) base: Rc<str>,
    /// The scenario, if the script is one that comes along.
    pub(crate) scenario: Option<String>,
    pub(crate) kernel: String,
    pub(crate) compare: Option<String>,
    /// The kernel of that name.
    pub(crate) second: Option<Config>,
    pub(crate) at: String,
    pub(crate) run: Calls,
}

/// From this width on there is room for hints beside the buttons.
const ROOMY: u16 = 1560;
/// Rows of the table at once.
const ROWS: usize = 40;
/// Differences that are told one by one.
const DIFFERENCES: usize = 5;

impl View {
    /// A snapshot of a state whose runs stand at `stands`.
    pub(crate) fn of(state: &State, stands: &[Stand]) -> Self {
        let now = Now {
            sides: stands.iter().map(|stand| side_now(state, stand)).collect(),
            between: between(state, stands).map(Rc::new),
            spot: spot(state),
            lines: Lines(lines(state)),
        };
        Self { frame: Frame::of(state, stands), now }
    }
}

impl Frame {
    fn of(state: &State, stands: &[Stand]) -> Self {
        let run = &state.run;
        let errors = run.source.errors.iter().map(ToString::to_string);
        let cursor = &stands[0].cursor;
        Self {
            layout: Layout::of(state.width),
            roomy: state.width >= ROOMY,
            controls: state.controls,
            tab: state.tab,
            look: state.look,
            calm: state.calm,
            title: run.source.title.as_str().into(),
            kernels: Kernels {
                first: run.config(),
                second: state.beside.as_ref().map(|beside| beside.run.config()),
                can_undo: !state.history.past.is_empty(),
                can_redo: !state.history.future.is_empty(),
            },
            sides: Side::BOTH[..stands.len()].iter().map(|side| side_view(state, *side)).collect(),
            calls: Calls(Rc::clone(run)),
            marks: state.marks,
            zoomed: state.zoom.is_some(),
            table: state.table.then(|| Rc::new(run.story.table(cursor, ROWS))),
            askable: askable(state, stands),
            why: state
                .why
                .as_ref()
                .map(|why| WhyView { why: Rc::clone(why), whose: name_of(state, why.side) }),
            sheet: state.sheet.map(|sheet| match sheet {
                Sheet::Help => SheetView::Help,
                Sheet::Gallery => SheetView::Gallery(run.source.name.as_str().into()),
                Sheet::Import => SheetView::Import(state.refusal.clone()),
                Sheet::Share => SheetView::Share(Rc::new(share(state))),
                Sheet::Report => SheetView::Report(report::text(run).into()),
            }),
            import: state.import.clone().map(SameImport),
            script: state
                .editing
                .then(|| ScriptView { text: Rc::clone(&state.text), select: state.select.clone() }),
            waiting: state.waiting(),
            note: state.note.clone(),
            // The editor says what is wrong where it is wrong.
            problems: state
                .problem
                .iter()
                .chain(state.complaints.iter())
                .cloned()
                .chain(errors.filter(|_| !state.editing))
                .collect(),
        }
    }
}

fn share(state: &State) -> Share {
    let run = &state.run;
    Share {
        link: link::of(state).map_err(|error| error.to_string()),
        base: Rc::clone(&state.base),
        scenario: Some(run.source.name.clone()).filter(|name| !name.is_empty()),
        kernel: kernel_spec::print(run.config()),
        compare: state.beside.as_ref().map(|beside| kernel_spec::print(beside.run.config())),
        second: state.beside.as_ref().map(|beside| beside.run.config()),
        at: run.story.address(state.place),
        run: Calls(Rc::clone(run)),
    }
}

/// What the kernel of a side is called, where there are two.
fn name_of(state: &State, side: Side) -> Option<Rc<str>> {
    state.beside.as_ref().map(|_| kernel_name(state.run_of(side).config()).into())
}

fn side_view(state: &State, side: Side) -> SideView {
    let span = state.span.filter(|(of, _)| *of == side).map(|(_, range)| range);
    SideView { side, name: name_of(state, side), span }
}

fn side_now(state: &State, stand: &Stand) -> SideNow {
    SideNow {
        place: stand.cursor.place(),
        shown: Rc::clone(&stand.shown),
        entry: Entry { moves: state.moves && !state.calm, even: state.beat.is_multiple_of(2) },
    }
}

/// What the pictures show that may be asked about, each thing once. Finding words for all of it at
/// every step would cost more than drawing the step.
fn askable(state: &State, stands: &[Stand]) -> Askable {
    let mut all: Vec<(Side, Subject, String)> = Vec::new();
    let asked = state.why.as_ref().map(|why| (why.side, why.question));
    let wanted = |side, subject| state.listing || asked == Some((side, Question::Subject(subject)));
    if state.controls != Controls::Full || !(state.listing || asked.is_some()) {
        return all.into();
    }
    for (stand, side) in stands.iter().zip(Side::BOTH) {
        for node in stand.shown.scene.nodes() {
            let subject = node.key.subject().filter(|subject| wanted(side, *subject));
            let Some(subject) = subject else { continue };
            let known = all.iter().any(|(of, it, _)| *of == side && *it == subject);
            let words =
                if known { String::new() } else { words(state, side, stand, node, subject) };
            if !words.is_empty() {
                all.push((side, subject, words));
            }
        }
    }
    all.into()
}

/// What a node of a picture is called in a list, where nobody sees what it stands beside.
fn words(state: &State, side: Side, stand: &Stand, node: &Node, subject: Subject) -> String {
    let title =
        |birth, field| state.run_of(side).story.title(&stand.cursor, Value::Entry { birth, field });
    match subject {
        Subject::WiredCount(birth) => title(birth, Field::WiredCount),
        Subject::Prot(birth) => title(birth, Field::Prot),
        Subject::Attributes(birth) => {
            format!("{} of {}", node.words(), title(birth, Field::Exists))
        }
        _ => node.title.clone().unwrap_or_else(|| node.words()),
    }
}

fn between(state: &State, stands: &[Stand]) -> Option<Between> {
    let (Some(beside), [a, b]) = (&state.beside, stands) else { return None };
    let names = [&state.run, &beside.run].map(|run| kernel_name(run.config()));
    let tells = SideBySide::new(&beside.alignment, [&names[0], &names[1]]);
    let pair = state.pair();
    let found = differences(a.cursor.state(), b.cursor.state());
    let caption = tells.caption_at(pair, found.is_empty());
    let told: Vec<_> = found.listed.iter().map(|d| tells.difference(d)).collect();
    Some(Between {
        caption,
        parted: tells.parted(pair).is_some(),
        more: found.total.saturating_sub(told.len().min(DIFFERENCES)),
        differences: told.into_iter().take(DIFFERENCES).collect(),
        ranges: found.listed.iter().filter_map(uvmscope_replay::StateDifference::range).collect(),
        axis: a.shown.scene.axis.clone(),
        width: u32::try_from(a.shown.scene.width.floor_px()).unwrap_or(0),
    })
}

fn spot(state: &State) -> Spot {
    let run = &state.run;
    let timeline = &run.timeline;
    let (pair, alignment) = (state.pair(), state.beside.as_ref().map(|b| &b.alignment));
    let (next, previous) = match alignment {
        Some(alignment) => (alignment.step_on(pair).is_some(), alignment.step_back(pair).is_some()),
        None => (timeline.step_on(pair[0]).is_some(), timeline.step_back(pair[0]).is_some()),
    };
    Spot {
        place: state.place,
        steps: state.steps(Side::A),
        calls: timeline.calls().len(),
        ordinal: timeline.ordinal(state.place),
        last: timeline.ordinal(timeline.last_place()),
        has_next: next,
        has_previous: previous,
        playing: state.playing,
        pace: state.pace,
        divergence: alignment.and_then(|a| a.first_divergence()).map(|d| d.at[0]),
        next_mark: run.story.next_mark_of(state.place, state.marks).map(|mark| mark.kind),
    }
}

fn lines(state: &State) -> Rc<[Line]> {
    let (timeline, run) = (&state.run.timeline, &state.run);
    let events = timeline.events_before(state.place);
    let begun = timeline.events_before(Place { step: 0, ..state.place });
    let line = |(n, counter): (usize, Counter)| {
        let series = timeline.series(counter);
        let path = Rc::clone(&run.lines()[n]);
        Line { counter, now: series.at(events), was: series.at(begun), path }
    };
    Counter::ALL.into_iter().enumerate().map(line).collect()
}

/// The lines of a run's counters, in the order of [`Counter::ALL`].
pub(crate) fn line_paths(run: &Run) -> Vec<Rc<str>> {
    let timeline = &run.timeline;
    let last = timeline.ordinal(timeline.last_place());
    let path = |counter| {
        let series = timeline.series(counter);
        let at = |events: usize| match events.checked_sub(1) {
            Some(event) => timeline.ordinal(timeline.place_after(event)),
            None => 0,
        };
        let values: Vec<_> = series.changes.iter().map(|(events, n)| (at(*events), *n)).collect();
        path(&values, last, series.bounds()).into()
    };
    Counter::ALL.map(path).to_vec()
}
