"""The options that every command takes, and the session that they open."""

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperOption

from ailearn import settings
from ailearn.errors import UsageError
from ailearn.language import LANGUAGES

if TYPE_CHECKING:
    from ailearn.catalog.study import Study
    from ailearn.view.screen import Form


class Call:
    """One call of the program: the common options given so far, and the language named anywhere in it.

    The language is known before the options are parsed, for help pages are printed while they are.
    """

    def __init__(self, language: str | None) -> None:
        self.language = language
        self.options: dict[str, Any] = {}


def common_options() -> list[TyperOption]:
    """The options that may stand before or after the name of any command."""
    declared: list[tuple[list[str], dict[str, Any]]] = [
        (["--lang"], {"metavar": "zh|en|both", "help": "option.lang"}),
        (["--json"], {"is_flag": True, "help": "option.json"}),
        (["--plain"], {"is_flag": True, "help": "option.plain"}),
        (["--content"], {"metavar": "DIR", "multiple": True, "help": "option.content"}),
        (["--color"], {"metavar": "auto|always|never", "help": "option.color"}),
        (["--no-pager"], {"is_flag": True, "help": "option.no-pager"}),
        (["--ascii"], {"is_flag": True, "help": "option.ascii"}),
    ]
    return [
        TyperOption(
            param_decls=names,
            expose_value=False,
            callback=_remember,
            default=None,
            **({"type": bool} if "is_flag" in details else {"type": str}),
            **details,
        )
        for names, details in declared
    ]


def _remember(context: typer.Context, parameter: Any, value: Any) -> Any:
    if value not in (None, (), [], False):
        given = context.obj.options
        given[parameter.name] = [*given.get("content", []), *value] if parameter.name == "content" else value
    return value


class Session:
    """One run of a command: the settings, the screen, and the guide once it is needed."""

    def __init__(self, given: dict[str, Any]) -> None:
        from ailearn.view.screen import Screen, standard_streams

        streams = standard_streams()
        _check_choice("--lang", given.get("lang"), LANGUAGES)
        _check_choice("--color", given.get("color"), settings.COLORS)
        self.settings = settings.load(
            streams.environ,
            language=given.get("lang"),
            content=tuple(Path(one).expanduser() for one in given.get("content", ())),
            color=given.get("color"),
            ascii_only=bool(given.get("ascii")),
        )
        form: Form | None = "json" if given.get("json") else "plain" if given.get("plain") else None
        self.screen = Screen(self.settings, streams, form=form, paging=not given.get("no_pager"))

    @functools.cached_property
    def study(self) -> "Study":
        """The guide; what is wrong with it is said on stderr, once."""
        from ailearn.catalog.study import open_study

        study = open_study(self.settings.content, self.settings.folders.cache)
        for notice in study.notices:
            self.screen.note(notice.key, **notice.values)
        for broken in study.broken():
            place = f"{broken['path']}:{broken['line']}" if broken["line"] else broken["path"]
            message = broken["zh" if self.settings.language == "zh" else "en"]
            key = "warning.broken-more" if broken["more"] else "warning.broken"
            self.screen.note(key, place=place, message=message, more=broken["more"])
        return study


def _check_choice(option: str, value: str | None, allowed: tuple[str, ...]) -> None:
    if value is not None and value not in allowed:
        raise UsageError(
            "error.option-value",
            hint="hint.option-values",
            option=option,
            value=value,
            names=", ".join(allowed),
        )


def session(context: typer.Context) -> Session:
    """The session that the options of this call ask for."""
    return Session(context.obj.options)
