"""Each rule of the checks, with the line it points at, and texts that must not be reported."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ailearn.catalog.addresses import is_web_address
from ailearn.catalog.checks import check
from ailearn.catalog.content_files import ContentFolder
from ailearn.catalog.fact_checks import is_isbn
from ailearn.catalog.rules import RULES
from ailearn.catalog.text_checks import columns, length

if TYPE_CHECKING:
    from tests.catalog.conftest import GuideFolder

PAPER = "papers/dropout.yaml"
TOOL = "tools/helper.yaml"
COURSE = "courses/lessons.yaml"
GLOSSARY = "glossary.yaml"
TRACK = "tracks/story.yaml"
MOTIVATION_EN = "en: Averaging many networks is too dear."
MOTIVATION_ZH = "zh: 训练许多网络再取平均太贵。"
DRAWING_ZH = """\
zh: |
    x --> [ 一层  ] --> y
    |                   |
    +---- 掩码 ---------+
    |                   |
    +---- 缩放 ---------+
    完
"""
WORDS = "word " * 66
CHARACTERS = "字" * 131


def test_a_good_guide_has_no_finding(guide: GuideFolder) -> None:
    report = guide.check()
    assert guide.found() == []
    assert (report.files, report.entries) == (7, 3)


def test_labels_may_wrap_differently(guide: GuideFolder) -> None:
    guide.edit(PAPER, "    完\n", "    完\n    了\n")
    assert guide.found() == []


# One row per breach: the rule, the file, what is replaced by what, and what stands in the finding's line.
BREACHES = [
    # Kinds and counts
    ("C211", PAPER, "date: 2014-06\n", "", "id: dropout"),
    ("C211", PAPER,
        "authors: [Nitish Srivastava, Kaiming He]\nauthors_zh: {Kaiming He: 何恺明}\n", "", "id: dropout"),
    ("C211", TOOL, '  - {kind: page, url: "https://example.org"}', "  []", "links:"),
    ("C211", COURSE, "kind: course", "kind: tool", "id: lessons"),
    ("C212", COURSE, "kind: course", "kind: tool", "\ncourse:"),
    ("C213", PAPER, "    - Scale the weights.\n", "", "mechanism:"),
    ("C213", PAPER, "topics: [regularization]", "topics: []", "topics:"),
    ("C213", PAPER, "  - {id: six,", "  #", "cards:"),
    ("C213", PAPER, '  - q: {en: "Why train?", zh: 为什么要训练？}\n    points', "  #", "questions:"),
    ("C213", PAPER,
        "{en: [One., Two.], zh: [其一。, 其二。]}", "{en: [One.], zh: [其一。]}", "points: {en: [One.], zh"),
    ("C213", PAPER, "related: [helper, lessons]", "related: [helper]", "related:"),
    ("C213", PAPER, "  - {claim: {en: It wins always.", "  # ", "evidence:"),
    ("C214", PAPER, MOTIVATION_EN, "en: TODO", "en: TODO"),
    ("C214", PAPER, MOTIVATION_ZH, "zh: 待写", "zh: 待写"),
    # Ids and references
    ("C301", PAPER, "{id: six,", "{id: Six!,", "{id: Six!,"),
    ("C304", PAPER, "id: dropout", "id: drop-out", "id: drop-out"),
    ("C304", TRACK, "id: story", "id: tale", "id: tale"),
    ("C305", PAPER, "kind: paper", "kind: tool", "kind: tool"),
    ("C306", PAPER, "  - id: helper", "  - id: helpr", "- id: helpr"),
    ("C306", PAPER, "related: [helper, lessons]", "related: [helper, nobody]", "related:"),
    ("C306", TRACK, "  - id: dropout", "  - id: nobody", "- id: nobody"),
    ("C306", "guide.yaml", "entries: [dropout]", "entries: [nobody]", "entries:"),
    ("C306", "guide.yaml", "tools: [helper]", "tools: [nobody]", "tools:"),
    ("C306", GLOSSARY, "entry: dropout", "entry: nobody", "entry:"),
    ("C307", PAPER, "  - id: helper", "  - id: dropout", "- id: dropout"),
    ("C307", PAPER, "related: [helper, lessons]", "related: [helper, dropout]", "related:"),
    ("C309", PAPER, "topics: [regularization]", "topics: [regularisation]", "topics:"),
    ("C310", PAPER, "aliases: [暂退法]", "aliases: [HELPER]", "aliases:"),
    ("C310", TOOL, "short: {en: Helper,", "short: {en: DROPOUT,", "short:"),
    ("C311", PAPER, "aliases: [暂退法]", "aliases: [DROPOUT]", "aliases:"),
    ("C312", PAPER, "{id: six,", "{id: five,", "{id: five,"),
    ("C313", PAPER, "为什么是六，A", "为什么是五，a", "{id: six,"),
    ("C313", TOOL, "Why six, B?", "WHY six, A?", "{id: six,"),
    ("C315", PAPER, "authors_zh: {Kaiming He:", "authors_zh: {Kaimin He:", "authors_zh:"),
    # Texts
    ("C401", PAPER, MOTIVATION_EN, 'en: "Too \\u001b[31mdear."', "en: \"Too"),
    ("C402", PAPER, MOTIVATION_EN, 'en: "Too\\tdear."', "en: \"Too"),
    ("C403", PAPER, MOTIVATION_EN, 'en: ""', 'en: ""'),
    ("C403", PAPER, MOTIVATION_ZH, 'zh: " "', 'zh: " "'),
    ("C403", PAPER, "    - 抽一张掩码。", '    - ""', '- ""'),
    ("C404", PAPER, MOTIVATION_ZH, "zh: Averaging many networks is too dear.", "motivation:"),
    ("C405", PAPER, MOTIVATION_EN, f"en: {WORDS}", "en: word"),
    ("C405", PAPER, MOTIVATION_ZH, f"zh: {CHARACTERS}", "zh: 字字"),
    ("C405", PAPER, "en: Switch", "en: " + "word " * 20, "en: word"),
    ("C405", PAPER, "zh: 训练时", "zh: " + "字" * 25, "zh: 字字"),
    ("C405", PAPER, "- Scale", "- " + "word " * 45, "- word"),
    ("C405", PAPER, "zh: 第六", "zh: " + "字" * 81, "{id: six"),
    ("C406", PAPER, "    - 抽一张掩码。\n", "", "mechanism:"),
    ("C407", PAPER, MOTIVATION_ZH, "zh: 训练许多网络,再取平均。", "zh: 训练许多网络"),
    ("C408", PAPER, MOTIVATION_ZH, "zh: 训练60 个网络。", "zh: 训练60"),
    ("C409", PAPER, MOTIVATION_ZH, "zh: 训练网络， 再取平均。", "zh: 训练网络，"),
    ("C410", PAPER, MOTIVATION_EN, "en: Two  spaces.", "en: Two"),
    ("C411", PAPER, MOTIVATION_EN, "en: It is 太贵。", "en: It is"),
    ("C411", PAPER, "x --> [ layer ] --> y", "x --> [ 层 ] --> y", "  en: |\n    x"),
    ("C412", PAPER, MOTIVATION_ZH, "zh: 这叫\"平均\"。", "zh: 这叫"),
    ("C413", PAPER, "    x --> [ 一层  ]", "    " + "层" * 39, "  zh: |\n"),
    ("C414", PAPER, "    |                   |\n    +---- 缩放 ---------+\n    完\n", "", "figure:"),
    ("C414", PAPER, DRAWING_ZH, 'zh: ""\n', "figure:"),
    ("C416", PAPER, MOTIVATION_EN, "en: It is **too** dear.", "en: It is"),
    ("C416", PAPER, MOTIVATION_EN, "en: See https://example.org", "en: See"),
    ("C416", PAPER, MOTIVATION_EN, "en: Too dear \U0001f600", "en: Too"),
    # Facts
    ("C501", PAPER, "source: Table 3", 'source: ""', "It wins again."),
    ("C501", PAPER, "source: Table 3", "source: curriculum", "It wins again."),
    ("C502", PAPER, "date: 2014-06", "date: 2014-13", "date:"),
    ("C502", PAPER, "date: 2014-06", "date: June 2014", "date:"),
    ("C502", PAPER, "date: 2014-06", "date: 2014-02-30", "date:"),
    ("C502", TOOL, "as_of: 2025-11", "as_of: 2025", "as_of:"),
    ("C503", PAPER, "date: 2014-06", "date: 2026-02", "date:"),
    ("C503", PAPER, "date: 2014-06", "date: 2026-01-16", "date:"),
    ("C503", PAPER, "date: 2014-06", "date: 1899", "date:"),
    ("C503", TOOL, "as_of: 2025-11", "as_of: 2026-02", "as_of:"),
    ("C504", PAPER, "https://jmlr.org/", "ftp://jmlr.org/", "jmlr.org"),
    ("C504", TOOL, "https://api.example.org", "api.example.org", "endpoint:"),
    ("C505", PAPER, '"1207.0580"', "arXiv:1207.0580", "arxiv:"),
    ("C506", PAPER, "10.1109/CVPR", "https://doi.org/10.1109/CVPR", "doi:"),
    ("C507", PAPER, "978-7-115-48558-8", "978-7-115-48558-7", "isbn:"),
    ("C508", PAPER, "lang: en", "lang: English", "lang:"),
    # Glossary
    ("C601", GLOSSARY, "en: Overfitting", "en: Underfitting", "term:"),
    ("C601", GLOSSARY, "zh: 过拟合", "zh: 欠拟合", "term:"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "file", "old", "new", "needle"), BREACHES)
def test_a_breach_is_found_in_its_line(
    guide: GuideFolder, rule: str, file: str, old: str, new: str, needle: str
) -> None:
    guide.edit(file, old, new)
    text = guide.read(file)
    line = text.count("\n", 0, text.rindex(needle.lstrip("\n"))) + 1
    if needle.startswith("\n"):
        line = text.count("\n", 0, text.index(needle)) + 2
    assert f"{rule} {Path(file).name}:{line}" in guide.found()


def test_every_breach_alone_is_reported_alone(guide: GuideFolder) -> None:
    guide.edit(PAPER, MOTIVATION_EN, "en: Two  spaces.")
    guide.edit(PAPER, "978-7-115-48558-8", "7-115-48558-7")
    assert [one.split()[0] for one in guide.found()] == ["C507", "C410"]


def test_a_circle_of_requirements_is_named(guide: GuideFolder) -> None:
    why = "\n    why: {en: It helps., zh: 它能帮忙。}\n"
    guide.edit(TOOL, "one_liner:", f"requires:\n  - id: lessons{why}one_liner:")
    guide.edit(COURSE, "one_liner:", f"requires:\n  - id: dropout{why}one_liner:")
    (finding,) = guide.check().findings
    assert (finding.rule, Path(finding.path).name) == ("C308", "helper.yaml")
    assert finding.line == guide.line_of(TOOL, "- id: lessons")
    assert "lessons → dropout → helper → lessons" in finding.message("en")


def test_requirements_that_meet_again_are_no_circle(guide: GuideFolder) -> None:
    why = "\n    why: {en: It helps., zh: 它能帮忙。}\n"
    guide.edit(PAPER, "related:", f"  - id: lessons{why}related:")
    guide.edit(COURSE, "one_liner:", f"requires:\n  - id: helper{why}one_liner:")
    assert guide.found() == []


def test_the_nearest_name_is_offered(guide: GuideFolder) -> None:
    guide.edit(PAPER, "  - id: helper", "  - id: helpr")
    (finding,) = guide.check().findings
    assert finding.hint("en") == "Did you mean `helper`?"
    assert finding.hint("zh") == "是不是 `helper`？"


def test_a_broken_entry_is_not_missed_by_those_that_name_it(guide: GuideFolder) -> None:
    guide.edit(TOOL, "level: 1", "level: one")
    guide.edit(COURSE, "id: lessons", "id: [")
    assert {one.split()[0] for one in guide.found()} == {"C204", "C109"}


def test_a_guide_needs_its_parts_and_an_own_folder_none(guide: GuideFolder, own: GuideFolder) -> None:
    for part in ("guide.yaml", "topics.yaml"):
        (guide.path / part).unlink()
    assert guide.found() == ["C314 content:None", "C314 content:None"]
    own.write(
        "papers/dropout.yaml",
        guide.read(PAPER).replace("helper", "dropout-2").replace("lessons", "dropout-2"),
    )
    own.write("papers/dropout-2.yaml", "id: [")
    assert own.found() == ["C109 dropout-2.yaml:2"]


def test_a_loose_file_of_the_reader_needs_no_folder(guide: GuideFolder, own: GuideFolder) -> None:
    own.write("lessons.yaml", guide.read(COURSE))
    own.write("topics.yaml", guide.read("topics.yaml"))
    assert own.found() == []
    own.own = False
    assert "C305 lessons.yaml:2" in own.found()


def test_glossary_terms_are_found_in_other_forms(guide: GuideFolder) -> None:
    guide.edit(GLOSSARY, "en: Overfitting", "en: thinned NETWORKS")
    guide.edit(GLOSSARY, "zh: 过拟合", "zh: 元的网络会")
    assert guide.found() == []
    guide.edit(GLOSSARY, "en: thinned NETWORKS", "en: thin")
    assert guide.found() == ["C601 glossary.yaml:3"]
    guide.edit(GLOSSARY, "entry: dropout", "entry: dropout\n    aliases: [masks, 掩码]")
    assert guide.found() == []


def test_a_term_must_occur_in_the_entry_it_names(guide: GuideFolder) -> None:
    guide.edit(GLOSSARY, "en: Overfitting", "en: School")
    guide.edit(GLOSSARY, "zh: 过拟合", "zh: 掩码图")
    guide.edit(COURSE, "en: The first.", "en: The first at school.")
    guide.edit(COURSE, "zh: 第一堂。", "zh: 第一堂讲掩码图。")
    assert guide.found() == ["C602 glossary.yaml:5"]
    assert guide.line_of(GLOSSARY, "entry:") == 5


def test_a_term_stands_in_the_glossary_once(guide: GuideFolder) -> None:
    again = guide.read(GLOSSARY).removeprefix("terms:\n").replace("id: overfitting", "id: over-fitting")
    guide.write(GLOSSARY, guide.read(GLOSSARY) + again.replace("en: Overfitting", "en: DROPOUT"))
    assert guide.found() == ["C603 glossary.yaml:7"]


def test_lines_still_to_be_written_have_no_other_finding(guide: GuideFolder) -> None:
    guide.edit(PAPER, "date: 2014-06", "date: TODO")
    guide.edit(PAPER, "topics: [regularization]", "topics: [TODO]")
    guide.edit(PAPER, MOTIVATION_ZH, "zh: 待写（还缺数字）")
    assert {one.split()[0] for one in guide.found()} == {"C214"}
    guide.edit(PAPER, "zh: 待写（还缺数字）", "zh: 数据在等待写入。")
    assert guide.found().count("C214 dropout.yaml:30") == 0


CLEAN_CHINESE = [
    "用 GPU 训练，60 个。",
    "大约 80% 的参数。",
    "y = F(x) + x，其中 F 是残差。",
    "softmax(查询 · 键) 之后再加权。",
    "min(比率, 裁剪后的比率) 取小的那个。",
    "1.5 倍、1,000 步。",
    "比例是 3:1，很高。",
    "《深度学习入门：基于Python的理论与实现》",
    "“Attention Is All You Need”这篇论文。",
    "r_t(θ) 落在 1 − ε 与 1 + ε 之间。",
    "Hinton 等人——还有别人……然后呢？",
    "代价是 O(n²·d)，不便宜。",
    "π(a|s) 是策略。",
    "x₁、x₂ 和 x₃",
    "区间 (1 − ε, 1 + ε) 之内",
    "L(N) = (Nc/N)^0.076 说明了这一点。",
    "Moore's law 的说法",
    "12:30 开始",
    "KL(旧策略, 新策略) 太大时停下。",
    "约 1/3 的数据",
    "d_k = 64 时",
    "log(概率) 相加",
    "max(0, min(输入, 上限)) 是两层括号。",
    "C++ 写的内核",
    "ε = 0.2",
    "（见 §4.1）",
    "top-5 错误率从 26.2% 降到 15.3%。",
    "第 3.2 节（Table 2）",
]  # fmt: skip


@pytest.mark.parametrize("text", CLEAN_CHINESE)
def test_good_chinese_is_left_in_peace(guide: GuideFolder, text: str) -> None:
    guide.edit(PAPER, MOTIVATION_ZH, f"zh: >-\n    {text}")
    assert guide.found() == []


FAULTY_CHINESE = [
    ("残差,结构", "C407"),
    ("用 GPU, 训练", "C407"),
    ("AlexNet,然后", "C407"),
    ("Dropout(随机失活)", "C407"),
    ("Transformer(2017)提出", "C407"),
    ("注意:这里", "C407"),
    ("为什么?", "C407"),
    ("等等.", "C407"),
    ("好!", "C407"),
    ("80%的", "C408"),
    ("用GPU 训练", "C408"),
    ("用 GPU训练", "C408"),
    ("60个", "C408"),
    ("F(x)的残差", "C408"),
    ("训练 ，然后", "C409"),
    ("（ 残差）", "C409"),
    ("残差 网络", "C409"),
    ("模型 “好”", "C409"),
    ("残差  A", "C410"),
    ("他说'好'", "C412"),
    ("`代码`", "C416"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "rule"), FAULTY_CHINESE)
def test_faulty_chinese_is_reported(guide: GuideFolder, text: str, rule: str) -> None:
    guide.edit(PAPER, MOTIVATION_ZH, f"zh: >-\n    {text}")
    assert {one.split()[0] for one in guide.found()} == {rule}


def test_official_titles_are_spelt_as_published(guide: GuideFolder) -> None:
    guide.edit(PAPER, "zh: Dropout：一个简单的办法", "zh: 深度学习入门：基于Python的理论")
    assert guide.found() == []


def test_titles_of_our_own_are_spelt_by_our_rules(guide: GuideFolder) -> None:
    guide.edit("guide.yaml", "zh: 先看视频", "zh: 先看AI视频")
    assert guide.found() == ["C408 guide.yaml:7", "C408 guide.yaml:7"]


def test_names_and_formulae_may_be_the_same_in_both_languages(guide: GuideFolder) -> None:
    guide.edit(PAPER, "a: {en: Sixth., zh: 第六。}", 'a: {en: "y = F(x) + x", zh: "y = F(x) + x"}')
    guide.edit(PAPER, "a: {en: Fifth., zh: 第五。}", "a: {en: Batch Norm, zh: Batch Norm}")
    assert guide.found() == []


def test_a_figure_of_few_lines_is_not_worth_its_place(guide: GuideFolder) -> None:
    guide.edit(PAPER, "    |                   |\n    +---- mask ---------+\n", "")
    guide.edit(PAPER, "    |                   |\n    +---- 掩码 ---------+\n", "")
    assert guide.found() == [f"C415 dropout.yaml:{guide.line_of(PAPER, 'figure:')}"]


def test_today_decides_what_is_in_the_future(guide: GuideFolder) -> None:
    guide.edit(PAPER, "date: 2014-06", "date: 2026")
    assert [one.rule for one in check([guide.folder], today=date(2025, 12, 31)).findings] == ["C503"]
    assert check([guide.folder], today=date(2026, 1, 1)).findings == ()


@pytest.mark.parametrize(
    ("today", "months"), [("2026-05-31", None), ("2026-06-01", "7"), ("2027-01-01", "14")]
)
def test_a_tool_that_nobody_checked_for_half_a_year_is_a_warning(
    guide: GuideFolder, today: str, months: str | None
) -> None:
    findings = check([guide.folder], today=date.fromisoformat(today)).findings
    told = [(one.rule, one.severity, one.line, one.values["months"]) for one in findings]
    assert told == ([("C509", "warning", guide.line_of(TOOL, "as_of:"), months)] if months else [])


@pytest.mark.parametrize(
    ("line", "rules"),
    [
        ("retires: 2031-12-01", []),
        ("retires: 2031-12", ["C502"]),
        ("retires: soon", ["C502"]),
        ("not_offered_in: [CN, GB]", []),
        ("not_offered_in: [China]", ["C510"]),
        ("not_offered_in: [cn]", ["C510"]),
    ],
)
def test_the_end_of_a_tool_is_a_day_and_its_regions_are_codes(
    guide: GuideFolder, line: str, rules: list[str]
) -> None:
    guide.edit(TOOL, "  as_of: 2025-11\n", f"  as_of: 2025-11\n  {line}\n")
    found = check([guide.folder], today=date(2026, 1, 15)).findings
    assert [(one.rule, one.line) for one in found] == [
        (rule, guide.line_of(TOOL, line.split(":")[0])) for rule in rules
    ]


def test_the_example_of_the_project_is_measured_as_described() -> None:
    assert length("训练 60 个 GPU，80% 的 1,000 步。", "zh") == 9
    assert length("a well-known y = F(x) + x - thing", "en") == 6
    assert columns("残差→│") == 6


@pytest.mark.parametrize(
    "address", ["https://a.b", "http://a.b:80/c?d=e#f", "https://zh.wikipedia.org/wiki/残差"]
)
def test_web_addresses(address: str) -> None:
    assert is_web_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a.b",
        "https://",
        "https://a b",
        "https://a.b:x",
        "https://[",
        "javascript:alert(1)",
        "https://a\x07",
    ],
)
def test_other_addresses(address: str) -> None:
    assert not is_web_address(address)


def test_isbn_check_digits() -> None:
    assert is_isbn("0-306-40615-2")
    assert is_isbn("080442957X")
    assert is_isbn("978 0 306 40615 7")
    assert not is_isbn("0-306-40615-3")
    assert not is_isbn("979-0-306-40615-7")
    assert not is_isbn("12345")


def test_every_rule_has_a_code_of_its_own_and_the_same_places_in_both_languages() -> None:
    for code, rule in RULES.items():
        assert code == rule.code
        assert all((rule.message.en, rule.message.zh, rule.hint.en, rule.hint.zh))
        assert rule.message.en.count("{") == rule.message.zh.count("{")
        assert rule.hint.en.count("{") == rule.hint.zh.count("{")
    assert len({rule.name for rule in RULES.values()}) == len(RULES)


def test_a_missing_folder_is_one_finding(tmp_path: Path) -> None:
    report = check([ContentFolder(tmp_path / "nowhere", own=False)])
    assert [one.rule for one in report.findings] == ["C101"]
    assert (report.files, report.entries) == (0, 0)
