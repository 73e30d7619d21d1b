"""What the guide itself says in answer to a question."""

from rich.cells import cell_len

from ailearn.catalog.cutting import Passage
from ailearn.language import BothLanguages
from ailearn.tutor.citations import cite
from ailearn.tutor.grounds import Grounds
from ailearn.view.canvas import Canvas

# Pages of the guide that are no entries and have no sections of their own, and what they are called.
_PAGES = {
    "glossary": "answer.glossary",
    "guide": "answer.guide",
    "tools": "answer.tools",
    "paths": "answer.paths",
    "tracks": "answer.tracks",
}
# Pages whose passages begin with a title of their own.
_TITLED = ("guide", "tools", "paths")
# Sections whose first line asks what the others answer, and those whose lines are items of a list.
_LED = ("cards", "questions")
_LISTED = ("questions", "evidence", "book", "reading")


def draw_grounds(grounds: Grounds, canvas: Canvas) -> None:
    """Every passage with its source, those of one section together under the name by which it is cited."""
    sections: dict[str, list[Passage]] = {}
    for passage in grounds.passages:
        sections.setdefault(passage.name, []).append(passage)
    for passages in sections.values():
        canvas.blank()
        _head(passages[0], grounds, canvas)
        for passage in passages:
            _text(passage, canvas)


def _head(passage: Passage, grounds: Grounds, canvas: Canvas) -> None:
    name = canvas.joined(_called(passage, grounds, canvas))
    if cell_len(f"{name}  {cite(passage)}") <= canvas.width:
        canvas.line((name, "heading"), "  ", (cite(passage), "id"))
    else:
        canvas.line((name, "heading"))
        canvas.line((cite(passage), "id"))


def _called(passage: Passage, grounds: Grounds, canvas: Canvas) -> list[str]:
    """Where a passage stands, in the reader's words: the entry and the section, or a page of the guide."""
    page = passage.entry.partition("/")[0]
    if page in _PAGES:
        step = grounds.names.get(passage.section) if page == "tracks" else None
        return [canvas.say(_PAGES[page]), *([canvas.label(step)] if step else [])]
    facts = passage.section == "facts"
    section = canvas.say("answer.facts") if facts else canvas.say(f"section.{passage.section}")
    return [canvas.label(grounds.names[passage.entry]), section]


def _text(passage: Passage, canvas: Canvas) -> None:
    """A passage, drawn as `show` draws its section."""
    if passage.section == "formula":
        canvas.formula(passage.text["en"])
        return
    lines = _lines(passage)
    for number, line in enumerate(lines):
        if number == 0 and passage.section in _LED:
            canvas.both(line, indent=4, first="  ? ", lead="mark", role="title")
        elif number == 0 and len(lines) > 1 and passage.entry in _TITLED:
            canvas.both(line, role="title")
        elif passage.section == "cards":
            canvas.both(line, indent=4, first="  = ", lead="ok")
        elif passage.section == "mechanism" and len(lines) > 1:
            canvas.both(line, indent=5, first=f"  {number + 1}. ", lead="number")
        elif passage.section in _LISTED:
            canvas.both(line, indent=4, first="  • ", lead="number")
        else:
            canvas.both(line)
    if passage.source:
        canvas.paragraph(passage.source, indent=4 if passage.section in _LISTED else 2, role="muted")


def _lines(passage: Passage) -> list[BothLanguages]:
    """The lines of a passage in both languages; all in one when there are not as many in both."""
    english, chinese = (passage.text[one].rstrip("\n").split("\n") for one in ("en", "zh"))
    if len(english) != len(chinese):
        return [passage.text]
    return [{"en": en, "zh": zh} for en, zh in zip(english, chinese, strict=True)]
