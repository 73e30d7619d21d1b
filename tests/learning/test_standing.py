"""The library behind the statuses, notes and `undo`: what is recorded, and what is laid into results."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ailearn.catalog import browse, prerequisites
from ailearn.catalog.query import Condition
from ailearn.catalog.study import Study
from ailearn.errors import NoSuchEntry, NothingFound
from ailearn.learning import progress
from ailearn.learning.clock import Moment, moment
from ailearn.learning.events import MARK, RESULT, REVIEW
from ailearn.learning.journal import Journal, open_to_write, record
from ailearn.learning.noted import find_with_notes
from ailearn.learning.progress import Change, Marked, TakenBack
from ailearn.learning.standing import by_status, with_progress

START = datetime(2026, 5, 1, 12, tzinfo=UTC)
GRADED = {"grade": 3, "retention": 0.9, "answer": "a"}


def at(days: int = 0) -> Moment:
    return moment(START + timedelta(days=days), 4)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """A journal in a folder of its own."""
    opened = open_to_write(tmp_path / "data", "2026-05-01")
    yield opened
    opened.close()


def test_marking_several_entries_is_one_action(study: Study, journal: Journal) -> None:
    done = progress.mark(study, journal, at(), ["resnet", "残差网络", "alexnet"], "read")

    assert done == Marked((Change("resnet", "unread", "read"), Change("alexnet", "unread", "read")), ())
    assert len({event.action for event in journal.events()}) == 1


def test_an_entry_in_that_status_already_is_named_and_nothing_is_recorded(
    study: Study, journal: Journal
) -> None:
    progress.mark(study, journal, at(), ["resnet"], "read")
    done = progress.mark(study, journal, at(1), ["resnet"], "read")

    assert done == Marked((), ("resnet",))
    assert journal.entry("resnet").since == "2026-05-01"
    assert len(list(journal.events())) == 1


def test_an_unknown_name_records_nothing(study: Study, journal: Journal) -> None:
    with pytest.raises(NoSuchEntry):
        progress.mark(study, journal, at(), ["resnet", "no-such-paper"], "read")
    assert list(journal.events()) == []


def test_a_note_is_stripped_and_kept_once(study: Study, journal: Journal) -> None:
    assert progress.write_note(study, journal, at(), "残差网络", "\n A thought.\n").text == "A thought."
    progress.write_note(study, journal, at(), "resnet", "A thought.")

    assert progress.note(study, journal, "resnet").text == "A thought."
    assert len(list(journal.events())) == 1


def test_undo_tells_of_every_kind_of_event_what_it_was(study: Study, journal: Journal) -> None:
    progress.mark(study, journal, at(), ["resnet"], "reading")
    progress.mark(study, journal, at(1), ["resnet"], "read")
    progress.write_note(study, journal, at(1), "resnet", "Old.")
    progress.write_note(study, journal, at(1), "resnet", "New.")
    record(journal, at(2), REVIEW, {"resnet/problem": GRADED})
    record(journal, at(2), MARK, {"resnet/problem": {"mark": "flag"}})
    record(journal, at(2), RESULT, {"resnet": {"right": 1}})

    undone = [progress.undo(journal, at(3)).steps for _ in range(7)]
    assert undone == [
        (TakenBack("result", "resnet", "", ""),),
        (TakenBack("mark", "resnet/problem", "flag", ""),),
        (TakenBack("review", "resnet/problem", "3", ""),),
        (TakenBack("note", "resnet", "New.", "Old."),),
        (TakenBack("note", "resnet", "Old.", ""),),
        (TakenBack("status", "resnet", "read", "reading"),),
        (TakenBack("status", "resnet", "reading", "unread"),),
    ]
    with pytest.raises(NothingFound):
        progress.undo(journal, at(3))


def test_progress_is_laid_into_entries_and_leaves_the_result_as_it_was(
    study: Study, journal: Journal
) -> None:
    progress.mark(study, journal, at(), ["resnet"], "read")
    progress.write_note(study, journal, at(), "alexnet", "A thought.")
    found = browse.listing(study)

    laid = {one["id"]: one["progress"] for one in with_progress(found, journal.entries()).entries}
    assert laid["resnet"] == {"status": "read", "since": "2026-05-01", "note": None}
    assert laid["alexnet"] == {"status": "unread", "since": None, "note": "A thought."}
    assert laid["lora"] == {"status": "unread", "since": None, "note": None}
    assert all("progress" not in one for one in found.entries)


def test_a_result_without_entries_is_given_back_as_it_is(study: Study) -> None:
    topics = browse.topics(study)
    assert with_progress(topics, {}) is topics


def test_ids_by_status_leave_nobody_out(study: Study, journal: Journal) -> None:
    progress.mark(study, journal, at(), ["resnet", "alexnet"], "read")
    progress.mark(study, journal, at(), ["lora"], "skipped")

    assert by_status(journal.entries()) == {"read": ["alexnet", "resnet"], "skipped": ["lora"]}


def test_a_condition_on_the_status_means_unread_where_nobody_says_otherwise(study: Study) -> None:
    everything = browse.listing(study).total

    assert browse.listing(study, (Condition("status", names=("unread",)),)).total == everything
    assert browse.listing(study, (Condition("status", names=("read", "known")),)).total == 0


@pytest.mark.parametrize("learnt", [("resnet",), ("transformer",), ("resnet", "transformer"), ("lora",)])
def test_a_path_with_something_left_out_is_still_in_order_and_whole(
    study: Study, learnt: tuple[str, ...]
) -> None:
    whole = prerequisites.path(study, "lora")
    found = prerequisites.path(study, "lora", learnt)

    ids = [step["id"] for step in found.steps]
    assert ids[-1] == "lora"
    assert set(ids) & set(learnt) <= {"lora"}
    assert set(found.requirements) == set(ids)
    for entry_id, needs in found.requirements.items():
        assert all(ids.index(need["id"]) < ids.index(entry_id) for need in needs)
        kept = [need["id"] for need in whole.requirements[entry_id] if need["id"] not in learnt]
        assert [need["id"] for need in needs] == kept
    assert found.left_out == len(whole.steps) - len(ids)
    assert found.minutes == sum(step["minutes"] for step in found.steps)


def test_a_search_with_no_words_looks_into_no_note(study: Study) -> None:
    notes = {"resnet": "year 2012"}
    found = find_with_notes(study, notes, "year:2012", "en")

    assert found.hits
    assert "resnet" not in {hit.document["id"] for hit in found.hits}


@pytest.mark.parametrize(
    "text", ['"', "AND", "NEAR(a b)", "quokka*", "(quokka)", "{text}: quokka", "'; DROP"]
)
def test_what_means_something_to_the_index_is_only_text(study: Study, text: str) -> None:
    find_with_notes(study, {"resnet": "quokka AND text"}, text, "en")


def test_notes_on_entries_that_are_gone_are_passed_over(study: Study) -> None:
    found = find_with_notes(study, {"long-gone": "quokka", "resnet": "quokka"}, "quokka", "en")

    assert [hit.document["id"] for hit in found.hits] == ["resnet"]
