//! The steps of a call, one line each: where in the simulator it happened, and what is said of it.

use std::io::Write;
use std::rc::Rc;

use anyhow::Result;
use uvmscope_replay::{CallRun, Cursor, Place, Timeline};
use uvmscope_scene::Story;
use uvmscope_uvm::Site;

/// Walks along a run and tells its steps, with the sentences that the page has for them.
pub(crate) struct Teller {
    story: Story,
    cursor: Cursor,
}

impl Teller {
    pub(crate) fn new(timeline: &Rc<Timeline>) -> Self {
        Self { story: Story::new(Rc::clone(timeline)), cursor: timeline.cursor() }
    }

    /// Tells every step of a call, from its entry on.
    pub(crate) fn tell(&mut self, call: usize, run: &CallRun, out: &mut impl Write) -> Result<()> {
        for step in 0..=run.steps() {
            let place = Place { call, step };
            self.cursor.seek(place);
            let said = self.story.caption(&self.cursor).plain();
            match self.story.event(place) {
                Some(recorded) => {
                    writeln!(out, "  # {place}  {}  {said}", position(recorded.site))?;
                }
                None => writeln!(out, "  # {place}  {said}")?,
            }
        }
        Ok(())
    }
}

/// The source line of a step: file name and line.
fn position(site: Site) -> String {
    let file = site.file();
    format!("{}:{}", file.rsplit(['/', '\\']).next().unwrap_or(file), site.line())
}
