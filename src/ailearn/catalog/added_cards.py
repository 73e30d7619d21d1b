"""Cards that stand outside their entry: which of them may be taken, and writing down more of them.

A file of them (`CardFile` in the model) adds to what the entry has and replaces nothing. Every id begins with
`own-`, so that no card that the entry gets later can take the place, and the progress, of one of these.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ailearn.catalog.content_files import CARD_FOLDER
from ailearn.catalog.model import Card, CardFile, Entry
from ailearn.catalog.rules import MAX_ID_LENGTH, Finding, is_valid_id
from ailearn.errors import ContentError
from ailearn.replacing import beside

if TYPE_CHECKING:
    from ailearn.catalog.source import Place

OWN_PREFIX = "own-"
# So many words of a question make an id.
_ID_WORDS = 5
_ID_LENGTH = 40
_EMPTY_WORDS = (
    "a", "an", "and", "are", "do", "does", "how", "in", "is", "it", "of", "or", "that", "the", "to", "was",
    "were", "what", "which", "why",
)  # fmt: skip


def accept(
    files: "Sequence[tuple[CardFile, Place]]", entries: Mapping[str, Entry]
) -> tuple[dict[str, tuple[Card, ...]], list[Finding]]:
    """The cards that may be added, by the id of their entry, and why others may not.

    Refused are ids that are none, lack the prefix, or are taken; cards for an entry that is not in `entries`
    are passed over.
    """
    added: dict[str, tuple[Card, ...]] = {}
    findings: list[Finding] = []
    taken: dict[tuple[str, str], Place] = {}
    for file, place in files:
        entry = entries.get(file.entry)
        if entry is None:
            continue
        for index, card in enumerate(file.cards):
            path = ("cards", index, "id")
            other = taken.get((file.entry, card.id))
            if not is_valid_id(card.id):
                findings.append(place.finding("C301", path, value=card.id, limit=str(MAX_ID_LENGTH)))
            elif not card.id.startswith(OWN_PREFIX):
                findings.append(place.finding("C317", path, id=card.id, prefix=OWN_PREFIX))
            elif any(card.id == one.id for one in entry.cards):
                findings.append(place.finding("C302", path, id=card.id, other=file.entry))
            elif other is not None:
                findings.append(place.id_taken(card.id, other, path))
            else:
                taken[file.entry, card.id] = place
                added[file.entry] = (*added.get(file.entry, ()), card)
    return added, findings


def new_id(question: str, taken: frozenset[str]) -> str:
    """An id for a card that asks `question` (in English), none of those that are `taken`."""
    plain = unicodedata.normalize("NFKD", question).encode("ascii", "ignore").decode().lower()
    words = [word for word in re.findall(r"[a-z0-9]+", plain) if word not in _EMPTY_WORDS]
    stem = OWN_PREFIX + ("-".join(words[:_ID_WORDS])[:_ID_LENGTH].strip("-") or "card")
    found, number = stem, 1
    while found in taken:
        number += 1
        found = f"{stem}-{number}"
    return found


def add_card(folder: Path, entry_id: str, card: Card) -> Path:
    """Write a card into the file of added cards of an entry in a content folder; returns the file.

    What the file holds stays as it is, comments included. Raises ContentError, with nothing changed, when it
    cannot be read or written, or is written in a way that allows no adding at its end.
    """
    path = folder / CARD_FOLDER / f"{entry_id}.yaml"
    before = _read(path) if path.exists() else None
    text = _text(path) if before else _head(entry_id)
    text = f"{text.rstrip()}\n{card_text(card, indent=_indent(text))}"
    kept = before.cards if before else ()
    try:
        with beside(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
            if read_cards(temporary)[0] != CardFile(entry_id, (*kept, card)):
                raise ContentError("error.card-file", hint="hint.card-file", path=path)
    except OSError as error:
        raise ContentError(
            "error.file-unwritable", hint="hint.file-unwritable", path=path, reason=error.strerror
        ) from error
    return path


def card_text(card: Card, *, indent: int = 2) -> str:
    """A card as YAML, an item of a list; every text stands in quotes on one line."""
    lines = [f"- id: {card.id}", f"  type: {card.type}"]
    for name, text in (("q", card.q), ("a", card.a)):
        lines += [f"  {name}:", f"    en: {_quoted(text.en)}", f"    zh: {_quoted(text.zh)}"]
    lines += [
        f"  {name}: {_quoted(one)}"
        for name, one in (("excerpt", card.excerpt), ("source", card.source))
        if one
    ]
    return "".join(f"{' ' * indent}{line}\n" for line in lines)


def file_text(entry_id: str, card: Card) -> str:
    """A file that adds one card to an entry."""
    return _head(entry_id) + card_text(card)


def _head(entry_id: str) -> str:
    return (
        f"# Cards of your own for `{entry_id}`. Their words may change, their ids never.\n"
        f"entry: {entry_id}\ncards:\n"
    )


def _quoted(text: str) -> str:
    # A text in quotes as JSON writes it means the same in YAML (YAML 1.2, section 1.3).
    return json.dumps(text, ensure_ascii=False)


def _indent(text: str) -> int:
    """How far the items of a file's list are indented."""
    item = re.search(r"^cards:.*\n(?:\s*(?:#.*)?\n)*( *)- ", text, re.MULTILINE)
    return len(item[1]) if item else 2


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig")


def _read(path: Path) -> CardFile:
    """The cards of a file. Raises ContentError when it is not what it should be."""
    value = read_cards(path)[0]
    if value is None:
        raise ContentError("error.card-file", hint="hint.card-file", path=path)
    return value


def read_cards(path: Path) -> tuple[CardFile | None, tuple[Finding, ...]]:
    """The cards of a file, None when it is not what it should be, and what is wrong with it."""
    from ailearn.catalog.schema import validate
    from ailearn.catalog.source import Place
    from ailearn.catalog.yaml_reader import read

    document, findings = (reading := read(path)).document, reading.findings
    if document is None:
        return None, findings
    value, problems = validate(CardFile, document.data)
    place = Place(document, (), path.name, path.name, own=True)
    return value, (*findings, *(place.finding(one.rule, one.path, "error", **one.values) for one in problems))


def card_findings(entry_id: str, card: Card) -> tuple[Finding, ...]:
    """What the rules for texts say about a card that stands in no file yet."""
    from ailearn.catalog.source import Place
    from ailearn.catalog.text_checks import check_texts
    from ailearn.catalog.yaml_reader import Document

    place = Place(Document(Path(), {}, {(): 1}), (), "", "", own=True)
    return tuple(check_texts(CardFile(entry_id, (card,)), place))
