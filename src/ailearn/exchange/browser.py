"""Opening an address in the reader's browser."""

import os
import shlex
import sys
import webbrowser

from ailearn.catalog.addresses import is_web_address


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
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        # So it is told of no browser that shows pages in a terminal, where there is none.
        os.environ.pop("TERM", None)
    return webbrowser.open(url)


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
