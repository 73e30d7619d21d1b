"""Which proxy leads to an address, by the variables that curl and requests read.

These are `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`, in small letters before capital ones; where
there is none, the settings of Windows or macOS count. What is not needed for an address is not looked at.
"""

import ipaddress
import os
import re
import urllib.request
from typing import NamedTuple
from urllib.parse import urlsplit

from ailearn.errors import NetworkError

# `socks` is what desktops write into `all_proxy`; names of hosts are always left to the proxy.
_KINDS = {"http": "http", "https": "https", "socks": "socks5h", "socks5": "socks5h", "socks5h": "socks5h"}
_PORTS = {"http": 80, "https": 443}
# An element of `no_proxy` with a port; an IPv6 address with one stands in brackets.
_WITH_PORT = re.compile(r"(?P<host>\[.*\]|[^:]*):(?P<port>\d+)")


class Proxy(NamedTuple):
    """A proxy, perhaps with a password in its address, and the variable that names it."""

    url: str
    variable: str

    @property
    def host(self) -> str:
        """Host and port, without name and password."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    def __repr__(self) -> str:
        return f"Proxy({self.host!r}, {self.variable!r})"


def proxy_for(url: str) -> Proxy | None:
    """The proxy through which `url` is to be asked; None for none.

    Raises NetworkError, which names the variable, for a proxy that cannot be used.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    proxies = urllib.request.getproxies()
    kind = parts.scheme if proxies.get(parts.scheme, "").strip() else "all"
    named = proxies.get(kind, "").strip()
    if not named or _is_left_out(host, parts.port or _PORTS.get(parts.scheme, 0), proxies):
        return None
    small, capital = f"{kind}_proxy", f"{kind}_proxy".upper()
    variable = small if os.environ.get(small) else capital
    scheme, _, place = named.rpartition("://")
    address = f"{_KINDS.get(scheme.lower() or 'http')}://{place.partition('/')[0]}"
    if (scheme and scheme.lower() not in _KINDS) or not _is_usable(address):
        raise unusable(variable)
    return Proxy(address, variable)


def unusable(variable: str) -> NetworkError:
    """What to say about a variable that names no proxy; its value may hold a password."""
    return NetworkError("error.network-settings", hint="hint.network-proxy-variable", variable=variable)


def _is_usable(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_left_out(host: str, port: int, proxies: dict[str, str]) -> bool:
    """Whether a host is to be asked directly: its name, a domain, its address or its network is listed."""
    if "no" not in proxies:
        return bool(urllib.request.proxy_bypass(host))
    return any(_means(name, host, port) for name in re.split(r"[\s,]+", proxies["no"].lower()) if name)


def _means(name: str, host: str, port: int) -> bool:
    """Whether an element of `no_proxy` means a host, as curl reads it: `*`, NAME, .NAME, ADDRESS, NETWORK."""
    with_port = _WITH_PORT.fullmatch(name)
    if with_port:
        name = with_port["host"]
        if int(with_port["port"]) != port:
            return False
    if name == "*":
        return True
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(
            name.replace("[", "").replace("]", ""), False
        )
    except ValueError:
        domain = name.removeprefix("*").strip(".")
        return bool(domain) and (host == domain or host.endswith(f".{domain}"))
