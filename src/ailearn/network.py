"""The net: JSON to and from servers, events as they arrive, files. The only home of httpx.

Whatever goes wrong on the way becomes a NetworkError in plain words, and none of them holds a header, for
one may be a key. A server on this machine is never asked through a proxy; for all others the usual
variables count (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`, `SSL_CERT_FILE`).
"""

import contextlib
import ipaddress
import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
from httpx_sse import EventSource

from ailearn import __version__
from ailearn.errors import NetworkError

# Seconds: until a connection stands, and until the next byte arrives; local models think long.
CONNECT = 10.0
WAIT = 120.0
_WAIT_FOR_FILE = 30.0
# An explanation of a failure, or a JSON answer, longer than this is none.
_MOST_JSON = 16 * 2**20
_REDIRECTS = 5


class Silent(NetworkError):
    """A server took the question and then sent nothing for too long."""


class BrokenOff(NetworkError):
    """A connection ended before the answer did."""


class Unreachable(NetworkError):
    """No connection came about at all."""


class NotJson(NetworkError):
    """A server answered with something that is no JSON."""


class BadStatus(NetworkError):
    """A server answered, but not with what was asked for: its status, its body and its headers."""

    def __init__(self, host: str, status: int, body: str, headers: Mapping[str, str]) -> None:
        super().__init__("error.network-status", hint="hint.network-later", host=host, status=status)
        self.status = status
        self.body = body
        self.headers = headers


class Incoming:
    """An answer that is arriving; it is read once, as `events` or as one `text`, and then closed."""

    def __init__(self, client: httpx.Client, response: httpx.Response, host: str, wait: float) -> None:
        self._client = client
        self._response = response
        self._wait = wait
        self.host = host
        self.content_type: str = response.headers.get("content-type", "").partition(";")[0].strip().lower()

    def events(self) -> Iterator[str]:
        """The data of each server-sent event, as it arrives.

        Comments are left out, and so is an event that the end of the stream cuts in two, as the HTML standard
        (section 9.2.6) has it. Raises Silent or BrokenOff.
        """
        # The standard says UTF-8 whatever the header says, and that a byte order mark is skipped.
        self._response.encoding = "utf-8-sig"
        self._response.headers["content-type"] = "text/event-stream"
        with _plainly(self.host, self._wait):
            for event in EventSource(self._response).iter_sse():
                yield event.data

    def text(self, most_bytes: int = _MOST_JSON) -> str:
        """The whole body as text. Raises NetworkError when it is too long, silent or broken off."""
        with _plainly(self.host, self._wait):
            return _decoded(self._response, _read(self._response, self.host, most_bytes))

    def close(self) -> None:
        """Let go of the connection, whether everything was read or not."""
        self._response.close()
        self._client.close()


def post(
    url: str, payload: object, *, headers: Mapping[str, str] | None = None, wait: float = WAIT
) -> Incoming:
    """Post `payload` as JSON and return what comes back; a redirect is not followed.

    `wait` is the longest silence in seconds. Raises BadStatus for every status but 2xx, NetworkError without
    an answer.
    """
    return _send(url, "POST", wait, headers or {}, payload)


def get_json(
    url: str, *, headers: Mapping[str, str] | None = None, wait: float = WAIT, connect: float = CONNECT
) -> Any:
    """The JSON at `url`; a redirect is not followed.

    Raises BadStatus for every status but 2xx, NotJson for something else, NetworkError without an answer.
    """
    incoming = _send(url, "GET", wait, headers or {}, connect=connect)
    try:
        return json.loads(incoming.text())
    except (ValueError, RecursionError) as error:
        raise NotJson("error.network-not-json", hint="hint.network-later", host=incoming.host) from error
    finally:
        incoming.close()


def download(url: str, most_bytes: int, *, wait: float = _WAIT_FOR_FILE) -> bytes:
    """The file at `url`, over http or https, following a few redirects but none from the net to this machine.

    Raises BadStatus for every status but 2xx, NetworkError without an answer and for more than `most_bytes`.
    """
    for _ in range(_REDIRECTS + 1):
        host = host_of(url)
        client = _client(url, wait, CONNECT)
        with client, _plainly(host, wait, "hint.network-later"), client.stream("GET", url) as response:
            if not response.has_redirect_location:
                _check(response, host)
                return _read(response, host, most_bytes)
            target = str(response.url.join(response.headers["location"]))
            if is_loopback(target) and not is_loopback(url):
                raise NetworkError("error.network-redirect", hint="hint.network-redirect", host=host)
            url = target
    raise NetworkError("error.network-redirect", hint="hint.network-redirect", host=host)


def host_of(url: str) -> str:
    """Host and port of a web address, as they stand in it.

    Raises NetworkError for what is no web address, or one with a name and a password in it.
    """
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError, TypeError):
        parsed = httpx.URL("")
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.userinfo:
        raise NetworkError("error.network-address", hint="hint.network-address")
    host = f"[{parsed.host}]" if ":" in parsed.host else parsed.host
    return f"{host}:{parsed.port}" if parsed.port else host


def is_loopback(url: str) -> bool:
    """Whether an address leads to this machine by its very name."""
    host = httpx.URL(url).host.rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _send(
    url: str,
    method: str,
    wait: float,
    headers: Mapping[str, str],
    payload: object = None,
    connect: float = CONNECT,
) -> Incoming:
    host = host_of(url)
    client = _client(url, wait, connect)
    try:
        with _plainly(host, wait):
            request = client.build_request(method, url, json=payload, headers=dict(headers))
            response = client.send(request, stream=True)
            _check(response, host)
            return Incoming(client, response, host, wait)
    except BaseException:
        client.close()
        raise


def _client(url: str, wait: float, connect: float) -> httpx.Client:
    here = is_loopback(url)
    try:
        return httpx.Client(
            headers={"User-Agent": f"ailearn/{__version__}"},
            timeout=httpx.Timeout(wait, connect=min(connect, wait)),
            trust_env=not here,
            # Certificates are of no use here, and reading them takes longer than a short question.
            verify=not (here and httpx.URL(url).scheme == "http"),
        )
    except (ValueError, httpx.InvalidURL, ImportError, OSError) as error:
        # A proxy of an unknown kind, or a file of certificates that is not there.
        raise NetworkError("error.network-settings", hint="hint.network-settings", reason=error) from error


def _check(response: httpx.Response, host: str) -> None:
    if response.is_success:
        return
    try:
        body = _decoded(response, _read(response, host, 2**20))
    except NetworkError:
        body = ""
    raise BadStatus(host, response.status_code, body, response.headers)


def _read(response: httpx.Response, host: str, most_bytes: int) -> bytes:
    pieces: list[bytes] = []
    size = 0
    for piece in response.iter_bytes():
        pieces.append(piece)
        size += len(piece)
        if size > most_bytes:
            raise NetworkError("error.network-too-big", host=host, megabytes=max(most_bytes // 2**20, 1))
    return b"".join(pieces)


def _decoded(response: httpx.Response, data: bytes) -> str:
    encoding = response.charset_encoding or "utf-8-sig"
    try:
        return data.decode(encoding, "replace")
    except LookupError:
        return data.decode("utf-8-sig", "replace")


@contextlib.contextmanager
def _plainly(host: str, wait: float, hint: str = "hint.network-silent") -> Iterator[None]:
    """Turn what httpx raises into words of our own; what it says itself may quote a header."""
    try:
        yield
    except (httpx.ConnectTimeout, httpx.PoolTimeout):
        raise Unreachable(
            "error.network-connect-timeout", hint="hint.network-unreachable", host=host
        ) from None
    except httpx.TimeoutException:
        raise Silent("error.network-silent", hint=hint, host=host, seconds=f"{wait:g}") from None
    except httpx.ProxyError as error:
        raise Unreachable(
            "error.network-proxy", hint="hint.network-settings", host=host, reason=error
        ) from None
    except httpx.ConnectError as error:
        raise _no_connection(host, error) from None
    except (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL, UnicodeError):
        raise NetworkError("error.network-address", hint="hint.network-address") from None
    except (httpx.TransportError, httpx.DecodingError, httpx.StreamError):
        raise BrokenOff("error.network-broken", hint="hint.network-later", host=host) from None


def _no_connection(host: str, error: BaseException) -> Unreachable:
    """Why no connection came about, found among the causes of what httpx says."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, socket.gaierror):
            return Unreachable("error.network-unknown-host", hint="hint.network-unreachable", host=host)
        if isinstance(cause, ssl.SSLError):
            reason = getattr(cause, "verify_message", "") or cause.reason or str(cause)
            return Unreachable("error.network-tls", hint="hint.network-tls", host=host, reason=reason)
        if isinstance(cause, ConnectionRefusedError):
            # Away from this machine it may as well be a proxy that does.
            hint = "hint.network-refused" if is_loopback(f"http://{host}") else "hint.network-unreachable"
            return Unreachable("error.network-refused", hint=hint, host=host)
        cause = cause.__cause__ or cause.__context__
    return Unreachable("error.network-unreachable", hint="hint.network-unreachable", host=host, reason=error)
