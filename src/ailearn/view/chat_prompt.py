"""The line at which a reader types her questions to a model: prompt_toolkit, kept in one place."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.filters import has_selection
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style

from ailearn.catalog.documents import Document
from ailearn.errors import Ended
from ailearn.replacing import make_private, make_private_folder
from ailearn.view.canvas import Canvas
from ailearn.view.keys import as_found
from ailearn.view.screen import Screen

# Bold magenta as the role `mark`; the names are prompt_toolkit's.
_STYLE = Style.from_dict({"sign": "bold ansimagenta"})


class Welcome(NamedTuple):
    """How a conversation begins: `before` holds the question after which it goes on, if there is one."""

    entry: Document | None
    model: str
    provider: str
    before: tuple[str, ...]
    kept: bool


def draw_welcome(welcome: Welcome, canvas: Canvas) -> None:
    """What it is about, who answers, and which keys to press."""
    if welcome.entry is None:
        canvas.paragraph(canvas.say("chat.about-anything"), indent=0, role="title")
    else:
        canvas.line((canvas.label(welcome.entry["short"]), "title"), "  ", (welcome.entry["id"], "id"))
    facts = [f"{welcome.model} ({welcome.provider})"]
    canvas.flow(facts if welcome.kept else [*facts, canvas.say("chat.not-kept")], indent=0, role="muted")
    canvas.paragraph(canvas.say("chat.keys"), indent=0, role="muted")
    for question in welcome.before:
        canvas.blank()
        canvas.paragraph(canvas.say("chat.after", question=" ".join(question.split())), indent=0)
    canvas.blank()


class ChatPrompt:
    """Reads questions of one or more lines, with those of earlier days within reach of the arrow keys.

    `history` is the file that keeps them; without one, or where it cannot be written, they last for this
    conversation. `commands` are completed; `told` is called for Ctrl-C where there is nothing to clear.
    """

    def __init__(
        self, screen: Screen, history: Path | None, commands: Iterable[str], told: Callable[[], None]
    ) -> None:
        self._told, self._stdin = told, screen.streams.stdin
        colored = screen.colored(screen.streams.stdout)
        self._session: PromptSession[str] = PromptSession(
            [("class:sign", "> " if screen.ascii else "› ")],
            multiline=True,
            prompt_continuation="  ",
            key_bindings=_keys(),
            history=_history(history),
            completer=WordCompleter([*commands], sentence=True),
            complete_while_typing=False,
            enable_suspend=True,
            style=_STYLE,
            color_depth=None if colored else ColorDepth.DEPTH_1_BIT,
        )

    def read(self) -> str | None:
        """The next question or command; None when the reader ends the conversation with Ctrl-D."""
        while True:
            try:
                with _ended_by_loop() as numbers, as_found(self._stdin):
                    return self._session.prompt(pre_run=lambda: self._listen(numbers))
            except KeyboardInterrupt:
                self._told()
            except EOFError:
                return None

    def _listen(self, numbers: Iterable[int]) -> None:
        """End the prompt, from within its event loop, when one of the signals arrives."""
        app, loop = self._session.app, asyncio.get_running_loop()

        def end(number: int) -> None:
            if app.is_running and not app.is_done:
                app.exit(exception=Ended(number))

        for number in numbers:
            loop.add_signal_handler(number, end, number)


@contextlib.contextmanager
def _ended_by_loop() -> Iterator[list[int]]:
    """The signals that end the program, for an event loop to take over; afterwards they are as before.

    An exception of a handler could come up anywhere in the loop, and be swallowed there.
    """
    names = [] if sys.platform == "win32" else ["SIGTERM", "SIGHUP"]
    handlers = {number: signal.getsignal(number) for number in (getattr(signal, name) for name in names)}
    try:
        yield [number for number, handler in handlers.items() if callable(handler)]
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter", filter=~has_selection)
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.document.text_before_cursor.endswith("\\"):
            buffer.delete_before_cursor()
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("c-c")
    def _(event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            event.app.exit(exception=KeyboardInterrupt(), style="class:aborting")

    return keys


class _Questions(FileHistory):
    def store_string(self, string: str) -> None:
        """Keep a question; commands are not worth it."""
        if not string.startswith("/"):
            super().store_string(string)


def _history(path: Path | None) -> History:
    if path is None:
        return InMemoryHistory()
    try:
        make_private_folder(path.parent)
        make_private(path)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600))
    except OSError:
        return InMemoryHistory()
    return _Questions(str(path))
