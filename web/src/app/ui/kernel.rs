//! Which kernels run: a preset, each change by itself, and DIAGNOSTIC; and a second one beside the
//! first.

use uvmscope_replay::Side;
use uvmscope_uvm::{Change, Config, Preset};
use yew::prelude::*;

use crate::app::command::Command;
use crate::app::state::Action;
use crate::app::ui::pressed;
use crate::app::view::Kernels;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct KernelSwitchProps {
    pub(crate) kernels: Kernels,
    pub(crate) dispatch: Callback<Action>,
}

#[component(KernelSwitch)]
pub(crate) fn kernel_switch(props: &KernelSwitchProps) -> Html {
    let KernelSwitchProps { kernels, dispatch } = props;
    let compare = {
        let dispatch = dispatch.clone();
        move |_| dispatch.emit(Action::Do(Command::Compare))
    };
    html! {
        <div class={classes!("kernels", kernels.second.map(|_| "two"))}>
            { one(Side::A, kernels.first, "Kernel", dispatch) }
            if let Some(second) = kernels.second {
                { one(Side::B, second, "Second kernel", dispatch) }
            }
            <button
                type="button"
                class="compare"
                aria-pressed={pressed(kernels.second.is_some())}
                title={format!("{} ({})", Command::Compare.label(), Command::Compare.keycap())}
                onclick={compare}
            >
                { "compare" }
            </button>
        </div>
    }
}

fn one(side: Side, config: Config, label: &'static str, dispatch: &Callback<Action>) -> Html {
    let chosen = config.as_preset();
    let preset = |preset: Preset| {
        let dispatch = dispatch.clone();
        let config = Config { changes: preset.changes(), ..config };
        html! {
            <button
                type="button"
                aria-pressed={pressed(chosen == Some(preset))}
                title={preset.summary()}
                onclick={move |_| dispatch.emit(Action::Kernel(side, config))}
            >
                { preset.name() }
            </button>
        }
    };
    let diagnostic = {
        let dispatch = dispatch.clone();
        let config = Config { diagnostic: !config.diagnostic, ..config };
        move |_| dispatch.emit(Action::Kernel(side, config))
    };
    html! {
        <div class="kernel" role="group" aria-label={label}>
            if side == Side::B { <span class="versus">{ "beside" }</span> }
            <div class="presets" role="group" aria-label={format!("{label}: presets")}>
                { for Preset::ALL.map(preset) }
            </div>
            <details class={classes!("changes", chosen.is_none().then_some("own"))}>
                <summary>{ summary(config) }</summary>
                <fieldset>
                    <legend>{ "Changes to the source" }</legend>
                    { for Change::ALL.map(|change| box_of(side, change, config, dispatch)) }
                </fieldset>
            </details>
            <label class="diagnostic" title="On: assertions panic. Off: counts wrap.">
                <input
                    type="checkbox"
                    role="switch"
                    checked={config.diagnostic}
                    onchange={diagnostic}
                />
                { "DIAGNOSTIC" }
            </label>
        </div>
    }
}

/// What the button of the list says: how many changes are on.
fn summary(config: Config) -> String {
    match config.changes.iter().count() {
        0 => "changes".to_owned(),
        n => format!("changes: {n}"),
    }
}

fn box_of(side: Side, change: Change, config: Config, dispatch: &Callback<Action>) -> Html {
    let dispatch = dispatch.clone();
    let on = config.changes.has(change);
    let changes = if on { config.changes.without(change) } else { config.changes.with(change) };
    let switched = Config { changes, ..config };
    html! {
        <label class="change">
            <input
                type="checkbox"
                checked={on}
                onchange={move |_| dispatch.emit(Action::Kernel(side, switched))}
            />
            <code>{ change.name() }</code>
            <span>{ change.summary() }</span>
        </label>
    }
}
