//! The application behind an element: a model outside Yew, and components that draw snapshots of
//! it.

mod asking;
#[cfg(feature = "bench")]
mod bench;
mod bring;
mod code;
mod command;
mod editing;
mod effects;
mod export;
mod gallery;
mod history;
mod json;
mod layout;
mod lines;
mod link;
mod model;
mod opening;
mod reduce;
mod report;
mod run;
mod snippets;
mod stand;
mod state;
mod steps;
mod ui;
mod undo;
mod view;

pub(crate) use bring::{Brought, read};
pub(crate) use model::Model;
pub(crate) use state::Action;
pub(crate) use ui::{Board, Root};
pub(crate) use view::{Frame, View};
