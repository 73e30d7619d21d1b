"""The guide cut into passages of one thought each: a paragraph, a step, a claim with its source."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ailearn.catalog import folding
from ailearn.catalog.documents import Document
from ailearn.catalog.study import Study
from ailearn.language import BothLanguages, say

_PROSE = ("problem", "motivation", "intuition", "limits", "legacy")


class Passage(NamedTuple):
    """A piece of the guide that can be read by itself.

    `entry` is the id of an entry and `section` a field of it, as `show --section` takes it, or `facts`: who
    made it when. For what stands elsewhere they are `glossary` and a term, `guide` and a part of that page,
    `tools` and a job, `paths` and a path, `tracks/<track>` and the entry of a step. `source` says where its
    facts were read, empty where nothing is named.
    """

    entry: str
    section: str
    text: BothLanguages
    source: str = ""

    @property
    def name(self) -> str:
        """Its address, such as `resnet: mechanism`; passages of one section share it."""
        return f"{self.entry}: {self.section}"


def sources(entry: Document, field: str) -> str:
    """Where the facts of a field of an entry were read, in one line; empty where nothing is named."""
    return "; ".join(one["ref"] for one in entry["sources"] if one["field"] == field)


def passages_of(entry: Document) -> tuple[Passage, ...]:
    """An entry, cut into passages: paragraphs, steps, claims, cards, questions, and the facts about it."""
    return tuple(_cut(entry))


def _cut(entry: Document) -> Iterator[Passage]:
    name = entry["id"]
    for field in _PROSE:
        yield Passage(name, field, entry[field], sources(entry, field))
    source = sources(entry, "mechanism")
    for step in _pairs(entry["mechanism"]):
        yield Passage(name, "mechanism", step, source)
    for one in entry["evidence"]:
        yield Passage(name, "evidence", one["claim"], one["source"])
    yield Passage(name, "one_liner", entry["one_liner"])
    if entry["formula"]:
        yield Passage(name, "formula", _same(entry["formula"].strip()), sources(entry, "formula"))
    for one in entry["requires"]:
        yield Passage(name, "requires", one["why"])
    for one in entry["questions"]:
        points = [one["q"], *_pairs(one["points"])]
        yield Passage(name, "questions", _joined(points, "\n"))
    for one in entry["cards"]:
        yield Passage(name, "cards", _joined((one["q"], one["a"]), "\n"))
    yield from _about(entry)


def _about(entry: Document) -> Iterator[Passage]:
    """What is particular to a kind of entry, how to read it, and who made it when."""
    name = entry["id"]
    for block in ("course", "book", "tool"):
        if entry[block]:
            yield Passage(name, block, _joined(_block(entry[block]), "\n"), sources(entry, block))
    if entry["reading"]:
        plan = [text for part in entry["reading"].values() if part for text in _pairs(part)]
        yield Passage(name, "reading", _joined(plan, "\n"))
    yield Passage(name, "facts", _facts(entry))


def _block(block: Document) -> Iterator[BothLanguages]:
    """The texts of a block, and of the chapters in it with their names."""
    for name, value in block.items():
        # What takes a tool's place means nothing by itself; `replaced_by` tells the story.
        if isinstance(value, dict) and name != "successor":
            yield {"en": value["en"], "zh": value["zh"]}
    numbers = {"course.lessons": block.get("lessons"), "time.hours": block.get("hours")}
    for key, count in numbers.items():
        if count:
            yield {"en": say(key, "en", count=f"{count:g}"), "zh": say(key, "zh", count=f"{count:g}")}
    for one in block.get("chapters", ()):
        yield {"en": f"{one['part']}: {one['worth']['en']}", "zh": f"{one['part']}：{one['worth']['zh']}"}


def _facts(entry: Document) -> BothLanguages:
    named = entry["authors_zh"]
    chinese = [f"{named[one]} ({one})" if one in named else one for one in entry["authors"]]
    where = ", ".join(one for one in (entry["date"], entry["venue"]) if one)
    return {
        "en": ". ".join(one for one in (entry["title"]["en"], ", ".join(entry["authors"]), where) if one),
        "zh": "。".join(one for one in (entry["title"]["zh"], "、".join(chinese), where) if one),
    }


def _pairs(text: Document) -> list[BothLanguages]:
    """A list in both languages as a list of texts in both."""
    return [{"en": en, "zh": zh} for en, zh in zip(text["en"], text["zh"], strict=False)]


def _joined(texts: Iterable[BothLanguages], by: str) -> BothLanguages:
    kept = list(texts)
    return {"en": by.join(one["en"] for one in kept), "zh": by.join(one["zh"] for one in kept)}


def _same(text: str) -> BothLanguages:
    return {"en": text, "zh": text}


def of_term(term: Document) -> Passage:
    """What the glossary says about a term."""
    names, meaning = term["term"], term["meaning"]
    text: BothLanguages = {
        "en": f"{names['en']}: {meaning['en']}",
        "zh": f"{names['zh']}：{meaning['zh']}",
    }
    return Passage("glossary", term["id"], text)


def pieces(text: str) -> set[str]:
    """The words of a text, its Chinese in pairs of characters."""
    found: set[str] = set()
    for word in folding.words(text):
        if folding.is_han(word[0]):
            found.update(word[at : at + 2] for at in range(max(len(word) - 1, 1)))
        else:
            found.add(word)
    return found


def pages(study: Study) -> Iterator[Passage]:
    """The passages that belong to no entry and to no term."""
    yield from _guide(study)
    yield from _ways(study)


def _guide(study: Study) -> Iterator[Passage]:
    """How to learn, as the guide's own page tells it."""
    guide = study.page("guide")
    for section in guide["sections"] if guide else ():
        for paragraph in _pairs(section["paragraphs"]):
            yield Passage("guide", section["id"], _joined((section["title"], paragraph), "\n"))
    for one in guide["assistants"] if guide else ():
        yield Passage("tools", one["job"], _joined((one["name"], one["advice"]), "\n"))


def _ways(study: Study) -> Iterator[Passage]:
    """What every step of a track took over and left open, and for whom each path is."""
    for track in study.page("tracks"):
        for step in track["steps"]:
            text = _joined((step["took_over"], step["left_open"]), "\n")
            yield Passage(f"tracks/{track['id']}", step["id"], text)
    for path in study.page("paths"):
        yield Passage("paths", path["id"], _joined((path["title"], path["about"]), "\n"))
