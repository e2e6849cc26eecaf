//! Scripts as text, such that reading the text gives the script again.

use std::convert::Infallible;
use std::fmt::Write as _;

use uvmscope_replay::{Body, CallLine, Expr, Script};
use uvmscope_uvm::{Access, Call, Config, MlockallFlags, MmapFlags, PAGE_SIZE, Prot, Vm};

use super::answer::expect_text;
use super::args::{FILE, FILE_READONLY};
use super::lexer::quote;
use super::words::{ADVICES, Code, INHERITS, MAPS, MCLS, PROTS};
use crate::kernel_spec;

/// A code that no table has, for values that the kernel does not know.
const UNKNOWN_CODE: &str = "-1";
/// Bits that no MCL_ flag has.
const UNKNOWN_MCL: &str = "0x80";

/// The script as text. [`super::parse`] gives the same script again, but for the numbers of its
/// lines and the grouping of its sums.
///
/// Names of bindings and marks are written as they are: they are to be names of the language. A
/// mapping that is marked as listed but is none that a listing can show is written as a call.
pub fn to_text(script: &Script) -> String {
    let mut text = String::new();
    if let Some(case) = &script.case {
        let odd = |c: char| c.is_whitespace() || c.is_control();
        let plain = !case.is_empty() && !case.starts_with('"') && !case.contains(odd);
        let name = if plain { case.clone() } else { quote(case) };
        push(&mut text, &format!("# case {name}"));
    }
    text.push_str(&settings_text(script.config, script.vm));
    for statement in &script.statements {
        let name = statement.name.as_ref().map(|n| format!("{n} = ")).unwrap_or_default();
        match &statement.body {
            Body::Let(value) => push(&mut text, &format!("{name}{}", sum(value, hex))),
            Body::Call(line) => push_call(&mut text, &name, line),
        }
    }
    text
}

fn push(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

fn push_call(text: &mut String, name: &str, line: &CallLine) {
    if let Some((mark, notice)) = &line.mark {
        push(text, &format!("@mark {mark} {}", quote(notice)));
    }
    if let Some(question) = &line.ask {
        push(text, &format!("@ask {}", quote(question)));
    }
    let listed = if line.listed { listed_text(&line.call) } else { None };
    let call = listed.unwrap_or_else(|| format!("{name}{}", call_text(&line.call)));
    let expect = line.expect.map(|expect| format!(" = {}", expect_text(expect, &line.call)));
    let expect = expect.unwrap_or_default();
    push(text, &format!("{call}{expect}"));
}

/// The line of a call with its expectation, or of a listing; without what is said before it.
pub(crate) fn line_text(line: &CallLine) -> String {
    let mut text = String::new();
    let bare = CallLine { mark: None, ask: None, ..line.clone() };
    push_call(&mut text, "", &bare);
    text
}

/// The lines that set the kernel and, where they are not the usual ones, the limits.
pub fn settings_text(config: Config, vm: Vm) -> String {
    let usual = Vm::default();
    let mut text = format!("kernel {}\n", kernel_spec::print(config));
    push(&mut text, if config.diagnostic { "diagnostic on" } else { "diagnostic off" });
    if let Some(limit) = vm.memlock_limit {
        push(&mut text, &format!("limit memlock {}", size(limit.0)));
    }
    if vm.wiredmax != usual.wiredmax {
        push(&mut text, &format!("limit wired {} pages", vm.wiredmax));
    }
    if vm.file_pages != usual.file_pages {
        push(&mut text, &format!("file {} pages", vm.file_pages));
    }
    if (vm.min, vm.max) != (usual.min, usual.max) {
        // The bounds of a space are always written in hex.
        push(&mut text, &format!("space {}-{}", vm.min, vm.max));
    }
    text
}

/// A call as a script and a tracer write it, without binding and answer.
pub fn call_text<V: Clone + Into<Expr>>(call: &Call<V>) -> String {
    let call: Call<Expr> = match call.try_map(|v| Ok::<_, Infallible>(v.clone().into())) {
        Ok(call) => call,
        Err(never) => match never {},
    };
    let name = call.name();
    let Some((addr, len)) = call.addr_len() else {
        return match call {
            Call::Mlockall { flags } => format!("{name}({})", mlockall_flags(flags)),
            _ => format!("{name}()"),
        };
    };
    let mut text = format!("{name}({}, {}", sum(addr, hex), sum(len, size));
    let more = match &call {
        Call::Mmap { prot: p, flags, offset, .. } => {
            let fd = match (flags.object, flags.readonly_file) {
                (false, _) => "-1".to_owned(),
                (true, false) => FILE.to_string(),
                (true, true) => FILE_READONLY.to_string(),
            };
            format!(", {}, {}, {fd}, {}", prot(*p), mmap_flags(*flags), sum(offset, size))
        }
        Call::Touch { access: Access::Read, .. } => ", read".to_owned(),
        Call::Mprotect { prot: p, .. } => format!(", {}", prot(*p)),
        Call::Minherit { inherit, .. } => format!(", {}", code(*inherit, &INHERITS)),
        Call::Madvise { advice, .. } => format!(", {}", code(*advice, &ADVICES)),
        _ => String::new(),
    };
    // Writing to a string cannot fail.
    let _ = write!(text, "{more})");
    text
}

/// A fixed mapping as a line of a listing, if one can show it.
fn listed_text(call: &Call<Expr>) -> Option<String> {
    let Call::Mmap { addr: Expr::Number(start), len: Expr::Number(len), prot, flags, offset } =
        call
    else {
        return None;
    };
    let Expr::Number(offset) = offset else {
        return None;
    };
    let end = start.checked_add(*len)?;
    let whole = start.is_multiple_of(PAGE_SIZE) && end.is_multiple_of(PAGE_SIZE) && *len > 0;
    let kind = flags.fixed && flags.private != flags.shared && flags.anon != flags.object;
    let backing = flags.object || (*offset == 0 && !flags.readonly_file);
    if !(whole && kind && backing) {
        return None;
    }
    let letter = |bit, letter| if prot.allows(bit) { letter } else { '-' };
    let share = if flags.shared { 's' } else { 'p' };
    let mut text = format!(
        "map {start:#x}-{end:#x} {}{}{}{share}",
        letter(Prot::READ, 'r'),
        letter(Prot::WRITE, 'w'),
        letter(Prot::EXEC, 'x')
    );
    if flags.object {
        let _ = write!(text, " object {}", size(*offset));
        text.push_str(if flags.readonly_file { " readonly" } else { "" });
    }
    text.push_str(if flags.wired { " wired" } else { "" });
    Some(text)
}

/// An address.
pub(super) fn hex(n: u64) -> String {
    if n == 0 { "0".to_owned() } else { format!("{n:#x}") }
}

/// A length: with the largest suffix that says it exactly; in hex where it is beyond any length
/// that is meant as one.
fn size(n: u64) -> String {
    const EXACT: u64 = 1 << 53;
    match n {
        0 => "0".to_owned(),
        EXACT.. => format!("{n:#x}"),
        _ if n.trailing_zeros() >= 30 => format!("{}G", n >> 30),
        _ if n.trailing_zeros() >= 20 => format!("{}M", n >> 20),
        _ if n.trailing_zeros() >= 10 => format!("{}K", n >> 10),
        _ => n.to_string(),
    }
}

/// A sum. The grouping is lost; as sums wrap, the value is not.
fn sum(expr: &Expr, number: fn(u64) -> String) -> String {
    let mut text = String::new();
    for (minus, atom) in terms(expr) {
        if !text.is_empty() {
            text.push_str(if minus { " - " } else { " + " });
        }
        match atom {
            Expr::Number(n) => text.push_str(&number(*n)),
            Expr::Name(name) => text.push_str(name),
            Expr::Plus(..) | Expr::Minus(..) => {}
        }
    }
    text
}

/// The numbers and names of a sum in order, each with whether it is taken away. The first never
/// is.
fn terms(expr: &Expr) -> Vec<(bool, &Expr)> {
    let mut found = Vec::new();
    let mut todo = vec![(false, expr)];
    while let Some((minus, expr)) = todo.pop() {
        match expr {
            Expr::Plus(a, b) => todo.extend([(minus, &**b), (minus, &**a)]),
            Expr::Minus(a, b) => todo.extend([(!minus, &**b), (minus, &**a)]),
            atom => found.push((minus, atom)),
        }
    }
    found
}

/// The same sum grouped from the left, as reading gives it.
pub(super) fn normal(expr: &Expr) -> Expr {
    let mut sum: Option<Expr> = None;
    for (minus, atom) in terms(expr) {
        sum = Some(match sum {
            None => atom.clone(),
            Some(sum) if minus => Expr::Minus(Box::new(sum), Box::new(atom.clone())),
            Some(sum) => Expr::Plus(Box::new(sum), Box::new(atom.clone())),
        });
    }
    sum.unwrap_or(Expr::Number(0))
}

fn prot(prot: Prot) -> String {
    let names = PROTS.iter().filter(|(_, bit)| !bit.is_none() && prot.allows(*bit));
    let text = names.map(|(name, _)| *name).collect::<Vec<_>>().join("|");
    if text.is_empty() { "PROT_NONE".to_owned() } else { text }
}

fn mmap_flags(flags: MmapFlags) -> String {
    let mut names: Vec<&str> = Vec::new();
    for (name, set) in MAPS {
        let mut with = flags;
        set(&mut with);
        // A flag is there if setting it changes nothing; two spellings of one are one.
        let file = name == "MAP_FILE";
        if with == flags && !file && name != "MAP_ANONYMOUS" {
            names.push(name);
        }
    }
    if names.is_empty() { "MAP_FILE".to_owned() } else { names.join("|") }
}

fn mlockall_flags(flags: MlockallFlags) -> String {
    let on = [flags.current, flags.future];
    let names = MCLS.iter().zip(on).filter(|(_, on)| *on).map(|((name, _), _)| *name);
    let mut words: Vec<&str> = names.collect();
    if flags.unknown {
        words.push(UNKNOWN_MCL);
    }
    if words.is_empty() { "0".to_owned() } else { words.join("|") }
}

/// The word for a code.
fn code<T: PartialEq>(value: Option<T>, table: &[(&'static str, u64, Code<T>)]) -> &'static str {
    let Some(value) = value else {
        return UNKNOWN_CODE;
    };
    let is_it = |code: &Code<T>| matches!(code, Code::Known(known) if *known == value);
    table.iter().find(|(.., code)| is_it(code)).map_or(UNKNOWN_CODE, |(name, ..)| name)
}
