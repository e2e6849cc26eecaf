//! Whatever the text: a script that reads, or a sentence.

use proptest::prelude::*;
use uvmscope_format::import::{Format, import};
use uvmscope_format::parse;

use crate::{SAMPLES, sample};

/// Nothing else may come of an import.
fn reads_or_is_refused(bytes: &[u8]) {
    let formats = Format::ALL.map(Some).into_iter().chain([None]);
    for format in formats {
        match import(bytes, format, None) {
            Ok(imported) => assert_eq!(parse(&imported.script).errors, [], "{}", imported.script),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

/// A sample with some of its bytes replaced and its lines in part repeated, left out or cut.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let numbers = prop_oneof![
        Just("0xffffffffffffffff"),
        Just("18446744073709551616"),
        Just("-1"),
        Just("0"),
        Just("NULL"),
        Just("0xfffffffffffff000"),
        Just("0x7ffff7fae000"),
    ];
    let edit = (any::<prop::sample::Index>(), 0..5u8, any::<u8>(), numbers);
    (0..SAMPLES.len(), prop::collection::vec(edit, 0..12)).prop_map(|(which, edits)| {
        let mut text = sample(SAMPLES[which].0).as_bytes().to_vec();
        for (at, kind, byte, number) in edits {
            let at = at.index(text.len().max(1));
            let ends =
                text.iter().skip(at).position(|b| *b == b'\n').map_or(text.len(), |n| at + n);
            match kind {
                0 => text[at] = byte.max(1),
                1 => drop(text.drain(at..ends)),
                2 => {
                    let line = text[at..ends].to_vec();
                    text.splice(at..at, line);
                }
                3 => drop(text.splice(at..at, number.bytes())),
                _ => {
                    let digits = text[at..].iter().take_while(|b| b.is_ascii_hexdigit()).count();
                    text.splice(at..at + digits, number.bytes());
                }
            }
            if text.is_empty() {
                text.push(b'\n');
            }
        }
        text
    })
}

proptest! {
    #[test]
    fn any_bytes_are_refused_or_give_a_script_that_reads(bytes: Vec<u8>) {
        reads_or_is_refused(&bytes);
    }

    #[test]
    fn a_sample_that_was_tampered_with_gives_a_script_that_reads(bytes in mutated()) {
        reads_or_is_refused(&bytes);
    }
}
