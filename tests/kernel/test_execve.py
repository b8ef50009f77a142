"""execve where no Linux is asked: hostile files, set-user-ID, source lines, brought programs."""

from __future__ import annotations

import random
from types import SimpleNamespace

import pytest

from app.kernel.binprm import parse_script
from app.kernel.config import GuestFile, KernelConfig
from app.kernel.credentials import ALL_CAPABILITIES, Credentials
from app.kernel.exec import credentials_after_exec
from app.kernel.kernel import Kernel
from app.toolchain.assemble import assemble
from app.toolchain.elf import write_elf
from app.trace.events import ModeSwitch, Return, RunEnd, TaskExec
from app.trace.recorder import Recorder
from tests.conformance.harness import FedConsole

EXECUTE = """
.intel_syntax noprefix
.globl _start
.text
_start:
    cmp qword ptr [rsp], 2
    je again
    mov eax, 59
    lea rdi, [path]
    lea rsi, [arguments]
    xor edx, edx
    syscall
again:
    neg eax
    mov edi, eax
    mov eax, 60
    syscall
.data
arguments: .quad path, path, 0
path: .asciz "PATH"
"""

EXIT = write_elf(assemble(".globl _start\n_start: mov $7, %edi\nmov $60, %eax\nsyscall\n"))


def run(program, *files, **config):
    """(events, console) of a run."""
    events: list = []
    console = FedConsole([])
    Kernel(program, Recorder(events.extend), console, KernelConfig(files=files, **config)).run()
    return events, console


def executing(path, *files, **config):
    return run(assemble(EXECUTE.replace("PATH", path)), *files, **config)[0]


def of(kind, events):
    return [event for event in events if isinstance(event, kind)]


def test_a_brought_program_runs_and_the_event_says_so():
    events = executing("/bin/seven", GuestFile("/bin/seven", EXIT, 0o100755))
    (event,) = of(TaskExec, events)
    assert (event.path, event.name, event.argv) == ("/bin/seven", "seven", ("/bin/seven", "/bin/seven"))
    assert [segment.name for segment in event.segments] == ["/bin/seven", "[vvar]", "[vdso]", "[stack]"]
    assert of(RunEnd, events)[0].status == 7
    (answer,) = of(Return, events)
    assert answer.strace == 'execve("/bin/seven", ["/bin/seven", "/bin/seven"], NULL) = 0'


def test_lines_belong_to_the_program_that_has_them():
    events = executing("/bin/seven", GuestFile("/bin/seven", EXIT, 0o100755))
    after = [event for event in of(ModeSwitch, events) if event.seq > of(TaskExec, events)[0].seq]
    assert {event.line for event in after} == {None}
    again = executing("/usr/local/bin/program")
    after = [event for event in of(ModeSwitch, again) if event.seq > of(TaskExec, again)[0].seq]
    assert {event.line for event in after} >= {6, 17}


def test_the_first_program_has_a_file():
    events = executing("./tool", argv=("./tool",))
    assert of(TaskExec, events)[0].path == "/home/user/tool"


def test_a_first_program_that_is_an_elf_file_comes_from_its_file():
    program = assemble(EXECUTE.replace("PATH", "missing"))
    from_file = type(program)("x86_64", "elf", (), program.entry, image=write_elf(program))
    events, _ = run(from_file, argv=("/opt/x", "one", "two"))
    assert {segment.name for segment in events[0].segments} == {"/opt/x", "[vvar]", "[vdso]", "[stack]"}
    assert of(RunEnd, events)[0].status == 2


@pytest.mark.parametrize("seed", range(6))
def test_hostile_files_end_in_an_errno_or_a_signal(seed):
    rng = random.Random(seed)
    for _ in range(25):
        data = bytearray(EXIT)
        for _ in range(rng.randint(1, 12)):
            at = rng.randrange(16, min(len(data), 300))
            data[at : at + rng.choice((1, 2, 4, 8))] = rng.choice((b"\xff", b"\0", b"\x7f", b"\x10")) * 8
        cut = bytes(data[: rng.choice((len(data), rng.randrange(len(data))))])
        end = of(RunEnd, executing("/bin/x", GuestFile("/bin/x", cut, 0o100755)))[0]
        assert end.reason in ("exit", "signal"), end


@pytest.mark.parametrize("seed", range(4))
def test_any_first_line_is_parsed(seed):
    rng = random.Random(seed)
    for _ in range(3000):
        line = b"#!" + bytes(rng.choice(b" \t\0\n/ab") for _ in range(rng.choice((2, 10, 254, 300))))
        found = parse_script(line[:256].ljust(256, b"\0"))
        assert found is None or (b" " not in found[0] and b"\n" not in found[0])


def test_a_file_of_the_superuser_with_the_bit_lends_its_rights():
    user = Credentials.of(1000)
    inode = SimpleNamespace(mode=0o104755, uid=0, gid=0)
    who, secure = credentials_after_exec(user, inode)
    assert (who.uid, who.euid, who.suid, who.fsuid, who.egid, secure) == (1000, 0, 0, 0, 1000, True)
    assert who.cap_effective == ALL_CAPABILITIES
    assert credentials_after_exec(user, inode, no_new_privs=True) == (user, False)
    inode.mode = 0o100755
    assert credentials_after_exec(user, inode) == (user, False)
    root = Credentials.of(0)
    assert credentials_after_exec(root, inode) == (root, False)
    inode.mode = 0o102745
    assert credentials_after_exec(user, inode)[0].egid == 1000
    inode.mode = 0o102755
    assert credentials_after_exec(user, inode)[0].egid == 0


def test_a_program_linked_dynamically_without_its_loader_is_refused_in_words():
    image = bytearray(write_elf(assemble(EXECUTE.replace("PATH", "x"))))
    image[64:68] = b"\3\0\0\0"
    image[64 + 8 : 64 + 16] = len(image).to_bytes(8, "little")
    image[64 + 32 : 64 + 40] = (8).to_bytes(8, "little")
    program = assemble(EXECUTE)
    events, _ = run(type(program)("x86_64", "elf", (), 0, image=bytes(image) + b"/lib/ld\0"))
    end = of(RunEnd, events)[0]
    assert end.reason == "unsupported"
    assert "linked dynamically" in end.sentence
