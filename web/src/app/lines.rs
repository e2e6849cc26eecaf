//! Editing a text by whole lines, and where a place of a run belongs after an edit.

use std::ops::Range;

use uvmscope_replay::{Body, Place, Statement};

use crate::app::run::Source;

/// What can be done to the lines that the selection touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineEdit {
    Duplicate,
    Up,
    Down,
    /// Turned into comments, or back.
    Mute,
}

impl LineEdit {
    pub(crate) const ALL: [Self; 4] = [Self::Duplicate, Self::Up, Self::Down, Self::Mute];

    /// What its button says.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Duplicate => "Duplicate the line",
            Self::Up => "Move the line up",
            Self::Down => "Move the line down",
            Self::Mute => "Mute the line, or let it speak again",
        }
    }

    /// The sign on its button.
    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Self::Duplicate => "+",
            Self::Up => "↑",
            Self::Down => "↓",
            Self::Mute => "#",
        }
    }

    /// The keys that do it in the editor.
    pub(crate) const fn keys(self) -> &'static str {
        match self {
            Self::Duplicate => "Alt+Shift+↓",
            Self::Up => "Alt+↑",
            Self::Down => "Alt+↓",
            Self::Mute => "Ctrl+/",
        }
    }
}

/// The bytes of the lines that a selection touches, without the last line's end.
fn touched(text: &str, selection: &Range<usize>) -> Range<usize> {
    let start = text.get(..selection.start).and_then(|it| it.rfind('\n')).map_or(0, |at| at + 1);
    // A selection that ends where a line begins does not touch that line.
    let last = if selection.end > selection.start { selection.end - 1 } else { selection.end };
    let rest = text.get(last..).and_then(|it| it.find('\n'));
    start..rest.map_or(text.len(), |at| last + at)
}

/// The text after an edit of its lines, and what is selected in it then.
pub(crate) fn edited(
    text: &str,
    selection: &Range<usize>,
    edit: LineEdit,
) -> (String, Range<usize>) {
    let lines = touched(text, selection);
    let own = text.get(lines.clone()).unwrap_or_default();
    let before = text.get(..lines.start).unwrap_or_default();
    let behind = text.get(lines.end..).unwrap_or_default();
    let moved = |by: usize| selection.start + by..selection.end + by;
    let back = |by: usize| selection.start.saturating_sub(by)..selection.end.saturating_sub(by);
    match edit {
        LineEdit::Duplicate => (format!("{before}{own}\n{own}{behind}"), moved(own.len() + 1)),
        LineEdit::Up => match before.strip_suffix('\n') {
            None => (text.to_owned(), selection.clone()),
            Some(rest) => {
                let (head, above) = rest.split_at(rest.rfind('\n').map_or(0, |at| at + 1));
                (format!("{head}{own}\n{above}{behind}"), back(above.len() + 1))
            }
        },
        LineEdit::Down => match behind.strip_prefix('\n') {
            None => (text.to_owned(), selection.clone()),
            Some(rest) => {
                let (below, tail) = rest.split_at(rest.find('\n').unwrap_or(rest.len()));
                (format!("{before}{below}\n{own}{tail}"), moved(below.len() + 1))
            }
        },
        LineEdit::Mute => {
            let is_mute = |line: &str| line.trim_start().starts_with('#');
            let spoken = own.split('\n').filter(|line| !line.trim().is_empty());
            let all_mute = spoken.clone().count() > 0 && spoken.clone().all(is_mute);
            let changed: Vec<String> = own
                .split('\n')
                .map(|line| match (all_mute, line.trim().is_empty()) {
                    (_, true) => line.to_owned(),
                    (true, _) => line.replacen("# ", "", 1).replacen(
                        '#',
                        "",
                        usize::from(!line.contains("# ")),
                    ),
                    (false, _) => format!("# {line}"),
                })
                .collect();
            let changed = changed.join("\n");
            let end = lines.start + changed.len();
            let caret = if selection.is_empty() { end..end } else { lines.start..end };
            (format!("{before}{changed}{behind}"), caret)
        }
    }
}

/// The text with another line, after the call that stands on `line` (from 1), or at its end.
pub(crate) fn with_line(text: &str, after: Option<u32>, line: &str) -> (String, Range<usize>) {
    let at = after.and_then(|n| {
        let mut ends = text.match_indices('\n').map(|(at, _)| at);
        ends.nth((n as usize).saturating_sub(1))
    });
    let at = at.unwrap_or(text.len());
    let (before, behind) = text.split_at(at);
    let gap = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    let start = before.len() + gap.len();
    (format!("{before}{gap}{line}{behind}"), start..start + line.len())
}

/// Whether the two differ in one line only, and in which (from 0); one that was typed in.
pub(crate) fn only_line(former: &str, text: &str) -> Option<usize> {
    let same = |(a, b): &(&str, &str)| a == b;
    let line = former.split('\n').zip(text.split('\n')).take_while(same).count();
    let alike = former.split('\n').skip(line + 1).eq(text.split('\n').skip(line + 1));
    alike.then_some(line)
}

/// Where a place of the run of `former` belongs in a run of `source`: at the same step of the same
/// call, wherever that call has moved to; of a call that was changed, at the one in its place.
pub(crate) fn place_after(former: &Source, place: Place, source: &Source) -> Place {
    let same = |a: &Statement, b: &Statement| a.name == b.name && a.body == b.body;
    let calls = |it: &Source| it.script.calls().count();
    let (old, new) = (calls(former), calls(source));
    let common = |alike: usize| alike.min(old).min(new);
    let pairs = former.script.calls().zip(source.script.calls());
    let head = common(pairs.take_while(|((a, _), (b, _))| same(a, b)).count());
    if place.call <= head {
        return place;
    }
    let pairs = calls_from_the_end(former).zip(calls_from_the_end(source));
    let tail = pairs.take_while(|(a, b)| same(a, b)).count().min(old - head).min(new - head);
    if place.call > old - tail {
        return Place { call: place.call + new - old, ..place };
    }
    Place { call: place.call.min((new - tail).max(head + 1)), ..place }
}

fn calls_from_the_end(source: &Source) -> impl Iterator<Item = &Statement> {
    source.script.statements.iter().rev().filter(|it| matches!(it.body, Body::Call(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source::own(text.into())
    }

    #[test]
    fn lines_are_moved_duplicated_and_muted() {
        let text = "a\nbb\nccc";
        let on_b = 3..3;
        assert_eq!(edited(text, &on_b, LineEdit::Up), ("bb\na\nccc".into(), 1..1));
        assert_eq!(edited(text, &on_b, LineEdit::Down), ("a\nccc\nbb".into(), 7..7));
        assert_eq!(edited(text, &on_b, LineEdit::Duplicate), ("a\nbb\nbb\nccc".into(), 6..6));
        assert_eq!(edited(text, &on_b, LineEdit::Mute), ("a\n# bb\nccc".into(), 6..6));
        let (muted, selection) = edited(text, &(0..8), LineEdit::Mute);
        assert_eq!((muted.as_str(), selection.clone()), ("# a\n# bb\n# ccc", 0..14));
        assert_eq!(edited(&muted, &selection, LineEdit::Mute), (text.into(), 0..8));
        // The ends hold, and what ends where a line begins does not touch it.
        assert_eq!(edited(text, &(0..0), LineEdit::Up).0, text);
        assert_eq!(edited(text, &(8..8), LineEdit::Down).0, text);
        assert_eq!(edited(text, &(0..2), LineEdit::Mute).0, "# a\nbb\nccc");
        for edit in LineEdit::ALL {
            edited("", &(0..0), edit);
        }
    }

    #[test]
    fn a_line_goes_behind_the_one_that_is_named_or_to_the_end() {
        assert_eq!(with_line("a\nb\n", Some(1), "x"), ("a\nx\nb\n".into(), 2..3));
        assert_eq!(with_line("a\nb", Some(2), "x"), ("a\nb\nx".into(), 4..5));
        assert_eq!(with_line("a\nb\n", None, "x"), ("a\nb\nx".into(), 4..5));
        assert_eq!(with_line("", None, "x"), ("x".into(), 0..1));
    }

    #[test]
    fn a_line_that_is_typed_in_is_told_from_a_change_of_several() {
        assert_eq!(only_line("a\nb\nc", "a\nbb\nc"), Some(1));
        assert_eq!(only_line("a\nb\nc", "a\nb\nb\nc"), None);
        assert_eq!(only_line("a\nb\nc", "x\nb\ny"), None);
        assert_eq!(only_line("", "x"), Some(0));
    }

    #[test]
    fn a_place_follows_its_call() {
        let one = source("mlock(0x1000, 0)\nmlock(0x2000, 0)\nmlock(0x3000, 0)\n");
        let step = |call| Place { call, step: 2 };
        let before = source("munlockall()\nmlock(0x1000, 0)\nmlock(0x2000, 0)\nmlock(0x3000, 0)\n");
        for call in 1..=3 {
            assert_eq!(place_after(&one, step(call), &before), step(call + 1));
            assert_eq!(place_after(&before, step(call + 1), &one), step(call));
            assert_eq!(place_after(&one, step(call), &one), step(call));
        }
        let changed = source("mlock(0x1000, 0)\nmlock(0x2000, 4K)\nmlock(0x3000, 0)\n");
        assert_eq!(place_after(&one, step(2), &changed), step(2));
        assert_eq!(place_after(&one, step(3), &changed), step(3));
        let without = source("mlock(0x1000, 0)\nmlock(0x3000, 0)\n");
        assert_eq!(place_after(&one, step(3), &without), step(2));
        assert_eq!(place_after(&one, step(2), &without), step(2));
        assert_eq!(place_after(&one, step(2), &source("")).call, 1);
    }
}
