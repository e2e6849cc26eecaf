//! Places as people, links and host pages write them.

use std::fmt;

use uvmscope_replay::Place;

use crate::marks::MarkKind;
use crate::story::Story;
use crate::words::count;

/// The longest name of a mark by which a place is told.
const MAX_NAME: usize = 64;

/// What was read is no place of the run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NoSuchPlace {
    /// The text.
    pub read: String,
    /// Calls of the run.
    pub calls: usize,
}

impl std::error::Error for NoSuchPlace {}

impl fmt::Display for NoSuchPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { read, calls } = self;
        let calls = count(*calls as u64, "call");
        write!(
            f,
            "`{read}` is no place of this run, which has {calls}; write call and step \
             (`3.7`), a mark (`3.cut.1`, `3.end`), a number of steps (`12`) or a percentage (`40%`)"
        )
    }
}

impl Story {
    /// Reads a place: a number of steps from the beginning (`12`), call and step (`3.7`), a mark of
    /// a call (`3.cut.2`, `3.end`), the name of a mark in the script, or a percentage (`40%`).
    ///
    /// # Errors
    /// [`NoSuchPlace`], which says what a place looks like.
    pub fn place_of(&self, text: &str) -> Result<Place, NoSuchPlace> {
        let text = text.trim();
        let timeline = self.timeline();
        let place = if let Some(percent) = text.strip_suffix('%') {
            // A long run has more steps than 32 bits hold thousandths of.
            let last = timeline.ordinal(timeline.last_place()) as u64;
            let steps = |part: usize| usize::try_from((last * part as u64 + 500) / 1000);
            let steps = per_mille(percent.trim()).and_then(|part| steps(part).ok());
            steps.map(|steps| timeline.place_at(steps))
        } else if let Ok(ordinal) = text.parse::<usize>() {
            Some(timeline.place_at(ordinal))
        } else {
            self.in_some_call(text).or_else(|| self.named(text))
        };
        let calls = timeline.calls().len();
        place.ok_or_else(|| NoSuchPlace { read: text.to_owned(), calls })
    }

    /// A place as text that [`Story::place_of`] reads. It is made to last: step numbers move when
    /// the simulated code gains a test, so a place is told by the script's mark before its call, as
    /// the call's end, or by the mark at its step, and only where there is none by its number.
    pub fn address(&self, place: Place) -> String {
        let timeline = self.timeline();
        let place = timeline.clamp(place);
        let is_end = self.call(place).is_some_and(|run| run.ran() && place.step == run.steps());
        let end = is_end.then(|| format!("{}.end", place.call));
        let lasting = [self.name_of(place), end, self.mark_at(place), Some(place.to_string())];
        let reads_back = |text: &String| self.place_of(text) == Ok(place);
        let found = lasting.into_iter().flatten().find(reads_back);
        // A script without calls has one place, and no call to name it by.
        found.unwrap_or_else(|| timeline.ordinal(place).to_string())
    }

    /// The name of the script's mark before the call whose entry this is.
    fn name_of(&self, place: Place) -> Option<String> {
        let (_, line) = self.timeline().script().calls().nth(place.call.checked_sub(1)?)?;
        let (name, _) = line.mark.as_ref().filter(|(name, _)| name.len() <= MAX_NAME)?;
        (place.step == 0).then(|| name.clone())
    }

    /// The mark at a step, by kind and number: `3.cut.2`.
    fn mark_at(&self, place: Place) -> Option<String> {
        let marks = self.marks();
        let first = marks.partition_point(|m| m.place.call < place.call);
        let at = marks.partition_point(|m| m.place < place);
        let kind = marks.get(at).filter(|m| m.place == place && m.kind != MarkKind::Call)?.kind;
        let before = marks.get(first..at)?.iter().filter(|m| m.kind == kind).count();
        Some(format!("{}.{}.{}", place.call, kind.name(), before + 1))
    }

    /// The entry of the call that the script has put a mark of that name before.
    fn named(&self, name: &str) -> Option<Place> {
        let mut calls = self.timeline().script().calls();
        let has_name = |mark: &(String, String)| mark.0 == name;
        let call = calls.position(|(_, line)| line.mark.as_ref().is_some_and(has_name))?;
        Some(Place { call: call + 1, step: 0 })
    }

    fn in_some_call(&self, text: &str) -> Option<Place> {
        let (call, rest) = text.split_once('.')?;
        let call = call.parse::<usize>().ok()?;
        let timeline = self.timeline();
        if call == 0 || call > timeline.calls().len() {
            return None;
        }
        if rest == "end" {
            return Some(timeline.clamp(Place { call, step: usize::MAX }));
        }
        if let Ok(step) = rest.parse() {
            return Some(timeline.clamp(Place { call, step }));
        }
        let (kind, number) = rest.split_once('.').unwrap_or((rest, "1"));
        let kind = MarkKind::ALL.into_iter().find(|k| k.name() == kind)?;
        let number = number.parse::<usize>().ok()?.checked_sub(1)?;
        let marks = self.marks();
        let of_call = marks.iter().filter(|m| m.place.call == call && m.kind == kind);
        of_call.map(|m| m.place).nth(number)
    }
}

/// A percentage up to 100 with at most one decimal, in thousandths.
fn per_mille(text: &str) -> Option<usize> {
    let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(tenth) || tenth.len() > 1 {
        return None;
    }
    let part = whole.parse::<usize>().ok()?.checked_mul(10)? + tenth.parse::<usize>().ok()?;
    (part <= 1000).then_some(part)
}
