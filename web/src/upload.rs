//! Reading a file that the reader chose or dropped.

use js_sys::Uint8Array;
use uvmscope_format::import::MAX_TRACE;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, DragEvent, File};

/// Reads a file; of one that is too long a byte more than may be read, which is enough to say so.
/// Nothing happens where the browser cannot read it.
pub(crate) fn read(file: &File, done: impl FnOnce(Vec<u8>) + 'static) {
    #[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
    let most = (MAX_TRACE + 1) as f64;
    let file: &Blob = file;
    let Ok(part) = file.slice_with_f64_and_f64(0.0, most) else { return };
    let read = Closure::once(move |buffer: JsValue| done(Uint8Array::new(&buffer).to_vec()));
    let _ = part.array_buffer().then(&read);
    // The promise calls it once, and frees it then.
    read.forget();
}

/// The first file of what is dropped.
pub(crate) fn dropped(event: &DragEvent) -> Option<File> {
    event.data_transfer()?.files()?.item(0)
}

/// Whether files are being dragged, and not a piece of text.
pub(crate) fn has_files(event: &DragEvent) -> bool {
    let types = event.data_transfer().map(|data| data.types());
    types.is_some_and(|types| {
        types.iter().any(|it| it.unchecked_into::<js_sys::JsString>() == "Files")
    })
}
