"""The query box: every text is either understood or refused in so many words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ailearn.catalog.query import FIELDS, MAX_LENGTH, NOTHING, NUMBER_FIELDS, Condition, parse, subject
from ailearn.errors import UsageError

CHINESE = {
    "author": "作者", "title": "标题", "venue": "会议", "topic": "主题", "kind": "类型", "track": "路线",
    "year": "年份", "level": "难度", "minutes": "时长", "status": "状态",
}  # fmt: skip
WORDS = st.text("abcdefgxyz残差注意力0123", min_size=1, max_size=8)
NUMBERS = st.integers(0, 99999)


@st.composite
def queries(draw: st.DrawFn) -> tuple[str, Condition]:
    """A condition and one of the ways to write it."""
    field = draw(st.sampled_from((None, *FIELDS)))
    negated = draw(st.booleans())
    minus = "-" if negated else ""
    if field is None:
        if draw(st.booleans()):
            text = " ".join(draw(st.lists(WORDS, min_size=1, max_size=3)))
            left, right = draw(st.sampled_from([('"', '"'), ("“", "”")]))
            return f"{minus}{left}{text}{right}", Condition(text=text, phrase=True, negated=negated)
        text = draw(WORDS)
        return minus + text, Condition(text=text, negated=negated)
    name = draw(st.sampled_from([field, field.upper(), CHINESE.get(field, field)]))
    prefix = minus + name + draw(st.sampled_from([":", "：", ": "]))
    if field in NUMBER_FIELDS:
        low, high = draw(st.one_of(st.none(), NUMBERS)), draw(st.one_of(st.none(), NUMBERS))
        if low is None and high is None:
            low = high = draw(NUMBERS)
            return f"{prefix}{low}", Condition(field, low=low, high=high, negated=negated)
        if low is not None and high is not None:
            low, high = sorted((low, high))
        dots = draw(st.sampled_from(["..", "…", "~", "～"]))
        ends = ("" if low is None else low, "" if high is None else high)
        return f"{prefix}{ends[0]}{dots}{ends[1]}", Condition(field, low=low, high=high, negated=negated)
    if field in ("topic", "kind", "track", "status"):
        names = tuple(draw(st.lists(WORDS, min_size=1, max_size=3)))
        comma = draw(st.sampled_from([",", "，", "|"]))
        return prefix + comma.join(names), Condition(field, names=names, negated=negated)
    text = draw(WORDS)
    return prefix + text, Condition(field, text, negated=negated)


@given(st.lists(queries(), max_size=6))
@settings(deadline=None, max_examples=200)
def test_what_a_query_was_written_from_is_what_it_is_taken_apart_into(
    written: list[tuple[str, Condition]],
) -> None:
    text = " ".join(one for one, _ in written)
    assert parse(text) == tuple(condition for _, condition in written)


@given(st.text(st.characters(), max_size=80) | st.text('":：-.~[](){}*^ \t年year作者topic01', max_size=40))
@settings(deadline=None, max_examples=400)
def test_any_text_is_understood_or_refused_as_wrong_usage(text: str) -> None:
    try:
        conditions = parse(text)
    except UsageError as error:
        assert str(error)
    else:
        assert all(one.field is None or one.field in FIELDS for one in conditions)


@pytest.mark.parametrize("text", ["", "  ", "\n\t\u3000"])
def test_an_empty_query_has_no_conditions(text: str) -> None:
    assert parse(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "-",
        '""',
        "!?",
        "\x00",
        "“”",
        "🤖",
        "*",
        '"',
        "%",
        "。。",
        "-🤖",
        "- -",
        "_",
        "👩\u200d🔬",
        "\u200b",
        "()[]{}",
    ],
)
def test_signs_alone_ask_for_what_nothing_holds(text: str) -> None:
    assert parse(text) == (NOTHING,)


@pytest.mark.parametrize("text", ["residual 🤖", "* residual", "residual -🤖", "residual - “”", "residual ?"])
def test_signs_beside_words_are_passed_over(text: str) -> None:
    assert parse(text) == (Condition(text="residual"),)


def test_signs_beside_a_field_are_no_part_of_it() -> None:
    assert parse("author:he 🤖") == (Condition("author", "he"), NOTHING)
    assert parse("author:he -🤖") == (Condition("author", "he"),)


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [("year:soon", "year", "soon"), ("level:..", "level", ".."), ("年份：去年", "year", "去年")],
)
def test_a_number_that_is_none_is_refused_by_name(text: str, field: str, value: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert caught.value.key == "error.query-number"
    assert caught.value.values == {"field": field, "value": value}


@pytest.mark.parametrize(("text", "names"), [("autor:hinton", "author:"), ("yaer:2012", "year:")])
def test_a_misspelt_field_gets_the_nearest_one(text: str, names: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert (caught.value.hint, caught.value.values["names"]) == ("hint.did-you-mean", names)


def test_an_unknown_field_gets_the_list_of_fields() -> None:
    with pytest.raises(UsageError) as caught:
        parse("zzzz:1")
    assert caught.value.hint == "hint.query-fields"
    assert caught.value.values["names"] == ", ".join(FIELDS)


def test_a_query_is_only_so_long() -> None:
    assert parse("a" * MAX_LENGTH)
    with pytest.raises(UsageError) as caught:
        parse("a" * (MAX_LENGTH + 1))
    assert caught.value.values == {"length": MAX_LENGTH + 1, "most": MAX_LENGTH}
    assert str(MAX_LENGTH) in str(caught.value)


def test_an_address_is_one_phrase_and_no_field() -> None:
    assert parse("https://arxiv.org/abs/1706.03762") == (Condition(text="https://arxiv.org/abs/1706.03762"),)
    assert parse("doi:10.1109/CVPR.2016.90") == (Condition(text="10.1109/CVPR.2016.90", phrase=True),)


@pytest.mark.parametrize(
    ("text", "telling"),
    [
        ("what is attention", ["attention"]),
        ("How does LoRA work", ["LoRA", "work"]),
        ("how to", ["how", "to"]),
        ('"the why" of', ["the why"]),
        ("-why the attention author:he", ["attention"]),
    ],
)
def test_function_words_are_no_subject_unless_there_is_no_other(text: str, telling: list[str]) -> None:
    assert [one.text for one in subject(parse(text))] == telling
