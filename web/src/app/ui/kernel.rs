//! Which kernel runs: a preset, each change by itself, and DIAGNOSTIC.

use uvmscope_uvm::{Change, Config, Preset};
use yew::prelude::*;

use crate::app::state::Action;
use crate::app::ui::pressed;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct KernelSwitchProps {
    pub(crate) config: Config,
    pub(crate) dispatch: Callback<Action>,
}

#[component(KernelSwitch)]
pub(crate) fn kernel_switch(props: &KernelSwitchProps) -> Html {
    let KernelSwitchProps { config, dispatch } = props;
    let chosen = config.as_preset();
    let preset = |preset: Preset| {
        let dispatch = dispatch.clone();
        html! {
            <button
                type="button"
                aria-pressed={pressed(chosen == Some(preset))}
                title={preset.summary()}
                onclick={move |_| dispatch.emit(Action::Preset(preset))}
            >
                { preset.name() }
            </button>
        }
    };
    let diagnostic = {
        let (dispatch, on) = (dispatch.clone(), config.diagnostic);
        move |_| dispatch.emit(Action::Diagnostic(!on))
    };
    html! {
        <div class="kernel">
            <div class="presets" role="group" aria-label="Kernel">
                { for Preset::ALL.map(preset) }
            </div>
            <details class={classes!("changes", chosen.is_none().then_some("own"))}>
                <summary>{ summary(*config) }</summary>
                <fieldset>
                    <legend>{ "Changes to the source" }</legend>
                    { for Change::ALL.map(|change| box_of(change, *config, dispatch)) }
                </fieldset>
            </details>
            <label class="diagnostic" title="On: assertions panic. Off: counts wrap.">
                <input type="checkbox" role="switch" checked={config.diagnostic} onchange={diagnostic} />
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

fn box_of(change: Change, config: Config, dispatch: &Callback<Action>) -> Html {
    let dispatch = dispatch.clone();
    html! {
        <label class="change">
            <input
                type="checkbox"
                checked={config.changes.has(change)}
                onchange={move |_| dispatch.emit(Action::Toggle(change))}
            />
            <code>{ change.name() }</code>
            <span>{ change.summary() }</span>
        </label>
    }
}
