//! The kernel and recording rows of the benchmark table: how fast the simulated kernel runs,
//! against the real C functions, and what recording costs.
//!
//! Times on a shared machine are noise, so every figure is a ratio: to a calibration loop timed in
//! between, or to the same work without the recorder. `cargo xtask bench kernel` runs this.

#![allow(clippy::cast_precision_loss, reason = "figures are printed with three digits")]

use std::hint::black_box;
use std::mem::size_of;
use std::time::{Duration, Instant};

use uvmscope_uvm::{
    Access, Call, Config, Entry, Kernel, KernelEvent, Log, MmapFlags, NoRecorder, Prot, Recorded,
    Recorder, Vm,
};

const BUFFER: u64 = 0x7f7f_f7ec_d000;
const PAGE: u64 = 4096;
const BUFFER_LEN: u64 = 50 * PAGE;
const IN_MIDDLE: u64 = BUFFER + 20 * PAGE;

/// Calls per second and per million calibration rounds per second that the real functions made.
const STEADY_IN_C: f64 = 11_000.0;
const CHURN_IN_C: f64 = 5_800.0;

/// Rounds of each measurement; the best of them counts, since only disturbance adds time.
const ROUNDS: usize = 7;

fn main() {
    let mut mops = 0.0_f64;
    let mut steady = Rates::default();
    let mut churn = Rates::default();
    for _ in 0..ROUNDS {
        mops = mops.max(calibrate());
        steady.measure(&steady_calls(), &[map_buffer(), touch_buffer()]);
        churn.measure(&churn_calls(), &[map_buffer()]);
    }
    println!("calibration: {mops:.0} million rounds a second");
    println!();
    println!("| what | measured | reference | ratio | goal |");
    println!("|---|---|---|---|---|");
    speed_row("kernel, steady", steady.plain / mops, STEADY_IN_C);
    speed_row("kernel, churn", churn.plain / mops, CHURN_IN_C);
    recording_row("recording, steady", &steady);
    recording_row("recording, churn", &churn);
    for (name, rates) in [("steady", &steady), ("churn", &churn)] {
        println!(
            "| event size, {name} | {:.1} bytes an event, removed entries included | - | - | at \
             most 48 |",
            rates.bytes_per_event
        );
    }
}

fn speed_row(name: &str, measured: f64, in_c: f64) {
    println!(
        "| {name} | {measured:.0} calls/s per Mop/s | the real C functions: {in_c:.0} | {:.2} | \
         at least 1 |",
        measured / in_c
    );
}

fn recording_row(name: &str, rates: &Rates) {
    println!(
        "| {name} | {:.0} ns a call | without: {:.0} ns | {:.2} | at most 2 |",
        1e9 / rates.recorded,
        1e9 / rates.plain,
        rates.plain / rates.recorded
    );
}

/// Million rounds a second of a loop that depends on nothing but the processor.
fn calibrate() -> f64 {
    const LOOPS: u64 = 200_000_000;
    let table: Vec<u32> = (0..4096u32).map(|i| i.wrapping_mul(2_654_435_761) & 4095).collect();
    let mut x = 88_172_645_463_325_252_u64;
    let mut s = 0u64;
    let begin = Instant::now();
    for _ in 0..LOOPS {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        s = s.wrapping_add(u64::from(table[(x.wrapping_add(s) & 4095) as usize]));
    }
    black_box(s);
    LOOPS as f64 / begin.elapsed().as_secs_f64() / 1e6
}

#[derive(Default)]
struct Rates {
    /// Calls a second without a recorder.
    plain: f64,
    /// Calls a second with the recorder on.
    recorded: f64,
    bytes_per_event: f64,
}

impl Rates {
    fn measure(&mut self, calls: &[Call], before: &[Call]) {
        let mut plain = started(NoRecorder, before);
        let mut recording = started(Log::default(), before);
        recording.recorder.0.clear();
        for call in calls {
            run(&mut recording, call);
        }
        self.bytes_per_event = bytes_per_event(&recording.recorder.0);
        self.plain = self.plain.max(rate(&mut plain, calls, |_| {}));
        // A log of a page's length, filled again and again: growing it is the allocator's time.
        self.recorded = self.recorded.max(rate(&mut recording, calls, |log| {
            if log.0.len() > 100_000 {
                log.0.clear();
            }
        }));
    }
}

/// Calls a second of the sequence repeated for about a tenth of a second; what is done in between
/// is not counted.
fn rate<R: Recorder>(k: &mut Kernel<R>, calls: &[Call], mut between: impl FnMut(&mut R)) -> f64 {
    const SLICE: Duration = Duration::from_millis(120);
    let mut spent = Duration::ZERO;
    let mut count = 0u64;
    while spent < SLICE {
        let begin = Instant::now();
        for _ in 0..200 {
            for call in calls {
                run(k, call);
            }
        }
        spent += begin.elapsed();
        between(&mut k.recorder);
        count += 200 * calls.len() as u64;
    }
    count as f64 / spent.as_secs_f64()
}

fn run<R: Recorder>(k: &mut Kernel<R>, call: &Call) {
    let outcome = k.call(call).expect("the machine does not stop here");
    assert!(outcome.errno.is_ok(), "{}: {}", call.name(), outcome.errno);
}

fn started<R: Recorder>(recorder: R, calls: &[Call]) -> Kernel<R> {
    let mut k =
        Kernel::new(Config { diagnostic: false, ..Config::ORIGINAL }, Vm::default(), recorder);
    k.pages_left = u64::MAX;
    for call in calls {
        run(&mut k, call);
    }
    k
}

fn bytes_per_event(events: &[Recorded]) -> f64 {
    let on_heap = |r: &Recorded| match r.event {
        KernelEvent::EntryInsert { .. } | KernelEvent::EntryRemove { .. } => size_of::<Entry>(),
        _ => 0,
    };
    let bytes: usize = events.iter().map(|r| size_of::<Recorded>() + on_heap(r)).sum();
    bytes as f64 / events.len() as f64
}

fn map_buffer() -> Call {
    let flags = MmapFlags { fixed: true, private: true, anon: true, ..MmapFlags::default() };
    let prot = Prot::READ.with(Prot::WRITE);
    Call::Mmap { addr: BUFFER, len: BUFFER_LEN, prot, flags, offset: 0 }
}

fn touch_buffer() -> Call {
    Call::Touch { addr: BUFFER, len: BUFFER_LEN, access: Access::Write }
}

fn steady_calls() -> [Call; 2] {
    let (addr, len) = (IN_MIDDLE, 3 * PAGE);
    [Call::Mlock { addr, len }, Call::Munlock { addr, len }]
}

fn churn_calls() -> [Call; 5] {
    let (addr, len) = (IN_MIDDLE, PAGE);
    [
        Call::Munmap { addr: BUFFER, len: BUFFER_LEN },
        map_buffer(),
        Call::Touch { addr, len, access: Access::Write },
        Call::Mlock { addr, len },
        Call::Munlock { addr, len },
    ]
}
