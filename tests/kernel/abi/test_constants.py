import enum

import pytest

from app.kernel.abi import constants as c

HEADERS = {
    c.OpenFlag: ["asm/fcntl.h"],
    c.PipeFlag: ["asm/fcntl.h"],
    c.AccessMode: ["unistd.h"],
    c.SeekWhence: ["linux/fs.h"],
    c.MmapProt: ["asm/mman.h"],
    c.MmapFlag: ["asm/mman.h", "linux/mman.h"],
    c.FcntlCommand: ["asm/fcntl.h", "linux/fcntl.h"],
    c.LockType: ["asm/fcntl.h"],
    c.FdFlag: ["asm/fcntl.h"],
    c.FileMode: ["sys/stat.h"],
    c.AtFlag: ["linux/fcntl.h"],
    c.AccessAtFlag: ["linux/fcntl.h"],
    c.Signo: ["asm/signal.h"],
    c.SigHow: ["asm/signal.h"],
    c.SaFlag: ["asm/signal.h"],
    c.AltstackFlag: ["linux/signal.h"],
    c.SignalFdFlag: ["sys/signalfd.h"],
    c.ClockId: ["linux/time.h"],
    c.TimerFlag: ["time.h"],
    c.GrndFlag: ["linux/random.h"],
    c.ArchPrctlCode: ["asm/prctl.h"],
    c.IoctlRequest: ["asm/termbits.h", "linux/ioctl.h", "asm/ioctls.h"],
    c.RenameFlag: ["linux/fs.h"],
}


def test_every_enumeration_is_compared():
    defined = {
        value
        for value in vars(c).values()
        if isinstance(value, type) and issubclass(value, enum.Enum) and list(value) and value.__module__ == c.__name__
    }
    assert defined == set(HEADERS)


@pytest.mark.parametrize("enumeration", HEADERS, ids=lambda enumeration: enumeration.__name__)
def test_values_are_those_of_the_headers(enumeration, c_values):
    names = list(enumeration.__members__)
    theirs = c_values(HEADERS[enumeration], [f"(unsigned long)({name})" for name in names])
    assert {name: int(member) for name, member in enumeration.__members__.items()} == dict(
        zip(names, theirs, strict=True)
    )


def test_plain_constants(c_values):
    at_fdcwd, map_type, last_signal = c_values(
        ["linux/fcntl.h", "asm/mman.h", "signal.h"], ["AT_FDCWD", "MAP_TYPE", "__SIGRTMAX"]
    )
    assert at_fdcwd == c.AT_FDCWD & 0xFFFF_FFFF_FFFF_FFFF
    assert map_type == c.MAP_TYPE
    assert last_signal == c.MAX_SIGNAL
