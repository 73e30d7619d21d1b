"""Cards that a model proposes, on the screen."""

from typing import NamedTuple

from ailearn.catalog.model import Card
from ailearn.tutor.suggestions import Suggestions
from ailearn.view.canvas import Canvas


class Suggested(NamedTuple):
    """One proposed card, waiting for the reader's decision."""

    card: Card
    number: int
    total: int


def draw_suggested(suggested: Suggested, canvas: Canvas) -> None:
    """The question, the answer, and the words of the text on which it rests."""
    number = canvas.say("cards.number", number=suggested.number, total=suggested.total)
    canvas.line((f"── {number} ──", "muted"))
    draw_card(suggested.card, canvas)


def draw_card(card: Card, canvas: Canvas) -> None:
    """A card with what it rests on."""
    canvas.both({"en": card.q.en, "zh": card.q.zh}, indent=0, role="title")
    canvas.both({"en": card.a.en, "zh": card.a.zh})
    canvas.blank()
    if card.excerpt:
        canvas.paragraph(f"“{card.excerpt}”", indent=4, role="muted")
    if card.source:
        canvas.paragraph(card.source, indent=4, role="muted")


def draw_suggestions(suggestions: Suggestions, canvas: Canvas) -> None:
    """All proposed cards, none of them kept."""
    total = len(suggestions.cards)
    for number, suggestion in enumerate(suggestions.cards, start=1):
        canvas.blank()
        draw_suggested(Suggested(suggestion.card(""), number, total), canvas)
