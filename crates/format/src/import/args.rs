//! The arguments of a traced call, told apart.

/// Splits what follows an opening parenthesis into the text up to the closing one and the rest.
pub(super) fn close(text: &str) -> Option<(&str, &str)> {
    let mut end = None;
    scan(text, &mut |at, c, depth| {
        let found = c == ')' && depth == 0;
        if found {
            end = Some(at);
        }
        !found
    });
    let end = end?;
    Some((text.get(..end)?, text.get(end + 1..)?))
}

/// The arguments, split at the commas that separate them.
pub(super) fn split(args: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    scan(args, &mut |at, c, depth| {
        if c == ',' && depth == 0 {
            parts.push(args.get(start..at).unwrap_or_default().trim());
            start = at + 1;
        }
        true
    });
    let last = args.get(start..).unwrap_or_default().trim();
    if !(parts.is_empty() && last.is_empty()) {
        parts.push(last);
    }
    parts
}

/// Splits words joined by `|`, `F(A|B)` being one word.
pub(super) fn words(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0usize);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '|' if depth == 0 => {
                parts.push(text.get(start..at).unwrap_or_default().trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text.get(start..).unwrap_or_default().trim());
    parts
}

/// Shows each character outside of quotes and of names in angle brackets, with how many brackets
/// are open around it, until `look` has seen enough.
///
/// `3</lib/x.so>` is a descriptor with its file, whose name may hold anything; `a => b` is none.
fn scan(text: &str, look: &mut dyn FnMut(usize, char, usize) -> bool) {
    let (mut at, mut depth, mut before) = (0, 0usize, ' ');
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        if !look(at, c, depth) {
            return;
        }
        at += c.len_utf8();
        let rest = text.get(at..).unwrap_or_default();
        match c {
            '"' => at += quoted_len(rest),
            '<' if before.is_ascii_alphanumeric() => at += name_len(rest),
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        before = c;
    }
}

/// Length of what stands behind an opening quote, the closing one included.
fn quoted_len(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

/// Length of what stands behind an opening angle bracket, the closing one included; 0 where none
/// closes it.
fn name_len(text: &str) -> usize {
    let closes = |at: &usize| {
        let behind = text.get(at + 1..).and_then(|rest| rest.chars().next());
        behind.is_none_or(|c| matches!(c, ',' | ')' | '(' | ']' | '}' | ' '))
    };
    text.match_indices('>').map(|(at, _)| at).find(closes).map_or(0, |at| at + 1)
}

/// A number as tracers print it; `NULL` is one.
pub(super) fn number(text: &str) -> Option<u64> {
    let text = without_comment(text);
    // A number that the tracer explains: `0x3<PROT_READ|PROT_WRITE>`, `3</lib/x.so>`.
    let text = text.split('<').next().unwrap_or(text).trim();
    if text == "NULL" {
        return Some(0);
    }
    if let Some(positive) = text.strip_prefix('-') {
        return unsigned(positive).map(u64::wrapping_neg);
    }
    unsigned(text)
}

fn unsigned(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok().filter(|_| !hex.starts_with('+')),
        None => text.parse().ok().filter(|_| !text.starts_with('+')),
    }
}

/// The text before `/* … */`.
pub(super) fn without_comment(text: &str) -> &str {
    text.split("/*").next().unwrap_or(text).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_may_hold_anything() {
        let call = r#"1, 3</srv/a,b)c>, {x=[1, 2]}, "a)\"(", 0) = 5"#;
        let (args, rest) = close(call).expect("it closes");
        assert_eq!(split(args), ["1", "3</srv/a,b)c>", "{x=[1, 2]}", r#""a)\"(""#, "0"]);
        assert_eq!(rest, " = 5");
        assert_eq!(close("1, 3</srv/a"), None);
        assert_eq!(split(""), [""; 0]);
    }

    #[test]
    fn numbers_as_tracers_print_them() {
        assert_eq!(number("NULL"), Some(0));
        assert_eq!(number("0x7f7ff7ed6000"), Some(0x7f7f_f7ed_6000));
        assert_eq!(number("-1"), Some(u64::MAX));
        assert_eq!(number("3</lib/x.so>"), Some(3));
        assert_eq!(number("0x3<PROT_READ|PROT_WRITE>"), Some(3));
        assert_eq!(number("0x40 /* MAP_??? */"), Some(0x40));
        for bad in ["", "+1", "0x", "0x+1", "PROT_READ", "18446744073709551616"] {
            assert_eq!(number(bad), None, "{bad}");
        }
    }
}
