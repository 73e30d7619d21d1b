"""What a question asks for: its kind, the entries and terms it names, and the words that carry it.

A question is no query: it may be a whole sentence in either language, it holds words that only ask, and not
all of its words need to stand in an answer.
"""

import itertools
import json
import math
import re
from collections.abc import Iterator
from typing import NamedTuple

from ailearn.catalog import filters, folding, search
from ailearn.catalog.documents import Document
from ailearn.catalog.question_kinds import kinds_of, only_asks
from ailearn.catalog.study import Study

# More of a question than these words is not read.
_MOST_WORDS = 60
# A name of an entry or a term has at most so many Latin words and Han characters.
_LONGEST_NAME = 10
# So many words may two of them span that make a phrase.
_LONGEST_PHRASE = 4
# A name that more entries than these have among their authors says little.
_MOST_WORKS = 8
# The rank of aliases among the names of an entry.
_ALIAS = 2
# Words with fewer letters than this are looked for as they are.
_SHORT = 4
_STRONG = ("ings", "ing", "ers", "er", "ed")
_ENDINGS = (
    "isation", "ization", "ations", "ation", "ings", "ing", "ises", "izes", "ised", "ized", "ise", "ize",
    "ions", "ion", "ers", "er", "ed", "es", "ly", "s", "e",
)  # fmt: skip
# What parts a run of Han characters into its subjects, and characters that seldom belong to one.
_ASKING = (
    f"{search.ASKING}|区别|差别|不同|对比|比较|相比|缺点|局限|不足|优点|好处|坏处|原理|意思|含义|作用|解释|一下|讲讲|说说|说明"
    "|介绍|帮我|告诉|为何|多大|多快|多久|几个|几层|何时|哪年|哪里|这个|那个|这样|它们|我们|你们|就是|需要|一个|一种|一篇|作者"
    "|是否|到底|究竟|问题|用来|进行|通过|实现|所以|因为|如果|指的是|用了|要先|先懂|先学|先看|先读"
    "|之前|零基础|从零|开始|入门|新手|公式|[几谁哪它我你她他请是儿]"
)
_WEAK = frozenset("就都也要会能有没与和跟在为把被让给对从到得地嘛还又而但不很这那")


class Wording(NamedTuple):
    """One way to say something, to be looked for in folded text: `hint` is a part that must be there."""

    hint: str
    pattern: "re.Pattern[str] | None"

    def within(self, folded: str) -> bool:
        """Whether `folded` text holds it."""
        return self.hint in folded and (self.pattern is None or self.pattern.search(folded) is not None)


class Group(NamedTuple):
    """A word or name of the question: any of `wordings` says it, the rarer in the guide the heavier.

    `entries` are the ids of the entries that it names, `outright` when they are called so and it is no mere
    alias or author; `terms` those of glossary terms. What is `extra` may speak for a passage without its
    absence speaking against it.
    """

    wordings: tuple[Wording, ...]
    weight: float
    entries: frozenset[str] = frozenset()
    outright: bool = False
    terms: frozenset[str] = frozenset()
    extra: bool = False


class Question(NamedTuple):
    """A question, read.

    `weight` counts the words too that the guide does not know; `kinds` maps sections to how well they suit.
    """

    groups: tuple[Group, ...]
    weight: float
    expression: str
    entries: tuple[str, ...]
    terms: tuple[str, ...]
    kinds: frozenset[str]
    suits: dict[str, float]


class _Unit(NamedTuple):
    """A Latin word or one Han character; a `guessed` word is what another one was taken for."""

    text: str
    han: bool
    guessed: bool = False


def read_question(study: Study, text: str) -> Question:
    """What `text` asks for. Slips of the finger are corrected where the guide has a word so near."""
    # Bytes of an argument that are no UTF-8 arrive as lone surrogates, which no database takes.
    words = folding.words(text.encode("utf-8", "replace").decode())[:_MOST_WORDS]
    kinds = kinds_of(words)
    suits: dict[str, float] = {}
    for kind in kinds:
        for section, factor in kind.suits.items():
            suits[section] = max(factor, suits.get(section, 0))
    reading = _Reading(study, words)
    named = reading.named()
    groups = (*named, *reading.words(), *reading.phrases(), *reading.han_pairs())
    return Question(
        groups,
        sum(one.weight for one in groups if not one.extra) + reading.unknown,
        reading.expression(),
        tuple(dict.fromkeys(one for group in named for one in sorted(group.entries))),
        tuple(dict.fromkeys(one for group in named for one in sorted(group.terms))),
        frozenset(kind.name for kind in kinds),
        suits,
    )


class _Reading:
    """A question while it is read: which of its units are accounted for, and what the guide does not know."""

    def __init__(self, study: Study, words: list[str]) -> None:
        self._study = study
        counted = study.connection.execute(
            "SELECT (SELECT count(*) FROM entry) + (SELECT count(*) FROM term)"
        )
        self._items = int(counted.fetchone()[0])
        self._expressions: list[tuple[int, str]] = []
        self._units = self._spelled(words)
        self._taken = [False] * len(self._units)
        self.unknown = 0.0

    def _spelled(self, words: list[str]) -> list[_Unit]:
        """The units of a question, words that the guide does not know replaced by what they come near to."""
        units: list[_Unit] = []
        for word in words:
            if folding.is_han(word):
                units += [_Unit(one, True) for one in word[:_MOST_WORDS]]
            elif only_asks(word) or self._count(f'"{word}"'):
                units.append(_Unit(word, False))
            elif self._count(filters.expression(word)):
                units += [_Unit(part, False) for part in folding.parted(word)]
            else:
                nearest = search.nearest_word(self._study, word)
                units.append(_Unit(nearest or word, False, nearest is not None))
        return units

    def _count(self, expression: str) -> int:
        sql = "SELECT count(*) FROM search WHERE search MATCH ?"
        return int(self._study.connection.execute(sql, (expression,)).fetchone()[0])

    def _weight(self, expression: str) -> float:
        """How much something tells: the more, the fewer items of the guide hold it; 0 when none does."""
        count = self._count(expression)
        if not count:
            return 0.0
        self._expressions.append((count, expression))
        return self._rarity(count)

    def _rarity(self, count: int) -> float:
        return math.log(1 + self._items / (count + 0.5))

    def named(self) -> list[Group]:
        """The entries and terms that the question names, longer names before those within them."""
        windows = self._windows()
        keys = json.dumps([*windows, *(one[:-1] for one in windows if one[-1] == "s")])
        entries: dict[str, list[tuple[str, int]]] = {}
        for key, entry, rank in self._study.connection.execute(
            "SELECT key, entry, rank FROM name WHERE key IN (SELECT value FROM json_each(?))", (keys,)
        ):
            entries.setdefault(key, []).append((entry, rank))
        terms: dict[str, list[Document]] = {}
        for key, document in self._study.connection.execute(
            "SELECT n.key, t.document FROM term_name AS n JOIN term AS t USING (position)"
            " WHERE n.key IN (SELECT value FROM json_each(?))",
            (keys,),
        ):
            terms.setdefault(key, []).append(json.loads(document))
        groups = []
        for window in sorted(windows, key=len, reverse=True):
            start, end = windows[window]
            key = window if window in entries or window in terms else window.removesuffix("s")
            if any(self._taken[start:end]) or not (key in entries or key in terms):
                continue
            group = self._name(self._units[start:end], entries.get(key, []), terms.get(key, []))
            # What only hints at an entry, such as "query key value", may be made of names that say more.
            if group.outright or group.terms:
                self._taken[start:end] = [True] * (end - start)
            groups += [group, *self._words_within(self._units[start:end], group)]
        return groups

    def _words_within(self, units: list[_Unit], group: Group) -> Iterator[Group]:
        """The words of a term, each of which says a little of it too: "block" of a "residual block"."""
        if len(units) == 1 or group.outright or not group.terms:
            return
        for unit in units:
            if not (unit.han or only_asks(unit.text)):
                weight = self._rarity(self._count(f'"{unit.text}"')) / 3
                yield Group((_wording([unit]),), weight, extra=True)

    def _windows(self) -> dict[str, tuple[int, int]]:
        """Every run of units that may be a name, as a key of names, with the places of its units."""
        found: dict[str, tuple[int, int]] = {}
        for start in range(len(self._units)):
            for end in range(start + 1, min(start + _LONGEST_NAME, len(self._units)) + 1):
                units = self._units[start:end]
                if len(units) == 1 and (only_asks(units[0].text) or not self._stands_alone(start)):
                    continue
                found.setdefault("".join(one.text for one in units), (start, end))
        return found

    def _stands_alone(self, at: int) -> bool:
        """Whether a unit is no Han character in the midst of others."""
        beside = self._units[max(at - 1, 0) : at] + self._units[at + 1 : at + 2]
        return not self._units[at].han or not any(one.han for one in beside)

    def _name(self, units: list[_Unit], entries: list[tuple[str, int]], terms: list[Document]) -> Group:
        said = [_wording(units)]
        expressions = [filters.expression(_text(units), True)]
        for term in terms:
            for name in (term["term"]["en"], term["term"]["zh"], *term["aliases"]):
                # A single character is a part of many other words.
                if len(name) > 1:
                    said.append(_wording(_units(name)))
                expressions.append(filters.expression(name, True))
        weight = self._weight(" OR ".join(f"({one})" for one in dict.fromkeys(expressions)))
        outright = any(rank != _ALIAS for _, rank in entries)
        return Group(
            tuple(dict.fromkeys(said)),
            weight or self._rarity(0),
            frozenset(entry for entry, _ in entries),
            outright,
            frozenset(term["id"] for term in terms),
        )

    def _written_by(self, expression: str) -> frozenset[str]:
        """The ids of the entries of an author who is called so, unless half the guide is."""
        rows = self._study.connection.execute(
            "SELECT e.id FROM search AS s JOIN entry AS e ON e.position = s.rowid"
            " WHERE s.search MATCH ? LIMIT ?",
            (f"authors : ({expression})", _MOST_WORKS + 1),
        ).fetchall()
        return frozenset(row[0] for row in rows) if len(rows) <= _MOST_WORKS else frozenset()

    def words(self) -> list[Group]:
        """The Latin words that are no part of a name."""
        groups = []
        for at, unit in enumerate(self._units):
            if unit.han or self._taken[at] or only_asks(unit.text):
                continue
            weight = self._weight(f'"{unit.text}"')
            if unit.guessed:
                weight /= 2
            if weight:
                groups.append(Group((_wording([unit]),), weight, self._written_by(f'"{unit.text}"')))
            if unit.guessed or not weight:
                self.unknown += self._rarity(0) - weight
        return groups

    def phrases(self) -> list[Group]:
        """Two telling words that stand together in the question, with what may stand between them."""
        telling = [
            at
            for at, unit in enumerate(self._units)
            if not (unit.han or self._taken[at] or only_asks(unit.text))
        ]
        groups = []
        for start, end in itertools.pairwise(telling):
            units = self._units[start : end + 1]
            if len(units) <= _LONGEST_PHRASE and not any(self._taken[start:end]):
                count = self._count(filters.expression(_text(units), True))
                if count:
                    groups.append(Group((_wording(units),), self._rarity(count) / 2, extra=True))
        return groups

    def han_pairs(self) -> list[Group]:
        """The Han characters that are no part of a name, in pairs that the guide knows."""
        groups: dict[str, Group] = {}
        for part in self._han_parts():
            known = [False] * len(part)
            for at in range(len(part) - 1):
                pair = part[at : at + 2]
                weak = len(_WEAK.intersection(pair))
                weight = self._weight(f'"{pair[0]} {pair[1]}"') if weak < 2 else 0.0
                if weight:
                    known[at] = known[at + 1] = True
                    people = self._written_by(f'"{pair[0]} {pair[1]}"')
                    groups[pair] = Group((Wording(pair, None),), weight / 2**weak, people, extra=weak > 0)
            if len(part) == 1 and part not in _WEAK:
                # A single character says little, for it is a part of many words.
                weight = self._weight(f'"{part}"') / 4
                groups[part] = Group((Wording(part, None),), weight, extra=True)
                known[0] = weight > 0
            left = sum(not one for one, sign in zip(known, part, strict=True) if sign not in _WEAK)
            self.unknown += left * self._rarity(0) / 2
        return list(groups.values())

    def _han_parts(self) -> list[str]:
        text = "".join(
            unit.text if unit.han and not taken else " "
            for unit, taken in zip(self._units, self._taken, strict=True)
        )
        return [part for part in re.split(rf"{_ASKING}|\s", text) if part]

    def expression(self) -> str:
        """The FTS5 expression for whatever holds any of the words; what most items hold only adds time."""
        rare = [one for count, one in self._expressions if count * 2 < self._items]
        return " OR ".join(f"({one})" for one in rare or [one for _, one in self._expressions])


def _units(text: str) -> list[_Unit]:
    found: list[_Unit] = []
    for word in folding.words(text):
        found += [_Unit(one, True) for one in word] if folding.is_han(word) else [_Unit(word, False)]
    return found


def _text(units: list[_Unit]) -> str:
    return " ".join(one.text for one in units)


def _wording(units: list[_Unit]) -> Wording:
    """How to find units that stand together in folded text; the last Latin word in any of its forms."""
    if all(one.han for one in units):
        return Wording("".join(one.text for one in units), None)
    parts = [one.text for one in units]
    if not units[-1].han:
        parts[-1] = _stem(parts[-1])
    pattern = parts[0] if units[0].han else rf"(?<![^\W_]){re.escape(parts[0])}"
    for before, unit, part in zip(units, units[1:], parts[1:], strict=False):
        pattern += ("" if before.han and unit.han else r"[\W_]*") + re.escape(part)
    if len(parts[-1]) < _SHORT and not units[-1].han:
        pattern += r"s?(?![^\W_])"
    return Wording(max(parts, key=len), re.compile(pattern))


def _stem(word: str) -> str:
    """The beginning that the forms of an English word share; a rough guess."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORT:
            bare = word[: -len(ending)]
            doubled = ending in _STRONG and bare[-1] == bare[-2] and bare[-1] not in "aeiouls"
            return bare[:-1] if doubled else bare
    return word[:-2] if len(word) >= 2 * _SHORT else word
