"""Where the reader is: what counts as learnt, study days, what comes back, what was recalled."""

from __future__ import annotations

from tests.learning.steps import at, set_status

from ailearn.catalog.study import Study
from ailearn.learning import review
from ailearn.learning.clock import days_between
from ailearn.learning.events import MARK, NOTE, REVIEW
from ailearn.learning.journal import Journal, record, undo
from ailearn.learning.overview import CATCH_UP_CARDS, Overview, Share, first_day, overview


def grade(study: Study, journal: Journal, key: str, given: int, days: float = 0) -> str:
    """Grade a card as the review command does; returns the day on which it is due."""
    return review.grade(study, journal, at(days), key, given, 0.9).due


def days_until(day: str) -> int:
    return days_between(at().day, day)


def keys(study: Study) -> list[str]:
    return [row[0] for row in study.connection.execute("SELECT key FROM card ORDER BY key")]


def track(found: Overview, name: str) -> Share:
    return next(one for one in found.tracks if one.id == name)


def test_a_reader_without_a_journal_has_everything_before_her(study: Study, journal: Journal) -> None:
    found = overview(study, journal, at())

    minutes = study.connection.execute("SELECT sum(minutes) FROM entry").fetchone()[0]
    assert found.minutes[:2] == (0, 0)
    assert found.minutes.left_papers + found.minutes.left_others == minutes
    assert {one.learnt for one in (*found.tracks, *found.topics)} == {0}
    assert found.days == {}
    assert {count for _, count in found.due} == {0}
    assert found.cards.unseen == len(keys(study))
    assert found.catch_up is None


def test_read_and_known_are_learnt_and_skipped_is_not(study: Study, journal: Journal) -> None:
    before = overview(study, journal, at())
    set_status(journal, "read", "alexnet")
    set_status(journal, "known", "resnet")
    set_status(journal, "skipped", "ppo")
    set_status(journal, "reading", "lora")

    found = overview(study, journal, at())

    minutes = dict(study.connection.execute("SELECT id, minutes FROM entry").fetchall())
    models = track(found, "models")
    assert (models.learnt, models.skipped) == (2, 1)
    gone = minutes["alexnet"] + minutes["resnet"] + minutes["ppo"]
    assert models.minutes_left == track(before, "models").minutes_left - gone
    assert (found.minutes.read, found.minutes.known) == (minutes["alexnet"], minutes["resnet"])
    assert found.minutes.left_papers == before.minutes.left_papers - gone
    assert found.minutes.left_others == before.minutes.left_others


def test_topics_count_every_entry_that_names_them(study: Study, journal: Journal) -> None:
    set_status(journal, "read", "alexnet")

    found = overview(study, journal, at())

    counts = dict(study.connection.execute("SELECT topic, count(*) FROM topic GROUP BY topic").fetchall())
    assert {one.id: one.entries for one in found.topics} == counts
    own = {row[0] for row in study.connection.execute("SELECT topic FROM topic WHERE entry = 'alexnet'")}
    assert {one.id for one in found.topics if one.learnt} == own


def test_a_study_day_has_one_action_however_many_entries_it_marked(study: Study, journal: Journal) -> None:
    set_status(journal, "known", "alexnet", "resnet", "lora")
    record(journal, at(0.1), NOTE, {"lora": {"text": "low rank"}})
    set_status(journal, "read", "ppo", days=2)

    assert overview(study, journal, at(3)).days == {"2026-05-01": 2, "2026-05-03": 1}


def test_the_year_ends_with_this_week_and_begins_on_a_monday(study: Study, journal: Journal) -> None:
    set_status(journal, "read", "alexnet", days=-400)
    set_status(journal, "read", "resnet", days=-364)

    assert first_day("2026-05-01") == "2025-04-28"
    assert first_day("2026-05-03") == "2025-04-28", "a Sunday"
    assert first_day("2026-05-04") == "2025-05-05", "a Monday"
    assert overview(study, journal, at()).days == {"2025-05-02": 1}


def test_what_was_undone_never_counts(study: Study, journal: Journal) -> None:
    before = overview(study, journal, at(30))
    set_status(journal, "read", "alexnet")
    for number, key in enumerate(keys(study)[:12]):
        grade(study, journal, key, 3)
        grade(study, journal, key, 1, days=20 + number / 100)
    assert overview(study, journal, at(30)) != before

    for _ in range(25):
        undo(journal, at(30))

    assert overview(study, journal, at(30)) == before


def test_what_a_clock_that_was_ahead_recorded_hides_no_break(study: Study, journal: Journal) -> None:
    set_status(journal, "read", "alexnet")
    set_status(journal, "reading", "resnet", days=4000)

    away = overview(study, journal, at(40)).catch_up

    assert away is not None
    assert away.away == 40


def test_the_forecast_holds_the_next_days_and_today_all_that_waits(study: Study, journal: Journal) -> None:
    first, second, third, fourth = keys(study)[:4]
    late = grade(study, journal, first, 1, days=-30)
    soon = grade(study, journal, second, 1)
    grade(study, journal, third, 1)
    record(journal, at(), MARK, {third: {"mark": "suspend"}})
    grade(study, journal, fourth, 4, days=-20)
    far = grade(study, journal, fourth, 4)
    assert late < at().day < soon
    assert days_until(far) > 13, "beyond the forecast"

    found = overview(study, journal, at()).due

    assert [day for day, _ in found] == [at(number).day for number in range(14)]
    assert dict(found)[at().day] == 1
    assert dict(found)[soon] == 1
    assert sum(count for _, count in found) == 2


def test_cards_are_counted_once_each(study: Study, journal: Journal) -> None:
    of_alexnet = [key for key in keys(study) if key.startswith("alexnet/")]
    set_status(journal, "read", "alexnet")
    grade(study, journal, of_alexnet[0], 1)
    record(journal, at(), MARK, {of_alexnet[1]: {"mark": "suspend"}})
    day = 0
    for _ in range(4):
        day = days_until(grade(study, journal, of_alexnet[2], 4, days=day))

    found = overview(study, journal, at()).cards

    assert (found.young, found.mature, found.suspended) == (1, 1, 1)
    assert found.waiting == len(of_alexnet) - 3
    assert sum(found) == len(keys(study))


def test_retention_is_that_of_due_cards(study: Study, journal: Journal) -> None:
    chosen = keys(study)[:12]
    due = {key: grade(study, journal, key, 2) for key in chosen}
    for number, key in enumerate(chosen):
        grade(study, journal, key, 1 if number < 3 else 2 + number % 3, days=days_until(due[key]))
        # A second look on the same day says nothing about memory, and neither does one ahead of time.
        grade(study, journal, key, 1, days=days_until(due[key]) + 0.01)
    again = grade(study, journal, keys(study)[20], 4)
    grade(study, journal, keys(study)[20], 1, days=days_until(again) - 1)
    today = max(map(days_until, due.values()))

    short, long = overview(study, journal, at(today)).retention

    assert (short.days, short.reviews, short.recalled, short.share) == (30, 12, 9, 0.75)
    assert long[1:] == short[1:]
    later_short, later_long = overview(study, journal, at(today + 31)).retention
    assert (later_short.reviews, later_short.share) == (0, None)
    assert later_long.reviews == 12


def test_too_few_reviews_are_no_retention(study: Study, journal: Journal) -> None:
    for key in keys(study)[:9]:
        due = grade(study, journal, key, 3)
        grade(study, journal, key, 3, days=days_until(due))

    (_, long) = overview(study, journal, at(40)).retention

    assert (long.reviews, long.share) == (9, None)


def test_a_review_that_does_not_say_when_it_was_due_counts(study: Study, journal: Journal) -> None:
    for key in keys(study)[:10]:
        record(journal, at(), REVIEW, {key: {"grade": 3, "retention": 0.9}})
        record(journal, at(5), REVIEW, {key: {"grade": 3, "retention": 0.9}})

    assert overview(study, journal, at(6)).retention[0].share == 1


def test_a_leech_is_named(study: Study, journal: Journal) -> None:
    key = keys(study)[0]
    for day in range(9):
        grade(study, journal, key, 1, days=day)

    found = overview(study, journal, at(9))

    assert found.leeches == (key,)
    assert found.cards.suspended == 1


def test_after_a_break_a_few_cards_are_offered(study: Study, journal: Journal) -> None:
    for key in keys(study)[:50]:
        grade(study, journal, key, 2)

    assert overview(study, journal, at(1)).catch_up is None
    offer = overview(study, journal, at(60)).catch_up
    assert offer is not None
    assert (offer.away, offer.due, offer.cards) == (60, 50, CATCH_UP_CARDS)
    assert 0 < offer.minutes < 15
    grade(study, journal, keys(study)[0], 3, days=60)
    assert overview(study, journal, at(60)).catch_up is None, "she is back"


def test_the_offer_after_a_break_is_no_more_than_is_due(study: Study, journal: Journal) -> None:
    grade(study, journal, keys(study)[0], 1)

    offer = overview(study, journal, at(30)).catch_up

    assert offer is not None
    assert (offer.due, offer.cards, offer.minutes) == (1, 1, 1)
