//! What an element remembers, and how it changes: `reduce` is a function from one state to the
//! next, and `effects` tells the rest of the page what that means.

use std::rc::Rc;

use serde_json::json;
use uvmscope_format::kernel_spec;
use uvmscope_replay::Place;
use uvmscope_uvm::{Change, Config, Preset};

use crate::app::command::Command;
use crate::app::run::Run;
use crate::contract::{Changed, HostEvent, Wake};

/// Milliseconds between two steps when it plays by itself.
const PACE: u32 = 1100;

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

/// All that an element remembers.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(crate) run: Rc<Run>,
    pub(crate) place: Place,
    pub(crate) playing: bool,
    /// Whether the way to this place is to be seen; else it is simply there.
    pub(crate) moves: bool,
    /// Counts the moves, so that the same motion twice in a row is seen twice.
    pub(crate) beat: u32,
    /// Width of the element in pixels.
    pub(crate) width: u16,
    pub(crate) tab: Tab,
    pub(crate) controls: Controls,
    /// A sentence about what the last action meant.
    pub(crate) note: Option<String>,
    /// A sentence about what is wrong with what the page's author wrote.
    pub(crate) problem: Option<String>,
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.run, &other.run)
            && self.place == other.place
            && self.playing == other.playing
            && self.moves == other.moves
            && self.beat == other.beat
            && self.width == other.width
            && self.tab == other.tab
            && self.controls == other.controls
            && self.note == other.note
            && self.problem == other.problem
    }
}

/// What can happen to an element.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Action {
    Do(Command),
    /// To a place, at once.
    Goto(Place),
    /// To the entry of a call.
    Call(usize),
    /// To so many steps from the beginning; the slider.
    Scrub(usize),
    /// Another kernel.
    Kernel(Config),
    Preset(Preset),
    Toggle(Change),
    Diagnostic(bool),
    Play,
    Pause,
    /// The time between two steps is over.
    Tick,
    Resize(u16),
    Tab(Tab),
}

/// The state after an action.
pub(crate) fn reduce(state: &State, action: Action) -> State {
    let mut next = state.clone();
    match action {
        Action::Do(command) => command_done(&mut next, command),
        Action::Goto(place) => jump(&mut next, place),
        Action::Call(call) => jump(&mut next, Place { call, step: 0 }),
        Action::Scrub(ordinal) => {
            let place = state.run.timeline.place_at(ordinal);
            jump(&mut next, place);
        }
        Action::Kernel(config) => switch(&mut next, config),
        Action::Preset(preset) => {
            let diagnostic = state.run.config().diagnostic;
            switch(&mut next, Config { diagnostic, changes: preset.changes() });
        }
        Action::Toggle(change) => {
            let config = state.run.config();
            let has = config.changes.has(change);
            let changes =
                if has { config.changes.without(change) } else { config.changes.with(change) };
            switch(&mut next, Config { changes, ..config });
        }
        Action::Diagnostic(diagnostic) => {
            switch(&mut next, Config { diagnostic, ..state.run.config() });
        }
        Action::Play => play(&mut next),
        Action::Pause => next.playing = false,
        Action::Tick => {
            step(&mut next, state.run.timeline.step_on(state.place));
            next.playing = state.playing && state.run.timeline.step_on(next.place).is_some();
        }
        // An element that grows taller tells its width, too; that is no reason to end a motion.
        Action::Resize(width) if width == state.width => {}
        Action::Resize(width) => {
            next.width = width;
            next.moves = false;
        }
        Action::Tab(tab) => next.tab = tab,
    }
    next
}

/// Moves by a command stop the playing; the reader has taken over.
fn command_done(state: &mut State, command: Command) {
    let timeline = Rc::clone(&state.run.timeline);
    let place = state.place;
    let story = &Rc::clone(&state.run).story;
    match command {
        Command::PlayPause if state.playing => state.playing = false,
        Command::PlayPause => play(state),
        Command::StepOn => step(state, timeline.step_on(place)),
        Command::StepBack => step(state, timeline.step_back(place)),
        Command::NextCall => step(state, timeline.next_call(place)),
        Command::PreviousCall => step(state, timeline.previous_call(place)),
        Command::NextMark => step(state, story.next_mark(place).map(|m| m.place)),
        Command::PreviousMark => step(state, story.previous_mark(place).map(|m| m.place)),
        Command::First => jump(state, timeline.first_place()),
        Command::Last => jump(state, timeline.last_place()),
    }
}

/// To a place that is near, so that the way there can be seen.
fn step(state: &mut State, to: Option<Place>) {
    state.playing = false;
    state.note = None;
    if let Some(place) = to {
        state.place = place;
        state.moves = true;
        state.beat = state.beat.wrapping_add(1);
    }
}

/// To any place, at once.
fn jump(state: &mut State, to: Place) {
    state.playing = false;
    state.note = None;
    state.place = state.run.timeline.clamp(to);
    state.moves = false;
}

/// Plays on from here, or from the beginning where this is the end.
fn play(state: &mut State) {
    state.playing = true;
    state.note = None;
    if state.run.timeline.step_on(state.place).is_none() {
        state.place = state.run.timeline.first_place();
        state.moves = false;
    }
}

/// Runs the script under another kernel, and stays at the same place of the story: the same call,
/// the last step that both runs share there.
fn switch(state: &mut State, config: Config) {
    if config == state.run.config() {
        return;
    }
    let run = Run::record(Rc::clone(&state.run.source), config);
    let (to, shared) = state.run.shared_with(&run, state.place);
    let place = run.timeline.clamp(to);
    state.note = Some(switch_note(state, &run, place, shared));
    state.playing = false;
    state.place = place;
    state.run = run;
    state.moves = true;
    state.beat = state.beat.wrapping_add(1);
}

fn switch_note(state: &State, run: &Run, place: Place, shared: usize) -> String {
    let name = kernel_name(run.config());
    let call = state.place.call;
    if place.call != call {
        return format!("Now {name}. There the machine stops before call {call}.");
    }
    let steps =
        |r: &Run| r.timeline.calls().get(call - 1).map_or(0, uvmscope_replay::CallRun::steps);
    if shared == steps(run) && shared == steps(&state.run) {
        return format!("Now {name}. Call {call} takes the same steps on both kernels.");
    }
    if shared == 0 {
        return format!("Now {name}. Call {call} goes another way from its first step on.");
    }
    format!("Now {name}. Both kernels share call {call} up to step {shared}; behind it they part.")
}

/// A kernel as people and scripts write it.
pub(crate) fn kernel_name(config: Config) -> String {
    let spec = kernel_spec::print(config);
    if config.diagnostic { spec } else { format!("{spec} without DIAGNOSTIC") }
}

/// What a change of the state means to those outside.
pub(crate) fn effects(old: &State, new: &State) -> Changed {
    let mut events = Vec::new();
    let moved = old.place != new.place || !Rc::ptr_eq(&old.run, &new.run);
    if moved {
        events.push(HostEvent { name: "step", detail: step_detail(new) });
        if let Some(halt) = new.run.timeline.halt()
            && new.place == new.run.timeline.last_place()
        {
            let detail = json!({ "at": at_json(new), "reason": halt.to_string() });
            events.push(HostEvent { name: "halt", detail });
        }
    }
    let wake = if new.playing && (moved || !old.playing) {
        Wake::After(PACE)
    } else if old.playing && !new.playing {
        Wake::Never
    } else {
        Wake::Keep
    };
    Changed { redraw: old != new, events, wake }
}

fn step_detail(state: &State) -> serde_json::Value {
    json!({ "at": at_json(state), "kernel": kernel_spec::print(state.run.config()) })
}

/// Number of steps of the call.
pub(crate) fn at_steps(state: &State) -> usize {
    let call = state.run.timeline.calls().get(state.place.call - 1);
    call.map_or(0, uvmscope_replay::CallRun::steps)
}

/// The place as plain data.
pub(crate) fn at_json(state: &State) -> serde_json::Value {
    json!({ "call": state.place.call, "step": state.place.step, "steps": at_steps(state) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::run::Source;

    fn opened(config: Config) -> State {
        let source = Source::scenario("mlock-zero").expect("the scenario");
        let run = Run::record(Rc::new(source), config);
        State {
            place: run.opening(),
            run,
            playing: false,
            moves: false,
            beat: 0,
            width: 1440,
            tab: Tab::default(),
            controls: Controls::default(),
            note: None,
            problem: None,
        }
    }

    fn after(state: &State, actions: &[Action]) -> State {
        actions.iter().fold(state.clone(), |state, action| reduce(&state, *action))
    }

    #[test]
    fn it_opens_where_the_promise_is_broken() {
        let state = opened(Config::ORIGINAL);
        assert_eq!(state.run.story.place_of("3.broken"), Ok(state.place));
        assert_eq!(opened(Config::preset(Preset::Later)).place, Place { call: 1, step: 0 });
    }

    #[test]
    fn three_quick_steps_are_three_steps() {
        let start = reduce(&opened(Config::ORIGINAL), Action::Call(3));
        let state = after(&start, &[Action::Do(Command::StepOn); 3]);
        assert_eq!(state.place, Place { call: 3, step: 3 });
        assert!(state.moves);
    }

    #[test]
    fn only_another_width_ends_a_motion() {
        let state = after(&opened(Config::ORIGINAL), &[Action::Do(Command::StepOn)]);
        assert!(state.moves);
        assert_eq!(reduce(&state, Action::Resize(state.width)), state);
        let narrow = reduce(&state, Action::Resize(360));
        assert_eq!((narrow.width, narrow.moves), (360, false));
    }

    #[test]
    fn the_ends_hold() {
        let state = after(
            &opened(Config::ORIGINAL),
            &[
                Action::Do(Command::Last),
                Action::Do(Command::StepOn),
                Action::Do(Command::NextCall),
            ],
        );
        assert_eq!(state.place, state.run.timeline.last_place());
        let state = after(&state, &[Action::Do(Command::First), Action::Do(Command::StepBack)]);
        assert_eq!(state.place, Place { call: 1, step: 0 });
    }

    #[test]
    fn switching_at_the_panic_stays_in_the_call_and_says_what_is_shared() {
        let state = after(
            &opened(Config::ORIGINAL),
            &[Action::Do(Command::Last), Action::Preset(Preset::Committed)],
        );
        assert_eq!(state.place.call, 6);
        let note = state.note.clone().expect("a sentence");
        assert!(note.contains("committed") && note.contains("call 6"), "{note}");
        let state = after(&state, &[Action::Do(Command::Last)]);
        assert_eq!(state.run.timeline.halt(), None);
    }

    #[test]
    fn a_change_can_be_toggled_and_toggled_back() {
        let state = opened(Config::ORIGINAL);
        let on = reduce(&state, Action::Toggle(Change::PageableEmptyReturn));
        assert!(on.run.config().changes.has(Change::PageableEmptyReturn));
        let off = reduce(&on, Action::Toggle(Change::PageableEmptyReturn));
        assert_eq!(off.run.config(), state.run.config());
    }

    #[test]
    fn playing_stops_at_the_end_and_begins_again_from_the_start() {
        let mut state = after(&opened(Config::ORIGINAL), &[Action::Do(Command::PlayPause)]);
        let mut ticks = 0;
        while state.playing {
            state = reduce(&state, Action::Tick);
            ticks += 1;
            assert!(ticks < 10_000, "it never ends");
        }
        assert_eq!(state.place, state.run.timeline.last_place());
        let again = reduce(&state, Action::Do(Command::PlayPause));
        assert_eq!((again.place, again.playing), (Place { call: 1, step: 0 }, true));
    }

    #[test]
    fn effects_tell_steps_and_the_halt() {
        let state = opened(Config::ORIGINAL);
        let next = reduce(&state, Action::Do(Command::StepOn));
        let told: Vec<_> = effects(&state, &next).events.iter().map(|e| e.name).collect();
        assert_eq!(told, ["step"]);
        let end = reduce(&next, Action::Do(Command::Last));
        let told: Vec<_> = effects(&next, &end).events.iter().map(|e| e.name).collect();
        assert_eq!(told, ["step", "halt"]);
        assert_eq!(effects(&end, &end), Changed::default());
        let playing = reduce(&state, Action::Play);
        assert_eq!(effects(&state, &playing).wake, Wake::After(PACE));
        assert_eq!(effects(&playing, &reduce(&playing, Action::Pause)).wake, Wake::Never);
    }
}
