//! Numbers of the system, and what the kernel printed.

use std::rc::Rc;

use yew::prelude::*;

use crate::app::view::Counter;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct CountersProps {
    pub(crate) counters: Rc<[Counter]>,
}

#[component(Counters)]
pub(crate) fn counters(props: &CountersProps) -> Html {
    let counter = |counter: &Counter| {
        let was = (counter.was != counter.value).then(|| format!("was {}", counter.was));
        html! {
            <div title={counter.explained}>
                <dt>{ counter.name }</dt>
                <dd>{ counter.value }<small>{ was }</small></dd>
            </div>
        }
    };
    html! {
        <section class="counters" aria-label="Counters">
            <h2>{ "Counters " }<small>{ "since the call began" }</small></h2>
            <dl>{ for props.counters.iter().map(counter) }</dl>
        </section>
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ConsoleProps {
    pub(crate) lines: Rc<[String]>,
}

/// Lines of the console that are drawn; of a longer log the last.
const LINES: usize = 40;

#[component(Console)]
pub(crate) fn console(props: &ConsoleProps) -> Html {
    let lines = &props.lines;
    let first = lines.len().saturating_sub(LINES);
    html! {
        <section class="console" aria-label="Console">
            <h2>{ "Console" }</h2>
            if lines.is_empty() { <p class="quiet">{ "The kernel has printed nothing so far." }</p> }
            { for lines[first..].iter().map(|line| html! { <code>{ line }</code> }) }
        </section>
    }
}
