//! The code that runs, because what is shown is what makes the steps.

use std::rc::Rc;

use web_sys::HtmlElement;
use yew::prelude::*;

use crate::app::code::{Code, CodeLine};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct CodePaneProps {
    pub(crate) code: Rc<Code>,
}

#[component(CodePane)]
pub(crate) fn code_pane(props: &CodePaneProps) -> Html {
    let code = &props.code;
    let scroller = use_node_ref();
    let current = use_node_ref();
    {
        let (scroller, current) = (scroller.clone(), current.clone());
        use_effect_with((code.name, code.current), move |_| {
            let line = current.cast::<HtmlElement>();
            match (scroller.cast::<HtmlElement>(), line) {
                (Some(scroller), Some(line)) => bring_into_view(&scroller, &line),
                (Some(scroller), None) => scroller.set_scroll_top(0),
                (None, _) => {}
            }
        });
    }
    let above = |name: &&'static str| html! { <li>{ *name }</li> };
    html! {
        <section class="code" aria-label="Code">
            <h2>{ "Code " }<small>{ place(code) }</small></h2>
            <ol class="stack" aria-label="Call stack">{ for code.stack.iter().map(above) }</ol>
            <div class="lines" ref={scroller} tabindex="0" role="group" aria-label="The function that runs">
                { for code.lines.iter().map(|line| code_line(line, code, &current)) }
            </div>
            if !code.models.is_empty() {
                <p class="models">{ format!("Models {} of NetBSD.", code.models) }</p>
            }
        </section>
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

fn code_line(line: &CodeLine, code: &Code, current: &NodeRef) -> Html {
    let is_current = code.current == Some(line.number);
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
