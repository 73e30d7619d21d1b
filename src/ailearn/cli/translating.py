"""`translate`: a text with its translation, paragraph under paragraph."""

import contextlib
import io
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, cast

import typer

from ailearn.catalog.names import identifier
from ailearn.cli.options import Session, one_of, session
from ailearn.cli.reading import chosen
from ailearn.cli.verb import Verb
from ailearn.errors import ContentError, Ended, NetworkError, NoSuchEntry, NothingFound, UsageError
from ailearn.language import say
from ailearn.settings import path_of

if TYPE_CHECKING:
    from ailearn.tutor.documents import Document
    from ailearn.tutor.talk import Endpoint
    from ailearn.tutor.terms import Target
    from ailearn.tutor.translation import Outcome, Task, Translator, Unit
    from ailearn.view.translations import Drawn, Listed, Woven

app = typer.Typer()
# From so many requests on the reader is told how much will be sent, and asked first at a terminal.
_TELL_FROM = 20
_ASK_FROM = 300
# So many terms are named that a translation calls otherwise.
_NAMED = 12
_REASONS = {
    "marks": "translate.reason-marks",
    "language": "translate.reason-language",
    "same": "translate.reason-same",
    "empty": "translate.reason-empty",
    "long": "translate.reason-long",
    "length": "translate.reason-length",
    "refused": "translate.reason-refused",
}


class _Original(NamedTuple):
    """What is translated: the text taken apart, its title, and its file if it has one."""

    document: "Document"
    title: str
    path: Path | None


class _Output(NamedTuple):
    """Where the translation goes: into a file, or to stdout, there `as_text` even at a terminal."""

    file: Path | None
    as_text: bool


@app.command("translate", cls=Verb, help="help.translate")
def translate(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ID|FILE|-", help="argument.text")],
    to: Annotated[str | None, typer.Option("--to", metavar="zh|en", help="option.to")] = None,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", help="option.output")
    ] = None,
    model: Annotated[str | None, typer.Option("--model", metavar="NAME", help="option.model")] = None,
    show_prompt: Annotated[bool, typer.Option("--show-prompt", help="option.show-prompt")] = False,
) -> None:
    """Translate a text, paragraph under paragraph."""
    from ailearn.cli import tutors
    from ailearn.tutor import translation
    from ailearn.tutor.terms import Terms
    from ailearn.tutor.translation_cache import Cache

    to = None if to is None else one_of("--to", to, ("zh", "en"))
    opened = session(context)
    endpoint = tutors.endpoint_for(opened, "translate", model)
    if endpoint is None and not show_prompt:
        raise NetworkError("error.no-tutor", hint="hint.tutor-setup")
    original = _original(opened, name)
    place = _Output(_named_file(output), as_text=output == "-")
    _check_output(place.file, original.path)
    target = cast("Target", to or translation.target_for(original.document, opened.settings.language))
    terms = Terms(opened.study, target)
    units = translation.plan(original.document, terms, original.title)
    first = next((unit for unit in units if unit.parts), None)
    if first is None:
        hint = "hint.translate-to-en" if target == "zh" else "hint.translate-to-zh"
        raise NothingFound("error.nothing-to-translate", hint=hint)
    if show_prompt or endpoint is None:
        compose = translation.compose(first, first.parts[0], target)
        tutors.show_request(opened, "translate", compose, model)
        return
    with contextlib.closing(Cache(opened.settings.folders.cache)) as cache:
        waits = partial(_tell_waiting, opened)
        translator = translation.Translator(endpoint.model, terms, cache, waits)
        task = translator.task(units)
        if task.parts:
            _tell_size(opened, endpoint, task)
            translator = translator.with_teacher(tutors.teacher_at(opened, endpoint))
        _run(opened, original.document, units, translator, place)


def _original(opened: Session, name: str) -> _Original:
    """The text that is meant: stdin, a file, or the paper of an entry.

    What looks like a path is a file if there is one; any other name is an entry first.
    """
    from ailearn.tutor.originals import read_document, read_file

    if name == "-":
        stdin = opened.screen.streams.stdin
        return _Original(read_document(read_file(stdin.buffer, "stdin"), "stdin"), "", None)
    path = path_of(name, UsageError)
    like_a_path = path.name != name or bool(path.suffix)
    if like_a_path and _is_there(path):
        return _file(path)
    try:
        return _paper(opened, chosen(opened, name))
    except NoSuchEntry:
        if _is_there(path):
            return _file(path)
        if like_a_path and not identifier(name):
            raise NothingFound("error.no-file", hint="hint.no-file", path=path) from None
        raise


def _is_there(path: Path) -> bool:
    """Whether there is such a file, or something that may not be looked at, as opening it will tell."""
    try:
        return path.exists()
    except PermissionError:
        return True


def _file(path: Path) -> _Original:
    from ailearn.tutor.originals import read_document, read_file

    try:
        with path.open("rb") as file:
            data = read_file(file, str(path))
    except OSError as error:
        reason = error.strerror or error
        raise NothingFound("error.file-unreadable", hint="hint.no-file", path=path, reason=reason) from error
    return _Original(read_document(data, str(path), path.suffix), "", path)


def _paper(opened: Session, entry: str) -> _Original:
    from ailearn.tutor.originals import fetched, paper_of, read_document

    cache = opened.settings.folders.cache
    paper = paper_of(opened.study, entry, cache)
    opened.screen.aside("translate.kept-paper" if paper.kept else "translate.fetching", url=paper.url)
    data = fetched(paper, entry, cache)
    return _Original(read_document(data, paper.url, ".pdf"), paper.title, None)


def _named_file(output: str | None) -> Path | None:
    """The file that `--output` names, where `~` is a home folder although the shell left it alone."""
    return None if output in (None, "-") else path_of(output, UsageError)


def _check_output(output: Path | None, original: Path | None) -> None:
    """Raises UsageError where the translation would overwrite the original, or cannot be a file."""
    if output is None:
        return
    try:
        if output.is_dir():
            raise UsageError("error.output-folder", hint="hint.output", path=output)
        if original is not None and output.exists() and output.samefile(original):
            raise UsageError("error.output-input", hint="hint.output", path=output)
    except OSError as error:
        raise _unwritable(output, error) from error


def _tell_size(opened: Session, endpoint: "Endpoint", task: "Task") -> None:
    """Say how much will be sent where, when it is much; ask before it is very much."""
    from ailearn.cli.tutors import can_ask, says_yes
    from ailearn.tutor import consent

    if task.parts < _TELL_FROM:
        return
    screen = opened.screen
    where = endpoint.model if endpoint.local else f"{endpoint.model}, {consent.host(endpoint.url)}"
    screen.note("translate.size", count=task.parts, characters=f"{task.characters:,}", where=where)
    if task.parts >= _ASK_FROM and can_ask(opened) and not says_yes(opened, "translate.size-prompt"):
        raise typer.Exit(1)


def _tell_waiting(opened: Session, seconds: float) -> None:
    opened.screen.aside("translate.waiting", seconds=f"{seconds:.0f}")


def _run(
    opened: Session,
    document: "Document",
    units: "tuple[Unit, ...]",
    translator: "Translator",
    output: _Output,
) -> None:
    """Translate block by block and put each out at once; whatever ends it, what is done stays."""
    from ailearn.view.translations import Progress

    screen = opened.screen
    wanted = [unit for unit in units if unit.parts]
    progress = Progress(screen, len(wanted), sum(map(translator.kept, wanted)))
    outcomes: list[Outcome] = []
    with _written(opened, document, output) as takers:
        try:
            for number, unit in enumerate(units):
                if translator.kept(unit):
                    outcome = translator.translate(unit)
                else:
                    with progress.waiting(sum(1 for one in units[:number] if one.parts)):
                        outcome = translator.translate(unit)
                outcomes.append(outcome)
                for taker in takers:
                    taker.take(number, outcome.translation)
        except (KeyboardInterrupt, Ended, NetworkError):
            for taker in takers:
                taker.end()
            done = sum(1 for unit in units[: len(outcomes)] if unit.parts)
            screen.note("translate.stopped", done=done, total=len(wanted))
            if done:
                screen.note("translate.again" if translator.lasts else "translate.not-kept")
            raise
        for taker in takers:
            taker.end()
        if not any(one.translation for one in outcomes) and any(one.reason for one in outcomes):
            # Raised in here, so that it takes no place of an earlier translation.
            _tell_outcomes(opened, outcomes)
            raise NetworkError("error.translate-none", hint="hint.other-model", model=translator.model)
    if output.file is not None:
        screen.note("translate.written", path=output.file)
    _tell_left_alone(opened, document)
    _tell_outcomes(opened, outcomes)


@contextlib.contextmanager
def _written(
    opened: Session, document: "Document", output: _Output
) -> "Iterator[list[Woven | Drawn | Listed]]":
    """Where the blocks go: a regular file takes its place when all are there, all else gets each at once.

    Raises ContentError when the file cannot be written.
    """
    from ailearn.replacing import output_file
    from ailearn.view.translations import Drawn, Listed, Woven

    screen = opened.screen
    takers: list[Woven | Drawn | Listed] = []
    if screen.form == "json":
        takers.append(Listed(document, screen))
    elif output.file is None:
        drawn = screen.form == "rich" and not output.as_text
        takers.append(Drawn(document, screen) if drawn else Woven(document, screen.streams.stdout))
    if output.file is None:
        yield takers
        return
    try:
        with output_file(output.file) as file:
            text = io.TextIOWrapper(file, encoding="utf-8", newline="")
            try:
                yield [*takers, Woven(document, text)]
            finally:
                text.detach()
    except OSError as error:
        raise _unwritable(output.file, error) from error


def _unwritable(path: Path, error: OSError) -> ContentError:
    return ContentError(
        "error.file-unwritable", hint="hint.output", path=path, reason=error.strerror or error
    )


def _tell_left_alone(opened: Session, document: "Document") -> None:
    """Say what of a PDF was left out, and what was left as it is."""
    if document.running_heads:
        opened.screen.note("translate.running-heads", count=document.running_heads)
    if document.bibliography:
        opened.screen.note("translate.bibliography", count=document.bibliography)


def _tell_outcomes(opened: Session, outcomes: "list[Outcome]") -> None:
    """Say which paragraphs have no translation and why, and which terms were not used."""
    screen = opened.screen
    reasons = Counter(one.reason for one in outcomes if one.reason)
    if reasons:
        told = [say(_REASONS[reason], screen.language, count=count) for reason, count in reasons.items()]
        screen.note(
            "translate.left-out",
            count=reasons.total(),
            reasons=say("translate.comma", screen.language).join(told),
        )
    terms = Counter(f"{term.found} = {term.wanted}" for one in outcomes for term in one.deviations)
    if terms:
        named = [term for term, _ in terms.most_common(_NAMED)]
        screen.note(
            "translate.deviations",
            count=sum(1 for one in outcomes if one.deviations),
            terms=say("translate.comma", screen.language).join(named),
        )
