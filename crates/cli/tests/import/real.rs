//! Programs that lock memory, traced, imported and run.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;

use uvmscope_format::import::{Format, Imported, detect, import};
use uvmscope_format::parse;
use uvmscope_replay::{CallEnd, Timeline, Verdict};
use uvmscope_uvm::Call;

use crate::common::{Folder, run_on};

/// A program by its name; those for the administrator are not on everybody's search path.
fn command(name: &str) -> Command {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new(name);
    command.env("PATH", format!("{path}:/usr/sbin:/sbin")).stdin(Stdio::null());
    command
}

/// Says that this machine cannot do something; on CI it has to.
fn unable(what: &str) {
    let on_ci =
        std::env::var_os("CI").is_some_and(|ci| !(ci.is_empty() || ci == "false" || ci == "0"));
    assert!(!on_ci, "{what}");
    eprintln!("NOT TESTED: {what}");
}

/// What strace prints of the program, or nothing where it cannot be traced.
fn trace(folder: &Folder, program: &[&str]) -> Option<String> {
    let name = program.join(" ");
    let file = folder.path().join("trace");
    let options = ["-f", "-tt", "-y", "-e", "trace=memory,process", "-o"];
    let ran = command("strace").args(options).arg(&file).args(program).output();
    let ran = match ran {
        Ok(ran) => ran,
        Err(error) => {
            unable(&format!("strace does not start: {error}; install strace"));
            return None;
        }
    };
    let trace = std::fs::read_to_string(&file).unwrap_or_default();
    if trace.lines().count() < 2 {
        let said = String::from_utf8_lossy(&ran.stderr);
        unable(&format!(
            "`{name}` cannot be traced; install it, and let strace trace (ptrace): {said}"
        ));
        return None;
    }
    Some(trace)
}

/// What a trace became, and how it ran.
struct Run {
    imported: Imported,
    timeline: Timeline,
}

/// Imports the trace of a process and runs it: the script reads, and nothing stops the machine.
fn run(trace: &str, process: Option<u32>) -> Run {
    let imported = import(trace.as_bytes(), None, process)
        .unwrap_or_else(|error| panic!("{error} in\n{trace}"));
    let parsed = parse(&imported.script);
    assert_eq!(parsed.errors, [], "{}", imported.script);
    let config = parsed.script.config;
    let timeline = Timeline::record(Rc::new(parsed.script), config);
    assert_eq!(timeline.halt(), None, "{}", imported.script);
    let not_run = timeline.calls().iter().filter(|c| !matches!(c.outcome, CallEnd::Done(_)));
    assert_eq!(not_run.count(), 0, "{}", imported.script);
    Run { imported, timeline }
}

impl Run {
    /// Address and length of each mlock that the script makes.
    fn mlocks(&self) -> Vec<(u64, u64)> {
        let calls = self.timeline.calls().iter();
        calls
            .filter_map(|run| match run.call {
                Call::Mlock { addr, len } => Some((addr, len)),
                _ => None,
            })
            .collect()
    }

    /// How many calls answered otherwise than on the traced kernel.
    fn unmet(&self) -> usize {
        self.timeline.calls().iter().filter(|c| c.verdict == Some(Verdict::Unmet)).count()
    }
}

/// Address and length of each `mlock(` in the text of a trace, told by hand.
fn traced_mlocks(trace: &str, process: &str) -> Vec<(u64, u64)> {
    let lines = trace.lines().filter(|line| line.starts_with(process));
    let args = lines.filter_map(|line| line.split_once(" mlock(")?.1.split_once([')', '<']));
    args.filter_map(|(args, _)| {
        let (addr, len) = args.split_once(", ")?;
        let addr = u64::from_str_radix(addr.strip_prefix("0x")?, 16).ok()?;
        Some((addr, len.trim().parse().ok()?))
    })
    .collect()
}

/// Our own program, compiled.
fn locks(folder: &Folder) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import/locks.c");
    let program = folder.path().join("locks");
    let built = command("cc").arg("-pthread").arg("-o").arg(&program).arg(source).output();
    match built {
        Ok(built) if built.status.success() => Some(program),
        Ok(built) => panic!("{}", String::from_utf8_lossy(&built.stderr)),
        Err(error) => {
            unable(&format!("cc does not start: {error}; install a C compiler"));
            None
        }
    }
}

#[test]
fn the_locks_of_both_threads_and_those_of_the_child_are_told_apart() {
    let folder = Folder::new("import_locks");
    let Some(program) = locks(&folder) else {
        return;
    };
    let Some(trace) = trace(&folder, &[&program.display().to_string()]) else {
        return;
    };
    let parent = run(&trace, None);
    let ids: Vec<u32> = parent.imported.report.processes.iter().map(|p| p.id).collect();
    let [first, child] = ids.as_slice() else {
        panic!("the threads are one process, the child another: {ids:?}\n{trace}");
    };
    let of = |run: &Run| {
        let mut lens: Vec<u64> = run.mlocks().iter().map(|(_, len)| *len).collect();
        lens.sort_unstable();
        lens
    };
    assert_eq!(parent.imported.report.process, Some(*first));
    assert_eq!(of(&parent), [0, 0, 1000, 1000, 8192, 8192], "{trace}");
    let calls = |run: &Run, wanted: fn(&Call) -> bool| {
        run.timeline.calls().iter().filter(|c| wanted(&c.call)).count()
    };
    let wired = |call: &Call| matches!(call, Call::Mmap { flags, .. } if flags.wired);
    assert_eq!(calls(&parent, wired), 1, "MAP_LOCKED is MAP_WIRED");
    assert_eq!(calls(&parent, |call| matches!(call, Call::Mlockall { .. })), 1);
    // The kernel that is the usual one answers all of this as Linux does.
    assert_eq!(parent.unmet(), 0, "{}", parent.imported.script);
    // The child begins with what its parent had, and adds its own.
    let child = run(&trace, Some(*child));
    assert_eq!(of(&child), [0, 0, 0, 1000, 1000, 1000, 8192, 8192, 8192]);
    assert_eq!(child.unmet(), 0, "{}", child.imported.script);
}

#[test]
fn however_strace_is_asked_the_locks_are_the_same() {
    let folder = Folder::new("import_options");
    let Some(program) = locks(&folder) else {
        return;
    };
    // Whether it can be traced at all.
    if trace(&folder, &[&program.display().to_string()]).is_none() {
        return;
    }
    // As on a terminal: the number of a process only where there are several, and lines that
    // strace itself breaks.
    for options in ["-f", "-f -r", "-f -ttt -T", "-f -t -i -n", "-f -yy -v", "-f -X raw"] {
        let ran = command("strace")
            .args(options.split(' '))
            .args(["-e", "trace=memory,process"])
            .arg(&program)
            .output()
            .expect("strace starts");
        let trace = String::from_utf8_lossy(&ran.stderr);
        let ran = run(&trace, None);
        let mut lens: Vec<u64> = ran.mlocks().iter().map(|(_, len)| *len).collect();
        lens.sort_unstable();
        assert_eq!(lens, [0, 0, 1000, 1000, 8192, 8192], "{options}\n{trace}");
        assert_eq!(ran.unmet(), 0, "{options}\n{}", ran.imported.script);
    }
}

/// Traces a program of the distribution, and holds its mlock calls against the text.
fn check(test: &str, program: &[&str]) -> Option<Run> {
    let folder = Folder::new(test);
    let trace = trace(&folder, program)?;
    assert_eq!(detect(trace.as_bytes()), Some(Format::Strace));
    let ran = run(&trace, None);
    let wanted = traced_mlocks(&trace, "");
    assert_eq!(ran.mlocks(), wanted, "{trace}");
    assert_eq!(ran.unmet(), 0, "{}", ran.imported.script);
    // And by the commands, as a person would.
    let script = run_on(&trace, &["import", "auto", "-"]);
    assert_eq!(script.status, Some(0));
    assert_eq!(script.stdout, ran.imported.script);
    let printed = run_on(&script.stdout, &["run", "-"]).printed();
    assert!(!printed.contains("# expected"), "{printed}");
    Some(ran)
}

#[test]
fn memtester_locks_the_memory_that_it_tests() {
    if let Some(ran) = check("import_memtester", &["memtester", "1M", "1"]) {
        let most = ran.mlocks().into_iter().map(|(_, len)| len).max();
        assert!(most.is_some_and(|len| len > 1_000_000), "{}", ran.imported.script);
    }
}

#[test]
fn cyclictest_locks_all_of_its_memory_and_its_threads_share_it() {
    let program = ["cyclictest", "-m", "-t2", "-l2", "-q"];
    if let Some(ran) = check("import_cyclictest", &program) {
        let all = |c: &&uvmscope_replay::CallRun| matches!(c.call, Call::Mlockall { .. });
        assert_eq!(ran.timeline.calls().iter().filter(all).count(), 1);
        let threads = "the calls of 2 threads more";
        assert!(ran.imported.report.to_string().contains(threads), "{}", ran.imported.report);
    }
}

#[test]
fn the_maps_of_a_running_process_are_its_map() {
    let folder = Folder::new("import_maps");
    let Some(program) = locks(&folder) else {
        return;
    };
    if !Path::new("/proc/self/smaps").exists() {
        return unable("/proc/self/smaps is not there; these listings are Linux's");
    }
    let mut process = Command::new(program)
        .arg("wait")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("our program starts");
    let mut said = String::new();
    let mut output = BufReader::new(process.stdout.take().expect("it is piped"));
    output.read_line(&mut said).expect("it says when it is ready");
    assert_eq!(said, "locked\n");
    let listing = |name: &str| {
        let path = format!("/proc/{}/{name}", process.id());
        std::fs::read_to_string(path).expect("the process is there")
    };
    for (name, format) in [("maps", Format::Maps), ("smaps", Format::Smaps)] {
        let listing = listing(name);
        assert_eq!(detect(listing.as_bytes()), Some(format));
        let ran = run(&listing, None);
        let mapped = ran.imported.script.lines().filter(|line| line.starts_with("map ")).count();
        let listed = listing.lines().filter(|l| l.contains(':') && l.contains('-'));
        let listed = listed.filter(|l| !l.contains("[vsyscall]") && !l.contains("kB")).count();
        assert_eq!(mapped, listed, "{listing}");
        assert_eq!(ran.unmet(), 0);
        let wired = ran.imported.script.lines().filter(|line| line.ends_with(" wired")).count();
        assert_eq!(wired, usize::from(format == Format::Smaps), "{}", ran.imported.script);
    }
    drop(process.stdin.take());
    output.read_to_string(&mut said).expect("it ends");
    assert_eq!(process.wait().expect("it ends").code(), Some(0));
}
