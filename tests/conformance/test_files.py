from tests.conformance.harness import AT_FDCWD, Buffer, Edge, Loaded, Packed, Result, call, check, READ_ONLY, UNMAPPED, KERNEL_ADDRESS

def test_smoke():
    check(
        call("openat", AT_FDCWD, "missing", 0),
        call("creat", "new", 0o644),
        call("write", Result(1), b"hello", 5),
        call("lseek", Result(1), -2, 2),
        call("pipe", Buffer("fds", 8), show="sign"),
        call("write", Loaded("fds", 4), b"abc", 3),
        call("read", Loaded("fds", 0), Buffer("b", 16), 16, dump=[("b", 0, 16)]),
        call("read", 0, Buffer("b", 16), 16, dump=[("b", 0, 16)]),
        stdin=b"typed",
    )
