//! Copying a text that stands in a field, or else selecting it there.

use web_sys::HtmlTextAreaElement;
use yew::prelude::*;

/// A field whose text can be copied.
pub(super) struct Copying {
    /// The field that shows the text.
    pub(super) field: NodeRef,
    pub(super) copy: Callback<MouseEvent>,
    /// What came of it.
    pub(super) said: &'static str,
}

/// Copies the text; where the page may not do that, says so by `refused` and selects it.
#[hook]
pub(super) fn use_copying(text: &str, refused: &'static str) -> Copying {
    let field = use_node_ref();
    let said = use_state(|| "");
    let copy = {
        let (field, said, text) = (field.clone(), said.clone(), text.to_owned());
        move |_| {
            let Some(area) = field.cast::<HtmlTextAreaElement>() else { return };
            let said = said.clone();
            crate::clipboard::copy(&text, move |copied| {
                // What is selected is what Ctrl+C copies only where the focus is.
                if !copied {
                    let _ = area.focus();
                }
                area.select();
                said.set(if copied { "Copied." } else { refused });
            });
        }
    };
    Copying { field, copy: copy.into(), said: *said }
}
