"""The net: JSON to and from servers, events as they arrive, files. The only home of httpx.

Whatever goes wrong on the way becomes a NetworkError in plain words, and none of them holds a header, for
one may be a key. A server on this machine is never asked through a proxy; for all others the usual
variables count (see `ailearn.proxies`, and `SSL_CERT_FILE`). No server is waited for without end, and none
can fill the memory: every limit stands below.
"""

import contextlib
import ipaddress
import json
import os
import socket
import ssl
import time
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from ailearn import __version__
from ailearn.errors import NetworkError
from ailearn.limits import Limits, Transport
from ailearn.proxies import proxy_for, unusable
from ailearn.server_events import TooLong, events

# Seconds: until a connection stands, until the next word of an answer arrives (local models think long), and
# until an answer has come to its end.
CONNECT = 10.0
WAIT = 120.0
_WHOLE = 3600.0
# Seconds: until the next bit of a file arrives, and until all of it has.
_WAIT_FOR_FILE = 30.0
_WHOLE_FILE = 900.0
# Bytes: of what is no stream of events, so many count as a word; fewer are what keeps a connection open.
_WORD = 16 * 2**10
# Bytes, unpacked: a JSON answer, the explanation of a failure, one event of a stream, all of a stream. A
# model that writes a hundred thousand words sends some thirty megabytes.
_MOST_JSON = 16 * 2**20
_MOST_ERROR = 2**20
_MOST_EVENT = 4 * 2**20
_MOST_STREAM = 64 * 2**20
# Bytes that are unpacked at once.
_STEP = 64 * 2**10
_REDIRECTS = 5


class Silent(NetworkError):
    """A server took the question and then sent nothing for too long."""


class TooMuch(NetworkError):
    """A server that sends more, or takes longer, than any answer does."""


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

    def __init__(self, client: httpx.Client, response: httpx.Response, host: str, limits: Limits) -> None:
        self._client = client
        self._response = response
        self._limits = limits
        self.host = host
        self.content_type: str = response.headers.get("content-type", "").partition(";")[0].strip().lower()

    def events(self) -> Iterator[str]:
        """The data of each server-sent event, as it arrives, in UTF-8 whatever the headers say.

        Comments are left out, and so is an event that the end of the stream cuts in two, as the HTML standard
        (section 9.2.6) has it. An event alone is no word: whoever finds one in it says so with `heard`. The
        time that the caller takes for an event does not count. Raises Silent, TooMuch or BrokenOff.
        """
        with _plainly(self.host, self._limits):
            for data in events(_pieces(self._response, self.host, _MOST_STREAM), _MOST_EVENT):
                handed_on = time.monotonic()
                yield data
                self._limits.forgive(time.monotonic() - handed_on)

    def heard(self) -> None:
        """A word has come: the time without one begins anew."""
        self._limits.heard()

    def text(self) -> str:
        """The whole body as text. Raises NetworkError when it is too long, silent or broken off."""
        with _plainly(self.host, self._limits):
            return _decoded(self._response, _read(self._response, self.host, _MOST_JSON, self._limits))

    def close(self) -> None:
        """Let go of the connection, whether everything was read or not."""
        self._response.close()
        self._client.close()


def post(
    url: str, payload: object, *, headers: Mapping[str, str] | None = None, wait: float = WAIT
) -> Incoming:
    """Post `payload` as JSON and return what comes back; a redirect is not followed.

    `wait` is the longest time without a word, in seconds. Raises BadStatus for every status but 2xx,
    NetworkError without an answer.
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
    limits = Limits(wait, _WHOLE_FILE)
    for _ in range(_REDIRECTS + 1):
        host = host_of(url)
        client = _client(url, limits, CONNECT)
        with client, _plainly(host, limits, "hint.network-later"), client.stream("GET", url) as response:
            if not response.has_redirect_location:
                _check(response, host, limits)
                return _read(response, host, most_bytes, limits)
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
    limits = Limits(wait, _WHOLE)
    client = _client(url, limits, connect)
    try:
        with _plainly(host, limits):
            request = client.build_request(method, url, json=payload, headers=dict(headers))
            response = client.send(request, stream=True)
            _check(response, host, limits)
            return Incoming(client, response, host, limits)
    except BaseException:
        client.close()
        raise


def _client(url: str, limits: Limits, connect: float) -> httpx.Client:
    named = None if is_loopback(url) else proxy_for(url)
    to_proxy = named is not None and named.url.startswith("https:")
    # Reading certificates takes longer than a short question, so only what needs them does.
    context = _certificates() if to_proxy or httpx.URL(url).scheme == "https" else None
    try:
        proxy = httpx.Proxy(named.url, ssl_context=context if to_proxy else None) if named else None
    except httpx.InvalidURL:
        raise unusable(named.variable if named else "") from None
    return httpx.Client(
        # What is not packed need not be unpacked, and comes without waiting for more.
        headers={"User-Agent": f"ailearn/{__version__}", "Accept-Encoding": "identity"},
        timeout=httpx.Timeout(limits.wait, connect=min(connect, limits.wait)),
        transport=Transport(limits, verify=context or False, proxy=proxy),
        trust_env=False,
    )


def _certificates() -> ssl.SSLContext:
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        variable = "SSL_CERT_FILE" if os.environ.get("SSL_CERT_FILE") else "SSL_CERT_DIR"
        raise NetworkError(
            "error.network-settings", hint="hint.network-certificates", variable=variable
        ) from error


def _check(response: httpx.Response, host: str, limits: Limits) -> None:
    if response.is_success:
        return
    try:
        body = _decoded(response, _read(response, host, _MOST_ERROR, limits))
    except NetworkError:
        body = ""
    raise BadStatus(host, response.status_code, body, response.headers)


def _read(response: httpx.Response, host: str, most_bytes: int, limits: Limits) -> bytes:
    body = bytearray()
    words = 0
    for piece in _pieces(response, host, most_bytes):
        body += piece
        if len(body) // _WORD > words:
            words = len(body) // _WORD
            limits.heard()
    return bytes(body)


def _pieces(response: httpx.Response, host: str, most_bytes: int) -> Iterator[bytes]:
    """The body, unpacked, as it arrives. Raises TooMuch for more than `most_bytes`."""
    size = 0
    for piece in _unpacked(response, host):
        size += len(piece)
        if size > most_bytes:
            raise _too_big(host, most_bytes)
        yield piece


def _too_big(host: str, most_bytes: int) -> TooMuch:
    return TooMuch("error.network-too-big", host=host, megabytes=max(most_bytes // 2**20, 1))


def _unpacked(response: httpx.Response, host: str) -> Iterator[bytes]:
    """The body as it arrives, in steps: the few bytes of a packed one may hold more than the memory does."""
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if coding == "identity":
        yield from response.iter_raw()
        return
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise NetworkError("error.network-coding", hint="hint.network-later", host=host, coding=coding)
    # With 32 added, zlib tells gzip and deflate apart itself.
    unpacking = zlib.decompressobj(zlib.MAX_WBITS + 32)
    for packed in response.iter_raw():
        while not unpacking.eof:
            piece = unpacking.decompress(packed, _STEP)
            yield piece
            packed = unpacking.unconsumed_tail
            if not packed and len(piece) < _STEP:
                break


def _decoded(response: httpx.Response, data: bytes) -> str:
    encoding = response.charset_encoding or "utf-8-sig"
    try:
        return data.decode(encoding, "replace")
    except (LookupError, UnicodeError):
        # Some encodings that Python has are for other things than texts, and replace nothing.
        return data.decode("utf-8-sig", "replace")


@contextlib.contextmanager
def _plainly(host: str, limits: Limits, hint: str = "hint.network-silent") -> Iterator[None]:
    """Turn what httpx raises into words of our own; what it says itself may quote a header."""
    try:
        yield
    except (httpx.ConnectTimeout, httpx.PoolTimeout):
        raise Unreachable(
            "error.network-connect-timeout", hint="hint.network-unreachable", host=host
        ) from None
    except httpx.TimeoutException:
        if limits.at_the_end:
            minutes = round(limits.whole / 60)
            raise TooMuch("error.network-endless", host=host, minutes=minutes) from None
        raise Silent("error.network-silent", hint=hint, host=host, seconds=f"{limits.wait:g}") from None
    except TooLong:
        raise _too_big(host, _MOST_EVENT) from None
    except httpx.ProxyError as error:
        raise Unreachable("error.network-proxy", hint="hint.network-proxy", host=host, reason=error) from None
    except httpx.ConnectError as error:
        raise _no_connection(host, error) from None
    except (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL, UnicodeError):
        raise NetworkError("error.network-address", hint="hint.network-address") from None
    except (httpx.TransportError, httpx.StreamError, zlib.error):
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
