//! Where events go: into a recording, or nowhere.

use std::panic::Location;

use crate::event::KernelEvent;

/// Where in the simulator's own source an event came from.
pub type Site = &'static Location<'static>;

/// Takes the events of a kernel. The kernel functions are generic over it, so that without a
/// recording they run at the speed of plain code.
pub trait Recorder {
    /// Takes one event; `site` is the statement it came from.
    fn record(&mut self, event: KernelEvent, site: Site);
}

/// Takes nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoRecorder;

impl Recorder for NoRecorder {
    #[inline(always)]
    #[allow(clippy::inline_always, reason = "lets the events be optimised away")]
    fn record(&mut self, _: KernelEvent, _: Site) {}
}

/// An event and where it came from.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// What happened.
    pub event: KernelEvent,
    /// The statement that made it happen.
    pub site: Site,
}

/// Keeps all events in order.
#[derive(Clone, Debug, Default)]
pub struct Log(pub Vec<Recorded>);

impl Recorder for Log {
    #[inline]
    fn record(&mut self, event: KernelEvent, site: Site) {
        self.0.push(Recorded { event, site });
    }
}
