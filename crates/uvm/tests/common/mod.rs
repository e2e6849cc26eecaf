//! Random calls from a seed.

use uvmscope_uvm::{
    Access, Advice, Bytes, Call, Change, Changes, Config, Inherit, MlockallFlags, MmapFlags, Pages,
    Prot, Vm,
};

/// Where the calls of random scripts lie.
pub(crate) const BASE: u64 = 0x7f7f_f000_0000;
const PAGE: u64 = 4096;

/// A small generator of numbers; its seed names the script it makes.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d | 1)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }

    pub(crate) fn chance(&mut self, one_in: u64) -> bool {
        self.below(one_in) == 0
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).expect("an index")]
    }

    fn prot(&mut self) -> Prot {
        Prot::from_bits(self.pick(&[0, 1, 3, 3, 3, 3, 5, 7, 2]))
    }

    /// An address near the others, mostly on a page; once in a while far off.
    fn addr(&mut self) -> u64 {
        let off = if self.chance(6) { self.below(PAGE) } else { 0 };
        match self.below(60) {
            0 => self.pick(&[0, 1, u64::MAX, 0x7f7f_ffff_f000, 0xffff_ffff_ffff_f000]),
            1..=6 => BASE + 0x100_0000 + self.below(400) * PAGE + off,
            _ => BASE + self.below(40) * PAGE + off,
        }
    }

    fn len(&mut self) -> u64 {
        match self.below(40) {
            0 => self.pick(&[u64::MAX, u64::MAX - 4095, u64::MAX - 49, 1 << 63]),
            1..=4 => 0,
            5..=7 => self.below(300) * PAGE,
            8..=11 => 1 + self.below(2 * PAGE),
            _ => (1 + self.below(12)) * PAGE,
        }
    }

    pub(crate) fn config(&mut self) -> Config {
        let changes: Changes = Change::ALL.into_iter().filter(|_| self.chance(3)).collect();
        Config { diagnostic: !self.chance(3), changes }
    }

    pub(crate) fn vm(&mut self) -> Vm {
        let wiredmax = Pages(if self.chance(8) { self.below(20) } else { 100_000 });
        let memlock_limit = self.chance(6).then(|| Bytes(self.below(20) * 2048));
        let file_pages = Pages(if self.chance(4) { self.below(8) } else { 1 << 20 });
        Vm { wiredmax, memlock_limit, file_pages, ..Vm::default() }
    }

    pub(crate) fn call(&mut self) -> Call {
        let (addr, len) = (self.addr(), self.len());
        match self.below(20) {
            0..=4 => self.mmap(addr, len),
            5..=7 => {
                // A run of a few pages: wide touches only make the test slow.
                let access = self.pick(&[Access::Read, Access::Write, Access::Write]);
                Call::Touch { addr, len: len.min(40 * PAGE), access }
            }
            8..=10 => Call::Mlock { addr, len },
            11..=12 => Call::Munlock { addr, len },
            13 => Call::Munmap { addr, len },
            14..=15 => Call::Mprotect { addr, len, prot: self.prot() },
            16 => {
                let inherit = (!self.chance(9)).then(|| self.pick(&Inherit::ALL));
                Call::Minherit { addr, len, inherit }
            }
            17 => {
                let advice = (!self.chance(9)).then(|| self.pick(&Advice::ALL));
                Call::Madvise { addr, len, advice }
            }
            18 => {
                let flags = MlockallFlags {
                    current: self.chance(2),
                    future: self.chance(2),
                    unknown: self.chance(9),
                };
                Call::Mlockall { flags }
            }
            _ if self.chance(5) => Call::Exit,
            _ => Call::Munlockall,
        }
    }

    fn mmap(&mut self, addr: u64, len: u64) -> Call {
        let shared = self.chance(4);
        let object = self.chance(4);
        let flags = MmapFlags {
            fixed: !self.chance(5),
            private: !shared,
            shared,
            anon: !object,
            wired: self.chance(7),
            object,
            readonly_file: object && self.chance(3),
        };
        let offset = if object { self.below(6) * PAGE + self.below(20) / 19 * 50 } else { 0 };
        Call::Mmap { addr, len, prot: self.prot(), flags, offset }
    }

    pub(crate) fn calls(&mut self, count: u64) -> Vec<Call> {
        (0..count).map(|_| self.call()).collect()
    }
}
