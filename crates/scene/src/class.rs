//! What a part of the picture is, as names that a stylesheet gives colours to.

use std::fmt;

macro_rules! classes {
    ($($(#[$doc:meta])* $variant:ident, $name:literal;)*) => {
        /// A role or a condition of a part of the picture; a style gives it its look.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Class { $($(#[$doc])* $variant,)* }

        impl Class {
            /// Every class there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name in stylesheets.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

classes! {
    /// Caption of a layer.
    Row, "row";
    /// Bracket or caret of the request.
    Request, "req";
    /// Text of the request.
    RequestText, "req-text";
    /// Emphasis inside a text: the thing to notice.
    Alert, "alert";
    /// What of a text matters less, such as the common front of addresses.
    Dim, "dim";
    /// Guide line from the request down to the pages.
    Guide, "guide";
    /// The sentinel of the list.
    Header, "header";
    /// Link of the list.
    Link, "link";
    /// Bar of an entry.
    Entry, "entry";
    /// Bar of several entries that are too narrow to be drawn one by one.
    Band, "band";
    /// Break in the axis: nothing is mapped there.
    Hole, "hole";
    /// Size of a hole.
    HoleText, "hole-text";
    /// Of an entry: its count is not 0. Of a page: it is held wired.
    Wired, "wired";
    /// What the step that led here changed.
    Changed, "changed";
    /// What the step that led here looked at.
    Looked, "looked";
    /// A number that just changed.
    Ticked, "ticked";
    /// Number of an entry's wirings.
    Count, "count";
    /// The same, in a narrow bar.
    Small, "small";
    /// What the number counts.
    CountLabel, "count-label";
    /// Attributes of an entry.
    Badge, "badge";
    /// An address at a boundary.
    Addr, "addr";
    /// Line from a boundary to its address.
    Lead, "lead";
    /// The boundary that the call or the step is about.
    InQuestion, "in-question";
    /// Thread between the pieces of what was one entry.
    Family, "family";
    /// Knot of that thread.
    Knot, "knot";
    /// Letter of that thread, where there are several.
    FamilyLetter, "family-letter";
    /// A variable of the kernel.
    Pin, "pin";
    /// A variable that holds an address, not an entry.
    PinAddr, "pin-addr";
    /// Line from a variable to what it holds.
    Stem, "stem";
    /// Layers that disagree when the call returns.
    Broken, "broken";
    /// Layers that disagree for the moment.
    Pending, "pending";
    /// The hatched ground; drawn with the pattern `uvm-hatch`.
    Hatched, "hatched";
    /// Ground of a label on a hatch.
    Plate, "plate";
    /// Text on a plate.
    PlateText, "plate-text";
    /// A page, or several.
    Page, "page";
    /// A page that is resident.
    Resident, "resident";
    /// Several pages in one cell.
    Grouped, "grouped";
    /// Level of a cell of several pages: how many of them are resident.
    Level, "level";
    /// Level of a cell: how many of its pages have a `wire_count`.
    Fill, "fill";
    /// Foot of a cell: the pmap holds it wired.
    Foot, "foot";
    /// Number in a cell.
    PageText, "page-text";
    /// A page whose count disagrees with its mappings.
    Miscounted, "miscounted";
    /// A line of explanation.
    Note, "note";
    /// Letters of the ranges, as the mail uses them.
    Letter, "letter";
    /// A cut, made or not.
    Blade, "blade";
    /// The cut was made.
    Cut, "cut";
    /// The cut is about to be made.
    Poised, "poised";
    /// The cut is not made.
    Refused, "refused";
    /// The machine stopped.
    Panic, "panic";
    /// What the kernel prints.
    Console, "console";
    /// Strip that shows the whole of a large map.
    Overview, "overview";
    /// Part of that strip that is drawn large.
    Lens, "lens";
    /// Says that there is nothing.
    Empty, "empty";
}

/// A set of classes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Classes(u64);

impl Classes {
    /// No class.
    pub const NONE: Self = Self(0);

    /// The one class.
    pub const fn of(class: Class) -> Self {
        Self(1 << class as u64)
    }

    /// This set and `class`.
    #[must_use]
    pub const fn with(self, class: Class) -> Self {
        Self(self.0 | 1 << class as u64)
    }

    /// This set, and `class` where `on`.
    #[must_use]
    pub const fn with_if(self, class: Class, on: bool) -> Self {
        if on { self.with(class) } else { self }
    }

    /// Whether `class` is in the set.
    pub const fn has(self, class: Class) -> bool {
        self.0 & 1 << class as u64 != 0
    }

    /// Whether nothing is in the set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The classes in the set, in the order of [`Class::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Class> {
        Class::ALL.iter().copied().filter(move |c| self.has(*c))
    }
}

impl From<Class> for Classes {
    fn from(class: Class) -> Self {
        Self::of(class)
    }
}

/// As the value of a `class` attribute.
impl fmt::Display for Classes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, class) in self.iter().enumerate() {
            if i > 0 {
                f.write_str(" ")?;
            }
            f.write_str(class.name())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Classes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// How wide a character of a text of this class is, at most, and how tall the text is; in tenths
/// of a pixel. The one place where the layout knows about type; styles must not set it larger.
pub(crate) const fn type_of(class: Class) -> (i32, i32) {
    match class {
        Class::Addr => (73, 120),
        Class::Count => (134, 220),
        Class::Small | Class::RequestText => (80, 130),
        Class::Pin | Class::PageText => (68, 110),
        Class::PlateText => (72, 125),
        Class::Row => (86, 110),
        Class::Letter => (90, 150),
        Class::Badge => (71, 115),
        Class::Note => (66, 120),
        _ => (62, 110),
    }
}

/// The width that a text of so many characters takes at most.
pub(crate) fn text_width(class: Class, text: &str) -> crate::geom::Unit {
    let n = i32::try_from(text.chars().count()).unwrap_or(i32::MAX);
    crate::geom::Unit(n.saturating_mul(type_of(class).0))
}
