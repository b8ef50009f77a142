"""The Socket.IO contract, by clients that use nothing but `docs/protocol.md`."""

from __future__ import annotations

import base64

import pytest


def test_a_run_from_acknowledgement_to_ended(client):
    run = client.run("hello")
    events = client.finish(run)
    assert [event["seq"] for event in events] == [0, 1, 2]
    assert events[-1]["type"] == "run.end"
    assert client.messages[-1] == ("ended", {"run": run})


def test_the_acknowledgement_comes_before_any_message_of_the_run(client):
    order = []
    client.io.on("events", lambda payload: order.append(payload["run"]))
    client.io.emit("run", {"source": "hello"}, callback=order.append)
    client.until(lambda: any(name == "ended" for name, _ in client.messages))
    assert order[0]["ok"]
    assert order[1:] == [order[0]["run"]] * 2


def test_bytes_are_base64(client):
    events = client.finish(client.run("hello"))
    assert [base64.b64decode(event["data"]) for event in events[:2]] == [b"hi\n", b"\xff"]


def test_one_run_after_another(client):
    runs = [client.run("hello")]
    client.finish(runs[0])
    runs.append(client.run("hello"))
    client.finish(runs[1])
    assert runs[0] != runs[1]


def test_input_reaches_the_program(client):
    run = client.run("echo")
    client.until(lambda: any(event["type"] == "input.wait" for event in client.events(run)))
    assert client.call("input", {"run": run, "data": "é\n"}) == {"ok": True}
    assert client.call("input", {"run": run, "data": "", "eof": True}) == {"ok": True}
    events = client.finish(run)
    assert base64.b64decode(events[1]["data"]).decode() == "é\n"
    assert events[-1]["type"] == "run.end"


def test_input_keeps_its_order(client):
    run = client.run("echo")
    for digit in range(50):
        client.io.emit("input", {"run": run, "data": str(digit % 10)})
    client.call("input", {"run": run, "data": "", "eof": True})
    typed = b"".join(base64.b64decode(event["data"]) for event in client.finish(run) if event["type"] == "output")
    assert typed == b"0123456789" * 5


def test_stop_ends_the_run_and_keeps_the_output(client):
    run = client.run("many")
    client.until(lambda: len(client.events(run)) > 20)
    assert client.call("stop", {"run": run}) == {"ok": True}
    events = client.finish(run)
    assert events[-1]["reason"] == "stopped"
    assert [event["seq"] for event in events] == list(range(len(events)))


def test_mistakes_in_the_source(client):
    run = client.run("mistake")
    client.until(lambda: client.ended(run))
    rejected = next(payload for name, payload in client.messages if name == "rejected")
    assert rejected["run"] == run
    assert rejected["mistakes"] == [
        {
            "line": 1,
            "column": 1,
            "end_column": 5,
            "message": "`mvo` is not an instruction.",
            "hint": "Did you mean `mov`?",
            "severity": "error",
        }
    ]
    assert client.events(run) == []


@pytest.mark.parametrize(
    ("source", "reason", "seq"),
    [
        ("die", "memory-limit", 1),
        ("gap", "internal-error", 1),
        ("early", "internal-error", 1),
        ("crash", "internal-error", 1),
        ("rebuilt", "internal-error", 1),
    ],
)
def test_a_worker_that_fails_is_reported_by_run_end(client, source, reason, seq):
    events = client.finish(client.run(source))
    assert [event["seq"] for event in events] == list(range(seq + 1))
    assert events[-1]["type"] == "run.end"
    assert events[-1]["reason"] == reason
    assert events[-1]["sentence"]
    assert events[-1]["counters"]["events"] == seq + 1
    assert events[-1]["counters"]["output_bytes"] == len(base64.b64decode(events[0]["data"]))


def test_nothing_follows_run_end(client):
    events = client.finish(client.run("late"))
    assert [event["type"] for event in events] == ["run.end"]


def test_fields_have_their_documented_defaults_and_reach_the_runner(client, server):
    assert server.fake_run(client.run("echo"))["columns"] == 80


def test_given_fields_reach_the_runner(client, server):
    run = client.run("echo", language="nasm", columns=132, rows=50, argv=["a", "b"], arch="i386", optimize=1)
    spec = server.fake_run(run)
    assert (spec["columns"], spec["filename"], spec["arch"], spec["optimize"]) == (132, "program.asm", "i386", 1)


@pytest.mark.parametrize(("source", "code"), [("busy", "busy"), ("down", "unavailable")])
def test_a_backend_that_takes_no_run(client, source, code):
    answer = client.call("run", {"source": source})
    assert answer["error"]["code"] == code
    client.finish(client.run("hello"))


def test_a_second_run_from_one_tab(client):
    run = client.run("echo")
    assert client.call("run", {"source": "hello"})["error"]["code"] == "run-active"
    client.call("stop", {"run": run})
    client.finish(run)
    client.finish(client.run("hello"))


def test_two_runs_at_once_from_one_tab(client):
    answers = []
    for _ in range(2):
        client.io.emit("run", {"source": "echo"}, callback=lambda answer: answers.append(answer) or _wake(client))
    client.until(lambda: len(answers) == 2)
    assert [answer["ok"] for answer in answers] == [True, False]
    assert answers[1]["error"]["code"] == "run-active"


def _wake(client):
    with client.changed:
        client.changed.notify_all()


def test_runs_belong_to_their_connection(connect):
    mine, other = connect(), connect()
    run = mine.run("echo")
    for name, payload in (("input", {"run": run, "data": "x"}), ("stop", {"run": run})):
        assert other.call(name, payload)["error"] == {
            "code": "no-such-run",
            "message": "There is no such run here, or it is over.",
            "field": "run",
        }
    other.finish(other.run("hello"))
    mine.call("stop", {"run": run})
    assert mine.finish(run)[-1]["reason"] == "stopped"
    assert {payload["run"] for _, payload in mine.messages if "run" in payload} == {run}
    assert run not in {payload.get("run") for _, payload in other.messages}


def test_a_run_that_is_over_takes_no_input(client):
    run = client.run("hello")
    client.finish(run)
    assert client.call("input", {"run": run, "data": "x"})["error"]["code"] == "no-such-run"
    assert client.call("stop", {"run": run})["error"]["code"] == "no-such-run"


def test_a_closed_connection_ends_its_run(connect, server):
    leaving = connect()
    run = leaving.run("echo")
    assert not server.fake_run(run)["cancelled"]
    leaving.close()
    for _ in range(1000):
        if server.fake_run(run)["cancelled"]:
            break
    assert server.fake_run(run)["cancelled"]


def test_a_client_that_does_not_acknowledge_stops_the_flow(connect, server, client):
    silent = connect(acknowledge=False)
    run = silent.run("many")
    silent.until(lambda: len(silent.events(run)) == 8)
    # Another client's whole run passes meanwhile; the silent one's goes no further than its window.
    client.finish(client.run("hello"))
    assert server.fake_run(run)["consumed"] == 8
    assert len(silent.events(run)) == 8


def checked(client, **fields):
    """Ask for a check and wait for its answer."""
    answer = client.call("check", fields)
    assert answer["ok"], answer
    return client.until(
        lambda: next((p for n, p in client.messages if n == "checked" and p["check"] == answer["check"]), None)
    )


def test_the_toolchain_is_told_on_connecting(client):
    toolchain = client.until(lambda: next((p for n, p in client.messages if n == "toolchain"), None))
    assert toolchain == {
        "languages": [
            {"name": "gas", "arches": ["x86_64", "arm"], "reason": ""},
            {"name": "c", "arches": ["x86_64"], "reason": ""},
            {"name": "rust", "arches": [], "reason": "There is no rustc."},
        ],
        "libraries": [{"arch": "x86_64", "state": "building", "done": 7, "total": 100}],
    }


def test_a_check_tells_what_the_lines_became(client):
    answer = checked(client, source="hello")
    assert answer.pop("check")
    assert answer == {
        "ok": True,
        "language": "gas",
        "mistakes": [],
        "lines": [{"line": 2, "address": 0x401000, "size": 5, "data": base64.b64encode(b"\xb8\1\0\0\0").decode()}],
        "assembly": [],
        "problem": None,
    }


def test_a_check_of_a_source_with_mistakes(client):
    answer = checked(client, source="mistake", language="nasm", arch="i386")
    assert not answer["ok"]
    assert answer["mistakes"][0]["hint"] == "Did you mean `mov`?"
    assert answer["problem"] is None


@pytest.mark.parametrize("source", ["busy", "down", "die", "early", "crash"])
def test_a_check_without_an_answer_says_why(client, source):
    answer = checked(client, source=source)
    assert not answer["ok"]
    assert answer["mistakes"] == []
    assert answer["problem"].endswith(".")
    assert checked(client, source="hello")["ok"]


def test_a_check_during_a_run(client):
    run = client.run("echo")
    assert checked(client, source="hello")["ok"]
    client.call("stop", {"run": run})
    client.finish(run)


def test_a_newer_check_replaces_the_older(client):
    hanging = client.call("check", {"source": "hang"})
    assert checked(client, source="hello")["ok"]
    assert hanging["check"] not in [payload["check"] for name, payload in client.messages if name == "checked"]


def test_a_compiled_run_is_told_before_its_events(client):
    run = client.run("built", language="c", optimize=2)
    events = client.finish(run)
    assert [event["type"] for event in events] == ["output", "output", "run.end"]
    names = [name for name, payload in client.messages if payload.get("run") == run]
    assert names == ["built", "events", "events", "ended"]
    built = next(payload for name, payload in client.messages if name == "built")
    assert built["language"] == "c"
    assert built["mistakes"][0]["severity"] == "warning"
    assert built["assembly"] == [{"text": "main:", "line": 1}, {"text": "\tret", "line": None}]


@pytest.mark.parametrize("encode", [bytes, lambda data: base64.b64encode(data).decode()], ids=["binary", "base64"])
def test_an_elf_file_reaches_the_runner(client, encode):
    data = b"\x7fELF".ljust(131072, b"\xff")
    answer = client.call("run", {"elf": encode(data), "argv": ["a.out"]})
    assert answer["ok"], answer
    events = client.finish(answer["run"])
    assert base64.b64decode(events[0]["data"]) == b"131072"


def test_an_elf_file_over_long_polling(connect):
    polling = connect(transports=["polling"])
    answer = polling.call("run", {"elf": b"\x7fELF".ljust(131072, b"\xff")})
    assert base64.b64decode(polling.finish(answer["run"])[0]["data"]) == b"131072"


def test_long_polling_serves_as_well(connect):
    polling = connect(transports=["polling"])
    assert polling.finish(polling.run("hello"))[-1]["type"] == "run.end"
