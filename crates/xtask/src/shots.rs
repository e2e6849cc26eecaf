//! `cargo xtask shots`: pictures of the page to look at.

use anyhow::Result;

use crate::page::{self, Flavour};
use crate::run::{program, run};
use crate::setup;

pub(crate) fn take(flavour: Flavour) -> Result<()> {
    let browser = setup::browser()?;
    let site = page::build(flavour)?;
    run(program("node")
        .arg("web/e2e/shots.mjs")
        .env("UVMSCOPE_SITE", site)
        .env("CHROME", browser.program))
}
