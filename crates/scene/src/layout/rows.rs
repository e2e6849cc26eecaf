//! How the height of the picture is shared out among its layers.

use crate::geom::{Unit, px};
use crate::viewport::Viewport;

/// Where each layer stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Rows {
    /// Left end of the axis.
    pub(crate) left: Unit,
    /// Right end of the axis.
    pub(crate) right: Unit,
    /// Baseline of the request's words.
    pub(crate) request: Unit,
    /// Top of the request's bracket.
    pub(crate) bracket: Unit,
    /// Top of the variables that hold addresses.
    pub(crate) pin_addr: Unit,
    /// Top of the variables that hold entries.
    pub(crate) pin_entry: Unit,
    /// Top of the bars.
    pub(crate) bar: Unit,
    /// Height of the bars.
    pub(crate) bar_height: Unit,
    /// Baseline of the first row of addresses.
    pub(crate) addr: Unit,
    /// From one row of addresses to the next.
    pub(crate) addr_gap: Unit,
    /// Top of the hatches.
    pub(crate) hatch: Unit,
    /// Height of the hatches.
    pub(crate) hatch_height: Unit,
    /// Top of the variable that holds a page's address.
    pub(crate) pin_va: Unit,
    /// Top of the cells.
    pub(crate) cell: Unit,
    /// Height of the cells.
    pub(crate) cell_height: Unit,
    /// Baseline of the first line of explanation.
    pub(crate) note: Unit,
    /// Baseline of the letters.
    pub(crate) letter: Unit,
    /// Lower end of all of it.
    pub(crate) bottom: Unit,
}

/// Rows of addresses that there is room for.
pub(crate) const ADDR_LEVELS: usize = 3;
/// Height of a variable's sign.
pub(crate) const PIN_HEIGHT: Unit = px(17);

impl Rows {
    pub(crate) fn of(view: Viewport) -> Self {
        let compact = view.is_compact();
        let margin = if compact { px(22) } else { px(28) };
        // On a narrow screen the words of the request have a line of their own.
        let request = if compact { px(16) } else { px(20) };
        let bracket = if compact { px(24) } else { px(12) };
        let pin_addr = bracket + px(17);
        let pin_entry = pin_addr + px(20);
        let bar = pin_entry + px(23);
        let base = px(if compact { 368 } else { 342 });
        let extra = (px(i32::from(view.height)) - base).clamp(Unit::ZERO, px(240));
        let extra = if view.slim { Unit::ZERO } else { extra };
        let part = |percent: i32| Unit(extra.0 / 100 * percent);
        let slim = |slim: i32, usual: i32| px(if view.slim { slim } else { usual });
        let bar_height = slim(48, 56) + part(34);
        let addr = bar + bar_height + slim(20, 22) + part(4);
        let addr_gap = slim(14, 16);
        let hatch = addr + slim(34, 42) + part(8);
        let hatch_height = if compact { px(44) } else { slim(28, 36) } + part(16);
        let pin_va = hatch + hatch_height + slim(6, 8) + part(8);
        let cell = pin_va + px(22);
        let cell_height = slim(24, 28) + part(20);
        let note = cell + cell_height + px(20) + part(4);
        let below_notes = note + px(if compact { 40 } else { 25 }) + part(4);
        // Without explanations the letters stand in their place.
        let letter = if view.slim { note + px(2) } else { below_notes };
        Self {
            left: margin,
            right: px(i32::from(view.width)) - margin,
            request,
            bracket,
            pin_addr,
            pin_entry,
            bar,
            bar_height,
            addr,
            addr_gap,
            hatch,
            hatch_height,
            pin_va,
            cell,
            cell_height,
            note,
            letter,
            bottom: letter + px(14),
        }
    }

    /// The middle of the bars.
    pub(crate) fn bar_middle(&self) -> Unit {
        self.bar + self.bar_height / 2
    }

    /// The lower end of the bars.
    pub(crate) fn bar_bottom(&self) -> Unit {
        self.bar + self.bar_height
    }
}
