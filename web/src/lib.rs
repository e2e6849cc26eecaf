//! The page of uvmscope: what stands behind the `<uvm-scope>` element.
//!
//! `uvmscope.js` defines the element and calls the exports of [`element`]; those keep one
//! [`app::Model`] an element and hand snapshots of it to Yew. The crate has no start function:
//! loading the module draws nothing, so it can also be loaded in a worker.

mod app;
mod clipboard;
mod contract;
mod download;
pub mod element;
pub mod panic;
mod stage;
mod upload;
