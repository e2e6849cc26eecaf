//! The bar on top: what is shown, under which kernel, and buttons for what concerns the whole page.

use std::rc::Rc;

use yew::prelude::*;

use crate::app::command::Command;
use crate::app::state::Action;
use crate::app::ui::kernel::KernelSwitch;
use crate::app::view::Kernels;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct BarProps {
    pub(crate) title: Rc<str>,
    pub(crate) kernels: Kernels,
    /// There is no room for the kernel switch.
    pub(crate) narrow: bool,
    pub(crate) dispatch: Callback<Action>,
}

#[component(Bar)]
pub(crate) fn bar(props: &BarProps) -> Html {
    let BarProps { title, kernels, narrow, dispatch } = props;
    html! {
        <header class="bar">
            { brand(title) }
            if !narrow { <KernelSwitch kernels={*kernels} dispatch={dispatch.clone()} /> }
            { commands(*kernels, dispatch) }
        </header>
    }
}

fn brand(title: &str) -> Html {
    html! {
        <div class="brand">
            <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
                <rect class="logo-claim" x="1" y="6" width="8" height="10" rx="2" />
                <rect class="logo-gap" x="13" y="6" width="8" height="10" rx="2" />
                <path class="logo-blade" d="M11 1v20" />
            </svg>
            <strong>{ "uvmscope" }</strong>
            <h1>{ title }</h1>
        </div>
    }
}

fn commands(kernels: Kernels, dispatch: &Callback<Action>) -> Html {
    let button = |command: Command, enabled: bool| {
        let dispatch = dispatch.clone();
        html! {
            <button
                type="button"
                aria-label={command.label()}
                title={format!("{} ({})", command.label(), command.keycap())}
                aria-disabled={(!enabled).then_some("true")}
                onclick={move |_| dispatch.emit(Action::Do(command))}
            >
                <span aria-hidden="true">{ command.sign() }</span>
            </button>
        }
    };
    html! {
        <div class="commands">
            { button(Command::Undo, kernels.can_undo) }
            { button(Command::Redo, kernels.can_redo) }
            { button(Command::Help, true) }
        </div>
    }
}
