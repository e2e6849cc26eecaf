//! Numbers and names as the corpora spell them.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::{Serialize, Serializer};
use uvmscope_uvm::{Access, Advice, Errno, Inherit, Prot};

/// From here on a number may not survive readers that keep numbers as floats.
const EXACT: u64 = 1 << 53;

/// The word that stands for a code that the kernel does not know.
const UNKNOWN: &str = "unknown";

/// A number that is spelt as a hex string: `"0x7f7ff7ed6000"`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Hex(pub u64);

/// A number that is spelt as a number, and as a hex string from 2^53 on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Num(pub u64);

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

impl Serialize for Hex {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for Num {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 < EXACT {
            serializer.serialize_u64(self.0)
        } else {
            Hex(self.0).serialize(serializer)
        }
    }
}

struct NumberVisitor {
    plain: bool,
}

impl Visitor<'_> for NumberVisitor {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.plain { "a number from 0, or a hex string" } else { "a hex string" })
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<u64, E> {
        if self.plain {
            Ok(value)
        } else {
            Err(E::invalid_type(de::Unexpected::Unsigned(value), &self))
        }
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<u64, E> {
        let digits = text.strip_prefix("0x").filter(|d| !d.starts_with('+'));
        let value = digits.and_then(|d| u64::from_str_radix(d, 16).ok());
        value.ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NumberVisitor { plain: false }).map(Self)
    }
}

impl<'de> Deserialize<'de> for Num {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor { plain: true }).map(Self)
    }
}

/// Reads a field that may be left out; where it stands it has a value, and is not null.
pub(super) fn given<'de, T, D>(deserializer: D) -> Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// A value that the corpora spell by its name.
pub trait Named: Copy {
    /// What names of this sort are called, for errors.
    const WHAT: &'static str;

    /// The name.
    fn name(self) -> &'static str;

    /// The value of that name.
    fn from_name(name: &str) -> Option<Self>;
}

/// A value spelt by its name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Name<T>(pub T);

impl<T: Named> Serialize for Name<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name())
    }
}

struct NameVisitor<T>(std::marker::PhantomData<T>);

impl<T: Named> Visitor<'_> for NameVisitor<T> {
    type Value = Name<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::WHAT)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Name<T>, E> {
        let value = T::from_name(text).map(Name);
        value.ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

impl<'de, T: Named> Deserialize<'de> for Name<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor(std::marker::PhantomData))
    }
}

/// The name of a set of permissions.
pub(super) fn prot_name(prot: Prot) -> &'static str {
    const NAMES: [&str; 8] = ["none", "r", "w", "rw", "x", "rx", "wx", "rwx"];
    let is_it = |bits: &u64| Prot::from_bits(*bits) == prot;
    (0..8).find(is_it).and_then(|bits| NAMES.get(usize::try_from(bits).ok()?)).unwrap_or(&"none")
}

impl Named for Prot {
    const WHAT: &'static str = "none, r, w, rw, x, rx, wx or rwx";

    fn name(self) -> &'static str {
        prot_name(self)
    }

    fn from_name(name: &str) -> Option<Self> {
        (0..8).map(Self::from_bits).find(|p| prot_name(*p) == name)
    }
}

impl Named for Errno {
    const WHAT: &'static str = "the name of an errno";

    fn name(self) -> &'static str {
        Self::name(self)
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::from_name(name)
    }
}

impl Named for Access {
    const WHAT: &'static str = "read or write";

    fn name(self) -> &'static str {
        Self::name(self)
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Read, Self::Write].into_iter().find(|a| a.name() == name)
    }
}

impl Named for Option<Inherit> {
    const WHAT: &'static str = "share, copy, none, zero or unknown";

    fn name(self) -> &'static str {
        self.map_or(UNKNOWN, Inherit::name)
    }

    fn from_name(name: &str) -> Option<Self> {
        let known = Inherit::ALL.into_iter().find(|i| i.name() == name);
        known.map(Some).or_else(|| (name == UNKNOWN).then_some(None))
    }
}

impl Named for Option<Advice> {
    const WHAT: &'static str = "normal, random, sequential or unknown";

    fn name(self) -> &'static str {
        self.map_or(UNKNOWN, Advice::name)
    }

    fn from_name(name: &str) -> Option<Self> {
        let known = Advice::ALL.into_iter().find(|a| a.name() == name);
        known.map(Some).or_else(|| (name == UNKNOWN).then_some(None))
    }
}

/// An entry's inheritance, which is always a known one.
impl Named for Inherit {
    const WHAT: &'static str = "share, copy, none or zero";

    fn name(self) -> &'static str {
        Self::name(self)
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|i| i.name() == name)
    }
}

/// An entry's advice, which is always a known one.
impl Named for Advice {
    const WHAT: &'static str = "normal, random or sequential";

    fn name(self) -> &'static str {
        Self::name(self)
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.name() == name)
    }
}

impl Named for uvmscope_uvm::Change {
    const WHAT: &'static str = "the name of a change";

    fn name(self) -> &'static str {
        Self::name(self)
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::from_name(name)
    }
}
