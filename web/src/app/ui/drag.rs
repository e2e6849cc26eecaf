//! Choosing a stretch of the axis with the pointer, and what can be called on it.

use std::cell::Cell;
use std::rc::Rc;

use uvmscope_replay::Side;
use uvmscope_scene::{Scene, Unit};
use uvmscope_uvm::{Access, Call, PAGE_SIZE, Prot, VaRange, Vaddr};
use web_sys::Element;
use yew::prelude::*;

use crate::app::state::Action;
use crate::app::ui::board::Board;
use crate::app::ui::pointer::along;

/// Pixels that a pointer has to go before it is no click any more.
const THRESHOLD: i32 = 6;
/// Parts of the picture's width that places are told apart by.
const PARTS: usize = 10_000;

/// Listeners of a picture, and what is chosen while the pointer is down.
pub(super) struct Drag {
    pub(super) span: Option<VaRange>,
    /// Whether the click that comes next ends a drag.
    pub(super) done: Rc<Cell<bool>>,
    pub(super) down: Callback<PointerEvent>,
    pub(super) along: Callback<PointerEvent>,
    pub(super) up: Callback<PointerEvent>,
    pub(super) cancel: Callback<PointerEvent>,
}

/// Where the pointer went down.
#[derive(Clone, Copy)]
struct Down {
    x: i32,
    page: Vaddr,
}

#[hook]
pub(super) fn use_drag(board: &Board, side: Side, dispatch: &Callback<Action>) -> Drag {
    let down = use_mut_ref(|| None::<Down>);
    let span = use_state(|| None::<VaRange>);
    let done = use_memo((), |()| Cell::new(false));
    let page = {
        let board = board.clone();
        move |event: &PointerEvent| page_under(&board.now().side(side)?.shown.scene, event)
    };
    let pressed = {
        let (down, page, done) = (Rc::clone(&down), page.clone(), Rc::clone(&done));
        move |event: PointerEvent| {
            done.set(false);
            // A finger that is put down wants to scroll, or to press what is there.
            let first =
                event.is_primary() && event.button() == 0 && event.pointer_type() != "touch";
            let at = page(&event).filter(|_| first);
            *down.borrow_mut() = at.map(|page| Down { x: event.client_x(), page });
        }
    };
    let moved = {
        let (down, span, page) = (Rc::clone(&down), span.clone(), page);
        move |event: PointerEvent| {
            let Some(from) = *down.borrow() else { return };
            if span.is_none() && (event.client_x() - from.x).abs() < THRESHOLD {
                return;
            }
            // Yew listens further out, so that the picture is not where the event is now.
            if span.is_none()
                && let Some(svg) = picture_under(&event)
            {
                // Fails only where the pointer is gone already.
                let _ = svg.set_pointer_capture(event.pointer_id());
            }
            if let Some(to) = page(&event) {
                let range = between(from.page, to);
                if *span != Some(range) {
                    span.set(Some(range));
                }
            }
        }
    };
    let released = {
        let (down, span, dispatch) = (Rc::clone(&down), span.clone(), dispatch.clone());
        let done = Rc::clone(&done);
        move |_: PointerEvent| {
            down.borrow_mut().take();
            if let Some(range) = *span {
                done.set(true);
                span.set(None);
                dispatch.emit(Action::Span(Some((side, range))));
            }
        }
    };
    let cancelled = {
        let span = span.clone();
        move |_: PointerEvent| {
            down.borrow_mut().take();
            span.set(None);
        }
    };
    Drag {
        span: *span,
        done,
        down: pressed.into(),
        along: moved.into(),
        up: released.into(),
        cancel: cancelled.into(),
    }
}

/// The pages from one to the other, both included.
fn between(a: Vaddr, b: Vaddr) -> VaRange {
    VaRange::new(a.min(b), Vaddr(a.max(b).0.saturating_add(PAGE_SIZE)))
}

fn picture_under(event: &PointerEvent) -> Option<Element> {
    event.target_dyn_into::<Element>()?.closest("svg.uvm-scene").ok().flatten()
}

/// The page that the pointer is over.
fn page_under(scene: &Scene, event: &PointerEvent) -> Option<Vaddr> {
    let svg = picture_under(event)?;
    let part = i64::try_from(along(event, &svg, PARTS)?).ok()?;
    let x = i64::from(scene.width.0) * part / i64::try_from(PARTS).ok()?;
    let (left, right) = scene.axis.ends();
    let x = Unit(i32::try_from(x).ok()?).max(left).min(right);
    scene.axis.page_at(x)
}

#[derive(Clone, PartialEq, Properties)]
pub(super) struct SpanMenuProps {
    pub(super) range: VaRange,
    pub(super) dispatch: Callback<Action>,
}

/// The calls that the chosen stretch can be given to.
#[component(SpanMenu)]
pub(super) fn span_menu(props: &SpanMenuProps) -> Html {
    let SpanMenuProps { range, dispatch } = props;
    let (addr, len) = (range.start.0, range.len().0);
    let calls: [Call; 5] = [
        Call::Mlock { addr, len },
        Call::Munlock { addr, len },
        Call::Mprotect { addr, len, prot: Prot::READ },
        Call::Munmap { addr, len },
        Call::Touch { addr, len, access: Access::Write },
    ];
    let button = |call: Call| {
        let dispatch = dispatch.clone();
        let name = match call {
            Call::Mprotect { .. } => "mprotect, read only",
            _ => call.name(),
        };
        let onclick = move |_| dispatch.emit(Action::AddCall(call));
        html! { <button type="button" {onclick}>{ name }</button> }
    };
    let close = {
        let dispatch = dispatch.clone();
        move |_| dispatch.emit(Action::Span(None))
    };
    let pages = range.pages().0;
    html! {
        <div class="span-menu" role="group" aria-label="Add a call">
            <span>
                { "Add a call on " }<code>{ format!("{}–{}", range.start, range.end) }</code>
                { format!(", {pages} page{}: ", if pages == 1 { "" } else { "s" }) }
            </span>
            { for calls.map(button) }
            <button type="button" class="close" aria-label="Choose nothing" onclick={close}>
                { "×" }
            </button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::{VaRange, Vaddr, between};

    #[test]
    fn both_ends_of_a_stretch_are_in_it_whichever_way_it_was_drawn() {
        let range = VaRange::new(Vaddr(0x1000), Vaddr(0x4000));
        assert_eq!(between(Vaddr(0x1000), Vaddr(0x3000)), range);
        assert_eq!(between(Vaddr(0x3000), Vaddr(0x1000)), range);
    }
}
