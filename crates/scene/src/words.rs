//! Numbers in words, the same way everywhere.

use uvmscope_uvm::VaRange;

/// A number with its thousands set apart.
pub(crate) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// So many things, `1 page` or `2,048 pages`.
pub(crate) fn count(n: u64, thing: &str) -> String {
    match (n, thing) {
        (1, _) => format!("1 {thing}"),
        (_, "entry") => format!("{} entries", number(n)),
        _ => format!("{} {thing}s", number(n)),
    }
}

/// A length in the largest unit that gives a whole number.
pub(crate) fn bytes(n: u64) -> String {
    const UNITS: [(u64, &str); 4] =
        [(1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let unit = UNITS.iter().find(|(size, _)| n >= 8 * 1024 && n.is_multiple_of(*size));
    match unit {
        Some((size, name)) => format!("{} {name}", number(n / size)),
        None => count(n, "byte"),
    }
}

/// A size for somebody who wants to know how large about; never more than the truth.
pub(crate) fn about(n: u64) -> String {
    const UNITS: [(u64, &str); 5] =
        [(1 << 50, "PiB"), (1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match UNITS.iter().find(|(size, _)| n >= *size) {
        Some((size, name)) => format!("{} {name}", number(n / size)),
        None => count(n, "byte"),
    }
}

/// A range as the captions write it.
pub(crate) fn span(range: VaRange) -> String {
    format!("{}\u{2013}{}", range.start, range.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(number(0), "0");
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(count(1, "page"), "1 page");
        assert_eq!(count(3, "entry"), "3 entries");
        assert_eq!(bytes(1024), "1,024 bytes");
        assert_eq!(bytes(204_800), "200 KiB");
        assert_eq!(about(1 << 46), "64 TiB");
    }
}
