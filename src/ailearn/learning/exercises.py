"""Exercises beyond cards: a quiz made from the guide, and the open questions of an entry."""

import json
import random
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from ailearn.catalog import browse, filters, folding, names
from ailearn.catalog.cutting import sources
from ailearn.catalog.documents import Document
from ailearn.catalog.likeness import alike
from ailearn.catalog.query import Condition
from ailearn.catalog.study import Study
from ailearn.errors import NothingFound, UsageError
from ailearn.language import BothLanguages, say
from ailearn.learning.clock import Moment
from ailearn.learning.events import RESULT
from ailearn.learning.journal import Journal, record
from ailearn.learning.passages import explained
from ailearn.learning.schedule import GOOD, GRADES

CHOICE, ORDER, MATCH, OPEN = "choice", "order", "match", "question"
MOST_OPTIONS = 4
# How the kinds take turns.
_TURNS = (CHOICE, CHOICE, ORDER, CHOICE, MATCH)
_Make = Callable[[], "Exercise | None"]


class Exercise(NamedTuple):
    """One question with one right answer, `right`, counted from 0.

    `of` names what was asked: the key of a card, or ids of entries. `explanation` is a few lines, which
    stand in the section `section` of the entry ("" for none); `source` is where its facts were read.
    """

    kind: str
    entry: str
    of: tuple[str, ...]
    question: BothLanguages
    options: tuple[BothLanguages, ...]
    right: int
    explanation: tuple[BothLanguages, ...]
    section: str
    source: str


class Quiz(NamedTuple):
    """Exercises in the order to ask them; the same seed and guide give the same ones."""

    seed: int
    exercises: tuple[Exercise, ...]


class Score(NamedTuple):
    """How a quiz went: how many answers were right, how many questions asked, entries to look at again."""

    right: int
    asked: int
    again: tuple[str, ...]


def quiz(study: Study, seed: int, count: int, conditions: tuple[Condition, ...] = (), name: str = "") -> Quiz:
    """At most `count` exercises about the entries that meet all `conditions`, or the one called `name`.

    Raises NoSuchEntry, UsageError for an unknown topic or track, NothingFound when nothing can be asked.
    """
    where = filters.where(study, conditions)
    rows = study.connection.execute(f"SELECT e.id FROM entry AS e WHERE {where.sql}", where.values)
    chosen = {row[0] for row in rows}
    if name:
        chosen &= {names.resolve(study, name)}
    maker = _Maker(study, chosen, random.Random(seed))
    found = tuple(maker.exercises(count))
    if not found:
        raise NothingFound("error.nothing-to-ask", hint="hint.fewer-filters")
    return Quiz(seed, found)


class _Maker:
    """Makes exercises about `chosen` entries; all others may lend wrong answers."""

    def __init__(self, study: Study, chosen: set[str], chance: random.Random) -> None:
        rows = study.connection.execute("SELECT id, document FROM entry ORDER BY position")
        self.entries: dict[str, Document] = {row[0]: json.loads(row[1]) for row in rows}
        self.chosen = [one for one in self.entries if one in chosen]
        self.terms = [json.loads(row[0]) for row in study.connection.execute("SELECT document FROM term")]
        self.tracks = browse.tracks(study).tracks
        self.chance = chance

    def exercises(self, count: int) -> Iterator[Exercise]:
        """At most `count`, of all kinds in turn."""
        waiting = {kind: self.shuffled(list(made)) for kind, made in self.possible().items()}
        turn = 0
        while count > 0 and any(waiting.values()):
            kind = _TURNS[turn % len(_TURNS)]
            turn += 1
            while waiting[kind]:
                found = waiting[kind].pop()()
                if found is not None:
                    count -= 1
                    yield found
                    break

    def possible(self) -> dict[str, Iterable[_Make]]:
        """What could be asked, by kind; each is made only when its turn comes."""
        entries = [self.entries[one] for one in self.chosen]
        steps = [
            (track, step) for track in self.tracks for step in track["steps"] if step["id"] in self.chosen
        ]
        return {
            CHOICE: [
                lambda entry=entry, card=card: self.choice(entry, card)  # type: ignore[misc]
                for entry in entries
                for card in entry["cards"]
            ],
            ORDER: [lambda track=track, step=step: self.order(track, step) for track, step in steps],  # type: ignore[misc]
            MATCH: [lambda entry=entry: self.match(entry) for entry in entries],  # type: ignore[misc]
        }

    def shuffled(self, items: list[_Make]) -> list[_Make]:
        return self.chance.sample(items, len(items))

    def choice(self, entry: Document, card: Document) -> Exercise | None:
        """A card's question; the wrong answers are those of other entries' cards of the same type."""
        lenders = [
            (self.distance(entry, other, card["a"], lent["a"]) + _unlike(card, lent), other["id"], lent["a"])
            for other in self.entries.values()
            if other["id"] != entry["id"]
            for lent in other["cards"]
            if lent["type"] == card["type"] and not alike(lent["q"], card["q"])
        ]
        wrong = self.wrong(card["a"], lenders)
        if not wrong:
            return None
        options, right = self.mixed(card["a"], wrong)
        why, section, source = explained(entry, card, self.terms)
        key = f"{entry['id']}/{card['id']}"
        return Exercise(CHOICE, entry["id"], (key,), card["q"], options, right, why, section, source)

    def order(self, track: Document, step: Document) -> Exercise | None:
        """Which of some steps of a track came first."""
        others = [one for one in track["steps"] if one["id"] != step["id"]]
        asked = [step]
        for one in self.chance.sample(others, len(others)):
            if len(asked) < MOST_OPTIONS and all(_tell_apart(one["entry"], two["entry"]) for two in asked):
                asked.append(one)
        asked = asked[: self.chance.randint(2, MOST_OPTIONS)]
        if len(asked) < 2:
            return None
        by_date = sorted(asked, key=lambda one: str(one["entry"]["date"]))
        first = by_date[0]
        options, right = self.mixed(_title(first["entry"]), [_title(one["entry"]) for one in by_date[1:]])
        lines = tuple(
            _said(
                "quiz.step", date=one["entry"]["date"], name=one["entry"]["short"], took_over=one["took_over"]
            )
            for one in by_date
        )
        question = _said("quiz.order", track=track["title"])
        ids = tuple(one["id"] for one in by_date)
        return Exercise(ORDER, first["id"], ids, question, options, right, lines, "", f"tracks/{track['id']}")

    def match(self, entry: Document) -> Exercise | None:
        """Which name belongs to an idea, or which idea to a name."""
        if _names_itself(entry):
            return None
        lenders = [
            (self.distance(entry, other, entry["one_liner"], other["one_liner"]), other["id"], other)
            for other in self.entries.values()
            if other["id"] != entry["id"]
            and not _names_itself(other)
            and not alike(other["one_liner"], entry["one_liner"])
        ]
        by_name = self.chance.random() < 0.5
        shown = "short" if by_name else "one_liner"
        texts = [(distance, owner, other[shown]) for distance, owner, other in lenders]
        wrong = self.wrong(entry[shown], texts)
        if not wrong:
            return None
        options, right = self.mixed(entry[shown], wrong)
        if by_name:
            question = _said("quiz.match-name", idea=entry["one_liner"])
        else:
            question = _said("quiz.match-idea", name=entry["short"])
        source = sources(entry, "intuition")
        explanation = (entry["intuition"],)
        entry_id = str(entry["id"])
        return Exercise(
            MATCH, entry_id, (entry_id,), question, options, right, explanation, "intuition", source
        )

    def distance(self, entry: Document, other: Document, right: BothLanguages, lent: BothLanguages) -> int:
        """How little a wrong answer from `other` suits a question about `entry`: 0 is plausible."""
        common = {*entry["tracks"], *entry["topics"]} & {*other["tracks"], *other["topics"]}
        ratio = (len(lent["en"]) + 1) / (len(right["en"]) + 1)
        betrayed = any(
            name.casefold() in lent["en"].casefold() for name in (other["id"], other["short"]["en"])
        )
        unlike = entry["kind"] != other["kind"]
        return int(not common) + int(not 0.5 < ratio < 2) + 2 * int(betrayed) + int(unlike)

    def wrong(
        self, right: BothLanguages, lenders: list[tuple[int, str, BothLanguages]]
    ) -> list[BothLanguages]:
        """The wrong answers: unlike the right one and each other, of different entries where it can be."""
        ranked = sorted(self.chance.sample(lenders, len(lenders)), key=lambda one: one[0])
        found: list[BothLanguages] = []
        owners: set[str] = set()
        for again in (False, True):
            for _, owner, text in ranked:
                if len(found) == MOST_OPTIONS - 1:
                    return found
                if (again or owner not in owners) and not any(alike(text, one) for one in (right, *found)):
                    found.append(text)
                    owners.add(owner)
        return found

    def mixed(
        self, right: BothLanguages, wrong: list[BothLanguages]
    ) -> tuple[tuple[BothLanguages, ...], int]:
        """All options in an order that chance gives, and where the right one stands."""
        place = self.chance.randint(0, len(wrong))
        return (*wrong[:place], right, *wrong[place:]), place


def _unlike(card: Document, lent: Document) -> int:
    """How little the answer of one card has the form that the question of another asks for."""
    has_number = [any(map(str.isdigit, one["a"]["en"])) for one in (card, lent)]
    first_words = [one["q"]["en"].split()[:1] for one in (card, lent)]
    return int(has_number[0] != has_number[1]) + int(first_words[0] != first_words[1])


def _tell_apart(first: Document, second: Document) -> bool:
    """Whether it is known which of two entries came first; 2012 and 2012-05 leave it open."""
    one, two = first["date"], second["date"]
    if not one or not two:
        return False
    length = min(len(one), len(two))
    return bool(one[:length] != two[:length])


def _title(entry: Document) -> BothLanguages:
    short, title = entry["short"], entry["title"]
    return {
        "en": short["en"] if short["en"] == title["en"] else f"{short['en']}: {title['en']}",
        "zh": short["zh"] if short["zh"] == title["zh"] else f"{short['zh']}：{title['zh']}",
    }


def _names_itself(entry: Document) -> bool:
    """Whether an entry's name stands in its one-liner, which gives the answer away."""
    return any(
        folding.name_key(name) in folding.name_key(entry["one_liner"][language])
        for language in ("en", "zh")
        for name in (entry["id"], entry["short"]["en"], entry["short"]["zh"])
    )


def _said(key: str, **texts: object) -> BothLanguages:
    """The program's sentence `key` in both languages, each with its own face of every text in it."""

    def face(language: str) -> dict[str, object]:
        return {name: one[language] if isinstance(one, dict) else one for name, one in texts.items()}

    return {"en": say(key, "en", **face("en")), "zh": say(key, "zh", **face("zh"))}


def keep_answer(journal: Journal, moment: Moment, exercise: Exercise, given: int) -> bool:
    """Record the answer `given`, counted from 0; says whether it was right.

    Raises ProgressError when it cannot be recorded.
    """
    right = given == exercise.right
    payload = {"exercise": exercise.kind, "right": right, "of": list(exercise.of)}
    record(journal, moment, RESULT, {exercise.entry: payload})
    return right


def score(answers: Iterable[tuple[Exercise, bool]]) -> Score:
    """The score after these answers, each with whether it was right."""
    given = list(answers)
    again = dict.fromkeys(exercise.entry for exercise, right in given if not right)
    return Score(sum(right for _, right in given), len(given), tuple(again))


class Questions(NamedTuple):
    """The open questions of an entry, each with the points that a good answer holds."""

    entry: Document
    questions: tuple[Document, ...]


def questions(study: Study, name: str) -> Questions:
    """The open questions of the entry called `name`. Raises NoSuchEntry; NothingFound when it has none."""
    entry = browse.entry(study, name)
    if not entry["questions"]:
        raise NothingFound("error.no-questions", hint="hint.quiz-instead", id=entry["id"])
    return Questions(browse.summary(study, entry["id"]), tuple(entry["questions"]))


def keep_written(
    journal: Journal, moment: Moment, asked: Questions, number: int, text: str, grade: int
) -> None:
    """Record the reader's answer to the question `number`, from 1, and the grade she gave it, 1 to 4.

    Raises UsageError for another grade, ProgressError when it cannot be recorded.
    """
    if grade not in GRADES:
        raise UsageError("error.grade", hint="hint.grade", value=grade)
    entry_id = asked.entry["id"]
    payload = {
        "exercise": OPEN,
        "right": grade >= GOOD,
        "of": [f"{entry_id}#{number}"],
        "grade": grade,
        "text": text,
    }
    record(journal, moment, RESULT, {entry_id: payload})
