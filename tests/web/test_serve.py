"""`trapgate serve` as a process, with the real backend."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys

import pytest
from click.testing import CliRunner

from app.cli import COMMANDS, main
from tests.support.client import Client
from tests.support.live import PATIENCE, REPOSITORY, LiveServer

SERVE = [sys.executable, "-m", "app", "serve", "--port", "0"]


@pytest.fixture(scope="module")
def trapgate():
    live = LiveServer(SERVE)
    yield live
    live.close()


def test_it_prints_its_url_once_it_answers(trapgate):
    assert trapgate.health()["status"] == "ok"


@pytest.mark.skipif(sys.platform != "linux", reason="programs run in Linux's sandbox only")
def test_mistakes_and_runs_share_a_connection(trapgate):
    client = Client(trapgate.url)
    for _ in range(2):
        events = client.finish(client.run("    mov eax, 60\n    xor edi, edi\n    syscall\n"))
        assert "run.start" in [event["type"] for event in events]
        assert events[-1]["type"] == "run.end"
        assert (events[-1]["reason"], events[-1]["status"]) == ("exit", 0)
        assert [event["seq"] for event in events] == list(range(len(events)))
    rejected = client.run("    mvo eax, 60\n")
    client.until(lambda: client.ended(rejected))
    mistakes = next(payload["mistakes"] for name, payload in client.messages if name == "rejected")
    assert (mistakes[0]["line"], mistakes[0]["column"]) == (1, 5)
    client.close()


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_with_a_browser_connected(signal_number):
    process = subprocess.Popen(
        SERVE, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    process.stdout.readline()
    url = next(word for word in process.stdout.readline().split() if word.startswith("http"))
    client = Client(url)
    client.finish(client.run("    mov eax, 60\n    syscall\n"))
    process.send_signal(signal_number)
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert errors == ""
    client.close()


def test_a_taken_port_is_named():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = subprocess.run(
            [*SERVE[:-1], port], cwd=REPOSITORY, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    assert done.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("host", "reason"), [("192.0.2.1", "Cannot assign requested address"), ("no.such.host.invalid", "")]
)
def test_an_address_that_is_not_ours(host, reason):
    result = CliRunner().invoke(main, ["serve", "--host", host, "--port", "0"])
    assert result.exit_code == 1
    assert f"cannot listen on {host}:0: {reason}" in result.output


def test_a_bad_setting_is_named(monkeypatch):
    monkeypatch.setenv("TRAPGATE_MAX_RUNS", "many")
    result = CliRunner().invoke(main, ["serve"])
    assert result.exit_code == 1
    assert "TRAPGATE_MAX_RUNS" in result.output


def test_help_lists_every_command_without_loading_it():
    code = "import sys; from app.cli import main; main(['--help'], standalone_mode=False); print(*sys.modules)"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    *help_text, modules = output.splitlines()
    assert all(any(line.split()[:1] == [name] for line in help_text) for name in COMMANDS)
    assert not {"gunicorn", "flask", "pydantic", "unicorn"} & set(modules.split())


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_row_of_the_table_is_a_command(name):
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert result.output.startswith(f"Usage: main {name}")


def test_an_unknown_command_is_an_error():
    result = CliRunner().invoke(main, ["launch"])
    assert result.exit_code == 2
    assert "No such command 'launch'" in result.output
