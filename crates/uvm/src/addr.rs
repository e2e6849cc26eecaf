//! Addresses, lengths and page counts, with only the arithmetic that means something.

use std::fmt;

/// Bits of an address below the page number: a page is 4096 bytes.
pub const PAGE_SHIFT: u32 = 12;
/// Size of a page in bytes.
pub const PAGE_SIZE: u64 = 1 << PAGE_SHIFT;

const PAGE_MASK: u64 = PAGE_SIZE - 1;

/// A virtual address. Sums wrap silently, as they do in the kernel.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Vaddr(pub u64);

impl Vaddr {
    /// The start of the page that holds this address.
    #[must_use]
    pub const fn trunc_page(self) -> Self {
        Self(self.0 & !PAGE_MASK)
    }

    /// The first page boundary at or above this address; wraps to 0 above the last page.
    #[must_use]
    pub const fn round_page(self) -> Self {
        Self(self.0.wrapping_add(PAGE_MASK) & !PAGE_MASK)
    }

    /// Bytes from the start of the page to this address.
    pub const fn page_offset(self) -> Bytes {
        Bytes(self.0 & PAGE_MASK)
    }

    /// The address `by` bytes above, wrapping at 2^64.
    #[must_use]
    pub const fn plus(self, by: Bytes) -> Self {
        Self(self.0.wrapping_add(by.0))
    }

    /// The address `by` bytes below, wrapping at 0.
    #[must_use]
    pub const fn minus(self, by: Bytes) -> Self {
        Self(self.0.wrapping_sub(by.0))
    }

    /// Bytes from `lower` up to this address (wrapping when `lower` is above).
    pub const fn since(self, lower: Self) -> Bytes {
        Bytes(self.0.wrapping_sub(lower.0))
    }

    /// Number of the page that holds this address.
    pub const fn page_number(self) -> u64 {
        self.0 >> PAGE_SHIFT
    }

    /// The start of the page of that number.
    pub const fn of_page(number: u64) -> Self {
        Self(number << PAGE_SHIFT)
    }

    /// The start of the next page, wrapping at 2^64.
    #[must_use]
    pub const fn next_page(self) -> Self {
        Self(self.0.wrapping_add(PAGE_SIZE))
    }
}

impl fmt::Display for Vaddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

impl fmt::Debug for Vaddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A length in bytes, 64 bits unsigned, as `size_t` is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Bytes(pub u64);

impl Bytes {
    /// Rounded up to whole pages; lengths within a page of 2^64 wrap to 0.
    #[must_use]
    pub const fn round_page(self) -> Self {
        Self(self.0.wrapping_add(PAGE_MASK) & !PAGE_MASK)
    }

    /// Whole pages in this length, rounded down.
    pub const fn pages(self) -> Pages {
        Pages(self.0 >> PAGE_SHIFT)
    }

    /// The sum, wrapping at 2^64.
    #[must_use]
    pub const fn plus(self, more: Self) -> Self {
        Self(self.0.wrapping_add(more.0))
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A number of pages.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Pages(pub u64);

impl Pages {
    /// The length of that many pages, wrapping at 2^64.
    pub const fn bytes(self) -> Bytes {
        Bytes(self.0.wrapping_mul(PAGE_SIZE))
    }
}

impl fmt::Display for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A half-open range of addresses, `[start, end)`. A range that a call computed by a sum that
/// wrapped may end before it starts; it is then empty.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct VaRange {
    /// First address of the range.
    pub start: Vaddr,
    /// First address after the range.
    pub end: Vaddr,
}

impl VaRange {
    /// The range from `start` up to, not including, `end`.
    pub const fn new(start: Vaddr, end: Vaddr) -> Self {
        Self { start, end }
    }

    /// The range of `len` bytes from `start`; the end wraps at 2^64.
    pub const fn sized(start: Vaddr, len: Bytes) -> Self {
        Self::new(start, start.plus(len))
    }

    /// Length in bytes; 0 for a range that ends before it starts.
    pub const fn len(self) -> Bytes {
        Bytes(self.end.0.saturating_sub(self.start.0))
    }

    /// Whether no address lies in the range.
    pub const fn is_empty(self) -> bool {
        self.start.0 >= self.end.0
    }

    /// Whole pages in the range.
    pub const fn pages(self) -> Pages {
        self.len().pages()
    }

    /// Whether `va` lies in the range.
    pub const fn contains(self, va: Vaddr) -> bool {
        self.start.0 <= va.0 && va.0 < self.end.0
    }
}

impl fmt::Display for VaRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

impl fmt::Debug for VaRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
