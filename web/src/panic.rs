//! How a bug in uvmscope reaches the page.
//!
//! A Rust panic ends in a trap, after which Yew's scheduler draws nothing any more, in no element,
//! and says nothing. The element's script is therefore told, and starts over with a second
//! instance of the module.

use std::cell::RefCell;
use std::panic::PanicHookInfo;

use js_sys::Function;
use wasm_bindgen::prelude::*;

thread_local! {
    static LISTENER: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Has `listener` called with the message of any panic; also keeps Yew from setting its own hook.
#[wasm_bindgen]
pub fn on_panic(listener: Function) {
    LISTENER.with(|slot| slot.replace(Some(listener)));
    yew::set_custom_panic_hook(Box::new(report));
}

fn report(info: &PanicHookInfo<'_>) {
    LISTENER.with(|slot| {
        // Nothing may panic in here, so whatever does not work is left alone.
        if let Ok(listener) = slot.try_borrow()
            && let Some(listener) = listener.as_ref()
        {
            let _ = listener.call1(&JsValue::NULL, &JsValue::from_str(&info.to_string()));
        }
    });
}

/// Panics, so that a test can see the page get over it. Nothing calls it outside of tests.
///
/// # Panics
/// Always.
#[wasm_bindgen]
pub fn fall_over() {
    panic!("asked to fall over");
}
