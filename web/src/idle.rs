//! What is done when there is nothing else to do.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use wasm_bindgen::closure::Closure;

/// A task for the time between two steps. It is called off when this goes away.
pub(crate) struct Idle {
    task: Closure<dyn Fn()>,
    /// The browser's number of the task, until it is done.
    asked: Rc<Cell<Option<u32>>>,
}

impl Idle {
    pub(crate) fn new(task: impl Fn() + 'static) -> Self {
        let asked = Rc::new(Cell::new(None));
        let task = {
            let asked = Rc::clone(&asked);
            Closure::new(move || {
                asked.set(None);
                task();
            })
        };
        Self { task, asked }
    }

    /// Has the task done once, when what changed has been painted. Where a browser tells nobody that
    /// it has time, it is not done at all.
    pub(crate) fn ask(&self) {
        if self.asked.get().is_none() {
            let task = self.task.as_ref().unchecked_ref();
            self.asked.set(web_sys::window().and_then(|it| it.request_idle_callback(task).ok()));
        }
    }
}

impl Drop for Idle {
    fn drop(&mut self) {
        if let (Some(asked), Some(window)) = (self.asked.get(), web_sys::window()) {
            window.cancel_idle_callback(asked);
        }
    }
}
