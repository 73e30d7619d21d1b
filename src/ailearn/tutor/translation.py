"""Immersive translation: paragraph by paragraph, with the guide's terms, kept as each one is done."""

import re
from collections.abc import Callable, Iterator, Sequence
from time import sleep
from typing import Literal, NamedTuple

from ailearn.catalog import folding
from ailearn.errors import NetworkError
from ailearn.network import BrokenOff
from ailearn.tutor import placeholders
from ailearn.tutor.documents import CELL, Block, Document
from ailearn.tutor.failures import Busy, Refused
from ailearn.tutor.fences import fenced
from ailearn.tutor.placeholders import Marked
from ailearn.tutor.talk import Compose, Ending, Message, Reply, Request
from ailearn.tutor.teacher import Teacher
from ailearn.tutor.terms import Target, Term, Terms
from ailearn.tutor.translation_cache import Cache, key_of
from ailearn.tutor.unwrapping import unwrapped
from ailearn.tutor.wording import wording

# Why a paragraph has no translation, in `messages` as `translate.<reason>`.
Reason = Literal["marks", "language", "same", "empty", "long", "length", "refused"]
_TEMPERATURE = 0.2
# A paragraph goes along in parts of at most so many characters, cut where sentences end: a model of 4,096
# tokens must hold it, its translation and what is asked.
_LONGEST = {"zh": 2400, "en": 900}
# How much of the paragraph before goes along, so that `it` and `this` are understood.
_BEFORE = 400
# Seconds to wait for a busy server that does not say how long, and the longest that it may ask for.
_PAUSES = (2.0, 5.0, 15.0, 30.0, 60.0)
_LONGEST_WAIT = 120.0
# So often a paragraph is asked for again whose answer broke off.
_BREAKS = 2
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’)\]]*\s+(?=[\"“‘(\[A-Z0-9⟦])|(?<=[。！？；])[”’）」』]*")
# From so many words on, what comes back in its own language is no translation; shorter texts may be names.
_SHORT = 6
# How much longer than its original a translation may be: so many times, and so many characters more.
_GROWTH = {"zh": (2, 80), "en": (7, 100)}
# Answers without a word, which the next paragraph need not get.
_WORDLESS: dict[str, Ending] = {"error.tutor-empty": "done", "error.tutor-only-thoughts": "length"}
# Of these translations were kept that had lost signs and words; they are asked for anew.
_CLEANING = "2"


class Part(NamedTuple):
    """What is sent at once: a paragraph, or some sentences of it; `gap` parts it from those before."""

    text: str
    terms: tuple[Term, ...]
    gap: str


class Unit(NamedTuple):
    """A block with what is needed to translate it; without `parts` it stays alone."""

    block: Block
    marked: Marked
    parts: tuple[Part, ...]
    title: str
    heading: str
    before: str


class Outcome(NamedTuple):
    """What became of a block: its translation, or None with the `reason`, empty where none was wanted.

    `deviations` are the terms that the translation calls otherwise.
    """

    translation: str | None
    reason: Reason | Literal[""] = ""
    deviations: tuple[Term, ...] = ()


class Task(NamedTuple):
    """How much there is to do: the parts that are not kept yet, their characters, and all parts."""

    parts: int
    characters: int
    total: int


def target_for(document: Document, reader: str) -> Target:
    """The language to translate into: the reader's own; the other one where all is in hers already.

    A reader of both languages gets the one that the text lacks, and so does a reader of English.
    """
    if reader == "zh":
        return "zh"
    text = " ".join(block.text for block in document.blocks)
    return "en" if _is_chinese(text) else "zh"


def plan(document: Document, terms: Terms, title: str = "") -> tuple[Unit, ...]:
    """A unit for every block of a document."""
    units: list[Unit] = []
    heading, before = "", ""
    for block in document.blocks:
        marked = placeholders.protect(block.text, document.references)
        wanted = block.kind != "kept" and needs_translation(placeholders.bare(marked.text), terms.target)
        parts = tuple(_parts(marked.text, terms)) if wanted else ()
        units.append(Unit(block, marked, parts, title or document.title, heading, before))
        if block.kind == "heading":
            heading, before = block.text, ""
        elif block.kind != "kept":
            before = block.text.replace(CELL, " | ")
    return tuple(units)


def _is_chinese(text: str) -> bool:
    return not needs_translation(text, "zh") and any(map(folding.is_han, text))


def needs_translation(text: str, target: Target) -> bool:
    """Whether a text is in another language than `target`, as far as its letters tell."""
    han = sum(1 for one in text if folding.is_han(one))
    kana = sum(1 for one in text if "\u3041" <= one <= "\u30fa")
    words = sum(1 for one in folding.words(text) if not folding.is_han(one) and any(map(str.isalpha, one)))
    if target == "zh":
        return words + 2 * kana > han
    other = sum(1 for one in text if one.isalpha() and not one.isascii() and _far(one))
    return other > 0 and other >= words


def _far(letter: str) -> bool:
    """Whether a letter is none of the Latin script, with its accents."""
    return ord(letter) > 0x24F and not 0x1E00 <= ord(letter) <= 0x1EFF


def _parts(text: str, terms: Terms) -> Iterator[Part]:
    longest = _LONGEST[terms.target]
    gap = "" if terms.target == "zh" else " "
    for number, piece in enumerate(_pieces(text, longest)):
        yield Part(piece, terms.used_in(placeholders.bare(piece)), gap if number else "")


def _pieces(text: str, longest: int) -> Iterator[str]:
    """A text in pieces that end with a sentence, or a word where one is longer than that."""
    begin = 0
    while len(text) - begin > longest:
        limit = begin + longest
        ends = [one.end() for one in _SENTENCE_END.finditer(text, begin, limit)]
        enough = [end for end in ends if end > begin + longest // 4]
        at = enough[-1] if enough else text.rfind(" ", begin, limit) + 1 or limit
        # A mark is never cut in two.
        opened = text.rfind("⟦", begin, at)
        if opened > text.rfind("⟧", begin, at):
            at = opened if opened > begin else limit
        yield text[begin:at].strip()
        begin = at
    if text[begin:].strip():
        yield text[begin:].strip()


def compose(unit: Unit, part: Part, target: Target, again: tuple[Message, ...] = ()) -> Compose:
    """The request for one part. With less room the paragraph before is left out, then title and heading."""

    def request(share: float) -> Request:
        system = f"{wording('translate.system', target)}\n\n{wording('system.data', target)}"
        about: list[str] = []
        if share > 0.0:
            named = unit.title and unit.title != unit.block.text
            about += [_named("title", unit.title, target)] if named else []
            about += [_named("heading", unit.heading, target)] if unit.heading else []
        if share > 0.5 and unit.before:
            about.append(_named("before", unit.before[-_BEFORE:], target))
        if part.terms:
            listed = "\n".join(f"{one.found} = {one.wanted}" for one in part.terms)
            about.append(f"{wording('translate.terms', target)}\n{listed}")
        about.append(fenced("text", part.text))
        messages = (Message("system", system), Message("user", "\n\n".join(about)), *again)
        return Request(messages, temperature=_TEMPERATURE)

    return request


def _named(tag: Literal["title", "heading", "before"], text: str, target: Target) -> str:
    """What stands around a part, with a word on what it is; it comes from the text, and is data like it."""
    return f"{wording(f'translate.{tag}', target)}\n{fenced(tag, text)}"


class Translator:
    """Translates the units of a document, one request after the other.

    `waits` is told the seconds before the translator waits for a busy server.
    """

    def __init__(
        self,
        model: str,
        terms: Terms,
        cache: Cache,
        waits: Callable[[float], None],
        teacher: Teacher | None = None,
    ) -> None:
        self._teacher = teacher
        self._model = model
        self._terms = terms
        self._target = terms.target
        self._cache = cache
        self._waits = waits
        self._form = tuple(wording(one, self._target) for one in ("translate.system", "translate.terms"))

    def with_teacher(self, teacher: Teacher) -> "Translator":
        """The same, with somebody to ask."""
        return Translator(self._model, self._terms, self._cache, self._waits, teacher)

    @property
    def model(self) -> str:
        """The model that translates."""
        return self._model

    @property
    def lasts(self) -> bool:
        """Whether another run goes on where this one ends."""
        return self._cache.lasts

    def task(self, units: Sequence[Unit]) -> Task:
        """How much is left to be asked for."""
        parts = {self._key(part): part for unit in units for part in unit.parts}
        left = [part for key, part in parts.items() if self._cache.get(key) is None]
        return Task(len(left), sum(len(one.text) for one in left), sum(len(one.parts) for one in units))

    def kept(self, unit: Unit) -> bool:
        """Whether nothing needs to be asked for a unit."""
        return all(self._cache.get(self._key(part)) is not None for part in unit.parts)

    def translate(self, unit: Unit) -> Outcome:
        """Translate a unit.

        Raises KeyboardInterrupt when the reader stops it, NetworkError when the model cannot be asked.
        """
        whole = ""
        deviations: list[Term] = []
        for part in unit.parts:
            found = self._part(unit, part)
            if found.translation is None:
                return found
            whole += part.gap + found.translation
            deviations += found.deviations
        if not unit.parts:
            return Outcome(None)
        # Whatever a unit's parts hold was checked; nothing in the whole is lost or doubled.
        translation = placeholders.restored(whole, unit.marked)
        if _same_words(translation, unit.block.text):
            return Outcome(None)
        if unit.marked.cells:
            translation = _changed_cells(translation, unit.block.text)
        return Outcome(translation, deviations=tuple(deviations))

    def _key(self, part: Part) -> str:
        terms = [f"{one.found}={one.wanted}" for one in part.terms]
        return key_of(part.text, self._target, self._model, terms, self._form, _CLEANING)

    def _part(self, unit: Unit, part: Part) -> Outcome:
        key = self._key(part)
        kept = self._cache.get(key)
        if kept is not None:
            return Outcome(kept, deviations=self._terms.missing(part.terms, kept))
        first = self._attempt(unit, part)
        best = first
        if (first.reason or first.missing) and first.reason not in ("length", "refused"):
            second = self._attempt(unit, part, self._complaint(part, first))
            # The second is better informed; it only loses where it lost more.
            best = min(second, first, key=_Attempt.faults)
        if best.reason:
            return Outcome(None, best.reason)
        self._cache.keep(key, best.translation)
        return Outcome(best.translation, deviations=best.missing)

    def _attempt(self, unit: Unit, part: Part, again: tuple[Message, ...] = ()) -> "_Attempt":
        reply = self._ask(compose(unit, part, self._target, again))
        if reply is None or reply.ending == "refused":
            return _Attempt("", "", "refused")
        if reply.ending == "length":
            return _Attempt(reply.text, "", "length")
        translation = placeholders.tidied(unwrapped(reply.text, part.text))
        wrong = placeholders.misplaced(part.text, translation, unit.marked)
        reason = _fault(part.text, translation, self._target) or ("marks" if wrong else "")
        missing = self._terms.missing(part.terms, translation)
        return _Attempt(reply.text, translation, reason, tuple(wrong), missing)

    def _complaint(self, part: Part, attempt: "_Attempt") -> tuple[Message, ...]:
        """What the model is told after an answer that will not do; after none, nothing more than before."""
        if attempt.reason == "empty":
            return ()
        told = [wording("translate.again", self._target)]
        if attempt.reason in ("language", "same"):
            told.append(wording("translate.again-language", self._target))
        if attempt.reason == "long":
            told.append(wording("translate.again-only", self._target))
        if attempt.marks:
            marks = " ".join(f"⟦{one}⟧" for one in placeholders.numbers(part.text))
            told.append(
                wording("translate.again-marks", self._target, wrong=" ".join(attempt.marks), marks=marks)
            )
        if attempt.missing:
            listed = "\n".join(f"{one.found} = {one.wanted}" for one in attempt.missing)
            told.append(wording("translate.again-terms", self._target, terms=listed))
        said = attempt.said.strip()[: 4 * len(part.text) + 200]
        return Message("assistant", said), Message("user", "\n".join(told))

    def _ask(self, request: Compose) -> Reply | None:
        """The model's answer, for which a busy server is waited for; None where the request was refused."""
        assert self._teacher is not None, "whoever asks has somebody to ask"
        pauses = list(_PAUSES)
        breaks = 0
        while True:
            try:
                reply = self._teacher.answer(request)
            except Busy as busy:
                if not pauses or (busy.wait or 0.0) > _LONGEST_WAIT:
                    raise
                pause = pauses.pop(0)
                pause = pause if busy.wait is None else busy.wait
                self._waits(pause)
                sleep(pause)
                continue
            except Refused:
                return None
            except BrokenOff:
                if breaks == _BREAKS:
                    raise
                breaks += 1
                continue
            except NetworkError as error:
                if error.key not in _WORDLESS:
                    raise
                return Reply("", _WORDLESS[error.key], self._model)
            if reply.ending == "stopped":
                raise KeyboardInterrupt
            if reply.ending != "cut":
                return reply
            if breaks == _BREAKS:
                raise NetworkError("error.translate-cut", hint="hint.network-later")
            breaks += 1


class _Attempt(NamedTuple):
    """One answer of the model: what it said, the translation in it, and what is wrong with that."""

    said: str
    translation: str
    reason: Reason | Literal[""] = ""
    marks: tuple[str, ...] = ()
    missing: tuple[Term, ...] = ()

    def faults(self) -> tuple[bool, int]:
        """The fewer, the better."""
        return bool(self.reason), len(self.missing)


def _fault(text: str, translation: str, target: Target) -> Reason | Literal[""]:
    """What makes an answer no translation of `text`, apart from its marks and terms."""
    if not translation:
        return "empty"
    more, least = _GROWTH[target]
    if len(translation) > more * len(text) + least:
        return "long"
    said = placeholders.bare(translation)
    if len(folding.words(placeholders.bare(text))) < _SHORT or not needs_translation(said, target):
        return ""
    return "same" if _same_words(translation, text) else "language"


def _same_words(one: str, other: str) -> bool:
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()


def _changed_cells(translation: str, text: str) -> str:
    """The cells of a row; those that are the same in both languages are left empty."""
    pairs = zip(translation.split(CELL), text.split(CELL), strict=True)
    return CELL.join("" if _same_words(one, other) else one for one, other in pairs)
