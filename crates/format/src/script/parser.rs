//! Statements of a script, line by line.

use std::collections::{BTreeMap, BTreeSet};

use uvmscope_replay::{Body, CallLine, Script, Statement};
use uvmscope_uvm::Call;

use super::args::{self, Context};
use super::error::{Problem, ScriptError};
use super::lexer::{Kind, unquote};
use super::line::{Line, Names, known};
use super::words::SETTINGS;
use super::{MAX_CALLS, MAX_ERRORS, MAX_TEXT, Parsed, settings};

/// Where a text ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    /// With the script.
    Whole,
    /// Somewhere in the middle, where the rest could not be read.
    Cut,
}

/// Reads a script.
pub(super) fn parse(text: &str, ends: Ends) -> Parsed {
    if text.len() > MAX_TEXT {
        return too_long();
    }
    let mut parser = Parser::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (number, line) in (1u32..).zip(text.split('\n')) {
        parser.line(number, line.strip_suffix('\r').unwrap_or(line));
        if parser.full {
            break;
        }
    }
    parser.finish(ends)
}

/// What comes of a text that is longer than a script may be.
pub(super) fn too_long() -> Parsed {
    let problem = Problem::Limit {
        what: "the text is too long".to_owned(),
        most: "8 MiB of text".to_owned(),
        remedy: "shorten it".to_owned(),
    };
    let error = ScriptError { line: 1, column: 1, width: 1, problem };
    Parsed { script: Script::default(), errors: vec![error] }
}

#[derive(Default)]
struct Parser {
    script: Script,
    errors: Vec<ScriptError>,
    more_errors: usize,
    names: Names,
    /// Line of each setting made.
    set: BTreeMap<&'static str, u32>,
    /// Whether descriptor 3 was opened read-only.
    readonly: bool,
    calls: usize,
    /// A line was bad: what follows is checked, and does not become part of the script.
    broken: bool,
    /// No more calls fit.
    full: bool,
    pending: Pending,
    marks: BTreeSet<String>,
}

/// What was said before a call, and where.
#[derive(Default)]
struct Pending {
    mark: Option<(String, String)>,
    ask: Option<String>,
    /// The last of them: line, column, width.
    place: Option<(u32, u32, u32)>,
}

impl Parser {
    fn line(&mut self, number: u32, text: &str) {
        let mut line = Line::new(number, text);
        if line.is_done() {
            self.comment(text);
            return;
        }
        let statement = self.statement(&mut line);
        let good = line.errors.is_empty();
        self.broken |= !good;
        // What was said before a call that cannot be read is not about the next one.
        if !good && !line.begins_with('@') {
            self.pending = Pending::default();
        }
        let room = MAX_ERRORS.saturating_sub(self.errors.len());
        self.more_errors += line.errors.len().saturating_sub(room);
        self.errors.extend(line.errors.into_iter().take(room));
        if let Some(statement) = statement.filter(|_| !self.broken) {
            self.script.statements.push(statement);
        }
    }

    /// A line with nothing but perhaps a comment. The case's name stands before the first call.
    fn comment(&mut self, text: &str) {
        let name = text.trim().strip_prefix('#').and_then(|c| c.trim().strip_prefix("case "));
        let Some(name) = name.map(str::trim).filter(|n| !n.is_empty()) else {
            return;
        };
        let quoted = name.len() > 1 && name.starts_with('"') && name.ends_with('"');
        let first = self.calls == 0 && self.script.case.is_none() && !self.broken;
        if first && (quoted || !name.contains(char::is_whitespace)) {
            self.script.case = Some(if quoted { unquote(name) } else { name.to_owned() });
        }
    }

    /// Reads one statement; settings and marks are none.
    fn statement(&mut self, line: &mut Line<'_>) -> Option<Statement> {
        if line.take_sign('@') {
            self.at_word(line);
            return None;
        }
        let Some(word) = line.peek_word() else {
            line.unexpected("a call, a setting or `name = …`", None);
            return None;
        };
        if line.sign_ahead(1, '=') {
            return self.binding(line);
        }
        if Call::<u64>::NAMES.contains(&word) {
            let call = self.call(line)?;
            return Some(Statement { name: None, body: Body::Call(call), line: line.number });
        }
        let Some(setting) = SETTINGS.into_iter().find(|s| *s == word) else {
            let known = SETTINGS.into_iter().chain(Call::<u64>::NAMES);
            let expected = if line.sign_ahead(1, '(') {
                "a call"
            } else {
                "a call, a setting or `name = …`"
            };
            line.unknown_word(expected, known, None);
            return None;
        };
        line.skip();
        if setting == "map" {
            self.count_call(line)?;
            let call = settings::listed(line, self.readonly);
            let call = self.with_pending(call?);
            return Some(Statement { name: None, body: Body::Call(call), line: line.number });
        }
        self.setting(line, setting);
        None
    }

    fn setting(&mut self, line: &mut Line<'_>, word: &'static str) -> Option<()> {
        let subject = settings::subject(line, word);
        if self.calls > 0 {
            let what = format!("`{subject}` after the first call; it holds for the whole script");
            line.refuse_line(what, "move the line before the first call");
            return None;
        }
        if let Some(first) = self.set.insert(subject, line.number) {
            let what = format!("`{subject}` is set a second time; line {first} sets it");
            line.refuse_line(what, "leave one of the two lines out");
            return None;
        }
        // A setting behind a bad line would reach back to the calls before that line, had it any.
        let mut ignored = Script::default();
        let script = if self.broken { &mut ignored } else { &mut self.script };
        settings::setting(line, word, script, &mut self.readonly)
    }

    /// `name = call(…)`, `name = sum`
    fn binding(&mut self, line: &mut Line<'_>) -> Option<Statement> {
        let name = line.new_name(&reserved())?;
        line.skip();
        let is_call = line.peek_word().is_some_and(|w| Call::<u64>::NAMES.contains(&w))
            || line.peek_word().is_some_and(|w| !self.names.contains_key(w))
                && line.sign_ahead(1, '(');
        let (body, value) = if is_call {
            let call = self.call(line);
            let value = call.as_ref().and_then(|c| answer(&c.call, &self.names));
            (call.map(Body::Call), value)
        } else {
            let sum = line.expr(&self.names, "a number, a name or a call");
            let sum = sum.filter(|_| line.want_end().is_some());
            let value = sum.as_ref().and_then(|e| known(e, &self.names));
            (sum.map(Body::Let), value)
        };
        // Bound even where the line is bad, lest every later use of the name be an error, too.
        self.names.insert(name.to_owned(), value);
        Some(Statement { name: Some(name.to_owned()), body: body?, line: line.number })
    }

    /// A call with its expectation.
    fn call(&mut self, line: &mut Line<'_>) -> Option<CallLine> {
        self.count_call(line)?;
        let word = line.peek_word().unwrap_or_default();
        if !Call::<u64>::NAMES.contains(&word) {
            line.unknown_word("a call", Call::<u64>::NAMES, None);
            return None;
        }
        line.skip();
        let context = Context { names: &self.names, readonly: self.readonly };
        let call = args::call(line, word, &context);
        // Where the arguments were told apart, what follows them can be read, too.
        let expect = if call.is_some() || line.passed(')') {
            args::expectation(line, &self.names).ok()
        } else {
            None
        };
        let call = CallLine { call: call?, expect: expect?, listed: false, mark: None, ask: None };
        Some(self.with_pending(call))
    }

    fn count_call(&mut self, line: &mut Line<'_>) -> Option<()> {
        self.calls += 1;
        if self.calls <= MAX_CALLS {
            return Some(());
        }
        self.full = true;
        let problem = Problem::Limit {
            what: "one call more".to_owned(),
            most: "100,000 calls".to_owned(),
            remedy: "split it in two".to_owned(),
        };
        line.complain(line.peek(), problem);
        None
    }

    fn with_pending(&mut self, mut call: CallLine) -> CallLine {
        let pending = std::mem::take(&mut self.pending);
        (call.mark, call.ask) = (pending.mark, pending.ask);
        call
    }

    /// `@mark name "text"`, `@ask "text"`
    fn at_word(&mut self, line: &mut Line<'_>) -> Option<()> {
        let word = line.peek();
        let is_mark = line.take_word("mark");
        if !is_mark && !line.take_word("ask") {
            match line.peek_word() {
                Some(_) => line.unknown_word("`@mark` or `@ask`", ["mark", "ask"], None),
                None => line.unexpected("`mark` or `ask`", None),
            }
            return None;
        }
        self.pending.place = line.place(word);
        if is_mark {
            let mark = self.mark(line)?;
            self.pending.mark = Some(mark);
        } else {
            if self.pending.ask.is_some() {
                line.refuse(word, "a second question before the same call".to_owned(), None);
            }
            self.pending.ask = Some(quoted_text(line)?);
        }
        line.want_end()
    }

    fn mark(&mut self, line: &mut Line<'_>) -> Option<(String, String)> {
        if self.pending.mark.is_some() {
            line.refuse(line.peek(), "a second mark before the same call".to_owned(), None);
        }
        let token = line.peek();
        let name = line.take_raw(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        if name.is_empty() {
            line.unexpected("the mark's name", Some("letters, digits, `-` and `_`"));
            return None;
        }
        if !self.marks.insert(name.to_owned()) {
            line.refuse(
                token,
                format!("a second mark named `{name}`"),
                Some("choose another name"),
            );
        }
        Some((name.to_owned(), quoted_text(line)?))
    }

    fn finish(mut self, ends: Ends) -> Parsed {
        if let (Some((line, column, width)), Ends::Whole) = (self.pending.place, ends)
            && !self.full
        {
            let problem = Problem::Refused {
                what: "no call follows".to_owned(),
                remedy: Some("a mark and a question stand before a call".to_owned()),
            };
            self.errors.push(ScriptError { line, column, width, problem });
            self.errors.sort_by_key(|e| (e.line, e.column));
        }
        if self.more_errors > 0 {
            let last = self.errors.last().map_or(1, |e| e.line);
            let problem = Problem::TooMany { more: self.more_errors };
            self.errors.push(ScriptError { line: last, column: 1, width: 1, problem });
        }
        Parsed { script: self.script, errors: self.errors }
    }
}

/// Words that cannot be bound.
fn reserved() -> [&'static str; Call::<u64>::NAMES.len() + 1] {
    let mut words = ["NULL"; Call::<u64>::NAMES.len() + 1];
    words[1..].copy_from_slice(&Call::<u64>::NAMES);
    words
}

/// What a call answers if it succeeds, where that is known before it runs.
fn answer(call: &Call<uvmscope_replay::Expr>, names: &Names) -> Option<u64> {
    match call {
        Call::Mmap { addr, flags, .. } => flags.fixed.then(|| known(addr, names)).flatten(),
        _ => Some(0),
    }
}

fn quoted_text(line: &mut Line<'_>) -> Option<String> {
    let token = line.peek().filter(|t| t.kind == Kind::Text);
    let Some(token) = token else {
        line.unexpected("a text between two \"", None);
        return None;
    };
    line.skip();
    Some(unquote(token.text(line.text)))
}
