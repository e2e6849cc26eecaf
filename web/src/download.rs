//! Giving the reader a file.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::*;
use web_sys::{
    Blob, BlobPropertyBag, CanvasRenderingContext2d, HtmlAnchorElement, HtmlCanvasElement,
    HtmlImageElement, Url,
};

/// Saves a text as a file of that name. Nothing happens where the page may not do that, as in a
/// sandboxed frame.
pub(crate) fn save(name: &str, media_type: &str, text: &str) {
    let _ = try_save(name, media_type, text);
}

fn try_save(name: &str, media_type: &str, text: &str) -> Option<()> {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    let parts = Array::of1(&text.into());
    let blob = Blob::new_with_str_sequence_and_options(&parts, &options).ok()?;
    save_blob(name, &blob)
}

fn save_blob(name: &str, blob: &Blob) -> Option<()> {
    let url = Url::create_object_url_with_blob(blob).ok()?;
    let document = web_sys::window()?.document()?;
    let anchor = document.create_element("a").ok()?.dyn_into::<HtmlAnchorElement>().ok()?;
    anchor.set_href(&url);
    anchor.set_download(name);
    anchor.click();
    // The browser has taken hold of the blob by now.
    Url::revoke_object_url(&url).ok()
}

/// Points to a pixel of the picture.
const SCALE: u32 = 2;

/// Draws an SVG text and saves it as a PNG file of that name; `refused` is called where the browser
/// cannot.
pub(crate) fn save_points(name: &str, svg: &str, refused: impl FnOnce() + 'static) {
    let Ok(image) = HtmlImageElement::new() else { return refused() };
    let (name, drawn) = (name.to_owned(), image.clone());
    // One of the two is called, and takes it.
    let refused = Rc::new(Cell::new(Some(refused)));
    let refuse = {
        let refused = Rc::clone(&refused);
        move || {
            if let Some(refused) = refused.take() {
                refused();
            }
        }
    };
    let failed = Closure::once_into_js(refuse.clone());
    let loaded = Closure::once_into_js(move || {
        if draw(&name, &drawn, refuse.clone()).is_none() {
            refuse();
        }
    });
    image.set_onload(Some(loaded.unchecked_ref()));
    image.set_onerror(Some(failed.unchecked_ref()));
    let text = String::from(js_sys::encode_uri_component(svg));
    image.set_src(&format!("data:image/svg+xml;charset=utf-8,{text}"));
}

fn draw(name: &str, image: &HtmlImageElement, refuse: impl FnOnce() + 'static) -> Option<()> {
    let document = web_sys::window()?.document()?;
    let canvas = document.create_element("canvas").ok()?.dyn_into::<HtmlCanvasElement>().ok()?;
    let [width, height] = [image.natural_width(), image.natural_height()].map(|side| side * SCALE);
    canvas.set_width(width);
    canvas.set_height(height);
    let context = canvas.get_context("2d").ok()??;
    let context = context.dyn_into::<CanvasRenderingContext2d>().ok()?;
    let [width, height] = [width, height].map(f64::from);
    context
        .draw_image_with_html_image_element_and_dw_and_dh(image, 0.0, 0.0, width, height)
        .ok()?;
    let name = name.to_owned();
    let done = Closure::once_into_js(move |blob: Option<Blob>| {
        if blob.and_then(|blob| save_blob(&name, &blob)).is_none() {
            refuse();
        }
    });
    canvas.to_blob(done.unchecked_ref()).ok()
}
