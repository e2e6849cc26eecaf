//! The exports that `uvmscope.js` calls (`web/script/element.js`).
//!
//! The model of an element stands here, outside Yew: a method of the element changes it at once and
//! `state()` reads it at once, while Yew gets a snapshot to draw when it comes round to it. What
//! the host page is to be told is left in an outbox, which the script empties after the call
//! returned; so a listener finds everything settled, whatever it calls.

use std::cell::RefCell;
use std::collections::BTreeMap;

use gloo_timers::callback::Timeout;
use js_sys::{Function, Promise, Uint8Array};
use serde_json::Value;
use wasm_bindgen::prelude::*;
use web_sys::Element;
use yew::Callback;
use yew::platform::spawn_local;

use crate::app::{self, Action, Model};
use crate::contract::{Attrs, Changed, HostEvent, Reading, Request, Wake};
use crate::stage::Stage;

/// One element that has started.
struct Seat {
    attrs: Attrs,
    model: Model,
    stage: Stage,
    /// Always the same: what is drawn with another one would be drawn anew.
    dispatch: Callback<Action>,
    outbox: Vec<HostEvent>,
    /// The script's function that arranges for the outbox to be emptied.
    notify: Function,
    /// The script's function that has a text read by a worker.
    reader: Function,
    timer: Option<Timeout>,
}

#[derive(Default)]
struct House {
    last_seat: u32,
    seats: BTreeMap<u32, Seat>,
    spare: Vec<Stage>,
}

thread_local! {
    static HOUSE: RefCell<House> = RefCell::default();
}

/// Runs `f` on a seat; `None` when the element has left, as a late timer or click may find.
fn with_seat<T>(seat: u32, f: impl FnOnce(&mut Seat) -> T) -> Option<T> {
    HOUSE.with(|house| house.borrow_mut().seats.get_mut(&seat).map(f))
}

/// Does what a change of the model asks for, except for telling the host.
fn settle(id: u32, seat: &mut Seat, changed: Changed) {
    seat.outbox.extend(changed.events);
    match changed.wake {
        Wake::Keep => {}
        Wake::Never => seat.timer = None,
        Wake::After(ms) => seat.timer = Some(Timeout::new(ms, move || tick(id))),
    }
    // A script that cannot be called has no worker, which it says in a way of its own.
    match changed.reading {
        Reading::Keep => {}
        Reading::Stop => drop(seat.reader.call0(&JsValue::NULL)),
        Reading::Start(brought) => {
            let bytes = Uint8Array::from(&*brought.bytes);
            let format = brought.format.map(|format| JsValue::from(format.name()));
            let process = brought.process.map(JsValue::from);
            let [format, process] = [format, process].map(Option::unwrap_or_default);
            drop(seat.reader.call3(&JsValue::NULL, &bytes, &format, &process));
        }
    }
    if changed.redraw {
        seat.stage.show(id, seat.model.view(), seat.dispatch.clone());
    }
}

/// Asks the script to empty the outbox, after what changed is drawn as a rule, and to prepare the next
/// step.
fn notify(seat: &Seat, redraw: bool) {
    if redraw || !seat.outbox.is_empty() {
        let notify = seat.notify.clone();
        spawn_local(async move { drop(notify.call0(&JsValue::NULL)) });
    }
}

/// Something the reader did inside the element.
fn act(id: u32, action: Action) {
    with_seat(id, |seat| {
        let changed = seat.model.reduce(action);
        let redraw = changed.redraw;
        settle(id, seat, changed);
        notify(seat, redraw);
    });
}

/// The time came that the model had asked for.
fn tick(id: u32) {
    with_seat(id, |seat| {
        seat.timer = None;
        let changed = seat.model.tick();
        let redraw = changed.redraw;
        settle(id, seat, changed);
        notify(seat, redraw);
    });
}

/// Something the host page asked for. The script empties the outbox afterwards.
fn request(id: u32, request: Request) -> Result<(), JsError> {
    with_seat(id, |seat| match seat.model.perform(request) {
        Ok(changed) => {
            settle(id, seat, changed);
            Ok(())
        }
        Err(refusal) => Err(JsError::new(&refusal)),
    })
    .unwrap_or_else(|| Err(JsError::new("this element has not started")))
}

/// The version of the program, for the `uvmscope:ready` event.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// Starts an element and returns its seat.
///
/// `attrs` is a JSON object of the attributes; `resume` is what [`close`] or [`resume`] returned
/// for the same element before, so that a moved element keeps its place. Where there is nothing to
/// show, the error is a sentence for the reader.
#[wasm_bindgen]
///
/// `notify` is called when there is something in the outbox, and `reader` with bytes, the name of
/// their format and a process when a text is to be read by a worker: as by [`read`], whose answer
/// goes to [`was_read`]. Without arguments it is called when that is not wanted any more.
pub fn open(
    attrs: &str,
    resume: Option<String>,
    notify: Function,
    reader: Function,
) -> Result<u32, JsError> {
    let attrs: Attrs = serde_json::from_str(attrs)?;
    let (model, changed) = Model::open(&attrs, resume).map_err(|refusal| JsError::new(&refusal))?;
    HOUSE.with(|house| {
        let house = &mut *house.borrow_mut();
        let stage = house.spare.pop().or_else(Stage::build);
        let stage = stage.ok_or_else(|| JsError::new("there is no document to draw in"))?;
        house.last_seat += 1;
        let id = house.last_seat;
        let seat = house.seats.entry(id).insert_entry(Seat {
            attrs,
            model,
            stage,
            dispatch: Callback::from(move |action| act(id, action)),
            outbox: Vec::new(),
            notify,
            reader,
            timer: None,
        });
        let changed = Changed { redraw: true, ..changed };
        settle(id, seat.into_mut(), changed);
        Ok(id)
    })
}

/// The node that the element shows; it belongs into the element's shadow root.
#[wasm_bindgen]
pub fn node(seat: u32) -> Option<Element> {
    with_seat(seat, |seat| seat.stage.node().clone())
}

/// Ends an element; returns what [`open`] needs to go on from the same place.
#[wasm_bindgen]
pub fn close(seat: u32) -> Option<String> {
    HOUSE.with(|house| {
        let house = &mut *house.borrow_mut();
        let mut seat = house.seats.remove(&seat)?;
        let resume = seat.model.resume();
        seat.stage.clear();
        house.spare.push(seat.stage);
        Some(resume)
    })
}

/// What [`close`] would return, without closing. `None` also when a panic left the seat locked.
#[wasm_bindgen]
pub fn resume(seat: u32) -> Option<String> {
    HOUSE.with(|house| {
        let house = house.try_borrow().ok()?;
        Some(house.seats.get(&seat)?.model.resume())
    })
}

/// An attribute of the element was changed, or removed.
#[wasm_bindgen]
pub fn attribute(seat: u32, name: &str, value: Option<String>) {
    with_seat(seat, |it| {
        let former = it.attrs.clone();
        if it.attrs.set(name, value) && it.attrs != former {
            let changed = it.model.set_attrs(&former, &it.attrs);
            settle(seat, it, changed);
        }
    });
}

/// The element is so many pixels wide now.
#[wasm_bindgen]
pub fn resize(seat: u32, width: u16) {
    with_seat(seat, |it| {
        let changed = it.model.resize(width);
        settle(seat, it, changed);
    });
}

/// Goes to a step, a marker or a percentage.
#[wasm_bindgen]
pub fn goto(seat: u32, place: &str) -> Result<(), JsError> {
    request(seat, Request::Goto(place.to_owned()))
}

/// One step on.
#[wasm_bindgen]
pub fn next(seat: u32) -> Result<(), JsError> {
    request(seat, Request::Next)
}

/// One step back.
#[wasm_bindgen]
pub fn prev(seat: u32) -> Result<(), JsError> {
    request(seat, Request::Prev)
}

/// Steps by itself from here on.
#[wasm_bindgen]
pub fn play(seat: u32) -> Result<(), JsError> {
    request(seat, Request::Play)
}

/// Stands still.
#[wasm_bindgen]
pub fn pause(seat: u32) -> Result<(), JsError> {
    request(seat, Request::Pause)
}

/// Goes to where a link leads, as the page's address has it behind `#`.
#[wasm_bindgen]
pub fn follow(seat: u32, link: &str) -> Result<(), JsError> {
    request(seat, Request::Follow(link.to_owned()))
}

/// Runs the script under another kernel.
#[wasm_bindgen]
pub fn set_kernel(seat: u32, spec: &str) -> Result<(), JsError> {
    request(seat, Request::SetKernel(spec.to_owned()))
}

/// Reads a text, for a worker: a script, trace or listing. The answer is JSON, for [`was_read`].
#[wasm_bindgen]
pub fn read(bytes: &[u8], format: Option<String>, process: Option<u32>) -> Option<String> {
    let format = format.and_then(|name| name.parse().ok());
    serde_json::to_string(&app::read(bytes, format, process)).ok()
}

/// What a worker answered; without an answer there is no worker, and the text is read here.
#[wasm_bindgen]
pub fn was_read(seat: u32, told: Option<String>) {
    with_seat(seat, |it| {
        let changed = it.model.was_read(told);
        let redraw = changed.redraw;
        settle(seat, it, changed);
        notify(it, redraw);
    });
}

/// A promise that is kept when what changed of an element so far has been drawn.
#[wasm_bindgen]
pub fn drawn(seat: u32) -> Promise {
    Promise::new(&mut |drawn, _| {
        let waits = with_seat(seat, |seat| seat.stage.when_drawn(drawn.clone()));
        if waits.is_none() {
            // Nothing is drawn any more. Calling what keeps a promise does not fail.
            let _ = drawn.call0(&JsValue::NULL);
        }
    })
}

/// There is time to prepare what is likely to be asked for next.
#[wasm_bindgen]
pub fn prepare(seat: u32) {
    with_seat(seat, |seat| seat.model.prepare());
}

/// The state of an element as JSON text.
#[wasm_bindgen]
pub fn state(seat: u32) -> Option<String> {
    with_seat(seat, |seat| seat.model.state_json().to_string())
}

/// What leads to the same place, behind the `#` of the page's address.
#[wasm_bindgen]
pub fn link(seat: u32) -> Option<String> {
    with_seat(seat, |seat| seat.model.link())?
}

/// Empties the outbox: a JSON array of `{name, detail}`.
#[wasm_bindgen]
pub fn drain(seat: u32) -> Option<String> {
    let events = with_seat(seat, |seat| std::mem::take(&mut seat.outbox))?;
    Some(events.iter().map(HostEvent::json).collect::<Value>().to_string())
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    use super::*;

    wasm_bindgen_test_configure!(run_in_browser);

    fn silent() -> Function {
        Function::new_no_args("")
    }

    fn spare_stages() -> usize {
        HOUSE.with(|house| house.borrow().spare.len())
    }

    #[wasm_bindgen_test]
    fn an_element_borrows_a_stage_and_gives_it_back() {
        let first = open("{}", None, silent(), silent()).expect("an element");
        let stage = node(first).expect("a node");
        close(first);
        let spare = spare_stages();
        let second = open("{}", None, silent(), silent()).expect("an element");
        assert_ne!(first, second);
        assert_eq!(node(second), Some(stage));
        assert_eq!(spare_stages(), spare - 1);
        close(second);
    }

    #[wasm_bindgen_test]
    fn a_closed_element_goes_on_where_it_was() {
        let seat = open("{}", None, silent(), silent()).expect("an element");
        next(seat).expect("a step");
        let before = state(seat);
        let place = close(seat);
        assert_eq!(state(seat), None);
        assert!(next(seat).is_err());
        let seat = open("{}", place, silent(), silent()).expect("an element");
        assert_eq!(state(seat), before);
        close(seat);
    }

    #[wasm_bindgen_test]
    fn the_outbox_is_emptied_once() {
        let seat = open("{}", None, silent(), silent()).expect("an element");
        drain(seat);
        next(seat).expect("a step");
        let told = drain(seat).expect("an outbox");
        assert!(told.contains("\"name\":\"step\""), "{told}");
        assert_eq!(drain(seat).as_deref(), Some("[]"));
        close(seat);
        assert_eq!(drain(seat), None);
    }

    #[wasm_bindgen_test]
    fn attributes_that_are_not_json_are_refused() {
        assert!(open("scenario", None, silent(), silent()).is_err());
    }
}
