"""`papers`, `courses`, `books`, `tools` and `list`, each filter held against the same one in Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from ailearn.catalog.folding import fold

if TYPE_CHECKING:
    from tests.cli.conftest import OwnFolder
    from tests.conftest import Run

Entry = dict[str, Any]
KEYS = [
    "id", "kind", "title", "short", "aliases", "authors", "date", "year", "month", "venue", "arxiv", "doi",
    "isbn", "url", "links", "topics", "tracks", "level", "minutes", "one_liner",
]  # fmt: skip


def ids(entries: list[Entry]) -> list[str]:
    return [entry["id"] for entry in entries]


def written(entry: Entry) -> bool:
    return entry["kind"] in ("paper", "essay")


def year(low: int, high: int) -> Callable[[Entry], bool]:
    return lambda entry: entry["year"] is not None and low <= entry["year"] <= high


def topics(*wanted: str) -> Callable[[Entry], bool]:
    return lambda entry: all(set(one.split(",")) & set(entry["topics"]) for one in wanted)


def by(name: str) -> Callable[[Entry], bool]:
    return lambda entry: any(name in one for one in entry["authors"])


FILTERS: list[tuple[str, Callable[[Entry], bool]]] = [
    ("--since 2015", year(2015, 9999)),
    ("--until 2012", year(0, 2012)),
    ("--since 2015 --until 2017", year(2015, 2017)),
    ("--since 2012 --until 2012", year(2012, 2012)),
    ("--topic attention", topics("attention")),
    ("--topic 注意力机制", topics("attention")),
    ("--topic Computer-Vision", topics("computer-vision")),
    ("--topic attention --topic translation", topics("attention", "translation")),
    ("--topic attention,computer-vision", topics("attention,computer-vision")),
    (
        "--topic 计算机视觉,attention --topic architecture",
        topics("computer-vision,attention", "architecture"),
    ),
    ("--author hinton", by("Hinton")),
    ("--author 何恺明", by("Kaiming He")),
    ("--author Kaiming", by("Kaiming He")),
    ("--author kaiser", by("Łukasz Kaiser")),
    ("--track models", lambda entry: "models" in entry["tracks"]),
    ("--track 模型结构的演进", lambda entry: "models" in entry["tracks"]),
    ("--level 2", lambda entry: entry["level"] == 2),
    (
        "--track infrastructure --since 2019 --level 2 --topic hardware",
        lambda entry: (
            "infrastructure" in entry["tracks"]
            and year(2019, 9999)(entry)
            and entry["level"] == 2
            and "hardware" in entry["topics"]
        ),
    ),
]


@pytest.mark.parametrize(("options", "fits"), FILTERS, ids=[one[0] for one in FILTERS])
def test_a_filter_leaves_exactly_the_entries_that_fit(
    run: Run, entries: list[Entry], options: str, fits: Callable[[Entry], bool]
) -> None:
    found = run("list", *options.split(), "--json")

    wanted = [one["id"] for one in entries if fits(one)]
    assert wanted, "the filter is tested on nothing"
    assert ids(found.json) == wanted
    assert (found.exit, found.err) == (0, "")


def test_a_range_of_years_includes_both_its_ends(run: Run) -> None:
    years = [one["year"] for one in run("papers", "--since", "2012", "--until", "2017", "--json").json]

    assert (min(years), max(years)) == (2012, 2017)


@pytest.mark.parametrize(
    ("command", "kinds"),
    [
        ("papers", {"paper", "essay"}),
        ("courses", {"course"}),
        ("books", {"book"}),
        ("tools", {"tool"}),
        ("list", {"paper", "essay", "course", "book", "tool"}),
    ],
)
def test_each_list_holds_all_entries_of_its_kinds(
    run: Run, entries: list[Entry], command: str, kinds: set[str]
) -> None:
    found = run(command, "--json").json

    assert {one["kind"] for one in found} == kinds
    assert ids(found) == [one["id"] for one in entries if one["kind"] in kinds]


def test_papers_stand_by_date_and_everything_else_by_level_unless_asked_otherwise(run: Run) -> None:
    dates = [one["date"] for one in run("papers", "--json").json]
    levels = [one["level"] for one in run("courses", "--json").json]

    assert dates == sorted(dates)
    assert levels == sorted(levels)


SORTED_BY: dict[str, Callable[[Entry], Any]] = {
    "year": lambda entry: entry["date"],
    "title": lambda entry: fold(entry["title"]["en"]),
    "level": lambda entry: entry["level"],
    "minutes": lambda entry: entry["minutes"],
}


@pytest.mark.parametrize("command", ["papers", "list"])
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("field", SORTED_BY)
def test_a_list_is_sorted_as_asked(run: Run, command: str, field: str, reverse: bool) -> None:
    found = run(command, "--sort", field, *(["--reverse"] if reverse else []), "--json").json

    keys = [SORTED_BY[field](one) for one in found]
    dated = [key for key in keys if key is not None]
    assert dated == sorted(dated, reverse=reverse)
    assert keys[: len(dated)] == dated, "what has no date stands last either way"
    assert len(found) == len(run(command, "--json").json)


def test_an_unknown_order_is_refused_with_the_known_ones(run: Run) -> None:
    found = run("papers", "--sort", "colour")

    assert (found, found.exit) == ("", 2)
    assert "colour" in found.err
    assert all(one in found.err for one in SORTED_BY)


@pytest.mark.parametrize("form", ["--plain", "--json"])
def test_a_limit_is_kept_and_said_on_stderr_only(run: Run, form: str) -> None:
    everything = run("papers", "--json").json

    found = run("papers", "--limit", "3", form)

    shown = ids(found.json) if form == "--json" else [row[0] for row in found.rows]
    assert shown == ids(everything)[:3]
    assert "3" in found.err
    assert str(len(everything)) in found.err
    assert "--limit" in found.err
    assert found.exit == 0


def test_a_limit_that_leaves_nothing_out_says_nothing(run: Run) -> None:
    assert run("papers", "--limit", "999", "--plain").err == ""


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["residual"], "resnet"),
        (["残差"], "resnet"),
        (["author:hinton", "-kind:course", "year:2015"], "distillation"),
        (['"soft targets"'], "distillation"),
    ],
)
def test_free_words_narrow_a_list(run: Run, words: list[str], wanted: str) -> None:
    found = run("papers", "--json", "--", *words)

    assert wanted in ids(found.json)
    assert len(found.json) < len(run("papers", "--json").json)


def test_free_words_and_options_narrow_together(run: Run) -> None:
    words = set(ids(run("papers", "attention", "--json").json))
    topic = set(ids(run("papers", "--topic", "translation", "--json").json))

    both = run("papers", "attention", "--topic", "translation", "--json").json

    assert set(ids(both)) == words & topic
    assert both


@pytest.mark.parametrize(
    ("option", "typed", "near"),
    [
        ("--topic", "atention", "attention"),
        ("--topic", "computer-vison", "computer-vision"),
        ("--track", "modls", "models"),
        ("--topic", "attention,hardwear", "hardware"),
    ],
)
def test_an_unknown_topic_or_track_gets_the_nearest_names(
    run: Run, option: str, typed: str, near: str
) -> None:
    found = run("papers", option, typed, "--json")

    assert (found, found.exit) == ("", 2)
    assert typed.split(",")[-1] in found.err
    assert near in found.err.split("hint:")[1]


@pytest.mark.parametrize(("option", "page"), [("--topic", "topics"), ("--track", "tracks")])
def test_a_name_unlike_any_other_gets_the_whole_list(run: Run, option: str, page: str) -> None:
    found = run("papers", option, "qqq")

    assert found.exit == 2
    assert all(one["id"] in found.err for one in run(page, "--json").json)


@pytest.mark.parametrize(
    "arguments", [["papers", "--since", "3000"], ["list", "zzzz"], ["books", "--level", "5"]]
)
@pytest.mark.parametrize(("form", "nothing"), [("--json", "[]\n"), ("--plain", "")])
def test_nothing_that_matches_is_the_answer_no(
    run: Run, arguments: list[str], form: str, nothing: str
) -> None:
    found = run(*arguments, form)

    assert (found, found.exit) == (nothing, 1)
    assert found.err.startswith("error: ")


@pytest.mark.parametrize(
    "option",
    [
        "--since x",
        "--since 99999999999999999999",
        "--until -1",
        "--level 0",
        "--level 6",
        "--limit 0",
    ],
)
def test_a_number_that_cannot_be_meant_is_wrong_usage(run: Run, option: str) -> None:
    found = run("papers", *option.split())

    assert (found, found.exit) == ("", 2)
    assert option.split()[0] in found.err


@pytest.mark.parametrize("arguments", [["list"], ["search", "network", "--limit", "99"]])
def test_json_holds_every_documented_key_and_both_languages(run: Run, arguments: list[str]) -> None:
    for entry in run(*arguments, "--json").json:
        assert [key for key in entry if key not in ("matched", "progress")] == KEYS
        assert entry["progress"] == (
            None if entry["kind"] == "term" else {"status": "unread", "since": None, "note": None}
        )
        for text in ("title", "short", "one_liner"):
            assert set(entry[text]) == {"en", "zh"}
        for many in ("aliases", "authors", "links", "topics", "tracks"):
            assert isinstance(entry[many], list)
        for link in entry["links"]:
            assert set(link) == {"kind", "url", "lang", "title"}


def test_json_says_the_date_in_parts_and_the_first_link(entries: list[Entry]) -> None:
    for entry in entries:
        parts = [int(part) for part in (entry["date"] or "").split("-") if part]
        assert [entry["year"], entry["month"]] == [*parts, None, None][:2]
        assert entry["url"] == (entry["links"][0]["url"] if entry["links"] else None)


def test_json_leaves_chinese_as_it_is_and_does_not_depend_on_the_language(run: Run) -> None:
    english, chinese = (run("papers", "--json", "--lang", one) for one in ("en", "zh"))

    assert "残差网络" in english
    assert english == chinese


@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_plain_is_one_record_of_eight_cells_a_line(run: Run, entries: list[Entry], language: str) -> None:
    found = run("list", "--plain", "--lang", language, COLUMNS="20")

    assert "\x1b" not in found
    assert [row[:5] for row in found.rows] == [
        [one["id"], one["kind"], one["date"] or "", str(one["level"]), str(one["minutes"])] for one in entries
    ]
    for row, one in zip(found.rows, entries, strict=True):
        shown = list(dict.fromkeys(one["title"][name] for name in ("en", "zh") if language in (name, "both")))
        assert row[5] == " / ".join(shown)
        assert row[6:] == [row[6], ""]


def test_plain_does_not_depend_on_the_terminal(run: Run) -> None:
    piped = run("papers")
    asked = run("papers", "--plain", terminal=True, COLUMNS="40", FORCE_COLOR="1")

    assert piped == asked
    assert piped.rows


def test_a_rich_list_shows_the_same_entries_in_the_same_order(run: Run) -> None:
    drawn = run("papers", terminal=True, NO_COLOR="1")

    places = [drawn.find(one["id"] + " ") for one in run("papers", "--json").json]
    assert -1 not in places
    assert places == sorted(places)


@pytest.mark.parametrize("written", ["Word2Vec", "Word-2-Vec", "word 2 vec"])
@pytest.mark.parametrize("typed", ["Word2Vec", "word-2-vec", "WORD2VEC"])
def test_a_name_of_letters_and_digits_is_found_however_it_is_written(
    run: Run, own: OwnFolder, written: str, typed: str
) -> None:
    both = {"en": f"It builds on {written} alone.", "zh": f"它建立在 {written} 之上。"}
    own.add("mine", problem=both)

    assert [row[0] for row in run("search", typed, "--content", str(own), "--plain").rows] == ["mine"]


@pytest.mark.parametrize("text", ["🤖", "*", '"', "。。"])
@pytest.mark.parametrize("command", ["search", "list", "papers"])
def test_signs_alone_are_no_hit_for_a_script(run: Run, command: str, text: str) -> None:
    found = run(command, text, "--plain")

    assert (found, found.exit) == ("", 1)


def test_blanks_are_no_query(run: Run) -> None:
    assert run("search", "  ").exit == 2
