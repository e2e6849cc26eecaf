//! Two runs of one script: pictures on one axis, and the sentences that say what differs.

mod common;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::rc::Rc;

use common::{BUF, P, mmap, random, story};
use expect_test::{Expect, expect};
use uvmscope_replay::{Cursor, Place, Side, align, differences};
use uvmscope_scene::{CommonAxis, PieceKind, Scene, SideBySide, Story, Viewport};
use uvmscope_uvm::{Access, Call, Change, Changes, Config, Preset, Prot, Vaddr, Vm};

/// The stories of a random script under two kernels.
fn random_stories(seed: u64) -> [Story; 2] {
    let mut random = random::Random::new(seed);
    let vm = random.vm();
    let configs = [random.config(), random.config()];
    let calls = random.calls(24);
    configs.map(|config| story(calls.clone(), config, vm))
}

fn with(changes: &[Change]) -> Config {
    Config { changes: changes.iter().copied().collect::<Changes>(), ..Config::ORIGINAL }
}

/// Every boundary of what is drawn lies on the axis that both have, and every bar between its
/// boundaries.
fn check_axis(scenes: &[Scene; 2], common: &CommonAxis, what: &str) {
    let pieces = common.axis().pieces();
    let ends: BTreeSet<Vaddr> = pieces.iter().flat_map(|p| [p.range.start, p.range.end]).collect();
    assert!(pieces.is_sorted_by(|a, b| a.range.end == b.range.start && a.to == b.from), "{what}");
    for scene in scenes {
        assert_eq!(&scene.axis, common.axis(), "{what}");
        for bar in &scene.bars {
            let (from, to) = (scene.axis.x_of(bar.range.start), scene.axis.x_of(bar.range.end));
            assert!(ends.contains(&bar.range.start), "{what}: {} is no boundary", bar.range);
            assert!(ends.contains(&bar.range.end), "{what}: {} is no boundary", bar.range);
            assert!(from <= bar.rect.x && bar.rect.right() <= to, "{what}: {}", bar.range);
            assert!(from < to, "{what}: {} has no width", bar.range);
        }
        let mut keys = BTreeSet::new();
        for node in scene.nodes() {
            assert!(keys.insert(node.key), "{what}: two nodes are {}", node.key);
        }
        assert!(keys.len() <= 600, "{what}: {} nodes", keys.len());
    }
}

#[test]
fn a_boundary_is_at_the_same_place_in_both_pictures() {
    let views = [(240, 200), (340, 320), (559, 320), (560, 340), (772, 340), (1400, 600)];
    for seed in 0..60 {
        let stories = random_stories(seed);
        let [a, b] = stories.each_ref().map(Story::timeline);
        let alignment = align(a, b);
        let [mut at_a, mut at_b] = [a.cursor(), b.cursor()];
        loop {
            at_b.seek(alignment.partner(at_a.place()));
            let (width, height) = views[at_a.place().step % views.len()];
            let view = Viewport::fitting(width, height);
            let common = CommonAxis::of([(&stories[0], &at_a), (&stories[1], &at_b)], view);
            let scenes = [
                stories[0].scene_on(&at_a, None, &common),
                stories[1].scene_on(&at_b, None, &common),
            ];
            check_axis(&scenes, &common, &format!("script {seed} at {}", at_a.place()));
            if !at_a.step_on() {
                break;
            }
        }
    }
}

#[test]
fn a_picture_beside_itself_is_the_picture_alone() {
    for seed in 0..40 {
        let [story, _] = random_stories(seed);
        let mut cursor = story.timeline().cursor();
        loop {
            let alone = story.scene(&cursor, None, Viewport::WIDE);
            // The part of a large map is chosen for both, and chosen anew.
            if alone.lens.is_none() {
                let common = CommonAxis::of([(&story, &cursor), (&story, &cursor)], Viewport::WIDE);
                let beside = story.scene_on(&cursor, None, &common);
                assert_eq!(beside, alone, "script {seed} at {}", cursor.place());
            }
            if !cursor.step_on() {
                break;
            }
        }
    }
}

#[test]
fn where_only_one_is_mapped_the_other_shows_a_hole_of_the_same_width() {
    let calls = [mmap(BUF, 8 * 4096, Prot::READ), mmap(BUF + (1 << 26), 4096, Prot::READ)];
    let story = story(calls, Config::ORIGINAL, Vm::default());
    let [mut before, mut after] = [story.timeline().cursor(), story.timeline().cursor()];
    before.seek(Place { call: 2, step: 0 });
    after.seek(story.timeline().last_place());
    let common = CommonAxis::of([(&story, &before), (&story, &after)], Viewport::WIDE);
    let kinds: Vec<_> = common.axis().pieces().iter().map(|p| p.kind).collect();
    assert_eq!(kinds, [PieceKind::Mapped, PieceKind::Hole, PieceKind::Mapped]);
    let scenes = [&before, &after].map(|cursor| story.scene_on(cursor, None, &common));
    assert_eq!(scenes[0].bars[0].rect, scenes[1].bars[0].rect);
    check_axis(&scenes, &common, "a hole");
}

#[test]
fn of_large_maps_both_show_the_same_part() {
    let protection =
        |n: u64| if n.is_multiple_of(2) { Prot::READ } else { Prot::READ.with(Prot::WRITE) };
    let maps = (0..5_000).map(|n| mmap(0x1000_0000 + n * 8192, 8192, protection(n)));
    let middle = 0x1000_0000 + 2_500 * 8192;
    let calls: Vec<_> = maps.chain([Call::Mlock { addr: middle + 4096, len: 0 }]).collect();
    let stories = [Config::ORIGINAL, Config::preset(Preset::Committed)]
        .map(|config| story(calls.clone(), config, Vm::default()));
    let cursors = stories.each_ref().map(|story| {
        let mut cursor = story.timeline().cursor();
        cursor.seek(story.timeline().last_place());
        cursor
    });
    for view in [Viewport::WIDE, Viewport::COMPACT] {
        let sides = [(&stories[0], &cursors[0]), (&stories[1], &cursors[1])];
        let common = CommonAxis::of(sides, view);
        let scenes = sides.map(|(story, cursor)| story.scene_on(cursor, None, &common));
        check_axis(&scenes, &common, "a large map");
        for scene in &scenes {
            assert!(scene.lens.is_some());
            assert!(scene.bars.iter().any(|bar| bar.range.contains(Vaddr(middle))), "the middle");
        }
        let cut = |scene: &Scene| scene.bars.iter().any(|b| b.range.start == Vaddr(middle + 4096));
        assert_eq!(scenes.each_ref().map(cut), [true, false]);
    }
}

/// Every divergence of a script under two kernels, told; and what differs when it is over.
fn told(calls: &[Call], kernels: [(&str, Config); 2]) -> String {
    let stories = kernels.map(|(_, config)| story(calls.iter().copied(), config, Vm::default()));
    let [a, b] = stories.each_ref().map(Story::timeline);
    let alignment = align(a, b);
    let side_by_side = SideBySide::new(&alignment, kernels.map(|(name, _)| name));
    let mut text = String::new();
    for divergence in alignment.divergences() {
        let said = side_by_side.caption(divergence).plain();
        writeln!(text, "{}: {said}", divergence.call).expect("room in memory");
    }
    let states = [a, b].map(|timeline| {
        let mut cursor: Cursor = Rc::clone(timeline).cursor();
        cursor.seek(timeline.last_place());
        cursor
    });
    for difference in differences(states[0].state(), states[1].state()).listed {
        writeln!(text, "- {}", side_by_side.difference(&difference)).expect("room in memory");
    }
    for promise in side_by_side.promises(calls.len()) {
        writeln!(text, "- {promise}").expect("room in memory");
    }
    text
}

fn check(calls: &[Call], kernels: [(&str, Config); 2], expected: &Expect) {
    expected.assert_eq(&told(calls, kernels));
}

const ORIGINAL: (&str, Config) = ("original", Config::ORIGINAL);

fn buffer() -> Call {
    mmap(BUF, 50 * 4096, Prot::READ.with(Prot::WRITE))
}

fn touch() -> Call {
    Call::Touch { addr: P, len: 4096, access: Access::Write }
}

#[test]
fn the_repair_is_told_by_the_test_that_it_adds() {
    let committed = ("committed", Config::preset(Preset::Committed));
    check(
        &[buffer(), touch(), Call::Mlock { addr: P, len: 0 }],
        [ORIGINAL, committed],
        &expect![[r"
            3: `committed` asks whether the range is empty (0x7f7ff7ed6000 == 0x7f7ff7ed6000: true) and returns; `original` has no such test and goes on to cut the entry at 0x7f7ff7ed6000. The test is that of pageable-empty-return: uvm_map_pageable returns at once, touching nothing, when the range is empty. Both give the same answer, but their states differ now.
            - `original` has a boundary at 0x7f7ff7ed6000; in `committed` one entry reaches across it.
            - 0x7f7ff7ed6000–0x7f7ff7eff000: wired_count is 1 in `original`, 0 in `committed`.
            - The amap behind 0x7f7ff7ecd000–0x7f7ff7eff000 has 2 references in `original`, 1 reference in `committed`.
            - Only `original` leaves a promise broken: 0x7f7ff7ed6000–0x7f7ff7eff000 says wired, 0 of 41 pages are.
        "]],
    );
}

#[test]
fn half_of_the_repair_is_told_by_the_ranges_that_follow() {
    let half = ("half", with(&[Change::SyscallZeroGuard]));
    check(
        &[buffer(), touch(), Call::Mlock { addr: P + 100, len: 0 }],
        [ORIGINAL, half],
        &expect![[r"
            3: `half` asks whether the length is 0 (0 == 0: true) and goes on with the empty range at 0x7f7ff7ed6000; `original` has no such test and goes on with the range 0x7f7ff7ed6000–0x7f7ff7ed7000. The test is that of syscall-zero-guard: mlock and munlock leave a length of 0 alone instead of rounding it up to a page. Both give the same answer, but their states differ now.
            - uvmexp.wired is 1 in `original`, 0 in `half`.
            - `original` has a boundary at 0x7f7ff7ed7000; in `half` one entry reaches across it.
            - 0x7f7ff7ed7000–0x7f7ff7eff000: wired_count is 0 in `original`, 1 in `half`.
            - The page at 0x7f7ff7ed6000 has wire_count 1 in `original`, 0 in `half`, is marked wired in the pmap in `original` only.
            - The amap behind 0x7f7ff7ecd000–0x7f7ff7eff000 has 3 references in `original`, 2 references in `half`.
            - Only `half` leaves a promise broken: 0x7f7ff7ed6000–0x7f7ff7eff000 says wired, 0 of 41 pages are.
        "]],
    );
}

#[test]
fn a_test_that_was_taken_away_is_told_from_the_other_side() {
    let later = ("later", Config::preset(Preset::Later));
    check(
        &[buffer(), Call::Munmap { addr: P, len: 0 }],
        [later, ORIGINAL],
        &expect![[r"
        2: `original` asks whether the range is empty (0x7f7ff7ed6000 == 0x7f7ff7ed6000: true) and returns; `later` has no such test at that point and goes on, and returns 0. `later` has it no more, or elsewhere, because of zero-guard-everywhere: munmap, mprotect, minherit and madvise leave a length of 0 alone, too. The call ends alike, and both are in the same state again.
    "]],
    );
}

#[test]
fn an_answer_that_is_put_into_another_is_told_by_both_answers() {
    let committed = ("committed", Config::preset(Preset::Committed));
    let far = Call::Mlock { addr: 0x1000, len: u64::MAX - 4096 };
    check(
        &[buffer(), far],
        [ORIGINAL, committed],
        &expect![[r"
        2: `committed` asks whether there was an error (EINVAL != 0: true) and answers ENOMEM; `original` has no such test and answers EINVAL. The test is that of range-error-enomem: mlock and munlock answer ENOMEM when the range does not fit the address space. The answers differ; the states are the same.
    "]],
    );
}

#[test]
fn every_divergence_and_every_difference_of_any_script_is_a_sentence() {
    let mut count = 0;
    for seed in 0..400 {
        let stories = random_stories(seed);
        let [a, b] = stories.each_ref().map(Story::timeline);
        let alignment = align(a, b);
        let side_by_side = SideBySide::new(&alignment, ["first", "second"]);
        let check = |said: &str| {
            assert!(said.ends_with('.') && !said.contains("  "), "script {seed}: {said}");
            assert!(
                said.starts_with(|c: char| c.is_ascii_uppercase() || "`0u".contains(c)),
                "{said}"
            );
        };
        for divergence in alignment.divergences() {
            count += 1;
            let caption = side_by_side.caption(divergence);
            check(&caption.lead);
            assert!(caption.lead.contains("`first`") || caption.lead.contains("`second`"));
            if !caption.rest.is_empty() {
                check(&caption.rest);
            }
            let end = Place { call: divergence.call, step: usize::MAX };
            let states = Side::BOTH.map(|side| {
                let mut cursor = alignment.timeline(side).cursor();
                cursor.seek(end);
                cursor
            });
            for difference in differences(states[0].state(), states[1].state()).listed {
                check(&side_by_side.difference(&difference));
            }
            side_by_side.promises(divergence.call).iter().for_each(|said| check(said));
        }
    }
    assert!(count > 200, "only {count} divergences");
}
