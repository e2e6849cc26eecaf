//! Lines that set something: the kernel, the limits, the file, the map's bounds, and listed
//! mappings.

use uvmscope_replay::{CallLine, Script};
use uvmscope_uvm::{Bytes, Call, MmapFlags, PAGE_SIZE, Pages, Prot, Vaddr};

use super::error::Problem;
use super::lexer::Kind;
use super::line::{Line, Names, shorten};
use crate::kernel_spec;

/// Reads a setting whose first word was read already, and does it.
pub(super) fn setting(
    line: &mut Line<'_>,
    word: &str,
    script: &mut Script,
    readonly: &mut bool,
) -> Option<()> {
    match word {
        "kernel" => kernel(line, script),
        "diagnostic" => diagnostic(line, script),
        "page" => page(line),
        "limit" => limit(line, script),
        "file" => file(line, script, readonly),
        _ => space(line, script),
    }
}

/// The name under which a second setting of the same thing is refused.
pub(super) fn subject(line: &Line<'_>, word: &'static str) -> &'static str {
    match (word, line.peek_word()) {
        ("limit", Some("memlock")) => "limit memlock",
        ("limit", Some("wired")) => "limit wired",
        _ => word,
    }
}

fn kernel(line: &mut Line<'_>, script: &mut Script) -> Option<()> {
    let (start, text) = line.take_raw_rest();
    match kernel_spec::parse(text) {
        Ok(changes) => {
            script.config.changes = changes;
            Some(())
        }
        Err(error) => {
            let from = start + error.at();
            let word = line.text.get(from..).unwrap_or_default();
            let len = word.find([',', '#', ' ', '\t']).unwrap_or(word.len());
            line.complain_at(from..from + len, Problem::Kernel(error));
            None
        }
    }
}

fn diagnostic(line: &mut Line<'_>, script: &mut Script) -> Option<()> {
    script.config.diagnostic = match line.peek_word() {
        Some("on") => true,
        Some("off") => false,
        Some(_) => {
            line.unknown_word("`on` or `off`", ["on", "off"], None);
            return None;
        }
        None => {
            line.unexpected("`on` or `off`", None);
            return None;
        }
    };
    line.skip();
    line.want_end()
}

fn page(line: &mut Line<'_>) -> Option<()> {
    let token = line.peek();
    let size = line.constant(&Names::new(), "a page size")?;
    if size != PAGE_SIZE {
        let what = format!("a page of {size} bytes; only pages of {PAGE_SIZE} are simulated");
        line.refuse(token, what, Some("write `page 4096`, or leave the line out"));
        return None;
    }
    line.want_end()
}

fn limit(line: &mut Line<'_>, script: &mut Script) -> Option<()> {
    if line.take_word("memlock") {
        script.vm.memlock_limit = if line.take_word("none") {
            None
        } else {
            Some(Bytes(line.constant(&Names::new(), "a number of bytes, or `none`")?))
        };
        return line.want_end();
    }
    if line.take_word("wired") {
        script.vm.wiredmax = pages(line)?;
        return line.want_end();
    }
    match line.peek_word() {
        Some(_) => line.unknown_word("`memlock` or `wired`", ["memlock", "wired"], None),
        None => line.unexpected("`memlock` or `wired`", None),
    }
    None
}

/// `N pages`
fn pages(line: &mut Line<'_>) -> Option<Pages> {
    let count = line.constant(&Names::new(), "a number of pages")?;
    if line.take_word("pages") || line.take_word("page") {
        return Some(Pages(count));
    }
    line.unexpected("`pages`", Some("the number counts pages, not bytes"));
    None
}

fn file(line: &mut Line<'_>, script: &mut Script, readonly: &mut bool) -> Option<()> {
    script.vm.file_pages = pages(line)?;
    *readonly = line.take_word("readonly");
    if !line.is_done() && !*readonly {
        line.unexpected("`readonly` or the end of the line", None);
        return None;
    }
    line.want_end()
}

fn space(line: &mut Line<'_>, script: &mut Script) -> Option<()> {
    let first = line.peek();
    let (min, max) = bounds(line)?;
    if min > max {
        line.refuse(first, "an address space that ends before it starts".to_owned(), None);
        return None;
    }
    if !min.is_multiple_of(PAGE_SIZE) || !max.is_multiple_of(PAGE_SIZE) {
        let what = "an address space that is not made of whole pages".to_owned();
        line.refuse(first, what, Some("both bounds are multiples of 0x1000"));
        return None;
    }
    (script.vm.min, script.vm.max) = (Vaddr(min), Vaddr(max));
    line.want_end()
}

/// `START-END`, two numbers.
fn bounds(line: &mut Line<'_>) -> Option<(u64, u64)> {
    let remedy = Some("a range is written 0x1000-0x5000");
    let number = |line: &mut Line<'_>| {
        if let Some(Kind::Number(n)) = line.peek().map(|t| t.kind) {
            line.skip();
            return Some(n);
        }
        line.unexpected("an address", remedy);
        None
    };
    let start = number(line)?;
    line.want_sign('-')?;
    Some((start, number(line)?))
}

/// Reads what stands behind `map`: one line of a listing of an address space. It becomes a fixed
/// mapping.
pub(super) fn listed(line: &mut Line<'_>, file_readonly: bool) -> Option<CallLine> {
    let first = line.peek();
    let (start, end) = bounds(line)?;
    if start >= end || !start.is_multiple_of(PAGE_SIZE) || !end.is_multiple_of(PAGE_SIZE) {
        let what = "a mapping that is not made of whole pages".to_owned();
        line.refuse(first, what, Some("start and end are multiples of 0x1000, the end is higher"));
        return None;
    }
    let (prot, mut flags) = permissions(line)?;
    let mut offset = 0;
    if line.take_word("object") {
        flags.object = true;
        if let Some(Kind::Number(n)) = line.peek().map(|t| t.kind) {
            line.skip();
            offset = n;
        }
        flags.readonly_file = line.take_word("readonly") || file_readonly;
    } else {
        flags.anon = true;
    }
    flags.wired = line.take_word("wired");
    if !line.is_done() {
        let expected = if flags.wired {
            "the end of the line"
        } else if flags.object {
            "an offset, `readonly`, `wired` or the end of the line"
        } else {
            "`object`, `wired` or the end of the line"
        };
        line.unexpected(expected, None);
        return None;
    }
    let call = Call::Mmap {
        addr: start.into(),
        len: (end - start).into(),
        prot,
        flags,
        offset: offset.into(),
    };
    Some(CallLine { call, expect: None, listed: true, mark: None, ask: None })
}

/// `rw-p`: read, write, execute, and private or shared.
fn permissions(line: &mut Line<'_>) -> Option<(Prot, MmapFlags)> {
    let token = line.peek();
    let word = line.take_raw(|c| !c.is_whitespace() && c != '#');
    let mut prot = Prot::NONE;
    let mut good = word.len() == 4;
    let bits = [('r', Prot::READ), ('w', Prot::WRITE), ('x', Prot::EXEC)];
    for (c, (letter, bit)) in word.chars().zip(bits) {
        if c == letter {
            prot = prot.with(bit);
        } else {
            good &= c == '-';
        }
    }
    let shared = word.ends_with('s');
    if !good || !(shared || word.ends_with('p')) {
        let problem = Problem::Unexpected {
            read: if word.is_empty() {
                "nothing".to_owned()
            } else {
                format!("`{}`", shorten(word))
            },
            expected: "permissions such as `rw-p`".to_owned(),
            remedy: Some("r, w, x or - for each, then p for private or s for shared".to_owned()),
        };
        line.complain(token, problem);
        return None;
    }
    let flags = MmapFlags { fixed: true, shared, private: !shared, ..MmapFlags::default() };
    Some((prot, flags))
}
