"""Checks of names and references: between entries, tracks, topics, the guide and the glossary."""

import re
from collections.abc import Iterable, Iterator

from ailearn.catalog.model import Card, Entry, Guide, NamedPath, Term, TextList, Track
from ailearn.catalog.rules import Finding
from ailearn.catalog.source import Library, Place, unknown
from ailearn.catalog.text_checks import texts
from ailearn.catalog.yaml_reader import NodePath

_HAN = re.compile("[\u3400-\u9fff]")
_ENGLISH_WORD = re.compile(r"[a-z0-9]+")


def check_references(library: Library) -> Iterator[Finding]:
    """Whether all that is named exists, names are unique, and nothing requires itself."""
    known = frozenset(entry.id for entry in library.entries) | library.unloaded
    for entry in library.entries:
        yield from _check_entry_references(entry, library.places["entry", entry.id], known)
    for track in library.tracks:
        yield from _check_track(track, library.places["track", track.id], known)
    for path in library.paths:
        yield from _check_path(path, library.places["path", path.id], known)
    if library.guide is not None:
        yield from _check_guide(library.guide, library.places["guide", "guide"], known)
    yield from _check_topics(library)
    yield from _check_cycles(library)
    yield from _check_names(library)
    yield from _check_cards(library)


def _check_entry_references(entry: Entry, place: Place, known: frozenset[str]) -> Iterator[Finding]:
    references: list[tuple[NodePath, str]] = [
        (("requires", index, "id"), one.id) for index, one in enumerate(entry.requires)
    ]
    references += [(("related", index), name) for index, name in enumerate(entry.related)]
    for path, name in references:
        if name == entry.id:
            yield place.finding("C307", path)
        elif name not in known:
            yield unknown(place, path, name, known)
    for name in entry.authors_zh:
        if name not in entry.authors:
            yield place.finding("C315", ("authors_zh", name), name=name)


def _check_track(track: Track, place: Place, known: frozenset[str]) -> Iterator[Finding]:
    for index, step in enumerate(track.steps):
        if step.id not in known:
            yield unknown(place, ("steps", index, "id"), step.id, known)


def _check_path(path: NamedPath, place: Place, known: frozenset[str]) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, step in enumerate(path.steps):
        if step.id not in known:
            yield unknown(place, ("steps", index, "id"), step.id, known)
        elif step.id in seen:
            yield place.finding("C316", ("steps", index, "id"), id=step.id)
        seen.add(step.id)


def _check_guide(guide: Guide, place: Place, known: frozenset[str]) -> Iterator[Finding]:
    for index, section in enumerate(guide.sections):
        for position, name in enumerate(section.entries):
            if name not in known:
                yield unknown(place, ("sections", index, "entries", position), name, known)
    for index, assistant in enumerate(guide.assistants):
        for position, name in enumerate(assistant.tools):
            if name not in known:
                yield unknown(place, ("assistants", index, "tools", position), name, known)


def _check_topics(library: Library) -> Iterator[Finding]:
    known = frozenset(topic.id for topic in library.topics)
    # Without any topic, their file is missing or broken, and that has been said once.
    if not known:
        return
    for entry in library.entries:
        place = library.places["entry", entry.id]
        for index, name in enumerate(entry.topics):
            if name not in known:
                yield unknown(place, ("topics", index), name, known, "C309")


def _check_cycles(library: Library) -> Iterator[Finding]:
    """Depth-first search with a stack of its own; each edge that closes a circle is reported once."""
    edges = {entry.id: [one.id for one in entry.requires if one.id != entry.id] for entry in library.entries}
    finished: set[str] = set()
    for start in edges:
        trail: list[str] = []
        waiting: list[tuple[str, int]] = [] if start in finished else [(start, 0)]
        while waiting:
            name, index = waiting.pop()
            if index == 0:
                trail.append(name)
            if index == len(edges[name]):
                finished.add(trail.pop())
                continue
            waiting.append((name, index + 1))
            required = edges[name][index]
            if required in trail:
                circle = [*trail[trail.index(required) :], required]
                position = [one.id for one in _entry(library, name).requires].index(required)
                place = library.places["entry", name]
                yield place.finding("C308", ("requires", position, "id"), cycle=" → ".join(circle))
            elif required in edges and required not in finished:
                waiting.append((required, 0))


def _entry(library: Library, name: str) -> Entry:
    return next(entry for entry in library.entries if entry.id == name)


def _check_names(library: Library) -> Iterator[Finding]:
    """Ids, short names and titles come first, so that of two equal names it is the alias that is reported."""
    owners: dict[str, str] = {}
    for entry in library.entries:
        place = library.places["entry", entry.id]
        for path, name in _main_names(entry):
            owner = owners.setdefault(name.casefold(), entry.id)
            if owner != entry.id:
                yield place.finding("C310", path, name=name, other=owner)
    for entry in library.entries:
        place = library.places["entry", entry.id]
        for index, alias in enumerate(entry.aliases):
            if alias.casefold() not in owners:
                owners[alias.casefold()] = entry.id
            elif owners[alias.casefold()] == entry.id:
                yield place.finding("C311", ("aliases", index), name=alias)
            else:
                other = owners[alias.casefold()]
                yield place.finding("C310", ("aliases", index), name=alias, other=other)
    # `ailearn path` looks for an entry first, so a path of that name could never be shown.
    for path_id in (one.id for one in library.paths if one.id in owners):
        place = library.places["path", path_id]
        yield place.finding("C310", ("id",), name=path_id, other=owners[path_id])


def _main_names(entry: Entry) -> list[tuple[NodePath, str]]:
    return [
        (("id",), entry.id),
        (("short", "en"), entry.short.en),
        (("short", "zh"), entry.short.zh),
        (("title", "en"), entry.title.en),
        (("title", "zh"), entry.title.zh),
    ]


def _check_cards(library: Library) -> Iterator[Finding]:
    asked: dict[tuple[str, str], str] = {}
    for entry in library.entries:
        place = library.places["entry", entry.id]
        ids: set[str] = set()
        for index, card in enumerate(entry.cards):
            if card.id in ids:
                yield place.finding("C312", ("cards", index, "id"), id=card.id)
            ids.add(card.id)
            yield from _check_question(card, entry.id, index, place, asked)
    for file, place in library.card_files:
        for index, card in enumerate(file.cards):
            yield from _check_question(card, file.entry, index, place, asked)


def _check_question(
    card: Card, entry_id: str, index: int, place: Place, asked: dict[tuple[str, str], str]
) -> Iterator[Finding]:
    """Whether another card asks the same; `asked` holds the cards that asked so far, and this one then."""
    name = f"{entry_id}/{card.id}"
    for language, question in (("en", card.q.en), ("zh", card.q.zh)):
        key = (language, " ".join(question.casefold().split()))
        other = asked.setdefault(key, name)
        if other != name:
            yield place.finding("C313", ("cards", index, "q", language), other=other)


def check_glossary(library: Library) -> Iterator[Finding]:
    """Whether each term is unique, used by the guide in both languages, and in one by the entry it names."""
    written = {entry.id: _Writing(entry) for entry in library.entries}
    owners: dict[str, str] = {}
    for term in library.terms:
        place = library.places["term", term.id]
        for path, name in _term_names(term):
            owner = owners.setdefault(name.casefold(), term.id)
            if owner != term.id:
                yield place.finding("C603", path, term=name, other=owner)
        yield from _check_use(term, place, written, library)


def _term_names(term: Term) -> list[tuple[NodePath, str]]:
    names: list[tuple[NodePath, str]] = [(("term", "en"), term.term.en), (("term", "zh"), term.term.zh)]
    return names + [(("aliases", index), alias) for index, alias in enumerate(term.aliases)]


def _check_use(
    term: Term, place: Place, written: dict[str, "_Writing"], library: Library
) -> Iterator[Finding]:
    english = [term.term.en, *(alias for alias in term.aliases if not _HAN.search(alias))]
    chinese = [term.term.zh, *term.aliases]
    if not any(one.has_english(english) for one in written.values()):
        yield place.finding("C601", ("term", "en"), term=term.term.en, language="en")
    if not any(one.has_chinese(chinese) for one in written.values()):
        yield place.finding("C601", ("term", "zh"), term=term.term.zh, language="zh")
    named = written.get(term.entry)
    if named is not None:
        if not named.has_english(english) and not named.has_chinese(chinese):
            yield place.finding("C602", ("entry",), entry=term.entry, term=term.term.en)
    elif term.entry not in library.unloaded:
        yield unknown(place, ("entry",), term.entry, frozenset(written))


class _Writing:
    """All that an entry says, ready for looking terms up: English in singular words, Chinese unspaced."""

    def __init__(self, entry: Entry) -> None:
        english: list[str] = []
        chinese: list[str] = []
        for _, text in texts(entry):
            english += text.en if isinstance(text, TextList) else [text.en]
            chinese += text.zh if isinstance(text, TextList) else [text.zh]
        self.english = _plain_english(" . ".join(english))
        self.chinese = _plain_chinese("\n".join(chinese))

    def has_english(self, names: Iterable[str]) -> bool:
        return any(_plain_english(name) in self.english for name in names)

    def has_chinese(self, names: Iterable[str]) -> bool:
        return any(_plain_chinese(name) in self.chinese for name in names)


def _plain_english(text: str) -> str:
    return f" {' '.join(_singular(word) for word in _ENGLISH_WORD.findall(text.casefold()))} "


def _plain_chinese(text: str) -> str:
    return text.casefold().replace(" ", "")


def _singular(word: str) -> str:
    if len(word) > 3 and word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if len(word) > 2 and word.endswith("s") and not word.endswith("ss") else word
