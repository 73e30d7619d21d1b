"""`tutor history`: the conversations that were kept, to be found, read again and deleted."""

from typing import Annotated

import typer

from ailearn.cli.options import Session, session
from ailearn.cli.tutors import says_yes
from ailearn.errors import NothingFound, UsageError
from ailearn.messages import Names


def history(
    context: typer.Context,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[WORDS]...", help="argument.history-words")
    ] = None,
    show: Annotated[
        str | None, typer.Option("--show", metavar="N|ID", help="option.show-conversation")
    ] = None,
    delete: Annotated[
        str | None, typer.Option("--delete", metavar="N|ID", help="option.delete-conversation")
    ] = None,
) -> None:
    """List conversations, search them, read one again, delete one."""
    if sum((bool(words), show is not None, delete is not None)) > 1:
        raise UsageError("error.one-of", hint="hint.one-of", names=Names(("WORDS", "--show", "--delete")))
    from ailearn.tutor import transcripts

    opened = session(context)
    folder = transcripts.conversations_folder(opened.settings.folders.data)
    if show is not None:
        opened.screen.show(transcripts.read(folder, show))
    elif delete is not None:
        _delete(opened, delete)
    else:
        query = " ".join(words or ())
        found = transcripts.find(folder, query, opened.settings.language)
        if words and not found.found:
            raise NothingFound("error.nothing-found", hint="hint.history-words", query=query)
        opened.screen.show(found)
        if not found.found:
            opened.screen.note("history.none")


def _delete(opened: Session, name: str) -> None:
    """Delete a conversation; a reader at a terminal is asked first, for nothing brings it back."""
    from ailearn.tutor import transcripts
    from ailearn.view.measures import local_day

    folder = transcripts.conversations_folder(opened.settings.folders.data)
    found = transcripts.read(folder, name)
    told = {"question": found.title, "day": local_day(found.last_at)}
    if opened.screen.interactive and not says_yes(opened, "history.delete", **told):
        raise typer.Exit(1)
    transcripts.delete(folder, found)
    opened.screen.note("history.deleted", **told)
