//! Scripts and their stories.

#[allow(dead_code, reason = "not every test file draws random scripts")]
#[path = "../../../uvm/tests/common/mod.rs"]
pub(crate) mod random;

use std::rc::Rc;

use uvmscope_replay::{Script, Timeline};
use uvmscope_scene::Story;
use uvmscope_uvm::{Access, Call, Config, MmapFlags, Prot, Vm};

pub(crate) const BUF: u64 = 0x7f7f_f7ec_d000;
pub(crate) const P: u64 = BUF + 0x9000;

/// The story of some calls.
pub(crate) fn story(calls: impl IntoIterator<Item = Call>, config: Config, vm: Vm) -> Story {
    let script = Script { vm, ..Script::of_calls(calls) };
    Story::new(Rc::new(Timeline::record(Rc::new(script), config)))
}

pub(crate) fn mmap(addr: u64, len: u64, prot: Prot) -> Call {
    let flags = MmapFlags { fixed: true, private: true, anon: true, ..MmapFlags::default() };
    Call::Mmap { addr, len, prot, flags, offset: 0 }
}

/// The sequence that the mail walks through.
#[allow(dead_code, reason = "not every test file tells the mail's story")]
pub(crate) fn mail(config: Config) -> Story {
    let calls = [
        mmap(BUF, 50 * 4096, Prot::READ.with(Prot::WRITE)),
        Call::Touch { addr: P, len: 4096, access: Access::Write },
        Call::Mlock { addr: P, len: 0 },
        Call::Munlock { addr: P, len: 0 },
        Call::Mlock { addr: P, len: 1024 },
        Call::Munlock { addr: P, len: 1024 },
    ];
    story(calls, config, Vm::default())
}

/// The story of a random script.
#[allow(dead_code, reason = "not every test file draws random scripts")]
pub(crate) fn random_story(seed: u64) -> Story {
    let mut random = random::Random::new(seed);
    let (config, vm) = (random.config(), random.vm());
    let calls = random.calls(24);
    story(calls, config, vm)
}
