"""Fifos, and locks between processes, compared with Linux. What happens does not depend on who runs first."""

from __future__ import annotations

from tests.conformance.harness import Buffer, Call, Loaded, Result, call, check, check_source

O_WRONLY, O_RDWR, O_NONBLOCK, O_DIRECT, O_PATH = 1, 2, 0o4000, 0o40000, 0o10000000

_ARGUMENTS = ("rdi", "rsi", "rdx", "r10")

KEEP = "mov [results+r15*8], rax\ninc r15"
"""One more result."""

SHORTHAND = {
    "keep": KEEP,
    "show": "lea rdx, [r15*8]\nlea rsi, results\nmov eax, 1\nmov edi, 1\nsyscall",
    "wait_child": f"invoke 61, -1, offset status, 0, 0\nmovsxd rax, dword ptr [status]\n{KEEP}",
}

PROGRAM = """
.data
results: .zero 512
status: .zero 8
buffer: .zero 256
pipes: .zero 8
fifo: .asciz "fifo"
file: .asciz "file"
text: .ascii "through"
first: .short 1, 0
       .zero 4
       .quad 0, 1, 0
second: .short 1, 0
       .zero 4
       .quad 1, 1, 0
no_first: .short 2, 0
       .zero 4
       .quad 0, 1, 0
asked: .short 1, 0
       .zero 4
       .quad 0, 1, 0
.text
_start:
    xor r15d, r15d
"""


def program(body: str) -> None:
    """Run the body, with the words above written out, on both kernels. `invoke` is a call by its number."""
    lines = "\n".join(SHORTHAND.get(line.strip(), line) for line in body.splitlines()).splitlines()
    check_source(PROGRAM + "\n".join(map(_expanded, lines)))


def _expanded(line: str) -> str:
    word, _, rest = line.strip().partition(" ")
    if word == "leave":
        word, rest = "invoke", f"231, {rest or 0}"
    if word != "invoke":
        return line
    number, *values = [part.strip() for part in rest.split(",")]
    moves = [f"mov {register}, {value}" for register, value in zip(_ARGUMENTS, values, strict=False)]
    return "\n".join([*moves, f"mov eax, {number}", "syscall"])


def test_both_ends_wait_for_each_other() -> None:
    program("""
    invoke 133, offset fifo, 0x11A4, 0
    keep
    invoke 57
    test rax, rax
    je child
    invoke 2, offset fifo, 0
    mov r12, rax
    keep
again:
    invoke 0, r12, offset buffer, 256
    keep
    test rax, rax
    jne again
    wait_child
    show
    leave
child:
    invoke 2, offset fifo, 1
    mov r12, rax
    invoke 1, r12, offset text, 7
    mov r13, rax
    leave r13
""")


def test_a_reader_comes_for_a_writer_that_is_gone_again() -> None:
    program("""
    invoke 133, offset fifo, 0x11A4, 0
    invoke 57
    test rax, rax
    je child
    invoke 2, offset fifo, 1
    keep
    wait_child
    invoke 13, 13, offset ignored, 0, 8
    invoke 1, 3, offset text, 7
    keep
    show
    leave
child:
    invoke 2, offset fifo, 0
    leave rax
.data
ignored: .quad 1, 0, 0, 0
""")


def test_record_locks_of_processes() -> None:
    program("""
    invoke 2, offset file, 0x42, 0x1A4
    mov r12, rax
    invoke 72, r12, 6, offset first
    keep
    invoke 39
    mov r14, rax
    invoke 57
    test rax, rax
    je child
    wait_child
    invoke 72, r12, 6, offset second
    keep
    show
    leave
child:
    invoke 72, r12, 6, offset first
    keep
    invoke 72, r12, 6, offset second
    keep
    invoke 72, r12, 5, offset asked
    keep
    movsx rax, word ptr [asked]
    keep
    movsxd rax, dword ptr [asked+24]
    sub rax, r14
    keep
    invoke 3, r12
    show
    leave 7
""")


def test_waiting_for_a_lock() -> None:
    program("""
    invoke 2, offset file, 0x42, 0x1A4
    mov r12, rax
    invoke 72, r12, 6, offset first
    invoke 22, offset pipes
    invoke 57
    test rax, rax
    je child
    movsxd r13, dword ptr [pipes]
    invoke 0, r13, offset buffer, 1
    keep
    invoke 72, r12, 6, offset no_first
    keep
    wait_child
    show
    leave
child:
    movsxd r13, dword ptr [pipes+4]
    invoke 1, r13, offset text, 1
    invoke 72, r12, 7, offset first
    leave rax
""")


def test_one_of_two_would_deadlock() -> None:
    """Whoever asks second gets EDEADLK and gives up what it holds: exactly one does."""
    program("""
    invoke 2, offset file, 0x42, 0x1A4
    mov r12, rax
    invoke 72, r12, 6, offset first
    invoke 22, offset pipes
    invoke 57
    test rax, rax
    je child
    movsxd r13, dword ptr [pipes]
    invoke 0, r13, offset buffer, 1
    invoke 72, r12, 7, offset second
    mov r14, rax
    invoke 3, r12
    invoke 61, -1, offset status, 0, 0
    movzx eax, byte ptr [status+1]
    neg r14
    add rax, r14
    keep
    show
    leave
child:
    invoke 72, r12, 6, offset second
    movsxd r13, dword ptr [pipes+4]
    invoke 1, r13, offset text, 1
    invoke 72, r12, 7, offset first
    neg rax
    mov r14, rax
    leave r14
""")


def test_flock_belongs_to_the_open_file() -> None:
    program("""
    invoke 2, offset file, 0x42, 0x1A4
    mov r12, rax
    invoke 73, r12, 2
    keep
    invoke 57
    test rax, rax
    je child
    wait_child
    invoke 2, offset file, 2
    mov r13, rax
    invoke 73, r13, 6
    keep
    show
    leave
child:
    invoke 2, offset file, 2
    mov r13, rax
    invoke 73, r13, 6
    keep
    invoke 73, r12, 8
    keep
    invoke 73, r13, 6
    keep
    show
    leave
""")


def test_opening_without_waiting() -> None:
    steps: list[Call] = [call("mknod", "p", 0o10644, 0), call("mknod", "locked", 0o10000, 0)]
    steps += [
        call("open", "p", O_WRONLY | O_NONBLOCK),
        call("open", "p", O_NONBLOCK),
        call("read", Result(3), Buffer("b", 64), 8),
    ]
    steps += [
        call("open", "p", O_WRONLY | O_NONBLOCK),
        call("read", Result(3), Buffer("b"), 8),
        call("write", Result(5), b"data", 4),
    ]
    steps += [
        call("fstat", Result(3), Buffer("st", 144), dump=[("st", 24, 4), ("st", 48, 8)]),
        call("lseek", Result(3), 0, 0),
    ]
    steps += [call("fcntl", Result(5), 3), call("fcntl", Result(5), 1032), call("fcntl", Result(3), 1031, 8192)]
    steps += [
        call("close", Result(5)),
        call("read", Result(3), Buffer("b"), 8, dump=[("b", 0, 8)]),
        call("read", Result(3), Buffer("b"), 8),
    ]
    steps += [
        call("open", "p", O_RDWR),
        call("write", Result(16), b"kept?", 5),
        call("close", Result(3)),
        call("close", Result(16)),
    ]
    steps += [
        call("open", "p", O_RDWR | O_NONBLOCK),
        call("read", Result(20), Buffer("b"), 8),
        call("fcntl", Result(20), 1032),
    ]
    steps += [
        call("open", "p", O_RDWR | O_NONBLOCK | O_DIRECT),
        call("write", Result(23), b"one", 3),
        call("write", Result(23), b"two", 3),
    ]
    steps += [
        call("read", Result(20), Buffer("b"), 8, dump=[("b", 0, 8)]),
        call("unlink", "p"),
        call("read", Result(20), Buffer("b"), 2),
    ]
    steps += [
        call("open", "locked", flags | O_NONBLOCK) for flags in (0, O_WRONLY, O_RDWR, O_PATH, 0o200000, 0o100, 0o1000)
    ]
    check(*steps, call("ftruncate", Result(20), 0), call("truncate", "locked", 0))


def polled(fd: int) -> list[Call]:
    """`struct pollfd`, put into a buffer through a pipe so that the answer can be looked at."""
    events = 0x3FF
    question = fd.to_bytes(4, "little") + events.to_bytes(4, "little")
    return [
        call("pipe", Buffer("q", 8), show="none"),
        call("write", Loaded("q", 4), question, 8, show="none"),
        call("read", Loaded("q"), Buffer("pollfd", 8), 8, show="none"),
        call("close", Loaded("q"), show="none"),
        call("close", Loaded("q", 4), show="none"),
        call("poll", Buffer("pollfd"), 1, 0, dump=[("pollfd", 0, 8)]),
    ]


def test_what_poll_says() -> None:
    steps: list[Call] = [
        call("mknod", "p", 0o10644, 0),
        call("open", "p", O_NONBLOCK),
        *polled(3),
        call("open", "p", O_WRONLY | O_NONBLOCK),
        *polled(3),
        *polled(4),
        call("write", 4, b"data", 4),
        *polled(3),
        call("close", 4),
        *polled(3),
        call("read", 3, Buffer("b", 64), 8),
        *polled(3),
        call("open", "p", O_RDWR),
        *polled(4),
        call("fcntl", 4, 1031, 4096),
        call("write", 4, b"x" * 4096, 4096),
        *polled(4),
        call("pipe", Buffer("r", 8)),
        *polled(5),
        *polled(6),
        call("close", 5),
        *polled(6),
        call("pipe", Buffer("r")),
        call("close", Loaded("r", 4)),
        *polled(5),
    ]
    steps += [call("inotify_init1", O_NONBLOCK), call("inotify_add_watch", 7, ".", 0x100), *polled(7)]
    steps += [call("creat", "new", 0o600), *polled(7), *polled(8)]
    for path in ("/dev/null", "/dev/random", "/dev/urandom", "."):
        steps.append(call("open", path, 0))
    check(*steps, *(step for fd in (9, 10, 11, 12, 0, 50) for step in polled(fd)))
