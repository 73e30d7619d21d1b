"""Pictures of what the guide says by itself, over the small fixed guide: look at them as a reader would.

`pytest tests/view/test_answers.py --snapshot-update` draws them anew.
"""

import re
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from tests.conftest import Run

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
ASKED = {
    "term": ("What are soft targets?", "什么是软目标？"),
    "how": ("How does the Transformer work?", "Transformer 是怎么做的？"),
    "numbers": ("How many layers, and how good?", "有多少层，效果怎么样？"),
    "nothing": ("What is the weather in Paris?", "今天晚饭吃什么？"),
}


@pytest.fixture(autouse=True)
def fixed(small_guide: Path) -> None:
    """Every test here reads the small guide."""


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("width", [80, 60])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_the_guide_says(
    run: Run, snapshot: SnapshotAssertion, asked: str, language: str, width: int
) -> None:
    question = ASKED[asked][language == "zh"]
    entry = ("resnet",) if asked == "numbers" else ()
    found = run("ask", question, *entry, "--color", "always", "--lang", language, COLUMNS=str(width))

    assert found.exit == 0
    assert f"{ESCAPES.sub('', found)}--- stderr ---\n{found.err}" == snapshot


def test_what_the_guide_says_in_both_languages(run: Run, snapshot: SnapshotAssertion) -> None:
    found = run("ask", "What are soft targets?", "--color", "always", "--lang", "both")

    assert ESCAPES.sub("", found) == snapshot


@pytest.mark.parametrize("form", ["--plain", "--json"])
def test_what_programs_read(run: Run, snapshot: SnapshotAssertion, form: str) -> None:
    assert run("ask", "What are soft targets?", form) == snapshot
