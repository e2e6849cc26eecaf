//! Addresses at the boundaries, none upon another, and the letters below them.

use std::cmp::Reverse;

use uvmscope_uvm::Vaddr;

use crate::class::{Class, Classes, text_width};
use crate::geom::{Unit, px};
use crate::key::{Key, Layer};
use crate::layout::Draw;
use crate::layout::rows::ADDR_LEVELS;
use crate::node::{Anchor, Node, Span};
use crate::touched::boundary_of;

/// An address that wants to be shown.
#[derive(Clone, Copy, Debug)]
struct Wish {
    va: Vaddr,
    x: Unit,
    /// 0: it is in question, 1: an end of the list, 2: any other boundary.
    rank: u8,
}

/// Where an address found its place.
#[derive(Clone, Copy, Debug)]
struct Placed {
    level: usize,
    /// Its left end.
    x: Unit,
    width: Unit,
}

impl Draw<'_> {
    /// The boundaries that the call and the step are about.
    fn in_question(&self) -> Vec<Vaddr> {
        let mut asked = Vec::new();
        if let Some(range) = self.request.and_then(|r| r.range) {
            asked.extend([range.start, range.end]);
        }
        asked.extend(self.event.and_then(boundary_of));
        asked.sort_unstable();
        asked.dedup();
        asked
    }

    fn wishes(&self) -> Vec<Wish> {
        let Some(window) = self.axis.window() else {
            return Vec::new();
        };
        let asked = self.in_question();
        let mut boundaries: Vec<Vaddr> =
            self.bars.iter().flat_map(|bar| [bar.range.start, bar.range.end]).collect();
        boundaries.extend(&asked);
        // An entry may reach further than what is drawn of it.
        boundaries.retain(|va| window.start <= *va && *va <= window.end);
        if boundaries.is_empty() {
            boundaries.extend([window.start, window.end]);
        }
        boundaries.sort_unstable();
        boundaries.dedup();
        let (first, last) = (boundaries.first().copied(), boundaries.last().copied());
        let rank = |va| {
            if asked.contains(&va) {
                0
            } else {
                u8::from(Some(va) != first && Some(va) != last) + 1
            }
        };
        let wish = |va| Wish { va, x: self.axis.x_of(va), rank: rank(va) };
        boundaries.into_iter().map(wish).collect()
    }

    pub(crate) fn draw_addresses(&mut self) {
        let wishes = self.wishes();
        let keep = common_front(&wishes);
        let placed = self.place_addresses(&wishes);
        let mut placed: Vec<_> = placed.into_iter().collect();
        placed.sort_by_key(|(wish, _)| wish.va);
        for (wish, at) in placed {
            let class = Classes::of(Class::Addr).with_if(Class::InQuestion, wish.rank == 0);
            let text = wish.va.to_string();
            let cut = keep.min(text.len());
            let spans = vec![Span::of(Class::Dim, &text[..cut]), Span::plain(&text[cut..])];
            let spans = if cut == 0 { vec![Span::plain(text)] } else { spans };
            let level = i32::try_from(at.level).unwrap_or(0);
            let baseline = self.rows.addr + self.rows.addr_gap * level;
            let node = Node::new(Key::Boundary(wish.va), class)
                .titled(format!("boundary at {}", wish.va))
                .at(at.x, Unit::ZERO)
                .text(class, (Unit::ZERO, baseline), Anchor::Start, spans);
            let top = self.rows.bar_bottom() + px(2);
            let foot = baseline - px(11);
            self.out.add(Layer::Addresses, 0, node);
            // Behind every address, not only its own.
            let lead = Node::new(Key::Lead(wish.va), Class::Lead).at(wish.x, Unit::ZERO).line(
                Class::Lead,
                (Unit::ZERO, top),
                (Unit::ZERO, foot),
            );
            self.out.add(Layer::Ground, 1, lead);
        }
        self.draw_letters();
    }

    /// Those in question first, then the ends of the list, then what still finds room.
    fn place_addresses(&self, wishes: &[Wish]) -> Vec<(Wish, Placed)> {
        let mut order: Vec<Wish> = wishes.to_vec();
        // The ends keep to the first row, so they go first where that leaves room for the rest.
        let ends_first = !self.view.is_compact();
        // Of those in question the upper goes first: its address can hang to the right, and the
        // line to the lower one passes on the left of it.
        order.sort_by_key(|w| match w.rank {
            0 => (u8::from(ends_first), Reverse(w.va)),
            1 => (u8::from(!ends_first), Reverse(Vaddr(0))),
            _ => (2, Reverse(Vaddr(0))),
        });
        let most = if self.view.is_compact() { 5 } else { 48 };
        let mut taken: [Vec<(Unit, Unit)>; ADDR_LEVELS] = std::array::from_fn(|_| Vec::new());
        let mut out = Vec::new();
        let all_asked = order.iter().filter(|w| w.rank == 0).count();
        for wish in order.into_iter().take(most.max(all_asked + 2)) {
            if wish.rank == 2 && self.view.is_compact() {
                continue;
            }
            if let Some(placed) = self.place_address(wish, &taken) {
                for level in taken.iter_mut().take(placed.level) {
                    level.push((wish.x - px(2), wish.x + px(2)));
                }
                taken[placed.level].push((placed.x, placed.x + placed.width));
                out.push((wish, placed));
            }
        }
        out
    }

    /// The first row with room for the address, under its boundary or to one side of it.
    fn place_address(&self, wish: Wish, taken: &[Vec<(Unit, Unit)>]) -> Option<Placed> {
        let width = text_width(Class::Addr, &wish.va.to_string());
        let (low, high) = (self.rows.left - px(8), self.rows.right + px(8) - width);
        let middle = (wish.x - width / 2).clamp(low, high.max(low));
        let beside = [middle, (wish.x - px(4)).min(high), (wish.x - width + px(4)).max(low)];
        let tries = if wish.rank == 2 { &beside[..1] } else { &beside[..] };
        for level in 0..taken.len() {
            for &x in tries {
                let is_clear = !hits(&taken[level], x - px(7), x + width + px(7));
                let lead_clear =
                    taken[..level].iter().all(|t| !hits(t, wish.x - px(2), wish.x + px(2)));
                if is_clear && lead_clear {
                    return Some(Placed { level, x, width });
                }
            }
        }
        // What the call is about is shown in any case: in the last row, as near as it can be.
        (wish.rank == 0).then(|| self.squeeze(wish, width, taken)).flatten()
    }

    fn squeeze(&self, wish: Wish, width: Unit, taken: &[Vec<(Unit, Unit)>]) -> Option<Placed> {
        let (low, high) = (self.rows.left - px(8), self.rows.right + px(8) - width);
        for step in 0..80 {
            for x in [wish.x - px(10 * step), wish.x + px(10 * step)] {
                for level in (0..taken.len()).rev() {
                    let x = x.clamp(low, high.max(low));
                    if !hits(&taken[level], x - px(4), x + width + px(4)) {
                        return Some(Placed { level, x, width });
                    }
                }
            }
        }
        None
    }

    /// The letters that the mail gives to the ends: [a, b) is the entry, [x, y) the request.
    fn draw_letters(&mut self) {
        if self.has_strip() {
            return;
        }
        let Some(range) = self.request.and_then(|r| r.range) else {
            return;
        };
        let first = range.start.min(range.end);
        let a = self.bars.iter().find(|bar| bar.range.contains(first) || bar.range.end == first);
        let whole = a.and_then(|bar| self.family_span(bar.birth));
        let mut letters = vec![("x", range.start), ("y", range.end)];
        if let Some((from, to)) = whole {
            letters.insert(0, ("a", from));
            letters.push(("b", to));
        }
        let window = self.axis.window().unwrap_or_default();
        letters.retain(|(_, va)| window.start <= *va && *va <= window.end);
        letters.sort_by_key(|(_, va)| *va);
        let mut at: Vec<(Unit, String)> = Vec::new();
        for (letter, va) in letters {
            let x = self.axis.x_of(va);
            match at.last_mut() {
                Some((before, text)) if *before == x => {
                    text.push_str(" = ");
                    text.push_str(letter);
                }
                _ => at.push((x, letter.to_owned())),
            }
        }
        self.put_letters(&at);
    }

    /// From the first to the last piece of what the entry was cut from, while they adjoin.
    fn family_span(&self, birth: u32) -> Option<(Vaddr, Vaddr)> {
        let members: Vec<_> = self.singles().collect();
        let at = members.iter().position(|(bar, _)| bar.birth == birth)?;
        let family = |i: usize| self.state.get_entry(members[i].1).map(|e| e.family);
        let joined = |i: usize| {
            members[i].0.range.end == members[i + 1].0.range.start && family(i) == family(i + 1)
        };
        let first = (0..at).rev().take_while(|i| joined(*i)).last().unwrap_or(at);
        let last = (at..members.len() - 1).take_while(|i| joined(*i)).last().map_or(at, |i| i + 1);
        Some((members[first].0.range.start, members[last].0.range.end))
    }

    fn put_letters(&mut self, letters: &[(Unit, String)]) {
        let mut free_from = Unit::ZERO;
        for (n, (x, text)) in (0u8..).zip(letters) {
            let width = text_width(Class::Letter, text);
            let half = width / 2;
            let x = (*x - half).max(free_from).max(self.rows.left - px(6));
            free_from = x + width + px(4);
            let node =
                Node::new(Key::Letter(n), Class::Letter).at(x + half, self.rows.letter).text(
                    Class::Letter,
                    (Unit::ZERO, Unit::ZERO),
                    Anchor::Middle,
                    vec![Span::plain(text.as_str())],
                );
            self.out.add(Layer::Addresses, 0, node);
        }
    }
}

fn hits(taken: &[(Unit, Unit)], from: Unit, to: Unit) -> bool {
    taken.iter().any(|(a, b)| *a < to && from < *b)
}

/// How many characters all the addresses begin with, `0x` included; none where there is but one.
fn common_front(wishes: &[Wish]) -> usize {
    let texts: Vec<String> = wishes.iter().map(|w| w.va.to_string()).collect();
    let Some((first, rest)) = texts.split_first() else {
        return 0;
    };
    if rest.is_empty() || rest.iter().any(|t| t.len() != first.len()) {
        return 0;
    }
    let same = |t: &String| first.bytes().zip(t.bytes()).take_while(|(a, b)| a == b).count();
    let front = rest.iter().map(same).min().unwrap_or(0);
    // Six digits stay, so that what is told apart can be read.
    let front = front.min(first.len().saturating_sub(6));
    if front > 2 { front } else { 0 }
}
