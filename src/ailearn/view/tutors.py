"""Which model does which job, and what a server offers."""

from rich.cells import cell_len

from ailearn.tutor.connection import Connection, Offered, Service
from ailearn.tutor.talk import Job
from ailearn.view.canvas import Canvas
from ailearn.view.wrap import pad

_MARKED = 2


def draw_connection(connection: Connection, canvas: Canvas) -> None:
    """The model of each job under the service that serves it, with its key and the reader's consent."""
    wide = max(cell_len(canvas.say(f"tutor.job-{one.job}")) for one in connection.jobs) + 4
    services = list(dict.fromkeys(one.service for one in connection.jobs if one.service))
    for service in services:
        jobs = [one.job for one in connection.jobs if one.service == service]
        canvas.blank()
        canvas.line((service.provider, "title"))
        canvas.paragraph(service.url, role="path")
        for words, role in _state(service, jobs, canvas):
            canvas.paragraph(words, role=role)
        canvas.blank()
        for one in connection.jobs:
            if one.service == service:
                name = canvas.say(f"tutor.job-{one.job}")
                canvas.paragraph(one.model, indent=wide, first=f"  {name}", lead="muted", role="id")
    for one in connection.jobs:
        if one.problem is not None:
            name = canvas.say(f"tutor.job-{one.job}")
            words = canvas.say(one.problem.key, **one.problem.values)
            canvas.paragraph(words, indent=wide, first=f"  {name}", lead="muted", role="warn")


def _state(service: Service, jobs: list[Job], canvas: Canvas) -> list[tuple[str, str]]:
    """What is to be said of key and consent, each with its role."""
    told = []
    command = service.provider if "ask" in jobs else f"{service.provider} --job {jobs[0]}"
    if service.trouble:
        told.append((canvas.say("warning.keyring", reason=service.trouble), "warn"))
    if service.missing:
        told.append((canvas.say("tutor.key-missing", command=command), "warn"))
    elif service.key:
        told.append((canvas.say("tutor.key-from", source=service.key), ""))
    if service.local:
        told.append((canvas.say("tutor.local"), "ok"))
    elif service.agreed:
        told.append((canvas.say("tutor.agreed"), ""))
    else:
        told.append((canvas.say("tutor.not-agreed"), "warn"))
    return told


def draw_offered(offered: Offered, canvas: Canvas) -> None:
    """One model a line, those that do a job marked with it."""
    for name, jobs in offered.models:
        names = canvas.joined(canvas.say(f"tutor.job-{one}") for one in jobs)
        mark = pad("●" if jobs else "", _MARKED)
        if not jobs:
            canvas.line(mark, name)
        else:
            canvas.either([(mark, "ok"), (name, "id")], [(names, "muted")], below=[" " * _MARKED])
