//! What happens to an element when its script is changed, or another one takes its place.

use std::ops::Range;
use std::rc::Rc;

use uvmscope_format::link::At;
use uvmscope_format::script::call_text;
use uvmscope_replay::{Place, Recording};
use uvmscope_uvm::{Call, Config};

use crate::app::history::remember;
use crate::app::lines::{LineEdit, edited, only_line, place_after, with_line};
use crate::app::link;
use crate::app::run::{Run, Source, tidy};
use crate::app::state::{
    Action, Anchor, Beside, Edit, History, Pending, Select, Setup, State, Tab, kernel_words,
};
use crate::app::steps::jump;

/// Events of a run that is recorded at once; a longer one is recorded a bit at a time.
const AT_ONCE: usize = 200_000;

/// The script is another text now. It runs at once, from the place where the reader is.
pub(super) fn edit(state: &mut State, edit: Edit) {
    if let Some(range) = edit.select.clone() {
        select(state, range);
    }
    let edit = Edit { text: tidy(edit.text), ..edit };
    if *state.text == *edit.text {
        return;
    }
    let typing = only_line(&state.text, &edit.text);
    if typing.is_none() || state.history.typing != typing {
        remember(state);
    }
    let past = state.history.past.clone();
    state.history = Rc::new(History { past, future: Vec::new(), typing });
    state.text = edit.text.as_str().into();
    // What is written on while it is being recorded is still about the place that was left.
    let pending = state.pending.take().and_then(|pending| pending.from.clone());
    let here = || Anchor { source: Rc::clone(&state.run.source), place: state.place };
    let from = pending.or_else(|| state.anchor.clone()).unwrap_or_else(here);
    let source = Rc::new(Source::read(edit.text));
    let config = config_of(state, &source);
    let beside = state.beside.as_ref().map(|beside| beside.run.config());
    bring(state, Pending { source, config, beside, from: Some(from), at: None });
}

/// The kernel on which a changed script runs: the one that was chosen, unless the script now asks
/// for another than before.
fn config_of(state: &State, source: &Source) -> Config {
    let (former, asked) = (state.run.source.script.config, source.script.config);
    let mut config = state.run.config();
    if asked.changes != former.changes {
        config.changes = asked.changes;
    }
    if asked.diagnostic != former.diagnostic {
        config.diagnostic = asked.diagnostic;
    }
    config
}

/// Lets the script be written in, or no longer; the caret is at the call that is shown.
pub(super) fn toggle(state: &mut State) {
    state.editing = !state.editing;
    if state.editing {
        state.tab = Tab::Calls;
        let source = &state.run.source;
        let shown = source.script.calls().nth(state.place.call.wrapping_sub(1));
        let line = shown.map_or(0, |(statement, _)| statement.line as usize);
        let before = source.text.split('\n').take(line).map(|it| it.len() + 1).sum::<usize>();
        let at = before.saturating_sub(1).min(source.text.len());
        select(state, at..at);
    }
}

/// Changes the lines that the selection touches.
pub(super) fn edit_lines(state: &mut State, lines: LineEdit, selection: &Range<usize>) {
    let (text, select) = edited(&state.text, selection, lines);
    edit(state, Edit { text, select: Some(select) });
}

/// Puts one more call behind the one that is shown, and goes there.
pub(super) fn add_call(state: &mut State, call: &Call) {
    let line = call_text(call);
    state.span = None;
    let source = &state.run.source;
    let shown = source.script.calls().nth(state.place.call.wrapping_sub(1));
    // Behind a line that is wrong nothing runs.
    let line_of =
        shown.map(|(statement, _)| statement.line).filter(|_| *state.text == *source.text);
    let (text, select) = with_line(&state.text, line_of, &line);
    let next = state.place.call + usize::from(shown.is_some());
    edit(state, Edit { text, select: Some(select) });
    if state.pending.is_none() {
        let place = Place { call: next, step: 0 };
        jump(state, place);
        state.note = Some(format!("Added call {next}: `{line}`"));
    }
}

/// Another script takes the place of this one, on its own kernel; at the place `at`, or where a
/// reader comes in.
pub(super) fn open(state: &mut State, source: Rc<Source>, at: Option<At>) {
    remember(state);
    let config = source.script.config;
    let beside = state.beside.as_ref().map(|beside| beside.run.config());
    state.text = source.text.as_str().into();
    state.sheet = None;
    state.import = None;
    select(state, 0..0);
    bring(state, Pending { source, config, beside, from: None, at });
}

/// A former script, or one that was taken back, with its kernels and its place.
pub(super) fn bring_back(state: &mut State, setup: Setup) {
    let Setup { source, config, beside, place } = setup;
    // The selection stays near what has changed.
    let head = |(a, b): &(u8, u8)| a == b;
    let alike = state.text.bytes().zip(source.text.bytes()).take_while(head).count();
    let at = (alike..=source.text.len()).find(|at| source.text.is_char_boundary(*at));
    let at = at.unwrap_or(source.text.len());
    select(state, at..at);
    state.text = source.text.as_str().into();
    let from = Some(Anchor { source: Rc::clone(&source), place });
    state.note = Some("The script is as it was.".to_owned());
    bring(state, Pending { source, config, beside, from, at: None });
}

fn select(state: &mut State, range: Range<usize>) {
    state.select = Select { range, beat: state.select.beat.wrapping_add(1) };
}

/// Runs a script, at once where it is short.
pub(crate) fn bring(state: &mut State, pending: Pending) {
    state.playing = false;
    state.progress = 0;
    state.reading = None;
    let record = |config: Config| {
        let mut recording = Recording::new(Rc::clone(&pending.source.script), config);
        (!recording.go_on(AT_ONCE)).then(|| Run::of(Rc::clone(&pending.source), recording.finish()))
    };
    let run = record(pending.config);
    let beside = run.as_ref().and_then(|_| pending.beside.map(record));
    state.pending = Some(Rc::new(pending));
    match (run, beside) {
        (Some(run), None) => arrive(state, run, None),
        (Some(run), Some(Some(beside))) => arrive(state, run, Some(beside)),
        _ => {}
    }
}

/// What was pending is recorded: it is shown, from the place that was waited for.
pub(super) fn arrive(state: &mut State, run: Rc<Run>, beside: Option<Rc<Run>>) {
    let Some(pending) = state.pending.take() else { return };
    let source = &pending.source;
    let whole = source.errors.is_empty();
    let place = match &pending.from {
        Some(from) => run.timeline.clamp(place_after(&from.source, from.place, source)),
        None => run.opening(),
    };
    // Where the script breaks off before that place, it is gone back to once the error is mended.
    state.anchor = pending.from.clone().filter(|_| !whole);
    if pending.config != state.run.config() && pending.from.is_some() {
        state.note = Some(format!("Now {}.", kernel_words(pending.config)));
    } else if pending.from.is_none() {
        state.note = None;
        state.zoom = None;
        state.marks = None;
    }
    state.run = run;
    state.place = place;
    state.beside = beside.map(|beside| Beside::of_run(&state.run, place, beside));
    state.why = None;
    state.moves = false;
    state.problem = None;
    if let Some(at) = &pending.at {
        link::stand_at(state, at);
    }
}

/// Gives up what is pending; the script that ran before is shown on.
pub(super) fn cancel(state: &mut State) {
    if state.reading.take().is_some() {
        state.note = Some("The text was not read; what is shown was there before it.".to_owned());
    }
    if let Some(pending) = state.pending.take() {
        // What was typed stays; what was only opened is as if it had not been.
        if pending.from.is_none() {
            state.text = state.run.source.text.as_str().into();
            state.import = None;
        }
        state.note = Some(
            "The script was not run to its end; what is shown is what ran before it.".to_owned(),
        );
    }
}

/// The recording of what is pending, bit by bit.
#[derive(Debug)]
pub(crate) struct Job {
    pending: Rc<Pending>,
    recordings: Vec<Recording>,
    done: Vec<Rc<Run>>,
}

/// Events that are recorded before the page can do something else: some milliseconds.
const SLICE: usize = 60_000;

impl Job {
    pub(crate) fn new(pending: &Rc<Pending>) -> Self {
        let kernels = [Some(pending.config), pending.beside];
        let script = &pending.source.script;
        // The last is recorded first.
        let recordings = kernels
            .into_iter()
            .flatten()
            .rev()
            .map(|config| Recording::new(Rc::clone(script), config))
            .collect();
        Self { pending: Rc::clone(pending), recordings, done: Vec::new() }
    }

    pub(crate) fn is_for(&self, pending: &Rc<Pending>) -> bool {
        Rc::ptr_eq(&self.pending, pending)
    }

    /// Goes on for a while.
    pub(crate) fn go_on(&mut self) -> Action {
        if let Some(recording) = self.recordings.last_mut() {
            if recording.go_on(SLICE) {
                return Action::Progress(self.hundredths());
            }
            let run = self.recordings.pop().map(Recording::finish);
            let source = &self.pending.source;
            self.done.extend(run.map(|timeline| Run::of(Rc::clone(source), timeline)));
            if !self.recordings.is_empty() {
                return Action::Progress(self.hundredths());
            }
        }
        let mut done = self.done.drain(..);
        match (done.next(), done.next()) {
            (Some(run), beside) => Action::Arrived(run, beside),
            (None, _) => Action::Cancel,
        }
    }

    fn hundredths(&self) -> usize {
        let of = |recording: &Recording| {
            let (done, all) = recording.progress();
            done * 100 / all.max(1)
        };
        let sum = self.done.len() * 100 + self.recordings.iter().map(of).sum::<usize>();
        sum / (self.done.len() + self.recordings.len()).max(1)
    }
}

#[cfg(test)]
mod tests {
    use uvmscope_uvm::Preset;

    use super::*;
    use crate::app::command::Command;
    use crate::app::reduce::reduce;

    fn opened(text: &str) -> State {
        let source = Source::read(text.to_owned());
        let config = source.script.config;
        let run = Run::record(Rc::new(source), config);
        let place = run.opening();
        State::new(run, place, 1440)
    }

    fn mail() -> State {
        let source = Source::scenario("mlock-zero").expect("the scenario");
        opened(&source.text)
    }

    fn written(state: &State, text: impl Into<String>) -> State {
        reduce(state, Action::Edit(Edit { text: text.into(), select: None }))
    }

    fn at(state: &State, place: &str) -> State {
        let place = state.run.story.place_of(place).expect("a place");
        reduce(state, Action::Goto(place))
    }

    fn done(state: &State, command: Command) -> State {
        reduce(state, Action::Do(command))
    }

    #[test]
    fn what_is_written_runs_at_once_and_the_place_is_kept() {
        let state = at(&mail(), "5.cut");
        let text = state.text.replace("touch(", "munlock(buf, 4K)\ntouch(");
        let more = written(&state, text.as_str());
        assert_eq!((more.place.call, more.place.step), (6, state.place.step));
        assert_eq!(more.run.calls.len(), state.run.calls.len() + 1);
        assert_eq!(more.run.source.name, "", "it is the scenario no more");
        let back = written(&more, &*state.text);
        assert_eq!(back.place, state.place);
        assert_eq!(back.run.source.name, "mlock-zero");
    }

    #[test]
    fn a_line_half_written_costs_nobody_the_place() {
        let state = at(&mail(), "6.end");
        let broken = written(&state, state.text.replacen("mlock(p, 0)", "mlock(p, ", 1));
        assert!(!broken.run.source.errors.is_empty());
        assert!(broken.place.call < 6, "it runs only up to there");
        let worse = written(&broken, broken.text.replacen("mlock(p, ", "mlock(p", 1));
        let mended = written(&worse, &*state.text);
        assert_eq!(mended.place, state.place);
        // Whoever goes elsewhere in between stays there.
        let gone = written(&done(&broken, Command::First), &*state.text);
        assert_eq!(gone.place, state.run.timeline.first_place());
    }

    #[test]
    fn what_is_typed_in_one_line_is_undone_at_once_and_the_kernel_after_it() {
        let state =
            reduce(&mail(), Action::Kernel(uvmscope_replay::Side::A, Config::preset(Preset::Mail)));
        let typed = ["munlock(p, 102)", "munlock(p, 10)", "munlock(p, 1)"].iter().fold(
            state.clone(),
            |state, line| {
                let (head, _) = state.text.rsplit_once("munlock").expect("a last call");
                written(&state, format!("{head}{line}\n"))
            },
        );
        assert_eq!(typed.run.config(), state.run.config(), "the chosen kernel stays");
        let undone = done(&typed, Command::Undo);
        assert_eq!(*undone.text, *state.text);
        assert_eq!(undone.run.config(), Config::preset(Preset::Mail));
        let again = done(&undone, Command::Redo);
        assert_eq!(*again.text, *typed.text);
        let first = done(&done(&again, Command::Undo), Command::Undo);
        assert_eq!(first.run.config(), Config::ORIGINAL);
    }

    #[test]
    fn a_kernel_that_the_script_now_asks_for_is_the_one_that_runs() {
        let state = mail();
        let other = written(&state, state.text.replace("kernel original", "kernel committed"));
        assert_eq!(other.run.config(), Config::preset(Preset::Committed));
        assert_eq!(other.run.timeline.halt(), None);
        let off = written(&other, other.text.replace("diagnostic on", "diagnostic off"));
        assert!(!off.run.config().diagnostic);
    }

    #[test]
    fn two_kernels_stay_side_by_side_while_the_script_changes() {
        let state = done(&mail(), Command::Compare);
        let more = written(&state, format!("{}munlockall()\n", state.text));
        let beside = more.beside.as_ref().expect("a second run");
        assert_eq!(beside.run.config(), Config::preset(Preset::Committed));
        assert_eq!(beside.run.calls.len(), state.run.calls.len() + 1);
        assert!(Rc::ptr_eq(&beside.run.source, &more.run.source));
    }

    #[test]
    fn a_call_is_added_behind_the_one_that_is_shown() {
        let state = at(&mail(), "3.0");
        let call = Call::Munmap { addr: 0x7f7f_f7ed_0000, len: 8192 };
        let more = reduce(&state, Action::AddCall(call));
        assert_eq!(more.place, Place { call: 4, step: 0 });
        assert_eq!(more.run.calls[3].text, "munmap(0x7f7ff7ed0000, 8K)");
        assert!(more.run.source.errors.is_empty());
        let alone = reduce(&opened(""), Action::AddCall(call));
        assert_eq!((alone.place.call, alone.run.calls.len()), (1, 1));
    }

    #[test]
    fn a_long_script_is_run_bit_by_bit_and_can_be_given_up() {
        let mut text =
            "p = mmap(NULL, 4M, PROT_READ|PROT_WRITE, MAP_ANON|MAP_PRIVATE, -1, 0)\n".to_owned();
        for _ in 0..60 {
            text.push_str("mlock(p, 4M)\nmunlock(p, 4M)\n");
        }
        let state = mail();
        let source = Rc::new(Source::own(text));
        let waiting = reduce(&state, Action::Open(Rc::clone(&source)));
        let pending = waiting.pending.as_ref().expect("it takes its time");
        assert!(Rc::ptr_eq(&waiting.run, &state.run), "what was shown is still shown");
        let mut job = Job::new(pending);
        let mut now = waiting.clone();
        let mut bits = 0;
        while now.pending.is_some() {
            let before = now.progress;
            now = reduce(&now, job.go_on());
            assert!(now.progress >= before || now.pending.is_none());
            bits += 1;
        }
        assert!(bits > 2, "{bits} bits");
        assert!(Rc::ptr_eq(&now.run.source, &source));
        let whole = Run::record(Rc::clone(&source), Config::ORIGINAL);
        assert_eq!(now.run.timeline.calls(), whole.timeline.calls());
        let given_up = reduce(&waiting, Action::Cancel);
        assert!(given_up.pending.is_none() && given_up.note.is_some());
        assert!(Rc::ptr_eq(&given_up.run, &state.run));
        assert_eq!(*given_up.text, *state.text);
        // What was typed stays when it is given up, and can be undone.
        let typed = written(&state, &*source.text);
        let stopped = reduce(&typed, Action::Cancel);
        assert_eq!(*stopped.text, *source.text);
        assert_eq!(*done(&stopped, Command::Undo).text, *state.text);
        // Back to what was there before, though that was never left.
        assert_eq!(*done(&waiting, Command::Undo).text, *state.text);
    }
}
