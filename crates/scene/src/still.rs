//! The picture of a place as a file: the same for whoever asks for it, program or page.

use std::rc::Rc;

use uvmscope_replay::{Place, Timeline, align, differences};
use uvmscope_uvm::Config;

use crate::caption::SideBySide;
use crate::layout::CommonAxis;
use crate::story::Story;
use crate::svg::{Look, Svg};
use crate::viewport::Viewport;

/// How a picture is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Still {
    /// Its colours.
    pub look: Look,
    /// Its width in pixels.
    pub width: u16,
    /// Whether the sentence stands below it.
    pub caption: bool,
}

impl Still {
    /// As wide as pictures usually are, with the sentence, light or dark as the reader has it.
    pub const USUAL: Self = Self { look: Look::Auto, width: Viewport::WIDE.width, caption: true };

    /// The picture of a place.
    pub fn of(self, story: &Story, place: Place) -> String {
        let mut cursor = story.timeline().cursor();
        cursor.seek(place);
        let scene = story.scene(&cursor, None, Viewport::of_width(self.width));
        let caption = story.caption(&cursor);
        let svg = Svg::new(self.look);
        if self.caption { svg.caption(&caption) } else { svg }.of(&scene)
    }

    /// The same, and below it the picture of another kernel at the place that belongs to it, on the
    /// same axis. The names are those of the two kernels; the sentence is about what sets them
    /// apart.
    pub fn of_pair(self, story: &Story, place: Place, other: Config, names: [&str; 2]) -> String {
        let first = story.timeline();
        let second = Rc::new(Timeline::record(Rc::clone(first.script()), other));
        let alignment = align(first, &second);
        let pair = [place, alignment.partner(place)];
        let other = Story::new(second);
        let mut cursors = [first.cursor(), other.timeline().cursor()];
        for (cursor, place) in cursors.iter_mut().zip(pair) {
            cursor.seek(place);
        }
        let [a, b] = &cursors;
        let view = Viewport { slim: true, ..Viewport::of_width(self.width) };
        let axis = CommonAxis::of([(story, a), (&other, b)], view);
        let scenes = [story.scene_on(a, None, &axis), other.scene_on(b, None, &axis)];
        let alike = differences(a.state(), b.state()).is_empty();
        let caption = SideBySide::new(&alignment, names).caption_at(pair, alike);
        let headings = [0, 1].map(|n| format!("{} at {}", names[n], pair[n]));
        let svg = Svg::new(self.look);
        let svg = if self.caption { svg.caption(&caption) } else { svg };
        svg.of_pair([&scenes[0], &scenes[1]], [&headings[0], &headings[1]])
    }
}
