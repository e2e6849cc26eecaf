//! Listings of an address space as the map that a script starts from.

use uvmscope_replay::CallLine;
use uvmscope_uvm::kernel::PAGE_BUDGET;
use uvmscope_uvm::{Access, Call, MmapFlags, PAGE_SIZE, Prot};

use super::report::{Notes, count};
use super::writer::{Room, Writer};
use super::{Format, ImportError, Imported, Report, maps, pmap};

/// A mapping of a listing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Region {
    pub(super) start: u64,
    /// First address behind it.
    pub(super) end: u64,
    pub(super) prot: Prot,
    pub(super) shared: bool,
    /// Offset in the file, for a mapping of one.
    pub(super) object: Option<u64>,
    /// The whole of it is locked.
    pub(super) wired: bool,
    /// Bytes that are resident, and how many of these are the process's own.
    pub(super) resident: u64,
    pub(super) own: u64,
    /// How it differs from what was listed.
    pub(super) altered: Vec<String>,
}

/// A region with the line that it stands on.
pub(super) type Found<'a> = (u32, &'a str, Region);

/// What a listing holds.
#[derive(Default)]
pub(super) struct Listed<'a> {
    pub(super) regions: Vec<Found<'a>>,
    pub(super) notes: Notes,
    /// What holds for all of it.
    pub(super) general: Vec<String>,
}

/// Reads a listing and makes a script of it.
pub(super) fn import(text: &str, format: Format) -> Result<Imported, ImportError> {
    let mut listed = Listed::default();
    match format {
        Format::Pmap => pmap::read(text, &mut listed),
        _ => maps::read(text, format == Format::Smaps, &mut listed),
    }
    let Listed { regions, mut notes, mut general } = listed;
    let mut setup = Setup::default();
    for (line, text, region) in &regions {
        match setup.map(region) {
            Ok(altered) if altered.is_empty() => {}
            Ok(altered) => notes.altered(*line, text, altered.join("; ")),
            Err(reason) => notes.dropped(*line, text, reason),
        }
    }
    if setup.taken == 0 {
        let (kept, _) = notes.sorted();
        let why = kept.first().map(|note| note.reason.clone());
        return Err(ImportError::NothingListed {
            format,
            why: why.unwrap_or_else(|| "there is none".to_owned()),
        });
    }
    setup.touch_all();
    general.extend(setup.general());
    let script = setup.writer.finish(&format!("from {format}"), &setup.room);
    let (lines, more) = notes.sorted();
    let (processes, process, taken) = (Vec::new(), None, setup.taken);
    let report = Report { format, general, lines, more, processes, process, taken };
    Ok(Imported { script, report })
}

/// The map being set up.
#[derive(Default)]
struct Setup {
    writer: Writer,
    room: Room,
    taken: usize,
    /// Touches, which stand behind all the mappings.
    touches: Vec<CallLine>,
    /// Pages that they take, or that wiring takes.
    pages: u64,
    wired: u64,
}

impl Setup {
    /// Adds the mapping, and says how it differs from what was listed, or why it is dropped.
    fn map(&mut self, region: &Region) -> Result<Vec<String>, String> {
        let Region { start, end, prot, shared, object, wired, .. } = *region;
        if start >= end || !start.is_multiple_of(PAGE_SIZE) || !end.is_multiple_of(PAGE_SIZE) {
            return Err("the mapping is not made of whole pages of 4096 bytes".to_owned());
        }
        self.room.hold(start, end)?;
        let len = end - start;
        let flags = MmapFlags {
            fixed: true,
            private: !shared,
            shared,
            anon: object.is_none(),
            object: object.is_some(),
            wired,
            ..MmapFlags::default()
        };
        let call = Call::Mmap { addr: start, len, prot, flags, offset: object.unwrap_or(0) };
        if !self.writer.add(&[CallLine { listed: true, ..CallLine::from(call) }]) {
            return Err("the script is full".to_owned());
        }
        self.taken += 1;
        if let Some(offset) = object {
            self.room.file_reaches(offset.saturating_add(len));
        }
        let mut altered = region.altered.clone();
        if wired && prot.is_none() {
            altered.push("locked without access: no page of it is wired here".to_owned());
        } else if wired {
            self.wired += len / PAGE_SIZE;
            self.pages += len / PAGE_SIZE;
            self.room.allow_wired(self.wired);
        } else if region.resident > 0 {
            altered.extend(self.touch(region));
        }
        Ok(altered)
    }

    /// Has the first pages of the mapping touched, or says why not.
    fn touch(&mut self, region: &Region) -> Option<String> {
        let len = region.end - region.start;
        let whole = |bytes: u64| bytes.div_ceil(PAGE_SIZE).saturating_mul(PAGE_SIZE).min(len);
        let resident = whole(region.resident);
        let own = whole(region.own.min(region.resident));
        let writes = region.prot.has_write() && (region.object.is_none() || !region.shared);
        let written = match (writes, region.object) {
            (false, _) => 0,
            (true, None) => resident,
            (true, Some(_)) => own,
        };
        let read = resident - written;
        if read > 0 && !region.prot.allows(Prot::READ) {
            return Some("it has resident pages that no access can make so".to_owned());
        }
        if self.pages.saturating_add(resident / PAGE_SIZE) > PAGE_BUDGET {
            return Some("its pages are not touched: they are too many".to_owned());
        }
        self.pages += resident / PAGE_SIZE;
        let mut touch = |addr, len, access| {
            if len > 0 {
                self.touches.push(Call::Touch { addr, len, access }.into());
            }
        };
        touch(region.start, written, Access::Write);
        touch(region.start.wrapping_add(written), read, Access::Read);
        None
    }

    fn touch_all(&mut self) {
        for line in std::mem::take(&mut self.touches) {
            self.writer.add(&[line]);
        }
    }

    fn general(&self) -> Vec<String> {
        let mut said = Vec::new();
        if let Some((min, max)) = self.room.widened() {
            said.push(format!("the space is {min}-{max}, for the addresses of the system"));
        }
        if self.room.has_file {
            said.push(format!(
                "every file is the script's one file, which is {} pages long",
                self.room.file_pages.max(1)
            ));
        }
        if let Some(pages) = self.room.raised() {
            said.push(format!("{pages} pages may be wired, for what is locked"));
        }
        if let Some(limit) = self.writer.full() {
            let left_out = self.writer.left_out;
            let lines = count(left_out, "more line is", "more lines are");
            said.push(format!("the script is full at {limit}: {lines} left out"));
        }
        said
    }
}
