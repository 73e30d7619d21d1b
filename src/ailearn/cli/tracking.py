"""`next`, `progress` and `sync`: where the reader is, what to do next, and her journal on its way."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ailearn.cli.options import Session, session
from ailearn.cli.verb import Verb, VerbGroup
from ailearn.errors import ProgressError, UsageError
from ailearn.language import say
from ailearn.messages import Names
from ailearn.settings import path_of

app = typer.Typer()
progress_app = typer.Typer(rich_markup_mode=None)


@app.command("next", cls=Verb, help="help.next")
def next_(context: typer.Context) -> None:
    """Show what to do next, and why."""
    from ailearn.learning.plan import next_steps
    from ailearn.learning.review import Limits

    opened = session(context)
    limits = Limits(opened.settings.new_cards, opened.settings.reviews)
    found = next_steps(opened.study, opened.journal, opened.moment, limits)
    opened.show(found)
    if not found.proposals:
        opened.screen.note("note.nothing-next")
        if found.comes_back:
            opened.screen.note("note.comes-back", day=found.comes_back)


@progress_app.callback(cls=VerbGroup, help="help.progress", invoke_without_command=True)
def progress(context: typer.Context) -> None:
    """Show where the reader is when no command is named."""
    if context.invoked_subcommand is None:
        from ailearn.learning.overview import overview

        opened = session(context)
        opened.screen.show(overview(opened.study, opened.journal, opened.moment))


@progress_app.command("export", cls=Verb, help="help.progress.export")
def export(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="[FILE]", help="argument.export-file")] = "-",
) -> None:
    """Write all events as lines of JSON."""
    from ailearn.learning import transfer

    opened = session(context)
    if file == "-":
        lines = [f"{line}\n" for line in transfer.export(opened.journal)]
        opened.screen.write_json("".join(lines))
        opened.screen.note("note.exported", count=len(lines), path="stdout")
        return
    path = path_of(file, UsageError)
    try:
        count = transfer.export_file(opened.journal, path)
    except OSError as error:
        raise _unusable(path, error) from error
    opened.screen.note("note.exported", count=count, path=path)


@progress_app.command("import", cls=Verb, help="help.progress.import")
def import_(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="argument.import-file")],
) -> None:
    """Add the events of an exported file."""
    from ailearn.learning.transfer import import_file, opened_to_import

    opened = session(context)
    path = path_of(file, UsageError)
    try:
        if file == "-":
            found = import_file(opened.journal_to_write, sys.stdin.buffer, "stdin")
        else:
            with opened_to_import(path) as content:
                found = import_file(opened.journal_to_write, content, file)
    except OSError as error:
        raise _unusable(path, error) from error
    _tell(opened, found, "note.imported", **found._asdict())
    _tell_unknown(opened, found.kinds)


@progress_app.command("restore", cls=Verb, help="help.progress.restore")
def restore(context: typer.Context) -> None:
    """Bring back the newest sound backup."""
    from ailearn.learning import rescue

    opened = session(context)
    found = rescue.restore(opened.settings.folders.data, opened.moment)
    _tell(opened, found, "note.restored", **found._asdict())
    if found.replaced:
        opened.screen.note("note.replaced", path=found.replaced)


@app.command("sync", cls=Verb, help="help.sync")
def sync(
    context: typer.Context,
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help="argument.folder")],
) -> None:
    """Exchange events with other devices through a folder."""
    if not folder.strip():
        raise UsageError("error.no-sync-folder", hint="hint.sync-folder")
    from ailearn.learning import transfer

    opened = session(context)
    found = transfer.sync(opened.journal_to_write, path_of(folder, UsageError))
    _tell(opened, found, "note.synced", **found._asdict())
    for one in found.left_out:
        reason = say(f"left-out.{one.reason}", opened.screen.language, detail=one.detail)
        opened.screen.note("warning.not-synced", place=one.place, reason=reason)
    if found.changed:
        opened.screen.note("note.changed-elsewhere", names=Names(found.changed))
    _tell_unknown(opened, found.kinds)


def _tell_unknown(opened: Session, kinds: tuple[str, ...]) -> None:
    if kinds:
        opened.screen.note("warning.unknown-kinds", kinds=Names(kinds))


def _tell(opened: Session, found: Any, key: str, **values: object) -> None:
    """Say what was done on stderr; programs also get the numbers on stdout."""
    if opened.screen.form != "rich":
        opened.screen.show(found)
    opened.screen.note(key, **values)


def _unusable(path: Path, error: OSError) -> ProgressError:
    reason = error.strerror or str(error)
    return ProgressError("error.export-file", hint="hint.export-file", path=path, reason=reason)
