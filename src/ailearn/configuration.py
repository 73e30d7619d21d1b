"""Looking at the settings and changing the config file."""

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ailearn import settings
from ailearn.errors import ConfigurationError
from ailearn.language import meant
from ailearn.replacing import make_private_folder, replace_file

_VARIABLES = {
    "lang": "AILEARN_LANG",
    "content": "AILEARN_CONTENT",
    "color": "AILEARN_COLOR",
    "ascii": "AILEARN_ASCII",
    "pager": "PAGER",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """The value of a setting in force, and where it comes from."""

    key: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """All settings or one of them; `path` is the config file, None where there is no place for one."""

    settings: tuple[Setting, ...]
    path: str | None


def configuration(
    environ: Mapping[str, str], loaded: settings.Settings, key: str | None = None
) -> Configuration:
    """The settings in force with their sources.

    Raises ConfigurationError for an unknown `key`.
    """
    path = settings.config_path(environ)
    written = settings.read_config(path)
    values = {
        "lang": loaded.language,
        "content": os.pathsep.join(map(str, loaded.content)),
        "color": loaded.color,
        "ascii": str(loaded.ascii).lower(),
        "pager": environ.get("PAGER") or loaded.pager or "",
        **{name: f"{getattr(loaded, name):g}" for name in settings.NUMBERS},
        **{f"tutor.{name}": _shown(loaded.tutor.get(name, "")) for name in settings.TUTOR_KEYS},
    }
    if key is not None and key not in values:
        raise settings.unknown_key(key, path)
    shown = [
        Setting(one, value, _source(one, environ, written))
        for one, value in values.items()
        if key in (None, one)
    ]
    return Configuration(tuple(shown), str(path) if path else None)


def _shown(value: object) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _source(key: str, environ: Mapping[str, str], written: Mapping[str, object]) -> str:
    variable = _VARIABLES.get(key)
    return variable if variable and environ.get(variable) else "config.toml" if key in written else "default"


def set_value(environ: Mapping[str, str], key: str, text: str) -> Path:
    """Write one setting into the config file, whose other lines and comments stay; returns its path.

    An empty `text` takes the setting out. Raises ConfigurationError for an unknown key, a value that
    cannot be meant, and a file that cannot be written.
    """
    return set_values(environ, {key: text})


def set_values(environ: Mapping[str, str], texts: Mapping[str, str]) -> Path:
    """Write several settings at once, all of them or none; otherwise as `set_value`."""
    import tomlkit

    path = settings.config_path(environ)
    if path is None:
        raise ConfigurationError("error.no-config-folder", hint="hint.home")
    settings.read_config(path)
    values = {key: _value(key, text, path) for key, text in texts.items()}
    try:
        text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
        feed = "\r\n" if text and b"\r\n" in path.read_bytes() else "\n"
        document = tomlkit.parse(text)
        for key, value in values.items():
            _put(document, key, value)
        make_private_folder(path.parent)
        replace_file(path, tomlkit.dumps(document).replace("\n", feed).encode())
    except OSError as error:
        raise ConfigurationError(
            "error.config-unwritable", hint="hint.config-unwritable", path=path, reason=error.strerror
        ) from error
    return path


def _value(key: str, text: str, path: Path) -> object:
    """What `text` means for a setting, checked; None when it is empty and takes the setting out."""
    if key not in settings.KEYS:
        raise settings.unknown_key(key, path)
    if not text:
        return None
    value: object = text
    if key == "ascii":
        value = {"true": True, "false": False}.get(text.lower(), text)
    elif key in settings.NUMBERS or key == "tutor.timeout":
        value = _number(text)
    elif key == "content":
        value = [str(settings.path_of(one).absolute()) for one in _folders(text)]
    elif key == "lang":
        value = meant(text) or text
    elif key == "tutor.agreed":
        value = [one for one in text.replace(",", " ").split() if one]
    value = settings.as_known(key, value)
    settings.check_value(key, value, path)
    return value


def _folders(text: str) -> list[str]:
    """The folders in a text: several, parted as in PATH, or one whose name holds that sign.

    A text that is a folder as it stands is one, and so is one with a part that leads nowhere by itself.
    """
    parts = [one for one in text.split(os.pathsep) if one]
    several = all(one.startswith("~") or Path(one).is_absolute() or _is_folder(one) for one in parts)
    return parts if several and not _is_folder(text) else [text]


def _is_folder(text: str) -> bool:
    try:
        return settings.path_of(text).is_dir()
    except ConfigurationError:
        return False


def _put(table: MutableMapping[str, Any], key: str, value: object) -> None:
    """Set a key that may stand in tables, or take it out when `value` is None."""
    import tomlkit

    *outer, name = key.split(".")
    for one in outer:
        if one not in table:
            if value is None:
                return
            table[one] = tomlkit.table()
        table = table[one]
    if value is None:
        table.pop(name, None)
    else:
        table[name] = value


def _number(text: str) -> float | str:
    """The number that `text` is; `text` itself, which no check lets pass, when it is none."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
