"""How long a server is waited for, and connections that wait no longer.

The time-outs of httpx begin anew with every byte, so that a server which sends one now and then is never
given up, nor is one that says again and again that an answer will follow (status 100).
"""

import ssl
import time
from typing import Any

import httpcore
import httpx

# Bytes that are sent at once, so that a server which takes few at a time is given up as well.
_STEP = 64 * 2**10


class Limits:
    """How long a server may take: `wait` seconds until its next word, `whole` seconds in all."""

    def __init__(self, wait: float, whole: float) -> None:
        self.wait, self.whole = wait, whole
        now = time.monotonic()
        self._next_word, self._end = now + wait, now + whole

    def heard(self) -> None:
        """A word has come: the time without one begins anew."""
        self._next_word = time.monotonic() + self.wait

    def forgive(self, seconds: float) -> None:
        """The server was not waited for meanwhile."""
        self._next_word += seconds
        self._end += seconds

    @property
    def left(self) -> float:
        """Seconds until patience ends; none or less when it has ended."""
        return min(self._next_word, self._end) - time.monotonic()

    @property
    def at_the_end(self) -> bool:
        """Whether it is the time in all that is over."""
        return time.monotonic() >= self._end

    def within(self, seconds: float | None, late: type[Exception]) -> float:
        """The shorter of `seconds` and what is left. Raises `late` when nothing is."""
        left = self.left
        if left <= 0:
            raise late
        return left if seconds is None else min(left, seconds)


class _Stream(httpcore.NetworkStream):
    """A connection on which nothing waits beyond the limits, however little arrives at a time."""

    def __init__(self, stream: httpcore.NetworkStream, limits: Limits) -> None:
        self._stream, self._limits = stream, limits

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._limits.within(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for at in range(0, len(buffer), _STEP):
            self._stream.write(buffer[at : at + _STEP], self._limits.within(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        within = self._limits.within(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, within), self._limits)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.SyncBackend):
    """Makes such connections."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits

    def connect_tcp(self, *arguments: Any, **named: Any) -> httpcore.NetworkStream:
        return _Stream(super().connect_tcp(*arguments, **named), self._limits)


class Transport(httpx.HTTPTransport):
    """httpx's own, over connections that keep the limits."""

    def __init__(self, limits: Limits, *, verify: ssl.SSLContext | bool, proxy: httpx.Proxy | None) -> None:
        super().__init__(verify=verify, proxy=proxy)
        # httpcore takes a backend, which httpx does not pass on; its own time-outs begin anew at every byte.
        self._pool._network_backend = _Backend(limits)
