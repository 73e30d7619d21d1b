"""Conditions turned into SQL over the index, with the names in them checked against the guide."""

import json
from collections.abc import Collection, Mapping
from typing import NamedTuple

from ailearn.catalog import folding
from ailearn.catalog.query import Condition
from ailearn.catalog.study import Study
from ailearn.errors import UsageError
from ailearn.messages import Names

KINDS = ("paper", "essay", "course", "book", "tool", "term")
_KIND_NAMES = {
    "papers": "paper", "论文": "paper", "essays": "essay", "随笔": "essay", "文章": "essay",
    "courses": "course", "课程": "course", "books": "book", "书": "book", "书籍": "book",
    "tools": "tool", "工具": "tool", "terms": "term", "glossary": "term", "术语": "term",
}  # fmt: skip
# Where a reader can be with an entry. Who is where, only the caller knows; see `with_statuses`.
STATUSES = ("unread", "reading", "read", "known", "skipped")
_STATUS_NAMES = {
    "未读": "unread", "没读": "unread", "在读": "reading", "已读": "read", "读过": "read", "已会": "known",
    "会了": "known", "已掌握": "known", "掌握": "known", "跳过": "skipped", "已跳过": "skipped",
}  # fmt: skip
_COLUMNS = {"author": "authors", "title": "title"}


class Where(NamedTuple):
    """An SQL condition on `entry AS e`, and its values."""

    sql: str
    values: tuple[object, ...]


def where(study: Study, conditions: tuple[Condition, ...]) -> Where:
    """All `conditions` in one; true for every entry when there are none.

    Raises UsageError for a topic, track, kind or status that does not exist.
    """
    parts, values = ["1"], []
    for condition in with_statuses(conditions, {}):
        sql, found = _one(study, condition)
        parts.append(f"NOT ({sql})" if condition.negated else sql)
        values += found
    return Where(" AND ".join(parts), tuple(values))


def _one(study: Study, condition: Condition) -> tuple[str, list[object]]:
    match condition.field:
        case None:
            return _matching(expression(condition.text, condition.phrase))
        case "author" | "title" as field:
            wanted = " AND ".join(_tokens(condition.text, prefix=True)) or '""'
            return _matching(f"{{{_COLUMNS[field]}}} : ({wanted})")
        case "id":
            return "instr(e.id, ?) > 0", [condition.text.casefold()]
        case "among":
            return "e.id IN (SELECT value FROM json_each(?))", [json.dumps(condition.names)]
        case "venue":
            return "instr(e.venue, ?) > 0", [folding.fold(condition.text)]
        case "kind":
            kinds: list[object] = [kind(name) for name in condition.names]
            return f"e.kind IN ({_places(kinds)})", kinds
        case "topic" | "track" as field:
            known = {"topic": "topics", "track": "tracks"}[field]
            names: list[object] = [named(study, known, name) for name in condition.names]
            return f"e.id IN (SELECT entry FROM {field} WHERE {field} IN ({_places(names)}))", names
        case field:
            low = -1 if condition.low is None else condition.low
            high = 10**6 if condition.high is None else condition.high
            return f"e.{field} BETWEEN ? AND ?", [low, high]


def with_statuses(
    conditions: tuple[Condition, ...], statuses: Mapping[str, Collection[str]]
) -> tuple[Condition, ...]:
    """`conditions` with ids in place of those on `status`.

    `statuses` holds the ids of the entries in each status; all others are unread. Raises UsageError for a
    status that does not exist.
    """
    return tuple(_among(one, statuses) if one.field == "status" else one for one in conditions)


def _among(condition: Condition, statuses: Mapping[str, Collection[str]]) -> Condition:
    wanted = {status(name) for name in condition.names}
    # Who is unread is not listed anywhere: everybody but those who are in another status.
    outside = "unread" in wanted
    listed = [one for one in STATUSES if one != "unread" and (one in wanted) != outside]
    ids = tuple(entry_id for one in listed for entry_id in statuses.get(one, ()))
    return Condition("among", names=ids, negated=condition.negated != outside)


def _matching(wanted: str) -> tuple[str, list[object]]:
    return "e.position IN (SELECT rowid FROM search WHERE search MATCH ?)", [wanted]


def _places(values: list[object]) -> str:
    return ", ".join("?" * len(values))


def _tokens(text: str, *, prefix: bool = False) -> list[str]:
    """FTS5 strings for the words of `text`; a run of Han characters becomes a phrase of characters."""
    return [
        _string(word) + (" *" if prefix and not folding.is_han(word) else "") for word in folding.words(text)
    ]


def _string(word: str) -> str:
    return f'"{" ".join(word) if folding.is_han(word) else word}"'


def expression(text: str, phrase: bool = False, *, prefix: bool = False) -> str:
    """The FTS5 expression for one word or phrase of a query.

    A word such as `self-attention` or `F(x)+x` has several parts, which must stand together. Between letters
    and digits there may be a hyphen or none: `GPT-3` and `GPT3` are the same.
    """
    tokens = _tokens(text, prefix=prefix and not phrase)
    words = folding.words(text)
    parts = [part for word in words for part in folding.parted(word)]
    spellings = [" + ".join(tokens), *(" + ".join(map(_string, one)) for one in (parts, _joined(parts)))]
    told = list(dict.fromkeys(spellings))
    return f"({' OR '.join(told)})" if len(told) > 1 else told[0]


def _joined(parts: list[str]) -> list[str]:
    """`parts` with letters and digits that stand side by side made one word."""
    joined: list[str] = []
    for part in parts:
        beside = joined and joined[-1].isascii() and part.isascii()
        if beside and joined[-1][-1].isdigit() != part[0].isdigit():
            joined[-1] += part
        else:
            joined.append(part)
    return joined


def kind(name: str) -> str:
    """The kind of entry called `name` in either language, singular or plural.

    Raises UsageError for an unknown one.
    """
    folded = folding.fold(name.strip())
    found = _KIND_NAMES.get(folded, folded)
    if found not in KINDS:
        raise _unknown("kind", name, KINDS)
    return found


def status(name: str) -> str:
    """The status called `name` in either language. Raises UsageError for an unknown one."""
    folded = folding.fold(name.strip())
    found = _STATUS_NAMES.get(folded, folded)
    if found not in STATUSES:
        raise _unknown("status", name, STATUSES)
    return found


def named(study: Study, page: str, name: str) -> str:
    """The id of the topic or track called `name` in either language.

    Raises UsageError with the nearest names for an unknown one.
    """
    wanted = folding.name_key(name)
    items = study.page(page)
    for item in items:
        shown = item["name"] if page == "topics" else item["title"]
        if wanted in (
            folding.name_key(item["id"]),
            folding.name_key(shown["en"]),
            folding.name_key(shown["zh"]),
        ):
            return str(item["id"])
    raise _unknown(page.removesuffix("s"), name, tuple(str(item["id"]) for item in items))


def _unknown(what: str, name: str, known: tuple[str, ...]) -> UsageError:
    import difflib

    folded = folding.fold(name)
    nearest = difflib.get_close_matches(folded, known, 3, 0.5) or [one for one in known if folded in one][:3]
    return UsageError(
        f"error.unknown-{what}",
        hint="hint.did-you-mean" if nearest else f"hint.known-{what}",
        name=name,
        names=Names(nearest or known),
    )


def without_words(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """The conditions that filter but do not rank, words that must be absent among them."""
    return tuple(one for one in conditions if one.field is not None or one.negated)
