//! Texts that a reader brings along: scripts, traces of programs, listings of address spaces.

use std::rc::Rc;

use serde::{Deserialize, Serialize};
use uvmscope_format::import::{Format, Imported, Report, import};
use uvmscope_format::link::At;
use uvmscope_format::parse_bytes;
use uvmscope_replay::Expr;
use uvmscope_uvm::Call;

use crate::app::editing::open;
use crate::app::run::Source;
use crate::app::state::{Sheet, State};

/// A text, and how it is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Brought {
    pub(crate) bytes: Rc<[u8]>,
    /// What it is; found out where nothing is said.
    pub(crate) format: Option<Format>,
    /// The process whose calls are taken; the first that makes one where nothing is said.
    pub(crate) process: Option<u32>,
}

/// What was made of such a text.
#[derive(Debug)]
pub(crate) struct Import {
    pub(crate) brought: Brought,
    pub(crate) report: Report,
}

/// What a text turned out to be.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Read {
    Script(String),
    Imported(Imported),
}

/// Bytes that are read at once; more of them are read by a worker, where the browser has one.
const AT_ONCE: usize = 256 << 10;

/// Reads what was brought; a sentence says why it cannot be read.
pub(crate) fn read(
    bytes: &[u8],
    format: Option<Format>,
    process: Option<u32>,
) -> Result<Read, String> {
    if format.is_none()
        && let Some(script) = script(bytes)
    {
        return Ok(Read::Script(script));
    }
    import(bytes, format, process).map(Read::Imported).map_err(|error| error.to_string())
}

impl Brought {
    /// Reads it here and now.
    pub(crate) fn read(&self) -> Result<Read, String> {
        read(&self.bytes, self.format, self.process)
    }
}

/// Shows what was brought, as soon as it is read.
pub(super) fn bring_in(state: &mut State, brought: Brought) {
    state.refusal = None;
    if brought.bytes.len() > AT_ONCE {
        state.sheet = None;
        state.reading = Some(Rc::new(brought));
    } else {
        let read = brought.read();
        show(state, &brought, read);
    }
}

/// Shows what was read, unless the reader has gone on to something else. Where it could not be
/// read, everything stays as it is, and the sentence that says why stands in the dialog.
pub(super) fn show_read(state: &mut State, brought: &Rc<Brought>, read: Result<Read, String>) {
    if state.reading.take_if(|reading| Rc::ptr_eq(reading, brought)).is_some() {
        show(state, brought, read);
    }
}

fn show(state: &mut State, brought: &Brought, read: Result<Read, String>) {
    match read {
        Ok(Read::Script(text)) => open(state, Rc::new(Source::read(text)), None),
        Ok(Read::Imported(Imported { script, report })) => {
            let source = Source::titled(script, &format!("From {}", report.format));
            let at = first_lock(&source);
            open(state, Rc::new(source), at);
            state.import = Some(Rc::new(Import { brought: brought.clone(), report }));
        }
        Err(refusal) => {
            state.refusal = Some(refusal.into());
            state.sheet = Some(Sheet::Import);
        }
    }
}

/// A real program maps its libraries first; what it locks is what the reader came for.
fn first_lock(source: &Source) -> Option<At> {
    let locks = |call: &Call<Expr>| matches!(call, Call::Mlock { .. } | Call::Mlockall { .. });
    let index = source.script.calls().position(|(_, line)| locks(&line.call))?;
    At::new(&format!("{}.0", index + 1))
}

/// The text as a script, if it is one: a trace of few calls reads as a script, too.
fn script(bytes: &[u8]) -> Option<String> {
    let parsed = parse_bytes(bytes);
    let is_script = parsed.errors.is_empty() && parsed.script.calls().next().is_some();
    std::str::from_utf8(bytes).ok().filter(|_| is_script).map(ToOwned::to_owned)
}

/// Of a trace of several processes another one's calls are taken.
pub(super) fn take_process(state: &mut State, process: u32) {
    let Some(former) = state.import.clone() else { return };
    bring_in(state, Brought { process: Some(process), ..former.brought.clone() });
}

#[cfg(test)]
mod tests {
    use uvmscope_replay::Place;
    use uvmscope_uvm::Config;

    use super::*;
    use crate::app::reduce::reduce;
    use crate::app::state::Action;

    fn brought(text: &[u8]) -> State {
        let brought = Brought { bytes: text.into(), format: None, process: None };
        reduce(&State::of_the_story(), Action::Bring(brought))
    }

    const STRACE: &[u8] = b"\
        100 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f1000000000\n\
        100 openat(AT_FDCWD, \"/etc/hosts\", O_RDONLY) = 3\n\
        100 mlock(0x7f1000000000, 4096) = 0\n\
        101 mlock(0x7f2000000000, 4096) = -1 ENOMEM (Cannot allocate memory)\n";

    #[test]
    fn a_trace_becomes_a_script_with_its_report() {
        let state = brought(STRACE);
        assert!(state.run.source.errors.is_empty());
        assert_eq!(state.run.source.title, "From strace");
        assert!(state.text.contains("mlock(0x7f1000000000, 4K) = 0"), "{}", state.text);
        assert_eq!(state.place, Place { call: 2, step: 0 }, "at the first lock");
        let import = state.import.as_ref().expect("a report");
        assert_eq!(import.report.processes.len(), 2);
        assert!(import.report.lines.iter().any(|note| note.text.contains("openat")));
        let other = reduce(&state, Action::Process(101));
        assert!(other.text.contains("ENOMEM"), "{}", other.text);
        // The report goes with the script that it is about.
        let source = Source::scenario("lock-part").expect("the scenario");
        assert!(reduce(&state, Action::Open(Rc::new(source))).import.is_none());
    }

    #[test]
    fn a_long_text_is_read_elsewhere_and_what_was_given_up_does_not_come_back() {
        let long = [STRACE, &b"100 openat(AT_FDCWD, \"/etc/hosts\", O_RDONLY) = 3\n".repeat(8_000)]
            .concat();
        let state = brought(&long);
        let reading = state.reading.clone().expect("it is too long to be read at once");
        assert_eq!(&*state.text, &*State::of_the_story().text);
        // As it comes from a worker.
        let told = serde_json::to_string(&reading.read()).expect("plain data");
        let arrived =
            Action::Read(Rc::clone(&reading), serde_json::from_str(&told).expect("the same"));
        let done = reduce(&state, arrived.clone());
        assert_eq!((&*done.run.source.title, done.reading.is_some()), ("From strace", false));
        assert!(done.import.as_ref().is_some_and(|import| import.report.more > 1_000));
        let given_up = reduce(&state, Action::Cancel);
        assert!(given_up.reading.is_none() && given_up.note.is_some());
        assert_eq!(reduce(&given_up, arrived.clone()).run.source.name, "mlock-zero");
        let source = Source::scenario("lock-part").expect("the scenario");
        let elsewhere = reduce(&state, Action::Open(Rc::new(source)));
        assert_eq!(reduce(&elsewhere, arrived).run.source.name, "lock-part");
        let refused = reduce(&state, Action::Read(reading, Err("It is no trace.".to_owned())));
        assert_eq!(refused.refusal.as_deref(), Some("It is no trace."));
    }

    #[test]
    fn a_script_is_a_script() {
        let state = brought(b"kernel committed\nmlock(0x1000, 0) = 0\n");
        assert!(state.import.is_none() && state.refusal.is_none());
        assert_eq!(state.run.config(), Config::preset(uvmscope_uvm::Preset::Committed));
    }

    #[test]
    fn what_cannot_be_read_changes_nothing_and_says_why() {
        let start = State::of_the_story();
        for bytes in [&b""[..], b"\x7fELF\0\0", b"once upon a time\n", b"\xff\xfe", b"{}"] {
            let state = brought(bytes);
            assert!(state.refusal.as_ref().is_some_and(|it| it.len() > 20), "{bytes:?}");
            assert_eq!(state.sheet, Some(Sheet::Import));
            assert_eq!((&*state.text, state.place), (&*start.text, start.place));
        }
    }
}
