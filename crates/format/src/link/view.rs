//! What the page shows besides script, kernel and place.

use uvmscope_uvm::{VaRange, Vaddr};

use super::fields::{Fields, shorten};

/// The longest name of a kind of mark.
pub const MAX_MARKS: usize = 20;

/// Which part a narrow screen shows below the picture.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Tab {
    /// The list of calls.
    Calls,
    /// The code that runs.
    Code,
    /// What the kernel printed.
    Console,
}

impl Tab {
    /// Every one there is.
    pub const ALL: [Self; 3] = [Self::Calls, Self::Code, Self::Console];

    /// Its name in links.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::Code => "code",
            Self::Console => "console",
        }
    }
}

/// Colours, where a link sets them against the system's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// As much contrast as there is.
    Contrast,
}

impl Theme {
    /// Every one there is.
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::Contrast];

    /// Its name in links.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Contrast => "contrast",
        }
    }
}

/// What the page shows besides script, kernel and place.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct View {
    /// Whether the table of entries and pages is shown.
    pub table: bool,
    /// The part below the picture.
    pub tab: Option<Tab>,
    /// The colours.
    pub theme: Option<Theme>,
    /// The part of the map that is drawn.
    pub zoom: Option<VaRange>,
    /// The kind of mark that the keys go to, by its name: small letters and `-`, at most
    /// [`MAX_MARKS`]. Another text is left out of a link.
    pub marks: Option<String>,
}

impl View {
    /// That of a page on which nothing has been set.
    pub const USUAL: Self = Self { table: false, tab: None, theme: None, zoom: None, marks: None };

    /// Takes up a word; tells whether there is such a word.
    fn take(&mut self, word: &str) -> bool {
        let tab = Tab::ALL.into_iter().find(|tab| tab.name() == word);
        let theme = Theme::ALL.into_iter().find(|theme| theme.name() == word);
        self.table |= word == "table";
        self.tab = tab.or(self.tab);
        self.theme = theme.or(self.theme);
        word == "table" || tab.is_some() || theme.is_some()
    }
}

/// Takes what the page shows out of a link. Nothing of it is worth refusing the link for.
pub(super) fn read(fields: &mut Fields) -> View {
    let mut view = View::default();
    let theme = fields.take("theme").filter(|theme| theme != "auto");
    let words = fields.take("view").unwrap_or_default();
    for word in words.split(',').chain(theme.as_deref()).filter(|word| !word.is_empty()) {
        if !view.take(word) {
            fields.note(&format!("the page cannot show `{}`; it is ignored", shorten(word)));
        }
    }
    if let Some(text) = fields.take("zoom") {
        view.zoom = range(&text);
        if view.zoom.is_none() {
            fields.note(&format!("`{}` is no range such as `0x1000-0x2000`", shorten(&text)));
        }
    }
    if let Some(text) = fields.take("marks") {
        view.marks = Some(text).filter(|text| is_kind(text));
        if view.marks.is_none() {
            fields.note("`marks` names no kind of mark; it is ignored");
        }
    }
    view
}

/// The same as keys and values.
pub(super) fn write(view: &View) -> Vec<(&'static str, String)> {
    let table = view.table.then_some("table");
    let words = [table, view.tab.map(Tab::name), view.theme.map(Theme::name)];
    let words: Vec<&str> = words.into_iter().flatten().collect();
    let mut fields = Vec::new();
    if !words.is_empty() {
        fields.push(("view", words.join(",")));
    }
    let zoom = view.zoom.filter(|zoom| !zoom.is_empty());
    fields.extend(zoom.map(|zoom| ("zoom", format!("{}-{}", zoom.start, zoom.end))));
    let marks = view.marks.as_ref().filter(|marks| is_kind(marks));
    fields.extend(marks.map(|marks| ("marks", marks.clone())));
    fields
}

fn is_kind(text: &str) -> bool {
    let part = |b: u8| b.is_ascii_lowercase() || b == b'-';
    (1..=MAX_MARKS).contains(&text.len()) && text.bytes().all(part)
}

fn range(text: &str) -> Option<VaRange> {
    let address = |text: &str| {
        let digits = text.strip_prefix("0x").filter(|digits| !digits.starts_with('+'))?;
        u64::from_str_radix(digits, 16).ok().map(Vaddr)
    };
    let (start, end) = text.split_once('-')?;
    let range = VaRange::new(address(start)?, address(end)?);
    (!range.is_empty()).then_some(range)
}
