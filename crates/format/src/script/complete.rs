//! What can be written next, for an editor that offers it.

use std::ops::Range;

use uvmscope_uvm::{Call, Change, Errno, Preset};

use super::lexer::{Kind, Token, lex};
use super::words::{ADVICES, INHERITS, MAPS, MCLS, PROTS, SETTINGS};

/// What an editor can offer at a place of a script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Completion {
    /// The bytes of the text that an offer takes the place of.
    pub range: Range<usize>,
    /// The offers, the likeliest first; never none.
    pub offers: Vec<Offer>,
}

/// One thing that can be written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offer {
    /// What takes the place of [`Completion::range`].
    pub text: String,
    /// What it is, in a few words.
    pub hint: String,
}

/// The most offers at once.
const MAX_OFFERS: usize = 12;

/// What can stand at byte `at` of the text, given the letters before it; nothing inside a comment
/// or a quoted text. Without any letters there are offers only if they were `asked` for.
pub fn complete(text: &str, at: usize, asked: bool) -> Option<Completion> {
    let before = text.get(..at)?;
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = &before[start..];
    let tokens = lex(line, 0);
    let open = tokens.last().map(|t| t.kind);
    if matches!(open, Some(Kind::Comment | Kind::OpenText)) {
        return None;
    }
    let is_kernel = tokens.first().is_some_and(|t| t.text(line) == "kernel") && tokens.len() > 1
        || line.starts_with("kernel ");
    let begun = |c: char| {
        c.is_ascii_alphanumeric() || c == '_' || is_kernel && matches!(c, '-' | '+') || c == '@'
    };
    let word = &line[line.rfind(|c| !begun(c)).map_or(0, |at| at + last_char(line, at))..];
    if word.is_empty() && !asked {
        return None;
    }
    let head: Vec<Token> =
        tokens.into_iter().filter(|t| t.end + word.len() <= line.len()).collect();
    let mut offers = candidates(line, &head, is_kernel);
    if wants_name(line, &head) {
        offers.extend(names(&text[..start]).map(|name| offer(name, "a name of this script")));
    }
    let known = word.to_ascii_lowercase();
    offers.retain(|o| o.text.to_ascii_lowercase().starts_with(&known));
    // What is written out already needs no offer.
    let done = offers.iter().any(|o| o.text == word);
    offers.truncate(MAX_OFFERS);
    let range = at - word.len()..at;
    (!done && !offers.is_empty()).then_some(Completion { range, offers })
}

/// Bytes of the character at `at`.
fn last_char(line: &str, at: usize) -> usize {
    line.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
}

fn offer(text: impl Into<String>, hint: impl Into<String>) -> Offer {
    Offer { text: text.into(), hint: hint.into() }
}

/// The words that the grammar has for the place behind `head`.
fn candidates(line: &str, head: &[Token], is_kernel: bool) -> Vec<Offer> {
    if is_kernel {
        return kernels();
    }
    let Some(first) = head.first() else {
        return line_beginnings();
    };
    if let Some((call, argument)) = inside(line, head) {
        return arguments(call, argument);
    }
    let last = head.last().map(|t| t.kind);
    let binds = head.len() == 2 && first.kind == Kind::Word && last == Some(Kind::Sign('='));
    if binds {
        return calls();
    }
    let sign = |back: usize, c: char| {
        head.len()
            .checked_sub(back)
            .and_then(|at| head.get(at))
            .is_some_and(|t| t.kind == Kind::Sign(c))
    };
    // `… = -1 ERRNO`
    if last == Some(Kind::Number(1)) && sign(2, '-') && sign(3, '=') {
        return Errno::FAILURES.map(|e| offer(e.name(), "an errno")).to_vec();
    }
    match (first.text(line), head.len()) {
        ("diagnostic", 1) => {
            vec![offer("on", "assertions panic"), offer("off", "assertions are compiled out")]
        }
        ("limit", 1) => vec![
            offer("memlock", "what a process may lock"),
            offer("wired", "what may be wired in all"),
        ],
        ("page", 1) => vec![offer("4096", "the only page size there is")],
        _ => Vec::new(),
    }
}

/// The call that is open at the end of `head`, and which of its arguments, from 0.
fn inside<'a>(line: &'a str, head: &[Token]) -> Option<(&'a str, usize)> {
    let open = head.iter().rposition(|t| t.kind == Kind::Sign('('))?;
    let rest = &head[open + 1..];
    if rest.iter().any(|t| t.kind == Kind::Sign(')')) {
        return None;
    }
    let call = head.get(open.checked_sub(1)?)?.text(line);
    Some((call, rest.iter().filter(|t| t.kind == Kind::Sign(',')).count()))
}

fn arguments(call: &str, argument: usize) -> Vec<Offer> {
    match (call, argument) {
        ("mmap" | "mprotect", 2) => PROTS.iter().map(|(w, _)| offer(*w, "a protection")).collect(),
        ("mmap", 3) => MAPS.iter().map(|(w, _)| offer(*w, "a flag of mmap")).collect(),
        ("mmap", 4) => vec![
            offer("-1", "no file, with MAP_ANON"),
            offer("3", "the script's file"),
            offer("4", "the same file, read-only"),
        ],
        ("minherit", 2) => INHERITS.iter().map(|(w, ..)| offer(*w, "an inheritance")).collect(),
        ("madvise", 2) => ADVICES.iter().map(|(w, ..)| offer(*w, "an advice")).collect(),
        ("mlockall", 0) => MCLS.iter().map(|(w, _)| offer(*w, "a flag of mlockall")).collect(),
        ("touch", 2) => vec![offer("read", "a load instead of a store")],
        _ => Vec::new(),
    }
}

/// Whether a number may stand behind `head`.
fn wants_name(line: &str, head: &[Token]) -> bool {
    match inside(line, head) {
        Some((call, argument)) => {
            argument < 2 && call != "mlockall" || (call, argument) == ("mmap", 5)
        }
        None => head.get(1).is_some_and(|t| t.kind == Kind::Sign('=')),
    }
}

fn calls() -> Vec<Offer> {
    let call = |name: &str| {
        let arguments = match name {
            "mmap" => "addr, len, prot, flags, fd, offset",
            "touch" => "addr, len[, read]",
            "mprotect" => "addr, len, prot",
            "minherit" => "addr, len, inherit",
            "madvise" => "addr, len, advice",
            "mlockall" => "flags",
            "munlockall" | "exit" => "",
            _ => "addr, len",
        };
        offer(format!("{name}("), format!("{name}({arguments})"))
    };
    Call::<u64>::NAMES.into_iter().map(call).collect()
}

fn line_beginnings() -> Vec<Offer> {
    let setting = |word: &str| {
        let hint = match word {
            "kernel" => "which kernel runs",
            "diagnostic" => "whether assertions panic",
            "page" => "the size of a page",
            "limit" => "what may be locked or wired",
            "file" => "how long the script's file is",
            "space" => "the bounds of the map",
            _ => "an entry that is there from the start",
        };
        offer(format!("{word} "), hint)
    };
    let mut all = calls();
    all.extend(SETTINGS.into_iter().map(setting));
    all.push(offer("@mark ", "a name and what to notice at the next call"));
    all.push(offer("@ask ", "a question before the next call"));
    all
}

fn kernels() -> Vec<Offer> {
    let presets = Preset::ALL.into_iter().map(|it| offer(it.name(), "a kernel as it was"));
    let with =
        Change::ALL.into_iter().map(|it| offer(format!("+{}", it.name()), "with this change"));
    let without =
        Change::ALL.into_iter().map(|it| offer(format!("-{}", it.name()), "without this change"));
    presets.chain(with).chain(without).collect()
}

/// The names that a text binds, each once.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let bound = |line| {
        let tokens = lex(line, 0);
        let [first, second, ..] = tokens[..] else { return None };
        let binds = first.kind == Kind::Word && second.kind == Kind::Sign('=');
        binds.then(|| first.text(line))
    };
    let mut all: Vec<&str> = text.lines().filter_map(bound).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter()
}

#[cfg(test)]
mod tests {
    use super::complete;

    /// What is offered where the text ends.
    fn offered(text: &str) -> Vec<String> {
        let completion = complete(text, text.len(), false);
        completion.map_or(Vec::new(), |it| it.offers.into_iter().map(|o| o.text).collect())
    }

    #[test]
    fn a_line_begins_with_a_call_a_setting_or_a_mark() {
        assert_eq!(offered("ml"), ["mlock(", "mlockall("]);
        assert_eq!(offered("p = 4K\nma"), ["madvise(", "map "]);
        assert_eq!(offered("@"), ["@mark ", "@ask "]);
        assert_eq!(offered("p = mun"), ["munlock(", "munmap(", "munlockall("]);
    }

    #[test]
    fn an_argument_is_offered_what_it_may_be() {
        assert_eq!(offered("buf = 4K\nmlock(b"), ["buf"]);
        assert_eq!(offered("mmap(0, 4K, PROT_READ|prot_w"), ["PROT_WRITE"]);
        assert_eq!(offered("mmap(0, 4K, PROT_READ, MAP_F"), ["MAP_FIXED", "MAP_FILE"]);
        assert_eq!(offered("mlockall(MCL_C"), ["MCL_CURRENT"]);
        assert_eq!(offered("madvise(0, 4K, MADV_R"), ["MADV_RANDOM"]);
        assert_eq!(offered("mlock(0, 4K) = -1 ENO"), ["ENOMEM"]);
        // A name is bound only from the next line on.
        assert_eq!(offered("buf = b"), [""; 0]);
    }

    #[test]
    fn a_kernel_is_offered_presets_and_changes() {
        assert_eq!(offered("kernel com"), ["committed"]);
        assert_eq!(offered("kernel committed,-syscall-z"), ["-syscall-zero-guard"]);
    }

    #[test]
    fn nothing_is_offered_for_what_is_written_out_or_is_no_code() {
        for text in ["# ml", "@ask \"ml", "", "mlock(0, 4K) ", "mlock(0, 4K", "limit memlock"] {
            assert_eq!(offered(text), [""; 0], "{text}");
        }
        assert!(complete("", 0, true).is_some_and(|it| it.offers.len() > 5));
        assert_eq!(complete("ä", 1, true), None);
    }

    #[test]
    fn what_is_offered_takes_the_place_of_what_was_typed() {
        let text = "buf = 4K\nmlock(bu, 0)";
        let at = text.find(", 0").expect("it is there");
        let completion = complete(text, at, false).expect("an offer");
        assert_eq!(&text[completion.range], "bu");
    }
}
