//! The components. Each gets values and compares them, so that only what changed is drawn anew.

mod bar;
mod between;
mod board;
mod calls;
mod code;
mod console;
mod controls;
mod copy;
mod drag;
mod drawing;
mod editor;
mod focus;
mod gallery;
mod help;
mod import;
mod kernel;
mod lines;
mod listing;
mod picture;
mod pointer;
mod say;
mod share;
mod sheet;
mod table;
mod timeline;
mod turn;
mod why;

use std::rc::Rc;

use uvmscope_replay::Side;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;
use web_sys::{Document, Element, HtmlElement, HtmlInputElement};
use yew::prelude::*;

use crate::app::command::Command;
use crate::app::layout::Layout;
use crate::app::state::{Action, Controls, Tab, Waiting, kernel_name};
use crate::app::view::{Frame, SameImport, ScriptView, SideView};
use crate::upload;

use bar::Bar;
use between::BetweenView;
use board::use_now;
use calls::CallList;
use code::Codes;
use console::Console;
use controls::{ControlBar, Tools};
use drag::SpanMenu;
use editor::Editor;
use focus::{Focused, KeptFocus};
use import::{ImportReport, bring_file};
use kernel::KernelSwitch;
use lines::CounterLines;
use picture::PictureView;
use say::{Piece, Say, plain};
use sheet::SheetDialog;
use table::MapTable;
use timeline::Timeline;
use why::WhyPane;

pub(crate) use board::Board;
pub(crate) use lines::path;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct RootProps {
    pub(crate) frame: Rc<Frame>,
    pub(crate) board: Board,
    pub(crate) dispatch: Callback<Action>,
}

/// All of an element.
#[component(Root)]
pub(crate) fn root(props: &RootProps) -> Html {
    let RootProps { frame, board, dispatch } = props;
    let section = use_node_ref();
    let focused = use_memo((), |()| Focused::default());
    let full = frame.controls == Controls::Full;
    let class = classes!(
        "app",
        frame.layout.name(),
        match frame.controls {
            Controls::Full => "full",
            Controls::Min => "min",
            Controls::None => "bare",
        },
        frame.calm.then_some("calm"),
        frame.script.is_some().then_some("editing"),
        (frame.sides.len() > 1).then_some("compared"),
    );
    html! {
        <section
            {class}
            data-look={frame.look.name()}
            tabindex="0"
            aria-label={format!("uvmscope: {}, {}", frame.title, running(frame))}
            ref={&section}
            onfocusin={focused.listener()}
            onkeydown={keys(dispatch.clone())}
            ondragover={full.then_some(Callback::from(|event: DragEvent| welcome(&event)))}
            ondrop={full.then_some(dropped(dispatch))}
        >
            if full {
                <button type="button" class="skip" onclick={|event: MouseEvent| skip(&event)}>{ "Skip to the picture" }</button>
                <Bar
                    title={frame.title.clone()}
                    kernels={frame.kernels}
                    narrow={frame.layout == Layout::Narrow}
                    dispatch={dispatch.clone()}
                />
            }
            <div class="body">
                { stage(frame, board, dispatch) }
                if full { { sides(frame, board, dispatch) } }
            </div>
            <KeptFocus
                board={board.clone()}
                section={section.clone()}
                focused={(*focused).clone()}
            />
            if let Some(sheet) = &frame.sheet {
                <SheetDialog
                    sheet={sheet.clone()}
                    look={frame.look}
                    calm={frame.calm}
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

/// The picture, or two of them, with what is said of it and the means to move on.
fn stage(frame: &Frame, board: &Board, dispatch: &Callback<Action>) -> Html {
    let full = frame.controls == Controls::Full;
    html! {
        <div class="stage" tabindex="-1">
            { problems(&frame.problems) }
            { pending(frame, dispatch) }
            { pictures(frame, board, dispatch) }
            <Say
                board={board.clone()}
                sides={frame.sides.clone()}
                note={frame.note.clone()}
                dispatch={dispatch.clone()}
            />
            if frame.controls != Controls::None {
                <ControlBar
                    board={board.clone()}
                    roomy={frame.roomy}
                    narrow={frame.layout == Layout::Narrow}
                    dispatch={dispatch.clone()}
                />
            }
            if full {
                <Tools
                    board={board.clone()}
                    narrow={frame.layout == Layout::Narrow}
                    zoomed={frame.zoomed}
                    dispatch={dispatch.clone()}
                />
                <Timeline
                    board={board.clone()}
                    calls={frame.calls.clone()}
                    marks={frame.marks}
                    narrow={frame.layout == Layout::Narrow}
                    dispatch={dispatch.clone()}
                />
                if frame.layout != Layout::Wide { { why(frame, board, dispatch) } }
                if let Some(table) = &frame.table { <MapTable table={table.clone()} /> }
                if frame.layout == Layout::Narrow {
                    { folded_kernel(frame, dispatch) }
                    { tabs(frame.tab, dispatch) }
                }
            }
        </div>
    }
}

fn pictures(frame: &Frame, board: &Board, dispatch: &Callback<Action>) -> Html {
    let picture = |it: &SideView| {
        let side = it.side;
        let label = it.name.as_ref().map(|name| {
            let whose = Rc::clone(name);
            html! { <Whose board={board.clone()} {side} {whose} /> }
        });
        html! {
            <div class="card" key={side.index()}>
                { label }
                <PictureView
                    board={board.clone()}
                    {side}
                    span={it.span}
                    dispatch={dispatch.clone()}
                />
                if let Some(range) = it.span {
                    <SpanMenu {range} dispatch={dispatch.clone()} />
                }
            </div>
        }
    };
    match &frame.sides[..] {
        [a, b] => html! {
            <div class="pair">
                { picture(a) }
                <BetweenView board={board.clone()} />
                { picture(b) }
            </div>
        },
        sides => html! { { for sides.iter().map(picture) } },
    }
}

#[derive(Clone, PartialEq, Properties)]
struct WhoseProps {
    board: Board,
    side: Side,
    whose: Rc<str>,
}

/// Which of two runs a picture is of, and where that stands.
#[component(Whose)]
fn whose(props: &WhoseProps) -> Html {
    let WhoseProps { board, side, whose } = props.clone();
    let place = use_now(&board, move |now| now.side(side).map(|side| side.place));
    let place = place.map(|place| format!(" at {place}"));
    html! { <h2 class="whose"><b>{ &*whose }</b>{ place }</h2> }
}

/// The kernel switch where it is folded away behind its own answer.
fn folded_kernel(frame: &Frame, dispatch: &Callback<Action>) -> Html {
    html! {
        <details class="fold">
            <summary>{ format!("Kernel: {}", running(frame)) }</summary>
            <KernelSwitch kernels={frame.kernels} dispatch={dispatch.clone()} />
        </details>
    }
}

/// What the kernels that run are called. With the title it tells one element of a page from the
/// others.
fn running(frame: &Frame) -> String {
    let name = kernel_name(frame.kernels.first);
    match frame.kernels.second {
        Some(second) => format!("{name} beside {}", kernel_name(second)),
        None => name,
    }
}

/// What the kernels are called, where there are two.
fn names(frame: &Frame) -> Vec<Rc<str>> {
    frame.sides.iter().filter_map(|side| side.name.clone()).collect()
}

fn why(frame: &Frame, board: &Board, dispatch: &Callback<Action>) -> Html {
    html! {
        <WhyPane
            board={board.clone()}
            why={frame.why.clone()}
            askable={Rc::clone(&frame.askable)}
            names={names(frame)}
            dispatch={dispatch.clone()}
        />
    }
}

/// What stands beside the picture, or below it; on a narrow screen one part at a time.
fn sides(frame: &Frame, board: &Board, dispatch: &Callback<Action>) -> Html {
    let shows = |tab: Tab| frame.layout != Layout::Narrow || frame.tab == tab;
    let wide = frame.layout == Layout::Wide;
    html! {
        <>
            if shows(Tab::Calls) || shows(Tab::Console) {
                <div class="left">
                    if shows(Tab::Calls) {
                        if let Some(SameImport(import)) = &frame.import {
                            <ImportReport import={Rc::clone(import)} dispatch={dispatch.clone()} />
                        }
                        { script(frame, board, dispatch) }
                        <CounterLines board={board.clone()} dispatch={dispatch.clone()} />
                    }
                    if shows(Tab::Console) {
                        { for frame.sides.iter().map(|side| html! {
                            <Console
                                board={board.clone()}
                                whose={side.name.clone()}
                                side={side.side}
                                dispatch={dispatch.clone()}
                            />
                        }) }
                    }
                </div>
            }
            if shows(Tab::Code) {
                <div class="right">
                    // An answer comes first, so that it is in sight as soon as it is there.
                    if wide { { why(frame, board, dispatch) } }
                    <Codes board={board.clone()} names={names(frame)} />
                </div>
            }
        </>
    }
}

/// The calls, or the text that makes them.
fn script(frame: &Frame, board: &Board, dispatch: &Callback<Action>) -> Html {
    let (board, calls, dispatch) = (board.clone(), frame.calls.clone(), dispatch.clone());
    match &frame.script {
        Some(ScriptView { text, select }) => {
            let (text, select) = (Rc::clone(text), select.clone());
            html! { <Editor {text} {calls} {board} {select} {dispatch} /> }
        }
        None => html! { <CallList {board} {calls} {dispatch} /> },
    }
}

/// How far a long script is.
fn pending(frame: &Frame, dispatch: &Callback<Action>) -> Html {
    let Some(waiting) = frame.waiting else { return Html::default() };
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

/// A sentence in which what stands between backticks is code.
pub(crate) fn words(text: &str) -> Html {
    html! {
        { for plain(text).map(|piece| match piece {
            Piece::Code(code) => html! { <code>{ code }</code> },
            piece => html! { { piece.words() } },
        }) }
    }
}

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

/// Does something when the browser is about to draw. Asking where anything is any earlier would have
/// it lay out everything that has changed, twice where more changes then.
fn before_the_next_frame(task: impl FnOnce() + 'static) {
    let task = Closure::once_into_js(task);
    if let Some(window) = web_sys::window() {
        // Fails only where nothing is ever drawn.
        let _ = window.request_animation_frame(task.unchecked_ref());
    }
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
        let choose = move |event: MouseEvent| {
            dispatch.emit(Action::Tab(tab));
            // Below the picture there is little room before what was asked for has to be looked for.
            if let Some(button) = event.target_dyn_into::<Element>() {
                before_the_next_frame(move || button.scroll_into_view());
            }
        };
        html! {
            <button type="button" aria-pressed={pressed(tab == chosen)} onclick={choose}>
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
        let (target, key) = (event.target_dyn_into::<Element>(), event.key());
        if target.is_some_and(|target| keeps(&target, &key)) {
            return;
        }
        if key == "Escape" && close_list(&event) {
            event.prevent_default();
            return;
        }
        if let Some(command) = Command::from_key(&key, event.shift_key()) {
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
    let tag = target.tag_name().to_ascii_lowercase();
    // The element itself, which has the focus most of the time; there is none in a dialog.
    if tag == "section" {
        return false;
    }
    // A dialog has keys of its own, and closes by Escape itself.
    if target.closest("dialog").ok().flatten().is_some() {
        return true;
    }
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
