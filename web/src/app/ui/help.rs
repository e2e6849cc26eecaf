//! What one can do, made from the one list of commands, and the kernel's words.

use uvmscope_scene::glossary::TERMS;
use yew::prelude::*;

use crate::app::command::{Command, Section};
use crate::app::state::Action;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct HelpProps {
    pub(crate) dispatch: Callback<Action>,
}

#[component(Help)]
pub(crate) fn help(props: &HelpProps) -> Html {
    let section = |section: Section| {
        let commands = Command::ALL.into_iter().filter(|c| c.section() == section);
        html! {
            <section>
                <h3>{ section.title() }</h3>
                <ul class="keys-list">
                    { for commands.map(|command| row(command, &props.dispatch)) }
                </ul>
            </section>
        }
    };
    html! {
        <div class="help">
            <h2>{ "What you can do" }</h2>
            <div class="sections">{ for Section::ALL.map(section) }</div>
            <h2>{ "The kernel's words" }</h2>
            <dl class="glossary">
                { for TERMS.iter().map(|term| html! {
                    <div><dt>{ term.word }</dt><dd>{ term.meaning }</dd></div>
                }) }
            </dl>
        </div>
    }
}

/// A command with its key; it can be done from here too.
fn row(command: Command, dispatch: &Callback<Action>) -> Html {
    let dispatch = dispatch.clone();
    html! {
        <li>
            <button type="button" onclick={move |_| dispatch.emit(Action::Do(command))}>
                <kbd>{ command.keycap() }</kbd>
                <span>{ command.label() }</span>
            </button>
        </li>
    }
}
