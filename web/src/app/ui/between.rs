//! What stands between two pictures: whether the kernels have parted, why, and where their states
//! differ.

use yew::prelude::*;

use crate::app::ui::board::{Board, use_now};
use crate::app::ui::words;
use crate::app::view::Between;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct BetweenProps {
    pub(crate) board: Board,
}

#[component(BetweenView)]
pub(crate) fn between_view(props: &BetweenProps) -> Html {
    let between = use_now(&props.board, |now| now.between.clone());
    let Some(between) = between.as_deref() else { return Html::default() };
    let class = classes!("between", between.parted.then_some("parted"));
    html! {
        <section {class} aria-label="How the two kernels differ">
            { strip(between) }
            <p><b>{ words(&between.caption.lead) }</b>{ " " }{ words(&between.caption.rest) }</p>
            if !between.differences.is_empty() {
                <ul>
                    { for between.differences.iter().map(|text| html! { <li>{ words(text) }</li> }) }
                    if between.more > 0 { <li>{ format!("and {} more", between.more) }</li> }
                </ul>
            }
        </section>
    }
}

/// The addresses that differ, hatched, under the bars of the one picture and over those of the
/// other.
fn strip(between: &Between) -> Html {
    if between.ranges.is_empty() || between.width == 0 {
        return Html::default();
    }
    let mark = |range: &uvmscope_uvm::VaRange| {
        let (from, to) = (between.axis.x_of(range.start), between.axis.x_of(range.end));
        let width = (to - from).max(uvmscope_scene::px(3));
        html! {
            <rect x={from.to_string()} y="1" width={width.to_string()} height="8" rx="2" />
        }
    };
    html! {
        <svg
            class="differ"
            viewBox={format!("0 0 {} 10", between.width)}
            role="img"
            aria-label="Addresses at which the states differ"
        >
            { for between.ranges.iter().map(mark) }
        </svg>
    }
}
