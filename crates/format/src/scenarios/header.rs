//! What the first lines of a script say of it.
//!
//! ```text
//! # title: A lock of no bytes
//! # group: story
//! # tags: mlock, zero length
//! # about: One paragraph in plain words, which goes on
//! #   in lines that are indented like this one.
//! # shows: clips 1
//! ```
//!
//! Any of them may be missing, and they may stand in any order; the first line that is no comment
//! ends them. To the script itself they are comments.

/// The parts of the library, in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Group {
    /// The mail's sequence and its neighbours.
    Story,
    /// What each call does where all goes well.
    FirstLook,
    /// What the broken promise leads to.
    Broken,
    /// The limits of locked memory.
    Limits,
    /// What one would not expect.
    Surprises,
    /// What NetBSD's test suite does.
    NetBsd,
}

impl Group {
    /// Every group, in order.
    pub const ALL: [Self; 6] =
        [Self::Story, Self::FirstLook, Self::Broken, Self::Limits, Self::Surprises, Self::NetBsd];

    /// The word behind `# group:`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Story => "story",
            Self::FirstLook => "first",
            Self::Broken => "broken",
            Self::Limits => "limits",
            Self::Surprises => "surprises",
            Self::NetBsd => "netbsd",
        }
    }

    /// What stands above it in a gallery.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Story => "The mail's story",
            Self::FirstLook => "A first look",
            Self::Broken => "After the broken promise",
            Self::Limits => "Limits",
            Self::Surprises => "Surprises",
            Self::NetBsd => "NetBSD's own tests",
        }
    }

    /// The group of that word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.word() == word)
    }
}

/// What the first lines of a script say of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Header<'a> {
    /// What it is about, in one line.
    pub title: Option<&'a str>,
    /// The part of the library in which it stands.
    pub group: Option<Group>,
    /// The words it is found by.
    pub tags: Vec<&'a str>,
    /// What it is about, in one paragraph; empty where nothing is said.
    pub about: String,
    /// What can be seen in it: claims that are checked wherever scenarios are tested.
    pub shows: Vec<&'a str>,
}

/// Reads the first lines of a script.
pub fn header(text: &str) -> Header<'_> {
    Header {
        title: values(text, "title").next(),
        group: values(text, "group").next().and_then(Group::of_word),
        tags: tags(text).collect(),
        about: about(text),
        shows: values(text, "shows").flat_map(listed).collect(),
    }
}

/// The words behind `# tags:`.
pub(super) fn tags(text: &str) -> impl Iterator<Item = &str> {
    values(text, "tags").flat_map(listed)
}

/// What stands behind `# key:`, once for each such line.
pub(super) fn values<'a>(text: &'a str, key: &str) -> impl Iterator<Item = &'a str> {
    comments(text).filter_map(move |line| value(line, key))
}

/// The comments at the top of a script, each with what stands behind its `#`.
fn comments(text: &str) -> impl Iterator<Item = &str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.lines().map_while(|line| line.trim_start().strip_prefix('#'))
}

fn value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let value = line.trim_start().strip_prefix(key)?.strip_prefix(':')?.trim();
    (!value.is_empty()).then_some(value)
}

/// The pieces between commas.
fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|piece| !piece.is_empty())
}

/// The paragraph behind `# about:`, its lines joined.
fn about(text: &str) -> String {
    let mut lines = comments(text);
    let Some(first) = lines.find_map(|line| value(line, "about")) else {
        return String::new();
    };
    let more = lines.map_while(|line| line.strip_prefix("   ").map(str::trim));
    let lines: Vec<&str> = std::iter::once(first).chain(more).collect();
    lines.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# title: A lock\n# group: limits\n# tags: mlock,  zero length ,\n\
        # about: It begins here\n#   and goes on\n#   for a while.\n# shows: clips 1, panic\n\
        # shows: console 2\n\nkernel mail\n# title: Another\n";

    #[test]
    fn each_line_of_a_header_is_read() {
        let expected = Header {
            title: Some("A lock"),
            group: Some(Group::Limits),
            tags: vec!["mlock", "zero length"],
            about: "It begins here and goes on for a while.".to_owned(),
            shows: vec!["clips 1", "panic", "console 2"],
        };
        assert_eq!(header(TEXT), expected);
    }

    #[test]
    fn the_first_line_that_is_no_comment_ends_it() {
        assert_eq!(header("kernel mail\n# title: Too late"), Header::default());
        assert_eq!(header("\n# title: Too late"), Header::default());
        assert_eq!(header("# a comment\n# title: In time").title, Some("In time"));
    }

    #[test]
    fn what_is_not_said_is_missing_and_no_error() {
        assert_eq!(header(""), Header::default());
        assert_eq!(header("# group: nonsense\n# title:\n# about:\n"), Header::default());
        assert_eq!(header("\u{feff}#title:x\r\n# about: y\r\n#   z\r\n").about, "y z");
    }

    #[test]
    fn every_group_is_found_by_its_word() {
        for group in Group::ALL {
            assert_eq!(Group::of_word(group.word()), Some(group));
        }
    }
}
