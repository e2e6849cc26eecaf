//! The functions of the kernel that are simulated, by their names.

use std::fmt;

macro_rules! functions {
    ($($(#[$doc:meta])* $variant:ident, $name:literal, $file:literal;)*) => {
        /// A function of the kernel.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Func { $($(#[$doc])* $variant,)* }

        impl Func {
            /// Every function there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name, the kernel's and ours.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The file of NetBSD's source that holds the function it models.
            pub const fn models(self) -> &'static str {
                match self { $(Self::$variant => $file,)* }
            }
        }
    };
}

functions! {
    /// The program's own access; no function of the kernel.
    Touch, "touch", "(the program itself)";
    /// mmap(2).
    SysMmap, "sys_mmap", "sys/uvm/uvm_mmap.c";
    /// munmap(2).
    SysMunmap, "sys_munmap", "sys/uvm/uvm_mmap.c";
    /// mprotect(2).
    SysMprotect, "sys_mprotect", "sys/uvm/uvm_mmap.c";
    /// minherit(2).
    SysMinherit, "sys_minherit", "sys/uvm/uvm_mmap.c";
    /// madvise(2).
    SysMadvise, "sys_madvise", "sys/uvm/uvm_mmap.c";
    /// mlock(2).
    SysMlock, "sys_mlock", "sys/uvm/uvm_mmap.c";
    /// munlock(2).
    SysMunlock, "sys_munlock", "sys/uvm/uvm_mmap.c";
    /// mlockall(2).
    SysMlockall, "sys_mlockall", "sys/uvm/uvm_mmap.c";
    /// munlockall(2).
    SysMunlockall, "sys_munlockall", "sys/uvm/uvm_mmap.c";
    /// The end of the process: its whole map goes.
    UvmspaceFree, "uvmspace_free", "sys/uvm/uvm_map.c";
    /// Whether a range fits the map.
    RangeTest, "range_test", "sys/uvm/uvm_mmap.c";
    /// Maps memory for mmap, and wires it where that was asked for.
    UvmMmap, "uvm_mmap", "sys/uvm/uvm_mmap.c";
    /// Puts a mapping into the map, merging it with its neighbours where it can.
    UvmMap, "uvm_map", "sys/uvm/uvm_map.c";
    /// Finds room for a mapping.
    UvmMapFindspace, "uvm_map_findspace", "sys/uvm/uvm_map.c";
    /// Takes a range out of the map.
    UvmUnmapRemove, "uvm_unmap_remove", "sys/uvm/uvm_map.c";
    /// Lets go of what removed entries referred to.
    UvmUnmapDetach, "uvm_unmap_detach", "sys/uvm/uvm_map.c";
    /// Changes the protection of a range.
    UvmMapProtect, "uvm_map_protect", "sys/uvm/uvm_map.c";
    /// Changes the inheritance of a range.
    UvmMapInherit, "uvm_map_inherit", "sys/uvm/uvm_map.c";
    /// Changes the advice of a range.
    UvmMapAdvice, "uvm_map_advice", "sys/uvm/uvm_map.c";
    /// Wires or unwires a range.
    UvmMapPageable, "uvm_map_pageable", "sys/uvm/uvm_map.c";
    /// Wires or unwires everything.
    UvmMapPageableAll, "uvm_map_pageable_all", "sys/uvm/uvm_map.c";
    /// Cuts the front off an entry.
    UvmMapClipStart, "uvm_map_clip_start", "sys/uvm/uvm_map.c";
    /// Cuts the back off an entry.
    UvmMapClipEnd, "uvm_map_clip_end", "sys/uvm/uvm_map.c";
    /// Takes the wiring away from a whole entry.
    UvmMapEntryUnwire, "uvm_map_entry_unwire", "sys/uvm/uvm_map.c";
    /// Gives an entry its own amap.
    AmapCopy, "amap_copy", "sys/uvm/uvm_amap.c";
    /// Makes an amap reach further.
    AmapExtend, "amap_extend", "sys/uvm/uvm_amap.c";
    /// Resolves a fault.
    UvmFault, "uvm_fault", "sys/uvm/uvm_fault.c";
    /// Faults a whole range in, wired.
    UvmFaultWire, "uvm_fault_wire", "sys/uvm/uvm_fault.c";
    /// Releases the wired pages of a range.
    UvmFaultUnwire, "uvm_fault_unwire_locked", "sys/uvm/uvm_fault.c";
    /// Counts one more wiring of a page.
    UvmPagewire, "uvm_pagewire", "sys/uvm/uvm_page.c";
    /// Counts one wiring of a page less.
    UvmPageunwire, "uvm_pageunwire", "sys/uvm/uvm_page.c";
    /// Frees a page.
    UvmPagefree, "uvm_pagefree", "sys/uvm/uvm_page.c";
    /// Clears the wired bit of a mapping.
    PmapUnwire, "pmap_unwire", "sys/arch/x86/x86/pmap.c";
}

/// The NetBSD source that the functions model: that of August 2016, in these functions the same as
/// in March 2019.
pub const MODELLED: &str = "NetBSD of August 2016";

impl Func {
    /// What the real function does besides, and the model leaves out; nothing of it changes an
    /// answer of a single process that never runs short of memory.
    pub const fn leaves_out(self) -> &'static str {
        match self {
            Self::Touch => "everything but the access: a process would get a signal for an error",
            Self::UvmMap | Self::UvmMapFindspace => {
                "the map's lock, the tree beside the list, alignment and topdown hints"
            }
            Self::UvmMapClipStart | Self::UvmMapClipEnd => "the tree beside the list, submaps",
            Self::UvmMapPageable | Self::UvmMapPageableAll => {
                "the map's lock, and its downgrade between the two passes"
            }
            Self::UvmFault => "locks, swap, loaned pages, the page daemon, and waiting for memory",
            Self::UvmFaultWire | Self::UvmFaultUnwire => "locks, and asserting that they are held",
            Self::AmapCopy | Self::AmapExtend => "locks, and amaps that processes share by fork",
            Self::UvmPagewire | Self::UvmPageunwire | Self::UvmPagefree => {
                "the paging queues: only that a page leaves and joins them"
            }
            Self::PmapUnwire => "page tables: a sorted table stands for them",
            _ => "locks, history logs, and permissions that need other users",
        }
    }
}

impl fmt::Display for Func {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
