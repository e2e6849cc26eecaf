//! How the parts stand around the picture, by the width of the element.

/// One of three arrangements, each with its own style rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Calls, picture and code side by side.
    Wide,
    /// The picture over the whole width, calls and code below it.
    Medium,
    /// One thing at a time: the picture, and a choice of what stands below it.
    Narrow,
}

/// From this width on the three stand side by side.
const WIDE: u16 = 1160;
/// From this width on two stand side by side.
const MEDIUM: u16 = 700;

impl Layout {
    pub(crate) const fn of(width: u16) -> Self {
        match width {
            WIDE.. => Self::Wide,
            MEDIUM.. => Self::Medium,
            _ => Self::Narrow,
        }
    }

    /// Its name in style sheets.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Wide => "wide",
            Self::Medium => "medium",
            Self::Narrow => "narrow",
        }
    }

    /// Width and height of the picture in an element of that width; what is taken off are the
    /// columns, gaps and paddings of `app.css`.
    pub(crate) fn picture(self, width: u16, editing: bool) -> (u16, u16) {
        // The style keeps the whole from growing wider than this.
        let width = width.min(1800);
        // A script takes more room to be written than to be read.
        let more = if editing { (width.saturating_sub(WIDE) / 2).min(180) } else { 0 };
        let (taken, height) = match self {
            Self::Wide => (2 * 20 + 260 + more + 372 + 2 * 18 + 30, 430),
            Self::Medium => (2 * 18 + 30, 380),
            Self::Narrow => (2 * 8 + 10, 320),
        };
        (width.saturating_sub(taken).max(240), height)
    }
}
