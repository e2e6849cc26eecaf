//! The name that somebody may have meant.

/// Longer words are no misspelt names, and comparing them costs their length squared.
const MAX_WORD: usize = 64;
/// With more candidates than this a suggestion is not worth its time.
const MAX_CANDIDATES: usize = 1_000;

/// The candidate that looks most like `word`; letter case does not count. `None` where there is
/// nothing to choose from, or where `word` is too long to be a misspelt name.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > MAX_WORD {
        return None;
    }
    let word = word.to_lowercase();
    let distance = |c: &&str| strsim::damerau_levenshtein(&word, &c.to_lowercase());
    let candidates = candidates.into_iter().take(MAX_CANDIDATES);
    candidates.filter(|c| c.len() <= MAX_WORD).min_by_key(distance)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_closest_name_wins_whatever_its_case() {
        let names = ["mlock", "munlock", "mlockall"];
        assert_eq!(nearest("MLOK", names), Some("mlock"));
        assert_eq!(nearest("munlok", names), Some("munlock"));
        assert_eq!(nearest("", []), None);
        assert_eq!(nearest(&"m".repeat(65), names), None);
    }
}
