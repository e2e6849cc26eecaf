//! The kernel's words, each in a line.

/// A word and what it means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Term {
    /// The word, as the captions write it.
    pub word: &'static str,
    /// What it means, in one sentence.
    pub meaning: &'static str,
}

const fn term(word: &'static str, meaning: &'static str) -> Term {
    Term { word, meaning }
}

/// Every word, in the order in which one would explain them.
pub const TERMS: &[Term] = &[
    term(
        "map",
        "The address space of a process, as the kernel keeps it: a sorted list of entries.",
    ),
    term(
        "entry",
        "A map entry: one range of addresses in which everything has the same attributes.",
    ),
    term(
        "header",
        "The sentinel that closes the list of entries at both ends; it holds no addresses.",
    ),
    term("lookup", "Finding the entry that holds an address, or the gap it falls into."),
    term(
        "clip",
        "To cut an entry in two at an address inside it. Nothing but a merge joins the pieces again.",
    ),
    term("wire", "To promise that pages stay in memory: what mlock asks for."),
    term("unwire", "To take that promise back: what munlock asks for."),
    term("wired_count", "How often an entry was wired, as the entry says; 0 means not at all."),
    term("wire_count", "How often a page is wired, as the page says; 16 bits."),
    term(
        "broken promise",
        "An entry that says wired over pages that are not, or the reverse, when a call has returned.",
    ),
    term("x, y", "The range [x, y) that a call asks for: from x up to, not including, y."),
    term("a, b", "The range [a, b) of the mapping that the request falls into."),
    term("pageable", "Not wired: the kernel may take the page away when memory is short."),
    term(
        "resident",
        "In memory now. A page that nobody has touched yet is mapped but not resident.",
    ),
    term("page", "4096 bytes: the smallest piece of memory that can be mapped or wired."),
    term(
        "pmap",
        "The hardware's view: which page stands at which address, whether it may be written, and whether it is wired.",
    ),
    term(
        "amap",
        "The list of an entry's own, anonymous pages; several pieces of a cut entry share one.",
    ),
    term(
        "needs-copy",
        "A private mapping that has no amap of its own yet; the first write, or wiring it, makes one.",
    ),
    term(
        "copy-on-write",
        "A private mapping: the first write to a page gives it a copy of its own.",
    ),
    term("object", "What a mapping of a file refers to: the file's pages."),
    term(
        "fault",
        "What happens when a program touches an address that the pmap does not serve: the kernel brings the page in.",
    ),
    term("uvmexp.wired", "The kernel's own count of wired pages in the whole system."),
    term(
        "DIAGNOSTIC",
        "A way to build the kernel in which its assertions are checked, and panic when they do not hold.",
    ),
    term("KASSERT", "An assertion in the kernel's source."),
    term("panic", "The kernel stops the machine, because what it found must never be."),
];

/// What a word means, if it is one of the kernel's.
pub fn meaning(word: &str) -> Option<&'static str> {
    TERMS.iter().find(|term| term.word == word).map(|term| term.meaning)
}
