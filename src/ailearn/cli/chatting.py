"""`chat`: a conversation with a model, question by question."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ailearn import errors
from ailearn.catalog import shown
from ailearn.cli.conversing import Talk, subject
from ailearn.cli.options import Session, said, session, text_of
from ailearn.cli.reading import chosen
from ailearn.cli.tutors import teacher_for
from ailearn.cli.verb import Verb
from ailearn.errors import AilearnError, NetworkError
from ailearn.language import say
from ailearn.messages import Names

if TYPE_CHECKING:
    from ailearn.catalog.documents import Document
    from ailearn.cli.conversing import Prepared
    from ailearn.tutor.transcripts import Conversation

app = typer.Typer()
# Earlier questions, in the data folder, for the arrow keys.
_HISTORY = "chat-history"


@app.command("chat", cls=Verb, help="help.chat")
def chat(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[ID]", help="argument.id")] = None,
    go_on: Annotated[bool, typer.Option("--continue", "-c", help="option.continue")] = False,
    model: Annotated[str | None, typer.Option("--model", metavar="NAME", help="option.model")] = None,
    no_save: Annotated[bool, typer.Option("--no-save", help="option.no-save")] = False,
) -> None:
    """Talk with a model about an entry, or about anything in the guide."""
    opened = session(context)
    conversation = _conversation(opened, chosen(opened, name) if name else "", go_on=go_on)
    chatting = _Chat(opened, conversation, model, save=not no_save)
    if opened.screen.interactive:
        chatting.welcome()
        _at_terminal(opened, chatting, save=not no_save)
    else:
        for line in _lines(opened):
            if not chatting.take(line):
                break
    chatting.farewell()
    if not opened.screen.interactive and chatting.failed:
        raise typer.Exit(errors.NETWORK)


def _conversation(opened: Session, entry: str, *, go_on: bool) -> "Conversation":
    """The last conversation, about `entry` if one is named, to go on with, or else a new one."""
    from ailearn.tutor import transcripts

    if go_on:
        folder = transcripts.conversations_folder(opened.settings.folders.data)
        kept = transcripts.conversations(folder)
        found = next((one for one in kept if entry in ("", one.entry)), None)
        if found is not None:
            return found
        opened.screen.note("ask.nothing-to-continue")
    return transcripts.begin(opened.moment.at, "ask", entry)


def _at_terminal(opened: Session, chatting: "_Chat", *, save: bool) -> None:
    from ailearn.view.chat_prompt import ChatPrompt

    data = opened.settings.folders.data
    history: Path | None = data / _HISTORY if save and data else None
    prompt = ChatPrompt(
        opened.screen, history, chatting.commands, lambda: opened.screen.note("chat.how-to-end")
    )
    while (line := prompt.read()) is not None:
        try:
            if not chatting.take(line):
                return
        except KeyboardInterrupt:
            opened.screen.note("tutor.stopped")


def _lines(opened: Session) -> Iterator[str]:
    """Lines of stdin; one that ends in a backslash goes on in the next."""
    streams = opened.screen.streams
    held = ""
    while True:
        if streams.stdin.isatty():
            streams.stderr.write("> ")
            streams.stderr.flush()
        line = text_of(streams.stdin.readline(), "stdin")
        whole = line.rstrip("\r\n")
        if line and whole.endswith("\\"):
            held += f"{whole[:-1]}\n"
            continue
        if line or held:
            yield held + whole
        if not line:
            return
        held = ""


class _Chat:
    """A conversation while it goes on: takes questions and commands."""

    def __init__(
        self, opened: Session, conversation: "Conversation", model: str | None, *, save: bool
    ) -> None:
        self._opened = opened
        self._teacher = teacher_for(opened, "ask", model)
        self._talk = Talk(opened, conversation, save=save)
        self._begun = len(conversation.turns)
        self._entry: Document | None = subject(opened, conversation)
        self._prepared: Prepared | None = None
        self._answered = False
        self.failed = False
        self.commands: dict[str, Callable[[str], None]] = {
            "/help": self._help,
            "/retry": self._retry,
            "/passages": self._passages,
            "/show": self._show,
            "/model": self._switch,
            "/quit": lambda _: None,
        }

    def welcome(self) -> None:
        """What the conversation is about, with whom, and how to use it."""
        from ailearn.view.chat_prompt import Welcome

        screen, endpoint = self._opened.screen, self._teacher.endpoint
        before = self._talk.conversation.questions
        welcome = Welcome(self._entry, endpoint.model, endpoint.provider, before[-1:], self._talk.keeping)
        screen.write(screen.draw(welcome))

    def farewell(self) -> None:
        """How to find the conversation again; with `--json` the whole of it."""
        screen, talked = self._opened.screen, self._talk.conversation
        if screen.form == "json":
            screen.show(talked)
        elif self._talk.keeping and len(talked.turns) > self._begun:
            screen.note("chat.kept", id=talked.id, entry=f" {talked.entry}" if talked.entry else "")

    def take(self, line: str) -> bool:
        """Do what a line says; False when the conversation is over."""
        command, _, rest = line.strip().partition(" ")
        if command in ("/quit", "/exit"):
            return False
        if command in self.commands:
            self.commands[command](rest.strip())
        elif command.startswith("/") and command[1:].isalpha():
            self._opened.screen.note("chat.no-command", name=command, names=Names(self.commands))
        elif command:
            # Bytes from a terminal that are no UTF-8 arrive as lone surrogates, which nothing takes.
            self._ask(line.strip().encode("utf-8", "replace").decode())
        return True

    def _ask(self, question: str) -> None:
        self._prepared = self._talk.prepare(question, self._entry)
        self._talk.keep_question(question)
        self._answer(self._prepared)

    def _answer(self, prepared: "Prepared") -> None:
        screen = self._opened.screen
        if screen.interactive or (self._answered and screen.form != "json"):
            screen.write("\n")
        try:
            answer = self._talk.answer(self._teacher, prepared)
        except NetworkError as error:
            self._tell(error)
        else:
            self._answered = True
            self.failed = self.failed or answer.ending in ("cut", "refused")
            if answer.ending == "stopped" and not screen.interactive:
                raise KeyboardInterrupt
        if screen.interactive:
            screen.write("\n")

    def _tell(self, error: AilearnError) -> None:
        """Say what went wrong; the conversation goes on."""
        self.failed = True
        screen = self._opened.screen
        screen.say_aside(say("error.label", screen.language) + said(self._opened, error))
        if error.hint:
            hint = say(error.hint, screen.language, **error.values)
            screen.say_aside(say("hint.label", screen.language) + hint)

    # What the commands do

    def _help(self, _: str) -> None:
        self._opened.screen.note("chat.help")

    def _retry(self, _: str) -> None:
        talked = self._talk.conversation
        if not talked.questions:
            self._opened.screen.note("chat.nothing-asked")
            return
        earlier = Talk(self._opened, talked.before_last())
        self._prepared = earlier.prepare(talked.questions[-1], self._entry)
        self._answer(self._prepared)

    def _passages(self, _: str) -> None:
        from ailearn.tutor.grounds import resting_on

        prepared = self._prepared
        if prepared is None:
            self._opened.screen.note("chat.nothing-asked")
        elif not prepared.passages:
            self._opened.screen.note("chat.no-passages")
        else:
            self._opened.show(
                resting_on(self._opened.study, prepared.question, prepared.entry, prepared.passages)
            )

    def _show(self, _: str) -> None:
        if self._entry is None:
            self._opened.screen.note("chat.no-entry")
        else:
            self._opened.show(shown.show(self._opened.study, (self._entry["id"],), brief=True))

    def _switch(self, name: str) -> None:
        screen = self._opened.screen
        if name:
            try:
                self._teacher = teacher_for(self._opened, "ask", name)
            except AilearnError as error:
                self._tell(error)
                return
        endpoint = self._teacher.endpoint
        screen.note("chat.model", model=endpoint.model, provider=endpoint.provider)
