//! Sentences for the steps that change nothing.

use uvmscope_uvm::event::{AmapCopied, Args, KernelEvent, MergeHow, Pin, PinAt};
use uvmscope_uvm::{EntryId, Errno, Func, Vaddr};

use crate::caption::{Caption, Teller, Walk};
use crate::words::{count, span};

impl Teller<'_> {
    pub(crate) fn note(&self, event: &KernelEvent) -> Caption {
        use KernelEvent as E;
        match *event {
            E::Enter { func, args } => self.entered(func, args),
            E::Leave { func, errno } => left(func, errno),
            E::Test { cond, held } => self.cond(cond, held),
            E::Pin { pin, at } => self.pinned(pin, at),
            E::Lookup { va, entry } => self.looked_up(va, entry),
            E::TouchFault { va, access } => Caption::new(
                format!("The program's {} at {va} faults.", access.name()),
                "The pmap cannot serve it, so the kernel has to bring the page in.",
            ),
            E::AmapCopy { entry, from, to } => Caption::lead(format!(
                "{} is to get an amap of its own, for at least {from} up to {to}.",
                self.name(entry)
            )),
            E::AmapCopied { entry, how: AmapCopied::New } => {
                Caption::lead(format!("{} has an amap of its own now.", self.name(entry)))
            }
            E::AmapCopied { entry, how: AmapCopied::Took } => Caption::lead(format!(
                "{} keeps the amap that it has: nobody else refers to it.",
                self.name(entry)
            )),
            E::Merge { how, range } => Caption::lead(format!("{}: {}.", merged(how), span(range))),
            E::FaultWireFailed { va, errno } => Caption::new(
                format!("The page at {va} cannot be brought in: {errno}."),
                "What this call has wired so far has to be released again.",
            ),
            E::WiringUnchanged { va } => Caption::new(
                format!(
                    "The mapping of {va} is not marked wired, so there is nothing to take off."
                ),
                "The pmap was told to release a page that it never held.",
            ),
            E::Mapped { at } => Caption::lead(format!("The mapping stands at {at}.")),
            _ => Caption::default(),
        }
    }

    fn entered(&self, func: Func, args: Args) -> Caption {
        let name = func.name();
        let doing = purpose(func, self.runs(Func::SysMunlock));
        let with = match args {
            Args::None => String::new(),
            Args::Range(range) if range.start == range.end => {
                format!("Its range is empty: start and end are {}.", range.start)
            }
            Args::Range(range) if range.start > range.end => {
                format!("Its range ends at {}, before its start {}.", range.end, range.start)
            }
            Args::Range(range) => format!("Its range is {}.", span(range)),
            Args::Page(va) => format!("It is about the page at {va}."),
            Args::Entry(entry) => format!("It is about the entry {}.", self.name(entry)),
        };
        Caption::new(format!("{name} begins: {doing}."), with)
    }

    fn pinned(&self, pin: Pin, at: PinAt) -> Caption {
        let name = pin.name();
        match at {
            PinAt::Addr(va) => Caption::lead(format!("`{name}` is {va}.")),
            PinAt::Entry(id) if id.is_header() => Caption::new(
                format!("`{name}` points at the header."),
                "There is no further entry: the list is at its end.",
            ),
            PinAt::Entry(id) => {
                let rest = match (pin, self.walk(false)) {
                    (Pin::StartEntry, _) => {
                        "It holds the first address of the range; every walk over the range begins here."
                    }
                    (Pin::FailedEntry, _) => "Here the walk broke off.",
                    (_, Walk::FaultIn) if self.is_start(id) => {
                        "Pass 2 begins at the same entry as pass 1; it brings in the pages of what pass 1 has marked."
                    }
                    (_, Walk::Release) if self.is_start(id) => {
                        "The second walk begins: now it unwires."
                    }
                    (_, Walk::Check) if self.is_start(id) => {
                        "The first walk begins: it only checks."
                    }
                    (_, Walk::Mark) if self.is_start(id) => "Pass 1 begins: it marks the entries.",
                    _ => "",
                };
                Caption::new(format!("`{name}` points at {}.", self.name(id)), rest)
            }
        }
    }

    fn is_start(&self, id: EntryId) -> bool {
        self.frame().is_some_and(|f| f.pin(Pin::StartEntry) == Some(PinAt::Entry(id)))
    }

    fn looked_up(&self, va: Vaddr, entry: Option<EntryId>) -> Caption {
        let Some(entry) = entry.and_then(|id| self.state.get_entry(id)) else {
            return Caption::new(
                format!("No entry holds {va}."),
                "The lookup gives the gap and what stands before it.",
            );
        };
        let inside = if entry.range.start == va {
            format!("{va} is its very start.")
        } else {
            format!("{va} lies inside it.")
        };
        let count = match entry.wired_count {
            0 => String::new(),
            n => format!(" Its wired_count is {n}."),
        };
        Caption::new(
            format!("The lookup finds the entry {}.", span(entry.range)),
            format!("{inside}{count}"),
        )
    }

    /// How many pages a range of an entry has, in words.
    pub(crate) fn pages_of(&self, id: EntryId) -> String {
        count(self.range_of(id).map_or(0, |r| r.pages().0), "page")
    }
}

fn left(func: Func, errno: Errno) -> Caption {
    let name = func.name();
    if errno.is_ok() {
        Caption::lead(format!("{name} is done."))
    } else {
        Caption::lead(format!("{name} answers {errno}: {}.", super::ends::errno_words(errno)))
    }
}

const fn merged(how: MergeHow) -> &'static str {
    match how {
        MergeHow::Back => "The new mapping became part of the entry before it",
        MergeHow::Forward => "The new mapping became part of the entry behind it",
        MergeHow::Both => "The entry before, the new mapping and the entry behind became one",
        MergeHow::AmapCopyNext => "The entry took over the one behind it, and its amap",
        MergeHow::AmapCopyPrev => "The entry took over the one before it, and its amap",
    }
}

/// What a function is there for.
const fn purpose(func: Func, unwires: bool) -> &'static str {
    match func {
        Func::Touch => "the program goes over its pages",
        Func::SysMmap => "the kernel looks at the arguments of mmap",
        Func::SysMunmap => "the kernel looks at the arguments of munmap",
        Func::SysMprotect => "the kernel looks at the arguments of mprotect",
        Func::SysMinherit => "the kernel looks at the arguments of minherit",
        Func::SysMadvise => "the kernel looks at the arguments of madvise",
        Func::SysMlock => "the kernel looks at the arguments of mlock",
        Func::SysMunlock => "the kernel looks at the arguments of munlock",
        Func::SysMlockall => "the kernel looks at the flags of mlockall",
        Func::SysMunlockall => "everything is to be unwired",
        Func::UvmspaceFree => "the whole map is given back",
        Func::RangeTest => "whether the range fits into the address space",
        Func::UvmMmap => "a mapping is to be made",
        Func::UvmMap => "the mapping is put into the map",
        Func::UvmMapFindspace => "room is looked for",
        Func::UvmUnmapRemove => "a range is taken out of the map",
        Func::UvmUnmapDetach => "what removed entries referred to is let go",
        Func::UvmMapProtect => "the protection of a range is changed",
        Func::UvmMapInherit => "what a child gets of a range is changed",
        Func::UvmMapAdvice => "the advice for a range is changed",
        Func::UvmMapPageable if unwires => "a range is to be unwired",
        Func::UvmMapPageable => "a range is to be wired",
        Func::UvmMapPageableAll => "the whole map is to be wired or unwired",
        Func::UvmMapClipStart => "the front of an entry is cut off",
        Func::UvmMapClipEnd => "the back of an entry is cut off",
        Func::UvmMapEntryUnwire => "the entry's wiring is taken away, however often it was wired",
        Func::AmapCopy => "the entry gets an amap of its own",
        Func::AmapExtend => "whether the amap can reach further",
        Func::UvmFault => "the fault is resolved",
        Func::UvmFaultWire => "every page of the range is brought in and wired",
        Func::UvmFaultUnwire => "the pages of the range are released, one by one",
        Func::UvmPagewire => "the page counts one wiring more",
        Func::UvmPageunwire => "the page counts one wiring less",
        Func::UvmPagefree => "the page is freed",
        Func::PmapUnwire => "the wired mark of the mapping is to go",
    }
}
