import pytest

from app.kernel.abi import x86_64_structs as s
from app.kernel.abi.layout import Layout
from app.kernel.abi.siginfo import KERNEL_SIGINFO_SIZE, SIGINFO_LAYOUTS
from app.kernel.abi.x86_64_sigframe import FRAME

IN_C = {
    s.STAT: (["asm/stat.h"], "struct stat"),
    s.TIMESPEC: (["linux/time.h"], "struct timespec"),
    s.TIMEVAL: (["linux/time.h"], "struct timeval"),
    s.TIMEZONE: (["linux/time.h"], "struct timezone"),
    s.IOVEC: (["linux/uio.h"], "struct iovec"),
    s.WINSIZE: (["asm/termios.h"], "struct winsize"),
    s.TERMIOS: (["asm/termbits.h"], "struct termios"),
    s.UTSNAME: (["linux/utsname.h"], "struct new_utsname"),
    s.DIRENT64_HEADER: (["dirent.h"], "struct dirent"),
    s.SIGACTION: (["asm/signal.h"], "struct sigaction"),
    s.SIGSET: (["asm/signal.h"], "sigset_t"),
    s.FLOCK: (["asm/fcntl.h"], "struct flock"),
    s.MSGHDR: (["sys/socket.h"], "struct msghdr"),
    s.CAP_HEADER: (["linux/capability.h"], "struct __user_cap_header_struct"),
    s.CAP_DATA1: (["linux/capability.h"], "struct __user_cap_data_struct"),
    s.CAP_DATA2: (["linux/capability.h"], "struct { struct __user_cap_data_struct both[2]; }"),
    s.RLIMIT: (["linux/resource.h"], "struct rlimit"),
    s.SYSINFO: (["linux/sysinfo.h"], "struct sysinfo"),
    s.SCHED_PARAM: (["sched.h"], "struct sched_param"),
    s.SCHED_ATTR: (["linux/sched/types.h"], "struct sched_attr"),
    s.CLONE_ARGS: (["linux/types.h", "linux/sched.h"], "struct clone_args"),
    s.RUSAGE: (["linux/time.h", "linux/resource.h"], "struct rusage"),
    s.STACK: (["asm/signal.h"], "stack_t"),
    s.SIGNALFD_SIGINFO: (["linux/signalfd.h"], "struct signalfd_siginfo"),
}
ABSENT = {
    (s.STAT, "reserved"),
    (s.SIGSET, "sig"),
    *((s.CAP_DATA1, name) for name in s.CAP_DATA1.offsets),
    *((s.CAP_DATA2, name) for name in s.CAP_DATA2.offsets),
    *((s.SYSINFO, name) for name in ("load1", "load5", "load15")),
    (s.SIGNALFD_SIGINFO, "rest"),
    *((s.RUSAGE, f"ru_{kind}time_{part}") for kind in "us" for part in ("sec", "usec")),
}
"""Fields without a name in C that `offsetof` could take."""


def test_every_layout_is_compared():
    assert {value for value in vars(s).values() if isinstance(value, Layout)} == set(IN_C)


@pytest.mark.parametrize("layout", IN_C, ids=lambda layout: layout.name)
def test_sizes_and_offsets_are_those_of_the_compiler(layout, c_values):
    headers, name = IN_C[layout]
    fields = [field for field in layout.offsets if (layout, field) not in ABSENT]
    size = f"offsetof({name}, d_name)" if layout is s.DIRENT64_HEADER else f"sizeof({name})"
    theirs = c_values(headers, [size, *[f"offsetof({name}, {field})" for field in fields]])
    assert [layout.size, *[layout.offsets[field] for field in fields]] == theirs


@pytest.mark.parametrize("layout", SIGINFO_LAYOUTS, ids=lambda layout: layout.name)
def test_siginfo_fields_are_where_the_compiler_has_them(layout, c_values):
    names = {"si_timerid": "si_tid"}
    fields = [field for field in layout.offsets if field != "pad"]
    theirs = c_values(["asm/siginfo.h"], [f"offsetof(siginfo_t, {names.get(field, field)})" for field in fields])
    assert [layout.offsets[field] for field in fields] == theirs
    assert layout.size <= KERNEL_SIGINFO_SIZE


def test_the_signal_frame_is_the_compilers(c_values):
    fields = [f"r{i}" for i in range(8, 16)] + ["rdi", "rsi", "rbp", "rbx", "rdx", "rax", "rcx", "rsp", "rip"]
    fields += ["cs", "gs", "fs", "err", "trapno", "oldmask", "cr2", "fpstate"]
    theirs = c_values(["asm/sigcontext.h"], [f"offsetof(struct sigcontext, {field})" for field in fields])
    base = FRAME.offsets["r8"]
    assert [FRAME.offsets[field] - base for field in fields] == theirs


def test_pack_and_unpack_are_inverse():
    data = s.STAT.pack(st_ino=7, st_mode=0o100644, st_size=-1)
    assert len(data) == 144
    stat = s.STAT.unpack(data)
    assert (stat["st_ino"], stat["st_mode"], stat["st_size"], stat["st_uid"]) == (7, 0o100644, -1, 0)
    assert data[24:28] == b"\xa4\x81\x00\x00"


def test_pack_refuses_a_field_that_the_structure_lacks():
    with pytest.raises(TypeError, match="struct timespec has no field 'tv_usec'"):
        s.TIMESPEC.pack(tv_usec=1)


def test_unpack_refuses_the_wrong_size():
    with pytest.raises(ValueError, match="struct iovec has 16 bytes, not 15"):
        s.IOVEC.unpack(bytes(15))


def test_padding_follows_alignment_unless_packed():
    fields = [("a", "B"), ("b", "I"), ("c", "B")]
    assert (Layout("padded", fields).size, Layout("packed", fields, packed=True).size) == (12, 6)
