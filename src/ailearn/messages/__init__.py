"""The program's own words: `en` and `zh` hold the same keys."""

from collections.abc import Iterable
from typing import Self


class Names(str):
    """Several names inside a message: joined as in English, and apart for other languages."""

    parts: tuple[str, ...]

    def __new__(cls, names: Iterable[str]) -> Self:
        """`names` in the order in which they are to be read."""
        parts = tuple(names)
        made = super().__new__(cls, ", ".join(parts))
        made.parts = parts
        return made
