//! Page numbers to things, for address spaces that are mostly empty.

use std::collections::BTreeMap;
use std::ops::Range;

/// Numbers in a chunk. As in a page table, neighbours stand side by side.
const CHUNK: u64 = 32;
/// The same, as the length of an array.
const CHUNK_LEN: usize = 32;

#[derive(Clone, PartialEq, Eq, Debug)]
struct Chunk<T> {
    /// One bit for each number that has something.
    used: u32,
    items: [Option<T>; CHUNK_LEN],
}

/// A map from numbers to `T`, quick for runs of numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sparse<T> {
    chunks: BTreeMap<u64, Box<Chunk<T>>>,
    len: usize,
}

impl<T> Default for Sparse<T> {
    fn default() -> Self {
        Self { chunks: BTreeMap::new(), len: 0 }
    }
}

const fn split(number: u64) -> (u64, usize) {
    (number / CHUNK, (number % CHUNK) as usize)
}

impl<T: Copy> Sparse<T> {
    /// How many numbers have something.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether no number has anything.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// What the number has.
    #[inline]
    pub fn get(&self, number: u64) -> Option<T> {
        let (chunk, at) = split(number);
        self.chunks.get(&chunk)?.items[at]
    }

    /// Gives the number something else, or nothing; returns what it had.
    #[inline]
    pub(crate) fn set(&mut self, number: u64, value: Option<T>) -> Option<T> {
        match value {
            Some(value) => self.insert(number, value),
            None => self.remove(number),
        }
    }

    pub(crate) fn insert(&mut self, number: u64, value: T) -> Option<T> {
        let (chunk, at) = split(number);
        let empty = || Box::new(Chunk { used: 0, items: [None; CHUNK_LEN] });
        let chunk = self.chunks.entry(chunk).or_insert_with(empty);
        let old = chunk.items[at].replace(value);
        chunk.used |= 1 << at;
        self.len += usize::from(old.is_none());
        old
    }

    pub(crate) fn remove(&mut self, number: u64) -> Option<T> {
        let (key, at) = split(number);
        let chunk = self.chunks.get_mut(&key)?;
        let old = chunk.items[at].take()?;
        chunk.used &= !(1 << at);
        // An empty chunk goes, so that equal contents are equal values.
        if chunk.used == 0 {
            self.chunks.remove(&key);
        }
        self.len -= 1;
        Some(old)
    }

    /// Everything whose number lies in `range`, by ascending number.
    pub fn range(&self, range: Range<u64>) -> impl Iterator<Item = (u64, T)> {
        let Range { start, end } = range;
        let (first, from) = split(start);
        // The chunk after the last one that has a number below `end`.
        let last = end.div_ceil(CHUNK).max(first);
        let low = u32::MAX << from;
        self.chunks.range(first..last).flat_map(move |(key, chunk)| {
            let mask = if *key == first { chunk.used & low } else { chunk.used };
            let base = key * CHUNK;
            Bits(mask)
                .map_while(move |bit| Some((base + u64::from(bit), chunk.items[bit as usize]?)))
                .take_while(move |(number, _)| *number < end)
        })
    }

    /// The lowest of [`Sparse::range`].
    #[inline]
    pub(crate) fn first_in(&self, range: Range<u64>) -> Option<(u64, T)> {
        let (key, from) = split(range.start);
        // Mostly it is in the very chunk.
        if let Some(chunk) = self.chunks.get(&key) {
            let rest = chunk.used & (u32::MAX << from);
            if rest != 0 {
                let at = rest.trailing_zeros();
                let number = key * CHUNK + u64::from(at);
                let item = chunk.items[at as usize]?;
                return (number < range.end).then_some((number, item));
            }
        }
        self.range((key + 1) * CHUNK..range.end).next()
    }

    /// Everything, by ascending number.
    pub fn iter(&self) -> impl Iterator<Item = (u64, T)> {
        self.range(0..u64::MAX)
    }
}

impl<T: Copy> FromIterator<(u64, T)> for Sparse<T> {
    fn from_iter<I: IntoIterator<Item = (u64, T)>>(iter: I) -> Self {
        let mut map = Self::default();
        for (number, value) in iter {
            map.insert(number, value);
        }
        map
    }
}

/// The numbers of the bits that are set, lowest first.
struct Bits(u32);

impl Iterator for Bits {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let bit = (self.0 != 0).then(|| self.0.trailing_zeros())?;
        self.0 &= self.0 - 1;
        Some(bit)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::Sparse;

    proptest! {
        #[test]
        fn behaves_like_a_map(
            changes in prop::collection::vec((0u64..200, prop::option::of(any::<u8>())), 0..80),
            start in 0u64..220,
            len in 0u64..220,
        ) {
            let mut model = BTreeMap::new();
            let mut sparse = Sparse::default();
            for (number, value) in changes {
                let old = match value {
                    Some(value) => model.insert(number, value),
                    None => model.remove(&number),
                };
                prop_assert_eq!(sparse.set(number, value), old);
            }
            let expected: Vec<_> = model.iter().map(|(n, v)| (*n, *v)).collect();
            prop_assert_eq!(sparse.iter().collect::<Vec<_>>(), expected);
            prop_assert_eq!(sparse.len(), model.len());
            let within: Vec<_> =
                model.range(start..start + len).map(|(n, v)| (*n, *v)).collect();
            prop_assert_eq!(sparse.range(start..start + len).collect::<Vec<_>>(), within.clone());
            prop_assert_eq!(sparse.first_in(start..start + len), within.first().copied());
            prop_assert_eq!(&sparse, &model.into_iter().collect::<Sparse<_>>());
        }
    }
}
