//! Calls with their arguments, and what a script expects of them.

use std::ops::Range;

use uvmscope_replay::{Expect, Expr};
use uvmscope_uvm::{Access, Call, Errno, MlockallFlags, MmapFlags, Prot};

use super::lexer::{Kind, Token};
use super::line::{Line, Names};
use super::words::{ADVICES, Code, INHERITS, MAPS, MCLS, PROTS};

/// The descriptor of the script's one file.
pub(super) const FILE: u64 = 3;
/// The descriptor of the same file, opened read-only.
pub(super) const FILE_READONLY: u64 = 4;

const ADDR: &str = "an address";
const LEN: &str = "a length";

/// What the arguments of a call are read with.
pub(super) struct Context<'a> {
    pub(super) names: &'a Names,
    /// Whether descriptor 3 was opened read-only.
    pub(super) readonly: bool,
}

type Parts = [Range<usize>];

/// Reads a call whose name was read already.
pub(super) fn call(line: &mut Line<'_>, name: &str, cx: &Context<'_>) -> Option<Call<Expr>> {
    let (parts, whole) = line.split_arguments()?;
    let wanted: &[&str] = match name {
        "mmap" => &["addr", "len", "prot", "flags", "fd", "offset"],
        "touch" => &["addr", "len", "[read]"],
        "mlock" | "munlock" | "munmap" => &["addr", "len"],
        "mprotect" => &["addr", "len", "prot"],
        "minherit" => &["addr", "len", "inherit"],
        "madvise" => &["addr", "len", "advice"],
        "mlockall" => &["flags"],
        "exit" => &["[status]"],
        _ => &[],
    };
    let least = wanted.iter().filter(|w| !w.starts_with('[')).count();
    if parts.len() < least || parts.len() > wanted.len() {
        let problem = super::Problem::Unexpected {
            expected: format!("{name}({})", wanted.join(", ")),
            read: format!("{} argument{}", parts.len(), if parts.len() == 1 { "" } else { "s" }),
            remedy: None,
        };
        line.complain_at(whole, problem);
        return None;
    }
    with_arguments(line, name, &parts, cx)
}

fn with_arguments(
    line: &mut Line<'_>,
    name: &str,
    parts: &Parts,
    cx: &Context<'_>,
) -> Option<Call<Expr>> {
    match name {
        "munlockall" => return Some(Call::Munlockall),
        "mlockall" => {
            let flags = line.within(parts[0].clone(), |l| mlockall_flags(l, cx.names))?;
            return Some(Call::Mlockall { flags });
        }
        "exit" => {
            for part in parts {
                line.within(part.clone(), |l| l.expr(cx.names, "an exit status"))?;
            }
            return Some(Call::Exit);
        }
        "mmap" => return mmap(line, parts, cx),
        _ => {}
    }
    // All arguments are read before one that is wrong ends it, so that each wrong one is told.
    let addr = line.within(parts[0].clone(), |l| l.expr(cx.names, ADDR));
    let len = line.within(parts[1].clone(), |l| l.expr(cx.names, LEN));
    let third = parts.get(2).cloned();
    match (name, third) {
        ("mlock", _) => Some(Call::Mlock { addr: addr?, len: len? }),
        ("munlock", _) => Some(Call::Munlock { addr: addr?, len: len? }),
        ("munmap", _) => Some(Call::Munmap { addr: addr?, len: len? }),
        ("touch", None) => Some(Call::Touch { addr: addr?, len: len?, access: Access::Write }),
        ("touch", Some(part)) => {
            let access = line.within(part, access);
            Some(Call::Touch { addr: addr?, len: len?, access: access? })
        }
        ("mprotect", Some(part)) => {
            let prot = line.within(part, |l| prot(l, cx.names));
            Some(Call::Mprotect { addr: addr?, len: len?, prot: prot? })
        }
        ("minherit", Some(part)) => {
            let inherit =
                line.within(part, |l| code(l, cx.names, "a MAP_INHERIT_ code", &INHERITS));
            Some(Call::Minherit { addr: addr?, len: len?, inherit: inherit?.known() })
        }
        ("madvise", Some(part)) => {
            let advice = line.within(part, |l| code(l, cx.names, "a MADV_ code", &ADVICES));
            Some(Call::Madvise { addr: addr?, len: len?, advice: advice?.known() })
        }
        _ => None,
    }
}

fn mmap(line: &mut Line<'_>, parts: &Parts, cx: &Context<'_>) -> Option<Call<Expr>> {
    let addr = line.within(parts[0].clone(), |l| l.expr(cx.names, ADDR));
    let len = line.within(parts[1].clone(), |l| l.expr(cx.names, LEN));
    let prot = line.within(parts[2].clone(), |l| prot(l, cx.names));
    let flags = line.within(parts[3].clone(), mmap_flags);
    let fd = line.within(parts[4].clone(), |l| {
        let token = l.peek();
        let fd = l.constant(cx.names, "a file descriptor")?;
        // As in the kernel, MAP_ANON wins over whatever descriptor stands there.
        let open = fd == FILE || fd == FILE_READONLY || flags.is_none_or(|f| f.anon);
        if !open {
            refuse_descriptor(l, token, fd);
        }
        open.then_some(fd)
    });
    let offset = line.within(parts[5].clone(), |l| l.expr(cx.names, "an offset"));
    let (mut flags, fd) = (flags?, fd?);
    if !flags.anon {
        flags.object = true;
        flags.readonly_file = cx.readonly || fd == FILE_READONLY;
    }
    Some(Call::Mmap { addr: addr?, len: len?, prot: prot?, flags, offset: offset? })
}

fn refuse_descriptor(line: &mut Line<'_>, token: Option<Token>, fd: u64) {
    let shown = if fd == u64::MAX { "-1".to_owned() } else { fd.to_string() };
    line.refuse(
        token,
        format!("descriptor {shown} is not open"),
        Some("3 is the script's one file, 4 the same file opened read-only; -1 goes with MAP_ANON"),
    );
}

fn access(line: &mut Line<'_>) -> Option<Access> {
    if line.take_word("read") {
        return Some(Access::Read);
    }
    if line.take_word("write") {
        return Some(Access::Write);
    }
    match line.peek_word() {
        Some(_) => line.unknown_word("`read` or `write`", ["read", "write"], None),
        None => line.unexpected("`read` or `write`", None),
    }
    None
}

/// Reads words joined by `|`. Each is looked up in `table`; numbers go through `number`.
fn words<T: Copy>(
    line: &mut Line<'_>,
    expected: &str,
    table: &[(&str, T)],
    mut add: impl FnMut(T),
    mut number: impl FnMut(&mut Line<'_>) -> Option<()>,
) -> Option<()> {
    let mut good = true;
    loop {
        if let Some(word) = line.peek_word() {
            if let Some((_, value)) = table.iter().find(|(name, _)| *name == word) {
                add(*value);
            } else {
                line.unknown_word(expected, table.iter().map(|(name, _)| *name), None);
                good = false;
            }
            line.skip();
        } else {
            number(line)?;
        }
        if !line.take_sign('|') {
            return good.then_some(());
        }
    }
}

fn prot(line: &mut Line<'_>, names: &Names) -> Option<Prot> {
    let (mut by_name, mut bits) = (Prot::NONE, 0);
    words(
        line,
        "a PROT_ flag",
        &PROTS,
        |p| by_name = by_name.with(p),
        |l| {
            bits |= l.constant(names, "a PROT_ flag")?;
            Some(())
        },
    )?;
    Some(by_name.with(Prot::from_bits(bits)))
}

fn mmap_flags(line: &mut Line<'_>) -> Option<MmapFlags> {
    let mut flags = MmapFlags::default();
    words(
        line,
        "a MAP_ flag",
        &MAPS,
        |set| set(&mut flags),
        |l| {
            let remedy = "flags go by their names: the numbers differ from system to system";
            l.unexpected("a MAP_ flag", Some(remedy));
            None
        },
    )?;
    Some(flags)
}

fn mlockall_flags(line: &mut Line<'_>, names: &Names) -> Option<MlockallFlags> {
    let (mut by_name, mut by_number) = (0, 0);
    words(
        line,
        "an MCL_ flag",
        &MCLS,
        |bit| by_name |= bit,
        |l| {
            by_number |= l.constant(names, "an MCL_ flag")?;
            Some(())
        },
    )?;
    let bits = by_name | by_number;
    Some(MlockallFlags { current: bits & 1 != 0, future: bits & 2 != 0, unknown: bits & !3 != 0 })
}

/// Reads one code, by name or number.
fn code<T: Copy>(
    line: &mut Line<'_>,
    names: &Names,
    expected: &str,
    table: &[(&str, u64, Code<T>)],
) -> Option<Code<T>> {
    let token = line.peek();
    let by_name = line.peek_word().filter(|word| !names.contains_key(*word));
    let row = if let Some(word) = by_name {
        let row = table.iter().find(|(name, ..)| *name == word);
        if row.is_none() {
            line.unknown_word(expected, table.iter().map(|(name, ..)| *name), None);
            return None;
        }
        line.skip();
        row
    } else {
        let number = line.constant(names, expected)?;
        table.iter().find(|(_, code, _)| *code == number)
    };
    let code = row.map_or(Code::Unknown, |(.., code)| *code);
    if matches!(code, Code::NotSimulated) {
        let what = format!("{} is not simulated", line.quoted(token));
        line.refuse(token, what, Some("MADV_NORMAL, MADV_RANDOM and MADV_SEQUENTIAL are"));
        return None;
    }
    Some(code)
}

/// Reads what stands behind a call: nothing, `= VALUE`, `= -1 ERRNO` or `= ?`, the errno perhaps
/// explained in parentheses as strace does. An error was told already.
pub(super) fn expectation(line: &mut Line<'_>, names: &Names) -> Result<Option<Expect>, ()> {
    if line.is_done() {
        return Ok(None);
    }
    if !line.take_sign('=') {
        line.unexpected("`=` and the answer that is expected, or the end of the line", None);
        return Err(());
    }
    if line.take_sign('?') {
        line.want_end().ok_or(())?;
        return Ok(None);
    }
    let failed = line.sign_ahead(0, '-')
        && line.ahead(1).is_some_and(|t| t.kind == Kind::Number(1))
        && line.ahead(2).is_none_or(|t| t.kind == Kind::Word);
    let expect = if failed {
        line.skip();
        line.skip();
        Expect::Errno(errno(line).ok_or(())?)
    } else {
        let value = line.constant(names, "an answer: a number, or -1 and an errno");
        Expect::Value(value.ok_or(())?)
    };
    if line.sign_ahead(0, '(') {
        line.skip_rest();
    }
    line.want_end().ok_or(())?;
    Ok(Some(expect))
}

fn errno(line: &mut Line<'_>) -> Option<Errno> {
    let expected = "an errno that the simulated calls can answer";
    let Some(word) = line.peek_word() else {
        line.unexpected(expected, Some("write for instance `= -1 ENOMEM`"));
        return None;
    };
    let errno = Errno::from_name(word);
    if errno.is_none() {
        line.unknown_word(expected, Errno::FAILURES.map(Errno::name), None);
    }
    line.skip();
    errno
}
