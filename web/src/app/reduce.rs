//! How an element changes: from one state and an action to the next state.

use std::rc::Rc;

use uvmscope_replay::{Alignment, Direction, Place, Side, align};
use uvmscope_uvm::Config;

use crate::app::asking::{ask, ask_here, back_along_the_trail, jump_from_answer};
use crate::app::bring;
use crate::app::command::Command;
use crate::app::editing;
use crate::app::history::remember;
use crate::app::link;
use crate::app::run::Run;
use crate::app::state::{Action, Beside, Sheet, State, kernel_words};
use crate::app::steps::{
    Moving, jump, jump_to_pair, lay_beside, next_pair, play, step, to_the_end,
};
use crate::app::undo::{redo, undo};

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
        Action::Edit(edit) => editing::edit(&mut next, edit),
        Action::EditLines(edit, selection) => editing::edit_lines(&mut next, edit, &selection),
        Action::AddCall(call) => editing::add_call(&mut next, &call),
        Action::Span(span) => next.span = span,
        Action::Follow(text) => {
            // Behind an address without a link nothing is to be seen that is not there already.
            if !text.is_empty() && link::follow(&mut next, &text) {
                let mut before = state.clone();
                remember(&mut before);
                next.history = before.history;
            }
        }
        Action::Bring(brought) => bring::bring_in(&mut next, brought),
        Action::Read(brought, read) => bring::show_read(&mut next, &brought, read),
        Action::Process(id) => bring::take_process(&mut next, id),
        Action::Forget => next.import = None,
        Action::Open(source) => editing::open(&mut next, source, None),
        Action::Arrived(run, beside) => editing::arrive(&mut next, run, beside),
        Action::Progress(progress) => next.progress = progress,
        Action::Cancel => editing::cancel(&mut next),
        Action::Kernel(side, config) if config == state.run_of(side).config() => {}
        Action::Kernel(side, config) => {
            remember(&mut next);
            switch(&mut next, side, config);
        }
        Action::Ask(side, question) => ask(&mut next, side, question),
        Action::List(listing) => next.listing = listing,
        Action::Explain(term) => {
            next.note = Some(format!("`{}`: {}", term.word, term.meaning));
        }
        Action::Lens(per_mille) => lens(&mut next, per_mille),
        Action::Jump(place) => jump_from_answer(&mut next, place),
        Action::Marks(kind) => next.marks = kind,
        Action::Play => play(&mut next),
        Action::Pause => next.playing = false,
        Action::Tick => {
            step(&mut next, Moving::Step(Direction::On));
            next.playing = state.playing && next_pair(&next, Moving::Step(Direction::On)).is_some();
        }
        // An element that grows taller tells its width, too; that is no reason to end a motion.
        Action::Resize(width) if width == state.width => {}
        Action::Resize(width) => {
            next.width = width;
            next.moves = false;
        }
        Action::Tab(tab) => next.tab = tab,
        Action::Look(look) => next.look = look,
        Action::Calm(calm) => next.calm = calm,
        Action::Sheet(sheet) => {
            next.sheet = sheet;
            next.refusal = None;
        }
    }
    next
}

fn command_done(state: &mut State, command: Command) {
    use Direction::{Back, On};
    match command {
        Command::PlayPause if state.playing => state.playing = false,
        Command::PlayPause => play(state),
        Command::StepOn => step(state, Moving::Step(On)),
        Command::StepBack => step(state, Moving::Step(Back)),
        Command::NextCall => step(state, Moving::Call(On)),
        Command::PreviousCall => step(state, Moving::Call(Back)),
        Command::NextMark => step(state, Moving::Mark(On)),
        Command::PreviousMark => step(state, Moving::Mark(Back)),
        Command::Over => step(state, Moving::Over(On)),
        Command::OverBack => step(state, Moving::Over(Back)),
        Command::Out => step(state, Moving::Out(On)),
        Command::OutBack => step(state, Moving::Out(Back)),
        Command::First => jump(state, state.run.timeline.first_place()),
        Command::Last => to_the_end(state),
        Command::Slower => state.pace = state.pace.slower(),
        Command::Faster => state.pace = state.pace.faster(),
        Command::Why => ask_here(state),
        Command::WhyBack => back_along_the_trail(state),
        Command::Compare => {
            let config = if state.beside.is_some() { None } else { Some(opposite(state)) };
            remember(state);
            lay_beside(state, config);
        }
        Command::Divergence => to_divergence(state),
        Command::Fit => state.zoom = None,
        Command::ZoomEntry => zoom(state, false),
        Command::ZoomPage => zoom(state, true),
        Command::Table => state.table = !state.table,
        Command::Edit => editing::toggle(state),
        Command::Gallery => state.sheet = Some(Sheet::Gallery),
        Command::Import => {
            state.refusal = None;
            state.sheet = Some(Sheet::Import);
        }
        Command::Share => state.sheet = Some(Sheet::Share),
        Command::Report => state.sheet = Some(Sheet::Report),
        Command::Undo => undo(state),
        Command::Redo => redo(state),
        Command::Help => state.sheet = Some(Sheet::Help),
        Command::Close => close(state),
    }
}

/// The innermost thing that is open goes first.
fn close(state: &mut State) {
    if state.sheet.take().is_none() && state.span.take().is_none() && state.why.take().is_none() {
        state.zoom = None;
    }
}

// ---- kernels

/// Runs the script under another kernel, and stays at the same place of the story: the same call,
/// the last step that both runs share there.
fn switch(state: &mut State, side: Side, config: Config) {
    state.playing = false;
    let former = Rc::clone(state.run_of(side));
    let place = state.place_of(side);
    let run = Run::record(Rc::clone(&former.source), config);
    let alignment = align(&former.timeline, &run.timeline);
    let to = alignment.partner(place);
    state.note = Some(switch_note(&alignment, config, [place, to]));
    let second = match (side, state.beside.take()) {
        (Side::B, Some(_)) => Some(run),
        (_, beside) => {
            state.place = to;
            state.run = run;
            beside.map(|beside| beside.run)
        }
    };
    state.beside = second.map(|run| Beside::of_run(&state.run, state.place, run));
    state.why = None;
    state.moves = true;
    state.beat = state.beat.wrapping_add(1);
}

/// What the switch of a kernel means at the place where it was switched.
fn switch_note(alignment: &Alignment, config: Config, [from, to]: [Place; 2]) -> String {
    let name = kernel_words(config);
    let call = from.call;
    if to.call != call {
        return format!("Now {name}: there the machine stops before call {call}.");
    }
    match alignment.divergence_in(call) {
        None => format!("Now {name}. Call {call} does the same on both kernels."),
        Some(divergence) if from <= divergence.alike[0] => {
            let step = divergence.alike[0].step;
            format!(
                "Now {name}. Both kernels share call {call} up to step {step}; after that they differ."
            )
        }
        Some(divergence) => {
            let step = divergence.alike[0].step;
            format!(
                "Now {name}. The kernels parted in call {call} after step {step}; this is the nearest step of this one."
            )
        }
    }
}

/// The kernel that is most worth comparing with: the repaired one, or for that the original.
fn opposite(state: &State) -> Config {
    use uvmscope_uvm::Preset;
    let config = state.run.config();
    let committed = Preset::Committed.changes();
    let changes = if config.changes == committed { Preset::Original.changes() } else { committed };
    Config { changes, ..config }
}

/// To where two kernels part for the first time; from one such place on to the next, and from the
/// last again to the first.
fn to_divergence(state: &mut State) {
    if state.beside.is_none() {
        remember(state);
        lay_beside(state, Some(opposite(state)));
    }
    let Some(beside) = &state.beside else { return };
    let alignment = Rc::clone(&beside.alignment);
    let pair = state.pair();
    let mut divergences = alignment.divergences();
    let next = divergences.find(|d| d.at == pair).and_then(|_| divergences.next());
    match next.or_else(|| alignment.first_divergence()) {
        Some(divergence) => jump_to_pair(state, divergence.at),
        None => state.note = Some("Both kernels do the same in every call.".to_owned()),
    }
}

// ---- looking closer

/// Shows some entries of a large map.
fn lens(state: &mut State, per_mille: usize) {
    let mut cursor = state.run.timeline.cursor();
    cursor.seek(state.place);
    state.zoom = state.run.story.around(&cursor, per_mille).or(state.zoom);
    state.moves = false;
}

/// Shows only the entry that the step is about, or only the pages around the one it is about.
fn zoom(state: &mut State, page: bool) {
    let mut cursor = state.run.timeline.cursor();
    cursor.seek(state.place);
    let story = &state.run.story;
    let range = if page { story.page_in_hand(&cursor) } else { story.entry_in_hand(&cursor) };
    match range {
        Some(range) => {
            state.zoom = Some(range);
            state.moves = false;
        }
        None => state.note = Some("Nothing is in hand here that could be shown larger.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use uvmscope_replay::Place;
    use uvmscope_scene::{MarkKind, Subject};
    use uvmscope_uvm::{Change, Preset};

    use super::*;
    use crate::app::effects::effects;
    use crate::app::run::Source;
    use crate::app::state::{Pace, Question};
    use crate::contract::{Changed, HostEvent, Wake};

    fn opened(config: Config) -> State {
        let source = Source::scenario("mlock-zero").expect("the scenario");
        let run = Run::record(Rc::new(source), config);
        let place = run.opening();
        State::new(run, place, 1440)
    }

    fn original() -> State {
        opened(Config::ORIGINAL)
    }

    fn after(state: &State, actions: &[Action]) -> State {
        actions.iter().fold(state.clone(), |state, action| reduce(&state, action.clone()))
    }

    fn preset(side: Side, preset: Preset) -> Action {
        Action::Kernel(side, Config::preset(preset))
    }

    fn at(state: &State, place: &str) -> Place {
        state.run.story.place_of(place).expect("a place")
    }

    #[test]
    fn it_opens_where_the_promise_is_broken() {
        let state = original();
        assert_eq!(state.place, at(&state, "3.broken"));
        assert_eq!(opened(Config::preset(Preset::Later)).place, Place { call: 1, step: 0 });
    }

    #[test]
    fn three_quick_steps_are_three_steps() {
        let start = reduce(&original(), Action::Call(3));
        let state = after(&start, &[const { Action::Do(Command::StepOn) }; 3]);
        assert_eq!(state.place, Place { call: 3, step: 3 });
        assert!(state.moves);
    }

    #[test]
    fn only_another_width_ends_a_motion() {
        let state = after(&original(), &[Action::Do(Command::StepOn)]);
        assert!(state.moves);
        assert!(reduce(&state, Action::Resize(state.width)).same_as(&state));
        let narrow = reduce(&state, Action::Resize(360));
        assert_eq!((narrow.width, narrow.moves), (360, false));
    }

    #[test]
    fn the_ends_hold() {
        use Command::{First, Last, NextCall, OutBack, Over, StepBack, StepOn};
        for beside in [&[][..], &[Action::Do(Command::Compare)]] {
            let state = after(&original(), beside);
            let end = reduce(&state, Action::Do(Last));
            for command in [StepOn, NextCall, Over] {
                assert_eq!(reduce(&end, Action::Do(command)).pair(), end.pair(), "{command:?}");
            }
            let start = reduce(&state, Action::Do(First));
            assert_eq!(start.place, Place { call: 1, step: 0 });
            for command in [StepBack, Command::PreviousCall, OutBack] {
                assert_eq!(reduce(&start, Action::Do(command)).pair(), start.pair(), "{command:?}");
            }
        }
    }

    #[test]
    fn switching_at_the_panic_stays_in_the_call_and_says_what_is_shared() {
        let state =
            after(&original(), &[Action::Do(Command::Last), preset(Side::A, Preset::Committed)]);
        assert_eq!(state.place.call, 6);
        let note = state.note.clone().expect("a sentence");
        assert!(note.contains("as it was committed") && note.contains("call 6"), "{note}");
        let state = after(&state, &[Action::Do(Command::Last)]);
        assert_eq!(state.run.timeline.halt(), None);
    }

    #[test]
    fn undoing_brings_back_kernel_comparison_and_place() {
        let start = original();
        let place = start.place;
        let one = Config {
            changes: start.run.config().changes.with(Change::PageableEmptyReturn),
            ..Config::ORIGINAL
        };
        let steps = [
            Action::Kernel(Side::A, one),
            Action::Do(Command::Last),
            Action::Do(Command::Compare),
            preset(Side::B, Preset::Later),
        ];
        let state = after(&start, &steps);
        let setup = state.setup();
        let undone = after(&state, &[const { Action::Do(Command::Undo) }; 3]);
        assert_eq!((undone.setup().config, undone.setup().beside), (Config::ORIGINAL, None));
        assert_eq!(undone.place, place);
        let nothing = reduce(&undone, Action::Do(Command::Undo));
        assert_eq!(nothing.note.as_deref(), Some("There is nothing to undo."));
        let again = after(&undone, &[const { Action::Do(Command::Redo) }; 3]);
        assert_eq!((again.setup().config, again.setup().beside), (setup.config, setup.beside));
        assert_eq!(again.place, setup.place);
    }

    #[test]
    fn playing_stops_at_the_end_and_begins_again_from_the_start() {
        for beside in [&[][..], &[Action::Do(Command::Compare)]] {
            let mut state = after(&after(&original(), beside), &[Action::Do(Command::PlayPause)]);
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
    }

    #[test]
    fn both_runs_are_moved_by_one_set_of_controls_and_d_goes_to_where_they_part() {
        let state = reduce(&original(), Action::Do(Command::Divergence));
        let beside = state.beside.as_ref().expect("a second run");
        assert_eq!(beside.run.config(), Config::preset(Preset::Committed));
        let event = beside.run.story.event(beside.place).expect("a step");
        let empty = uvmscope_uvm::Cond::Empty {
            range: uvmscope_uvm::VaRange::new(
                uvmscope_uvm::Vaddr(0x7f7f_f7ed_6000),
                uvmscope_uvm::Vaddr(0x7f7f_f7ed_6000),
            ),
        };
        assert_eq!(event.event, uvmscope_uvm::KernelEvent::Test { cond: empty, held: true });
        // On to the next divergence, and round to the first again.
        let mut seen = vec![state.pair()];
        let mut next = reduce(&state, Action::Do(Command::Divergence));
        while next.pair() != state.pair() {
            seen.push(next.pair());
            next = reduce(&next, Action::Do(Command::Divergence));
        }
        assert_eq!(seen.len(), beside.alignment.divergences().count());
    }

    #[test]
    fn a_random_walk_ends_where_going_there_at_once_ends() {
        let commands = [
            Command::StepOn,
            Command::StepBack,
            Command::NextCall,
            Command::PreviousCall,
            Command::NextMark,
            Command::PreviousMark,
            Command::Over,
            Command::OverBack,
            Command::Out,
            Command::OutBack,
            Command::Divergence,
            Command::Compare,
        ];
        let mut seed = 88_172_645_463_325_252_u64;
        let mut random = || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            usize::try_from(seed >> 33).expect("31 bits")
        };
        let mut state = original();
        for _ in 0..3_000 {
            state = reduce(&state, Action::Do(commands[random() % commands.len()]));
            for side in Side::BOTH {
                let place = state.place_of(side);
                let timeline = &state.run_of(side).timeline;
                assert_eq!(timeline.clamp(place), place, "{place} is a place");
            }
        }
        let there = reduce(&state, Action::Goto(state.place));
        assert_eq!(there.place, state.place);
    }

    #[test]
    fn marks_of_a_chosen_kind_are_the_only_ones_gone_to() {
        let state =
            after(&original(), &[Action::Do(Command::First), Action::Marks(Some(MarkKind::Count))]);
        let mut places = Vec::new();
        let mut next = reduce(&state, Action::Do(Command::NextMark));
        while places.last() != Some(&next.place) {
            places.push(next.place);
            next = reduce(&next, Action::Do(Command::NextMark));
        }
        let counts: Vec<_> = ["3.count", "5.count", "6.count"].map(|p| at(&state, p)).to_vec();
        assert_eq!(places, counts);
    }

    #[test]
    fn why_leads_from_the_panic_to_the_lock_of_nothing_in_two_jumps_and_back() {
        let state = reduce(&original(), Action::Do(Command::Last));
        let mut cursor = state.run.timeline.cursor();
        cursor.seek(state.place);
        let tail = cursor.state().entries().last().expect("an entry").1.birth;
        let question = Question::Subject(Subject::WiredCount(tail));
        let state = reduce(&state, Action::Ask(Side::A, question));
        let why = state.why.as_deref().expect("an answer");
        let jumps: Vec<Place> = why.answer.parts[0].jumps.iter().map(|jump| jump.place).collect();
        assert_eq!(jumps[..2], [at(&state, "5.cut"), at(&state, "3.count")]);
        let jumped = after(&state, &[Action::Jump(jumps[0]), Action::Jump(jumps[1])]);
        assert_eq!(jumped.place, at(&state, "3.count"));
        let back = after(&jumped, &[Action::Do(Command::WhyBack), Action::Do(Command::WhyBack)]);
        assert_eq!(back.place, state.place);
        assert!(reduce(&back, Action::Do(Command::Close)).why.is_none());
    }

    #[test]
    fn effects_tell_steps_the_halt_and_the_divergence() {
        let names = |a: &State, b: &State| {
            let told = |event: &HostEvent| event.json()["name"].as_str().map(ToOwned::to_owned);
            effects(a, b).events.iter().filter_map(told).collect::<Vec<_>>()
        };
        let state = original();
        let next = reduce(&state, Action::Do(Command::StepOn));
        assert_eq!(names(&state, &next), ["step"]);
        let end = reduce(&next, Action::Do(Command::Last));
        assert_eq!(names(&next, &end), ["step", "halt"]);
        assert_eq!(effects(&end, &end), Changed::default());
        let parted = reduce(&state, Action::Do(Command::Divergence));
        assert_eq!(names(&state, &parted), ["step", "divergence"]);
        let playing = reduce(&state, Action::Play);
        assert_eq!(effects(&state, &playing).wake, Wake::After(Pace::Usual.wait()));
        let faster = reduce(&playing, Action::Do(Command::Faster));
        assert_eq!(effects(&playing, &faster).wake, Wake::After(Pace::Quick.wait()));
        assert_eq!(effects(&playing, &reduce(&playing, Action::Pause)).wake, Wake::Never);
    }
}
