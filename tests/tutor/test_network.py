"""The net, against a real server on the loopback interface."""

import gzip
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from tests.tutor.server import ModelServer, Script, event, failure

from ailearn import __version__, network
from ailearn.errors import NETWORK, NetworkError
from ailearn.network import BadStatus, BrokenOff, NotJson, Silent, Unreachable

KEY = "sk-secret-0123456789"


def page(*chunks: bytes, status: int = 200, kind: str = "application/pdf", **headers: str) -> Script:
    return Script(chunks, status, kind, tuple(headers.items()))


def redirect(target: str) -> Script:
    return page(status=302, Location=target)


def closed_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@pytest.fixture
def mute() -> Iterator[str]:
    """The address of something that takes connections and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"


def events(server: ModelServer, wait: float = 5) -> list[str]:
    incoming = network.post(f"{server.url}/chat/completions", {}, wait=wait)
    try:
        return list(incoming.events())
    finally:
        incoming.close()


# Asking


def test_json_is_posted_with_the_name_of_the_program_and_the_headers_given(model_server: ModelServer) -> None:
    network.post(model_server.url + "/x", {"a": "残差"}, headers={"Authorization": f"Bearer {KEY}"}).close()

    received = model_server.requests[0]
    assert received.body == {"a": "残差"}
    assert received.headers["User-Agent"] == f"ailearn/{__version__}"
    assert received.headers["Authorization"] == f"Bearer {KEY}"


def test_events_come_as_they_arrive_and_not_at_the_end(model_server: ModelServer) -> None:
    model_server.play(Script([event("one"), event("two")], stalls=0.25))

    incoming = network.post(f"{model_server.url}/chat/completions", {}, wait=0.1)
    arrived = incoming.events()
    assert next(arrived) == "one"
    assert next(arrived) == "two"
    with pytest.raises(Silent) as caught:
        next(arrived)
    assert caught.value.values["seconds"] == "0.1"
    incoming.close()


@pytest.mark.parametrize(
    "stream",
    [
        b"\xef\xbb\xbfdata: one\n\ndata: two\n\n",
        b"data: one\r\n\r\ndata: two\r\n\r\n",
        b"data: one\r\rdata: two\r\r",
        b": keep-alive\n\ndata: one\n\n:\n\n: OPENROUTER PROCESSING\n\ndata:two\n\n",
        b"event: message\nid: 1\nretry: 5\ndata: one\n\ndata: two\n\n",
        b"data: one\n\ndata: two\n\ndata: a third that is cut in tw",
    ],
    ids=["byte order mark", "CRLF", "CR", "comments", "other fields", "cut event"],
)
def test_events_are_read_as_the_standard_says(model_server: ModelServer, stream: bytes) -> None:
    for chunks in ([stream], [stream[at : at + 1] for at in range(len(stream))]):
        model_server.play(Script(chunks))

        assert events(model_server) == ["one", "two"]


def test_events_are_utf_8_whatever_the_header_says(model_server: ModelServer) -> None:
    model_server.play(Script([event("残差")], content_type="text/event-stream; charset=iso-8859-1"))

    assert events(model_server) == ["残差"]


def test_compressed_events_are_read(model_server: ModelServer) -> None:
    packed = gzip.compress(event("one") + event("残差"))
    pieces = [packed[at : at + 3] for at in range(0, len(packed), 3)]
    model_server.play(Script(pieces, headers=(("Content-Encoding", "gzip"),)))

    assert events(model_server) == ["one", "残差"]


@pytest.mark.parametrize("charset", ["idna", "rot13", "none"])
def test_an_encoding_that_is_none_of_texts_is_taken_for_utf_8(
    model_server: ModelServer, charset: str
) -> None:
    kind = f"application/json; charset={charset}"
    model_server.pages["/it"] = page('{"a": "残差"}'.encode(), kind=kind)

    assert network.get_json(model_server.address("/it")) == {"a": "残差"}


def test_json_is_fetched(model_server: ModelServer) -> None:
    model_server.pages["/it"] = page('{"a": "残差"}'.encode(), kind="application/json")

    assert network.get_json(model_server.address("/it")) == {"a": "残差"}


# Failing


def test_a_dropped_connection_is_told_after_what_had_arrived(model_server: ModelServer) -> None:
    model_server.play(Script([event("one"), event("two")], breaks=True))

    incoming = network.post(f"{model_server.url}/chat/completions", {})
    arrived = incoming.events()
    assert [next(arrived), next(arrived)] == ["one", "two"]
    with pytest.raises(BrokenOff):
        next(arrived)
    incoming.close()


def test_broken_compression_is_told(model_server: ModelServer) -> None:
    model_server.play(Script([b"no gzip at all"], headers=(("Content-Encoding", "gzip"),)))

    with pytest.raises(BrokenOff):
        events(model_server)


def test_a_server_that_never_answers_is_silent(mute: str) -> None:
    with pytest.raises(Silent) as caught:
        network.post(mute, {}, wait=0.1)

    assert caught.value.exit_code == NETWORK
    assert "0.1 seconds" in str(caught.value)


def test_a_server_that_does_not_even_take_the_connection_is_unreachable() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        port = listening.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        try:
            with pytest.raises(Unreachable) as caught:
                network.get_json(f"http://127.0.0.1:{port}/v1", connect=0.1)
        finally:
            for one in waiting:
                one.close()
    assert caught.value.key == "error.network-connect-timeout"


def test_a_closed_port_refuses() -> None:
    with pytest.raises(Unreachable) as caught:
        network.post(f"http://127.0.0.1:{closed_port()}/v1", {})

    assert caught.value.key == "error.network-refused"


def test_a_name_that_nobody_knows_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(Unreachable) as caught:
        network.post("https://nowhere.invalid/v1", {})

    assert caught.value.key == "error.network-unknown-host"
    assert "nowhere.invalid" in str(caught.value)


def test_a_server_that_does_not_speak_tls_is_not_trusted(model_server: ModelServer) -> None:
    with pytest.raises(Unreachable) as caught:
        network.post(model_server.url.replace("http:", "https:"), {})

    assert caught.value.key == "error.network-tls"


def test_a_certificate_that_nobody_signed_is_not_trusted(tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl to make a certificate with")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    make += ["-subj", "/CN=localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(make, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        def shake_hands() -> None:
            connection, _ = listening.accept()
            with connection:
                try:
                    context.wrap_socket(connection, server_side=True)
                except OSError:
                    return

        thread = threading.Thread(target=shake_hands)
        thread.start()
        with pytest.raises(Unreachable) as caught:
            network.post(f"https://127.0.0.1:{listening.getsockname()[1]}/v1", {})
        thread.join()
    assert caught.value.key == "error.network-tls"
    assert "self-signed" in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", "ftp://host/v1", "http://", "file:///etc/passwd", "http://[::1", "http://me:pw@host/v1"],
)
def test_what_is_no_web_address_is_told_without_repeating_it(url: str) -> None:
    for ask in (network.get_json, lambda one: network.post(one, {}), lambda one: network.download(one, 9)):
        with pytest.raises(NetworkError) as caught:
            ask(url)
        assert caught.value.key == "error.network-address"
        assert "pw" not in repr(caught.value) + str(caught.value.values)


def test_an_error_holds_status_body_and_headers(model_server: ModelServer) -> None:
    model_server.play(failure(429, {"error": {"message": "慢一点"}}, ("Retry-After", "7")))

    with pytest.raises(BadStatus) as caught:
        network.post(f"{model_server.url}/chat/completions", {})
    assert (caught.value.status, caught.value.headers["retry-after"]) == (429, "7")
    assert "慢一点" in caught.value.body


def test_a_redirect_of_a_question_is_not_followed_so_that_a_key_stays_where_it_belongs(
    model_server: ModelServer,
) -> None:
    model_server.play(redirect(model_server.address("/elsewhere")))

    with pytest.raises(BadStatus) as caught:
        network.post(f"{model_server.url}/chat/completions", {}, headers={"Authorization": KEY})
    assert caught.value.status == 302
    assert len(model_server.requests) == 1


def test_what_is_not_json_is_told(model_server: ModelServer) -> None:
    model_server.pages["/it"] = page(b"<html>", kind="text/html")

    with pytest.raises(NotJson):
        network.get_json(model_server.address("/it"))


# Proxies


def test_this_machine_is_asked_directly_whatever_proxy_there_is(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ALL_PROXY", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")

    assert network.get_json(f"{model_server.url}/models")["data"]


def test_others_are_asked_through_the_proxy(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", model_server.address(""))

    network.get_json("http://models.invalid/v1/models")
    assert model_server.requests[0].path == "http://models.invalid/v1/models"


def test_no_proxy_is_honoured(model_server: ModelServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", model_server.address(""))
    monkeypatch.setenv("NO_PROXY", "models.invalid")
    monkeypatch.setattr(socket, "getaddrinfo", _resolve_to(model_server))

    network.get_json(f"http://models.invalid:{_port(model_server)}/v1/models")
    assert model_server.requests[0].path == "/v1/models"


def test_a_socks_proxy_that_does_not_run_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{closed_port()}")

    with pytest.raises(Unreachable) as caught:
        network.get_json("https://models.invalid/v1/models")
    assert caught.value.hint == "hint.network-unreachable"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALL_PROXY", "socks4://host:7890"),
        ("ALL_PROXY", "http://host:port"),
        ("SSL_CERT_FILE", "/nowhere/certificates.pem"),
    ],
)
def test_settings_that_cannot_be_used_are_told(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(NetworkError) as caught:
        network.get_json("https://models.invalid/v1/models")
    assert caught.value.key == "error.network-settings"


def _port(server: ModelServer) -> int:
    return int(server.url.rsplit(":", 1)[1].removesuffix("/v1"))


def _resolve_to(server: ModelServer) -> Callable[..., list[object]]:
    """A look-up of names that knows one answer."""
    found = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", _port(server)))
    return lambda *_, **__: [found]


# Files


def test_a_file_is_fetched_through_redirects(model_server: ModelServer) -> None:
    model_server.pages["/a"] = redirect("/b")
    model_server.pages["/b"] = redirect(model_server.address("/c.pdf"))
    model_server.pages["/c.pdf"] = page(b"%PDF", b"-1.7")

    assert network.download(model_server.address("/a"), 8) == b"%PDF-1.7"


def test_a_file_that_is_too_big_is_not_read_to_its_end(model_server: ModelServer) -> None:
    model_server.pages["/big"] = page(*[b"x" * 2**20] * 8)

    with pytest.raises(NetworkError) as caught:
        network.download(model_server.address("/big"), 2**20)
    assert str(caught.value).endswith("more than 1 MB.")


def test_a_file_that_grows_when_it_is_unpacked_is_too_big_as_well(model_server: ModelServer) -> None:
    bomb = gzip.compress(b"\0" * 2**22)
    model_server.pages["/bomb"] = Script([bomb], headers=(("Content-Encoding", "gzip"),))

    with pytest.raises(NetworkError) as caught:
        network.download(model_server.address("/bomb"), 2**20)
    assert caught.value.key == "error.network-too-big"


def test_redirects_without_end_are_given_up(model_server: ModelServer) -> None:
    model_server.pages["/a"] = redirect("/a")

    with pytest.raises(NetworkError) as caught:
        network.download(model_server.address("/a"), 9)
    assert caught.value.key == "error.network-redirect"
    assert len(model_server.requests) == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://host/x", "http://me:pw@127.0.0.1/"])
def test_a_redirect_to_something_else_than_the_web_is_refused(model_server: ModelServer, target: str) -> None:
    model_server.pages["/a"] = redirect(target)

    with pytest.raises(NetworkError) as caught:
        network.download(model_server.address("/a"), 9)
    assert caught.value.key == "error.network-address"


def test_the_net_cannot_send_a_download_to_this_machine(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", _resolve_to(model_server))
    model_server.pages["/paper"] = redirect(model_server.address("/secret"))

    with pytest.raises(NetworkError) as caught:
        network.download(f"http://papers.invalid:{_port(model_server)}/paper", 9)
    assert caught.value.key == "error.network-redirect"
    assert [one.path for one in model_server.requests] == ["/paper"]


def test_a_file_that_is_not_there_is_told_with_its_status(model_server: ModelServer) -> None:
    model_server.pages["/gone"] = page(status=404)

    with pytest.raises(BadStatus) as caught:
        network.download(model_server.address("/gone"), 9)
    assert caught.value.status == 404


def test_a_download_that_stops_is_silent(model_server: ModelServer) -> None:
    model_server.pages["/slow"] = Script([b"x"], content_type="application/pdf", stalls=0.25)

    with pytest.raises(Silent) as caught:
        network.download(model_server.address("/slow"), 9, wait=0.1)
    assert caught.value.hint == "hint.network-later"


# Loopback


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://localhost:11434/v1", True),
        ("http://LOCALHOST./v1", True),
        ("http://models.localhost/v1", True),
        ("http://127.0.0.1:8080", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:8080/v1", True),
        ("http://0.0.0.0:11434", True),
        ("http://192.168.1.5:11434/v1", False),
        ("https://localhost.example.com/v1", False),
        ("https://api.deepseek.com", False),
    ],
)
def test_loopback_is_told_by_the_name(url: str, loopback: bool) -> None:
    assert network.is_loopback(url) is loopback
