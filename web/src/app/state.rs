//! What an element remembers.

use std::ops::Range;
use std::rc::Rc;

use uvmscope_format::kernel_spec;
use uvmscope_format::link::At;
use uvmscope_replay::why::Value;
use uvmscope_replay::{Alignment, CallRun, Place, Side, align};
use uvmscope_scene::glossary::Term;
use uvmscope_scene::{Answer, MarkKind, Subject};
use uvmscope_uvm::{Call, Change, Config, Preset, VaRange};

use crate::app::bring::{Brought, Import, Read};
use crate::app::command::Command;
use crate::app::lines::LineEdit;
use crate::app::run::{Run, Source};

/// Which part a narrow screen shows below the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Tab {
    #[default]
    Calls,
    Code,
    Console,
}

impl Tab {
    pub(crate) const ALL: [Self; 3] = [Self::Calls, Self::Code, Self::Console];

    /// What its button says.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Calls => "Calls",
            Self::Code => "Code",
            Self::Console => "Console",
        }
    }
}

/// How much stands around the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Controls {
    #[default]
    Full,
    Min,
    None,
}

/// How fast it plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum Pace {
    Slow,
    #[default]
    Usual,
    Quick,
    Fast,
}

impl Pace {
    const ALL: [Self; 4] = [Self::Slow, Self::Usual, Self::Quick, Self::Fast];

    /// Milliseconds between two steps.
    pub(crate) const fn wait(self) -> u32 {
        match self {
            Self::Slow => 2400,
            Self::Usual => 1100,
            Self::Quick => 550,
            Self::Fast => 220,
        }
    }

    /// As it is shown.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Slow => "½×",
            Self::Usual => "1×",
            Self::Quick => "2×",
            Self::Fast => "5×",
        }
    }

    pub(crate) fn slower(self) -> Self {
        Self::ALL[(self as usize).saturating_sub(1)]
    }

    pub(crate) fn faster(self) -> Self {
        Self::ALL[(self as usize + 1).min(Self::ALL.len() - 1)]
    }
}

/// What lies over the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sheet {
    Help,
    Report,
    Share,
    Gallery,
    Import,
}

/// Colours, where the reader has set them against the system's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Look {
    #[default]
    System,
    Light,
    Dark,
    Contrast,
}

impl Look {
    pub(crate) const ALL: [Self; 4] = [Self::System, Self::Light, Self::Dark, Self::Contrast];

    /// Its name in style sheets and in what is stored.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Contrast => "contrast",
        }
    }

    /// What its button says.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::System => "As the system",
            Self::Light => "Light",
            Self::Dark => "Dark",
            Self::Contrast => "High contrast",
        }
    }
}

/// A second run that is shown beside the first.
#[derive(Debug, Clone)]
pub(crate) struct Beside {
    pub(crate) run: Rc<Run>,
    pub(crate) alignment: Rc<Alignment>,
    pub(crate) place: Place,
}

impl Beside {
    /// Lays the same script under another kernel beside `first`, at the place that belongs to
    /// `place`.
    pub(crate) fn new(first: &Run, place: Place, config: Config) -> Self {
        Self::of_run(first, place, Run::record(Rc::clone(&first.source), config))
    }

    /// The same for what has been recorded already.
    pub(crate) fn of_run(first: &Run, place: Place, run: Rc<Run>) -> Self {
        let alignment = Rc::new(align(&first.timeline, &run.timeline));
        let place = alignment.partner(place);
        Self { run, alignment, place }
    }
}

/// What a reader asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Question {
    /// Something in the picture.
    Subject(Subject),
    /// A number of the system, or a line of the console.
    Value(Value),
}

/// A question with its answer, and the way that was walked from there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Why {
    pub(crate) side: Side,
    pub(crate) question: Question,
    /// Where it was asked.
    pub(crate) at: Place,
    pub(crate) answer: Rc<Answer>,
    /// Places of the side that were left by jumps, the latest last.
    pub(crate) trail: Vec<Place>,
}

/// What undoing brings back.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) source: Rc<Source>,
    pub(crate) config: Config,
    pub(crate) beside: Option<Config>,
    pub(crate) place: Place,
}

/// Setups before this one, and those that were undone.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    pub(crate) past: Vec<Setup>,
    pub(crate) future: Vec<Setup>,
    /// The line that is being typed in: all of that is undone at once.
    pub(crate) typing: Option<usize>,
}

/// A script that is being run, a bit at a time.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) source: Rc<Source>,
    pub(crate) config: Config,
    pub(crate) beside: Option<Config>,
    /// The place to go on from, in the run of another script, or nothing to begin anew.
    pub(crate) from: Option<Anchor>,
    /// The place of a link, where it came by one.
    pub(crate) at: Option<At>,
}

/// Something that takes its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// A text is being read.
    Reading,
    /// A script is being recorded; so many hundredths are done.
    Running(usize),
}

/// A place that is waited for: the script it was chosen in runs no more, or not so far.
#[derive(Debug, Clone)]
pub(crate) struct Anchor {
    pub(crate) source: Rc<Source>,
    pub(crate) place: Place,
}

/// Where the selection of the editor is to be, in bytes of the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Select {
    pub(crate) range: Range<usize>,
    /// Counts the times that it was set.
    pub(crate) beat: u32,
}

/// Another text for the script.
#[derive(Debug, Clone)]
pub(crate) struct Edit {
    pub(crate) text: String,
    /// What is selected then; nothing where the editor knows that better.
    pub(crate) select: Option<Range<usize>>,
}

/// All that an element remembers.
#[derive(Debug, Clone)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct State {
    pub(crate) run: Rc<Run>,
    pub(crate) place: Place,
    pub(crate) beside: Option<Beside>,
    pub(crate) playing: bool,
    pub(crate) pace: Pace,
    /// Whether the way to this place is to be seen; else it is simply there.
    pub(crate) moves: bool,
    /// Counts the moves, so that the same motion twice in a row is seen twice.
    pub(crate) beat: u32,
    /// The address of the folder of the page of this program.
    pub(crate) base: Rc<str>,
    /// Width of the element in pixels.
    pub(crate) width: u16,
    pub(crate) tab: Tab,
    pub(crate) controls: Controls,
    /// The marks that the keys go to; all where none is chosen.
    pub(crate) marks: Option<MarkKind>,
    /// The part of the map that is drawn; all of it where there is none.
    pub(crate) zoom: Option<VaRange>,
    /// The stretch of the axis that was drawn with the pointer, for one more call.
    pub(crate) span: Option<(Side, VaRange)>,
    pub(crate) why: Option<Rc<Why>>,
    /// The list of what may be asked about is in use.
    pub(crate) listing: bool,
    /// Where the script was imported from.
    pub(crate) import: Option<Rc<Import>>,
    /// The text that is being read elsewhere.
    pub(crate) reading: Option<Rc<Brought>>,
    /// Why the last text that was brought could not be read.
    pub(crate) refusal: Option<Rc<str>>,
    pub(crate) sheet: Option<Sheet>,
    pub(crate) table: bool,
    pub(crate) look: Look,
    /// The reader wants no motion, whatever the system says.
    pub(crate) calm: bool,
    pub(crate) history: Rc<History>,
    /// The script as it is being written; what runs is behind it while it is being recorded.
    pub(crate) text: Rc<str>,
    /// The script can be written in.
    pub(crate) editing: bool,
    pub(crate) select: Select,
    pub(crate) anchor: Option<Anchor>,
    pub(crate) pending: Option<Rc<Pending>>,
    /// How far that is, in hundredths.
    pub(crate) progress: usize,
    /// A sentence about what the last action meant.
    pub(crate) note: Option<String>,
    /// A sentence about what is wrong with where the address leads.
    pub(crate) problem: Option<String>,
    /// What is wrong with the attributes of the element, a sentence each.
    pub(crate) complaints: Rc<[String]>,
}

impl State {
    /// At a place of a run, everything else as it is at first.
    pub(crate) fn new(run: Rc<Run>, place: Place, width: u16) -> Self {
        let text = run.source.text.as_str().into();
        Self {
            run,
            place,
            beside: None,
            playing: false,
            pace: Pace::default(),
            moves: false,
            beat: 0,
            base: "".into(),
            width,
            tab: Tab::default(),
            controls: Controls::default(),
            marks: None,
            zoom: None,
            span: None,
            why: None,
            listing: false,
            import: None,
            reading: None,
            refusal: None,
            sheet: None,
            table: false,
            look: Look::default(),
            calm: false,
            history: Rc::default(),
            text,
            editing: false,
            select: Select::default(),
            anchor: None,
            pending: None,
            progress: 0,
            note: None,
            problem: None,
            complaints: Rc::default(),
        }
    }

    /// What is waited for.
    pub(crate) fn waiting(&self) -> Option<Waiting> {
        if self.reading.is_some() {
            return Some(Waiting::Reading);
        }
        self.pending.as_ref().map(|_| Waiting::Running(self.progress))
    }

    /// The run of a side; of the first where there is no second.
    pub(crate) fn run_of(&self, side: Side) -> &Rc<Run> {
        match (&self.beside, side) {
            (Some(beside), Side::B) => &beside.run,
            _ => &self.run,
        }
    }

    /// Where the run of a side stands.
    pub(crate) fn place_of(&self, side: Side) -> Place {
        match (&self.beside, side) {
            (Some(beside), Side::B) => beside.place,
            _ => self.place,
        }
    }

    /// Both places where there are two.
    pub(crate) fn pair(&self) -> [Place; 2] {
        [self.place, self.place_of(Side::B)]
    }

    /// What undoing would have to bring back.
    pub(crate) fn setup(&self) -> Setup {
        let beside = self.beside.as_ref().map(|beside| beside.run.config());
        let source = Rc::clone(&self.run.source);
        Setup { source, config: self.run.config(), beside, place: self.place }
    }

    /// Number of steps of the call.
    pub(crate) fn steps(&self, side: Side) -> usize {
        let calls = self.run_of(side).timeline.calls();
        calls.get(self.place_of(side).call - 1).map_or(0, CallRun::steps)
    }

    /// Whether anything that is drawn differs.
    pub(crate) fn same_as(&self, other: &Self) -> bool {
        let beside = match (&self.beside, &other.beside) {
            (None, None) => true,
            (Some(a), Some(b)) => Rc::ptr_eq(&a.run, &b.run) && a.place == b.place,
            _ => false,
        };
        let of = |s: &Self| {
            let numbers = (s.place, s.playing, s.pace, s.moves, s.beat, s.width, s.tab, s.listing);
            (numbers, (s.controls, s.marks, s.zoom, s.sheet, s.table, s.look, s.calm))
        };
        beside
            && Rc::ptr_eq(&self.run, &other.run)
            && of(self) == of(other)
            && self.why == other.why
            && Rc::ptr_eq(&self.history, &other.history)
            && self.import.as_ref().map(Rc::as_ptr) == other.import.as_ref().map(Rc::as_ptr)
            && self.reading.as_ref().map(Rc::as_ptr) == other.reading.as_ref().map(Rc::as_ptr)
            && self.refusal == other.refusal
            && Rc::ptr_eq(&self.text, &other.text)
            && self.pending.as_ref().map(Rc::as_ptr) == other.pending.as_ref().map(Rc::as_ptr)
            && (self.editing, &self.select, self.progress, self.span)
                == (other.editing, &other.select, other.progress, other.span)
            && self.note == other.note
            && self.problem == other.problem
            && self.complaints == other.complaints
    }
}

/// What can happen to an element.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    Do(Command),
    /// To a place, at once.
    Goto(Place),
    /// To the entry of a call.
    Call(usize),
    /// To so many steps from the beginning; the slider.
    Scrub(usize),
    /// The script is another text.
    Edit(Edit),
    /// The lines that a selection of the text touches are changed.
    EditLines(LineEdit, Range<usize>),
    /// One more call, behind the one that is shown.
    AddCall(Call),
    /// A stretch of the axis is chosen, or none.
    Span(Option<(Side, VaRange)>),
    /// To where a link leads.
    Follow(String),
    /// A text that the reader has, whatever it is.
    Bring(Brought),
    /// What was brought has been read.
    Read(Rc<Brought>, Result<Read, String>),
    /// Of an imported trace the calls of another process.
    Process(u32),
    /// The report of an import is closed.
    Forget,
    /// Another script instead of this one.
    Open(Rc<Source>),
    /// What was pending has been recorded, on one kernel or on two.
    Arrived(Rc<Run>, Option<Rc<Run>>),
    /// So many hundredths of it have.
    Progress(usize),
    /// What is pending is given up.
    Cancel,
    /// Another kernel on a side.
    Kernel(Side, Config),
    Ask(Side, Question),
    /// The list of what may be asked about is taken up, or left.
    List(bool),
    /// What a word of the kernel's means.
    Explain(&'static Term),
    /// To some entries of a large map, counted in thousandths of all.
    Lens(usize),
    /// To a place that an answer names.
    Jump(Place),
    /// Which marks the keys go to.
    Marks(Option<MarkKind>),
    Play,
    Pause,
    /// The time between two steps is over.
    Tick,
    Resize(u16),
    Tab(Tab),
    Look(Look),
    Calm(bool),
    Sheet(Option<Sheet>),
}

/// A kernel as people and scripts write it.
pub(crate) fn kernel_name(config: Config) -> String {
    let spec = kernel_spec::print(config);
    if config.diagnostic { spec } else { format!("{spec} without DIAGNOSTIC") }
}

/// A kernel in words, for a sentence.
pub(crate) fn kernel_words(config: Config) -> String {
    let same = |preset: &Preset| {
        let other = preset.changes();
        Change::ALL.into_iter().filter(|c| config.changes.has(*c) != other.has(*c)).count()
    };
    // The preset it differs least from; of several the oldest.
    let preset = Preset::ALL.into_iter().min_by_key(same).unwrap_or(Preset::Original);
    let base = match preset {
        Preset::Original => "the original kernel",
        Preset::Mail => "the repair of the mail",
        Preset::Committed => "the repair as it was committed",
        Preset::Later => "the kernel of 2022",
    };
    let names = |on: bool| {
        let differs = |c: &Change| config.changes.has(*c) == on && preset.changes().has(*c) != on;
        Change::ALL.into_iter().filter(differs).map(Change::name).collect::<Vec<_>>()
    };
    let mut words = base.to_owned();
    for (sign, names) in [(" with ", names(true)), (" without ", names(false))] {
        if !names.is_empty() {
            words = format!("{words}{sign}{}", names.join(" and "));
        }
    }
    if config.diagnostic { words } else { format!("{words}, built without DIAGNOSTIC") }
}

#[cfg(test)]
impl State {
    /// The story's scenario on the kernel that panics, where a reader comes in.
    pub(crate) fn of_the_story() -> Self {
        let source = Source::scenario("mlock-zero").expect("it comes along");
        let run = Run::record(Rc::new(source), Config::ORIGINAL);
        let place = run.opening();
        Self::new(run, place, 1440)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_is_told_in_words() {
        let of = |config| kernel_words(config);
        assert_eq!(of(Config::ORIGINAL), "the original kernel");
        let mail = Config::preset(Preset::Mail);
        let less = Config { changes: mail.changes.without(Change::SyscallWrapCheck), ..mail };
        assert_eq!(of(less), "the repair of the mail without syscall-wrap-check");
        let changes = Preset::Original.changes().with(Change::SyscallZeroGuard);
        let one = Config { diagnostic: false, changes };
        let told = "the original kernel with syscall-zero-guard, built without DIAGNOSTIC";
        assert_eq!(of(one), told);
    }
}
