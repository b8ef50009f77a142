"""The strace text of a run, from its events. See strace(1)."""

from __future__ import annotations

from .events import AnyEvent, Return, RunEnd, Signal, TaskExit


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
