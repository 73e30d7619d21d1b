"""How ideas follow from one another: tracks, the timeline, and the way to an entry."""

from typing import Any

from ailearn.catalog.browse import Timeline, Tracks
from ailearn.catalog.prerequisites import Path
from ailearn.language import BothLanguages, paragraphs
from ailearn.view import signs
from ailearn.view.canvas import WIDE, Canvas, Part
from ailearn.view.measures import duration, level, when
from ailearn.view.wrap import pad, wrap

# What stands under each joint of a tree.
_BELOW = {"": "", "├─ ": "│  ", "└─ ": "   "}
# So many cells are kept free for words beside rails, and what begins the rails that continue others.
_ROOM = 24
_DEEPER = "┆ "
_DEEPER_MARGIN = 6


def draw_tracks(tracks: Tracks, canvas: Canvas) -> None:
    """Each track with what it is about and its steps in order."""
    for track in tracks.tracks:
        canvas.blank()
        canvas.line((canvas.label(track["title"]), "heading"), "  ", (track["id"], "id"))
        canvas.both(track["about"])
        canvas.blank()
        column = max((len(step["id"]) for step in track["steps"]), default=0) + 2
        unmarked = signs.column(step["entry"] for step in track["steps"])
        for number, step in enumerate(track["steps"], start=1):
            entry = step["entry"]
            wide = canvas.width >= WIDE
            canvas.line(
                (f"  {number:>2}  ", "number"),
                (f"{when(entry['date'])[:4] or '–':<6}", "muted"),
                signs.in_column(entry, unmarked),
                (pad(entry["id"], column), "id"),
                canvas.label(entry["title"]) if wide else "",
            )
            if not wide:
                canvas.paragraph(canvas.label(entry["title"]), indent=12)


def draw_timeline(timeline: Timeline, canvas: Canvas) -> None:
    """A rail for each track, a stop for each step, with what it took over and what it left open.

    Where there is no room for all rails, each step names its track.
    """
    tracks = [track["id"] for track in timeline.tracks]
    lanes = tracks if 2 * len(tracks) <= canvas.width - _ROOM else []
    last = {step["track"]: number for number, step in enumerate(timeline.steps)}
    for number, track in enumerate(timeline.tracks):
        canvas.line(
            " " * 6,
            *_rails(lanes[:number], set(lanes), stop=None),
            ("┌ ", _lane_style(number)),
            (canvas.label(track["title"]), _lane_style(number)),
        )
    begun = set(lanes)
    year = ""
    for number, step in enumerate(timeline.steps):
        entry = step["entry"]
        own = when(entry["date"])[:4]
        shown = own if own != year else ""
        year = own
        stops: list[Part] = _rails(lanes, begun, stop=step["track"])
        begun = {lane for lane in begun if last[lane] > number}
        margin: list[Part] = [" " * 6, *_rails(lanes, begun, stop=None)]
        name = canvas.label(entry["short"])
        head: list[Part] = [(f"{shown:<6}", "number"), *stops, (name, "title")]
        named: list[Part] = [signs.before_id(entry), (step["id"], "id")]
        if not lanes and len(tracks) > 1:
            named += ["  ", (step["track"], "muted")]
        canvas.either(head, named, below=margin)
        for mark in ("took_over", "left_open"):
            _aside(canvas.say(f"step.{mark}"), step[mark], margin, len(lanes), canvas)


def _aside(lead: str, text: BothLanguages, margin: list[Part], lanes: int, canvas: Canvas) -> None:
    room = canvas.width - 6 - 2 * lanes - 2
    first, *others = paragraphs(text, canvas.language)
    for number, line in enumerate(wrap(f"{lead}{first}", room)):
        shown = len(lead) if number == 0 else 0
        canvas.line(*margin, "  ", (line[:shown], "muted"), line[shown:])
    for one in others:
        for line in wrap(one, room):
            canvas.line(*margin, "  ", line)


def _lane_style(number: int) -> str:
    return f"lane{number % 3 + 1}"


def _rails(lanes: list[str], begun: set[str], *, stop: str | None) -> list[Part]:
    """The rails left of a line: a stop on one of them, a line through the others that still run."""
    return [
        ("● " if lane == stop else "│ " if lane in begun else "  ", _lane_style(number))
        for number, lane in enumerate(lanes)
    ]


def draw_path(path: Path, canvas: Canvas) -> None:
    """The tree of what an entry rests on with the reasons, then the order to read it in."""
    by_id = {step["id"]: step for step in path.steps}
    drawn: set[str] = set()
    # Branches still to be drawn, the next one last: their entry, margin, joint and reason.
    branches: list[tuple[str, str, str, Any]] = [(path.goal, "", "", None)]
    while branches:
        entry_id, margin, joint, why = branches.pop()
        again = entry_id in drawn and path.requirements[entry_id]
        needs = [] if again else path.requirements[entry_id]
        below = margin + _BELOW[joint]
        rail = below + ("│ " if needs else "  ")
        entry = by_id[entry_id]
        head: list[Part] = [(margin + joint, "muted"), signs.before_id(entry)]
        # Deep in the tree of a narrow window even an id takes two lines; it is broken at a hyphen.
        room = canvas.width - len(rail)
        broken = entry_id if len(entry_id) <= room else entry_id.replace("-", "- ")
        *begun, last = (piece.replace("- ", "-") for piece in wrap(broken, room))
        for piece in begun:
            canvas.line(*head, (piece, "id"))
            head = [(rail, "muted")]
        canvas.either(
            [*head, (last, "id")],
            [
                (canvas.label(entry["short"]), "title"),
                "  ",
                (canvas.say("path.above") if again else "", "muted"),
            ],
            below=[(rail, "muted")],
        )
        if why is not None:
            for text in paragraphs(why, canvas.language):
                for line in wrap(text, canvas.width - len(rail)):
                    canvas.line((rail, "muted"), line)
        drawn.add(entry_id)
        # What is too deep for its rails begins anew at the left.
        if len(below) > max(canvas.width - _ROOM, _DEEPER_MARGIN):
            below = _DEEPER
        joints = ["├─ "] * (len(needs) - 1) + ["└─ "]
        following = [
            (need["id"], below, joint, need["why"]) for need, joint in zip(needs, joints, strict=False)
        ]
        branches += reversed(following)

    canvas.heading(canvas.say("path.order"))
    unmarked = signs.column(path.steps)
    for number, step in enumerate(path.steps, start=1):
        facts = f"{level(step['level'])}  {duration(step['minutes'], canvas.language)}"
        sign = signs.in_column(step, unmarked)
        named: list[Part] = [(f"{number:>3}. ", "number"), sign, (step["id"], "id")]
        canvas.either(named, [(facts, "muted")], below=[" " * 5])
        canvas.paragraph(canvas.label(step["title"]), indent=5)
    canvas.blank()
    total = canvas.say("path.total", count=len(path.steps), time=duration(path.minutes, canvas.language))
    canvas.paragraph(total, indent=0)
