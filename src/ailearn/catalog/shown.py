"""What `show` shows: entries with the fields that were asked for, and links to open."""

from collections.abc import Mapping
from typing import NamedTuple

from ailearn.catalog import browse, folding
from ailearn.catalog.addresses import is_web_address
from ailearn.catalog.ageing import aged
from ailearn.catalog.documents import Document
from ailearn.catalog.study import Study
from ailearn.errors import NothingFound, UsageError
from ailearn.language import BothLanguages
from ailearn.messages import Names

BRIEF = ("one_liner", "problem", "motivation", "intuition")
SECTIONS = (
    "one_liner", "course", "book", "tool", "problem", "motivation", "intuition", "figure", "mechanism",
    "formula", "evidence", "limits", "legacy", "requires", "related", "reading", "questions", "links",
    "sources", "cards", "note",
)  # fmt: skip
_SECTION_NAMES = {
    "what-for": "one_liner", "purpose": "one_liner", "用途": "one_liner", "有什么用": "one_liner",
    "问题": "problem", "难题": "problem", "why": "motivation", "动机": "motivation", "直觉": "intuition",
    "picture": "figure", "图": "figure", "图示": "figure", "how": "mechanism", "机制": "mechanism",
    "原理": "mechanism", "怎么做": "mechanism", "公式": "formula", "results": "evidence", "证据": "evidence",
    "局限": "limits", "影响": "legacy", "prerequisites": "requires", "前置": "requires", "相关": "related",
    "读法": "reading", "思考题": "questions", "想一想": "questions", "链接": "links", "来源": "sources",
    "卡片": "cards", "笔记": "note", "notes": "note", "课程": "course", "书": "book", "工具": "tool",
}  # fmt: skip
_FACTS = (
    "id", "kind", "title", "short", "aliases", "authors", "authors_zh", "date", "venue", "arxiv", "doi",
    "isbn", "topics", "tracks", "level", "minutes", "url", "status",
)  # fmt: skip


class Shown(NamedTuple):
    """Entries to show. `fields` are the parts to print; `several` asks JSON for a list.

    `names` are those of the tracks and topics, by kind and id.
    """

    entries: tuple[Document, ...]
    fields: tuple[str, ...]
    brief: bool
    several: bool
    names: Mapping[tuple[str, str], BothLanguages] = {}


def show(
    study: Study,
    ids: tuple[str, ...],
    *,
    brief: bool = False,
    section: str | None = None,
    cards: bool = False,
) -> Shown:
    """The entries called `ids`: whole, in brief, one section of each, or their cards.

    Raises NoSuchEntry, and UsageError for a section that does not exist.
    """
    entries = tuple(browse.entry(study, one) for one in ids)
    if cards:
        fields: tuple[str, ...] = ("cards",)
    elif section is not None:
        fields = (section_named(section),)
    elif brief:
        fields = ("title", *BRIEF)
    else:
        fields = (*_FACTS, *(one for one in SECTIONS if one != "cards"))
    return Shown(entries, fields, brief, len(ids) > 1, _names(study))


def _names(study: Study) -> dict[tuple[str, str], BothLanguages]:
    named = {("track", one["id"]): one["title"] for one in study.page("tracks") or ()}
    return named | {("topic", one["id"]): one["name"] for one in study.page("topics") or ()}


def on_day(found: Shown, day: str) -> Shown:
    """What is shown, with how old the facts about each tool are on `day` (YYYY-MM-DD), and its state then."""
    entries = ({**one, "tool": aged(one["tool"], day)} if one["tool"] else one for one in found.entries)
    return found._replace(entries=tuple(entries))


def section_named(name: str) -> str:
    """The section called `name`, in either language or by its beginning.

    Raises UsageError with the names that exist.
    """
    folded = folding.fold(name).replace(" ", "-")
    found = _SECTION_NAMES.get(folded)
    beginning = [one for one in SECTIONS if one.startswith(folded.replace("-", "_"))]
    if found or len(beginning) == 1 or folded in SECTIONS:
        return found or (folded if folded in SECTIONS else beginning[0])
    raise UsageError("error.unknown-section", hint="hint.known-section", name=name, names=Names(SECTIONS))


class Links(NamedTuple):
    """The addresses of an entry that fit what was asked for, the preferred one first."""

    entry: Document
    links: tuple[Document, ...]


def links(study: Study, name: str, kind: str | None = None) -> Links:
    """The links of the entry called `name`, or those of one kind.

    Only http and https addresses are given out. Raises NoSuchEntry, and NothingFound when the entry
    has no such link.
    """
    found = browse.entry(study, name)
    safe = [link for link in found["links"] if is_web_address(link["url"])]
    wanted = [link for link in safe if kind in (None, link["kind"])]
    if not wanted:
        kinds = Names(dict.fromkeys(link["kind"] for link in safe))
        raise NothingFound(
            "error.no-link" if kind else "error.no-links",
            hint="hint.link-kinds" if kinds else None,
            id=found["id"],
            kind=kind,
            names=kinds,
        )
    return Links(browse.summary(study, found["id"]), tuple(wanted))
