//! The script being written: a plain text field, and behind it the same text in colour, with the
//! number of each call before its line and what it answered behind it.
//!
//! Text and field are laid out alike, line by line, so that nothing has to be measured. What a
//! screen reader gets is the field and the list of errors.

use std::ops::Range;
use std::rc::Rc;

use uvmscope_format::script::{Completion, MAX_TEXT, SpanKind, complete, spans};
use web_sys::{HtmlElement, HtmlTextAreaElement};
use yew::prelude::*;

use crate::app::command::Command;
use crate::app::lines::LineEdit;
use crate::app::run::Tone;
use crate::app::state::{Action, Edit, Select};
use crate::app::ui::board::{Board, use_now};
use crate::app::ui::calls::tone_name;
use crate::app::ui::words;
use crate::app::view::Calls;

/// Lines up to which the text stands there in colour; a longer one is a plain field.
const COLOURED: usize = 2_000;
/// Errors that are listed.
const ERRORS: usize = 30;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct EditorProps {
    pub(crate) text: Rc<str>,
    /// The run of the text, or of the text before it while that is being recorded.
    pub(crate) calls: Calls,
    pub(crate) board: Board,
    pub(crate) select: Select,
    pub(crate) dispatch: Callback<Action>,
}

/// What the field of this editor knows and the model does not.
#[derive(Clone, Default, PartialEq)]
struct Caret {
    /// The selection, in bytes of the text.
    range: Range<usize>,
    /// Whether offers are shown, and which of them is chosen.
    offers: bool,
    asked: bool,
    chosen: Option<usize>,
}

#[component(Editor)]
pub(crate) fn editor(props: &EditorProps) -> Html {
    let EditorProps { text, calls, board, select, dispatch } = props;
    let now = use_now(board, |now| now.spot.place.call);
    let field = use_node_ref();
    let caret = use_state(Caret::default);
    use_text(&field, text, select, &caret);
    let completion = caret
        .offers
        .then(|| complete(text, caret.range.end, caret.asked))
        .flatten()
        .filter(|_| caret.range.is_empty());
    let take = {
        let (text, dispatch) = (Rc::clone(text), dispatch.clone());
        move |completion: &Completion, chosen: usize| {
            let Some(offer) = completion.offers.get(chosen) else { return };
            let range = completion.range.clone();
            let (before, behind) = (
                text.get(..range.start).unwrap_or_default(),
                text.get(range.end..).unwrap_or_default(),
            );
            let end = range.start + offer.text.len();
            let text = format!("{before}{}{behind}", offer.text);
            dispatch.emit(Action::Edit(Edit { text, select: Some(end..end) }));
        }
    };
    let oninput = {
        let (field, caret, dispatch) = (field.clone(), caret.clone(), dispatch.clone());
        move |_: InputEvent| {
            let Some(field) = field.cast::<HtmlTextAreaElement>() else { return };
            let text = field.value();
            let range = selection(&field, &text);
            caret.set(Caret { range, offers: true, ..Caret::default() });
            dispatch.emit(Action::Edit(Edit { text, select: None }));
        }
    };
    let moved = {
        let (field, caret) = (field.clone(), caret.clone());
        move || {
            let Some(field) = field.cast::<HtmlTextAreaElement>() else { return };
            let range = selection(&field, &field.value());
            if range != caret.range {
                caret.set(Caret { range, ..Caret::default() });
            }
        }
    };
    let (clicked, keyed) = (moved.clone(), moved.clone());
    let onkeydown = {
        let (caret, text, dispatch) = (caret.clone(), Rc::clone(text), dispatch.clone());
        let (completion, field) = (completion.clone(), field.clone());
        let at_caret = call_at(calls, &caret.range);
        Callback::from(move |event: KeyboardEvent| {
            // Where the caret is now; the state may be a key behind.
            let range = field
                .cast::<HtmlTextAreaElement>()
                .map_or_else(|| caret.range.clone(), |field| selection(&field, &text));
            let key = Key::of(&event, completion.is_some(), caret.chosen.is_some());
            let Some(key) = key else { return };
            event.prevent_default();
            event.stop_propagation();
            match (key, &completion) {
                (Key::Lines(edit), _) => dispatch.emit(Action::EditLines(edit, range)),
                (Key::Do(command), _) => dispatch.emit(Action::Do(command)),
                (Key::Show, _) => {
                    if let Some(call) = at_caret {
                        dispatch.emit(Action::Call(call));
                    }
                }
                (Key::Offer, _) => {
                    caret.set(Caret { range, offers: true, asked: true, chosen: None });
                }
                (Key::Choose(on), Some(completion)) => {
                    let count = completion.offers.len();
                    let chosen = match (caret.chosen, on) {
                        (None, true) => 0,
                        (None, false) => count - 1,
                        (Some(n), true) => (n + 1) % count,
                        (Some(n), false) => (n + count - 1) % count,
                    };
                    caret.set(Caret { chosen: Some(chosen), ..(*caret).clone() });
                }
                (Key::Take, Some(completion)) => {
                    take(completion, caret.chosen.unwrap_or_default());
                    caret.set(Caret::default());
                }
                (Key::Leave, Some(_)) => caret.set(Caret { range, ..Caret::default() }),
                (Key::Leave, None) => leave(&field),
                (Key::Choose(_) | Key::Take, None) => {}
            }
        })
    };
    let plain = text.len() > MAX_TEXT || text.split('\n').nth(COLOURED).is_some();
    let errors = &calls.0.source.errors;
    html! {
        <section class={classes!("editor", plain.then_some("plain"))} aria-label="Script">
            <h2>{ "Script" }</h2>
            { tools(&field, text, dispatch) }
            <div class="paper">
                if !plain {
                    <pre class="ink" aria-hidden="true">
                        { rows(text, calls, now, &caret, completion.as_ref()) }
                    </pre>
                }
                <textarea
                    class="pen"
                    aria-label="The script, one call a line"
                    aria-invalid={(!errors.is_empty()).then_some("true")}
                    aria-describedby="uvm-errors"
                    spellcheck="false"
                    autocapitalize="off"
                    autocomplete="off"
                    ref={field}
                    {oninput}
                    {onkeydown}
                    onkeyup={move |_: KeyboardEvent| keyed()}
                    onclick={move |_: MouseEvent| clicked()}
                />
            </div>
            <p class="unseen" role="status">{ completion.as_ref().map(|it| said(it, caret.chosen)) }</p>
            <ul id="uvm-errors" class="errors">
                { for errors.iter().take(ERRORS).map(|error| {
                    let at = offset(text, error.line, error.column);
                    let dispatch = dispatch.clone();
                    let text = text.to_string();
                    let go = move |_| {
                        dispatch.emit(Action::Edit(Edit { text: text.clone(), select: Some(at..at) }));
                    };
                    html! {
                        <li>
                            <button type="button" onclick={go}>
                                { format!("line {}, column {}", error.line, error.column) }
                            </button>
                            { " " }{ words(&error.problem.to_string()) }
                        </li>
                    }
                }) }
                if errors.len() > ERRORS {
                    <li>{ format!("and {} more", errors.len() - ERRORS) }</li>
                }
            </ul>
            <p class="quiet">
                { "It runs as you write. " }<kbd>{ "Ctrl+Space" }</kbd>{ " offers words, " }
                <kbd>{ "Ctrl+Enter" }</kbd>{ " shows the call of the line, " }<kbd>{ "Esc" }</kbd>
                { " leaves." }
            </p>
        </section>
    }
}

/// Puts the text of the model into the field where that has another, and the selection where the
/// model wants it.
#[hook]
fn use_text(field: &NodeRef, text: &Rc<str>, select: &Select, caret: &UseStateHandle<Caret>) {
    let (node, caret) = (field.clone(), caret.clone());
    let shown = use_mut_ref(|| 0);
    use_effect_with((Rc::clone(text), select.beat), {
        let range = select.range.clone();
        move |(text, beat): &(Rc<str>, u32)| {
            let Some(field) = node.cast::<HtmlTextAreaElement>() else { return };
            if *field.value() != **text {
                field.set_value(text);
            }
            if shown.replace(*beat) != *beat {
                let (start, end) = (units(text, range.start), units(text, range.end));
                // Neither fails for a field that is there.
                let _ = field.focus();
                let _ = field.set_selection_range(start, end);
                caret.set(Caret { range, ..Caret::default() });
            }
        }
    });
}

/// What a key means to the editor.
enum Key {
    Lines(LineEdit),
    Do(Command),
    /// To the call on whose line the caret is.
    Show,
    Offer,
    /// The next offer, or the one before.
    Choose(bool),
    Take,
    Leave,
}

impl Key {
    fn of(event: &KeyboardEvent, offers: bool, chosen: bool) -> Option<Self> {
        let control = event.ctrl_key() || event.meta_key();
        let (alt, shift) = (event.alt_key(), event.shift_key());
        Some(match (event.key().as_str(), control, alt, shift) {
            ("ArrowUp", false, true, false) => Self::Lines(LineEdit::Up),
            ("ArrowDown", false, true, false) => Self::Lines(LineEdit::Down),
            ("ArrowDown", false, true, true) => Self::Lines(LineEdit::Duplicate),
            ("/", true, false, _) => Self::Lines(LineEdit::Mute),
            ("z", true, false, false) => Self::Do(Command::Undo),
            ("y", true, false, false) | ("z" | "Z", true, false, true) => Self::Do(Command::Redo),
            ("Enter", true, false, false) => Self::Show,
            (" ", true, false, false) => Self::Offer,
            ("ArrowDown", false, false, false) if offers => Self::Choose(true),
            ("ArrowUp", false, false, false) if offers => Self::Choose(false),
            // Enter ends the line unless an offer was chosen.
            ("Tab", false, false, false) if offers => Self::Take,
            ("Enter", false, false, false) if offers && chosen => Self::Take,
            ("Escape", false, false, false) => Self::Leave,
            _ => return None,
        })
    }
}

/// Gives the keys back to the element around the editor.
fn leave(field: &NodeRef) {
    let app = field.cast::<HtmlElement>().and_then(|it| it.closest("section.app").ok().flatten());
    if let Some(app) = app.and_then(|it| wasm_bindgen::JsCast::dyn_into::<HtmlElement>(it).ok()) {
        let _ = app.focus();
    }
}

fn tools(field: &NodeRef, text: &Rc<str>, dispatch: &Callback<Action>) -> Html {
    let line = |edit: LineEdit| {
        let (field, text, dispatch) = (field.clone(), Rc::clone(text), dispatch.clone());
        let onclick = move |_| {
            let Some(field) = field.cast::<HtmlTextAreaElement>() else { return };
            dispatch.emit(Action::EditLines(edit, selection(&field, &text)));
        };
        html! {
            <button
                type="button"
                aria-label={edit.label()}
                title={format!("{} ({})", edit.label(), edit.keys())}
                {onclick}
            >
                <span aria-hidden="true">{ edit.sign() }</span>
            </button>
        }
    };
    let done = {
        let dispatch = dispatch.clone();
        move |_| dispatch.emit(Action::Do(Command::Edit))
    };
    html! {
        <div class="editor-tools">
            { for LineEdit::ALL.map(line) }
            <button type="button" class="done" onclick={done}>{ "done" }</button>
        </div>
    }
}

/// What a screen reader hears of the offers.
fn said(completion: &Completion, chosen: Option<usize>) -> String {
    if let Some(offer) = chosen.and_then(|n| completion.offers.get(n)) {
        return format!("{}, {}", offer.text, offer.hint);
    }
    let first = completion.offers.first().map_or("", |offer| &offer.text);
    format!("{} offers, Tab takes {first}", completion.offers.len())
}

// ---- the text in colour

fn rows(
    text: &str,
    calls: &Calls,
    now: usize,
    caret: &Caret,
    completion: Option<&Completion>,
) -> Html {
    let source = &calls.0.source;
    let mut numbers =
        source.script.calls().map(|(statement, _)| statement.line).zip(1..).peekable();
    let mut start = 0;
    let rows = text.split('\n').zip(1_u32..).map(|(line, n)| {
        let bytes = start..start + line.len();
        start = bytes.end + 1;
        while numbers.next_if(|(of, _)| *of < n).is_some() {}
        let number = numbers.next_if(|(of, _)| *of == n).map(|(_, number)| number);
        let result = number.and_then(|number: usize| calls.0.calls.get(number - 1));
        let errors = source.errors.iter().filter(|error| error.line == n);
        let holds = |at: usize| bytes.contains(&at) || at == bytes.end;
        let offers = completion.filter(|it| holds(it.range.end)).cloned();
        html! {
            <EditorRow
                key={n}
                line={AttrValue::from(line.to_owned())}
                {number}
                outcome={result.map(|row| (AttrValue::from(row.outcome.clone()), row.tone))}
                current={number == Some(now)}
                errors={errors.map(|e| (e.column, e.width)).collect::<Vec<_>>()}
                chosen={offers.as_ref().and(caret.chosen)}
                at={offers.as_ref().map(|it| it.range.end - bytes.start)}
                {offers}
            />
        }
    });
    rows.collect()
}

#[derive(Clone, PartialEq, Properties)]
struct EditorRowProps {
    line: AttrValue,
    number: Option<usize>,
    outcome: Option<(AttrValue, Tone)>,
    current: bool,
    /// Column and width, in characters from 1.
    errors: Vec<(u32, u32)>,
    /// The byte of the line where the offers belong.
    at: Option<usize>,
    offers: Option<Completion>,
    chosen: Option<usize>,
}

#[component(EditorRow)]
fn editor_row(props: &EditorRowProps) -> Html {
    let EditorRowProps { line, number, outcome, current, errors, at, offers, chosen } = props;
    let class = classes!(
        "row",
        current.then_some("current"),
        (!errors.is_empty()).then_some("wrong"),
        outcome.as_ref().map(|(_, tone)| tone_name(*tone)),
    );
    html! {
        <div {class}>
            <span class="number">{ number.map(|n| n.to_string()) }</span>
            { pieces(line, errors, *at, offers.as_ref(), *chosen) }
            if let Some((outcome, _)) = outcome { <span class="outcome">{ outcome }</span> }
        </div>
    }
}

/// The line in pieces of one look each, and the offers where the caret is.
fn pieces(
    line: &str,
    errors: &[(u32, u32)],
    at: Option<usize>,
    offers: Option<&Completion>,
    chosen: Option<usize>,
) -> Html {
    let spans = spans(line);
    let mut cuts: Vec<usize> = spans.iter().flat_map(|s| [s.start, s.end]).chain(at).collect();
    let wrong: Vec<Range<usize>> = errors
        .iter()
        .map(|(column, width)| {
            let byte = |chars: u32| {
                line.char_indices().nth(chars as usize).map_or(line.len(), |(at, _)| at)
            };
            byte(column.saturating_sub(1))..byte(column.saturating_sub(1).saturating_add(*width))
        })
        .collect();
    cuts.extend(wrong.iter().flat_map(|range| [range.start, range.end]));
    cuts.extend([0, line.len()]);
    cuts.sort_unstable();
    cuts.dedup();
    let piece = |range: Range<usize>| {
        let kind = spans.iter().find(|s| s.start <= range.start && range.end <= s.end);
        let bad = wrong.iter().any(|w| w.start <= range.start && range.end <= w.end);
        let class = classes!(kind.map(|s| kind_name(s.kind)), bad.then_some("bad"));
        html! { <span {class}>{ line.get(range).unwrap_or_default() }</span> }
    };
    let list = || offers.map(|offers| offer_list(offers, chosen));
    let mut all: Vec<Html> = Vec::new();
    for pair in cuts.windows(2) {
        if at == Some(pair[0]) {
            all.extend(list());
        }
        all.push(piece(pair[0]..pair[1]));
    }
    if at == Some(line.len()) {
        all.extend(list());
    }
    // What is wrong with the end of a line has nothing to stand under.
    if errors.iter().any(|(column, _)| *column as usize > line.chars().count()) {
        all.push(html! { <span class="bad">{ " " }</span> });
    }
    all.into_iter().collect()
}

fn offer_list(completion: &Completion, chosen: Option<usize>) -> Html {
    let row = |(n, offer): (usize, &uvmscope_format::script::Offer)| {
        html! {
            <span class={classes!("offer", (chosen == Some(n)).then_some("chosen"))}>
                <b>{ &offer.text }</b>{ " " }<i>{ &offer.hint }</i>
            </span>
        }
    };
    html! {
        <span class="caret">
            <span class="offers">{ for completion.offers.iter().enumerate().map(row) }</span>
        </span>
    }
}

const fn kind_name(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::Setting => "setting",
        SpanKind::Kernel => "kernel-name",
        SpanKind::Call => "call-name",
        SpanKind::Name => "name",
        SpanKind::Number => "numeral",
        SpanKind::Flag => "flag",
        SpanKind::Errno => "errno",
        SpanKind::Text => "quoted",
        SpanKind::Mark => "mark",
        SpanKind::Comment => "comment",
        SpanKind::Sign => "sign",
        SpanKind::Stray => "bad",
    }
}

// ---- places in the text: the browser counts in UTF-16, the text in bytes

/// The selection of the field, in bytes of its text.
fn selection(field: &HtmlTextAreaElement, text: &str) -> Range<usize> {
    let of = |at: Result<Option<u32>, _>| at.ok().flatten().map_or(0, |at| bytes(text, at));
    of(field.selection_start())..of(field.selection_end())
}

fn bytes(text: &str, units: u32) -> usize {
    let mut left = units as usize;
    for (at, c) in text.char_indices() {
        if left < c.len_utf16() {
            return at;
        }
        left -= c.len_utf16();
    }
    text.len()
}

fn units(text: &str, bytes: usize) -> u32 {
    let before = text.char_indices().take_while(|(at, _)| *at < bytes);
    u32::try_from(before.map(|(_, c)| c.len_utf16()).sum::<usize>()).unwrap_or(u32::MAX)
}

/// The byte of a line and a column, both from 1.
fn offset(text: &str, line: u32, column: u32) -> usize {
    let before: usize =
        text.split('\n').take((line as usize).saturating_sub(1)).map(|it| it.len() + 1).sum();
    let rest = text.get(before..).unwrap_or_default();
    let own = rest.split('\n').next().unwrap_or_default();
    let within = own.char_indices().nth((column as usize).saturating_sub(1));
    (before + within.map_or(own.len(), |(at, _)| at)).min(text.len())
}

/// The call on whose line the caret is.
fn call_at(calls: &Calls, caret: &Range<usize>) -> Option<usize> {
    let source = &calls.0.source;
    let line = source.text.get(..caret.start)?.matches('\n').count() + 1;
    let mut all = source.script.calls();
    all.position(|(statement, _)| statement.line as usize == line).map(|n| n + 1)
}

#[cfg(test)]
mod tests {
    use super::{bytes, offset, units};

    #[test]
    fn the_browsers_places_and_ours_are_the_same_places() {
        let text = "aé𝄞\nb";
        for (unit, byte) in [(0, 0), (1, 1), (2, 3), (4, 7), (5, 8), (6, 9)] {
            assert_eq!(bytes(text, unit), byte);
            assert_eq!(units(text, byte), unit);
        }
        assert_eq!(bytes(text, 99), text.len());
        assert_eq!((offset(text, 1, 3), offset(text, 2, 1), offset(text, 2, 9)), (3, 8, 9));
        assert_eq!(offset(text, 9, 9), text.len());
    }
}
