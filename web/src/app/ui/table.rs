//! The map as a table, for those who would rather read it than look at it.

use std::rc::Rc;

use uvmscope_scene::table::{PageRow, Row, Table};
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct TableProps {
    pub(crate) table: Rc<Table>,
}

#[component(MapTable)]
pub(crate) fn map_table(props: &TableProps) -> Html {
    let table = &props.table;
    html! {
        <section class="table" aria-label="The map as a table">
            <h2>{ "The map as a table" }</h2>
            { more(table.before, "before") }
            <div class="scroll" tabindex="0" role="group" aria-label="Entries">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{ "entry" }</th>
                            <th scope="col">{ "wired_count" }</th>
                            <th scope="col">{ "protection" }</th>
                            <th scope="col">{ "kind" }</th>
                            <th scope="col">{ "pages" }</th>
                            <th scope="col">{ "promise" }</th>
                            <th scope="col">{ "variables" }</th>
                        </tr>
                    </thead>
                    <tbody>{ for table.rows.iter().map(row) }</tbody>
                </table>
            </div>
            if table.rows.is_empty() { <p class="quiet">{ "The map is empty." }</p> }
            { more(table.behind, "behind") }
        </section>
    }
}

fn more(entries: usize, side: &str) -> Html {
    if entries == 0 {
        return Html::default();
    }
    html! { <p class="more">{ format!("{entries} entries {side}") }</p> }
}

fn row(row: &Row) -> Html {
    let broken = row.promise.as_ref().is_some_and(|(_, broken)| *broken);
    let class = classes!(row.touched.then_some("touched"), broken.then_some("broken"));
    let kinds: Vec<&str> = row.kinds.iter().chain(&row.unusual).copied().collect();
    let promise = match &row.promise {
        None => "kept".to_owned(),
        Some((words, true)) => format!("broken: {words}"),
        Some((words, false)) => format!("pending: {words}"),
    };
    html! {
        <tr {class} key={row.birth}>
            <th scope="row"><code>{ format!("{}–{}", row.range.start, row.range.end) }</code></th>
            <td>{ row.wired_count }</td>
            <td>{ &row.prot }</td>
            <td>{ kinds.join(", ") }</td>
            <td>
                { format!("{} resident of {}", row.pages.len() + row.more_pages, row.range.pages()) }
                if !row.pages.is_empty() {
                    <ul>{ for row.pages.iter().map(page) }</ul>
                }
                { more_pages(row.more_pages) }
            </td>
            <td>{ promise }</td>
            <td>{ row.pins.join(", ") }</td>
        </tr>
    }
}

fn more_pages(pages: usize) -> Html {
    if pages == 0 {
        return Html::default();
    }
    html! { <p class="more">{ format!("and {pages} pages more") }</p> }
}

fn page(page: &PageRow) -> Html {
    let held = match (page.mapped, page.held) {
        (_, true) => "held wired by the pmap",
        (true, false) => "mapped, not held wired",
        (false, false) => "not mapped",
    };
    html! {
        <li class={classes!(page.touched.then_some("touched"))}>
            <code>{ page.va.to_string() }</code>
            { format!(": wire_count {}, {held}", page.wire_count) }
        </li>
    }
}
