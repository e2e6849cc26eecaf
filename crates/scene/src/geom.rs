//! Lengths and points of the picture, in whole tenths of a pixel: no float, so that the same
//! scene comes out everywhere.

use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A length or coordinate in tenths of a pixel; prints as pixels, `12.5`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Unit(pub i32);

/// So many whole pixels.
pub const fn px(n: i32) -> Unit {
    Unit(n * 10)
}

impl Unit {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// In whole pixels, rounded down.
    pub const fn floor_px(self) -> i32 {
        self.0.div_euclid(10)
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, tenth) = (self.0.abs() / 10, self.0.abs() % 10);
        let sign = if self.0 < 0 { "-" } else { "" };
        if tenth == 0 { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{tenth}") }
    }
}

impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

// The inputs are bounded (a viewport is clamped), so these never come near the type's ends.
impl Add for Unit {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sub for Unit {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl Neg for Unit {
    type Output = Self;
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl Mul<i32> for Unit {
    type Output = Self;
    fn mul(self, by: i32) -> Self {
        Self(self.0.saturating_mul(by))
    }
}

impl Div<i32> for Unit {
    type Output = Self;
    fn div(self, by: i32) -> Self {
        Self(self.0.checked_div(by).unwrap_or(0))
    }
}

/// A point.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Point {
    /// From the left.
    pub x: Unit,
    /// From the top.
    pub y: Unit,
}

impl Point {
    /// The upper left corner.
    pub const ORIGIN: Self = Self { x: Unit::ZERO, y: Unit::ZERO };

    /// The point `x` from the left and `y` from the top.
    pub const fn new(x: Unit, y: Unit) -> Self {
        Self { x, y }
    }
}

/// An upright rectangle.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Rect {
    /// Its left edge.
    pub x: Unit,
    /// Its upper edge.
    pub y: Unit,
    /// Its width.
    pub width: Unit,
    /// Its height.
    pub height: Unit,
}

impl Rect {
    /// The rectangle with that corner and size; a negative size becomes 0.
    pub fn new(x: Unit, y: Unit, width: Unit, height: Unit) -> Self {
        Self { x, y, width: width.max(Unit::ZERO), height: height.max(Unit::ZERO) }
    }

    /// Its right edge.
    pub fn right(self) -> Unit {
        self.x + self.width
    }

    /// Its lower edge.
    pub fn bottom(self) -> Unit {
        self.y + self.height
    }

    /// The middle between its left and right edge.
    pub fn center_x(self) -> Unit {
        self.x + self.width / 2
    }
}

/// `a * b / c` without overflow, rounded down; 0 where `c` is 0.
pub(crate) fn scale(a: i64, b: u64, c: u64) -> i64 {
    if c == 0 {
        return 0;
    }
    let product = i128::from(a) * i128::from(b) / i128::from(c);
    i64::try_from(product).unwrap_or(i64::MAX)
}
