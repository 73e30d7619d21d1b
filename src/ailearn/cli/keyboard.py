"""Asking the reader at a terminal, one key at a time."""

from typing import Any

import typer

from ailearn.cli.options import Session
from ailearn.language import say


def by_hand(context: typer.Context, opened: Session) -> bool:
    """Whether somebody is there to answer; a dumb terminal will do."""
    streams = opened.screen.streams
    listed = context.obj.options.keys() & {"json", "plain"}
    return not listed and streams.stdin.isatty() and streams.stdout.isatty()


def draw(opened: Session, result: Any) -> None:
    """Draw something that is to be answered, without a pager."""
    opened.screen.write(opened.screen.draw(result))


def press(opened: Session, prompt: str, keys: str, **values: object) -> str | None:
    """The first key pressed that is one of `keys`; None for q and the end of input."""
    from ailearn.view.keys import ENTER, read_key

    screen = opened.screen
    screen.write(f"\n{say(prompt, screen.language, **values)}")
    while True:
        key = read_key(screen.streams.stdin)
        if key in ("", "q"):
            screen.write("\n")
            return None
        if key in keys:
            screen.write(f"{'' if key == ENTER else key}\n\n")
            return key
