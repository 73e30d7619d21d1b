"""`content check|new|schema|path`, and the reader's own folders laid over the guide."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ailearn.catalog.model import Entry
from ailearn.catalog.study import guide_folder

if TYPE_CHECKING:
    from tests.cli.conftest import OwnFolder
    from tests.conftest import Run

FOLDERS = {"paper": "papers", "essay": "papers", "course": "courses", "book": "books", "tool": "tools"}
# The day for which the tools of the guide were last checked; later on `content check` asks for another look.
CHECKED = "2026-11-28T12:00:00+00:00"
FORMS = ("--plain", "--json", "--color=always")


@pytest.mark.parametrize(("form", "nothing"), [("--plain", ""), ("--json", "[]\n"), ("--color=never", "")])
def test_the_guide_is_clean(run: Run, form: str, nothing: str) -> None:
    found = run("content", "check", form, AILEARN_NOW=CHECKED)

    assert (found, found.exit) == (nothing, 0)
    files = len(list(guide_folder().rglob("*.yaml")))
    assert str(files) in found.err
    assert "error" not in found.err


@pytest.fixture
def faulty(own: OwnFolder) -> OwnFolder:
    """Three files with mistakes of three sorts."""
    own.add("dangling", requires=[{"id": "no-such-entry", "why": {"en": "So.", "zh": "所以。"}}])
    own.add("overrated", level=9)
    own.write("papers/tabbed.yaml", "id: tabbed\n\tkind: paper\n")
    return own


def test_every_finding_has_rule_place_message_and_hint_in_both_languages(run: Run, faulty: OwnFolder) -> None:
    found = run("content", "check", "--content", str(faulty), "--json", AILEARN_NOW=CHECKED)

    assert found.exit == 1
    assert found.err.startswith("error: ")
    assert {Path(one["path"]).name for one in found.json} == {
        "dangling.yaml",
        "overrated.yaml",
        "tabbed.yaml",
    }
    for one in found.json:
        assert set(one) == {"rule", "severity", "path", "line", "message", "hint"}
        assert one["rule"][0] == "C"
        assert one["rule"][1:].isdigit()
        assert one["severity"] in ("error", "warning")
        assert one["line"] is None or one["line"] >= 1
        for text in ("message", "hint"):
            assert set(one[text]) == {"en", "zh"}
            assert all(one[text].values())
    lines = {Path(one["path"]).name: one["line"] for one in found.json if one["rule"] == "C109"}
    assert lines == {"tabbed.yaml": 2}
    assert any("no-such-entry" in one["message"]["en"] for one in found.json)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_findings_are_the_same_in_plain_and_drawn(run: Run, faulty: OwnFolder, language: str) -> None:
    arguments = ("content", "check", "--content", str(faulty), "--lang", language)
    findings = run(*arguments, "--json").json

    plain = run(*arguments, "--plain")
    drawn = run(*arguments, terminal=True, NO_COLOR="1", COLUMNS="90")

    assert (plain.exit, drawn.exit) == (1, 1)
    assert plain.rows == [
        [
            one["rule"],
            f"{one['path']}:{one['line']}" if one["line"] else one["path"],
            one["severity"],
            one["message"][language],
            one["hint"][language],
        ]
        for one in findings
    ]
    solid = "".join(drawn.split())
    for one in findings:
        assert one["rule"] in drawn
        assert "".join(one["message"][language].split()) in solid
        assert "".join(one["hint"][language].split()) in solid


def test_a_year_later_the_maintainer_is_asked_to_look_at_the_tools_again(run: Run) -> None:
    found = run("content", "check", "--json", AILEARN_NOW="2027-11-28T12:00:00+00:00")

    assert {(one["rule"], one["severity"]) for one in found.json} == {("C509", "warning")}
    assert len(found.json) == len(list((guide_folder() / "tools").glob("*.yaml")))
    assert found.exit == 0


def test_warnings_alone_are_no_failure(run: Run, own: OwnFolder) -> None:
    original = (guide_folder() / "papers" / "resnet.yaml").read_text(encoding="utf-8")
    own.write("papers/resnet.yaml", original)

    found = run("content", "check", "--content", str(own), "--json", AILEARN_NOW=CHECKED)

    assert [(one["rule"], one["severity"]) for one in found.json] == [("C303", "warning")]
    assert found.exit == 0


def test_skeletons_are_written_where_they_belong_and_load(run: Run, own: OwnFolder) -> None:
    for kind, folder in FOLDERS.items():
        made = run("content", "new", kind, f"new-{kind}", "--content", str(own))

        assert (made, made.exit) == (f"{own.path / folder / f'new-{kind}.yaml'}\n", 0)
        assert "content check" in made.err

    shown = run("show", *(f"new-{kind}" for kind in FOLDERS), "--content", str(own), "--json")
    assert [(one["id"], one["kind"]) for one in shown.json] == [(f"new-{kind}", kind) for kind in FOLDERS]


def test_skeletons_pass_the_schema_apart_from_the_texts_to_be_written(run: Run, own: OwnFolder) -> None:
    for kind in FOLDERS:
        run("content", "new", kind, f"new-{kind}", "--content", str(own))

    found = run("content", "check", "--content", str(own), "--json", AILEARN_NOW=CHECKED)

    assert {one["rule"] for one in found.json} == {"C214"}
    assert {Path(one["path"]).stem for one in found.json} == {f"new-{kind}" for kind in FOLDERS}
    assert found.exit == 1


def test_a_skeleton_goes_into_the_current_folder_without_a_content_folder(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run("content", "new", "paper", "brand-new").exit == 0

    assert (tmp_path / "papers" / "brand-new.yaml").is_file()


def test_a_skeleton_makes_the_content_folder_that_is_named(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"

    assert run("content", "new", "book", "brand-new", "--content", str(folder)).exit == 0

    assert (folder / "books" / "brand-new.yaml").is_file()


def test_a_file_that_exists_is_left_as_it_is(run: Run, own: OwnFolder) -> None:
    path = own.write("papers/mine.yaml", "precious")

    found = run("content", "new", "paper", "mine", "--content", str(own))

    assert (found, found.exit) == ("", 4)
    assert str(path) in found.err
    assert path.read_text(encoding="utf-8") == "precious"


def test_a_folder_that_cannot_be_made_is_named(run: Run, own: OwnFolder) -> None:
    own.write("papers", "a file where the folder should be")

    found = run("content", "new", "paper", "mine", "--content", str(own))

    assert (found, found.exit) == ("", 4)
    assert str(own.path / "papers") in found.err


@pytest.mark.parametrize(
    "entry_id",
    ["../escape", "a/b", "Upper", "two--hyphens", "-", ".hidden", "残差", "", "x" * 61, "a b", "x\n"],
)
def test_a_bad_id_is_refused_and_writes_nothing(run: Run, own: OwnFolder, entry_id: str) -> None:
    found = run("content", "new", "--content", str(own), "--", "paper", entry_id)

    assert (found, found.exit) == ("", 2)
    assert list(own.path.parent.rglob("*.yaml")) == []


@pytest.mark.parametrize("kind", ["papers", "film", "", "../x"])
def test_an_unknown_kind_is_refused_with_the_known_ones(run: Run, own: OwnFolder, kind: str) -> None:
    found = run("content", "new", kind, "mine", "--content", str(own))

    assert (found, found.exit) == ("", 2)
    assert all(one in found.err for one in FOLDERS)
    assert list(own.path.iterdir()) == []


def test_the_schema_describes_every_field_of_an_entry(run: Run) -> None:
    schema = run("content", "schema").json

    fields = dataclasses.fields(Entry)
    assert set(schema["properties"]) == {field.name for field in fields}
    needed = {
        field.name
        for field in fields
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
    assert set(schema["required"]) == needed
    assert schema["additionalProperties"] is False


def test_path_names_every_folder_in_order_and_the_index(
    run: Run, own: OwnFolder, another_own: OwnFolder
) -> None:
    own.add("mine")

    found = run("content", "path", "--content", str(own), "--content", str(another_own), "--plain")

    assert [row[:2] for row in found.rows[:3]] == [
        ["guide", str(guide_folder())],
        ["own", str(own)],
        ["own", str(another_own)],
    ]
    assert [row[2] for row in found.rows[1:]] == ["1", "0", "34"]
    assert found.rows[3][0] == "index"
    assert Path(found.rows[3][1]).is_file()
    as_json = run("content", "path", "--content", str(own), "--content", str(another_own), "--json").json
    assert [[one["what"], one["path"], str(one["entries"])] for one in as_json] == found.rows


# The reader's own folders


def overlay(way: str, folders: list[OwnFolder], home: Path) -> tuple[list[str], dict[str, str]]:
    """Options and variables that lay `folders` over the guide in one of the three ways."""
    paths = [str(folder) for folder in folders]
    if way == "option":
        return [word for path in paths for word in ("--content", path)], {}
    if way == "variable":
        return [], {"AILEARN_CONTENT": os.pathsep.join(paths)}
    config = home / "ailearn" / "config" / "config.toml"
    config.parent.mkdir()
    config.write_text(f"content = {json.dumps(paths)}\n", encoding="utf-8")
    return [], {}


@pytest.mark.parametrize("way", ["option", "variable", "config"])
def test_entries_of_several_own_folders_join_the_guide(
    run: Run, own: OwnFolder, another_own: OwnFolder, own_folders: Path, way: str
) -> None:
    own.add("mine", topics=["attention"])
    another_own.add("yours")
    options, environment = overlay(way, [own, another_own], own_folders)

    found = run("papers", *options, "--json", **environment)

    ids = [one["id"] for one in found.json]
    assert {"mine", "yours", "resnet"} <= set(ids)
    assert len(ids) == 16 + 2
    topic = run("papers", "--topic", "attention", *options, "--plain", **environment)
    assert "mine" in [row[0] for row in topic.rows]


@pytest.mark.parametrize(("first", "second"), [("option", "variable"), ("variable", "config")])
def test_an_option_beats_the_variable_and_the_variable_the_config_file(
    run: Run, own: OwnFolder, another_own: OwnFolder, own_folders: Path, first: str, second: str
) -> None:
    own.add("mine")
    another_own.add("yours")
    options, environment = overlay(first, [own], own_folders)
    more_options, more_environment = overlay(second, [another_own], own_folders)

    found = run("papers", *options, *more_options, "--json", **environment, **more_environment)

    assert "mine" in [one["id"] for one in found.json]
    assert "yours" not in [one["id"] for one in found.json]


def test_an_option_may_stand_before_and_after_the_command(
    run: Run, own: OwnFolder, another_own: OwnFolder
) -> None:
    own.add("mine")
    another_own.add("yours")

    found = run("--content", str(own), "papers", "--content", str(another_own), "--json")

    assert {"mine", "yours"} <= {one["id"] for one in found.json}


def test_an_equal_id_replaces_and_is_reported_on_stderr(run: Run, own: OwnFolder) -> None:
    path = own.add("resnet", title={"en": "My own ResNet", "zh": "我的残差网络"})

    found = run("show", "resnet", "--content", str(own), "--json")

    assert found.json["title"]["en"] == "My own ResNet"
    assert "resnet" in found.err
    assert str(path) in found.err
    assert found.exit == 0
    assert len(run("papers", "--content", str(own), "--json").json) == 16


def test_of_two_own_folders_the_later_one_wins(run: Run, own: OwnFolder, another_own: OwnFolder) -> None:
    own.add("shared", minutes=11)
    another_own.add("shared", minutes=22)

    for folders, minutes in (((own, another_own), 22), ((another_own, own), 11)):
        options = [word for folder in folders for word in ("--content", str(folder))]
        assert run("show", "shared", *options, "--json").json["minutes"] == minutes


BROKEN: dict[str, bytes] = {
    "syntax": b"id: [",
    "tab": b"id: x\n\tkind: paper\n",
    "duplicate key": b"id: a\nid: b\n",
    "encoding": "id: 残差".encode("gb18030"),
    "utf-16": "id: x".encode("utf-16"),
    "empty": b"",
    "alias bomb": b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
    "path as id": b'{"id": "../../etc", "kind": "paper"}',
    "only control characters": b"\x1b\x07\x00",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_of_ones_own_is_named_at_every_start_and_the_rest_loads(
    run: Run, own: OwnFolder, content: bytes
) -> None:
    own.add("mine")
    (own.path / "papers" / "broken.yaml").write_bytes(content)

    for _ in range(2):
        found = run("papers", "--content", str(own), "--json")

        assert {"mine", "resnet"} <= {one["id"] for one in found.json}
        assert len(found.json) == 17
        assert found.exit == 0
        assert "broken.yaml" in found.err
        assert "mine.yaml" not in found.err
        assert "\x1b" not in found.err


def test_what_is_broken_is_said_in_the_readers_language(run: Run, own: OwnFolder) -> None:
    own.write("papers/broken.yaml", "")

    english, chinese = (run("topics", "--content", str(own), "--lang", one) for one in ("en", "zh"))

    assert "empty" in english.err
    assert "空" in chinese.err


@pytest.mark.parametrize("way", ["option", "variable", "config"])
def test_a_missing_content_folder_is_named(
    run: Run, tmp_path: Path, own_folders: Path, another_own: OwnFolder, way: str
) -> None:
    missing = type(another_own)(tmp_path / "missing")
    options, environment = overlay(way, [another_own, missing], own_folders)

    found = run("papers", *options, **environment)

    assert (found, found.exit) == ("", 4)
    assert str(missing) in found.err


ESCAPES = "before\x1b]0;title\x07\x1b[2J\x9b31m\x7fafter"


@pytest.fixture(scope="module")
def trap(shared_own: OwnFolder) -> OwnFolder:
    """An entry with terminal escapes in all its texts."""
    both = {"en": ESCAPES, "zh": ESCAPES + "中"}
    shared_own.add(
        "trap",
        **dict.fromkeys(("title", "short", "one_liner", "intuition", "figure"), both),
        aliases=[ESCAPES],
        authors=[ESCAPES],
        venue=ESCAPES,
        formula=ESCAPES,
        cards=[{"id": "a", "type": "why", "q": both, "a": both}],
        links=[{"kind": "page", "url": "https://example.org", "title": ESCAPES}],
    )
    return shared_own


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "command",
    ["papers", "show trap", "show trap --cards", "show trap --brief", "search before", "path trap"],
)
def test_terminal_escapes_inside_texts_never_reach_the_terminal(
    run: Run, trap: OwnFolder, command: str, form: str
) -> None:
    found = run(*command.split(), "--content", str(trap), form, terminal=True)

    assert found.exit == 0
    assert "after" in found
    for dangerous in ("\x1b]", "\x1b[2J", "\x07", "\x9b", "\x7f"):
        assert dangerous not in found
        assert dangerous not in found.err


@pytest.mark.parametrize("form", FORMS)
def test_terminal_escapes_never_reach_the_terminal_from_a_finding(
    run: Run, own: OwnFolder, form: str
) -> None:
    own.add("trap", title={"en": ESCAPES, "zh": "题"}, **{ESCAPES: ESCAPES}, level=ESCAPES)

    found = run("content", "check", "--content", str(own), form, terminal=True)

    assert found.exit == 1
    assert found
    assert not {"\x07", "\x9b", "\x7f"} & set(found + found.err)
    assert "\x1b]" not in found + found.err


def test_a_file_with_escapes_in_its_name_is_shown_without_them(run: Run, own: OwnFolder) -> None:
    try:
        own.write("papers/bad\x1b[31mname.yaml", "id: [")
    except OSError:
        pytest.skip("the file system takes no such name")

    found = run("papers", "--content", str(own))
    checked = run("content", "check", "--content", str(own), "--json")

    assert "name.yaml" in found.err
    assert "\x1b" not in found.err + checked + checked.err


def test_symlink_loops_and_unreadable_links_do_no_harm(run: Run, own: OwnFolder) -> None:
    own.add("mine")
    try:
        (own.path / "papers" / "loop").symlink_to(own.path / "papers", target_is_directory=True)
        (own.path / "papers" / "dangling.yaml").symlink_to(own.path / "nowhere.yaml")
    except OSError:
        pytest.skip("links cannot be made here")

    found: Any = run("papers", "--content", str(own), "--json")

    assert len(found.json) == 17
    assert "dangling.yaml" in found.err
