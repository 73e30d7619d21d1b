"""Servers that never come to an end: none is waited for without end, and none fills the memory.

They speak bytes, for what they do no library of servers would.
"""

import contextlib
import itertools
import json
import re
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
from tests.conftest import Run
from tests.tutor.server import delta, event

from ailearn import network
from ailearn.errors import NetworkError
from ailearn.network import BrokenOff, Silent, TooMuch, Unreachable
from ailearn.tutor import client, local_servers
from ailearn.tutor.talk import Endpoint, Message, Request
from ailearn.tutor.teacher import Teacher

QUESTION = Request((Message("user", "Why?"),))
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
JSON_HEAD = HEAD.replace(b"text/event-stream", b"application/json")
FAILED_HEAD = JSON_HEAD.replace(b"200 OK", b"500 Out of order")
PACKED_HEAD = HEAD.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n")
CHUNKED_HEAD = HEAD.replace(b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n")
# Seconds without a word after which the tests give a server up, and what is far more than that.
WAIT, FAR_MORE = 0.4, 15.0
KIBI = b"x" * 1024

Said = Callable[[], Iterable[bytes]]
Serve = Callable[..., str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serve what a function yields, to every request, with `pause` seconds between two pieces."""
    with contextlib.ExitStack() as servers:

        def served(said: Said, *, pause: float = 0.0, reads: bool = True) -> str:
            listening = servers.enter_context(socket.create_server(("127.0.0.1", 0)))

            def answer(connection: socket.socket) -> None:
                with connection, contextlib.suppress(OSError):
                    request = b""
                    while reads and not _is_whole(request):
                        received = connection.recv(2**16)
                        if not received:
                            return
                        request += received
                    for piece in said():
                        connection.sendall(piece)
                        time.sleep(pause)

            def listen() -> None:
                with contextlib.suppress(OSError):
                    while True:
                        connection, _ = listening.accept()
                        threading.Thread(target=answer, args=(connection,), daemon=True).start()

            threading.Thread(target=listen, daemon=True).start()
            return f"http://127.0.0.1:{listening.getsockname()[1]}/v1"

        yield served


def _is_whole(request: bytes) -> bool:
    head, blank, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.lower())
    return bool(blank) and len(body) >= int(length[1] if length else 0)


def after(head: bytes, *pieces: bytes) -> Said:
    """`head`, and then the pieces again and again."""
    return lambda: itertools.chain([head], itertools.cycle(pieces))


def by_the_byte(text: bytes) -> Said:
    """`text` in single bytes, and after it blanks."""
    return lambda: itertools.chain((text[at : at + 1] for at in range(len(text))), itertools.repeat(b" "))


def hear(url: str, wait: float = WAIT) -> list[Any]:
    stream = client.stream(Endpoint("custom", url, "m", True), None, QUESTION, wait=wait)
    try:
        return list(stream)
    finally:
        stream.close()


# Time


@pytest.mark.parametrize(
    "said",
    [
        by_the_byte(HEAD + event(delta(content="word")) * 9),
        after(HEAD, b": keep-alive\n\n"),
        after(HEAD, b"\n"),
        after(HEAD, b"event: ping\ndata: {}\n\n"),
        after(HEAD, event(delta(content=""))),
        after(HEAD, event(delta(role="assistant"))),
        after(HEAD, event({"choices": [], "usage": {"total_tokens": 1}})),
        after(CHUNKED_HEAD, b"1\r\n:\r\n"),
        after(CHUNKED_HEAD + b"1;", b"extension"),
        after(PACKED_HEAD + b"\x1f\x8b\x08\0\0\0\0\0\0\3", b"\0\0\0\xff\xff"),
        by_the_byte(b"HTTP/1.1 200 OK\r\n" + b"X-Slow: header\r\n" * 9),
        after(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        after(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
        by_the_byte(JSON_HEAD + b'{"choices": [' + b" " * 100),
    ],
    ids=[
        "bytes", "comments", "blank lines", "pings", "empty words", "roles", "usage", "chunks", "extensions",
        "nothing packed", "headers", "status 100", "status 103", "json",
    ],
)  # fmt: skip
def test_what_is_no_word_keeps_no_server_alive(serve: Serve, said: Said) -> None:
    begun = time.monotonic()
    with pytest.raises(Silent) as caught:
        hear(serve(said, pause=0.02))

    assert time.monotonic() - begun < FAR_MORE
    assert caught.value.values["seconds"] == f"{WAIT:g}"


@pytest.mark.parametrize("said", [b": keep-alive\n\n", b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_no_flood_of_what_is_no_word_keeps_a_server_alive(serve: Serve, said: bytes) -> None:
    with pytest.raises((Silent, TooMuch)):
        hear(serve(after(HEAD if said.startswith(b":") else b"", said * 100)))


def test_words_that_come_slowly_are_waited_for(serve: Serve) -> None:
    words = [event(delta(content="word ")), event(delta(reasoning="hm"))] * 4
    url = serve(lambda: [HEAD, *words, event("[DONE]")], pause=WAIT / 4)

    assert len(hear(url)) == 8


def test_the_time_that_the_reader_takes_is_not_the_server_s(serve: Serve) -> None:
    url = serve(lambda: [HEAD, event(delta(content="One ")), event(delta(content="two")), event("[DONE]")])
    stream = client.stream(Endpoint("custom", url, "m", True), None, QUESTION, wait=WAIT)

    heard = []
    for piece in stream:
        time.sleep(1.5 * WAIT)
        heard.append(piece.text)
    assert heard == ["One ", "two"]


def test_no_answer_takes_for_ever(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_WHOLE", 2 * WAIT)
    url = serve(after(HEAD, event(delta(content="word "))), pause=0.02)

    reply = Teacher(Endpoint("custom", url, "m", True), None, WAIT).answer(lambda _: QUESTION)
    assert reply.text.startswith("word word")
    assert (reply.ending, reply.failure) == ("cut", "tutor.reason-endless")


def test_a_server_that_does_not_read_what_is_sent_is_given_up(serve: Serve) -> None:
    url = serve(lambda: itertools.repeat(b"", 100), pause=0.2, reads=False)

    with pytest.raises(Silent):
        network.post(url, {"text": "x" * 2**26}, wait=WAIT)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (by_the_byte(JSON_HEAD + b'{"data": [' + b" " * 100), Silent),
        (by_the_byte(FAILED_HEAD + b'{"error": {"message": "' + b"x" * 999), NetworkError),
    ],
    ids=["list", "failure"],
)
def test_models_are_not_waited_for_without_end(
    serve: Serve, said: Said, expected: type[NetworkError]
) -> None:
    begun = time.monotonic()
    with pytest.raises(expected):
        client.models(serve(said, pause=0.02), None, True, wait=WAIT)
    assert time.monotonic() - begun < FAR_MORE


@pytest.mark.parametrize("pieces", [(b"x",), (b"x" * 100, b"")])
def test_a_download_by_the_byte_is_given_up(serve: Serve, pieces: tuple[bytes, ...]) -> None:
    with pytest.raises(Silent):
        network.download(serve(after(JSON_HEAD, *pieces), pause=0.02), 2**30, wait=WAIT)


def test_a_download_that_goes_on_and_on_is_given_up(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_WHOLE_FILE", 2 * WAIT)

    with pytest.raises(TooMuch) as caught:
        network.download(serve(after(JSON_HEAD, KIBI * 20), pause=0.02), 2**30, wait=WAIT)
    assert caught.value.key == "error.network-endless"


def test_redirects_share_the_time_of_a_download(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_WHOLE_FILE", WAIT)
    url = serve(lambda: [b"", b"HTTP/1.1 302 Found\r\nLocation: /v1\r\n\r\n"], pause=0.3)

    with pytest.raises(TooMuch):
        network.download(url, 9, wait=10)


def test_a_server_that_never_shakes_hands_is_unreachable(serve: Serve) -> None:
    url = serve(lambda: itertools.repeat(b"", 100), pause=0.2).replace("http:", "https:")

    with pytest.raises(Unreachable):
        network.post(url, {}, wait=WAIT)


def test_a_reader_is_told_and_keeps_what_came(serve: Serve, run: Run) -> None:
    url = serve(lambda: [HEAD, event(delta(content="Half an answer")), *[b": wait\n\n"] * 500], pause=0.02)
    run("config", "set", "tutor.url", url)
    run("config", "set", "tutor.model", "m")
    run("config", "set", "tutor.timeout", "1")

    for language, told in (("en", "went silent"), ("zh", "没有响应")):
        found = run("ask", "Why?", "resnet", "--lang", language)
        assert found == "Half an answer\n"
        assert told in found.err


@pytest.mark.parametrize(
    "said",
    [
        by_the_byte(b"HTTP/1.1 200 OK\r\n" + b"X-Slow: header\r\n" * 99),
        by_the_byte(JSON_HEAD + b'{"data": [' + b" " * 999),
        after(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        after(JSON_HEAD, KIBI * 64),
    ],
    ids=["headers", "bytes", "status 100", "flood"],
)
def test_a_local_server_that_never_answers_is_none(serve: Serve, said: Said) -> None:
    begun = time.monotonic()
    assert local_servers.offered(serve(said, pause=0.01)) is None
    assert time.monotonic() - begun < FAR_MORE


# Memory


def packed(piece: bytes) -> Said:
    """A stream that is nearly nothing until it is unpacked."""

    def said() -> Iterator[bytes]:
        packer = zlib.compressobj(wbits=31)
        yield PACKED_HEAD
        while True:
            yield packer.compress(piece * 2**10)

    return said


FLOODS: dict[str, Said] = {
    "no line end": after(HEAD + b"data: ", KIBI * 64),
    "no blank line": after(HEAD, b"data: x\n" * 9999),
    "empty lines of data": after(HEAD, b"data\n" * 9999),
    "a huge chunk": after(CHUNKED_HEAD + b"ffffffff\r\n", KIBI * 64),
    "words": after(HEAD, event(delta(content="word " * 9)) * 99),
    "thoughts": after(HEAD, event(delta(reasoning="hm " * 9)) * 99),
    "a long comment": after(HEAD + b":", KIBI * 64),
    "json": after(JSON_HEAD + b'{"x": "', KIBI * 64),
    "a failure": after(FAILED_HEAD, KIBI * 64),
    "headers": after(b"HTTP/1.1 200 OK\r\n", b"X-More: x\r\n" * 999),
    "a packed line": packed(KIBI),
    "packed lines": packed(b"data: x\n" * 128),
    "a packed page": lambda: packed(KIBI)(),
}
# A gigabyte is little for what would otherwise take three, and much for an interpreter.
LISTENER = """
import resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
from ailearn.errors import NetworkError
from ailearn.tutor.talk import Endpoint, Message, Request
from ailearn.tutor.teacher import Teacher
for url in sys.argv[1:]:
    begun = time.monotonic()
    try:
        reply = Teacher(Endpoint("custom", url, "m", True), None, 60.0).answer(
            lambda _: Request((Message("user", "Why?"),)))
        print(reply.ending, reply.failure)
    except NetworkError as error:
        print(type(error).__name__, error.key)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are Linux's")
def test_no_flood_fills_the_memory(serve: Serve) -> None:
    urls = [serve(said) for said in FLOODS.values()]

    listened = subprocess.run(
        [sys.executable, "-c", LISTENER, *urls], capture_output=True, text=True, timeout=300, check=False
    )
    ends = dict(zip(FLOODS, listened.stdout.splitlines(), strict=False))
    assert listened.returncode == 0, f"{ends}\n{listened.stderr}"
    too_big = "TooMuch error.network-too-big"
    assert ends == {
        **dict.fromkeys(FLOODS, too_big),
        "words": "cut tutor.reason-endless",
        "a failure": "ServerFailed error.tutor-server",
        "headers": "BrokenOff error.network-broken",
    }


def test_an_answer_in_one_long_event_is_read(serve: Serve) -> None:
    long = "残差" * 300_000

    assert (
        "".join(one.text for one in hear(serve(lambda: [HEAD, event(delta(content=long, finish="stop"))])))
        == long
    )


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "compress"])
def test_what_is_packed_in_another_way_is_not_unpacked(serve: Serve, coding: str) -> None:
    head = HEAD.replace(b"\r\n\r\n", f"\r\nContent-Encoding: {coding}\r\n\r\n".encode())

    with pytest.raises(NetworkError) as caught:
        hear(serve(lambda: [head, b"x"]))
    assert coding in str(caught.value)


@pytest.mark.parametrize("wbits", [15, 31])
def test_what_is_packed_is_read_however_it_is_cut(serve: Serve, wbits: int) -> None:
    packer = zlib.compressobj(wbits=wbits)
    body = json.dumps({"data": [{"id": f"model-{number}"} for number in range(9999)]}).encode()
    raw = packer.compress(body) + packer.flush()
    head = JSON_HEAD.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n")
    for size in (1, 7, len(raw)):
        pieces = [head, *(raw[at : at + size] for at in range(0, len(raw), size))]
        assert len(client.models(serve(lambda said=pieces: said), None, True)) == 9999


def test_what_is_badly_packed_is_broken_off(serve: Serve) -> None:
    with pytest.raises(BrokenOff):
        hear(serve(lambda: [PACKED_HEAD, b"no gzip"]))
