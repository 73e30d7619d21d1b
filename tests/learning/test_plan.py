"""What is proposed next, and that it agrees with what the reviews would show."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from tests.learning.steps import at, set_status

from ailearn.catalog.study import Study
from ailearn.learning.clock import days_after
from ailearn.learning.events import MARK, REVIEW, Event
from ailearn.learning.journal import Journal, merge, open_to_write, record
from ailearn.learning.plan import Next, next_steps, waiting
from ailearn.learning.review import Limits, queue

MANY = Limits(1000, 1000)


def grade(journal: Journal, key: str, given: int, days: int = 0) -> None:
    record(journal, at(days), REVIEW, {key: {"grade": given, "retention": 0.9}})


def proposed(found: Next) -> list[tuple[str, str, str | None]]:
    return [(one.kind, one.reason, one.entry["id"] if one.entry else None) for one in found.proposals]


def papers(study: Study) -> list[str]:
    rows = study.connection.execute("SELECT id FROM entry WHERE kind IN ('paper', 'essay') ORDER BY id")
    return [row[0] for row in rows]


def needs(study: Study, entry: str) -> set[str]:
    rows = study.connection.execute("SELECT needs FROM requirement WHERE entry = ?", (entry,))
    return {row[0] for row in rows}


def test_a_new_reader_is_sent_to_an_entry_that_needs_nothing(study: Study, journal: Journal) -> None:
    (only,) = next_steps(study, journal, at(), MANY).proposals

    assert (only.kind, only.reason) == ("read", "foundation")
    assert only.entry is not None
    assert needs(study, only.entry["id"]) == set()
    assert only.opens > 0
    assert only.minutes == only.entry["minutes"]


def test_due_cards_come_first_then_what_is_unfinished_then_what_is_ready(
    study: Study, journal: Journal
) -> None:
    set_status(journal, "read", "alexnet")
    set_status(journal, "reading", "attention", days=1)
    set_status(journal, "reading", "distillation", days=2)
    grade(journal, "alexnet/problem", 1)

    found = next_steps(study, journal, at(3), Limits(0, 100))

    assert [one[:2] for one in proposed(found)] == [
        ("review", "due"), ("continue", "begun"), ("read", "ready")
    ]  # fmt: skip
    due, begun, ready = found.proposals
    assert due.cards is not None
    assert (due.cards.due, due.cards.new) == (1, 0)
    assert begun.entry is not None
    assert (begun.entry["id"], begun.since) == ("distillation", "2026-05-03"), "the one begun last"
    assert ready.entry is not None
    assert [one["id"] for one in ready.rests_on] == ["alexnet"]
    assert needs(study, ready.entry["id"]) == {"alexnet"}


def test_what_was_known_before_is_not_called_read(study: Study, journal: Journal) -> None:
    while (one := next_steps(study, journal, at(), MANY).proposals[0]).reason == "foundation":
        assert one.entry is not None
        set_status(journal, "known", one.entry["id"])

    assert (one.kind, one.reason) == ("read", "known")


def test_an_entry_is_proposed_only_when_all_it_rests_on_is_learnt(study: Study, journal: Journal) -> None:
    """The reader follows every proposal until nothing is left."""
    order: list[str] = []
    while found := next_steps(study, journal, at(), Limits(0, 0)).proposals:
        (one,) = found
        assert one.entry is not None
        assert needs(study, one.entry["id"]) <= set(order)
        assert {need["id"] for need in one.rests_on} == needs(study, one.entry["id"])
        order.append(one.entry["id"])
        set_status(journal, "read", one.entry["id"])

    assert sorted(order) == papers(study)


def test_what_rests_on_something_skipped_is_proposed_last_and_says_so(study: Study, journal: Journal) -> None:
    set_status(journal, "skipped", "alexnet")
    resting = {one for one in papers(study) if "alexnet" in needs(study, one)}
    assert resting
    first = next_steps(study, journal, at(), Limits(0, 0)).proposals[0]
    assert first.entry is not None
    assert first.entry["id"] not in resting

    set_status(journal, "read", *(one for one in papers(study) if one not in {*resting, "alexnet"}))
    (last,) = next_steps(study, journal, at(), Limits(0, 0)).proposals

    assert last.reason == "left-out"
    assert last.entry is not None
    assert last.entry["id"] in resting
    assert [one["id"] for one in last.rests_on] == ["alexnet"]


def test_the_next_cards_are_named_when_nothing_is_left(study: Study, journal: Journal) -> None:
    set_status(journal, "known", *papers(study))
    grade(journal, "alexnet/problem", 3)
    due = journal.card("alexnet/problem").memory
    assert due is not None

    assert next_steps(study, journal, at(), MANY) == Next((), due.due)


def test_an_entry_that_left_the_guide_is_not_proposed(study: Study, journal: Journal) -> None:
    set_status(journal, "reading", "gone-with-the-wind")
    grade(journal, "gone-with-the-wind/why", 1, days=-5)

    assert [one[0] for one in proposed(next_steps(study, journal, at(), MANY))] == ["read"]


@pytest.mark.parametrize("seed", range(12))
def test_the_count_is_that_of_the_reviews(study: Study, journal: Journal, seed: int) -> None:
    chance = random.Random(seed)
    keys = dict(study.connection.execute("SELECT key, entry FROM card").fetchall())
    for entry in chance.sample(sorted(set(keys.values())), 8):
        set_status(journal, chance.choice(("reading", "read", "known", "skipped")), entry)
    for key in chance.sample(sorted(keys), 40):
        if chance.random() < 0.2:
            record(journal, at(), MARK, {key: {"mark": "suspend"}})
        if chance.random() < 0.8:
            grade(journal, key, chance.randint(1, 4), days=chance.choice((-20, -3, 0)))
    limits = Limits(chance.choice((0, 3, 1000)), chance.choice((0, 5, 30, 1000)))

    shown = queue(study, journal, at(), limits).cards
    found = waiting(keys, journal.statuses(), journal, at(), limits)

    due = [card for card in shown if card.overdue is not None]
    assert (found.due, found.new) == (len(due), len(shown) - len(due))
    if limits.reviews == 1000:
        assert found.overdue == max((card.overdue or 0 for card in due), default=0)


WATCHED = """
import sqlite3, sys
from pathlib import Path
from ailearn.catalog.study import Study
from ailearn.learning.clock import Moment
from ailearn.learning.journal import open_to_read
from ailearn.learning.plan import next_steps
from ailearn.learning.review import Limits
study = Study(sqlite3.connect(sys.argv[1]), "", ())
journal = open_to_read(Path(sys.argv[2]))
now = Moment("2026-05-02T10:00:00.000Z", "", "2026-05-02")
found = next_steps(study, journal, now, Limits(10, 100))
print(found.proposals[0].cards.due, file=sys.stderr)
print(*sys.modules)
"""


def test_a_full_journal_is_answered_from_without_the_scheduler(study: Study, tmp_path: Path) -> None:
    keys = [row[0] for row in study.connection.execute("SELECT key FROM card")]
    keys += [f"own-{number}/card" for number in range(500 - len(keys))]
    events = [
        Event(
            f"u{number}", f"a{number}", "device",
            f"2025-05-01T12:{number // 60000:02}:{number // 1000 % 60:02}.{number % 1000:03}Z",
            days_after("2025-05-01", number // len(keys) * 9), REVIEW, keys[number % len(keys)],
            {"grade": 3 if number % 7 else 1, "retention": 0.9, "answer": ""}, number + 1,
        )
        for number in range(20_000)
    ]  # fmt: skip
    journal = open_to_write(tmp_path, "2026-05-01")
    assert merge(journal, events) == 20_000
    assert len(journal.cards()) >= 500
    journal.close()
    guide = tmp_path / "guide.sqlite"
    with sqlite3.connect(guide) as copy:
        study.connection.backup(copy)
    copy.close()

    command = [sys.executable, "-c", WATCHED, str(guide), str(tmp_path)]
    found = subprocess.run(command, capture_output=True, text=True, check=True)

    assert int(found.stderr) > 0, "cards are due"
    heavy = {"fsrs", "uuid", "hashlib", "rich", "yaml", "pydantic", "rapidfuzz", "platformdirs", "asyncio"}
    assert set(found.stdout.split()) & heavy == set()
