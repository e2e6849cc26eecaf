//! What a traced call answered.

use std::borrow::Cow;

use uvmscope_replay::Expect;
use uvmscope_uvm::Errno;

/// The answer of a traced call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Answer<'a> {
    /// It succeeded, with this value.
    Value(u64),
    /// It failed; the name of the errno, or `errno N`.
    Errno(Cow<'a, str>),
    /// The trace does not tell.
    Unknown,
}

impl Answer<'_> {
    /// The same, without the text that it was read from.
    pub(super) fn into_owned(self) -> Answer<'static> {
        match self {
            Self::Value(value) => Answer::Value(value),
            Self::Errno(name) => Answer::Errno(name.into_owned().into()),
            Self::Unknown => Answer::Unknown,
        }
    }

    /// Whether the call did its work, as far as the trace tells.
    pub(super) fn may_have_worked(&self) -> bool {
        !matches!(self, Self::Errno(_))
    }

    /// Whether the call did its work for certain.
    pub(super) fn worked(&self) -> bool {
        matches!(self, Self::Value(_))
    }

    /// The expectation for the script, or why there is none.
    pub(super) fn expect(&self) -> Result<Expect, String> {
        match self {
            Self::Value(value) => Ok(Expect::Value(*value)),
            Self::Errno(name) => Errno::from_name(name).map(Expect::Errno).ok_or_else(|| {
                format!("nothing is expected of it: no simulated call can answer {name}")
            }),
            Self::Unknown => {
                Err("nothing is expected of it: the trace does not tell the answer".to_owned())
            }
        }
    }
}

/// An errno by its number on NetBSD and FreeBSD; they agree in all that matter here.
pub(super) fn bsd_errno(number: &str) -> Cow<'static, str> {
    match number {
        "1" => "EPERM".into(),
        "9" => "EBADF".into(),
        "12" => "ENOMEM".into(),
        "13" => "EACCES".into(),
        "14" => "EFAULT".into(),
        "17" => "EEXIST".into(),
        "19" => "ENODEV".into(),
        "22" => "EINVAL".into(),
        "27" => "EFBIG".into(),
        "35" => "EAGAIN".into(),
        "45" => "EOPNOTSUPP".into(),
        "78" => "ENOSYS".into(),
        "84" => "EOVERFLOW".into(),
        other => format!("errno {other}").into(),
    }
}
