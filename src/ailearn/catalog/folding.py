"""How text is made comparable: case, width, accents, and words in two scripts.

Chinese is written without spaces, so every Han character is a word of its own and a run of them is
a phrase; Latin text is parted into words as usual. Stemming is left to the index.
"""

import re
import unicodedata

HAN = "\u2e80-\u2fdf\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# A run of Han characters, or a run of other letters and digits.
WORD = f"[{HAN}]+|[^\\W_{HAN}]+"
# Letters that Unicode does not take apart, though readers type them without the stroke.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})


def fold(text: str) -> str:
    """`text` without differences of case, width and accents (Unicode NFKD, marks dropped)."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text).casefold().translate(_PLAIN)
    bare = "".join(mark for mark in apart if not unicodedata.combining(mark))
    return unicodedata.normalize("NFC", bare)


def name_key(text: str) -> str:
    """The form in which names are compared: folded, with dashes, spaces and marks left out."""
    return "".join(words(text))


def words(text: str) -> list[str]:
    """The folded words of `text`: Latin words, and unbroken runs of Han characters."""
    return re.findall(WORD, fold(text))


def is_han(word: str) -> bool:
    """Whether `word` is a run of Han characters."""
    return re.fullmatch(f"[{HAN}]+", word) is not None


def spaced(text: str) -> str:
    """Folded `text` with every Han character set apart, ready to be indexed."""
    return re.sub(f"([{HAN}])", r" \1 ", fold(text))
