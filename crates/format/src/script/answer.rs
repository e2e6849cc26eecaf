//! Answers of calls: as text, and where in a line of a script they stand.

use std::ops::Range;

use uvmscope_replay::{CallEnd, Expect};
use uvmscope_uvm::Call;

use super::lexer::{Kind, Token, lex};
use super::print::hex;

/// What a call answered, as a script expects it; nothing for a call that did not return.
pub fn answer_text(end: &CallEnd) -> Option<String> {
    match end {
        CallEnd::Done(done) if done.errno.is_ok() => {
            Some(done.ret.map_or_else(|| "0".to_owned(), |ret| ret.to_string()))
        }
        CallEnd::Done(done) => Some(format!("-1 {}", done.errno)),
        CallEnd::Halted(_) | CallEnd::Skipped { .. } | CallEnd::NotReached => None,
    }
}

/// What a script expects of a call, as it writes it.
pub fn expect_text<V>(expect: Expect, call: &Call<V>) -> String {
    match expect {
        Expect::Errno(errno) => format!("-1 {errno}"),
        Expect::Value(value) if matches!(call, Call::Mmap { .. }) => hex(value),
        Expect::Value(value) => value.to_string(),
    }
}

/// Where in its line the answer that a call is expected to give begins: the character, from 1.
/// Nothing where there is none.
pub fn answer_column(line: &str) -> Option<u32> {
    let line = line.strip_prefix('\u{feff}').unwrap_or(line);
    let expected = parts(line)?.expected?;
    let before = line.get(..expected.start)?.chars().count();
    Some(u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1))
}

/// A line with a call, taken apart.
pub(crate) struct Parts {
    /// Byte behind the `)` of the call.
    pub(crate) call_end: usize,
    /// Byte behind the last thing that is no comment.
    pub(crate) end: usize,
    /// The answer that is expected, without the `=`.
    pub(crate) expected: Option<Range<usize>>,
}

/// Takes a line apart that reads as a call without errors; nothing for any other statement.
pub(crate) fn parts(line: &str) -> Option<Parts> {
    let tokens: Vec<Token> =
        lex(line, 0).into_iter().filter(|token| token.kind != Kind::Comment).collect();
    let mut depth = 0usize;
    let close = tokens.iter().position(|token| {
        match token.kind {
            Kind::Sign('(') => depth += 1,
            Kind::Sign(')') => {
                depth = depth.saturating_sub(1);
                return depth == 0;
            }
            _ => {}
        }
        false
    })?;
    let end = tokens.last()?.end;
    let begin = tokens.get(close + 2).map(|token| token.start);
    Some(Parts { call_end: tokens.get(close)?.end, end, expected: begin.map(|begin| begin..end) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_found_whatever_stands_around_it() {
        let found = |line: &str| {
            let column = answer_column(line)?;
            Some(line.chars().skip(column as usize - 1).collect::<String>())
        };
        assert_eq!(
            found("p = mmap(0, 4K, PROT_READ, MAP_ANON, -1, 0)=0x1000"),
            Some("0x1000".into())
        );
        assert_eq!(
            found("mlock(p, 0) = -1 ENOMEM (why)  # = 3"),
            Some("-1 ENOMEM (why)  # = 3".into())
        );
        assert_eq!(found("mlock(p, 0) # ü = 3"), None);
        assert_eq!(found("p = 0x1000"), None);
        assert_eq!(found("map 0x1000-0x2000 rw-p"), None);
    }
}
