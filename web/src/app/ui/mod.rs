//! The components. Each gets values and compares them, so that only what changed is drawn anew.

mod bar;
mod between;
mod calls;
mod code;
mod console;
mod controls;
mod copy;
mod drag;
mod drawing;
mod editor;
mod gallery;
mod help;
mod import;
mod kernel;
mod lines;
mod listing;
mod picture;
mod pointer;
mod share;
mod sheet;
mod table;
mod timeline;
mod why;

use std::rc::Rc;

use uvmscope_scene::glossary::TERMS;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement, HtmlInputElement};
use yew::prelude::*;

use crate::app::command::Command;
use crate::app::layout::Layout;
use crate::app::state::{Action, Controls, Tab, Waiting, kernel_name};
use crate::app::view::{SameImport, ScriptView, SideView, View};
use crate::upload;

use bar::Bar;
use between::BetweenView;
use calls::CallList;
use code::CodePane;
use console::Console;
use controls::{ControlBar, Tools};
use drag::SpanMenu;
use editor::Editor;
use import::{ImportReport, bring_file};
use kernel::KernelSwitch;
use lines::CounterLines;
use picture::PictureView;
use sheet::SheetDialog;
use table::MapTable;
use timeline::Timeline;
use why::WhyPane;

pub(crate) use lines::path;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct RootProps {
    pub(crate) view: Rc<View>,
    pub(crate) dispatch: Callback<Action>,
}

/// All of an element.
#[component(Root)]
pub(crate) fn root(props: &RootProps) -> Html {
    let RootProps { view, dispatch } = props;
    let section = use_node_ref();
    let focused = use_kept_focus(&section);
    let full = view.controls == Controls::Full;
    let class = classes!(
        "app",
        view.layout.name(),
        match view.controls {
            Controls::Full => "full",
            Controls::Min => "min",
            Controls::None => "bare",
        },
        view.calm.then_some("calm"),
        view.script.is_some().then_some("editing"),
        (view.sides.len() > 1).then_some("compared"),
    );
    html! {
        <section
            {class}
            data-look={view.look.name()}
            tabindex="0"
            aria-label={format!("uvmscope: {}, {}", view.title, running(view))}
            ref={section}
            onfocusin={focused}
            onkeydown={keys(dispatch.clone())}
            ondragover={full.then_some(Callback::from(|event: DragEvent| welcome(&event)))}
            ondrop={full.then_some(dropped(dispatch))}
        >
            if full {
                <button type="button" class="skip" onclick={|event: MouseEvent| skip(&event)}>{ "Skip to the picture" }</button>
                <Bar
                    title={view.title.clone()}
                    kernels={view.kernels}
                    narrow={view.layout == Layout::Narrow}
                    dispatch={dispatch.clone()}
                />
            }
            <div class="body">
                { stage(view, dispatch) }
                if full { { sides(view, dispatch) } }
            </div>
            if let Some(sheet) = &view.sheet {
                <SheetDialog
                    sheet={sheet.clone()}
                    look={view.look}
                    calm={view.calm}
                    dispatch={dispatch.clone()}
                />
            }
        </section>
    }
}

/// Files may be dropped here; without this the browser would open them instead.
fn welcome(event: &DragEvent) {
    if upload::has_files(event) {
        event.prevent_default();
    }
}

/// Shows a file that is dropped.
fn dropped(dispatch: &Callback<Action>) -> Callback<DragEvent> {
    let dispatch = dispatch.clone();
    Callback::from(move |event: DragEvent| {
        if let Some(file) = upload::dropped(&event) {
            event.prevent_default();
            bring_file(&file, None, &dispatch);
        }
    })
}

/// Past the bar on top, for those who go by the Tab key.
fn skip(event: &MouseEvent) {
    let button = event.target_dyn_into::<Element>();
    let stage = button.and_then(|it| it.closest(".app").ok().flatten());
    let stage = stage.and_then(|app| app.query_selector(".stage").ok().flatten());
    if let Some(stage) = stage.and_then(|stage| stage.dyn_into::<HtmlElement>().ok()) {
        // Fails only where the element cannot have the focus.
        let _ = stage.focus();
    }
}

/// Keeps the focus in the element when the button that has it goes away, as some do when they are
/// pressed; the keys would be dead from then on.
#[hook]
fn use_kept_focus(section: &NodeRef) -> Callback<FocusEvent> {
    let last = use_mut_ref(|| None::<Element>);
    {
        let (last, section) = (Rc::clone(&last), section.clone());
        use_effect(move || {
            let gone = last.borrow().as_ref().is_some_and(|element| !element.is_connected());
            if gone {
                last.borrow_mut().take();
                let document = web_sys::window().and_then(|window| window.document());
                let focused = document.and_then(|document| document.active_element());
                // Nobody else has taken it.
                if focused.is_none_or(|element| element.tag_name() == "BODY") {
                    let _ = section.cast::<HtmlElement>().map(|section| section.focus());
                }
            }
        });
    }
    Callback::from(move |event: FocusEvent| {
        *last.borrow_mut() = event.target_dyn_into::<Element>();
    })
}

/// The picture, or two of them, with what is said of it and the means to move on.
fn stage(view: &View, dispatch: &Callback<Action>) -> Html {
    let full = view.controls == Controls::Full;
    html! {
        <div class="stage" tabindex="-1">
            { problems(&view.problems) }
            { pending(view, dispatch) }
            { pictures(view, dispatch) }
            { captions(view, dispatch) }
            if view.controls != Controls::None {
                <ControlBar
                    spot={view.spot}
                    roomy={view.roomy}
                    narrow={view.layout == Layout::Narrow}
                    dispatch={dispatch.clone()}
                />
            }
            if full {
                <Tools
                    next={view.spot.next_mark.filter(|_| view.layout != Layout::Narrow)}
                    pace={view.spot.pace}
                    zoomed={view.zoomed}
                    dispatch={dispatch.clone()}
                />
                <Timeline
                    calls={view.calls.clone()}
                    spot={view.spot}
                    marks={view.marks}
                    narrow={view.layout == Layout::Narrow}
                    dispatch={dispatch.clone()}
                />
                if view.layout != Layout::Wide { { why(view, dispatch) } }
                if let Some(table) = &view.table { <MapTable table={table.clone()} /> }
                if view.layout == Layout::Narrow {
                    { folded_kernel(view, dispatch) }
                    { tabs(view.tab, dispatch) }
                }
            }
        </div>
    }
}

fn pictures(view: &View, dispatch: &Callback<Action>) -> Html {
    let picture = |side: &SideView| {
        let label = side.name.as_ref().map(|name| {
            html! { <h2 class="whose"><b>{ &**name }</b>{ format!(" at {}", side.place) }</h2> }
        });
        html! {
            <div class="card" key={side.side.index()}>
                { label }
                <PictureView
                    picture={side.picture.clone()}
                    side={side.side}
                    span={side.span}
                    dispatch={dispatch.clone()}
                />
                if let Some(range) = side.span {
                    <SpanMenu {range} dispatch={dispatch.clone()} />
                }
            </div>
        }
    };
    match (&view.sides[..], &view.between) {
        ([a, b], Some(between)) => html! {
            <div class="pair">
                { picture(a) }
                <BetweenView between={between.clone()} />
                { picture(b) }
            </div>
        },
        (sides, _) => html! { { for sides.iter().map(picture) } },
    }
}

/// The sentence of the step; of both where there are two runs that do not do the same. It speaks to
/// a screen reader only when somebody steps by hand.
fn captions(view: &View, dispatch: &Callback<Action>) -> Html {
    let live = if view.spot.playing { "off" } else { "polite" };
    let alike = match &view.sides[..] {
        [a, b] => a.caption == b.caption,
        _ => true,
    };
    let caption = |side: &SideView| {
        let whose = side.name.as_ref().filter(|_| !alike);
        html! {
            <p>
                if let Some(name) = whose { <span class="tag">{ &**name }</span>{ " " } }
                <b>{ told(&side.caption.lead, dispatch) }</b>{ " " }
                { told(&side.caption.rest, dispatch) }
            </p>
        }
    };
    let shown = if alike { &view.sides[..1] } else { &view.sides[..] };
    html! {
        <div class="say" aria-live={live} aria-atomic="true">
            if let Some(note) = &view.note { <p class="note">{ words(note) }</p> }
            { for shown.iter().map(caption) }
        </div>
    }
}

/// The kernel switch where it is folded away behind its own answer.
fn folded_kernel(view: &View, dispatch: &Callback<Action>) -> Html {
    html! {
        <details class="fold">
            <summary>{ format!("Kernel: {}", running(view)) }</summary>
            <KernelSwitch kernels={view.kernels} dispatch={dispatch.clone()} />
        </details>
    }
}

/// What the kernels that run are called. With the title it tells one element of a page from the
/// others.
fn running(view: &View) -> String {
    let name = kernel_name(view.kernels.first);
    match view.kernels.second {
        Some(second) => format!("{name} beside {}", kernel_name(second)),
        None => name,
    }
}

fn why(view: &View, dispatch: &Callback<Action>) -> Html {
    html! {
        <WhyPane
            why={view.why.clone()}
            askable={Rc::clone(&view.askable)}
            names={view.sides.iter().filter_map(|side| side.name.clone()).collect::<Vec<_>>()}
            dispatch={dispatch.clone()}
        />
    }
}

/// What stands beside the picture, or below it; on a narrow screen one part at a time.
fn sides(view: &View, dispatch: &Callback<Action>) -> Html {
    let shows = |tab: Tab| view.layout != Layout::Narrow || view.tab == tab;
    let wide = view.layout == Layout::Wide;
    html! {
        <>
            if shows(Tab::Calls) || shows(Tab::Console) {
                <div class="left">
                    if shows(Tab::Calls) {
                        if let Some(SameImport(import)) = &view.import {
                            <ImportReport import={Rc::clone(import)} dispatch={dispatch.clone()} />
                        }
                        { script(view, dispatch) }
                        <CounterLines
                            lines={view.lines.clone()}
                            ordinal={view.spot.ordinal}
                            last={view.spot.last}
                            dispatch={dispatch.clone()}
                        />
                    }
                    if shows(Tab::Console) {
                        { for view.sides.iter().map(|side| console(side, dispatch)) }
                    }
                </div>
            }
            if shows(Tab::Code) {
                <div class="right">
                    // An answer comes first, so that it is in sight as soon as it is there.
                    if wide { { why(view, dispatch) } }
                    { for codes(view).into_iter().map(|side| html! {
                        <CodePane code={side.code.clone()} whose={side.name.clone()} />
                    }) }
                </div>
            }
        </>
    }
}

/// The calls, or the text that makes them.
fn script(view: &View, dispatch: &Callback<Action>) -> Html {
    let (calls, now, dispatch) = (view.calls.clone(), view.spot.place.call, dispatch.clone());
    match &view.script {
        Some(ScriptView { text, select }) => {
            let (text, select) = (Rc::clone(text), select.clone());
            html! { <Editor {text} {calls} {now} {select} {dispatch} /> }
        }
        None => html! { <CallList {calls} {now} {dispatch} /> },
    }
}

/// How far a long script is.
fn pending(view: &View, dispatch: &Callback<Action>) -> Html {
    let Some(waiting) = view.waiting else { return Html::default() };
    let cancel = {
        let dispatch = dispatch.clone();
        move |_| dispatch.emit(Action::Cancel)
    };
    html! {
        <div class="pending">
            <label>
                { match waiting {
                    Waiting::Reading => html! { <>{ "Reading the text " }<progress /></> },
                    Waiting::Running(progress) => html! {
                        <>
                            { "Running the script " }
                            <progress max="100" value={progress.to_string()}>
                                { format!("{progress} %") }
                            </progress>
                        </>
                    },
                } }
            </label>
            <button type="button" onclick={cancel}>{ "Cancel" }</button>
        </div>
    }
}

/// The sides whose code is shown: one is enough where both are at the same line.
fn codes(view: &View) -> Vec<SideView> {
    match &view.sides[..] {
        [a, b] if a.code.same_line(&b.code) => {
            vec![SideView { name: Some("both".into()), ..a.clone() }]
        }
        sides => sides.to_vec(),
    }
}

fn console(side: &SideView, dispatch: &Callback<Action>) -> Html {
    html! {
        <Console
            lines={side.console.clone()}
            whose={side.name.clone()}
            side={side.side}
            dispatch={dispatch.clone()}
        />
    }
}

/// A sentence in which what stands between backticks is code.
pub(crate) fn words(text: &str) -> Html {
    let pieces = text.split('`').enumerate();
    html! {
        { for pieces.map(|(n, piece)| match n % 2 {
            1 => html! { <code>{ piece }</code> },
            _ => html! { { piece } },
        }) }
    }
}

/// The same, and the kernel's words say what they mean to whoever rests on them or presses them.
fn told(text: &str, dispatch: &Callback<Action>) -> Html {
    let pieces = text.split('`').enumerate();
    html! {
        { for pieces.map(|(n, piece)| match n % 2 {
            1 => html! { <code>{ piece }</code> },
            _ => explained(piece, dispatch),
        }) }
    }
}

/// The text with the words of the glossary made buttons, each word once.
fn explained(text: &str, dispatch: &Callback<Action>) -> Html {
    let is_letter = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let mut parts: Vec<Html> = Vec::new();
    let mut plain = String::new();
    let mut known: Vec<&str> = Vec::new();
    for piece in text.split_inclusive(|c| !is_letter(c)) {
        let word = piece.trim_end_matches(|c: char| !is_letter(c) || c == '.');
        let term = TERMS.iter().find(|term| term.word == word && is_special(word));
        let Some(term) = term.filter(|_| !known.contains(&word)) else {
            plain.push_str(piece);
            continue;
        };
        known.push(word);
        let explain = {
            let dispatch = dispatch.clone();
            move |_| dispatch.emit(Action::Explain(term))
        };
        parts.push(html! { { std::mem::take(&mut plain) } });
        parts.push(html! {
            <button type="button" class="term" title={term.meaning} onclick={explain}>
                { term.word }
            </button>
        });
        plain.push_str(&piece[word.len()..]);
    }
    parts.push(html! { { plain } });
    html! { { for parts } }
}

/// Words that nobody knows from elsewhere; marking every "page" would help nobody.
fn is_special(word: &str) -> bool {
    !matches!(word, "map" | "entry" | "page" | "lookup" | "fault" | "object")
}

/// What is wrong with what the page's author, or the script, says.
fn problems(problems: &[String]) -> Html {
    if problems.is_empty() {
        return Html::default();
    }
    html! {
        <ul class="problems" role="alert">
            { for problems.iter().take(20).map(|problem| html! { <li>{ words(problem) }</li> }) }
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
        if event.key() == "Escape" && close_list(&event) {
            event.prevent_default();
            return;
        }
        if let Some(command) = Command::from_key(&event.key(), event.shift_key()) {
            event.prevent_default();
            dispatch.emit(Action::Do(command));
        }
    })
}

/// Folds away the list of changes around the focus, and leaves the focus on what opens it.
fn close_list(event: &KeyboardEvent) -> bool {
    let target = event.target_dyn_into::<Element>();
    let list = target.and_then(|it| it.closest("details[open]").ok().flatten());
    let Some(list) = list else { return false };
    // Neither fails for an element that is there.
    let _ = list.remove_attribute("open");
    let summary = list.query_selector("summary").ok().flatten();
    if let Some(summary) = summary.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        let _ = summary.focus();
    }
    true
}

/// Whether the element needs the key for itself.
fn keeps(target: &Element, key: &str) -> bool {
    // A dialog has keys of its own, and closes by Escape itself.
    if target.closest("dialog").ok().flatten().is_some() {
        return true;
    }
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
