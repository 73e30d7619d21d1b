"""Looking at the settings and changing the config file."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ailearn import settings
from ailearn.errors import ConfigurationError

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
    }
    if key is not None and key not in values:
        raise settings.unknown_key(key, path)
    shown = [
        Setting(one, value, _source(one, environ, written))
        for one, value in values.items()
        if key in (None, one)
    ]
    return Configuration(tuple(shown), str(path) if path else None)


def _source(key: str, environ: Mapping[str, str], written: Mapping[str, object]) -> str:
    variable = _VARIABLES.get(key)
    return variable if variable and environ.get(variable) else "config.toml" if key in written else "default"


def set_value(environ: Mapping[str, str], key: str, text: str) -> Path:
    """Write one setting into the config file, whose other lines and comments stay; returns its path.

    An empty `text` takes the setting out. Raises ConfigurationError for an unknown key, a value that
    cannot be meant, and a file that cannot be written.
    """
    import tomlkit

    path = settings.config_path(environ)
    if path is None:
        raise ConfigurationError("error.no-config-folder", hint="hint.home")
    settings.read_config(path)
    value: object = text
    if key == "ascii" and text:
        value = {"true": True, "false": False}.get(text.lower(), text)
    if key in settings.NUMBERS and text:
        value = _number(text)
    if key == "content" and text:
        value = [str(Path(one).expanduser().absolute()) for one in text.split(os.pathsep) if one]
    settings.check_value(key, value if text else _HARMLESS.get(key, ""), path)
    try:
        document = tomlkit.parse(path.read_text(encoding="utf-8") if path.exists() else "")
        if text:
            document[key] = value
        else:
            document.pop(key, None)
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
        temporary.write_text(tomlkit.dumps(document), encoding="utf-8")
        os.replace(temporary, path)
    except OSError as error:
        raise ConfigurationError(
            "error.config-unwritable", hint="hint.config-unwritable", path=path, reason=error.strerror
        ) from error
    return path


def _number(text: str) -> float | str:
    """The number that `text` is; `text` itself, which no check lets pass, when it is none."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


# Values that pass the check when a setting is only taken out.
_HARMLESS: dict[str, object] = {
    "lang": "en",
    "color": "auto",
    "ascii": False,
    **{name: default for name, (_, _, default) in settings.NUMBERS.items()},
}
