//! Cases as scripts, and the runs of scripts as cases.

use std::rc::Rc;

use uvmscope_replay::{CallEnd, CallLine, Expect, Script, Timeline};
use uvmscope_uvm::{Bytes, Call, Config, PAGE_SIZE, Pages, Vaddr, Vm};

use super::call::CaseCall;
use super::case::{After, Answer, Case, CaseKernel, CaseVm};
use super::value::{Hex, Name, Num};
use crate::projection;

/// What groups kernels that are no preset.
const NO_PRESET: &str = "subset";

impl Case {
    /// The kernel it ran on.
    pub fn config(&self) -> Config {
        Config {
            diagnostic: self.kernel.diagnostic,
            changes: self.kernel.changes.iter().map(|name| name.0).collect(),
        }
    }

    /// The limits it ran under.
    pub fn limits(&self) -> Vm {
        self.vm.limits()
    }

    /// The case as a script, whose expectations are the recorded answers.
    pub fn script(&self) -> Script {
        let line = |(index, CaseCall(call)): (usize, &CaseCall)| CallLine {
            expect: self.after.get(index).and_then(|after| expectation(call, after)),
            ..CallLine::from(*call)
        };
        Script {
            case: Some(self.id.clone()),
            config: self.config(),
            vm: self.limits(),
            ..Script::of_calls(self.calls.iter().enumerate().map(line))
        }
    }

    /// A run as a case. Calls that were skipped, because they use a name that was not set, are
    /// left out; calls that were not reached stand without a result, up to the first whose
    /// numbers are not known.
    pub fn of_run(timeline: &Rc<Timeline>) -> Self {
        let script = timeline.script();
        let lines: Vec<&CallLine> = script.calls().map(|(_, line)| line).collect();
        let known = |run: &uvmscope_replay::CallRun, line: &CallLine| {
            let no_names = std::collections::BTreeMap::new();
            run.ran() || line.call.try_map(|e| e.value(&no_names).map_err(drop)).is_ok()
        };
        let calls = timeline.calls().iter().zip(lines);
        let calls = calls
            .filter(|(run, _)| !matches!(run.outcome, CallEnd::Skipped { .. }))
            .take_while(|(run, line)| known(run, line));
        Self {
            id: script.case.clone().unwrap_or_else(|| "script".to_owned()),
            preset: Some(timeline.config().as_preset().map_or(NO_PRESET, |p| p.name()).to_owned()),
            kernel: kernel_of(timeline.config()),
            vm: CaseVm::of(timeline.vm()),
            calls: calls.map(|(run, _)| CaseCall(run.call)).collect(),
            after: projection::results(timeline),
        }
    }
}

fn expectation(call: &Call, after: &After) -> Option<Expect> {
    match after.errno {
        Answer::Failure(errno) => Some(Expect::Errno(errno)),
        Answer::Absent => None,
        Answer::Success => match (call, after.ret) {
            (_, Some(ret)) => Some(Expect::Value(ret.0)),
            (Call::Mmap { .. } | Call::Exit, None) => None,
            _ => Some(Expect::Value(0)),
        },
    }
}

fn kernel_of(config: Config) -> CaseKernel {
    CaseKernel {
        page_size: PAGE_SIZE,
        diagnostic: config.diagnostic,
        changes: config.changes.iter().map(Name).collect(),
    }
}

impl CaseVm {
    /// The limits.
    pub fn limits(&self) -> Vm {
        Vm {
            min: Vaddr(self.min.0),
            max: Vaddr(self.max.0),
            wiredmax: Pages(self.wiredmax_pages),
            memlock_limit: self.memlock_limit.map(|n| Bytes(n.0)),
            file_pages: self.file_pages.map_or(Vm::default().file_pages, Pages),
        }
    }

    /// The limits as a case has them.
    pub fn of(vm: Vm) -> Self {
        let usual = Vm::default().file_pages;
        Self {
            min: Hex(vm.min.0),
            max: Hex(vm.max.0),
            wiredmax_pages: vm.wiredmax.0,
            memlock_limit: vm.memlock_limit.map(|limit| Num(limit.0)),
            file_pages: (vm.file_pages != usual).then_some(vm.file_pages.0),
        }
    }
}
