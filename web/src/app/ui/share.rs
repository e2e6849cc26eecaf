//! What is shown, for others: a link, its picture for a telephone's camera, what to put into a page,
//! and files.

use std::fmt::Write as _;
use std::rc::Rc;

use qrcodegen::{QrCode, QrCodeEcc};
use uvmscope_scene::Film;
use yew::prelude::*;

use crate::app::export::{self, Export};
use crate::app::snippets::{self, Snippet, address};
use crate::app::ui::copy::{Copying, use_copying};
use crate::app::ui::words;
use crate::app::view::Share;
use crate::download;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct SharePaneProps {
    pub(super) share: Rc<Share>,
}

#[component(SharePane)]
pub(super) fn share_pane(props: &SharePaneProps) -> Html {
    let share = &props.share;
    html! {
        <div class="share">
            <h2>{ "Share what is shown" }</h2>
            { link(share) }
            { snippets(share) }
            <Files share={Rc::clone(share)} />
        </div>
    }
}

/// The link and its picture, or why there is none.
fn link(share: &Share) -> Html {
    let fragment = match &share.link {
        Ok(fragment) => fragment,
        Err(reason) => {
            return html! { <p class="problems" role="alert">{ words(reason) }</p> };
        }
    };
    let url = address(&share.base, fragment);
    let (label, said) = if share.scenario.is_some() {
        ("Short link", "The script comes along with the page, so the link only names it.")
    } else {
        ("Link", "The link carries the whole script. It opens at this step, also in years.")
    };
    html! {
        <>
            <div class="link-and-code">
                <div>
                    <CopyField {label} text={AttrValue::from(url.clone())} rows={2} />
                    <p class="quiet">{ said }</p>
                </div>
                { code(&url) }
            </div>
        </>
    }
}

/// Room around the code, in its own squares.
const QUIET: i32 = 4;

/// The link for a camera; nothing where it is longer than such a picture can hold.
fn code(url: &str) -> Html {
    let Ok(code) = QrCode::encode_text(url, QrCodeEcc::Low) else {
        return html! { <p class="quiet">{ "The link is too long for a QR code." }</p> };
    };
    let size = code.size();
    let mut dark = String::new();
    for y in 0..size {
        for x in (0..size).filter(|x| code.get_module(*x, y)) {
            // Writing to a string cannot fail.
            let _ = write!(dark, "M{},{}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    let whole = size + 2 * QUIET;
    html! {
        <svg
            class="qr"
            viewBox={format!("0 0 {whole} {whole}")}
            role="img"
            aria-label="The link as a QR code"
            shape-rendering="crispEdges"
        >
            <rect width={whole.to_string()} height={whole.to_string()} fill="#fff" />
            <path d={dark} fill="#000" />
        </svg>
    }
}

/// What an author puts into a page.
fn snippets(share: &Share) -> Html {
    let snippets = snippets::snippets(share);
    if snippets.is_empty() {
        return html! {
            <p class="quiet">
                { "From a file on a disk nothing can be put into other pages; a file with the \
                   script, below, opens in any uvmscope." }
            </p>
        };
    }
    html! {
        <>
            { for snippets.into_iter().map(|Snippet { label, text }| html! {
                <CopyField {label} text={AttrValue::from(text)} rows={3} />
            }) }
            <p class="quiet">
                <a href={format!("{}embedding.html", share.base)} target="_blank" rel="noopener">
                    { "Every form, with examples" }
                </a>
            </p>
        </>
    }
}

/// Said where a browser does not draw.
const NO_POINTS: &str =
    "This browser does not draw the picture as points; `uvmscope render --png` does.";

#[derive(Clone, PartialEq, Properties)]
struct FilesProps {
    share: Rc<Share>,
}

/// What is shown, as files.
#[component(Files)]
fn files(props: &FilesProps) -> Html {
    let said = use_state_eq(String::new);
    let file = |export: Export| {
        let (share, said) = (Rc::clone(&props.share), said.clone());
        let save = move |_| {
            let name = file_name(&share, export);
            said.set(String::new());
            match export {
                Export::Points => {
                    let said = said.clone();
                    let refused = move || said.set(NO_POINTS.to_owned());
                    download::save_points(&name, &export::text(export, &share), refused);
                }
                Export::Film => {
                    let Film { svg, shown, left_out } = export::film(&share);
                    if left_out > 0 {
                        said.set(format!(
                            "It shows {shown} places of the run; {left_out} more are marked, which it leaves out."
                        ));
                    }
                    download::save(&name, export.media_type(), &svg);
                }
                _ => download::save(&name, export.media_type(), &export::text(export, &share)),
            }
        };
        html! { <button type="button" onclick={save}>{ export.label() }</button> }
    };
    html! {
        <div class="files" role="group" aria-label="Save as a file">
            <h3>{ "Save as a file" }</h3>
            { for Export::ALL.map(file) }
            <p role="status">{ words(&said) }</p>
        </div>
    }
}

fn file_name(share: &Share, export: Export) -> String {
    let name = share.scenario.as_deref().unwrap_or("script");
    format!("{name}{}", export.ending())
}

#[derive(Clone, PartialEq, Properties)]
struct CopyFieldProps {
    label: AttrValue,
    text: AttrValue,
    rows: u32,
}

/// A text with a button that copies it; where the page may not copy, the text is selected.
#[component(CopyField)]
fn copy_field(props: &CopyFieldProps) -> Html {
    let CopyFieldProps { label, text, rows } = props;
    let Copying { field, copy, said } = use_copying(text, "Selected: copy it with Ctrl+C.");
    html! {
        <div class="copy-field">
            <label>
                <span>{ label }</span>
                <textarea readonly=true rows={rows.to_string()} spellcheck="false" ref={field} value={text.to_string()} />
            </label>
            <button type="button" aria-label={format!("Copy: {label}")} onclick={copy}>{ "Copy" }</button>
            <span role="status">{ said }</span>
        </div>
    }
}
