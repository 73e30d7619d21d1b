"""Texts that say nearly the same."""

from ailearn.catalog import folding
from ailearn.catalog.cutting import pieces
from ailearn.language import BothLanguages

# From this share of common pieces on, two texts say nearly the same.
_ALIKE = 0.4


def alike(first: BothLanguages, second: BothLanguages) -> bool:
    """Whether two texts say nearly the same in either language, so that both or neither would be right."""
    return _shared(first["en"], second["en"]) or _shared(first["zh"], second["zh"])


def _shared(first: str, second: str) -> bool:
    ours, theirs = pieces(first), pieces(second)
    # Texts too short for pieces are compared as they are.
    if not ours or not theirs:
        return folding.name_key(first) == folding.name_key(second)
    return len(ours & theirs) >= _ALIKE * len(ours | theirs) or ours <= theirs or theirs <= ours
