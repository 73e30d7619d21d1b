"""`guide`, `tracks`, `timeline`, `path` and `topics`: the way through the subject."""

from typing import Annotated

import typer

from ailearn.catalog import browse, prerequisites
from ailearn.cli.options import session
from ailearn.cli.reading import chosen
from ailearn.cli.verb import Verb

app = typer.Typer()
Track = Annotated[str | None, typer.Argument(metavar="[TRACK]", help="argument.track")]


@app.command("guide", cls=Verb, help="help.guide")
def guide(context: typer.Context) -> None:
    """Show how to learn AI with AI."""
    opened = session(context)
    opened.screen.show(browse.method(opened.study))


@app.command("tracks", cls=Verb, help="help.tracks")
def tracks(context: typer.Context, track: Track = None) -> None:
    """Show the tracks and their steps."""
    opened = session(context)
    opened.screen.show(browse.tracks(opened.study, track))


@app.command("timeline", cls=Verb, help="help.timeline")
def timeline(context: typer.Context, track: Track = None) -> None:
    """Draw the evolution by year."""
    opened = session(context)
    opened.screen.show(browse.timeline(opened.study, track))


@app.command("path", cls=Verb, help="help.path")
def path(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID", help="argument.id")],
) -> None:
    """Show what to read before an entry, and why."""
    opened = session(context)
    opened.screen.show(prerequisites.path(opened.study, chosen(opened, name)))


@app.command("topics", cls=Verb, help="help.topics")
def topics(context: typer.Context) -> None:
    """List the topics."""
    opened = session(context)
    opened.screen.show(browse.topics(opened.study))
