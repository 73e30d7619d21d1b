"""Model servers on this machine: where they listen, whether they run, and what they offer."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ailearn.errors import NetworkError

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

# Seconds: a server on the same machine is there at once or not at all, and then knows what it has.
_PATIENCE, _WAIT = 0.5, 1.0
_OLLAMA_PORT, _LLAMA_CPP_PORT = "11434", "8080"
# Where llama-server says that it will listen in a future release.
_LLAMA_CPP_NEXT_PORT = "9931"
_PORTS = {"http": "80", "https": "443"}
_EVERYWHERE = ("0.0.0.0", "::")
# Models that turn text into numbers, order search results, draw, speak or listen hold no conversation.
_NO_CHAT = re.compile(
    r"embed|rerank|moderation|seedream|seedance"
    r"|(?:^|[/:_.-])(?:bge|gte|e5|minilm|whisper|tts|stt|asr|clip|dall-e|image|imagen|video|veo|sora|audio|realtime"
    r"|transcribe)(?:[:_.-]|$)",
    re.IGNORECASE,
)
# What Ollama passes on to its own computers: such models carry the tag `cloud`, alone or after their size.
_CLOUD = re.compile(r"[:-]cloud$")


def ollama_url(environ: Mapping[str, str]) -> str:
    """The address of Ollama's chat API, by `OLLAMA_HOST` in all the forms that Ollama itself takes.

    These are HOST, :PORT, HOST:PORT and a URL; a port that is missing is Ollama's, or in a URL that of its
    scheme. A server that listens everywhere is reached on the loopback interface.
    """
    named = environ.get("OLLAMA_HOST", "").strip().strip("\"'")
    scheme, _, rest = ("https://ollama.com" if named == "ollama.com" else named).rpartition("://")
    place, _, path = re.sub("[?#].*", "", rest).partition("/")
    usual = _PORTS.get(scheme, _OLLAMA_PORT)
    host, port = _host_and_port(place, usual)
    folder = f"/{path.strip('/')}" if path.strip("/") else ""
    shown = "" if port == _PORTS.get(scheme) else f":{port}"
    return f"{scheme if scheme in _PORTS else 'http'}://{host}{shown}{folder}/v1"


def llama_cpp_url(environ: Mapping[str, str]) -> str:
    """The address of llama-server's chat API, by the variables that it reads itself.

    Without a port there it is the usual one, unless a server answers at the one that is to replace it.
    """
    named = environ.get("LLAMA_ARG_HOST", "").strip()
    host, _ = _host_and_port("" if named.endswith(".sock") else named, _LLAMA_CPP_PORT)
    port = environ.get("LLAMA_ARG_PORT", "").strip()
    if _is_port(port):
        return f"http://{host}:{port}/v1"
    coming = f"http://{host}:{_LLAMA_CPP_NEXT_PORT}/v1"
    return coming if is_loopback(coming) and offered(coming) else f"http://{host}:{_LLAMA_CPP_PORT}/v1"


def _host_and_port(place: str, usual: str) -> tuple[str, str]:
    host, colon, port = place.rpartition(":")
    if not colon or place.endswith("]") or (":" in host.strip("[]") and not host.startswith("[")):
        host, port = place, ""
    bare = host.strip("[]")
    if bare in _EVERYWHERE:
        bare = "127.0.0.1"
    elif not re.fullmatch(r"[\w.-]*\w", bare) and _ip_address(bare) is None:
        bare = "localhost"
    return f"[{bare}]" if ":" in bare else bare, port if _is_port(port) else usual


def _ip_address(text: str) -> "IPv4Address | IPv6Address | None":
    import ipaddress

    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text) < 65536


def is_loopback(url: str) -> bool:
    """Whether an address leads back to this machine."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = _ip_address(host)
    return address is not None and (address.is_loopback or address.is_unspecified)


def offered(url: str) -> tuple[str, ...] | None:
    """The models of the server at a loopback address; None when none answers or it is no model server."""
    parts = urlsplit(url)
    if not _listens(parts.hostname or "localhost", parts.port or int(_PORTS[parts.scheme or "http"])):
        return None
    # Costs a dozen interpreter starts, which nobody without a server of her own is to pay for.
    from ailearn import network

    try:
        return _ids(network.get_json(f"{url}/models", wait=_WAIT, connect=_PATIENCE))
    except NetworkError:
        return None


def _listens(host: str, port: int) -> bool:
    """Whether anything listens at a port at all."""
    import socket

    try:
        socket.create_connection((host, port), _PATIENCE).close()
    except OSError:
        return False
    return True


def _ids(listed: object) -> tuple[str, ...] | None:
    """The ids in a list of models; Ollama gives null for an empty one. None for anything else."""
    if not isinstance(listed, dict) or listed.get("object") != "list" or "data" not in listed:
        return None
    rows = listed["data"] or []
    if not isinstance(rows, list):
        return None
    ids = [str(row["id"]) for row in rows if isinstance(row, dict) and row.get("id")]
    return tuple(ids) if len(ids) == len(rows) else None


def chat_models(ids: tuple[str, ...]) -> tuple[str, ...]:
    """Those that can hold a conversation, as far as a name tells; what runs on other machines comes last."""
    able = [one for one in ids if not _NO_CHAT.search(one)]
    return tuple(sorted(able, key=lambda one: bool(_CLOUD.search(one))))


def runs_elsewhere(provider: str, model: str) -> bool:
    """Whether a local Ollama passes a model's requests on to ollama.com."""
    return provider == "ollama" and bool(_CLOUD.search(model))
