//! What each stretch of a script is, for an editor that colours it.

use uvmscope_uvm::{Call, Errno};

use super::lexer::{Kind, Token, lex};
use super::words::{FLAG_PREFIXES, SETTINGS};

/// What a stretch of text is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SpanKind {
    /// The first word of a setting, or what belongs to its grammar.
    Setting,
    /// How a kernel is spelt.
    Kernel,
    /// The name of a call.
    Call,
    /// A bound name.
    Name,
    /// A number.
    Number,
    /// A flag or code.
    Flag,
    /// An errno.
    Errno,
    /// A quoted text.
    Text,
    /// `@mark`, `@ask`
    Mark,
    /// A comment.
    Comment,
    /// A sign between the others.
    Sign,
    /// Nothing that the language knows.
    Stray,
}

/// A stretch of text, bytes `start..end` of the whole.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// What it is.
    pub kind: SpanKind,
}

/// The stretches of a script in order; what lies between them is blank.
pub fn spans(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    for line in text[start..].split('\n') {
        line_spans(line.strip_suffix('\r').unwrap_or(line), start, &mut spans);
        start += line.len() + 1;
    }
    spans
}

fn line_spans(line: &str, offset: usize, spans: &mut Vec<Span>) {
    let tokens = lex(line, 0);
    let first = tokens.first().map(|t| t.text(line));
    let binds = tokens.get(1).is_some_and(|t| t.kind == Kind::Sign('='));
    let setting = first.filter(|w| SETTINGS.contains(w) && !binds);
    for (index, token) in tokens.iter().enumerate() {
        let kind = match (setting, token.kind) {
            (_, Kind::Comment) => SpanKind::Comment,
            (Some("kernel"), _) if index > 0 => SpanKind::Kernel,
            (Some(_), Kind::Word) => SpanKind::Setting,
            _ if first == Some("@") && index < 2 => SpanKind::Mark,
            _ => token_kind(line, *token),
        };
        spans.push(Span { start: offset + token.start, end: offset + token.end, kind });
    }
}

fn token_kind(line: &str, token: Token) -> SpanKind {
    let word = token.text(line);
    match token.kind {
        Kind::Word if Call::<u64>::NAMES.contains(&word) => SpanKind::Call,
        Kind::Word if FLAG_PREFIXES.iter().any(|p| word.starts_with(p)) => SpanKind::Flag,
        Kind::Word if Errno::from_name(word).is_some() => SpanKind::Errno,
        Kind::Word if word == "read" || word == "write" => SpanKind::Flag,
        Kind::Word if word == "NULL" => SpanKind::Number,
        Kind::Word => SpanKind::Name,
        Kind::Number(_) => SpanKind::Number,
        Kind::Text => SpanKind::Text,
        Kind::Sign(_) => SpanKind::Sign,
        Kind::Comment => SpanKind::Comment,
        Kind::BadNumber(_) | Kind::OpenText | Kind::Stray(_) => SpanKind::Stray,
    }
}
