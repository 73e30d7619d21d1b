"""The options that every command takes, and the session that they open."""

import functools
import unicodedata
from typing import TYPE_CHECKING, Any, TypeVar

import typer
from typer.core import TyperOption

from ailearn import settings
from ailearn.errors import AilearnError, ProgressError, UsageError
from ailearn.language import LANGUAGES, say
from ailearn.learning import BACKUPS, JOURNAL
from ailearn.messages import Names

if TYPE_CHECKING:
    from ailearn.catalog.study import Study
    from ailearn.learning.clock import Moment
    from ailearn.learning.derive import EntryState
    from ailearn.learning.journal import Journal
    from ailearn.view.screen import Form

Name = TypeVar("Name", bound=str)


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
        choices: tuple[tuple[str, tuple[str, ...]], ...] = (("lang", LANGUAGES), ("color", settings.COLORS))
        given = given | {
            option: one_of(f"--{option}", given[option], allowed)
            for option, allowed in choices
            if option in given
        }
        self.settings = settings.load(
            streams.environ,
            language=given.get("lang"),
            content=tuple(settings.path_of(one, UsageError) for one in given.get("content", ())),
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

    @functools.cached_property
    def moment(self) -> "Moment":
        """The time of this command, and the study day it falls on."""
        from ailearn.learning.clock import current

        return current(self.settings.rollover, self.screen.streams.environ)

    @functools.cached_property
    def journal(self) -> "Journal":
        """The learner's journal, to look at; nothing is made for a reader who has none."""
        from ailearn.learning.journal import open_to_read

        return open_to_read(self.settings.folders.data)

    @property
    def has_journal(self) -> bool:
        """Whether the reader has a journal, or had one; looking for it is all that one without it pays."""
        data = self.settings.folders.data
        try:
            return data is not None and any((data / name).exists() for name in (JOURNAL, BACKUPS))
        except OSError:
            # What may not even be looked for is told when it is opened.
            return True

    @functools.cached_property
    def known(self) -> "dict[str, EntryState] | None":
        """Where the reader is with every entry that she did anything with; None without a journal.

        One that cannot be used keeps nobody from reading the guide: it is said on stderr, once.
        """
        try:
            return self.journal.entries() if self.has_journal else None
        except ProgressError as error:
            self.warn(error)
            return None

    def warn(self, error: ProgressError) -> None:
        """Say on stderr why the reader's progress is not shown, and what she can do."""
        hint = say(error.hint, self.settings.language, **error.values) if error.hint else ""
        self.screen.note("warning.progress", reason=said(self, error), hint=hint)

    @property
    def standings(self) -> "dict[str, EntryState]":
        """What is `known`, to be shown beside entries."""
        return self.known or {}

    @property
    def statuses(self) -> dict[str, list[str]]:
        """The ids of the entries in each status, to choose by. Raises ProgressError when nobody can tell."""
        if not self.has_journal:
            return {}
        from ailearn.learning.standing import by_status

        return by_status(self.standings if self.known is not None else self.journal.entries())

    @property
    def learnt(self) -> frozenset[str]:
        """The ids of the entries that others may rest on, as she has read them or knew them before."""
        return frozenset(one for one, state in self.standings.items() if state.status in ("read", "known"))

    def show(self, result: Any) -> None:
        """Print a result of a verb, with where the reader is in every entry of it."""
        from ailearn.learning.standing import with_progress

        self.screen.show(with_progress(result, self.standings))

    @functools.cached_property
    def journal_to_write(self) -> "Journal":
        """The learner's journal, to record something in; made when there is none."""
        from ailearn.learning.journal import open_to_write

        return open_to_write(self.settings.folders.data, self.moment.day)


def one_of(option: str, value: object, allowed: tuple[Name, ...]) -> Name:
    """The one of the `allowed` names that is the value of an option, in letters of any case and width.

    Raises UsageError for any other.
    """
    written = plain(str(value))
    for name in allowed:
        if name == written:
            return name
    names = Names(allowed)
    raise UsageError("error.option-value", hint="hint.option-values", option=option, value=value, names=names)


def plain(value: str) -> str:
    """A name that was typed, without blanks around it and differences of case and width."""
    return unicodedata.normalize("NFKC", value).strip().casefold()


def text_of(argument: str, name: str) -> str:
    """What is kept or sent as text, an argument or stdin; `name` is how the help calls it.

    Raises UsageError for bytes that are no UTF-8, which arrive as lone surrogates, and for those of UTF-16,
    which hold zeros.
    """
    if any("\ud800" <= character <= "\udfff" or character == "\0" for character in argument):
        raise UsageError("error.not-text", hint="hint.not-text", place=name)
    return argument


def session(context: typer.Context) -> Session:
    """The session that the options of this call ask for."""
    return Session(context.obj.options)


def said(opened: Session, error: AilearnError) -> str:
    """An error as a sentence in the reader's language, to stand inside another one."""
    return say(error.key, opened.screen.language, **error.values)
