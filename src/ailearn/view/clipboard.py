"""The reader's clipboard, reached through her terminal: it works over SSH too, and needs no other program."""

import base64
import sys
from collections.abc import Mapping
from contextlib import suppress

from ailearn.errors import UsageError
from ailearn.view.screen import Streams

# So many bytes of base64 are taken by every terminal that takes any; hterm's script set the mark.
LONGEST = 74_994
# GNU screen passes on no more than 768 bytes at once, its own marks included.
_SCREEN_PIECE = 700
# These have no clipboard, and may show the sequence instead of swallowing it.
_WITHOUT_CLIPBOARD = ("dumb", "linux")


def copy(text: str, streams: Streams) -> None:
    """Send `text` to the clipboard by way of the terminal, which may decline without saying so.

    Raises UsageError when there is no terminal, or when `text` is longer than terminals take.
    """
    if streams.environ.get("TERM") in _WITHOUT_CLIPBOARD:
        raise UsageError("error.no-clipboard", hint="hint.no-clipboard")
    told = sequence(text, streams.environ)
    if streams.stderr.isatty():
        streams.stdout.flush()
        streams.stderr.write(told)
        streams.stderr.flush()
        return
    with suppress(OSError), open("CONOUT$" if sys.platform == "win32" else "/dev/tty", "w") as terminal:  # noqa: PTH123
        terminal.write(told)
        return
    raise UsageError("error.no-clipboard", hint="hint.no-clipboard")


def sequence(text: str, environ: Mapping[str, str]) -> str:
    """What makes a terminal copy `text`: OSC 52 of xterm's control sequences, wrapped for tmux and screen.

    tmux takes it for itself with `set-clipboard on`, or hands on what is wrapped with `allow-passthrough on`,
    so it gets both. Raises UsageError when `text` is too long.
    """
    encoded = base64.b64encode(text.encode()).decode()
    if len(encoded) > LONGEST:
        raise UsageError(
            "error.clipboard-long", hint="hint.clipboard-long", length=len(encoded), most=LONGEST
        )
    plain = f"\x1b]52;c;{encoded}\x07"
    if in_tmux(environ):
        doubled = plain.replace("\x1b", "\x1b\x1b")
        return f"{plain}\x1bPtmux;{doubled}\x1b\\"
    if environ.get("STY"):
        pieces = (plain[at : at + _SCREEN_PIECE] for at in range(0, len(plain), _SCREEN_PIECE))
        return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
    return plain


def in_tmux(environ: Mapping[str, str]) -> bool:
    """Whether tmux stands between the program and the terminal, here or before an SSH connection."""
    return bool(environ.get("TMUX")) or environ.get("TERM", "").startswith("tmux")
