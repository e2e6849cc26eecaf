//! Traces and tables: what is exported is what happened, and a trace is enough to live through it
//! again.

#[allow(dead_code, reason = "only the calls of random scripts are wanted")]
#[path = "../../uvm/tests/common/mod.rs"]
mod random;

use std::collections::BTreeSet;
use std::rc::Rc;

use boon::{Compiler, Schemas};
use expect_test::expect;
use serde_json::{Value, json};
use uvmscope_format::export::{COLUMNS, Trace, TraceError, csv, trace_json, trace_lines};
use uvmscope_format::{parse, scenarios, to_text};
use uvmscope_replay::{Place, Script, Timeline};
use uvmscope_uvm::{Config, Preset};

const SCHEMA: &str = include_str!("../schema/trace.schema.json");

/// A script, run.
struct Run {
    text: String,
    timeline: Rc<Timeline>,
}

impl Run {
    fn of(text: &str, config: Option<Config>) -> Self {
        let parsed = parse(text);
        assert_eq!(parsed.errors, [], "{text}");
        let config = config.unwrap_or(parsed.script.config);
        let timeline = Rc::new(Timeline::record(Rc::new(parsed.script), config));
        Self { text: text.to_owned(), timeline }
    }

    fn mail(config: Config) -> Self {
        Self::of(scenarios::get("mlock-zero").expect("it comes along").text, Some(config))
    }

    fn random(seed: u64) -> Self {
        let mut random = random::Random::new(seed);
        let (config, vm) = (random.config(), random.vm());
        let script = Script { config, vm, ..Script::of_calls(random.calls(40)) };
        Self::of(&to_text(&script), None)
    }

    fn trace(&self) -> String {
        trace_json(&self.timeline, &self.text)
    }
}

/// The mail's script on every preset, and many others.
fn runs() -> impl Iterator<Item = Run> {
    let mail = Preset::ALL.map(|preset| Run::mail(Config::preset(preset)));
    let quiet = Run::mail(Config { diagnostic: false, ..Config::ORIGINAL });
    let odd = ["", "exit()\nmlock(0, 1) = 0\n", "p = mlock(1, 1)\nmlock(p, 0)\n"];
    let odd = odd.map(|text| Run::of(text, None));
    mail.into_iter().chain([quiet]).chain(odd).chain((0..80).map(Run::random))
}

#[test]
fn every_state_is_rebuilt_from_the_trace() {
    for run in runs() {
        let trace = Trace::read(&run.trace()).expect("it reads back");
        assert_eq!((trace.config, trace.vm), (run.timeline.config(), run.timeline.vm()));
        assert_eq!(trace.script, run.text);
        let mut replay = trace.replay();
        let mut cursor = run.timeline.cursor();
        assert_eq!(replay.state(), cursor.state());
        let mut steps = 0;
        while let Some(step) = replay.step_on() {
            let (place, state) = step.expect("what happened can happen again");
            cursor.seek(place);
            assert_eq!(cursor.place(), place);
            assert_eq!(state, cursor.state(), "{place} of {}", run.text);
            steps += 1;
        }
        assert_eq!(steps, run.timeline.events().len());
    }
}

/// The kinds of events under a name of the schema.
fn kinds(schema: &Value, of: &str) -> BTreeSet<String> {
    let kinds = schema["$defs"][of]["anyOf"].as_array().expect("a list of kinds");
    let name = |kind: &Value| kind["properties"]["kind"]["const"].as_str().map(str::to_owned);
    kinds.iter().filter_map(name).collect()
}

#[test]
fn traces_are_as_the_schema_says_and_it_says_nothing_else() {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    let mut schemas = Schemas::new();
    let mut compiler = Compiler::new();
    compiler.add_resource("trace.json", schema.clone()).expect("a resource");
    let whole = compiler.compile("trace.json", &mut schemas).expect("the schema is one");
    let known: BTreeSet<String> = &kinds(&schema, "write") | &kinds(&schema, "note");
    let mut met = BTreeSet::new();
    for (index, run) in runs().enumerate() {
        let mut trace: Value = serde_json::from_str(&run.trace()).expect("a trace is JSON");
        let steps = trace["steps"].as_array().expect("a list of steps");
        let kind = |step: &Value| step["event"]["kind"].as_str().expect("a kind").to_owned();
        let known = met.len();
        met.extend(steps.iter().map(kind));
        // Holding all of them to it would take long.
        if met.len() == known && index > 20 {
            continue;
        }
        if let Err(error) = schemas.validate(&trace, whole) {
            panic!("{error:#}");
        }
        trace["#meta"]["version"] = json!(2);
        assert!(schemas.validate(&trace, whole).is_err());
    }
    // Whatever may happen has happened somewhere.
    assert_eq!(met, known);
}

#[test]
fn a_trace_is_one_line_for_each_call_and_step() {
    let run = Run::mail(Config::ORIGINAL);
    let lines: Vec<String> = trace_lines(&run.timeline, &run.text).collect();
    assert_eq!(lines.concat(), run.trace());
    let text = run.trace();
    let shown = |begin: &str| {
        let line = text.lines().find(|line| line.starts_with(begin)).expect("the line");
        line.trim_end_matches(',').to_owned()
    };
    // Lines of the source move.
    let without_line = |line: &str| {
        let (before, after) = line.split_once(",\"line\":").expect("a line");
        format!("{before}{}", after.trim_start_matches(|c: char| c.is_ascii_digit()))
    };
    let told = [
        shown("\"#meta\""),
        shown("{\"call\":3,\"line\""),
        shown("{\"call\":6,\"line\""),
        without_line(&shown("{\"call\":3,\"step\":1,")),
        without_line(text.lines().find(|l| l.contains("\"wired_count\",")).expect("a step")),
    ];
    expect![[r##"
        "#meta": {"format":"uvmscope-trace","version":1,"kernel":"original","diagnostic":true,"page_size":4096,"vm":{"min":"0x1000","max":"0x7f7ffffff000","wiredmax_pages":100000,"memlock_limit":67108864}}
        {"call":3,"line":25,"text":"mlock(0x7f7ff7ed6000, 0)","steps":30,"end":"returned","answer":"0","expected":"0","verdict":"met"}
        {"call":6,"line":34,"text":"munlock(0x7f7ff7ed6000, 1K)","steps":33,"end":"halted","reason":"panic: KASSERT(pg->wire_count != 0) in uvm_pageunwire"}
        {"call":3,"step":1,"function":"sys_mlock","file":"uvm_mmap.rs","event":{"kind":"enter","func":"sys_mlock","start":"0x7f7ff7ed6000","end":"0x7f7ff7ed6000"}}
        {"call":3,"step":22,"function":"uvm_map_pageable","file":"uvm_map_pageable.rs","event":{"kind":"wired_count","entry":0,"from":0,"to":1}},"##]].assert_eq(&told.join("\n"));
}

fn refused(trace: &Value) -> TraceError {
    let read = Trace::read(&trace.to_string());
    let trace = match read {
        Ok(trace) => trace,
        Err(error) => return error,
    };
    let mut replay = trace.replay();
    loop {
        match replay.step_on().expect("an error comes before the end") {
            Ok(_) => {}
            Err(error) => return error,
        }
    }
}

#[test]
fn what_is_no_trace_says_why() {
    let told = |change: &dyn Fn(&mut Value)| {
        let mut trace = serde_json::from_str(&Run::mail(Config::ORIGINAL).trace()).expect("JSON");
        change(&mut trace);
        refused(&trace).to_string()
    };
    let all = [
        told(&|t| t["#meta"]["format"] = json!("another")),
        told(&|t| t["#meta"]["version"] = json!(2)),
        told(&|t| t["#meta"]["page_size"] = json!(8192)),
        told(&|t| t["#meta"]["kernel"] = json!("orignal")),
        told(&|t| t["script"] = json!(7)),
        told(&|t| drop(t["steps"].as_array_mut().map(|steps| steps.remove(4)))),
        told(&|t| drop(t["steps"].as_array_mut().map(Vec::pop))),
        told(&|t| drop(t["calls"].as_array_mut().map(Vec::pop))),
        told(&|t| t["steps"][3]["event"]["kind"] = json!("dance")),
    ];
    expect![[r"
        `#meta` says that this is a `another`; wanted is a `uvmscope-trace`
        the trace is of version 2, and this program reads up to 1; use a newer uvmscope
        the trace has pages of 8192 bytes; only 4096 is simulated
        the trace's kernel: read `orignal`, which names no kernel; the nearest name is `original`
        1:1020: invalid type: integer `7`, expected a string
        step 1.6 stands where 1.5 is expected; the trace is not complete
        step 6.33: it is told nowhere; the trace is not complete
        step 6.1 stands where the end is expected; the trace is not complete
        step 1.4: unknown variant `dance`, expected one of `entry_insert`, `entry_remove`, `clip_start`, `clip_end`, `entry_start`, `entry_end`, `entry_offset`, `wired_count`, `entry_prot`, `entry_inherit`, `entry_advice`, `needs_copy`, `entry_amap`, `entry_slot`, `wire_future`, `amap_create`, `amap_destroy`, `amap_refs`, `amap_slots`, `amap_room`, `amap_shift`, `anon_add`, `anon_remove`, `object_page`, `page_alloc`, `page_free`, `page_wire`, `page_unwire`, `uvmexp_wired`, `pmap_enter`, `pmap_remove`, `pmap_protect`, `pmap_unwire`, `console`, `panic`"]].assert_eq(&all.join("\n"));
    let error = Trace::read("{\n \"#meta\": 1\n}").expect_err("no trace");
    assert!(error.to_string().starts_with("2:11: invalid type"), "{error}");
}

#[test]
fn a_damaged_trace_is_an_error_or_another_run_and_nothing_worse() {
    let mut refused = 0;
    for seed in 0..20 {
        let trace: Value = serde_json::from_str(&Run::random(seed).trace()).expect("JSON");
        let mut random = random::Random::new(seed + 1000);
        for _ in 0..25 {
            let mut damaged = trace.clone();
            let steps = damaged["steps"].as_array_mut().expect("a list of steps");
            let at = |random: &mut random::Random, len: usize| {
                usize::try_from(random.below(len as u64)).expect("an index")
            };
            let step = at(&mut random, steps.len());
            let other = at(&mut random, steps.len());
            let event = steps[other]["event"].clone();
            match random.below(3) {
                0 => steps[step]["event"] = event,
                1 => steps[step]["event"] = json!({"kind": "wiring_unchanged", "va": "0x0"}),
                _ => {
                    let event = steps[step]["event"].as_object_mut().expect("an event");
                    let keys: Vec<String> = event.keys().cloned().collect();
                    let key = &keys[at(&mut random, keys.len())];
                    let number = random.pick(&[0, 1, 7, u64::from(u32::MAX), u64::MAX]);
                    let value = if random.chance(2) {
                        json!(number)
                    } else {
                        json!(format!("{number:#x}"))
                    };
                    event.insert(key.clone(), value);
                }
            }
            refused += usize::from(!survives(&damaged));
        }
    }
    assert!(refused > 80, "{refused} of 500 were noticed");
}

/// Whether a trace can be lived through; what it leads to is looked at from all sides.
fn survives(trace: &Value) -> bool {
    let Ok(trace) = Trace::read(&trace.to_string()) else { return false };
    let mut replay = trace.replay();
    let mut whole = true;
    while let Some(step) = replay.step_on().filter(|_| whole) {
        whole = step.is_ok();
    }
    let told = uvmscope_format::projection::state(replay.state());
    assert_eq!(told.entries.len(), replay.state().entry_count());
    whole
}

/// The cells of a table.
fn cells(table: &str) -> Vec<Vec<String>> {
    let mut rows = vec![vec![String::new()]];
    let mut quoted = false;
    let mut chars = table.chars().peekable();
    while let Some(c) = chars.next() {
        let row = rows.last_mut().expect("a row");
        match c {
            '"' if quoted && chars.next_if_eq(&'"').is_some() => {
                row.last_mut().expect("a cell").push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(String::new()),
            '\r' if !quoted => {
                assert_eq!(chars.next(), Some('\n'));
                rows.push(vec![String::new()]);
            }
            c => row.last_mut().expect("a cell").push(c),
        }
    }
    assert_eq!(rows.pop(), Some(vec![String::new()]), "the last row ends");
    rows
}

#[test]
fn a_table_has_a_row_for_each_step() {
    for run in runs().take(30) {
        let sentence = |place: Place| format!("\"{place}\",\r\nsays one");
        let rows = cells(&csv(&run.timeline, sentence));
        assert_eq!(rows[0], COLUMNS);
        assert_eq!(rows.len(), run.timeline.events().len() + 1);
        let mut cursor = run.timeline.cursor();
        for row in &rows[1..] {
            assert_eq!(row.len(), COLUMNS.len());
            let number = |column: usize| row[column].parse::<usize>().expect("a number");
            let place = Place { call: number(0), step: number(1) };
            assert_eq!(row[14], sentence(place));
            cursor.seek(place);
            let state = cursor.state();
            let wired = state.pages().filter(|(_, page)| page.wire_count != 0).count();
            let bytes: u64 = state.entries().map(|(_, entry)| entry.range.len().0).sum();
            assert_eq!([number(10), number(11)], [state.entry_count(), wired]);
            assert_eq!(row[12], state.uvmexp_wired().to_string());
            assert_eq!(row[13], bytes.to_string());
        }
    }
}

#[test]
fn a_table_of_the_mails_story() {
    let run = Run::mail(Config::ORIGINAL);
    let table = csv(&run.timeline, |_| String::new());
    let rows = table.split("\r\n").filter(|row| row.starts_with("call,") || row.starts_with("3,"));
    // Lines of the source move; what they are is held elsewhere.
    let without_line = |row: &str| {
        let (before, after) = row.split_once(".rs,").unwrap_or((row, ""));
        format!("{before} {}\n", after.split_once(',').map_or("", |(_, rest)| rest))
    };
    expect![[r#"
        call,step,call text,function,file,line,event,what,from,to,entries,pages wired,uvmexp.wired,bytes mapped,sentence 
        3,1,"mlock(0x7f7ff7ed6000, 0)",sys_mlock,uvm_mmap enter,"end 0x7f7ff7ed6000, func sys_mlock, start 0x7f7ff7ed6000",,,1,0,0,204800,
        3,2,"mlock(0x7f7ff7ed6000, 0)",range_test,uvm_mmap enter,"end 0x7f7ff7ed6000, func range_test, start 0x7f7ff7ed6000",,,1,0,0,204800,
        3,3,"mlock(0x7f7ff7ed6000, 0)",range_test,uvm_mmap test,"cond BelowMap { start: 0x7f7ff7ed6000, min: 0x1000 }, held false",,,1,0,0,204800,
        3,4,"mlock(0x7f7ff7ed6000, 0)",range_test,uvm_mmap test,"cond AboveMap { end: 0x7f7ff7ed6000, max: 0x7f7ffffff000 }, held false",,,1,0,0,204800,
        3,5,"mlock(0x7f7ff7ed6000, 0)",range_test,uvm_mmap test,"cond Wrapped { range: 0x7f7ff7ed6000..0x7f7ff7ed6000 }, held false",,,1,0,0,204800,
        3,6,"mlock(0x7f7ff7ed6000, 0)",range_test,uvm_mmap leave,"errno none, func range_test",,,1,0,0,204800,
        3,7,"mlock(0x7f7ff7ed6000, 0)",sys_mlock,uvm_mmap test,"cond OverWiredmax { pages: 0, wired: 0, max: 100000 }, held false",,,1,0,0,204800,
        3,8,"mlock(0x7f7ff7ed6000, 0)",sys_mlock,uvm_mmap test,"cond OverMemlock { need: 0, limit: 67108864 }, held false",,,1,0,0,204800,
        3,9,"mlock(0x7f7ff7ed6000, 0)",uvm_map_pageable,uvm_map_pageable enter,"end 0x7f7ff7ed6000, func uvm_map_pageable, start 0x7f7ff7ed6000",,,1,0,0,204800,
        3,10,"mlock(0x7f7ff7ed6000, 0)",uvm_map_pageable,uvm_map_pageable test,"cond OutsideMap { range: 0x7f7ff7ed6000..0x7f7ff7ed6000, holds: false }, held false",,,1,0,0,204800,
        3,11,"mlock(0x7f7ff7ed6000, 0)",uvm_map_pageable,uvm_map_pageable lookup,"entry 0, va 0x7f7ff7ed6000",,,1,0,0,204800,
        3,12,"mlock(0x7f7ff7ed6000, 0)",uvm_map_pageable,uvm_map_pageable pin,"entry 0, pin start_entry",,,1,0,0,204800,
        3,13,"mlock(0x7f7ff7ed6000, 0)",uvm_map_pageable,uvm_map_pageable pin,"entry 0, pin entry",,,1,0,0,204800,
        3,14,"mlock(0x7f7ff7ed6000, 0)",uvm_map_pageable,uvm_map_pageable test,"cond StartsBefore { entry: EntryId(0), end: 0x7f7ff7ed6000 }, held true",,,1,0,0,204800,
        3,15,"mlock(0x7f7ff7ed6000, 0)",uvm_map_pageable,uvm_map_pageable test,"cond NeedsAmap { entry: EntryId(0) }, held false",,,1,0,0,204800,
        3,16,"mlock(0x7f7ff7ed6000, 0)",uvm_map_pageable,uvm_map_pageable test,"cond Cuts { entry: EntryId(0), at: 0x7f7ff7ed6000, edge: Start }, held true",,,1,0,0,204800,
        3,17,"mlock(0x7f7ff7ed6000, 0)",uvm_map_clip_start,uvm_map enter,"entry 0, func uvm_map_clip_start",,,1,0,0,204800,
        3,18,"mlock(0x7f7ff7ed6000, 0)",uvm_map_clip_start,uvm_map clip_start,"at 0x7f7ff7ed6000, entry 0, front 1",0x7f7ff7ecd000,,2,0,0,204800,
        3,19,"mlock(0x7f7ff7ed6000, 0)",uvm_map_clip_start,uvm_map amap_refs,amap 0,1,2,2,0,0,204800,
        3,20,"mlock(0x7f7ff7ed6000, 0)",uvm_map_clip_start,uvm_map leave,"errno none, func uvm_map_clip_start",,,2,0,0,204800,
        3,21,"mlock(0x7f7ff7ed6000, 0)",uvm_map_pageable,uvm_map_pageable test,"cond Cuts { entry: EntryId(0), at: 0x7f7ff7ed6000, edge: End }, held false",,,2,0,0,204800,
        3,22,"mlock(0x7f7ff7ed6000, 0)",uvm_map_pageable,uvm_map_pageable wired_count,entry 0,0,1,2,0,0,204800,
        3,23,"mlock(0x7f7ff7ed6000, 0)",uvm_map_pageable,uvm_map_pageable test,"cond ProtNone { entry: EntryId(0) }, held false",,,2,0,0,204800,
        3,24,"mlock(0x7f7ff7ed6000, 0)",uvm_map_pageable,uvm_map_pageable test,"cond HoleBefore { entry: EntryId(0), end: 0x7f7ff7ed6000 }, held false",,,2,0,0,204800,
        3,25,"mlock(0x7f7ff7ed6000, 0)",uvm_map_pageable,uvm_map_pageable pin,"entry none, pin entry",,,2,0,0,204800,
        3,26,"mlock(0x7f7ff7ed6000, 0)",uvm_map_pageable,uvm_map_pageable test,"cond StartsBefore { entry: header, end: 0x7f7ff7ed6000 }, held false",,,2,0,0,204800,
        3,27,"mlock(0x7f7ff7ed6000, 0)",uvm_map_pageable,uvm_map_pageable pin,"entry 0, pin entry",,,2,0,0,204800,
        3,28,"mlock(0x7f7ff7ed6000, 0)",uvm_map_pageable,uvm_map_pageable test,"cond StartsBefore { entry: EntryId(0), end: 0x7f7ff7ed6000 }, held false",,,2,0,0,204800,
        3,29,"mlock(0x7f7ff7ed6000, 0)",uvm_map_pageable,uvm_map_pageable leave,"errno none, func uvm_map_pageable",,,2,0,0,204800,
        3,30,"mlock(0x7f7ff7ed6000, 0)",sys_mlock,uvm_mmap leave,"errno none, func sys_mlock",,,2,0,0,204800,
    "#]].assert_eq(&rows.map(without_line).collect::<String>());
}
