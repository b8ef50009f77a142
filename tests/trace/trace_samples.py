"""One event of every type, in the order of a plausible run."""

from app.trace import events as e

ABI = e.AbiInfo("x86_64", "x86_64", ("syscall",), "rax", ("rdi", "rsi"), "rax", "ring 3", "ring 0", 8)
COUNTERS = e.Counters(1, 1, 21, 3, 8192, 900)

EVENTS = [
    e.RunStart(
        abi=ABI,
        language="gas",
        argv=("hello",),
        segments=(e.Segment("0x401000", "0x402000", "r-xp", ".text"),),
        entry="0x401000",
        line=3,
    ),
    e.TaskStart(pid=1, parent=0, name="hello", process=1),
    e.Fd(change="open", fd=1, description=1, kind="tty", path="/dev/tty", flags="O_RDWR"),
    e.Trap(call=0, instruction="syscall", pc="0x401000", number="0x1", args=("0x1", "0x402000"), line=4),
    e.ModeSwitch(to="kernel", reason="trap", pc="0x401002", line=4, saved={"rcx": "0x401002"}),
    e.Dispatch(
        call=0,
        table="x86_64",
        number=1,
        name="write",
        implemented=True,
        signature="write(fd, buf, count)",
        source="app/kernel/syscalls/io.py:10",
        sentence="Row 1 is write.",
    ),
    e.Check(call=0, argument="fd", kind="open", value="1", ok=True, errno=None, sentence="It is open."),
    e.Service(call=0, subsystem="tty", step="write", sentence="The terminal gets 3 bytes."),
    e.Output(stream=0, data=b"hi\xff"),
    e.Block(call=0, on="keyboard", until=None, sentence="It sleeps."),
    e.InputWait(call=0, sentence="Type something."),
    e.Input(data=b"x\n", eof=False),
    e.Wake(call=0, on="keyboard", sentence="It wakes up."),
    e.Return(call=0, value="0x3", text="3", errno=None, strace='write(1, "hi\\377", 3) = 3', sentence="It wrote."),
    e.Memory(change="map", start="0x500000", end="0x502000", perms="rw-p", name="[heap]"),
    e.Switch(previous=1, next=1, reason="yield"),
    e.TaskUnshare(sentence="It has a table of its own."),
    e.TaskExec(
        path="/bin/other",
        argv=("other",),
        name="other",
        segments=(e.Segment("0x401000", "0x402000", "r-xp", "/bin/other"),),
        entry="0x401000",
    ),
    e.Fault(
        vector="#PF",
        name="page fault",
        pc="0x401010",
        line=9,
        address="0x8",
        access="write",
        signal="SIGSEGV",
        sentence="Nothing is there.",
    ),
    e.Signal(
        number=11,
        name="SIGSEGV",
        sender="kernel",
        disposition="default",
        action="core",
        sentence="It ends the process.",
        siginfo="si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x8",
    ),
    e.TaskExit(pid=1, status=None, signal="SIGSEGV"),
    e.RunEnd(reason="signal", status=None, signal="SIGSEGV", exit_code=139, sentence="Dead.", counters=COUNTERS),
]
for _seq, _event in enumerate(EVENTS):
    _event.seq = _seq
    _event.time = 10 * _seq
    _event.task = min(_seq, 1)
