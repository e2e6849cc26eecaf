//! The Yew applications that elements borrow.
//!
//! Yew never takes its listeners off the node an application was mounted on, so every mount that
//! is given up leaks. An element therefore borrows a stage and gives it back; the number of stages
//! is the number of elements that were ever on the page at the same time.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::JsValue;
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
    waiting: Waiting,
}

/// Those who wait until all that changed has been drawn.
#[derive(Clone, Default)]
struct Waiting {
    them: Rc<RefCell<Vec<Function>>>,
    /// How many there were so far. Another number has them looked after.
    count: u32,
}

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.them, &other.them) && self.count == other.count
    }
}

impl Waiting {
    fn call(&self) {
        for it in self.them.take() {
            // Fails only where nobody waits any more.
            let _ = it.call0(&JsValue::NULL);
        }
    }
}

/// Draws the application keyed by its seat, so that the next element to borrow the stage finds
/// nothing of the state that components kept for the last one.
#[component(StageView)]
fn stage_view(props: &StageProps) -> Html {
    let StageProps { play, waiting } = props;
    {
        let waiting = waiting.clone();
        // Comes last: nothing is left to be drawn when a component hears that it was drawn again, and
        // the outermost hears it behind all others.
        use_effect(move || waiting.call());
    }
    match play {
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
    shown: StageProps,
}

impl Stage {
    /// A new stage with nothing on it; `None` where there is no document.
    pub(crate) fn build() -> Option<Self> {
        let node = web_sys::window()?.document()?.create_element("div").ok()?;
        // The node itself and not the shadow root: on a shadow root Yew's walk up the tree goes on
        // into the host's elements, and some pointer events are missed.
        let app = yew::Renderer::<StageView>::with_root(node.clone()).render();
        Some(Self { node, app, shown: StageProps::default() })
    }

    pub(crate) fn node(&self) -> &Element {
        &self.node
    }

    pub(crate) fn show(&mut self, seat: u32, view: View, dispatch: Callback<Action>) {
        let View { frame, now } = view;
        let board = match &self.shown.play {
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
        self.shown.play = Some(Play { seat, frame: Rc::new(frame), board, dispatch });
        self.update();
    }

    /// Has a function called when all that was shown so far has been drawn.
    pub(crate) fn when_drawn(&mut self, drawn: Function) {
        self.shown.waiting.them.borrow_mut().push(drawn);
        self.shown.waiting.count = self.shown.waiting.count.wrapping_add(1);
        self.update();
    }

    /// Clears the stage for the next element and takes it out of the document.
    pub(crate) fn clear(&mut self) {
        self.shown.play = None;
        self.update();
        self.node.remove();
    }

    fn update(&mut self) {
        self.app.update(self.shown.clone());
    }
}
