//! The components. Each gets values and compares them, so that only what changed is drawn anew.

mod calls;
mod code;
mod controls;
mod kernel;
mod picture;
mod side;

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

use crate::app::command::Command;
use crate::app::layout::Layout;
use crate::app::state::{Action, Controls, Tab, kernel_name};
use crate::app::view::View;

use calls::CallList;
use code::CodePane;
use controls::{ControlBar, Timeline};
use kernel::KernelSwitch;
use picture::PictureView;
use side::{Console, Counters};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct RootProps {
    pub(crate) view: Rc<View>,
    pub(crate) dispatch: Callback<Action>,
}

/// All of an element.
#[component(Root)]
pub(crate) fn root(props: &RootProps) -> Html {
    let RootProps { view, dispatch } = props;
    let full = view.controls == Controls::Full;
    let class = classes!(
        "app",
        view.layout.name(),
        match view.controls {
            Controls::Full => "full",
            Controls::Min => "min",
            Controls::None => "bare",
        }
    );
    html! {
        <section
            {class}
            tabindex="0"
            aria-label={format!("uvmscope: {}", view.title)}
            onkeydown={keys(dispatch.clone())}
        >
            if full {
                <header class="bar">
                    <Brand title={view.title.clone()} />
                    { kernel(view, dispatch) }
                </header>
            }
            <div class="body">
                <div class="stage">
                    { problems(&view.problems) }
                    <div class="card">
                        <PictureView picture={view.picture.clone()} />
                    </div>
                    { caption(view) }
                    if view.controls != Controls::None {
                        <ControlBar
                            spot={view.spot}
                            roomy={view.layout == Layout::Wide}
                            dispatch={dispatch.clone()}
                        />
                    }
                    if full {
                        <Timeline
                            calls={view.calls.clone()}
                            spot={view.spot}
                            narrow={view.layout == Layout::Narrow}
                            dispatch={dispatch.clone()}
                        />
                        if view.layout == Layout::Narrow { { tabs(view.tab, dispatch) } }
                    }
                </div>
                if full { { sides(view, dispatch) } }
            </div>
        </section>
    }
}

/// The kernel switch; on a narrow screen it is folded away behind its own answer.
fn kernel(view: &View, dispatch: &Callback<Action>) -> Html {
    let switch = html! { <KernelSwitch config={view.config} dispatch={dispatch.clone()} /> };
    if view.layout != Layout::Narrow {
        return switch;
    }
    html! {
        <details class="fold">
            <summary>{ format!("Kernel: {}", kernel_name(view.config)) }</summary>
            { switch }
        </details>
    }
}

/// What stands beside the picture, or below it; on a narrow screen one part at a time.
fn sides(view: &View, dispatch: &Callback<Action>) -> Html {
    let shows = |tab: Tab| view.layout != Layout::Narrow || view.tab == tab;
    html! {
        <>
            if shows(Tab::Calls) || shows(Tab::Console) {
                <div class="left">
                    if shows(Tab::Calls) {
                        <CallList
                            calls={view.calls.clone()}
                            place={view.spot.place}
                            dispatch={dispatch.clone()}
                        />
                        <Counters counters={view.counters.clone()} />
                    }
                    if view.layout != Layout::Wide && shows(Tab::Console) {
                        <Console lines={view.console.clone()} />
                    }
                </div>
            }
            if shows(Tab::Code) {
                <div class="right">
                    <CodePane code={view.code.clone()} />
                    if view.layout == Layout::Wide { <Console lines={view.console.clone()} /> }
                </div>
            }
        </>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct BrandProps {
    title: Rc<str>,
}

#[component(Brand)]
fn brand(props: &BrandProps) -> Html {
    html! {
        <div class="brand">
            <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
                <rect class="logo-claim" x="1" y="6" width="8" height="10" rx="2" />
                <rect class="logo-gap" x="13" y="6" width="8" height="10" rx="2" />
                <path class="logo-blade" d="M11 1v20" />
            </svg>
            <strong>{ "uvmscope" }</strong>
            <h1>{ &*props.title }</h1>
        </div>
    }
}

/// The sentence of the step. It speaks to a screen reader only when somebody steps by hand.
fn caption(view: &View) -> Html {
    let live = if view.spot.playing { "off" } else { "polite" };
    html! {
        <div class="say" aria-live={live} aria-atomic="true">
            if let Some(note) = &view.note { <p class="note">{ note }</p> }
            <p><b>{ words(&view.caption.lead) }</b>{ " " }{ words(&view.caption.rest) }</p>
        </div>
    }
}

/// A sentence in which what stands between backticks is code.
fn words(text: &str) -> Html {
    let pieces = text.split('`').enumerate();
    html! {
        { for pieces.map(|(n, piece)| match n % 2 {
            1 => html! { <code>{ piece }</code> },
            _ => html! { { piece } },
        }) }
    }
}

/// What is wrong with what the page's author, or the script, says.
fn problems(problems: &[String]) -> Html {
    if problems.is_empty() {
        return Html::default();
    }
    html! {
        <ul class="problems" role="alert">
            { for problems.iter().take(20).map(|problem| html! { <li>{ problem }</li> }) }
        </ul>
    }
}

fn tabs(chosen: Tab, dispatch: &Callback<Action>) -> Html {
    let tab = |tab: Tab| {
        let dispatch = dispatch.clone();
        html! {
            <button
                type="button"
                aria-pressed={pressed(tab == chosen)}
                onclick={move |_| dispatch.emit(Action::Tab(tab))}
            >
                { tab.label() }
            </button>
        }
    };
    html! { <nav class="tabs" aria-label="Below the picture">{ for Tab::ALL.map(tab) }</nav> }
}

/// The value of an attribute such as `aria-pressed`.
fn pressed(on: bool) -> &'static str {
    if on { "true" } else { "false" }
}

/// Keys act while the focus is inside, and never on what somebody types.
fn keys(dispatch: Callback<Action>) -> Callback<KeyboardEvent> {
    Callback::from(move |event: KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() || event.default_prevented() {
            return;
        }
        let target = event.target_dyn_into::<Element>();
        if target.is_some_and(|target| keeps(&target, &event.key())) {
            return;
        }
        if let Some(command) = Command::from_key(&event.key(), event.shift_key()) {
            event.prevent_default();
            dispatch.emit(Action::Do(command));
        }
    })
}

/// Whether the element needs the key for itself.
fn keeps(target: &Element, key: &str) -> bool {
    let tag = target.tag_name().to_ascii_lowercase();
    match tag.as_str() {
        "textarea" | "select" => true,
        // The slider moves by steps, as the same keys do everywhere.
        "input" => {
            let input = target.clone().dyn_into::<HtmlInputElement>();
            match input.map(|input| input.type_()).as_deref() {
                Ok("range") => false,
                Ok("checkbox" | "radio") => key == " ",
                _ => true,
            }
        }
        "button" | "a" | "summary" => key == " " || key == "Enter",
        _ => false,
    }
}
