"""The answer that needs no model: what the guide itself says, and how to get more."""

from ailearn.cli.options import Session
from ailearn.view.measures import listed

# How many commands to read on with are named.
_MOST_COMMANDS = 2


def show_grounds(opened: Session, question: str, entry: str = "") -> None:
    """Show the passages that answer a question, and say on stderr where to read on.

    Nothing found is no error: what may help instead is said. `entry` is the id that the question is about.
    """
    from ailearn.tutor.grounds import grounds, read_on

    screen = opened.screen
    found = grounds(opened.study, question, entry, opened.settings.language)
    screen.show(found)
    if not found.passages:
        key = "answer.nothing-near" if found.nearest else "answer.nothing"
        screen.note(key, names=listed(found.nearest, screen.language))
        screen.note("answer.elsewhere")
        return
    # Cards and questions are practice; what explains is read first.
    ordered = sorted(found.passages, key=lambda one: one.section in ("cards", "questions"))
    commands = dict.fromkeys(f"`{read_on(one)}`" for one in ordered)
    screen.note("answer.read-on", commands=listed(list(commands)[:_MOST_COMMANDS], screen.language))
    about = entry or next((one.entry for one in found.passages if one.entry in found.names), "ID")
    screen.note("answer.own-words", id=about)
