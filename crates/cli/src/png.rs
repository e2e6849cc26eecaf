//! A picture as points, for places that show no SVG.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, ensure};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};

/// The most points on a side.
const MOST: f32 = 16_384.0;

/// Draws an SVG text, so many points to a pixel, and returns the PNG file.
///
/// The letters are those of this machine, as in a browser.
pub(crate) fn png(svg: &str, scale: f32) -> Result<Vec<u8>> {
    let mut options = Options::default();
    let fonts = options.fontdb_mut();
    fonts.load_system_fonts();
    ensure!(
        !fonts.is_empty(),
        "there are no fonts here to write with; on Debian: apt-get install fonts-dejavu-core"
    );
    let tree = Tree::from_str(&wide_spaces(&capitals(svg)), &options)
        .context("the picture cannot be read")?;
    let size = tree.size();
    let [width, height] = [size.width(), size.height()].map(|side| (side * scale).ceil());
    ensure!(
        width <= MOST && height <= MOST,
        "the picture would be {width} by {height} points; at most {MOST} are drawn: give a smaller \
         --scale"
    );
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole, and at most MOST"
    )]
    let mut points =
        Pixmap::new(width as u32, height as u32).context("the picture has no points at all")?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut points.as_mut());
    points.encode_png().context("the picture cannot be written as PNG")
}

/// Spaces that follow one another, as those that no program leaves out: that they count is said in
/// the style sheet, in a way that only browsers know.
fn wide_spaces(svg: &str) -> String {
    match svg.split_once("</style>") {
        Some((style, rest)) => format!("{style}</style>{}", rest.replace("  ", "\u{a0}\u{a0}")),
        None => svg.to_owned(),
    }
}

/// Captions in capitals: the style sheet asks for them in a way that only browsers know.
fn capitals(svg: &str) -> String {
    const ROW: &str = "<text class=\"row\"";
    let mut pieces = svg.split(ROW);
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        out.push_str(ROW);
        let text = piece.split_once('>').and_then(|(tag, rest)| Some((tag, rest.split_once('<')?)));
        match text {
            Some((tag, (words, rest))) => {
                // Writing to a string cannot fail.
                let _ = write!(out, "{tag}>{}<{rest}", words.to_uppercase());
            }
            None => out.push_str(piece),
        }
    }
    out
}
