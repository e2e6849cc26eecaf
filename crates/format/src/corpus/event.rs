//! The inner events of a call, as the corpora tell them.

use serde::{Deserialize, Serialize};
use uvmscope_uvm::{Access, Errno};

use super::value::{Hex, Name, given};

/// How a merge came about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "named as in the corpora; `uvmscope_uvm::event::MergeHow` explains")]
pub enum MergeHow {
    Back,
    Forward,
    Both,
    AmapCopyNext,
    AmapCopyPrev,
}

/// How `amap_copy` came to its end.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(
    missing_docs,
    reason = "named as in the corpora; `uvmscope_uvm::event::AmapCopied` explains"
)]
pub enum AmapCopied {
    New,
    Took,
    Copied,
}

/// One inner event.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(tag = "ev", rename_all = "snake_case", try_from = "RawEvent")]
#[allow(missing_docs, reason = "named as in the corpora; docs/corpus.md of this crate explains")]
pub enum Event {
    Lookup {
        va: Hex,
        found: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        start: Option<Hex>,
        #[serde(skip_serializing_if = "Option::is_none")]
        end: Option<Hex>,
    },
    ClipStart {
        at: Hex,
        start: Hex,
        end: Hex,
    },
    ClipEnd {
        at: Hex,
        start: Hex,
        end: Hex,
    },
    NewEntry {
        start: Hex,
        end: Hex,
    },
    Merge {
        how: MergeHow,
        start: Hex,
        len: u64,
    },
    AmapCopy {
        start: Hex,
        end: Hex,
        from: Hex,
        to: Hex,
    },
    AmapCopied {
        start: Hex,
        end: Hex,
        how: AmapCopied,
    },
    WiredCount {
        start: Hex,
        end: Hex,
        from: i64,
        to: i64,
    },
    FaultWire {
        start: Hex,
        end: Hex,
    },
    FaultWireFailed {
        va: Hex,
        errno: Name<Errno>,
    },
    FaultUnwire {
        start: Hex,
        end: Hex,
    },
    Fault {
        va: Hex,
        access: Name<Access>,
    },
    Pagein {
        offset: Hex,
    },
    PmapEnter {
        va: Hex,
        wired: bool,
    },
    Pagewire {
        va: Hex,
        from: i64,
        to: i64,
    },
    PmapUnwire {
        va: Hex,
        changed: bool,
    },
    Pageunwire {
        va: Hex,
        from: i64,
        to: i64,
    },
    PagefreeWired {
        va: Hex,
        wire_count: i64,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Lookup,
    ClipStart,
    ClipEnd,
    NewEntry,
    Merge,
    AmapCopy,
    AmapCopied,
    WiredCount,
    FaultWire,
    FaultWireFailed,
    FaultUnwire,
    Fault,
    Pagein,
    PmapEnter,
    Pagewire,
    PmapUnwire,
    Pageunwire,
    PagefreeWired,
}

/// A count, or an address: `from` and `to` are the one or the other.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Either {
    Count(i64),
    Addr(Hex),
}

impl<'de> Deserialize<'de> for Either {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EitherVisitor;
        impl serde::de::Visitor<'_> for EitherVisitor {
            type Value = Either;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a count or a hex string")
            }

            fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Either, E> {
                Ok(Either::Count(value))
            }

            fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Either, E> {
                i64::try_from(value).map(Either::Count).map_err(E::custom)
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Either, E> {
                let text = serde::de::value::StrDeserializer::new(text);
                Hex::deserialize(text).map(Either::Addr)
            }
        }
        deserializer.deserialize_any(EitherVisitor)
    }
}

/// Every field that any event has. Reading this and then sorting it into [`Event`] is several
/// times as fast as letting serde look for the tag first, and the corpora are mostly events.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEvent {
    ev: Kind,
    #[serde(default, deserialize_with = "given")]
    va: Option<Hex>,
    #[serde(default, deserialize_with = "given")]
    at: Option<Hex>,
    #[serde(default, deserialize_with = "given")]
    start: Option<Hex>,
    #[serde(default, deserialize_with = "given")]
    end: Option<Hex>,
    #[serde(default, deserialize_with = "given")]
    from: Option<Either>,
    #[serde(default, deserialize_with = "given")]
    to: Option<Either>,
    #[serde(default, deserialize_with = "given")]
    offset: Option<Hex>,
    #[serde(default, deserialize_with = "given")]
    len: Option<u64>,
    #[serde(default, deserialize_with = "given")]
    wire_count: Option<i64>,
    #[serde(default, deserialize_with = "given")]
    found: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    wired: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    changed: Option<bool>,
    #[serde(default, deserialize_with = "given")]
    how: Option<Word>,
    #[serde(default, deserialize_with = "given")]
    errno: Option<Name<Errno>>,
    #[serde(default, deserialize_with = "given")]
    access: Option<Name<Access>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Back,
    Forward,
    Both,
    AmapCopyNext,
    AmapCopyPrev,
    New,
    Took,
    Copied,
}

impl Word {
    const fn merge(self) -> Option<MergeHow> {
        Some(match self {
            Self::Back => MergeHow::Back,
            Self::Forward => MergeHow::Forward,
            Self::Both => MergeHow::Both,
            Self::AmapCopyNext => MergeHow::AmapCopyNext,
            Self::AmapCopyPrev => MergeHow::AmapCopyPrev,
            Self::New | Self::Took | Self::Copied => return None,
        })
    }

    const fn copied(self) -> Option<AmapCopied> {
        Some(match self {
            Self::New => AmapCopied::New,
            Self::Took => AmapCopied::Took,
            Self::Copied => AmapCopied::Copied,
            _ => return None,
        })
    }
}

/// Takes a field, so that what is left over can be told to be too much.
fn take<T>(field: &mut Option<T>, name: &str) -> Result<T, String> {
    field.take().ok_or_else(|| format!("an event lacks its field `{name}`"))
}

fn count(field: &mut Option<Either>, name: &str) -> Result<i64, String> {
    match take(field, name)? {
        Either::Count(n) => Ok(n),
        Either::Addr(_) => Err(format!("`{name}` of this event is a number, not a hex string")),
    }
}

fn addr(field: &mut Option<Either>, name: &str) -> Result<Hex, String> {
    match take(field, name)? {
        Either::Addr(hex) => Ok(hex),
        Either::Count(_) => Err(format!("`{name}` of this event is a hex string, not a number")),
    }
}

impl RawEvent {
    fn is_used_up(&self) -> bool {
        let hexes = [self.va, self.at, self.start, self.end, self.offset];
        let flags = [self.found, self.wired, self.changed];
        hexes.iter().all(Option::is_none)
            && flags.iter().all(Option::is_none)
            && self.from.is_none()
            && self.to.is_none()
            && self.len.is_none()
            && self.wire_count.is_none()
            && self.how.is_none()
            && self.errno.is_none()
            && self.access.is_none()
    }

    /// Events of the map.
    fn map_event(&mut self) -> Result<Event, String> {
        Ok(match self.ev {
            Kind::Lookup => {
                let found = take(&mut self.found, "found")?;
                if found != self.start.is_some() || found != self.end.is_some() {
                    return Err("a lookup has start and end exactly if it found".to_owned());
                }
                let (start, end) = (self.start.take(), self.end.take());
                Event::Lookup { va: take(&mut self.va, "va")?, found, start, end }
            }
            Kind::ClipStart | Kind::ClipEnd => {
                let (at, start, end) = (take(&mut self.at, "at")?, self.start()?, self.end()?);
                match self.ev {
                    Kind::ClipStart => Event::ClipStart { at, start, end },
                    _ => Event::ClipEnd { at, start, end },
                }
            }
            Kind::Merge => {
                let how = take(&mut self.how, "how")?.merge().ok_or("no merge is called so")?;
                Event::Merge { how, start: self.start()?, len: take(&mut self.len, "len")? }
            }
            Kind::AmapCopy => Event::AmapCopy {
                start: self.start()?,
                end: self.end()?,
                from: addr(&mut self.from, "from")?,
                to: addr(&mut self.to, "to")?,
            },
            Kind::AmapCopied => {
                let how = take(&mut self.how, "how")?.copied();
                let how = how.ok_or("no end of amap_copy is called so")?;
                Event::AmapCopied { start: self.start()?, end: self.end()?, how }
            }
            Kind::WiredCount => Event::WiredCount {
                start: self.start()?,
                end: self.end()?,
                from: count(&mut self.from, "from")?,
                to: count(&mut self.to, "to")?,
            },
            _ => Event::NewEntry { start: self.start()?, end: self.end()? },
        })
    }

    /// Events of pages and the pmap.
    fn page_event(&mut self) -> Result<Event, String> {
        if self.ev == Kind::FaultWire {
            return Ok(Event::FaultWire { start: self.start()?, end: self.end()? });
        }
        if self.ev == Kind::FaultUnwire {
            return Ok(Event::FaultUnwire { start: self.start()?, end: self.end()? });
        }
        if self.ev == Kind::Pagein {
            return Ok(Event::Pagein { offset: take(&mut self.offset, "offset")? });
        }
        let va = take(&mut self.va, "va")?;
        Ok(match self.ev {
            Kind::FaultWireFailed => {
                Event::FaultWireFailed { va, errno: take(&mut self.errno, "errno")? }
            }
            Kind::Fault => Event::Fault { va, access: take(&mut self.access, "access")? },
            Kind::PmapEnter => Event::PmapEnter { va, wired: take(&mut self.wired, "wired")? },
            Kind::PmapUnwire => {
                Event::PmapUnwire { va, changed: take(&mut self.changed, "changed")? }
            }
            Kind::PagefreeWired => {
                Event::PagefreeWired { va, wire_count: take(&mut self.wire_count, "wire_count")? }
            }
            kind => {
                let (from, to) = (count(&mut self.from, "from")?, count(&mut self.to, "to")?);
                match kind {
                    Kind::Pagewire => Event::Pagewire { va, from, to },
                    _ => Event::Pageunwire { va, from, to },
                }
            }
        })
    }

    fn start(&mut self) -> Result<Hex, String> {
        take(&mut self.start, "start")
    }

    fn end(&mut self) -> Result<Hex, String> {
        take(&mut self.end, "end")
    }
}

impl TryFrom<RawEvent> for Event {
    type Error = String;

    fn try_from(mut raw: RawEvent) -> Result<Self, String> {
        let event = match raw.ev {
            Kind::Lookup
            | Kind::ClipStart
            | Kind::ClipEnd
            | Kind::NewEntry
            | Kind::Merge
            | Kind::AmapCopy
            | Kind::AmapCopied
            | Kind::WiredCount => raw.map_event()?,
            _ => raw.page_event()?,
        };
        if raw.is_used_up() { Ok(event) } else { Err(format!("a field too many beside {event:?}")) }
    }
}
