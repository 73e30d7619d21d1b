"""The errors that a user can meet, and the exit codes that say which kind it was.

An error names a message of `ailearn.messages` instead of holding a sentence, so that the boundary
can say it in the reader's language; `str(error)` is always English.
"""

from typing import ClassVar

from ailearn.messages import en

DONE = 0
ANSWER_IS_NO = 1
WRONG_USAGE = 2
NO_SUCH_ENTRY = 3
CONTENT_BROKEN = 4
PROGRESS_BROKEN = 5
CONFIGURATION = 6
NETWORK = 7
BUG = 70
INTERRUPTED = 130


class AilearnError(Exception):
    """A failure that the reader can understand and do something about.

    `key` and `hint` name messages; `values` fill their places.
    """

    exit_code: ClassVar[int] = BUG

    def __init__(self, key: str, /, *, hint: str | None = None, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.hint = hint
        self.values = values

    def __str__(self) -> str:
        return en.MESSAGES[self.key].format(**self.values)


class NothingFound(AilearnError):
    """The question was understood and the answer is no."""

    exit_code = ANSWER_IS_NO


class UsageError(AilearnError):
    """A value on the command line that cannot be meant."""

    exit_code = WRONG_USAGE


class NoSuchEntry(AilearnError):
    """A name that stands for no entry, or for several."""

    exit_code = NO_SUCH_ENTRY


class ContentError(AilearnError):
    """Content that cannot be loaded at all."""

    exit_code = CONTENT_BROKEN


class ProgressError(AilearnError):
    """Progress data that is locked, damaged, newer than the program, or cannot be written."""

    exit_code = PROGRESS_BROKEN


class ConfigurationError(AilearnError):
    """A setting that cannot be read or is not known; the message names file and key."""

    exit_code = CONFIGURATION


class NetworkError(AilearnError):
    """A server, on the net or on this machine, that cannot be reached or does not do what was asked."""

    exit_code = NETWORK


class Ended(SystemExit):
    """The system told the program to end, by the signal `number`; the exit code is the usual one.

    Event loops let this kind of exception through, and swallow others.
    """

    def __init__(self, number: int) -> None:
        # What shells say of a program that a signal ended.
        super().__init__(128 + number)
