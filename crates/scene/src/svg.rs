//! A scene as SVG text.

use std::fmt::{self, Write};

use crate::caption::Caption;
use crate::class::Class;
use crate::geom::{Point, Rect, Unit, px};
use crate::node::{Node, Part, Scene, Shape, Span, Stroke};
use crate::said::{Said, margin};

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

/// Room for the name above each of two pictures.
const NAME: Unit = px(30);

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

/// Colours of the highest contrast, likewise; the rest is as in the light ones.
pub const fn contrast() -> &'static str {
    include_str!("contrast.css")
}

/// The picture as the text of an SVG file, or of an `svg` element for a page.
pub fn to_svg(scene: &Scene, look: Look) -> String {
    Svg::new(look).of(scene)
}

/// How a picture is written as SVG text.
#[derive(Clone, Copy, Debug)]
pub struct Svg<'a> {
    look: Look,
    hatch: &'a str,
    caption: Option<&'a Caption>,
}

impl<'a> Svg<'a> {
    /// With that look, and nothing below the picture.
    pub const fn new(look: Look) -> Self {
        Self { look, hatch: HATCH, caption: None }
    }

    /// With another name for the hatching's pattern. Pictures in one document need different ones:
    /// where the first is not displayed, its pattern is not there for the others.
    #[must_use]
    pub const fn hatch(self, name: &'a str) -> Self {
        Self { hatch: name, ..self }
    }

    /// With that sentence below the picture.
    #[must_use]
    pub const fn caption(self, caption: &'a Caption) -> Self {
        Self { caption: Some(caption), ..self }
    }

    /// The text.
    pub fn of(&self, scene: &Scene) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut out, scene);
        out
    }

    /// Two pictures, one above the other, each under its name.
    pub fn of_pair(&self, scenes: [&Scene; 2], names: [&str; 2]) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = self.write_pair(&mut out, scenes, names);
        out
    }

    fn write(&self, out: &mut String, scene: &Scene) -> fmt::Result {
        let said = self.caption.map(|caption| Said::below(scene, caption));
        let height = scene.height + said.as_ref().map_or(Unit::ZERO, Said::height);
        self.write_head(out, scene.width, height, &scene.title)?;
        self.write_groups(out, scene)?;
        if let Some(said) = said {
            said.write(out)?;
        }
        out.push_str("</svg>\n");
        Ok(())
    }

    fn write_pair(&self, out: &mut String, scenes: [&Scene; 2], names: [&str; 2]) -> fmt::Result {
        let width = scenes[0].width.max(scenes[1].width);
        let tops = [NAME, NAME + scenes[0].height + NAME];
        let below = tops[1] + scenes[1].height;
        let said = self.caption.map(|caption| Said::at(below, width, caption));
        let height = below + said.as_ref().map_or(Unit::ZERO, Said::height);
        let title = format!("{}: {}. {}: {}", names[0], scenes[0].title, names[1], scenes[1].title);
        self.write_head(out, width, height, &title)?;
        let left = margin(width);
        for ((scene, name), top) in scenes.into_iter().zip(names).zip(tops) {
            let line = top - px(8);
            write!(
                out,
                "<text class=\"said\" x=\"{left}\" y=\"{line}\"><tspan class=\"said-lead\">{}</tspan></text>\
                 <g transform=\"translate(0 {top})\">",
                escaped(name)
            )?;
            self.write_groups(out, scene)?;
            out.push_str("</g>");
        }
        if let Some(said) = said {
            said.write(out)?;
        }
        out.push_str("</svg>\n");
        Ok(())
    }

    /// Everything before the first shape.
    fn write_head(&self, out: &mut String, width: Unit, height: Unit, title: &str) -> fmt::Result {
        write!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"uvm-scene\" viewBox=\"0 0 {width} {height}\""
        )?;
        if self.look != Look::Classes {
            write!(out, " width=\"{width}\" height=\"{height}\"")?;
        }
        write!(out, " role=\"img\" aria-label=\"{}\">", escaped(title))?;
        if let Some(caption) = self.caption {
            write!(out, "<desc>{}</desc>", escaped(&caption.plain().replace('`', "")))?;
        }
        if let Some(style) = standing_style(self.look) {
            write!(out, "<style>{style}</style>")?;
        }
        write_hatch(out, self.hatch)?;
        if self.look != Look::Classes {
            write!(out, "<rect class=\"ground\" width=\"{width}\" height=\"{height}\" rx=\"8\"/>")?;
        }
        Ok(())
    }

    fn write_groups(&self, out: &mut String, scene: &Scene) -> fmt::Result {
        for group in &scene.groups {
            write!(out, "<g class=\"layer-{}\">", group.layer.name())?;
            group.nodes.iter().try_for_each(|node| self.write_node(out, node))?;
            out.push_str("</g>");
        }
        Ok(())
    }

    fn write_node(&self, out: &mut String, node: &Node) -> fmt::Result {
        write!(out, "<g class=\"{}\" data-k=\"{}\"", node.class, node.key)?;
        write_shift(out, node.at)?;
        out.push('>');
        if let Some(title) = &node.title {
            write!(out, "<title>{}</title>", escaped(title))?;
        }
        node.parts.iter().try_for_each(|part| write_part(out, part, self.hatch))?;
        out.push_str("</g>");
        Ok(())
    }
}

/// The attribute that moves a node to its place, where it has to.
pub(crate) fn write_shift(out: &mut String, at: Point) -> fmt::Result {
    if at == Point::ORIGIN {
        return Ok(());
    }
    write!(out, " transform=\"translate({} {})\"", at.x, at.y)
}

/// The pattern that what is hatched is filled with.
pub(crate) fn write_hatch(out: &mut String, name: &str) -> fmt::Result {
    write!(
        out,
        "<defs><pattern id=\"{name}\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" \
         patternTransform=\"rotate(45)\"><rect class=\"hatch-ground\" width=\"7\" height=\"7\"/>\
         <rect class=\"hatch-stripe\" width=\"2.4\" height=\"7\"/></pattern></defs>"
    )
}

/// A shape; `hatch` names the pattern of what is hatched.
pub(crate) fn write_part(out: &mut String, part: &Part, hatch: &str) -> fmt::Result {
    let class = part.class;
    match &part.shape {
        Shape::Rect { rect, radius } => {
            let Rect { x, y, width, height } = rect;
            write!(
                out,
                "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{radius}\""
            )?;
            if class.has(Class::Hatched) {
                write!(out, " fill=\"url(#{hatch})\"")?;
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

/// The rules of a picture that brings its own.
fn standing_style(look: Look) -> Option<String> {
    own_style(STYLE, look)
}

/// Rules, a line each, with the colours of a look; nothing where those are a page's.
pub(crate) fn own_style(style: &str, look: Look) -> Option<String> {
    match look {
        Look::Classes => None,
        Look::Light => Some(coloured(style, LIGHT)),
        Look::Dark => Some(coloured(style, DARK)),
        Look::Auto => {
            let (light, dark) = (coloured(style, LIGHT), coloured(style, DARK));
            let pairs = light.lines().zip(dark.lines());
            let other: Vec<&str> = pairs.filter(|(a, b)| a != b).map(|(_, dark)| dark).collect();
            Some(format!("{light}@media(prefers-color-scheme:dark){{{}}}", other.join("\n")))
        }
    }
}

/// The rules with values in the places of the custom properties, which few programs but browsers
/// know.
fn coloured(style: &str, declarations: &str) -> String {
    let mut style = style.to_owned();
    for declaration in declarations.trim().split(';') {
        if let Some((name, value)) = declaration.split_once(':') {
            style = style.replace(&format!("var({name})"), value);
        }
    }
    style
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
pub fn escaped(text: &str) -> String {
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
