"""Which entry a reader means: by id, alias, short name, title, arXiv id, DOI, ISBN or pasted address."""

import json
import re
import unicodedata
from typing import NamedTuple

from ailearn.catalog import folding
from ailearn.catalog.study import Study
from ailearn.errors import NoSuchEntry
from ailearn.messages import Names

# Patterns are compiled when they are first needed; most commands need none of them.
# An arXiv id of either form (arxiv.org/help/arxiv_identifier) and the version behind it.
_ID = r"(?P<id>\d{4}\.\d{4,5}|[a-z]+(?:-[a-z]+)?(?P<class>\.[a-z]{2})?/\d{7})(?:v\d+)?(?![\d.]*[\w-])"
# An id behind the name of arXiv, in an address, in brackets, or alone but for the subject and date behind it.
_ARXIV = (
    rf"arxiv(?:\.org)?(?:\s+preprint)?(?:[:.\s]|/(?:abs|pdf|html)/)\s*{_ID}",
    rf"(?:https?://|(?<![\w./~-])(?:[\w-]+\.)+[a-z]{{2,}}(?::\d+)?/)\S*?[/=:]{_ID}",
    rf"(?:\[|eprint\s*=\s*[{{\"]){_ID}(?:[\]}}\"]|$)",
    rf"^{_ID}(?:\s*\[[a-z.-]+\].*)?$",
)
# What follows an id in the name of a file is no part of it.
_FILE = r"(?i)\.(?:pdf|html?|txt|ps|gz)(?=$|[?#&\s)\]>])"
_DOI = r"(?:^|doi(?:\.org/|[:\s/]|=)\s*|/)(?P<id>10\.\d{4,9}/[^\s<>\"?#]+)"
# No identifier has fewer, and most names are ruled out so.
_FEWEST_DIGITS = 5
# The DOIs that arXiv itself gives out hold the arXiv id.
_ARXIV_DOI = rf"10\.48550/arxiv\.{_ID}"
# What stands around an identifier that was copied out of a text.
_AROUND = " \t\r\n\"'<>「」『』“”‘’《》〈〉.,;:!?。，、；：！？"
_CLOSING = {")": "(", "]": "[", "}": "{", "）": "（", "】": "【"}
# What publishers put behind a DOI in their own addresses.
_VIEW = r"/(?:full|abstract|pdf|epdf|meta|html)$"


class Candidate(NamedTuple):
    """An entry that a name may stand for, and the name under which it was found."""

    id: str
    shown: str


def identifier(text: str) -> str | None:
    """The bare arXiv id or DOI that `text` is, leads to or quotes, or None when there is none in it.

    Versions, the names of files and whatever else stands around them are left out.
    """
    if sum(map(str.isdigit, text)) < _FEWEST_DIGITS:
        return None
    from urllib.parse import unquote

    text = _unwrapped(unicodedata.normalize("NFKC", unquote(text)))
    text = re.sub(_FILE, "", text)
    found = re.search(_DOI, text, re.I)
    if found is not None:
        doi = re.sub(_VIEW, "", _unwrapped(found["id"]).rstrip("/"))
        own = re.fullmatch(_ARXIV_DOI, doi, re.I)
        return _arxiv(own) if own else doi
    found = next((one for pattern in _ARXIV if (one := re.search(pattern, text, re.I))), None)
    return _arxiv(found) if found else None


def _arxiv(found: re.Match[str]) -> str:
    """The id without its subject class, which means nothing (`math.GT/0309136` is `math/0309136`)."""
    return found["id"].replace(found["class"] or "", "").lower()


def _unwrapped(text: str) -> str:
    """`text` without the marks of the sentence or list that it was copied from."""
    text = text.strip(_AROUND)
    while text and text[-1] in _CLOSING and text.count(_CLOSING[text[-1]]) < text.count(text[-1]):
        text = text[:-1].strip(_AROUND)
    while text and text[0] in _CLOSING.values():
        closing = next(one for one, opening in _CLOSING.items() if opening == text[0])
        if text.count(closing) >= text.count(text[0]) and not text.endswith(closing):
            break
        text = text[1:].removesuffix(closing).strip(_AROUND)
    return text


def candidates(study: Study, name: str) -> tuple[Candidate, ...]:
    """The entries that `name` stands for exactly, those for which it is the strongest name first."""
    return _called(study, name) or _called(study, identifier(name) or "") or _linked(study, name)


def _called(study: Study, name: str) -> tuple[Candidate, ...]:
    rows = study.connection.execute(
        "SELECT entry, shown, rank FROM name WHERE key = ? ORDER BY rank, entry", (folding.name_key(name),)
    ).fetchall()
    strongest = [row for row in rows if row[2] == rows[0][2]]
    return tuple(Candidate(row[0], row[1]) for row in strongest)


def _linked(study: Study, name: str) -> tuple[Candidate, ...]:
    """The entries that link to the address `name`, or to the identifier in it."""
    address, named = _bare(name), identifier(name)
    if named is None and ("." not in address or any(map(str.isspace, address))):
        return ()

    def leads_there(url: str) -> bool:
        return _bare(url) == address or (named is not None and identifier(url) == named)

    found = []
    for entry_id, text in study.connection.execute("SELECT id, summary FROM entry"):
        url = next((link["url"] for link in json.loads(text)["links"] if leads_there(link["url"])), None)
        found += [Candidate(entry_id, url)] if url else []
    return tuple(found)


def _bare(address: str) -> str:
    """An address without what makes no difference: scheme, `www.`, fragment and the slash at the end."""
    bare = re.sub(r"(?i)^https?://", "", _unwrapped(address)).partition("#")[0]
    return bare.removeprefix("www.").rstrip("/").casefold()


def resolve(study: Study, name: str) -> str:
    """The id of the one entry called `name`.

    Raises NoSuchEntry when there is none (with the nearest three) or more than one (with all).
    """
    found = candidates(study, name)
    if len(found) == 1:
        return found[0].id
    if found:
        raise NoSuchEntry(
            "error.several-entries",
            hint="hint.candidates",
            name=name,
            names=Names(one.id for one in found),
        )
    near = nearest(study, name)
    raise NoSuchEntry(
        "error.no-entry",
        hint="hint.did-you-mean" if near else "hint.search-instead",
        name=name,
        names=Names(near),
    )


def nearest(study: Study, name: str, limit: int = 3) -> tuple[str, ...]:
    """The ids of the entries with the names most like `name`, best first; empty when none is like it."""
    from rapidfuzz import fuzz, process

    key = folding.name_key(name)
    rows = study.connection.execute("SELECT key, entry FROM name").fetchall()
    scored = process.extract(key, [row[0] for row in rows], scorer=fuzz.ratio, limit=20, score_cutoff=60)
    within = [index for index, row in enumerate(rows) if len(key) > 1 and key in row[0]]
    found = dict.fromkeys([rows[index][1] for _, _, index in scored] + [rows[index][1] for index in within])
    return tuple(found)[:limit]
