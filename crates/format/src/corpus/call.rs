//! Calls, as the corpora spell them.

use serde::{Deserialize, Serialize};
use uvmscope_uvm::{Access, Advice, Call, Inherit, MlockallFlags, MmapFlags, Prot};

use super::value::{Hex, Name, Num, given};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Mmap,
    Touch,
    Mlock,
    Munlock,
    Munmap,
    Mprotect,
    Minherit,
    Madvise,
    Mlockall,
    Munlockall,
    Exit,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Flag {
    Fixed,
    Private,
    Shared,
    Anon,
    Object,
    ReadonlyFile,
    Wired,
    Current,
    Future,
    Unknown,
}

/// A call as it stands in a case.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCall {
    call: Kind,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    addr: Option<Hex>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    len: Option<Num>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    prot: Option<Name<Prot>>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    flags: Option<Vec<Flag>>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    offset: Option<Num>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    access: Option<Name<Access>>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    inherit: Option<Name<Option<Inherit>>>,
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    advice: Option<Name<Option<Advice>>>,
}

/// A call of a case.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "RawCall", into = "RawCall")]
pub struct CaseCall(pub Call);

/// Takes a field, so that what is left over can be told to be too much.
fn take<T>(field: &mut Option<T>, name: &str) -> Result<T, String> {
    field.take().ok_or_else(|| format!("a call lacks its field `{name}`"))
}

impl TryFrom<RawCall> for CaseCall {
    type Error = String;

    fn try_from(mut raw: RawCall) -> Result<Self, String> {
        let call = match raw.call {
            Kind::Munlockall => Call::Munlockall,
            Kind::Exit => Call::Exit,
            Kind::Mlockall => {
                let flags = mlockall_flags(&take(&mut raw.flags, "flags")?)?;
                Call::Mlockall { flags }
            }
            _ => raw.ranged()?,
        };
        let nothing = RawCall { call: raw.call, ..RawCall::nothing() };
        if raw == nothing {
            Ok(Self(call))
        } else {
            Err(format!("a field too many beside {call:?}"))
        }
    }
}

impl RawCall {
    const fn nothing() -> Self {
        Self {
            call: Kind::Exit,
            addr: None,
            len: None,
            prot: None,
            flags: None,
            offset: None,
            access: None,
            inherit: None,
            advice: None,
        }
    }

    /// The calls that have an address and a length.
    fn ranged(&mut self) -> Result<Call, String> {
        let (addr, len) = (take(&mut self.addr, "addr")?.0, take(&mut self.len, "len")?.0);
        Ok(match self.call {
            Kind::Mmap => Call::Mmap {
                addr,
                len,
                prot: take(&mut self.prot, "prot")?.0,
                flags: mmap_flags(&take(&mut self.flags, "flags")?)?,
                offset: self.offset.take().map_or(0, |n| n.0),
            },
            Kind::Touch => Call::Touch { addr, len, access: take(&mut self.access, "access")?.0 },
            Kind::Mlock => Call::Mlock { addr, len },
            Kind::Munlock => Call::Munlock { addr, len },
            Kind::Mprotect => Call::Mprotect { addr, len, prot: take(&mut self.prot, "prot")?.0 },
            Kind::Minherit => {
                Call::Minherit { addr, len, inherit: take(&mut self.inherit, "inherit")?.0 }
            }
            Kind::Madvise => {
                Call::Madvise { addr, len, advice: take(&mut self.advice, "advice")?.0 }
            }
            _ => Call::Munmap { addr, len },
        })
    }
}

fn mmap_flags(names: &[Flag]) -> Result<MmapFlags, String> {
    let mut flags = MmapFlags::default();
    for name in names {
        match name {
            Flag::Fixed => flags.fixed = true,
            Flag::Private => flags.private = true,
            Flag::Shared => flags.shared = true,
            Flag::Anon => flags.anon = true,
            Flag::Object => flags.object = true,
            Flag::ReadonlyFile => flags.readonly_file = true,
            Flag::Wired => flags.wired = true,
            Flag::Current | Flag::Future | Flag::Unknown => {
                return Err("a flag of mlockall stands in an mmap".to_owned());
            }
        }
    }
    if flags.anon == flags.object {
        return Err("an mmap is of `anon` or of `object`, and not of both".to_owned());
    }
    if flags.readonly_file && !flags.object {
        return Err("`readonly-file` without `object`".to_owned());
    }
    Ok(flags)
}

fn mlockall_flags(names: &[Flag]) -> Result<MlockallFlags, String> {
    let mut flags = MlockallFlags::default();
    for name in names {
        match name {
            Flag::Current => flags.current = true,
            Flag::Future => flags.future = true,
            Flag::Unknown => flags.unknown = true,
            _ => return Err("a flag of mmap stands in an mlockall".to_owned()),
        }
    }
    Ok(flags)
}

impl From<CaseCall> for RawCall {
    fn from(CaseCall(call): CaseCall) -> Self {
        let mut raw = Self::nothing();
        if let Some((addr, len)) = call.addr_len() {
            (raw.addr, raw.len) = (Some(Hex(*addr)), Some(Num(*len)));
        }
        raw.call = match call {
            Call::Mmap { prot, flags, offset, .. } => {
                raw.prot = Some(Name(prot));
                raw.flags = Some(mmap_flag_names(flags));
                raw.offset = (flags.object || offset != 0).then_some(Num(offset));
                Kind::Mmap
            }
            Call::Touch { access, .. } => {
                raw.access = Some(Name(access));
                Kind::Touch
            }
            Call::Mprotect { prot, .. } => {
                raw.prot = Some(Name(prot));
                Kind::Mprotect
            }
            Call::Minherit { inherit, .. } => {
                raw.inherit = Some(Name(inherit));
                Kind::Minherit
            }
            Call::Madvise { advice, .. } => {
                raw.advice = Some(Name(advice));
                Kind::Madvise
            }
            Call::Mlockall { flags } => {
                raw.flags = Some(mlockall_flag_names(flags));
                Kind::Mlockall
            }
            Call::Mlock { .. } => Kind::Mlock,
            Call::Munlock { .. } => Kind::Munlock,
            Call::Munmap { .. } => Kind::Munmap,
            Call::Munlockall => Kind::Munlockall,
            Call::Exit => Kind::Exit,
        };
        raw
    }
}

fn mmap_flag_names(flags: MmapFlags) -> Vec<Flag> {
    let all = [
        (flags.fixed, Flag::Fixed),
        (flags.private, Flag::Private),
        (flags.shared, Flag::Shared),
        (flags.anon, Flag::Anon),
        (flags.object, Flag::Object),
        (flags.readonly_file, Flag::ReadonlyFile),
        (flags.wired, Flag::Wired),
    ];
    all.into_iter().filter(|(on, _)| *on).map(|(_, flag)| flag).collect()
}

fn mlockall_flag_names(flags: MlockallFlags) -> Vec<Flag> {
    let all = [
        (flags.current, Flag::Current),
        (flags.future, Flag::Future),
        (flags.unknown, Flag::Unknown),
    ];
    all.into_iter().filter(|(on, _)| *on).map(|(_, flag)| flag).collect()
}
