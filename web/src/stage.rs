//! The Yew applications that elements borrow.
//!
//! Yew never takes its listeners off the node an application was mounted on, so every mount that
//! is given up leaks. An element therefore borrows a stage and gives it back; the number of stages
//! is the number of elements that were ever on the page at the same time.

use std::rc::Rc;

use web_sys::Element;
use yew::prelude::*;

use crate::app::{Action, Root, View};

/// What is on a stage while an element has it.
#[derive(Clone, PartialEq)]
struct Play {
    seat: u32,
    view: Rc<View>,
    dispatch: Callback<Action>,
}

#[derive(Clone, PartialEq, Default, Properties)]
struct StageProps {
    play: Option<Play>,
}

/// Draws the application keyed by its seat, so that the next element to borrow the stage finds
/// nothing of the state that components kept for the last one.
#[component(StageView)]
fn stage_view(props: &StageProps) -> Html {
    match &props.play {
        Some(play) => html! {
            <Root key={play.seat} view={play.view.clone()} dispatch={play.dispatch.clone()} />
        },
        None => Html::default(),
    }
}

/// A node with a Yew application on it.
pub(crate) struct Stage {
    node: Element,
    app: yew::AppHandle<StageView>,
}

impl Stage {
    /// A new stage with nothing on it; `None` where there is no document.
    pub(crate) fn build() -> Option<Self> {
        let node = web_sys::window()?.document()?.create_element("div").ok()?;
        // The node itself and not the shadow root: on a shadow root Yew's walk up the tree goes on
        // into the host's elements, and some pointer events are missed.
        let app = yew::Renderer::<StageView>::with_root(node.clone()).render();
        Some(Self { node, app })
    }

    pub(crate) fn node(&self) -> &Element {
        &self.node
    }

    pub(crate) fn show(&mut self, seat: u32, view: Rc<View>, dispatch: Callback<Action>) {
        let play = Some(Play { seat, view, dispatch });
        self.app.update(StageProps { play });
    }

    /// Clears the stage for the next element and takes it out of the document.
    pub(crate) fn clear(&mut self) {
        self.app.update(StageProps::default());
        self.node.remove();
    }
}
