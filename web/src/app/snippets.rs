//! What an author puts into a page to show there what is shown here.

use crate::app::view::Share;

/// A piece of markup, and for which pages it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Snippet {
    pub(crate) label: &'static str,
    pub(crate) text: String,
}

/// Pixels that a frame gets at first: for one picture and for two of them.
const HEIGHTS: [u32; 2] = [720, 1240];

/// Every form there is. None where this page is a file on a disk, which nobody else can reach.
pub(crate) fn snippets(share: &Share) -> Vec<Snippet> {
    if !share.base.ends_with('/') {
        return Vec::new();
    }
    let label = |label: &'static str| move |text: String| Snippet { label, text };
    [
        element(share).map(label("Element, for a page that may load scripts")),
        frame(share).map(label("Frame, for any other page")),
        film(share).map(label("Picture that plays by itself, where neither is allowed")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The page's address with a link in it.
pub(crate) fn address(base: &str, fragment: &str) -> String {
    format!("{base}#{fragment}")
}

/// The element, with a picture or a link inside for those who see no script run.
fn element(share: &Share) -> Option<String> {
    let base = escaped(&share.base);
    let (name, inside) = match &share.scenario {
        Some(name) => (format!(" scenario=\"{name}\""), picture(share)?),
        None => (String::new(), script(share)?),
    };
    let compare = share.compare.as_ref().map(|it| format!(" compare=\"{it}\"")).unwrap_or_default();
    Some(format!(
        "<script type=\"module\" src=\"{base}uvmscope.js\"></script>\n\
         <uvm-scope{name} kernel=\"{}\"{compare} at=\"{}\" controls=\"min\">\n{inside}\n</uvm-scope>",
        share.kernel, share.at,
    ))
}

/// The script as the element holds it.
fn script(share: &Share) -> Option<String> {
    let text = &share.run.0.source.text;
    // What is too long for a link is too long for a page.
    share.link.as_ref().ok()?;
    // In markup this would be its end, or never end.
    if ["</script", "<script", "<!--"].iter().any(|end| text.to_ascii_lowercase().contains(end)) {
        return None;
    }
    let title = escaped(&share.run.0.source.title);
    Some(format!("<p>{title}</p>\n<script type=\"text/uvmscope\">\n{}\n</script>", text.trim_end()))
}

/// A frame that can do nothing to the page around it. Its border goes by the attribute, since a
/// policy may forbid styles.
fn frame(share: &Share) -> Option<String> {
    let fragment = share.link.as_ref().ok()?;
    let height = HEIGHTS[usize::from(share.compare.is_some())];
    Some(format!(
        "<iframe src=\"{}embed.html#{}\" title=\"uvmscope: {}\" width=\"100%\" height=\"{height}\" \
         loading=\"lazy\" sandbox=\"allow-scripts allow-popups\" referrerpolicy=\"no-referrer\" \
         frameborder=\"0\"></iframe>",
        escaped(&share.base),
        escaped(fragment),
        escaped(&share.run.0.source.title),
    ))
}

/// The scenario's picture, which leads to the page.
fn picture(share: &Share) -> Option<String> {
    linked(share, |name, title| format!("<img src=\"{name}.svg\" width=\"772\" alt=\"{title}\">"))
}

/// The run of the scenario, which plays unless the reader wants no motion.
fn film(share: &Share) -> Option<String> {
    linked(share, |name, title| {
        format!(
            "<picture><source srcset=\"{name}.svg\" media=\"(prefers-reduced-motion: reduce)\">\
             <img src=\"{name}-film.svg\" width=\"772\" alt=\"{title}\"></picture>"
        )
    })
}

/// A picture of the scenario, which leads to the page; it is told the address without its ending
/// and the title.
fn linked(share: &Share, image: impl Fn(&str, &str) -> String) -> Option<String> {
    let (name, fragment) = (share.scenario.as_ref()?, share.link.as_ref().ok()?);
    let href = escaped(&address(&share.base, fragment));
    let name = format!("{}pictures/{name}", escaped(&share.base));
    let image = image(&name, &escaped(&share.run.0.source.title));
    Some(format!("<a href=\"{href}\">{image}</a>"))
}

/// A text as an attribute has it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::app::run::{Run, Source};
    use crate::app::view::Calls;

    fn shared(text: &str, base: &str) -> Share {
        let source = Rc::new(Source::own(text.to_owned()));
        let config = source.script.config;
        Share {
            link: Ok("v=1&s=abc".to_owned()),
            base: base.into(),
            scenario: None,
            kernel: "original".to_owned(),
            compare: None,
            second: None,
            at: "1.0".to_owned(),
            run: Calls(Run::record(source, config)),
        }
    }

    #[test]
    fn an_address_stands_in_a_page_as_it_is() {
        let url = address("https://example.org/uvm/", "mlock-zero@3.7&view=table");
        assert_eq!(url, "https://example.org/uvm/#mlock-zero@3.7&view=table");
        assert_eq!(escaped(&url), "https://example.org/uvm/#mlock-zero@3.7&amp;view=table");
        assert_eq!(escaped("a\"<b"), "a&quot;&lt;b");
    }

    #[test]
    fn a_script_that_would_end_its_element_goes_into_a_frame_only() {
        let labels = |text: &str| -> Vec<_> {
            let share = shared(text, "https://example.org/");
            snippets(&share).iter().map(|it| it.label.split(',').next().unwrap_or("")).collect()
        };
        assert_eq!(labels("mlock(0x1000, 0)\n"), ["Element", "Frame"]);
        assert_eq!(labels("# </SCRIPT>\nmlock(0x1000, 0)\n"), ["Frame"]);
    }

    #[test]
    fn a_title_cannot_break_out_of_its_attribute() {
        let share = shared("# title: a \"b\" <c> & d\nmlock(0x1000, 0)\n", "https://example.org/");
        let texts: String = snippets(&share).into_iter().map(|it| it.text).collect();
        assert!(texts.contains("uvmscope: a &quot;b&quot; &lt;c> &amp; d\""), "{texts}");
        assert!(texts.contains("#v=1&amp;s=abc\""), "{texts}");
    }

    #[test]
    fn a_file_on_a_disk_is_put_into_no_page() {
        assert_eq!(snippets(&shared("mlock(0x1000, 0)\n", "file:///x/uvmscope.html")), []);
    }
}
