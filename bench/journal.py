"""Makes a journal like that of a reader after years: `python journal.py FOLDER CARDS EVENTS`.

It is run by the interpreter of an install, in a folder of its own.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ailearn.catalog.study import open_study
from ailearn.learning.clock import moment
from ailearn.learning.events import REVIEW, STATUS, Event
from ailearn.learning.journal import merge, open_to_write

_FIRST = datetime(2024, 1, 1, 12, tzinfo=UTC)


def make(folder: Path, cards: int, events: int) -> None:
    """Write a journal of `events` events, reviews of `cards` cards for the most part, into `folder`.

    The cards of the guide come first; the rest belong to entries that are gone.
    """
    connection = open_study((), None).connection
    entries = [row[0] for row in connection.execute("SELECT id FROM entry ORDER BY position")]
    keys = [row[0] for row in connection.execute("SELECT key FROM card ORDER BY key")][:cards]
    keys += [f"gone/card-{number}" for number in range(cards - len(keys))]
    journal = open_to_write(folder, _FIRST.date().isoformat())
    happened: list[tuple[str, str, dict[str, object]]] = [
        (STATUS, one, {"status": "read"}) for one in entries
    ]
    happened += [
        (REVIEW, keys[number % cards], {"grade": 1 + number * 7 % 4, "retention": 0.9, "answer": "x"})
        for number in range(events - len(entries))
    ]
    merge(journal, (_event(number, *one) for number, one in enumerate(happened)))


def _event(number: int, kind: str, subject: str, payload: dict[str, object]) -> Event:
    when = moment(_FIRST + timedelta(minutes=40 * number), 4)
    return Event(
        f"{number:032x}", f"{number:032x}", "bench", when.at, when.day, kind, subject, payload, number + 1
    )


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
