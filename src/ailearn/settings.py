"""Every setting: the `AILEARN_*` variables, the config file and the folders.

Nothing is read at import. The folders follow the XDG base directory specification on Linux and
each platform's own custom elsewhere; platformdirs does the same but costs a third of an
interpreter start.
"""

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from ailearn.errors import AilearnError, ConfigurationError
from ailearn.language import Language, from_environment, meant
from ailearn.messages import Names

VARIABLES = (
    "AILEARN_HOME",
    "AILEARN_CONTENT",
    "AILEARN_LANG",
    "AILEARN_COLOR",
    "AILEARN_ASCII",
    "AILEARN_NOW",
    "AILEARN_TUTOR_KEY",
)
# The most bytes of a file with settings.
_LARGEST = 1 << 20
# Numbers that reviews follow: lowest, highest and default.
NUMBERS: dict[str, tuple[float, float, float]] = {
    "retention": (0.80, 0.95, 0.90),
    "new_cards": (0, 1000, 10),
    "reviews": (0, 10000, 100),
    "rollover": (0, 23, 4),
}
# The tutor, in the tables [tutor] and [tutor.models] of the config file; `ailearn.tutor` knows the providers.
PROVIDERS = (
    "ollama", "llama.cpp", "deepseek", "zhipu", "volcengine", "gemini", "anthropic", "openai", "openrouter",
    "custom",
)  # fmt: skip
Level = Literal["beginner", "student", "expert"]
LEVELS: tuple[Level, ...] = ("beginner", "student", "expert")
TUTOR_KEYS = (
    "provider", "url", "model", "models.ask", "models.explain", "models.translate", "models.grade",
    "models.cards", "level", "agreed", "timeout",
)  # fmt: skip
_TABLES = ("tutor", "models")
KEYS = ("lang", "content", "color", "pager", "ascii", *NUMBERS, *(f"tutor.{name}" for name in TUTOR_KEYS))
COLORS = ("auto", "always", "never")
# Settings that are one of several names.
_CHOICES: dict[str, tuple[str, ...]] = {
    "color": COLORS, "tutor.provider": PROVIDERS, "tutor.level": LEVELS,
}  # fmt: skip
# More folders inside each other than this cannot even be made.
_DEEPEST = 500
# So many characters of what cannot be meant are shown.
_MOST_SHOWN = 100
_YES = ("1", "true", "yes", "on")
_NO = ("0", "false", "no", "off", "")


class Folders(NamedTuple):
    """Where the program keeps what it knows; None where the system gives no home folder."""

    config: Path | None
    data: Path | None
    cache: Path | None
    state: Path | None


class Settings(NamedTuple):
    """What the command line, the environment and the config file say together, in this order.

    `retention` is the desired retention of reviews, `new_cards` and `reviews` the most of either on a
    study day, `rollover` the hour at which one begins. `tutor` holds what is set of TUTOR_KEYS; `agreed`
    is a tuple of hosts, `timeout` a number of seconds, the rest is text.
    """

    language: Language
    content: tuple[Path, ...]
    color: str
    pager: str | None
    ascii: bool
    folders: Folders
    retention: float = 0.90
    new_cards: int = 10
    reviews: int = 100
    rollover: int = 4
    tutor: Mapping[str, object] = {}


def path_of(text: str, refusal: type[AilearnError] = ConfigurationError) -> Path:
    """The path that somebody has written, with `~` for a home folder.

    Raises `refusal` for what leads nowhere: the home of an unknown user, a relative path where the current
    folder is gone, and what no system takes.
    """
    try:
        path = Path(text).expanduser()
        if not path.is_absolute():
            Path.cwd()
        if len(path.parts) > _DEEPEST:
            raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), text)
        path.lstat()
    except RuntimeError as error:
        raise refusal("error.path-user", hint="hint.path", path=text) from error
    except OSError as error:
        if not path.is_absolute() and not error.filename:
            raise refusal("error.path-here", hint="hint.path-here", path=text) from error
        if error.errno == errno.ENAMETOOLONG:
            raise refusal("error.path-unusable", hint="hint.path", path=_shortened(text)) from error
    except ValueError as error:
        raise refusal("error.path-unusable", hint="hint.path", path=text) from error
    return path


def _shortened(value: object) -> str:
    """What is written, for a message; of much of it the beginning."""
    try:
        text = str(value)
    except (ValueError, RecursionError):
        # A number with thousands of digits, which Python does not print.
        return "…"
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def _home(environ: Mapping[str, str]) -> Path | None:
    named = environ.get("USERPROFILE" if sys.platform == "win32" else "HOME")
    if named:
        return Path(named)
    try:
        return Path.home()
    except (RuntimeError, KeyError):
        return None


def folders(environ: Mapping[str, str]) -> Folders:
    """The config, data, cache and state folders; `AILEARN_HOME` moves all four, and leads nowhere to none."""
    return Folders(*(_usable(folder) for folder in _folders(environ)))


def _usable(folder: Path | None) -> Path | None:
    try:
        return folder and path_of(str(folder))
    except ConfigurationError:
        return None


def _folders(environ: Mapping[str, str]) -> Folders:
    moved = environ.get("AILEARN_HOME")
    if moved:
        base = Path(moved)
        return Folders(base / "config", base / "data", base / "cache", base / "state")
    home = _home(environ)
    if sys.platform == "win32":
        local = environ.get("LOCALAPPDATA")
        root = Path(local) if local else home and home / "AppData" / "Local"
        if root is None:
            return Folders(None, None, None, None)
        base = root / "ailearn"
        return Folders(base / "config", base / "data", base / "cache", base / "state")
    if sys.platform == "darwin":
        if home is None:
            return Folders(None, None, None, None)
        support = home / "Library" / "Application Support" / "ailearn"
        return Folders(
            support / "config", support / "data", home / "Library" / "Caches" / "ailearn", support / "state"
        )

    def xdg(variable: str, *default: str) -> Path | None:
        value = environ.get(variable, "")
        if os.path.isabs(value):
            return Path(value, "ailearn")
        return home.joinpath(*default, "ailearn") if home else None

    return Folders(
        xdg("XDG_CONFIG_HOME", ".config"),
        xdg("XDG_DATA_HOME", ".local", "share"),
        xdg("XDG_CACHE_HOME", ".cache"),
        xdg("XDG_STATE_HOME", ".local", "state"),
    )


def config_path(environ: Mapping[str, str]) -> Path | None:
    """The config file, whether it exists or not."""
    folder = folders(environ).config
    return folder / "config.toml" if folder else None


@contextlib.contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A file with settings, opened to be read.

    Raises OSError for one that is too large, and for what would be waited for or never ends.
    """
    with open(path, "rb", opener=_without_waiting) as file:
        status = os.fstat(file.fileno())
        nothing = os.path.samestat(status, Path(os.devnull).stat())
        if not (stat.S_ISREG(status.st_mode) or nothing):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        if status.st_size > _LARGEST:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
        yield file


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def read_config(path: Path | None) -> dict[str, object]:
    """The checked contents of the config file, tables as `table.key`; empty when there is none.

    Raises ConfigurationError, naming file and key, for anything that cannot be meant.
    """
    if path is None:
        return {}
    try:
        with opened(path) as file:
            text = file.read().decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        reason = error.strerror or error
        raise ConfigurationError(
            "error.config-unreadable", hint="hint.config-unreadable", path=path, reason=reason
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError("error.not-text", hint="hint.config-unreadable", place=path) from error
    import tomllib

    try:
        config = _flat(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        # What the parser says is English; where it stopped is not.
        _, named, place = str(error).rpartition("(at line ")
        line = place.partition(",")[0] if named else text.count("\n") + 1
        raise ConfigurationError(
            "error.config-syntax", hint="hint.config-syntax", place=f"{path}:{line}"
        ) from error
    except (ValueError, RecursionError) as error:
        # Thousands of digits, or of brackets inside each other.
        raise ConfigurationError("error.config-too-much", hint="hint.config-syntax", path=path) from error
    config = {key: as_known(key, value) for key, value in config.items()}
    for key, value in config.items():
        check_value(key, value, path)
    return config


def _flat(table: Mapping[str, object], prefix: str = "") -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in table.items():
        if isinstance(value, dict) and name in _TABLES:
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat


def as_known(key: str, value: object) -> object:
    """A value as the program writes it: the name of a choice may be typed in letters of any case."""
    name = value.strip().lower() if isinstance(value, str) else None
    return name if name in _CHOICES.get(key, ()) else value


def unknown_key(key: str, path: Path | None) -> ConfigurationError:
    """What to say about a setting that does not exist."""
    import difflib

    if key.startswith("tutor.") and key.endswith(("key", "token")):
        return ConfigurationError(
            "error.config-secret", hint="hint.key-place", path=path or "config.toml", key=key
        )
    nearest = difflib.get_close_matches(key[:_MOST_SHOWN], KEYS, 1)
    return ConfigurationError(
        "error.config-key",
        hint="hint.did-you-mean" if nearest else "hint.config-keys",
        path=path or "config.toml",
        key=_shortened(key),
        names=nearest[0] if nearest else Names(KEYS),
    )


def check_value(key: str, value: object, path: Path | None) -> None:
    """Raises ConfigurationError when `key` is unknown or cannot hold `value`."""
    if key not in KEYS:
        raise unknown_key(key, path)
    allowed = {
        "lang": isinstance(value, str) and meant(value) is not None,
        "color": value in COLORS,
        "pager": isinstance(value, str),
        "ascii": isinstance(value, bool),
        "content": isinstance(value, str)
        or (isinstance(value, list) and all(isinstance(item, str) for item in value)),
        **{name: _within(value, *NUMBERS[name][:2], whole=name != "retention") for name in NUMBERS},
    }
    if not (_allowed_for_tutor(key, value) if key.startswith("tutor.") else allowed[key]):
        told = _shortened(value)
        if key == "tutor.url":
            # A password or a key in an address is not to be shown.
            told = told.rpartition("@")[2].partition("?")[0]
        raise ConfigurationError(
            "error.config-value", hint=f"hint.config-{key}", path=path or "config.toml", key=key, value=told
        )


def _allowed_for_tutor(key: str, value: object) -> bool:
    if key == "tutor.timeout":
        return _within(value, 1, 3600, whole=False)
    if key == "tutor.agreed":
        return isinstance(value, list) and all(isinstance(item, str) and item for item in value)
    if not isinstance(value, str) or not value or value.strip() != value:
        return False
    if key == "tutor.url":
        return value.startswith(("http://", "https://")) and len(value) > 8 and not set("@?#") & set(value)
    named, _, provider = value.rpartition("@")
    model = not named or provider in PROVIDERS
    return value in _CHOICES[key] if key in _CHOICES else model


def _within(value: object, lowest: float, highest: float, *, whole: bool) -> bool:
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        return False
    return lowest <= value <= highest


def _content_folders(value: object) -> tuple[Path, ...]:
    items = value if isinstance(value, list) else [value] if value else []
    return tuple(path_of(str(item)) for item in items)


def _switch(name: str, value: str) -> bool:
    lowered = value.strip().lower()
    if lowered in _YES:
        return True
    if lowered in _NO:
        return False
    raise ConfigurationError("error.variable-value", hint="hint.variable-switch", variable=name, value=value)


def _language(flag: str | None, environ: Mapping[str, str], config: Mapping[str, object]) -> Language:
    named = environ.get("AILEARN_LANG", "").strip()
    if flag is None and named and meant(named) is None:
        raise ConfigurationError(
            "error.variable-value", hint="hint.config-lang", variable="AILEARN_LANG", value=_shortened(named)
        )
    for value in (flag, named, config.get("lang")):
        language = meant(value) if isinstance(value, str) else None
        if language is not None:
            return language
    return from_environment(environ)


def load(
    environ: Mapping[str, str],
    *,
    language: str | None = None,
    content: tuple[Path, ...] = (),
    color: str | None = None,
    ascii_only: bool = False,
) -> Settings:
    """Settings from the flags given here, then the environment, then the config file.

    Raises ConfigurationError for a value that cannot be meant.
    """
    if environ.get("AILEARN_HOME"):
        path_of(environ["AILEARN_HOME"])
    config = read_config(config_path(environ))
    named_color = as_known("color", environ.get("AILEARN_COLOR") or config.get("color", "auto"))
    if named_color not in COLORS:
        raise ConfigurationError(
            "error.variable-value", hint="hint.config-color", variable="AILEARN_COLOR", value=named_color
        )
    listed = [part for part in environ.get("AILEARN_CONTENT", "").split(os.pathsep) if part]
    ascii_named = environ.get("AILEARN_ASCII")
    return Settings(
        language=_language(language, environ, config),
        content=content or _content_folders(listed) or _content_folders(config.get("content")),
        color=color or str(named_color),
        pager=str(config["pager"]) if "pager" in config else None,
        ascii=ascii_only
        or (bool(config.get("ascii")) if ascii_named is None else _switch("AILEARN_ASCII", ascii_named)),
        folders=folders(environ),
        retention=_number(config, "retention"),
        new_cards=int(_number(config, "new_cards")),
        reviews=int(_number(config, "reviews")),
        rollover=int(_number(config, "rollover")),
        tutor={
            key.removeprefix("tutor."): tuple(value) if isinstance(value, list) else value
            for key, value in config.items()
            if key.startswith("tutor.")
        },
    )


def _number(config: Mapping[str, object], key: str) -> float:
    value = config.get(key, NUMBERS[key][2])
    return value if isinstance(value, int | float) else NUMBERS[key][2]
