"""`search`: the query box."""

from typing import Annotated

import typer

from ailearn.catalog.query import names_in
from ailearn.catalog.search import SearchResult, find, meant
from ailearn.cli.options import Session, session
from ailearn.cli.verb import Verb
from ailearn.errors import NothingFound, UsageError
from ailearn.messages import Names

app = typer.Typer()


@app.command("search", cls=Verb, help="help.search", context_settings={"ignore_unknown_options": True})
def search(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORDS...", help="argument.query")],
    kind: Annotated[list[str] | None, typer.Option("--kind", metavar="KIND", help="option.kind")] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="option.limit-search")] = 20,
) -> None:
    """Search entries and glossary, best first."""
    opened = session(context)
    unknown = next((word for word in words if word.startswith("--")), None)
    if unknown is not None:
        raise UsageError("error.no-such-option", hint="hint.help", name=unknown, command="ailearn search")
    # The shell has taken the quotation marks away that made several words one.
    query = " ".join(
        f'"{word}"' if " " in word and '"' not in word and ":" not in word else word for word in words
    )
    if not "".join(words).strip():
        raise UsageError("error.missing", hint="hint.help", name="WORDS", command="ailearn search")
    found = _find(opened, query, tuple(name for one in kind or () for name in names_in(one)), limit)
    if not found.hits:
        opened.show(found)
        raise NothingFound(
            "error.nothing-found",
            hint="hint.did-you-mean" if found.nearest else "hint.search-help",
            query=" ".join(words),
            names=Names(found.nearest),
        )
    if found.corrected is not None:
        opened.screen.note("note.corrected", query=" ".join(words), corrected=found.corrected)
    opened.show(found)
    if len(found.hits) < found.total:
        opened.screen.note("note.limited", shown=len(found.hits), total=found.total)


def _find(opened: Session, query: str, kinds: tuple[str, ...], limit: int) -> SearchResult:
    """Search the guide, and the reader's notes when she has any."""
    language = opened.settings.language
    notes = {one: state.note for one, state in opened.standings.items() if state.note}
    asked = any(one.field == "status" for one in meant(opened.study, query))
    statuses = opened.statuses if asked else {}
    if not notes:
        return find(opened.study, query, language, kinds, limit, statuses)
    from ailearn.learning.noted import find_with_notes

    return find_with_notes(opened.study, notes, query, language, kinds, limit, statuses)
