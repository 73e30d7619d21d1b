"""The query box: what a reader types, taken apart.

The grammar follows beets and other catalogues: words (all of them must match), "phrases", `field:value`,
`year:2012..2015` with either end open, and `-` before anything to leave it out. Field names may be
Chinese, and so may the colon.
"""

import re
import unicodedata
from typing import NamedTuple

from ailearn.catalog import folding
from ailearn.errors import UsageError
from ailearn.messages import Names

TEXT_FIELDS = ("author", "title", "id", "venue")
NAME_FIELDS = ("topic", "kind", "track", "status")
NUMBER_FIELDS = ("year", "level", "minutes")
FIELDS = TEXT_FIELDS + NAME_FIELDS + NUMBER_FIELDS
_CHINESE = {
    "作者": "author", "标题": "title", "题目": "title", "会议": "venue", "主题": "topic", "类型": "kind",
    "路线": "track", "年份": "year", "年": "year", "难度": "level", "时长": "minutes", "分钟": "minutes",
    "状态": "status",
}  # fmt: skip
_PLURALS = {"authors": "author", "topics": "topic", "tracks": "track", "kinds": "kind", "years": "year"}
# Longer than any question that a person types, and short enough for the expressions of SQLite.
MAX_LENGTH = 1000
_IDENTIFIERS = ("arxiv", "doi", "isbn", "http", "https")
# Words that carry a question and not its subject; they need not stand in an answer.
_FUNCTION_WORDS = (
    " a an the of to in on for and or is are was were be do does did how what why when which who can could"
    " should would will i me my you your we it its this that these those with about from by at as vs versus "
)
# Patterns are compiled when they are first needed; most commands need none of them.
_PIECE = r"""(?x)
        (?P<minus>-)?
        (?: (?P<field>[^\W\d_][\w-]*) \s? [:：] (?=[^\s/]) )?
        (?: ["“”](?P<phrase>[^"“”]*)["“”]? | (?P<word>\S+) )"""
_RANGE = r"(?P<low>\d{1,5})?(?:\.{2,3}|[~–—-]+)(?P<high>\d{1,5})?"


class Condition(NamedTuple):
    """One condition of a query.

    `field` is None for words that may stand anywhere. Text fields compare `text`, name fields any of
    `names`, number fields the range from `low` to `high`, both included and open where None. The field
    `among`, which nobody can type, is met by the entries whose ids are the `names`.
    """

    field: str | None = None
    text: str = ""
    phrase: bool = False
    names: tuple[str, ...] = ()
    low: int | None = None
    high: int | None = None
    negated: bool = False


# What no entry meets: to be of none of the kinds.
NOTHING = Condition("kind")


def parse(text: str) -> tuple[Condition, ...]:
    """Take a query apart into its conditions, every one of which an entry must meet.

    A query of nothing but signs, which stand in no index, has the condition NOTHING. Raises UsageError for an
    unknown field, a number that is none, or more than MAX_LENGTH characters.
    """
    if len(text) > MAX_LENGTH:
        raise UsageError("error.query-long", hint="hint.query-long", length=len(text), most=MAX_LENGTH)
    # Bytes of an argument that are no UTF-8 arrive as lone surrogates, which no database takes.
    text = text.encode("utf-8", "replace").decode()
    # A known field may be parted from its value; after other words a colon and a space are a mark.
    fields = "|".join((*FIELDS, *_CHINESE, *_PLURALS))
    text = re.sub(rf"(?i)((?:^|[\s-])(?:{fields})\s?[:：])\s+(?=\S)", r"\1", text)
    pieces = [*re.finditer(_PIECE, text)]
    found = tuple(one for piece in pieces if (one := _condition(piece)) is not None)
    # Signs beside words are passed over; signs alone ask for something that no text can be searched for.
    sought = any(one["field"] is None and not one["minus"] for one in pieces)
    told = any(one.field is None and not one.negated for one in found)
    return (*found, NOTHING) if pieces and (not found or (sought and not told)) else found


def subject(conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """The free words of `conditions` without function words, or all of them when there is nothing else."""
    words = tuple(one for one in conditions if one.field is None and not one.negated)
    telling = tuple(
        one for one in words if one.phrase or f" {folding.fold(one.text)} " not in _FUNCTION_WORDS
    )
    return telling or words


def _condition(piece: re.Match[str]) -> Condition | None:
    negated = piece["minus"] is not None
    phrase = piece["phrase"] is not None
    value = piece["phrase"] if phrase else piece["word"]
    if piece["field"] is None:
        return Condition(text=value, phrase=phrase, negated=negated) if folding.words(value) else None
    named = folding.fold(piece["field"])
    field = _CHINESE.get(named) or _PLURALS.get(named) or named
    if field in NUMBER_FIELDS:
        return _number_range(field, value, negated)
    if field in NAME_FIELDS:
        return Condition(field, names=names_in(value), negated=negated)
    if field in TEXT_FIELDS:
        return Condition(field, value, negated=negated)
    if field in _IDENTIFIERS:
        return Condition(text=value, phrase=True, negated=negated)
    raise _unknown_field(field)


def names_in(value: str) -> tuple[str, ...]:
    """The names in a list of some, parted by commas of either script; at least one, which may be empty."""
    parts = (part.strip() for part in re.split("[,，、|]", value))
    return tuple(filter(None, parts)) or (value,)


def _unknown_field(field: str) -> UsageError:
    import difflib

    nearest = difflib.get_close_matches(field, FIELDS, 1)
    return UsageError(
        "error.query-field",
        hint="hint.did-you-mean" if nearest else "hint.query-fields",
        field=field,
        names=f"{nearest[0]}:" if nearest else Names(FIELDS),
    )


def _number_range(field: str, value: str, negated: bool) -> Condition:
    plain = unicodedata.normalize("NFKC", value)
    if plain.isascii() and plain.isdigit() and len(plain) <= 5:
        plain = f"{plain}..{plain}"
    found = re.fullmatch(_RANGE, plain)
    if found is None or (found["low"] is None and found["high"] is None):
        raise UsageError("error.query-number", hint="hint.query-number", field=field, value=value)
    low, high = (int(end) if end else None for end in (found["low"], found["high"]))
    if low is not None and high is not None and low > high:
        low, high = high, low
    return Condition(field, low=low, high=high, negated=negated)
