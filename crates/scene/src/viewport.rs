//! How large a picture may be, and what of the map it shows.

use uvmscope_uvm::VaRange;

/// How much is said in words.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Mode {
    /// Everything.
    #[default]
    Wide,
    /// For a narrow screen: fewer words, grouped pages.
    Compact,
}

/// Below this width a picture is compact.
pub(crate) const NARROW: u16 = 560;

/// The room for a picture.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Viewport {
    /// Width in pixels.
    pub width: u16,
    /// Height in pixels; the picture is as tall at least as its content needs.
    pub height: u16,
    /// How much is said in words.
    pub mode: Mode,
    /// As low as can be, without explanations: one of two pictures that stand one above the other.
    pub slim: bool,
    /// The part of the map to show; all of it, or what the call is about, where there is none.
    pub zoom: Option<VaRange>,
}

impl Viewport {
    /// The usual size on a desktop.
    pub const WIDE: Self =
        Self { width: 772, height: 340, mode: Mode::Wide, slim: false, zoom: None };
    /// The usual size on a phone.
    pub const COMPACT: Self =
        Self { width: 340, height: 320, mode: Mode::Compact, slim: false, zoom: None };

    /// The mode that fits a width: compact below 560 pixels.
    pub const fn fitting(width: u16, height: u16) -> Self {
        Self { height, ..Self::of_width(width) }
    }

    /// The mode that fits a width, with the usual height of that mode.
    pub const fn of_width(width: u16) -> Self {
        let usual = if width < NARROW { Self::COMPACT } else { Self::WIDE };
        Self { width, ..usual }
    }

    /// Within the sizes that the layout is made for.
    pub(crate) fn clamped(self) -> Self {
        Self { width: self.width.clamp(240, 2400), height: self.height.min(1200), ..self }
    }

    pub(crate) const fn is_compact(self) -> bool {
        matches!(self.mode, Mode::Compact)
    }
}
