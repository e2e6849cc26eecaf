//! The sentence of a step as lines of text below a picture.

use std::fmt::{self, Write};

use crate::caption::Caption;
use crate::geom::{Unit, px};
use crate::node::Scene;
use crate::svg::escaped;
use crate::viewport::NARROW;

/// From one baseline to the next.
const LINE: Unit = px(21);
/// From the picture to the first baseline.
const ABOVE: Unit = px(20);
/// Below the last baseline.
const BELOW: Unit = px(16);

/// What is left free on both sides of a text below a picture of that width.
pub(crate) fn margin(width: Unit) -> Unit {
    if width < px(NARROW.into()) { px(12) } else { px(28) }
}

/// How a letter is set.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Type {
    lead: bool,
    code: bool,
}

impl Type {
    /// How wide a letter is, at most, in a text that is mostly addresses.
    const fn width(self) -> Unit {
        if self.lead { Unit(86) } else { Unit(78) }
    }

    const fn class(self) -> Option<&'static str> {
        match (self.lead, self.code) {
            (true, true) => Some("said-lead said-code"),
            (true, false) => Some("said-lead"),
            (false, true) => Some("said-code"),
            (false, false) => None,
        }
    }
}

type Letter = (char, Type);

/// A caption, broken into lines that fit below a picture.
pub(crate) struct Said {
    left: Unit,
    top: Unit,
    lines: Vec<Vec<Letter>>,
}

impl Said {
    /// The caption, below the scene and as wide.
    pub(crate) fn below(scene: &Scene, caption: &Caption) -> Self {
        Self::at(scene.height, scene.width, caption)
    }

    /// The caption, so far down and so wide.
    pub(crate) fn at(top: Unit, width: Unit, caption: &Caption) -> Self {
        let left = margin(width);
        let lines = broken(&letters(caption), width - left * 2);
        Self { left, top: top + ABOVE, lines }
    }

    /// How much taller the picture gets.
    pub(crate) fn height(&self) -> Unit {
        let steps = i32::try_from(self.lines.len()).unwrap_or(i32::MAX).saturating_sub(1);
        ABOVE + LINE * steps + BELOW
    }

    pub(crate) fn write(&self, out: &mut String) -> fmt::Result {
        let mut y = self.top;
        for line in &self.lines {
            write!(out, "<text class=\"said\" x=\"{}\" y=\"{y}\">", self.left)?;
            for run in line.chunk_by(|a, b| a.1 == b.1) {
                let text: String = run.iter().map(|(letter, _)| letter).collect();
                match run.first().and_then(|(_, how)| how.class()) {
                    Some(class) => {
                        write!(out, "<tspan class=\"{class}\">{}</tspan>", escaped(&text))?;
                    }
                    None => out.push_str(&escaped(&text)),
                }
            }
            out.push_str("</text>");
            y = y + LINE;
        }
        Ok(())
    }
}

/// The letters of a caption; what stands between backticks is code.
fn letters(caption: &Caption) -> Vec<Letter> {
    let mut letters = Vec::new();
    for (text, lead) in [(&caption.lead, true), (&caption.rest, false)] {
        if !letters.is_empty() && !text.is_empty() {
            letters.push((' ', Type { lead: false, code: false }));
        }
        for (n, piece) in text.split('`').enumerate() {
            let how = Type { lead, code: n % 2 == 1 };
            letters.extend(piece.chars().map(|letter| (letter, how)));
        }
    }
    letters
}

/// Breaks between words; a word that is longer than a line is broken where the line ends.
fn broken(letters: &[Letter], room: Unit) -> Vec<Vec<Letter>> {
    let mut lines = Vec::new();
    let mut line = Vec::new();
    let mut used = Unit::ZERO;
    for part in letters.split_inclusive(|(letter, _)| *letter == ' ') {
        let word = match part {
            [word @ .., (' ', _)] => word,
            _ => part,
        };
        let mut needed = word.iter().fold(Unit::ZERO, |sum, (_, how)| sum + how.width());
        for letter in part {
            if !line.is_empty() && letter.0 != ' ' && used + needed > room {
                line.pop_if(|(letter, _)| *letter == ' ');
                lines.push(std::mem::take(&mut line));
                used = Unit::ZERO;
            }
            line.push(*letter);
            used = used + letter.1.width();
            // Once begun, a word goes on for as long as there is room.
            needed = letter.1.width();
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(lead: &str, rest: &str, room: i32, expected: &[&str]) {
        let caption = Caption { lead: lead.to_owned(), rest: rest.to_owned() };
        let lines = broken(&letters(&caption), px(room));
        let text = |line: &Vec<Letter>| line.iter().map(|(letter, _)| letter).collect::<String>();
        assert_eq!(lines.iter().map(text).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn lines_break_between_words_and_long_words_anywhere() {
        check("", "", 100, &[""]);
        check("One two.", "", 100, &["One two."]);
        check("One two.", "Three `four`.", 100, &["One two.", "Three four."]);
        check("", "abcdefghijklmno pq", 80, &["abcdefghij", "klmno pq"]);
        check("", "ab abcdefghijklmno", 80, &["ab", "abcdefghij", "klmno"]);
        check("", "abcdefghij abcdefghij", 80, &["abcdefghij", "abcdefghij"]);
        check("ab", "", 1, &["a", "b"]);
    }
}
