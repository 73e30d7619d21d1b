"""Finding the passages that answer a question, in the real guide and in both languages."""

from collections import Counter
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.catalog.conftest import GuideFolder

from ailearn.catalog import browse
from ailearn.catalog.cutting import passages_of, pieces
from ailearn.catalog.documents import Document
from ailearn.catalog.passages import find_passages
from ailearn.catalog.question_kinds import only_asks
from ailearn.catalog.study import Study, open_study
from ailearn.language import Language

# Realistic questions, each with the passages at which a good teacher would point: one of them is to be among
# the first three.
ASKED = [
    # What something is
    ("什么是软目标", "glossary: soft-target"),
    ("what is temperature", "glossary: temperature"),
    ("softmax 里的温度是干什么的", "glossary: temperature", "distillation: mechanism", "distillation: cards"),
    ("what is a residual block", "glossary: residual-block"),
    ("瓶颈块里的 1×1 卷积有什么用", "glossary: bottleneck-block", "resnet: cards", "resnet: mechanism"),
    ("What is the hardware lottery?", "hardware-lottery: one_liner", "glossary: hardware-lottery"),
    ("硬件彩票是什么意思", "hardware-lottery: one_liner", "glossary: hardware-lottery"),
    ("KV cache 是啥", "glossary: key-value-cache"),
    ("过拟合指什么", "glossary: overfitting"),
    ("苦涩的教训说的是什么", "bitter-lesson: one_liner", "bitter-lesson: intuition"),
    ("what does MoE mean", "glossary: mixture-of-experts"),
    # Why
    ("Why do deeper networks get worse?", "resnet: problem", "resnet: motivation"),
    ("残差网络为什么能训练更深的网络", "resnet: problem", "resnet: motivation", "resnet: intuition"),
    ("why is self-attention expensive for long texts", "transformer: limits", "transformer: questions"),
    ("自注意力为什么不适合长文本", "transformer: limits"),
    ("LAION-5B 为什么下架", "laion-5b: evidence", "laion-5b: cards", "laion-5b: limits"),
    ("思维链为什么在小模型上没用", "cot: limits", "cot: evidence", "cot: cards"),
    ("multi head attention why several heads?", "transformer: questions", "glossary: multi-head-attention"),
    ("多头注意力为什么要多个头", "transformer: mechanism", "transformer: questions"),
    ("为什么要用预热学习率", "transformer: limits", "transformer: mechanism", "glossary: learning-rate"),
    # How
    ("How does the Transformer know word order?", "transformer: mechanism", "transformer: cards"),
    ("How does PPO keep the policy from changing too much?", "ppo: mechanism", "ppo: one_liner"),
    ("PPO 的裁剪是怎么做的", "ppo: mechanism"),
    ("旋转位置编码是怎么把位置编进去的", "roformer: mechanism", "glossary: rotary-position-embedding"),
    ("how did Brook make GPUs programmable", "brook: mechanism", "brook: one_liner", "brook: motivation"),
    ("How does LoRA work?", "lora: mechanism"),
    ("LoRA 的原理", "lora: mechanism"),
    ("温度在蒸馏里起什么作用", "distillation: mechanism", "glossary: temperature"),
    # How much
    ("How many parameters does AlexNet have?", "alexnet: evidence"),
    ("AlexNet 用了几块 GPU 训练？", "alexnet: mechanism", "alexnet: one_liner", "alexnet: evidence"),
    ("How big is LAION-5B?", "laion-5b: evidence", "laion-5b: cards"),
    ("how much memory does LoRA save", "lora: evidence", "lora: limits"),
    ("GPT-3 微调 LoRA 能省多少显存", "lora: evidence"),
    # Limits
    ("LoRA 的缺点", "lora: limits"),
    ("what are the limits of scaling laws", "scaling-laws: limits"),
    ("ResNet 解决了梯度消失吗", "resnet: limits", "resnet: questions", "resnet: cards"),
    ("does ResNet solve vanishing gradients?", "resnet: limits", "resnet: questions", "resnet: cards"),
    ("Does chain of thought work with small models?", "cot: limits", "cot: evidence", "cot: cards"),
    # Differences
    ("软目标和硬标签有什么区别？", "distillation: cards", "glossary: soft-target", "glossary: hard-label"),
    ("What is the difference between LoRA and full fine-tuning?", "lora: problem", "lora: cards",
        "lora: limits"),
    ("How does XLNet differ from BERT?", "xlnet: problem", "xlnet: cards", "xlnet: motivation"),
    ("Transformer 和 RNN 的区别", "transformer: intuition", "transformer: problem"),
    ("ResNet vs DenseNet", "resnet: questions", "resnet: legacy"),
    # What it solved, and what came of it
    ("Bahdanau 注意力解决了什么问题", "attention: problem"),
    ("what bottleneck did attention remove", "attention: cards", "attention: problem"),
    ("What influence did AlexNet have?", "alexnet: legacy"),
    ("ResNet 后来影响了哪些模型", "resnet: legacy"),
    # Formulas, facts, the way
    ("规模定律的公式是什么", "scaling-laws: formula"),
    ("What formula do scaling laws use?", "scaling-laws: formula"),
    ("Who wrote Attention Is All You Need?", "transformer: facts"),
    ("残差网络是谁提出的", "resnet: facts"),
    ("When was LAION-5B withdrawn and why?", "laion-5b: cards", "laion-5b: limits"),
    ("What should I learn before the Transformer?", "transformer: requires"),
    ("学 Transformer 之前要先懂什么", "transformer: requires"),
    ("how should I read a paper", "guide: read-a-paper"),
    ("怎么读一篇论文", "guide: read-a-paper"),
    ("Which assistant should I use to translate papers?", "tools: translate", "guide: bilingual-reading"),
    ("用什么工具翻译论文", "tools: translate", "immersive-translate: one_liner"),
    ("Which chapters of d2l should I read?", "d2l: book", "d2l: mechanism"),
    ("鱼书该怎么读", "deep-learning-from-scratch: book", "deep-learning-from-scratch: mechanism"),
    ("where do I start with deep learning", "paths: from-zero", "guide: video-and-books"),
    ("零基础该从哪里开始学", "paths: from-zero", "guide: video-and-books"),
    ("What did The Bitter Lesson say about human knowledge?", "bitter-lesson: mechanism"),
    # Slips of the finger
    ("tranformer positional encodng", "transformer: mechanism", "transformer: cards"),
    ("knowlege distilation temprature", "distillation: mechanism", "distillation: cards"),
]  # fmt: skip


def entry_called(study: Study, name: str) -> Document:
    return browse.entry(study, name)


def cited(study: Study, question: str, among: tuple[str, ...] = ()) -> list[str]:
    language: Language = "zh" if any(one > "\u3000" for one in question) else "en"
    return [f"{one.entry}: {one.section}" for one in find_passages(study, question, language, among)]


@pytest.mark.parametrize(("question", "wanted"), [(asked, set(wanted)) for asked, *wanted in ASKED])
def test_what_a_teacher_would_point_at_is_among_the_first_three(
    study: Study, question: str, wanted: set[str]
) -> None:
    found = find_passages(study, question, "en")
    names = Counter(one.name for one in found)

    assert wanted & {one.name for one in found[:3]}
    assert max(names.values()) <= 2, "no section crowds out the others"
    held = [{one for one in pieces(passage.text["en"]) if not only_asks(one)} for passage in found]
    for number, said in enumerate(held):
        for better in held[:number]:
            assert len(said & better) < 0.9 * min(len(said), len(better)), "nothing is said twice"


def test_most_questions_are_answered_by_the_very_first_passage(study: Study) -> None:
    right = [asked for asked, *wanted in ASKED if cited(study, asked)[0] in wanted]

    assert len(right) >= 0.8 * len(ASKED)


@pytest.mark.parametrize(
    "question",
    [
        "什么是软目标",
        "软目标是什么？",
        "软目标",
        "what are soft targets",
        "Soft target?",
        "what's a soft target",
    ],
)
def test_a_term_is_answered_by_the_glossary_first(study: Study, question: str) -> None:
    assert cited(study, question)[0] == "glossary: soft-target"


def test_both_languages_may_be_mixed(study: Study) -> None:
    assert cited(study, "LoRA 的 drawback 是什么")[0] == "lora: limits"
    assert cited(study, "ｌｏｒａ 的缺点")[0] == "lora: limits", "full-width letters are letters"


def test_a_question_in_one_language_finds_what_is_called_otherwise_in_the_other(study: Study) -> None:
    # The glossary knows 显卡 as another name of the GPU, which the English passages say.
    found = find_passages(study, "AlexNet 用了几块显卡", "en")

    assert any("GPU" in one.text["en"] or "GTX 580" in one.text["en"] for one in found[:3])


def test_what_an_author_wrote_is_found_by_the_name(study: Study) -> None:
    for question in ("何恺明写了哪些论文", "Which papers did Kaiming He write?"):
        assert cited(study, question)[0] == "resnet: facts"


def test_the_entry_that_the_reader_names_comes_first(study: Study) -> None:
    question = "what are the limits"

    for entry in ("ppo", "xlnet", "brook"):
        assert cited(study, question, (entry,))[0] == f"{entry}: limits"
    # Terms that hold "step" more often do not come before it.
    assert cited(study, "How does it work, step by step?", ("resnet",))[0] == "resnet: mechanism"


def test_others_may_fill_up_what_the_entry_does_not_say(study: Study) -> None:
    assert cited(study, "什么是软目标", ("resnet",))[0] == "glossary: soft-target"
    assert "glossary: softmax" in cited(study, "What does softmax do here?", ("transformer",))


def test_a_bare_question_about_an_entry_is_answered_from_it(study: Study) -> None:
    for question in ("why?", "为什么？", "?", "…"):
        found = cited(study, question, ("resnet",))
        assert found
        assert all(one.startswith("resnet: ") for one in found)
    assert cited(study, "why?", ("resnet",))[0] in ("resnet: problem", "resnet: motivation")


@pytest.mark.parametrize(
    "question",
    [
        "What is the weather in Paris?",
        "今天晚饭吃什么",
        "how do I bake a cake",
        "怎么减肥",
        "什么是 RAG",
        "",
        "?!",
        "的",
        "the",
    ],
)
def test_what_the_guide_knows_nothing_about_finds_nothing(study: Study, question: str) -> None:
    assert cited(study, question) == []


def test_the_limit_holds(study: Study) -> None:
    assert len(find_passages(study, "How does attention work?", "en", limit=3)) == 3
    assert len(find_passages(study, "How does attention work?", "en")) <= 8


def test_steps_that_belong_together_come_together_and_in_order(study: Study) -> None:
    found = find_passages(study, "How does LoRA work?", "en")
    steps = entry_called(study, "lora")["mechanism"]

    assert found[0].name == "lora: mechanism"
    assert found[0].text["en"].split("\n") == steps["en"]
    assert found[0].text["zh"].split("\n") == steps["zh"]


def test_a_single_step_is_enough_where_only_it_fits(study: Study) -> None:
    for question, entry in (("PPO 的裁剪是怎么做的", "ppo"), ("How to choose the LoRA rank r?", "lora")):
        found = find_passages(study, question, "zh")
        assert found[0].name == f"{entry}: mechanism"
        assert found[0].text["zh"] in entry_called(study, entry)["mechanism"]["zh"]


@pytest.mark.parametrize("question", ["LAION-5B 为什么下架", "How big is LAION-5B?"])
def test_nothing_is_said_twice(study: Study, question: str) -> None:
    language: Literal["en", "zh"] = "zh" if any(one > "\u3000" for one in question) else "en"
    found = find_passages(study, question, language)
    held = [{one for one in pieces(one.text[language]) if not only_asks(one)} for one in found]

    for number, said in enumerate(held):
        assert all(len(said & better) < 0.7 * min(len(said), len(better)) for better in held[:number])


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_a_question(study: Study, question: str) -> None:
    for one in find_passages(study, question, "both"):
        assert one.text["en"]
        assert one.text["zh"]


@pytest.mark.parametrize(
    "question",
    [
        "kind:paper year:2012..2015 -lora",
        'a "quoted phrase" AND NOT (x OR y) NEAR/3 *',
        "note: what does ResNet add?",
        "zz: 为什么",
        "'; DROP TABLE entry; --",
        "\udcff\udcfe ResNet",
        "\x00ResNet\x07",
        "x" * 5000,
        "残差" * 3000,
        "why " * 3000,
    ],
)
def test_a_question_is_no_query(study: Study, question: str) -> None:
    cited(study, question)


def test_few_documents_are_read(study: Study) -> None:
    statements: list[str] = []
    study.connection.set_trace_callback(statements.append)
    find_passages(study, "为什么残差网络能训练得更深？", "zh")
    study.connection.set_trace_callback(None)

    read = [one for one in statements if "document FROM entry" in one]
    assert len(read) == 1
    assert read[0].count(",") < 20


def test_an_entry_is_cut_into_everything_that_it_says(study: Study) -> None:
    entry = entry_called(study, "resnet")
    cut = passages_of(entry)
    sections = Counter(one.section for one in cut)

    assert {one.entry for one in cut} == {"resnet"}
    assert sections == {
        **dict.fromkeys(
            (
                "problem",
                "motivation",
                "intuition",
                "limits",
                "legacy",
                "one_liner",
                "formula",
                "reading",
                "facts",
            ),
            1,
        ),
        **{name: len(entry[name]) for name in ("evidence", "requires", "questions", "cards")},
        "mechanism": len(entry["mechanism"]["en"]),
    }
    evidence = [one.source for one in cut if one.section == "evidence"]
    assert evidence == [one["source"] for one in entry["evidence"]]
    assert next(one.source for one in cut if one.section == "problem") == "arXiv:1512.03385v1, §1, Table 2"


@pytest.mark.parametrize(
    ("name", "section", "said"),
    [
        ("d2l", "book", "线性"),
        ("andrew-ng-ml", "course", " "),
        ("deepseek-r1", "tool", "DeepSeek"),
    ],
)
def test_what_only_some_kinds_have_is_cut_too(study: Study, name: str, section: str, said: str) -> None:
    found = [one for one in passages_of(entry_called(study, name)) if one.section == section]

    assert len(found) == 1
    assert said in found[0].text["zh"]


def test_an_entry_that_has_only_what_it_must_can_be_cut(guide: GuideFolder, tmp_path: Path) -> None:
    own = open_study((guide.path,), tmp_path / "cache")

    for name in ("dropout", "helper", "lessons"):
        assert passages_of(entry_called(own, name))
    assert cited(own, "How many units suffer from overfitting?")[0].endswith(": problem")
    assert "12 lessons" in passages_of(entry_called(own, "lessons"))[-2].text["en"]
