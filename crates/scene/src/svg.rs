//! A scene as SVG text.

use std::fmt::{self, Write};

use crate::class::Class;
use crate::geom::{Point, Rect};
use crate::node::{Node, Part, Scene, Shape, Span, Stroke};

/// Where the colours of an SVG text come from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Look {
    /// From the style sheet of the page it is put into: the text has classes only.
    Classes,
    /// From itself, light or dark as the reader's system is.
    Auto,
    /// From itself, light.
    Light,
    /// From itself, dark.
    Dark,
}

/// The name of the hatching's pattern; what has [`Class::Hatched`] is filled with it.
pub const HATCH: &str = "uvm-hatch";

/// The style of a picture that stands by itself, apart from the colours.
const STYLE: &str = include_str!("scene.css");
/// Light colours.
const LIGHT: &str = include_str!("light.css");
/// Dark colours.
const DARK: &str = include_str!("dark.css");

/// The style rules by which a scene is drawn, without colours: these are custom properties
/// `--paper`, `--card`, `--ink`, `--dim`, `--line`, `--claim`, `--claim-bg`, `--fact`,
/// `--fact-bg`, `--warn`, `--warn-bg`, `--warn-line`, `--cur`, `--mono`, `--sans` and `--serif`.
pub const fn style() -> &'static str {
    STYLE
}

/// Light colours, as declarations for the rule of what holds a scene.
pub const fn light() -> &'static str {
    LIGHT
}

/// Dark colours, likewise.
pub const fn dark() -> &'static str {
    DARK
}

/// The picture as the text of an SVG file, or of an `svg` element for a page.
pub fn to_svg(scene: &Scene, look: Look) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write_svg(&mut out, scene, look);
    out
}

fn write_svg(out: &mut String, scene: &Scene, look: Look) -> fmt::Result {
    let (width, height) = (scene.width, scene.height);
    write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"uvm-scene\" viewBox=\"0 0 {width} {height}\""
    )?;
    if look != Look::Classes {
        write!(out, " width=\"{width}\" height=\"{height}\"")?;
    }
    write!(out, " role=\"img\" aria-label=\"{}\">", escaped(&scene.title))?;
    match look {
        Look::Classes => {}
        Look::Auto => {
            let dark = ".uvm-scene{";
            write!(
                out,
                "<style>.uvm-scene{{{LIGHT}}}@media(prefers-color-scheme:dark){{{dark}{DARK}}}}}{STYLE}</style>"
            )?;
        }
        Look::Light => write!(out, "<style>.uvm-scene{{{LIGHT}}}{STYLE}</style>")?,
        Look::Dark => write!(out, "<style>.uvm-scene{{{DARK}}}{STYLE}</style>")?,
    }
    write!(
        out,
        "<defs><pattern id=\"{HATCH}\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" \
         patternTransform=\"rotate(45)\"><rect class=\"hatch-ground\" width=\"7\" height=\"7\"/>\
         <rect class=\"hatch-stripe\" width=\"2.4\" height=\"7\"/></pattern></defs>"
    )?;
    for group in &scene.groups {
        write!(out, "<g class=\"layer-{}\">", group.layer.name())?;
        group.nodes.iter().try_for_each(|node| write_node(out, node))?;
        out.push_str("</g>");
    }
    out.push_str("</svg>\n");
    Ok(())
}

fn write_node(out: &mut String, node: &Node) -> fmt::Result {
    write!(out, "<g class=\"{}\" data-k=\"{}\"", node.class, node.key)?;
    if node.at != Point::ORIGIN {
        write!(out, " transform=\"translate({} {})\"", node.at.x, node.at.y)?;
    }
    out.push('>');
    if let Some(title) = &node.title {
        write!(out, "<title>{}</title>", escaped(title))?;
    }
    node.parts.iter().try_for_each(|part| write_part(out, part))?;
    out.push_str("</g>");
    Ok(())
}

fn write_part(out: &mut String, part: &Part) -> fmt::Result {
    let class = part.class;
    match &part.shape {
        Shape::Rect { rect, radius } => {
            let Rect { x, y, width, height } = rect;
            write!(
                out,
                "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{radius}\""
            )?;
            if class.has(Class::Hatched) {
                write!(out, " fill=\"url(#{HATCH})\"")?;
            }
            out.push_str("/>");
            Ok(())
        }
        Shape::Line { from, to } => write!(
            out,
            "<line class=\"{class}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>",
            from.x, from.y, to.x, to.y
        ),
        Shape::Path(strokes) => {
            write!(out, "<path class=\"{class}\" d=\"{}\"/>", path_data(strokes))
        }
        Shape::Circle { at, radius } => {
            write!(
                out,
                "<circle class=\"{class}\" cx=\"{}\" cy=\"{}\" r=\"{radius}\"/>",
                at.x, at.y
            )
        }
        Shape::Text { at, anchor, spans } => {
            write!(
                out,
                "<text class=\"{class}\" x=\"{}\" y=\"{}\" text-anchor=\"{}\">",
                at.x,
                at.y,
                anchor.name()
            )?;
            spans.iter().try_for_each(|span| write_span(out, span))?;
            out.push_str("</text>");
            Ok(())
        }
    }
}

fn write_span(out: &mut String, span: &Span) -> fmt::Result {
    match span.class {
        Some(class) => {
            write!(out, "<tspan class=\"{}\">{}</tspan>", class.name(), escaped(&span.text))
        }
        None => write!(out, "{}", escaped(&span.text)),
    }
}

/// The value of a path's `d` attribute.
pub fn path_data(strokes: &[Stroke]) -> String {
    let mut out = String::new();
    for stroke in strokes {
        let _ = match stroke {
            Stroke::Move(at) => write!(out, "M{} {}", at.x, at.y),
            Stroke::Line(at) => write!(out, "L{} {}", at.x, at.y),
            Stroke::Close => write!(out, "Z"),
        };
    }
    out
}

/// Text as it may stand in an element or an attribute.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
