"""Lines of mixed Chinese and Latin text, broken where each script allows it.

Chinese may break between any two characters, except that closing marks never begin a line and
opening marks never end one (the kinsoku rules, as in the W3C's Requirements for Chinese Text
Layout, section 3.1). Latin text breaks at spaces only, so `O(n²·d)` stays whole; half-width marks
cling to the Chinese beside them as full-width ones do. Widths are terminal cells.
"""

import re

from rich.cells import cell_len

from ailearn.catalog.folding import HAN

_CLOSING = "，。、；：？！）》〉」』】〕”’…—·％"
_OPENING = "（《〈「『【〔“‘"
_HALF_CLOSING = r",.;:!?%)\]}"
_HALF_OPENING = r"(\[{"
_LATIN = rf"[^\s{HAN}{_CLOSING}{_OPENING}]"
# A run of Latin that does not end with an opening mark, held together by marks inside it.
_WORD = rf"(?:{_LATIN}|(?<={_LATIN})[’·…](?={_LATIN}))*(?:(?![{_HALF_OPENING}]){_LATIN})"
_UNIT = re.compile(
    rf"\s+|[{_OPENING}{_HALF_OPENING}]*"
    rf"(?:[{HAN}](?:[{_HALF_CLOSING}]+(?!{_LATIN}))?|{_WORD})?[{_CLOSING}]*"
    rf"|\S"
)


def wrap(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells; line breaks in it are kept as spaces.

    Only a single word wider than `width` is cut inside.
    """
    lines: list[str] = []
    line = ""
    used = 0
    for unit in filter(None, _UNIT.findall(text.strip())):
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
