//! The code that runs, because what is shown is what makes the steps.

use std::rc::Rc;

use uvmscope_uvm::func::MODELLED;
use web_sys::{HtmlElement, HtmlSelectElement};
use yew::prelude::*;

use crate::app::code::{self, Code, CodeLine};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct CodePaneProps {
    pub(crate) code: Rc<Code>,
    /// Whose code it is, where two kernels are shown.
    pub(crate) whose: Option<Rc<str>>,
}

#[component(CodePane)]
pub(crate) fn code_pane(props: &CodePaneProps) -> Html {
    let code = &props.code;
    let scroller = use_node_ref();
    let current = use_node_ref();
    // A function that somebody reads though it does not run; the next step shows what runs again.
    let read = use_state(|| None::<(&'static str, &'static str)>);
    {
        let read = read.clone();
        use_effect_with((code.name, code.current), move |_| read.set(None));
    }
    {
        let (scroller, current) = (scroller.clone(), current.clone());
        use_effect_with((code.name, code.current, *read), move |_| {
            let line = current.cast::<HtmlElement>();
            match (scroller.cast::<HtmlElement>(), line) {
                (Some(scroller), Some(line)) => bring_into_view(&scroller, &line),
                (Some(scroller), None) => scroller.set_scroll_top(0),
                (None, _) => {}
            }
        });
    }
    let above = |name: &&'static str| html! { <li>{ *name }</li> };
    let lines = match *read {
        Some((name, file)) => code::function(name, file, code.changes),
        None => code.lines.clone(),
    };
    let running = read.is_none();
    html! {
        <section class="code" aria-label="Code">
            <h2>
                { "Code " }
                if let Some(whose) = &props.whose { <span class="tag">{ &**whose }</span>{ " " } }
                <small>{ place(code) }</small>
            </h2>
            <ol class="stack" aria-label="Call stack">{ for code.stack.iter().map(above) }</ol>
            <div class="lines" ref={scroller} tabindex="0" role="group" aria-label="The function that runs">
                { for lines.iter().map(|line| code_line(line, code, running, &current)) }
            </div>
            { models(code) }
            { functions(&read) }
        </section>
    }
}

/// What the function stands for.
fn models(code: &Code) -> Html {
    let Some((name, file)) = code.models else { return Html::default() };
    html! {
        <p class="models">
            { "Models " }<code>{ name }</code>{ format!(" in {file}, {MODELLED}. Left out: {}.", code.leaves_out) }
        </p>
    }
}

/// The way to any function.
fn functions(read: &UseStateHandle<Option<(&'static str, &'static str)>>) -> Html {
    let all = code::functions();
    let choose = {
        let (read, all) = (read.clone(), all.clone());
        move |event: Event| {
            let Some(select) = event.target_dyn_into::<HtmlSelectElement>() else { return };
            let index =
                usize::try_from(select.selected_index()).ok().and_then(|n| n.checked_sub(1));
            read.set(index.and_then(|n| all.get(n)).copied());
        }
    };
    html! {
        <select class="functions" aria-label="Read another function" onchange={choose}>
            <option selected={read.is_none()}>{ "read another function …" }</option>
            { for all.iter().map(|it| html! {
                <option selected={**read == Some(*it)}>{ format!("{} in {}", it.0, it.1) }</option>
            }) }
        </select>
    }
}

fn place(code: &Code) -> String {
    let file = code.file.rsplit('/').next().unwrap_or_default();
    if code.name.is_empty() { String::new() } else { format!("{} in {file}", code.name) }
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

fn code_line(line: &CodeLine, code: &Code, running: bool, current: &NodeRef) -> Html {
    let is_current = running && code.current == Some(line.number);
    let comment = line.text.starts_with("//");
    let class = classes!(
        "line",
        is_current.then_some("current"),
        line.ran.then_some("ran"),
        line.off.is_some().then_some("off"),
        comment.then_some("comment"),
    );
    let title = line.off.map(|change| format!("does not run: {} decides", change.name()));
    let node = if is_current { current.clone() } else { NodeRef::default() };
    html! {
        <div {class} {title} ref={node} aria-current={is_current.then_some("true")} key={line.number}>
            <span class="number">{ line.number }</span>
            <code ~style={format!("--indent:{}", line.indent)}>{ line.text }</code>
            if is_current {
                if let Some(beside) = &code.beside { <span class="beside">{ beside }</span> }
            }
        </div>
    }
}
