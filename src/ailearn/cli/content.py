"""`content`: checking what entries say, beginning new ones, and where they come from."""

import json
from pathlib import Path
from typing import Annotated

import typer

from ailearn.cli.options import plain, session
from ailearn.cli.verb import Verb, VerbGroup
from ailearn.errors import ContentError, NothingFound, UsageError
from ailearn.messages import Names

content_app = typer.Typer(rich_markup_mode=None)


@content_app.callback(cls=VerbGroup, help="help.content")
def content() -> None:
    """Look after the content."""


@content_app.command("check", cls=Verb, help="help.content.check")
def check(context: typer.Context) -> None:
    """Check everything and report all findings."""
    from datetime import date

    from ailearn.catalog import checks
    from ailearn.catalog.study import content_folders

    opened = session(context)
    today = date.fromisoformat(opened.moment.date)
    report = checks.check(content_folders(opened.settings.content), today)
    opened.screen.show(report)
    errors = sum(finding.severity == "error" for finding in report.findings)
    if errors:
        raise NothingFound("error.findings", count=errors, files=report.files)
    opened.screen.note("note.clean", files=report.files, entries=report.entries)


@content_app.command("new", cls=Verb, help="help.content.new")
def new(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="argument.kind")],
    entry_id: Annotated[str, typer.Argument(metavar="ID", help="argument.new-id")],
) -> None:
    """Write the skeleton of a new entry into the reader's own content folder, or the current one."""
    from ailearn.catalog.checks import FOLDER_OF_KIND
    from ailearn.catalog.rules import is_valid_id
    from ailearn.catalog.skeleton import skeleton

    opened = session(context)
    wanted = next((one for one in FOLDER_OF_KIND if one == plain(kind)), None)
    if wanted is None:
        raise UsageError("error.unknown-kind", hint="hint.known-kind", name=kind, names=Names(FOLDER_OF_KIND))
    if not is_valid_id(entry_id):
        raise UsageError("error.bad-id", hint="hint.bad-id", name=entry_id)
    folder = opened.settings.content[0] if opened.settings.content else Path()
    path = folder / FOLDER_OF_KIND[wanted] / f"{entry_id}.yaml"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(skeleton(wanted, entry_id))
    except FileExistsError as error:
        raise ContentError("error.file-exists", hint="hint.file-exists", path=path) from error
    except OSError as error:
        raise ContentError(
            "error.file-unwritable", hint="hint.file-unwritable", path=path, reason=error.strerror
        ) from error
    opened.screen.write(f"{path}\n")
    opened.screen.note("note.skeleton", folder=folder)


@content_app.command("schema", cls=Verb, help="help.content.schema")
def schema(
    context: typer.Context,
    cards: Annotated[bool, typer.Option("--cards", help="option.schema-cards")] = False,
) -> None:
    """Print the JSON Schema of an entry, or of a file of added cards."""
    from ailearn.catalog.schema import cards_schema, entry_schema

    opened = session(context)
    wanted = cards_schema() if cards else entry_schema()
    opened.screen.write(json.dumps(wanted, ensure_ascii=False, indent=2) + "\n")


@content_app.command("path", cls=Verb, help="help.content.path")
def path(context: typer.Context) -> None:
    """Say where content comes from."""
    from ailearn.catalog.places import places

    opened = session(context)
    opened.screen.show(places(opened.study, opened.settings.content))
