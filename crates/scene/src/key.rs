//! Names of the parts of a picture, by which a renderer finds again what was there before.

use std::fmt;

use uvmscope_uvm::Vaddr;
use uvmscope_uvm::event::Pin;

/// What a node stands for. No two nodes of a scene have the same key, and what has the same key
/// in two scenes is the same thing, moved or changed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Key {
    /// Caption of a layer.
    Row(Layer),
    /// The request's bracket or caret.
    Request,
    /// The request's words.
    RequestText,
    /// Guide line down from an end of the request: 0 for its start, 1 for its end.
    Guide(u8),
    /// The sentinel at the beginning (0) and at the end (1) of the list.
    Header(u8),
    /// A link of the list, counted from the left.
    Link(u32),
    /// The bar of the entry of that birth.
    Entry(u32),
    /// Its number of wirings.
    Count(u32),
    /// Its protection.
    Prot(u32),
    /// Its other attributes.
    Badges(u32),
    /// A band of entries, by the address of the first.
    Band(Vaddr),
    /// A break of the axis, by its first address.
    Hole(Vaddr),
    /// The address at a boundary.
    Boundary(Vaddr),
    /// The line from a boundary to its address.
    Lead(Vaddr),
    /// The thread between the pieces of the mapping of that birth.
    Family(u32),
    /// A variable of the kernel.
    Pin(Pin),
    /// Disagreement between the entry of that birth and its pages.
    Hatch(u32),
    /// A cell, by the address of its first page.
    Page(Vaddr),
    /// A line of explanation.
    Note(u8),
    /// A letter under the boundary, counted from the left.
    Letter(u8),
    /// The cut.
    Blade,
    /// Why there was no cut.
    BladeText,
    /// The strip that shows all of a large map.
    Overview,
    /// What of it is drawn large.
    Lens,
    /// The machine stopped.
    Panic,
    /// What the kernel prints at this step.
    Console,
    /// There is nothing to draw.
    Empty,
}

/// The layers of the picture, from the back to the front.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Layer {
    /// Guide lines and captions.
    Ground,
    /// The list's ends and links, and breaks in the axis.
    List,
    /// What the map claims.
    Claims,
    /// Numbers and words on the bars.
    ClaimText,
    /// Threads between pieces.
    Families,
    /// Addresses at the boundaries.
    Addresses,
    /// Where claims and pages disagree.
    Promises,
    /// What the pages say.
    Pages,
    /// The cut of this moment; what points at it stands before it.
    Blade,
    /// The kernel's variables.
    Pins,
    /// The request.
    Request,
    /// Other things of one moment, and what lies over everything.
    Moment,
}

impl Layer {
    /// Its name in keys.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ground => "ground",
            Self::List => "list",
            Self::Claims => "claims",
            Self::ClaimText => "claim-text",
            Self::Families => "families",
            Self::Addresses => "addresses",
            Self::Promises => "promises",
            Self::Pages => "pages",
            Self::Blade => "blade",
            Self::Pins => "pins",
            Self::Request => "request",
            Self::Moment => "moment",
        }
    }
}

/// As a renderer's key and as the value of a `data-k` attribute.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Row(layer) => write!(f, "row-{}", layer.name()),
            Self::Request => f.write_str("request"),
            Self::RequestText => f.write_str("request-text"),
            Self::Guide(n) => write!(f, "guide-{n}"),
            Self::Header(n) => write!(f, "header-{n}"),
            Self::Link(birth) => write!(f, "link-{birth}"),
            Self::Entry(birth) => write!(f, "entry-{birth}"),
            Self::Count(birth) => write!(f, "count-{birth}"),
            Self::Prot(birth) => write!(f, "prot-{birth}"),
            Self::Badges(birth) => write!(f, "badges-{birth}"),
            Self::Band(va) => write!(f, "band-{va}"),
            Self::Hole(va) => write!(f, "hole-{va}"),
            Self::Boundary(va) => write!(f, "boundary-{va}"),
            Self::Lead(va) => write!(f, "lead-{va}"),
            Self::Family(birth) => write!(f, "family-{birth}"),
            Self::Pin(pin) => write!(f, "pin-{}", pin.name()),
            Self::Hatch(birth) => write!(f, "hatch-{birth}"),
            Self::Page(va) => write!(f, "page-{va}"),
            Self::Note(n) => write!(f, "note-{n}"),
            Self::Letter(n) => write!(f, "letter-{n}"),
            Self::Blade => f.write_str("blade"),
            Self::BladeText => f.write_str("blade-text"),
            Self::Overview => f.write_str("overview"),
            Self::Lens => f.write_str("lens"),
            Self::Panic => f.write_str("panic"),
            Self::Console => f.write_str("console"),
            Self::Empty => f.write_str("empty"),
        }
    }
}

/// A value on the picture that somebody may ask about: "why is it so?".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Subject {
    /// The entry of that birth itself.
    Entry(u32),
    /// Its number of wirings.
    WiredCount(u32),
    /// Its protection.
    Prot(u32),
    /// Its other attributes.
    Attributes(u32),
    /// The page at that address.
    Page(Vaddr),
    /// The boundary at that address.
    Boundary(Vaddr),
    /// The variable.
    Pin(Pin),
    /// The request of the call.
    Request,
    /// The cut that was not made.
    Cut,
}

impl Key {
    /// What a click on the node asks about; nothing for what only decorates.
    pub const fn subject(self) -> Option<Subject> {
        Some(match self {
            Self::Entry(birth) => Subject::Entry(birth),
            Self::Count(birth) | Self::Hatch(birth) => Subject::WiredCount(birth),
            Self::Prot(birth) => Subject::Prot(birth),
            Self::Badges(birth) => Subject::Attributes(birth),
            Self::Page(va) => Subject::Page(va),
            Self::Boundary(va) => Subject::Boundary(va),
            Self::Pin(pin) => Subject::Pin(pin),
            Self::Request | Self::RequestText => Subject::Request,
            Self::Blade | Self::BladeText => Subject::Cut,
            _ => return None,
        })
    }
}
