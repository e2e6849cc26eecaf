//! Where mmap goes when it is only told near which address.

use uvmscope_uvm::{Call, Config, Kernel, MmapFlags, NoRecorder, Prot, Vaddr, Vm};

/// The highest place for a page that mmap takes by itself.
const HIGHEST: u64 = 0x7f7f_f7ff_f000;

fn place(addr: u64, len: u64) -> Option<u64> {
    let mut k = Kernel::new(Config::default(), Vm::default(), NoRecorder);
    let flags = MmapFlags { private: true, anon: true, ..MmapFlags::default() };
    let prot = Prot::READ.with(Prot::WRITE);
    let outcome = k.call(&Call::Mmap { addr, len, prot, flags, offset: 0 }).expect("runs on");
    outcome.ret.map(|Vaddr(at)| at)
}

#[test]
fn a_hint_is_rounded_up() {
    assert_eq!(place(0x7f7f_f000_0001, 4096), Some(0x7f7f_f000_1000));
    assert_eq!(place(0, 4096), Some(HIGHEST));
}

#[test]
fn a_hint_in_the_last_page_does_not_wrap_to_the_bottom() {
    assert_eq!(place(u64::MAX, 4096), Some(HIGHEST));
}

#[test]
fn no_bytes_are_mapped_where_asked_for() {
    assert_eq!(place(0x7f7f_f000_0001, 0), Some(0x7f7f_f000_0001));
}
