"""What a prompt says about the reader, so that an answer meets her where she is."""

from typing import NamedTuple

from ailearn.language import Language
from ailearn.settings import Level

# From so many entries on that she has read or knew before, nobody is a beginner.
_PAST_BEGINNING = 3


class Reader(NamedTuple):
    """One reader: the language she wants, her level, the ids of entries she has learnt, and her note.

    `note` is the one about the entry at hand, empty without one.
    """

    language: Language
    level: Level
    learnt: tuple[str, ...] = ()
    note: str = ""


def level_of(learnt: int) -> Level:
    """The level of a reader who names none herself, by how many entries she has learnt."""
    return "student" if learnt >= _PAST_BEGINNING else "beginner"
