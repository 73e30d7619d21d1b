"""Loads content folders into the model, with a finding for whatever kept a file or an item out.

Folders are read in order and later ones win: the reader's own files add to the guide and may replace parts
of it. One broken file never takes down the rest.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from ailearn.catalog.added_cards import accept
from ailearn.catalog.content_files import (
    CARD_FOLDER,
    CONTENT_SUFFIXES,
    ENTRY_FOLDERS,
    MOST_LINKED_FOLDERS,
    PATH_FOLDER,
    TRACK_FOLDER,
    ContentFolder,
    Scan,
    scan,
)
from ailearn.catalog.model import Card, CardFile, Entry, Guide, NamedPath, Term, Topic, Track
from ailearn.catalog.rules import CONTROL_CHARACTER, MAX_ID_LENGTH, Finding, Severity, is_valid_id, safe_text
from ailearn.catalog.schema import Model, validate
from ailearn.catalog.yaml_reader import Document, Node, NodePath, read

__all__ = ["ContentFolder", "Item", "Library", "Place", "Replacement", "load"]

Item = Literal["entry", "track", "path", "topic", "term", "guide", "cards"]

# In these the spaces at the beginning of a line are part of the drawing.
_DRAWN_FIELDS = ("figure", "formula")


@dataclass(frozen=True, slots=True)
class Replacement:
    """An entry of an earlier folder whose place a file of a later folder took."""

    id: str
    by_path: str
    original_path: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands: a document, the path of the item in it, and the file's name to show and to judge.

    `relative` is the file's path within its content folder, with slashes; `own` as in `ContentFolder`.
    """

    document: Document
    item: NodePath
    shown: str
    relative: str
    own: bool

    @property
    def named_by_id(self) -> bool:
        """Whether the file is called as what stands in it, unlike a copy that a service or a person made."""
        data = self.document.data
        return PurePosixPath(self.relative).stem in (data.get("id"), data.get("entry"))

    def id_taken(self, item_id: str, other: "Place", path: NodePath = ("id",)) -> Finding:
        """The finding that what stands at `path` has an id that stands in the file `other` already."""
        own, real = PurePosixPath(self.relative).stem, PurePosixPath(other.relative).stem
        copied = other.named_by_id and own != real and real in own
        return self.finding("C320" if copied else "C302", path, id=item_id, other=other.shown)

    def finding(self, rule: str, path: NodePath = (), severity: Severity = "error", **values: str) -> Finding:
        """A finding at the node `path` of the item; the value `field` names that node unless it is given."""
        whole = (*self.item, *path)
        values.setdefault("field", field_name(whole))
        return Finding(rule, self.shown, self.document.line(whole), values, severity)


@dataclass(frozen=True, slots=True)
class Library:
    """Everything that could be loaded, in the order of files.

    `findings` holds whatever kept a file or an item out or was replaced; `unloaded` the names (ids as far as
    are known) of entries and tracks that are there but broken; `files` counts the files that were looked
    at. `places` leads from a kind of item and its id ("guide" for the guide) to where it stands.

    `entries` have the cards that stand in them. `card_files` are the files that add some, with their places,
    and `added` are those of their cards that could be taken, by entry; `complete` puts both together.
    """

    entries: tuple[Entry, ...]
    topics: tuple[Topic, ...]
    tracks: tuple[Track, ...]
    paths: tuple[NamedPath, ...]
    terms: tuple[Term, ...]
    guide: Guide | None
    findings: tuple[Finding, ...]
    replaced: tuple[Replacement, ...]
    places: Mapping[tuple[Item, str], Place]
    unloaded: frozenset[str]
    files: int
    card_files: tuple[tuple[CardFile, Place], ...] = ()
    added: Mapping[str, tuple[Card, ...]] = field(default_factory=dict)

    def complete(self, entry: Entry) -> Entry:
        """An entry with all its cards, those that were added last."""
        added = self.added.get(entry.id)
        return replace(entry, cards=(*entry.cards, *added)) if added else entry


def load(folders: Sequence[ContentFolder]) -> Library:
    """Load the content of `folders`; a later folder replaces items of an earlier one that have the same id.

    Never raises: what cannot be loaded is left out and reported. Control characters are replaced by U+FFFD,
    and white space around texts is dropped.
    """
    loader = _Loader()
    for folder in folders:
        loader.add_folder(folder)
    return loader.library()


def field_name(path: NodePath) -> str:
    """A node's path for people, items counted from one: `cards#2.a.zh`."""
    name = ""
    for step in path:
        name += f"#{step + 1}" if isinstance(step, int) else f".{step}" if name else step
    return name


def unknown(place: Place, path: NodePath, name: str, known: frozenset[str], rule: str = "C306") -> Finding:
    """The finding that `name`, at a node of an item, is none of the `known` ids; it names the nearest one."""
    near = _nearest(name, known)
    hint = f"Did you mean `{near}`?" if near else "Correct it, or add what it names."
    hint_zh = f"是不是 `{near}`？" if near else "请改正，或者补上它指向的内容。"
    return place.finding(rule, path, id=name, nearest=hint, nearest_zh=hint_zh)


@lru_cache(maxsize=1024)
def _nearest(name: str, known: frozenset[str]) -> str | None:
    # A name that is missing is often missing in many entries, and comparing it with all others takes long.
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return near[0] if near else None


class _Loader:
    """Gathers the items of all folders."""

    def __init__(self) -> None:
        self.items: dict[Item, dict[str, Any]] = {
            "entry": {},
            "track": {},
            "path": {},
            "topic": {},
            "term": {},
            "guide": {},
        }
        self.places: dict[tuple[Item, str], Place] = {}
        self.in_this_folder: set[tuple[Item, str]] = set()
        self.card_files: list[tuple[CardFile, Place]] = []
        self.findings: list[Finding] = []
        self.replaced: list[Replacement] = []
        self.unloaded: set[str] = set()
        self.files = 0

    def library(self) -> Library:
        entries: dict[str, Entry] = self.items["entry"]
        known = frozenset(entries) | self.unloaded
        self.findings += [
            unknown(place, ("entry",), one.entry, known)
            for one, place in self.card_files
            if one.entry not in known
        ]
        added, refused = accept(self.card_files, entries)
        self.findings += refused
        return Library(
            entries=tuple(entries.values()),
            topics=tuple(self.items["topic"].values()),
            tracks=tuple(self.items["track"].values()),
            paths=tuple(self.items["path"].values()),
            terms=tuple(self.items["term"].values()),
            guide=self.items["guide"].get("guide"),
            findings=tuple(self.findings),
            replaced=tuple(self.replaced),
            places=self.places,
            unloaded=frozenset(self.unloaded),
            files=self.files,
            card_files=tuple(self.card_files),
            added=added,
        )

    def add_folder(self, folder: ContentFolder) -> None:
        found = scan(folder.path)
        self.report_scan(folder, found)
        self.in_this_folder.clear()
        self.files += len(found.files)
        places = []
        for relative in found.files:
            path = folder.path / relative
            reading = read(path)
            self.findings += reading.findings
            if reading.document is None:
                self.unloaded.add(PurePosixPath(relative).stem)
            else:
                document = self.cleaned(reading.document)
                places.append(Place(document, (), str(path), relative, folder.own))
        # The first one wins, and that is not to be a copy, whose name may well sort before the real one's.
        for place in sorted(places, key=lambda one: not one.named_by_id):
            self.add_document(place)

    def report_scan(self, folder: ContentFolder, found: Scan) -> None:
        for problem in found.unreadable:
            rule = "C119" if problem.too_far else "C101" if problem.missing else "C102"
            path = str(folder.path / problem.relative)
            values = {"reason": problem.reason, "most": str(MOST_LINKED_FOLDERS)}
            self.findings.append(Finding(rule, path, None, values))
        for name in found.ignored:
            if _holds_yaml(folder.path / name):
                self.findings.append(Finding("C103", str(folder.path), None, {"folder": name}, "warning"))

    def cleaned(self, document: Document) -> Document:
        """The document without control characters and without white space around its texts."""
        place = Place(document, (), str(document.path), "", own=False)
        data = {safe_text(key): self.clean(node, (key,), place) for key, node in document.data.items()}
        return Document(document.path, data, document.lines)

    def clean(self, node: Node, path: NodePath, place: Place) -> Node:
        if isinstance(node, dict):
            return {safe_text(key): self.clean(value, (*path, key), place) for key, value in node.items()}
        if isinstance(node, list):
            return [self.clean(value, (*path, index), place) for index, value in enumerate(node)]
        if node is None:
            return None
        control = CONTROL_CHARACTER.search(node)
        if control is not None:
            rule = "C402" if control[0] == "\t" else "C401"
            self.findings.append(place.finding(rule, path, character=f"U+{ord(control[0]):04X}"))
        text = safe_text(node)
        return text.rstrip().lstrip("\n") if path[0] in _DRAWN_FIELDS else text.strip()

    def add_document(self, place: Place) -> None:
        folder, _, rest = place.relative.partition("/")
        data = place.document.data
        stem = PurePosixPath(place.relative).stem
        if (rest and folder == CARD_FOLDER) or _adds_cards(data):
            self.add_cards(place)
        elif rest:
            if folder == TRACK_FOLDER:
                self.add_item("track", Track, place)
            elif folder == PATH_FOLDER:
                self.add_item("path", NamedPath, place)
            elif folder in ENTRY_FOLDERS:
                self.add_item("entry", Entry, place)
        elif stem == "guide":
            self.add_item("guide", Guide, place)
        elif stem == "topics":
            self.add_list("topic", Topic, "topics", place)
        elif stem == "glossary":
            self.add_list("term", Term, "terms", place)
        elif "id" in data and "kind" in data:
            self.add_item("entry", Entry, place)
        else:
            self.findings.append(place.finding("C118", severity="warning"))

    def add_cards(self, place: Place) -> None:
        value, problems = validate(CardFile, place.document.data)
        self.findings += [place.finding(one.rule, one.path, "error", **one.values) for one in problems]
        if value is not None:
            self.card_files.append((value, place))

    def add_list(self, what: Item, model: type[Model], key: str, place: Place) -> None:
        data = place.document.data
        for name in data:
            if name != key:
                self.findings.append(place.finding("C202", (name,), allowed=key))
        items = data.get(key)
        if key not in data:
            self.findings.append(place.finding("C201", (key,)))
        elif not isinstance(items, list):
            self.findings.append(place.finding("C206", (key,)))
        else:
            for index in range(len(items)):
                item = Place(place.document, (key, index), place.shown, place.relative, place.own)
                self.add_item(what, model, item)

    def add_item(self, what: Item, model: type[Model], place: Place) -> None:
        data: Node = place.document.data
        for step in place.item:
            data = data[step]  # type: ignore[index]
        value, problems = validate(model, data)
        self.findings += [place.finding(one.rule, one.path, "error", **one.values) for one in problems]
        item_id = "guide" if what == "guide" else getattr(value, "id", None)
        if value is not None and item_id is not None and self.takes(what, item_id, place):
            self.items[what][item_id] = value
            self.places[what, item_id] = place
        elif what in ("entry", "track"):
            self.note_unloaded(data, place)

    def takes(self, what: Item, item_id: str, place: Place) -> bool:
        """Whether the item may go in under this id; reports a bad or doubled id, and a replacement."""
        if not is_valid_id(item_id):
            self.findings.append(place.finding("C301", ("id",), value=item_id, limit=str(MAX_ID_LENGTH)))
            return False
        earlier = self.places.get((what, item_id))
        if (what, item_id) in self.in_this_folder and earlier is not None:
            self.findings.append(place.id_taken(item_id, earlier))
            return False
        self.in_this_folder.add((what, item_id))
        if earlier is not None:
            self.findings.append(place.finding("C303", ("id",), "warning", id=item_id, other=earlier.shown))
            if what == "entry":
                self.replaced.append(Replacement(item_id, place.shown, earlier.shown))
        return True

    def note_unloaded(self, data: Node, place: Place) -> None:
        written = data.get("id") if isinstance(data, dict) else None
        self.unloaded.add(written if isinstance(written, str) else PurePosixPath(place.relative).stem)


def _adds_cards(data: Mapping[str, Node]) -> bool:
    """Whether a file adds cards to an entry, wherever it lies."""
    return "entry" in data and "cards" in data and not data.keys() & {"id", "kind"}


def _holds_yaml(folder: Path) -> bool:
    try:
        return any(path.name.endswith(CONTENT_SUFFIXES) for path in folder.iterdir())
    except OSError:
        return False
