//! Links: what an element shows, as the part of an address behind `#`, and back.

use std::rc::Rc;

use uvmscope_format::link::{
    At, Kernels, Link, LinkError, LinkScript, Tab as LinkTab, Theme, View,
};
use uvmscope_replay::{Place, Side};
use uvmscope_scene::MarkKind;
use uvmscope_uvm::Config;

use crate::app::editing::bring;
use crate::app::run::{Run, Source};
use crate::app::state::{Look, Pending, State, Tab};

/// The link to what is shown now.
pub(crate) fn of(state: &State) -> Result<String, LinkError> {
    let script = state.run.source.script.config;
    let second = state.beside.as_ref().map(|beside| beside.run.config());
    let first = Some(state.run.config()).filter(|config| *config != script || second.is_some());
    let at = At::new(&state.run.story.address(state.place));
    let at = match &state.beside {
        // Where one run goes on alone, several of its places belong to one of the other.
        Some(beside) if beside.alignment.partner(state.place) != beside.place => {
            at.and_then(|at| at.with_second(&beside.run.story.address(beside.place)))
        }
        _ => at,
    };
    let link = Link {
        script: LinkScript::of(&state.run.source.text),
        kernels: Kernels { first, second },
        at,
        view: View {
            table: state.table,
            tab: tab_of(state.tab),
            theme: theme_of(state.look),
            zoom: state.zoom,
            marks: state.marks.map(|kind| kind.name().to_owned()),
        },
    };
    link.fragment()
}

fn tab_of(tab: Tab) -> Option<LinkTab> {
    match tab {
        // What is shown where nothing is said.
        Tab::Calls => None,
        Tab::Code => Some(LinkTab::Code),
        Tab::Console => Some(LinkTab::Console),
    }
}

fn theme_of(look: Look) -> Option<Theme> {
    match look {
        Look::System => None,
        Look::Light => Some(Theme::Light),
        Look::Dark => Some(Theme::Dark),
        Look::Contrast => Some(Theme::Contrast),
    }
}

/// Goes where a link leads, and tells whether it leads anywhere. One that cannot be read changes
/// nothing but what is said.
pub(crate) fn follow(state: &mut State, text: &str) -> bool {
    let (link, notes) = match Link::parse(text) {
        Ok(read) => read,
        Err(error) => {
            state.problem = Some(format!("The link in the address: {error}"));
            return false;
        }
    };
    let source = match &link.script {
        LinkScript::Scenario(name) => Source::scenario(name),
        LinkScript::Text(text) => Ok(Source::own(text.clone())),
    };
    let source = match source {
        Ok(source) => Rc::new(source),
        Err(reason) => {
            state.problem = Some(reason);
            return false;
        }
    };
    let (config, beside): (Config, Option<Config>) = link.kernels.of(source.script.config);
    let View { table, tab, theme, zoom, marks } = link.view;
    state.table = table;
    state.tab = match tab {
        None | Some(LinkTab::Calls) => Tab::Calls,
        Some(LinkTab::Code) => Tab::Code,
        Some(LinkTab::Console) => Tab::Console,
    };
    state.look = match theme {
        None => state.look,
        Some(Theme::Light) => Look::Light,
        Some(Theme::Dark) => Look::Dark,
        Some(Theme::Contrast) => Look::Contrast,
    };
    let marks = marks.and_then(|name| MarkKind::ALL.into_iter().find(|kind| kind.name() == name));
    state.text = source.text.as_str().into();
    bring(state, Pending { source, config, beside, from: None, at: link.at });
    (state.zoom, state.marks) = (zoom, marks);
    if !notes.is_empty() {
        state.note = Some(format!("Of the link was ignored: {}.", notes.join("; ")));
    }
    true
}

/// Stands at the place of a link, once its script has run.
pub(crate) fn stand_at(state: &mut State, at: &At) {
    let place = |run: &Run, text: &str| run.story.place_of(text);
    match place(&state.run, at.place()) {
        Ok(first) => stand(state, first, at.second()),
        Err(refusal) => state.problem = Some(format!("The place of the link: {refusal}")),
    }
}

fn stand(state: &mut State, first: Place, second: Option<&str>) {
    state.place = first;
    let second = second.and_then(|text| state.run_of(Side::B).story.place_of(text).ok());
    if let Some(beside) = &mut state.beside {
        let near = beside.alignment.partner(first);
        beside.place = second.filter(|second| second.call == near.call).unwrap_or(near);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::command::Command;
    use crate::app::reduce::reduce;
    use crate::app::state::Action;

    fn followed(text: &str) -> State {
        let mut state = State::of_the_story();
        follow(&mut state, text);
        state
    }

    #[test]
    fn a_link_leads_back_to_what_it_was_made_of() {
        let start = State::of_the_story();
        let commands = [
            Command::StepOn,
            Command::Table,
            Command::Compare,
            Command::Last,
            Command::ZoomEntry,
            Command::Divergence,
        ];
        let mut state = reduce(&start, Action::Tab(Tab::Code));
        for command in commands {
            state = reduce(&state, Action::Do(command));
            let link = of(&state).expect("a link");
            let there = followed(&link);
            assert_eq!(there.problem, None);
            assert_eq!(there.pair(), state.pair(), "{link}");
            let configs = |s: &State| (s.setup().config, s.setup().beside);
            assert_eq!(configs(&there), configs(&state), "{link}");
            assert_eq!((there.table, there.tab, there.zoom), (state.table, state.tab, state.zoom));
            assert_eq!(of(&there).expect("a link"), link);
        }
    }

    #[test]
    fn an_own_script_goes_into_the_link() {
        let state = State::of_the_story();
        let edit = crate::app::state::Edit {
            text: state.text.replace("munlock(p, 1024)", "munlockall()"),
            select: None,
        };
        let own = reduce(&state, Action::Edit(edit));
        let link = of(&own).expect("a link");
        assert!(link.contains("s="), "{link}");
        assert_eq!(*followed(&link).text, *own.text);
    }

    #[test]
    fn a_link_that_leads_nowhere_changes_nothing_and_says_so() {
        let start = State::of_the_story();
        for text in ["v=99&s=abc", "v=1&n=50&s=eNqV", "no-such-scenario", "mlock-zero/orignal"] {
            let state = followed(text);
            assert!(state.problem.as_ref().is_some_and(|it| it.len() > 30), "{text}");
            assert_eq!((state.place, &*state.text), (start.place, &*start.text));
        }
        let state = followed("mlock-zero/committed@3.nowhere");
        assert!(state.problem.is_some_and(|it| it.contains("3.nowhere")));
        assert_eq!(state.run.config(), Config::preset(uvmscope_uvm::Preset::Committed));
    }
}
