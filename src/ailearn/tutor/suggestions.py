"""New cards from a text, written by a model; what the text does not hold, or is known already, is refused."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple, get_args

from ailearn.catalog.added_cards import OWN_PREFIX, card_findings
from ailearn.catalog.documents import Document
from ailearn.catalog.likeness import alike
from ailearn.catalog.model import Card, CardType, Text
from ailearn.catalog.text_checks import ANSWER_LIMITS, mended_chinese
from ailearn.language import BothLanguages, Language, label
from ailearn.tutor import documents
from ailearn.tutor.brief import entry_brief
from ailearn.tutor.fences import fenced
from ailearn.tutor.quotes import quoted_from
from ailearn.tutor.reader import Reader
from ailearn.tutor.room import beginning, room_of
from ailearn.tutor.structured import Unusable, ask_for_object, objects_under, text_in
from ailearn.tutor.talk import Compose, Message, Request
from ailearn.tutor.teacher import Teacher
from ailearn.tutor.wording import wording

TYPES: tuple[CardType, ...] = get_args(CardType)
# How much of a text goes along at a share of 1.0, in Latin characters, and never less than this share.
_ROOM = 7000
_LEAST_SHARE = 0.2
# A long text is read in parts, so many cards from each.
_FROM_PART = 2
# So many of the questions that are asked already go along, the latest ones.
_MOST_KNOWN = 30
# Letters; what is longer is no excerpt.
_LONGEST_EXCERPT = 600
_REFERENCES = re.compile(r"(?:\d+\.?\s*)?(?:references|bibliography|参考文献)\W*", re.IGNORECASE)
# Marks of Markdown inside a line, which nobody quotes.
_EMPHASIS = re.compile(r"\*\*|__|`")


class Material(NamedTuple):
    """What cards are to be made from: the parts of a text, and what that is called on the cards."""

    source: str
    parts: tuple[str, ...]


class Suggestion(NamedTuple):
    """A card that a model proposes; `excerpt` are the words of the text on which it rests."""

    type: CardType
    q: BothLanguages
    a: BothLanguages
    excerpt: str
    source: str

    def card(self, card_id: str) -> Card:
        """It as a card of the content."""
        question, answer = Text(self.q["en"], self.q["zh"]), Text(self.a["en"], self.a["zh"])
        return Card(card_id, self.type, question, answer, self.excerpt or None, self.source or None)


class Refused(NamedTuple):
    """How many proposals were refused: their excerpt is not in the text, they repeat, they break a rule."""

    excerpt: int = 0
    alike: int = 0
    rules: int = 0


class Suggestions(NamedTuple):
    """What came of asking for cards for the entry with the id `entry`."""

    entry: str
    source: str
    cards: tuple[Suggestion, ...]
    refused: Refused
    model: str


def from_entry(entry: Document, language: Language) -> Material:
    """The guide's own text on an entry."""
    text = entry_brief(entry, "zh" if language == "zh" else "en")
    return Material(entry["id"], (_EMPHASIS.sub("", text),))


def from_document(document: documents.Document, source: str, count: int) -> Material:
    """A text of the reader's, as many parts of it as `count` cards need, spread over the whole."""
    paragraphs = []
    for block in document.blocks:
        if block.kind == "heading" and _REFERENCES.fullmatch(block.text.strip()):
            break
        text = (block.text or block.source).replace(documents.CELL, " | ").strip()
        if text:
            paragraphs.append(_EMPHASIS.sub("", text) if document.form == "markdown" else text)
    parts = _parts(paragraphs)
    wanted = min(len(parts), -(-count // _FROM_PART))
    step = (len(parts) - 1) / max(wanted - 1, 1)
    return Material(source, tuple(parts[round(number * step)] for number in range(wanted)))


def _parts(paragraphs: Sequence[str]) -> list[str]:
    """Paragraphs put together to parts that a request has room for."""
    parts: list[list[str]] = []
    used = 0.0
    for paragraph in paragraphs:
        room = room_of(paragraph)
        if not parts or used + room > _ROOM:
            parts.append([])
            used = 0
        parts[-1].append(paragraph)
        used += room
    return ["\n\n".join(part) for part in parts]


def suggest(
    teacher: Teacher,
    entry: Document,
    text: str,
    source: str,
    known: Sequence[Document],
    count: int,
    reader: Reader,
) -> Suggestions:
    """At most `count` new cards for an entry from one part of a text; `known` are the cards there are.

    Raises NetworkError when the model does not answer, or not in the form asked for; KeyboardInterrupt when
    the reader stops it.
    """
    sieve = _Sieve(entry["id"], text, source, known)
    compose = request(entry, text, known, count, reader)
    try:
        model = ask_for_object(teacher, compose, sieve.read, reader.language).model
    except Unusable:
        if not any(sieve.refused):
            raise
        model = teacher.endpoint.model
    return Suggestions(entry["id"], source, tuple(sieve.cards[:count]), sieve.refused, model)


def request(entry: Document, text: str, known: Sequence[Document], count: int, reader: Reader) -> Compose:
    """What a model is asked for: `count` cards from a text."""
    language = reader.language
    asked = "\n".join(f"- {label(card['q'], language)}" for card in known[-_MOST_KNOWN:])
    words, characters = ANSWER_LIMITS

    def compose(share: float) -> Request:
        system = wording("cards.system", language, data=wording("system.data", language))
        told = wording(
            "cards.ask",
            language,
            text=fenced("text", beginning(text, _ROOM * max(share, _LEAST_SHARE)), entry["id"]),
            known=fenced("known", asked or "-"),
            name=label(entry["title"], language),
            count=count,
            types=", ".join(TYPES),
            words=words,
            characters=characters,
        )
        return Request((Message("system", system), Message("user", told)), as_json=True, temperature=0.3)

    return compose


class _Sieve:
    """Takes a model's cards apart, and keeps those that stand."""

    def __init__(self, entry_id: str, text: str, source: str, known: Sequence[Document]) -> None:
        self.entry_id, self.text, self.source = entry_id, text, source
        self.known: list[tuple[BothLanguages, BothLanguages]] = [(one["q"], one["a"]) for one in known]
        self.cards: list[Suggestion] = []
        self.refused = Refused()

    def read(self, data: dict[str, Any]) -> None:
        """Keep the good ones. Raises ValueError when there is none, or no list of cards at all."""
        proposed = objects_under(data, "cards")
        problems = [problem for one in proposed if (problem := self._take(one))]
        if not self.cards:
            raise ValueError("; ".join(dict.fromkeys(problems)) or 'there is nothing in "cards"')

    def _take(self, data: dict[str, Any]) -> str:
        """Keep one card if it is good; otherwise what is wrong with it."""
        try:
            card = self._card(data)
        except ValueError as error:
            self.refused = self.refused._replace(rules=self.refused.rules + 1)
            return str(error)
        found = quoted_from(self.text, card.excerpt)
        if not found or len(found) > _LONGEST_EXCERPT:
            self.refused = self.refused._replace(excerpt=self.refused.excerpt + 1)
            return f'the excerpt "{card.excerpt[:80]}" does not stand in the text word for word'
        if any(_repeats(card, q, a) for q, a in self.known):
            self.refused = self.refused._replace(alike=self.refused.alike + 1)
            return f'"{card.q["en"][:80]}" asks what another card asks'
        self.known.append((card.q, card.a))
        self.cards.append(card._replace(excerpt=found))
        return ""

    def _card(self, data: dict[str, Any]) -> Suggestion:
        kind = text_in(data, "type").casefold()
        if kind not in TYPES:
            raise ValueError(f'"type" must be one of {", ".join(TYPES)}')
        card = Suggestion(
            kind,
            _bilingual(data, "q"),
            _bilingual(data, "a"),
            text_in(data, "excerpt"),
            self.source,
        )
        findings = card_findings(self.entry_id, card.card(f"{OWN_PREFIX}card"))
        if findings:
            raise ValueError(findings[0].message("en"))
        return card


def _repeats(card: Suggestion, question: BothLanguages, answer: BothLanguages) -> bool:
    same = any(card.q[one].casefold() == question[one].casefold() for one in ("en", "zh"))
    return same or (alike(card.q, question) and alike(card.a, answer))


def _bilingual(data: dict[str, Any], key: str) -> BothLanguages:
    value = data.get(key)
    if not isinstance(value, dict):
        raise ValueError(f'"{key}" must hold "en" and "zh"')
    return {"en": text_in(value, "en"), "zh": mended_chinese(text_in(value, "zh"))}
