"""Searching the real guide, in two languages and in every way that a reader types."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ailearn.catalog import folding
from ailearn.catalog.search import SearchResult, find
from ailearn.catalog.study import Study, open_study
from ailearn.errors import AilearnError, UsageError
from ailearn.language import Language

if TYPE_CHECKING:
    from tests.catalog.conftest import GuideFolder


@pytest.fixture(scope="module")
def guide_study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return open_study((), tmp_path_factory.getbasetemp() / "shared-home" / "cache")


def ids(result: SearchResult) -> list[str]:
    return [hit.document["id"] for hit in result.hits]


def search(study: Study, text: str, language: Language = "en", kinds: tuple[str, ...] = ()) -> list[str]:
    return ids(find(study, text, language, kinds))


# What a query finds


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("残", "resnet"),
        ("残差", "resnet"),
        ("残差网络", "resnet"),
        ("transformer", "transformer"),
        ("旋转位置编码", "roformer"),
        ("鱼书", "deep-learning-from-scratch"),
        ("翻译插件", "immersive-translate"),
        ("李沐", "li-mu-paper-reading"),
        ("吴恩达", "andrew-ng-ml"),
        ("low rank", "lora"),
        ("low-rank", "lora"),
        ("LoRA", "lora"),
        ("hinton 2012", "alexnet"),
        ("何恺明 残差", "resnet"),
        ("何恺明", "resnet"),
        ("kaiming he", "resnet"),
        ("He Kaiming", "resnet"),
        ("1512.03385", "resnet"),
        ("arXiv:1512.03385", "resnet"),
        ("10.1109/CVPR.2016.90", "resnet"),
        ("https://doi.org/10.1109/CVPR.2016.90", "resnet"),
        ("https://arxiv.org/abs/1706.03762", "transformer"),
        ("https://arxiv.org/pdf/1706.03762", "transformer"),
        ("https://arxiv.org/abs/1706.03762v5", "transformer"),
        ("attention is all you need", "transformer"),
        ("GPU computing", "brook"),
        ("强化学习 裁剪", "ppo"),
        ("dataset of image text pairs", "laion-5b"),
        ("scaling", "scaling-laws"),
        ("deep research", "gemini"),
        ("硬件彩票", "hardware-lottery"),
        ("kv cache", "key-value-cache"),
        ("F(x)+x", "resnet"),
    ],
)
def test_the_best_answer_comes_first_and_as_typed(guide_study: Study, text: str, first: str) -> None:
    result = find(guide_study, text, "zh")
    assert ids(result)[0] == first
    assert result.corrected is None


def test_one_han_character_finds_at_least_what_two_find(guide_study: Study) -> None:
    assert set(search(guide_study, "残差")) <= set(search(guide_study, "残"))
    assert {"resnet", "residual"} <= set(search(guide_study, "残差"))
    assert {"attention", "transformer"} <= set(search(guide_study, "注意力"))


@pytest.mark.parametrize("text", ["distilling", "distilled", "distillation", "DISTILLATION"])
def test_english_words_are_found_by_their_stem(guide_study: Study, text: str) -> None:
    assert search(guide_study, text)[0] == "distillation"


def test_the_body_of_an_entry_is_searched(guide_study: Study) -> None:
    assert "alexnet" in search(guide_study, "dropout")
    assert "resnet" in search(guide_study, "梯度消失")


def test_keys_of_an_entry_are_not_searched(guide_study: Study) -> None:
    """`type: mechanism` of a card is no text; `ilsvrc` as the id of a card is none either."""
    everything = find(guide_study, "legacy", "en", limit=500).total
    entries = guide_study.connection.execute("SELECT count(*) FROM entry").fetchone()[0]
    assert everything < entries // 2


def test_the_glossary_is_searched(guide_study: Study) -> None:
    result = find(guide_study, "过拟合", "zh")
    term = result.hits[0].document
    assert (term["kind"], term["id"]) == ("term", "overfitting")
    assert term["authors"] == term["links"] == [] and term["date"] is None


def test_few_answers_are_joined_by_words_of_the_same_meaning(guide_study: Study) -> None:
    """注意力机制 is another name of the term whose Chinese name most entries use."""
    result = find(guide_study, "注意力机制", "zh")
    assert result.corrected is None
    assert {"attention", "transformer"} <= set(ids(result))


# Ranking


def test_entries_are_ranked_by_where_the_words_stand(own_study: Study) -> None:
    assert search(own_study, "wombat") == ["wombat", "in-alias", "in-title", "in-one-liner", "in-body"]


def test_a_phrase_matches_only_words_in_a_row(own_study: Study) -> None:
    assert search(own_study, '"grey wombat"') == ["in-title"]
    assert set(search(own_study, "wombat grey")) == {"in-alias", "in-title", "in-body"}


def test_no_phrase_reaches_from_one_text_into_the_next(own_study: Study) -> None:
    """The aliases `the common wombat` and `grey ones` are neighbours in the index."""
    assert find(own_study, '"common wombat"', "en").corrected is None
    assert find(own_study, '"wombat grey"', "en").corrected == "wombat grey"


def test_accents_and_strokes_need_not_be_typed(own_study: Study) -> None:
    assert search(own_study, "Jurgen") == search(own_study, "Jürgen") == ["in-body"]
    assert search(own_study, "lukasz") == search(own_study, "Łukasz Kaiser") == ["in-title"]
    assert search(own_study, "author:schmidhuber") == ["in-body"]
    assert search(own_study, "作者：łukasz") == ["in-title"]


def test_the_example_of_the_design_finds_what_it_describes(own_study: Study) -> None:
    query = 'author:srivastava year:2012..2015 topic:regularization -kind:book "grey wombat"'
    assert search(own_study, query) == ["in-title"]
    assert search(own_study, query.replace("2012..2015", "2012..2013")) == []
    assert search(own_study, query.replace("-kind", "kind")) == []
    assert search(own_study, query.replace("regularization", "foundations")) == []


def test_a_pasted_title_with_a_colon_is_no_field(own_study: Study) -> None:
    assert search(own_study, "Wombat：一个办法", "zh")[0] == "in-title"


# Where each of the five papers mentions a wombat: what stands in the model paper, and what instead.
WOMBATS = {
    "wombat": {},
    "in-alias": {"[暂退法]": "[the common wombat, grey ones]"},
    "in-title": {
        'en: "Dropout: A Simple Way"': "en: A grey wombat",
        "Dropout：一个简单的办法": "Wombat：一个办法",
        "Kaiming He": "Łukasz Kaiser",
    },
    "in-one-liner": {"Switch units off at random": "Wombats sleep"},
    "in-body": {
        "Averaging many networks": "Wombats at night are all grey and it",
        "Kaiming He": "Jürgen Schmidhuber",
    },
}


@pytest.fixture
def own_study(guide: "GuideFolder", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Study]:
    """A guide of five papers that mention wombats in ever less prominent places."""
    model = guide.read("papers/dropout.yaml").replace("[helper, lessons]", "[]")
    for name, changes in WOMBATS.items():
        text = model.replace("id: dropout", f"id: {name}", 1)
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        text = text.replace("[暂退法]", "[]").replace('{en: "Dropout: A', f'{{en: "{name[3:]} A')
        text = text.replace(
            "short: {en: Dropout, zh: 随机失活}", f"short: {{en: A{name[2:4]}, zh: 短{name[3]}}}"
        )
        identifiers = ('arxiv: "1207.0580"\n', "doi: 10.1109/CVPR.2016.90\n", "isbn: 978-7-115-48558-8\n")
        for line in identifiers:
            text = text.replace(line, "")
        guide.write(f"papers/{name}.yaml", text)
    (guide.path / "papers" / "dropout.yaml").unlink()
    monkeypatch.setattr("ailearn.catalog.study.guide_folder", lambda: guide.path)
    opened = open_study((), tmp_path / "cache")
    yield opened
    opened.connection.close()


# Fields and filters


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("author:hinton", {"alexnet", "distillation"}),
        ("author: hinton", {"alexnet", "distillation"}),
        ("author:hinton year:2015..", {"distillation"}),
        ("author:hinton year:..2014", {"alexnet"}),
        ("author:hinton -year:2015", {"alexnet"}),
        ("作者：何恺明", {"resnet"}),
        ("title:residual", {"resnet"}),
        ("id:cots", {"cots-hpc"}),
        ("残差 -kind:term -transformer", {"resnet"}),
    ],
)
def test_fields_and_ranges_filter(guide_study: Study, text: str, expected: set[str]) -> None:
    found = set(search(guide_study, text))
    assert found == expected if "残差" not in text else found <= expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [("kind:book", "book"), ("类型：书", "book"), ("kind:courses", "course"), ("类型:术语", "term")],
)
def test_a_query_of_filters_only_lists_all_that_meets_them(guide_study: Study, text: str, kind: str) -> None:
    result = find(guide_study, text, "en", limit=1000)
    table = "term" if kind == "term" else f"entry WHERE kind = '{kind}'"
    assert result.total == guide_study.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    assert {hit.document["kind"] for hit in result.hits} == {kind}
    assert all(hit.piece is None for hit in result.hits)


def test_leaving_a_kind_out_lists_every_other_entry_by_date(guide_study: Study) -> None:
    result = find(guide_study, "-kind:book,tool,course", "en", limit=1000)
    dates = [hit.document["date"] for hit in result.hits]
    assert {hit.document["kind"] for hit in result.hits} == {"paper", "essay"}
    assert dates == sorted(dates)


@pytest.mark.parametrize(
    ("kinds", "allowed"),
    [
        (("paper",), {"paper"}),
        (("term",), {"term"}),
        (("术语",), {"term"}),
        (("论文",), {"paper"}),
        (("books", "term"), {"book", "term"}),
    ],
)
def test_kinds_filter_the_answers(guide_study: Study, kinds: tuple[str, ...], allowed: set[str]) -> None:
    found = find(guide_study, "学习", "zh", kinds, limit=500).hits
    assert {hit.document["kind"] for hit in found} == allowed


def test_terms_have_no_fields_but_their_kind(guide_study: Study) -> None:
    found = find(guide_study, "残差 year:2000..", "zh", limit=500).hits
    assert found
    assert "term" not in {hit.document["kind"] for hit in found}


def test_a_word_left_out_leaves_out_terms_that_hold_it(guide_study: Study) -> None:
    with_all = set(search(guide_study, "残差"))
    without = set(search(guide_study, "残差 -捷径"))
    assert "residual" in without
    assert "shortcut-connection" in with_all - without


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("topic:optimizatoin", "error.unknown-topic", "optimization"),
        ("track:model", "error.unknown-track", "models"),
        ("kind:papr", "error.unknown-kind", "paper"),
        ("autor:hinton", "error.query-field", "author:"),
    ],
)
def test_an_unknown_name_is_wrong_usage_and_gets_the_nearest(
    guide_study: Study, text: str, key: str, value: str
) -> None:
    with pytest.raises(UsageError) as caught:
        find(guide_study, text, "en")
    assert caught.value.key == key
    assert value in str(caught.value.values["names"]).split(", ")


def test_a_limit_shows_fewer_and_counts_all(guide_study: Study) -> None:
    everything, some = find(guide_study, "注意力", "zh"), find(guide_study, "注意力", "zh", limit=2)
    assert some.total == everything.total > 2
    assert some.hits == everything.hits[:2]


# When nothing matches as it stands


@pytest.mark.parametrize(
    ("text", "first", "corrected"),
    [
        ("tranformer", "transformer", "transformer"),
        ("transfromer", "transformer", "transformer"),
        ("knowlege distillation", "distillation", "knowledge distillation"),
        ("finetune", "lora", "fine tune"),
        ("什么是蒸馏", "distillation", "蒸馏"),
        ("过拟合怎么办", "overfitting", "过拟合"),
        ("大模型微调", "lora", "大模型 微调"),
        ("怎么训练很深的网络", None, "训练 深 网络"),
        ("图像分类", None, "图像 分类"),
        ("免费的大模型 API", "glm-4-flash", "免费 大模型 API"),
        ("RNN 并行", "transformer", None),
        ("LLM 微调", "lora", None),
    ],
)
def test_what_comes_near_is_found_and_its_spelling_reported(
    guide_study: Study, text: str, first: str | None, corrected: str | None
) -> None:
    result = find(guide_study, text, "zh")
    assert first in (None, ids(result)[0])
    assert result.corrected is not None
    assert corrected in (None, result.corrected)


def test_a_question_about_deep_networks_finds_the_entry_about_them(guide_study: Study) -> None:
    assert "resnet" in search(guide_study, "怎么训练很深的网络", "zh")[:5]


def test_words_of_the_same_meaning_are_named(guide_study: Study) -> None:
    corrected = find(guide_study, "RNN 并行", "zh").corrected
    assert corrected is not None
    assert corrected.startswith("RNN/") and corrected.endswith(" 并行")
    assert "循环网络" in corrected


def test_the_best_partial_match_is_the_last_resort(guide_study: Study) -> None:
    result = find(guide_study, "旋转位置编码 浣熊 插件", "zh")
    assert result.corrected == "旋转位置编码/插件"
    assert {"roformer", "immersive-translate"} <= set(ids(result))


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("why attention", "attention"),
        ("what is attention", "attention"),
        ("how does lora work", "lora"),
        ("why does resnet work", "resnet"),
        ("the transformer paper", "transformer"),
        ("how to read a paper", "li-mu-paper-reading"),
    ],
)
def test_function_words_do_not_ruin_a_question(guide_study: Study, text: str, first: str) -> None:
    assert search(guide_study, text)[0] == first


def test_a_title_that_holds_the_query_in_a_row_comes_before_names_that_hold_its_words(
    own_study: Study,
) -> None:
    assert search(own_study, "a grey") == ["in-title", "in-alias", "in-body"]
    assert search(own_study, "grey") == ["in-alias", "in-title", "in-body"]


def test_beginnings_of_words_join_few_answers(guide_study: Study) -> None:
    assert "cot" in search(guide_study, "chain of thought math")
    assert search(guide_study, "transf")[0] == "transformer"


def test_nothing_found_suggests_what_the_words_find_without_the_filters(guide_study: Study) -> None:
    result = find(guide_study, "残差 year:1990", "zh")
    assert (result.hits, result.total, result.corrected) == ((), 0, None)
    assert result.nearest[0] == "resnet"
    assert len(result.nearest) <= 3


def test_nothing_found_suggests_the_nearest_names(guide_study: Study) -> None:
    result = find(guide_study, "cotshcp", "en")
    assert (result.hits, result.nearest[:1]) == ((), ("cots-hpc",))


@pytest.mark.parametrize("text", ["xqzwv", "量子纠缠", "", "!?"])
def test_what_is_like_nothing_suggests_nothing_silly(guide_study: Study, text: str) -> None:
    result = find(guide_study, text, "zh", ("term",) if not text else ())
    assert result.nearest == ()


# The piece that matched


def test_the_piece_is_in_the_language_of_the_reader(guide_study: Study) -> None:
    english, chinese = (find(guide_study, "ImageNet", language).hits for language in ("en", "zh"))
    pieces = {hit.document["id"]: hit.piece for hit in chinese}
    assert any("一" <= mark <= "鿿" for mark in str(pieces["resnet"] and pieces["resnet"].text))
    assert all(hit.piece for hit in english)


def test_marks_show_every_place_where_a_word_stands(guide_study: Study) -> None:
    hit = find(guide_study, "distilling", "en").hits[0]
    assert hit.piece is not None
    marked = [hit.piece.text[start:end] for start, end in hit.piece.marks]
    assert marked
    assert all(word.lower().startswith("distil") for word in marked)


REALISTIC = st.lists(
    st.sampled_from(
        [
            "attention",
            "残差",
            "网络",
            "he",
            "distilling",
            "1706.03762",
            "F(x)",
            "-book",
            "the",
            "大模型",
            "ReLU",
        ]
    ),
    min_size=1,
    max_size=4,
).map(" ".join)


@given(text=REALISTIC)
@settings(deadline=None, max_examples=60)
def test_marks_lie_inside_the_sentence_in_order(guide_study: Study, text: str) -> None:
    for hit in find(guide_study, text, "zh", limit=8).hits:
        ends = [0]
        for start, end in hit.piece.marks if hit.piece else ():
            assert ends[-1] <= start < end <= len(hit.piece.text if hit.piece else "")
            assert folding.words((hit.piece.text if hit.piece else "")[start:end])
            ends.append(end)


# Hostile queries


@given(
    text=st.text(st.characters(), max_size=60)
    | st.text("\"'*^():{}+-. NEARANDORNOT\x00\ud800残é０", max_size=40)
)
@settings(deadline=None, max_examples=250)
def test_any_text_is_answered_or_refused_in_words(guide_study: Study, text: str) -> None:
    try:
        result = find(guide_study, text, "en", limit=3)
    except AilearnError as error:
        assert str(error)
    else:
        assert len(result.hits) <= 3
        assert result.total >= len(result.hits)


@pytest.mark.parametrize(
    "text",
    [
        'a" OR "b',
        "names:x* AND",
        "NEAR(a b, 2)",
        "attention NOT",
        "^attention",
        "{names} : attention",
        "col:*",
        "'; DROP TABLE entry; --",
        "a\x00b",
        "🙂",
        "👩‍🔬 残差",
        "id:\ud83d",
        "venue:\udcff",
        "title:*",
        'author:""',
        'author:"',
        "kind:,",
        "title:：",
        "%s %d {0}",
        "(((((((((((",
        "- - -",
        "~~~ -残差",
        "a-" * 450,
        "残" * 1000,
        "-a " * 333,
        "a " * 500,
        "topic:models," + "x," * 300,
        "year:1 " * 140,
        "深度学习的模型训练" * 100,
        "x" * 100_000,
    ],
)
def test_syntax_of_the_index_is_never_reached(guide_study: Study, text: str) -> None:
    try:
        find(guide_study, text, "en")
    except UsageError as error:
        assert str(error)
    assert guide_study.connection.execute("SELECT count(*) FROM entry").fetchone()[0] > 0


@pytest.mark.parametrize(
    ("first", "other"),
    [
        ("GPT-3", "GPT3"),
        ("GPT-3", "gpt3"),
        ("GPT-3", "ＧＰＴ３"),
        ("GPT-3", "ＧＰＴ－３"),
        ("GPT-3", "GPT_3"),
        ("GPT-2", "gpt2"),
        ("GPT-4", "GPT4"),
        ("CIFAR-10", "CIFAR10"),
        ("CIFAR-10", "cifar_10"),
        ("4-bit", "4bit"),
    ],
)
def test_between_letters_and_digits_there_may_be_a_hyphen_or_none(
    guide_study: Study, first: str, other: str
) -> None:
    found = find(guide_study, other, "en")

    assert ids(found) == search(guide_study, first) != []
    assert found.corrected is None
    assert all(hit.piece and hit.piece.marks for hit in found.hits)


@pytest.mark.parametrize(("text", "near"), [("Llama2", "deepseek-r1"), ("ResNet50", "resnet")])
def test_a_version_that_the_guide_does_not_hold_leads_to_the_name(
    guide_study: Study, text: str, near: str
) -> None:
    assert search(guide_study, text)[0] == near


@pytest.mark.parametrize(
    "text", ["🤖", "*", '"', "%", "-", "。。", "？！", "-🤖", "kind:paper 🤖", "kind:term *"]
)
def test_signs_alone_find_nothing(guide_study: Study, text: str) -> None:
    found = find(guide_study, text, "en")

    assert (found.hits, found.total) == ((), 0)
