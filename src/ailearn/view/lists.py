"""Lists: entries, search results, topics, glossary terms."""

from typing import Any

from rich.cells import cell_len

from ailearn.catalog.ageing import STALE_AFTER
from ailearn.catalog.browse import Glossary, Listing, Tools, Topics
from ailearn.catalog.search import SearchResult
from ailearn.language import paragraphs
from ailearn.view import signs
from ailearn.view.canvas import WIDE, Canvas, Part
from ailearn.view.entries import offer
from ailearn.view.measures import duration, level, listed, when
from ailearn.view.wrap import pad


def draw_listing(listing: Listing, canvas: Canvas) -> None:
    """How to call each entry, when, how hard, how long, its title; and under that what it is for.

    A narrow terminal shows titles on lines of their own, where they have room.
    """
    column = _id_column([entry["id"] for entry in listing.entries], canvas)
    unmarked = signs.column(listing.entries)
    for entry in listing.entries:
        _entry_lines(entry, unmarked, column, canvas)


def draw_tools(tools: Tools, canvas: Canvas) -> None:
    """Tools as in lists; under each its jobs and what of it is withdrawn; last how to give it one."""
    column = _id_column([entry["id"] for entry in tools.entries], canvas)
    unmarked = signs.column(tools.entries)
    for entry in tools.entries:
        _entry_lines(entry, unmarked, column, canvas)
        jobs = listed([canvas.say(f"job.{job}") for job in entry["jobs"]], canvas.language)
        canvas.paragraph(canvas.say("tool.jobs", jobs=jobs), indent=4, role="number")
        if entry["state"] != "offered":
            canvas.paragraph(offer(entry["short"], entry, canvas), indent=4, role="warn")
        if entry["age"] > STALE_AFTER:
            stale = canvas.say("tool.stale", as_of=entry["as_of"], months=entry["age"])
            canvas.paragraph(stale, indent=4, role="warn")
    if tools.entries:
        canvas.blank()
        canvas.paragraph(canvas.say("tools.prompt"), indent=0, role="muted")


def draw_searchresult(result: SearchResult, canvas: Canvas) -> None:
    """Entries as in lists, and under each the sentence that matched."""
    column = _id_column([hit.document["id"] for hit in result.hits], canvas)
    unmarked = signs.column(hit.document for hit in result.hits)
    for hit in result.hits:
        shown = hit.piece and hit.piece.field not in ("title", "one_liner", "meaning")
        _entry_lines(hit.document, unmarked, column, canvas)
        if hit.piece and shown:
            own = hit.piece.field == "note"
            lead = canvas.say("section.note") + canvas.say("heading.run-in") if own else ""
            marks = tuple((begin + len(lead), end + len(lead)) for begin, end in hit.piece.marks)
            canvas.marked(lead + hit.piece.text, marks, indent=4)


def _id_column(ids: list[str], canvas: Canvas) -> int:
    longest = max((cell_len(one) for one in ids), default=0)
    return min(longest, canvas.width // 3)


def _entry_lines(entry: Any, unmarked: str, column: int, canvas: Canvas) -> None:
    if entry["kind"] == "term":
        facts = pad(canvas.say("kind.term"), 22)
    else:
        facts = (
            pad(when(entry["date"])[:4] or "–", 6)
            + pad(level(entry["level"]), 7)
            + pad(duration(entry["minutes"], canvas.language), 9)
        )
    title = canvas.label(entry["title"])
    sign = signs.in_column(entry, unmarked)
    name: Part = (pad(entry["id"], column), "id")
    if canvas.width >= WIDE:
        canvas.line(sign, name, "  ", (facts, "muted"), (title, "title"))
    else:
        canvas.either([sign, name], [(facts.rstrip(), "muted")], below=["    "])
        canvas.paragraph(title, indent=4, role="title")
    canvas.both(entry["one_liner"], indent=4)


def draw_topics(topics: Topics, canvas: Canvas) -> None:
    """Each topic's id, how many entries name it, its name, and under it what it is about."""
    named = [
        (topic, " ".join(paragraphs(topic["name"], canvas.language)), topic["about"])
        for topic in topics.topics
    ]
    column = max((cell_len(topic["id"]) for topic, *_ in named), default=0) + 2
    beside = column + 5 + max((cell_len(name) for _, name, _ in named), default=0) <= canvas.width
    for topic, name, about in named:
        count = (f"{topic['entries']:>3}  ", "number")
        canvas.line((pad(topic["id"], column), "id"), count, (name if beside else "", "title"))
        if not beside:
            canvas.paragraph(name, indent=4, role="title")
        canvas.both(about, indent=column + 5 if canvas.width >= WIDE else 4)


def draw_glossary(glossary: Glossary, canvas: Canvas) -> None:
    """Each term in both languages with its meaning and the entry in which one meets it."""
    for term in glossary.terms:
        english, chinese = term["term"]["en"], term["term"]["zh"]
        first, second = (chinese, english) if canvas.language == "zh" else (english, chinese)
        if cell_len(f"{first}  {second}  → {term['entry']}") <= canvas.width:
            canvas.line((first, "title"), "  ", second, "  ", ("→ ", "muted"), (term["entry"], "id"))
        else:
            canvas.paragraph(first, indent=0, role="title")
            canvas.paragraph(second, indent=0)
            canvas.line(("→ ", "muted"), (term["entry"], "id"))
        canvas.both(term["meaning"], indent=4)
