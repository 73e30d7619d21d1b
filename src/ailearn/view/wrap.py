"""Lines of mixed Chinese and Latin text, broken where each script allows it.

Chinese may break between any two characters, except that closing marks never begin a line and
opening marks never end one (the kinsoku rules, as in the W3C's Requirements for Chinese Text
Layout, section 3.1). Latin text breaks at spaces only, so `O(n²·d)` stays whole; half-width marks
cling to the Chinese beside them as full-width ones do. Widths are terminal cells.
"""

import re

from rich.cells import cell_len

from ailearn.catalog.folding import is_han

# What the rules tell apart, a letter for each: (s)pace, (h)an, full-width (o)pening and (c)losing marks,
# marks that close or (j)oin, half-width marks that (b)egin or end a bracket or (k)eep to what they follow.
# Everything else is (x). Rules over letters compile at once; over Chinese they take milliseconds.
_KINDS = {
    **dict.fromkeys("，。、；：？！）》〉」』】〕”—％", "c"),
    **dict.fromkeys("’·…", "j"),
    **dict.fromkeys("（《〈「『【〔“‘", "o"),
    **dict.fromkeys(",.;:!?%)]}", "k"),
    **dict.fromkeys("([{", "b"),
}
# A run of Latin that does not end with an opening mark, held together by marks inside it.
_WORD = "(?:[xkb]|(?<=[xkb])j(?=[xkb]))*[xk]"
_UNIT = f"s+|[ob]*(?:h(?:k+(?![xkb]))?|{_WORD})?[cj]*|."


def _units(text: str) -> list[str]:
    """`text` in pieces that stay on one line: words, Chinese characters with their marks, blanks."""
    shape = "".join(map(_kind, text))
    return [text[one.start() : one.end()] for one in re.finditer(_UNIT, shape) if one[0]]


def _kind(character: str) -> str:
    found = _KINDS.get(character)
    if found:
        return found
    return "s" if character.isspace() else "h" if is_han(character) else "x"


def wrap(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells; line breaks in it are kept as spaces.

    Only a single word wider than `width` is cut inside. Where there is no room at all, each line still holds
    a character.
    """
    width = max(width, 1)
    lines: list[str] = []
    line = ""
    used = 0
    for unit in _units(text.strip()):
        if unit.isspace():
            if line:
                line += " "
                used += 1
            continue
        wide = cell_len(unit)
        if line.strip() and used + wide > width:
            lines.append(line.rstrip())
            line, used = "", 0
        while wide > width:
            head = _fitting(unit, width) or unit[0]
            lines.append(head)
            unit = unit[len(head) :]
            wide = cell_len(unit)
        line += unit
        used += wide
    if line.strip():
        lines.append(line.rstrip())
    return lines or [""]


def narrowest(text: str) -> int:
    """The width in cells below which a word of `text` has to be cut."""
    return max(map(cell_len, _units(text.strip())), default=0)


def _fitting(text: str, width: int) -> str:
    """The longest beginning of `text` that fits."""
    used = 0
    for number, character in enumerate(text):
        used += cell_len(character)
        if used > width:
            return text[:number]
    return text


def clip(text: str, width: int, ellipsis: str = "…") -> str:
    """`text` in at most `width` cells, ending in `ellipsis` when something was cut off."""
    if cell_len(text) <= width:
        return text
    room = width - cell_len(ellipsis)
    return _fitting(text, room).rstrip() + ellipsis if room > 0 else ellipsis[:width]


def pad(text: str, width: int) -> str:
    """`text` filled with spaces to `width` cells; longer text stays as it is."""
    return text + " " * (width - cell_len(text))
