"""Text is made comparable, whatever it holds."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ailearn.catalog import folding

ANY_TEXT = st.text(st.characters(), max_size=60)


@given(ANY_TEXT)
@settings(deadline=None, max_examples=300)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folding.fold(folding.fold(text)) == folding.fold(text)


@given(ANY_TEXT)
@settings(deadline=None, max_examples=300)
def test_words_hold_nothing_but_word_characters(text: str) -> None:
    for word in folding.words(text):
        assert re.fullmatch(r"[^\W_]+", word)
        assert folding.is_han(word) or not re.search(f"[{folding.HAN}]", word)


@given(ANY_TEXT)
@settings(deadline=None, max_examples=100)
def test_spacing_keeps_the_words_and_sets_every_han_character_apart(text: str) -> None:
    spaced = folding.spaced(text)
    assert "".join(folding.words(spaced)) == folding.name_key(text)
    assert not re.search(f"[{folding.HAN}]{{2}}", spaced)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Jürgen Schmidhuber", "jurgen schmidhuber"),
        ("Ju\u0308rgen", "jurgen"),
        ("Łukasz", "lukasz"),
        ("Straße", "strasse"),
        ("Søren Kierkegård", "soren kierkegard"),
        ("ＬｏＲＡ", "lora"),
        ("何恺明", "何恺明"),
        ("ﬁne-tuning", "fine-tuning"),
    ],
)
def test_case_width_accents_and_strokes_are_folded_away(text: str, folded: str) -> None:
    assert folding.fold(text) == folded


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ResNet 残差网络", ["resnet", "残差网络"]),
        ("GPT模型", ["gpt", "模型"]),
        ("self-attention", ["self", "attention"]),
        ("snake_case", ["snake", "case"]),
        ("ジェフリー・ヒントン", ["シェフリー", "ヒントン"]),
        ("“”——！", []),
    ],
)
def test_words_are_parted_by_script_and_marks(text: str, words: list[str]) -> None:
    assert folding.words(text) == words


@given(st.text("abcxyzABCéü残差", min_size=1, max_size=12), st.sampled_from(["-", " ", "_", "‐", ""]))
@settings(deadline=None, max_examples=100)
def test_the_key_of_a_name_ignores_case_and_what_stands_between(name: str, between: str) -> None:
    key = folding.name_key(name)
    assert folding.name_key(between.join(name)) == key
    assert folding.name_key(name.upper()) == key


@pytest.mark.parametrize("name", ["ＲｅｓＮｅｔ", "RESNET", "Res-Net", "res net", "Résnet"])
def test_every_way_to_write_a_name_has_one_key(name: str) -> None:
    assert folding.name_key(name) == "resnet"
