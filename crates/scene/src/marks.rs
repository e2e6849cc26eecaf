//! The places of a timeline that are worth going to.

use std::rc::Rc;

use uvmscope_replay::{CallEnd, Place};
use uvmscope_uvm::event::{Pin, PinAt};
use uvmscope_uvm::{Call, Cond, KernelEvent};

use crate::story::Story;

/// Why a place is worth going to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum MarkKind {
    /// A call begins.
    Call,
    /// An entry is cut in two.
    Cut,
    /// A cut is not made.
    Refused,
    /// An entry's count of wirings changes.
    Count,
    /// The kernel prints a line.
    Console,
    /// A promise is broken that was kept before.
    Broken,
    /// The last broken promise is mended.
    Mended,
    /// A walk that was to wire or release pages does nothing.
    Nothing,
    /// A call says success and leaves a promise broken that was whole.
    Silent,
    /// The machine stops.
    Panic,
}

impl MarkKind {
    /// Every kind there is.
    pub const ALL: [Self; 10] = [
        Self::Call,
        Self::Cut,
        Self::Refused,
        Self::Count,
        Self::Console,
        Self::Broken,
        Self::Mended,
        Self::Nothing,
        Self::Silent,
        Self::Panic,
    ];

    /// Its name in links: `3.cut.2` is the second cut of the third call.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Call => "call",
            Self::Cut => "cut",
            Self::Refused => "refused",
            Self::Count => "count",
            Self::Console => "console",
            Self::Broken => "broken",
            Self::Mended => "mended",
            Self::Nothing => "nothing",
            Self::Silent => "silent",
            Self::Panic => "panic",
        }
    }

    /// A sign for it that needs no colour.
    pub const fn glyph(self) -> char {
        match self {
            Self::Call => '|',
            Self::Cut => '\u{25b2}',
            Self::Refused => '\u{25bd}',
            Self::Count => '\u{25cf}',
            Self::Console => '\u{25a0}',
            Self::Broken => '\u{25c6}',
            Self::Mended => '\u{25c7}',
            Self::Nothing => '\u{2205}',
            Self::Silent => '\u{25c8}',
            Self::Panic => '\u{2716}',
        }
    }

    /// What it says, for a tooltip and a screen reader.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Call => "a call begins",
            Self::Cut => "an entry is cut in two",
            Self::Refused => "a cut is refused",
            Self::Count => "a wired_count changes",
            Self::Console => "the kernel prints a line",
            Self::Broken => "a promise is broken",
            Self::Mended => "every promise holds again",
            Self::Nothing => "pass 2 brings nothing in",
            Self::Silent => "success, with a promise broken",
            Self::Panic => "the kernel panics",
        }
    }
}

/// A place worth going to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Mark {
    /// Where.
    pub place: Place,
    /// Why.
    pub kind: MarkKind,
}

/// What an event is worth going to for.
fn kind_of(event: &KernelEvent) -> Option<MarkKind> {
    Some(match event {
        KernelEvent::ClipStart { .. } | KernelEvent::ClipEnd { .. } => MarkKind::Cut,
        KernelEvent::Test { cond: Cond::Cuts { .. }, held: false } => MarkKind::Refused,
        KernelEvent::WiredCount { .. } => MarkKind::Count,
        KernelEvent::Console { .. } => MarkKind::Console,
        KernelEvent::Panic { .. } => MarkKind::Panic,
        _ => return None,
    })
}

impl Story {
    /// Every mark of the timeline, in order; read once.
    pub fn marks(&self) -> Rc<[Mark]> {
        Rc::clone(self.marks.get_or_init(|| {
            let mut marks = Vec::new();
            for (i, run) in self.timeline().calls().iter().enumerate().filter(|(_, r)| r.ran()) {
                let at = |step| Place { call: i + 1, step };
                marks.push(Mark { place: at(0), kind: MarkKind::Call });
                let events = &self.timeline().events()[run.first..run.end];
                let of_events = events.iter().enumerate().filter_map(|(step, recorded)| {
                    let kind = kind_of(&recorded.event)?;
                    Some(Mark { place: at(step + 1), kind })
                });
                marks.extend(of_events);
            }
            marks.extend(self.promise_marks());
            marks.extend(self.idle_passes());
            marks.sort_unstable();
            marks.into()
        }))
    }

    /// Where the second pass of a lock leaves an entry alone, because it counts as wired already or
    /// because the walk ends before its first entry.
    fn idle_passes(&self) -> Vec<Mark> {
        let mut marks = Vec::new();
        for (i, run) in self.timeline().calls().iter().enumerate().filter(|(_, r)| r.ran()) {
            // Only a lock has a second pass.
            if !matches!(run.call, Call::Mlock { .. }) {
                continue;
            }
            let mut start_entry = None;
            let mut walks = 0;
            for (step, recorded) in self.timeline().events()[run.first..run.end].iter().enumerate()
            {
                let idle = match recorded.event {
                    KernelEvent::Pin { pin: Pin::StartEntry, at } => {
                        (start_entry, walks) = (Some(at), 0);
                        false
                    }
                    KernelEvent::Test { cond: Cond::WiredOnce { .. }, held } => !held,
                    KernelEvent::Test { cond: Cond::StartsBefore { entry, .. }, held: false } => {
                        walks += 1;
                        walks == 2 && start_entry == Some(PinAt::Entry(entry))
                    }
                    _ => false,
                };
                if idle {
                    let place = Place { call: i + 1, step: step + 1 };
                    marks.push(Mark { place, kind: MarkKind::Nothing });
                }
            }
        }
        marks
    }

    /// Where promises break, and where calls return with all of them whole again.
    fn promise_marks(&self) -> Vec<Mark> {
        let timeline = self.timeline();
        let broken = |place| Mark { place, kind: MarkKind::Broken };
        let breaks = timeline.promise_breaks();
        let mut marks: Vec<_> = breaks.iter().copied().map(broken).collect();
        for place in breaks {
            let run = &timeline.calls()[place.call - 1];
            if matches!(run.outcome, CallEnd::Done(done) if done.errno.is_ok()) {
                let place = Place { step: run.steps(), ..place };
                marks.push(Mark { place, kind: MarkKind::Silent });
            }
        }
        for (i, run) in timeline.calls().iter().enumerate().filter(|(_, r)| r.ran()) {
            let call = i + 1;
            let mended =
                call > 1 && timeline.is_whole_after(call) && !timeline.is_whole_after(call - 1);
            if mended {
                let place = Place { call, step: run.steps() };
                marks.push(Mark { place, kind: MarkKind::Mended });
            }
        }
        marks
    }

    /// The next mark after a place, of the kind that is given or of any.
    pub fn next_mark_of(&self, place: Place, kind: Option<MarkKind>) -> Option<Mark> {
        let marks = self.marks();
        let behind = marks.partition_point(|m| m.place <= place);
        marks[behind..].iter().find(|m| kind.is_none_or(|kind| m.kind == kind)).copied()
    }

    /// The last mark before a place, of the kind that is given or of any.
    pub fn previous_mark_of(&self, place: Place, kind: Option<MarkKind>) -> Option<Mark> {
        let marks = self.marks();
        let before = marks.partition_point(|m| m.place < place);
        marks[..before].iter().rfind(|m| kind.is_none_or(|kind| m.kind == kind)).copied()
    }
}
