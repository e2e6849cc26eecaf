//! Pictures: what they show of the mail's story, and what holds of any.

mod common;

use std::collections::BTreeSet;

use common::{P, mail, mmap, random_story, story};
use uvmscope_replay::{Cursor, Place};
use uvmscope_scene::{Class, Key, Node, Rect, Scene, Shape, Story, Viewport, px};
use uvmscope_uvm::{Call, Config, Prot, Vaddr, Vm};

const END: u64 = P + 41 * 4096;

/// The most nodes that a picture may have, whatever the map.
const NODES: usize = 600;

fn at(story: &Story, place: &str) -> Cursor {
    let mut cursor = story.timeline().cursor();
    cursor.seek(story.place_of(place).expect("a place of the story"));
    cursor
}

fn scene(story: &Story, place: &str) -> Scene {
    story.scene(&at(story, place), None, Viewport::WIDE)
}

fn words(scene: &Scene, key: Key) -> Option<String> {
    scene.find(key).map(Node::words)
}

/// The counts on the bars, from the left.
fn counts(scene: &Scene) -> Vec<String> {
    let count = |birth| words(scene, Key::Count(birth)).unwrap_or_default();
    scene.bars.iter().map(|bar| count(bar.birth)).collect()
}

#[test]
fn the_cut_parts_one_bar_and_the_right_one_is_the_same_object() {
    let story = mail(Config::ORIGINAL);
    let mut cursor = at(&story, "3.cut");
    let cut = story.scene(&cursor, None, Viewport::WIDE);
    cursor.step_back();
    let whole = story.scene(&cursor, None, Viewport::WIDE);
    assert_eq!(whole.bars.len(), 1);
    assert_eq!(cut.bars.len(), 2);
    assert_eq!(cut.bars[1].birth, whole.bars[0].birth);
    assert_eq!(cut.bars[1].range.start, Vaddr(P));
    let blade = cut.find(Key::Blade).expect("a blade");
    assert!(blade.class.has(Class::Cut));
    assert_eq!(blade.at.x, cut.axis.x_of(Vaddr(P)));
    assert!(cut.nodes().any(|n| matches!(n.key, Key::Family(_))), "a thread between the pieces");
}

#[test]
fn a_refused_cut_shows_the_blade_and_the_half_that_failed() {
    let scene = scene(&mail(Config::ORIGINAL), "3.refused");
    assert!(scene.find(Key::Blade).is_some_and(|n| n.class.has(Class::Refused)));
    let why = words(&scene, Key::BladeText).expect("a reason");
    assert_eq!(why, "no cut: 0x7f7ff7ed6000 < 0x7f7ff7ed6000 is false");
}

#[test]
fn the_promise_is_hatched_from_the_very_step_that_breaks_it() {
    let story = mail(Config::ORIGINAL);
    let broken = scene(&story, "3.broken");
    assert_eq!(counts(&broken), ["0 wired_count", "1 wired_count, was 0"]);
    let tail = broken.bars[1].birth;
    let hatch = broken.find(Key::Hatch(tail)).expect("a hatch");
    assert!(hatch.class.has(Class::Broken) && hatch.class.has(Class::Hatched));
    assert_eq!(hatch.words(), "broken promise: says wired, 0 of 41 pages are");
    let mut cursor = at(&story, "3.broken");
    cursor.step_back();
    let before = story.scene(&cursor, None, Viewport::WIDE);
    assert!(!before.nodes().any(|n| matches!(n.key, Key::Hatch(_))));
}

#[test]
fn a_promise_that_the_call_will_keep_is_only_outlined() {
    let story =
        mail(Config { diagnostic: true, ..Config::preset(uvmscope_uvm::Preset::Committed) });
    let pending = scene(&story, "5.count");
    let hatch = pending.nodes().find(|n| matches!(n.key, Key::Hatch(_))).expect("an outline");
    assert!(hatch.class.has(Class::Pending) && !hatch.class.has(Class::Hatched));
    let kept = scene(&story, "5.end");
    assert!(!kept.nodes().any(|n| matches!(n.key, Key::Hatch(_))));
    assert_eq!(words(&kept, Key::Page(Vaddr(P))).as_deref(), Some("1"));
}

#[test]
fn an_empty_request_is_a_caret_that_says_so() {
    let scene = scene(&mail(Config::ORIGINAL), "3.0");
    assert!(scene.find(Key::Request).is_some_and(|n| n.class.has(Class::Empty)));
    let said = words(&scene, Key::RequestText).expect("words");
    assert!(said.contains("empty: x = y"), "{said}");
}

#[test]
fn a_panic_is_shown_and_everything_else_still_is() {
    let story = mail(Config::ORIGINAL);
    let scene = scene(&story, "100%");
    let said = words(&scene, Key::Panic).expect("a panic");
    assert_eq!(said, "panic: KASSERT(pg->wire_count != 0) in uvm_pageunwire");
    assert_eq!(scene.bars.len(), 3);
    assert_eq!(scene.bars[2].range.end, Vaddr(END));
}

/// Every node of a scene without what only tells where it came from.
fn settled(scene: &Scene) -> Vec<Node> {
    let still = |node: &Node| Node { born: None, tick: None, ..node.clone() };
    scene.nodes().map(still).collect()
}

#[test]
fn a_place_looks_the_same_wherever_one_comes_from() {
    for seed in 0..60 {
        let story = random_story(seed);
        let mut cursor = story.timeline().cursor();
        let mut previous = story.scene(&cursor, None, Viewport::WIDE);
        let mut random = common::random::Random::new(seed);
        let last = story.timeline().ordinal(story.timeline().last_place());
        for _ in 0..40 {
            let to = usize::try_from(random.below(last as u64 + 1)).expect("a place");
            cursor.seek(story.timeline().place_at(to));
            let moved = story.scene(&cursor, Some(&previous), Viewport::WIDE);
            let fresh = story.scene(&cursor, None, Viewport::WIDE);
            assert_eq!(settled(&moved), settled(&fresh), "script {seed} at {}", cursor.place());
            previous = moved;
        }
    }
}

#[test]
fn no_picture_has_more_nodes_than_it_has_room_for_or_two_of_one_name() {
    let widths = [(240, 200), (340, 320), (559, 320), (560, 340), (772, 340), (1400, 600)];
    for seed in 0..120 {
        let story = random_story(seed);
        let mut cursor = story.timeline().cursor();
        loop {
            let (width, height) = widths[cursor.place().step % widths.len()];
            check(&story.scene(&cursor, None, Viewport::fitting(width, height)), seed);
            if !cursor.step_on() {
                break;
            }
        }
    }
}

fn check(scene: &Scene, seed: u64) {
    let mut keys = BTreeSet::new();
    for node in scene.nodes() {
        assert!(keys.insert(node.key), "script {seed}: two nodes are {}", node.key);
        let born = node.parts.iter().all(|part| match part.shape {
            Shape::Rect { rect, .. } => rect.width.0 >= 0 && rect.height.0 >= 0,
            _ => true,
        });
        assert!(born, "script {seed}: {} has a size below 0", node.key);
    }
    assert!(keys.len() <= NODES, "script {seed}: {} nodes", keys.len());
    // Addresses lie in rows; none covers another.
    let mut boxes: Vec<Rect> = Vec::new();
    for node in scene.nodes().filter(|n| matches!(n.key, Key::Boundary(_))) {
        for part in &node.parts {
            let Shape::Text { at, anchor, spans } = &part.shape else { continue };
            let chars: usize = spans.iter().map(|s| s.text.chars().count()).sum();
            // Monospaced, at least this wide.
            let width = px(7) * i32::try_from(chars).expect("a short text");
            let x = node.at.x + at.x;
            let left = match anchor {
                uvmscope_scene::Anchor::Start => x,
                uvmscope_scene::Anchor::Middle => x - width / 2,
                uvmscope_scene::Anchor::End => x - width,
            };
            boxes.push(Rect::new(left, node.at.y + at.y, width, px(10)));
        }
    }
    for (n, a) in boxes.iter().enumerate() {
        for b in &boxes[n + 1..] {
            let apart = a.y != b.y || a.right() <= b.x || b.right() <= a.x;
            assert!(apart, "script {seed}: addresses cover one another at {a:?} and {b:?}");
        }
    }
}

#[test]
fn a_map_of_a_hundred_thousand_entries_opens_and_steps() {
    let entries = 100_000;
    // Neighbours that differ, so that none merges with another.
    let protection =
        |n: u64| if n.is_multiple_of(2) { Prot::READ } else { Prot::READ.with(Prot::WRITE) };
    let maps = (0..entries).map(|n| mmap(0x1000_0000 + n * 4096, 4096, protection(n)));
    let middle = 0x1000_0000 + entries / 2 * 4096;
    let calls = maps.chain([Call::Mlock { addr: middle, len: 3 * 4096 }]);
    let story = story(calls, Config::ORIGINAL, Vm::default());
    let mut cursor = story.timeline().cursor();
    cursor.seek(Place { call: 100_001, step: 0 });
    assert_eq!(cursor.state().entry_count(), 100_000);
    let mut scene = story.scene(&cursor, None, Viewport::WIDE);
    while cursor.step_on() {
        scene = story.scene(&cursor, Some(&scene), Viewport::WIDE);
        check(&scene, 0);
        assert!(scene.find(Key::Overview).is_some());
    }
    assert!(scene.bars.iter().any(|bar| bar.range.start == Vaddr(middle) && bar.wired_count == 1));
}

#[test]
fn a_step_draws_anew_only_what_it_changes() {
    let story = mail(Config::ORIGINAL);
    let mut cursor = at(&story, "3.count");
    let before = story.scene(&cursor, None, Viewport::WIDE);
    cursor.step_on();
    let after = story.scene(&cursor, Some(&before), Viewport::WIDE);
    let shared = |g: &std::rc::Rc<uvmscope_scene::Group>| {
        before.groups.iter().any(|old| std::rc::Rc::ptr_eq(old, g))
    };
    let drawn: Vec<_> = after.groups.iter().filter(|g| !shared(g)).map(|g| g.layer).collect();
    assert!(drawn.len() < after.groups.len() / 2, "{drawn:?}");
}

#[test]
fn a_part_of_the_map_shows_its_pages_one_by_one_and_no_boundary_that_is_none() {
    use uvmscope_uvm::VaRange;
    let story = mail(Config::ORIGINAL);
    let cursor = at(&story, "3.broken");
    let around = VaRange::new(Vaddr(P - 4 * 4096), Vaddr(P + 5 * 4096));
    let view = Viewport { zoom: Some(around), ..Viewport::WIDE };
    let scene = story.scene(&cursor, None, view);
    let pages: Vec<Vaddr> = scene
        .nodes()
        .filter_map(|n| if let Key::Page(va) = n.key { Some(va) } else { None })
        .collect();
    assert_eq!(pages.len(), 9);
    assert_eq!((pages[0], pages[8]), (around.start, Vaddr(P + 4 * 4096)));
    let boundaries: Vec<Vaddr> = scene
        .nodes()
        .filter_map(|n| if let Key::Boundary(va) = n.key { Some(va) } else { None })
        .collect();
    assert_eq!(boundaries, [Vaddr(P)]);
    assert!(scene.find(Key::Overview).is_some(), "it says that this is not all");
    for seed in 0..60 {
        let story = random_story(seed);
        let mut cursor = story.timeline().cursor();
        loop {
            let zooms = [story.entry_in_hand(&cursor), story.page_in_hand(&cursor)];
            for zoom in zooms.into_iter().flatten() {
                let view = Viewport { zoom: Some(zoom), ..Viewport::fitting(500, 320) };
                let scene = story.scene(&cursor, None, view);
                check(&scene, seed);
                for piece in scene.axis.pieces() {
                    let mapped = piece.kind == uvmscope_scene::PieceKind::Mapped;
                    let inside = zoom.start <= piece.range.start && piece.range.end <= zoom.end;
                    assert!(!mapped || inside, "script {seed}: {piece:?} is not in {zoom}");
                }
            }
            if !cursor.step_on() {
                break;
            }
        }
    }
}
