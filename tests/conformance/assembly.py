"""Programs in assembler, made of calls: for cases with several processes, which the interpreter cannot run."""

from __future__ import annotations

from app.kernel.abi.x86_64_table import NAMES

NUMBERS = {name: number for number, name in NAMES.items()}

PRELUDE = """
_start:
    jmp main

show:                       # prints rax in hexadecimal, a line of 16 digits, and keeps it
    push rax
    lea rdi, text
    mov ecx, 16
show_digit:
    rol rax, 4
    mov edx, eax
    and edx, 15
    movzx edx, byte ptr [digits+rdx]
    mov [rdi], dl
    inc rdi
    dec ecx
    jne show_digit
    mov byte ptr [rdi], 10
    mov eax, 1
    mov edi, 1
    lea rsi, text
    mov edx, 17
    syscall
    pop rax
    ret

main:
"""


def data(initialised: str = "", zeroed: str = "") -> str:
    """The variables of a program: `word`, `status`, `buffer` (64 bytes), `line`, and those given."""
    return f"""
.data
digits: .ascii "0123456789abcdef"
line: .ascii "line\\n"
{initialised}
.bss
text: .zero 32
word: .zero 8
status: .zero 8
buffer: .zero 64
{zeroed}
"""


def invoke(name: str, *arguments: int | str) -> str:
    """A call; arguments are numbers, or what stands after a comma in `mov` (`lea` for `&name`)."""
    registers = ("rdi", "rsi", "rdx", "r10", "r8", "r9")
    lines = [
        f"lea {register}, {value[1:]}"
        if isinstance(value, str) and value.startswith("&")
        else f"mov {register}, {value}"
        for register, value in zip(registers, arguments, strict=False)
    ]
    return "\n".join((*lines, f"mov eax, {NUMBERS[name]}", "syscall")) + "\n"


def shown(name: str, *arguments: int | str) -> str:
    """A call whose result is printed."""
    return invoke(name, *arguments) + "call show\n"


def shown_value(variable: str, size: str = "dword") -> str:
    """Print a variable."""
    register = "eax" if size == "dword" else "rax"
    return f"mov {register}, {size} ptr [{variable}]\ncall show\n"


def end(status: int | str = 0) -> str:
    """Leave."""
    return invoke("exit_group", status)


def wait_for(pid: str, options: int = 0) -> str:
    """Wait for a child and print what became of it."""
    return invoke("wait4", pid, "&status", options, 0) + shown_value("status")


def forked(child: str, label: str) -> str:
    """A child that executes `child`, which must end; its id is in r14."""
    return f"{invoke('fork')}test rax, rax\njne {label}\n{child}{label}:\nmov r14, rax\n"
