"""`guide`, `tracks`, `timeline`, `path` and `topics`: the way through the subject."""

from typing import Annotated

import typer

from ailearn.catalog import browse, names, paths, prerequisites
from ailearn.cli.options import Session, session
from ailearn.cli.reading import chosen
from ailearn.cli.verb import Verb
from ailearn.errors import UsageError
from ailearn.messages import Names

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
    opened.show(browse.tracks(opened.study, track))


@app.command("timeline", cls=Verb, help="help.timeline")
def timeline(context: typer.Context, track: Track = None) -> None:
    """Draw the evolution by year."""
    opened = session(context)
    opened.show(browse.timeline(opened.study, track))


@app.command("path", cls=Verb, help="help.path")
def path(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="[ID|NAME]", help="argument.id-or-path")] = "",
    track: Annotated[str | None, typer.Option("--track", metavar="TRACK", help="option.track-path")] = None,
    whole: Annotated[bool, typer.Option("--all", help="option.whole")] = False,
) -> None:
    """Show what to read before an entry, and why; or a path that has a name."""
    if name and track is not None:
        raise UsageError("error.one-of", hint="hint.one-of", names=Names(("[ID|NAME]", "--track")))
    opened = session(context)
    way = paths.track_path(opened.study, track) if track is not None else _named(opened, name)
    if way is not None:
        opened.show(way)
        return
    found = prerequisites.path(opened.study, chosen(opened, name), () if whole else opened.learnt)
    opened.show(found)
    if found.left_out:
        opened.screen.note("note.left-out", count=found.left_out)


def _named(opened: Session, name: str) -> paths.Way | paths.NamedPaths | None:
    """The path that `name` means, all of them without one; None where it means an entry, which goes first."""
    if not name:
        return paths.named_paths(opened.study)
    if names.candidates(opened.study, name):
        return None
    found = paths.find(opened.study, name)
    if found is None:
        paths.check_name(opened.study, name)
    return found


@app.command("topics", cls=Verb, help="help.topics")
def topics(context: typer.Context) -> None:
    """List the topics."""
    opened = session(context)
    opened.screen.show(browse.topics(opened.study))
