"""Exercises made from the guide: what must hold for any seed, and what is kept of the answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ailearn.catalog import browse
from ailearn.catalog.likeness import alike
from ailearn.catalog.query import Condition
from ailearn.catalog.study import Study, open_study
from ailearn.errors import NothingFound, UsageError
from ailearn.language import BothLanguages
from ailearn.learning import exercises, placement
from ailearn.learning.clock import Moment
from ailearn.learning.exercises import Exercise, quiz
from ailearn.learning.journal import open_to_write, undo

if TYPE_CHECKING:
    from pathlib import Path

NOW = Moment("2026-05-01T12:00:00.000Z", "2026-05-01T20:00:00.000+08:00", "2026-05-01")
SEEDS = st.integers(0, 10**9)
few = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """The real guide, opened once for this module."""
    return open_study((), tmp_path_factory.getbasetemp() / "shared-home" / "cache")


def card_of(guide: Study, exercise: Exercise) -> dict[str, Any]:
    row = guide.connection.execute("SELECT document FROM card WHERE key = ?", exercise.of).fetchone()
    found: dict[str, Any] = json.loads(row[0])
    return found


@few
@given(SEEDS)
def test_the_same_seed_gives_the_same_quiz(guide: Study, seed: int) -> None:
    assert quiz(guide, seed, 12) == quiz(guide, seed, 12)


def test_other_seeds_give_other_quizzes(guide: Study) -> None:
    assert len({json.dumps(quiz(guide, seed, 10).exercises) for seed in range(8)}) == 8


@few
@given(SEEDS)
def test_no_option_stands_there_twice_and_wrong_ones_do_not_say_what_the_right_one_says(
    guide: Study, seed: int
) -> None:
    for one in quiz(guide, seed, 15).exercises:
        right = one.options[one.right]
        assert one.options.count(right) == 1
        assert 2 <= len(one.options) <= 4
        assert len({option["en"] for option in one.options}) == len(one.options)
        if one.kind != exercises.ORDER:
            wrong = [option for at, option in enumerate(one.options) if at != one.right]
            assert not any(alike(right, option) for option in wrong)


@few
@given(SEEDS)
def test_the_right_choice_is_the_cards_answer_and_wrong_ones_are_of_its_type_elsewhere(
    guide: Study, seed: int
) -> None:
    rows = guide.connection.execute("SELECT entry, document FROM card").fetchall()
    cards = [(entry, json.loads(document)) for entry, document in rows]
    chosen = [one for one in quiz(guide, seed, 10).exercises if one.kind == exercises.CHOICE]
    assert chosen
    for one in chosen:
        card = card_of(guide, one)
        assert one.question == card["q"]
        assert one.options[one.right] == card["a"]
        elsewhere = [
            lent["a"] for entry, lent in cards if entry != one.entry and lent["type"] == card["type"]
        ]
        assert all(option in elsewhere for at, option in enumerate(one.options) if at != one.right)


@few
@given(SEEDS)
def test_what_came_first_is_older_than_all_others(guide: Study, seed: int) -> None:
    asked = [one for one in quiz(guide, seed, 10).exercises if one.kind == exercises.ORDER]
    assert asked
    for one in asked:
        dates = [str(browse.summary(guide, entry)["date"]) for entry in one.of]
        assert one.of[0] == one.entry
        assert all(dates[0][: len(date)] < date[: len(dates[0])] for date in dates[1:])
        assert browse.summary(guide, one.entry)["short"]["en"] in one.options[one.right]["en"]
        assert len(one.explanation) == len(one.of)
        assert all(date in line["zh"] for date, line in zip(dates, one.explanation, strict=True))
        track = one.source.removeprefix("tracks/")
        steps = {step["id"]: step for step in browse.tracks(guide, track).tracks[0]["steps"]}
        lines = zip(one.of, one.explanation, strict=True)
        assert all(steps[entry]["took_over"]["en"] in line["en"] for entry, line in lines)


@few
@given(SEEDS)
def test_a_name_is_matched_with_its_own_idea(guide: Study, seed: int) -> None:
    asked = [one for one in quiz(guide, seed, 10).exercises if one.kind == exercises.MATCH]
    assert asked
    for one in asked:
        entry = browse.summary(guide, one.entry)
        right = one.options[one.right]
        assert right in (entry["short"], entry["one_liner"])
        shown = entry["one_liner"] if right == entry["short"] else entry["short"]
        assert shown["zh"] in one.question["zh"]
        assert entry["short"]["en"].casefold() not in entry["one_liner"]["en"].casefold()


@few
@given(SEEDS)
def test_every_exercise_says_where_its_facts_stand(guide: Study, seed: int) -> None:
    for one in quiz(guide, seed, 15).exercises:
        assert one.section or one.source
        assert one.explanation or one.section == "cards"


def test_right_answers_stand_in_every_place(guide: Study) -> None:
    places = [one.right for one in quiz(guide, 1, 200).exercises if len(one.options) == 4]

    assert {places.count(place) * 6 > len(places) for place in range(4)} == {True}


def test_a_quiz_stays_within_what_was_asked_for(guide: Study) -> None:
    of_resnet = quiz(guide, 1, 100, name="残差网络").exercises
    assert {one.entry for one in of_resnet if one.kind == exercises.CHOICE} == {"resnet"}
    assert all("resnet" in one.of for one in of_resnet if one.kind == exercises.ORDER)
    keys = [one.of for one in of_resnet if one.kind == exercises.CHOICE]
    assert len(set(keys)) == len(keys) == len(browse.entry(guide, "resnet")["cards"])

    on_track = quiz(guide, 1, 40, (Condition("track", names=("infrastructure",)),)).exercises
    ids = {step["id"] for step in browse.tracks(guide, "infrastructure").tracks[0]["steps"]}
    assert {one.entry for one in on_track} <= ids
    with pytest.raises(UsageError):
        quiz(guide, 1, 10, (Condition("topic", names=("no-such-topic",)),))
    with pytest.raises(NothingFound):
        quiz(guide, 1, 10, (Condition("track", names=("models",)),), name="brook")


def test_texts_that_say_the_same_are_alike_in_either_language() -> None:
    ten: BothLanguages = {"en": "It has ten layers.", "zh": "它有十层。"}

    assert alike(ten, {"en": "Ten layers: it has them.", "zh": "完全不同的一句话"})
    assert alike(ten, {"en": "Something else entirely", "zh": "它有十层！"})
    assert alike({"en": "−", "zh": "−"}, {"en": "−", "zh": "−"})
    assert not alike(ten, {"en": "Dropout switches units off.", "zh": "随机关掉神经元。"})


def test_answers_are_kept_as_results(guide: Study, tmp_path: Path) -> None:
    journal = open_to_write(tmp_path, NOW.day)
    asked = quiz(guide, 4, 1).exercises[0]

    assert exercises.keep_answer(journal, NOW, asked, asked.right)
    assert not exercises.keep_answer(journal, NOW, asked, asked.right + 1)
    found = exercises.questions(guide, "resnet")
    exercises.keep_written(journal, NOW, found, 2, "两行\n答案", 4)
    with pytest.raises(UsageError):
        exercises.keep_written(journal, NOW, found, 2, "答案", 5)

    right, wrong, written = journal.events()
    assert (right.kind, right.subject) == ("result", asked.entry)
    assert right.payload == {"exercise": asked.kind, "right": True, "of": list(asked.of)}
    assert wrong.payload["right"] is False
    assert (written.subject, written.payload["text"], written.payload["grade"]) == ("resnet", "两行\n答案", 4)
    assert journal.statuses() == {}


def test_a_score_counts_and_names_what_to_look_at_again(guide: Study) -> None:
    first, second, third = quiz(guide, 2, 3).exercises

    found = exercises.score([(first, True), (second, False), (third, False), (second, False)])

    assert (found.right, found.asked) == (1, 4)
    assert found.again == tuple(dict.fromkeys((second.entry, third.entry)))


def test_three_cards_of_different_types_are_asked_of_each_entry_of_a_track(
    guide: Study, tmp_path: Path
) -> None:
    journal = open_to_write(tmp_path, NOW.day)

    found = placement.placement(guide, journal, "models")

    track = browse.tracks(guide, "models").tracks[0]
    assert [one.entry["id"] for one in found.candidates] == [step["id"] for step in track["steps"]]
    for one in found.candidates:
        assert len({card["type"] for card in one.cards}) == len(one.cards) == placement.CARDS


@pytest.mark.parametrize(
    ("knew", "over"),
    [([3, 1], False), ([1, 1], True), ([0, 2, 1], False), ([2, 1, 0], True), ([1], False), ([], False)],
)
def test_two_entries_in_a_row_that_are_not_known_end_a_placement(knew: list[int], over: bool) -> None:
    assert placement.is_over([placement.Outcome(f"entry-{at}", one) for at, one in enumerate(knew)]) is over


def test_a_placement_marks_in_one_action_that_one_undo_takes_back(guide: Study, tmp_path: Path) -> None:
    journal = open_to_write(tmp_path, NOW.day)
    asked = placement.placement(guide, journal, "models")
    outcomes = [placement.Outcome("alexnet", 3), placement.Outcome("resnet", 1), placement.Outcome("ppo", 2)]

    placed = placement.keep(guide, journal, NOW, asked, outcomes)

    assert [change.id for change in placed.changes] == ["alexnet", "ppo"]
    assert placed.early
    assert journal.statuses() == {"alexnet": "known", "ppo": "known"}
    assert len({event.action for event in journal.events()}) == 1
    assert {event.subject for event in undo(journal, NOW)} == {"alexnet", "ppo"}
    assert journal.statuses() == {}
