"""`ask` and `explain`: a question that the guide answers, alone or through a model, and an explanation."""

from typing import TYPE_CHECKING, Annotated

import typer

from ailearn import errors
from ailearn.catalog import browse, folding, names
from ailearn.cli.conversing import Prepared, Talk, subject
from ailearn.cli.grounding import show_grounds
from ailearn.cli.options import Session, session, text_of
from ailearn.cli.reading import chosen
from ailearn.cli.tutors import endpoint_for, reader_of, show_request, teacher_at
from ailearn.cli.verb import Verb
from ailearn.errors import NetworkError, NothingFound, UsageError
from ailearn.messages import Names

if TYPE_CHECKING:
    from ailearn.catalog.documents import Document
    from ailearn.tutor.answers import Answer
    from ailearn.tutor.talk import Endpoint, Job
    from ailearn.tutor.transcripts import Conversation

app = typer.Typer()
_EXITS = {"cut": errors.NETWORK, "refused": errors.NETWORK, "stopped": errors.INTERRUPTED}
Model = Annotated[str | None, typer.Option("--model", metavar="NAME", help="option.model")]
NoSave = Annotated[bool, typer.Option("--no-save", help="option.no-save")]
ShowPrompt = Annotated[bool, typer.Option("--show-prompt", help="option.show-prompt")]


@app.command("ask", cls=Verb, help="help.ask")
def ask(
    context: typer.Context,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="QUESTION [ID]", help="argument.question")
    ] = None,
    go_on: Annotated[bool, typer.Option("--continue", "-c", help="option.continue")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="option.retry")] = False,
    model: Model = None,
    no_save: NoSave = False,
    show_prompt: ShowPrompt = False,
) -> None:
    """Answer a question from the guide, through a model where one is connected."""
    if retry and (words or go_on):
        raise UsageError(
            "error.one-of", hint="hint.one-of", names=Names(("--retry", "--continue", "QUESTION"))
        )
    if not words and not retry:
        raise UsageError("error.missing", hint="hint.question", name="QUESTION")
    opened = session(context)
    if retry:
        _again(opened, model, save=not no_save, show_prompt=show_prompt)
        return
    question, entry = question_and_entry(opened, words or [])
    endpoint = None if show_prompt else endpoint_for(opened, "ask", model)
    if endpoint is None and not (show_prompt or go_on):
        # Nothing is prepared that only a model would need: this is a read, and quick.
        show_grounds(opened, question, entry)
        return
    conversation = _conversation(opened, entry, go_on=go_on)
    about = browse.entry(opened.study, entry) if entry else subject(opened, conversation)
    talk = Talk(opened, conversation, save=not no_save)
    prepared = talk.prepare(question, about)
    _put(opened, talk, prepared, "ask", model, endpoint, again=False, show_prompt=show_prompt)


@app.command("explain", cls=Verb, help="help.explain")
def explain(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID", help="argument.id")],
    level: Annotated[str | None, typer.Option("--level", metavar="LEVEL", help="option.reader-level")] = None,
    model: Model = None,
    no_save: NoSave = False,
    show_prompt: ShowPrompt = False,
) -> None:
    """Have a model explain an entry at the reader's level."""
    from ailearn.tutor import transcripts

    opened = session(context)
    entry = browse.entry(opened.study, chosen(opened, name))
    chosen_level = reader_of(opened, entry["id"], level).level
    conversation = transcripts.begin(opened.moment.at, "explain", entry["id"], chosen_level)
    prepared = _explanation(opened, entry, chosen_level)
    talk = Talk(opened, conversation, save=not no_save)
    _put(opened, talk, prepared, "explain", model, again=False, show_prompt=show_prompt)


def question_and_entry(opened: Session, words: list[str]) -> tuple[str, str]:
    """What is asked, and the id of the entry that it is about, empty when none is named.

    A question without quotation marks arrives in single words; then all of them are the question, and only
    a single word may be followed by an entry. An entry may also stand before the question, as it does after
    `explain`. Raises UsageError for an empty question, NoSuchEntry for a name that nothing bears.
    """
    *before, last = words
    if "-" in words:
        return _with_stdin(opened, words)
    if len(words) == 2:
        first_named, last_named = (bool(names.candidates(opened.study, one)) for one in words)
        if last_named:
            return _stripped(words[0]), chosen(opened, last)
        if first_named:
            return _stripped(last), chosen(opened, words[0])
        if _is_sentence(words[0]):
            return _stripped(words[0]), chosen(opened, last)
    if len(words) > 2 and any(map(_is_quoted, before)):
        raise UsageError("error.question-words", hint="hint.question")
    return _stripped(" ".join(words)), ""


def _with_stdin(opened: Session, words: list[str]) -> tuple[str, str]:
    rest = [one for one in words if one != "-"]
    if len(rest) > 1 or len(words) - len(rest) > 1:
        raise UsageError("error.question-words", hint="hint.question")
    entry = chosen(opened, rest[0]) if rest else ""
    return _stripped(text_of(opened.screen.streams.stdin.read(), "stdin")), entry


def _stripped(question: str) -> str:
    if not question.strip():
        raise UsageError("error.no-question", hint="hint.question")
    return text_of(question.strip(), "QUESTION")


def _is_quoted(word: str) -> bool:
    return len(word.split()) > 1


def _is_sentence(word: str) -> bool:
    """Whether a single argument is a whole question; Chinese needs no spaces for that."""
    return _is_quoted(word) or word.endswith(("?", "？")) or sum(map(folding.is_han, word)) >= 4


def _conversation(opened: Session, entry: str, *, go_on: bool) -> "Conversation":
    """The last conversation, to go on with, or else a new one."""
    from ailearn.tutor import transcripts

    found = (
        transcripts.latest(transcripts.conversations_folder(opened.settings.folders.data)) if go_on else None
    )
    if go_on and found is None:
        opened.screen.note("ask.nothing-to-continue")
    return found or transcripts.begin(opened.moment.at, "ask", entry)


def _again(opened: Session, model: str | None, *, save: bool, show_prompt: bool) -> None:
    """Ask the last question of the last conversation once more; raises NothingFound without one."""
    from ailearn.tutor import transcripts

    found = transcripts.latest(transcripts.conversations_folder(opened.settings.folders.data))
    if found is None or not found.questions:
        raise NothingFound("error.nothing-to-retry", hint="hint.nothing-to-retry")
    entry = subject(opened, found)
    if found.job == "explain" and len(found.questions) == 1 and entry:
        job: Job = "explain"
        prepared = _explanation(opened, entry, found.level or None)
    else:
        job = "ask"
        prepared = Talk(opened, found.before_last()).prepare(found.questions[-1], entry)
    talk = Talk(opened, found, save=save)
    _put(opened, talk, prepared, job, model, again=True, show_prompt=show_prompt)


def _explanation(opened: Session, entry: "Document", level: str | None) -> Prepared:
    from ailearn.tutor import brief, tasks

    reader = reader_of(opened, entry["id"], level)
    question = tasks.explain_question(entry, reader.language)
    citable = tuple(f"{entry['id']}: {one}" for one in ("one_liner", *brief.SECTIONS) if entry.get(one))
    return Prepared(question, entry["id"], tasks.explain(opened.study, entry, reader), (), citable)


def _put(
    opened: Session,
    talk: Talk,
    prepared: Prepared,
    job: "Job",
    model: str | None,
    endpoint: "Endpoint | None" = None,
    *,
    again: bool,
    show_prompt: bool,
) -> None:
    """Ask and show the answer, or what there is without one; ends with the exit code of the answer.

    Without an `endpoint` the one for the job is looked for.
    """
    if show_prompt:
        show_request(opened, job, prepared.compose, model)
        return
    endpoint = endpoint or endpoint_for(opened, job, model)
    if endpoint is None:
        if job == "explain":
            raise NetworkError("error.no-tutor", hint="hint.explain-instead", id=prepared.entry)
        show_grounds(opened, prepared.question, prepared.entry)
        return
    answer = _answer(opened, talk, prepared, endpoint, job, again=again)
    if opened.screen.form == "json":
        opened.screen.show(answer)
    if answer.ending == "cut" and talk.keeping:
        opened.screen.note("ask.retry")
    if answer.ending in _EXITS:
        raise typer.Exit(_EXITS[answer.ending])


def _answer(
    opened: Session, talk: Talk, prepared: Prepared, endpoint: "Endpoint", job: "Job", *, again: bool
) -> "Answer":
    """The answer of a model. Where none comes a reader at a terminal still sees what the guide says."""
    if not again:
        talk.keep_question(prepared.question)
    try:
        return talk.answer(teacher_at(opened, endpoint), prepared)
    except NetworkError:
        if job == "ask" and opened.screen.form == "rich":
            from ailearn.tutor.grounds import grounds

            if talk.keeping:
                opened.screen.note("ask.question-kept")
            language = opened.settings.language
            found = grounds(opened.study, prepared.question, prepared.entry, language)
            if found.passages:
                opened.screen.note("ask.instead")
                # Without a pager, so that the error stands below it where it is seen.
                opened.screen.write(f"\n{opened.screen.draw(found)}\n")
        raise
