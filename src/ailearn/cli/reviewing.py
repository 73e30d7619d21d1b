"""`review`: the cards that are due, one at a time at a terminal, or as data for other programs."""

from typing import Annotated

import typer

from ailearn.catalog.query import Condition, names_in
from ailearn.cli.keyboard import by_hand
from ailearn.cli.options import Session, session
from ailearn.cli.verb import Verb
from ailearn.errors import UsageError
from ailearn.learning import review as reviews
from ailearn.messages import Names

app = typer.Typer()


@app.command("review", cls=Verb, help="help.review")
def review(
    context: typer.Context,
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="argument.ids")] = None,
    topic: Annotated[list[str] | None, typer.Option("--topic", metavar="TOPIC", help="option.topic")] = None,
    track: Annotated[str | None, typer.Option("--track", metavar="TRACK", help="option.track")] = None,
    new: Annotated[int | None, typer.Option("--new", metavar="N", min=0, help="option.new-cards")] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="option.limit-cards")
    ] = None,
    grade: Annotated[list[str] | None, typer.Option("--grade", metavar="CARD=N", help="option.grade")] = None,
    unsuspend: Annotated[
        list[str] | None, typer.Option("--unsuspend", metavar="CARD", help="option.unsuspend")
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="option.explain")] = False,
    model: Annotated[str | None, typer.Option("--model", metavar="NAME", help="option.model")] = None,
    show_prompt: Annotated[bool, typer.Option("--show-prompt", help="option.show-prompt")] = False,
) -> None:
    """Review the cards that are due."""
    if sum(map(bool, (ids or topic or track, grade, unsuspend))) > 1:
        raise UsageError("error.one-of", hint="hint.one-of", names=Names(("ID", "--grade", "--unsuspend")))
    if sum(map(bool, (explain or show_prompt, grade, unsuspend))) > 1:
        raise UsageError(
            "error.one-of", hint="hint.one-of", names=Names(("--explain", "--grade", "--unsuspend"))
        )
    opened = session(context)
    if grade:
        _grade(opened, grade)
    elif unsuspend:
        _unsuspend(opened, unsuspend)
    else:
        found = _queue(opened, tuple(ids or ()), _conditions(topic, track), new, limit)
        if show_prompt:
            _show_request(opened, found, model)
        elif not by_hand(context, opened):
            if explain:
                raise UsageError("error.explain-terminal", hint="hint.explain-terminal")
            _list(opened, found)
        else:
            _sit(opened, found, explain, model)


def _conditions(topic: list[str] | None, track: str | None) -> tuple[Condition, ...]:
    found = [Condition("topic", names=names_in(one)) for one in topic or ()]
    return (*found, *([Condition("track", names=(track,))] if track else ()))


def _queue(
    opened: Session,
    ids: tuple[str, ...],
    conditions: tuple[Condition, ...],
    new: int | None,
    limit: int | None,
) -> reviews.Queue:
    if ids:
        from ailearn.cli.reading import chosen

        ids = tuple(chosen(opened, one) for one in ids)
    limits = reviews.Limits(opened.settings.new_cards, opened.settings.reviews)
    return reviews.queue(
        opened.study, opened.journal, opened.moment, limits, conditions, ids, new=new, limit=limit
    )


def _list(opened: Session, found: reviews.Queue) -> None:
    if opened.screen.form == "rich":
        opened.screen.form = "plain"
    opened.screen.show(found)
    if not found.cards:
        _nothing(opened, found)


def _nothing(opened: Session, found: reviews.Queue) -> None:
    """Say that there is no card to look at, why, and when there will be one."""
    note = opened.screen.note
    if found.due:
        note("review.limit", count=found.due)
    elif found.new:
        note("review.limit-new", count=found.new)
    else:
        note("review.nothing")
    coming = reviews.upcoming(opened.study, opened.journal, opened.moment)
    if coming.day:
        note("review.next-due", day=coming.day, count=coming.later)
    if not (coming.day or coming.today or found.new):
        note("review.begin")


def _show_request(opened: Session, found: reviews.Queue, model: str | None) -> None:
    """Print what would be sent for the first card."""
    if not found.cards:
        _nothing(opened, found)
        return
    from ailearn.cli.proposing import show_card_request

    show_card_request(opened, found.cards[0].card, model)


def _sit(opened: Session, found: reviews.Queue, explain: bool, model: str | None) -> None:
    if not found.cards:
        _nothing(opened, found)
        return
    from ailearn.learning.clock import current
    from ailearn.learning.session import Sitting
    from ailearn.view.sitting import ReviewScreen

    judge = None
    if explain:
        from ailearn.cli.proposing import Grader

        judge = Grader(opened, model).judge_card
    opened.journal.close()
    settings, environ = opened.settings, opened.screen.streams.environ
    sitting = Sitting(
        opened.study,
        opened.journal_to_write,
        found.cards,
        settings.retention,
        lambda: current(settings.rollover, environ),
    )
    ReviewScreen(opened.screen, opened.study, sitting, judge).run()


def _grade(opened: Session, given: list[str]) -> None:
    """Record the grades that are given as CARD=N."""
    named = []
    for one in given:
        key, _, value = one.rpartition("=")
        key, value = key.strip().casefold(), value.strip()
        if not (key and len(value) == 1 and value.isascii() and value.isdigit()):
            raise UsageError("error.grade", hint="hint.grade", value=one)
        named.append((key, int(value)))
    # Looked at before the journal is made: a slip of the pen leaves nothing behind.
    reviews.check(opened.study, named)
    done = reviews.grade_all(
        opened.study, opened.journal_to_write, opened.moment, named, opened.settings.retention
    )
    opened.screen.show(done)
    for card in done.cards:
        if card.leech:
            opened.screen.note("review.leech", key=card.key)


def _unsuspend(opened: Session, keys: list[str]) -> None:
    """Bring back cards that were set aside; says which ones there are when one of them was not."""
    aside = reviews.suspended(opened.study, opened.journal)
    for key in keys:
        if key not in aside:
            raise reviews.not_suspended(opened.study, key, aside)
    for key in dict.fromkeys(keys):
        reviews.set_mark(opened.study, opened.journal_to_write, opened.moment, key, "unsuspend")
        opened.screen.note("review.is-unsuspended", key=key)
