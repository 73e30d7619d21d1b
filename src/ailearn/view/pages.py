"""Pages: the start and the method."""

from rich.cells import cell_len

from ailearn.catalog.browse import Method
from ailearn.catalog.start import Start
from ailearn.view.canvas import WIDE, Canvas
from ailearn.view.measures import duration, when
from ailearn.view.wrap import pad

_COMMANDS = (
    ("ailearn papers --since 2015", "start.papers"),
    ("ailearn show transformer", "start.show"),
    ("ailearn search 残差", "start.search"),
    ("ailearn path lora", "start.path"),
    ("ailearn open-link alexnet", "start.open"),
    ("ailearn guide", "start.guide"),
)


def draw_start(start: Start, canvas: Canvas) -> None:
    """The tracks, what to read next and why, and the handful of commands that matter."""
    counts = start.counts
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
    suggested = start.suggestion.entry["id"] if start.suggestion else None
    for track in start.tracks:
        canvas.heading(canvas.label(track["title"]))
        steps = [
            f"{'▶ ' if step['id'] == suggested else ''}{step['id']} {when(step['entry']['date'])[:4]}"
            for step in track["steps"]
        ]
        canvas.flow(steps, "→")
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
