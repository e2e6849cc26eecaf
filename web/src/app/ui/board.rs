//! Where the runs stand, for the parts of the page that follow every step.
//!
//! A step changes a number here and a line there. Handed down from the root it would have everything
//! in between made and compared once more, which costs several times what those changes do. So they
//! look at a board, each at what it shows, and are told when something else stands there.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use yew::prelude::*;
use yew::scheduler::{self, Runnable};

use crate::app::view::Now;

/// A board, equal only to itself.
#[derive(Clone)]
pub(crate) struct Board(Rc<Inner>);

type Reader = Rc<dyn Fn(&Rc<Now>)>;

struct Inner {
    now: RefCell<Rc<Now>>,
    readers: RefCell<Vec<Reader>>,
    /// The readers will be told.
    pending: Cell<bool>,
}

impl PartialEq for Board {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Board {
    pub(crate) fn new(now: Now) -> Self {
        let now = RefCell::new(Rc::new(now));
        Self(Rc::new(Inner { now, readers: RefCell::default(), pending: Cell::default() }))
    }

    pub(super) fn now(&self) -> Rc<Now> {
        Rc::clone(&self.0.now.borrow())
    }

    /// Puts up what stands there from now on. The readers are told when Yew draws, once however many
    /// steps were made until then. That comes before anything else is drawn: what they show may
    /// belong to a run, or a side, that they do not know of yet.
    pub(crate) fn post(&self, now: Now) {
        self.0.now.replace(Rc::new(now));
        if !self.0.pending.replace(true) {
            scheduler::push(Box::new(Telling(self.clone())));
        }
    }

    fn join(&self, reader: Reader) -> impl FnOnce() + use<> {
        self.0.readers.borrow_mut().push(Rc::clone(&reader));
        let board = self.clone();
        move || board.0.readers.borrow_mut().retain(|it| !Rc::ptr_eq(it, &reader))
    }
}

struct Telling(Board);

impl Runnable for Telling {
    fn run(self: Box<Self>) {
        let board = &self.0;
        board.0.pending.set(false);
        let now = board.now();
        let readers = board.0.readers.borrow().clone();
        for reader in readers {
            reader(&now);
        }
    }
}

/// What `select` makes of what stands on the board. The component is drawn anew when that changes.
#[hook]
pub(super) fn use_now<T: PartialEq + Clone + 'static>(
    board: &Board,
    select: impl Fn(&Now) -> T + 'static,
) -> T {
    let value = select(&board.now());
    let anew = use_force_update();
    let shown = use_mut_ref(|| None);
    *shown.borrow_mut() = Some((value.clone(), select));
    use_effect_with(board.clone(), move |board| {
        let reader: Reader = Rc::new(move |now| {
            let is_shown =
                shown.borrow().as_ref().is_some_and(|(value, select)| select(now) == *value);
            if !is_shown {
                anew.force_update();
            }
        });
        // Something else may have been put up since this was drawn.
        reader(&board.now());
        board.join(reader)
    });
    value
}

/// What stood on the board when the component was drawn for the first time. Values made of it stay the
/// same for Yew, which therefore leaves to [`use_written`] what was drawn with them; except for the
/// `value` of a field, which Yew sets back whenever its component is drawn.
#[hook]
pub(super) fn use_first(board: &Board) -> Rc<Now> {
    let first = use_memo((), |()| board.now());
    Rc::clone(&first)
}

/// Has `write` write what stands on the board into nodes that Yew made, straight away: what there is
/// now, and what there was when it last wrote. That is nothing after the component was drawn, since
/// the nodes may be new ones. Yew may let the browser draw before that, so they are to begin with
/// what [`use_first`] gives, and those that come in later with it, too.
#[hook]
pub(super) fn use_written(board: &Board, write: impl Fn(&Now, Option<&Now>) + 'static) {
    let written: Written<_> = use_mut_ref(|| None);
    {
        let (board, written) = (board.clone(), Rc::clone(&written));
        use_effect(move || {
            let now = board.now();
            write(&now, None);
            *written.borrow_mut() = Some((now, write));
        });
    }
    use_told(board, written);
}

/// Has `write` write what stands on the board into nodes that the component keeps by itself: whenever
/// it is drawn, and straight away when something else stands there.
#[hook]
pub(super) fn use_kept(board: &Board, write: impl Fn(&Now) + 'static) {
    let written: Written<_> = use_mut_ref(|| None);
    let now = board.now();
    write(&now);
    *written.borrow_mut() = Some((now, move |now: &Now, _: Option<&Now>| write(now)));
    use_told(board, written);
}

/// What was written, and how.
type Written<W> = Rc<RefCell<Option<(Rc<Now>, W)>>>;

#[hook]
fn use_told<W: Fn(&Now, Option<&Now>) + 'static>(board: &Board, written: Written<W>) {
    use_effect_with(board.clone(), move |board| {
        let reader: Reader = Rc::new(move |now| {
            let mut written = written.borrow_mut();
            let other = written.as_mut().filter(|(was, _)| !Rc::ptr_eq(was, now));
            if let Some((was, write)) = other {
                let was = std::mem::replace(was, Rc::clone(now));
                write(now, Some(&was));
            }
        });
        // Something else may have been put up since it was written.
        reader(&board.now());
        board.join(reader)
    });
}
