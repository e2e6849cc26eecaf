//! Where the runs of a state stand, and what is shown of that.

use std::rc::Rc;

use uvmscope_replay::{Cursor, Side};
use uvmscope_scene::{Caption, CommonAxis, Scene, Viewport};

use crate::app::code::{self, Code};
use crate::app::layout::Layout;
use crate::app::state::State;

/// A run at its place: the state of its kernel there, and what is shown of it.
pub(crate) struct Stand {
    pub(crate) cursor: Cursor,
    pub(crate) shown: Rc<Shown>,
}

/// What is shown of a run at its place.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) scene: Rc<Scene>,
    pub(crate) caption: Caption,
    pub(crate) code: Code,
    pub(crate) console: Rc<[String]>,
}

/// One run at its place, or two where two kernels are compared.
pub(crate) struct Stands {
    all: Vec<Stand>,
    ahead: Option<Ahead>,
}

/// What will be shown of a state that is likely to come next.
struct Ahead {
    of: State,
    shown: Vec<Rc<Shown>>,
}

impl Stands {
    pub(crate) fn of(state: &State) -> Self {
        let mut stands = Self { all: Vec::new(), ahead: None };
        stands.move_to(state);
        stands
    }

    pub(crate) fn all(&self) -> &[Stand] {
        &self.all
    }

    /// Moves the runs to the places of a state, which may be other runs.
    pub(crate) fn move_to(&mut self, state: &State) {
        let ahead = self.ahead.take().filter(|ahead| ahead.of.same_as(state));
        let (mut stood, before): (Vec<Option<Cursor>>, Vec<Rc<Shown>>) =
            self.all.drain(..).map(|stand| (Some(stand.cursor), stand.shown)).unzip();
        let cursor = |side: &Side| {
            let timeline = &state.run_of(*side).timeline;
            let stood = stood.get_mut(side.index()).and_then(Option::take);
            let same = stood.filter(|cursor| Rc::ptr_eq(cursor.timeline(), timeline));
            let mut cursor = same.unwrap_or_else(|| timeline.cursor());
            cursor.seek(state.place_of(*side));
            cursor
        };
        let cursors: Vec<Cursor> = sides(state).iter().map(cursor).collect();
        let shown = match ahead {
            Some(ahead) => ahead.shown,
            None => show(state, &cursors.iter().collect::<Vec<_>>(), &before),
        };
        let stands = cursors.into_iter().zip(shown);
        self.all = stands.map(|(cursor, shown)| Stand { cursor, shown }).collect();
    }

    /// Draws the state that is likely to come next, while there is time; `now` is the state that
    /// stands.
    pub(crate) fn prepare(&mut self, now: &State, next: State) {
        let same = sides(now) == sides(&next)
            && sides(now).iter().all(|side| Rc::ptr_eq(now.run_of(*side), next.run_of(*side)));
        let is_drawn = self.ahead.as_ref().is_some_and(|ahead| ahead.of.same_as(&next));
        if !same || is_drawn || now.pair() == next.pair() {
            return;
        }
        for (stand, side) in self.all.iter_mut().zip(Side::BOTH) {
            stand.cursor.seek(next.place_of(side));
        }
        let (cursors, before): (Vec<_>, Vec<_>) =
            self.all.iter().map(|stand| (&stand.cursor, Rc::clone(&stand.shown))).unzip();
        let shown = show(&next, &cursors, &before);
        for (stand, side) in self.all.iter_mut().zip(Side::BOTH) {
            stand.cursor.seek(now.place_of(side));
        }
        self.ahead = Some(Ahead { of: next, shown });
    }
}

/// The sides that a state has.
fn sides(state: &State) -> &'static [Side] {
    if state.beside.is_some() { &Side::BOTH } else { &[Side::A] }
}

/// What is shown of a state whose runs stand at `cursors`. Each picture shares what it can with the
/// one that was shown before.
fn show(state: &State, cursors: &[&Cursor], before: &[Rc<Shown>]) -> Vec<Rc<Shown>> {
    let view = viewport(state);
    let story = |side: Side| &state.run_of(side).story;
    let common = match cursors {
        [a, b] => Some(CommonAxis::of([(story(Side::A), a), (story(Side::B), b)], view)),
        _ => None,
    };
    let show = |(cursor, side): (&&Cursor, Side)| {
        let (run, drawn) = (state.run_of(side), before.get(side.index()).map(|it| &it.scene));
        // Where the step's way is not to be seen, nothing comes from anywhere.
        let previous = drawn.filter(|_| state.moves).map(|scene| &**scene);
        let scene = match &common {
            Some(common) => run.story.scene_on(cursor, previous, common),
            None => run.story.scene(cursor, previous, view),
        };
        Rc::new(Shown {
            scene: Rc::new(match drawn {
                Some(drawn) => scene.sharing(drawn),
                None => scene,
            }),
            caption: run.story.caption(cursor),
            code: code::of(run, cursor),
            console: cursor.state().console().iter().map(ToString::to_string).collect(),
        })
    };
    cursors.iter().zip(Side::BOTH).map(show).collect()
}

fn viewport(state: &State) -> Viewport {
    let (width, height) = Layout::of(state.width).picture(state.width, state.editing);
    // Of two pictures each gets less of the height.
    let height = if state.beside.is_some() { height.min(320) } else { height };
    Viewport { slim: state.beside.is_some(), zoom: state.zoom, ..Viewport::fitting(width, height) }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use uvmscope_format::parse;
    use uvmscope_replay::Side;
    use uvmscope_uvm::Config;

    use super::{Stands, viewport};
    use crate::app::command::Command;
    use crate::app::opening::{DEFAULT_SCENARIO, DEFAULT_WIDTH};
    use crate::app::reduce::reduce;
    use crate::app::run::{Run, Source};
    use crate::app::state::{Action, State};

    fn opened() -> State {
        let source = Source::scenario(DEFAULT_SCENARIO).expect("it comes along");
        let run = Run::record(Rc::new(source), Config::ORIGINAL);
        let opening = run.opening();
        State::new(run, opening, DEFAULT_WIDTH)
    }

    fn shown(stands: &Stands) -> Vec<String> {
        stands.all().iter().map(|it| format!("{:?} {:?}", it.cursor.place(), it.shown)).collect()
    }

    /// Of what was drawn ahead only the time may be noticed.
    #[test]
    fn what_is_drawn_ahead_is_what_is_drawn_then() {
        let compared = reduce(&opened(), Action::Do(Command::Compare));
        for mut state in [opened(), compared] {
            let (mut ahead, mut plain) = (Stands::of(&state), Stands::of(&state));
            let mut taken = 0;
            for n in 0..300 {
                let step = if n % 7 < 5 { Command::StepOn } else { Command::StepBack };
                ahead.prepare(&state, reduce(&state, Action::Do(step)));
                assert_eq!(shown(&ahead), shown(&plain), "before step {n}");
                // Now and then something else comes than was expected.
                let next = match n % 11 {
                    10 => Command::NextCall,
                    9 => Command::ZoomEntry,
                    8 => Command::Fit,
                    _ => step,
                };
                let drawn = ahead.ahead.as_ref().map(|ahead| Rc::clone(&ahead.shown[0]));
                state = reduce(&state, Action::Do(next));
                ahead.move_to(&state);
                plain.move_to(&state);
                assert_eq!(shown(&ahead), shown(&plain), "step {n}");
                let is_taken = drawn.is_some_and(|it| Rc::ptr_eq(&it, &ahead.all()[0].shown));
                taken += usize::from(is_taken);
            }
            assert!((100..280).contains(&taken), "{taken} of 300");
        }
    }

    #[test]
    fn where_one_run_goes_on_alone_both_pictures_stay_on_one_axis() {
        // The kernel that panics never comes to the call that makes its map smaller.
        let mut source = Source::scenario(DEFAULT_SCENARIO).expect("it comes along");
        let parsed = parse(&(source.text.clone() + "munmap(buf, 36K)\n"));
        assert!(parsed.errors.is_empty());
        source.script = Rc::new(parsed.script);
        let run = Run::record(Rc::new(source), uvmscope_uvm::Config::ORIGINAL);
        let opening = run.opening();
        let alone = State::new(run, opening, DEFAULT_WIDTH);
        let state = [Command::Compare, Command::Last]
            .into_iter()
            .fold(alone, |state, command| reduce(&state, Action::Do(command)));
        let stands = Stands::of(&state);
        let both = stands.all();
        assert_eq!(both[0].shown.scene.axis, both[1].shown.scene.axis);
        let own = |side: Side| {
            let stand = &both[side.index()];
            state.run_of(side).story.scene(&stand.cursor, None, viewport(&state)).axis
        };
        assert_ne!(own(Side::A), own(Side::B), "the maps are as large as each other");
        assert_ne!(both[1].shown.scene.axis, own(Side::B));
    }
}
