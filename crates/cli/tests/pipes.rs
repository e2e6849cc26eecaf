//! Readers that leave before the end.

mod common;

use std::process::Stdio;

use common::{Folder, program};

/// More output than a pipe holds: the writer notices that nobody reads.
fn long_script() -> String {
    "mlock(0x1000, 4K)\n".repeat(20_000)
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let folder = Folder::new("broken_pipe");
    folder.file("long.uvm", long_script());
    for more in [&[][..], &["--json"], &["--steps"]] {
        let args = [&["run", "long.uvm"], more].concat();
        let mut command = program(folder.path(), &args);
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        drop(child.stdout.take());
        let ran = child.wait_with_output().expect("it ends");
        assert_eq!(String::from_utf8_lossy(&ran.stderr), "");
        assert_eq!(ran.status.code(), Some(0), "{more:?}");
    }
}

#[test]
fn where_nobody_reads_the_errors_the_status_still_tells() {
    let folder = Folder::new("broken_stderr");
    folder.file("bad.uvm", "mlokk()\n".repeat(2_000));
    folder.file("bad.jsonl", "{\n".repeat(2_000));
    for args in [["run", "bad.uvm"], ["conform", "bad.jsonl"]] {
        let mut command = program(folder.path(), &args);
        let mut child =
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
        drop(child.stderr.take());
        assert_eq!(child.wait().expect("it ends").code(), Some(2), "{args:?}");
    }
}
