"""`show`, `open-link` and `glossary`: reading one thing, and going to its source."""

from typing import Annotated

import typer

from ailearn.catalog import browse, names, shown
from ailearn.catalog.study import Study
from ailearn.cli.options import Session, plain, session
from ailearn.cli.verb import Verb
from ailearn.errors import UsageError
from ailearn.messages import Names

app = typer.Typer()
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="argument.ids")]


def chosen(opened: Session, name: str) -> str:
    """The id of the entry called `name`; where several are, the reader picks one at a terminal."""
    found = names.candidates(opened.study, name)
    if len(found) > 1 and opened.screen.interactive:
        picked = opened.screen.choose("picker.entry", [_candidate(opened.study, one.id) for one in found])
        if picked is None:
            raise typer.Exit(1)
        return found[picked].id
    return names.resolve(opened.study, name)


def _candidate(study: Study, entry_id: str) -> str:
    return f"{entry_id}  {browse.summary(study, entry_id)['title']['en']}"


@app.command("show", cls=Verb, help="help.show")
def show(
    context: typer.Context,
    ids: Ids,
    brief: Annotated[bool, typer.Option("--brief", "-b", help="option.brief")] = False,
    section: Annotated[str | None, typer.Option("--section", metavar="NAME", help="option.section")] = None,
    cards: Annotated[bool, typer.Option("--cards", help="option.cards")] = False,
) -> None:
    """Show the summary of one or more entries."""
    if sum((brief, section is not None, cards)) > 1:
        raise UsageError("error.one-of", hint="hint.one-of", names=Names(("--brief", "--section", "--cards")))
    opened = session(context)
    wanted = tuple(chosen(opened, one) for one in ids)
    found = shown.show(opened.study, wanted, brief=brief, section=section, cards=cards)
    # Only tools age, so only they pay for the clock.
    opened.show(
        shown.on_day(found, opened.moment.date) if any(one["tool"] for one in found.entries) else found
    )


@app.command("open-link", cls=Verb, help="help.open-link")
def open_link(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID", help="argument.id")],
    link: Annotated[str | None, typer.Option("--link", metavar="KIND", help="option.link")] = None,
    only_print: Annotated[bool, typer.Option("--print", help="option.print")] = False,
    every: Annotated[bool, typer.Option("--all", help="option.all")] = False,
) -> None:
    """Open the source of an entry in the browser."""
    opened = session(context)
    found = shown.links(opened.study, chosen(opened, name), plain(link) if link else None)
    links = found.links
    if not every and len(links) > 1 and not only_print and opened.screen.interactive and link is None:
        picked = opened.screen.choose("picker.link", [f"{one['kind']:<9} {one['url']}" for one in links])
        if picked is None:
            raise typer.Exit(1)
        links = (links[picked],)
    elif not every:
        links = links[:1]
    if opened.screen.form == "json":
        opened.screen.show(shown.Links(found.entry, links))
    elif only_print:
        opened.screen.write("".join(f"{one['url']}\n" for one in links))
    else:
        for one in links:
            open_in_browser(opened, one["url"])


def open_in_browser(opened: Session, url: str) -> None:
    """Open an address and say so, or print it where there is no browser."""
    from ailearn.exchange.browser import open_address

    if open_address(url):
        opened.screen.note("note.opened", url=url)
    else:
        opened.screen.note("note.no-browser")
        opened.screen.write(f"{url}\n")


@app.command("glossary", cls=Verb, help="help.glossary")
def glossary(
    context: typer.Context,
    term: Annotated[list[str] | None, typer.Argument(metavar="[TERM]", help="argument.term")] = None,
) -> None:
    """Show the terms of the field, or one of them."""
    opened = session(context)
    name = " ".join(term) if term else None
    opened.screen.show(browse.glossary(opened.study, name, opened.settings.language))
