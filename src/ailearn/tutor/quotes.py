"""Whether words that a model quotes really stand in a text: models like to quote what nobody wrote."""

import unicodedata

# A quotation of fewer letters could stand anywhere; a Han character says more than a letter does.
_SHORTEST = 12
_HAN_WEIGHT = 3
_QUOTATION_MARKS = dict.fromkeys(map(ord, "“”„‟«»「」『』〝〞＂"), '"') | dict.fromkeys(
    map(ord, "‘’‚‛＇′`´"), "'"
)
_HYPHENS = "-\u00ad\u2010\u2011"
_EDGES = "\"'.,;:!?…。，、；：！？ "


def quoted_from(text: str, quotation: str, shortest: int = _SHORTEST) -> str:
    """The words of `text` that `quotation` means, as they stand there on one line; empty when it has none.

    White space, the shape of quotation marks, hyphenation, full or half width, ligatures and case may
    differ, nothing else; marks at either end of the quotation do not count. One of less than `shortest`
    letters is none.
    """
    folded, places = _folded(text)
    wanted, _ = _folded(quotation.strip(_EDGES))
    if _weight(wanted) < shortest:
        return ""
    start = folded.find(wanted)
    if start < 0:
        return ""
    first, last = places[start], places[start + len(wanted) - 1]
    return " ".join(text[first : last + 1].split())


def _weight(text: str) -> int:
    return sum(_HAN_WEIGHT if "\u2e80" <= one <= "\u9fff" else 1 for one in text if one.isalnum())


def _folded(text: str) -> tuple[str, list[int]]:
    """`text` made comparable, and where in it each character of that came from."""
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text.translate(_QUOTATION_MARKS)):
        if character.isspace() or (character in _HYPHENS and _joins(text, place)):
            continue
        for one in _plain(character):
            folded.append(one)
            places.append(place)
    return "".join(folded), places


def _joins(text: str, place: int) -> bool:
    """Whether the hyphen there stands between letters, where a line may have been broken."""
    before, after = text[:place][-1:], text[place + 1 :][:100].lstrip()[:1]
    return before.isalpha() and after.isalpha()


def _plain(character: str) -> str:
    """One character without its width, as ligature or in capitals; superscripts keep what they mean."""
    kind = unicodedata.decomposition(character).split(" ")[0]
    if kind in ("<wide>", "<narrow>", "<compat>"):
        character = unicodedata.normalize("NFKC", character)
    return character.casefold()
