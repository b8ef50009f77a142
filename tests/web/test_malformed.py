"""Malformed and hostile messages get a clear answer, and the server goes on serving."""

from __future__ import annotations

import http.client
import json
import socket
import urllib.parse

import pytest
import websocket

LIMIT = 65536
ELF_LIMIT = 131072
LARGEST_MESSAGE = 3 * LIMIT + 16384
assert LARGEST_MESSAGE > 4 * ELF_LIMIT // 3 + 16384

MALFORMED = [
    ("run", (), "bad-message", None),
    ("run", ("mov eax, 1",), "bad-message", None),
    ("run", (None,), "bad-message", None),
    ("run", ([],), "bad-message", None),
    ("run", ({},), "bad-message", "source"),
    ("run", ({"source": "x"}, {}), "bad-message", None),
    ("run", (b"\x7fELF",), "bad-message", None),
    ("run", ({"source": b"\x7fELF"},), "bad-message", "source"),
    ("run", ({"source": 7},), "bad-message", "source"),
    ("run", ({"source": None},), "bad-message", "source"),
    ("run", ({"source": ["x"]},), "bad-message", "source"),
    ("run", ({"source": "x", "sauce": 1},), "bad-message", "sauce"),
    ("run", ({"source": "x", "\ud800": 1},), "bad-message", "?"),
    ("run", ({"source": "a\nb\0c"},), "bad-source", "source"),
    ("run", ({"source": "a\n\ud800"},), "bad-source", "source"),
    ("run", ({"source": "x" * (LIMIT + 1)},), "too-large", "source"),
    ("run", ({"source": "é" * (LIMIT // 2) + "x"},), "too-large", "source"),
    ("run", ({"source": "x", "language": "cobol"},), "bad-message", "language"),
    ("run", ({"source": "x", "language": "\ud800"},), "bad-message", "language"),
    ("run", ({"source": "x", "arch": "pdp11"},), "bad-message", "arch"),
    ("run", ({"source": "x", "argv": "program"},), "bad-message", "argv"),
    ("run", ({"source": "x", "argv": [1]},), "bad-message", "argv"),
    ("run", ({"source": "x", "argv": ["a\0b"]},), "bad-message", "argv"),
    ("run", ({"source": "x", "argv": ["\ud800"]},), "bad-message", "argv"),
    ("run", ({"source": "x", "argv": ["a"] * 65},), "too-large", "argv"),
    ("run", ({"source": "x", "argv": ["a" * 4097]},), "too-large", "argv"),
    ("run", ({"source": "x", "columns": 0},), "bad-message", "columns"),
    ("run", ({"source": "x", "columns": 501},), "too-large", "columns"),
    ("run", ({"source": "x", "rows": "24"},), "bad-message", "rows"),
    ("run", ({"source": "x", "rows": True},), "bad-message", "rows"),
    ("run", ({"source": "x", "rows": 1e300},), "bad-message", "rows"),
    ("run", ({"source": "x", "rows": 10**30},), "too-large", "rows"),
    ("run", ({"source": "x", "optimize": 3},), "bad-message", "optimize"),
    ("run", ({"source": "x", "optimize": "1"},), "bad-message", "optimize"),
    ("run", ({"source": "x", "elf": b"\x7fELF"},), "bad-message", "elf"),
    ("run", ({"elf": 7},), "bad-message", "elf"),
    ("run", ({"elf": "no base64"},), "bad-message", "elf"),
    ("run", ({"elf": b""},), "bad-elf", "elf"),
    ("run", ({"elf": b"#!/bin/sh\n"},), "bad-elf", "elf"),
    ("run", ({"elf": b"\x7fELF".ljust(ELF_LIMIT + 1)},), "too-large", "elf"),
    ("check", ({},), "bad-message", "source"),
    ("check", ({"source": "x", "argv": ["a"]},), "bad-message", "argv"),
    ("check", ({"source": "x", "arch": "pdp11"},), "bad-message", "arch"),
    ("check", ({"source": "x", "language": "elf"},), "bad-message", "language"),
    ("check", ({"source": "x" * (LIMIT + 1)},), "too-large", "source"),
    ("check", ({"source": "a\n\ud800"},), "bad-source", "source"),
    ("input", ({},), "bad-message", "run"),
    ("input", ({"run": "r"},), "bad-message", "data"),
    ("input", ({"run": "r", "data": "x", "eof": 1},), "bad-message", "eof"),
    ("input", ({"run": "r", "data": b"x"},), "bad-message", "data"),
    ("input", ({"run": "r", "data": "\ud800"},), "bad-message", "data"),
    ("input", ({"run": "r", "data": "é" * 2049},), "too-large", "data"),
    ("input", ({"run": "r", "data": "x"},), "no-such-run", "run"),
    ("stop", ({"run": 1},), "bad-message", "run"),
    ("stop", ({"run": "r"},), "no-such-run", "run"),
    ("stop", ({"run": "x" * 100000},), "no-such-run", "run"),
    ("launch", ({},), "bad-message", None),
    ("\ud800", ({},), "bad-message", None),
    ("x" * 1000, ({},), "bad-message", None),
    ("connect", ({},), "bad-message", None),
    ("disconnect", ("client disconnect",), "bad-message", None),
]


@pytest.mark.parametrize(
    ("name", "payload", "code", "field"), MALFORMED, ids=[f"{row[0][:10]!r}-{i}" for i, row in enumerate(MALFORMED)]
)
def test_malformed_message(client, name, payload, code, field):
    answer = client.call(name, *payload)
    assert answer["ok"] is False
    assert (answer["error"]["code"], answer["error"]["field"]) == (code, field)
    assert 10 < len(answer["error"]["message"]) < 200
    # The same connection goes on.
    client.finish(client.run("hello"))


def test_the_largest_source_is_taken(client):
    client.finish(client.run("hello " + '"' * (LIMIT - 6)))
    client.finish(client.run("hello " + "é" * (LIMIT // 2 - 3)))


def test_the_line_of_a_nul_byte_is_named(client):
    answer = client.call("run", {"source": "a\nb\0c"})
    assert "Line 2" in answer["error"]["message"]


def raw(server, **options) -> websocket.WebSocket:
    """A WebSocket with a Socket.IO session, for frames that no client library would send."""
    connection = websocket.create_connection(
        server.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket", timeout=20, **options
    )
    assert connection.recv()[0] == "0"
    connection.send("40")
    assert connection.recv().startswith("40{")
    assert connection.recv().startswith('42["toolchain",')
    return connection


def is_closed(connection) -> bool:
    """Read what is left; True once the server has closed."""
    try:
        while True:
            opcode, _ = connection.recv_data()
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                return True
    except (websocket.WebSocketConnectionClosedException, ConnectionError):
        return True


@pytest.mark.parametrize(
    "packet",
    [
        "42",
        "42{}",
        "42[]",
        '42["run"',
        "42[7]",
        "42[{}]",
        "42[[]]",
        '42"run"',
        "4",
        "49",
        "4nonsense",
        "9",
        "",
        "42" + "[" * 20000,
        '42["run",' + "[" * 20000 + "]" * 20000 + "]",
        "42" + "1" * 200 + '["run",{}]',
        '459999999999-["run",{"_placeholder":true,"num":0}]',
        '4599-["run",{"_placeholder":true,"num":0}]',
        '451-["run",{"_placeholder":true,"num":"x"}]',
        '42/other,["run",{}]',
        "43",
        '4399["x"]',
        '43"x"',
        "4" + "[" * 100000,
        "\x1e",
        "bA",
        "²",
    ],
)
def test_broken_packets_end_at_most_their_own_connection(server, client, packet):
    connection = raw(server)
    connection.send(packet)
    if packet.startswith("451-"):
        connection.send_binary(b"x")
    connection.send('421["stop",{"run":"r"}]')
    try:
        answer = connection.recv()
    except (websocket.WebSocketConnectionClosedException, ConnectionError):
        answer = ""
    # Either the connection was closed, or the next message of the same connection is answered as ever.
    while answer and not answer.startswith("431"):
        answer = connection.recv()
    if answer:
        assert json.loads(answer[3:])[0]["error"]["code"] == "no-such-run"
    connection.close()
    client.finish(client.run("hello"))


def test_frames_that_are_no_websocket_frames(server, client):
    connection = raw(server)
    connection.sock.sendall(b"\xff\xff\xff\xff" * 1000)
    assert is_closed(connection)
    client.finish(client.run("hello"))


@pytest.mark.parametrize("headers", ["", "Sec-WebSocket-Version: 13\r\n", "Sec-WebSocket-Key: x\r\n"])
def test_an_upgrade_that_is_no_websocket_handshake(server, client, headers):
    url = urllib.parse.urlsplit(server.url)
    with socket.create_connection((url.hostname, url.port), timeout=20) as connection:
        connection.sendall(
            f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {url.netloc}\r\n"
            f"Connection: Upgrade\r\nUpgrade: websocket\r\n{headers}\r\n".encode()
        )
        while connection.recv(4096):
            pass
    client.finish(client.run("hello"))


def test_text_that_is_not_utf8(server, client):
    connection = raw(server)
    connection.send(b"42\xff\xfe", opcode=websocket.ABNF.OPCODE_TEXT)
    assert is_closed(connection)
    client.finish(client.run("hello"))


def test_a_huge_message_is_refused_while_it_arrives(server, client):
    client.finish(client.run("hello"))
    before = server.memory()
    connection = raw(server)
    with pytest.raises((ConnectionError, websocket.WebSocketConnectionClosedException, TimeoutError)):
        connection.send('42["run",{"source":"' + "x" * 60_000_000 + '"}]')
        connection.recv()
        connection.recv()
        raise ConnectionError("closed by a close frame")
    assert server.memory() - before < 20_000_000
    client.finish(client.run("hello"))


def test_many_fragments_are_one_message(server, client):
    before = server.memory()
    connection = raw(server)
    piece = "x" * 16000
    with pytest.raises((ConnectionError, websocket.WebSocketConnectionClosedException)):
        connection.send_frame(websocket.ABNF.create_frame("42[", websocket.ABNF.OPCODE_TEXT, 0))
        for _ in range(2000):
            connection.send_frame(websocket.ABNF.create_frame(piece, websocket.ABNF.OPCODE_CONT, 0))
    assert server.memory() - before < 20_000_000
    client.finish(client.run("hello"))


def test_a_polled_message_over_the_limit_is_refused(server, client):
    url = urllib.parse.urlsplit(server.url)
    with socket.create_connection((url.hostname, url.port), timeout=20) as connection:
        connection.sendall(
            f"POST /socket.io/?EIO=4&transport=polling&sid=none HTTP/1.1\r\nHost: {url.netloc}\r\n"
            f"Content-Length: {LARGEST_MESSAGE + 1}\r\nConnection: close\r\n\r\n".encode()
        )
        assert b" 400 " in connection.recv(4096).splitlines()[0]
    client.finish(client.run("hello"))


def request(server, method: str, query: str, body: bytes | None = None) -> tuple[int, bytes]:
    """One HTTP request for `/socket.io/`: status and body."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(server.url).netloc, timeout=20)
    connection.request(method, f"/socket.io/?EIO=4&transport=polling{query}", body)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, content


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x1e",
        b"\xff",
        b"b!",
        b"bA",
        b"bAA==A",
        b"x",
        b"9",
        b"6",
        b"0",
        b"2" + b"[" * 100000,
        b"d=4",
        b"\x1e".join([b"3"] * 17),
    ],
)
def test_a_malformed_post_is_refused_at_once_and_its_session_goes_on(server, body):
    session = "&sid=" + json.loads(request(server, "GET", "")[1][1:])["sid"]
    assert request(server, "POST", session, body)[0] == 400
    assert request(server, "POST", session, b"40") == (200, b"OK")
    assert request(server, "GET", session)[1].startswith(b"40{")


def test_a_post_to_a_session_that_has_closed_is_refused(server):
    session = "&sid=" + json.loads(request(server, "GET", "")[1][1:])["sid"]
    assert request(server, "POST", session, b"1") == (200, b"OK")
    assert request(server, "POST", session, b"40")[0] == 400


@pytest.mark.parametrize("origin", ["null", "https://elsewhere.example"])
def test_a_foreign_origin_is_refused(server, origin):
    with pytest.raises(websocket.WebSocketBadStatusException) as refusal:
        websocket.create_connection(
            server.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket", origin=origin, timeout=20
        )
    assert refusal.value.status_code == 400


def test_the_own_origin_is_welcome(server):
    connection = websocket.create_connection(
        server.url.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket", origin=server.url, timeout=20
    )
    assert connection.recv()[0] == "0"
    connection.close()


def test_a_burst_of_messages_is_answered(server):
    connection = raw(server)
    frame = websocket.ABNF.create_frame('421["stop",{"run":"r"}]', websocket.ABNF.OPCODE_TEXT).format()
    connection.sock.sendall(frame * 3000)
    for _ in range(3000):
        assert connection.recv().startswith("431")
    connection.close()


def test_a_client_that_asks_and_never_reads_is_dropped(server, client):
    connection = raw(server, sockopt=[(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)])
    before = server.memory()
    message = '421["' + "x" * 2000 + '",{}]'
    with pytest.raises(ConnectionError):
        for _ in range(500_000):
            connection.send(message)
    assert server.memory() - before < 20_000_000
    client.finish(client.run("hello"))


def test_binary_data_that_nobody_announced(server, client):
    session = "&sid=" + json.loads(request(server, "GET", "")[1][1:])["sid"]
    assert request(server, "POST", session, b"40") == (200, b"OK")
    assert request(server, "POST", session, b"bAAAA")[0] in (200, 400)
    connection = raw(server)
    connection.send_binary(b"\x7fELF")
    connection.send('421["stop",{"run":"r"}]')
    connection.close()
    client.finish(client.run("hello"))
