"""`papers`, `courses`, `books`, `tools` and `list`: entries filtered and sorted."""

from typing import Annotated

import typer

from ailearn.catalog import browse
from ailearn.catalog.filters import with_statuses
from ailearn.catalog.query import Condition, names_in, parse
from ailearn.cli.options import one_of, session
from ailearn.cli.verb import Verb
from ailearn.errors import NothingFound

app = typer.Typer()

KINDS: dict[str, tuple[str, ...]] = {
    "papers": ("paper", "essay"),
    "courses": ("course",),
    "books": ("book",),
    "tools": ("tool",),
    "list": (),
}


def list_entries(
    context: typer.Context,
    words: Annotated[list[str] | None, typer.Argument(metavar="[WORDS]...", help="argument.words")] = None,
    since: Annotated[
        int | None, typer.Option("--since", metavar="YEAR", min=1000, max=9999, help="option.since")
    ] = None,
    until: Annotated[
        int | None, typer.Option("--until", metavar="YEAR", min=1000, max=9999, help="option.until")
    ] = None,
    topic: Annotated[list[str] | None, typer.Option("--topic", metavar="TOPIC", help="option.topic")] = None,
    author: Annotated[
        list[str] | None, typer.Option("--author", metavar="NAME", help="option.author")
    ] = None,
    track: Annotated[str | None, typer.Option("--track", metavar="TRACK", help="option.track")] = None,
    status: Annotated[str | None, typer.Option("--status", metavar="STATUS", help="option.status")] = None,
    level: Annotated[
        int | None, typer.Option("--level", metavar="1-5", min=1, max=5, help="option.level")
    ] = None,
    sort: Annotated[str | None, typer.Option("--sort", metavar="FIELD", help="option.sort")] = None,
    reverse: Annotated[bool, typer.Option("--reverse", help="option.reverse")] = False,
    limit: Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="option.limit")] = None,
) -> None:
    """List the entries of the kinds that the command's own name stands for."""
    opened = session(context)
    kinds = KINDS[context.info_name or "list"]
    conditions = [Condition("kind", names=kinds)] if kinds else []
    if since is not None or until is not None:
        conditions.append(Condition("year", low=since, high=until))
    conditions += [Condition("topic", names=names_in(one)) for one in topic or ()]
    conditions += [Condition("author", one) for one in author or ()]
    if track is not None:
        conditions.append(Condition("track", names=(track,)))
    if status is not None:
        conditions.append(Condition("status", names=names_in(status)))
    if level is not None:
        conditions.append(Condition("level", low=level, high=level))
    conditions += parse(" ".join(words or ()))
    met = tuple(conditions)
    if any(one.field == "status" for one in met):
        met = with_statuses(met, opened.statuses)
    found = browse.listing(opened.study, met, sort=_sort(sort), reverse=reverse, limit=limit)
    opened.show(browse.tools(opened.study, found, opened.moment.date) if kinds == ("tool",) else found)
    if not found.entries:
        raise NothingFound("error.nothing-matches", hint="hint.fewer-filters")
    if len(found.entries) < found.total:
        opened.screen.note("note.limited", shown=len(found.entries), total=found.total)


def _sort(named: str | None) -> browse.Sort | None:
    return None if named is None else one_of("--sort", named, browse.SORTS)


for _name in KINDS:
    app.command(_name, cls=Verb, help=f"help.{_name}")(list_entries)
