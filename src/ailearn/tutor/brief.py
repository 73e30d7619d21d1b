"""What a model is told about an entry of the guide and about the reader, as Markdown."""

import json
from typing import Any, Literal

from ailearn.catalog.documents import Document
from ailearn.catalog.study import Study
from ailearn.language import BothLanguages, Language, label, paragraphs, say
from ailearn.tutor.reader import Reader
from ailearn.tutor.wording import wording

# The sections in the order in which they stand, and the share of room from which on each goes along: what
# matters least for understanding goes first.
_NEEDS: dict[str, float] = {
    "problem": 0.2,
    "motivation": 0.6,
    "intuition": 0.2,
    "mechanism": 0.2,
    "formula": 0.2,
    "course": 0.4,
    "book": 0.4,
    "tool": 0.2,
    "evidence": 0.2,
    "limits": 0.4,
    "legacy": 0.8,
    "sources": 1.0,
}
SECTIONS = tuple(_NEEDS)
# So many entries that she has read are named; more tell nobody anything.
_NAMED = 30


def entry_brief(entry: Document, language: Language, share: float = 1.0) -> str:
    """An entry of the guide as Markdown; `both` puts the Chinese under the English.

    With a smaller `share` of the room the sections that matter least are left out; at 0.0 the title, the
    authors, what it is for and its address remain.
    """
    return chosen_brief(entry, language, tuple(one for one, least in _NEEDS.items() if share >= least))


def chosen_brief(entry: Document, language: Language, sections: tuple[str, ...]) -> str:
    """The head of an entry and those of its `sections` that it has, as Markdown."""
    parts = [_head(entry, language)]
    for name in SECTIONS:
        if name in sections and entry.get(name):
            body = _section(entry, name, language)
            parts.append(f"## {_heading(entry, name, language)}\n{body}")
    return "\n\n".join(parts)


def reader_brief(study: Study, reader: Reader) -> str:
    """What an answer must know about the reader: her level, her language, what she has read."""
    lines = [
        wording("reader.about", reader.language),
        f"- {wording(f'level.{reader.level}', reader.language)}",
    ]
    names = read_names(study, reader)
    if names:
        lines.append(f"- {wording('reader.read', reader.language, names=names)}")
    lines.append(f"- {wording(f'answer-in.{reader.language}', reader.language)}")
    return "\n".join(lines)


def read_names(study: Study, reader: Reader) -> str:
    """The entries that she has read or knew before, by the names people say; empty without any."""
    places = ", ".join("?" * len(reader.learnt))
    rows = study.connection.execute(
        f"SELECT summary FROM entry WHERE id IN ({places}) ORDER BY date IS NULL, date, id", reader.learnt
    ).fetchall()
    names = [_name(json.loads(row[0]), reader.language) for row in rows]
    comma = wording("list.comma", reader.language)
    if len(names) <= _NAMED:
        return comma.join(names)
    return wording("list.more", reader.language, names=comma.join(names[:_NAMED]), count=len(names) - _NAMED)


def _name(summary: Document, language: Language) -> str:
    short: BothLanguages = summary["short"]
    english, chinese = short["en"], short["zh"]
    if language == "en" or english == chinese:
        return label(short, language)
    return f"{chinese} ({english})" if language == "zh" else f"{english} ({chinese})"


def _head(entry: Document, language: Language) -> str:
    first, second = ("zh", "en") if language == "zh" else ("en", "zh")
    title = entry["title"]
    lines = [f"# {title[first]}"]
    if title[second] != title[first]:
        lines.append(title[second])
    authors = [
        f"{name} ({entry['authors_zh'][name]})" if name in entry["authors_zh"] else name
        for name in entry["authors"]
    ]
    facts = [
        say(f"kind.{entry['kind']}", language),
        wording("list.comma", language).join(authors),
        entry["date"],
        entry["venue"],
        f"arXiv {entry['arxiv']}" if entry["arxiv"] else "",
        f"DOI {entry['doi']}" if entry["doi"] else "",
        f"ISBN {entry['isbn']}" if entry["isbn"] else "",
        entry["url"],
    ]
    lines.append(" · ".join(one for one in facts if one))
    purpose = paragraphs(entry["one_liner"], language)
    return "\n".join((*lines, "", *purpose))


def _heading(entry: Document, name: str, language: Language) -> str:
    """What a section is called; some are called otherwise in what one watches, reads through or uses."""
    special = name in ("problem", "mechanism", "limits", "legacy")
    return wording(f"brief.{name}.{group(entry)}" if special else f"brief.{name}", language)


def group(entry: Document) -> Literal["work", "study", "tool"]:
    """What one does with an entry: reads a work, learns from a course or book, uses a tool."""
    kind = entry["kind"]
    return "tool" if kind == "tool" else "study" if kind in ("course", "book") else "work"


def _section(entry: Document, name: str, language: Language) -> str:
    value: Any = entry[name]
    if name == "formula":
        return f"```\n{value.strip()}\n```"
    if name == "mechanism":
        return _steps(value, language)
    if name == "evidence":
        return "\n".join(_item(one["claim"], language, after=f"[{one['source']}]") for one in value)
    if name == "sources":
        return "\n".join(
            f"- {_named(one['field'], language)}{one['ref']}" for one in value if one["field"] in SECTIONS
        )
    if name in _DETAILS:
        return "\n".join(f"- {line}" for line in _DETAILS[name](value, language))
    return "\n".join(one.strip() for one in paragraphs(value, language))


def _named(field: str, language: Language) -> str:
    colon = "：" if language == "zh" else ": "
    return say(f"section.{field}", language) + colon


def _steps(steps: Any, language: Language) -> str:
    pairs = zip(steps["en"], steps["zh"], strict=False)
    return "\n".join(
        _item({"en": english, "zh": chinese}, language, mark=f"{number}.")
        for number, (english, chinese) in enumerate(pairs, start=1)
    )


def _item(text: BothLanguages, language: Language, *, mark: str = "-", after: str = "") -> str:
    """An item of a list; for `both` the Chinese stands under it."""
    indent = "\n" + " " * (len(mark) + 1)
    told = indent.join(one.strip() for one in paragraphs(text, language))
    blank = " " if after and told[-1:].isascii() else ""
    return f"{mark} {told}{blank}{after}"


def _inline(text: BothLanguages, language: Language) -> str:
    return " / ".join(one.strip() for one in paragraphs(text, language))


def _spoken(code: str, language: Language) -> str:
    """The name of a language of the guide, and the code (ISO 639-1) of any other."""
    return wording(f"language.{code}", language) if code in ("en", "zh", "ja") else code


def _course(course: Any, language: Language) -> list[str]:
    comma = wording("list.comma", language)
    told = [
        wording("brief.provider", language, name=course["provider"]),
        wording(
            "brief.taught-in",
            language,
            names=comma.join(_spoken(one, language) for one in course["languages"]),
        ),
    ]
    if course["lessons"]:
        told.append(wording("brief.lessons", language, count=course["lessons"]))
    if course["hours"]:
        told.append(wording("brief.hours", language, count=f"{course['hours']:g}"))
    told.append(wording("brief.watch-first", language, text=_inline(course["watch_first"], language)))
    return told


def _book(book: Any, language: Language) -> list[str]:
    told = [wording("brief.publisher", language, name=book["publisher"])]
    if book["languages"]:
        names = wording("list.comma", language).join(_spoken(one, language) for one in book["languages"])
        told.append(wording("brief.languages", language, names=names))
    if book["edition"]:
        told.append(wording("brief.edition", language, name=book["edition"]))
    told += [
        wording("brief.chapter", language, part=one["part"], worth=_inline(one["worth"], language))
        for one in book["chapters"]
    ]
    return told


def _tool(tool: Any, language: Language) -> list[str]:
    comma = wording("list.comma", language)
    jobs = comma.join(say(f"job.{job}", language) for job in tool["jobs"])
    told = [wording("brief.jobs", language, jobs=jobs)]
    if tool["version"]:
        told.append(wording("brief.version", language, name=tool["version"]))
    if tool["retires"]:
        told.append(wording("brief.retires", language, date=tool["retires"]))
    if tool["successor"]:
        told.append(wording("brief.successor", language, text=_inline(tool["successor"], language)))
    if tool["replaced_by"]:
        told.append(wording("brief.replaced", language, text=_inline(tool["replaced_by"], language)))
    told.append(wording("brief.access", language, text=_inline(tool["access"], language)))
    told.append(wording("brief.as-of", language, date=tool["as_of"]))
    return told


_DETAILS = {"course": _course, "book": _book, "tool": _tool}
