"""Checks of what is written: both languages present, lengths, typography, figures."""

import dataclasses
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterator

from ailearn.catalog.model import CardFile, Entry, Guide, NamedPath, Text, TextList
from ailearn.catalog.rules import Finding
from ailearn.catalog.source import Place
from ailearn.catalog.yaml_reader import NodePath

# The most English words, and the most Chinese characters with Latin words counted as one each.
FIELD_LIMITS: dict[str, tuple[int, int]] = {
    "one_liner": (20, 30),
    "problem": (65, 130),
    "motivation": (65, 130),
    "intuition": (65, 130),
    "limits": (65, 130),
    "legacy": (65, 130),
    "mechanism": (45, 90),
}
ANSWER_LIMITS = (40, 80)
# Why an entry is a step of a named path.
REASON_LIMITS = (25, 45)
FIGURE_COLUMNS = 76
FIGURE_LINES = (6, 18)
# So many lines the same figure may differ by, since labels wrap differently in the two languages.
FIGURE_SLACK = 2
# A text of so few words may be the same in both languages: a name, a formula, a number with its unit.
SAME_TEXT_WORDS = 3
EXCERPT_MARGIN = 6

# Fields that hold a name rather than prose.
_NAME_FIELDS = ("title", "short", "name", "term")

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LATIN = "A-Za-z0-9À-ÖØ-öø-ɏ"
_FULL_WIDTH = "，。、：；？！（）《》“”"
_FULL_FORM = dict(zip(",.:;?!()", "，。：；？！（）", strict=True))
_HALF_WIDTH = re.compile(
    rf"(?<=[{_HAN}])[,.:;?!()]"  # 残差, 结构
    rf"|[,.:;?!()](?=[{_HAN}])"  # AlexNet,然后
    rf"|(?<=[{_LATIN}%])[,;:?!](?=\s+[{_HAN}])"  # 用 GPU, 训练
)
_SPACE_MISSING = re.compile(rf"[{_HAN}](?=[{_LATIN}])|[{_LATIN}%](?=[{_HAN}])")
_SPACE_TOO_MANY = re.compile(rf"\s(?=[{_FULL_WIDTH}])|(?<=[{_FULL_WIDTH}])\s|(?<=[{_HAN}])\s+(?=[{_HAN}])")
_DOUBLE_SPACE = re.compile(r"(?<=\S)  +(?=\S)")
_CHINESE = re.compile(rf"[{_HAN}\u3000-\u30ff\uff01-\uff60]+")
_STRAIGHT_QUOTES = re.compile(rf"\"|(?<=[{_HAN}])'|'(?=[{_HAN}])")
_LAST_MARK = re.compile(r"(?<![.\d])[.?!](?=[”）]*$)")
_MARKUP = re.compile("\\*\\*|`|\\]\\(|https?://|www\\.|[\U0001f300-\U0001faff]")
_URL = re.compile(r"https?://[!-~]+")
_BOOK_TITLE = re.compile("《[^》]*》")
# A function and its arguments: half-width brackets and commas are right there, even around Chinese words.
_CALL = re.compile(
    r"(?<![A-Za-z])"
    r"(?:softmax|sigmoid|tanh|relu|log|ln|exp|min|max|argmin|argmax|clip|sin|cos|sqrt|sum|mean|concat|layernorm"
    r"|attention|multihead|ffn|bernoulli|norm|kl|[A-Za-zα-ωΑ-ΩÂ](?:_[A-Za-z0-9]+|[₀-ₜᵢⱼ⁰-ⁿ′])*)"
    r"\([^()（）]*\)",
    re.IGNORECASE,
)
_WORD = re.compile(rf"[{_LATIN}]")
_CHINESE_WORD = re.compile(rf"[{_HAN}]|[{_LATIN}][{_LATIN}.,'’%-]*")
_LONG_WORD = re.compile(r"[A-Za-z]{2,}")


def texts(value: object, path: NodePath = ()) -> Iterator[tuple[NodePath, Text | TextList]]:
    """Every text in two languages inside a dataclass of the model, with its path."""
    if isinstance(value, Text | TextList):
        yield path, value
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from texts(item, (*path, index))
    elif dataclasses.is_dataclass(value):
        for one in dataclasses.fields(value):
            yield from texts(getattr(value, one.name), (*path, one.name))


def check_texts(item: object, place: Place) -> Iterator[Finding]:
    """Judge every text of an entry, a track, a topic, a term, the guide, or a file of added cards."""
    for path, text in texts(item):
        if path == ("figure",) and isinstance(text, Text):
            yield from _check_figure(text, place)
            continue
        yield from _check_pair(path, text, place)
        for where, language, one in _single_texts(path, text):
            if language == "en":
                yield from _check_english(where, one, place)
            else:
                # The official title of a work is spelt as its publisher spells it.
                is_official = isinstance(item, Entry) and path == ("title",)
                yield from _check_chinese(where, one, place, is_official)
            if isinstance(item, Entry | CardFile):
                yield from _check_length(where, language, one, place)
            if isinstance(item, NamedPath) and path[-1] == "why":
                yield from _too_long(where, language, one, place, REASON_LIMITS)
            if not isinstance(item, Guide):
                yield from _report(_MARKUP, "C416", where, one, place)


def _single_texts(path: NodePath, text: Text | TextList) -> Iterator[tuple[NodePath, str, str]]:
    for language, value in (("en", text.en), ("zh", text.zh)):
        if isinstance(value, str):
            yield (*path, language), language, value
        else:
            for index, one in enumerate(value):
                yield (*path, language, index), language, one


def _check_pair(path: NodePath, text: Text | TextList, place: Place) -> Iterator[Finding]:
    for where, _, one in _single_texts(path, text):
        if not one:
            yield place.finding("C403", where)
    if isinstance(text, Text):
        pairs = [(path, text.en, text.zh)]
    elif len(text.en) != len(text.zh):
        yield place.finding("C406", path, en=str(len(text.en)), zh=str(len(text.zh)))
        return
    elif not text.en:
        yield place.finding("C403", path)
        return
    else:
        pairs = [
            ((*path, "zh", index), *pair) for index, pair in enumerate(zip(text.en, text.zh, strict=True))
        ]
    if path[-1] in _NAME_FIELDS:
        return
    for where, en, zh in pairs:
        if en == zh and len(_LONG_WORD.findall(en)) > SAME_TEXT_WORDS:
            yield place.finding("C404", where)


def _check_english(path: NodePath, text: str, place: Place) -> Iterator[Finding]:
    yield from _report(_DOUBLE_SPACE, "C410", path, text, place)
    yield from _report(_CHINESE, "C411", path, text, place)


def _check_chinese(path: NodePath, text: str, place: Place, is_official: bool) -> Iterator[Finding]:
    judged = _without_formulae(text)
    for match in _HALF_WIDTH.finditer(judged):
        excerpt = _excerpt(text, match)
        yield place.finding("C407", path, mark=match[0], full=_FULL_FORM[match[0]], excerpt=excerpt)
    if not is_official:
        yield from _report(_SPACE_MISSING, "C408", path, text, place, judged)
    yield from _report(_SPACE_TOO_MANY, "C409", path, text, place, judged)
    yield from _report(_DOUBLE_SPACE, "C410", path, text, place)
    yield from _report(_STRAIGHT_QUOTES, "C412", path, text, place, judged)


def mended_chinese(text: str) -> str:
    """`text` with the marks and spaces that the checks ask of Chinese; its words stay as they are."""
    text = _replaced(_HALF_WIDTH, text, lambda match: _FULL_FORM[match[0]])
    # A bracket that was full-width on one side only.
    text = re.sub(r"（([^（）()]*)\)", r"（\1）", re.sub(r"\(([^（）()]*)）", r"（\1）", text))
    marks = itertools.cycle("“”")
    text = _replaced(re.compile('"'), text, lambda _: next(marks))
    if re.search(f"[{_HAN}]", text):
        # A sentence may end with a Latin word, whose full stop is a Chinese one all the same.
        text = _LAST_MARK.sub(lambda match: _FULL_FORM.get(match[0], "。"), text)
    text = _replaced(_SPACE_TOO_MANY, text, lambda _: "")
    text = _replaced(_SPACE_MISSING, text, lambda match: f"{match[0]} ")
    return _DOUBLE_SPACE.sub(" ", text)


def _replaced(pattern: re.Pattern[str], text: str, replacement: Callable[[re.Match[str]], str]) -> str:
    """`text` with every match replaced, formulae and official titles aside."""
    pieces, end = [], 0
    for match in pattern.finditer(_without_formulae(text)):
        pieces += [text[end : match.start()], replacement(match)]
        end = match.end()
    return "".join((*pieces, text[end:]))


def _report(
    pattern: re.Pattern[str], rule: str, path: NodePath, text: str, place: Place, judged: str | None = None
) -> Iterator[Finding]:
    """A finding for each place where `judged` (of the same length as `text`) breaks the rule."""
    for match in pattern.finditer(text if judged is None else judged):
        yield place.finding(rule, path, excerpt=_excerpt(text, match))


def _excerpt(text: str, match: re.Match[str]) -> str:
    start = max(0, match.start() - EXCERPT_MARGIN)
    end = min(len(text), match.end() + EXCERPT_MARGIN)
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")


def _without_formulae(text: str) -> str:
    """The text with addresses and function calls replaced by letters, titles in 《》 by Chinese ones."""
    text = _URL.sub(lambda match: "x" * len(match[0]), text)
    text = _BOOK_TITLE.sub(lambda match: "《" + "书" * (len(match[0]) - 2) + "》", text)
    while True:
        # From the innermost brackets outwards.
        plain = _CALL.sub(lambda match: "x" * len(match[0]), text)
        if plain == text:
            return plain
        text = plain


def _check_length(path: NodePath, language: str, text: str, place: Place) -> Iterator[Finding]:
    limits = FIELD_LIMITS.get(str(path[0]))
    if path[0] == "cards" and path[2] == "a":
        limits = ANSWER_LIMITS
    if limits is not None:
        yield from _too_long(path, language, text, place, limits)


def _too_long(
    path: NodePath, language: str, text: str, place: Place, limits: tuple[int, int]
) -> Iterator[Finding]:
    limit = limits[0] if language == "en" else limits[1]
    count = length(text, language)
    if count > limit:
        yield place.finding("C405", path, count=str(count), limit=str(limit))


def length(text: str, language: str) -> int:
    """English words, or Chinese characters plus Latin words; punctuation does not count."""
    if language == "zh":
        return len(_CHINESE_WORD.findall(text))
    return sum(1 for word in text.split() if _WORD.search(word))


def columns(line: str) -> int:
    """How many columns of a terminal `line` takes: wide and full-width characters (UAX 11) take two."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in line
    )


def _check_figure(figure: Text, place: Place) -> Iterator[Finding]:
    heights = []
    for language, drawing in (("en", figure.en), ("zh", figure.zh)):
        lines = drawing.split("\n")
        heights.append(len(lines) if drawing else 0)
        for number, line in enumerate(lines, 1):
            width = columns(line)
            if width > FIGURE_COLUMNS:
                values = {"number": str(number), "width": str(width), "limit": str(FIGURE_COLUMNS)}
                yield place.finding("C413", ("figure", language), "error", **values)
    minimum, maximum = FIGURE_LINES
    if not all(heights) or abs(heights[0] - heights[1]) > FIGURE_SLACK:
        yield place.finding("C414", ("figure",), en=str(heights[0]), zh=str(heights[1]))
    elif min(heights) < minimum or max(heights) > maximum:
        count = f"{heights[0]}, {heights[1]}"
        yield place.finding("C415", ("figure",), count=count, minimum=str(minimum), maximum=str(maximum))
    yield from _report(_CHINESE, "C411", ("figure", "en"), figure.en, place)
