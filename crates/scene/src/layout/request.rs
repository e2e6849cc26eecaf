//! What the current call asks for: the range [x, y), as a bracket or, where it is empty, as a
//! caret that says so.

use uvmscope_replay::CallRun;
use uvmscope_uvm::{Bytes, Call, Change, Config, KernelEvent, VaRange, Vaddr};

use crate::class::{Class, Classes, text_width};
use crate::geom::{Point, Unit, px};
use crate::key::{Key, Layer};
use crate::layout::Draw;
use crate::node::{Anchor, Node, Shape, Span, Stroke};
use crate::words::{bytes, count};

/// What a call asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Request {
    /// Name of the call.
    pub(crate) name: &'static str,
    /// Address and length as the program gave them.
    pub(crate) given: Option<(u64, u64)>,
    /// The pages that the kernel makes of them; its end may lie before its start.
    pub(crate) range: Option<VaRange>,
}

impl Request {
    /// What the call asks a kernel for. `mapped` is where mmap has put its mapping, once it has.
    pub(crate) fn of(run: &CallRun, config: Config, mapped: Option<Vaddr>) -> Self {
        let call = &run.call;
        let given = call.addr_len().map(|(addr, len)| (*addr, *len));
        let range = match *call {
            Call::Mmap { addr, len, flags, .. } => {
                let start = if flags.fixed { Some(Vaddr(addr)) } else { mapped };
                start.map(|start| VaRange::sized(start, Bytes(len).round_page()))
            }
            Call::Touch { addr, len, .. } => {
                let (start, end) = (Vaddr(addr), Vaddr(addr.wrapping_add(len)));
                Some(VaRange::new(start.trunc_page(), end.round_page()))
            }
            _ => given.map(|(addr, len)| pages_of(addr, len, guards_zero(call, config))),
        };
        Self { name: call.name(), given, range }
    }

    /// Whether the range is empty, its end where it starts.
    pub(crate) fn is_empty(&self) -> bool {
        self.range.is_some_and(|r| r.start == r.end)
    }

    /// Whether the range ends before it starts.
    pub(crate) fn is_wrapped(&self) -> bool {
        self.range.is_some_and(|r| r.start > r.end)
    }
}

/// Whether the kernel leaves a length of 0 alone.
fn guards_zero(call: &Call, config: Config) -> bool {
    let change = match call {
        Call::Mlock { .. } | Call::Munlock { .. } => Change::SyscallZeroGuard,
        _ => Change::ZeroGuardEverywhere,
    };
    config.changes.has(change)
}

/// The pages that hold a range of bytes, with the kernel's sums.
fn pages_of(addr: u64, len: u64, guarded: bool) -> VaRange {
    let (start, lead) = (Vaddr(addr).trunc_page(), Vaddr(addr).page_offset());
    let len = if guarded && len == 0 { Bytes(0) } else { Bytes(len).plus(lead).round_page() };
    VaRange::sized(start, len)
}

impl Draw<'_> {
    /// Where mmap has put its mapping, if it has told so by now.
    pub(crate) fn mapped_at(&self) -> Option<Vaddr> {
        let run = self.run?;
        let told = self.story.timeline().events()[run.first..run.first + self.place.step].iter();
        told.rev().take(8).find_map(|recorded| match recorded.event {
            KernelEvent::Mapped { at } => Some(at),
            _ => None,
        })
    }

    pub(crate) fn draw_request(&mut self) {
        self.row_label(Layer::Request, "request", self.rows.request, self.rows.left);
        let Some(request) = self.request else {
            return;
        };
        let Some(range) = request.range else {
            let node = Node::new(Key::RequestText, Class::RequestText)
                .at(request_text_x(self.rows.left), self.rows.request)
                .text(
                    Class::RequestText,
                    (Unit::ZERO, Unit::ZERO),
                    Anchor::Start,
                    rangeless(request),
                );
            self.out.add(Layer::Request, 0, node);
            return;
        };
        let caret = range.start >= range.end;
        let (x, y) = (self.axis.x_of(range.start), self.axis.x_of(range.end));
        let right = if caret { x } else { y };
        self.guides(x, right, caret);
        let title = format!("{} asks for {range}", request.name);
        let room = self.rows.right - request_text_x(self.rows.left) + px(18);
        let words = self.place_words(x, right, request_words(request, range, room));
        let bracket = if caret {
            caret_path(x, self.rows.bracket)
        } else {
            bracket_path(self.rows.bracket, (x, y), self.gap(&words))
        };
        let class = Classes::of(Class::Request).with_if(Class::Empty, caret);
        let node = Node::new(Key::Request, class).titled(title).part(class, Shape::Path(bracket));
        self.out.add(Layer::Request, 0, node);
        let node = Node::new(Key::RequestText, Class::RequestText)
            .at(words.at, self.rows.request)
            .text(Class::RequestText, (Unit::ZERO, Unit::ZERO), words.anchor, words.spans);
        self.out.add(Layer::Request, 0, node);
    }

    /// The words stand right of the bracket, or left of it, wherever there is room; else upon it.
    fn place_words(&self, x: Unit, right: Unit, spans: Vec<Span>) -> Words {
        let text: String = spans.iter().map(|s| s.text.as_str()).collect();
        let width = text_width(Class::RequestText, &text);
        let label_end = request_text_x(self.rows.left);
        let (at, anchor) = if self.view.is_compact() {
            (label_end, Anchor::Start)
        } else if right + px(14) + width <= self.rows.right + px(20) {
            ((right + px(14)).max(label_end), Anchor::Start)
        } else if x - px(12) - width >= label_end {
            (x - px(12), Anchor::End)
        } else {
            (label_end, Anchor::Start)
        };
        Words { at, anchor, width, spans }
    }

    /// Where the bracket's line makes way for the caption of the row, and for words that follow it.
    fn gap(&self, words: &Words) -> Option<(Unit, Unit)> {
        // On a narrow picture the bracket has a row of its own.
        if self.view.is_compact() {
            return None;
        }
        let label_end = request_text_x(self.rows.left);
        let end = match words.anchor {
            Anchor::Start if words.at == label_end => label_end + words.width,
            _ => label_end - px(10),
        };
        Some((self.rows.left - px(6), end + px(6)))
    }

    fn guides(&mut self, x: Unit, right: Unit, caret: bool) {
        let (top, bottom) = (self.rows.bracket + px(12), self.rows.cell + self.rows.cell_height);
        let ends = if caret { vec![(0, x)] } else { vec![(0, x), (1, right)] };
        for (n, x) in ends {
            let node = Node::new(Key::Guide(n), Class::Guide).at(x, Unit::ZERO).line(
                Class::Guide,
                (Unit::ZERO, top),
                (Unit::ZERO, bottom),
            );
            self.out.add(Layer::Ground, 0, node);
        }
    }
}

/// What is said of the request, and where.
struct Words {
    at: Unit,
    anchor: Anchor,
    width: Unit,
    spans: Vec<Span>,
}

/// Where the words may begin: behind the layer's caption.
fn request_text_x(left: Unit) -> Unit {
    left + text_width(Class::Row, "request") + px(10)
}

/// A call that names no range, or one that is not known yet.
fn rangeless(request: Request) -> Vec<Span> {
    match request.given {
        Some((_, len)) => {
            vec![Span::plain(format!("{}, {}, wherever there is room", request.name, bytes(len)))]
        }
        None => vec![Span::plain(format!("{}: no range, the whole map", request.name))],
    }
}

/// The words beside the bracket, as many as fit into `room`.
fn request_words(request: Request, range: VaRange, room: Unit) -> Vec<Span> {
    let mut spans = vec![Span::plain(format!("{} [x, y)", request.name))];
    let len = request.given.map_or(0, |(_, len)| len);
    let mut more = Vec::new();
    if request.is_empty() {
        spans.push(Span::plain("  "));
        spans.push(Span::of(Class::Alert, "empty: x = y"));
        if len != 0 {
            more.push(format!("  {} rounded up wraps to 0", bytes(len)));
        }
    } else if request.is_wrapped() {
        spans.push(Span::plain("  "));
        spans.push(Span::of(Class::Alert, "wrapped: y < x"));
    } else {
        let pages = count(range.pages().0, "page");
        if len != range.len().0 {
            more.push(format!("  {} \u{2192} {pages}", bytes(len)));
        }
        more.push(format!("  {pages}"));
    }
    let said: i32 = spans.iter().map(|s| text_width(Class::RequestText, &s.text).0).sum();
    let fits = |text: &String| Unit(said) + text_width(Class::RequestText, text) <= room;
    spans.extend(more.into_iter().find(fits).map(|text| Span::of(Class::Dim, text)));
    spans
}

fn caret_path(x: Unit, top: Unit) -> Vec<Stroke> {
    vec![
        Stroke::Move(Point::new(x - px(7), top)),
        Stroke::Line(Point::new(x, top + px(12))),
        Stroke::Line(Point::new(x + px(7), top)),
        Stroke::Close,
    ]
}

/// A bracket over what lies between x and y; nothing of its line is in the gap.
fn bracket_path(top: Unit, (x, y): (Unit, Unit), gap: Option<(Unit, Unit)>) -> Vec<Stroke> {
    let (line, foot) = (top + px(4), top + px(12));
    let mut path = vec![Stroke::Move(Point::new(x, foot)), Stroke::Line(Point::new(x, line))];
    if let Some((from, to)) = gap.filter(|(from, to)| *from < y && x < *to) {
        if x < from {
            path.push(Stroke::Line(Point::new(from, line)));
        }
        path.push(Stroke::Move(Point::new(to.min(y), line)));
    }
    path.push(Stroke::Line(Point::new(y, line)));
    path.push(Stroke::Line(Point::new(y, foot)));
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(x: i32, y: i32, gap: Option<(i32, i32)>) -> String {
        let gap = gap.map(|(from, to)| (px(from), px(to)));
        crate::svg::path_data(&bracket_path(px(0), (px(x), px(y)), gap))
    }

    #[test]
    fn the_line_of_a_bracket_makes_way_for_words() {
        let whole = "M20 12L20 4L90 4L90 12";
        assert_eq!(path(20, 90, None), whole);
        assert_eq!(path(20, 90, Some((0, 20))), whole);
        assert_eq!(path(20, 90, Some((90, 99))), whole);
        assert_eq!(path(20, 90, Some((10, 40))), "M20 12L20 4M40 4L90 4L90 12");
        assert_eq!(path(20, 90, Some((30, 40))), "M20 12L20 4L30 4M40 4L90 4L90 12");
        assert_eq!(path(20, 90, Some((10, 99))), "M20 12L20 4M90 4L90 4L90 12");
    }
}
