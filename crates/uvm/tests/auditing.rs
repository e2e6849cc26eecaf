//! The audit that follows events, against the one that looks at everything.

mod common;

use common::Random;
use uvmscope_uvm::audit::{Disagreement, audit};
use uvmscope_uvm::auditor::{About, Auditor, Standing};
use uvmscope_uvm::{Call, Kernel, Log, State};

fn log(seed: u64) -> Log {
    let mut random = Random::new(seed);
    let (config, vm) = (random.config(), random.vm());
    let mut k = Kernel::new(config, vm, Log::default());
    for call in random.calls(24) {
        if k.call(&call).is_err() || matches!(call, Call::Exit) {
            break;
        }
    }
    k.into_parts().1
}

#[test]
fn following_the_events_finds_what_looking_at_everything_finds() {
    let (mut compared, mut found) = (0, 0);
    for seed in 0..2_000 {
        let (mut state, mut auditor) = (State::default(), Auditor::default());
        for (at, recorded) in log(seed).0.iter().enumerate() {
            state.apply(&recorded.event);
            auditor.follow(&recorded.event, &state);
            if !recorded.event.is_write() {
                continue;
            }
            let standing: Vec<Disagreement> = auditor.standing().iter().map(|s| s.what).collect();
            let audited = audit(&state);
            assert_eq!(standing, audited, "script {seed}, event {at}: {:?}", recorded.event);
            compared += 1;
            found += usize::from(!audited.is_empty());
        }
    }
    // It would be no test if nothing ever disagreed.
    assert!(found > 10_000 && found < compared, "{found} of {compared}");
}

#[test]
fn a_disagreement_is_told_to_stand_since_the_event_that_brought_it_about() {
    for seed in 0..300 {
        let (mut state, mut auditor) = (State::default(), Auditor::default());
        let mut before: Vec<(About, Disagreement)> = Vec::new();
        for (at, recorded) in log(seed).0.iter().enumerate() {
            state.apply(&recorded.event);
            let touched = auditor.follow(&recorded.event, &state);
            let standing = auditor.standing();
            for Standing { what, since } in &standing {
                assert!(*since <= at);
                let about = About::of(what, &state);
                let stood = before.iter().any(|(a, b)| *a == about && b.rule() == what.rule());
                assert!(*since < at || !stood, "script {seed}, event {at}: {what:?} stood before");
            }
            let now: Vec<_> =
                standing.iter().map(|s| (About::of(&s.what, &state), s.what)).collect();
            assert!(touched || now == before, "script {seed}, event {at}: nothing was touched");
            before = now;
        }
    }
}
