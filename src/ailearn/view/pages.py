"""Pages: the start and the method."""

from rich.cells import cell_len

from ailearn.catalog.browse import Method
from ailearn.catalog.documents import Document
from ailearn.catalog.start import Start
from ailearn.learning.home import Home
from ailearn.learning.standing import LEARNT
from ailearn.view.canvas import WIDE, Canvas
from ailearn.view.measures import duration, when
from ailearn.view.progress import draw_next
from ailearn.view.signs import status
from ailearn.view.theme import SIGNS
from ailearn.view.wrap import pad

_COMMANDS = (
    ("ailearn path from-zero", "start.zero"),
    ("ailearn papers --since 2015", "start.papers"),
    ("ailearn show transformer", "start.show"),
    ("ailearn search 残差", "start.search"),
    ("ailearn path lora", "start.path"),
    ("ailearn open-link alexnet", "start.open"),
    ("ailearn guide", "start.guide"),
)


def draw_start(start: Start, canvas: Canvas) -> None:
    """The tracks, what to read next and why, and the handful of commands that matter."""
    _masthead(start.counts, canvas)
    suggested = start.suggestion.entry["id"] if start.suggestion else None
    for track in start.tracks:
        canvas.heading(canvas.label(track["title"]))
        _steps(track, suggested, canvas)
    if start.suggestion:
        entry = start.suggestion.entry
        canvas.heading(canvas.say("start.next"))
        head = f"  {entry['id']}  "
        canvas.paragraph(
            canvas.label(entry["title"]), indent=cell_len(head), first=head, lead="id", role="title"
        )
        canvas.both(entry["one_liner"])
        canvas.paragraph(
            canvas.say(
                "start.reason",
                track=canvas.label(start.suggestion.track["title"]),
                opens=start.suggestion.opens,
                time=duration(entry["minutes"], canvas.language),
            ),
            role="muted",
        )
    _commands(canvas)


def draw_home(home: Home, canvas: Canvas) -> None:
    """Where the reader is on each track, what to do next, and the handful of commands that matter."""
    _masthead(home.counts, canvas)
    for track in home.tracks:
        statuses = [status(step["entry"]) for step in track["steps"]]
        behind = sum(one in LEARNT for one in statuses)
        unread = (step["id"] for step, one in zip(track["steps"], statuses, strict=True) if one == "unread")
        canvas.heading(f"{canvas.label(track['title'])}  {behind}/{len(statuses)}")
        _steps(track, next(unread, None), canvas)
    if home.next.proposals:
        canvas.heading(canvas.say("start.today"))
        draw_next(home.next, canvas)
    _commands(canvas)


def _masthead(counts: dict[str, int], canvas: Canvas) -> None:
    canvas.line(("ailearn", "title"), "  ", (canvas.say("start.motto"), "muted"))
    canvas.paragraph(
        canvas.say(
            "start.counts",
            papers=counts.get("paper", 0) + counts.get("essay", 0),
            courses=counts.get("course", 0),
            books=counts.get("book", 0),
            tools=counts.get("tool", 0),
            terms=counts["term"],
        ),
        indent=0,
        role="muted",
    )


def _steps(track: Document, coming: str | None, canvas: Canvas) -> None:
    """The steps of a track in a row, with the sign of each; an arrow stands at the `coming` one."""
    steps = []
    for step in track["steps"]:
        arrow = "▶ " if step["id"] == coming else ""
        sign = SIGNS.get(status(step["entry"]), ("",))[0]
        named = f"{arrow}{sign}{' ' if sign else ''}{step['id']}"
        steps.append(f"{named} {when(step['entry']['date'])[:4]}")
    canvas.flow(steps, "→")


def _commands(canvas: Canvas) -> None:
    canvas.heading(canvas.say("start.commands"))
    for command, key in _COMMANDS:
        if canvas.width < WIDE:
            canvas.line("  ", (command, "id"))
            canvas.paragraph(canvas.say(key), indent=4)
        else:
            canvas.line("  ", (pad(command, 30), "id"), canvas.say(key))
    canvas.blank()
    canvas.paragraph(canvas.say("start.help"), indent=0, role="muted")


def draw_method(method: Method, canvas: Canvas) -> None:
    """The method page: how to learn, and which assistant is good at which job."""
    guide = method.guide
    canvas.paragraph(canvas.label(guide["title"]), indent=0, role="title")
    canvas.blank()
    canvas.both(guide["intro"], indent=0)
    canvas.heading(canvas.say("guide.assistants"))
    for assistant in guide["assistants"]:
        canvas.paragraph(canvas.label(assistant["name"]), role="title")
        canvas.flow(assistant["tools"], indent=4, role="id")
        canvas.both(assistant["advice"], indent=4)
    for section in guide["sections"]:
        canvas.heading(canvas.label(section["title"]))
        paragraphs = section["paragraphs"]
        for number, (english, chinese) in enumerate(zip(paragraphs["en"], paragraphs["zh"], strict=False)):
            if number:
                canvas.blank()
            canvas.both({"en": english, "zh": chinese})
        if section["entries"]:
            canvas.blank()
            canvas.flow(section["entries"], role="id")
