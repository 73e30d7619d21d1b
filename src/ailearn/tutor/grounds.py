"""The answer to a question that needs no model: what the guide itself says about it."""

import json
from typing import NamedTuple

from ailearn.catalog import names
from ailearn.catalog.passages import Passage, find_passages
from ailearn.catalog.study import Study
from ailearn.language import BothLanguages, Language

# More than these nobody reads at once.
_MOST = 5


class Grounds(NamedTuple):
    """The passages on which an answer to `question` can rest, the best first.

    `entry` is the id of the one it is about, empty for none; `names` holds what people call the entries of
    the passages. Without any passages `nearest` are the ids of entries with names like what was asked.
    """

    question: str
    entry: str
    passages: tuple[Passage, ...]
    names: dict[str, BothLanguages]
    nearest: tuple[str, ...] = ()


def grounds(study: Study, question: str, entry: str, language: Language) -> Grounds:
    """What the guide says about `question`; passages of `entry`, when one is named, come first."""
    found = find_passages(study, question, language, (entry,) if entry else (), _MOST)
    if not found:
        return Grounds(question, entry, (), {}, names.nearest(study, question))
    return resting_on(study, question, entry, found)


def resting_on(study: Study, question: str, entry: str, passages: tuple[Passage, ...]) -> Grounds:
    """`passages` as what an answer to `question` rests on."""
    about = {place for passage in passages for place in (passage.entry, passage.section)}
    rows = study.connection.execute(
        "SELECT id, summary FROM entry WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(about)),),
    )
    return Grounds(question, entry, passages, {row[0]: json.loads(row[1])["short"] for row in rows})


def read_on(passage: Passage) -> str:
    """The command that shows where a passage stands."""
    place, _, track = passage.entry.partition("/")
    if passage.section == "facts":
        return f"ailearn show {passage.entry}"
    elsewhere = {
        "glossary": f"ailearn glossary {passage.section}",
        "guide": "ailearn guide",
        "tools": "ailearn guide",
        "paths": f"ailearn path {passage.section}",
        "tracks": f"ailearn tracks {track}",
    }
    return elsewhere.get(place, f"ailearn show {passage.entry} --section {passage.section}")
