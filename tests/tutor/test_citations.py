"""Citations: how passages are cited, and what a model's answer cites."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ailearn.catalog.passages import Passage, find_passages
from ailearn.catalog.shown import SECTIONS
from ailearn.catalog.study import Study
from ailearn.language import BothLanguages, say
from ailearn.tutor.citations import citations, cite, written

IDS = ("resnet", "lora", "glm-4-flash", "3blue1brown-neural-networks", "scaling-laws", "cots-hpc")
TITLES = {
    title: section
    for section in SECTIONS
    for title in (say(f"section.{section}", "en"), say(f"section.{section}", "zh"))
}
BRACKETS = (("[", "]"), ("【", "】"), ("［", "］"), (r"\[", r"\]"), ("[[", "]]"))


def test_a_passage_is_cited_by_entry_and_section() -> None:
    text: BothLanguages = {"en": "Text.", "zh": "文字。"}

    assert cite(Passage("resnet", "mechanism", text)) == "[resnet: mechanism]"
    assert cite(Passage("glossary", "soft-target", text)) == "[glossary: soft-target]"


def test_what_is_cited_so_is_read_back(study: Study) -> None:
    questions = (
        "什么是软目标",
        "How does LoRA work?",
        "怎么读论文",
        "Where do I start?",
        "who wrote the ResNet paper",
        "学 Transformer 之前要懂什么",
    )
    found = {one for question in questions for one in map(cite, find_passages(study, question, "en"))}
    names = {one.strip("[]") for one in found}

    assert {one.split(":")[0] for one in names} >= {"glossary", "guide", "paths", "lora", "resnet"}
    cited = citations(study, f"So it is {' '.join(sorted(found))}.", names)
    assert set(cited.known) == names
    assert cited.unknown == ()


@given(
    entry=st.sampled_from(IDS),
    section=st.sampled_from(SECTIONS),
    brackets=st.sampled_from(BRACKETS),
    colon=st.sampled_from((":", "：", " : ", ": ", "： ")),
    margin=st.sampled_from(("", " ")),
    shape=st.sampled_from((str.lower, str.upper, str.title)),
    before=st.sampled_from(("", "As shown ", "因此", "**so** ", "1. ", "(see ")),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_citation_is_read_in_whatever_form_a_model_writes_it(
    study: Study,
    entry: str,
    section: str,
    brackets: tuple[str, str],
    colon: str,
    margin: str,
    shape: object,
    before: str,
) -> None:
    assert callable(shape)
    written_so = f"{before}{brackets[0]}{margin}{shape(entry)}{colon}{shape(section)}{margin}{brackets[1]}."
    name = f"{entry}: {section}"

    assert citations(study, written_so, [name]).known == (name,)
    assert citations(study, written_so, ["other: problem"]).unknown == (name,)


@given(
    title=st.sampled_from(sorted(TITLES)),
    entry=st.sampled_from(("resnet", "残差网络", "ResNet", "residual network")),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_entries_and_sections_may_be_called_as_the_reader_calls_them(
    study: Study, title: str, entry: str
) -> None:
    name = f"resnet: {TITLES[title]}"

    assert citations(study, f"【{entry}：{title}】", [name]).known == (name,)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("[resnet: mechanism; limits]", ["resnet: mechanism", "resnet: limits"]),
        (
            "[resnet: mechanism, limits；lora：legacy]",
            ["resnet: mechanism", "resnet: limits", "lora: legacy"],
        ),
        ("[resnet: 机制、局限]", ["resnet: mechanism", "resnet: limits"]),
        ("[resnet: mechanism][lora: limits]", ["resnet: mechanism", "lora: limits"]),
        ("[resnet: limits] and again [ResNet: limits]", ["resnet: limits"]),
        ("`[resnet: limits]`", ["resnet: limits"]),
        ("one\n[resnet: limits]\ntwo", ["resnet: limits"]),
    ],
)
def test_several_citations_are_told_apart(study: Study, text: str, names: list[str]) -> None:
    assert list(citations(study, text, names).known) == names


def test_what_was_not_given_is_unknown_even_when_it_exists(study: Study) -> None:
    found = citations(
        study, "[resnet: limits] [lora: problem] [nosuch: limits] [resnet: training]", ["resnet: limits"]
    )

    assert found.known == ("resnet: limits",)
    assert found.unknown == ("lora: problem", "nosuch: limits", "resnet: training")


@pytest.mark.parametrize(
    "text",
    [
        "[1] [12] [^1] [1, 2] [1: 2]",
        "x[1:3] y[i: j] z[a : b] rows[::2]",
        "`weights[resnet: limits]`",
        "```python\nrows = table[resnet: limits]\n```",
        "~~~\n[resnet: limits]\n~~~",
        "```\n[resnet: limits]",
        "[resnet: limits](https://example.org)",
        "[the paper](https://arxiv.org/abs/1512.03385)",
        "[note: see below] [TODO: later] [Table 2] [link]: x",
        "[ ] task [x] done",
        "[10:30] [注：见下文] [例：猫]",
        "[resnet: lim\nits]",
        "",
    ],
)
def test_what_only_looks_like_a_citation_is_none(study: Study, text: str) -> None:
    assert citations(study, text, ["resnet: limits"]) == ((), ())


@given(st.text(alphabet="[]【】［］()`~:：;；, 、\n\\ab1残resnet/-", max_size=200))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_answer_can_be_read(study: Study, text: str) -> None:
    found = citations(study, text, ["resnet: limits"])

    assert len(set(found.known) | set(found.unknown)) == len(found.known) + len(found.unknown)
    assert all(place and part and place == place.lower() for place, part in written(text))
