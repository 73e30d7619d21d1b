"""Checks content against the rules: everything that `load` found, and everything that it does not look at."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from ailearn.catalog.added_cards import OWN_PREFIX
from ailearn.catalog.content_files import CARD_FOLDER, TRACK_FOLDER, ContentFolder
from ailearn.catalog.fact_checks import check_facts
from ailearn.catalog.model import Entry, Kind
from ailearn.catalog.reference_checks import check_glossary, check_references
from ailearn.catalog.rules import MAX_ID_LENGTH, Finding, is_valid_id
from ailearn.catalog.source import Item, Library, Place, load
from ailearn.catalog.text_checks import check_texts
from ailearn.catalog.yaml_reader import Node, NodePath

FOLDER_OF_KIND: dict[Kind, str] = {
    "paper": "papers",
    "essay": "papers",
    "course": "courses",
    "book": "books",
    "tool": "tools",
}
WRITTEN_WORKS: tuple[Kind, ...] = ("paper", "essay")
BLOCKS_OF_KIND: tuple[Kind, ...] = ("course", "book", "tool")
# How many items a list holds; `related` and `evidence` only when there is any. Evidence is counted in written
# works alone, for nothing good comes of asking three numbers of a tool that publishes one.
TOPIC_COUNT = (1, 4)
STEP_COUNT = (3, 6)
CARD_COUNT = (6, 9)
QUESTION_COUNT = (3, 3)
EVIDENCE_COUNT = (3, 6)
RELATED_COUNT = (2, 5)
POINT_COUNT = (2, 4)

# What a skeleton holds where the real content is still to come, and how to tell it from words like 等待写入.
TO_BE_WRITTEN = ("TODO", "待写")
_MARKER = re.compile(r"\bTODO\b|^待写(?=$|[：:，。…（(])")


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The findings in the order of files and lines, and how many files and entries were looked at."""

    findings: tuple[Finding, ...]
    files: int
    entries: int


def check(folders: Sequence[ContentFolder], today: date | None = None) -> CheckReport:
    """Check the content of `folders`; a date after `today` (the present day when None) is taken for a slip.

    Never raises. What could not be loaded is judged no further, and a line that is still to be written has no
    other finding.
    """
    library = load(folders)
    found = [*library.findings, *_missing_parts(folders)]
    found += _check_items(library)
    found += _check_card_files(library)
    for entry in library.entries:
        place = library.places["entry", entry.id]
        found += _check_entry(entry, place)
        found += check_facts(entry, place, today or date.today())
    found += check_references(library)
    found += check_glossary(library)
    unwritten = {(one.path, one.line) for one in found if one.rule == "C214"}
    kept = [one for one in found if one.rule == "C214" or (one.path, one.line) not in unwritten]
    kept.sort(key=lambda one: (one.path, one.line or 0, one.rule))
    return CheckReport(tuple(kept), library.files, len(library.entries))


def _missing_parts(folders: Sequence[ContentFolder]) -> Iterator[Finding]:
    for folder in folders:
        if folder.own or not folder.path.is_dir():
            continue
        for part in ("guide.yaml", "topics.yaml", TRACK_FOLDER):
            if not (folder.path / part).exists():
                yield Finding("C314", str(folder.path), None, {"part": part})


def _check_items(library: Library) -> Iterator[Finding]:
    """What holds for items of every kind."""
    items: list[tuple[Item, str, Any]] = [("entry", one.id, one) for one in library.entries]
    items += [("track", one.id, one) for one in library.tracks]
    items += [("path", one.id, one) for one in library.paths]
    items += [("topic", one.id, one) for one in library.topics]
    items += [("term", one.id, one) for one in library.terms]
    if library.guide is not None:
        items.append(("guide", "guide", library.guide))
    for what, item_id, item in items:
        place = library.places[what, item_id]
        yield from check_texts(item, place)
        data: Any = place.document.data
        for step in place.item:
            data = data[step]
        yield from _check_written(data, (), place)
        if what in ("entry", "track", "path") and PurePosixPath(place.relative).stem != item_id:
            yield place.finding("C304", ("id",), id=item_id)


def _check_card_files(library: Library) -> Iterator[Finding]:
    for file, place in library.card_files:
        yield from check_texts(file, place)
        yield from _check_written(place.document.data, (), place)
        if not place.own or PurePosixPath(place.relative).parts[0] != CARD_FOLDER:
            yield place.finding("C318", ("entry",), entry=file.entry)
        if PurePosixPath(place.relative).stem != file.entry:
            yield place.finding("C304", ("entry",), id=file.entry)


def _check_written(node: Node, path: NodePath, place: Place) -> Iterator[Finding]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _check_written(value, (*path, key), place)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _check_written(value, (*path, index), place)
    elif node is not None:
        marker = _MARKER.search(node)
        if marker is not None:
            yield place.finding("C214", path, marker=marker[0])


def _check_entry(entry: Entry, place: Place) -> Iterator[Finding]:
    folder = PurePosixPath(place.relative).parts[0]
    right_folder = FOLDER_OF_KIND[entry.kind]
    is_loose = place.own and "/" not in place.relative
    if folder != right_folder and not is_loose:
        yield place.finding("C305", ("kind",), kind=entry.kind, folder=right_folder)
    yield from _check_kind(entry, place)
    yield from _check_count(len(entry.topics), TOPIC_COUNT, ("topics",), place)
    yield from _check_count(len(entry.mechanism.en), STEP_COUNT, ("mechanism",), place)
    yield from _check_count(len(entry.cards), CARD_COUNT, ("cards",), place)
    if entry.evidence and entry.kind in WRITTEN_WORKS:
        yield from _check_count(len(entry.evidence), EVIDENCE_COUNT, ("evidence",), place)
    if entry.related:
        yield from _check_count(len(entry.related), RELATED_COUNT, ("related",), place)
    for index, question in enumerate(entry.questions):
        path: NodePath = ("questions", index, "points")
        yield from _check_count(len(question.points.en), POINT_COUNT, path, place)
    for index, card in enumerate(entry.cards):
        if not is_valid_id(card.id):
            path = ("cards", index, "id")
            yield place.finding("C301", path, value=card.id, limit=str(MAX_ID_LENGTH))
        elif card.id.startswith(OWN_PREFIX) and not place.own:
            yield place.finding("C319", ("cards", index, "id"), id=card.id, prefix=OWN_PREFIX)


def _check_kind(entry: Entry, place: Place) -> Iterator[Finding]:
    if entry.kind in WRITTEN_WORKS:
        if entry.date is None:
            yield place.finding("C211", ("date",), kind=entry.kind)
        if not entry.authors:
            yield place.finding("C211", ("authors",), kind=entry.kind)
        yield from _check_count(len(entry.questions), QUESTION_COUNT, ("questions",), place)
    if not entry.links:
        yield place.finding("C211", ("links",), kind=entry.kind)
    for block in BLOCKS_OF_KIND:
        has_block = getattr(entry, block) is not None
        if has_block and entry.kind != block:
            yield place.finding("C212", (block,), kind=entry.kind)
        elif entry.kind == block and not has_block:
            yield place.finding("C211", (block,), kind=entry.kind)


def _check_count(count: int, wanted: tuple[int, int], path: NodePath, place: Place) -> Iterator[Finding]:
    minimum, maximum = wanted
    if not minimum <= count <= maximum:
        values = {"count": str(count), "minimum": str(minimum), "maximum": str(maximum)}
        yield place.finding("C213", path, "error", **values)
