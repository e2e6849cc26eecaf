//! The code that runs, because what is shown is what makes the steps.

use std::rc::Rc;

use uvmscope_replay::Side;
use uvmscope_uvm::func::MODELLED;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement, HtmlSelectElement};
use yew::prelude::*;

use crate::app::code;
use crate::app::stand::Shown;
use crate::app::ui::before_the_next_frame;
use crate::app::ui::board::{Board, use_kept, use_now};
use crate::app::ui::listing::Shelf;
use crate::app::view::Now;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct CodesProps {
    pub(crate) board: Board,
    /// What the kernels are called, where there are two.
    pub(crate) names: Vec<Rc<str>>,
}

/// The code of each run that is shown; one is enough where both are at the same line.
#[component(Codes)]
pub(crate) fn codes(props: &CodesProps) -> Html {
    let CodesProps { board, names } = props;
    let same = use_now(board, Now::same_line);
    let pane = |side: Side, whose: Option<Rc<str>>| {
        html! { <CodePane key={side.index()} board={board.clone()} {side} {whose} /> }
    };
    let panes = match &names[..] {
        [a, b] if !same => {
            vec![pane(Side::A, Some(Rc::clone(a))), pane(Side::B, Some(Rc::clone(b)))]
        }
        [_, _] => vec![pane(Side::A, Some("both".into()))],
        _ => vec![pane(Side::A, None)],
    };
    // Always a list: Yew would make the first one anew whenever the second comes or goes.
    html! { { for panes } }
}

#[derive(Clone, PartialEq, Properties)]
struct CodePaneProps {
    board: Board,
    side: Side,
    /// Whose code it is, where two kernels are shown.
    whose: Option<Rc<str>>,
}

/// What is shown of a place, equal to what is shown of every other place in the same function that
/// was called by the same ones.
#[derive(Clone)]
struct InFunction(Rc<Shown>);

impl PartialEq for InFunction {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (&self.0.code, &other.0.code);
        (a.name, a.file, a.changes) == (b.name, b.file, b.changes)
            && (a.models, a.leaves_out) == (b.models, b.leaves_out)
            && a.stack == b.stack
    }
}

#[component(CodePane)]
fn code_pane(props: &CodePaneProps) -> Html {
    let CodePaneProps { board, side, whose } = props;
    let side = *side;
    let shown =
        use_now(board, move |now| now.side(side).map(|side| InFunction(Rc::clone(&side.shown))));
    let scroller = use_node_ref();
    let shelf = use_mut_ref(Shelf::default);
    // A function that somebody reads though it does not run; the next step shows what runs again.
    let read = use_state_eq(|| None::<(&'static str, &'static str)>);
    let seen = use_mut_ref(|| None);
    let listing = shelf.borrow_mut().node();
    {
        let (scroller, shelf, read) = (scroller.clone(), Rc::clone(&shelf), read.clone());
        use_kept(board, move |now| {
            let Some(now) = now.side(side) else { return };
            let (code, mut shelf) = (&now.shown.code, shelf.borrow_mut());
            let line = (code.name, code.file, code.current);
            let before = seen.replace(Some((*read, line)));
            if let Some((name, file)) = *read {
                if before.is_some_and(|(of, was)| of == *read && was != line) {
                    read.set(None);
                    return;
                }
                shelf.show((name, file), &code::function(name, file, code.changes), None, None);
            } else {
                let beside = code.beside.as_deref();
                shelf.show((code.name, code.file), &code.lines, code.current, beside);
            }
            if before != Some((*read, line)) {
                scroll_soon(scroller.clone());
            }
        });
    }
    let choose = {
        let read = read.clone();
        use_callback((), move |chosen, ()| read.set(chosen))
    };
    let Some(InFunction(shown)) = shown else { return Html::default() };
    let code = &shown.code;
    let running = read.is_none();
    let region = match whose {
        Some(whose) => format!("Code of {whose}"),
        None => "Code".to_owned(),
    };
    let (label, name, file) = match *read {
        Some((name, file)) => ("A function that is read", name, file),
        None => ("The function that runs", code.name, code.file),
    };
    html! {
        <section class="code" aria-label={region}>
            <h2>
                { "Code " }
                if let Some(whose) = whose { <span class="tag">{ &**whose }</span>{ " " } }
                <small>{ place(name, file) }</small>
            </h2>
            if running {
                <Stack functions={code.stack.clone()} />
            }
            <div
                class="lines"
                ref={scroller}
                tabindex="0"
                role="group"
                aria-label={label}
            >
                { listing }
            </div>
            if running { <Models of={code.models} leaves_out={code.leaves_out} /> }
            <Functions read={*read} {choose} />
        </section>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct StackProps {
    functions: Vec<&'static str>,
}

/// The functions that called each other, outermost first.
#[component(Stack)]
fn stack(props: &StackProps) -> Html {
    let function = |name: &&'static str| html! { <li>{ *name }</li> };
    html! {
        <ol class="stack" aria-label="Call stack">{ for props.functions.iter().map(function) }</ol>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct ModelsProps {
    of: Option<(&'static str, &'static str)>,
    leaves_out: &'static str,
}

/// What the function stands for.
#[component(Models)]
fn models(props: &ModelsProps) -> Html {
    let Some((name, file)) = props.of else { return Html::default() };
    html! {
        <p class="models">
            { "Models " }<code>{ name }</code>
            { format!(" in {file}, {MODELLED}. Left out: {}.", props.leaves_out) }
        </p>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct FunctionsProps {
    read: Option<(&'static str, &'static str)>,
    choose: Callback<Option<(&'static str, &'static str)>>,
}

/// The way to any function.
#[component(Functions)]
fn functions(props: &FunctionsProps) -> Html {
    let all = code::functions();
    let read = &props.read;
    let choose = {
        let choose = props.choose.clone();
        move |event: Event| {
            let Some(select) = event.target_dyn_into::<HtmlSelectElement>() else { return };
            let index =
                usize::try_from(select.selected_index()).ok().and_then(|n| n.checked_sub(1));
            choose.emit(index.and_then(|n| code::functions().get(n)).copied());
        }
    };
    html! {
        <select class="functions" aria-label="Read another function" onchange={choose}>
            <option selected={read.is_none()}>{ "read another function …" }</option>
            { for all.iter().map(|it| html! {
                <option selected={*read == Some(*it)}>{ format!("{} in {}", it.0, it.1) }</option>
            }) }
        </select>
    }
}

fn place(name: &str, file: &str) -> String {
    let file = file.rsplit('/').next().unwrap_or_default();
    if name.is_empty() { String::new() } else { format!("{name} in {file}") }
}

/// Scrolls to the current line.
fn scroll_soon(scroller: NodeRef) {
    before_the_next_frame(move || {
        let Some(scroller) = scroller.cast::<HtmlElement>() else { return };
        match scroller.query_selector("[aria-current]").ok().flatten().map(Element::dyn_into) {
            Some(Ok(line)) => bring_into_view(&scroller, &line),
            _ => scroller.set_scroll_top(0),
        }
    });
}

/// Scrolls the box, and nothing around it, so that the line stands near its middle.
fn bring_into_view(scroller: &HtmlElement, line: &HtmlElement) {
    let (top, height) = (line.offset_top(), line.offset_height());
    let (from, room) = (scroller.scroll_top(), scroller.client_height());
    let margin = room / 5;
    if top < from + margin || top + height > from + room - margin {
        scroller.set_scroll_top(top - (room - height) / 2);
    }
}
