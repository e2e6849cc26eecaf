//! Tests that only one of two kernels makes, found in the source itself.

use uvmscope_uvm::source::{Lines, file_of, files};
use uvmscope_uvm::{Change, Config, KernelEvent, Recorded, Site};

use super::{Gate, Side};

/// A block that only one of two kernels runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Block {
    /// Path of the file as [`uvmscope_uvm::source::SourceFile`] has it.
    path: &'static str,
    lines: Lines,
    /// Whether there is a test in it, or at its head besides the question for the change.
    tests: bool,
    pub(super) gate: Gate,
    /// Who runs it.
    pub(super) side: Side,
}

/// Every block that only one of two kernels runs.
#[derive(Clone, Debug)]
pub(super) struct Gates(Vec<Block>);

impl Gates {
    pub(super) fn between(configs: [Config; 2]) -> Self {
        let mut blocks = Vec::new();
        for file in files() {
            let tests = |lines: &Lines| {
                let first = *lines.start() as usize - 1;
                let count = lines.clone().count();
                file.lines().skip(first).take(count).any(|line| line.contains("k.test("))
            };
            let mut add = |lines: Lines, gate, runs: [bool; 2]| {
                if runs[0] != runs[1] {
                    let side = if runs[0] { Side::A } else { Side::B };
                    blocks.push(Block { path: file.path, tests: tests(&lines), lines, gate, side });
                }
            };
            for guarded in file.guarded() {
                let (change, when_on) = (guarded.change, guarded.when_on);
                let runs = configs.map(|config| config.changes.has(change) == when_on);
                add(guarded.lines, Gate::Change { change, when_on }, runs);
            }
            for lines in file.under_diagnostic() {
                add(lines, Gate::Diagnostic, configs.map(|config| config.diagnostic));
            }
        }
        Self(blocks)
    }

    /// The block in which a step of `side` is a test that the other side does not make.
    pub(super) fn insertion(&self, recorded: &Recorded, side: Side) -> Option<&Block> {
        let is_test = matches!(recorded.event, KernelEvent::Test { .. });
        let mut blocks = self.0.iter().filter(|block| is_test && block.side == side);
        blocks.find(|block| block.holds(recorded.site))
    }

    /// The change without a test that is in one of the kernels only, if there is just one.
    pub(super) fn untested(&self) -> Option<Change> {
        let mut changes = self.0.iter().filter(|block| !block.tests).filter_map(|b| match b.gate {
            Gate::Change { change, .. } => Some(change),
            Gate::Diagnostic => None,
        });
        let first = changes.next()?;
        changes.all(|change| change == first).then_some(first)
    }
}

impl Block {
    /// Whether a statement stands in the block.
    pub(super) fn holds(&self, site: Site) -> bool {
        self.lines.contains(&site.line())
            && file_of(site.file()).is_some_and(|f| f.path == self.path)
    }
}
