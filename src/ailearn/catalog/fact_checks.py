"""Checks of facts that can be judged by their form: dates, addresses, identifiers, sources."""

import re
from collections.abc import Iterator
from datetime import date

from ailearn.catalog.addresses import is_web_address
from ailearn.catalog.ageing import STALE_AFTER, months_between
from ailearn.catalog.model import Entry, ToolDetails
from ailearn.catalog.rules import Finding
from ailearn.catalog.source import Place
from ailearn.catalog.yaml_reader import NodePath

FIRST_YEAR = 1900

_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
# 1706.03762 since April 2007, cs.CL/0601001 before; either may name a version.
_ARXIV = re.compile(
    r"(?:[0-9]{2}(?:0[1-9]|1[0-2])\.[0-9]{4,5}|[a-z-]+(?:\.[A-Z]{2})?/[0-9]{7})(?:v[1-9][0-9]*)?"
)
_DOI = re.compile(r"10\.[0-9]{4,9}/[^\s]+")
_LANGUAGE = re.compile(r"[a-z]{2}")
_REGION = re.compile(r"[A-Z]{2}")
_NO_SOURCE = ("", "curriculum")


def check_facts(entry: Entry, place: Place, today: date) -> Iterator[Finding]:
    """Judge the dates, addresses, identifiers and sources of an entry as on `today`.

    A date later than that is a slip, but for the day on which a tool retires.
    """
    if entry.date is not None:
        yield from _check_date(entry.date, ("date",), _DATE, "YYYY / YYYY-MM / YYYY-MM-DD", today, place)
    if entry.tool is not None:
        yield from _check_tool(entry.tool, place, today)
    for block in ("course", "book"):
        for index, language in enumerate(getattr(getattr(entry, block), "languages", ())):
            yield from _check_language(language, (block, "languages", index), place)
    for index, link in enumerate(entry.links):
        yield from _check(is_web_address(link.url), "C504", link.url, ("links", index, "url"), place)
        if link.lang is not None:
            yield from _check_language(link.lang, ("links", index, "lang"), place)
    if entry.arxiv is not None:
        yield from _check(_ARXIV.fullmatch(entry.arxiv) is not None, "C505", entry.arxiv, ("arxiv",), place)
    if entry.doi is not None:
        yield from _check(_DOI.fullmatch(entry.doi) is not None, "C506", entry.doi, ("doi",), place)
    if entry.isbn is not None:
        yield from _check(is_isbn(entry.isbn), "C507", entry.isbn, ("isbn",), place)
    for index, evidence in enumerate(entry.evidence):
        is_named = evidence.source.casefold() not in _NO_SOURCE
        yield from _check(is_named, "C501", evidence.source, ("evidence", index, "source"), place)


def _check_tool(tool: ToolDetails, place: Place, today: date) -> Iterator[Finding]:
    yield from _check_date(tool.as_of, ("tool", "as_of"), _MONTH, "YYYY-MM", today, place)
    age = months_between(tool.as_of, today.isoformat())
    if age > STALE_AFTER:
        yield place.finding("C509", ("tool", "as_of"), "warning", value=tool.as_of, months=str(age))
    if tool.retires is not None:
        yield from _check_date(tool.retires, ("tool", "retires"), _DAY, "YYYY-MM-DD", date.max, place)
    for index, region in enumerate(tool.not_offered_in):
        is_region = _REGION.fullmatch(region) is not None
        yield from _check(is_region, "C510", region, ("tool", "not_offered_in", index), place)
    if tool.endpoint is not None:
        yield from _check(is_web_address(tool.endpoint), "C504", tool.endpoint, ("tool", "endpoint"), place)


def is_isbn(text: str) -> bool:
    """Whether `text`, hyphens and spaces aside, is an ISBN-10 or ISBN-13 with the check digit of ISO 2108."""
    digits = text.replace("-", "").replace(" ", "")
    if re.fullmatch(r"[0-9]{9}[0-9X]", digits):
        values = [10 if digit == "X" else int(digit) for digit in digits]
        return sum(weight * value for weight, value in zip(range(10, 0, -1), values, strict=True)) % 11 == 0
    if re.fullmatch(r"97[89][0-9]{10}", digits):
        return sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(digits)) % 10 == 0
    return False


def _check(holds: bool, rule: str, value: str, path: NodePath, place: Place) -> Iterator[Finding]:
    if not holds:
        yield place.finding(rule, path, value=value)


def _check_language(code: str, path: NodePath, place: Place) -> Iterator[Finding]:
    yield from _check(_LANGUAGE.fullmatch(code) is not None, "C508", code, path, place)


def _check_date(
    value: str, path: NodePath, pattern: re.Pattern[str], form: str, today: date, place: Place
) -> Iterator[Finding]:
    match = pattern.fullmatch(value)
    parts = [int(part) for part in match.groups() if part is not None] if match else []
    try:
        first_day = date(*[*parts, 1, 1][:3])
    except (TypeError, ValueError):
        yield place.finding("C502", path, value=value, form=form)
        return
    # The first day that the date may mean: "2026" is not in the future on 1 January 2026.
    if parts[0] < FIRST_YEAR or first_day > today:
        yield place.finding("C503", path, value=value, first=str(FIRST_YEAR))
