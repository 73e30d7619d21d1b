"""What models like to put around a translation, taken off."""

import re

from ailearn.controls import safe
from ailearn.tutor.documents import joined

# What models put before a translation; and the beginning of an original that speaks of translating itself.
_LABEL = re.compile(
    r"(?:#{1,6}\s+)?(?P<strong>\*\*|__)?(?:译文|(?:中文|英文)?翻译|(?:(?:english|chinese) )?translation)\s*"
    r"(?(strong)(?:[:：]\s*(?P=strong)|(?P=strong)\s*[:：])|[:：])\s*",
    re.IGNORECASE,
)
_OWN_LABEL = re.compile(
    r"(?:(?!\s[-–—]\s)[^:：—]){0,40}?(?:translat|译)[^:：—]{0,40}?(?:[:：—]|\s[-–]\s)", re.IGNORECASE
)
_MARKUP = re.compile(r"(?P<sign>#{1,6}|[-*+]|>)\s+")
_FENCE = re.compile(r"(`{3,}|~{3,})[\w-]*\n(.*?)\n?\1", re.DOTALL)
# What an answer may begin with that is no bullet's, as a minus or greater-than before it may belong to it.
_VALUE = re.compile(r"⟦\d+⟧|\d")


def unwrapped(said: str, text: str) -> str:
    """The translation without what was put around the whole of it, on one line.

    `text` is what was sent: what it begins with itself is no addition. Nothing is taken from further inside,
    and each kind of wrapping once.
    """
    said = safe(said.replace("\r\n", "\n")).strip()
    wrappings = [_unfenced, _untagged, _unlabelled, _unmarked]
    while peeled := next(((one, inner) for one in wrappings if (inner := one(said, text)) != said), None):
        wrappings.remove(peeled[0])
        said = peeled[1].strip()
    return joined(said.splitlines())


def _unfenced(said: str, _: str) -> str:
    fence = _FENCE.fullmatch(said)
    return fence[2] if fence else said


def _untagged(said: str, _: str) -> str:
    return re.sub(r"\A<text\b[^<>]*>|</text\s*>\Z", "", said)


def _unlabelled(said: str, text: str) -> str:
    label = _LABEL.match(said)
    if label is None or (_OWN_LABEL.match(text) and not _OWN_LABEL.match(said, label.end())):
        return said
    return said[label.end() :]


def _unmarked(said: str, text: str) -> str:
    """`said` without the sign of a heading, item or quote before it, or before every line of it."""
    mark = _MARKUP.match(said)
    if mark is None or _MARKUP.match(text.removeprefix("\\")):
        return said
    sign = mark["sign"]
    if sign.startswith("#"):
        return re.sub(rf"\s+{sign}\Z", "", said[mark.end() :])
    value = _VALUE.match(said, mark.end())
    if value and not text.startswith(value[0]):
        return said
    before = re.compile(rf"(?m)^{re.escape(sign)}\s+")
    lines = [line for line in said.splitlines() if line.strip()]
    return before.sub("", said) if all(map(before.match, lines)) else said[mark.end() :]
