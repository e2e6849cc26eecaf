//! What happened in a run, whatever its addresses.

use uvmscope_replay::Timeline;
use uvmscope_uvm::KernelEvent;

/// Each event by its kind; functions with their errno, conditions with how they came out.
pub(crate) fn signature(timeline: &Timeline) -> Vec<String> {
    timeline.events().iter().map(|recorded| kind(&recorded.event)).collect()
}

fn kind(event: &KernelEvent) -> String {
    match event {
        KernelEvent::Enter { func, .. } => format!("enter {func}"),
        KernelEvent::Leave { func, errno } => format!("leave {func} {errno:?}"),
        KernelEvent::Test { cond, held } => format!("test {} {held}", name(cond)),
        other => name(other),
    }
}

/// The name of an enum's variant, without what it holds.
fn name(value: &impl std::fmt::Debug) -> String {
    let text = format!("{value:?}");
    text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
}

#[test]
fn a_signature_knows_paths_from_one_another_and_not_addresses() {
    let run = |text: &str| {
        let script = std::rc::Rc::new(uvmscope_format::parse(text).script);
        signature(&Timeline::record(script, uvmscope_uvm::Config::default()))
    };
    let here = run("map 0x1000-0x9000 rw-p\nmlock(0x3000, 0)\n");
    assert_eq!(here, run("map 0x10000-0x20000 rw-p\nmlock(0x18000, 0)\n"));
    assert_ne!(here, run("map 0x1000-0x9000 rw-p\nmlock(0x1000, 0)\n"));
    assert!(here.contains(&"test Cuts false".to_owned()));
}
