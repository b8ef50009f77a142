"""The event schema, version 1: the contract between the kernel and everyone who watches it.

A run is one flat stream of these events. Every event has `seq` (0, 1, 2, ... without gaps), `time` (virtual
nanoseconds since the run began), `task` (the tid it happened to) and `type` (the tag). Folding events 0..n gives
the whole visible state at n (`fold.py`).

From this file come the JSON schema, the TypeScript types and the reference page (`python -m app.trace.generate`).

Conventions: a 64-bit machine word (address, register) is a lower-case hexadecimal string such as `0x7ffc0000`,
because JSON numbers lose precision above 2**53. Bytes are base64. A `sentence` is plain English for a student.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

SCHEMA_VERSION = 1

Word = Annotated[str, Meta(pattern="^0x[0-9a-f]{1,16}$", description="A machine word in hexadecimal.")]
CallId = Annotated[int, Meta(description="Number of the system call in this run: 0 for the first trap.", ge=0)]
Line = Annotated[int | None, Meta(description="Source line (1-based), null when the address has none.")]
Sentence = Annotated[str, Meta(description="What happened, in words for a student.")]
ErrnoName = Annotated[str | None, Meta(description="Symbolic errno such as `EBADF`, null when there is none.")]
Mode = Literal["user", "kernel"]
Access = Literal["read", "write", "execute"]
Subsystem = Literal["vfs", "mm", "tty", "pipe", "net", "signal", "sched", "time", "system"]
EndReason = Literal[
    "exit",
    "signal",
    "time-limit",
    "memory-limit",
    "event-limit",
    "output-limit",
    "deadlock",
    "unsupported",
    "stopped",
    "internal-error",
]


def word(value: int) -> str:
    """Write a machine word as the schema wants it (`word(-1)` is `0xffffffffffffffff`)."""
    return hex(value & 0xFFFF_FFFF_FFFF_FFFF)


class Segment(Struct, frozen=True):
    """One mapped piece of the program's memory."""

    start: Word
    end: Word
    perms: Annotated[str, Meta(description="As in /proc/self/maps: `r-xp`.")]
    name: Annotated[str, Meta(description="Section, file or area name: `.text`, `[stack]`, `[heap]`; may be empty.")]


class AbiInfo(Struct, frozen=True):
    """How this architecture asks its kernel for something; the diagram takes its labels from here."""

    name: Annotated[str, Meta(description="Architecture name, as in `trapgate run --arch`.")]
    table: Annotated[str, Meta(description="Name of the system call table.")]
    traps: Annotated[tuple[str, ...], Meta(description="Trap instructions, usual one first.")]
    number_register: Annotated[str, Meta(description="Register that carries the system call number.")]
    argument_registers: Annotated[
        tuple[str, ...], Meta(description="Registers that carry the arguments, first one first.")
    ]
    return_register: Annotated[str, Meta(description="Register that carries the answer.")]
    user_mode: Annotated[str, Meta(description="What the architecture calls user mode: `ring 3`, `EL0`.")]
    kernel_mode: Annotated[str, Meta(description="What the architecture calls kernel mode: `ring 0`, `EL1`.")]
    word_size: Annotated[int, Meta(description="Bytes in a register: 4 or 8.")]


class Counters(Struct, frozen=True):
    """What a run used."""

    traps: Annotated[int, Meta(description="System calls.")]
    faults: Annotated[int, Meta(description="Exceptions.")]
    events: Annotated[int, Meta(description="Events of the run.")]
    output_bytes: Annotated[int, Meta(description="Bytes in all `output` events.")]
    memory_bytes: Annotated[int, Meta(description="Peak of the physical memory the program's pages took.")]
    time: Annotated[int, Meta(description="Virtual nanoseconds at the end.")]


class Event(Struct, kw_only=True, tag_field="type", gc=False):
    """Fields that every event has."""

    seq: Annotated[int, Meta(ge=0, description="Position in the stream: 0, 1, 2, ...")] = 0
    time: Annotated[int, Meta(ge=0, description="Virtual nanoseconds since the run began.")] = 0
    task: Annotated[int, Meta(description="Thread id (tid) the event belongs to; 0 before the first task.")] = 0


class RunStart(Event, kw_only=True, tag="run.start"):
    """The program is loaded and about to execute its first instruction."""

    version: Annotated[int, Meta(description="Version of this schema.")] = SCHEMA_VERSION
    abi: Annotated[AbiInfo, Meta(description="The architecture that the program runs on.")]
    language: Annotated[str, Meta(description="Source language: `gas`, `nasm`, `elf`, ...")]
    argv: Annotated[tuple[str, ...], Meta(description="Arguments of the program, its name first.")]
    segments: Annotated[tuple[Segment, ...], Meta(description="The address space at the start, sorted.")]
    entry: Annotated[Word, Meta(description="Address of the first instruction.")]
    line: Line


class RunEnd(Event, tag="run.end"):
    """The run is over. Everything printed so far is kept, whatever the reason."""

    reason: Annotated[
        EndReason, Meta(description="Why the run is over; `exit` and `signal` are the program's own doing.")
    ]
    status: Annotated[int | None, Meta(description="Exit status 0..255 when the first process exited by itself.")]
    signal: Annotated[str | None, Meta(description="Signal name when a signal killed the first process.")]
    exit_code: Annotated[int, Meta(description="What a shell would show: status, or 128 + signal, or 124 at a limit.")]
    sentence: Sentence
    counters: Annotated[Counters, Meta(description="What the run used.")]


class Frame(Struct, frozen=True):
    """One function of the call chain that led to a trap."""

    pc: Annotated[Word, Meta(description="Where it is: the trap instruction, or where the call in it returns to.")]
    function: Annotated[str, Meta(description="Name of the function, as its symbol has it.")]
    file: Annotated[str | None, Meta(description="Source file, null when the program does not say.")]
    line: Line
    library: Annotated[bool, Meta(description="Whether it belongs to a library and not to the visitor's own source.")]


class Trap(Event, tag="trap"):
    """The program executed a trap instruction."""

    call: CallId
    instruction: Annotated[str, Meta(description="`syscall`, `int 0x80`, `sysenter`, `svc #0`, `ecall`.")]
    pc: Annotated[Word, Meta(description="Address of the trap instruction.")]
    number: Annotated[Word, Meta(description="Raw number register.")]
    args: Annotated[tuple[Word, ...], Meta(description="Raw argument registers, in ABI order.")]
    line: Line
    frames: Annotated[
        tuple[Frame, ...], Meta(description="The call chain, innermost first; empty when the program has no symbols.")
    ] = ()


class ModeSwitch(Event, tag="mode"):
    """The CPU changes its privilege mode."""

    to: Annotated[Mode, Meta(description="The mode that the CPU is in from now on.")]
    reason: Annotated[
        Literal["trap", "fault", "interrupt", "return", "signal"], Meta(description="What made it change.")
    ]
    pc: Annotated[Word, Meta(description="Program counter in user mode: where it left, or where it goes on.")]
    line: Annotated[Line, Meta(description="Source line at `pc`.")]
    saved: Annotated[
        dict[str, Word], Meta(description="Registers the CPU saves on the way in or restores on the way out.")
    ]


class Dispatch(Event, tag="dispatch"):
    """The dispatcher looks the number up in its table."""

    call: CallId
    table: Annotated[str, Meta(description="Name of the table.")]
    number: Annotated[int, Meta(description="Number looked up, as a signed integer.")]
    name: Annotated[str | None, Meta(description="Null when the table has no such row.")]
    implemented: Annotated[bool, Meta(description="False: Linux knows the call, this kernel does not serve it.")]
    signature: Annotated[str | None, Meta(description="`write(fd, buf, count)`; null when not implemented.")]
    source: Annotated[str | None, Meta(description="`path:line` of the handler in this kernel's source.")]
    sentence: Sentence


class Check(Event, tag="check"):
    """The kernel examined an argument and either let the call pass or refused it."""

    call: CallId
    argument: Annotated[str, Meta(description="Parameter name, such as `fd`.")]
    kind: Annotated[str, Meta(description="What was examined: `open`, `access-mode`, `memory`, `path`, `flags`, ...")]
    value: Annotated[str, Meta(description="The argument as a person reads it.")]
    ok: Annotated[bool, Meta(description="False: the call is refused with `errno`.")]
    errno: ErrnoName
    sentence: Sentence


class Service(Event, tag="service"):
    """A subsystem does the work."""

    call: CallId
    subsystem: Annotated[Subsystem, Meta(description="Part of the kernel that does it.")]
    step: Annotated[str, Meta(description="Short name of the step: `lookup`, `copy-in`, `write`, `map`.")]
    sentence: Sentence


class Block(Event, tag="block"):
    """The call cannot finish now; the task sleeps in a wait queue."""

    call: CallId
    on: Annotated[str, Meta(description="What it waits for: `keyboard`, `timer`, `pipe`.")]
    until: Annotated[int | None, Meta(description="Virtual time at which a timer ends the wait.")]
    sentence: Sentence


class Wake(Event, tag="wake"):
    """What the task waited for has happened, its time is over, or a signal arrived: it is ready to go on."""

    call: CallId
    on: Annotated[str, Meta(description="What it waited for, as in `block`.")]
    sentence: Sentence


class Return(Event, tag="return"):
    """The call is answered: this value goes into the return register."""

    call: CallId
    value: Annotated[Word, Meta(description="Raw value for the return register.")]
    text: Annotated[str, Meta(description="The value as a person reads it: `3`, `0x401000`, `-1 EBADF`.")]
    errno: ErrnoName
    strace: Annotated[str, Meta(description="The whole call as strace prints it.")]
    sentence: Sentence


class Output(Event, tag="output"):
    """Bytes reached the terminal (or the standard stream that replaces it)."""

    stream: Annotated[int, Meta(description="0: the terminal. 1, 2: redirected standard output and error.")]
    data: Annotated[bytes, Meta(description="The bytes.")]


class InputWait(Event, tag="input.wait"):
    """Every task sleeps, this one for the keyboard: nothing goes on until something is typed or a timer is due."""

    call: CallId
    sentence: Sentence


class Input(Event, tag="input"):
    """The keyboard said something."""

    data: Annotated[bytes, Meta(description="The bytes, as typed; empty at the end of the input.")]
    eof: Annotated[bool, Meta(description="True when the input has ended.")]


class Fault(Event, tag="fault"):
    """The CPU could not execute an instruction and entered the kernel by an exception."""

    vector: Annotated[str, Meta(description="`#PF`, `#GP`, `#DE`, `#UD`, `#BP`, `#DB`.")]
    name: Annotated[str, Meta(description="The vector's name: `page fault`.")]
    pc: Annotated[Word, Meta(description="Address of the instruction.")]
    line: Annotated[Line, Meta(description="Source line at `pc`.")]
    address: Annotated[Word | None, Meta(description="Address touched, for a page fault.")]
    access: Annotated[Access | None, Meta(description="Kind of access, for a page fault.")]
    signal: Annotated[str | None, Meta(description="Signal that results; null when the kernel repaired the fault.")]
    sentence: Sentence


class Signal(Event, tag="signal"):
    """A signal reaches a task."""

    number: Annotated[int, Meta(description="Signal number.")]
    name: Annotated[str, Meta(description="Signal name: `SIGSEGV`.")]
    sender: Annotated[str, Meta(description="`kernel`, or the pid that sent it.")]
    disposition: Annotated[
        Literal["default", "ignore", "handler", "blocked"],
        Meta(description="What the program asked for; `blocked` when its mask holds the signal back."),
    ]
    action: Annotated[
        Literal["terminate", "core", "ignore", "stop", "continue", "handler", "pending"],
        Meta(description="What happens."),
    ]
    sentence: Sentence
    siginfo: Annotated[
        str, Meta(description="The signal's `siginfo_t` as strace prints it, without braces; empty when unknown.")
    ] = ""
    handler: Annotated[Word | None, Meta(description="Address of the handler that runs, for action `handler`.")] = None
    frame: Annotated[
        Word | None,
        Meta(description="Lowest address of the frame on the handler's stack, for action `handler`."),
    ] = None


class Switch(Event, tag="switch"):
    """The scheduler gives the CPU to another task."""

    previous: Annotated[int, Meta(description="Task that leaves the CPU; 0 for none.")]
    next: Annotated[int, Meta(description="Task that gets the CPU; 0 for none.")]
    reason: Annotated[str, Meta(description="Why the previous task leaves the CPU, in a few words.")]


class TaskStart(Event, tag="task.start"):
    """A task comes to life. What it does not share with `parent` it has a copy of, as of now."""

    pid: Annotated[int, Meta(description="The new task.")]
    parent: Annotated[int, Meta(description="The task that made it; of the first, the process that did.")]
    name: Annotated[str, Meta(description="Name of its program.")]
    process: Annotated[
        int, Meta(description="Process (thread group) that it belongs to; its own tid when it is a new one.")
    ]
    shares: Annotated[
        tuple[Literal["memory", "files", "fs", "handlers"], ...],
        Meta(
            description="What it has in common with `parent`: address space, descriptor table, directories, handlers."
        ),
    ] = ()


class TaskExec(Event, tag="task.exec"):
    """A task replaces its program: a new address space, and a descriptor table that it shares with nobody."""

    path: Annotated[str, Meta(description="The new program.")]
    argv: Annotated[tuple[str, ...], Meta(description="Its arguments, its name first.")]
    name: Annotated[str, Meta(description="Name of the task from now on.")]
    segments: Annotated[tuple[Segment, ...], Meta(description="The new address space, sorted.")]
    entry: Annotated[Word, Meta(description="Address of the first instruction.")]
    former: Annotated[
        int | None,
        Meta(
            description="The number the task had, when it was not the first of its process: it takes that one's place."
        ),
    ] = None


class TaskUnshare(Event, tag="task.unshare"):
    """A task shares its descriptor table with nobody any more: it has a copy of its own."""

    sentence: Sentence


class TaskExit(Event, tag="task.exit"):
    """A task ends."""

    pid: Annotated[int, Meta(description="The task that ends.")]
    status: Annotated[int | None, Meta(description="Exit status 0..255 when the task ended by itself.")]
    signal: Annotated[str | None, Meta(description="Signal name when a signal killed it.")]
    strace: Annotated[
        str | None, Meta(description="The call that ended it, which never returns, as strace prints it: `exit(0)`.")
    ] = None


class Memory(Event, tag="memory"):
    """The address space of the task changed, for all that share it; regions stay sorted and never overlap."""

    change: Annotated[
        Literal["map", "unmap", "protect"],
        Meta(description="`map` replaces whatever the range held; `protect` changes `perms` inside the range."),
    ]
    start: Annotated[Word, Meta(description="First address of the range.")]
    end: Annotated[Word, Meta(description="First address after the range.")]
    perms: Annotated[str, Meta(description="As in /proc/self/maps; empty for `unmap`.")]
    name: Annotated[str, Meta(description="Section, file or area name; may be empty.")]


class Fd(Event, tag="fd"):
    """The descriptor table of the task changed, for all that share it."""

    change: Annotated[
        Literal["open", "close", "flags"], Meta(description="`flags` says what the descriptor is now, like `open`.")
    ]
    fd: Annotated[int, Meta(description="The descriptor's number.")]
    description: Annotated[
        int | None, Meta(description="Identity of the open file description: equal numbers share offset and flags.")
    ]
    kind: Annotated[
        str, Meta(description="`tty`, `file`, `directory`, `pipe`, `socket`, `epoll` and so on; empty for `close`.")
    ]
    path: Annotated[str, Meta(description="As /proc/self/fd shows it; empty for `close`.")]
    flags: Annotated[str, Meta(description="`O_RDWR|O_CLOEXEC`; empty for `close`.")]


AnyEvent = (
    RunStart
    | RunEnd
    | Trap
    | ModeSwitch
    | Dispatch
    | Check
    | Service
    | Block
    | Wake
    | Return
    | Output
    | InputWait
    | Input
    | Fault
    | Signal
    | Switch
    | TaskStart
    | TaskExec
    | TaskUnshare
    | TaskExit
    | Memory
    | Fd
)
"""Any event of the stream."""
