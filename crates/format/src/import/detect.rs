//! Which format a text looks like.

use super::{Format, kdump, lines, maps, pmap, strace, truss};

/// The most lines that are looked at.
const SAMPLE: usize = 2_000;

/// Which format a text looks like: the one that most of its first lines have.
pub fn detect(bytes: &[u8]) -> Option<Format> {
    let text = super::text_of(bytes).ok()?;
    detect_text(text.strip_prefix('\u{feff}').unwrap_or(&text))
}

pub(super) fn detect_text(text: &str) -> Option<Format> {
    let lines = || lines(text).take(SAMPLE).map(|(_, line)| line);
    let count = |format| lines().filter(|line| looks(format, line)).count();
    // smaps is maps with more lines between.
    let is_smaps = lines().any(|line| maps::attribute(line).is_some_and(|(name, _)| name == "Rss"));
    let maps = if is_smaps { Format::Smaps } else { Format::Maps };
    let candidates = [Format::Strace, Format::Kdump, Format::Truss, maps, Format::Pmap];
    let counts = candidates.map(|format| (count(format), format));
    // Of several that fit as well, the first.
    let most = counts.iter().map(|(count, _)| *count).max().filter(|most| *most > 0)?;
    counts.iter().find(|(count, _)| *count == most).map(|(_, format)| *format)
}

/// Whether any line of the text looks like the format.
pub(super) fn any_line(format: Format, text: &str) -> bool {
    let as_pmap = |line| format == Format::Pmap && looks(Format::Maps, line);
    lines(text).any(|(_, line)| looks(format, line) || as_pmap(line))
}

fn looks(format: Format, line: &str) -> bool {
    match format {
        Format::Strace => strace::looks(line),
        Format::Kdump => kdump::looks(line),
        Format::Truss => truss::looks(line),
        Format::Maps | Format::Smaps => maps::region(line).is_some(),
        Format::Pmap => pmap::looks(line),
    }
}
