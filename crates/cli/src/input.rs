//! Files, gzipped or plain, and standard input.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use anyhow::{Context as _, Result};
use flate2::read::MultiGzDecoder;

/// The name that stands for standard input.
const STDIN: &str = "-";

/// The first bytes of everything gzipped.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Everything in the file, at most `most` bytes of it; unpacked if it is gzipped.
pub(crate) fn read(path: &Path, most: u64) -> Result<Vec<u8>> {
    let bytes = if path.as_os_str() == STDIN {
        read_from(io::stdin().lock(), most).context("standard input")?
    } else {
        let file = File::open(path).with_context(|| path.display().to_string())?;
        read_from(file, most).with_context(|| path.display().to_string())?
    };
    Ok(bytes)
}

/// How errors name the file.
pub(crate) fn name(path: &Path) -> String {
    if path.as_os_str() == STDIN { "standard input".to_owned() } else { path.display().to_string() }
}

fn read_from(mut source: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    source.by_ref().take(GZIP.len() as u64).read_to_end(&mut start)?;
    let packed = start == GZIP;
    let whole = io::Cursor::new(start).chain(source);
    let mut bytes = Vec::new();
    if packed {
        MultiGzDecoder::new(whole).take(most).read_to_end(&mut bytes)?;
    } else {
        whole.take(most).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}
