//! Chains of writers, told link by link.

use uvmscope_replay::why::{
    Datum, Field, How, Link, MAX_LINKS, Reason, Value, What, Write, chain, why_not,
};
use uvmscope_uvm::state::PageId;
use uvmscope_uvm::{Call, Cond, Config, MmapFlags, Preset, Vaddr, Vm};

use crate::{BUF, P, PAGE, RW, end, mail, mmap, part, record, touch};

/// Each link as place, values, and the place and outcome of its condition.
fn told(links: &[Link]) -> Vec<String> {
    let because = |link: &Link| match link.because {
        Some(test) => format!("{} {}", test.place, test.held),
        None => "as asked".to_owned(),
    };
    let how = |how: How| match how {
        How::Set => "set",
        How::Born => "born",
        How::Cut => "cut",
        How::Copied { .. } => "copied",
        How::Merged { taken: None } => "merged",
        How::Merged { taken: Some(_) } => "taken over",
        How::Gone => "gone",
    };
    let line = |link: &Link| {
        let Write { place, from, to, how: by, .. } = link.write;
        format!("{place} {} {from} -> {to}, {}", how(by), because(link))
    };
    links.iter().map(line).collect()
}

#[test]
fn the_tail_says_wired_because_of_the_lock_of_no_bytes() {
    let timeline = mail(Config::ORIGINAL);
    let cursor = end(&timeline, 6);
    let count = part(&cursor, P + PAGE, Field::WiredCount);
    let links = chain(&cursor, count);
    assert_eq!(
        told(&links),
        [
            "5.18 copied 1 -> 1, 5.16 true",
            "3.21 set 0 -> 1, 3.13 true",
            "1.26 born nothing -> 0, 1.12 false",
        ]
    );
    // What was copied is that of the entry that was cut, before the cut.
    let parent = Value::Entry { birth: 0, field: Field::WiredCount };
    assert_eq!(links[0].write.how, How::Copied { parent });
    assert_eq!(links[1].write.value, parent);
    let cond = links[1].because.expect("a walk").cond;
    assert!(matches!(cond, Cond::StartsBefore { end: Vaddr(P), .. }), "{cond:?}");
}

#[test]
fn the_locked_page_was_counted_twice_before_its_release() {
    let timeline = mail(Config::ORIGINAL);
    let cursor = end(&timeline, 6);
    let links = chain(&cursor, part(&cursor, P, Field::WiredCount));
    assert_eq!(
        told(&links),
        [
            "6.23 set 2 -> 0, 6.21 true",
            "5.21 set 1 -> 2, 5.13 true",
            "3.21 set 0 -> 1, 3.13 true",
            "1.26 born nothing -> 0, 1.12 false",
        ]
    );
}

#[test]
fn other_values_of_the_mails_sequence() {
    let timeline = mail(Config::ORIGINAL);
    let cursor = end(&timeline, 6);
    let of = |value| told(&chain(&cursor, value));
    let start = part(&cursor, P, Field::Start);
    assert_eq!(
        of(start),
        [
            "3.17 cut 0x7f7ff7ecd000 -> 0x7f7ff7ed6000, 3.15 true",
            "1.26 born nothing -> 0x7f7ff7ecd000, 1.12 false"
        ]
    );
    assert_eq!(
        of(part(&cursor, P + PAGE, Field::Start)),
        ["5.18 cut nothing -> 0x7f7ff7ed7000, 5.16 true"]
    );
    assert_eq!(
        of(part(&cursor, P + PAGE, Field::Slot)),
        [
            "5.18 copied 9 -> 10, 5.16 true",
            "3.17 cut 0 -> 9, 3.15 true",
            "1.26 born nothing -> 0, 1.12 false"
        ]
    );
    assert_eq!(of(Value::Console(1)).len(), 1);
    assert!(of(Value::Console(1))[0].starts_with("6.29 set nothing -> \"pmap_unwire"));
    assert!(of(Value::Console(1))[0].ends_with(", 6.27 false"));
    assert_eq!(of(Value::Console(2)), [] as [&str; 0]);
    assert_eq!(
        of(Value::Panic),
        ["6.33 set nothing -> KASSERT(pg->wire_count != 0) in uvm_pageunwire, 6.32 true"]
    );
    assert_eq!(of(Value::UvmexpWired), [] as [&str; 0], "never written: as in the beginning");
    assert_eq!(of(Value::Mapping(Vaddr(P))), ["2.20 set nothing -> page 0, 2.2 false"]);
    assert_eq!(of(Value::WiredBit(Vaddr(P))), ["2.20 set nothing -> not set, 2.2 false"]);
    assert_eq!(
        of(Value::Entries),
        ["5.18 set 2 -> 3, 5.16 true", "3.17 set 1 -> 2, 3.15 true", "1.26 set 0 -> 1, 1.12 false"]
    );
}

#[test]
fn a_page_is_counted_because_its_entry_was_just_wired() {
    let timeline = mail(Config::preset(Preset::Committed));
    let cursor = end(&timeline, 5);
    let links = chain(&cursor, Value::WireCount(PageId(0)));
    let cond = links[0].because.expect("pass 2").cond;
    assert!(matches!(cond, Cond::WiredOnce { .. }), "{cond:?}");
    let total = chain(&cursor, Value::UvmexpWired);
    let cond = total[0].because.expect("it was unwired").cond;
    assert!(matches!(cond, Cond::PageUnwired { wire_count: 0, .. }), "{cond:?}");
    let wired = chain(&cursor, Value::WiredBit(Vaddr(P)));
    let cond = wired[0].because.expect("pass 2").cond;
    assert!(matches!(cond, Cond::WiredOnce { .. }), "{cond:?}");
}

#[test]
fn a_mark_is_taken_back_because_a_page_could_not_be_had() {
    // The second entry is a file that is too short.
    let file = MmapFlags { fixed: true, private: true, object: true, ..MmapFlags::default() };
    let calls = vec![
        mmap(BUF, 2 * PAGE, RW),
        Call::Mmap { addr: BUF + 2 * PAGE, len: 2 * PAGE, prot: RW, flags: file, offset: 0 },
        Call::Mlock { addr: BUF, len: 4 * PAGE },
    ];
    let vm = Vm { file_pages: uvmscope_uvm::Pages(1), ..Vm::default() };
    let timeline = record(calls, Config::ORIGINAL, vm);
    let cursor = end(&timeline, 3);
    let links = chain(&cursor, part(&cursor, BUF, Field::WiredCount));
    // Its mark is taken back, then its pages are released, which sets the count to 0 once more.
    let (released, unmarked) = (&links[0], &links[1]);
    let cond = released.because.expect("nothing else holds it").cond;
    assert!(matches!(cond, Cond::Unwired { .. }), "{cond:?}");
    assert_eq!((unmarked.write.from, unmarked.write.to), (Datum::Count(1), Datum::Count(0)));
    let cond = unmarked.because.expect("a failure").cond;
    assert!(matches!(cond, Cond::Failed { .. }), "{cond:?}");
    let kept = why_not(&cursor, What::Wire(Vaddr(BUF))).expect("the call failed");
    let Reason::Test { cond, held } = kept.reason else { panic!("{:?}", kept.reason) };
    assert!(matches!((cond, held), (Cond::BeyondFile { index: 1, pages: 1 }, true)), "{cond:?}");
    assert_eq!(why_not(&cursor, What::Succeed), Some(kept));
}

#[test]
fn what_a_merge_takes_over_is_followed_into_the_entry_that_went() {
    // The second mapping needs its copy, and then takes over the first one with its amap.
    let calls = vec![
        mmap(BUF, 2 * PAGE, RW),
        touch(BUF, PAGE),
        mmap(BUF + 2 * PAGE, 3 * PAGE, RW),
        touch(BUF + 3 * PAGE, PAGE),
    ];
    let timeline = record(calls, Config::ORIGINAL, Vm::default());
    let cursor = end(&timeline, 4);
    assert_eq!(cursor.state().entry_count(), 1);
    for (field, came_from) in [(Field::Start, 1), (Field::Amap, 2)] {
        let links = chain(&cursor, part(&cursor, BUF, field));
        let old = Value::Entry { birth: 0, field };
        let write = links[0].write;
        assert_eq!(write.how, How::Merged { taken: Some(old) }, "{write:?}");
        assert!(matches!(links[0].because.map(|b| b.cond), Some(Cond::Mergeable { .. })));
        assert_eq!((links[1].write.value, links[1].write.to), (old, write.to));
        assert_eq!(links[1].write.place.call, came_from);
    }
    // The end stays as it was mapped.
    let links = chain(&cursor, part(&cursor, BUF, Field::End));
    assert_eq!((links.len(), links[0].write.how), (1, How::Born));
    // A new mapping that is just appended takes nothing over.
    let calls = vec![mmap(BUF, 2 * PAGE, RW), mmap(BUF + 2 * PAGE, 3 * PAGE, RW)];
    let timeline = record(calls, Config::ORIGINAL, Vm::default());
    let cursor = end(&timeline, 2);
    let links = chain(&cursor, part(&cursor, BUF, Field::End));
    assert_eq!(links[0].write.how, How::Merged { taken: None });
    assert_eq!((links.len(), links[1].write.how), (2, How::Born));
}

#[test]
fn a_chain_of_a_counter_has_a_greatest_length() {
    let pages = MAX_LINKS as u64 + 100;
    let calls = vec![mmap(BUF, pages * PAGE, RW), Call::Mlock { addr: BUF, len: pages * PAGE }];
    let timeline = record(calls, Config::ORIGINAL, Vm::default());
    assert_eq!(chain(&end(&timeline, 2), Value::UvmexpWired).len(), MAX_LINKS);
}
