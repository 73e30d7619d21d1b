"""Texts cut into blocks: nothing of the original is lost, and what is no prose is never touched."""

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ailearn.tutor import placeholders
from ailearn.tutor.documents import CELL, Document, below, form_of, read_text
from ailearn.tutor.markdown_blocks import parser

MARK = "译译译"
# Lines that mean something to Markdown, and some that do not.
LINES = (
    "Words of a paragraph.", "more words", "# Heading", "## Two #", "Setext", "===", "---", "- item",
    "- [ ] task", "* star", "1. one", "2) two", "> quote", "> - in a quote", "- > quote in an item",
    "  continued", "    code or not", "\tcode", "```", "~~~py", "$$", "$$x = y$$", "\\[", "\\]",
    "| a | b |", "|---|---|", "| 1 | `x\\|y` |", "a | b", "<div>", "</div>", "<!-- note -->",
    "[label]: http://example.org", "[^1]: A footnote.", "![alone](i.png)", "***", "", "", "",
    "\u3000\u3000中文段落。", "hard break  ", "back\\", "+++", "   ", ">", "-", "1.", "\ufeff", "x\x1fy\x0bz",
    "\\begin{align}", "\\end{align}", "- - nested", "-\ttabbed", "10. ten", ":::note", "::: tip A title",
    ":::", '!!! warning "Mind"', "!!! note", "??? note", '=== "Tab"', "{{< x >}}", "{{% y %}}", "{% raw %}",
    "{{ z }}", "{% highlight py %}", "{% endhighlight %}", "{{< figure", ">}}", "%%", "%% note %%",
    "words ^id", "^id", "![[image.png]]", "[[Page|alias]]", "> [!note] Title", "> [!tip]-", ": a definition",
    "# T {#id}", "[TOC]", "==high==",
)  # fmt: skip
MARKDOWN = st.tuples(
    st.lists(st.sampled_from(LINES), max_size=12), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans()
).map(lambda given: given[1].join(given[0]) + (given[1] if given[2] else ""))
TEXTS = MARKDOWN | st.text(max_size=200) | st.text("ab *_-#>`$|\\[]()\n\r\t 中。1.", max_size=80)


def woven(document: Document, translation: str = MARK) -> str:
    """A document with the same words under everything that can be translated."""
    whole = ""
    for number, block in enumerate(document.blocks):
        whole += block.source
        if block.text:
            cells = CELL.join([translation] * (block.text.count(CELL) + 1))
            whole += below(document, number, cells if block.kind == "row" else translation)
    return whole


def blocks(text: str, suffix: str = ".md") -> list[tuple[str, str]]:
    """Kind and text of all blocks but blank ones."""
    return [
        (block.kind, block.text or block.source.strip("\n"))
        for block in read_text(text, suffix).blocks
        if block.source.strip()
    ]


@given(TEXTS, st.sampled_from([".md", ".txt", ""]))
def test_the_blocks_are_the_original_byte_for_byte(text: str, suffix: str) -> None:
    document = read_text(text, suffix)

    assert document.source == text
    assert all(bool(block.text) <= (block.kind != "kept") for block in document.blocks)


@given(TEXTS, st.sampled_from([".md", ".txt"]))
def test_with_the_translations_taken_out_the_document_is_the_original(text: str, suffix: str) -> None:
    assume(MARK not in text)
    document = read_text(text, suffix)
    whole = woven(document)

    for number, block in enumerate(document.blocks):
        cells = CELL.join([MARK] * (block.text.count(CELL) + 1))
        put = below(document, number, cells if block.kind == "row" else MARK) if block.text else ""
        assert put.count(MARK) == (block.text.count(CELL) + 1 if block.text else 0)
        assert whole.startswith(block.source + put)
        whole = whole[len(block.source + put) :]
    assert whole == ""


ENDS = {*(("gone", f"{one}_close") for one in ("paragraph", "td", "th")), ("tr_open", "tr_close")}


def outline(text: str) -> list[tuple[str, str]]:
    """What Markdown makes of a text, without the translations, and without whether lists are loose."""
    tokens = parser().parse(text.removeprefix("\ufeff"))
    told: list[tuple[str, str]] = []
    for token in tokens:
        if token.type == "inline" and re.fullmatch(f"(?:{MARK})?", token.content.strip()):
            # The paragraph or cell around a translation goes with it.
            opened = told.pop()
            assert opened[0] in ("paragraph_open", "td_open", "th_open", "gone"), opened
            told.append(("gone", ""))
        elif told and (told[-1][0], token.type) in ENDS:
            told.pop()
        elif token.type not in ("tbody_open", "tbody_close"):
            told.append((token.type, token.content))
    return told


@given(MARKDOWN)
@settings(max_examples=200)
def test_translations_change_nothing_else_in_the_markdown(text: str) -> None:
    # Footnotes are not of CommonMark, which takes what is set in below one for code.
    assume("[^1]" not in text)
    document = read_text(text, ".md")

    assert outline(woven(document)) == outline(text)


@given(TEXTS)
def test_a_translation_that_looks_like_markup_stays_words(text: str) -> None:
    assume("\r" not in text and "\0" not in text)
    # Nothing but tags comes of an original that was, and is kept.
    assume(not re.match(r"\{\{|\{%|\{#|\{/\*|%%|!\[\[|\[\[?_?toc", text.strip(), re.IGNORECASE))
    document = Document("", read_text("A paragraph.\n", ".md").blocks, "markdown")

    put = below(document, 0, " ".join(text.split()) or "x")
    kinds = {token.type for token in parser().parse("A paragraph.\n" + put)}

    assert kinds <= {"paragraph_open", "paragraph_close", "inline"}


def test_what_is_no_prose_is_kept() -> None:
    kept = """---
title: A note
---

```python
print("words")  # more words
```

    indented code

<table><tr><td>words</td></tr></table>

$$
\\text{loss} = y
$$

\\[ a = b \\]

\\begin{align}
a &= b
\\end{align}

[label]: http://example.org "Title"

---
"""
    assert {kind for kind, _ in blocks(kept)} == {"kept"}


def test_prose_is_found_in_every_place() -> None:
    text = """# A *heading* #

Hard-wrapped
words.

- an item
  of two lines

  its second paragraph
- [x] done
  1. nested

> quoted
> words

| Model | Size |
|-------|-----:|
| Large | 5 |

[^1]: A footnote.

Title
=====
"""
    assert blocks(text) == [
        ("heading", "A *heading*"), ("paragraph", "Hard-wrapped words."), ("item", "an item of two lines"),
        ("item", "its second paragraph"), ("item", "done"), ("item", "nested"), ("quote", "quoted words"),
        ("row", "Model\x1fSize"), ("row", "Large\x1f5"), ("paragraph", "A footnote."), ("heading", "Title"),
    ]  # fmt: skip


EXTENDED = """---
title: A note
---

See [[Page Name|the alias]] and ![[image.png]] with [[Other Page]] here. ^block-1

:::note
Text in a note
of two lines.
:::

::: warning Custom title
More text.
:::

:::tip[A boxed title]{.wide}

Body of it.

:::

!!! warning "Mind the gap"
    Text of the warning
    in two lines.

    - an item

??? note
    Folded words.

=== "Tab one"

    Words of the tab.

Plain words !!! Wow.
{{< figure src="x.png" >}}
Words after with {{< ref "a" >}} inside and
{{ name }}
too.

{% raw %}
Words between.
{% endraw %}

{% highlight python %}
code words here

more
{% endhighlight %}

%%
a comment block

of words
%%

Words with %%a comment%% and ==a highlight== here.

> [!note]- A callout title
> Its body text.

> [!WARNING]
> Only a body.

Term
: Its definition.

A note[^1] and math \\(x\\) and $$y$$.

[^1]: First footnote.
[^2]: Second footnote.

## A heading {#the-id .cls}

Words <!-- comment --> go on.
^lonely

[TOC]

{{< figure
  src="words of no use"
>}}

| [[Page\\|alias]] | b |
|---|---|

::::{note} A myst title
Inside.
::::
"""


def test_what_sites_and_wikis_add_to_markdown_is_kept_and_its_prose_found() -> None:
    document = read_text(EXTENDED, ".md")
    texts = [placeholders.protect(block.text).text for block in document.blocks if block.text]

    assert document.source == EXTENDED
    assert texts == [
        "See ⟦1⟧the alias⟦2⟧ and ⟦3⟧ with ⟦4⟧ here.", "Text in a note of two lines.", "Custom title",
        "More text.", "A boxed title", "Body of it.", "Mind the gap", "Text of the warning in two lines.",
        "an item", "Folded words.", "Tab one", "Words of the tab.", "Plain words !!! Wow.",
        "Words after with ⟦1⟧ inside and ⟦2⟧ too.", "Words between.",
        "Words with ⟦1⟧ and ==a highlight== here.", "A callout title", "Its body text.", "Only a body.",
        "Term", "Its definition.", "A note⟦1⟧ and math ⟦2⟧ and ⟦3⟧.", "First footnote.", "Second footnote.",
        "A heading", "Words ⟦1⟧ go on.", "⟦1⟧alias⟦2⟧ ⟦3⟧ b", "A myst title", "Inside.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        '--8<-- "file.md"', "-8<- file.md", "::youtube{id=1}", "::toc", "\\newpage", "\\include{chapter}",
        "\\tableofcontents*",
        "![a](b.png){width=50%}",
    ],
)  # fmt: skip
def test_a_line_for_a_program_alone_is_kept(line: str) -> None:
    document = read_text(f"Words before.\n\n{line}\n\nWords after.\n", ".md")
    texts = [placeholders.bare(placeholders.protect(block.text).text).strip() for block in document.blocks]

    assert [text for text in texts if text] == ["Words before.", "Words after."]


@pytest.mark.parametrize("line", ["::", "import it from there", "\\* a star", "::a word", "-8< a word"])
def test_a_line_that_only_looks_like_it_is_words(line: str) -> None:
    assert any(line in block.text for block in read_text(f"{line} and more\n", ".md").blocks)


def test_translations_stand_inside_of_directives_and_admonitions() -> None:
    text = '!!! note "Title"\n    Words.\n\n::: tip Title\nWords.\n:::\n\n> [!tip] Title\n> Words.\n'

    assert woven(read_text(text, ".md"), "译") == (
        '!!! note "Title"\n\n    译\n\n    Words.\n\n    译\n\n'
        "::: tip Title\n\n译\n\nWords.\n\n译\n\n:::\n\n> [!tip] Title\n>\n> 译\n>\n> Words.\n>\n> 译\n"
    )


def test_a_translation_stands_inside_the_same_item_or_quote() -> None:
    text = "- item\n  1. nested\n\n> > deep\n\n| a | b |\n|---|---|\n| c | d |\n"

    assert woven(read_text(text, ".md"), "译|文") == (
        "- item\n\n  译|文\n\n  1. nested\n\n     译|文\n\n> > deep\n> >\n> > 译|文\n\n"
        "| a | b |\n|---|---|\n| 译\\|文 | 译\\|文 |\n| c | d |\n| 译\\|文 | 译\\|文 |\n"
    ).replace("文\n\n  1.", "文\n  1.")


def test_line_feeds_stay_those_of_the_text() -> None:
    assert woven(read_text("One.\r\n\r\nTwo.", ".md"), "一。") == "One.\r\n\r\n一。\r\n\r\nTwo.\n\n一。\n"


@pytest.mark.parametrize(
    ("text", "suffix", "form"),
    [
        ("plain words", "", "plain"),
        ("# Heading\n\nwords", "", "markdown"),
        ("words\n\n```\ncode\n```\n", "", "markdown"),
        ("see [this](http://x.org)", "", "markdown"),
        ("a | b\n--|--\n1 | 2", "", "markdown"),
        ("# Heading", ".txt", "plain"),
        ("plain words", ".MD", "markdown"),
        ("two * three * four - five\n- a dash", "", "plain"),
    ],
)
def test_the_form_is_told_by_suffix_or_looks(text: str, suffix: str, form: str) -> None:
    assert form_of(text, suffix) == form


def test_plain_text_joins_wrapped_lines_and_leaves_poems_and_code_alone() -> None:
    text = """The Title

The first paragraph is wrapped
by hand.

    for one in all:
        print(one)

  Shall I compare thee
  to a summer's day?

* a bullet that goes
  on here
* another

1234  5678

　　中文的段落，
第二行。
"""
    assert blocks(text, ".txt") == [
        ("heading", "The Title"), ("paragraph", "The first paragraph is wrapped by hand."),
        ("kept", "    for one in all:\n        print(one)"),
        ("kept", "  Shall I compare thee\n  to a summer's day?"),
        ("item", "a bullet that goes on here"), ("item", "another"), ("kept", "1234  5678"),
        ("paragraph", "中文的段落，第二行。"),
    ]  # fmt: skip


def test_plain_text_with_a_margin_is_no_poem_and_long_lines_are_paragraphs() -> None:
    rfc = "   All of this text\n   stands at a margin.\n\n   And so does\n   this.\n"
    novel = f"{'First line of a novel. ' * 8}\n“Said he.”\n{'Third. ' * 20}\n"

    assert [kind for kind, _ in blocks(rfc, ".txt")] == ["paragraph", "paragraph"]
    assert [kind for kind, _ in blocks(novel, ".txt")] == ["paragraph", "paragraph", "paragraph"]


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("run `pip install x` or ``a`b``", "run ⟦1⟧ or ⟦2⟧"),
        ("where $x_i$ and \\(y\\) and $$z$$", "where ⟦1⟧ and ⟦2⟧ and ⟦3⟧"),
        ("it costs $5 or $10", "it costs $5 or $10"),
        ('see [the *paper*](http://a.b/c_(d) "t")', "see [the *paper*](⟦1⟧)"),
        ("![a picture](p.png) of [![x](y)](z)", "⟦1⟧ of [⟦2⟧](⟦3⟧)"),
        ("as shown [12], [3, 4] and [5-7][8]", "as shown ⟦1⟧, ⟦2⟧ and ⟦3⟧"),
        ("deep (He et al., 2015; Ba and Kingma, 2014a)", "deep ⟦1⟧"),
        ("in (March 2015) and (in 2015)", "in (March 2015) and (in 2015)"),
        ("<b>bold</b>&nbsp;a < b > c", "⟦1⟧bold⟦2⟧⟦3⟧a < b > c"),
        ("mail a.b@c.org or https://x.org/p?q=1. Or 10.1109/CVPR.2016.90.", "mail ⟦1⟧ or ⟦2⟧. Or ⟦3⟧."),
        ("<https://x.org> 请看https://x.org/a。", "⟦1⟧ 请看⟦2⟧。"),
        ("a note[^1] and @x [@he2015, p. 3]", "a note⟦1⟧ and @x ⟦2⟧"),
        ("[words][label] and [label] but [other]", "[words][⟦1⟧] and [label][⟦2⟧] but [other]"),
        ("`[label]` in code", "⟦1⟧ in code"),
        ("a literal ⟦7⟧", "a literal ⟦1⟧"),
        ("[[A b|its words]], [[A b#c]], ![[i.png|300]]", "⟦1⟧its words⟦2⟧, ⟦3⟧, ⟦4⟧"),
        ("[[1]](http://x.y) and [[A|`x`]]", "[⟦1⟧](⟦2⟧) and ⟦3⟧"),
        ("{{ a }} {% b %} {{< c >}} {{% d %}} {# e #} {/* f */}", "⟦1⟧ ⟦2⟧ ⟦3⟧ ⟦4⟧ ⟦5⟧ ⟦6⟧"),
        ("5%% of words or 6%% of them, %% a comment %%", "5%% of words or 6%% of them, ⟦1⟧"),
        ("see {ref}`x` :smile: at 10:30:15, in a:b: c", "see ⟦1⟧⟦2⟧ ⟦3⟧ at 10:30:15, in a:b: c"),
        ("[words]{.class} and {x}", "[words]⟦1⟧ and {x}"),
    ],
)
def test_what_must_not_change_is_marked(text: str, marked: str) -> None:
    found = placeholders.protect(text, frozenset({"LABEL"}))

    assert found.text == marked
    assert placeholders.misplaced(found.text, found.text, found) == []
    assert placeholders.restored(found.text, found).replace("[label][label]", "[label]") == text


@given(st.text(max_size=60) | st.text("`$[]()!<>\\⟦⟧1a. @/:&;\n", max_size=40))
def test_marks_can_always_be_taken_back(text: str) -> None:
    found = placeholders.protect(text)

    assert placeholders.restored(found.text, found).split() == text.split()


@pytest.mark.parametrize(
    ("translation", "wrong"),
    [
        ("⟦1⟧ [词](⟦2⟧)", []),
        ("[词](⟦2⟧) 在 ⟦1⟧", []),
        ("[词](⟦2⟧)", ["⟦1⟧"]),
        ("⟦1⟧ ⟦1⟧ [词](⟦2⟧)", ["⟦1⟧"]),
        ("⟦1⟧ [词](⟦2⟧) ⟦3⟧", ["⟦3⟧"]),
        ("⟦1⟧ 词 ⟦2⟧", ["](⟦2⟧)"]),
    ],
)
def test_lost_doubled_and_invented_marks_are_found(translation: str, wrong: list[str]) -> None:
    found = placeholders.protect("`x` [word](http://y)")

    assert placeholders.misplaced(found.text, translation, found) == wrong


@pytest.mark.parametrize(
    ("translation", "wrong"),
    [
        ("见⟦1⟧别名⟦2⟧", []),
        ("⟦1⟧别名⟦2⟧见", []),
        ("见⟦2⟧别名⟦1⟧", ["⟦1⟧", "⟦2⟧"]),
        ("见别名⟦1⟧⟦2⟧", ["⟦1⟧", "⟦2⟧"]),
        ("见⟦1⟧别名", ["⟦2⟧"]),
    ],
)
def test_the_words_of_a_wiki_link_stay_inside_of_it(translation: str, wrong: list[str]) -> None:
    found = placeholders.protect("see [[Page|alias]]")

    assert placeholders.misplaced(found.text, translation, found) == wrong


def test_marks_are_known_however_a_model_writes_them() -> None:
    assert placeholders.tidied("〚1〛、⟦ 2 ⟧、⟦３⟧") == "⟦1⟧、⟦2⟧、⟦3⟧"
