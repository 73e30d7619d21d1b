"""The shape of what the index stores, as commands read it: plain dictionaries with named keys.

They are the model's dataclasses turned into JSON by `catalog.records`. Commands work on them as they
are: making the thirty dataclasses of the model costs more than a whole `python -c pass`.
"""

from typing import Any, TypedDict

from ailearn.language import BothLanguages

Document = dict[str, Any]


class LinkDocument(TypedDict):
    """One address of a source."""

    kind: str
    url: str
    lang: str | None
    title: str | None


class Summary(TypedDict):
    """The keys of an entry that lists show and `--json` always prints."""

    id: str
    kind: str
    title: BothLanguages
    short: BothLanguages
    aliases: list[str]
    authors: list[str]
    date: str | None
    year: int | None
    month: int | None
    venue: str | None
    arxiv: str | None
    doi: str | None
    isbn: str | None
    url: str | None
    links: list[LinkDocument]
    topics: list[str]
    tracks: list[str]
    level: int
    minutes: int
    one_liner: BothLanguages


SUMMARY_KEYS = tuple(Summary.__annotations__)
