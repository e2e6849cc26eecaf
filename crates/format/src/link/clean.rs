//! Finds the link in what was pasted, and undoes what happened to it on the way.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::MAX_LINK;
use super::error::LinkError;

/// How often escapes are undone: an address that stands in an address has been escaped twice.
const ROUNDS: usize = 3;

/// The longest text that a link is looked for in. An address stands before it, and every character
/// may have been escaped, and the escapes, too.
const MAX_PASTED: usize = 8 * MAX_LINK;

/// What stands behind the `#`, as it was written.
pub(super) fn fragment(pasted: &str) -> Result<String, LinkError> {
    if pasted.len() > MAX_PASTED {
        return Err(LinkError::NoLink);
    }
    let text: String = pasted.chars().filter(|c| !is_blank(*c)).collect();
    let mut fragment = behind(&text)?;
    for _ in 0..ROUNDS {
        match unescaped(&fragment) {
            Cow::Borrowed(_) => break,
            Cow::Owned(text) => fragment = text,
        }
    }
    fragment.retain(|c| !is_blank(c));
    fragment = fragment.replace("&amp;", "&");
    // Mail that is sent as "quoted-printable" and pasted as it stands.
    if fragment.starts_with("v=3D") {
        fragment = fragment.replace("=3D", "=");
    }
    let fragment = fragment.trim_start_matches(['#', '!', '?']).trim_end_matches(closes).to_owned();
    match fragment.chars().count() {
        0 => Err(LinkError::Nothing),
        characters if characters > MAX_LINK => Err(LinkError::TooLong { characters }),
        _ => Ok(fragment),
    }
}

/// What stands behind the first `#` of an address or a text, also where the sign is escaped; else
/// behind the `?`; else the whole of a text that is no address.
fn behind(text: &str) -> Result<String, LinkError> {
    let (is_address, rest) = text.split_once("://").map_or((false, text), |(_, rest)| (true, rest));
    let mut text = rest.to_owned();
    for _ in 0..=ROUNDS {
        if let Some((_, fragment)) = text.split_once('#') {
            return Ok(fragment.to_owned());
        }
        match unescaped(&text) {
            Cow::Borrowed(_) => break,
            Cow::Owned(plain) => text = plain,
        }
    }
    match text.split_once('?') {
        Some((_, query)) => Ok(query.to_owned()),
        None if is_address => Err(LinkError::Nothing),
        None => Ok(text.trim_start_matches(opens).to_owned()),
    }
}

/// The text without its escapes; borrowed where it has none.
fn unescaped(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}

/// Characters that come in where a link is broken into lines or quoted.
fn is_blank(c: char) -> bool {
    let invisible = ['\u{ad}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}'];
    c.is_whitespace() || c.is_control() || c == '<' || c == '>' || invisible.contains(&c)
}

/// Signs that stand before a link and are none of it.
fn opens(c: char) -> bool {
    "([{\"'`*\u{ab}\u{201c}\u{201e}\u{2018}".contains(c)
}

/// Signs that stand behind a link and are none of it.
fn closes(c: char) -> bool {
    ".,;:!?)]}\"'`*&\u{bb}\u{201c}\u{201d}\u{2019}\u{2026}".contains(c)
}
