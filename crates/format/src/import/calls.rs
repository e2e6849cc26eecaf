//! What the calls of a traced process become, with what they alter.

use uvmscope_replay::{CallLine, Expect};
use uvmscope_uvm::kernel::PAGE_BUDGET;
use uvmscope_uvm::{Access, Call, Errno, PAGE_SIZE, Prot};

use super::answer::Answer;
use super::flags::{self, round_page, trunc_page};
use super::known::{Known, Piece};
use super::traced::Traced;
use super::writer::Room;
use super::{args, report};

/// Whether the call of that name is one that a script can say.
pub(super) fn is_memory_call(name: &str) -> bool {
    matches!(
        name,
        "mmap"
            | "mmap2"
            | "munmap"
            | "mprotect"
            | "pkey_mprotect"
            | "mlock"
            | "mlock2"
            | "munlock"
            | "mlockall"
            | "munlockall"
            | "madvise"
            | "minherit"
            | "brk"
            | "break"
            | "obreak"
            | "mremap"
    )
}

/// The lines that one traced call becomes, and how they differ from it.
#[derive(Default)]
pub(super) struct Step {
    pub(super) lines: Vec<CallLine>,
    pub(super) altered: Vec<String>,
}

impl Step {
    /// Adds a call of which nothing is expected.
    pub(super) fn add(&mut self, call: Call) {
        self.lines.push(CallLine::from(call));
    }

    /// Adds a call with what it is to answer.
    pub(super) fn expecting(&mut self, call: Call, expect: Expect) {
        self.lines.push(CallLine { expect: Some(expect), ..CallLine::from(call) });
    }

    /// Adds a call that answers here what it answered there.
    fn answering(&mut self, call: Call, answer: &Answer<'_>) {
        match answer.expect() {
            Ok(expect) => self.expecting(call, expect),
            Err(why) => {
                self.altered.push(why);
                self.add(call);
            }
        }
    }
}

/// What happened, to be told once for the whole script.
#[allow(clippy::struct_excessive_bools, reason = "each stands for a sentence of its own")]
#[derive(Default)]
pub(super) struct Seen {
    /// Mappings that the traced kernel placed.
    pub(super) placed: usize,
    /// Mappings that the trace does not show.
    pub(super) filled: usize,
    pub(super) brk: bool,
    pub(super) mremap: bool,
    pub(super) mlock2: bool,
    pub(super) map_locked: bool,
    /// Something was ever locked.
    pub(super) locked: bool,
}

/// The memory of the traced process.
#[derive(Default)]
pub(super) struct Memory {
    pub(super) known: Known,
    pub(super) brk: Option<u64>,
    pub(super) room: Room,
    pub(super) seen: Seen,
    /// Something may be locked now.
    pub(super) locked: bool,
    /// Pages that touches of the import take.
    touched: u64,
}

/// An argument that is no number.
pub(super) fn number(parts: &[&str], at: usize) -> Result<u64, String> {
    let part = parts.get(at).copied();
    part.and_then(args::number).ok_or_else(|| match part {
        Some(read) => format!("`{}` is no number", report::shorten(read)),
        None => "it has too few arguments".to_owned(),
    })
}

fn word<'a>(parts: &[&'a str], at: usize) -> Result<&'a str, String> {
    parts.get(at).copied().ok_or_else(|| "it has too few arguments".to_owned())
}

impl Memory {
    /// Takes a call for which [`is_memory_call`] holds.
    pub(super) fn call(&mut self, call: &Traced<'_>, step: &mut Step) -> Result<(), String> {
        let parts = args::split(&call.args);
        match call.name {
            "mmap" | "mmap2" => self.mmap(call, &parts, step)?,
            "brk" | "break" | "obreak" => self.brk(call, &parts, step)?,
            "mremap" => self.mremap(call, &parts, step)?,
            "mlockall" => {
                let mut left_out = Vec::new();
                let flags = flags::mlockall(word(&parts, 0)?, &mut left_out);
                leave_out(step, &left_out);
                self.lock(call.answer.may_have_worked());
                step.answering(Call::Mlockall { flags }, &call.answer);
            }
            "munlockall" => step.answering(Call::Munlockall, &call.answer),
            _ => self.ranged(call, &parts, step)?,
        }
        self.allow_locks();
        Ok(())
    }

    /// A call about a range of addresses that are mapped already.
    fn ranged(
        &mut self,
        traced: &Traced<'_>,
        parts: &[&str],
        step: &mut Step,
    ) -> Result<(), String> {
        let (addr, len) = (number(parts, 0)?, number(parts, 1)?);
        let mut needs_mapping = true;
        let call = match traced.name {
            "munmap" => {
                needs_mapping = false;
                Call::Munmap { addr, len }
            }
            "mprotect" | "pkey_mprotect" => {
                needs_mapping = traced.system.refuses_holes();
                let mut left_out = Vec::new();
                let prot = flags::prot(word(parts, 2)?, &mut left_out);
                if traced.name == "pkey_mprotect" {
                    left_out.push("the protection key".to_owned());
                }
                leave_out(step, &left_out);
                Call::Mprotect { addr, len, prot }
            }
            "madvise" => {
                needs_mapping = traced.system.refuses_holes();
                let word = word(parts, 2)?;
                let advice = flags::advice(word);
                if advice.is_none() && !refused(&traced.answer) {
                    return Err(format!("{} is not simulated", report::shorten(word)));
                }
                Call::Madvise { addr, len, advice }
            }
            "minherit" => {
                needs_mapping = false;
                let word = word(parts, 2)?;
                let inherit = flags::inherit(word, traced.system);
                if inherit.is_none() && !refused(&traced.answer) {
                    return Err(format!("{} is not simulated", report::shorten(word)));
                }
                Call::Minherit { addr, len, inherit }
            }
            "munlock" => Call::Munlock { addr, len },
            name => {
                if name == "mlock2" {
                    if refused(&traced.answer) {
                        return Err(
                            "it was refused, perhaps for flags that mlock has not".to_owned()
                        );
                    }
                    self.seen.mlock2 = true;
                    step.altered.push("mlock2 read as mlock".to_owned());
                }
                self.lock(traced.answer.may_have_worked());
                Call::Mlock { addr, len }
            }
        };
        let end = addr.checked_add(len).and_then(round_page);
        let start = trunc_page(addr);
        if let Some(end) = end.filter(|_| traced.answer.worked() && len > 0) {
            self.room.hold(start, end)?;
            if needs_mapping {
                self.fill(start, end, step);
            }
        }
        if let Some(end) = end.filter(|_| traced.answer.may_have_worked()) {
            match call {
                Call::Munmap { .. } => self.known.remove(start, end),
                Call::Mprotect { prot, .. } => self.known.protect(start, end, prot),
                _ => {}
            }
        }
        step.answering(call, &traced.answer);
        Ok(())
    }

    /// Maps what must have been mapped, as the call succeeded.
    fn fill(&mut self, start: u64, end: u64, step: &mut Step) {
        for (start, end) in self.known.holes(start, end) {
            let piece = Piece::anonymous(end);
            self.known.insert(start, piece);
            self.seen.filled += 1;
            let mut flags = piece.flags;
            flags.fixed = true;
            let (addr, len) = (start, end - start);
            let call = Call::Mmap { addr, len, prot: piece.prot, flags, offset: 0 };
            step.lines.push(CallLine { listed: true, ..CallLine::from(call) });
            step.altered.push(format!(
                "{start:#x}-{end:#x} must have been mapped, though the trace does not show it: \
                 a map line stands before the call"
            ));
        }
    }

    fn mmap(&mut self, call: &Traced<'_>, parts: &[&str], step: &mut Step) -> Result<(), String> {
        let (mut addr, len) = (number(parts, 0)?, number(parts, 1)?);
        let mut left_out = Vec::new();
        let mut prot = flags::prot(word(parts, 2)?, &mut left_out);
        let mapped = flags::mapped(word(parts, 3)?, call.system);
        // NetBSD's system call has an argument of padding before the offset.
        let offset = number(parts, if parts.len() > 6 { 6 } else { 5 })?;
        if let Answer::Errno(name) = &call.answer {
            if mapped.keeps {
                return Err("it failed because of what was mapped there".to_owned());
            }
            if Errno::from_name(name).is_none() {
                return Err(format!("it failed with {name}, for a reason that is not simulated"));
            }
        }
        let mut flags = mapped.flags;
        flags.object = !flags.anon;
        leave_out(step, &left_out);
        step.altered.extend(mapped.altered);
        if mapped.guard {
            prot = Prot::NONE;
        }
        let refused = matches!(&call.answer, Answer::Errno(name) if name == "EACCES");
        if refused && flags.object && flags.shared && prot.has_write() {
            flags.readonly_file = true;
            step.altered.push("the descriptor is that of the file opened read-only".to_owned());
        }
        if let Answer::Value(there) = call.answer {
            self.seen.placed += usize::from(!flags.fixed);
            (addr, flags.fixed) = (there, true);
        }
        let end = addr.checked_add(len).and_then(round_page);
        if call.answer.may_have_worked() && flags.fixed {
            let end = end.ok_or("its end is beyond all addresses")?;
            self.room.hold(addr, end)?;
            self.known.insert(addr, Piece { end, prot, flags, offset });
        }
        if flags.object && call.answer.may_have_worked() {
            self.room.file_reaches(offset.saturating_add(len));
        }
        self.seen.map_locked |= mapped.locked;
        self.lock(flags.wired && call.answer.may_have_worked());
        step.answering(Call::Mmap { addr, len, prot, flags, offset }, &call.answer);
        if mapped.populate && call.answer.worked() {
            let writes = flags.private && prot.has_write();
            self.touch(addr, len, prot, if writes { Access::Write } else { Access::Read }, step);
        }
        Ok(())
    }

    /// Touches what the traced kernel made resident.
    fn touch(&mut self, addr: u64, len: u64, prot: Prot, access: Access, step: &mut Step) {
        let pages = len.div_ceil(PAGE_SIZE);
        if pages == 0 || !prot.allows(access.prot()) {
            return;
        }
        if self.touched.saturating_add(pages) > PAGE_BUDGET {
            step.altered.push("its pages are not touched: they are too many".to_owned());
            return;
        }
        self.touched += pages;
        step.add(Call::Touch { addr, len, access });
    }

    /// The process begins with the map of the one that forked it, without its locks.
    pub(super) fn forked(&mut self, step: &mut Step) {
        if self.locked {
            self.locked = false;
            step.add(Call::Munlockall);
        }
    }

    /// The process ends.
    pub(super) fn exit(&mut self, step: &mut Step) {
        self.known.clear();
        step.add(Call::Exit);
    }

    fn lock(&mut self, locks: bool) {
        self.locked |= locks;
        self.seen.locked |= locks;
    }

    /// Where the traced kernel locked something, this one is to be able to.
    fn allow_locks(&mut self) {
        if self.seen.locked {
            // A range that is locked already counts a second time.
            self.room.allow_wired(self.known.mapped().saturating_mul(2) / PAGE_SIZE);
        }
    }

    /// What holds for the whole script.
    pub(super) fn general(&self) -> Vec<String> {
        let Seen { placed, filled, .. } = self.seen;
        let mut said = vec![
            "no page is resident unless a call made it so: a trace does not show the loads and \
             stores of the program"
                .to_owned(),
        ];
        let mut say = |holds: bool, text: String| {
            if holds {
                said.push(text);
            }
        };
        say(
            placed > 0,
            format!(
                "{} that the traced kernel placed as it liked: the address that it chose stands \
                 in the call, with MAP_FIXED",
                report::count(placed, "mapping", "mappings")
            ),
        );
        if let Some((min, max)) = self.room.widened() {
            say(true, format!("the space is {min}-{max}, for the addresses of the traced system"));
        }
        say(
            self.room.has_file,
            format!(
                "every descriptor is 3, the script's one file, which is {} long; mappings of \
                 several files are mappings of that one",
                report::count(
                    usize::try_from(self.room.file_pages.max(1)).unwrap_or(usize::MAX),
                    "page",
                    "pages"
                )
            ),
        );
        if let Some(pages) = self.room.raised() {
            say(true, format!("{pages} pages may be wired, for what the traced program locks"));
        }
        let filled_told = report::count(filled, "map line stands", "map lines stand");
        say(
            filled > 0,
            format!(
                "{filled_told} for memory that the trace does not show being mapped, such as \
                 the program's own image and its stack"
            ),
        );
        say(self.seen.brk, "the break is a private mapping that brk makes and unmaps".to_owned());
        say(
            self.seen.mremap,
            "mremap is munmap and mmap: what was in the pages is lost".to_owned(),
        );
        say(self.seen.mlock2, "mlock2 is mlock: pages are wired now, not when touched".to_owned());
        say(
            self.seen.map_locked,
            "MAP_LOCKED is MAP_WIRED, which fails where the pages cannot be wired".to_owned(),
        );
        said
    }
}

/// Whether the call was refused for what it asked.
fn refused(answer: &Answer<'_>) -> bool {
    matches!(answer, Answer::Errno(name) if name == "EINVAL")
}

fn leave_out(step: &mut Step, words: &[String]) {
    if !words.is_empty() {
        step.altered.push(format!("{} left out", words.join(", ")));
    }
}
