"""`doctor`: what the program finds around it, and whether that will do."""

import locale
import os
import platform
import sqlite3
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ailearn import __version__
from ailearn.catalog.study import Study
from ailearn.settings import Settings

State = Literal["ok", "warn", "error"]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at; `name` names the message `doctor.<name>`."""

    state: State
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything looked at."""

    lines: tuple[Line, ...]

    @property
    def healthy(self) -> bool:
        """Whether nothing is an error."""
        return all(line.state != "error" for line in self.lines)


def diagnose(settings: Settings, study: Study | None, encoding: str | None) -> Diagnosis:
    """Look at Python, the folders, the index and the encodings.

    `study` is None when the guide could not be opened; `encoding` is stdout's own, before any change.
    """
    lines = [
        Line("ok", "version", __version__),
        Line("ok", "python", f"{platform.python_version()} ({sys.executable})"),
        Line("ok", "system", f"{platform.system()} {platform.release()}"),
        _full_text(),
    ]
    for name in ("config", "data", "cache", "state"):
        lines.append(_folder(name, getattr(settings.folders, name)))
    lines += [_guide(study), Line("ok", "language", settings.language), _tutor(settings)]
    named = (encoding or "?").lower().replace("_", "-")
    lines.append(Line("ok" if named in ("utf-8", "utf8") else "warn", "stdout", named))
    lines.append(Line("ok", "locale", locale.setlocale(locale.LC_CTYPE)))
    return Diagnosis(tuple(lines))


def _full_text() -> Line:
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE probe USING fts5(text)")
    except sqlite3.OperationalError:
        return Line("error", "sqlite", sqlite3.sqlite_version)
    finally:
        connection.close()
    return Line("ok", "sqlite", f"{sqlite3.sqlite_version} FTS5")


def _folder(name: str, path: Path | None) -> Line:
    if path is None:
        return Line("warn", name, "–")
    nearest = next((one for one in (path, *path.parents) if one.exists()), None)
    usable = nearest is not None and nearest.is_dir() and os.access(nearest, os.W_OK)
    return Line("ok" if usable else "warn", name, str(path))


def _tutor(settings: Settings) -> Line:
    """What is set; whether it answers is not tried, for that may take long or cost something."""
    told = [str(settings.tutor[name]) for name in ("provider", "url", "model") if name in settings.tutor]
    return Line("ok", "tutor", " ".join(told) or "–")


def _guide(study: Study | None) -> Line:
    if study is None:
        return Line("error", "index", "–")
    count = study.connection.execute("SELECT count(*) FROM entry").fetchone()[0]
    return Line("warn" if study.broken() else "ok", "index", f"{study.origin} ({count})")
