//! Words, numbers and signs of one line of a script.
//!
//! Nothing is an error here: what is no token of the language becomes one of the `Bad…` kinds,
//! and is complained about by whoever meets it. So the same tokens serve the parser and an editor
//! that colours half-written text.

use std::iter::Peekable;
use std::str::CharIndices;

/// What kind of thing a stretch of a line is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// A word: letters, digits and `_`, not beginning with a digit.
    Word,
    /// A number with its value.
    Number(u64),
    /// Begins with a digit, and is no number.
    BadNumber(NumberFault),
    /// `"…"`
    Text,
    /// `"…` without its end.
    OpenText,
    /// One sign: `( ) , | = + - @ ? .`
    Sign(char),
    /// `# …` to the end of the line.
    Comment,
    /// A character that has no place in the language.
    Stray(char),
}

/// What is wrong with a number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum NumberFault {
    /// A digit or suffix that is none.
    Malformed,
    /// More than 64 bits.
    TooBig,
}

/// A stretch of a line: bytes `start..end`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Token {
    /// The token as it stands in its line.
    pub(super) fn text(self, line: &str) -> &str {
        line.get(self.start..self.end).unwrap_or_default()
    }
}

/// The tokens of a line, from its byte `from` on.
pub(super) fn lex(line: &str, from: usize) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = line.char_indices().peekable();
    while let Some(&(start, c)) = chars.peek() {
        if start < from || c == ' ' || c == '\t' {
            chars.next();
            continue;
        }
        let kind = token(line, &mut chars);
        let end = chars.peek().map_or(line.len(), |(at, _)| *at);
        tokens.push(Token { kind, start, end });
    }
    tokens
}

/// Takes one token; the next character begins it.
fn token(line: &str, chars: &mut Peekable<CharIndices<'_>>) -> Kind {
    let Some((start, c)) = chars.next() else {
        return Kind::Comment;
    };
    match c {
        'a'..='z' | 'A'..='Z' | '_' => {
            skip_word(chars);
            Kind::Word
        }
        '0'..='9' => {
            skip_word(chars);
            let end = chars.peek().map_or(line.len(), |(at, _)| *at);
            match number(&line[start..end]) {
                Ok(value) => Kind::Number(value),
                Err(fault) => Kind::BadNumber(fault),
            }
        }
        '"' => text(chars),
        '#' => {
            chars.by_ref().for_each(drop);
            Kind::Comment
        }
        '(' | ')' | ',' | '|' | '=' | '+' | '-' | '@' | '?' | '.' => Kind::Sign(c),
        _ => Kind::Stray(c),
    }
}

/// Skips letters, digits and `_`.
fn skip_word(chars: &mut Peekable<CharIndices<'_>>) {
    while chars.next_if(|(_, c)| c.is_ascii_alphanumeric() || *c == '_').is_some() {}
}

/// Skips a quoted text up to its closing quote.
fn text(chars: &mut Peekable<CharIndices<'_>>) -> Kind {
    while let Some((_, c)) = chars.next() {
        match c {
            '"' => return Kind::Text,
            '\\' => {
                chars.next();
            }
            _ => {}
        }
    }
    Kind::OpenText
}

/// Decimal, or `0x` hex; K, M and G stand for powers of 1024.
fn number(text: &str) -> Result<u64, NumberFault> {
    let (digits, shift) = match text.as_bytes().last() {
        Some(b'K') => (&text[..text.len() - 1], 10),
        Some(b'M') => (&text[..text.len() - 1], 20),
        Some(b'G') => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    let (digits, radix) = match digits.strip_prefix("0x") {
        Some(hex) => (hex, 16),
        None => (digits, 10),
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return Err(NumberFault::Malformed);
    }
    let value = u64::from_str_radix(digits, radix).map_err(|_| NumberFault::TooBig)?;
    if value.leading_zeros() < shift && value != 0 {
        return Err(NumberFault::TooBig);
    }
    Ok(value << shift)
}

/// What a quoted text says, its escapes resolved; `token` is the whole of it, quotes included.
pub(super) fn unquote(token: &str) -> String {
    let inner = token.strip_prefix('"').unwrap_or(token);
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    let mut said = String::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => said.push('\n'),
                Some('t') => said.push('\t'),
                Some('r') => said.push('\r'),
                Some(other) => said.push(other),
                None => {}
            },
            (c, false) => said.push(c),
        }
    }
    said
}

/// The inverse of [`unquote`].
pub(super) fn quote(said: &str) -> String {
    let mut text = String::from("\"");
    for c in said.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\t' => text.push_str("\\t"),
            '\r' => text.push_str("\\r"),
            c => text.push(c),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_their_suffixes() {
        assert_eq!(number("0x7f7ff7ed6000"), Ok(0x7f7f_f7ed_6000));
        assert_eq!(number("200K"), Ok(204_800));
        assert_eq!(number("0xffffffffffffffff"), Ok(u64::MAX));
        assert_eq!(number("0G"), Ok(0));
        assert_eq!(number("18446744073709551616"), Err(NumberFault::TooBig));
        assert_eq!(number("17179869184G"), Err(NumberFault::TooBig));
        assert_eq!(number("0x"), Err(NumberFault::Malformed));
        assert_eq!(number("4k"), Err(NumberFault::Malformed));
    }

    #[test]
    fn quoting_is_undone_by_unquoting() {
        for said in ["", "plain", "a \"b\" \\ c", "line\nline\r\ttab", "naïve ✓ \u{0}\u{1b}"] {
            assert_eq!(unquote(&quote(said)), said);
        }
    }
}
