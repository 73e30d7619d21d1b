"""Tools age: what is said about a withdrawn version and about old facts depends on the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ailearn.catalog.ageing import aged, months_between

if TYPE_CHECKING:
    from tests.cli.conftest import OwnFolder
    from tests.conftest import Run

TOOL = """\
id: oracle
kind: tool
title: {en: Oracle, zh: 神谕}
short: {en: Oracle, zh: 神谕}
topics: [assistants]
level: 1
minutes: 90
links: [{kind: page, url: "https://example.org"}]
one_liner: {en: It answers., zh: 它会回答。}
problem: {en: Nobody answered., zh: 没人回答。}
motivation: {en: People asked., zh: 有人问。}
intuition: {en: A cave., zh: 一个山洞。}
mechanism: {en: [Go., Ask., Listen.], zh: [去。, 问。, 听。]}
limits: {en: It is vague., zh: 说得含糊。}
legacy: {en: Temples., zh: 神庙。}
cards: []
tool:
  jobs: [explain]
  access: {en: On foot., zh: 走路去。}
  as_of: 2026-02
  version: Oracle 1
  retires: 2026-12-01
  successor: {en: Oracle 2, zh: Oracle 2}
  replaced_by: {en: A second one opened., zh: 又开了一家。}
"""


@pytest.fixture
def oracle(own: OwnFolder) -> str:
    own.write("tools/oracle.yaml", TOOL)
    return str(own.path)


def screen(run: Run, oracle: str, day: str, *arguments: str) -> str:
    now = f"{day}T12:00:00+00:00"
    drawn = run(*arguments, "--content", oracle, terminal=True, NO_COLOR="1", COLUMNS="100", AILEARN_NOW=now)
    return " ".join(drawn.split())


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        (
            "en",
            "⚠ To be withdrawn on 2026-12-01: Oracle 1 → then Oracle 2",
            "⚠ Withdrawn on 2026-12-01: Oracle 1 → now Oracle 2",
        ),
        (
            "zh",
            "⚠ Oracle 1 将于 2026-12-01 停用 → 改用：Oracle 2",
            "⚠ Oracle 1 已于 2026-12-01 停用 → 现为：Oracle 2",
        ),
    ],
)
@pytest.mark.parametrize("command", [("show", "oracle", "--section", "tool"), ("tools",)])
def test_the_tense_follows_the_day(
    run: Run, oracle: str, command: tuple[str, ...], language: str, before: str, after: str
) -> None:
    for day, told in (("2026-11-30", before), ("2026-12-01", after), ("2027-05-01", after)):
        assert told in screen(run, oracle, day, *command, "--lang", language), day


def test_the_day_is_the_readers_own(run: Run, oracle: str) -> None:
    plain = ("show", "oracle", "--section", "tool", "--plain", "--content", oracle)
    late = run(*plain, AILEARN_NOW="2026-11-30T23:30:00-10:00")
    assert "tool.state\tretiring" in late
    # A withdrawal takes effect at midnight, whenever the reader's day of study begins.
    early = run(*plain, AILEARN_NOW="2026-12-01T00:30:00+08:00")
    assert "tool.state\tretired" in early


def test_the_short_view_says_that_a_version_is_withdrawn(run: Run, oracle: str) -> None:
    withdrawn = "⚠ Withdrawn on 2026-12-01: Oracle 1"
    assert withdrawn in screen(run, oracle, "2026-12-02", "show", "oracle", "--brief")
    assert "⚠" not in screen(run, oracle, "2026-12-02", "show", "resnet", "--brief")


@pytest.mark.parametrize(
    ("day", "english", "chinese"),
    [
        ("2026-08-31", "Checked: 2026-02", "信息截至 2026-02"),
        ("2026-09-01", "Checked in 2026-02, 7 months ago", "核对于 2026-02，已过 7 个月，请先看厂商页面"),
        ("2026-11-28", "Checked in 2026-02, 9 months ago", "核对于 2026-02，已过 9 个月，请先看厂商页面"),
    ],
)
def test_old_facts_say_how_old_they_are(run: Run, oracle: str, day: str, english: str, chinese: str) -> None:
    section = ("show", "oracle", "--section", "tool")
    assert english in screen(run, oracle, day, *section, "--lang", "en")
    assert chinese in screen(run, oracle, day, *section, "--lang", "zh")


def test_the_list_marks_tools_whose_facts_are_old(run: Run, oracle: str) -> None:
    assert "Checked in 2026-02, 7 months ago" in screen(run, oracle, "2026-09-01", "tools")
    assert "Checked in 2026-02" not in screen(run, oracle, "2026-08-31", "tools")
    (listed,) = (tool for tool in run("tools", "--json", "--content", oracle).json if tool["id"] == "oracle")
    assert listed["as_of"] == "2026-02"


def test_what_has_happened_since_has_a_label(run: Run, oracle: str) -> None:
    section = ("show", "oracle", "--section", "tool")
    assert "Written for: Oracle 1" in screen(run, oracle, "2026-11-28", *section)
    assert "Since then: A second one opened." in screen(run, oracle, "2026-11-28", *section)
    chinese = screen(run, oracle, "2026-11-28", *section, "--lang", "zh")
    assert "当初用的版本：Oracle 1" in chinese
    assert "后来：又开了一家。" in chinese
    both = screen(run, oracle, "2026-11-28", *section, "--lang", "both")
    assert "Since then: A second one opened. 又开了一家。" in both


def test_programs_read_state_and_age_at_the_end(run: Run, oracle: str) -> None:
    now = {"AILEARN_NOW": "2026-12-02T12:00:00+00:00"}
    row = next(row for row in run("tools", "--content", oracle, **now).rows if row[0] == "oracle")
    assert row[8:] == ["explain", "retired"]
    listed = next(
        one for one in run("tools", "--content", oracle, "--json", **now).json if one["id"] == "oracle"
    )
    assert (listed["state"], listed["retires"], listed["version"]) == ("retired", "2026-12-01", "Oracle 1")
    shown = run("show", "oracle", "--content", oracle, "--json", **now).json["tool"]
    assert (shown["state"], shown["age"]) == ("retired", 10)


def test_a_tool_without_an_end_is_offered(run: Run) -> None:
    states = {one["id"]: one["state"] for one in run("tools", "--json").json}
    assert states["immersive-translate"] == "offered"


def test_an_hour_of_a_book_is_an_estimate_and_said_so(run: Run, oracle: str) -> None:
    shown = ("show", "oracle", "--content", oracle)
    assert "about 90 min" in run(*shown, terminal=True, NO_COLOR="1")
    assert "约 90 分钟" in run(*shown, "--lang", "zh", terminal=True, NO_COLOR="1")


@pytest.mark.parametrize(
    ("month", "day", "months"),
    [
        ("2026-02", "2026-11-28", 9),
        ("2025-12", "2026-01-01", 1),
        ("2026-11", "2026-11-30", 0),
        ("2027-01", "2026-11-30", -2),
        ("2026-13", "2026-11-30", 0),
        ("some day", "2026-11-30", 0),
        ("2026", "2026-11-30", 0),
    ],
)
def test_months_are_counted_by_the_calendar(month: str, day: str, months: int) -> None:
    assert months_between(month, day) == months


@pytest.mark.parametrize("retires", [None, "", "soon", "2026-12", "2026-02-30", "99999-01-01"])
def test_what_is_no_day_ends_nothing(retires: str | None) -> None:
    assert aged({"as_of": "2026-11", "retires": retires}, "2027-01-01")["state"] == "offered"
