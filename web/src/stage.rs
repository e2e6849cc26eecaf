//! The Yew applications that elements borrow.
//!
//! Yew never takes its listeners off the node an application was mounted on, so every mount that
//! is given up leaks. An element therefore borrows a stage and gives it back; the number of stages
//! is the number of elements that were ever on the page at the same time.

use std::rc::Rc;

use web_sys::Element;
use yew::prelude::*;

use crate::app::{Action, Board, Frame, Root, View};

/// What is on a stage while an element has it.
#[derive(Clone, PartialEq)]
struct Play {
    seat: u32,
    frame: Rc<Frame>,
    board: Board,
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
        Some(Play { seat, frame, board, dispatch }) => html! {
            <Root
                key={*seat}
                frame={Rc::clone(frame)}
                board={board.clone()}
                dispatch={dispatch.clone()}
            />
        },
        None => Html::default(),
    }
}

/// A node with a Yew application on it.
pub(crate) struct Stage {
    node: Element,
    app: yew::AppHandle<StageView>,
    play: Option<Play>,
}

impl Stage {
    /// A new stage with nothing on it; `None` where there is no document.
    pub(crate) fn build() -> Option<Self> {
        let node = web_sys::window()?.document()?.create_element("div").ok()?;
        // The node itself and not the shadow root: on a shadow root Yew's walk up the tree goes on
        // into the host's elements, and some pointer events are missed.
        let app = yew::Renderer::<StageView>::with_root(node.clone()).render();
        Some(Self { node, app, play: None })
    }

    pub(crate) fn node(&self) -> &Element {
        &self.node
    }

    pub(crate) fn show(&mut self, seat: u32, view: View, dispatch: Callback<Action>) {
        let View { frame, now } = view;
        let board = match &self.play {
            Some(play) => {
                play.board.post(now);
                // Most steps change nothing else.
                if *play.frame == frame {
                    return;
                }
                play.board.clone()
            }
            None => Board::new(now),
        };
        let play = Some(Play { seat, frame: Rc::new(frame), board, dispatch });
        self.play.clone_from(&play);
        self.app.update(StageProps { play });
    }

    /// Clears the stage for the next element and takes it out of the document.
    pub(crate) fn clear(&mut self) {
        self.play = None;
        self.app.update(StageProps::default());
        self.node.remove();
    }
}
