//! One axis for two pictures that stand one above the other.

use uvmscope_replay::Cursor;
use uvmscope_uvm::{VaRange, Vaddr};

use crate::axis::{Axis, PieceKind};
use crate::layout::window::{Item, Window};
use crate::layout::{Draw, axis_of};
use crate::node::Scene;
use crate::story::Story;
use crate::viewport::Viewport;

/// The axis that two pictures share: whatever is a boundary in one of the two maps, or of what one
/// of the calls asks for, is at the same x in both. Of large maps both show the same part.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CommonAxis {
    view: Viewport,
    axis: Axis,
}

impl CommonAxis {
    /// The axis for the pictures of two places, each as large as `view` says. It is meant for these
    /// two places, and made anew when one of them changes.
    pub fn of(sides: [(&Story, &Cursor); 2], view: Viewport) -> Self {
        let mut view = view.clamped();
        let windows =
            |view| sides.map(|(story, cursor)| Draw::new(story, cursor, None, view).window);
        let mut drawn = windows(view);
        if view.zoom.is_none() && drawn.iter().any(|window| window.overview.is_some()) {
            view.zoom = zone(&drawn);
            drawn = windows(view);
        }
        let axis = axis_of(&merged(&drawn[0].items, &drawn[1].items), view);
        Self { view, axis }
    }

    /// The axis itself.
    pub const fn axis(&self) -> &Axis {
        &self.axis
    }
}

impl<'a> Draw<'a> {
    /// A picture on an axis that is shared.
    pub(super) fn on(
        story: &'a Story,
        cursor: &'a Cursor,
        previous: Option<&'a Scene>,
        common: &CommonAxis,
    ) -> Self {
        let mut draw = Self::new(story, cursor, previous, common.view);
        draw.axis = common.axis.clone();
        if let Some(range) = draw.axis.window()
            && draw.window.overview.is_none()
        {
            draw.window.reach(range);
        }
        draw.bars = draw.window.items.iter().filter_map(|item| draw.bar(item)).collect();
        draw
    }
}

/// The part of two maps that is drawn of both, one of them at least being too large: what both
/// would show, or what the larger would.
fn zone(windows: &[Window; 2]) -> Option<VaRange> {
    let [a, b] = windows.each_ref().map(Window::shown);
    if let (Some(a), Some(b)) = (a, b) {
        let both = VaRange::new(a.start.max(b.start), a.end.min(b.end));
        if !both.is_empty() {
            return Some(both);
        }
    }
    let large = windows.iter().find(|window| window.overview.is_some());
    large.and_then(Window::shown)
}

/// The pieces of an axis that has every boundary of two: to scale where one of them is.
fn merged(a: &[Item], b: &[Item]) -> Vec<(VaRange, PieceKind)> {
    let mut cuts: Vec<Vaddr> =
        a.iter().chain(b).flat_map(|item| [item.range.start, item.range.end]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut pieces: Vec<(VaRange, PieceKind)> = Vec::new();
    for pair in cuts.windows(2) {
        let range = VaRange::new(pair[0], pair[1]);
        let kinds = [kind_at(a, range.start), kind_at(b, range.start)];
        let has = |kind| kinds.contains(&Some(kind));
        let kind = [PieceKind::Mapped, PieceKind::Band].into_iter().find(|kind| has(*kind));
        let kind = kind.unwrap_or(PieceKind::Hole);
        match pieces.last_mut() {
            // A band is no wider for being one of both.
            Some((before, PieceKind::Band)) if kind == PieceKind::Band => before.end = range.end,
            _ => pieces.push((range, kind)),
        }
    }
    pieces
}

/// What items show at an address.
fn kind_at(items: &[Item], va: Vaddr) -> Option<PieceKind> {
    let after = items.partition_point(|item| item.range.start <= va);
    let item = items.get(after.checked_sub(1)?)?;
    item.range.contains(va).then_some(item.kind)
}
