//! A script as the characters that a link carries.

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use miniz_oxide::deflate::compress_to_vec_zlib;
use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};

use super::error::LinkError;

/// The longest script that a link may unpack to, in bytes; no link that can be written comes near.
pub(super) const MAX_SCRIPT: usize = 1 << 20;
/// The most work that is put into making it short.
const LEVEL: u8 = 10;

/// Bits that are left over at the end are those of a link that was cut, and tell nothing.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// Packs a script.
pub(super) fn pack(script: &str) -> Result<String, LinkError> {
    if script.len() > MAX_SCRIPT {
        return Err(LinkError::TooBig);
    }
    Ok(BASE64.encode(compress_to_vec_zlib(script.as_bytes(), LEVEL)))
}

/// Unpacks a script of which `count` characters were written.
pub(super) fn unpack(packed: &str, count: Option<usize>) -> Result<String, LinkError> {
    let mut letters = packed.chars().filter(|c| *c != '=').map(letter);
    let mut packed: String = letters.by_ref().collect::<Result<_, _>>()?;
    let have = packed.len();
    match count {
        Some(of) if have < of => return Err(LinkError::Cut { have, of: Some(of) }),
        // What stands behind the link was taken for more of it.
        Some(of) => packed.truncate(of),
        None => {}
    }
    // One letter alone is no byte.
    if packed.len() % 4 == 1 {
        packed.pop();
    }
    let bytes = BASE64.decode(packed).map_err(|_| LinkError::Damaged)?;
    let text = decompress_to_vec_zlib_with_limit(&bytes, MAX_SCRIPT).map_err(|error| {
        match (error.status, count) {
            (TINFLStatus::HasMoreOutput, _) => LinkError::TooBig,
            (TINFLStatus::FailedCannotMakeProgress | TINFLStatus::NeedsMoreInput, None) => {
                LinkError::Cut { have, of: None }
            }
            _ => LinkError::Damaged,
        }
    })?;
    String::from_utf8(text).map_err(|_| LinkError::NotUtf8)
}

/// The letter of the alphabet that is written, for one of those that are read.
fn letter(c: char) -> Result<char, LinkError> {
    match c {
        '+' => Ok('-'),
        '/' => Ok('_'),
        _ if c.is_ascii_alphanumeric() || c == '-' || c == '_' => Ok(c),
        read => Err(LinkError::NotBase64 { read }),
    }
}
