"""The `trapgate` command as a person meets it: a process with arguments, streams and an exit status."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from app.toolchain.assemble import assemble
from app.toolchain.elf import write_elf
from app.trace import codec
from app.trace.fold import state_at

HELLO = """
.globl _start
_start:
    mov $1, %eax
    mov $1, %edi
    lea text(%rip), %rsi
    mov $3, %edx
    syscall
    mov $60, %eax
    mov $7, %edi
    syscall
.data
text: .ascii "hi\\n"
"""
ECHO = """
section .text
global _start
_start:
    xor eax, eax
    xor edi, edi
    lea rsi, [rel buf]
    mov edx, 64
    syscall
    mov edx, eax
    mov eax, 1
    mov edi, 1
    syscall
    mov eax, 60
    xor edi, edi
    syscall
section .bss
buf: resb 64
"""


def trapgate(*arguments: str | Path, cwd: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    return subprocess.run(
        [sys.executable, "-m", "app", *map(str, arguments)],
        check=False,
        cwd=cwd,
        env=environment,
        input=stdin,
        capture_output=True,
        timeout=60,
    )


@pytest.fixture
def hello(tmp_path: Path) -> Path:
    path = tmp_path / "hello.s"
    path.write_text(HELLO)
    return path


def test_run_passes_output_and_status_through(hello: Path) -> None:
    done = trapgate("run", hello, cwd=hello.parent)
    assert (done.stdout, done.stderr, done.returncode) == (b"hi\n", b"", 7)


def test_run_passes_input_through(tmp_path: Path) -> None:
    (tmp_path / "echo.asm").write_text(ECHO)
    done = trapgate("run", "echo.asm", cwd=tmp_path, stdin=b"ada\n")
    assert (done.stdout, done.returncode) == (b"ada\n", 0)


def test_strace_text_goes_to_standard_error(hello: Path) -> None:
    done = trapgate("run", "--trace", "strace", hello, cwd=hello.parent)
    assert done.stdout == b"hi\n"
    assert done.stderr.decode().splitlines() == [
        'write(1, "hi\\n", 3) = 3',
        "exit(7) = ?",
        "+++ exited with 7 +++",
    ]


def test_json_events_fold_to_the_end_of_the_run(hello: Path) -> None:
    trapgate("run", "--trace", "json", "--trace-file", "trace.jsonl", hello, cwd=hello.parent)
    lines = (hello.parent / "trace.jsonl").read_bytes()
    events = codec.decode_lines(lines)
    assert [event.seq for event in events] == list(range(len(events)))
    assert json.loads(lines.splitlines()[0])["type"] == "run.start"
    state = state_at(events, len(events) - 1)
    assert state.strace[0] == 'write(1, "hi\\n", 3) = 3'
    assert state.ending is not None


def test_the_same_run_gives_the_same_events(hello: Path) -> None:
    first, second = (trapgate("run", "--trace", "json", hello, cwd=hello.parent).stderr for _ in range(2))
    assert first == second


def test_an_elf_file_runs_with_its_arguments_and_files(tmp_path: Path) -> None:
    source = """
    .intel_syntax noprefix
    _start:
        mov rdi, [rsp + 16]
        mov eax, 2
        xor esi, esi
        syscall
        mov edi, eax
        xor eax, eax
        mov rsi, rsp
        mov edx, 100
        syscall
        mov edx, eax
        mov eax, 1
        mov edi, 1
        syscall
        mov eax, 60
        xor edi, edi
        syscall
    """
    (tmp_path / "cat").write_bytes(write_elf(assemble(source, language="gas")))
    (tmp_path / "host.txt").write_bytes(b"from the host\n")
    done = trapgate("run", "--file", "host.txt:note", "cat", "note", cwd=tmp_path)
    assert (done.stdout, done.returncode) == (b"from the host\n", 0)


@pytest.mark.parametrize(
    ("body", "status"),
    [("xor eax, eax\nmov [rax], eax", 139), ("hlt", 139), ("xor ecx, ecx\ndiv ecx", 136), ("ud2", 132), ("int3", 133)],
)
def test_fatal_signals_give_128_plus_their_number(tmp_path: Path, body: str, status: int) -> None:
    (tmp_path / "p.s").write_text(f".intel_syntax noprefix\n_start:\n{body}\n")
    assert trapgate("run", "p.s", cwd=tmp_path).returncode == status


def test_an_endless_loop_is_stopped_and_keeps_its_output(tmp_path: Path) -> None:
    (tmp_path / "loop.s").write_text(HELLO.replace("mov $60, %eax", "again: jmp again"))
    done = trapgate("run", "--timeout", "0.3", "loop.s", cwd=tmp_path)
    assert (done.stdout, done.returncode) == (b"hi\n", 124)
    assert b"processor time" in done.stderr


def test_mistakes_are_reported_like_a_compiler_does(tmp_path: Path) -> None:
    (tmp_path / "bad.s").write_text("_start:\n    movv $1, %eax\n")
    for command in ("run", "asm"):
        done = trapgate(command, "bad.s", cwd=tmp_path)
        assert done.returncode == 2
        assert done.stdout == b""
        assert done.stderr.startswith(b"bad.s:2:5: error: ")


@pytest.mark.parametrize(
    "content",
    [
        b"\0\0\0",
        b"\xff\xfe",
        b",\n",
        b'.incbin "/etc/passwd"\n',
        b".rept 100000000\nnop\n.endr\n",
        b"\x7fELF",
        bytes(range(256)),
    ],
    ids=["nul", "binary", "comma", "incbin", "rept", "elf-magic", "every-byte"],
)
def test_hostile_files_get_a_message(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.s").write_bytes(content)
    for command in ("run", "asm"):
        done = trapgate(command, "x.s", cwd=tmp_path)
        assert done.returncode == 2
        assert b"Traceback" not in done.stderr
        assert b"root:" not in done.stdout + done.stderr
        assert done.stderr.strip()


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "missing.s"),
        ("asm", "missing.s"),
        ("run", "--env", "x", "a.s"),
        ("run", "--file", "missing", "a.s"),
        ("run", "--trace-file", "no/such/dir", "--trace", "json", "a.s"),
        ("syscalls", "nothing"),
        ("syscalls", "99999"),
        ("nonsense",),
    ],
)
def test_wrong_calls_say_what_is_wrong(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "a.s").write_text("nop\n")
    done = trapgate(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert b"Error: " in done.stderr
    assert b"Traceback" not in done.stderr


def test_asm_lists_address_bytes_and_line(hello: Path) -> None:
    listing = trapgate("asm", hello, cwd=hello.parent).stdout.decode()
    row = next(line for line in listing.splitlines() if "mov $1, %eax" in line)
    assert "401000" in row
    assert "b801000000" in row.replace(" ", "")


def test_syscalls_shows_the_table_and_one_call(tmp_path: Path) -> None:
    table = trapgate("syscalls", cwd=tmp_path).stdout.decode().splitlines()
    assert any(line.split() == ["1", "full", "write(fd,", "buf,", "count)"] for line in table)
    assert any(line.split()[:3] == ["425", "none", "io_uring_setup"] for line in table)
    by_name, by_number = (trapgate("syscalls", call, cwd=tmp_path).stdout for call in ("write", "1"))
    assert by_name == by_number
    assert b"man page   write(2)" in by_name
    assert b"level      full" in by_name
    assert b"\n  EBADF: `fd` is not open for writing.\n" in by_name


def test_syscalls_says_what_is_missing(tmp_path: Path) -> None:
    partial = trapgate("syscalls", "clock_settime", cwd=tmp_path).stdout
    assert b"\nNot served: " in partial
    assert b"level      partial" in partial
    none = trapgate("syscalls", "--arch", "x86_64", "io_uring_setup", cwd=tmp_path).stdout
    assert b"ENOSYS on purpose" in none


def test_doctor_names_what_it_looked_at(tmp_path: Path) -> None:
    report = trapgate("doctor", cwd=tmp_path).stdout.decode()
    for name in ("unicorn", "keystone-engine", "seccomp"):
        assert name in report


def test_a_run_on_the_command_line_cannot_open_host_files(tmp_path: Path) -> None:
    (tmp_path / "p.py").write_text(
        "from app.runner import sandbox\n"
        "sandbox.enter_in_place()\n"
        "for path in ('/etc/passwd', '/proc/self/maps'):\n"
        "    try:\n"
        "        open(path)\n"
        "    except OSError as error:\n"
        "        print('refused', error.errno)\n"
    )
    done = subprocess.run(
        [sys.executable, str(tmp_path / "p.py")],
        check=False,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        timeout=60,
    )
    assert done.stdout.count(b"refused") == 2


@pytest.mark.parametrize("redirection", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_standard_stream_is_an_empty_one(tmp_path, redirection):
    (tmp_path / "hello.s").write_text(HELLO)
    command = f'"{sys.executable}" -m app run --trace strace --trace-file trace hello.s {redirection}'
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run(command, shell=True, check=False, cwd=tmp_path, env=environment, capture_output=True)
    assert done.returncode == 7, done.stderr
    assert (tmp_path / "trace").read_text().startswith("write(1,")


@pytest.mark.parametrize("arguments", [("--trace", "json", "--trace-file", "/dev/full"), ("--trace", "none")])
def test_output_that_cannot_be_written_is_said_in_one_line(tmp_path, arguments):
    (tmp_path / "hello.s").write_text(HELLO)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "app", "run", *arguments, "hello.s"],
            check=False,
            cwd=tmp_path,
            env=environment,
            stdout=full,
            stderr=subprocess.PIPE,
        )
    assert done.returncode == 1
    assert done.stderr.startswith(b"Error: cannot write ")
    assert done.stderr.endswith(b"No space left on device\n")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--file", "hello.s:/"), b"'/' is no path for a file"),
        (("--file", "hello.s:/a", "--file", "hello.s:/a/b"), b"/a/b cannot be created: ENOTDIR"),
        (("--cwd", "/dev/null/a"), b"the working directory /dev/null/a cannot be created: ENOTDIR"),
        (("--file", ":/a"), b"cannot read '': No such file"),
        (("--file", "/dev/zero"), b"'/dev/zero' has more than"),
    ],
)
def test_files_that_cannot_be_brought_in_are_named(tmp_path, arguments, message):
    (tmp_path / "hello.s").write_text(HELLO)
    done = trapgate("run", *arguments, "hello.s", cwd=tmp_path)
    assert done.returncode == 2
    assert b"Error: " + message in done.stderr
    assert b"Traceback" not in done.stderr


def test_control_c_at_a_terminal_is_the_programs(tmp_path: Path) -> None:
    (tmp_path / "busy.s").write_text(
        ".globl _start\n_start: mov $1, %eax\nmov $1, %edi\nlea up(%rip), %rsi\nmov $2, %edx\nsyscall\n"
        '1: jmp 1b\n.data\nup: .ascii "up"\n'
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(tmp_path)
        os.execve(sys.executable, [sys.executable, "-m", "app", "run", "busy.s"], environment)
    try:
        shown = b""
        while not shown.endswith(b"up"):
            shown += os.read(terminal, 1000)
        os.write(terminal, b"\x03")
        _, status = os.waitpid(pid, 0)
    finally:
        os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 130, shown


def test_listing_knows_the_names_of_system_calls(tmp_path: Path) -> None:
    (tmp_path / "names.S").write_text("#include <sys/syscall.h>\n_start:\n    mov $SYS_exit, %eax\n")
    done = trapgate("asm", "names.S", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"b83c000000" in done.stdout


def test_finished_program_has_no_listing(tmp_path: Path) -> None:
    (tmp_path / "program").write_bytes(write_elf(assemble("nop", language="gas")))
    done = trapgate("asm", "program", cwd=tmp_path)
    assert done.returncode == 2
    assert b"finished program" in done.stderr


@pytest.mark.parametrize(
    ("arch", "call", "words"),
    [
        ("i386", "clock_gettime64", "level      full"),
        ("arm", "pread64", "offset     in r4 and r5"),
        ("riscv64", "64", "number     64 on riscv64, in a7"),
    ],
)
def test_syscalls_knows_every_table(tmp_path: Path, arch: str, call: str, words: str) -> None:
    assert words in trapgate("syscalls", "--arch", arch, call, cwd=tmp_path).stdout.decode().splitlines()


def test_syscalls_says_where_a_call_is(tmp_path: Path) -> None:
    done = trapgate("syscalls", "--arch", "aarch64", "open", cwd=tmp_path)
    assert done.returncode == 2
    assert b"on x86_64, i386, arm one is" in done.stderr
