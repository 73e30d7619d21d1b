"""A skeleton passes the schema and waits to be written; the JSON Schema says what the model says."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, get_args

import pytest

from ailearn.catalog.checks import FOLDER_OF_KIND
from ailearn.catalog.model import Entry, Kind, Text
from ailearn.catalog.schema import entry_schema, validate
from ailearn.catalog.skeleton import skeleton

if TYPE_CHECKING:
    from tests.catalog.conftest import GuideFolder

KINDS: tuple[Kind, ...] = get_args(Kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_skeleton_loads_and_waits_to_be_written(own: GuideFolder, kind: Kind) -> None:
    own.write(f"{FOLDER_OF_KIND[kind]}/new-entry.yaml", skeleton(kind, "new-entry"))
    library = own.load()
    assert library.findings == ()
    (entry,) = library.entries
    assert (entry.id, entry.kind) == ("new-entry", kind)
    report = own.check()
    assert {finding.rule for finding in report.findings} == {"C214"}
    fields = {finding.values["field"] for finding in report.findings}
    assert {"title.en", "title.zh", "mechanism.en#3", "cards#6.a.zh", "links#1.url", "topics#1"} <= fields


@pytest.mark.parametrize("kind", KINDS)
def test_a_skeleton_that_is_filled_in_is_a_good_entry_but_for_its_repetitions(
    own: GuideFolder, kind: Kind
) -> None:
    text = skeleton(kind, "new-entry").replace("url: TODO", "url: https://example.org")
    for filled in ("date: 2020", "as_of: 2025-12", "languages: [en"):
        name = filled.split(":")[0]
        text = text.replace(f"{name}: TODO", filled).replace(f"{name}: [TODO", filled)
    own.write(f"{FOLDER_OF_KIND[kind]}/new-entry.yaml", text.replace("TODO", "Word").replace("待写", "文字"))
    assert {one.split()[0] for one in own.found()} == {"C313"}


def test_a_skeleton_names_the_limits() -> None:
    text = skeleton("paper", "new-entry")
    assert "at most 20 English words, 30 Chinese characters" in text
    assert "6 to 9" in text


def test_the_schema_is_plain_json_and_closed_at_every_depth() -> None:
    schema = json.loads(json.dumps(entry_schema()))
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert schema["title"]
    assert schema["additionalProperties"] is False
    assert set(schema["properties"]) == {one.name for one in dataclasses.fields(Entry)}
    assert schema["properties"]["kind"]["enum"] == list(KINDS)
    assert schema["properties"]["level"]["maximum"] == 5
    for definition in schema["$defs"].values():
        assert definition["additionalProperties"] is False
        assert definition["description"]


def test_every_reference_of_the_schema_leads_somewhere() -> None:
    schema = entry_schema()
    references = {part.split('"')[0] for part in json.dumps(schema).split('"#/$defs/')[1:]}
    assert references <= set(schema["$defs"])


def test_validation_takes_numbers_written_as_text_and_refuses_unknown_keys() -> None:
    assert validate(Text, {"en": "a", "zh": "甲"}) == (Text("a", "甲"), ())
    value, problems = validate(Text, {"en": "a", "zh": None, "de": "b"})
    assert value is None
    assert {(one.rule, one.path) for one in problems} == {("C202", ("de",)), ("C208", ("zh",))}
