"""Where output goes and in which of the three forms; rich is loaded only for the first of them."""

import codecs
import contextlib
import importlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, NoReturn, TextIO

from ailearn.controls import escaped, safe
from ailearn.errors import Ended, UsageError
from ailearn.language import Language, say
from ailearn.settings import Settings

if TYPE_CHECKING:
    from ailearn.view.canvas import Canvas

Form = Literal["rich", "plain", "json"]
# The name under which the decoder of stdin knows `_refuse`.
_REFUSING = "ailearn-refuse"

# The module of `ailearn.view` that draws each kind of result, in a function called `draw_<result>`.
_DRAWN_BY = {
    "Listing": "lists", "Tools": "lists", "SearchResult": "lists", "Topics": "lists", "Glossary": "lists",
    "Shown": "entries", "Links": "entries",
    "CardScreen": "review_screen", "LastScreen": "review_screen", "Summary": "review_screen",
    "Grades": "review_screen",
    "Marked": "marking", "Note": "marking", "Undone": "marking",
    "Tracks": "evolution", "Timeline": "evolution", "Path": "evolution",
    "Method": "pages", "Start": "pages", "Home": "pages",
    "Overview": "progress", "Next": "progress",
    "Quiz": "exercises", "Asked": "exercises", "Answered": "exercises", "Score": "exercises",
    "Questions": "exercises", "OpenQuestion": "exercises", "Points": "exercises",
    "Placement": "exercises", "PlacementCard": "exercises", "Outcome": "exercises", "Placed": "exercises",
    "NamedPaths": "paths", "Way": "paths",
    "Proposal": "proposals", "Assessments": "proposals",
    "Suggested": "suggestions", "Suggestions": "suggestions",
    "Connection": "tutors", "Offered": "tutors",
    "Configuration": "reports", "Diagnosis": "reports", "CheckReport": "reports", "ContentPlaces": "reports",
    "Grounds": "answers", "Welcome": "chat_prompt",
    "Piece": "translations",
    "ShownRequest": "requests", "History": "conversations", "Conversation": "conversations",
}  # fmt: skip

# Pagers that would show our colours as the characters they are made of.
_COLORLESS = r"(?:\S*/)?(?:vim?|nvim|r?view|nano|pico|emacs|emacsclient|pg|w3m|lynx)(?=\s|$)"
_COLORS = r"\x1b\[[0-9;]*m"
# A command line that starts one program and needs no shell.
_ONE_PROGRAM = r"[\w./+:,@% -]+"
# Seconds that a pager gets to put the terminal right.
_PATIENCE = 2.0
# How a pager ends that was left, Ctrl-C among them; any other end may have shown nothing.
_PAGER_ENDED = (0, 128 + signal.SIGINT, -signal.SIGINT)

# A terminal has no more columns than so many digits can say.
_DIGITS = 6


class Streams(NamedTuple):
    """The three standard streams and the environment, so that tests can stand in for them."""

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    environ: Mapping[str, str]


def standard_streams() -> Streams:
    """The process's own streams; one that is closed leads nowhere.

    Whatever the locale says, they are UTF-8: any character can be written, and to read what is no text
    raises UsageError.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123
    codecs.register_error(_REFUSING, _refuse)
    streams = (
        (sys.stdin, "utf-8-sig", _REFUSING),
        *((one, "utf-8", "replace") for one in (sys.stdout, sys.stderr)),
    )
    for stream, encoding, errors in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None and (stream.encoding, stream.errors) != (encoding, errors):
            reconfigure(encoding=encoding, errors=errors)
    return Streams(sys.stdin, sys.stdout, sys.stderr, os.environ)


def _refuse(error: UnicodeError) -> NoReturn:
    """How bytes on stdin that are no UTF-8 are decoded: guessed at, a text would be recorded in ruins."""
    raise UsageError("error.not-text", hint="hint.not-text", place="stdin") from error


def write_aside(stream: TextIO, text: str) -> None:
    """Write `text` to stderr; where it cannot be written it is lost, and the command goes on."""
    try:
        stream.write(text)
        stream.flush()
    except OSError:
        drop(stream)


def drop(stream: TextIO) -> None:
    """Send what `stream` still holds, and all that follows, nowhere."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


class Screen:
    """Prints results to stdout in one form, and everything else to stderr."""

    def __init__(
        self, settings: Settings, streams: Streams, *, form: Form | None = None, paging: bool = True
    ) -> None:
        self.language: Language = settings.language
        self.ascii = settings.ascii
        self.streams = streams
        self._settings = settings
        self._paging = paging
        self.form: Form = form or self._form_for_stdout()

    def _form_for_stdout(self) -> Form:
        if self.streams.environ.get("TERM") == "dumb":
            return "plain"
        color, forced = self._settings.color, bool(self.streams.environ.get("FORCE_COLOR"))
        drawn = self.streams.stdout.isatty() or color == "always" or (forced and color == "auto")
        return "rich" if drawn else "plain"

    @property
    def interactive(self) -> bool:
        """Whether somebody is there to answer a question."""
        return self.form == "rich" and self.streams.stdin.isatty() and self.streams.stdout.isatty()

    def colored(self, stream: TextIO) -> bool:
        """Whether colours may go to `stream`: by flag, then NO_COLOR, FORCE_COLOR, then the terminal."""
        environ = self.streams.environ
        if self._settings.color != "auto":
            return self._settings.color == "always"
        if environ.get("NO_COLOR"):
            return False
        if environ.get("FORCE_COLOR"):
            return True
        return stream.isatty() and environ.get("TERM") != "dumb"

    @property
    def width(self) -> int:
        """Columns of the terminal, as `COLUMNS` or the terminal says; 80 when neither does."""
        named = self.streams.environ.get("COLUMNS", "")
        # Python refuses to read numbers of thousands of digits.
        if named.isascii() and named.isdigit() and len(named) <= _DIGITS and int(named) > 0:
            return int(named)
        return shutil.get_terminal_size((80, 24)).columns

    def show(self, result: Any) -> None:
        """Print a result of a verb."""
        from ailearn.view import machine

        if self.form == "json":
            import json

            self.write_json(json.dumps(machine.plain_data(result), ensure_ascii=False, indent=2) + "\n")
        elif self.form == "plain":
            lines = ("\t".join(map(_cell, record)) for record in machine.records(result, self.language))
            self._write("".join(f"{line}\n" for line in lines))
        else:
            self._page(self.draw(result))

    def draw(self, result: Any) -> str:
        """The drawing of a result, with its escape sequences."""
        name = type(result).__name__
        module = importlib.import_module(f"ailearn.view.{_DRAWN_BY[name]}")
        canvas = self.canvas()
        getattr(module, f"draw_{name.lower()}")(result, canvas)
        return canvas.text()

    def canvas(self) -> "Canvas":
        """An empty canvas that is as wide as stdout and has its colours."""
        from ailearn.view.canvas import Canvas

        colored = self.colored(self.streams.stdout)
        return Canvas(self.language, self.width, ascii_only=self.ascii, colored=colored)

    def write(self, text: str) -> None:
        """Print `text`, which is data, as it is."""
        self._write(text)

    def write_json(self, text: str) -> None:
        """Print JSON, in which whatever could steer a terminal stands as an escape sequence of JSON."""
        self._write(escaped(text))

    def note(self, key: str, /, **values: object) -> None:
        """Say the program's sentence `key` on stderr: a count, a warning, a hint."""
        self.say_aside(say(key, self.language, **values))

    def aside(self, key: str, /, **values: object) -> None:
        """Say the program's sentence `key` on stderr, muted where colours may go, so that it draws no eye."""
        text = safe(say(key, self.language, **values))
        self.streams.stdout.flush()
        muted = self.colored(self.streams.stderr)
        write_aside(self.streams.stderr, f"\x1b[2m{text}\x1b[0m\n" if muted else f"{text}\n")

    def say_aside(self, text: str) -> None:
        """Print `text` on stderr."""
        self.streams.stdout.flush()
        write_aside(self.streams.stderr, safe(text) + "\n")

    def choose(self, question: str, options: list[str]) -> int | None:
        """Let the reader pick one of `options` by its number; None when she would rather not."""
        stderr = self.streams.stderr
        stderr.write(safe(say(question, self.language)) + "\n")
        digits = len(str(len(options)))
        for number, option in enumerate(options, start=1):
            stderr.write(f"  {number:>{digits}}  {safe(option)}\n")
        while True:
            stderr.write(say("picker.prompt", self.language, last=len(options)))
            stderr.flush()
            try:
                answer = self.streams.stdin.readline()
            except KeyboardInterrupt:
                stderr.write("\n")
                raise
            picked = answer.strip()
            if picked in ("", "q", "Q"):
                if not answer:
                    stderr.write("\n")
                return None
            if picked in (numbers := [str(number + 1) for number in range(len(options))]):
                return numbers.index(picked)

    def _write(self, text: str) -> None:
        self.streams.stdout.write(text)
        self.streams.stdout.flush()

    def _page(self, text: str) -> None:
        command = self._pager(text.count("\n"))
        if command is None:
            self._write(text)
            return
        environ = {"LESS": "FX", "LESSCHARSET": "utf-8", "LV": "-c", **self.streams.environ}
        # Whatever else she asks of less, it is to show our colours.
        environ["LESS"] = f"-R {environ['LESS']}"
        # With no shell between, a signal reaches the pager itself.
        alone = os.name == "posix" and re.fullmatch(_ONE_PROGRAM, command)
        line = f"exec {command}" if alone else command
        process = subprocess.Popen(line, shell=True, stdin=subprocess.PIPE, env=environ)
        # Ctrl-C is the pager's: less takes it for "stop what you are doing", others end.
        interrupt = signal.signal(signal.SIGINT, signal.SIG_IGN)
        shown = re.sub(_COLORS, "", text) if re.match(_COLORLESS, command) else text
        try:
            process.communicate(shown.encode("utf-8", "replace"))
        except Ended:
            # A pager that outlives its program leaves the terminal as only the pager wants it.
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_PATIENCE)
            raise
        finally:
            signal.signal(signal.SIGINT, interrupt)
        if process.returncode not in _PAGER_ENDED:
            self._write(text)

    def _pager(self, lines: int) -> str | None:
        """The pager's command line when the output does not fit the terminal."""
        if not self._paging or not self.streams.stdout.isatty():
            return None
        if lines < shutil.get_terminal_size((80, 24)).lines:
            return None
        named = self.streams.environ.get("PAGER", self._settings.pager)
        if named is None:
            named = "less" if shutil.which("less") else None
        named = (named or "").strip()
        return named if named not in ("", "cat") else None


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    # Blanks inside a line stay, for text art is made of them.
    return safe(" ".join(text.replace("\t", " ").splitlines()).rstrip())
