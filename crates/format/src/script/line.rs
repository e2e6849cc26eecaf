//! One line being read: its tokens, how far it was read, and what is wrong with it.

use std::collections::BTreeMap;
use std::ops::Range;

use uvmscope_replay::Expr;

use super::error::{Problem, ScriptError};
use super::lexer::{Kind, NumberFault, Token, lex};
use super::{MAX_NAME, MAX_TERMS};
use crate::nearest::nearest;

/// The names bound so far, with their values where these are known before the script runs.
pub(super) type Names = BTreeMap<String, Option<u64>>;

/// The most characters of the text that an error quotes.
const MAX_QUOTED: usize = 40;

/// A line that is being read, or for a while a part of it.
///
/// Methods that give `None` have told what is wrong.
pub(super) struct Line<'a> {
    pub(super) number: u32,
    pub(super) text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    end: usize,
    pub(super) errors: Vec<ScriptError>,
}

impl<'a> Line<'a> {
    pub(super) fn new(number: u32, text: &'a str) -> Self {
        let mut tokens = lex(text, 0);
        tokens.retain(|t| t.kind != Kind::Comment);
        Self { number, text, end: tokens.len(), tokens, at: 0, errors: Vec::new() }
    }

    // ---- looking and taking

    /// The next token.
    pub(super) fn peek(&self) -> Option<Token> {
        self.ahead(0)
    }

    /// The token `by` behind the next one.
    pub(super) fn ahead(&self, by: usize) -> Option<Token> {
        let at = self.at + by;
        (at < self.end).then(|| self.tokens.get(at).copied()).flatten()
    }

    /// The word that stands next.
    pub(super) fn peek_word(&self) -> Option<&'a str> {
        self.peek().filter(|t| t.kind == Kind::Word).map(|t| t.text(self.text))
    }

    /// Whether the sign stands `by` behind the next token.
    pub(super) fn sign_ahead(&self, by: usize, sign: char) -> bool {
        self.ahead(by).is_some_and(|t| t.kind == Kind::Sign(sign))
    }

    /// Passes over the next token.
    pub(super) fn skip(&mut self) {
        self.at = (self.at + 1).min(self.end);
    }

    /// Passes over all that is left.
    pub(super) fn skip_rest(&mut self) {
        self.at = self.end;
    }

    /// Takes the sign if it stands next.
    pub(super) fn take_sign(&mut self, sign: char) -> bool {
        let there = self.sign_ahead(0, sign);
        if there {
            self.skip();
        }
        there
    }

    /// Takes the word if it stands next.
    pub(super) fn take_word(&mut self, word: &str) -> bool {
        let there = self.peek_word() == Some(word);
        if there {
            self.skip();
        }
        there
    }

    /// Whether the last token read is this sign.
    pub(super) fn passed(&self, sign: char) -> bool {
        let last = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        last.is_some_and(|t| t.kind == Kind::Sign(sign))
    }

    /// Whether the sign is the first of the line.
    pub(super) fn begins_with(&self, sign: char) -> bool {
        self.tokens.first().is_some_and(|t| t.kind == Kind::Sign(sign))
    }

    /// Whether everything was read.
    pub(super) fn is_done(&self) -> bool {
        self.at >= self.end
    }

    /// The byte at which the next token begins, or the line's end.
    fn next_start(&self) -> usize {
        self.tokens.get(self.at).map_or(self.text.trim_end().len(), |t| t.start)
    }

    /// Takes the characters up to the first that is not `part` of them, across tokens.
    pub(super) fn take_raw(&mut self, part: impl Fn(char) -> bool) -> &'a str {
        let start = self.next_start();
        let rest = self.text.get(start..).unwrap_or_default();
        let len = rest.find(|c| !part(c)).unwrap_or(rest.len());
        while self.peek().is_some_and(|t| t.start < start + len) {
            self.skip();
        }
        &rest[..len]
    }

    /// Takes everything up to the comment or the end of the line, and tells where it begins.
    pub(super) fn take_raw_rest(&mut self) -> (usize, &'a str) {
        let start = self.next_start();
        let end = self.tokens.last().map_or(start, |t| t.end).max(start);
        self.skip_rest();
        (start, self.text.get(start..end).unwrap_or_default())
    }

    // ---- complaining

    /// Tells what is wrong with the bytes `range` of the line.
    pub(super) fn complain_at(&mut self, range: Range<usize>, problem: Problem) {
        let (column, width) = self.columns(range);
        self.errors.push(ScriptError { line: self.number, column, width, problem });
    }

    /// Tells what is wrong with the token, or with the end of the line.
    pub(super) fn complain(&mut self, token: Option<Token>, problem: Problem) {
        let end = self.text.trim_end().len();
        let range = token.map_or(end..end, |t| t.start..t.end);
        self.complain_at(range, problem);
    }

    /// Tells that something else was expected than what stands next.
    pub(super) fn unexpected(&mut self, expected: &str, remedy: Option<&str>) {
        let token = self.tokens.get(self.at).copied();
        let problem = match token.map(|t| t.kind) {
            Some(Kind::BadNumber(NumberFault::TooBig)) => Problem::Refused {
                what: format!("{} does not fit in 64 bits", self.quoted(token)),
                remedy: Some("the largest number is 0xffffffffffffffff".to_owned()),
            },
            Some(Kind::BadNumber(NumberFault::Malformed)) => Problem::Unexpected {
                read: self.quoted(token),
                expected: expected.to_owned(),
                remedy: Some(
                    "a number is decimal or 0x hex, with K, M or G behind it for powers of 1024"
                        .to_owned(),
                ),
            },
            Some(Kind::OpenText) => Problem::Unexpected {
                read: "a text without its closing quote".to_owned(),
                expected: expected.to_owned(),
                remedy: Some("a text stands between two \" on one line".to_owned()),
            },
            _ => Problem::Unexpected {
                read: self.quoted(token),
                expected: expected.to_owned(),
                remedy: remedy.map(str::to_owned),
            },
        };
        self.complain(token, problem);
    }

    /// Tells that the word that stands next is none of those that may stand there.
    pub(super) fn unknown_word<'w>(
        &mut self,
        expected: &str,
        candidates: impl IntoIterator<Item = &'w str>,
        remedy: Option<&str>,
    ) {
        let token = self.tokens.get(self.at).copied();
        let read = token.map(|t| t.text(self.text)).unwrap_or_default();
        let problem = Problem::UnknownWord {
            read: shorten(read),
            expected: expected.to_owned(),
            nearest: nearest(read, candidates).map(str::to_owned),
            remedy: remedy.map(str::to_owned),
        };
        self.complain(token, problem);
    }

    /// Tells that the token must not stand where it stands.
    pub(super) fn refuse(&mut self, token: Option<Token>, what: String, remedy: Option<&str>) {
        self.complain(token, Problem::Refused { what, remedy: remedy.map(str::to_owned) });
    }

    /// The token as an error quotes it.
    pub(super) fn quoted(&self, token: Option<Token>) -> String {
        let Some(token) = token else {
            return "the end of the line".to_owned();
        };
        match token.kind {
            Kind::Stray('\r') => "a carriage return inside the line".to_owned(),
            Kind::Stray(c) if c.is_control() || c.is_whitespace() => {
                format!("the character U+{:04X}", u32::from(c))
            }
            _ => format!("`{}`", shorten(token.text(self.text))),
        }
    }

    /// Tells that the whole line must not stand where it stands.
    pub(super) fn refuse_line(&mut self, what: String, remedy: &str) {
        self.skip_rest();
        self.refuse(self.tokens.first().copied(), what, Some(remedy));
    }

    /// Where a token stands: line, column, width.
    pub(super) fn place(&self, token: Option<Token>) -> Option<(u32, u32, u32)> {
        let token = token?;
        let (column, width) = self.columns(token.start..token.end);
        Some((self.number, column, width))
    }

    /// Column and width, in characters, of some bytes.
    fn columns(&self, range: Range<usize>) -> (u32, u32) {
        let chars = |range: Range<usize>| {
            let text = self.text.get(range).unwrap_or_default();
            u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
        };
        (chars(0..range.start).saturating_add(1), chars(range).max(1))
    }

    /// Wants the sign next.
    pub(super) fn want_sign(&mut self, sign: char) -> Option<()> {
        if self.take_sign(sign) {
            return Some(());
        }
        self.unexpected(&format!("`{sign}`"), None);
        None
    }

    /// Wants nothing more on the line.
    pub(super) fn want_end(&mut self) -> Option<()> {
        if self.is_done() {
            return Some(());
        }
        self.unexpected("the end of the line", Some("`#` starts a comment"));
        None
    }

    // ---- numbers and sums

    /// Reads the tokens `part` by `read`, and wants it to read all of them.
    pub(super) fn within<T>(
        &mut self,
        part: Range<usize>,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        let outer = (self.at, self.end);
        (self.at, self.end) = (part.start, part.end);
        let mut value = read(self);
        if value.is_some() && !self.is_done() {
            self.unexpected("`,` or `)`", None);
            value = None;
        }
        (self.at, self.end) = outer;
        value
    }

    /// Splits what stands in parentheses at its commas, and passes over it.
    pub(super) fn split_arguments(&mut self) -> Option<(Vec<Range<usize>>, Range<usize>)> {
        let open = self.at;
        self.want_sign('(')?;
        let mut parts = Vec::new();
        let mut start = self.at;
        while let Some(token) = self.peek() {
            let at = self.at;
            self.skip();
            match token.kind {
                Kind::Sign(')') => {
                    if !(parts.is_empty() && start == at) {
                        parts.push(start..at);
                    }
                    let from = self.tokens.get(open).map_or(0, |t| t.start);
                    return Some((parts, from..token.end));
                }
                Kind::Sign(',') => {
                    parts.push(start..at);
                    start = self.at;
                }
                _ => {}
            }
        }
        self.unexpected("`)`", None);
        None
    }

    /// Reads a number, or a sum of numbers and names.
    pub(super) fn expr(&mut self, names: &Names, expected: &str) -> Option<Expr> {
        let first = self.peek();
        let mut sum = None;
        let mut terms = 0;
        let mut good = true;
        loop {
            let sign = match self.peek().map(|t| t.kind) {
                Some(Kind::Sign(sign @ ('+' | '-'))) if sum.is_some() || sign == '-' => Some(sign),
                _ => None,
            };
            if sign.is_none() && sum.is_some() {
                break;
            }
            if sign.is_some() {
                self.skip();
            }
            terms += 1;
            let term = self.term(names, expected);
            good &= term.is_some();
            let term = term.unwrap_or(Expr::Number(0));
            sum = Some(join(sum, sign == Some('-'), term));
            if !good && self.is_done() || terms > MAX_TERMS {
                break;
            }
        }
        if terms > MAX_TERMS {
            let problem = Problem::Limit {
                what: "the sum goes on".to_owned(),
                most: format!("{MAX_TERMS} numbers and names in one sum"),
                remedy: "bind a part of it to a name".to_owned(),
            };
            self.complain(first, problem);
            return None;
        }
        sum.filter(|_| good)
    }

    /// Reads a number or a name.
    fn term(&mut self, names: &Names, expected: &str) -> Option<Expr> {
        let token = self.peek();
        let value = match token.map(|t| (t.kind, t.text(self.text))) {
            Some((Kind::Number(n), _)) => Some(Expr::Number(n)),
            Some((Kind::Word, "NULL")) => Some(Expr::Number(0)),
            Some((Kind::Word, name)) if names.contains_key(name) => {
                Some(Expr::Name(name.to_owned()))
            }
            Some((Kind::Word, _)) => {
                let remedy = "a name is bound by `name = …` on an earlier line";
                self.unknown_word(expected, names.keys().map(String::as_str), Some(remedy));
                None
            }
            _ => {
                self.unexpected(expected, None);
                None
            }
        };
        self.skip();
        value
    }

    /// Reads a number whose value is known before the script runs.
    pub(super) fn constant(&mut self, names: &Names, expected: &str) -> Option<u64> {
        let token = self.peek();
        let sum = self.expr(names, expected)?;
        let value = known(&sum, names);
        if value.is_none() {
            let what = format!("{} is known only when the script runs", self.quoted(token));
            self.refuse(token, what, Some("write the number itself"));
        }
        value
    }

    /// Reads a name that is to be bound.
    pub(super) fn new_name(&mut self, reserved: &[&str]) -> Option<&'a str> {
        let token = self.peek();
        let Some(name) = self.peek_word() else {
            self.unexpected("a name", None);
            return None;
        };
        self.skip();
        if reserved.contains(&name) {
            self.refuse(
                token,
                format!("`{name}` has a meaning of its own and cannot be bound"),
                Some("choose another name"),
            );
            return None;
        }
        if name.len() > MAX_NAME {
            self.refuse(
                token,
                format!("a name of {} characters; {MAX_NAME} is the most", name.len()),
                Some("choose a shorter name"),
            );
            return None;
        }
        Some(name)
    }
}

/// Puts a term to the sum so far.
fn join(sum: Option<Expr>, minus: bool, term: Expr) -> Expr {
    match (sum, minus, term) {
        (None, true, Expr::Number(n)) => Expr::Number(n.wrapping_neg()),
        (None, true, term) => Expr::Minus(Box::new(Expr::Number(0)), Box::new(term)),
        (None, false, term) => term,
        (Some(sum), true, term) => Expr::Minus(Box::new(sum), Box::new(term)),
        (Some(sum), false, term) => Expr::Plus(Box::new(sum), Box::new(term)),
    }
}

/// The value of a sum, where every name in it has a known one.
pub(super) fn known(sum: &Expr, names: &Names) -> Option<u64> {
    match sum {
        Expr::Number(n) => Some(*n),
        Expr::Name(name) => names.get(name).copied().flatten(),
        Expr::Plus(a, b) => Some(known(a, names)?.wrapping_add(known(b, names)?)),
        Expr::Minus(a, b) => Some(known(a, names)?.wrapping_sub(known(b, names)?)),
    }
}

/// At most so many characters of a text.
pub(super) fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(MAX_QUOTED).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
