"""Where the text to translate comes from: a file, or the paper that an entry of the guide leads to."""

import contextlib
import hashlib
import re
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ailearn import network
from ailearn.catalog import browse
from ailearn.catalog.study import Study
from ailearn.errors import ContentError, NothingFound
from ailearn.replacing import replace_file
from ailearn.tutor.documents import Document, read_text

_FOLDER = "papers"
_MOST_MEGABYTES = 100
_MOST_BYTES = _MOST_MEGABYTES * 2**20
# Of text alone a book has less than this.
_MOST_TEXT_MEGABYTES = 10
_HTML = re.compile(r"\s*(?:<!--.*?-->\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_HTML_SUFFIXES = (".html", ".htm", ".xhtml")


class Paper(NamedTuple):
    """The paper of an entry: its title, where it is on the net, and its file, None until it was fetched."""

    title: str
    url: str
    kept: Path | None


def paper_of(study: Study, entry: str, cache: Path | None) -> Paper:
    """The paper of an entry, with the copy in the cache folder if there is one.

    Raises NothingFound, with the links there are, for an entry without a PDF.
    """
    document = browse.entry(study, entry)
    urls = [link["url"] for link in document["links"] if link["kind"] == "pdf"]
    if not urls:
        addresses = ", ".join(link["url"] for link in document["links"]) or document["url"] or "–"
        raise NothingFound("error.no-pdf", hint="hint.no-pdf", id=entry, addresses=addresses)
    path = _place(cache, entry, urls[0])
    kept = False
    with contextlib.suppress(OSError):
        kept = path is not None and path.is_file()
    return Paper(document["title"]["en"], urls[0], path if kept else None)


def fetched(paper: Paper, entry: str, cache: Path | None) -> bytes:
    """The file of a paper, from the cache folder or the net; what comes from the net is kept there.

    Raises NetworkError.
    """
    if paper.kept is not None:
        with contextlib.suppress(OSError):
            return paper.kept.read_bytes()
    data = network.download(paper.url, _MOST_BYTES)
    path = _place(cache, entry, paper.url)
    # What is no PDF is not worth keeping: the next try may bring one.
    if path is not None and b"%PDF-" in data[:1024]:
        with contextlib.suppress(OSError):
            replace_file(path, data)
    return data


def _place(cache: Path | None, entry: str, url: str) -> Path | None:
    mark = hashlib.blake2b(url.encode(), digest_size=4).hexdigest()
    return cache / _FOLDER / f"{entry}-{mark}.pdf" if cache else None


def read_file(file: BinaryIO, name: str) -> bytes:
    """What an open file holds. Raises OSError, and ContentError for more than anybody would translate."""
    data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise _too_large(name, _MOST_MEGABYTES)
    return data


def _too_large(name: str, megabytes: int) -> ContentError:
    return ContentError("error.text-too-large", hint="hint.text-too-large", name=name, megabytes=megabytes)


def read_document(data: bytes, name: str, suffix: str = "") -> Document:
    """A PDF, Markdown or plain text taken apart. `name` is what errors call it.

    Raises ContentError for what is none of these, or too much of it.
    """
    from ailearn.tutor.pdf import is_pdf, read_pdf

    if is_pdf(data):
        return read_pdf(data, name)
    if suffix.lower() == ".pdf":
        raise ContentError("error.not-pdf", hint="hint.not-pdf", name=name)
    if len(data) > _MOST_TEXT_MEGABYTES * 2**20:
        raise _too_large(name, _MOST_TEXT_MEGABYTES)
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")
    except UnicodeDecodeError as error:
        raise ContentError("error.not-text", hint="hint.text-encoding", place=name) from error
    if "\0" in text:
        raise ContentError("error.not-text", hint="hint.text-encoding", place=name)
    if suffix.lower() in _HTML_SUFFIXES or _HTML.match(text):
        raise ContentError("error.html-page", hint="hint.html-page", name=name)
    return read_text(text, suffix)
