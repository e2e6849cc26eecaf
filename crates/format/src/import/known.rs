//! What a trace has shown of a map so far.
//!
//! A trace shows mmap and munmap, but not what the program's start mapped: its own image and its
//! stack. A call that succeeded there says that memory was there all the same.

use std::collections::BTreeMap;

use uvmscope_uvm::{MmapFlags, Prot};

/// What is known of some pages that lie next to one another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Piece {
    /// First address behind it.
    pub(super) end: u64,
    /// What the program may do there.
    pub(super) prot: Prot,
    /// How it was mapped.
    pub(super) flags: MmapFlags,
    /// Offset in the file of its first byte.
    pub(super) offset: u64,
}

impl Piece {
    /// Private memory to read and write.
    pub(super) fn anonymous(end: u64) -> Self {
        let flags = MmapFlags { private: true, anon: true, ..MmapFlags::default() };
        Self { end, prot: Prot::READ.with(Prot::WRITE), flags, offset: 0 }
    }
}

/// The pieces of a map by their starts.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    pieces: BTreeMap<u64, Piece>,
    /// Bytes in all of them.
    mapped: u64,
}

impl Known {
    /// From the first address that is mapped to the last, if any is.
    pub(super) fn bounds(&self) -> Option<(u64, u64)> {
        let (start, _) = self.pieces.first_key_value()?;
        let (_, last) = self.pieces.last_key_value()?;
        Some((*start, last.end))
    }

    /// How many bytes are mapped.
    pub(super) const fn mapped(&self) -> u64 {
        self.mapped
    }

    /// Nothing is mapped any more.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// A mapping replaces what was there.
    pub(super) fn insert(&mut self, start: u64, piece: Piece) {
        self.remove(start, piece.end);
        if start < piece.end {
            self.mapped = self.mapped.saturating_add(piece.end - start);
            self.pieces.insert(start, piece);
        }
    }

    /// Nothing is mapped in `[start, end)` any more.
    pub(super) fn remove(&mut self, start: u64, end: u64) {
        if start >= end {
            return;
        }
        self.cut(start);
        self.cut(end);
        let gone: Vec<u64> = self.pieces.range(start..end).map(|(at, _)| *at).collect();
        for at in gone {
            if let Some(piece) = self.pieces.remove(&at) {
                self.mapped = self.mapped.saturating_sub(piece.end - at);
            }
        }
    }

    /// What is mapped in `[start, end)` is protected otherwise.
    pub(super) fn protect(&mut self, start: u64, end: u64, prot: Prot) {
        if start >= end {
            return;
        }
        self.cut(start);
        self.cut(end);
        for (_, piece) in self.pieces.range_mut(start..end) {
            piece.prot = prot;
        }
    }

    /// Makes `at` a border, where it lies inside a piece.
    fn cut(&mut self, at: u64) {
        let Some((start, piece)) = self.pieces.range_mut(..at).next_back() else {
            return;
        };
        if piece.end <= at {
            return;
        }
        let mut tail = *piece;
        tail.offset = tail.offset.wrapping_add(at - start);
        piece.end = at;
        self.pieces.insert(at, tail);
    }

    /// The parts of `[start, end)` of which nothing is known.
    pub(super) fn holes(&self, start: u64, end: u64) -> Vec<(u64, u64)> {
        let mut holes = Vec::new();
        let mut at = self.at(start).map_or(start, |(_, piece)| piece.end);
        for (from, piece) in self.pieces.range(start..end.max(start)) {
            if at < *from {
                holes.push((at, *from));
            }
            at = at.max(piece.end);
        }
        if at < end {
            holes.push((at, end));
        }
        holes
    }

    /// The piece that holds the address, with its start.
    pub(super) fn at(&self, addr: u64) -> Option<(u64, Piece)> {
        let (start, piece) = self.pieces.range(..=addr).next_back()?;
        (addr < piece.end).then_some((*start, *piece))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_mapped_and_what_is_not() {
        let mut known = Known::default();
        assert_eq!(known.holes(0, 9), [(0, 9)]);
        known.insert(2, Piece::anonymous(6));
        known.insert(8, Piece { offset: 80, ..Piece::anonymous(20) });
        assert_eq!(known.holes(0, 30), [(0, 2), (6, 8), (20, 30)]);
        known.remove(10, 12);
        assert_eq!(known.holes(9, 13), [(10, 12)]);
        assert_eq!(known.at(12).map(|(start, piece)| (start, piece.offset)), Some((12, 84)));
        known.protect(12, 14, Prot::NONE);
        assert_eq!(known.at(13).map(|(_, piece)| piece.prot), Some(Prot::NONE));
        assert_eq!(known.at(14).map(|(_, piece)| piece.prot.has_write()), Some(true));
        assert_eq!((known.bounds(), known.mapped()), (Some((2, 20)), 14));
        known.remove(0, 100);
        assert_eq!((known.bounds(), known.mapped()), (None, 0));
    }
}
