"""What a translator must not touch, taken out of a paragraph before it is sent and put back afterwards.

Code, formulas, addresses, images, citations, tags, and what templates and wikis add to Markdown become marks
such as ⟦1⟧. A model that loses or doubles one is found out.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

_TARGET = r"<[^<>\n]{0,2000}>|(?:[^\s()\\]|\\.|\((?:[^\s()\\]|\\.)*\)){0,2000}"
_ADDRESS = rf"\(\s*(?:{_TARGET})(?:\s+(?:\"[^\"]*\"|'[^']*'))?\s*\)"
_NAME = r"[A-Z][\w'’.\-]+"
_AUTHORS = rf"{_NAME}(?:,? (?:and |& |et )?{_NAME}){{0,5}}(?:,? et al\.?)?"
_YEAR = r"(?:19|20)\d\d[a-z]?"
_CITED = rf"{_AUTHORS},? \(?{_YEAR}(?:, {_YEAR})*\)?".replace(" ", r"\ ")
# Words before a year that are nobody's names.
_NOBODY = "January|February|March|April|May|June|July|August|September|October|November|December|Figure|Table"
_KEPT = re.compile(
    rf"""
    (?P<mark>⟦\d+⟧)
  | (?P<template>\{{\{{.{{0,500}}?\}}\}} | \{{%.{{0,500}}?%\}} | \{{\#.{{1,500}}?\#\}}
      | \{{/\*.{{0,500}}?\*/\}} | \{{(?:[:.\#]|[\w-]+=)[^{{}}\n]{{1,300}}\}} | \{{[\w:.+\-]{{1,40}}\}}(?=`)
      | (?<![\w:]):[a-z0-9_+\-]{{2,40}}:(?![\w:]))
  | (?P<comment>(?<![\w%])%%(?!%).{{1,2000}}?%%(?![\w%]))
  | (?P<page>\[\[[^\[\]|\n]+\|)(?P<words>[^\[\]|`$<>⟦⟧\n]*[^\W\d_][^\[\]|`$<>⟦⟧\n]*)\]\]
  | (?P<wiki>!?\[\[[^\[\]\n]+\]\](?![(\[]))
  | (?P<feed>\n) | (?P<cell>\x1f)
  | (?P<code>(?<!`)(?P<ticks>`+)(?!`).{{1,2000}}?(?<!`)(?P=ticks)(?!`))
  | (?P<math>\$\$.{{1,2000}}?\$\$ | (?<![\\$])\$(?![\s$])[^$\n]{{0,500}}?(?<![\s\\])\$(?![\d$])
      | \\\(.{{1,2000}}?\\\) | \\\[.{{1,2000}}?\\\])
  | (?P<image>!\[(?:[^\[\]]|\[[^\[\]]*\])*\](?:{_ADDRESS}|\[[^\[\]]*\]))
  | (?<=\])(?P<address>{_ADDRESS})
  | (?<=\])\[(?P<label>[^\[\]]+)\]
  | (?P<link><[A-Za-z][A-Za-z0-9+.\-]{{1,31}}:[^\s<>]*> | <[\w.+\-]+@[\w.\-]+>)
  | (?P<tag></?[A-Za-z][^<>\n]{{0,1000}}> | <!--.{{0,2000}}?-->
      | &(?:\#\d{{1,7}}|\#[xX][0-9a-fA-F]{{1,6}}|\w{{2,31}});)
  | (?P<url>(?:https?://|(?<![\w.])www\.)[A-Za-z0-9\-._~:/?\#@!$&'()*+,;=%\[\]]*[A-Za-z0-9/\#=_~\-]
      | (?<![\w./])10\.\d{{4,9}}/[A-Za-z0-9\-._;()/:]*[A-Za-z0-9]
      | (?<![\w.+\-])[\w.+\-]{{1,64}}@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+)
  | (?P<numbers>\[\^[^\[\]\s]+\] | \[-?@[^\[\]]{{1,300}}\]
      | (?:\[\d{{1,4}}(?:\s*[,;–\-]\s*\d{{1,4}})*
          (?:,\s*(?:p|pp|§|Sec|Fig|Table|Ch)\.?\s*[\d.–\-]+)?\])+(?![(:]))
  | (?P<cited>\((?!(?:{_NOBODY})\b)(?:(?:see|e\.g\.|cf\.|i\.e\.)(?:\ also)?,?\ )?
      {_CITED}(?:;\ {_CITED})*\))
    """,
    re.VERBOSE,
)
_MARK = re.compile(r"⟦(\d+)⟧")
_SHORTCUT = re.compile(r"(?<!\])\[([^\[\]]+)\](?:\[\])?(?![\[(:])")
# Marks as models write them that do not have the right ones at hand.
_LIKE_A_MARK = re.compile(r"[⟦〚⟨]\s*[⟦〚]?\s*([0-9０-９]{1,4})\s*[⟧〛]?\s*[⟧〛⟩]")


class Marked(NamedTuple):
    """A paragraph with marks for what is kept: mark 1 stands for the first of `values`.

    `fixed` are the marks of addresses, with what must stand around them, `cells` those of the borders between
    cells, which stay in order, `opened` those that words and the next mark must follow.
    """

    text: str
    values: tuple[str, ...]
    fixed: tuple[str, ...]
    cells: tuple[int, ...]
    opened: tuple[int, ...] = ()


def protect(text: str, references: frozenset[str] = frozenset()) -> Marked:
    """`text` with marks for everything that must come back as it is."""
    values: list[str] = []
    fixed: list[str] = []
    cells: list[int] = []
    opened: list[int] = []

    def replaced(one: re.Match[str]) -> str:
        if one["page"]:
            # A link of a wiki, whose own words are to be translated.
            values.extend((one["page"], "]]"))
            opened.append(len(values) - 1)
            return f"⟦{opened[-1]}⟧{one['words']}⟦{len(values)}⟧"
        found, before, after = one[0], "", ""
        if one["address"]:
            found, before, after = found[1:-1], "(", ")"
        elif one["label"]:
            found, before, after = one["label"], "[", "]"
        values.append(found)
        mark = f"{before}⟦{len(values)}⟧{after}"
        if before:
            fixed.append(f"]{mark}")
        if one["cell"]:
            cells.append(len(values))
            return f" {mark} "
        return mark

    def in_full(one: re.Match[str]) -> str:
        label = _put_back(one[1], values)
        if " ".join(label.split()).lower().upper() not in references:
            return one[0]
        # A link that is called by its own words gets its label, for its words will be others.
        values.append(label)
        fixed.append(f"][⟦{len(values)}⟧]")
        return f"[{one[1]}{fixed[-1]}"

    marked = _KEPT.sub(replaced, text)
    if references:
        marked = _SHORTCUT.sub(in_full, marked)
    return Marked(marked, tuple(values), tuple(fixed), tuple(cells), tuple(opened))


def numbers(text: str) -> list[int]:
    """The marks in a text, in order."""
    return [int(one) for one in _MARK.findall(text)]


def bare(text: str) -> str:
    """A text without its marks."""
    return _MARK.sub(" ", text)


def tidied(translation: str) -> str:
    """A translation with its marks as they were given, where a model wrote them a little otherwise."""
    return _LIKE_A_MARK.sub(lambda one: f"⟦{int(one[1])}⟧", translation)


def misplaced(part: str, translation: str, marked: Marked) -> list[str]:
    """The marks of `part` that its translation lost, doubled, invented or misplaced."""
    wanted, given = numbers(part), numbers(translation)
    wrong = [f"⟦{one}⟧" for one in wanted if given.count(one) != 1]
    wrong += [f"⟦{one}⟧" for one in dict.fromkeys(given) if one not in wanted]
    wrong += [
        one for one in marked.fixed if one in part and one not in translation and one[2:-1] not in wrong
    ]
    borders = [one for one in given if one in marked.cells]
    if borders != sorted(borders):
        wrong += [f"⟦{one}⟧" for one in borders]
    for one in marked.opened:
        around = (f"⟦{one}⟧", f"⟦{one + 1}⟧")
        whole = re.search(rf"{around[0]}[^⟦⟧\[\]|]*[^\s⟦⟧\[\]|][^⟦⟧\[\]|]*{around[1]}", translation)
        if not whole and all(mark in part and mark not in wrong for mark in around):
            wrong += around
    return wrong


def restored(translation: str, marked: Marked) -> str:
    """A translation in which nothing is `misplaced`, with everything back in its place."""
    if marked.cells:
        borders = "|".join(map(str, marked.cells))
        translation = re.sub(rf"\s*(⟦(?:{borders})⟧)\s*", r"\1", translation)
    return _put_back(translation, marked.values)


def _put_back(text: str, values: Sequence[str]) -> str:
    return _MARK.sub(lambda one: values[int(one[1]) - 1], text)
