//! Links: what is written is read back, also after what mails and chats do to it, and what cannot
//! be read says why.

#[path = "links/told.rs"]
mod told;

use expect_test::{Expect, expect};
use proptest::prelude::*;
use uvmscope_format::link::{At, Kernels, Link, LinkError, LinkScript, MAX_LINK, Tab, Theme, View};
use uvmscope_format::scenarios;
use uvmscope_uvm::{Change, Config, Preset, VaRange, Vaddr};

/// A script that has everything that a link might stumble over.
const SCRIPT: &str = "# naïve ✓ 100% & more\r\np = 0x10000 + 4K\nmlock(p, 0) = -1 ENOMEM\n";

fn open(text: &str) -> Link {
    let (link, notes) = Link::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(notes, [""; 0], "{text}");
    link
}

fn text_link() -> Link {
    let kernels = Kernels {
        first: Some(Config::ORIGINAL),
        second: Some(Config { diagnostic: false, ..Config::preset(Preset::Committed) }),
    };
    let at = At::new("3.cut.1");
    let view = View { table: true, tab: Some(Tab::Code), ..View::USUAL };
    Link { kernels, at, view, ..Link::to(LinkScript::of(SCRIPT)) }
}

fn written(link: &Link) -> String {
    link.fragment().expect("it is short enough")
}

#[test]
fn the_short_form_names_scenario_kernels_and_place() {
    let link = open("#mlock-zero/original..committed@3.end");
    assert_eq!(link.script, LinkScript::Scenario("mlock-zero".to_owned()));
    assert_eq!(link.kernels.first, Some(Config::ORIGINAL));
    assert_eq!(link.kernels.second, Some(Config::preset(Preset::Committed)));
    assert_eq!(link.at, At::new("3.end"));
    assert_eq!(written(&link), "mlock-zero/original..committed@3.end");
}

#[test]
fn a_text_that_is_that_of_a_scenario_is_written_by_its_name() {
    for scenario in scenarios::ALL {
        let link = Link::to(LinkScript::Text(scenario.text.to_owned()));
        assert_eq!(written(&link), scenario.name);
    }
}

#[test]
fn the_long_form_ends_with_the_script() {
    let link = written(&text_link());
    let (before, packed) = link.split_once("&s=").expect("the script");
    let length = packed.len();
    assert_eq!(
        before,
        format!("v=1&k=original..committed&d=on..off&at=3.cut.1&view=table,code&n={length}")
    );
    assert_eq!(open(&link), text_link());
}

#[test]
fn the_names_that_pages_use_to_embed_are_read_too() {
    let of = "https://uvmscope.example/?scenario=mlock-zero&kernel=original&compare=committed\
              &at=3.7&theme=dark&diagnostic=off";
    let off = |preset| Some(Config { diagnostic: false, ..Config::preset(preset) });
    let link = open(of);
    assert_eq!(link.kernels.first, off(Preset::Original));
    assert_eq!(link.kernels.second, off(Preset::Committed));
    assert_eq!(link.view.theme, Some(Theme::Dark));
    assert_eq!(open("mlock-zero&theme=auto"), open("mlock-zero"));
}

#[test]
fn what_is_not_said_of_a_kernel_is_as_in_the_script() {
    let mut quiet = Link::to(LinkScript::Text("kernel mail\ndiagnostic off\nexit()\n".to_owned()));
    let own = Config { diagnostic: false, ..Config::preset(Preset::Mail) };
    let link = written(&quiet);
    assert_eq!(open(&link).kernels, Kernels::default());
    assert_eq!(Kernels::default().of(own), (own, None));
    // A kernel without a word on DIAGNOSTIC leaves that to the script.
    let original = Config { diagnostic: false, ..Config::ORIGINAL };
    assert_eq!(open(&format!("k=original&{link}")).kernels.first, Some(original));
    let on = Config { diagnostic: true, ..own };
    assert_eq!(open(&format!("d=on&{link}")).kernels.first, Some(on));
    assert_eq!(open(&format!("d=off&{link}")).kernels.first, None);
    let both = open(&format!("d=off..on&{link}")).kernels;
    assert_eq!(both, Kernels { first: None, second: Some(on) });
    quiet.kernels = both;
    assert!(written(&quiet).starts_with("v=1&k=..mail&d=off..on&"), "{}", written(&quiet));
    assert_eq!(open(&written(&quiet)), quiet);
}

#[test]
fn what_mails_and_chats_do_to_a_link_is_undone() {
    let address = "https://uvmscope.example/a%20page/";
    for link in [text_link(), open("mlock-zero/original@3.7")] {
        let fragment = written(&link);
        let escaped = |text: &str| -> String {
            let byte = |b: u8| match b {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(b).to_string(),
                _ => format!("%{b:02x}"),
            };
            text.bytes().map(byte).collect()
        };
        let whole = format!("{address}#{fragment}");
        let (front, back) = fragment.split_at(fragment.len() - 5);
        for pasted in [
            fragment.clone(),
            format!("#{fragment}"),
            whole.clone(),
            format!("  <{whole}>\n"),
            format!("({whole})."),
            format!("[see #3]({whole})"),
            format!("\u{201c}{whole}\u{201d}, "),
            format!("**{whole}**"),
            format!("{address}%23{fragment}"),
            format!("{address}#{}", escaped(&fragment)),
            escaped(&whole),
            escaped(&escaped(&whole)),
            format!("{address}#{front}\r\n{back}"),
            format!("> {address}#{front}\n> {back}"),
            format!("{address}#{front}\u{ad}\u{200b} {back}"),
            whole.replace('&', "&amp;"),
        ] {
            assert_eq!(open(&pasted), link, "{pasted}");
        }
    }
    let link = written(&text_link());
    let (before, packed) = link.split_once("&s=").expect("the script");
    let other = packed.replace('-', "+").replace('_', "/");
    assert_eq!(open(&format!("{before}&s={other}==")), text_link());
    let quoted = link.replace('=', "=3D").replace("&s", "=\r\n&s");
    let (read, _) = Link::parse(&quoted).expect("a link");
    assert_eq!(read.script, text_link().script);
    // Words behind a link are no part of its script.
    assert_eq!(open(&format!("{link} for you")), text_link());
}

#[test]
fn what_a_link_says_and_nobody_knows_is_noted() {
    let told = "mlock-zero/original@a/b&colour=red&view=table,graph&zoom=5&marks=%21&at=3.7&x";
    let (link, notes) = Link::parse(told).expect("a link");
    assert_eq!((link.at, link.view), (None, View { table: true, ..View::USUAL }));
    expect![[r"
        `colour` is no key of a link; it is ignored
        `at` stands there twice; the first counts
        `x` is no key of a link; it is ignored
        `a/b` is no place (one looks like `3.7` or `3.cut.1`); the link opens where a reader comes in
        the page cannot show `graph`; it is ignored
        `5` is no range such as `0x1000-0x2000`
        `marks` names no kind of mark; it is ignored
    "]]
    .assert_eq(&(notes.join("\n") + "\n"));
    let (_, notes) = Link::parse(&format!("mlock-zero{}", "&x".repeat(2000))).expect("a link");
    assert_eq!(notes.len(), 10);
}

fn refused(text: &str, expected: &Expect) {
    let error = Link::parse(text).expect_err("it is no link");
    expected.assert_eq(&error.to_string());
}

#[test]
fn what_is_no_link_says_why_and_what_to_do() {
    let link = written(&text_link());
    refused(
        "",
        &expect![
            "the address says nothing behind `#`; a link goes on there, for instance with `#mlock-zero/original@3.7`"
        ],
    );
    refused(
        "https://uvmscope.example/",
        &expect![
            "the address says nothing behind `#`; a link goes on there, for instance with `#mlock-zero/original@3.7`"
        ],
    );
    refused(
        "#k=original",
        &expect![
            "the link holds no script; it needs one behind `s=`, or the name of a scenario, as in `#mlock-zero`"
        ],
    );
    refused(
        &link.replace("v=1", "v=2"),
        &expect![
            "the link is of version 2, and this program reads up to 1; open it with a newer uvmscope"
        ],
    );
    refused(
        "mlock-zero&v=99999999999",
        &expect![
            "the link is of version 99999999999, and this program reads up to 1; open it with a newer uvmscope"
        ],
    );
    refused(
        "v=one&s=",
        &expect!["read the version `one`; a version is a number from 1, as in `v=1`"],
    );
    refused("v=0&s=", &expect!["read the version `0`; a version is a number from 1, as in `v=1`"]);
    refused(
        "mlock-zro@3.7",
        &expect!["no scenario is called `mlock-zro`; the nearest name is `mlock-zero`"],
    );
    refused(
        "mlock-zero/comitted",
        &expect![
            "the link's kernel: read `comitted`, which names no kernel; the nearest name is `committed`"
        ],
    );
    refused(
        "mlock-zero&d=maybe",
        &expect![
            "read `maybe` for DIAGNOSTIC; expected on or off, or one for each kernel, as in `d=on..off`"
        ],
    );
}

#[test]
fn a_script_that_does_not_unpack_says_why_and_what_to_do() {
    let link = written(&text_link());
    let without_count = link.replacen("n=", "was=", 1);
    refused(
        link.get(..link.len() / 2).expect("half of it"),
        &expect![
            "the link was cut off: 16 of the 104 characters of its script are left; copy the whole of it"
        ],
    );
    refused(
        without_count.get(..link.len() - 9).expect("most of it"),
        &expect![
            "the link was cut off: its script breaks off after 93 characters; copy the whole of it"
        ],
    );
    refused(
        "s=",
        &expect![
            "the link was cut off: its script breaks off after 0 characters; copy the whole of it"
        ],
    );
    refused(
        "s=a.b",
        &expect![
            "read `.` in the link's script; there are only letters, digits, `-` and `_`; copy the link anew, without what stands around it"
        ],
    );
    refused(
        "s=a%C3%BCb",
        &expect![
            "read `ü` in the link's script; there are only letters, digits, `-` and `_`; copy the link anew, without what stands around it"
        ],
    );
    let middle = link.find("&s=").expect("the script") + 20;
    let other = if link[middle..].starts_with('A') { "B" } else { "A" };
    let damaged = format!("{}{other}{}", &link[..middle], &link[middle + 1..]);
    refused(
        &damaged,
        &expect!["a part of the link was changed on the way; copy it anew from where it was made"],
    );
    refused(
        &"a".repeat(MAX_LINK + 1),
        &expect![
            "the link has 8001 characters, and one may have 8000; hand on the script as a file instead"
        ],
    );
    refused(
        &"a".repeat(1 << 17),
        &expect![
            "this is longer than a link of 8000 characters can be; open a script from a file instead"
        ],
    );
}

/// A link to what these bytes are, as another program could make it.
fn packed(bytes: &[u8]) -> String {
    use std::io::Write as _;
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    zlib.write_all(bytes).expect("a vector takes everything");
    let bytes = zlib.finish().expect("a vector takes everything");
    let mut link = "s=".to_owned();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0usize, |bits, byte| bits << 8 | usize::from(*byte));
        let bits = bits << (8 * (3 - three.len()));
        let letters = (0..=three.len()).map(|i| char::from(LETTERS[bits >> (18 - 6 * i) & 63]));
        link.extend(letters);
    }
    link
}

#[test]
fn a_link_that_another_program_made_opens() {
    assert_eq!(open(&packed(SCRIPT.as_bytes())).script, LinkScript::Text(SCRIPT.to_owned()));
}

#[test]
fn what_unpacks_to_more_than_a_script_or_to_no_text_is_refused() {
    let mebibyte = vec![b'#'; 1 << 20];
    assert!(Link::parse(&packed(&mebibyte)).is_ok());
    refused(
        &packed(&vec![b'#'; (1 << 20) + 1]),
        &expect![
            "the script is longer than the 1024 KiB that a link may hold; hand it on as a file instead"
        ],
    );
    refused(
        &packed(&vec![0; 5 << 20]),
        &expect![
            "the script is longer than the 1024 KiB that a link may hold; hand it on as a file instead"
        ],
    );
    refused(
        &packed(b"\xff\xfe"),
        &expect![
            "the link's script is no UTF-8 text; make the link anew from a script saved as UTF-8"
        ],
    );
}

#[test]
fn a_script_that_no_link_can_hold_is_offered_as_a_file() {
    let mut random = 1u64;
    let mut line = || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        format!("mlock({random:#x}, 0)\n")
    };
    let script: String = std::iter::repeat_with(&mut line).take(2000).collect();
    let error = Link::to(LinkScript::Text(script)).fragment().expect_err("it is too long");
    let LinkError::TooLong { characters } = error else { panic!("{error}") };
    assert!(characters > MAX_LINK);
    let told = error.to_string().replace(&characters.to_string(), "N");
    expect![
        "the link has N characters, and one may have 8000; hand on the script as a file instead"
    ]
    .assert_eq(&told);
    let longer = LinkScript::Text("#".repeat((1 << 20) + 1));
    assert_eq!(Link::to(longer).fragment(), Err(LinkError::TooBig));
    let unknown = Link::to(LinkScript::Scenario("mlock-one".to_owned())).fragment();
    assert!(matches!(unknown, Err(LinkError::Scenario(_))), "{unknown:?}");
}

#[test]
fn a_place_is_of_few_signs_and_short() {
    for good in ["3.7", "3.count.1", "3.end", "a_mark-1", "40%", "12", &"a".repeat(100)] {
        assert!(At::new(good).is_some(), "{good}");
    }
    for bad in ["", ".7", "3.", "3..7", "a b", "a&b", "a=b", "%20", "4%%", "ü", &"a".repeat(101)] {
        assert!(At::new(bad).is_none(), "{bad}");
    }
    assert_eq!(open("mlock-zero@40%25"), open("mlock-zero@40%"));
    assert_eq!(written(&open("mlock-zero@40%")), "mlock-zero@40%25");
    assert_eq!(open("mlock-zero@3.7..3.9").at.expect("places").second(), Some("3.9"));
}

/// Every link that was ever given away has to open as it did. What is known to be out there stands
/// in `links/v1.txt`, a link and what it opens on each line. Lines are only ever added to that file:
/// none is changed, and none is taken away.
#[test]
fn every_link_of_version_1_opens_as_it_always_did() {
    let mut links = 0;
    for line in include_str!("links/v1.txt").lines() {
        let (link, expected) = line.split_once('\t').expect("a tab behind the link");
        let (read, _) = Link::parse(link).unwrap_or_else(|error| panic!("{link}: {error}"));
        assert_eq!(told::told(&read), expected, "{link}");
        links += 1;
    }
    assert!(links >= 40, "{links} links");
}

fn config() -> impl Strategy<Value = Config> {
    (any::<bool>(), proptest::sample::subsequence(Change::ALL.to_vec(), 0..=Change::ALL.len()))
        .prop_map(|(diagnostic, changes)| Config {
            diagnostic,
            changes: changes.into_iter().collect(),
        })
}

fn view() -> impl Strategy<Value = View> {
    let zoom = (any::<u64>(), any::<u64>())
        .prop_map(|(a, b)| VaRange::new(Vaddr(a.min(b)), Vaddr(a.max(b))))
        .prop_filter("not empty", |zoom| !zoom.is_empty());
    let tab = proptest::option::of(proptest::sample::select(&Tab::ALL[..]));
    let theme = proptest::option::of(proptest::sample::select(&Theme::ALL[..]));
    let marks = proptest::option::of("[a-z][a-z-]{0,19}");
    (any::<bool>(), tab, theme, proptest::option::of(zoom), marks)
        .prop_map(|(table, tab, theme, zoom, marks)| View { table, tab, theme, zoom, marks })
}

fn at() -> impl Strategy<Value = Option<At>> {
    let place = || "[a-zA-Z0-9_-]{1,8}(\\.[a-z0-9]{1,6}){0,2}%?";
    let at = (place(), proptest::option::of(place())).prop_map(|(place, second)| {
        let at = At::new(&place).expect("a place");
        second.map_or(Some(at.clone()), |second| at.with_second(&second)).expect("a place")
    });
    proptest::option::of(at)
}

fn link() -> impl Strategy<Value = Link> {
    let settings = "(kernel (original|mail|later)\n)?(diagnostic (on|off)\n)?";
    let text = (settings, "\\PC{0,200}").prop_map(|(settings, text)| settings + &text);
    let script = prop_oneof![
        text.prop_map(|text| LinkScript::of(&text)),
        Just(LinkScript::Scenario("mlock-zero".to_owned())),
    ];
    let kernels = (proptest::option::of(config()), proptest::option::of(config()))
        .prop_map(|(first, second)| Kernels { first, second });
    (script, kernels, at(), view()).prop_map(|(script, kernels, at, view)| Link {
        script,
        kernels,
        at,
        view,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_link_reads_back(link in link()) {
        let fragment = link.fragment().expect("it is short enough");
        prop_assert!(fragment.bytes().all(|b| b.is_ascii_graphic()), "{fragment}");
        prop_assert_eq!(Link::parse(&fragment), Ok((link, Vec::new())));
    }

    #[test]
    fn a_script_reads_back(text in "(\\PC|\n|\t|\r){0,1000}") {
        let link = Link::to(LinkScript::of(&text));
        let (read, notes) = Link::parse(&link.fragment().expect("it is short enough")).expect("a link");
        prop_assert_eq!(read.script.text(), Ok(text.as_str()));
        prop_assert_eq!(notes, Vec::<String>::new());
    }

    #[test]
    fn a_link_that_was_cut_never_opens_as_another(text in "\\PC{0,300}", at in 0.0..1.0f64) {
        let link = Link::to(LinkScript::of(&text)).fragment().expect("it is short enough");
        let begin = link.find("&s=").expect("the script") + 3;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let end = begin + ((link.len() - begin) as f64 * at) as usize;
        let cut = matches!(Link::parse(&link[..end]), Err(LinkError::Cut { .. }));
        prop_assert!(cut, "{end}");
    }

    #[test]
    fn whatever_is_pasted_is_a_link_or_an_error(text in "\\PC{0,300}") {
        if let Ok((link, _)) = Link::parse(&text) {
            let fragment = link.fragment().expect("what was read can be written");
            prop_assert_eq!(Link::parse(&fragment).expect("a link").0, link);
        }
    }
}
