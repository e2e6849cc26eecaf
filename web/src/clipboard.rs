//! Copying text, where the browser lets a page do that.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;

/// Copies the text and tells whether that worked. In a sandboxed frame, or on a page that did not
/// come over a safe connection, there is nothing to copy with.
pub(crate) fn copy(text: &str, done: impl Fn(bool) + Clone + 'static) {
    match write(text) {
        Some(promise) => {
            let failed = done.clone();
            let yes = Closure::once_into_js(move |_: JsValue| done(true));
            let no = Closure::once_into_js(move |_: JsValue| failed(false));
            if let (Ok(then), Some(yes), Some(no)) = (
                Reflect::get(&promise, &"then".into()).and_then(JsCast::dyn_into::<Function>),
                yes.dyn_ref::<Function>(),
                no.dyn_ref::<Function>(),
            ) {
                let _ = then.call2(&promise, yes, no);
            }
        }
        None => done(false),
    }
}

/// Asks the browser; nothing where it has no clipboard for this page.
fn write(text: &str) -> Option<Promise> {
    let window = web_sys::window()?;
    let navigator = Reflect::get(&window, &"navigator".into()).ok()?;
    let clipboard = Reflect::get(&navigator, &"clipboard".into()).ok()?;
    let write: Function = Reflect::get(&clipboard, &"writeText".into()).ok()?.dyn_into().ok()?;
    write.call1(&clipboard, &text.into()).ok()?.dyn_into().ok()
}
