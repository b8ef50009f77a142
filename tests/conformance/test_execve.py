"""execve and execveat: what stays, what goes, what is refused and in which order, as on Linux."""

from __future__ import annotations

import random
import struct

import pytest

from app.toolchain.assemble import assemble
from app.toolchain.elf import write_elf
from tests.conformance.harness import (
    AT_FDCWD,
    KERNEL_ADDRESS,
    READ_ONLY,
    UNMAPPED,
    Buffer,
    Call,
    Edge,
    Packed,
    call,
    check,
    check_source,
    compile_case,
)

O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_CLOEXEC, O_PATH, O_DIRECTORY = (
    1,
    2,
    0o100,
    0o1000,
    0o2000000,
    0o10000000,
    0o200000,
)
AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH, AT_EXECVE_CHECK = 0x100, 0x1000, 0x10000
SIG_BLOCK, SIGUSR1, SIGUSR2 = 0, 10, 12
F_GETFD = 1
PAGE = 4096


def assembled(source: str) -> bytes:
    """An ELF file."""
    return write_elf(assemble(f".intel_syntax noprefix\n.globl _start\n{source}\n", language="gas"))


SHOW = assembled(
    """
.text
_start:
    mov rbx, [rsp]
    lea r12, [rsp+8]
    call say_list
    lea r12, [rsp+rbx*8+16]
    call say_list
    # r12 is at the auxiliary vector.
next_entry:
    mov rax, [r12]
    test rax, rax
    je done
    cmp rax, 31
    je name
    lea rdi, [kinds]
    mov ecx, kinds_end - kinds
    repne scasb
    jne skip
    mov rdi, [r12]
    call say_number
    mov rdi, [r12+8]
    call say_number
    jmp skip
name:
    mov rsi, [r12+8]
    call say
skip:
    add r12, 16
    jmp next_entry
done:
    xor edi, edi
    mov eax, 60
    syscall
say_list:
    mov rsi, [r12]
    add r12, 8
    test rsi, rsi
    je say_end
    call say
    jmp say_list
say_end:
    lea rsi, [separator]
say:
    mov rdx, rsi
count:
    cmp byte ptr [rdx], 0
    je counted
    inc rdx
    jmp count
counted:
    sub rdx, rsi
    mov edi, 1
    mov eax, 1
    syscall
    lea rsi, [newline]
    mov edx, 1
    mov eax, 1
    syscall
    ret
say_number:
    lea rsi, [digits+16]
digit:
    dec rsi
    mov eax, edi
    and eax, 15
    mov al, [hexadecimal+rax]
    mov [rsi], al
    shr rdi, 4
    lea rax, [digits]
    cmp rsi, rax
    jne digit
    jmp say
.section .rodata
separator: .asciz "--"
newline: .ascii "\\n"
hexadecimal: .ascii "0123456789abcdef"
kinds: .byte 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 17, 23
kinds_end:
.data
digits: .zero 17
"""
)
"""A program that prints its arguments, its environment and what of the auxiliary vector does not depend on luck."""


def install(name: str, contents: bytes, mode: int = 0o755) -> list[Call]:
    """Make a file."""
    return [
        call("openat", AT_FDCWD, name, O_WRONLY | O_CREAT, mode),
        call("write", 3, contents, len(contents)),
        call("close", 3),
    ]


def case(*steps: Call) -> bytes:
    """Another case, as a file to execute."""
    return write_elf(compile_case(steps))


def execve(name: object, *argv: object, env: object = ()) -> Call:
    return call("execve", name, Packed([*argv, 0]), Packed([*env, 0]))  # type: ignore[misc]


def test_arguments_environment_and_auxiliary_vector():
    check(*install("show", SHOW), execve("show", "a", "", "b c", env=("A=1", "B=")))


@pytest.mark.parametrize("name", ["./show", "sub/../show", "sub/link"])
def test_the_name_is_told_as_it_was_given(name):
    check(
        *install("show", SHOW),
        call("mkdir", "sub", 0o755),
        call("symlink", "../show", "sub/link"),
        execve(name, "x"),
    )


@pytest.mark.parametrize("argv", [0, Packed([0])])
def test_no_arguments(argv):
    check(*install("show", SHOW), call("execve", "show", argv, 0))


def test_the_path_is_looked_at_first():
    check(
        *install("plain", b"text", 0o644),
        *install("empty", b"", 0o755),
        *install("text", b"echo hi\n", 0o755),
        call("mkdir", "dir", 0o755),
        call("mkdir", "closed", 0o000),
        call("symlink", "loop", "loop"),
        call("symlink", "nowhere", "dangling"),
        execve("missing", "x"),
        execve("dangling", "x"),
        execve("", "x"),
        execve("plain", "x"),
        execve("plain/x", "x"),
        execve("dir", "x"),
        execve("dir/", "x"),
        execve("empty/", "x"),
        execve("closed/x", "x"),
        execve("loop", "x"),
        execve("empty", "x"),
        execve("text", "x"),
        execve("/dev/null", "x"),
        execve("x" * 256, "x"),
        execve("x/" * 2048, "x"),
        execve(0, "x"),
        execve(UNMAPPED, "x"),
        execve(KERNEL_ADDRESS, "x"),
        execve(Edge(0), "x"),
    )


def test_then_the_arguments_then_the_contents():
    long = b"x" * 131071 + b"\0"
    too_long = b"x" * 131072 + b"\0"
    check(
        *install("plain", b"text", 0o644),
        *install("empty", b"", 0o755),
        call("execve", "missing", UNMAPPED, UNMAPPED),
        call("execve", "plain", UNMAPPED, UNMAPPED),
        call("execve", "empty", UNMAPPED, 0),
        call("execve", "empty", 0, UNMAPPED),
        call("execve", "empty", KERNEL_ADDRESS, 0),
        call("execve", "empty", Edge(8), 0),
        call("execve", "empty", Edge(0), 0),
        call("execve", "empty", Edge(4), 0),
        call("execve", "empty", Packed([UNMAPPED, 0]), 0),
        call("execve", "empty", Packed(["x", KERNEL_ADDRESS, 0]), 0),
        call("execve", "empty", 0, Packed(["x", Edge(0), 0])),
        call("execve", "empty", Packed([long, 0]), 0),
        call("execve", "empty", Packed([too_long, 0]), 0),
        call("execve", "empty", 0, Packed([too_long, 0])),
        call("execve", "empty", Packed([UNMAPPED, too_long, 0]), 0),
        call("execve", "empty", Packed([too_long, UNMAPPED, 0]), 0),
        call("execve", "empty", Packed([UNMAPPED, 0]), Packed([too_long, 0])),
        call("execve", "empty", Packed([too_long, 0]), Packed([UNMAPPED, 0])),
    )


def test_all_arguments_together_have_a_limit():
    piece = Buffer("piece", 131001)
    check(
        *install("empty", b"", 0o755),
        *install("long", b"y" * 131000),
        call("openat", AT_FDCWD, "long", 0),
        call("read", 3, piece, 131000),
        call("execve", "empty", Packed([piece] * 15 + [0]), 0),
        call("execve", "empty", Packed([piece] * 16 + [0]), 0),
        call("execve", "empty", Packed([piece] * 8 + [0]), Packed([piece] * 8 + [0])),
        call("execve", "empty", Packed([piece] * 15 + [UNMAPPED, 0]), 0),
        call("execve", "empty", Packed([UNMAPPED] + [piece] * 16 + [0]), 0),
    )


def test_a_file_open_for_writing_is_not_executed_nor_a_running_one_written():
    second = case(
        call("openat", AT_FDCWD, "second", O_WRONLY),
        call("openat", AT_FDCWD, "second", O_RDWR),
        call("openat", AT_FDCWD, "second", O_TRUNC),
        call("openat", AT_FDCWD, "second", 0),
        call("unlinkat", AT_FDCWD, "second", 0),
        call("openat", AT_FDCWD, "second", O_WRONLY | O_CREAT, 0o755),
    )
    check(
        *install("second", second),
        call("openat", AT_FDCWD, "second", O_RDWR),
        execve("second", "x"),
        call("close", 3),
        call("openat", AT_FDCWD, "second", 0),
        execve("second", "x"),
    )


def test_what_stays():
    second = case(
        call("getpid", show="sign"),
        call("fcntl", 0, F_GETFD),
        *[call("fcntl", number, F_GETFD) for number in range(3, 8)],
        call("rt_sigprocmask", SIG_BLOCK, 0, Buffer("mask", 8), 8, dump=[("mask", 0, 8)]),
        call("rt_sigpending", Buffer("pending", 8), 8, dump=[("pending", 0, 8)]),
        *[
            call("rt_sigaction", signo, 0, Buffer("action", 32), 8, dump=[("action", 0, 32)])
            for signo in (SIGUSR1, SIGUSR2, 15)
        ],
        call("getcwd", Buffer("cwd", 64), 64),
        call("umask", 0o22),
        call("lseek", 4, 0, 1),
    )
    check(
        *install("second", second),
        call("mkdir", "sub", 0o755),
        call("openat", AT_FDCWD, "second", O_CLOEXEC),
        call("openat", AT_FDCWD, "second", 0),
        call("dup3", 4, 6, O_CLOEXEC),
        call("dup", 4),
        call("lseek", 4, 77, 0),
        call("rt_sigprocmask", SIG_BLOCK, Packed([1 << (SIGUSR1 - 1) | 1 << 14]), 0, 8),
        call("rt_sigaction", SIGUSR1, Packed([1, 0x1400_0000, 0x1234, 0x55]), 0, 8),
        call("rt_sigaction", SIGUSR2, Packed([READ_ONLY, 0x1400_0000, 0x1234, 0x55]), 0, 8),
        call("umask", 0o77),
        call("chdir", "sub"),
        execve("../second", "x"),
    )


def test_the_alternate_stack_is_gone():
    second = case(call("sigaltstack", 0, Buffer("stack", 24), dump=[("stack", 0, 24)]))
    check(
        *install("second", second),
        call("sigaltstack", Packed([Buffer("alternate", 16384), 0, 16384]), 0),
        execve("second", "x"),
    )


SCRIPTS = [
    b"#!./show\n",
    b"#! ./show\n",
    b"#!\t ./show \t\n",
    b"#!./show one\n",
    b"#!./show  one two \t\n",
    b"#!./show one",
    b"#!./show",
    b"#!./show ",
    b"#!./show\0junk\n",
    b"#!./show one\0two\n",
    b"#!./show " + b"z" * 300 + b"\n",
    b"#!./show" + b" " * 300 + b"\n",
    b"#!" + b" " * 100 + b"./show a\n",
    b"#!./show one\r\nrest\n",
]


@pytest.mark.parametrize("script", SCRIPTS, ids=range(len(SCRIPTS)))
def test_scripts(script):
    check(*install("show", SHOW), *install("script", script), execve("./script", "zero", "first", "second"))


def test_a_script_without_arguments():
    check(*install("show", SHOW), *install("script", b"#!./show opt\n"), call("execve", "script", 0, 0))


def test_scripts_that_name_no_interpreter():
    lines = [
        b"#!",
        b"#!\n",
        b"#! \t\n",
        b"#!" + b" " * 300,
        b"#!" + b"x" * 300,
        b"#!" + b"x" * 253 + b" ",
        b"#!" + b"x" * 252 + b" ",
        b"#!" + b"x" * 260 + b"\n",
        b"#!missing\n",
        b"#!.\n",
        b"#!plain\n",
        b"#!empty\n",
        b"#!plain/x\n",
        b" #!./show\n",
        b"#!\0\n",
        b"#!" + b"/" * 200 + b"missing\n",
    ]
    steps = [*install("plain", b"", 0o644), *install("empty", b"", 0o755)]
    for index, line in enumerate(lines):
        steps += [*install(f"s{index}", line), execve(f"s{index}", "x")]
    check(*steps)


@pytest.mark.parametrize("depth", [4, 5, 6])
def test_scripts_of_scripts(depth):
    steps = install("show", SHOW)
    for index in range(depth):
        steps += install(f"s{index}", b"#!" + (b"s%d" % (index - 1) if index else b"show") + b" o%d\n" % index)
    check(*steps, execve(f"s{depth - 1}", "x", "y"))


def test_a_script_that_interprets_itself():
    check(*install("self", b"#!self\n"), execve("self", "x"))


def test_execveat_errors():
    check(
        *install("empty", b"", 0o755),
        *install("plain", b"", 0o644),
        call("symlink", "empty", "link"),
        call("mkdir", "dir", 0o755),
        call("openat", AT_FDCWD, "dir", O_DIRECTORY),
        call("openat", AT_FDCWD, "empty", 0),
        call("openat", AT_FDCWD, "plain", O_PATH),
        call("execveat", AT_FDCWD, "empty", 0, 0, 0),
        call("execveat", 3, "../empty", 0, 0, 0),
        call("execveat", 4, "empty", 0, 0, 0),
        call("execveat", 99, "empty", 0, 0, 0),
        call("execveat", 99, "/missing", 0, 0, 0),
        call("execveat", 4, "", 0, 0, 0),
        call("execveat", 4, "", 0, 0, AT_EMPTY_PATH),
        call("execveat", 5, "", 0, 0, AT_EMPTY_PATH),
        call("execveat", 3, "", 0, 0, AT_EMPTY_PATH),
        call("execveat", 99, "", 0, 0, AT_EMPTY_PATH),
        call("execveat", AT_FDCWD, "", 0, 0, AT_EMPTY_PATH),
        call("execveat", 0, "", 0, 0, AT_EMPTY_PATH),
        call("execveat", AT_FDCWD, "link", 0, 0, AT_SYMLINK_NOFOLLOW),
        call("execveat", AT_FDCWD, "link", 0, 0, 0),
        call("execveat", AT_FDCWD, "missing", 0, 0, 1),
        call("execveat", AT_FDCWD, "", 0, 0, 1),
        call("execveat", AT_FDCWD, UNMAPPED, 0, 0, 1),
        call("execveat", 99, "x", 0, 0, 1),
        call("execveat", AT_FDCWD, "empty", UNMAPPED, 0, AT_EXECVE_CHECK),
        call("execveat", AT_FDCWD, "empty", 0, 0, AT_EXECVE_CHECK),
        call("execveat", AT_FDCWD, "plain", 0, 0, AT_EXECVE_CHECK),
    )


@pytest.mark.parametrize("flags", [0, O_PATH, O_CLOEXEC])
def test_a_descriptor_is_executed(flags):
    check(
        *install("show", SHOW),
        call("openat", AT_FDCWD, "show", flags),
        call("execveat", 3, "", Packed(["x", 0]), 0, AT_EMPTY_PATH),
    )


@pytest.mark.parametrize("flags", [0, O_CLOEXEC])
def test_a_script_below_a_descriptor(flags):
    """Its interpreter gets a name through the descriptor, which must survive."""
    check(
        *install("show", SHOW),
        *install("script", f"#!{'./show'} opt\n".encode()),
        call("openat", AT_FDCWD, ".", O_DIRECTORY | flags),
        call("execveat", 3, "script", Packed(["x", 0]), 0, 0),
    )


def patched(offset: int, layout: str, *values: int) -> bytes:
    data = bytearray(SHOW)
    struct.pack_into(layout, data, offset, *values)
    return bytes(data)


HEADER = 64
"""The first program header."""

REFUSED = [
    SHOW[:4],
    SHOW[:63],
    SHOW[:100],
    b"\x7fELG" + SHOW[4:],
    patched(16, "<H", 1),
    patched(16, "<H", 4),
    patched(18, "<H", 183),
    patched(54, "<H", 32),
    patched(56, "<H", 0),
    patched(56, "<H", 1171),
    patched(56, "<H", 0xFFFF),
    patched(32, "<Q", 1 << 63),
    patched(32, "<Q", 1 << 20),
    patched(32, "<Q", len(SHOW) - 1),
    patched(HEADER, "<I", 3),
    patched(HEADER, "<IIQQQQQ", 3, 4, 0, 0, 0, 1, 1),
    patched(HEADER, "<IIQQQQQ", 3, 4, 0, 0, 0, 4097, 1),
    patched(HEADER, "<IIQQQQQ", 3, 4, len(SHOW), 0, 0, 2, 1),
    patched(HEADER, "<IIQQQQQ", 3, 4, 9, 0, 0, 7, 1),
]


def test_headers_that_make_no_sense():
    steps = []
    for index, contents in enumerate(REFUSED):
        steps += [*install(f"f{index}", contents), execve(f"f{index}", "x")]
    check(*steps)


def test_interpreters_of_elf_files():
    steps = [*install("plain", b"", 0o644), *install("empty", b""), *install("text", b"#!./show\n" + bytes(100))]
    for index, name in enumerate((b"missing", b"plain", b"empty", b"text", b".", b"plain/x", b"")):
        body = patched(HEADER, "<IIQQQQQ", 3, 4, len(SHOW), 0, 0, len(name) + 1 + (not name), 1) + name + b"\0\0"
        steps += [*install(f"f{index}", body), execve(f"f{index}", "x")]
    check(*steps)


FATAL = [
    patched(24, "<Q", 0),
    patched(24, "<Q", KERNEL_ADDRESS),
    patched(HEADER + 8, "<Q", 1),
    patched(HEADER + 8, "<Q", 1 << 62),
    patched(HEADER + 8, "<Q", (1 << 63) - 4096),
    patched(HEADER + 16, "<Q", 0),
    patched(HEADER + 16, "<Q", 0x401001),
    patched(HEADER + 16, "<Q", KERNEL_ADDRESS),
    patched(HEADER + 32, "<QQ", 4000, 10),
    patched(HEADER + 40, "<Q", 1 << 47),
    patched(HEADER + 40, "<Q", (1 << 64) - 1),
    patched(HEADER + 4, "<I", 0),
    patched(HEADER, "<I", 4),
]


@pytest.mark.parametrize("contents", FATAL, ids=range(len(FATAL)))
def test_past_the_point_of_no_return_a_failure_kills(contents):
    check(*install("broken", contents), execve("broken", "x"))


def test_position_independent_programs_run_where_there_is_room():
    source = ".text\n_start: lea rsi, [rip+text]\nmov edi, 1\nmov edx, 3\nmov eax, 1\nsyscall\nmov eax, 60\nsyscall\n"
    data = bytearray(assembled(source + 'text: .ascii "hi\\n"'))
    struct.pack_into("<H", data, 16, 3)
    check(*install("pie", bytes(data)), execve("pie", "x"))


def test_a_loader_is_loaded_and_begins():
    """The interpreter may be any program: it sees the arguments and is told where the program is."""
    name = b"./show\0"
    count = struct.unpack_from("<H", SHOW, 56)[0]
    body = bytearray(SHOW) + name
    header = HEADER + 56 * (count - 1)
    struct.pack_into("<IIQQQQQQ", body, header, 3, 4, len(SHOW), 0, 0, len(name), len(name), 1)
    loader = bytearray(assembled(".text\n_start: mov edi, 7\nmov eax, 60\nsyscall"))
    struct.pack_into("<H", loader, 16, 3)
    check(*install("show", bytes(loader)), *install("program", bytes(body)), execve("program", "x"))


@pytest.mark.parametrize("seed", range(24))
def test_damaged_files(seed):
    rng = random.Random(seed)
    data = bytearray(SHOW)
    for _ in range(rng.randint(1, 3)):
        data[rng.choice([*range(16, 64), *range(64, 64 + 56 * 3)])] = rng.randrange(256)
    check(*install("damaged", bytes(data)), execve("damaged", "x"))


_AGAIN = """
.text
_start:
    cmp qword ptr [rsp], 2
    je again
    mov eax, 56
    mov edi, FLAGS
    lea rsi, [stack_end]
    xor edx, edx
    xor r10d, r10d
    xor r8d, r8d
    syscall
    test eax, eax
    je child
wait:
    mov eax, 61
    mov edi, -1
    xor esi, esi
    xor edx, edx
    xor r10d, r10d
    syscall
    cmp eax, -10
    je wait
    mov edi, 1
    lea rsi, [after]
    mov edx, 6
    mov eax, 1
    syscall
    mov eax, 60
    mov edi, 5
    syscall
child:
    mov eax, 59
    lea rdi, [path]
    lea rsi, [arguments]
    xor edx, edx
    syscall
    mov edi, 1
    mov eax, 60
    syscall
again:
    mov eax, 39
    syscall
    mov ebx, eax
    mov eax, 186
    syscall
    cmp eax, ebx
    jne bad
    mov edi, 1
    lea rsi, [text]
    mov edx, 6
    mov eax, 1
    syscall
    mov edi, 9
    mov eax, 60
    syscall
bad:
    mov edi, 8
    mov eax, 60
    syscall
.data
arguments: .quad path, path, 0
path: .asciz "/proc/self/exe"
text: .ascii "again\\n"
after: .ascii "after\\n"
.bss
.balign 16
.zero 8192
stack_end:
"""


@pytest.mark.parametrize(
    ("flags", "status"),
    [
        (0x4111, 5),  # CLONE_VFORK|CLONE_VM and SIGCHLD: the parent goes on when the child has executed
        (0x10D00, 9),  # a thread, its leader waiting: the new program takes the place of both
    ],
)
def test_who_executes_itself_again(flags, status):
    """A leader without children asks for them again and again, until the thread ends it."""
    assert check_source(_AGAIN.replace("FLAGS", hex(flags))).status == status
