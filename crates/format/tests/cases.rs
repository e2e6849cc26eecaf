//! What a line of a corpus may say: cases with one thing put wrong are told to be no cases.

use serde_json::{Value, json};
use uvmscope_format::corpus::Case;

/// A case in which everything that may be left out stands somewhere.
fn case() -> Value {
    json!({
        "id": "strict/1",
        "preset": "original",
        "kernel": {"page_size": 4096, "diagnostic": true, "changes": ["pageable-empty-return"]},
        "vm": {
            "min": "0x1000", "max": "0x7f7ffffff000",
            "wiredmax_pages": 100_000, "memlock_limit": null, "file_pages": 8,
        },
        "calls": [{
            "call": "mmap", "addr": "0x7f7ff0000000", "len": 8192, "prot": "r",
            "flags": ["fixed", "shared", "object"], "offset": 4096,
        }],
        "after": [{
            "errno": null,
            "ret": "0x7f7ff0000000",
            "entries": [],
            "pages": [{"va": "0x7f7ff0000000", "wire_count": 1, "pmap_wired": true}],
            "object_wired": [{"offset": 4096, "wire_count": 1}],
            "uvmexp_wired": 1,
            "pmap_wired_count": 1,
            "events": [{"ev": "lookup", "va": "0x7f7ff0000000", "found": false}],
            "console": [],
        }],
    })
}

/// Puts `value` at `place`, and says why the case is none any more, or that it still is one.
fn with(place: &str, value: Value) -> String {
    let mut case = case();
    let (parent, field) = place.rsplit_once('/').expect("a place below the root");
    let parent = case.pointer_mut(parent).and_then(Value::as_object_mut);
    parent.expect("a place in the case").insert(field.to_owned(), value);
    Case::read(case.to_string().as_bytes()).map_or_else(|e| e.to_string(), |_| "a case".to_owned())
}

#[track_caller]
fn refuses(place: &str, value: Value, reason: &str) {
    let told = with(place, value);
    assert!(told.contains(reason), "{place}: {told}");
}

#[test]
fn the_case_itself_is_one() {
    assert_eq!(with("/id", json!("another")), "a case");
}

#[test]
fn what_is_not_known_is_refused_wherever_it_stands() {
    for parent in ["", "/kernel", "/vm", "/calls/0", "/after/0", "/after/0/pages/0"] {
        refuses(&format!("{parent}/colour"), json!(1), "unknown field `colour`");
    }
    refuses("/after/0/object_wired/0/colour", json!(1), "unknown field `colour`");
    refuses("/after/0/events/0/colour", json!(1), "unknown field `colour`");
    refuses("/after/0/events/0/ev", json!("lookdown"), "unknown variant `lookdown`");
    refuses("/calls/0/call", json!("mremap"), "unknown variant `mremap`");
    refuses("/kernel/changes", json!(["none"]), "the name of a change");
}

#[test]
fn a_field_of_another_kind_is_refused() {
    refuses("/calls/0/access", json!("read"), "a field too many");
    refuses("/after/0/events/0/wire_count", json!(1), "a field too many");
    refuses("/after/0/panic", json!("KASSERT"), "has not exactly one of");
}

#[test]
fn what_may_be_left_out_is_not_null() {
    let places = [
        "/preset",
        "/vm/file_pages",
        "/calls/0/offset",
        "/calls/0/access",
        "/after/0/ret",
        "/after/0/panic",
        "/after/0/wirefuture",
        "/after/0/object_wired",
        "/after/0/pages/0/mapped",
        "/after/0/events/0/start",
        "/after/0/events/0/wire_count",
    ];
    for place in places {
        refuses(place, Value::Null, "invalid type: null");
    }
}

#[test]
fn an_address_space_is_made_of_whole_pages() {
    refuses("/vm/max", json!("0xffffffffffffefff"), "not made of whole pages");
    refuses("/vm/min", json!("0x800"), "not made of whole pages");
    let script = uvmscope_format::parse("space 0x0-0xffffffffffffefff\n");
    let told: Vec<_> = script.errors.iter().map(ToString::to_string).collect();
    assert!(told.join("\n").contains("not made of whole pages"), "{told:?}");
}
