"""Keys of providers: from the environment, the system keyring, or a file that only the reader can read.

A key is never a setting, never an argument, and nothing that is printed or kept holds one. It goes only to
the place it was given for: one in a provider's variable to that provider's own address, a stored one to the
scheme, host and port for which it was typed, `AILEARN_TUTOR_KEY` to the address that the reader has set.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from ailearn.errors import ConfigurationError, NetworkError
from ailearn.replacing import replace_file
from ailearn.settings import opened
from ailearn.tutor import local_servers
from ailearn.tutor.providers import PRESETS
from ailearn.tutor.talk import Endpoint

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_FILE = "keys.toml"
_SERVICE = "ailearn"
_KEYRING = "keyring"
# Below this a keyring keeps nothing, or keeps it for everybody to read.
_REAL_KEYRING = 1
_HEADING = "# Keys of model providers. Nobody but you may read this file.\n"


class Key(NamedTuple):
    """A key and where it comes from: the name of a variable, `keyring`, or the path of the file."""

    value: str
    source: str

    def __repr__(self) -> str:
        return f"Key(source={self.source!r})"


class Found(NamedTuple):
    """What a search for a key brought; `trouble` says why the keyring could not be asked, empty otherwise."""

    key: Key | None
    trouble: str = ""


class Kept(NamedTuple):
    """Where a key is now: `keyring` or the path of the file; `trouble` as in Found."""

    source: str
    trouble: str = ""


def name_of(endpoint: Endpoint) -> str:
    """The name under which a key is kept: the provider, or the host where that is not the provider's own.

    Where the way to the host can be listened to, `http://` is part of the name.
    """
    scheme, place = _origin(endpoint.url)
    if scheme == "https" and _origin(PRESETS[endpoint.provider].url) == (scheme, place):
        return endpoint.provider
    return place if scheme == "https" or local_servers.is_loopback(endpoint.url) else f"{scheme}://{place}"


def _origin(url: str) -> tuple[str, str]:
    """Scheme and host of an address, with the port when it is not the usual one."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else (parts.hostname or "").casefold()
    usual = parts.port in (None, {"http": 80, "https": 443}.get(parts.scheme))
    return parts.scheme, host if usual else f"{host}:{parts.port}"


def variables_for(endpoint: Endpoint, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The variables that may hold the key for an endpoint: the provider's own at its own address alone.

    The own address of a server that the reader runs herself is this machine, or where its own variables say.
    """
    preset = PRESETS[endpoint.provider]
    found = {"ollama": local_servers.ollama_url, "llama.cpp": local_servers.llama_cpp_url}
    if endpoint.provider in found and local_servers.is_loopback(endpoint.url):
        return preset.variables
    own = found[endpoint.provider](environ) if endpoint.provider in found else preset.url
    return preset.variables if _origin(own) == _origin(endpoint.url) else PRESETS["custom"].variables


def key_for(endpoint: Endpoint, environ: Mapping[str, str], config_folder: Path | None) -> Key | None:
    """The key for a model; None where none is needed and none is set.

    Raises NetworkError when the provider needs one and there is none, or when it cannot be one, and
    ConfigurationError when the file with keys cannot be used.
    """
    found = find_key(endpoint, environ, config_folder)
    if found.key is None and is_needed(endpoint):
        raise _missing(endpoint, variables_for(endpoint, environ)[0], found.trouble)
    if found.key is not None and not can_be_key(found.key.value):
        raise NetworkError("error.bad-key", hint="hint.bad-key", source=found.key.source)
    return found.key


def _missing(endpoint: Endpoint, variable: str, trouble: str) -> NetworkError:
    preset = PRESETS[endpoint.provider]
    hint = "hint.no-key-keyring" if trouble else "hint.no-key"
    values = {"provider": endpoint.provider, "variable": variable, "page": preset.page, "reason": trouble}
    if variable in preset.variables:
        return NetworkError("error.no-key", hint=hint, **values)
    place = urlsplit(endpoint.url).netloc
    return NetworkError(
        "error.no-key-elsewhere", hint="hint.no-key-elsewhere", url=endpoint.url, host=place, **values
    )


def is_needed(endpoint: Endpoint) -> bool:
    """Whether nobody is answered there without a key."""
    return PRESETS[endpoint.provider].needs_key and not endpoint.local


def find_key(endpoint: Endpoint, environ: Mapping[str, str], config_folder: Path | None) -> Found:
    """Look for a key in the environment, then the keyring, then the file.

    The keyring is never asked for a local server. Raises ConfigurationError when the file cannot be used.
    """
    variable = variable_with_key(variables_for(endpoint, environ), environ)
    if variable:
        return Found(Key(environ[variable].strip(), variable))
    trouble = ""
    if _may_use_keyring(endpoint):
        try:
            keyring = _keyring()
            value = keyring.get_password(_SERVICE, name_of(endpoint)) if keyring else None
        except Exception as error:  # noqa: BLE001  a backend raises what the library under it raises
            value, trouble = None, _reason(error)
        if value:
            return Found(Key(value, _KEYRING))
    if config_folder is None:
        return Found(None, trouble)
    path = config_folder / _FILE
    value = _read(path).get(name_of(endpoint))
    return Found(Key(value, str(path)) if value else None, trouble)


def variable_with_key(variables: tuple[str, ...], environ: Mapping[str, str]) -> str | None:
    """The first of some variables that holds something."""
    return next((one for one in variables if environ.get(one, "").strip()), None)


def can_be_key(text: str) -> bool:
    """Whether `text` holds nothing that no key does, such as a line break or a Chinese character."""
    return text.isascii() and text.isprintable() and " " not in text


def keep_key(endpoint: Endpoint, value: str, config_folder: Path | None) -> Kept:
    """Keep a key in the keyring, or in the file where there is none or the server is local.

    Raises ConfigurationError when the file cannot be written.
    """
    name, trouble = name_of(endpoint), ""
    if _may_use_keyring(endpoint):
        try:
            keyring = _keyring()
            if keyring:
                keyring.set_password(_SERVICE, name, value)
        except Exception as error:  # noqa: BLE001  as above
            keyring, trouble = None, _reason(error)
        if keyring:
            _change(config_folder, name, None)
            return Kept(_KEYRING)
    if config_folder is None:
        raise ConfigurationError("error.no-config-folder", hint="hint.home")
    _change(config_folder, name, value)
    return Kept(str(config_folder / _FILE), trouble)


def forget_key(endpoint: Endpoint, config_folder: Path | None) -> tuple[str, ...]:
    """Take a key out of the keyring and the file; returns where it was. Variables stay as they are.

    Raises ConfigurationError when the file cannot be changed.
    """
    name, places = name_of(endpoint), []
    if _may_use_keyring(endpoint):
        try:
            keyring = _keyring()
            if keyring and keyring.get_password(_SERVICE, name):
                keyring.delete_password(_SERVICE, name)
                places.append(_KEYRING)
        except Exception:  # noqa: BLE001  as above; what cannot be opened gives no key away either
            places = []
    if _change(config_folder, name, None):
        places.append(str(config_folder and config_folder / _FILE))
    return tuple(places)


def _may_use_keyring(endpoint: Endpoint) -> bool:
    # A server on this machine is asked without a word to the keyring, which may want a password itself.
    return not local_servers.is_loopback(endpoint.url)


def _keyring() -> "KeyringBackend | None":
    """The system keyring, when the optional package is installed and finds one that keeps secrets."""
    try:
        import keyring
    except ImportError:
        return None
    backend = keyring.get_keyring()
    return backend if backend.priority >= _REAL_KEYRING else None


def _reason(error: Exception) -> str:
    return str(error).strip().split("\n")[0].removesuffix(".") or type(error).__name__


def _read(path: Path) -> dict[str, str]:
    """The keys in the file; none when there is no file. What else stands in it is the reader's own."""
    import tomllib

    try:
        table = tomllib.loads(_text(path))
    except (ValueError, RecursionError):
        # What the parser says could show a piece of the line, and the line holds a key.
        raise ConfigurationError("error.key-file-syntax", hint="hint.key-file", path=path) from None
    return {name: value for name, value in table.items() if isinstance(value, str)}


def _text(path: Path) -> str:
    """What stands in the file, which nobody else may be able to read; nothing when there is no file.

    Raises UnicodeDecodeError for what is no text.
    """
    try:
        with opened(path) as file:
            # Windows has no such modes: there the folder belongs to the reader alone.
            if sys.platform != "win32" and os.fstat(file.fileno()).st_mode & 0o077:
                raise ConfigurationError("error.key-file-open", hint="hint.key-file-open", path=path)
            return file.read().decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except OSError as error:
        raise _unusable(path, error.strerror or type(error).__name__) from error


def _change(folder: Path | None, name: str, value: str | None) -> bool:
    """Set a key in the file, or take it out; whether that changed anything. The rest stays as it is."""
    if folder is None:
        return False
    path = folder / _FILE
    if _read(path).get(name) == value:
        return False
    import tomlkit

    document = tomlkit.parse(_text(path) or _HEADING)
    if value is None:
        del document[name]
    else:
        document[name] = value
    try:
        if document:
            replace_file(path, tomlkit.dumps(document).encode(), private=True)
        else:
            path.unlink()
    except OSError as error:
        raise _unusable(path, error.strerror or type(error).__name__) from error
    return True


def _unusable(path: Path, reason: str) -> ConfigurationError:
    return ConfigurationError("error.key-file", hint="hint.key-file", path=path, reason=reason)
