"""Which hosts a reader has allowed to receive her questions; the config file keeps them."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from ailearn.settings import Settings, config_path, read_config
from ailearn.tutor import local_servers
from ailearn.tutor.talk import Endpoint

_OLLAMA_CLOUD = "https://ollama.com"


def destination(endpoint: Endpoint) -> str:
    """Where a request ends up: a local Ollama passes those for some models on to its makers."""
    if local_servers.runs_elsewhere(endpoint.provider, endpoint.model):
        return _OLLAMA_CLOUD
    return endpoint.url


def host(url: str) -> str:
    """The host that an address names, with its port when that is not the usual one."""
    parts = urlsplit(url)
    name = parts.hostname or url
    return f"{name}:{parts.port}" if parts.port else name


def hosts(settings: Settings) -> tuple[str, ...]:
    """The hosts that the reader has agreed to."""
    known = settings.tutor.get("agreed", ())
    return tuple(map(str, known)) if isinstance(known, tuple) else ()


def agreed(settings: Settings, url: str) -> bool:
    """Whether the reader has agreed that requests may go to an address."""
    return host(url).casefold() in (one.casefold() for one in hosts(settings))


def agree(environ: Mapping[str, str], url: str) -> None:
    """Keep in the config file that requests may go to an address.

    Raises ConfigurationError when the file cannot be written.
    """
    from ailearn.configuration import set_value

    hosts = read_config(config_path(environ)).get("tutor.agreed", [])
    known = [str(one) for one in hosts] if isinstance(hosts, list) else []
    if host(url) not in known:
        set_value(environ, "tutor.agreed", ",".join([*known, host(url)]))
