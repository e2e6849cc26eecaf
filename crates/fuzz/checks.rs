//! What has to hold of any bytes whatever: the targets of the fuzzer and an ordinary test
//! (`crates/format/tests/fuzz_corpus.rs`) call the same functions.

use uvmscope_format::import::{Format, MAX_NOTES, import};
use uvmscope_format::link::{Link, LinkScript};
use uvmscope_format::script::{complete, same, spans};
use uvmscope_format::{parse, parse_bytes, to_text};

/// Any bytes are read as a script, and what was understood of them is printed as a script that says
/// the same.
pub(crate) fn script(bytes: &[u8]) {
    let parsed = parse_bytes(bytes);
    for error in &parsed.errors {
        assert!(error.line > 0 && error.column > 0 && error.width > 0, "{error:?}");
        assert!(!error.to_string().is_empty());
    }
    let again = parse(&to_text(&parsed.script));
    assert_eq!(again.errors, []);
    assert!(same(&again.script, &parsed.script));
    if let Ok(text) = std::str::from_utf8(bytes) {
        let mut end = 0;
        for span in spans(text) {
            assert!(end <= span.start && span.start < span.end, "{span:?}");
            assert!(text.get(span.start..span.end).is_some(), "{span:?}");
            end = span.end;
        }
        // What an editor offers at any place fits there.
        for at in (0..=text.len()).step_by(1 + text.len() / 32) {
            if let Some(completion) = complete(text, at, true) {
                assert!(text.get(completion.range).is_some());
                assert!(!completion.offers.is_empty());
            }
        }
    }
}

/// Any text is a link or is refused with a sentence; a link that was read can be written, and is
/// read as the same. What is no link goes into one as a script, and comes out unchanged.
pub(crate) fn link(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    match Link::parse(text) {
        Ok((link, _)) => {
            if let Ok(fragment) = link.fragment() {
                let (again, notes) = Link::parse(&fragment).expect("what is written is read");
                let text = |link: &Link| link.script.text().map(str::to_owned);
                assert_eq!(text(&again), text(&link));
                assert_eq!(
                    (again.kernels, again.at, again.view),
                    (link.kernels, link.at, link.view)
                );
                assert!(notes.is_empty(), "{notes:?}");
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    if let Ok(fragment) = Link::to(LinkScript::of(text)).fragment() {
        let (link, _) = Link::parse(&fragment).expect("what is written is read");
        assert_eq!(link.script.text(), Ok(text));
    }
}

/// Any bytes are imported, whatever they are taken for, or are refused with a sentence; what comes
/// out is a script without an error, and nothing is dropped without a word.
pub(crate) fn imported(bytes: &[u8]) {
    for format in std::iter::once(None).chain(Format::ALL.map(Some)) {
        match import(bytes, format, None) {
            Ok(imported) => {
                assert_eq!(parse(&imported.script).errors, [], "{}", imported.script);
                assert!(imported.report.lines.len() <= MAX_NOTES);
                let lines = imported.report.lines.iter().map(|note| note.line);
                assert!(lines.is_sorted(), "{:?}", imported.report);
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}
