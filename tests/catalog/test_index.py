"""What the compiled index holds, against the model that it was compiled from."""

import dataclasses
import json
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from ailearn.catalog import folding, index, records
from ailearn.catalog.documents import SUMMARY_KEYS
from ailearn.catalog.source import Library, load
from ailearn.catalog.study import Study, content_folders

if TYPE_CHECKING:
    from tests.catalog.conftest import GuideFolder


@pytest.fixture(scope="module")
def library() -> Library:
    return load(content_folders(()))


def tracks_of(library: Library, entry_id: str) -> list[str]:
    return [track.id for track in library.tracks if any(step.id == entry_id for step in track.steps)]


def as_json(value: object) -> Any:
    return json.loads(json.dumps(value))


def test_every_document_is_the_entry_of_the_model(study: Study, library: Library) -> None:
    stored = dict(study.connection.execute("SELECT id, document FROM entry"))
    assert stored.keys() == {entry.id for entry in library.entries}
    for entry in library.entries:
        wanted = records.entry_document(entry, tracks_of(library, entry.id))
        assert json.loads(stored[entry.id]) == as_json(wanted)


def test_every_summary_is_the_beginning_of_its_document(study: Study) -> None:
    rows = study.connection.execute("SELECT summary, document FROM entry").fetchall()
    assert rows
    for summary, document in rows:
        assert tuple(json.loads(summary)) == SUMMARY_KEYS
        assert list(json.loads(document).items())[: len(SUMMARY_KEYS)] == list(json.loads(summary).items())


def test_every_term_is_stored_and_answers_to_its_names(study: Study, library: Library) -> None:
    stored = {row[0]: row[1:] for row in study.connection.execute("SELECT id, position, document FROM term")}
    names = set(study.connection.execute("SELECT key, position FROM term_name"))
    assert len(stored) == len(library.terms) > 0
    for term in library.terms:
        position, document = stored[term.id]
        assert json.loads(document) == as_json(records.term_document(term))
        for name in (term.term.en, term.term.zh, *term.aliases):
            assert (folding.name_key(name), position) in names


def test_topics_tracks_and_the_method_page_are_stored_whole(study: Study, library: Library) -> None:
    assert study.page("topics") == as_json([dataclasses.asdict(topic) for topic in library.topics])
    assert study.page("tracks") == as_json([dataclasses.asdict(track) for track in library.tracks])
    assert library.guide is not None
    assert study.page("guide") == as_json(dataclasses.asdict(library.guide))
    assert study.page("nothing") is None


def test_year_and_month_are_taken_from_the_date(study: Study) -> None:
    for date, year, document in study.connection.execute("SELECT date, year, document FROM entry"):
        found = json.loads(document)
        parts = [int(part) for part in (date or "").split("-") if part]
        assert [year, found["month"]] == [*parts, None, None][:2]
        assert found["year"] == year


@pytest.mark.parametrize("word", ["averaging", "mask", "thinned", "请假", "scale", "wins again", "F(x) + x"])
def test_words_of_every_part_of_the_body_are_indexed(guide: "GuideFolder", word: str) -> None:
    from ailearn.catalog.filters import expression

    assert "dropout" in found(guide, f"body : {expression(word, True)}")


@pytest.mark.parametrize("word", ["why", "five", "mechanism"])
def test_keys_inside_the_body_are_not(guide: "GuideFolder", word: str) -> None:
    """Ids and types of cards; the texts of the cards hold `Why` and `five`, so those are taken out."""
    for file in ("papers/dropout.yaml", "tools/helper.yaml", "courses/lessons.yaml"):
        text = guide.read(file).replace('"Why ', '"Reason ').replace(" five,", " 5,")
        guide.write(file, text.replace("    why: {en: It helps", "    why: {en: It serves"))
    assert found(guide, f"body : {word}") == []


def found(guide: "GuideFolder", expression: str) -> list[str]:
    connection = sqlite3.connect(":memory:")
    index.fill(connection, guide.load(), "test")
    rows = connection.execute(
        "SELECT e.id FROM search AS s JOIN entry AS e ON e.position = s.rowid WHERE s.search MATCH ?",
        (expression,),
    )
    return [row[0] for row in rows]
