"""A connection and its pump, without a network."""

from __future__ import annotations

import threading

import pytest

from app.settings import Settings
from app.web.messages import CheckRequest, MessageError, RunRequest
from app.web.sessions import Connection
from tests.web.fake_backend import FakeBackend


class Tab:
    """A browser tab that acknowledges what it is told to, and never by itself."""

    def __init__(self, **settings) -> None:
        self.backend = FakeBackend()
        self.sent = []
        self.unacknowledged = []
        self.changed = threading.Condition()
        self.pumps = []
        self.connection = Connection(self.backend, Settings(**settings), self.emit, self.spawn)

    def emit(self, event, payload, acknowledged=None):
        with self.changed:
            self.sent.append((event, payload))
            if acknowledged:
                self.unacknowledged.append(acknowledged)
            self.changed.notify_all()

    def spawn(self, pump, *arguments):
        thread = threading.Thread(target=pump, args=arguments, daemon=True)
        self.pumps.append(thread)
        thread.start()

    def run(self, source):
        return self.connection.run(RunRequest(source=source))["run"]

    def check(self, source):
        return self.connection.check(CheckRequest(source=source))["check"]

    def checked(self):
        return [payload["check"] for name, payload in self.sent if name == "checked"]

    def until(self, condition):
        with self.changed:
            assert self.changed.wait_for(condition, 20), self.sent[-3:]

    def ended(self):
        return self.sent and self.sent[-1][0] == "ended"

    def finish(self):
        for pump in self.pumps:
            pump.join(20)
            assert not pump.is_alive()


def test_a_silent_browser_has_its_run_ended():
    tab = Tab(max_unacknowledged_batches=3, acknowledge_timeout_seconds=0.05)
    tab.run("many")
    tab.until(tab.ended)
    events = [event for name, payload in tab.sent if name == "events" for event in payload["events"]]
    assert [event.seq for event in events] == [0, 1, 2, 3]
    assert events[-1].reason == "stopped"
    assert "browser" in events[-1].sentence
    tab.finish()
    assert tab.backend.runs[0].cancelled.is_set()


def test_acknowledgements_open_the_window_one_by_one():
    tab = Tab(max_unacknowledged_batches=2)
    tab.run("many")
    for count in range(2, 10):
        tab.until(lambda count=count: len(tab.sent) == count)
        assert tab.backend.runs[0].consumed == count
        tab.unacknowledged.pop()("any", "value")
    tab.connection.close()
    tab.finish()


def test_the_window_outlasts_a_run():
    """Otherwise short runs one after another would fill the memory for a browser that reads nothing."""
    tab = Tab(max_unacknowledged_batches=2, acknowledge_timeout_seconds=0.05)
    tab.run("hello")
    tab.until(tab.ended)
    tab.finish()
    tab.run("hello")
    tab.until(lambda: [name for name, _ in tab.sent].count("ended") == 2)
    second = [payload for name, payload in tab.sent if name == "events"][2:]
    assert [event.reason for payload in second for event in payload["events"]] == ["stopped"]
    assert tab.backend.runs[1].consumed == 0


def test_closing_wakes_a_pump_that_waits_for_an_acknowledgement():
    tab = Tab(max_unacknowledged_batches=1)
    tab.run("many")
    tab.until(lambda: len(tab.sent) == 1)
    tab.connection.close()
    tab.finish()
    assert tab.backend.runs[0].cancelled.is_set()


def test_closing_ends_a_run_that_waits_for_input():
    tab = Tab()
    tab.run("echo")
    tab.until(lambda: len(tab.sent) == 1)
    tab.connection.close()
    tab.finish()
    assert tab.backend.runs[0].cancelled.is_set()


def test_a_browser_that_leaves_while_its_run_starts():
    tab = Tab()
    submit = tab.backend.submit

    def submit_and_leave(spec):
        run = submit(spec)
        tab.connection.close()
        return run

    tab.backend.submit = submit_and_leave
    tab.run("many")
    tab.finish()
    assert tab.backend.runs[0].cancelled.is_set()


def test_a_failing_backend_leaves_the_connection_usable():
    tab = Tab()
    submit, tab.backend.submit = tab.backend.submit, None
    with pytest.raises(TypeError):
        tab.run("hello")
    tab.backend.submit = submit
    tab.run("hello")
    tab.until(tab.ended)
    with pytest.raises(MessageError, match="take"):
        tab.run("busy")


def test_of_many_checks_the_newest_is_done():
    tab = Tab(check_interval_seconds=0.2)
    names = [tab.check("hello") for _ in range(50)]
    while names[-1] not in tab.checked():
        tab.until(lambda: tab.unacknowledged)
        tab.unacknowledged.pop()()
    assert len(tab.backend.runs) <= 2
    assert all(run.spec.action == "check" for run in tab.backend.runs)


def test_no_check_before_the_last_answer_is_acknowledged():
    tab = Tab(check_interval_seconds=0)
    first = tab.check("hello")
    tab.until(lambda: tab.checked() == [first])
    second = tab.check("hello")
    assert len(tab.backend.runs) == 1
    tab.unacknowledged.pop()()
    tab.until(lambda: tab.checked() == [first, second])


def test_a_browser_that_never_acknowledges_has_one_check():
    tab = Tab(check_interval_seconds=0, acknowledge_timeout_seconds=0.01)
    for _ in range(3):
        tab.check("hello")
        tab.finish()
    assert len(tab.checked()) == 1
    assert len(tab.backend.runs) == 1


def test_closing_ends_a_check():
    tab = Tab()
    tab.check("hang")
    tab.until(lambda: tab.backend.runs or not tab.changed.wait(0.01))
    tab.connection.close()
    tab.finish()
    assert tab.backend.runs[0].cancelled.is_set()
    assert tab.sent == []


def test_a_replaced_check_is_cancelled():
    tab = Tab(check_interval_seconds=0)
    tab.check("hang")
    tab.until(lambda: tab.backend.runs or not tab.changed.wait(0.01))
    name = tab.check("hello")
    tab.until(lambda: tab.checked() == [name])
    assert tab.backend.runs[0].cancelled.is_set()
