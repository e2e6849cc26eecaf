//! Traces and listings as their programs document them, made into scripts.

#[path = "import/any.rs"]
mod any;
#[path = "import/expected.rs"]
mod expected;

use uvmscope_format::import::{Format, ImportError, Imported, detect, import};
use uvmscope_format::parse;

/// The sample of that name.
pub(crate) fn sample(name: &str) -> &'static str {
    match name {
        "threads.strace" => include_str!("import/threads.strace"),
        "terminal.strace" => include_str!("import/terminal.strace"),
        "forked.strace" => include_str!("import/forked.strace"),
        "netbsd.kdump" => include_str!("import/netbsd.kdump"),
        "freebsd.kdump" => include_str!("import/freebsd.kdump"),
        "freebsd.truss" => include_str!("import/freebsd.truss"),
        "linux.smaps" => include_str!("import/linux.smaps"),
        "all.pmap" => include_str!("import/all.pmap"),
        other => panic!("there is no sample {other}"),
    }
}

/// Every sample with its format.
pub(crate) const SAMPLES: [(&str, Format); 8] = [
    ("threads.strace", Format::Strace),
    ("terminal.strace", Format::Strace),
    ("forked.strace", Format::Strace),
    ("netbsd.kdump", Format::Kdump),
    ("freebsd.kdump", Format::Kdump),
    ("freebsd.truss", Format::Truss),
    ("linux.smaps", Format::Smaps),
    ("all.pmap", Format::Pmap),
];

/// An import whose script reads without an error.
pub(crate) fn good(text: &str, process: Option<u32>) -> Imported {
    let imported = import(text.as_bytes(), None, process).expect("it can be imported");
    assert_eq!(parse(&imported.script).errors, [], "{}", imported.script);
    imported
}

/// Why nothing can be imported.
fn refused(bytes: &[u8], format: Option<Format>, process: Option<u32>) -> String {
    import(bytes, format, process).expect_err("nothing to import").to_string()
}

#[test]
fn every_sample_is_recognised() {
    for (name, format) in SAMPLES {
        assert_eq!(detect(sample(name).as_bytes()), Some(format), "{name}");
        assert_eq!(good(sample(name), None).report.format, format, "{name}");
    }
    let maps: String = sample("linux.smaps")
        .lines()
        .filter(|line| !line.contains(": "))
        .fold(String::new(), |text, line| text + line + "\n");
    assert_eq!(detect(maps.as_bytes()), Some(Format::Maps));
    assert_eq!(detect(b"hello world\n"), None);
    assert_eq!(detect(b"\0"), None);
}

#[test]
fn every_format_has_a_name_that_reads_back() {
    for format in Format::ALL {
        assert_eq!(format.to_string().parse(), Ok(format));
    }
    let error = "strase".parse::<Format>().expect_err("no such format");
    assert_eq!(error.to_string(), "no format is called `strase`; the nearest name is `strace`");
}

#[test]
fn what_cannot_be_imported_is_told_with_its_place_and_a_remedy() {
    assert!(refused(b" \n\n", None, None).starts_with("the text is empty; import what"));
    assert!(refused(b"a\nb\0", None, None).starts_with("line 2 holds a zero byte"));
    assert_eq!(
        refused(b"\nhello world\n", None, None),
        "no line looks like strace, kdump, truss, maps, smaps or pmap; line 2 is `hello world`"
    );
    let truss = sample("freebsd.truss").as_bytes();
    assert_eq!(
        refused(truss, Some(Format::Kdump), None),
        "no line looks like kdump; it looks like truss"
    );
    assert_eq!(
        refused(truss, None, Some(7)),
        "process 7 makes no call in this trace; those that do: 1234"
    );
    assert!(refused(b"getpid() = 5\n", None, None).starts_with("none of the calls in this text"));
    let long = vec![b' '; uvmscope_format::import::MAX_TRACE + 1];
    assert_eq!(import(&long, None, None), Err(ImportError::TooLong));
}

#[test]
fn every_line_is_taken_or_told() {
    // Of each sample: lines that say something, less those of a note that says dropped, are in the
    // script; both lines of a call that is told in two count.
    for (name, lines_taken) in [
        ("threads.strace", 18),
        ("terminal.strace", 3),
        ("forked.strace", 4),
        ("netbsd.kdump", 19),
        ("freebsd.kdump", 5),
        ("freebsd.truss", 6),
    ] {
        let report = good(sample(name), None).report;
        let dropped =
            report.lines.iter().filter(|n| n.kind == uvmscope_format::import::NoteKind::Dropped);
        let all = sample(name).lines().filter(|line| !line.trim().is_empty()).count();
        assert_eq!(all - dropped.count() - report.more, lines_taken, "{name}: {report}");
    }
}

#[test]
fn a_hundred_thousand_short_calls_fit_and_more_are_counted() {
    let mut trace =
        "mlock(0x7f7ff7ed6000, 4096) = -1 ENOMEM (Cannot allocate memory)\n".repeat(100_005);
    trace.push_str("exit_group(0) = ?\n");
    let Imported { script, report } = good(&trace, None);
    assert_eq!(report.taken, 100_000);
    assert_eq!(parse(&script).script.calls().count(), 100_000);
    let full = "the script is full at 100,000 calls: 6 more calls of it are left out";
    assert!(report.general.iter().any(|said| said == full), "{report}");
}

#[test]
fn a_script_that_is_full_of_text_says_so() {
    let call = "mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f7ff7ed6000\n";
    let Imported { script, report } = good(&call.repeat(99_999), None);
    assert!(script.len() <= uvmscope_format::script::MAX_TEXT);
    assert!(report.taken > 50_000, "{report}");
    let full = report.general.iter().find(|said| said.contains("full at 8 MiB of text"));
    let left_out = format!("{} more calls", 99_999 - report.taken);
    assert!(full.is_some_and(|said| said.contains(&left_out)), "{report}");
}

#[test]
fn where_the_trace_does_not_tell_who_made_whom_the_report_says_so() {
    let map = |task: u32, at: &str| {
        format!(
            "{task} mmap({at}, 4096, PROT_READ, MAP_FIXED|MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = {at}\n"
        )
    };
    let two = format!("{}{}", map(100, "0x10000"), map(101, "0x20000"));
    let told = |text: &str, process| {
        let general = good(text, process).report.general;
        general.into_iter().find(|it| it.contains("memory,process"))
    };
    let note = told(&two, None).expect("a note");
    assert!(note.contains("where 1 other process comes from"), "{note}");
    assert!(told(&two, Some(101)).is_some());
    assert_eq!(told(&map(100, "0x10000"), None), None);
    for born in [
        "100 clone(child_stack=0x7f, flags=CLONE_VM|CLONE_THREAD) = 101\n",
        "100 fork() = 101\n",
        "101 execve(\"./b\", [\"./b\"], 0x7ffd) = 0\n",
    ] {
        assert_eq!(
            told(&format!("{}{born}{}", map(100, "0x10000"), map(101, "0x20000")), None),
            None,
            "{born}"
        );
    }
}
