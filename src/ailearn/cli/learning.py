"""`start`, `read`, `know`, `skip`, `reset`, `undo` and `note`: what the reader did with an entry."""

import re
from typing import Annotated

import typer

from ailearn.cli.editor import call_editor, editor_command
from ailearn.cli.options import Session, session, text_of
from ailearn.cli.reading import chosen
from ailearn.cli.verb import Verb
from ailearn.errors import AilearnError, NothingFound, UsageError
from ailearn.language import say

app = typer.Typer()

STATUSES: dict[str, str] = {
    "start": "reading",
    "read": "read",
    "know": "known",
    "skip": "skipped",
    "reset": "unread",
}


def set_status(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="argument.ids")],
) -> None:
    """Give entries the status that the command's own name stands for, all in one action."""
    opened = session(context)
    status = STATUSES[context.info_name or "reset"]
    found = [chosen(opened, one) for one in ids]
    from ailearn.learning.progress import mark

    marked = mark(opened.study, opened.journal_to_write, opened.moment, found, status)
    opened.screen.show(marked)
    for entry_id in marked.unchanged:
        shown = say(f"status.{status}", opened.settings.language)
        opened.screen.note("note.already", id=entry_id, status=shown)


for _name in STATUSES:
    app.command(_name, cls=Verb, help=f"help.{_name}")(set_status)


@app.command("undo", cls=Verb, help="help.undo")
def undo(context: typer.Context) -> None:
    """Take back what was recorded last."""
    from ailearn.learning import progress

    opened = session(context)
    if not opened.has_journal:
        raise NothingFound("error.nothing-to-undo")
    opened.screen.show(progress.undo(opened.journal_to_write, opened.moment))


@app.command("note", cls=Verb, help="help.note", context_settings={"ignore_unknown_options": True})
def note(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID", help="argument.id")],
    words: Annotated[list[str] | None, typer.Argument(metavar="[TEXT]", help="argument.note")] = None,
) -> None:
    """Write down a thought about an entry."""
    opened = session(context)
    # A text may begin with a dash, as a list does in Markdown; one that begins with two is a slip.
    unknown = next((word for word in words or () if re.fullmatch(r"--[\w-]*", word)), None)
    if unknown is not None:
        raise UsageError("error.no-such-option", hint="hint.help", name=unknown, command="ailearn note")
    entry_id = chosen(opened, name)
    if not words:
        _edit(opened, entry_id)
    elif words == ["-"]:
        _write(opened, entry_id, _from_stdin(opened, entry_id))
    else:
        _write(opened, entry_id, text_of(" ".join(words), "TEXT"))


def _write(opened: Session, entry_id: str, text: str) -> None:
    from ailearn.learning.progress import write_note

    opened.screen.show(write_note(opened.study, opened.journal_to_write, opened.moment, entry_id, text))


def _from_stdin(opened: Session, entry_id: str) -> str:
    text = text_of(opened.screen.streams.stdin.read(), "stdin")
    if not text.strip():
        # A command before the pipe that failed must not take the note away.
        raise UsageError("error.note-empty", hint="hint.note-empty", id=entry_id)
    return text


def _edit(opened: Session, entry_id: str) -> None:
    """Let the reader change her note in her editor; a file that could not be recorded is kept."""
    import tempfile
    from pathlib import Path

    command = editor_command(opened)
    before = opened.journal.entry(entry_id).note if opened.has_journal else ""
    with tempfile.NamedTemporaryFile(
        "w", prefix=f"{entry_id}-", suffix=".md", delete=False, encoding="utf-8"
    ) as file:
        file.write(f"{before}\n" if before else "")
    path = Path(file.name)
    try:
        call_editor(command, path)
        text = path.read_text(encoding="utf-8-sig")
        _write(opened, entry_id, text)
    except UnicodeDecodeError as error:
        raise UsageError("error.not-text", hint="hint.draft", place=path) from error
    except AilearnError:
        if path.exists() and path.read_bytes().strip() not in (b"", before.encode()):
            opened.screen.note("note.draft", path=path)
        else:
            path.unlink(missing_ok=True)
        raise
    path.unlink()
