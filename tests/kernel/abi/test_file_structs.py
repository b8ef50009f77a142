"""The structures of the calls about files have the layout that the compiler gives them."""

import pytest

from app.kernel.abi import x86_64_file_structs as s

IN_C = {
    s.F_OWNER_EX: (["asm/fcntl.h"], "struct f_owner_ex"),
    s.STATFS: (["asm/statfs.h"], "struct statfs"),
    s.STATX: (["linux/stat.h"], "struct statx"),
}
ABSENT = {"spare", "spare0", "spare2", "f_fsid"}


def test_every_layout_is_compared():
    assert set(s.FILE_STRUCTS) - {s.DIRENT_HEADER} == set(IN_C)


@pytest.mark.parametrize("layout", IN_C, ids=lambda layout: layout.name)
def test_sizes_and_offsets_are_those_of_the_compiler(layout, c_values):
    headers, name = IN_C[layout]
    fields = [field for field in layout.offsets if field not in ABSENT]
    members = [field for field in fields if layout is not s.STATX or "time" not in field]
    theirs = c_values(headers, [f"sizeof({name})", *[f"offsetof({name}, {field})" for field in members]])
    assert [layout.size, *[layout.offsets[field] for field in members]] == theirs


@pytest.mark.parametrize("time", ["atime", "btime", "ctime", "mtime"])
def test_times_of_statx_are_pairs(time, c_values):
    members = [f"offsetof(struct statx, stx_{time}.tv_sec)", f"offsetof(struct statx, stx_{time}.tv_nsec)"]
    assert [s.STATX.offsets[f"stx_{time}"], s.STATX.offsets[f"stx_{time}_nsec"]] == c_values(["linux/stat.h"], members)
