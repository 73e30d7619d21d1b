"""Server-sent events, as the HTML standard (section 9.2.6) reads them, out of bytes that arrive."""

import re
from collections.abc import Iterable, Iterator

_LINE_END = re.compile(rb"\r\n|\r|\n")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class TooLong(Exception):
    """An event that does not come to an end."""


def events(pieces: Iterable[bytes], most_bytes: int) -> Iterator[str]:
    """The data of each event in a stream, as it arrives; comments and what is cut in two are left out.

    Raises TooLong for an event, or a line, of more than `most_bytes`.
    """
    data: list[bytes] = []
    size = 0
    for line in _lines(pieces, most_bytes):
        field, _, value = line.partition(b":")
        if field == b"data":
            data.append(value.removeprefix(b" "))
            size += len(value) + 1
            if size > most_bytes:
                raise TooLong
        elif not line and data:
            yield b"\n".join(data).decode("utf-8", "replace")
            data, size = [], 0


def _lines(pieces: Iterable[bytes], most_bytes: int) -> Iterator[bytes]:
    """Whole lines without their ends, and without a byte order mark before the first."""
    held = bytearray()
    first = True
    half_an_end = False
    for piece in pieces:
        if half_an_end:
            piece = piece.removeprefix(b"\n")
        half_an_end = piece.endswith(b"\r")
        *whole, rest = _LINE_END.split(piece)
        for end in whole:
            held += end
            yield bytes(held).removeprefix(_BYTE_ORDER_MARK) if first else bytes(held)
            held.clear()
            first = False
        held += rest
        if len(held) > most_bytes:
            raise TooLong
