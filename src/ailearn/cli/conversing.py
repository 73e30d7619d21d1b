"""A conversation with a model: every question is asked, answered on the screen, and kept."""

from typing import TYPE_CHECKING, NamedTuple

from ailearn.cli.options import Session, said
from ailearn.cli.tutors import hear
from ailearn.errors import NoSuchEntry, ProgressError

if TYPE_CHECKING:
    from ailearn.catalog.documents import Document
    from ailearn.catalog.passages import Passage
    from ailearn.tutor.answers import Answer
    from ailearn.tutor.citations import Citations
    from ailearn.tutor.talk import Compose, Reply
    from ailearn.tutor.teacher import Teacher
    from ailearn.tutor.transcripts import Conversation, Turn


class Prepared(NamedTuple):
    """A question that is ready to be asked; `names` are those that its answer may cite."""

    question: str
    entry: str
    compose: "Compose"
    passages: "tuple[Passage, ...]"
    names: tuple[str, ...]


class Talk:
    """A conversation, which is kept with the reader's data unless she would rather not.

    What cannot be kept is still shown; that it was not kept is said once.
    """

    def __init__(self, opened: Session, conversation: "Conversation", *, save: bool = True) -> None:
        self.opened = opened
        self.conversation = conversation
        self._keeping = save

    @property
    def keeping(self) -> bool:
        """Whether it is kept."""
        return self._keeping

    def prepare(self, question: str, entry: "Document | None") -> Prepared:
        """The request for a question that follows the conversation until now."""
        from ailearn.cli.tutors import reader_of
        from ailearn.tutor import tasks

        opened = self.opened
        language, talked = opened.settings.language, self.conversation
        entry_id = entry["id"] if entry else ""
        found = tasks.passages_for(opened.study, question, language, entry, talked.questions)
        sent = tasks.sent_passages(found, language)
        reader = reader_of(opened, entry_id)
        compose = tasks.ask(opened.study, question, entry, sent, reader, talked.messages)
        cited_before = {name for turn in talked.turns for name in turn.citations}
        names = dict.fromkeys((*(one.name for one in sent), *sorted(cited_before)))
        return Prepared(question, entry_id, compose, sent, tuple(names))

    def keep_question(self, question: str) -> None:
        """Keep a question, before it is asked: so it can be asked again whatever happens."""
        from ailearn.tutor.transcripts import Turn

        self._keep(Turn(self._now(), "user", question))

    def answer(self, teacher: "Teacher", prepared: Prepared) -> "Answer":
        """Ask, show the answer as it arrives, keep it, and say what it rests on.

        Raises NetworkError when nothing came back.
        """
        from ailearn.tutor.answers import Answer
        from ailearn.tutor.citations import citations
        from ailearn.tutor.transcripts import Turn

        reply = hear(self.opened, teacher, prepared.compose)
        cited = citations(self.opened.study, reply.text, prepared.names)
        provider = teacher.endpoint.provider
        if reply.text.strip():
            turn = Turn(
                self._now(), "assistant", reply.text, reply.model, provider, reply.ending, cited.known
            )
            self._keep(turn)
            self._tell(reply, cited)
        kept = self.conversation.id if self._keeping else ""
        return Answer(
            prepared.question, prepared.entry, reply.text, reply.model, provider, reply.ending,
            cited.known, cited.unknown, prepared.passages, kept,
        )  # fmt: skip

    def _now(self) -> str:
        from ailearn.learning.clock import current

        return current(self.opened.settings.rollover, self.opened.screen.streams.environ).at

    def _keep(self, turn: "Turn") -> None:
        from ailearn.tutor import transcripts

        if self._keeping:
            folder = transcripts.conversations_folder(self.opened.settings.folders.data)
            try:
                self.conversation = transcripts.keep(folder, self.conversation, turn)
            except ProgressError as error:
                self._keeping = False
                reason = said(self.opened, error)
                self.opened.screen.note("warning.conversation-unkept", reason=reason)
            else:
                return
        self.conversation = self.conversation.with_turn(turn)

    def _tell(self, reply: "Reply", cited: "Citations") -> None:
        """Who answered, and what the answer rests on."""
        from ailearn.view.measures import listed

        screen = self.opened.screen
        key = "ask.answered-from" if cited.known else "ask.answered"
        screen.aside(key, model=reply.model, names=listed(cited.known, screen.language))
        if cited.unknown:
            screen.note("ask.unknown-citations", names=listed(cited.unknown, screen.language))


def subject(opened: Session, conversation: "Conversation") -> "Document | None":
    """The entry that a conversation is about; None without one, or when the guide no longer has it."""
    if not conversation.entry:
        return None
    from ailearn.catalog import browse

    try:
        return browse.entry(opened.study, conversation.entry)
    except NoSuchEntry:
        return None
