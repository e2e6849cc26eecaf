//! Bringing a text along, and what was made of it.

use std::rc::Rc;
use std::str::FromStr as _;

use uvmscope_format::import::{Format, NoteKind};
use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

use crate::app::bring::{Brought, Import};
use crate::app::state::Action;
use crate::app::ui::words;
use crate::upload;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct ImportPaneProps {
    /// Why the last text could not be read.
    pub(super) refusal: Option<Rc<str>>,
    pub(super) dispatch: Callback<Action>,
}

#[component(ImportPane)]
pub(super) fn import_pane(props: &ImportPaneProps) -> Html {
    let ImportPaneProps { refusal, dispatch } = props;
    let field = use_node_ref();
    let format = use_state(|| None::<Format>);
    let choose = {
        let format = format.clone();
        move |event: Event| {
            let select = event.target_dyn_into::<HtmlSelectElement>();
            format.set(select.and_then(|select| Format::from_str(&select.value()).ok()));
        }
    };
    let show = {
        let (field, format, dispatch) = (field.clone(), *format, dispatch.clone());
        move |_| {
            let text = field.cast::<HtmlTextAreaElement>().map(|field| field.value());
            let bytes = text.unwrap_or_default().into_bytes().into();
            dispatch.emit(Action::Bring(Brought { bytes, format, process: None }));
        }
    };
    let file = {
        let (format, dispatch) = (*format, dispatch.clone());
        move |event: Event| {
            let Some(input) = event.target_dyn_into::<HtmlInputElement>() else { return };
            if let Some(file) = input.files().and_then(|files| files.item(0)) {
                bring_file(&file, format, &dispatch);
            }
            // The same file once more is a choice, too.
            input.set_value("");
        }
    };
    let option = |it: Format| {
        html! { <option value={it.name()} selected={*format == Some(it)}>{ it.name() }</option> }
    };
    html! {
        <div class="import">
            <h2>{ "Your own script or trace" }</h2>
            <p>
                { "Paste a script, or what " }<code>{ "strace" }</code>{ ", " }<code>{ "kdump" }</code>
                { " or " }<code>{ "truss" }</code>{ " printed, or an address space as " }
                <code>{ "/proc/PID/maps" }</code>{ ", " }<code>{ "smaps" }</code>{ " or " }
                <code>{ "pmap" }</code>{ " lists it. It stays in this browser." }
            </p>
            <p><code class="how">{ "strace -f -y -o trace -e trace=memory,process ./prog" }</code></p>
            if let Some(refusal) = refusal {
                <p class="problems" role="alert">{ words(refusal) }</p>
            }
            <textarea rows="12" spellcheck="false" aria-label="The text" ref={field} />
            <p class="choices">
                <button type="button" class="main" onclick={show}>{ "Show it" }</button>
                <label>
                    { "read as " }
                    <select onchange={choose}>
                        <option value="" selected={format.is_none()}>{ "what it looks like" }</option>
                        { for Format::ALL.map(option) }
                    </select>
                </label>
                <label>{ "or a file " }<input type="file" onchange={file} /></label>
            </p>
        </div>
    }
}

/// Reads a file and shows it.
pub(super) fn bring_file(
    file: &web_sys::File,
    format: Option<Format>,
    dispatch: &Callback<Action>,
) {
    let dispatch = dispatch.clone();
    upload::read(file, move |bytes| {
        dispatch.emit(Action::Bring(Brought { bytes: bytes.into(), format, process: None }));
    });
}

#[derive(Clone, Properties)]
pub(super) struct ImportReportProps {
    pub(super) import: Rc<Import>,
    pub(super) dispatch: Callback<Action>,
}

impl PartialEq for ImportReportProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.import, &other.import) && self.dispatch == other.dispatch
    }
}

/// Lines of a report that are drawn at once.
const LINES: usize = 200;

/// What was dropped and altered, beside the script.
#[component(ImportReport)]
pub(super) fn import_report(props: &ImportReportProps) -> Html {
    let ImportReportProps { import, dispatch } = props;
    let report = &import.report;
    let count = |kind| report.lines.iter().filter(|note| note.kind == kind).count();
    let choose = {
        let dispatch = dispatch.clone();
        move |event: Event| {
            let select = event.target_dyn_into::<HtmlSelectElement>();
            if let Some(id) = select.and_then(|select| select.value().parse().ok()) {
                dispatch.emit(Action::Process(id));
            }
        }
    };
    let close = {
        let dispatch = dispatch.clone();
        move |_| dispatch.emit(Action::Forget)
    };
    let more = report.more + report.lines.len().saturating_sub(LINES);
    html! {
        <section class="import-report" aria-label="Import report">
            <h2>
                { format!("From {}", report.format) }
                <button type="button" class="close" aria-label="Close the report" onclick={close}>
                    { "×" }
                </button>
            </h2>
            <p>
                { format!(
                    "{} taken, {} lines altered, {} dropped.",
                    report.taken, count(NoteKind::Altered), count(NoteKind::Dropped) + report.more,
                ) }
            </p>
            if report.processes.len() > 1 {
                <label>
                    { "Process " }
                    <select onchange={choose}>
                        { for report.processes.iter().map(|it| {
                            let name = it.name.as_deref().map(|n| format!(" {n}")).unwrap_or_default();
                            html! {
                                <option
                                    value={it.id.to_string()}
                                    selected={report.process == Some(it.id)}
                                >
                                    { format!("{}{name}, {} calls", it.id, it.calls) }
                                </option>
                            }
                        }) }
                    </select>
                </label>
            }
            <ul class="general">
                { for report.general.iter().map(|text| html! { <li>{ words(text) }</li> }) }
            </ul>
            <details>
                <summary>{ "Line by line" }</summary>
                <ol>
                    { for report.lines.iter().take(LINES).map(|note| html! {
                        <li>
                            <b>{ format!("line {} {}: ", note.line, note.kind.name()) }</b>
                            { words(&note.reason) }
                            <code>{ &note.text }</code>
                        </li>
                    }) }
                    if more > 0 { <li>{ format!("and {more} more") }</li> }
                </ol>
            </details>
        </section>
    }
}
