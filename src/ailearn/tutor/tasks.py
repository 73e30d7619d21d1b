"""What a model is asked: a question that the guide's passages should answer, and an entry to explain.

Both are given as a `Compose`, for how much of the material fits is known only when the model has been asked.
"""

import itertools
from collections.abc import Iterable

from ailearn.catalog.documents import Document
from ailearn.catalog.passages import Passage, find_passages, passages_of
from ailearn.catalog.study import Study
from ailearn.language import Language, label, paragraphs
from ailearn.tutor import brief
from ailearn.tutor.fences import fenced
from ailearn.tutor.reader import Reader
from ailearn.tutor.room import room_of
from ailearn.tutor.talk import Compose, Message, Request
from ailearn.tutor.wording import wording

# How much of the passages and of the conversation goes along at a share of 1.0, in Latin characters.
_ROOM_FOR_PASSAGES = 4500
_ROOM_FOR_TURNS = 3000
_EXAMPLE = "resnet: mechanism"
# So many characters of the reader's note go along, from this share of the room on.
_NOTE, _NOTE_NEEDS = 800, 0.5
# The sections of an entry that a question about it may always rest on, whatever its words are.
_ALWAYS = ("intuition", "problem", "mechanism", "one_liner", "limits", "formula")


def passages_for(
    study: Study,
    question: str,
    language: Language,
    entry: Document | None = None,
    before: tuple[str, ...] = (),
) -> tuple[Passage, ...]:
    """The passages that go along with a question, the best first.

    Where the question is about an entry, what that says comes first, in any case its idea; where it follows
    others, the question `before` it counts too, for "And why?" alone names nothing.
    """
    among = (entry["id"],) if entry else ()
    found = [*find_passages(study, question, language, among)]
    if before:
        found += find_passages(study, f"{before[-1]}\n{question}", language, among)
    if entry:
        own = passages_of(entry)
        found += [one for section in _ALWAYS for one in own if one.section == section]
    held: list[Passage] = []
    for one in found:
        if not any(_within(one, other) for other in held):
            held.append(one)
    return tuple(held)


def _within(passage: Passage, other: Passage) -> bool:
    """Whether `other` says all that a passage says, for it may be several neighbours in one."""
    return passage.name == other.name and passage.text["en"] in other.text["en"]


def ask(
    study: Study,
    question: str,
    entry: Document | None,
    passages: tuple[Passage, ...],
    reader: Reader,
    earlier: tuple[Message, ...] = (),
) -> Compose:
    """Ask `question`, about `entry` if one is named, to be answered from `passages`, the best one first.

    `earlier` are the turns of the conversation until now, questions and answers in turn. With less room the
    least relevant passages and the oldest turns stay behind.
    """

    def compose(share: float) -> Request:
        held = _fitting(passages, reader.language, share)
        system = Message("system", _ask_system(study, entry, held, reader, share))
        return Request((system, *_latest(earlier, share), Message("user", question)))

    return compose


def explain(study: Study, entry: Document, reader: Reader) -> Compose:
    """Explain an entry to a reader at her level."""

    def compose(share: float) -> Request:
        language = reader.language
        text = brief.entry_brief(entry, language, share)
        sections = tuple(one for one in brief.SECTIONS if one != "sources" and entry.get(one))
        system = wording(
            "explain.system",
            language,
            reader=brief.reader_brief(study, reader),
            level=wording(f"explain.{reader.level}", language),
            example=f"{entry['id']}: {next(iter(sections), 'one_liner')}",
            sections=wording("list.comma", language).join(sections),
            data=wording("system.data", language),
            entry=fenced("entry", text, entry["id"]),
        )
        told = Message("system", "\n\n".join((system, *_note(reader, share))))
        return Request((told, Message("user", explain_question(entry, language))))

    return compose


def explain_question(entry: Document, language: Language) -> str:
    """What `explain` says in the reader's name."""
    return wording("explain.question", language, name=_named(entry, language))


def sent_passages(passages: tuple[Passage, ...], language: Language) -> tuple[Passage, ...]:
    """Those of `passages` that go along when there is room for all that is meant to."""
    return _fitting(passages, language, 1.0)


def _ask_system(
    study: Study, entry: Document | None, held: tuple[Passage, ...], reader: Reader, share: float
) -> str:
    language = reader.language
    example = held[0].name if held else _EXAMPLE
    parts = [
        wording(
            "ask.system", language, reader=brief.reader_brief(study, reader), example=example,
            data=wording("system.data", language),
        ),
    ]  # fmt: skip
    if entry is not None:
        parts.append(wording("ask.about", language, name=_named(entry, language), id=entry["id"]))
        parts += _note(reader, share)
    parts.append(wording("ask.passages" if held else "ask.no-passages", language))
    # Several passages of a section stand under its one name.
    texts: dict[str, list[str]] = {}
    for passage in held:
        texts.setdefault(passage.name, []).append(_passage_text(passage, language))
    parts += [fenced("passage", "\n".join(said), name) for name, said in texts.items()]
    return "\n\n".join(parts)


def _note(reader: Reader, share: float) -> tuple[str, ...]:
    """The reader's note on the entry, with what it is; nothing without one, or without room for it."""
    note = reader.note.strip()
    if not note or share < _NOTE_NEEDS:
        return ()
    shown = note if len(note) <= _NOTE else f"{note[:_NOTE].rstrip()} …"
    return (wording("ask.note", reader.language), fenced("note", shown))


def _named(entry: Document, language: Language) -> str:
    """The name people say and the title, where they differ."""
    short, title = label(entry["short"], language), label(entry["title"], language)
    if short == title:
        return title
    return f"{short}（{title}）" if language == "zh" else f"{short} ({title})"


def _passage_text(passage: Passage, language: Language) -> str:
    return "\n".join(one.strip() for one in paragraphs(passage.text, language))


def _fitting(passages: Iterable[Passage], language: Language, share: float) -> tuple[Passage, ...]:
    """The first passages that fit, in any case one."""
    room = _ROOM_FOR_PASSAGES * share
    held: list[Passage] = []
    for passage in passages:
        room -= room_of(_passage_text(passage, language))
        if held and room < 0:
            break
        held.append(passage)
    return tuple(held)


def _latest(earlier: tuple[Message, ...], share: float) -> tuple[Message, ...]:
    """The last turns that fit, each a question with its answer; the oldest are dropped first.

    Of the last answer, which most questions follow, at least the beginning stays while there is any room.
    """
    room = _ROOM_FOR_TURNS * share
    held: list[Message] = []
    for asked, answered in reversed(list(_turns(earlier))):
        needed = room_of(asked.content) + room_of(answered.content)
        if needed > room:
            if not held and room:
                kept = answered.content[: int(len(answered.content) * room / needed)]
                held = [asked, answered._replace(content=f"{kept.rstrip()} […]")]
            break
        room -= needed
        held = [asked, answered, *held]
    return tuple(held)


def _turns(earlier: tuple[Message, ...]) -> Iterable[tuple[Message, Message]]:
    """Questions with the answers that follow them; a question without one is passed over."""
    for first, second in itertools.pairwise(earlier):
        if first.role == "user" and second.role == "assistant" and second.content.strip():
            yield first, second
