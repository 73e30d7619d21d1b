"""Paragraphs out of PDF files, and what is said about files that have none."""

import io
from collections.abc import Sequence

import pytest
from pypdf import PdfReader, PdfWriter
from tests.tutor.pdfs import pdf

from ailearn.errors import ContentError
from ailearn.tutor import pdf as reading
from ailearn.tutor.documents import Block
from ailearn.tutor.originals import read_document

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
    pages.append(["A Heading Of Its Own 11", LINE, END, "Page 11 of 11"])
    found = " ".join(text for _, text in blocks(*pages))

    assert "ALAN" not in found
    assert "Heading Of" not in found
    assert not any(found.endswith(f" {number}") for number in range(7, 12))
    assert [found.count(word) for word in words] == [2] * 4


def test_a_paragraph_goes_on_across_a_page() -> None:
    first, second = ["1", LINE, f"{LINE} which"], ["2", "goes on here.", "3 Next Section", END]

    assert blocks(first, second) == [
        ("paragraph", f"{LINE} {LINE} which goes on here."),
        ("heading", "3 Next Section"),
        ("paragraph", END),
    ]


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
