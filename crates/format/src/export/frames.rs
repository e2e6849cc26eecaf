//! Which function of the kernel takes a step.

use uvmscope_uvm::{Func, KernelEvent, Site};

/// The functions that are running in a call, innermost last.
#[derive(Debug, Default)]
pub(super) struct Frames(Vec<Func>);

impl Frames {
    /// Takes the next event of the call; gives the function that it happens in. Entering and
    /// leaving belong to the function that is entered and left.
    pub(super) fn follow(&mut self, event: &KernelEvent) -> Option<Func> {
        match event {
            KernelEvent::Enter { func, .. } => self.0.push(*func),
            KernelEvent::Leave { .. } => return self.0.pop(),
            _ => {}
        }
        self.0.last().copied()
    }

    /// Begins another call. One in which the machine stopped leaves functions running.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// The name of a step's file, without the folders of the machine that built this.
pub(super) fn file_name(site: Site) -> &'static str {
    let path: &'static str = site.file();
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
