//! The library of scenarios: each is well-formed, does what its text says, and teaches something of
//! its own.

mod claims;
mod signature;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::rc::Rc;

use uvmscope_format::parse;
use uvmscope_format::scenarios::{ALL, Group, Scenario};
use uvmscope_replay::{CallEnd, Script, Timeline, Verdict};
use uvmscope_uvm::Call;

use claims::Claim;
use signature::signature;

/// The script of a scenario, which has to be without errors.
fn script(scenario: &Scenario) -> Rc<Script> {
    let parsed = parse(scenario.text);
    assert_eq!(parsed.errors, [], "{}", scenario.name);
    Rc::new(parsed.script)
}

/// The scenario's run on the kernel that it names.
fn run(scenario: &Scenario) -> Rc<Timeline> {
    let script = script(scenario);
    let config = script.config;
    Rc::new(Timeline::record(script, config))
}

#[test]
fn every_file_is_in_the_library_under_its_own_name() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let files = fs::read_dir(folder).expect("the folder of the scenarios");
    let files: BTreeSet<String> =
        files.map(|file| file.expect("a file").file_name().display().to_string()).collect();
    let names = ALL.map(|s| format!("{}.uvm", s.name));
    assert_eq!(files, BTreeSet::from(names));
}

#[test]
fn every_scenario_says_what_it_is_about() {
    for scenario in ALL {
        let (name, header) = (scenario.name, scenario.header());
        let title = header.title.unwrap_or_else(|| panic!("{name}: no title"));
        assert!((8..=70).contains(&title.chars().count()), "{name}: {title}");
        let about = &header.about;
        assert!((100..=600).contains(&about.chars().count()), "{name}: {about}");
        assert!(about.ends_with('.'), "{name}: {about}");
        assert!(header.group.is_some(), "{name}: no group");
        assert!(!header.tags.is_empty(), "{name}: no tags");
        assert_eq!(scenario.tags().collect::<Vec<_>>(), header.tags, "{name}");
        assert!(scenario.text.lines().all(|l| l.chars().count() <= 100), "{name}: a long line");
    }
    let titles = BTreeSet::from(ALL.map(|s| s.title()));
    assert_eq!(titles.len(), ALL.len(), "two scenarios have the same title");
}

#[test]
fn the_library_goes_group_by_group() {
    let groups = ALL.map(|s| s.group());
    assert!(groups.is_sorted(), "{groups:?}");
    for group in Group::ALL {
        assert!(groups.contains(&group), "{group:?} is empty");
    }
}

#[test]
fn tags_are_spelt_the_same_everywhere() {
    let mut spellings: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for tag in ALL.iter().flat_map(Scenario::tags) {
        let plain = tag.to_lowercase().replace(['-', '_', ' '], "");
        spellings.entry(plain).or_default().insert(tag);
    }
    let double: Vec<_> = spellings.values().filter(|s| s.len() > 1).collect();
    assert!(double.is_empty(), "{double:?}");
}

#[test]
fn every_scenario_has_something_to_notice_and_something_to_predict() {
    for scenario in ALL {
        let script = script(&scenario);
        let marks = script.calls().filter_map(|(_, line)| line.mark.as_ref());
        let marks: Vec<_> = marks.map(|(_, notice)| notice).collect();
        assert!(!marks.is_empty(), "{}: no mark", scenario.name);
        let short = |text: &&String| (1..=100).contains(&text.chars().count());
        assert!(marks.iter().all(short), "{}: {marks:?}", scenario.name);
        let asks: Vec<_> = script.calls().filter_map(|(_, line)| line.ask.as_ref()).collect();
        assert!(!asks.is_empty(), "{}: no question", scenario.name);
        let question = |ask: &&String| short(ask) && ask.ends_with('?');
        assert!(asks.iter().all(question), "{}: {asks:?}", scenario.name);
    }
}

#[test]
fn every_scenario_answers_as_it_says() {
    for scenario in ALL {
        let timeline = run(&scenario);
        for (run, (statement, line)) in timeline.calls().iter().zip(timeline.script().calls()) {
            let place = format!("{}, line {}: {:?}", scenario.name, statement.line, run.outcome);
            let CallEnd::Done(done) = &run.outcome else {
                assert_eq!(run.verdict, None, "{place}");
                continue;
            };
            // That memory can be mapped and touched goes without saying.
            let plain = matches!(run.call, Call::Mmap { .. } | Call::Touch { .. });
            if line.expect.is_none() && plain && done.errno.is_ok() {
                continue;
            }
            assert_eq!(run.verdict, Some(Verdict::Met), "{place}");
        }
    }
}

#[test]
fn every_scenario_shows_what_it_claims() {
    let mut wrong = Vec::new();
    for scenario in ALL {
        let timeline = run(&scenario);
        let mut claims = scenario.header().shows;
        assert!(!claims.is_empty(), "{}: no claim", scenario.name);
        // What is bad news is not passed over in silence.
        for none in ["panic 0", "promise-breaks 0", "console 0"] {
            let name = none.trim_end_matches(" 0");
            if !claims.iter().any(|text| text.starts_with(name)) {
                claims.push(none);
            }
        }
        for text in claims {
            let claim = Claim::read(text, &timeline)
                .unwrap_or_else(|problem| panic!("{}: `{text}`: {problem}", scenario.name));
            let seen = claim.seen(&timeline);
            if seen != claim.value {
                wrong.push(format!("{}: `{text}`, and it is {seen}", scenario.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_claim_that_does_not_hold_is_noticed() {
    let script = parse("map 0x1000-0x9000 rw-p\n@mark cut \"\"\nmunlock(0x5000, 0)\n").script;
    let timeline = Rc::new(Timeline::record(Rc::new(script), uvmscope_uvm::Config::default()));
    let seen = |text: &str| Claim::read(text, &timeline).map(|claim| claim.seen(&timeline));
    assert_eq!(seen("clips 9 at cut"), Ok(1));
    assert_eq!(seen("entries 9"), Ok(2));
    assert_eq!(seen("panic"), Ok(0));
    assert_eq!(seen("clips 1 at nowhere"), Err("no call is marked `nowhere`".to_owned()));
    assert_eq!(seen("clops 1"), Err("`clops` can not be looked at".to_owned()));
    assert_eq!(seen("clips one"), Err("`one` is no number".to_owned()));
    assert_eq!(seen("clips 1 on cut"), Err("read `on`; a place is `at MARK`".to_owned()));
}

#[test]
fn no_two_scenarios_make_the_same_events() {
    let mut seen: BTreeMap<Vec<String>, &str> = BTreeMap::new();
    for scenario in ALL {
        let other = seen.insert(signature(&run(&scenario)), scenario.name);
        assert_eq!(other, None, "{} does what the other does", scenario.name);
    }
}

#[test]
fn the_whole_library_is_a_small_download() {
    let bytes: usize = ALL.iter().map(|s| s.text.len()).sum();
    assert!(bytes <= 1_000 * ALL.len(), "{bytes} bytes for {} scenarios", ALL.len());
}
