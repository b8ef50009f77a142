"""The strace text of a run, from its events. See strace(1)."""

from __future__ import annotations

from .events import AnyEvent, Return, RunEnd, Signal, TaskExit, TaskStart


def render(event: AnyEvent) -> str | None:
    """The line that strace prints for `event`, without a line end; None when it prints nothing.

    Calls are printed when they are answered; a call that never returns is printed as its task ends.
    """
    match event:
        case Return():
            return event.strace
        case TaskExit():
            return None if event.strace is None else f"{event.strace} = ?"
        case Signal():
            return _signal(event)
        case RunEnd():
            return _ending(event)
    return None


class StraceLog:
    """The log of a run as `strace -f` writes it: once there are several tasks, each line says whose it is."""

    def __init__(self) -> None:
        self._tasks: set[int] = set()

    def lines(self, event: AnyEvent) -> list[str]:
        """The lines for `event`, without line ends; events come in order."""
        tasks = self._tasks
        if isinstance(event, TaskStart):
            attached = [f"strace: Process {event.pid} attached"] if tasks else []
            tasks.add(event.pid)
            return attached
        prefix = f"[pid {event.task:5}] " if len(tasks) > 1 else ""
        if isinstance(event, TaskExit):
            tasks.discard(event.pid)
            said = [] if event.strace is None else [f"{event.strace} = ?"]
            ending = f"killed by {event.signal}" if event.signal else f"exited with {event.status}"
            return [prefix + line for line in (*said, f"+++ {ending} +++")]
        if isinstance(event, RunEnd) and event.reason in ("exit", "signal"):
            return []
        line = render(event)
        return [] if line is None else [prefix + line]


def _signal(event: Signal) -> str | None:
    """A tracer sees every signal that is delivered, ignored ones too, but neither a blocked one nor SIGKILL."""
    if event.disposition == "blocked" or event.name == "SIGKILL":
        return None
    return f"--- {event.name} {{{event.siginfo or f'si_signo={event.name}, ...'}}} ---"


def _ending(event: RunEnd) -> str:
    if event.signal is not None:
        return f"+++ killed by {event.signal} +++"
    if event.status is not None:
        return f"+++ exited with {event.status} +++"
    return f"+++ ended by {event.reason} +++"
