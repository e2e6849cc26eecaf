//! Keeping the focus inside.

use std::cell::RefCell;
use std::rc::Rc;

use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use crate::app::ui::board::{Board, use_written};

/// What in an element had the focus last.
#[derive(Clone, Default)]
pub(super) struct Focused(Rc<RefCell<Option<Element>>>);

impl PartialEq for Focused {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Focused {
    /// What is to hear where the focus goes.
    pub(super) fn listener(&self) -> Callback<FocusEvent> {
        let focused = self.clone();
        Callback::from(move |event: FocusEvent| {
            focused.0.replace(event.target_dyn_into::<Element>());
        })
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(super) struct KeptFocusProps {
    pub(super) board: Board,
    /// Where the focus goes, and what is never taken away.
    pub(super) section: NodeRef,
    pub(super) focused: Focused,
}

/// Keeps the focus in the element when the button that has it goes away, as some do when they are
/// pressed; the keys would be dead from then on.
#[component(KeptFocus)]
pub(super) fn kept_focus(props: &KeptFocusProps) -> Html {
    let KeptFocusProps { board, section, focused } = props.clone();
    let anew = use_force_update();
    use_written(&board, move |_, was| {
        let element = focused.0.borrow().clone();
        let inside = element.filter(|it| section.get().is_some_and(|section| section != **it));
        let Some(element) = inside else { return };
        if was.is_some() {
            // It hears that it was drawn again when all others have been.
            anew.force_update();
        } else if !element.is_connected() {
            focused.0.take();
            let document = web_sys::window().and_then(|window| window.document());
            let now = document.and_then(|document| document.active_element());
            // Nobody else has taken it.
            if now.is_none_or(|element| element.tag_name() == "BODY") {
                // Fails only where the section cannot have the focus.
                let _ = section.cast::<HtmlElement>().map(|section| section.focus());
            }
        }
    });
    Html::default()
}
