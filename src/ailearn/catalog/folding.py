"""How text is made comparable: case, width, accents, and words in two scripts.

Chinese is written without spaces, so every Han character is a word of its own and a run of them is
a phrase; Latin text is parted into words as usual. Stemming is left to the index.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterator

# Letters written without spaces: Han characters and kana. The middle dot between foreign names is none.
HAN = (
    "\u3005\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\U00020000-\U0002a6dd\U0002a700-\U0002b734\U0002b740-\U0002b81d\U0002b820-\U0002cea1"
    "\U0002ceb0-\U0002ebe0\U00030000-\U0003134a"
)
_HAN_RANGES = [(one[0], one[-1]) for one in re.findall("[^-](?:-[^-])?", HAN)]
# Letters that Unicode does not take apart, though readers type them without the stroke.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})


def fold(text: str) -> str:
    """`text` without differences of case, width and accents (Unicode NFKD, marks dropped)."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text).casefold()
    if not any(unicodedata.combining(one) or ord(one) in _PLAIN for one in set(apart) if one > "\x7f"):
        return unicodedata.normalize("NFC", apart)
    # Folding case may compose anew what was apart, so it is taken apart once more.
    apart = unicodedata.normalize("NFKD", apart.translate(_PLAIN))
    bare = "".join(mark for mark in apart if not unicodedata.combining(mark))
    return unicodedata.normalize("NFC", bare)


def name_key(text: str) -> str:
    """The form in which names are compared: folded, with dashes, spaces and marks left out."""
    return "".join(words(text))


def words(text: str) -> list[str]:
    """The folded words of `text`: Latin words, and unbroken runs of Han characters."""
    return [word for _, word in tokens(fold(text))]


def tokens(text: str) -> Iterator[tuple[int, str]]:
    """The words of `text` as they stand, each with the place where it begins."""
    # A pattern with the Han ranges in it takes milliseconds to compile, which every start would pay.
    for run in re.finditer(r"[^\W_]+", text):
        if run[0].isascii():
            yield run.start(), run[0]
            continue
        at = run.start()
        for _, same in itertools.groupby(run[0], is_han):
            word = "".join(same)
            yield at, word
            at += len(word)


def parted(word: str) -> list[str]:
    """A folded word cut between letters and digits: `gpt3` is written `GPT-3` and `GPT 3` as well."""
    return re.findall(r"\d+|\D+", word) if word.isascii() else [word]


def is_han(word: str) -> bool:
    """Whether `word`, a single character or one of `words`, is Han."""
    return word > "\u3004" and any(first <= word[0] <= last for first, last in _HAN_RANGES)


def spaced(text: str) -> str:
    """Folded `text` with every Han character set apart, ready to be indexed."""
    return re.sub(f"[{HAN}]+", lambda run: f" {' '.join(run[0])} ", fold(text))
