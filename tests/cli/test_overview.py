"""`topics`, `tracks`, `timeline`, `path`, `guide`, `glossary` and the start page."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len

if TYPE_CHECKING:
    from tests.cli.conftest import OwnFolder
    from tests.conftest import Run

Data = dict[str, Any]
LANGUAGES = ("en", "zh", "both")


def drawn(run: Run, *arguments: str, width: int = 80) -> str:
    found = run(*arguments, terminal=True, NO_COLOR="1", COLUMNS=str(width))
    assert found.exit == 0
    return found


def solid(text: str) -> str:
    """`text` without the blanks and line breaks that a drawing puts anywhere."""
    return "".join(text.split())


@pytest.mark.parametrize(
    "command",
    ["topics", "tracks", "timeline", "path lora", "path d2l", "guide", "glossary", "glossary 注意力", ""],
)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [60, 80])
def test_no_line_is_wider_than_the_terminal(run: Run, command: str, language: str, width: int) -> None:
    found = drawn(run, *command.split(), "--lang", language, width=width)

    assert max(cell_len(line) for line in found.splitlines()) <= width


def test_topics_have_both_names_and_count_their_entries(run: Run, entries: list[Data]) -> None:
    topics = run("topics", "--json").json

    assert {one for entry in entries for one in entry["topics"]} <= {topic["id"] for topic in topics}
    for topic in topics:
        assert topic["entries"] == sum(topic["id"] in entry["topics"] for entry in entries)
        assert set(topic["name"]) == set(topic["about"]) == {"en", "zh"}
    rows = run("topics", "--plain", "--lang", "zh").rows
    assert [row[:3] for row in rows] == [
        [topic["id"], str(topic["entries"]), topic["name"]["zh"]] for topic in topics
    ]


def test_topics_on_a_terminal_stand_in_both_languages_when_asked(run: Run) -> None:
    found = drawn(run, "topics", "--lang", "both")

    assert all(topic["name"][one] in found for topic in run("topics", "--json").json for one in ("en", "zh"))


def test_tracks_hold_their_steps_in_order_with_the_entries(run: Run, entries: list[Data]) -> None:
    tracks = {track["id"]: track for track in run("tracks", "--json").json}

    assert set(tracks) == {"infrastructure", "models"}
    known = {entry["id"]: entry for entry in entries}
    for track in tracks.values():
        assert {step["id"] for step in track["steps"]} == {
            entry["id"] for entry in entries if track["id"] in entry["tracks"]
        }
        assert all(step["entry"] == known[step["id"]] for step in track["steps"])
        assert all(
            set(step["took_over"]) == set(step["left_open"]) == {"en", "zh"} for step in track["steps"]
        )


@pytest.mark.parametrize("name", ["models", "模型结构的演进", "How the models grew", "MODELS"])
@pytest.mark.parametrize("command", ["tracks", "timeline"])
def test_one_track_is_found_by_its_name_in_either_language(run: Run, command: str, name: str) -> None:
    rows = run(command, name, "--plain").rows

    assert {row[0] for row in rows} == {"models"}
    assert len(rows) == len(run("tracks", "--json").json[1]["steps"])


@pytest.mark.parametrize("command", ["tracks", "timeline"])
def test_an_unknown_track_is_wrong_usage_with_the_nearest_one(run: Run, command: str) -> None:
    found = run(command, "modles")

    assert (found, found.exit) == ("", 2)
    assert "models" in found.err


@pytest.mark.parametrize("arguments", [[], ["models"], ["infrastructure"]])
def test_the_timeline_goes_by_date(run: Run, arguments: list[str]) -> None:
    steps = run("timeline", *arguments, "--json").json
    tracks = run("tracks", *arguments, "--json").json

    dates = [step["entry"]["date"] for step in steps]
    assert dates == sorted(dates)
    assert sorted((step["track"], step["id"]) for step in steps) == sorted(
        (track["id"], step["id"]) for track in tracks for step in track["steps"]
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_timeline_says_what_each_step_took_over_and_left_open(run: Run, language: str) -> None:
    found = solid(drawn(run, "timeline", "models", "--lang", language).replace("│", ""))

    places = []
    for step in run("timeline", "models", "--json").json:
        assert solid(step["took_over"][language]) in found
        assert solid(step["left_open"][language]) in found
        places.append(found.index(solid(step["took_over"][language])))
    assert places == sorted(places)


@pytest.mark.parametrize("goal", ["lora", "cot", "roformer", "alexnet", "d2l", "思维链"])
def test_a_path_has_each_prerequisite_before_whatever_needs_it(run: Run, goal: str) -> None:
    path = run("path", goal, "--json").json

    order = [step["id"] for step in path["steps"]]
    assert order[-1] == path["goal"] == run("show", goal, "--json").json["id"]
    assert len(order) == len(set(order))
    for number, step in enumerate(path["steps"]):
        assert {one["id"] for one in step["requires"]} <= set(order[:number])
        assert step["requires"] == sorted(
            run("show", step["id"], "--json").json["requires"], key=lambda one: step["requires"].index(one)
        )
        assert all(one["why"]["en"] and one["why"]["zh"] for one in step["requires"])
    assert path["minutes"] == sum(step["minutes"] for step in path["steps"])


def test_a_path_holds_nothing_that_the_goal_does_not_rest_on(run: Run) -> None:
    path = run("path", "lora", "--json").json

    reached, waiting = set(), ["lora"]
    while waiting:
        one = waiting.pop()
        reached.add(one)
        waiting += [need["id"] for need in run("show", one, "--json").json["requires"]]
    assert {step["id"] for step in path["steps"]} == reached
    assert len(reached) > 3


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_path_is_drawn_with_reasons_and_the_time_for_all(run: Run, language: str) -> None:
    found = drawn(run, "path", "lora", "--lang", language)

    path = run("path", "lora", "--json").json
    for step in path["steps"]:
        assert step["id"] in found
    hours = f"{path['minutes'] / 60:.{int(path['minutes'] < 600)}f}".removesuffix(".0")
    assert re.search(rf"\b{len(path['steps'])} .*\b{re.escape(hours)} ", found.splitlines()[-1])
    text = solid(found.replace("│", "").replace("├", "").replace("└", "").replace("─", ""))
    direct = run("show", "lora", "--json").json["requires"]
    assert all(solid(one["why"][language]) in text for one in direct)


def test_an_id_too_long_for_its_place_in_the_tree_is_broken_at_a_hyphen(run: Run) -> None:
    found = run("path", "laion-5b", "--lang", "en", terminal=True, NO_COLOR="1", COLUMNS="40").splitlines()

    places = [number for number, line in enumerate(found) if line.endswith("─ 3blue1brown-neural-")]
    assert places
    assert all(found[number + 1].strip("│ ").startswith("networks ") for number in places)


def test_a_path_in_plain_is_numbered_and_names_the_reasons(run: Run) -> None:
    rows = run("path", "lora", "--plain").rows

    path = run("path", "lora", "--json").json
    assert [row[:3] for row in rows] == [
        [str(number), step["id"], str(step["minutes"])] for number, step in enumerate(path["steps"], start=1)
    ]
    assert all(one["why"]["en"] in rows[-1][4] for one in path["steps"][-1]["requires"])


@pytest.mark.parametrize("form", ["--json", "--plain", "--no-pager"])
def test_a_circle_of_prerequisites_ends(run: Run, own: OwnFolder, form: str) -> None:
    why = {"en": "So.", "zh": "所以。"}
    own.add("hen", requires=[{"id": "egg", "why": why}, {"id": "no-such-entry", "why": why}])
    own.add("egg", requires=[{"id": "hen", "why": why}])

    found = run("path", "hen", "--content", str(own), form, terminal=True)

    assert found.exit == 0
    assert "egg" in found
    assert "no-such-entry" not in found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guide_page_shows_every_section_and_assistant(run: Run, language: str) -> None:
    guide = run("guide", "--json").json

    found = solid(drawn(run, "guide", "--lang", language))

    for one in ("en", "zh") if language == "both" else (language,):
        assert solid(guide["intro"][one]) in found
        for section in guide["sections"]:
            assert all(solid(paragraph) in found for paragraph in section["paragraphs"][one])
        for assistant in guide["assistants"]:
            assert solid(assistant["advice"][one]) in found
    assert all(tool in found for assistant in guide["assistants"] for tool in assistant["tools"])


def test_the_glossary_holds_its_terms_in_order_with_an_entry_each(run: Run, entries: list[Data]) -> None:
    terms = run("glossary", "--json").json

    assert len(terms) >= 120
    assert {term["entry"] for term in terms} <= {entry["id"] for entry in entries}
    names = [term["term"]["en"].casefold() for term in terms]
    assert names == sorted(names)
    assert all(set(term["term"]) == set(term["meaning"]) == {"en", "zh"} for term in terms)


@pytest.mark.parametrize("name", ["soft target", "Soft-Target", "SOFT TARGET", "软目标"])
def test_a_term_is_found_by_any_of_its_names(run: Run, name: str) -> None:
    found = run("glossary", name, "--plain")

    assert [row[0] for row in found.rows] == ["soft-target"]


def test_every_term_answers_to_its_names_in_both_languages(run: Run) -> None:
    for term in run("glossary", "--json").json[::7]:
        for name in (term["id"], term["term"]["en"], term["term"]["zh"], *term["aliases"]):
            assert term["id"] in [row[0] for row in run("glossary", name, "--plain").rows]


def test_part_of_a_name_finds_all_terms_that_hold_it(run: Run) -> None:
    rows = run("glossary", "atten", "--plain").rows

    assert len(rows) > 1
    assert all("atten" in "".join(row).casefold() for row in rows)


def test_words_of_a_term_need_no_quotation_marks(run: Run) -> None:
    assert run("glossary", "soft", "target") == run("glossary", "soft target")


@pytest.mark.parametrize(
    ("typed", "near"), [("softmx", "softmax"), ("overfiting", "overfitting"), ("过你合", "过拟合")]
)
def test_a_typo_in_a_term_is_the_answer_no_with_the_nearest_ones(run: Run, typed: str, near: str) -> None:
    terms = {
        name: term["term"]["en"] for term in run("glossary", "--json").json for name in term["term"].values()
    }
    found = run("glossary", typed)

    assert (found, found.exit) == ("", 1)
    assert typed in found.err
    assert terms.get(near, near) in found.err.split("hint:")[1]


@pytest.mark.parametrize("typed", ["qqqqqq", "", "。"])
def test_a_term_unlike_any_other_is_sent_to_the_whole_list(run: Run, typed: str) -> None:
    found = run("glossary", typed)

    assert (found, found.exit) == ("", 1)
    assert "ailearn glossary" in found.err


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_start_page_shows_the_tracks_and_what_to_read_next(run: Run, language: str) -> None:
    found = drawn(run, "--lang", language)

    start = run("--json").json
    for track in start["tracks"]:
        assert all(step["id"] in found for step in track["steps"])
    suggested = start["next"]["entry"]
    assert suggested["id"] in found
    assert "ailearn path from-zero" in found
    assert suggested["title"]["zh" if language == "zh" else "en"] in found
    assert "ailearn show" in found


def test_the_suggestion_needs_nothing_first_and_opens_the_most(run: Run, entries: list[Data]) -> None:
    start = run("--json").json

    needs = {
        one["id"]: [need["id"] for need in run("show", one["id"], "--json").json["requires"]]
        for one in entries
    }
    paths = {one: {step["id"] for step in run("path", one, "--json").json["steps"]} for one in needs}
    opens = {one: sum(one in path for path in paths.values()) - 1 for one in needs}
    on_the_way = {
        before["id"]
        for track in start["tracks"]
        for step in track["steps"]
        for before in run("path", step["id"], "--json").json["steps"]
    }
    beginnings = [one for one in on_the_way if not needs[one]]
    assert start["next"]["entry"]["id"] in beginnings
    assert start["next"]["opens"] == max(opens[one] for one in beginnings)
    assert opens[start["next"]["entry"]["id"]] == start["next"]["opens"]
    assert start["next"]["track"] == "models", "of the tracks that lead there, the one that needs it more"


def test_the_start_page_counts_what_there_is(run: Run, entries: list[Data]) -> None:
    counts = run("--json").json["counts"]

    assert counts == {
        **{kind: sum(one["kind"] == kind for one in entries) for kind in {one["kind"] for one in entries}},
        "term": len(run("glossary", "--json").json),
    }


def test_the_start_page_in_plain_is_the_tracks_and_the_suggestion(run: Run) -> None:
    rows = run().rows

    assert [row[:2] for row in rows[:-1]] == [["track", "infrastructure"], ["track", "models"]]
    assert rows[-1][:2] == ["next", run("--json").json["next"]["entry"]["id"]]


@pytest.mark.parametrize("command", ["topics", "tracks", "timeline", "path lora", "guide", "glossary", ""])
def test_json_does_not_depend_on_the_language(run: Run, command: str) -> None:
    english, chinese = (run(*command.split(), "--json", "--lang", one) for one in ("en", "zh"))

    assert english == chinese
    assert english.json


@pytest.mark.parametrize("command", ["topics x", "guide x", "tracks models x", "path lora x"])
def test_a_wrong_number_of_arguments_is_wrong_usage(run: Run, command: str) -> None:
    found = run(*command.split())

    assert (found, found.exit) == ("", 2)
    assert f"ailearn {command.split()[0]} --help" in found.err


@pytest.fixture(scope="module")
def chain(shared_own: OwnFolder) -> OwnFolder:
    """Sixty entries, each of which rests on the next, and a track for each ten of them and more."""
    for number in range(60):
        needs = f"reason-{number} 理由{number} and so on in words"
        requires = [{"id": f"deep-{number + 1}", "why": {"en": needs, "zh": needs}}] if number < 59 else []
        shared_own.add(f"deep-{number}", requires=requires)
    for number in range(20):
        both = {"en": f"About {number}.", "zh": f"关于 {number}。"}
        step = {"id": f"deep-{number}", "took_over": both, "left_open": both}
        track = {"id": f"lane-{number}", "title": both, "about": both, "steps": [step]}
        shared_own.write(f"tracks/lane-{number}.yaml", json.dumps(track))
    return shared_own


@pytest.mark.parametrize("width", [*range(1, 41, 3), 60, 80, 100])
@pytest.mark.parametrize("language", ["en", "both"])
def test_the_deepest_path_keeps_its_words_at_any_width(
    run: Run, chain: OwnFolder, width: int, language: str
) -> None:
    found = run(
        "path", "deep-0", "--content", str(chain), "--no-pager", "--lang", language,
        terminal=True, NO_COLOR="1", COLUMNS=str(width),
    )  # fmt: skip

    assert found.exit == 0
    tree = solid(re.sub("[│├└─┆]", "", found))
    for number in range(59):
        assert solid(f"reason-{number} 理由{number} and so on in words") in tree
        assert f"deep-{number + 1}" in tree
    assert max(map(cell_len, found.splitlines())) <= max(width, 20)


@pytest.mark.parametrize("width", [*range(1, 41, 3), 60, 80, 100])
@pytest.mark.parametrize("command", ["timeline", "tracks"])
def test_many_tracks_keep_their_words_at_any_width(
    run: Run, chain: OwnFolder, width: int, command: str
) -> None:
    found = run(
        command, "--content", str(chain), "--no-pager", terminal=True, NO_COLOR="1", COLUMNS=str(width)
    )

    assert found.exit == 0
    for number in range(20):
        assert f"deep-{number}" in found
        assert solid(f"About {number}.") in solid(found.replace("│", ""))


def test_a_path_may_be_longer_than_calls_may_be_deep(run: Run, own: OwnFolder) -> None:
    why = {"en": "So.", "zh": "就这样。"}
    for number in range(1100):
        requires = [{"id": f"deep-{number + 1}", "why": why}] if number < 1099 else []
        own.add(f"deep-{number}", requires=requires)

    found = run("path", "deep-0", "--content", str(own), "--json")

    assert [step["id"] for step in found.json["steps"]] == [f"deep-{1099 - one}" for one in range(1100)]
    for form in ("--plain", "--no-pager"):
        assert run("path", "deep-0", "--content", str(own), form, terminal=True).exit == 0


@pytest.mark.parametrize(
    ("typed", "english", "chinese"),
    [
        ("信任区域", "trust region", "信任域"),
        ("损耗函数", "loss function", "损失函数"),
        ("tensr", "tensor", "张量"),
        ("gradient ascent", "gradient descent", "梯度下降"),
    ],
)
def test_near_terms_are_offered_in_the_readers_language(
    run: Run, typed: str, english: str, chinese: str
) -> None:
    for language, meant, other in (("en", english, chinese), ("zh", chinese, english)):
        found = run("glossary", typed, "--lang", language)

        assert found.exit == 1
        hint = found.err.splitlines()[-1]
        assert meant in hint
        assert other not in hint


@pytest.mark.parametrize("typed", ["点函数", "potential function", "哈希函数", "hash function", "机器猫"])
def test_terms_that_share_only_a_common_word_are_not_offered(run: Run, typed: str) -> None:
    for language in ("en", "zh"):
        hint = run("glossary", typed, "--lang", language).err.splitlines()[-1]

        assert not re.search("(activation|cost|loss|value) function|(激活|代价|损失|价值)函数|机器", hint)


def test_the_chinese_head_of_an_entry_names_its_topics_in_chinese(run: Run) -> None:
    shown = run("show", "transformer", "--lang", "zh", terminal=True, NO_COLOR="1")
    entry = run("show", "transformer", "--json").json
    topics = {one["id"]: one["name"]["zh"] for one in run("topics", "--json").json}

    head = shown.split("\n\n")[0]
    assert all(topics[one] in head for one in entry["topics"])
    assert not any(re.search(rf"\b{one}\b", head.split("\n")[-1]) for one in entry["topics"])
