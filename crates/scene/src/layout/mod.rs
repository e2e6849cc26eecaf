//! From a place on a timeline to the picture of it.

mod addresses;
mod build;
mod claims;
mod common;
mod moment;
mod overview;
mod pages;
mod pins;
mod promises;
pub(crate) mod request;
mod rows;
pub(crate) mod window;

pub(crate) use claims::kinds;
pub use common::CommonAxis;
pub(crate) use promises::words_of as promise_words;
use uvmscope_replay::{CallRun, Cursor, Place};
use uvmscope_uvm::event::PinAt;
use uvmscope_uvm::{EntryId, KernelEvent, State, VaRange, Vaddr};

use crate::axis::{Axis, PieceKind, Widths};
use crate::class::Class;
use crate::geom::{Rect, Unit, px};
use crate::key::{Key, Layer};
use crate::layout::build::Build;
use crate::layout::request::Request;
use crate::layout::rows::Rows;
use crate::layout::window::{Item, Window};
use crate::node::{Anchor, Bar, Born, Node, Scene, Span};
use crate::story::{PINS, Story};
use crate::touched::{address_of, entry_of};
use crate::viewport::{Mode, Viewport};
use crate::words::count;

/// A picture in the making.
#[derive(Debug)]
pub(crate) struct Draw<'a> {
    pub(crate) story: &'a Story,
    pub(crate) cursor: &'a Cursor,
    pub(crate) state: &'a State,
    pub(crate) place: Place,
    pub(crate) run: Option<&'a CallRun>,
    pub(crate) event: Option<&'a KernelEvent>,
    pub(crate) previous: Option<&'a Scene>,
    pub(crate) view: Viewport,
    pub(crate) rows: Rows,
    pub(crate) request: Option<Request>,
    pub(crate) pins: [Option<PinAt>; PINS.len()],
    pub(crate) window: Window,
    pub(crate) axis: Axis,
    pub(crate) bars: Vec<Bar>,
    /// From where to where the signs of addresses reach.
    pub(crate) flags: Vec<(Unit, Unit)>,
    pub(crate) out: Build,
}

impl Story {
    /// The picture of the place where `cursor` stands. What is new in it, compared with
    /// `previous`, knows where it comes from; without `previous` everything simply stands there.
    pub fn scene(&self, cursor: &Cursor, previous: Option<&Scene>, view: Viewport) -> Scene {
        Draw::new(self, cursor, previous, view.clamped()).all()
    }

    /// The picture of the place where `cursor` stands, on an axis that it shares with another
    /// picture: an address is at the same x in both.
    pub fn scene_on(&self, cursor: &Cursor, previous: Option<&Scene>, on: &CommonAxis) -> Scene {
        Draw::on(self, cursor, previous, on).all()
    }
}

impl<'a> Draw<'a> {
    fn new(
        story: &'a Story,
        cursor: &'a Cursor,
        previous: Option<&'a Scene>,
        view: Viewport,
    ) -> Self {
        let (state, place) = (cursor.state(), cursor.place());
        let rows = Rows::of(view);
        let mut draw = Self {
            story,
            cursor,
            state,
            place,
            run: story.call(place),
            event: story.event(place).map(|recorded| &recorded.event),
            previous: previous.filter(|p| p.width == px(i32::from(view.width))),
            view,
            rows,
            request: None,
            pins: story.pins(place),
            window: Window::default(),
            axis: Axis::default(),
            bars: Vec::new(),
            flags: Vec::new(),
            out: Build::default(),
        };
        let config = story.timeline().config();
        let mapped = draw.mapped_at();
        draw.request = draw.run.map(|run| Request::of(run, config, mapped));
        draw.window = Window::choose(state, view, draw.focus(), draw.request, |drawn| {
            story.overview(cursor, drawn)
        });
        let pieces: Vec<_> = draw.window.items.iter().map(|i| (i.range, i.kind)).collect();
        draw.axis = axis_of(&pieces, view);
        draw.bars = draw.window.items.iter().filter_map(|item| draw.bar(item)).collect();
        draw
    }

    fn all(mut self) -> Scene {
        self.draw_request();
        self.draw_list();
        self.draw_claims();
        self.draw_families();
        self.draw_addresses();
        self.draw_promises();
        self.draw_pages();
        self.draw_pins();
        self.draw_moment();
        self.draw_overview();
        self.finish()
    }

    /// The address that a large map is drawn around: what the call asks for, unless the step is
    /// about something far from it.
    fn focus(&self) -> Option<Vaddr> {
        let asked = self.request.and_then(|r| r.range).map(|r| r.start);
        let stepped = self.event.and_then(|event| address_of(event, self.state));
        asked.or(stepped).or_else(|| self.pins.iter().flatten().find_map(|at| self.start_of(*at)))
    }

    fn start_of(&self, at: PinAt) -> Option<Vaddr> {
        match at {
            PinAt::Addr(va) => Some(va),
            PinAt::Entry(id) => self.state.get_entry(id).map(|e| e.range.start),
        }
    }

    fn bar(&self, item: &Item) -> Option<Bar> {
        let entry = self.state.get_entry(item.entry?)?;
        Some(Bar {
            birth: entry.birth,
            range: entry.range,
            wired_count: entry.wired_count,
            rect: self.bar_rect(item.range),
        })
    }

    /// The rectangle of a bar over these addresses, with a little air on both sides.
    pub(crate) fn bar_rect(&self, range: VaRange) -> Rect {
        let (from, to) = (self.axis.x_of(range.start), self.axis.x_of(range.end));
        let air = if (to - from) > px(8) { Unit(15) } else { Unit((to - from).0 / 6) };
        Rect::new(from + air, self.rows.bar, to - from - air - air, self.rows.bar_height)
    }

    /// The entries drawn one by one.
    pub(crate) fn singles(&self) -> impl Iterator<Item = (Bar, EntryId)> + use<'_> {
        let ids = self.window.items.iter().filter_map(|item| item.entry);
        self.bars.iter().copied().zip(ids)
    }

    /// The bar as it was drawn before; for a new entry, the bar that held its addresses.
    pub(crate) fn former(&self, bar: &Bar) -> Option<(&'a Bar, bool)> {
        let bars = &self.previous?.bars;
        if let Some(same) = bars.iter().find(|b| b.birth == bar.birth) {
            return Some((same, true));
        }
        let parent = bars.iter().find(|b| b.range.contains(bar.range.start));
        parent.map(|parent| (parent, false))
    }

    /// Whether this step cut the bar off another one, and on which side that lies.
    fn comes_apart(&self, bar: &Bar) -> Option<bool> {
        let (kept, new, from_right) = match *self.event? {
            KernelEvent::ClipStart { entry, front, .. } => (entry, front, false),
            KernelEvent::ClipEnd { entry, back, .. } => (entry, back, true),
            _ => return None,
        };
        // Backwards in time nothing is cut.
        let drawn = &self.previous?.bars;
        let birth = |id| self.state.get_entry(id).map(|e| e.birth);
        let was_one = drawn.iter().all(|b| Some(b.birth) != birth(new));
        if was_one && birth(kept) == Some(bar.birth) {
            Some(from_right)
        } else if was_one && birth(new) == Some(bar.birth) {
            Some(!from_right)
        } else {
            None
        }
    }

    /// Where a new entry's bar grows out of; nothing for one that was there before.
    pub(crate) fn born(&self, bar: &Bar) -> Option<Born> {
        self.previous?;
        if let Some(from_right) = self.comes_apart(bar) {
            return Some(Born::Apart { from_right });
        }
        match self.former(bar) {
            Some((_, true)) => None,
            Some((parent, false)) => Some(Born::Rect(parent.rect)),
            None => {
                let middle = bar.rect.center_x();
                Some(Born::Rect(Rect::new(middle, bar.rect.y, Unit::ZERO, bar.rect.height)))
            }
        }
    }

    /// Whether the step that led here is about the entry.
    pub(crate) fn is_touched(&self, id: EntryId) -> bool {
        self.event.is_some_and(|event| entry_of(event) == Some(id))
    }

    /// The caption of a layer.
    pub(crate) fn row_label(&mut self, layer: Layer, text: &str, baseline: Unit, x: Unit) {
        let node = Node::new(Key::Row(layer), Class::Row).at(x, baseline).text(
            Class::Row,
            (Unit::ZERO, Unit::ZERO),
            Anchor::Start,
            vec![Span::plain(text)],
        );
        self.out.add(Layer::Ground, 0, node);
    }

    /// The caption of a layer on the left, or on the right where the left is taken.
    pub(crate) fn side_label(
        &mut self,
        layer: Layer,
        text: &str,
        baseline: Unit,
        taken: &[(Unit, Unit)],
    ) {
        let width = text_width_of_row(text);
        let left = self.rows.left;
        let right = self.rows.right - width;
        let is_free =
            |x: Unit| !taken.iter().any(|(a, b)| *a < x + width + px(6) && x - px(6) < *b);
        let x = if is_free(left) {
            left
        } else if is_free(right) {
            right
        } else {
            return;
        };
        self.row_label(layer, text, baseline, x);
    }

    fn finish(self) -> Scene {
        let overview = self.window.overview.is_some();
        let mut height = self.rows.bottom;
        if overview {
            height = height + px(34);
        }
        let lens = self.window.overview.as_ref().and_then(|_| {
            let mapped: Vec<_> =
                self.window.items.iter().filter(|i| i.kind == PieceKind::Mapped).collect();
            Some(VaRange::new(mapped.first()?.range.start, mapped.last()?.range.end))
        });
        let entries = count(self.state.entry_count() as u64, "entry");
        let title = match self.run {
            Some(run) => format!(
                "Memory map at call {}, {}, step {} of {}: {entries}",
                self.place.call,
                run.call.name(),
                self.place.step,
                run.steps()
            ),
            None => format!("Memory map: {entries}"),
        };
        let scene = Scene {
            width: px(i32::from(self.view.width)),
            height,
            title,
            groups: self.out.finish(),
            axis: self.axis,
            bars: self.bars,
            lens,
        };
        match self.previous {
            Some(previous) => scene.sharing(previous),
            None => scene,
        }
    }
}

/// The axis of a picture whose pieces these are.
fn axis_of(pieces: &[(VaRange, PieceKind)], view: Viewport) -> Axis {
    let rows = Rows::of(view);
    let widths = match view.mode {
        Mode::Wide => Widths { entry: px(12), hole: px(44), band: px(88) },
        Mode::Compact => Widths { entry: px(15), hole: px(26), band: px(44) },
    };
    Axis::lay_out(pieces, rows.left, rows.right, widths)
}

fn text_width_of_row(text: &str) -> Unit {
    crate::class::text_width(Class::Row, text)
}
