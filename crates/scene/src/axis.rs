//! Which address is where: a monotone line of straight pieces.
//!
//! What is mapped is drawn to scale as far as the narrowest entry can still be seen; holes are
//! compressed to a fixed width, and what lies outside the part that is shown is a band.

use uvmscope_uvm::{Pages, VaRange, Vaddr};

use crate::geom::{Unit, scale};

/// What a piece of the axis shows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum PieceKind {
    /// One entry.
    Mapped,
    /// Several entries, and what lies between them.
    Band,
    /// Nothing is mapped.
    Hole,
}

/// A straight piece of the axis.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Piece {
    /// Its addresses.
    pub range: VaRange,
    /// What it shows.
    pub kind: PieceKind,
    /// Its left end.
    pub from: Unit,
    /// Its right end.
    pub to: Unit,
}

/// The address axis of a scene.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Axis {
    pieces: Vec<Piece>,
    left: Unit,
    right: Unit,
}

/// The widths that the kinds of pieces may have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Widths {
    /// Least width of an entry.
    pub(crate) entry: Unit,
    /// Width of a hole.
    pub(crate) hole: Unit,
    /// Width of a band.
    pub(crate) band: Unit,
}

impl Axis {
    /// Lays the pieces out between `left` and `right`.
    pub(crate) fn lay_out(
        pieces: &[(VaRange, PieceKind)],
        left: Unit,
        right: Unit,
        widths: Widths,
    ) -> Self {
        let total = i64::from((right - left).0.max(0));
        let fixed = |kind| match kind {
            PieceKind::Mapped => None,
            PieceKind::Band => Some(i64::from(widths.band.0)),
            PieceKind::Hole => Some(i64::from(widths.hole.0)),
        };
        let has_mapped = pieces.iter().any(|(_, kind)| *kind == PieceKind::Mapped);
        let wanted: i64 = pieces.iter().filter_map(|(_, kind)| fixed(*kind)).sum();
        // Holes and bands give way where there are many: half of the width stays for entries.
        let allowed = if has_mapped { wanted.min(total / 2) } else { total };
        let fixed_width = |kind| {
            let wish = fixed(kind)?;
            Some(if wanted == 0 { 0 } else { wish * allowed / wanted })
        };
        let taken: i64 = pieces.iter().filter_map(|(_, kind)| fixed_width(*kind)).sum();
        let weights: Vec<u64> = pieces
            .iter()
            .filter(|(_, kind)| *kind == PieceKind::Mapped)
            .map(|(range, _)| weight(range.pages()))
            .collect();
        let mut shares = share(total - taken, i64::from(widths.entry.0), &weights).into_iter();
        let mut at = i64::from(left.0);
        let mut laid = Vec::with_capacity(pieces.len());
        for (range, kind) in pieces {
            let width = fixed_width(*kind).or_else(|| shares.next()).unwrap_or(0);
            let from = unit(at);
            at += width;
            laid.push(Piece { range: *range, kind: *kind, from, to: unit(at) });
        }
        Self { pieces: laid, left, right }
    }

    /// The pieces by ascending address.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// Where the axis begins and ends.
    pub const fn ends(&self) -> (Unit, Unit) {
        (self.left, self.right)
    }

    /// The piece that holds an address, the upper one at a boundary.
    pub fn piece_at(&self, va: Vaddr) -> Option<&Piece> {
        let after = self.pieces.partition_point(|p| p.range.start <= va);
        let piece = self.pieces.get(after.checked_sub(1)?)?;
        piece.range.contains(va).then_some(piece)
    }

    /// Where an address is. Addresses that no piece holds are at the nearest end of one.
    pub fn x_of(&self, va: Vaddr) -> Unit {
        let after = self.pieces.partition_point(|p| p.range.start <= va);
        let Some(piece) = after.checked_sub(1).and_then(|i| self.pieces.get(i)) else {
            return self.pieces.first().map_or(self.left, |p| p.from);
        };
        let along = va.0.min(piece.range.end.0).saturating_sub(piece.range.start.0);
        let width = i64::from(piece.to.0) - i64::from(piece.from.0);
        unit(i64::from(piece.from.0) + scale(width, along, piece.range.len().0))
    }

    /// Which page is at `x`: what a pointer over the picture means.
    pub fn page_at(&self, x: Unit) -> Option<Vaddr> {
        let after = self.pieces.partition_point(|p| p.from <= x);
        let piece = self.pieces.get(after.checked_sub(1)?).or_else(|| self.pieces.last())?;
        let width = u64::try_from((piece.to - piece.from).0).ok().filter(|w| *w > 0)?;
        let along = i64::from((x.min(piece.to) - piece.from).0);
        let len = piece.range.len().0;
        let bytes = u128::try_from(along).ok()? * u128::from(len) / u128::from(width);
        let bytes = u64::try_from(bytes).ok()?.min(len.saturating_sub(1));
        Some(Vaddr(piece.range.start.0.saturating_add(bytes)).trunc_page())
    }

    /// The addresses from the first piece to the last.
    pub fn window(&self) -> Option<VaRange> {
        Some(VaRange::new(self.pieces.first()?.range.start, self.pieces.last()?.range.end))
    }
}

fn unit(n: i64) -> Unit {
    Unit(i32::try_from(n).unwrap_or(i32::MAX))
}

/// What an entry weighs when the width is shared out: its pages, but above 256 of them each
/// doubling only as much as 256 pages more, so that a gigabyte does not push all else aside.
fn weight(pages: Pages) -> u64 {
    const LINEAR: u64 = 256;
    if pages.0 <= LINEAR {
        return pages.0.max(1);
    }
    let doublings = u64::from((pages.0 / LINEAR).ilog2());
    let base = LINEAR << doublings;
    let rest = u128::from(pages.0 - base) * u128::from(LINEAR) / u128::from(base);
    LINEAR * (1 + doublings) + u64::try_from(rest).unwrap_or(0)
}

/// Shares `total` out by weight, so that nobody gets less than `least`, and less than an equal
/// share only where `least` is more than there is.
fn share(total: i64, least: i64, weights: &[u64]) -> Vec<i64> {
    let count = i64::try_from(weights.len()).unwrap_or(i64::MAX);
    if count == 0 {
        return Vec::new();
    }
    let least = least.min(total / count).max(0);
    let mut raised = vec![false; weights.len()];
    loop {
        let rest =
            total - least * i64::try_from(raised.iter().filter(|r| **r).count()).unwrap_or(0);
        let sum: u64 = weights.iter().zip(&raised).filter(|(_, r)| !**r).map(|(w, _)| w).sum();
        let mut again = false;
        for (weight, raised) in weights.iter().zip(&mut raised) {
            if !*raised && scale(rest, *weight, sum) < least {
                *raised = true;
                again = true;
            }
        }
        if !again {
            return dealt(rest, sum, least, weights, &raised);
        }
    }
}

/// Deals `rest` out to those not raised; rounding is carried on, so that nothing of it is lost.
fn dealt(rest: i64, sum: u64, least: i64, weights: &[u64], raised: &[bool]) -> Vec<i64> {
    let mut so_far = 0;
    let mut given = 0;
    let width = |(weight, raised): (&u64, &bool)| {
        if *raised {
            return least;
        }
        so_far += weight;
        let upto = scale(rest, so_far, sum);
        let width = upto - given;
        given = upto;
        width
    };
    weights.iter().zip(raised).map(width).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_to_scale_until_somebody_would_get_too_little() {
        assert_eq!(share(7160, 120, &[9, 1, 40]), [1288, 144, 5728]);
        assert_eq!(share(1000, 120, &[9, 1, 40]), [161, 120, 719]);
        assert_eq!(share(100, 120, &[9, 1]), [50, 50]);
        assert!(share(100, 1, &[]).is_empty());
    }

    #[test]
    fn weights_grow_with_pages_but_ever_slower() {
        let weights: Vec<u64> =
            [0, 1, 256, 257, 384, 512, 1024, 1 << 40].map(|n| weight(Pages(n))).to_vec();
        assert!(weights.is_sorted());
        assert_eq!(weights[5], 512);
        assert_eq!(weights[6], 768);
    }

    #[test]
    fn addresses_and_places_belong_together_at_the_ends_of_the_address_space() {
        let widths = Widths { entry: Unit(100), hole: Unit(300), band: Unit(500) };
        let pieces = [
            (VaRange::new(Vaddr(0x1000), Vaddr(0x2000)), PieceKind::Mapped),
            (VaRange::new(Vaddr(0x2000), Vaddr(!0xfff)), PieceKind::Hole),
        ];
        let axis = Axis::lay_out(&pieces, Unit(0), Unit(1000), widths);
        assert_eq!(axis.x_of(Vaddr(0)), Unit(0));
        assert_eq!(axis.x_of(Vaddr(0x2000)), Unit(700));
        assert_eq!(axis.x_of(Vaddr(u64::MAX)), Unit(1000));
        assert_eq!(axis.page_at(Unit(10)), Some(Vaddr(0x1000)));
        assert_eq!(axis.page_at(Unit(-10)), None);
        assert_eq!(axis.page_at(Unit(5000)), Some(Vaddr(0xffff_ffff_ffff_e000)));
        assert_eq!(Axis::default().x_of(Vaddr(7)), Unit(0));
        assert_eq!(Axis::default().page_at(Unit(7)), None);
    }
}
