"""Paragraphs out of PDF files, and what is said about files that have none."""

import contextlib
import io
import subprocess
import sys
import textwrap
import time
import zlib
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PageObject, PdfReader, PdfWriter
from tests.conftest import Run
from tests.tutor.pdfs import page_of, pdf
from tests.tutor.server import ModelServer, answer

from ailearn.errors import ContentError
from ailearn.tutor import pdf as reading
from ailearn.tutor.bibliography import is_entry, is_prose
from ailearn.tutor.documents import Block
from ailearn.tutor.originals import read_document
from ailearn.tutor.running_heads import without_running_heads

LINE = "These words fill the whole width of the column that they stand in,"
END = "and these are its end."


def blocks(*pages: Sequence[str], title: str = "") -> list[tuple[str, str]]:
    document = reading.read_pdf(pdf(*pages, title=title), "paper.pdf")
    return [
        (block.kind, block.text or block.source.strip()) for block in document.blocks if block.source.strip()
    ]


def failure(data: bytes, name: str = "paper.pdf", suffix: str = "") -> tuple[str, str | None]:
    with pytest.raises(ContentError) as caught:
        read_document(data, name, suffix)
    assert str(caught.value).count(name) == 1
    return caught.value.key, caught.value.hint


def test_wrapped_lines_are_joined_and_a_short_last_line_ends_a_paragraph() -> None:
    assert blocks([LINE, LINE, END, "A second one begins here: " + LINE, END]) == [
        ("paragraph", f"{LINE} {LINE} {END}"),
        ("paragraph", f"A second one begins here: {LINE} {END}"),
    ]


@pytest.mark.parametrize(
    ("first", "second", "whole"),
    [
        ("the propa-", "gation of errors", "the propagation of errors"),
        ("it uses self-", "attention only", "it uses self-attention only"),
        ("a large-scale, an end-to-", "end network", "a large-scale, an end-to-end network"),
        ("in the soft-", "max layer, as softmax does", "in the softmax layer, as softmax does"),
        ("this multi-", "head block; multi-head is good", "this multi-head block; multi-head is good"),
        ("between 5-", "10 of them", "between 5- 10 of them"),
    ],
)
def test_divided_words_are_made_whole(first: str, second: str, whole: str) -> None:
    assert blocks([LINE, f"{LINE} {first}", f"{second} {LINE}"])[0][1] == f"{LINE} {LINE} {whole} {LINE}"


def test_ligatures_become_letters_and_other_letters_stay() -> None:
    lines = reading._lines("e\ufb03cient \ufb01rst, x\u00b2 and \uff21")

    assert lines == ["efficient first, x\u00b2 and \uff21"]


def test_running_heads_and_page_numbers_are_dropped() -> None:
    words = ("alpha", "beta", "gamma", "delta")
    pages = [
        [f"ADA AND ALAN {number}", f"{word} {LINE}", LINE, f"{LINE} {word}", str(number)]
        for number, word in enumerate(words, start=7)
    ]
    pages.append([LINE, END, "Page 11 of 11"])
    found = " ".join(text for _, text in blocks(*pages))

    assert "ALAN" not in found
    assert not any(found.endswith(f" {number}") for number in range(7, 12))
    assert [found.count(word) for word in words] == [2] * 4


TEXT = ("The layer of a token depends on the epoch and on each kernel that was", "seen by the batch there.")
OPEN = (
    "The layer of a token depends on the epoch.",
    "And it is seen by all the batches of a norm, a kernel and others or",
)
GOES_ON = ("then taken by the layer that stands above it and all of the others,", "as they say.")


def numbered(*pages: Sequence[str], first: int = 1) -> list[list[str]]:
    """Pages with their number below."""
    return [[*page, str(number)] for number, page in enumerate(pages, start=first)]


def left_out(pages: Sequence[Sequence[str]]) -> list[str]:
    """The lines that are no part of the text."""
    body = without_running_heads(pages)
    gone = []
    for page, lines in zip(pages, body.pages, strict=True):
        left = iter([*lines, None])
        following = next(left)
        for line in page:
            if line == following:
                following = next(left)
            else:
                gone.append(line)
        assert following is None
    assert body.left_out == len(gone)
    return gone


@pytest.mark.parametrize(
    "pages",
    [
        # Sections numbered as the pages that they begin on, with and without page numbers.
        [[f"{number} {name}", *TEXT] for number, name in enumerate(("Aims", "Ways", "Data", "Ends"), 1)],
        [[f"{number} Exercises", *TEXT] for number in range(1, 5)],
        # Parts that begin on new pages.
        *(
            [[f"{word} {number}", *TEXT] for number in range(1, 10)]
            for word in ("Chapter", "Lecture", "Talk")
        ),
        [[f"Problem Set {number}", *TEXT] for number in range(1, 5)],
        [[f"The Results of {year}", *TEXT] for year in range(2011, 2016)],
        # What is counted, whatever it is called.
        *(
            [[named.format(number), *TEXT] for number in range(1, 6)]
            for named in ("Case {} Report", "Interview {} with the Author", "Principle {} of Learning")
        ),
        [[f"第 {number} 章", *TEXT] for number in range(1, 5)],
        [[f"Chapter {number}", *GOES_ON, *OPEN] for number in range(1, 5)],
        [[numeral, *TEXT] for numeral in ("I", "II", "III", "IV")],
        # Ends of sentences, tables and what stands over them.
        [[*GOES_ON, "In all of these runs, which are shown in Table 3"], [*GOES_ON], [*GOES_ON]],
        [[f"Table {number}", *GOES_ON, *OPEN] for number in range(1, 5)],
        [["Model Top-1 Top-5", "ResNet 3.2 4.5", *TEXT], ["Model Top-1 Top-5", "VGG 5.3 2.1"], [*TEXT]],
        # Numbers below words.
        [[f"Of the {word}", str(number), *TEXT] for number, word in enumerate(("norm", "gate", "node"), 1)],
        # The table of contents.
        [["1 Aims 2", "2 Ways 3"], ["1 Aims", *TEXT], ["2 Ways", *TEXT]],
        # What is said again and again.
        [list(TEXT)] * 5,
        [["Exercises", *TEXT]] * 5,
        [["Self-Attention", "one point"]] * 3 + [["Other", "words"], ["More", "of them"], ["The", "end"]],
        [["2019"], ["12", *TEXT], list(TEXT)],
        [["A citation: arXiv:1512.03385v1 [cs.CV] 10 Dec 2015 and more", *TEXT]],
        [["One", *TEXT], ["arXiv:1512.03385v1 [cs.CV] 10 Dec 2015", *TEXT]],
    ],
)
def test_in_doubt_a_line_is_part_of_the_text(pages: list[list[str]]) -> None:
    assert left_out(pages) == []
    if len(pages) > 1 and "2019" not in pages[0]:
        assert left_out(numbered(*pages)) == list(map(str, range(1, len(pages) + 1)))


def test_numbers_of_sections_and_tables_stay_beside_those_of_pages() -> None:
    pages = [
        ["A Small Paper", "Abstract", *TEXT],
        ["2 Related Work", *TEXT],
        [TEXT[0], "seen, and the results of all of these runs are shown in Table 3"],
        ["4 Experiments", *TEXT],
        ["A Heading Of Its Own 5", *TEXT],
    ]
    assert left_out(numbered(*pages)) == ["1", "2", "3", "4", "5"]


@pytest.mark.parametrize("heading", ["Proof of Claim {}", "{} Things to Try", "The Ways of Talk {}"])
def test_no_page_has_its_number_twice(heading: str) -> None:
    pages = [[heading.format(number), *TEXT] for number in range(1, 6)]

    assert left_out(numbered(*pages)) == ["1", "2", "3", "4", "5"]


def test_a_number_behind_a_bar_is_the_page_s() -> None:
    pages = [[f"Ada et al. | {number} | Depth of Nets", *TEXT] for number in range(1, 6)]

    assert left_out(pages) == [page[0] for page in pages]


@pytest.mark.parametrize(
    "heads",
    [
        [f"On the Depth of Nets {number}" for number in range(7, 12)],
        [f"{number} On the Depth of Nets" for number in range(7, 12)],
        [f"Depth of Nets {number}" if number % 2 else f"{number} Ada and Alan" for number in range(1, 7)],
        [f"IEEE TRANS. ON NETS, VOL. 39, NO. 6, JUNE 2017 {number}" for number in range(1137, 1142)],
        ["Published as a conference paper at ICLR 2015"] * 5,
        [f"Page {number} of 10" for number in range(1, 6)],
        [f"{number}/5" for number in range(1, 6)],
        [f"- {number} -" for number in range(1, 6)],
        [f"{number} | P a g e" for number in range(1, 6)],
        [f"第 {number} 页 共 5 页" for number in range(1, 6)],
        ["i", "ii", "iii", "iv", "v", "1", "2", "3"],
        [f"深度网络研究 {number}" for number in range(3, 8)],
    ],
)
@pytest.mark.parametrize("below", [False, True])
def test_what_is_certain_to_be_a_head_or_foot_is_left_out(heads: list[str], below: bool) -> None:
    pages = [[*TEXT, *TEXT, head] if below else [head, *TEXT, *TEXT] for head in heads]

    assert left_out(pages) == heads


def test_a_head_parts_sentences_and_the_name_of_a_section_stays_once() -> None:
    words = ("alpha", "beta", "gamma", "delta", "kappa", "sigma", "omega", "iota")
    heads = ["1 Aims", *["2 Ways"] * 3, *["Nets"] * 4]
    pages = [
        [head, f"{word} and {GOES_ON[0]}", GOES_ON[1], f"{word.title()} {OPEN[0]}", f"{OPEN[1]} {word}"]
        for head, word in zip(heads, words, strict=True)
    ]
    assert left_out(numbered(*pages)) == [
        "1", "2", "2 Ways", "3", "2 Ways", "4", "5", "Nets", "6", "Nets", "7", "Nets", "8",
    ]  # fmt: skip


def test_the_title_stays_on_the_first_page() -> None:
    pages = [["On the Depth of Nets", "Abstract", *TEXT], *[["On the Depth of Nets", *TEXT, *TEXT]] * 4]

    assert without_running_heads(pages).left_out == 4
    assert without_running_heads(pages).pages[0] == pages[0]


HEADINGS = (
    "Methods",
    "Exercises",
    "Chapter {}",
    "{} Related Work",
    "{} Nets",
    "Table {}",
    "Lecture {}",
    "{}",
)
SENTENCES = st.lists(st.sampled_from(("norm", "layer", "Table 3", "epoch", "token", "which")), min_size=4)
BODIES = st.lists(
    st.tuples(st.sampled_from(HEADINGS[:-1]), st.integers(1, 9)).map(lambda one: [one[0].format(one[1])])
    | SENTENCES.map(lambda words: textwrap.wrap(f"The {' '.join(words)}.", 40)),
    min_size=1,
    max_size=25,
).map(
    lambda parts: [f"{line[:3]}{at} {line[3:]}" if at % 3 else line for at, line in enumerate(chain(*parts))]
)


@given(BODIES, st.integers(3, 9), st.integers(1, 30), st.sampled_from(["", "{}", "Page {}", "On Nets {}"]))
@settings(max_examples=200)
def test_every_line_of_a_text_survives(lines: list[str], length: int, first: int, head: str) -> None:
    pages = [lines[at : at + length] for at in range(0, len(lines), length)]
    whole = [
        [head.format(number), *page]
        if head and number % 2
        else [*page, head.format(number)]
        if head
        else page
        for number, page in enumerate(pages, start=first)
    ]
    for page, body in zip(pages, without_running_heads(whole).pages, strict=True):
        left = list(body)
        for line in page:
            left.remove(line)


def test_it_is_said_how_many_lines_were_left_out(run: Run, connected: ModelServer, tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf(*numbered(["A Small Paper", "Abstract", *TEXT], ["2 Related Work", *TEXT], TEXT)))
    connected.reply_with(lambda _: answer("词"))
    result = run("translate", str(path), "--to", "zh", "--lang", "en")

    assert "## 2 Related Work" in result
    assert "Lines left out as running heads or page numbers: 3." in result.err


# References


ENTRIES = (
    ["1. Author, A. A paper on things. Journal 1, 2 (2015).",
     "2. Krizhevsky, A., Sutskever, I. & Hinton, G. E. Deep nets that are so",
     "deep that it is hard to see the end. In Proc. NeurIPS (2012)."],
    ["[1] A. Krizhevsky. One weird trick. 2014.",
     "[2] Ada Lovelace and Alan Turing. Notes on engines which are",
     "not there. CoRR abs/1409.1, 2014."],
    ["A. Krizhevsky, I. Sutskever, and G. Hinton", "Deep nets. In NIPS, 2012.",
     "Vaswani, A. et al. Attention is all you need. In NIPS, 2017."],
    ["Jimmy Lei Ba, Jamie Ryan Kiros, and Geoffrey E Hinton. Layer normalization. arXiv preprint",
     "arXiv:1607.06450, 2016."],
    ["12 Smith J, Doe K. On the depth of nets. Nature 2001;12:345-67.",
     "13 Roe L. More of it. Cell 1999;1:2-3."],
)  # fmt: skip
PROSE = (
    "We trained all of the models on the same machine, and we report means of",
    "five runs for each of them.",
)


def test_chinese_references_are_told_from_text() -> None:
    assert is_entry("[1] 张三, 李四. 深度网络的研究[J]. 计算机学报, 2015, 38(2): 1-10.")
    assert not is_prose("[1] 张三, 李四. 深度网络的研究[J]. 计算机学报, 2015, 38(2): 1-10.")
    assert is_prose("所有的模型都是在同一台机器上训练的，报告的是五次运行的平均值。")


@pytest.mark.parametrize("entries", ENTRIES)
@pytest.mark.parametrize(
    "heading",
    ["Methods", "Data availability", "A More Details", "Appendix A. Proofs", "6 Data, Code and Materials",
     "Supplementary Material", "Acknowledgements", "Author contributions", "Appendix", ""],
)  # fmt: skip
def test_what_follows_the_references_is_text(entries: list[str], heading: str) -> None:
    lines = [*TEXT, "References", *entries, *([heading] if heading else []), *PROSE, "References", *entries]
    document = reading.read_pdf(pdf(lines), "x")
    told = [(block.kind, block.text) for block in document.blocks if block.text]

    expected = [("paragraph", " ".join(TEXT)), ("heading", "References")]
    expected += [("heading", heading)] if heading else []
    assert told == [*expected, ("paragraph", " ".join(PROSE)), ("heading", "References")]
    assert "".join(document.source.split()).count("".join(entries[-1].split())) == 2
    assert document.bibliography >= 2


def test_it_is_said_how_many_references_were_left(run: Run, connected: ModelServer, tmp_path: Path) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf([*TEXT, "References", *ENTRIES[0], "Methods", *PROSE]))
    connected.reply_with(lambda _: answer("词"))
    result = run("translate", str(path), "--to", "zh", "--lang", "en")

    assert f"{' '.join(PROSE)}\n\n词\n" in result
    assert "Paragraphs left untranslated as references: 2." in result.err


# Paragraphs


def test_a_paragraph_goes_on_across_a_page() -> None:
    first, second = ["1", LINE, f"{LINE} which"], ["2", "goes on here.", "3 Next Section", END]

    assert blocks(first, second) == [
        ("paragraph", f"{LINE} {LINE} which goes on here."),
        ("heading", "3 Next Section"),
        ("paragraph", END),
    ]


def test_headings_below_an_open_sentence_and_chapters_are_headings() -> None:
    open_line = "seen, and the results of all of these runs are shown in Table 3"
    pages = (
        [TEXT[0], open_line],
        ["4 Experiments", *TEXT],
        ["Chapter 2", *TEXT],
        ["Lecture IV: On Nets", *TEXT],
    )

    assert [text for kind, text in blocks(*pages) if kind == "heading"] == [
        "4 Experiments", "Chapter 2", "Lecture IV: On Nets",
    ]  # fmt: skip


def test_a_number_in_a_sentence_begins_no_heading() -> None:
    lines = [f"{LINE} and of", "12 Layers of it are here in a line that is of full width again, too", END]

    assert [kind for kind, _ in blocks(lines)] == ["paragraph"]


def test_headings_formulas_tables_and_bullets() -> None:
    page = [
        "Deep Nets", "Ada Lovelace", "Abstract", LINE, END, "1 Introduction", LINE, LINE, "y = F(x) + x (1)",
        "where x is the input.", "2.1 Related Work", "ResNet-50 25.6 76.1 3.8 4.1 0.2", "12 34 56",
        "\u2022 a first point that is made here", "\u2022 a second point", "References",
        "[1] A. Author. A paper. 2015.", "A More Details", LINE,
    ]  # fmt: skip

    assert blocks(page) == [
        ("heading", "Deep Nets"), ("kept", "Ada Lovelace"), ("heading", "Abstract"),
        ("paragraph", f"{LINE} {END}"),
        ("heading", "1 Introduction"), ("paragraph", f"{LINE} {LINE}"), ("kept", "y = F(x) + x (1)"),
        ("paragraph", "where x is the input."), ("heading", "2.1 Related Work"),
        ("kept", "ResNet-50 25.6 76.1 3.8 4.1 0.2"), ("kept", "12 34 56"),
        ("item", "a first point that is made here"), ("item", "a second point"), ("heading", "References"),
        ("kept", "[1] A. Author. A paper. 2015."), ("heading", "A More Details"), ("paragraph", LINE),
    ]  # fmt: skip


def test_the_title_is_the_one_that_the_file_names_or_the_first_heading() -> None:
    assert reading.read_pdf(pdf([LINE, END], title="Named"), "x").title == "Named"
    assert reading.read_pdf(pdf(["Deep Nets", "Abstract", LINE]), "x").title == "Deep Nets"


def test_the_blocks_are_markdown() -> None:
    document = reading.read_pdf(pdf(["1 Introduction", LINE, END, "\u2022 a point"]), "x")

    assert document.source == f"## 1 Introduction\n\n{LINE} {END}\n\n- a point\n\n"
    assert document.blocks[0] == Block("heading", "## 1 Introduction\n", "1 Introduction")


def encrypted(password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf([LINE, END]))))
    writer.encrypt(password, owner_password="owner", algorithm="RC4-128")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def test_an_encrypted_pdf_opens_without_a_password_or_says_so() -> None:
    assert reading.read_pdf(encrypted(""), "x").blocks[0].text == f"{LINE} {END}"
    assert failure(encrypted("secret")) == ("error.pdf-encrypted", "hint.pdf-encrypted")


TEXTS = Path(__file__).with_name("texts")
AES = ("aes-128.pdf", "aes-256.pdf")


@pytest.mark.parametrize("name", AES)
def test_aes_is_read_with_the_package_for_it(name: str) -> None:
    pytest.importorskip("cryptography")
    data = (TEXTS / name).read_bytes()

    assert reading.read_pdf(data, "x").blocks[0].text == f"{LINE} {END}"


@pytest.mark.parametrize("name", AES)
def test_without_the_package_for_aes_it_says_what_to_do(name: str, connected: ModelServer) -> None:
    arguments = ["translate", str(TEXTS / name), "--lang", "en"]
    without = "import sys; sys.modules.update(dict.fromkeys(('cryptography', 'Crypto', 'Cryptodome')))"
    program = f"{without}; from ailearn.cli.boundary import main; sys.exit(main({arguments!r}))"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert result.returncode == 4
    assert "encrypted with AES" in result.stderr
    assert "ailearn-guide[aes]" in result.stderr
    assert connected.chats == []


SHOWN = b"BT /F1 10 Tf 50 800 Td\n(These are words of a page that are there.) Tj\nET\n"
TOO_MUCH = {
    "ascii85": lambda: page_of(b"z" * 50_000_000 + b"~>", b"/Filter /ASCII85Decode"),
    "hexadecimal": lambda: page_of(b"20" * 30_000_000 + b">", b"/Filter /ASCIIHexDecode"),
    "zlib": lambda: page_of(zlib.compress(b"\n" * 100_000_000), b"/Filter /FlateDecode"),
    "zlib twice": lambda: page_of(
        zlib.compress(zlib.compress(SHOWN * 500_000)), b"/Filter [/FlateDecode /FlateDecode]"
    ),
    "a line": lambda: page_of(b"BT /F1 10 Tf (" + b"word " * 6_000_000 + b") Tj ET"),
}


@pytest.mark.parametrize("kind", TOO_MUCH)
def test_what_is_beyond_all_measure_is_refused(
    run: Run, connected: ModelServer, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "much.pdf"
    path.write_bytes(TOO_MUCH[kind]())
    began = time.monotonic()
    result = run("translate", str(path), "--lang", "en")

    assert time.monotonic() - began < 60
    assert result.exit == 4
    assert "too large or too complex" in result.err


def test_a_page_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_PAGE_SECONDS", 0.0)
    assert failure(page_of(SHOWN)) == ("error.pdf-too-much", "hint.pdf-too-much")


def test_no_room_for_a_page_is_no_fault_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    def extract_text(*_: object, **__: object) -> str:
        raise MemoryError

    monkeypatch.setattr(PageObject, "extract_text", extract_text)
    assert failure(page_of(SHOWN)) == ("error.pdf-too-much", "hint.pdf-too-much")


def test_a_form_that_holds_itself_comes_to_an_end() -> None:
    assert "words" in reading.read_pdf(page_of(SHOWN + b"/X Do", b"/Subtype /Form"), "x").source


SOUND = pdf([LINE, END], ["1 Introduction", LINE, END], title="Named")


@given(st.lists(st.tuples(st.integers(0, len(SOUND) - 1), st.binary(max_size=4)), min_size=1, max_size=30))
def test_a_damaged_pdf_is_read_or_refused(changes: list[tuple[int, bytes]]) -> None:
    data = SOUND
    for at, put in changes:
        data = data[:at] + put + data[at + len(put) :]
    with contextlib.suppress(ContentError):
        reading.read_pdf(data, "x")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file")
def test_a_file_without_end_is_refused(run: Run, connected: ModelServer) -> None:
    result = run("translate", "/dev/zero", "--lang", "en")

    assert result.exit == 4
    assert "contains more than 100 MB" in result.err
    assert failure(b"word " * 3_000_000, suffix=".txt") == ("error.text-too-large", "hint.text-too-large")


def test_a_scan_holds_no_text() -> None:
    assert failure(pdf([], ["3"], [])) == ("error.pdf-no-text", "hint.pdf-no-text")


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7\nrubbish", b"%PDF-", pdf([LINE])[:200], pdf([LINE]).replace(b"/Pages", b"/Nothing")]
)
def test_a_broken_pdf_is_said_to_be_broken(data: bytes) -> None:
    assert failure(data) == ("error.pdf-broken", "hint.pdf-broken")


def test_a_file_that_only_calls_itself_pdf_is_none() -> None:
    assert failure(b"<html>Log in</html>", suffix=".PDF") == ("error.not-pdf", "hint.not-pdf")


def test_pages_and_bytes_are_told_from_text() -> None:
    assert failure(b"<!doctype html><p>Words", suffix="") == ("error.html-page", "hint.html-page")
    assert failure("残差".encode("gb18030")) == ("error.not-text", "hint.text-encoding")
    assert failure(b"PK\0\0") == ("error.not-text", "hint.text-encoding")
    assert read_document("残差".encode("utf-16"), "x").source == "残差"
