//! A sentence for each difference between two states.

use uvmscope_replay::differences::{Backing, Claim, PageClaim};
use uvmscope_replay::{Side, StateDifference};
use uvmscope_uvm::audit::Disagreement;
use uvmscope_uvm::halt::Panic;
use uvmscope_uvm::{Advice, Inherit, VaRange};

use crate::caption::divergence::SideBySide;
use crate::layout::promise_words;
use crate::words::{count, span};

/// Something that is said of a page, and whether it is so.
type Mark = (&'static str, fn(PageClaim) -> bool);

impl SideBySide<'_> {
    /// A difference between the states of the two runs.
    pub fn difference(&self, difference: &StateDifference) -> String {
        use StateDifference as D;
        match *difference {
            D::Entries { range, says } => self.entries(range, says),
            D::Boundary { at, side } => format!(
                "{} has a boundary at {at}; in {} one entry reaches across it.",
                self.name(side),
                self.name(side.other())
            ),
            D::Pages { range, pages } => self.pages(range, pages),
            D::Amaps { range, amaps } => self.amaps(range, amaps),
            D::FilePage { index, wire_counts } => self.file_page(index, wire_counts),
            D::UvmexpWired(counts) => format!("uvmexp.wired is {}.", self.each(counts)),
            D::WireFuture(on) => {
                let side = if on[0] { Side::A } else { Side::B };
                format!("New mappings are to be wired at once in {} only.", self.name(side))
            }
            D::Console { lines, first } => {
                let first = first.into_iter().flatten().next();
                let line = first.map_or(String::new(), |line| format!(": \u{201c}{line}\u{201d}"));
                let [a, b] = lines
                    .map(|n| if n == 0 { "nothing".to_owned() } else { count(n as u64, "line") });
                let [name_a, name_b] = Side::BOTH.map(|side| self.name(side));
                format!("{name_a} has printed {a}, {name_b} {b}{line}.")
            }
            D::Panic(panics) => self.panic(panics),
        }
    }

    /// A sentence for each run that leaves promises broken when a call (from 1) is over, which the
    /// other has not broken.
    pub fn promises(&self, call: usize) -> Vec<String> {
        let broken = Side::BOTH.map(|side| self.broken(side, call));
        let told = Side::BOTH.into_iter().filter_map(|side| {
            let theirs = &broken[side.other().index()];
            let mut own = broken[side.index()].iter().filter(|text| !theirs.contains(text));
            let first = own.next()?;
            let more = match own.count() {
                0 => String::new(),
                1 => " One promise more does not hold there either.".to_owned(),
                n => format!(" {} more do not hold there either.", count(n as u64, "promise")),
            };
            Some(format!("Only {} leaves a promise broken: {first}.{more}", self.name(side)))
        });
        told.collect()
    }

    /// The promises that a run leaves broken when a call is over.
    fn broken(&self, side: Side, call: usize) -> Vec<String> {
        let disagreements = self.alignment.timeline(side).broken_after(call);
        let told = |what: &Disagreement| {
            let (_, words) = promise_words(*what, true);
            match what.range() {
                Some(range) => format!("{} {words}", span(range)),
                None => words,
            }
        };
        disagreements.iter().map(told).collect()
    }

    /// A value of each side.
    fn each<T: std::fmt::Display>(&self, values: [T; 2]) -> String {
        let [a, b] = values;
        format!("{a} in {}, {b} in {}", self.name(Side::A), self.name(Side::B))
    }

    fn only(&self, has: [bool; 2]) -> String {
        format!("in {} only", self.name(if has[0] { Side::A } else { Side::B }))
    }

    fn entries(&self, range: VaRange, says: [Option<Claim>; 2]) -> String {
        let [Some(a), Some(b)] = says else {
            return format!("{} is mapped {}.", span(range), self.only(says.map(|s| s.is_some())));
        };
        let mut parts = Vec::new();
        let mut add = |differs: bool, what: &str, values: [String; 2]| {
            if differs {
                parts.push(format!("{what} is {}", self.each(values)));
            }
        };
        let both = [a, b];
        add(a.wired_count != b.wired_count, "wired_count", both.map(|c| c.wired_count.to_string()));
        add(a.prot != b.prot, "the protection", both.map(|c| c.prot.to_string()));
        add(
            a.max_prot != b.max_prot,
            "the greatest protection",
            both.map(|c| c.max_prot.to_string()),
        );
        let inherit = |i: Inherit| i.name().to_owned();
        add(a.inherit != b.inherit, "the inheritance", both.map(|c| inherit(c.inherit)));
        let advice = |a: Advice| a.name().to_owned();
        add(a.advice != b.advice, "the advice", both.map(|c| advice(c.advice)));
        let set = |on: bool| if on { "set" } else { "not set" }.to_owned();
        add(a.cow != b.cow, "copy-on-write", both.map(|c| set(c.cow)));
        add(a.needs_copy != b.needs_copy, "needs-copy", both.map(|c| set(c.needs_copy)));
        let there = |has: bool| if has { "there" } else { "not there" }.to_owned();
        add(a.amap != b.amap, "an amap", both.map(|c| there(c.amap)));
        let from = |start: Option<u64>| match start {
            Some(start) => format!("the file from {:#x}", start.wrapping_add(range.start.0)),
            None => "no file".to_owned(),
        };
        add(a.file != b.file, "what lies behind it", both.map(|c| from(c.file)));
        format!("{}: {}.", span(range), parts.join("; "))
    }

    fn pages(&self, range: VaRange, pages: [Option<PageClaim>; 2]) -> String {
        let n = range.pages().0;
        let (who, is) = if n == 1 {
            (format!("The page at {}", range.start), "is")
        } else {
            (format!("The {n} pages at {}", span(range)), "are")
        };
        let [Some(a), Some(b)] = pages else {
            return format!("{who} {is} resident {}.", self.only(pages.map(|p| p.is_some())));
        };
        let mut parts = Vec::new();
        if a.wire_count != b.wire_count {
            let has = if n == 1 { "has" } else { "have" };
            parts.push(format!("{has} wire_count {}", self.each([a.wire_count, b.wire_count])));
        }
        let both = [a, b];
        let marks: [Mark; 4] = [
            ("mapped by the pmap", |p| p.mapped),
            ("marked wired in the pmap", |p| p.wired),
            ("writable without a fault", |p| p.write),
            ("the process's own", |p| p.anon),
        ];
        for (what, of) in marks {
            let has = both.map(of);
            if has[0] != has[1] {
                parts.push(format!("{is} {what} {}", self.only(has)));
            }
        }
        format!("{who} {}.", parts.join(", "))
    }

    fn amaps(&self, range: VaRange, [a, b]: [Backing; 2]) -> String {
        let what = if a.refs != b.refs {
            format!(
                "has {}",
                self.each([a, b].map(|amap| count(u64::from(amap.refs), "reference")))
            )
        } else if a.nslot != b.nslot {
            format!("reaches over {}", self.each([a, b].map(|amap| count(amap.nslot, "slot"))))
        } else if a.maxslot != b.maxslot {
            format!("has room for {}", self.each([a, b].map(|amap| count(amap.maxslot, "slot"))))
        } else {
            "keeps its pages in other slots".to_owned()
        };
        format!("The amap behind {} {what}.", span(range))
    }

    fn file_page(&self, index: u64, counts: [Option<u16>; 2]) -> String {
        if let [Some(a), Some(b)] = counts {
            return format!("Page {index} of the file has wire_count {}.", self.each([a, b]));
        }
        format!("Page {index} of the file is in memory {}.", self.only(counts.map(|c| c.is_some())))
    }

    fn panic(&self, panics: [Option<Panic>; 2]) -> String {
        let told = Side::BOTH.map(|side| match panics[side.index()] {
            Some(panic) => format!("{} has panicked: {panic}", self.name(side)),
            None => format!("{} has not", self.name(side)),
        });
        let first = usize::from(panics[0].is_none());
        format!("{}; {}.", told[first], told[1 - first])
    }
}
