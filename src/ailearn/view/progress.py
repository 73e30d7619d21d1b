"""Where the reader is and what to do next: bars, the year of study days, what comes back."""

from itertools import groupby

from rich.cells import cell_len

from ailearn.learning.clock import days_after
from ailearn.learning.overview import WEEKS, Overview, Share, first_day
from ailearn.learning.plan import Next, Proposal
from ailearn.view.canvas import WIDE, Canvas, Part
from ailearn.view.measures import duration
from ailearn.view.reasons import catch_up, command, reasons
from ailearn.view.wrap import pad

# Signs for the actions of a study day, from none on, and the fewest actions for each. They differ
# without colour; the second row is for terminals that draw ASCII only.
_DAY_SIGNS, _ASCII_DAY_SIGNS = "·░▒█", ".-+#"
_DAY_STEPS = (0, 1, 10, 30)
_HEIGHTS, _ASCII_HEIGHTS = " ▁▂▃▄▅▆▇█", " .:-=+*%#"
_COLUMN = 4
_CARDS = {
    "waiting": "cards.waiting",
    "young": "cards.young",
    "mature": "cards.mature",
    "suspended": "cards.suspended",
    "unseen": "cards.unseen",
}


def draw_overview(overview: Overview, canvas: Canvas) -> None:
    """Bars for tracks and topics, the year of study days, and how the cards do."""
    if overview.catch_up:
        offer = overview.catch_up
        canvas.both({"en": catch_up(offer, "en"), "zh": catch_up(offer, "zh")}, indent=0, role="hint")
    minutes = overview.minutes
    times = {name: duration(value, canvas.language) for name, value in minutes._asdict().items()}
    canvas.paragraph(canvas.say("progress.minutes", **times), indent=0)
    _shares(canvas.say("progress.tracks"), overview.tracks, canvas)
    _shares(canvas.say("progress.topics"), overview.topics, canvas)
    _year(overview, canvas)
    _forecast(overview, canvas)
    canvas.heading(canvas.say("progress.retention"))
    for one in overview.retention:
        share = "–" if one.share is None else f"{one.share:.0%}"
        key = "progress.retention-few" if one.share is None else "progress.retention-of"
        period = canvas.say("progress.retention-days", days=one.days)
        facts = canvas.say(key, recalled=one.recalled, reviews=one.reviews)
        canvas.line("  ", pad(period, 16), (pad(share, 6), "number"), (facts, "muted"))
    canvas.heading(canvas.say("progress.cards"))
    counts = overview.cards._asdict()
    canvas.flow(canvas.say(key, count=counts[name]) for name, key in _CARDS.items())
    if overview.leeches:
        canvas.heading(canvas.say("progress.leeches"))
        canvas.paragraph(canvas.say("progress.leeches-help"))
        canvas.flow(overview.leeches, role="id")


def _shares(heading: str, shares: tuple[Share, ...], canvas: Canvas) -> None:
    """A bar for each: what is learnt, what was left out, what is open."""
    if not shares:
        return
    canvas.heading(heading)
    longest = max(cell_len(canvas.label(one.name)) for one in shares)
    column = min(longest, canvas.width // 3)
    width = 20 if canvas.width >= WIDE else 12
    for one in shares:
        name = pad(canvas.clipped(canvas.label(one.name), column), column)
        count = f"{one.learnt}/{one.entries}"
        first: list[Part] = ["  ", name, "  ", *_bar(one, width), f"  {count:<6}"]
        if one.minutes_left:
            left = canvas.say("progress.left", time=duration(one.minutes_left, canvas.language))
            first.append((left, "muted"))
        if one.skipped:
            skipped = canvas.say("progress.skipped", count=one.skipped)
            canvas.either(first, [(skipped, "warn")], below=[" " * (column + 4)])
        else:
            canvas.line(*first)


def _bar(one: Share, width: int) -> list[Part]:
    learnt = _cells(one.learnt, one.entries, width)
    skipped = min(_cells(one.skipped, one.entries, width), width - learnt)
    rest = width - learnt - skipped
    return [("█" * learnt, "ok"), ("▒" * skipped, "warn"), ("░" * rest, "muted")]


def _cells(part: int, whole: int, width: int) -> int:
    """The cells of a bar: none only for nothing, all of them only for everything."""
    if part in (0, whole):
        return width if part else 0
    return min(max(round(part * width / whole), 1), width - 1)


def _year(overview: Overview, canvas: Canvas) -> None:
    """Weeks as columns and weekdays as rows; a narrow terminal shows the last weeks that fit."""
    signs = _ASCII_DAY_SIGNS if canvas.ascii else _DAY_SIGNS
    weekdays = canvas.say("progress.weekdays").split(",")
    margin = max(map(cell_len, weekdays)) + 3
    weeks = min(WEEKS, canvas.width - margin)
    monday = days_after(first_day(overview.today), 7 * (WEEKS - weeks))
    canvas.heading(canvas.say("progress.days"))
    canvas.line(" " * margin, (_months(monday, weeks, canvas), "muted"))
    for row, weekday in enumerate(weekdays):
        days = [days_after(monday, 7 * week + row) for week in range(weeks)]
        line = "".join(
            signs[_level(overview.days.get(day, 0))] if day <= overview.today else " " for day in days
        )
        shown: list[Part] = [
            ("".join(run), "muted" if sign == signs[0] else "ok") for sign, run in groupby(line)
        ]
        canvas.line("  ", (pad(weekday, margin - 2), "muted"), *shown)
    scale = f"{canvas.say('progress.less')} {' '.join(signs)} {canvas.say('progress.more')}"
    total = canvas.say("progress.days-total", count=len(overview.days))
    canvas.either([" " * margin, total], [(scale, "muted")], below=[" " * margin])


def _level(actions: int) -> int:
    return sum(actions >= step for step in _DAY_STEPS) - 1


def _months(monday: str, weeks: int, canvas: Canvas) -> str:
    """The names of the months over the weeks in which they begin, where there is room."""
    names = canvas.say("progress.months").split(",")
    months = [int(days_after(monday, 7 * week)[5:7]) for week in range(weeks)]
    begun = [week for week in range(1, weeks) if months[week] != months[week - 1]]
    line = ""
    for week in begun:
        name = names[months[week] - 1]
        if (cell_len(line) < week or not line) and week + cell_len(name) <= weeks:
            line = pad(line, week) + name
    return line


def _forecast(overview: Overview, canvas: Canvas) -> None:
    """A small bar for every day to come, its number of cards, and the day of the month."""
    canvas.heading(canvas.say("progress.due", days=len(overview.due)))
    heights = _ASCII_HEIGHTS if canvas.ascii else _HEIGHTS
    most = max(count for _, count in overview.due) or 1
    shown = overview.due[: (canvas.width - 2) // _COLUMN]
    bars = [heights[-(-count * (len(heights) - 1) // most)] for _, count in shown]
    if any(count for _, count in shown):
        canvas.line("  ", ("".join(f"{bar * 2:>{_COLUMN}}" for bar in bars), "ok"))
    canvas.line("  ", ("".join(f"{count or '–':>{_COLUMN}}" for _, count in shown), "number"))
    canvas.line("  ", ("".join(f"{int(day[8:]):>{_COLUMN}}" for day, _ in shown), "muted"))
    canvas.paragraph(canvas.say("progress.due-help"), role="muted")


def draw_next(found: Next, canvas: Canvas) -> None:
    """What to do in its order: how long it takes, why, and the command for it."""
    for number, proposal in enumerate(found.proposals, start=1):
        canvas.blank()
        _proposal(number, proposal, canvas)


def _proposal(number: int, proposal: Proposal, canvas: Canvas) -> None:
    time = duration(proposal.minutes, canvas.language)
    head: list[Part] = [(f"{number}. ", "number"), (canvas.say(_HEADS[proposal.kind]), "heading")]
    if proposal.entry:
        head += ["  ", (proposal.entry["id"], "id")]
    canvas.either(head, [(time, "muted")], below=["   "])
    if proposal.entry:
        canvas.paragraph(canvas.label(proposal.entry["title"]), indent=3, role="title")
        canvas.both(proposal.entry["one_liner"], indent=3)
    canvas.both(reasons(proposal), indent=3, role="muted")
    canvas.line("   ", ("→ ", "muted"), (command(proposal), "hint"))


_HEADS = {"review": "next.review", "continue": "next.continue", "read": "next.read"}
