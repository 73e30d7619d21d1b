"""What a model writes, on the canvas: pictures of it, and what holds for any text at all."""

import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from syrupy.assertion import SnapshotAssertion

from ailearn.language import Language
from ailearn.view.canvas import Canvas
from ailearn.view.formulas import readable
from ailearn.view.markdown import draw_markdown

TEXTS = Path(__file__).parent / "texts"
ESCAPES = re.compile(r"\x1b\[[0-9;]*m")
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

words = st.text(st.sampled_from("abcdefgxyz残差网络注意力"), min_size=1, max_size=12)
marks = st.sampled_from([
    "*", "**", "_", "`", "```\n", "~~", "# ", "- ", "1. ", "> ", "| ", "|---|---|\n", "\n", "\n\n", "    ",
    "  \n", "[", "](", ")", "![", "<", ">", "\\(", "\\)", "\\[\n", "\n\\]", "$", "$$", "\\", "^", "{", "}",
    "\\frac", "&#x1b;", "&lt;", "&#x202e;", "\x1b[2J", "\u202e", "\t", "<br>", "。", "（", "）", "：", ", ",
    ": ", "---\n", "===\n", "http://a.b/",
])  # fmt: skip
texts = st.lists(words | marks | st.text(max_size=5), max_size=40).map("".join)
widths = st.integers(20, 100)


def drawn(
    text: str, width: int = 80, language: Language = "en", *, ascii_only: bool = False, colored: bool = False
) -> str:
    canvas = Canvas(language, width, ascii_only=ascii_only, colored=colored)
    draw_markdown(text, canvas)
    return canvas.text()


def unbroken(text: str) -> str:
    return re.sub(r"[\s│]", "", text)


@pytest.mark.parametrize("width", [80, 60])
@pytest.mark.parametrize("name", ["residual.en", "residual.zh"])
def test_a_long_answer_is_drawn_as_it_was(name: str, width: int, snapshot: SnapshotAssertion) -> None:
    text = (TEXTS / f"{name}.md").read_text(encoding="utf-8")
    language: Language = "zh" if name.endswith("zh") else "en"

    assert drawn(text, width, language) == snapshot


@settings(max_examples=300, deadline=None)
@given(texts, widths, st.booleans())
def test_any_text_is_drawn_within_the_canvas_and_cannot_steer_the_terminal(
    text: str, width: int, ascii_only: bool
) -> None:
    shown = drawn(text, width, ascii_only=ascii_only)

    assert not CONTROLS.search(shown)
    if "    " not in text and "```" not in text and "\t" not in text:
        assert all(cell_len(line) <= width for line in shown.split("\n"))


@settings(max_examples=300, deadline=None)
@given(st.lists(words | marks, max_size=40), widths)
@example(["\\[\n", "\\frac", "力力"], 20)
def test_every_word_is_there(parts: list[str], width: int) -> None:
    text = "".join(parts)
    # What follows a fence may be the language of its code, which is not shown.
    wanted = re.findall("[a-z]+|[残差网络注意力]+", re.sub("(?:```|~~~)[^\n]*", "", text))
    # A fraction sets its line between two letters that stood side by side.
    shown = unbroken(drawn(text, width)).replace("/", "")
    # The names of commands and entities are no words.
    gone = ("frac", "lt", "x1b", "x202e", "br", "x", "b", "e")
    assert [one for one in wanted if one not in shown and one not in gone] == []


def test_emphasis_beside_chinese_marks_needs_no_blanks() -> None:
    text = "**残差连接（residual）**是**“捷径”**，*注意：*不是 a * b * c。"
    assert drawn(text) == "  残差连接（residual）是“捷径”，注意：不是 a * b * c。\n"


def test_roles_lie_within_each_other() -> None:
    shown = drawn("**bold *both*** [resnet: mechanism] `code [a: b]` https://a.b/c.", colored=True)

    assert "\x1b[1mbold \x1b[0m" in shown
    assert "\x1b[1;3mboth\x1b[0m" in shown
    assert "\x1b[36m[resnet: mechanism]\x1b[0m" in shown
    assert "\x1b[32m`code [a: b]`\x1b[0m" in shown
    assert "\x1b[4mhttps://a.b/c\x1b[0m." in shown


def test_a_citation_is_not_broken_between_entry_and_section() -> None:
    lines = drawn("x" * 40 + " [transformer: mechanism]。", 60).splitlines()
    assert lines[1].strip() == "[transformer: mechanism]。"


def test_links_show_where_they_lead_and_make_none_themselves() -> None:
    shown = drawn(
        "[论文](https://a.b/残差?x=%20y 'title'), <https://c.d>, [https://e.f](https://e.f), "
        "![a picture](g.png), [bad](javascript:alert(1))",
        96,
        colored=True,
    )
    plain = ESCAPES.sub("", shown)
    assert "论文 (https://a.b/残差?x=%20y), https://c.d, https://e.f, a picture (g.png)," in plain
    assert "[bad](javascript:alert(1))" in unbroken(plain)
    assert "\x1b]8" not in shown


def test_lists_keep_their_numbers_and_their_depth() -> None:
    text = "3. three\n4. four\n   - deep\n     > quoted\n\n   more\n- [x] done\n-\n"
    assert drawn(text).splitlines() == [
        "  3. three",
        "  4. four",
        "     • deep",
        "",
        "       │ quoted",
        "",
        "     more",
        "  • [x] done",
        "  •",
    ]


def test_code_keeps_its_lines_however_long_they_are() -> None:
    line = "x = " + "1 + " * 40 + "1"
    shown = drawn(f"```python\n{line}\n\n\ty = 2\n```\nafter", 60).splitlines()
    assert shown == [f"    {line}", "", "        y = 2", "", "  after"]


def test_a_table_is_drawn_in_columns_or_row_by_row_where_columns_would_be_too_narrow() -> None:
    table = "| Net | Error |\n|---|--:|\n| ResNet<br>34 | **3.57 %** |\n| 普通 | 28.54 % |\n"
    assert drawn(table).splitlines() == [
        "  Net       Error",
        "  ──────  ───────",
        "  ResNet   3.57 %",
        "  34",
        "  普通    28.54 %",
    ]
    address = "https://arxiv.org/abs/1512.03385"
    wide = (
        f"| Net | Where | What |\n|---|---|---|\n| ResNet | {address} | {'long words ' * 9} |\n| B | | b |\n"
    )
    assert drawn(wide, 50).splitlines() == [
        "  Net: ResNet",
        f"    Where: {address}",
        "    What: long words long words long words long",
        "    words long words long words long words long",
        "    words long words",
        "",
        "  Net: B",
        "    What: b",
    ]


def test_what_was_struck_is_seen_without_any_style() -> None:
    assert drawn("not ~~this~~ that") == "  not ~~this~~ that\n"


def test_html_and_link_definitions_are_text() -> None:
    shown = drawn("<script>x</script> a<br>b\n\n[a]: https://x.y\n\n<div>\n\n[a]")
    assert "<script>x</script> a\n  b\n" in shown
    assert "[a]: https://x.y" in shown
    assert "<div>" in shown


def test_lines_of_one_paragraph_are_joined_as_their_script_wants_it() -> None:
    assert drawn("one\ntwo") == "  one two\n"
    assert drawn("残差\n网络，\nResNet\n好") == "  残差网络，ResNet 好\n"
    assert drawn("hard  \nbreak\\\nagain") == "  hard\n  break\n  again\n"


def test_ascii_draws_no_boxes() -> None:
    shown = drawn("- a → b\n\n> c\n\n---\n\n| a | b |\n|---|---|\n| c | d |\n", ascii_only=True)
    assert shown.isascii()
    assert "* a > b" in shown


@pytest.mark.parametrize(
    ("latex", "shown"),
    [
        (r"\text{softmax}\left(\frac{QK^\top}{\sqrt{d_k}}\right)V", "softmax(QKᵀ/√dₖ)V"),
        (r"y = \mathcal{F}(x, \{W_i\}) + x", "y = F(x, {Wᵢ}) + x"),
        (r"L(N) = \left(\frac{N_c}{N}\right)^{\alpha_N}", "L(N) = (N_c/N)^(α_N)"),
        (r"a_i \times b_{i+1} \cdot 10^{-3}", "aᵢ × b_(i+1) · 10⁻³"),
        (r"\hat{y} \in \mathbb{R}^{d_{model}}", "ŷ ∈ ℝ^(d_model)"),
        (r"\begin{aligned} a &= b \\ &= c \end{aligned}", "a = b\n= c"),
        (r"\frac{\partial L}{\partial x}", "∂L/∂x"),
        ("\\unknown{x_i} \\", "\\unknown{xᵢ} \\"),
    ],
)
def test_a_formula_is_readable(latex: str, shown: str) -> None:
    assert readable(latex) == shown


def test_what_looks_like_a_formula_and_is_none_stays() -> None:
    assert drawn(r"It costs $5 and $6, see \[resnet: one_liner\] or \[1\], US$5-$6.") == (
        "  It costs $5 and $6, see [resnet: one_liner] or [1], US$5-$6.\n"
    )
    assert drawn("where \\(x_1\\) and $y^2$\n\\[\na = b\n+ c\n\\]\nend") == (
        "  where x₁ and y²\n\n    a = b\n    + c\n\n  end\n"
    )


@pytest.mark.parametrize(
    "part", ["*a ", "**", "[", "![", "> ", "- ", "`", "$", "\\(", "|", "{", "\\frac", "<", "&"]
)
def test_no_depth_is_too_deep(part: str) -> None:
    for text in (f"{part * 1500}word", f"$${part * 1500}$$"):
        assert all(cell_len(line) <= 80 for line in drawn(text).splitlines())


def test_deep_lists_leave_room_for_their_text() -> None:
    nested = "\n".join(f"{'  ' * depth}- attention" for depth in range(9))
    assert drawn(nested, 20).count("attention") == 9
