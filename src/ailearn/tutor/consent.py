"""Where a reader has allowed her questions to go, and her keys where others can read them.

The config file keeps both in one list: `HOST` may receive questions, and `http://HOST` a key without
encryption, as the host that is asked or as the proxy on the way to it.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from ailearn.errors import ConfigurationError
from ailearn.proxies import proxy_for
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
    """What the reader has agreed to."""
    known = settings.tutor.get("agreed", ())
    return tuple(map(str, known)) if isinstance(known, tuple) else ()


def agreed(settings: Settings, url: str) -> bool:
    """Whether the reader has agreed that requests may go to an address."""
    return not _missing(settings, (host(url),))


def open_to(settings: Settings, endpoint: Endpoint) -> tuple[str, ...]:
    """Where others could read a key on its way to an endpoint, and the reader has not agreed to it yet.

    Nobody can over https, nor on this machine. Raises NetworkError for a proxy that cannot be used.
    """
    url = endpoint.url
    if urlsplit(url).scheme == "https" or local_servers.is_loopback(url):
        return ()
    proxy = proxy_for(url)
    places = (host(url), proxy.host) if proxy else (host(url),)
    return _missing(settings, tuple(f"http://{place}" for place in places))


def check_key(settings: Settings, endpoint: Endpoint) -> None:
    """Raises ConfigurationError when a key may not go to an endpoint, because others could read it."""
    missing = open_to(settings, endpoint)
    if missing:
        names = ",".join([*hosts(settings), *missing])
        raise ConfigurationError(
            "error.tutor-key-open", hint="hint.tutor-key-open", host=host(endpoint.url), hosts=names
        )


def _missing(settings: Settings, names: tuple[str, ...]) -> tuple[str, ...]:
    known = [one.casefold() for one in hosts(settings)]
    return tuple(one for one in names if one.casefold() not in known)


def with_agreed(settings: Settings, *names: str) -> Settings:
    """The settings after the reader has agreed to more."""
    return settings._replace(tutor={**settings.tutor, "agreed": (*hosts(settings), *names)})


def kept(environ: Mapping[str, str]) -> tuple[str, ...]:
    """What the config file says that the reader has agreed to."""
    known = read_config(config_path(environ)).get("tutor.agreed", [])
    return tuple(map(str, known)) if isinstance(known, list) else ()


def agree(environ: Mapping[str, str], *names: str) -> None:
    """Keep in the config file what the reader has agreed to.

    Raises ConfigurationError when the file cannot be written.
    """
    from ailearn.configuration import set_value

    known = kept(environ)
    new = [one for one in names if one not in known]
    if new:
        set_value(environ, "tutor.agreed", ",".join([*known, *new]))
