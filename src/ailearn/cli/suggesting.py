"""`cards suggest`: new cards that a model proposes, and that the reader keeps, changes or drops."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ailearn.cli.keyboard import by_hand, draw, press
from ailearn.cli.options import Session, said, session
from ailearn.cli.reading import chosen
from ailearn.cli.verb import Verb, VerbGroup
from ailearn.errors import ConfigurationError, NetworkError, NothingFound, UsageError
from ailearn.replacing import make_private_folder
from ailearn.settings import path_of

if TYPE_CHECKING:
    from ailearn.catalog.documents import Document
    from ailearn.catalog.model import Card
    from ailearn.tutor.suggestions import Material, Suggestion, Suggestions
    from ailearn.tutor.teacher import Teacher

cards_app = typer.Typer(rich_markup_mode=None)
_KEEP, _DROP, _EDIT = "y", "n", "e"
_FOLDER = "content"


@cards_app.callback(cls=VerbGroup, help="help.cards")
def cards() -> None:
    """Get cards of your own."""


@cards_app.command("suggest", cls=Verb, help="help.cards.suggest")
def suggest(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID", help="argument.id")],
    file: Annotated[Path | None, typer.Option("--from", metavar="FILE", help="option.from-file")] = None,
    count: Annotated[int, typer.Option("--count", metavar="N", min=1, max=50, help="option.count-cards")] = 5,
    model: Annotated[str | None, typer.Option("--model", metavar="NAME", help="option.model")] = None,
    show_prompt: Annotated[bool, typer.Option("--show-prompt", help="option.show-prompt")] = False,
) -> None:
    """Propose new cards; at a terminal the reader decides on each, elsewhere they are printed."""
    from ailearn.catalog import browse
    from ailearn.cli.tutors import reader_of, show_request, teacher_for
    from ailearn.tutor import suggestions

    opened = session(context)
    entry = browse.entry(opened.study, chosen(opened, name))
    material = _material(opened, entry, file, count)
    if show_prompt:
        asked = min(count, -(-count // len(material.parts)))
        compose = suggestions.request(entry, material.parts[0], entry["cards"], asked, reader_of(opened))
        show_request(opened, "cards", compose, model)
        return
    found = _ask(opened, teacher_for(opened, "cards", model), entry, material, count)
    _tell_refused(opened, found)
    if not found.cards:
        raise NothingFound("error.no-suggestions", hint="hint.other-model", model=found.model)
    if by_hand(context, opened):
        _Choice(opened, entry, material, found).run()
    else:
        opened.screen.show(found)


def _material(opened: Session, entry: "Document", file: Path | None, count: int) -> "Material":
    """The text to make cards from. Raises NothingFound, ContentError for a file that cannot be read."""
    from ailearn.tutor import suggestions

    if file is None:
        return suggestions.from_entry(entry, opened.settings.language)
    from ailearn.tutor.originals import read_document

    path = path_of(str(file), UsageError)
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or error
        raise NothingFound(
            "error.file-unreadable", hint="hint.readable-file", path=path, reason=reason
        ) from error
    material = suggestions.from_document(read_document(data, str(path), path.suffix), path.name, count)
    if not material.parts:
        raise NothingFound("error.empty-file", hint="hint.readable-file", path=path)
    return material


def _ask(
    opened: Session, teacher: "Teacher", entry: "Document", material: "Material", count: int
) -> "Suggestions":
    """Cards from every part in turn; what came before a failure is kept."""
    from ailearn.cli.tutors import reader_of
    from ailearn.tutor.suggestions import Refused, Suggestions, suggest

    note, total = opened.screen.note, len(material.parts)
    found = Suggestions(entry["id"], material.source, (), Refused(), teacher.endpoint.model)
    known = [*entry["cards"]]
    for number, part in enumerate(material.parts, start=1):
        wanted = -(-(count - len(found.cards)) // (total - number + 1))
        if wanted <= 0:
            break
        key = "cards.asking" if total == 1 else "cards.asking-part"
        note(key, model=teacher.endpoint.model, source=material.source, number=number, total=total)
        try:
            more = suggest(teacher, entry, part, material.source, known, wanted, reader_of(opened))
        except NetworkError as error:
            if not found.cards:
                raise
            note("cards.broke-off", reason=said(opened, error))
            break
        known += [{"q": one.q, "a": one.a} for one in more.cards]
        refused = Refused(*map(sum, zip(found.refused, more.refused, strict=True)))
        found = found._replace(cards=(*found.cards, *more.cards), refused=refused, model=more.model)
    return found


def _tell_refused(opened: Session, found: "Suggestions") -> None:
    keys = ("cards.refused-excerpt", "cards.refused-alike", "cards.refused-rules")
    for key, count in zip(keys, found.refused, strict=True):
        if count:
            opened.screen.note(key, count=count)


class _Choice:
    """The reader decides on one card after the other; what she keeps is written at once."""

    def __init__(
        self, opened: Session, entry: "Document", material: "Material", found: "Suggestions"
    ) -> None:
        self.opened, self.entry, self.material, self.found = opened, entry, material, found
        self.taken = {card["id"] for card in entry["cards"]}
        self.kept = 0
        self.path: Path | None = None

    def run(self) -> None:
        """Go through the cards until she ends it. Raises ContentError when one cannot be written."""
        note, total = self.opened.screen.note, len(self.found.cards)
        for number, suggestion in enumerate(self.found.cards, start=1):
            if not self._decide(suggestion, number):
                break
        if self.path is None:
            note("cards.none-kept")
        else:
            note("cards.done", kept=self.kept, total=total, path=self.path)

    def _decide(self, suggestion: "Suggestion", number: int) -> bool:
        """Keep a card or drop it; False when she wants to end."""
        from ailearn.view.suggestions import Suggested

        card = suggestion.card(self._new_id(suggestion.q["en"]))
        while True:
            draw(self.opened, Suggested(card, number, len(self.found.cards)))
            key = press(self.opened, "cards.decide", _KEEP + _DROP + _EDIT)
            if key == _KEEP:
                self._keep(card)
            elif key == _EDIT:
                card = self._edited(card)
                continue
            return key is not None

    def _new_id(self, question: str) -> str:
        from ailearn.catalog.added_cards import new_id

        return new_id(question, frozenset(self.taken))

    def _keep(self, card: "Card") -> None:
        from ailearn.catalog.added_cards import add_card

        self.path = add_card(own_folder(self.opened), self.entry["id"], card)
        self.taken.add(card.id)
        self.kept += 1
        self.opened.screen.note("cards.kept", key=f"{self.entry['id']}/{card.id}")

    def _edited(self, card: "Card") -> "Card":
        """The card as she writes it in her editor; `card` itself when that cannot be read."""
        import dataclasses
        import tempfile

        from ailearn.catalog.added_cards import OWN_PREFIX, file_text, read_cards
        from ailearn.catalog.rules import is_valid_id
        from ailearn.cli.editor import call_editor, editor_command
        from ailearn.tutor.quotes import quoted_from

        note, language = self.opened.screen.note, self.opened.screen.language
        try:
            command = editor_command(self.opened)
            with tempfile.TemporaryDirectory(prefix="ailearn-") as folder:
                path = Path(folder, f"{self.entry['id']}.yaml")
                path.write_text(file_text(self.entry["id"], card), encoding="utf-8")
                call_editor(command, path)
                read, findings = read_cards(path)
        except ConfigurationError as error:
            note("cards.unread", message=said(self.opened, error))
            return card
        if read is None or len(read.cards) != 1:
            first = findings[0] if findings else None
            told = f"{first.line}: {first.message(language)}" if first else self.entry["id"]
            note("cards.unread", message=told)
            return card
        changed = read.cards[0]
        found = [quoted_from(part, changed.excerpt or "") for part in self.material.parts]
        if changed.excerpt and not any(found):
            note("cards.not-in-text")
            return card
        is_free = is_valid_id(changed.id) and changed.id not in self.taken
        if not (is_free and changed.id.startswith(OWN_PREFIX)):
            changed = dataclasses.replace(changed, id=self._new_id(changed.q.en))
        return changed


def own_folder(opened: Session) -> Path:
    """The content folder of the reader's own; one is made and written into her settings when she has none.

    Raises ConfigurationError when there is no place for it.
    """
    from ailearn.configuration import set_value

    if opened.settings.content:
        return opened.settings.content[0]
    data = opened.settings.folders.data
    if data is None:
        raise ConfigurationError("error.no-data-folder", hint="hint.home")
    folder = data / _FOLDER
    try:
        make_private_folder(folder)
    except OSError as error:
        raise ConfigurationError(
            "error.file-unwritable", hint="hint.file-unwritable", path=folder, reason=error.strerror
        ) from error
    set_value(opened.screen.streams.environ, "content", str(folder))
    opened.settings = opened.settings._replace(content=(folder,))
    opened.screen.note("cards.folder", path=folder)
    return folder
