"""Opening an address in the reader's browser."""

import os
import shlex
import sys
import webbrowser
from pathlib import PurePath

from ailearn.catalog.addresses import is_web_address

# Browsers that `webbrowser` falls back on, and that show a page in the terminal.
_IN_TERMINAL = ("www-browser", "links", "elinks", "lynx", "w3m")


def open_address(url: str) -> bool:
    """Open `url` in the browser that `BROWSER` or the platform names.

    False on a machine that has none, and for anything but an http or https address.
    """
    if not is_web_address(url):
        return False
    commands = [one for one in os.environ.get("BROWSER", "").split(os.pathsep) if one.strip()]
    if commands:
        return any(_opened_with(one, url) for one in commands)
    # A variable that holds nothing but blanks is more than `webbrowser` can take.
    os.environ.pop("BROWSER", None)
    return not _lacks_terminal() and webbrowser.open(url)


def _opened_with(command: str, url: str) -> bool:
    """Run one of the commands in `BROWSER`; the address takes the place of `%s`, or comes last."""
    try:
        words = shlex.split(command)
    except ValueError:
        return False
    if len(words) == 1:
        try:
            # It knows of some browsers how they open a page in a window that is there.
            return webbrowser.get(words[0]).open(url)
        except (webbrowser.Error, IndexError):
            pass
    in_background = words[-1:] == ["&"]
    words = words[:-1] if in_background else words
    if not words:
        return False
    if not any("%s" in word for word in words):
        words.append("%s")
    browser = webbrowser.BackgroundBrowser(words) if in_background else webbrowser.GenericBrowser(words)
    return browser.open(url)


def _lacks_terminal() -> bool:
    """Whether the only browser shows pages in a terminal, and there is none for it."""
    if sys.stdin.isatty() and sys.stdout.isatty():
        return False
    try:
        found = webbrowser.get()
    except webbrowser.Error:
        return False
    return PurePath(getattr(found, "name", "")).name in _IN_TERMINAL
