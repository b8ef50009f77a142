import pytest
from trace_samples import ABI, COUNTERS, EVENTS

from app.trace import events as e
from app.trace.fold import VisibleState, change_memory, fold, state_at


def stream(*events, task=1):
    """Give hand-written events their place in the stream."""
    for seq, event in enumerate(events):
        event.seq = seq
        event.time = 10 * seq
        event.task = event.task or task
    return list(events)


def trap(call, task=0, line=4):
    return e.Trap(call=call, instruction="syscall", pc="0x401000", number="0x1", args=(), line=line, task=task)


def returned(call, text, task=0):
    return e.Return(call=call, value="0x0", text=text, errno=None, strace=f"c{call}() = {text}", sentence="", task=task)


def opened(fd, path, change="open"):
    return e.Fd(change=change, fd=fd, description=fd, kind="file", path=path, flags="O_RDONLY")


def closed(fd):
    return e.Fd(change="close", fd=fd, description=None, kind="", path="", flags="")


def test_before_the_first_event():
    assert state_at(EVENTS, -1) == VisibleState()
    assert VisibleState().status == "starting"
    for index in (-2, len(EVENTS)):
        with pytest.raises(IndexError):
            state_at(EVENTS, index)


def test_folding_one_by_one_is_state_at_each_index():
    state = VisibleState()
    for index, event in enumerate(EVENTS):
        fold(state, event)
        assert state == state_at(EVENTS, index)
        assert (state.seq, state.time) == (index, 10 * index)


def test_a_call_gathers_what_happens_to_it():
    state = state_at(EVENTS, 9)
    assert state.mode == "kernel"
    assert state.line == 4
    assert state.call.dispatch.name == "write"
    assert [check.argument for check in state.call.checks] == ["fd"]
    assert [service.step for service in state.call.services] == ["write"]
    assert state.call.block.on == "keyboard"
    assert state.call.result is None
    assert state.strace == []
    answered = state_at(EVENTS, 13)
    assert answered.call.block is None
    assert answered.call.result.text == "3"
    assert answered.strace == ['write(1, "hi\\377", 3) = 3']


def test_status_follows_the_run():
    assert [state_at(EVENTS, index).status for index in (0, 9, 10, 11, 21)] == [
        "running",
        "running",
        "waiting",
        "running",
        "ended",
    ]
    last = state_at(EVENTS, 21)
    assert last.ending.exit_code == 139
    assert [fault.vector for fault in last.faults] == ["#PF"]
    assert [signal.name for signal in last.signals] == ["SIGSEGV"]
    assert last.strace[-1] == "+++ killed by SIGSEGV +++"


def test_output_is_kept_by_stream():
    events = stream(
        *(e.Output(stream=stream, data=data) for stream, data in [(0, b"a"), (1, b"b"), (0, b"c"), (2, b"d")])
    )
    assert state_at(events, 0).terminal == b"a"
    assert state_at(events, 3).output == {0: b"ac", 1: b"b", 2: b"d"}
    assert VisibleState().terminal == b""


def test_descriptor_table():
    events = stream(
        opened(3, "/a"), opened(4, "/b"), closed(3), opened(4, "/c", change="flags"), opened(3, "/d"), closed(7)
    )
    tables = [{fd: entry.path for fd, entry in state_at(events, i).descriptors.items()} for i in range(6)]
    assert tables == [
        {3: "/a"},
        {3: "/a", 4: "/b"},
        {4: "/b"},
        {4: "/c"},
        {3: "/d", 4: "/c"},
        {3: "/d", 4: "/c"},
    ]


def test_calls_of_several_tasks_do_not_mix():
    events = stream(
        e.TaskStart(pid=1, parent=0, name="a", process=1),
        trap(0, task=1),
        e.Block(call=0, on="pipe", until=None, sentence="", task=1),
        e.TaskStart(pid=2, parent=1, name="b", process=2, task=1),
        e.Switch(previous=1, next=2, reason="block", task=1),
        trap(1, task=2),
        returned(1, "7", task=2),
        e.TaskExit(pid=2, status=0, signal=None, task=2, strace="exit(0)"),
        e.Switch(previous=2, next=1, reason="exit", task=2),
        e.Wake(call=0, on="pipe", sentence="", task=1),
        returned(0, "5", task=1),
    )
    states = [state_at(events, i) for i in range(len(events))]
    assert [[task.state for task in state.tasks.values()] for state in states[2:]] == [
        ["waiting"],
        ["waiting", "ready"],
        ["waiting", "running"],
        ["waiting", "running"],
        ["waiting", "running"],
        ["waiting", "exited"],
        ["running", "exited"],
        ["running", "exited"],
        ["running", "exited"],
    ]
    assert (states[3].task, states[4].task) == (1, 2)
    assert states[4].call is None
    assert states[6].call.result.text == "7"
    assert states[8].call.block.on == "pipe"
    assert states[8].tasks[2].end.status == 0
    assert states[-1].call.result.text == "5"
    assert states[-1].strace == ["c1() = 7", "exit(0) = ?", "c0() = 5"]


def test_exec_renames_the_task():
    events = stream(
        e.TaskStart(pid=1, parent=0, name="sh", process=1),
        opened(3, "/a"),
        e.TaskStart(pid=2, parent=1, name="sh", process=2, shares=("memory", "files")),
        e.Switch(previous=1, next=2, reason="sleeps"),
        e.TaskExec(
            path="/bin/ls",
            argv=("ls",),
            name="ls",
            segments=(e.Segment("0x401000", "0x402000", "r-xp", "/bin/ls"),),
            entry="0x401000",
            task=2,
        ),
    )
    events.extend(stream(closed(3), task=2))
    events[-1].seq = 5
    last = state_at(events, 5)
    assert last.tasks[2].name == "ls"
    assert [region.name for region in last.memory] == ["/bin/ls"]
    assert (list(last.tasks[1].descriptors), list(last.tasks[2].descriptors)) == ([3], [])
    assert last.tasks[1].memory.regions == []


def test_a_thread_that_executes_takes_the_place_of_the_first():
    events = stream(
        e.TaskStart(pid=1, parent=0, name="sh", process=1),
        e.TaskStart(pid=2, parent=1, name="sh", process=1, shares=("memory", "files")),
        e.Switch(previous=1, next=2, reason="sleeps"),
        trap(0, task=2),
        e.TaskExit(pid=1, status=None, signal="SIGKILL"),
        e.TaskExec(path="/bin/ls", argv=("ls",), name="ls", segments=(), entry="0x401000", former=2, task=1),
        e.Return(call=0, value="0x0", text="0", errno=None, strace="execve() = 0", sentence="", task=1),
    )
    last = state_at(events, len(events) - 1)
    assert list(last.tasks) == [1]
    assert (last.task, last.tasks[1].name, last.tasks[1].parent, last.tasks[1].end) == (1, "ls", 0, None)
    assert last.call.result.text == "0"


def test_who_no_longer_shares_has_a_copy():
    events = stream(
        opened(3, "/a"),
        e.TaskStart(pid=2, parent=1, name="thread", process=1, shares=("memory", "files")),
        e.TaskUnshare(sentence="", task=1),
        opened(4, "/b"),
    )
    tasks = state_at(events, 3).tasks
    assert (list(tasks[1].descriptors), list(tasks[2].descriptors)) == ([3, 4], [3])


def test_threads_share_what_a_forked_child_has_a_copy_of():
    events = stream(
        opened(3, "/a"),
        e.TaskStart(pid=2, parent=1, name="thread", process=1, shares=("memory", "files")),
        e.TaskStart(pid=3, parent=1, name="child", process=3),
        e.Memory(change="map", start="0x1000", end="0x2000", perms="rw-p", name=""),
        opened(4, "/b"),
    )
    tasks = state_at(events, 4).tasks
    assert list(tasks[2].descriptors) == [3, 4]
    assert list(tasks[3].descriptors) == [3]
    assert len(tasks[2].memory.regions) == 1
    assert tasks[3].memory.regions == []


def test_a_line_stays_in_view_while_code_without_one_runs():
    events = stream(trap(0), e.ModeSwitch(to="user", reason="return", pc="0x1", line=None, saved={}), trap(1, line=6))
    assert [state_at(events, i).line for i in range(3)] == [4, 4, 6]


def test_a_gap_is_an_error():
    state = VisibleState()
    fold(state, EVENTS[0])
    with pytest.raises(ValueError, match="event 2 does not follow event 0"):
        fold(state, EVENTS[2])


def test_an_answer_without_its_call_is_an_error():
    for events in (
        stream(returned(0, "1")),
        stream(trap(0), returned(1, "1")),
        stream(trap(0), returned(0, "1", task=2)),
    ):
        with pytest.raises(ValueError, match="is not in call"):
            state_at(events, len(events) - 1)


MAP = [e.Segment("0x1000", "0x4000", "r-xp", ".text"), e.Segment("0x6000", "0x8000", "rw-p", "[heap]")]


def change(kind, start, end, perms="", name=""):
    return e.Memory(change=kind, start=hex(start), end=hex(end), perms=perms, name=name)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            change("map", 0x4000, 0x5000, "rw-p", "new"),
            ["1000-4000 r-xp .text", "4000-5000 rw-p new", "6000-8000 rw-p [heap]"],
        ),
        (
            change("map", 0x0, 0x1000, "rw-p", "new"),
            ["0-1000 rw-p new", "1000-4000 r-xp .text", "6000-8000 rw-p [heap]"],
        ),
        (
            change("map", 0x2000, 0x3000, "rw-p", "new"),
            ["1000-2000 r-xp .text", "2000-3000 rw-p new", "3000-4000 r-xp .text", "6000-8000 rw-p [heap]"],
        ),
        (
            change("map", 0x3000, 0x7000, "---p", "new"),
            ["1000-3000 r-xp .text", "3000-7000 ---p new", "7000-8000 rw-p [heap]"],
        ),
        (change("map", 0x1000, 0x8000, "---p", "new"), ["1000-8000 ---p new"]),
        (change("unmap", 0x2000, 0x3000), ["1000-2000 r-xp .text", "3000-4000 r-xp .text", "6000-8000 rw-p [heap]"]),
        (change("unmap", 0x3000, 0x7000), ["1000-3000 r-xp .text", "7000-8000 rw-p [heap]"]),
        (change("unmap", 0x4000, 0x6000), ["1000-4000 r-xp .text", "6000-8000 rw-p [heap]"]),
        (change("unmap", 0x0, 0x9000), []),
        (
            change("protect", 0x2000, 0x3000, "rwxp"),
            ["1000-2000 r-xp .text", "2000-3000 rwxp .text", "3000-4000 r-xp .text", "6000-8000 rw-p [heap]"],
        ),
        (change("protect", 0x6000, 0x8000, "r--p"), ["1000-4000 r-xp .text", "6000-8000 r--p [heap]"]),
        (
            change("protect", 0x3000, 0x7000, "---p"),
            ["1000-3000 r-xp .text", "3000-4000 ---p .text", "6000-7000 ---p [heap]", "7000-8000 rw-p [heap]"],
        ),
    ],
)
def test_memory_changes_split_regions(event, expected):
    regions = change_memory(MAP, event)
    assert [f"{r.start[2:]}-{r.end[2:]} {r.perms} {r.name}" for r in regions] == expected


def test_memory_starts_with_the_segments_of_the_program():
    start = e.RunStart(abi=ABI, language="gas", argv=(), segments=tuple(MAP), entry="0x1000", line=None)
    ending = e.RunEnd(reason="exit", status=0, signal=None, exit_code=0, sentence="", counters=COUNTERS)
    events = stream(start, change("unmap", 0x1000, 0x4000), change("map", 0x10000, 0x11000, "rw-p", ""), ending)
    assert state_at(events, 0).memory == MAP
    assert [region.start for region in state_at(events, 3).memory] == ["0x6000", "0x10000"]
    assert state_at(events, 0).memory == MAP
