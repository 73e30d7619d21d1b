"""Breaking, cutting and filling lines of mixed Chinese and Latin text."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from ailearn.catalog.folding import HAN
from ailearn.view.wrap import clip, pad, wrap

CLOSING = "，。、；：？！）》”"
OPENING = "（《“"
SENTENCES = (
    "残差网络（ResNet）让每几层只学“在输入上改什么”，网络再深也训得动。",
    "在 ImageNet 上，34 层普通网络的 top-1 错误率是 28.54%，18 层只有 27.94%。",
    "《动手学深度学习》里怎么说？见 https://zh.d2l.ai/chapter_convolutional-modern/resnet.html！",
    "Let layers learn a change to their input, so that far deeper networks can be trained.",
    "Attention compares all pairs, O(n²·d) per layer; don’t forget Kaiming He 何恺明, Jian Sun 孙剑.",
    "注意力(attention)让模型自己选择看哪里:先看主语,再看动词(图2)。",
)

letters = st.sampled_from("abcdefgxyz0123456789-_/.:é²ᵀŁ")
latin = st.text(letters, min_size=1, max_size=24)
chinese = st.text(st.sampled_from("残差网络注意力学习模型深度"), min_size=1, max_size=12)
marks = st.sampled_from([*CLOSING, *OPENING, "……", "——", " ", "  ", "\n", ", ", " ("])
mixed = st.lists(latin | chinese | marks | st.sampled_from(SENTENCES), max_size=12).map("".join)
anything = mixed | st.text(max_size=60)
widths = st.integers(1, 9) | st.integers(1, 100)


def may_break(line: str) -> bool:
    """Whether there is a place inside `line` where a line may end and the next may begin."""
    for before, after in pairwise(line):
        if before == " " or after == " ":
            return True
        if re.match(f"[{HAN}]", before + after) or re.match(f"[{HAN}]", after):
            touching = before in OPENING + "‘「『【〔〈([{" or after in CLOSING + "’」』】〕〉…—·％,.;:!?%)]}"
            if not touching:
                return True
    return False


@settings(max_examples=400)
@given(anything, widths)
def test_no_line_is_wider_than_the_width(text: str, width: int) -> None:
    for line in wrap(text, width):
        assert cell_len(line) <= width or len(line) == 1


@given(anything, widths)
def test_nothing_but_blanks_is_lost_or_added(text: str, width: int) -> None:
    assert "".join("".join(wrap(text, width)).split()) == "".join(text.split())


@given(anything, widths)
def test_lines_neither_begin_nor_end_with_a_blank(text: str, width: int) -> None:
    assert all(line == line.strip() for line in wrap(text, width))


@given(mixed, widths)
def test_a_line_begins_with_a_closing_mark_only_where_nothing_before_it_could_move_down(
    text: str, width: int
) -> None:
    lines = wrap(text, width)
    apart = re.search(rf"\s[{CLOSING}]", text) is not None
    for above, line in pairwise(lines):
        assert line[0] not in CLOSING or apart or not may_break(above)


@given(mixed, widths)
def test_a_line_ends_with_an_opening_mark_only_where_it_could_not_move_down(text: str, width: int) -> None:
    lines = wrap(text, width)
    apart = re.search(rf"[{OPENING}]\s", text) is not None
    for line in lines[:-1]:
        alone = not line.strip(OPENING)
        assert line[-1] not in OPENING or apart or alone or not may_break(line)


@given(st.lists(st.text(letters, min_size=1, max_size=12), min_size=1), st.integers(12, 80))
def test_words_that_fit_stay_whole(words: list[str], width: int) -> None:
    assert " ".join(wrap(" ".join(words), width)).split() == words


@settings(max_examples=400)
@given(anything, st.just(0) | widths, st.sampled_from(["…", "..."]))
def test_clipped_text_is_never_wider_than_the_width(text: str, width: int, ellipsis: str) -> None:
    assert cell_len(clip(text, width, ellipsis)) <= width


@given(anything, widths)
def test_text_that_fits_is_not_clipped_and_other_text_says_that_it_was(text: str, width: int) -> None:
    clipped = clip(text, width)
    if cell_len(text) <= width:
        assert clipped == text
    else:
        assert clipped.endswith("…") and text.startswith(clipped[:-1])


@given(anything, widths)
def test_padded_text_fills_the_width_exactly_unless_it_is_longer(text: str, width: int) -> None:
    padded = pad(text, width)
    assert padded.startswith(text) and not padded.removeprefix(text).strip(" ")
    assert cell_len(padded) == max(width, cell_len(text))


def test_chinese_breaks_between_characters_and_takes_its_full_stop_along() -> None:
    assert wrap("残差网络再深也训得动。", 20) == ["残差网络再深也训得", "动。"]
    assert wrap("残差网络再深也训得动。", 21) == ["残差网络再深也训得", "动。"]
    assert wrap("残差网络再深也训得动。", 22) == ["残差网络再深也训得动。"]


def test_opening_quotation_marks_and_brackets_go_to_the_next_line_with_what_they_open() -> None:
    assert wrap("每几层只学“在输入上改什么”", 12) == ["每几层只学", "“在输入上改", "什么”"]
    assert wrap("残差网络（ResNet）", 10) == ["残差网络", "（ResNet）"]
    assert wrap("先看主语(图2)再看", 10) == ["先看主语", "(图2)再看"]


def test_half_width_marks_cling_to_the_chinese_before_them() -> None:
    assert wrap("Shaoqing Ren 任少卿, Jian Sun", 19) == ["Shaoqing Ren 任少", "卿, Jian Sun"]


@pytest.mark.parametrize("word", ["O(n²·d)", "don’t", "r₁…r_G", "Q·Kᵀ/√d_k"])
def test_marks_inside_a_latin_word_do_not_break_it(word: str) -> None:
    for width in range(cell_len(word), 30):
        assert any(word in line for line in wrap(f"each layer costs {word} and more", width))


def test_english_breaks_at_spaces() -> None:
    assert wrap("Let layers learn a change to their input.", 18) == [
        "Let layers learn a",
        "change to their",
        "input.",
    ]


def test_a_long_address_begins_a_line_and_is_cut_only_where_the_line_is_full() -> None:
    address = "https://zh.d2l.ai/chapter_convolutional-modern/a.html"
    assert wrap(f"原文在 {address} 里", 30) == ["原文在", address[:30], f"{address[30:]} 里"]


def test_line_breaks_and_runs_of_blanks_count_as_one_space_between_words() -> None:
    assert wrap("one\ntwo\n  three", 80) == ["one two three"]


def test_an_empty_text_is_one_empty_line() -> None:
    assert wrap("", 10) == [""]
    assert wrap(" \n ", 10) == [""]


def test_wide_characters_are_never_cut_in_half() -> None:
    assert clip("残差网络", 7) == "残差网…"
    assert clip("残差网络", 6) == "残差…"
    assert clip("残差网络", 8) == "残差网络"
    assert clip("残差网络", 2) == clip("残差网络", 1) == "…"
    assert pad("残差", 6) == "残差  "
