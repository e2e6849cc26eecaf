//! What a call asks for, before its first step.

use uvmscope_replay::CallEnd;
use uvmscope_uvm::{Access, Call, Halt, VaRange};

use crate::caption::{Caption, Teller};
use crate::layout::request::Request;
use crate::words::{bytes, count, span};

/// A call as a program would write it.
pub fn call_text(call: &Call) -> String {
    let name = call.name();
    match call {
        Call::Mmap { addr, len, prot, .. } => {
            let addr = if *addr == 0 { "NULL".to_owned() } else { format!("{addr:#x}") };
            format!("mmap({addr}, {len}, {prot}, \u{2026})")
        }
        Call::Touch { addr, len, access: Access::Read } => format!("touch({addr:#x}, {len}, read)"),
        Call::Mprotect { addr, len, prot } => format!("mprotect({addr:#x}, {len}, {prot})"),
        Call::Minherit { addr, len, inherit } => {
            let code = inherit.map_or("?", uvmscope_uvm::Inherit::name);
            format!("minherit({addr:#x}, {len}, {code})")
        }
        Call::Madvise { addr, len, advice } => {
            let code = advice.map_or("?", uvmscope_uvm::Advice::name);
            format!("madvise({addr:#x}, {len}, {code})")
        }
        Call::Mlockall { flags } => {
            let names =
                [(flags.current, "current"), (flags.future, "future"), (flags.unknown, "?")];
            let names: Vec<_> = names.iter().filter(|(on, _)| *on).map(|(_, n)| *n).collect();
            format!("mlockall({})", if names.is_empty() { "0".to_owned() } else { names.join("|") })
        }
        _ => match call.addr_len() {
            Some((addr, len)) => format!("{name}({addr:#x}, {len})"),
            None => format!("{name}()"),
        },
    }
}

impl Teller<'_> {
    pub(crate) fn entry_of_call(&self) -> Caption {
        let text = call_text(&self.run.call);
        match &self.run.outcome {
            CallEnd::Skipped { name } => {
                return Caption::new(
                    format!("{text} is skipped."),
                    format!("It needs `{name}`, and no call that succeeded has set it."),
                );
            }
            CallEnd::NotReached => {
                let why = match self.story.timeline().halt() {
                    Some(Halt::Panic(_)) => "The kernel had panicked before.",
                    Some(Halt::PageBudget | Halt::EventBudget) => {
                        "The simulation had stopped before."
                    }
                    None => "The process had ended before.",
                };
                return Caption::new(format!("{text} is not reached."), why);
            }
            CallEnd::Done(_) | CallEnd::Halted(_) => {}
        }
        let request = Request::of(self.run, self.story.timeline().config(), None);
        match self.run.call {
            Call::Mmap { .. } => self.mmap(&text, request.range),
            Call::Touch { access, .. } => touch(access, request.range),
            Call::Mlockall { flags } => {
                let what = match (flags.current, flags.future) {
                    (true, true) => "to wire all that is mapped, and all that will be",
                    (true, false) => "to wire all that is mapped",
                    (false, true) => "to wire all that will be mapped from now on",
                    (false, false) => "for nothing that mlockall knows",
                };
                Caption::lead(format!("{text} asks {what}."))
            }
            Call::Munlockall => Caption::lead("munlockall() asks to unwire everything."),
            Call::Exit => Caption::new(
                "The process ends.",
                "Its whole map goes, entry by entry, from the lowest address up.",
            ),
            _ => self.ranged(&text, &request),
        }
    }

    fn mmap(&self, text: &str, range: Option<VaRange>) -> Caption {
        let Call::Mmap { len, prot, flags, .. } = self.run.call else {
            return Caption::lead(format!("{text} is called."));
        };
        let kind = match (flags.shared, flags.object) {
            (true, true) => "of the file, shared",
            (true, false) => "of shared memory",
            (false, true) => "of the file, as a private copy",
            (false, false) => "of private memory",
        };
        let wired = if flags.wired { ", wired at once" } else { "" };
        let place = match range {
            Some(range) if flags.fixed => format!(
                "It is to stand at exactly {}, {}.",
                span(range),
                count(range.pages().0, "page")
            ),
            _ => "The kernel may choose where it stands.".to_owned(),
        };
        Caption::new(
            format!("mmap asks for {} {kind}, protection {prot}{wired}.", bytes(len)),
            place,
        )
    }

    fn ranged(&self, text: &str, request: &Request) -> Caption {
        let what = match self.run.call {
            Call::Mlock { .. } => "to wire",
            Call::Munlock { .. } => "to unwire",
            Call::Munmap { .. } => "to unmap",
            Call::Mprotect { .. } => "to change the protection of",
            Call::Minherit { .. } => "to change what a child gets of",
            _ => "to change the advice for",
        };
        let (Some((addr, len)), Some(range)) = (request.given, request.range) else {
            return Caption::lead(format!("{text} is called."));
        };
        if request.is_wrapped() {
            return Caption::new(
                format!("{text} asks {what} a range whose end wraps around."),
                format!("Its end would be {}, below its start.", range.end),
            );
        }
        if request.is_empty() {
            let why = if len == 0 {
                format!("It starts and ends at {}: x = y.", range.start)
            } else {
                format!(
                    "The length, rounded up to whole pages, wraps to 0: it starts and ends at {}.",
                    range.start
                )
            };
            return Caption::new(format!("{text} asks {what} an empty range."), why);
        }
        let pages = format!("{}, {}", span(range), count(range.pages().0, "page"));
        let rest = if len == 0 {
            format!(
                "The address lies inside a page, so that rounding makes a whole page of it: {pages}."
            )
        } else if len == range.len().0 {
            format!("That is {pages}.")
        } else if addr == range.start.0 {
            format!("Rounded up to whole pages that is {pages}.")
        } else {
            format!("In whole pages that is {pages}.")
        };
        Caption::new(format!("{text} asks {what} {}.", bytes(len)), rest)
    }
}

fn touch(access: Access, range: Option<VaRange>) -> Caption {
    let verb = match access {
        Access::Read => "reads",
        Access::Write => "writes to",
    };
    let Some(range) = range.filter(|r| !r.is_empty()) else {
        return Caption::lead(format!("The program {verb} nothing: the range is empty."));
    };
    Caption::new(
        format!("The program {verb} {}, {}.", span(range), count(range.pages().0, "page")),
        "This is no call: each page that is not there yet gives a fault, and the kernel brings it in.",
    )
}
