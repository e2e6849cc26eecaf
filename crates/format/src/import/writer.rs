//! The script that an import writes, within what a script may be.

use uvmscope_replay::CallLine;
use uvmscope_uvm::{Config, PAGE_SIZE, Pages, Vaddr, Vm};

use crate::script::{MAX_CALLS, MAX_TEXT, line_text, settings_text};

/// Kept free for what stands above the calls.
const HEAD: usize = 4096;

/// The highest ends of address spaces, from the usual one here over those of 47 and 48 bits to
/// 56. What lies higher is the kernel's on every system that is traced.
const ENDS: [u64; 4] =
    [0x7f7f_ffff_f000, 0x7fff_ffff_f000, 0xffff_ffff_f000, 0x00ff_ffff_ffff_f000];

/// The highest end of an address space that a script is given.
pub(super) const HIGHEST: u64 = ENDS[3];

/// What the calls need of the machine that they run on.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Room {
    vm: Vm,
    /// Whether some mapping is of the file.
    pub(super) has_file: bool,
    /// Pages of the file that mappings reach.
    pub(super) file_pages: u64,
}

impl Room {
    /// Makes the space hold `[start, end)`, or says why none does.
    pub(super) fn hold(&mut self, start: u64, end: u64) -> Result<(), String> {
        if end > HIGHEST {
            return Err(format!(
                "memory up to {end:#x} lies above {HIGHEST:#x}, the highest end of a space"
            ));
        }
        let (min, max) = (&mut self.vm.min, &mut self.vm.max);
        if start < min.0 {
            *min = Vaddr(0);
        }
        if end > max.0 {
            *max = Vaddr(ENDS.into_iter().find(|highest| end <= *highest).unwrap_or(HIGHEST));
        }
        Ok(())
    }

    /// The file is mapped up to this offset.
    pub(super) fn file_reaches(&mut self, end: u64) {
        self.has_file = true;
        self.file_pages = self.file_pages.max(end.div_ceil(PAGE_SIZE));
    }

    /// Lets as many pages be wired, if the usual limit is lower.
    pub(super) fn allow_wired(&mut self, pages: u64) {
        self.vm.wiredmax = self.vm.wiredmax.max(Pages(pages));
    }

    /// The space, if it is not the usual one.
    pub(super) fn widened(&self) -> Option<(Vaddr, Vaddr)> {
        let usual = Vm::default();
        let Vm { min, max, .. } = self.vm;
        ((min, max) != (usual.min, usual.max)).then_some((min, max))
    }

    /// The limit on wired pages, if it is not the usual one.
    pub(super) fn raised(&self) -> Option<Pages> {
        (self.vm.wiredmax != Vm::default().wiredmax).then_some(self.vm.wiredmax)
    }
}

/// The calls of a script, as text.
#[derive(Default)]
pub(super) struct Writer {
    body: String,
    calls: usize,
    /// What was full first, once something is.
    full: Option<&'static str>,
    /// Calls of the trace that found no room.
    pub(super) left_out: usize,
}

impl Writer {
    /// Adds all of the lines, or none if they do not fit.
    pub(super) fn add(&mut self, lines: &[CallLine]) -> bool {
        let text: String = lines.iter().map(line_text).collect();
        if self.full.is_none() {
            if self.calls + lines.len() > MAX_CALLS {
                self.full = Some("100,000 calls");
            } else if HEAD + self.body.len() + text.len() > MAX_TEXT {
                self.full = Some("8 MiB of text");
            }
        }
        if self.full.is_some() {
            self.left_out += 1;
            return false;
        }
        self.calls += lines.len();
        self.body.push_str(&text);
        true
    }

    /// What is full, if anything is.
    pub(super) const fn full(&self) -> Option<&'static str> {
        self.full
    }

    /// The whole script, below a comment.
    pub(super) fn finish(self, heading: &str, room: &Room) -> String {
        let mut vm = room.vm;
        if room.has_file {
            vm.file_pages = Pages(room.file_pages.max(1));
        }
        let settings = settings_text(Config::default(), vm);
        format!("# {heading}\n{settings}{}", self.body)
    }
}
