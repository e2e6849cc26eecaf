//! What the samples become.

use expect_test::{Expect, expect};

use crate::{good, sample};

/// The script and the report.
fn check(name: &str, process: Option<u32>, expected: &Expect) {
    let imported = good(sample(name), process);
    expected.assert_eq(&format!("{}---\n{}", imported.script, imported.report));
}

#[test]
fn threads_share_a_map_and_their_calls_are_put_in_order() {
    check(
        "threads.strace",
        None,
        &expect![[r#"
        # from strace, process 100 (locks)
        kernel original
        diagnostic on
        file 6 pages
        space 0x1000-0x7ffffffff000
        mmap(0x7ffff7fb0000, 10000, PROT_READ, MAP_FIXED|MAP_PRIVATE, 3, 12K) = 0x7ffff7fb0000
        mmap(0x5601e6ee2000, 128K, PROT_READ|PROT_WRITE, MAP_FIXED|MAP_PRIVATE|MAP_ANON, -1, 0) = 0x5601e6ee2000
        munmap(0x5601e6ef0000, 72K)
        mmap(0x7ffff7fae000, 8K, PROT_READ|PROT_WRITE, MAP_FIXED|MAP_PRIVATE|MAP_ANON|MAP_WIRED, -1, 0) = 0x7ffff7fae000
        touch(0x7ffff7fae000, 8K)
        munmap(0x7ffff7fae000, 8K) = 0
        mmap(0x7ffff7fae000, 4K, PROT_READ|PROT_WRITE, MAP_FIXED|MAP_PRIVATE|MAP_ANON, -1, 0) = 0x7ffff7fae000
        mlock(0x7ffff7fae000, 4K) = 0
        map 0x7fffffffe000-0x7ffffffff000 rw-p
        mlock(0x7fffffffe000, 100) = 0
        munmap(0x7ffff7fae000, 4K)
        mmap(0x7ffff7f00000, 8K, PROT_READ|PROT_WRITE, MAP_FIXED|MAP_PRIVATE|MAP_ANON, -1, 0) = 0x7ffff7f00000
        munmap(0x7ffff7f01000, 4K)
        mmap(0x10000, 4K, PROT_READ, MAP_FIXED|MAP_SHARED|MAP_ANON, -1, 0) = 0x10000
        mlock(0x20000, 4K)
        mlock(0x20000, 4K) = -1 ENOMEM
        mlockall(MCL_CURRENT|MCL_FUTURE) = 0
        munlockall() = 0
        exit()
        ---
        strace: 16 calls taken, of process 100 (locks)
        note: no page is resident unless a call made it so: a trace does not show the loads and stores of the program
        note: 3 mappings that the traced kernel placed as it liked: the address that it chose stands in the call, with MAP_FIXED
        note: the space is 0x1000-0x7ffffffff000, for the addresses of the traced system
        note: every descriptor is 3, the script's one file, which is 6 pages long; mappings of several files are mappings of that one
        note: 1 map line stands for memory that the trace does not show being mapped, such as the program's own image and its stack
        note: the break is a private mapping that brk makes and unmaps
        note: mremap is munmap and mmap: what was in the pages is lost
        note: mlock2 is mlock: pages are wired now, not when touched
        note: MAP_LOCKED is MAP_WIRED, which fails where the pages cannot be wired
        note: the calls of 1 thread more are among these: they share the map
        line 1 dropped: starts the program; a trace does not show what that maps
            12:00:01.000100 execve("./locks", ["./locks"], 0x7ffd0a0 /* 20 vars */) = 0
        line 2 dropped: tells where the break is, and moves nothing
            12:00:01.000200 brk(NULL) = 0x5601e6ee1800
        line 3 dropped: openat is no call that a script can make
            12:00:01.000300 openat(AT_FDCWD, "/lib/a,b)c.so", O_RDONLY|O_CLOEXEC) = 3</lib/a,b)c.so>
        line 4 altered: MAP_DENYWRITE left out
            12:00:01.000400 mmap(NULL, 10000, PROT_READ, MAP_PRIVATE|MAP_DENYWRITE, 3</lib/a,b)c.so>, 0x3000) = …
        line 5 altered: brk read as a mapping
            12:00:01.000500 brk(0x5601e6f02000) = 0x5601e6f02000
        line 6 altered: brk read as a mapping
            12:00:01.000550 brk(0x5601e6ef0000) = 0x5601e6ef0000
        line 7 altered: MAP_LOCKED read as MAP_WIRED; MAP_POPULATE read as a touch behind the call
            12:00:01.000600 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_LOCKED|MAP_POPU…
        line 8 dropped: clone3 makes a process or thread; calls of that one are its own
            12:00:01.000700 clone3({flags=CLONE_VM|CLONE_FS|CLONE_THREAD|CLONE_SIGHAND, stack=0x7ffff0, stack_si…
        line 9 dropped: tells that a process is traced, and is no call
            strace: Process 101 attached
        line 15 altered: mlock2 read as mlock; 0x7fffffffe000-0x7ffffffff000 must have been mapped, though the trace does not show it: a map line stands before the call
            [pid   101] 12:00:01.001300 mlock2(0x7fffffffe000, 100, MLOCK_ONFAULT) = 0
        line 16 dropped: tells of a signal, and is no call
            [pid   101] 12:00:01.001350 --- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_TKILL, si_pid=100, si_uid=0} -…
        line 17 dropped: MADV_DONTNEED is not simulated
            [pid   101] 12:00:01.001400 madvise(0x7ffff7fae000, 4096, MADV_DONTNEED) = 0
        line 18 dropped: ends a thread, and not the process
            [pid   101] 12:00:01.001500 exit(0) = ?
        line 19 dropped: tells how the process ended, and is no call
            [pid   101] 12:00:01.001600 +++ exited with 0 +++
        line 20 altered: mremap to another place, read as munmap and mmap
            12:00:01.001700 mremap(0x7ffff7fae000, 4096, 8192, MREMAP_MAYMOVE) = 0x7ffff7f00000
        line 21 altered: mremap that shrinks, read as munmap of the rest
            12:00:01.001750 mremap(0x7ffff7f00000, 8192, 4096, 0) = 0x7ffff7f00000
        line 22 altered: PROT_GROWSDOWN left out; MAP_SHARED_VALIDATE read as MAP_SHARED; MAP_FIXED_NOREPLACE read as MAP_FIXED
            12:00:01.001800 mmap(0x10000, 4096, PROT_READ|PROT_GROWSDOWN, MAP_SHARED_VALIDATE|MAP_FIXED_NOREPLAC…
        line 23 dropped: it failed with EBADF, for a reason that is not simulated
            12:00:01.001900 mmap(NULL, 4096, PROT_READ, MAP_SHARED, 9, 0) = -1 EBADF (Bad file descriptor)
        line 24 altered: nothing is expected of it: no simulated call can answer EPERM
            12:00:01.002000 mlock(0x20000, 4096) = -1 EPERM (Operation not permitted)
        line 26 dropped: memory up to 0xffffffffff601000 lies above 0xfffffffffff000, the highest end of a space
            12:00:01.002200 mprotect(0xffffffffff600000, 4096, PROT_READ) = 0
        line 27 altered: MCL_ONFAULT left out
            12:00:01.002300 mlockall(MCL_CURRENT|MCL_FUTURE|MCL_ONFAULT) = 0
        line 29 dropped: syscall_0x1bb is no call that a script can make
            12:00:01.002500 syscall_0x1bb(0, 0) = -1 ENOSYS (Function not implemented)
        line 31 dropped: tells how the process ended, and is no call
            12:00:01.002700 +++ exited with 0 +++
        line 32 dropped: not a line that the tracer prints, or one cut short
            12:00:01.002800 munm
    "#]],
    );
}

#[test]
fn a_line_that_was_broken_by_strace_itself_is_mended() {
    check(
        "terminal.strace",
        None,
        &expect![[r"
            # from strace, process 300
            kernel original
            diagnostic on
            space 0x1000-0x7ffffffff000
            mmap(0x7ffff7d00000, 8K, PROT_READ|PROT_WRITE, MAP_FIXED|MAP_PRIVATE|MAP_ANON, -1, 0) = 0x7ffff7d00000
            mlock(0x7ffff7d00000, 4K) = 0
            munlock(0x7ffff7d00000, 4K) = 0
            ---
            strace: 3 calls taken, of process 300
            not taken: process 302, 1 call
            note: no page is resident unless a call made it so: a trace does not show the loads and stores of the program
            note: 1 mapping that the traced kernel placed as it liked: the address that it chose stands in the call, with MAP_FIXED
            note: the space is 0x1000-0x7ffffffff000, for the addresses of the traced system
            note: the calls of 1 thread more are among these: they share the map
            line 2 dropped: clone3 makes a process or thread; calls of that one are its own
                clone3({flags=CLONE_VM|CLONE_THREAD, stack=0x7ffff0}strace: Process 301 attached
            line 3 dropped: goes on with a call, which the line before begins
                <unfinished ...>
            line 5 dropped: clone3 makes a process or thread; calls of that one are its own
                [pid   300] <... clone3 resumed> => {parent_tid=[301]}, 88) = 301
            line 6 dropped: clone makes a process or thread; calls of that one are its own
                [pid   300] clone(child_stack=NULL, flags=SIGCHLDstrace: Process 302 attached
            line 7 dropped: clone makes a process or thread; calls of that one are its own
                , child_tidptr=0x7ffff0) = 302
            line 8 dropped: made by process 302, which is not the one taken
                [pid   302] mlock(0x7ffff7d01000, 0) = 0
            line 9 dropped: wait4 is no call that a script can make
                [pid   300] wait4(302, strace: Process 303 attached
            line 10 dropped: goes on with a call, which the line before begins
                <unfinished ...>
            line 11 dropped: wait4 is no call that a script can make
                [pid   300] <... wait4 resumed>NULL, 0, NULL) = 302
            line 12 dropped: tells how the process ended, and is no call
                [pid   302] +++ exited with 0 +++
            line 13 dropped: ends a thread, and not the process
                [pid   301] exit(0) = ?
            line 14 dropped: tells how the process ended, and is no call
                [pid   301] +++ exited with 0 +++
            line 15 dropped: tells how the process ended, and is no call
                [pid   303] +++ exited with 0 +++
            line 17 dropped: not a line that the tracer prints, or one cut short
                mlock(0x7ffff7d00000, 4096strace: Process 304 attached
        "]],
    );
}

#[test]
fn the_first_process_is_taken_unless_another_is_asked_for() {
    check(
        "forked.strace",
        None,
        &expect![[r#"
        # from strace, process 200
        kernel original
        diagnostic on
        mmap(0x7f0000000000, 4K, PROT_READ|PROT_WRITE, MAP_FIXED|MAP_PRIVATE|MAP_ANON, -1, 0) = 0x7f0000000000
        mlock(0x7f0000000000, 4K) = 0
        munlock(0x7f0000000000, 4K) = 0
        exit()
        ---
        strace: 4 calls taken, of process 200
        not taken: process 201, 2 calls
        note: no page is resident unless a call made it so: a trace does not show the loads and stores of the program
        note: 1 mapping that the traced kernel placed as it liked: the address that it chose stands in the call, with MAP_FIXED
        line 3 dropped: fork makes a process or thread; calls of that one are its own
            200   fork( <unfinished ...>
        line 4 dropped: made by process 201, which is not the one taken
            201   mlock(0x7f0000000000, 4096 <unfinished ...>
        line 5 dropped: fork makes a process or thread; calls of that one are its own
            200   <... fork resumed>) = 201
        line 6 dropped: made by process 201, which is not the one taken
            201   <... mlock resumed>) = 0
        line 7 dropped: made by process 201, which is not the one taken
            201   execve("/bin/none", ["none"], 0x7ffd /* 1 var */) = -1 ENOENT (No such file or directory)
        line 9 dropped: made by process 201, which is not the one taken
            201   mlock(0x7f0000000000, 4096 <unfinished ...>) = ?
        line 10 dropped: tells how another process ended
            201   +++ killed by SIGKILL +++
    "#]],
    );
}

#[test]
fn a_forked_process_begins_with_the_map_of_its_parent() {
    check(
        "forked.strace",
        Some(201),
        &expect![[r#"
        # from strace, process 201
        kernel original
        diagnostic on
        mmap(0x7f0000000000, 4K, PROT_READ|PROT_WRITE, MAP_FIXED|MAP_PRIVATE|MAP_ANON, -1, 0) = 0x7f0000000000
        mlock(0x7f0000000000, 4K) = 0
        munlockall()
        mlock(0x7f0000000000, 4K) = 0
        mlock(0x7f0000000000, 4K)
        exit()
        ---
        strace: 4 calls taken, of process 201
        not taken: process 200, 3 calls
        note: no page is resident unless a call made it so: a trace does not show the loads and stores of the program
        note: 1 mapping that the traced kernel placed as it liked: the address that it chose stands in the call, with MAP_FIXED
        note: the process was forked by 200 on line 3: what that one had mapped stands first, without its locks, which a fork does not hand on
        line 3 dropped: made by process 200, which is not the one taken
            200   fork( <unfinished ...>
        line 5 dropped: made by process 200, which is not the one taken
            200   <... fork resumed>) = 201
        line 7 dropped: it failed with ENOENT
            201   execve("/bin/none", ["none"], 0x7ffd /* 1 var */) = -1 ENOENT (No such file or directory)
        line 8 dropped: made by process 200, which is not the one taken
            200   munlock(0x7f0000000000, 4096) = 0
        line 9 altered: nothing is expected of it: the trace does not tell the answer
            201   mlock(0x7f0000000000, 4096 <unfinished ...>) = ?
        line 10 altered: a signal ended the process; exit() stands for it
            201   +++ killed by SIGKILL +++
        line 11 dropped: made by process 200, which is not the one taken
            200   exit_group(0) = ?
    "#]],
    );
}

#[test]
fn the_numbers_of_kdump_are_those_of_netbsd() {
    check(
        "netbsd.kdump",
        None,
        &expect![[r#"
        # from kdump, process 742 (prog)
        kernel original
        diagnostic on
        file 2 pages
        mmap(0x7f7ff7ed6000, 8K, PROT_READ|PROT_WRITE, MAP_FIXED|MAP_PRIVATE|MAP_ANON, -1, 0) = 0x7f7ff7ed6000
        mmap(0x7f7ff7ed4000, 4K, PROT_READ, MAP_FIXED|MAP_SHARED, 3, 4K) = 0x7f7ff7ed4000
        munlockall() = 0
        mlock(0x7f7ff7ed6000, 0) = 0
        munlock(0x7f7ff7ed6000, 1K) = -1 EINVAL
        mmap(0, 4K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANON|MAP_WIRED, -1, 0) = -1 ENOMEM
        madvise(0x7f7ff7ed6000, 4K, MADV_RANDOM) = 0
        minherit(0x7f7ff7ed6000, 4K, MAP_INHERIT_ZERO) = 0
        mlockall(MCL_CURRENT|MCL_FUTURE)
        exit()
        ---
        kdump: 10 calls taken, of process 742 (prog)
        note: no page is resident unless a call made it so: a trace does not show the loads and stores of the program
        note: 2 mappings that the traced kernel placed as it liked: the address that it chose stands in the call, with MAP_FIXED
        note: every descriptor is 3, the script's one file, which is 2 pages long; mappings of several files are mappings of that one
        line 1 dropped: tells of something else than a call
            742      1 prog     EMUL  "netbsd"
        line 12 altered: MAP_STACK left out
            742      1 prog     CALL  mmap(0,0x1000,3,0x3802,0xffffffff,0,0)
        line 18 altered: nothing is expected of it: no simulated call can answer EPERM
            742      1 prog     CALL  mlockall(3)
        line 20 dropped: write is no call that a script can make
            742      1 prog     CALL  write(1,0x7f7ff7ed6000,5)
        line 21 dropped: tells of something else than a call
            742      1 prog     GIO   fd 1 wrote 5 bytes
        line 22 dropped: not a line that the tracer prints, or one cut short
            "hello"
        line 23 dropped: write is no call that a script can make
            742      1 prog     RET   write 5
    "#]],
    );
}

#[test]
fn where_kdump_has_names_it_is_freebsd_that_has_them() {
    check(
        "freebsd.kdump",
        None,
        &expect![[r"
            # from kdump, process 1234 (my prog)
            kernel original
            diagnostic on
            mmap(0x800662000, 4K, PROT_READ|PROT_WRITE, MAP_FIXED|MAP_PRIVATE|MAP_ANON, -1, 0) = 0x800662000
            mlock(0x800662000, 4K) = -1 EAGAIN
            exit()
            ---
            kdump: 2 calls taken, of process 1234 (my prog)
            note: no page is resident unless a call made it so: a trace does not show the loads and stores of the program
            note: 1 mapping that the traced kernel placed as it liked: the address that it chose stands in the call, with MAP_FIXED
            line 5 altered: a signal ended the process; exit() stands for it
                1234 my prog  PSIG  SIGSEGV SIG_DFL code=SEGV_MAPERR
            line 6 dropped: the process has ended
                1234 my prog  CALL  minherit(0x800662000,0x1000,0x3<INHERIT_ZERO>)
        "]],
    );
}

#[test]
fn truss_tells_answers_in_two_ways() {
    check(
        "freebsd.truss",
        None,
        &expect![[r#"
            # from truss, process 1234
            kernel original
            diagnostic on
            mmap(0x800662000, 4K, PROT_READ|PROT_WRITE, MAP_FIXED|MAP_PRIVATE|MAP_ANON, -1, 0) = 0x800662000
            mmap(0x800663000, 8K, PROT_NONE, MAP_FIXED|MAP_PRIVATE|MAP_ANON, -1, 0) = 0x800663000
            mlock(0x800662000, 4K) = -1 ENOMEM
            mlock(0x800662000, 4K) = 0
            mmap(0x204000, 8K, PROT_READ|PROT_WRITE, MAP_FIXED|MAP_PRIVATE|MAP_ANON, -1, 0) = 0x204000
            exit()
            ---
            truss: 6 calls taken, of process 1234
            note: no page is resident unless a call made it so: a trace does not show the loads and stores of the program
            note: 2 mappings that the traced kernel placed as it liked: the address that it chose stands in the call, with MAP_FIXED
            note: the break is a private mapping that brk makes and unmaps
            line 2 altered: MAP_GUARD read as a mapping without access
                1234: mmap(0x0,8192,PROT_NONE,MAP_GUARD,-1,0x0)  = 34366562304 (0x800663000)
            line 5 dropped: openat is no call that a script can make
                1234: openat(AT_FDCWD,"/etc/x",O_RDONLY,00)  ERR#2 'No such file or directory'
            line 6 dropped: tells where the break is, and moves nothing
                1234: break(0x204000)     = 0 (0x0)
            line 7 altered: brk read as a mapping
                1234: break(0x206000)     = 0 (0x0)
            line 8 dropped: tells of a process or a signal, and is no call
                1234: SIGNAL 20 (SIGCHLD) code=CLD_EXITED
            line 10 dropped: tells of a process or a signal, and is no call
                1234: process exit, rval = 0
        "#]],
    );
}

#[test]
fn smaps_also_tells_what_is_resident_and_locked() {
    check(
        "linux.smaps",
        None,
        &expect![[r"
        # from smaps
        kernel original
        diagnostic on
        file 8 pages
        map 0x400000-0x402000 r-xp object 4K
        map 0x602000-0x605000 rw-p
        map 0x700000-0x702000 rw-p wired
        map 0x800000-0x801000 ---p
        map 0x900000-0x904000 rw-s object 16K
        touch(0x400000, 4K, read)
        touch(0x602000, 8K)
        touch(0x900000, 4K, read)
        ---
        smaps: 5 mappings taken
        note: of the lines below a mapping Rss, Anonymous, Locked and VmFlags are read, and no other
        note: Rss says how many pages of a mapping are resident and not which: touches of its first pages stand for them, and a fault may bring neighbours along
        note: every file is the script's one file, which is 8 pages long
        line 16 altered: it has resident pages that no access can make so
            00800000-00801000 ---p 00000000 00:00 0
        line 21 dropped: the mapping is not made of whole pages of 4096 bytes
            7fff0000-7fff1800 rw-p 00000000 00:00 0
        line 22 dropped: memory up to 0xffffffffff601000 lies above 0xfffffffffff000, the highest end of a space
            ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0          [vsyscall]
    "]],
    );
}

#[test]
fn each_form_of_pmap_is_read() {
    check(
        "all.pmap",
        None,
        &expect![[r"
        # from pmap
        kernel original
        diagnostic on
        file 4 pages
        map 0x400000-0x402000 r-xp object 0
        map 0x602000-0x605000 rw-p
        map 0x700000-0x701000 ---p
        map 0x800000-0x804000 r-xp object 0
        map 0x900000-0x902000 r-xp object 0
        map 0x910000-0x912000 rw-s wired
        map 0x920000-0x922000 rw-p wired
        map 0x940000-0x942000 r-xp object 8K
        map 0x950000-0x952000 rw-p
        ---
        pmap: 9 mappings taken
        note: every file is the script's one file, which is 4 pages long
        line 1 dropped: not a line of a mapping
            742: cat
        line 2 altered: its offset is not told; taken as 0
            0000000000400000      8K read/exec         /bin/cat
        line 5 altered: its offset is not told; taken as 0
            0000000000800000     16K r-x-- cat
        line 6 altered: its offset is not told; taken as 0
            0x0x900000 0x0x902000 r-x rwx COW NC 1 0 0 8,1 145 /bin/cat
        line 7 altered: whether it is of a file is not told; taken as anonymous
            0x910000 0x912000 rw- rwx NCOW NNC 1 1 0
        line 10 dropped: its second line does not follow
            - 0xffff80001040: 0x930000->0x932000: obj=0xffff8000beef/0x4000, amap=0x0/0
        line 11 dropped: not a line of a mapping
            (a name)
        line 14 dropped: not a line of a mapping
            total              58K
    "]],
    );
}
