"""`prompt`: prompts to paste into an assistant, for readers with and without a model of their own."""

from typing import TYPE_CHECKING, Annotated

import typer

from ailearn.cli.options import Session, one_of, plain, session
from ailearn.cli.reading import chosen
from ailearn.cli.verb import Verb
from ailearn.errors import UsageError
from ailearn.language import label, say
from ailearn.messages import Names

if TYPE_CHECKING:
    from ailearn.tutor.prompts import Job, Prompt

app = typer.Typer()
# Spellings that are not ours but that people type.
_ALSO = {"visualize": "visualise"}


@app.command("prompt", cls=Verb, help="help.prompt")
def prompt(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID", help="argument.id")],
    job: Annotated[str | None, typer.Option("--job", metavar="JOB", help="option.job")] = None,
    tool: Annotated[str | None, typer.Option("--for", metavar="TOOL", help="option.for")] = None,
    level: Annotated[str | None, typer.Option("--level", metavar="LEVEL", help="option.reader-level")] = None,
    copy: Annotated[bool, typer.Option("--copy", help="option.copy")] = False,
    open_page: Annotated[bool, typer.Option("--open", help="option.open")] = False,
) -> None:
    """Write a prompt about an entry for the assistant that fits the job."""
    from ailearn.cli.tutors import reader_of
    from ailearn.tutor import prompts

    opened = session(context)
    entry_id = chosen(opened, name)
    picked = _job(opened, job)
    found = prompts.prompt(opened.study, entry_id, picked, reader_of(opened, entry_id, level), tool or "")
    if open_page and found.url is None:
        raise UsageError("error.no-assistant", hint="hint.no-assistant", job=picked)
    copied = (copy or open_page) and _copied(opened, found, needed=copy)
    if opened.screen.form == "json":
        opened.screen.show(found)
    elif not copied or opened.screen.form == "plain":
        # As it is and not through the pager: it is there to be copied.
        opened.screen.write(found.text)
    _tell(opened, found, copied=copied)
    if open_page and found.url is not None:
        from ailearn.cli.reading import open_in_browser

        open_in_browser(opened, found.url)


def _job(opened: Session, named: str | None) -> "Job":
    """The job that is named, or that the reader picks at a terminal. Raises UsageError for any other."""
    from ailearn.tutor.prompts import JOBS

    if named is None and opened.screen.interactive:
        number = opened.screen.choose("picker.job", [_choice(opened, one) for one in JOBS])
        if number is None:
            raise typer.Exit(1)
        return JOBS[number]
    if named is None:
        raise UsageError("error.missing", hint="hint.option-values", name="`--job`", names=Names(JOBS))
    return one_of("--job", _ALSO.get(plain(named), named), JOBS)


def _choice(opened: Session, job: "Job") -> str:
    """A job as the picker lists it: its name, what comes of it, and by whom."""
    from ailearn.tutor.prompts import best

    language = opened.settings.language
    told, tool = say(f"picker.job-{job}", language), best(opened.study, job, language)
    if tool:
        told = say("picker.job-by", language, job=told, tool=label(tool["short"], language))
    return f"{job:<12}{told}"


def _copied(opened: Session, found: "Prompt", *, needed: bool) -> bool:
    """Whether the prompt went to the clipboard; without `needed` it may as well be printed."""
    from ailearn.view import clipboard

    try:
        clipboard.copy(found.text, opened.screen.streams)
    except UsageError:
        if needed:
            raise
        return False
    return True


def _tell(opened: Session, found: "Prompt", *, copied: bool) -> None:
    """Say on stderr what the prompt is for, where it goes, and whether it was copied."""
    from ailearn.catalog import browse
    from ailearn.tutor.prompts import first_choices, is_missing_in_china, pasting, recommended
    from ailearn.view.clipboard import in_tmux

    note, language = opened.screen.note, opened.settings.language
    if copied:
        note("copied.sent", count=len(found.text))
        if in_tmux(opened.screen.streams.environ):
            note("copied.tmux")
    if found.tool is None:
        return
    listed = recommended(opened.study, found.job)
    short = label(browse.summary(opened.study, found.tool)["short"], language)
    note(pasting(found.job, found.tool), tool=short, url=found.url)
    if listed and found.tool not in listed:
        note("paste.recommended", names=Names(listed))
    everywhere, reachable = first_choices(opened.study, found.job)
    if reachable and is_missing_in_china(browse.document(opened.study, found.tool)):
        note("paste.elsewhere", tool=short, id=reachable["id"])
    elif everywhere and reachable and found.tool == reachable["id"] != everywhere["id"]:
        note("paste.abroad", tool=label(everywhere["short"], language), id=everywhere["id"])
