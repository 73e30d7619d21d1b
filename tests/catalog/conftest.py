"""A small guide that breaks no rule, and the means to break one of them."""

from datetime import date
from pathlib import Path

import pytest

from ailearn.catalog.checks import CheckReport, check
from ailearn.catalog.content_files import ContentFolder
from ailearn.catalog.rules import Finding
from ailearn.catalog.source import Library, load

TODAY = date(2026, 1, 15)

TOPICS = """\
topics:
  - id: foundations
    name: {en: Foundations, zh: 入门基础}
    about: {en: Where a newcomer starts., zh: 新手从这里起步。}
  - id: regularization
    name: {en: Regularization, zh: 正则化}
    about: {en: Keeping a model from memorising., zh: 不让模型死记硬背。}
"""

GUIDE = """\
title: {en: Learn AI with AI, zh: 用 AI 学 AI}
intro:
  en: Read with a helper at your side.
  zh: 找个帮手一起读。
sections:
  - id: videos
    title: {en: Videos first, zh: 先看视频}
    paragraphs:
      en: [Start with a film.]
      zh: [先看一段视频。]
    entries: [dropout]
assistants:
  - job: translate
    name: {en: Translation, zh: 翻译}
    advice: {en: Compare both columns., zh: 两栏对照着读。}
    tools: [helper]
"""

GLOSSARY = """\
terms:
  - id: overfitting
    term: {en: Overfitting, zh: 过拟合}
    meaning: {en: Learning the examples by heart., zh: 把例子背了下来。}
    entry: dropout
"""

TRACK = """\
id: story
title: {en: A story, zh: 一个故事}
about: {en: How it came about., zh: 来龙去脉。}
steps:
  - id: dropout
    took_over: {en: Averaging networks., zh: 网络取平均。}
    left_open: {en: It takes time., zh: 花时间。}
"""

CARDS = """\
cards:
  - {id: one, type: why, q: {en: "Why one, NAME?", zh: 为什么是一，NAME？}, a: {en: First., zh: 第一。}}
  - {id: two, type: why, q: {en: "Why two, NAME?", zh: 为什么是二，NAME？}, a: {en: Second., zh: 第二。}}
  - {id: three, type: why, q: {en: "Why three, NAME?", zh: 为什么是三，NAME？}, a: {en: Third., zh: 第三。}}
  - {id: four, type: why, q: {en: "Why four, NAME?", zh: 为什么是四，NAME？}, a: {en: Fourth., zh: 第四。}}
  - {id: five, type: why, q: {en: "Why five, NAME?", zh: 为什么是五，NAME？}, a: {en: Fifth., zh: 第五。}}
  - {id: six, type: why, q: {en: "Why six, NAME?", zh: 为什么是六，NAME？}, a: {en: Sixth., zh: 第六。}}
"""

TEXTS = """\
one_liner:
  en: Switch units off at random while training.
  zh: 训练时随机关掉神经元。
problem:
  en: A network of 60 units with little data suffers from overfitting.
  zh: 数据太少，60 个神经元的网络会过拟合。
motivation:
  en: Averaging many networks is too dear.
  zh: 训练许多网络再取平均太贵。
intuition:
  en: A team whose members are absent at random.
  zh: 一个每天都有人请假的团队。
mechanism:
  en:
    - Draw a mask.
    - Run the thinned network.
    - Scale the weights.
  zh:
    - 抽一张掩码。
    - 跑一遍“瘦身”的网络。
    - 按 80% 的比例缩放权重。
limits:
  en: Training takes longer.
  zh: 训练变慢。
legacy:
  en: The Transformer still uses it.
  zh: Transformer 至今还在用。
"""

PAPER = (
    """\
id: dropout
kind: paper
title: {en: "Dropout: A Simple Way", zh: Dropout：一个简单的办法}
short: {en: Dropout, zh: 随机失活}
aliases: [暂退法]
authors: [Nitish Srivastava, Kaiming He]
authors_zh: {Kaiming He: 何恺明}
date: 2014-06
venue: JMLR 15
arxiv: "1207.0580"
doi: 10.1109/CVPR.2016.90
isbn: 978-7-115-48558-8
topics: [regularization]
level: 2
minutes: 50
links:
  - {kind: abstract, url: "https://jmlr.org/papers/v15/srivastava14a.html", lang: en}
"""
    + TEXTS
    + """\
formula: "y = F(x) + x"
figure:
  en: |
    x --> [ layer ] --> y
    |                   |
    +---- mask ---------+
    |                   |
    +---- scale --------+
    end
  zh: |
    x --> [ 一层  ] --> y
    |                   |
    +---- 掩码 ---------+
    |                   |
    +---- 缩放 ---------+
    完
evidence:
  - {claim: {en: It wins., zh: 它赢了。}, source: Table 2}
  - {claim: {en: It wins again., zh: 它又赢了。}, source: Table 3}
  - {claim: {en: It wins always., zh: 它总是赢。}, source: Table 4}
requires:
  - id: helper
    why: {en: It helps., zh: 它能帮忙。}
related: [helper, lessons]
questions:
  - q: {en: "Why scale?", zh: 为什么要缩放？}
    points: {en: [One., Two.], zh: [其一。, 其二。]}
  - q: {en: "Why mask?", zh: 为什么要掩码？}
    points: {en: [One., Two.], zh: [其一。, 其二。]}
  - q: {en: "Why train?", zh: 为什么要训练？}
    points: {en: [One., Two.], zh: [其一。, 其二。]}
"""
    + CARDS.replace("NAME", "A")
)

TOOL = (
    """\
id: helper
kind: tool
title: {en: A helper, zh: 一个帮手}
short: {en: Helper, zh: 帮手}
topics: [foundations]
level: 1
minutes: 10
links:
  - {kind: page, url: "https://example.org"}
"""
    + TEXTS
    + CARDS.replace("NAME", "B")
    + """\
tool:
  jobs: [translate]
  access: {en: On the web., zh: 在网页上用。}
  as_of: 2025-11
  endpoint: https://api.example.org/v1
"""
)

COURSE = (
    """\
id: lessons
kind: course
title: {en: Some lessons, zh: 几堂课}
short: {en: Lessons, zh: 课}
topics: [foundations]
level: 1
minutes: 600
links:
  - {kind: video, url: "https://example.org/video"}
"""
    + TEXTS
    + CARDS.replace("NAME", "C")
    + """\
course:
  provider: A school
  languages: [en, zh]
  watch_first: {en: The first., zh: 第一堂。}
  lessons: 12
  hours: 10.5
"""
)

FILES = {
    "topics.yaml": TOPICS,
    "guide.yaml": GUIDE,
    "glossary.yaml": GLOSSARY,
    "tracks/story.yaml": TRACK,
    "papers/dropout.yaml": PAPER,
    "tools/helper.yaml": TOOL,
    "courses/lessons.yaml": COURSE,
}


class GuideFolder:
    """A content folder under construction."""

    def __init__(self, path: Path, own: bool = False) -> None:
        self.path = path
        self.own = own
        path.mkdir()

    @property
    def folder(self) -> ContentFolder:
        return ContentFolder(self.path, self.own)

    def write(self, relative: str, text: str) -> Path:
        path = self.path / relative
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def read(self, relative: str) -> str:
        return (self.path / relative).read_text(encoding="utf-8")

    def edit(self, relative: str, old: str, new: str) -> None:
        text = self.read(relative)
        assert old in text, f"{old!r} is not in {relative}"
        self.write(relative, text.replace(old, new, 1))

    def line_of(self, relative: str, needle: str) -> int:
        """The 1-based line of the last occurrence of `needle`."""
        text = self.read(relative)
        return text.count("\n", 0, text.rindex(needle)) + 1

    def load(self) -> Library:
        return load([self.folder])

    def check(self) -> CheckReport:
        return check([self.folder], today=TODAY)

    def found(self) -> list[str]:
        """The findings of a check as `CODE file:line`, for comparing and for a failing test to show."""
        return described(self.check().findings)


def described(findings: tuple[Finding, ...]) -> list[str]:
    """Findings as `CODE file:line`, having written each out in both languages."""
    for one in findings:
        for language in ("en", "zh"):
            assert one.message(language)
            assert one.hint(language)
    return [f"{one.rule} {Path(one.path).name}:{one.line}" for one in findings]


@pytest.fixture
def guide(tmp_path: Path) -> GuideFolder:
    """A guide without any finding."""
    folder = GuideFolder(tmp_path / "content")
    for relative, text in FILES.items():
        folder.write(relative, text)
    return folder


@pytest.fixture
def own(tmp_path: Path) -> GuideFolder:
    """An empty folder of the reader's own."""
    return GuideFolder(tmp_path / "own", own=True)
