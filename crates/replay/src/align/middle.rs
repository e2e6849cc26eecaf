//! Pairing steps by their position in the code, where two runs have parted.

use std::collections::BTreeMap;
use std::mem::{Discriminant, discriminant};

use uvmscope_uvm::{KernelEvent, Recorded};

/// Pairs of steps that are tried out for one call at most; above it only ends are paired.
const CELLS: usize = 1 << 20;
/// Pairs of steps that are tried out for a whole alignment at most.
pub(super) const ALL_CELLS: usize = 1 << 24;

/// What two stretches of steps have in common: indices of steps at the same positions of the code,
/// ascending on both sides.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Common {
    pub(super) pairs: Vec<[usize; 2]>,
    /// How many pairs at the end lead to the end of both stretches without a step between them.
    pub(super) tail: usize,
}

/// The statement and the kind of what it does: one statement may do two things.
type Position = (&'static str, u32, u32);

/// Numbers for positions, equal for equal ones.
#[derive(Debug, Default)]
struct Numbers {
    known: BTreeMap<Position, Vec<(Discriminant<KernelEvent>, u32)>>,
    next: u32,
}

impl Numbers {
    fn of(&mut self, recorded: &Recorded) -> u32 {
        let site = recorded.site;
        let here = self.known.entry((site.file(), site.line(), site.column())).or_default();
        let kind = discriminant(&recorded.event);
        if let Some((_, number)) = here.iter().find(|(known, _)| *known == kind) {
            return *number;
        }
        here.push((kind, self.next));
        self.next += 1;
        self.next - 1
    }
}

/// The longest pairing, or that of the ends alone where finding it would take more than `cells`,
/// from which the work is taken off.
pub(super) fn common(a: &[Recorded], b: &[Recorded], cells: &mut usize) -> Common {
    let mut numbers = Numbers::default();
    let [a, b] = [a, b].map(|steps| steps.iter().map(|r| numbers.of(r)).collect::<Vec<_>>());
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (inner_a, inner_b) = (&a[..a.len() - tail], &b[..b.len() - tail]);
    let head = inner_a.iter().zip(inner_b).take_while(|(a, b)| a == b).count();
    let mut pairs: Vec<[usize; 2]> = (0..head).map(|i| [i, i]).collect();
    let work = (inner_a.len() - head).saturating_mul(inner_b.len() - head);
    if work <= CELLS && work <= *cells {
        *cells -= work;
        let middle = longest(&inner_a[head..], &inner_b[head..]);
        pairs.extend(middle.into_iter().map(|[i, j]| [head + i, head + j]));
    }
    pairs.extend((0..tail).map(|k| [inner_a.len() + k, inner_b.len() + k]));
    Common { pairs, tail }
}

/// The longest common subsequence.
fn longest(a: &[u32], b: &[u32]) -> Vec<[usize; 2]> {
    if a.is_empty() || b.is_empty() {
        return Vec::new();
    }
    let width = b.len() + 1;
    // How long the longest pairing of what lies from (i, j) on is.
    let mut best = vec![0u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            best[i * width + j] = if a[i] == b[j] {
                best[(i + 1) * width + j + 1] + 1
            } else {
                best[(i + 1) * width + j].max(best[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::new();
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            pairs.push([i, j]);
            i += 1;
            j += 1;
        } else if best[(i + 1) * width + j] >= best[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_pairing_goes_forward_on_both_sides() {
        assert_eq!(longest(&[1, 2, 3, 4], &[2, 9, 4, 1]), [[1, 0], [3, 2]]);
        assert_eq!(longest(&[1, 2], &[3, 4]), [[0; 2]; 0]);
        assert_eq!(longest(&[], &[3]), [[0; 2]; 0]);
        assert_eq!(longest(&[7, 1, 7, 1], &[1, 7]), [[1, 0], [2, 1]]);
    }
}
