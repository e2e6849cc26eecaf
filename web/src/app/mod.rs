//! The application behind an element: a model outside Yew, and components that draw snapshots of
//! it.

#[cfg(feature = "bench")]
mod bench;
mod code;
mod command;
mod effects;
mod json;
mod layout;
mod model;
mod reduce;
mod report;
mod run;
mod state;
mod ui;
mod view;

pub(crate) use model::Model;
pub(crate) use state::Action;
pub(crate) use ui::Root;
pub(crate) use view::View;
