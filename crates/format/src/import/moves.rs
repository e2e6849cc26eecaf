//! Traced calls that no script has, said by those that it has: brk, mremap, execve.

use uvmscope_replay::Expect;
use uvmscope_uvm::{Call, MmapFlags};

use super::answer::Answer;
use super::calls::{Memory, Step, number};
use super::flags::round_page;
use super::known::Piece;
use super::system::System;
use super::traced::Traced;

impl Memory {
    /// The break moves: memory behind the program's data appears or goes.
    ///
    /// Linux answers where the break then is, the others answer 0.
    pub(super) fn brk(
        &mut self,
        call: &Traced<'_>,
        parts: &[&str],
        step: &mut Step,
    ) -> Result<(), String> {
        let asked = number(parts, 0)?;
        let now = match (&call.answer, call.system) {
            (Answer::Value(now), System::Linux) => *now,
            (Answer::Value(_), _) => asked,
            (Answer::Errno(name), _) => return Err(format!("it failed with {name}")),
            (Answer::Unknown, _) => return Err("the trace does not tell the answer".to_owned()),
        };
        let Some(before) = self.brk.replace(now) else {
            return Err("tells where the break is, and moves nothing".to_owned());
        };
        let ends = round_page(before).zip(round_page(now));
        let (old, new) = ends.ok_or("its end is beyond all addresses")?;
        if now == before {
            return Err("the break stays where it is".to_owned());
        }
        if new == old {
            return Err("the break moves within its page".to_owned());
        }
        self.room.hold(old.min(new), old.max(new))?;
        if new > old {
            self.map(old, Piece::anonymous(new), step);
        } else {
            self.known.remove(new, old);
            step.add(Call::Munmap { addr: new, len: old - new });
        }
        self.seen.brk = true;
        step.altered.push("brk read as a mapping".to_owned());
        Ok(())
    }

    /// A mapping becomes longer, shorter, or moves.
    pub(super) fn mremap(
        &mut self,
        call: &Traced<'_>,
        parts: &[&str],
        step: &mut Step,
    ) -> Result<(), String> {
        let (old, old_len) = (number(parts, 0)?, number(parts, 1)?);
        // Linux: old, old length, new length, flags. NetBSD has the new address before its length.
        let new_len = number(parts, if call.system == System::Linux { 2 } else { 3 })?;
        let flags = parts.get(if call.system == System::Linux { 3 } else { 4 });
        let there = match &call.answer {
            Answer::Value(there) => *there,
            Answer::Errno(name) => return Err(format!("it failed with {name}")),
            Answer::Unknown => return Err("the trace does not tell the answer".to_owned()),
        };
        if old_len == 0 {
            return Err("it maps shared memory a second time, which no script can say".to_owned());
        }
        let end = |start: u64, len: u64| start.checked_add(len).and_then(round_page);
        let ends = end(old, old_len).zip(end(there, new_len));
        let (old_end, new_end) = ends.ok_or("its end is beyond all addresses")?;
        self.room.hold(old.min(there), old_end.max(new_end))?;
        let piece = self.known.at(old).map_or(Piece::anonymous(old_end), |(start, piece)| Piece {
            offset: piece.offset.wrapping_add(old - start),
            ..piece
        });
        if there == old && new_end == old_end {
            return Err("it changes nothing".to_owned());
        }
        self.seen.mremap = true;
        if there != old {
            let stays = flags.is_some_and(|flags| flags.contains("MREMAP_DONTUNMAP"));
            if !stays {
                self.known.remove(old, old_end);
                step.add(Call::Munmap { addr: old, len: old_end - old });
            }
            self.map(there, Piece { end: new_end, ..piece }, step);
            step.altered.push("mremap to another place, read as munmap and mmap".to_owned());
        } else if new_end > old_end {
            let offset = piece.offset.wrapping_add(old_end - old);
            self.map(old_end, Piece { end: new_end, offset, ..piece }, step);
            step.altered.push("mremap that grows in place, read as mmap of the rest".to_owned());
        } else {
            self.known.remove(new_end, old_end);
            step.add(Call::Munmap { addr: new_end, len: old_end - new_end });
            step.altered.push("mremap that shrinks, read as munmap of the rest".to_owned());
        }
        Ok(())
    }

    /// Another program replaces the one that ran: nothing stays mapped, and no lock.
    pub(super) fn execve(&mut self, call: &Traced<'_>, step: &mut Step) -> Result<(), String> {
        if let Answer::Errno(name) = &call.answer {
            return Err(format!("it failed with {name}"));
        }
        let Some((start, end)) = self.known.bounds() else {
            return Err("starts the program; a trace does not show what that maps".to_owned());
        };
        self.known.clear();
        self.brk = None;
        self.forked(step);
        step.add(Call::Munmap { addr: start, len: end - start });
        step.altered.push("another program starts; munmap of all that there was".to_owned());
        Ok(())
    }

    /// A mapping at this very place, private or shared and of what it was before.
    fn map(&mut self, addr: u64, piece: Piece, step: &mut Step) {
        let Piece { end, prot, flags, offset } = piece;
        let flags = MmapFlags { fixed: true, wired: false, ..flags };
        let len = end.saturating_sub(addr);
        self.known.insert(addr, Piece { flags, ..piece });
        if flags.object {
            self.room.file_reaches(offset.saturating_add(len));
        }
        step.expecting(Call::Mmap { addr, len, prot, flags, offset }, Expect::Value(addr));
    }
}
