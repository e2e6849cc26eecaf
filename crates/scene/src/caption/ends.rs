//! How a call ends, and what it leaves behind.

use uvmscope_replay::Verdict;
use uvmscope_replay::why::{self, Datum, Field, Link, Value};
use uvmscope_uvm::audit::Disagreement;
use uvmscope_uvm::event::Args;
use uvmscope_uvm::{Call, Errno, Halt, KernelEvent, Outcome};

use crate::caption::{Caption, Teller, call_text};
use crate::layout::promise_words;
use crate::words::{count, number, span};

impl Teller<'_> {
    pub(crate) fn end_of_call(&self, done: Outcome) -> Caption {
        let name = self.run.call.name();
        let lead = match (self.run.call, done.errno, done.ret) {
            (Call::Touch { .. }, Errno::None, _) => "The program has touched its pages.".to_owned(),
            (Call::Touch { .. }, errno, _) => format!("The access fails with {errno}."),
            (Call::Exit, ..) => "The process is gone.".to_owned(),
            (_, Errno::None, Some(va)) => format!("mmap returns {va}."),
            (_, Errno::None, None) => format!("{name} returns 0: success."),
            (_, errno, _) => format!("{name} fails with {errno}: {}.", errno_words(errno)),
        };
        let mut rest = vec![self.left_behind(done.errno)];
        rest.extend(self.promises());
        if self.run.verdict == Some(Verdict::Unmet) {
            rest.push("The script expected another answer.".to_owned());
        }
        rest.retain(|text| !text.is_empty());
        Caption::new(lead, rest.join(" "))
    }

    /// What the call changed in the map.
    fn left_behind(&self, errno: Errno) -> String {
        let events = &self.story.timeline().events()[self.run.first..self.run.end];
        if !events.iter().any(|r| r.event.is_write()) {
            return match self.run.call {
                Call::Touch { .. } => String::new(),
                _ if errno.is_ok() => "It has changed nothing at all.".to_owned(),
                _ => "Nothing was changed.".to_owned(),
            };
        }
        let of = |wanted: fn(&KernelEvent) -> bool| {
            events.iter().filter(|r| wanted(&r.event)).count() as u64
        };
        let cuts = of(|e| matches!(e, KernelEvent::ClipStart { .. } | KernelEvent::ClipEnd { .. }));
        if !errno.is_ok() && cuts > 0 {
            let verb = if cuts == 1 { "stays" } else { "stay" };
            return format!("The {} it made {verb}.", count(cuts, "cut"));
        }
        let wired = of(|e| matches!(e, KernelEvent::PageWire { .. }));
        let unwired = of(|e| matches!(e, KernelEvent::PageUnwire { .. }));
        match self.run.call {
            Call::Mlock { .. } | Call::Mlockall { .. } if errno.is_ok() && wired > 0 => {
                let was = if wired == 1 { "was" } else { "were" };
                format!("{} {was} wired.", count(wired, "page"))
            }
            Call::Mlock { .. } | Call::Mlockall { .. } if errno.is_ok() => {
                "It says success, and has not wired a single page.".to_owned()
            }
            Call::Munlock { .. } | Call::Munlockall if errno.is_ok() && unwired > 0 => {
                let was = if unwired == 1 { "was" } else { "were" };
                format!("{} {was} released.", count(unwired, "page"))
            }
            Call::Munlock { .. } if errno.is_ok() && cuts > 0 => {
                "Nothing was unwired, but the entry stays cut.".to_owned()
            }
            _ => String::new(),
        }
    }

    /// The promises that stand broken when the call returns.
    fn promises(&self) -> Vec<String> {
        let broken = self.story.timeline().broken_after(self.place.call);
        let first = broken.iter().find(|d| d.rule() <= 2).or_else(|| broken.first());
        let Some(first) = first else {
            return Vec::new();
        };
        let (_, words) = promise_words(*first, true);
        let place = match first {
            Disagreement::TotalMiscounted { .. } => String::new(),
            _ => first.range().map_or(String::new(), |range| format!("{} ", span(range))),
        };
        let more = match broken.len() {
            0 | 1 => String::new(),
            2 => " One more promise is broken too.".to_owned(),
            n => format!(" {} more promises are broken too.", number(n as u64 - 1)),
        };
        vec![format!("A promise stays broken: {place}{words}.{more}")]
    }

    pub(crate) fn halted(&self, halt: Halt, last: &KernelEvent) -> Caption {
        match halt {
            Halt::Panic(panic) => {
                let who = self.run.call.name();
                let va = match last {
                    KernelEvent::Panic { .. } => self.panicking_page(),
                    _ => String::new(),
                };
                Caption::new(
                    format!("The kernel panics: {panic}."),
                    format!(
                        "{who} was to release {va}, whose wire_count is 0: there is no wiring on it \
                         to release.{} The machine stops here; everything can still be looked at, \
                         and stepped back from.",
                        self.first_claim()
                    ),
                )
            }
            Halt::PageBudget => Caption::new(
                "The simulation stops: its budget of pages is spent.",
                "That is a bound of the simulator and not of the kernel; a script with smaller ranges \
                 runs to its end.",
            ),
            Halt::EventBudget => Caption::new(
                "The simulation stops: more steps than can be recorded.",
                "That is a bound of the simulator and not of the kernel; a script with fewer calls, \
                 or a map of fewer entries, runs to its end.",
            ),
        }
    }

    /// Where the entry that holds the panicking page first said wired.
    fn first_claim(&self) -> String {
        let Some(Args::Page(va)) = self.frame().map(|frame| frame.args) else {
            return String::new();
        };
        let mut cursor = self.story.timeline().cursor();
        cursor.seek(self.place);
        let state = cursor.state();
        let Some(value) =
            state.entry_at(va).and_then(|id| Value::of_entry(state, id, Field::WiredCount))
        else {
            return String::new();
        };
        let claims = |link: &Link| link.write.from == Datum::Count(0);
        let Some(link) = why::chain(&cursor, value).into_iter().find(claims) else {
            return String::new();
        };
        let place = link.write.place;
        let run = &self.story.timeline().calls()[place.call - 1];
        let events = &self.story.timeline().events()[run.first..run.end];
        let wires = events.iter().any(|r| matches!(r.event, KernelEvent::PageWire { .. }));
        let but = if wires { "" } else { ", which wired no page" };
        format!(
            " It came here because the entry said wired; that began at {place}, in {}{but}.",
            call_text(&run.call)
        )
    }

    fn panicking_page(&self) -> String {
        let args = self.frame().map(|frame| frame.args);
        match args {
            Some(Args::Page(va)) => format!("the page at {va}"),
            _ => "a page".to_owned(),
        }
    }
}

/// What an error means.
pub(crate) const fn errno_words(errno: Errno) -> &'static str {
    match errno {
        Errno::None => "no error",
        Errno::Enomem => "out of memory, or not all of the range is mapped",
        Errno::Eacces => "permission denied",
        Errno::Efault => "bad address",
        Errno::Einval => "invalid argument",
        Errno::Efbig => "the range ends above the address space",
        Errno::Eagain => "a limit on locked memory",
        Errno::Eoverflow => "the range wraps around",
    }
}
