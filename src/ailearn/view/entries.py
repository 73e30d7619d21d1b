"""One entry: the whole summary, the brief one, a section, the cards; and its links."""

from typing import Any

from rich.cells import cell_len

from ailearn.catalog.ageing import STALE_AFTER
from ailearn.catalog.documents import Document
from ailearn.catalog.shown import BRIEF, Links, Shown
from ailearn.language import BothLanguages, paragraphs
from ailearn.messages import Names
from ailearn.view.canvas import Canvas
from ailearn.view.marking import draw_lines
from ailearn.view.measures import duration, level, listed, when
from ailearn.view.signs import before_id, status
from ailearn.view.wrap import pad

_TEXTS = ("one_liner", "problem", "motivation", "intuition", "limits", "legacy")


def draw_shown(shown: Shown, canvas: Canvas) -> None:
    """Every entry with its head and the sections asked for."""
    for number, entry in enumerate(shown.entries):
        if number:
            canvas.blank()
            canvas.line(("─" * canvas.width, "muted"))
        if shown.brief:
            _brief(entry, canvas)
            continue
        _head(entry, canvas, facts="authors" in shown.fields)
        if "authors" in shown.fields:
            _places(entry, shown, canvas)
        for field in shown.fields:
            if field == "note":
                _note(entry, canvas)
            elif entry.get(field) and field in _DRAWERS:
                canvas.heading(canvas.say(f"section.{field}"))
                _DRAWERS[field](entry, field, canvas)


def _note(entry: Document, canvas: Canvas) -> None:
    """What the reader wrote about it herself."""
    progress = entry.get("progress")
    if progress and progress["note"]:
        canvas.heading(canvas.say("section.note"))
        draw_lines(progress["note"], canvas)


def _brief(entry: Document, canvas: Canvas) -> None:
    """One screen of 80 columns and 24 lines."""
    _names(entry, canvas)
    canvas.paragraph(canvas.label(entry["title"]), indent=0, role="muted")
    if entry["tool"] and entry["tool"]["state"] != "offered":
        canvas.paragraph(offer(entry["short"], entry["tool"], canvas), indent=0, role="warn")
    for field in BRIEF:
        canvas.blank()
        canvas.run_in(canvas.say(f"section.{field}"), entry[field])


def _names(entry: Document, canvas: Canvas) -> None:
    short = entry["short"]
    names = canvas.joined(dict.fromkeys((canvas.label(short), short["en"], short["zh"])))
    sign = before_id(entry)
    if cell_len(names + entry["id"]) + 2 + (2 if sign else 0) <= canvas.width:
        canvas.line((names, "title"), "  ", sign, (entry["id"], "id"))
    else:
        canvas.paragraph(names, indent=0, role="title")
        canvas.line(sign, (entry["id"], "id"))


def _head(entry: Document, canvas: Canvas, *, facts: bool) -> None:
    _names(entry, canvas)
    title = entry["title"]
    canvas.paragraph(canvas.label(title), indent=0)
    if title["en"] != title["zh"]:
        canvas.paragraph(title["en"] if canvas.language == "zh" else title["zh"], indent=0, role="muted")
    if not facts:
        return
    authors = [
        f"{name} {entry['authors_zh'][name]}" if name in entry["authors_zh"] else name
        for name in entry["authors"]
    ]
    if authors:
        canvas.flow(authors, ",", spaced=False, indent=0, role="muted")
    canvas.flow(_facts(entry, canvas), indent=0, role="muted")


def _places(entry: Document, shown: Shown, canvas: Canvas) -> None:
    """The tracks and topics of an entry: their ids, or in Chinese their names, which are typed as well."""
    places = [("track", one) for one in entry["tracks"]] + [("topic", one) for one in entry["topics"]]
    names = shown.names if canvas.language == "zh" else {}
    if places:
        canvas.flow([names[one]["zh"] if one in names else one[1] for one in places], indent=0, role="id")


def _facts(entry: Document, canvas: Canvas) -> list[str]:
    return [
        canvas.say(f"kind.{entry['kind']}"),
        *(
            one
            for one in (
                when(entry["date"]),
                entry["venue"],
                f"arXiv {entry['arxiv']}" if entry["arxiv"] else None,
                f"DOI {entry['doi']}" if entry["doi"] else None,
                f"ISBN {entry['isbn']}" if entry["isbn"] else None,
            )
            if one
        ),
        canvas.say("fact.level", level=level(entry["level"])),
        canvas.say("fact.time", time=duration(entry["minutes"], canvas.language)),
        *_standing(entry, canvas),
    ]


def _standing(entry: Document, canvas: Canvas) -> list[str]:
    """Since when the reader is where with an entry; nothing for an unread one."""
    if status(entry) == "unread":
        return []
    return [f"{canvas.say(f'status.{status(entry)}')} {entry['progress']['since']}"]


def _text(entry: Document, field: str, canvas: Canvas) -> None:
    canvas.both(entry[field])


def _items(text: Any, canvas: Canvas, *, numbered: bool = False, indent: int = 2) -> None:
    """A list in the reader's language; for `both` each item is followed by its Chinese twin."""
    for number, (english, chinese) in enumerate(zip(text["en"], text["zh"], strict=False), start=1):
        first = " " * indent + (f"{number}. " if numbered else "• ")
        canvas.both({"en": english, "zh": chinese}, indent=len(first), first=first, lead="number")


def _steps(entry: Document, field: str, canvas: Canvas) -> None:
    _items(entry[field], canvas, numbered=True)


def _picture(entry: Document, field: str, canvas: Canvas) -> None:
    for number, one in enumerate(dict.fromkeys(_pictures(entry[field], canvas))):
        if number:
            canvas.blank()
        canvas.picture(one)


def _pictures(value: Any, canvas: Canvas) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [value["en"], value["zh"]] if canvas.language == "both" else [canvas.label(value)]


def _formula(entry: Document, field: str, canvas: Canvas) -> None:
    canvas.formula(entry[field])


def _evidence(entry: Document, field: str, canvas: Canvas) -> None:
    for item in entry[field]:
        canvas.both(item["claim"], indent=4, first="  • ", lead="number")
        canvas.paragraph(item["source"], indent=4, role="muted")


def _requires(entry: Document, field: str, canvas: Canvas) -> None:
    for item in entry[field]:
        canvas.line("  ", (item["id"], "id"))
        canvas.both(item["why"], indent=4)


def _ids(entry: Document, field: str, canvas: Canvas) -> None:
    canvas.flow(entry[field], role="id")


def _reading(entry: Document, field: str, canvas: Canvas) -> None:
    for name in ("first", "second", "skip"):
        part = entry[field].get(name)
        if part:
            canvas.paragraph(canvas.say(f"reading.{name}").strip(), role="title")
            _items(part, canvas, indent=4)


def _questions(entry: Document, field: str, canvas: Canvas) -> None:
    for number, item in enumerate(entry[field], start=1):
        canvas.both(item["q"], indent=5, first=f"  {number}. ", lead="number")


def _links(entry: Document, field: str, canvas: Canvas) -> None:
    for link in entry[field]:
        _link(link, canvas)


def _link(link: Document, canvas: Canvas) -> None:
    first, url, spoken = pad(f"  {link['kind']}", 12), link["url"], link.get("lang") or ""
    if cell_len(first + url + spoken) + 2 <= canvas.width:
        canvas.line((first, "number"), (url, "path"), "  ", (spoken, "muted"))
    else:
        canvas.paragraph(url, indent=12, first=first, lead="number", role="path")
    if link.get("title"):
        canvas.paragraph(link["title"], indent=12, role="muted")


def _sources(entry: Document, field: str, canvas: Canvas) -> None:
    for source in entry[field]:
        field = source["field"]
        named = canvas.say(f"section.{field}") if field in _DRAWERS else field
        told = f"{named}{canvas.say('heading.run-in')}{source['ref']}"
        canvas.paragraph(told, indent=4, first="  • ", lead="number", role="muted")


def _cards(entry: Document, field: str, canvas: Canvas) -> None:
    for card in entry[field]:
        canvas.both(card["q"], indent=4, first="  ? ", lead="mark", role="title")
        canvas.both(card["a"], indent=4, first="  = ", lead="ok")
        if card["excerpt"]:
            canvas.paragraph(f"“{card['excerpt']}”", indent=4, role="muted")
        named = (one for one in (f"{entry['id']}/{card['id']}", card["source"]) if one)
        canvas.flow(named, indent=4, role="muted")


def _course(entry: Document, field: str, canvas: Canvas) -> None:
    course = entry[field]
    facts = [course["provider"], _languages(course["languages"], canvas)]
    if course["lessons"]:
        facts.append(canvas.say("course.lessons", count=course["lessons"]))
    if course["hours"]:
        facts.append(canvas.say("time.hours", count=f"{course['hours']:g}"))
    canvas.flow(facts)
    canvas.paragraph(canvas.say("course.watch-first"), role="title")
    canvas.both(course["watch_first"], indent=4)


def _languages(codes: list[str], canvas: Canvas) -> str:
    """The names of languages; the code of one that has no name here."""
    named = (canvas.say(f"spoken.{one}") if one in ("en", "zh", "ja") else one for one in codes)
    return listed(named, canvas.language)


def _book(entry: Document, field: str, canvas: Canvas) -> None:
    book = entry[field]
    facts = [one for one in (book["publisher"], book["edition"]) if one]
    if book["languages"]:
        own = "zh" if canvas.language == "zh" else "en"
        key = "book.languages" if own in book["languages"] else "book.languages-foreign"
        facts.append(canvas.say(key, names=_languages(book["languages"], canvas)))
    if book["translators"]:
        facts.append(canvas.say("book.translators", names=Names(book["translators"])))
    canvas.flow(facts)
    for chapter in book["chapters"]:
        canvas.paragraph(chapter["part"], role="title")
        canvas.both(chapter["worth"], indent=4)


def _tool(entry: Document, field: str, canvas: Canvas) -> None:
    tool = entry[field]
    jobs = listed([canvas.say(f"job.{job}") for job in tool["jobs"]], canvas.language)
    canvas.paragraph(canvas.say("tool.jobs", jobs=jobs))
    if tool["version"]:
        canvas.paragraph(canvas.say("tool.version", version=tool["version"]))
    if tool["state"] != "offered":
        canvas.paragraph(offer(entry["short"], tool, canvas), role="warn")
    if tool["replaced_by"]:
        _labelled("tool.since", tool["replaced_by"], canvas)
    _labelled("tool.access", tool["access"], canvas)
    is_stale = tool["age"] > STALE_AFTER
    checked = canvas.say("tool.stale" if is_stale else "tool.as-of", as_of=tool["as_of"], months=tool["age"])
    canvas.paragraph(checked, role="warn" if is_stale else "muted")
    if tool["endpoint"]:
        label = f"  {canvas.say('tool.endpoint')}"
        canvas.paragraph(tool["endpoint"], indent=cell_len(label), first=label, role="path")


def _labelled(key: str, text: BothLanguages, canvas: Canvas) -> None:
    """A text after a label; for `both` the Chinese paragraph follows without one."""
    first, *then = paragraphs(text, canvas.language)
    canvas.paragraph(canvas.say(key, text=first))
    for one in then:
        canvas.paragraph(one)


def offer(short: BothLanguages, tool: Document, canvas: Canvas) -> str:
    """That the version of a tool will be or was withdrawn, and what to use in its place."""
    named = tool["version"] or canvas.label(short)
    told = canvas.say(f"tool.{tool['state']}", version=named, day=tool["retires"])
    if tool["successor"]:
        told += canvas.say(f"tool.{tool['state']}-successor", successor=canvas.label(tool["successor"]))
    return told


_DRAWERS = {
    **dict.fromkeys(_TEXTS, _text),
    "mechanism": _steps,
    "formula": _formula,
    "figure": _picture,
    "evidence": _evidence,
    "requires": _requires,
    "related": _ids,
    "reading": _reading,
    "questions": _questions,
    "links": _links,
    "sources": _sources,
    "cards": _cards,
    "course": _course,
    "book": _book,
    "tool": _tool,
}


def draw_links(links: Links, canvas: Canvas) -> None:
    """The addresses of an entry."""
    canvas.paragraph(canvas.label(links.entry["title"]), indent=0, role="title")
    for link in links.links:
        _link(link, canvas)
