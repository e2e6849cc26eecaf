//! What lies over the page: the help, and the run as a text for a bug report.

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::{HtmlDialogElement, HtmlElement};
use yew::prelude::*;

use crate::app::state::{Action, Look};
use crate::app::ui::copy::{Copying, use_copying};
use crate::app::ui::gallery::Gallery;
use crate::app::ui::help::Help;
use crate::app::ui::import::ImportPane;
use crate::app::ui::pressed;
use crate::app::ui::share::SharePane;
use crate::app::view::SheetView;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct SheetProps {
    pub(crate) sheet: SheetView,
    pub(crate) look: Look,
    pub(crate) calm: bool,
    pub(crate) dispatch: Callback<Action>,
}

/// A dialog of the browser's own: it keeps the focus, and closes by Escape.
#[component(SheetDialog)]
pub(crate) fn sheet_dialog(props: &SheetProps) -> Html {
    let SheetProps { sheet, look, calm, dispatch } = props;
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with((), move |()| {
            let dialog = node.cast::<HtmlDialogElement>();
            if let Some(dialog) = &dialog {
                // Fails only where it is open already.
                let _ = dialog.show_modal();
                // Not by the attribute: in a frame of another place a browser complains of that.
                let field = dialog.query_selector("input[type=search]").ok().flatten();
                if let Some(field) = field.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
                    // Fails only where the element cannot have the focus.
                    let _ = field.focus();
                }
            }
            // One that is only taken away would not give the focus back to where it was.
            move || dialog.iter().for_each(HtmlDialogElement::close)
        });
    }
    let close = {
        let dispatch = dispatch.clone();
        Callback::from(move |()| dispatch.emit(Action::Sheet(None)))
    };
    // A browser tells of `close` later than it closes, and somebody may have opened the next one by
    // then; it asks by `cancel` at once. A field for files asks so, too, for itself.
    let cancelled = {
        let (node, close) = (node.clone(), close.clone());
        move |event: Event| {
            if event.target() == node.get().map(Into::into) {
                close.emit(());
            }
        }
    };
    let closed = {
        let close = close.clone();
        move |_: Event| close.emit(())
    };
    let label = match sheet {
        SheetView::Help => "Help",
        SheetView::Report(_) => "Bug report",
        SheetView::Share(_) => "Share",
        SheetView::Gallery(_) => "Scenarios",
        SheetView::Import(_) => "Import",
    };
    html! {
        <dialog class="sheet" ref={node} aria-label={label} oncancel={cancelled} onclose={closed}>
            <button
                type="button"
                class="close"
                aria-label="Close"
                onclick={move |_| close.emit(())}
            >
                { "×" }
            </button>
            { match sheet {
                SheetView::Help => html! {
                    <>
                        <Help dispatch={dispatch.clone()} />
                        { display(*look, *calm, dispatch) }
                    </>
                },
                SheetView::Import(refusal) => html! {
                    <ImportPane refusal={refusal.clone()} dispatch={dispatch.clone()} />
                },
                SheetView::Gallery(now) => html! {
                    <Gallery now={now.clone()} dispatch={dispatch.clone()} />
                },
                SheetView::Share(share) => html! { <SharePane share={share.clone()} /> },
                SheetView::Report(text) => html! { <Report text={text.clone()} /> },
            } }
        </dialog>
    }
}

/// How the page looks, where that is not to follow the system.
fn display(look: Look, calm: bool, dispatch: &Callback<Action>) -> Html {
    let choice = |it: Look| {
        let dispatch = dispatch.clone();
        html! {
            <button
                type="button"
                aria-pressed={pressed(it == look)}
                onclick={move |_| dispatch.emit(Action::Look(it))}
            >
                { it.label() }
            </button>
        }
    };
    let toggle = {
        let dispatch = dispatch.clone();
        move |_| dispatch.emit(Action::Calm(!calm))
    };
    html! {
        <section>
            <h2>{ "How it looks" }</h2>
            <div class="looks" role="group" aria-label="Colours">{ for Look::ALL.map(choice) }</div>
            <label class="calm-choice">
                <input type="checkbox" checked={calm} onchange={toggle} />
                { "No motion" }
            </label>
        </section>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct ReportProps {
    text: Rc<str>,
}

#[component(Report)]
fn report(props: &ReportProps) -> Html {
    let Copying { field, copy, said } = use_copying(
        &props.text,
        "This page may not copy by itself: the text is selected, copy it with Ctrl+C.",
    );
    html! {
        <div class="report">
            <h2>{ "This run as a bug report" }</h2>
            <textarea readonly=true rows="18" aria-label="The report" ref={field} value={props.text.to_string()} />
            <p>
                <button type="button" class="main" onclick={copy}>{ "Copy" }</button>
                <span role="status">{ said }</span>
            </p>
        </div>
    }
}
