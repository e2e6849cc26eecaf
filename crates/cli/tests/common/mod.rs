//! The program, run as a person runs it.

#![allow(dead_code, reason = "each test file uses some of this")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use expect_test::Expect;
use flate2::Compression;
use flate2::write::GzEncoder;

/// The script of the mail, as it comes along.
pub(crate) const MLOCK_ZERO: &str = include_str!("../../../format/scenarios/mlock-zero.uvm");

/// The program, to be started in a folder.
pub(crate) fn program(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_uvmscope"));
    command.args(args).current_dir(folder).stdin(Stdio::null());
    command
}

/// A folder of one test's own, empty at first.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(test: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
        if path.exists() {
            std::fs::remove_dir_all(&path).expect("the folder of an earlier run goes");
        }
        std::fs::create_dir_all(&path).expect("the folder can be made");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.0.join(name), content).expect("the file can be written");
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        Ran::of(&program(&self.0, args).output().expect("the program starts"))
    }
}

/// Runs the program where it needs no files, with `input` as its standard input.
pub(crate) fn run_on(input: impl AsRef<[u8]>, args: &[&str]) -> Ran {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let mut command = program(folder, args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child: Child = command.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("it is piped");
    stdin.write_all(input.as_ref()).expect("the program reads all of its input");
    drop(stdin);
    Ran::of(&child.wait_with_output().expect("the program ends"))
}

/// What a run of the program left.
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// Nothing where a signal ended it.
    pub(crate) status: Option<i32>,
}

impl Ran {
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("it prints UTF-8");
        Self {
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
            status: output.status.code(),
        }
    }

    /// Both texts and the exit status against what they should be.
    pub(crate) fn check(&self, expected: &Expect) {
        let Self { stdout, stderr, status } = self;
        let status = status.map_or_else(|| "none".to_owned(), |status| status.to_string());
        let between = if stderr.is_empty() { "" } else { "--- stderr\n" };
        expected.assert_eq(&format!("{stdout}{between}{stderr}--- exit status {status}\n"));
    }

    /// What the program prints where all goes well.
    pub(crate) fn printed(self) -> String {
        assert_eq!((self.stderr.as_str(), self.status), ("", Some(0)));
        self.stdout
    }
}

pub(crate) fn gzipped(content: impl AsRef<[u8]>) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(content.as_ref()).expect("a vector takes everything");
    packer.finish().expect("a vector takes everything")
}
