"""Lists of references, which nobody wants translated, told from the text that may follow them."""

import re
from collections.abc import Sequence

from ailearn.tutor.running_heads import SENTENCE_END

_HEADING = re.compile(
    r"(?:[\dIVX.]+\s+)?(?:(?:supplementa\w+|additional|online|method\w*|main) )?"
    r"(?:references(?: (?:and notes|cited))?|bibliography|(?:literature|works) cited"
    r"|参考文献|参考资料|引用文献)\W?",
    re.IGNORECASE,
)
# How an entry begins: with its number, or the name of an author and initials.
_NUMBER = re.compile(r"(?:\[\w{1,12}\]|\(\d{1,3}\)|\d{1,3}\.?)\s+(?=\S)")
_INITIALS = r"(?:[A-Z]\.[ -]?){1,4}"
_NAME = r"(?:(?:van|von|de|der|den|la|le|di|da|dos|Mc|O['’]) ?){0,3}[A-Z][\w'’\-]+"
_INITIALLED = re.compile(rf"{_NAME},? {_INITIALS}|{_INITIALS} ?{_NAME}")
_AUTHOR = re.compile(rf"{_NAME},? (?:et al|[A-Z]{{1,3}}[,. ])|{_NAME}(?: {_NAME}){{1,3}}(?:,| and | & |\.)")
# What a heading has not, though it begins as an entry does.
_NO_HEADING = re.compile(r"(?<![A-Z])[A-Z]{1,2}[.,]|\w{2,}\. \S|\bet al\b")
_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d\d[a-z]?(?!\d)")
_PUBLISHED = re.compile(
    r"\b(?:arxiv|doi|https?://|isbn|in proc|proceedings|preprint|journal|trans\.|conf\.|in press|pp\.|vol\.)"
    r"|\d ?[(:] ?\d+|\d[–-]\d|\[[A-Z](?:/OL)?\]",
    re.IGNORECASE,
)
# References end with their year or pages.
_DATED_END = re.compile(r"(?:\b(?:1[89]|20)\d\d[a-z]?|\d[–-]\d+)[)\]]?\.?$")
# Words that make sentences and that titles seldom have.
_SENTENCE = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|we|our|us|i|you|it|this|these|those|that|which|can|could|will|would|may"
    r"|must|should|do|does|did|not)\b",
    re.IGNORECASE,
)
_CHINESE_SENTENCE = re.compile("[的了是在将被把与和]")
_LEAST_WORDS = 6
_LOWER = 0.55


def begins_references(heading: str) -> bool:
    """Whether a heading is that of a list of references."""
    return _HEADING.fullmatch(heading) is not None


def is_entry(text: str) -> bool:
    """Whether a paragraph below such a heading is a reference beyond doubt."""
    number = _NUMBER.match(text)
    bare = text[number.end() :] if number else text
    dated = bool(_YEAR.search(bare) or _PUBLISHED.search(bare))
    if _INITIALLED.match(bare) and (number or dated):
        return True
    signs = [bool(number), dated, bool(_AUTHOR.match(bare))]
    return all(signs) or (sum(signs) == 2 and not is_prose(bare))


def end_of_entry(lines: Sequence[str]) -> int:
    """How many of the lines of a reference are its own, when text goes on right below it."""
    for at in range(1, len(lines)):
        tail = " ".join(lines[at:])
        if SENTENCE_END.search(lines[at - 1]) and not is_entry(tail) and is_prose(tail):
            return at
    return len(lines)


def begins_entry(line: str) -> bool:
    """Whether a line that looks like a numbered heading is the beginning of a reference."""
    label = re.match(r"(?:[A-Z]|[IVX]+|\d[\d.]*)\.?\s+", line)
    words = line[label.end() :] if label else ""
    return bool(_NO_HEADING.search(words) or _YEAR.search(words))


def is_prose(text: str) -> bool:
    """Whether a paragraph is made of sentences, rather than of names, titles and years."""
    if _DATED_END.search(text):
        return False
    han = re.findall("[\u4e00-\u9fff]", text)
    if len(han) > len(text) / 3:
        return (
            "。" in text and len(_CHINESE_SENTENCE.findall(text)) >= 2 and not re.search(r"\[[A-Z]\]", text)
        )
    words = re.findall(r"[^\W\d_]+", text)
    lower = sum(word[0].islower() for word in words)
    return len(words) >= _LEAST_WORDS and lower >= _LOWER * len(words) and _SENTENCE.search(text) is not None
