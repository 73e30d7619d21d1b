"""How much of what a model can read at once a text takes, in Latin characters."""

from ailearn.catalog import folding

# A Han character takes a model about as many tokens as so many Latin ones do.
_HAN = 2.5


def room_of(text: str) -> float:
    """About how much room a text takes."""
    return len(text) + (_HAN - 1) * sum(map(folding.is_han, text))


def beginning(text: str, room: float) -> str:
    """As much of a text as there is room for, in whole paragraphs where that can be."""
    used = 0.0
    for at, character in enumerate(text):
        used += _HAN if folding.is_han(character) else 1
        if used > room:
            end = text.rfind("\n", 0, at)
            return text[: end if end > at // 2 else at]
    return text
