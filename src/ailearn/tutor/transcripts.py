"""Conversations with a model, kept with the reader's data: one file of JSON lines for each.

A file begins with a line that says what the conversation is about; every turn is a line below it. Lines are
only ever added: an answer that was asked for once more stands below the one it replaces. A line that
cannot be read, such as one that was being written when the machine went down, is passed over. No key is
ever written, and of the provider only the name.
"""

import contextlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ailearn.catalog import excerpt, folding
from ailearn.controls import safe
from ailearn.errors import NothingFound, ProgressError
from ailearn.language import Language
from ailearn.replacing import make_private, make_private_folder
from ailearn.tutor.talk import Ending, Job, Message

FOLDER = "conversations"
_ID = r"\d{8}T\d{6}-[0-9a-f]{6}"


class Turn(NamedTuple):
    """A question or an answer; `at` is the time in UTC (ISO 8601).

    Only answers have a model, the name of its provider, an ending, and citations of what the model was given,
    such as `resnet: mechanism`.
    """

    at: str
    role: Literal["user", "assistant"]
    text: str
    model: str = ""
    provider: str = ""
    ending: Ending | Literal[""] = ""
    citations: tuple[str, ...] = ()


class Conversation(NamedTuple):
    """A conversation and its turns, an answer that was replaced left out.

    `entry` is the id of the entry it is about and `level` the one that an explanation was made for; either
    may be empty.
    """

    id: str
    started: str
    job: Job
    entry: str = ""
    level: str = ""
    turns: tuple[Turn, ...] = ()

    @property
    def messages(self) -> tuple[Message, ...]:
        """The turns as a model is given them."""
        return tuple(Message(turn.role, turn.text) for turn in self.turns)

    @property
    def questions(self) -> tuple[str, ...]:
        """What the reader asked, in order."""
        return tuple(turn.text for turn in self.turns if turn.role == "user")

    @property
    def title(self) -> str:
        """The first question, in one line; an answer where that was lost."""
        said = self.questions or tuple(turn.text for turn in self.turns)
        return " ".join(said[0].split()) if said else ""

    @property
    def last_at(self) -> str:
        """When the last turn was, or when it began."""
        return self.turns[-1].at if self.turns else self.started

    def with_turn(self, turn: Turn) -> "Conversation":
        """The conversation one turn later; an answer that follows an answer takes its place."""
        turns = self.turns
        if turn.role == "assistant" and turns and turns[-1].role == "assistant":
            turns = turns[:-1]
        return self._replace(turns=(*turns, turn))

    def before_last(self) -> "Conversation":
        """The conversation as it was before its last question was asked."""
        asked = [number for number, turn in enumerate(self.turns) if turn.role == "user"]
        return self._replace(turns=self.turns[: asked[-1]] if asked else ())


class Found(NamedTuple):
    """A conversation that was found, its number counted from the newest, and the piece that matched."""

    number: int
    conversation: Conversation
    piece: excerpt.Piece | None


class History(NamedTuple):
    """The conversations that were found, the one that was continued last first."""

    found: tuple[Found, ...]


def conversations_folder(data: Path | None) -> Path | None:
    """Where conversations are kept in the reader's data folder; None where there is none."""
    return data / FOLDER if data else None


def begin(at: str, job: Job, entry: str = "", level: str = "") -> Conversation:
    """A new conversation; nothing is written before its first turn is kept."""
    compact = re.sub(r"[-:]|\..*$|Z$", "", at)
    return Conversation(f"{compact}-{os.urandom(3).hex()}", at, job, entry, level)


def keep(folder: Path | None, conversation: Conversation, turn: Turn) -> Conversation:
    """Add a turn to a conversation and to its file, which is made when there is none.

    Raises ProgressError when it cannot be written; the conversation goes on without being kept then:
    `with_turn` does the other half.
    """
    if folder is None:
        raise ProgressError("error.conversation-homeless", hint="hint.home")
    line = {**turn._asdict(), "text": safe(turn.text)}
    lines = [{name: value for name, value in line.items() if value not in ("", ())}]
    path = _path(folder, conversation.id)
    try:
        if not path.exists():
            make_private_folder(folder)
            lines = [_head(conversation), *lines]
        _append(path, "".join(f"{json.dumps(one, ensure_ascii=False)}\n" for one in lines))
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProgressError("error.conversation-unkept", path=path, reason=reason) from error
    return conversation.with_turn(turn)


def _head(conversation: Conversation) -> dict[str, Any]:
    return {name: getattr(conversation, name) for name in ("started", "job", "entry", "level")}


def _path(folder: Path, conversation_id: str) -> Path:
    return folder / f"{conversation_id}.jsonl"


def _append(path: Path, text: str) -> None:
    """Add whole lines in one piece, below a line that was never finished; nobody else may read them."""
    make_private(path)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        if size:
            file.seek(size - 1)
            text = text if file.read(1) == b"\n" else f"\n{text}"
        content = text.encode("utf-8", "replace")
        while content:
            content = content[file.write(content) :]


def conversations(folder: Path | None) -> tuple[Conversation, ...]:
    """All conversations, the one that was continued last first; files that hold none are passed over."""
    if folder is None:
        return ()
    found = (_load(path) for path in _files(folder))
    return tuple(sorted((one for one in found if one), key=lambda one: (one.last_at, one.id), reverse=True))


def latest(folder: Path | None) -> Conversation | None:
    """The conversation that was continued last; None without any."""
    return next(iter(conversations(folder)), None)


def find(folder: Path | None, words: str, language: Language = "en") -> History:
    """The conversations that hold all of `words`, newest first, with the sentence that holds most of them.

    Without words all of them. Case, accents and width make no difference, and Chinese is found from one
    character on, as everywhere in the guide.
    """
    wanted = folding.words(words)
    found = []
    for number, one in enumerate(conversations(folder), start=1):
        if not words.strip():
            found.append(Found(number, one, None))
            continue
        said = {"note": [turn.text for turn in one.turns]}
        named = {"note": [*said["note"], one.entry]}
        if wanted and all(excerpt.find_piece(named, [word], language) for word in wanted):
            found.append(Found(number, one, excerpt.find_piece(said, wanted, language)))
    return History(tuple(found))


def read(folder: Path | None, name: str) -> Conversation:
    """The conversation with an id, or with a number counted from the newest. Raises NothingFound."""
    if folder is not None and re.fullmatch(_ID, name):
        found = _load(_path(folder, name))
        if found is not None:
            return found
    numbered = {str(number): one for number, one in enumerate(conversations(folder), start=1)}
    if name in numbered:
        return numbered[name]
    raise NothingFound("error.no-conversation", hint="hint.no-conversation", name=name)


def delete(folder: Path | None, conversation: Conversation) -> None:
    """Take the file of a conversation away for good. Raises ProgressError when it cannot be removed."""
    if folder is None:
        return
    path = _path(folder, conversation.id)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProgressError(
            "error.conversation-undeleted", hint="hint.conversation-undeleted", path=path, reason=reason
        ) from error


def _files(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from (path for path in folder.iterdir() if re.fullmatch(rf"{_ID}\.jsonl", path.name))


def _load(path: Path) -> Conversation | None:
    """What a file holds; None when it cannot be read or holds no turn."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    lines = [one for one in map(_line, content.split(b"\n")) if one is not None]
    head = next((one for one in lines if "job" in one), {})
    turns = [turn for turn in map(_turn, lines) if turn is not None]
    if not turns:
        return None
    found = Conversation(
        path.stem,
        _text(head, "started") or turns[0].at,
        "explain" if head.get("job") == "explain" else "ask",
        _text(head, "entry"),
        _text(head, "level"),
    )
    for turn in turns:
        found = found.with_turn(turn)
    return found


def _line(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _turn(line: dict[str, Any]) -> Turn | None:
    role, text, at = line.get("role"), line.get("text"), line.get("at")
    if role not in ("user", "assistant") or not isinstance(text, str) or not isinstance(at, str):
        return None
    cited = line.get("citations")
    ending = line.get("ending")
    return Turn(
        at,
        role,
        safe(text),
        _text(line, "model"),
        _text(line, "provider"),
        ending if ending in ("done", "length", "cut", "stopped", "refused") else "",
        tuple(safe(str(one)) for one in cited) if isinstance(cited, list) else (),
    )


def _text(line: dict[str, Any], name: str) -> str:
    value = line.get(name)
    return safe(value) if isinstance(value, str) else ""
