//! Every case of the conformance corpora: it is written as a script, the script is read, and its
//! run does what the real kernel functions did.

use std::io::Read as _;
use std::path::Path;

use flate2::read::GzDecoder;
use uvmscope_format::conform::{Difference, check_corpus, check_script};
use uvmscope_format::corpus::Case;
use uvmscope_format::{parse, script, to_text};

fn read_gzip(path: &Path) -> Vec<u8> {
    let file = std::fs::File::open(path).expect("the corpus is there");
    let mut text = Vec::new();
    GzDecoder::new(file).read_to_end(&mut text).expect("the corpus is gzipped");
    text
}

/// The case by way of the script language, which must lose nothing.
fn check(case: &Case) -> Option<Difference> {
    let direct = case.script();
    let text = to_text(&direct);
    let parsed = parse(&text);
    assert_eq!(parsed.errors, [], "{}:\n{text}", case.id);
    assert!(script::same(&parsed.script, &direct), "{} reads back as another:\n{text}", case.id);
    check_script(case, parsed.script)
}

fn check_file(name: &str, cases: usize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpora").join(name);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let report = check_corpus(&read_gzip(&path), threads, check);
    for (line, error) in &report.broken {
        eprintln!("{name}:{line}: {error}");
    }
    if let Some(difference) = report.differences.first() {
        eprintln!("{difference}");
    }
    let counts = (report.agreed, report.differences.len(), report.broken.len());
    assert_eq!(counts, (cases, 0, 0), "{name}: agreed, differing, broken");
}

macro_rules! corpora {
    ($($test:ident, $file:literal, $cases:literal;)*) => {
        $(#[test]
        fn $test() {
            check_file($file, $cases);
        })*
    };
}

corpora! {
    atf, "atf.jsonl.gz", 114;
    changes, "changes.jsonl.gz", 512;
    directed, "directed.jsonl.gz", 522;
    later_a, "later-a.jsonl.gz", 400;
    mail, "mail.jsonl.gz", 936;
    placement, "placement.jsonl.gz", 200;
    random_a, "random-a.jsonl.gz", 1_800;
    small_hole, "small-hole.jsonl.gz", 11_140;
    small_one, "small-one.jsonl.gz", 11_140;
    small_two, "small-two.jsonl.gz", 11_140;
}
