"""The reader's own notes: written at once, from stdin, in an editor; shown, and found by `search`."""

from __future__ import annotations

import json
import re
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import Run

MARKDOWN = "# Why it works\n\n- the identity is free\n    - even when nested\n\n恒等映射不花力气。"


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What `$EDITOR` runs; a test writes Python into it, with the file to edit in `path`."""
    script = tmp_path / "my editor.py"
    monkeypatch.setenv("EDITOR", f"'{sys.executable}' '{script}' --wait")
    return script


def edits(editor: Path, body: str) -> None:
    editor.write_text(f"import sys, pathlib\npath = pathlib.Path(sys.argv[-1])\n{body}\n", encoding="utf-8")


def noted(run: Run, entry_id: str = "resnet") -> str | None:
    found: str | None = run("show", entry_id, "--json").json["progress"]["note"]
    return found


def test_a_note_behind_the_id_is_kept_and_said(run: Run) -> None:
    assert run("note", "残差网络", "Depth", "is free.").rows == [["resnet", "Depth is free."]]
    assert run("note", "resnet", "Shorter.", "--json").json == {"id": "resnet", "text": "Shorter."}
    assert noted(run) == "Shorter."


def test_a_dash_reads_stdin(run: Run) -> None:
    assert run("note", "resnet", "-", typed=f"{MARKDOWN}\n\n").exit == 0
    assert noted(run) == MARKDOWN


def test_a_text_may_begin_with_a_dash_but_a_slip_is_no_text(run: Run) -> None:
    assert run("note", "resnet", "- a list\n- of two").exit == 0
    assert noted(run) == "- a list\n- of two"
    slip = run("note", "resnet", "--jsno")
    assert (slip, slip.exit) == ("", 2)
    assert noted(run) == "- a list\n- of two"


def test_an_empty_text_takes_the_note_away(run: Run) -> None:
    run("note", "resnet", "A thought.")

    assert run("note", "resnet", "", terminal=True) == "The note on resnet has been deleted.\n"
    assert noted(run) is None
    assert "note" not in {row[0] for row in run("show", "resnet").rows}


def test_an_unknown_entry_records_nothing_and_opens_no_editor(
    run: Run, own_folders: Path, editor: Path
) -> None:
    edits(editor, "path.with_name('called').touch()")
    assert run("note", "no-such-paper", "A thought.").exit == 3
    assert run("note", "no-such-paper").exit == 3
    assert not (own_folders / "ailearn" / "data").exists()


def test_without_a_text_the_editor_opens_on_the_note_there_is(run: Run, editor: Path) -> None:
    edits(editor, "assert path.suffix == '.md' and path.read_text() == ''\npath.write_text('First.\\n')")
    assert run("note", "resnet").exit == 0
    edits(editor, "path.write_text(path.read_text() + 'Second. 第二。\\n', encoding='utf-8')")
    assert run("note", "resnet").exit == 0

    assert noted(run) == "First.\nSecond. 第二。"


def test_visual_goes_before_editor(run: Run, editor: Path) -> None:
    edits(editor, "path.write_text('by the right one')")
    assert run("note", "resnet", VISUAL=f"'{sys.executable}' '{editor}'", EDITOR="false").exit == 0
    assert noted(run) == "by the right one"


def test_an_emptied_file_takes_the_note_away(run: Run, editor: Path) -> None:
    run("note", "resnet", "A thought.")
    edits(editor, "path.write_text('\\n')")

    assert run("note", "resnet").exit == 0
    assert noted(run) is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_an_editor_the_error_names_the_variables(run: Run, language: str) -> None:
    found = run("note", "resnet", "--lang", language, EDITOR="", VISUAL=None)

    assert (found, found.exit) == ("", 6)
    assert "`VISUAL`" in found.err
    assert "`EDITOR`" in found.err


@pytest.mark.parametrize("command", ["no-such-editor --wait", "'"])
def test_an_editor_that_cannot_be_started_is_an_error(run: Run, command: str) -> None:
    found = run("note", "resnet", EDITOR=command)

    assert (found, found.exit) == ("", 6)
    assert command.split()[0] in found.err


def test_an_editor_that_fails_leaves_the_note_as_it_was_and_the_draft_in_its_file(
    run: Run, editor: Path
) -> None:
    run("note", "resnet", "Before.")
    edits(editor, "path.write_text('Half a thou')\nsys.exit(3)")

    found = run("note", "resnet")
    assert (found, found.exit) == ("", 6)
    assert noted(run) == "Before."
    draft = Path(found.err.splitlines()[0].removeprefix("Your text is in ").removesuffix("."))
    assert draft.read_text("utf-8") == "Half a thou"
    draft.unlink()


def test_what_was_written_is_kept_when_the_journal_cannot_take_it(
    run: Run, editor: Path, own_folders: Path
) -> None:
    edits(editor, "path.write_text('Precious.')")
    data = own_folders / "ailearn" / "data"
    data.write_text("in the way of the folder")

    found = run("note", "resnet")
    assert found.exit == 5
    draft = Path(found.err.splitlines()[0].removeprefix("Your text is in ").removesuffix("."))
    assert draft.read_text("utf-8") == "Precious."
    assert stat.S_IMODE(draft.stat().st_mode) & 0o077 == 0, "nobody else may read it"
    draft.unlink()


def test_bytes_that_are_no_text_are_refused(run: Run, editor: Path) -> None:
    run("note", "resnet", "Before.")
    edits(editor, "path.write_bytes(b'\\xff\\xfe thought')")

    found = run("note", "resnet")
    assert (found.exit, noted(run)) == (2, "Before.")
    draft = Path(found.err.splitlines()[0].removeprefix("error: ").removesuffix(" is not UTF-8 text."))
    assert draft.read_bytes() == b"\xff\xfe thought"
    draft.unlink()


@pytest.mark.parametrize("language", ["en", "zh", "both"])
@pytest.mark.parametrize("width", ["60", "80"])
def test_show_has_the_note_as_a_section_of_its_own(run: Run, language: str, width: str) -> None:
    run("note", "resnet", MARKDOWN)
    heading = "你的笔记" if language == "zh" else "Your note"

    drawn = run("show", "resnet", "--lang", language, terminal=True, NO_COLOR="1", COLUMNS=width)
    section = drawn[drawn.index(f"\n{heading}\n") :].splitlines()[2:]
    assert section == [
        "  # Why it works",
        "",
        "  - the identity is free",
        "      - even when nested",
        "",
        "  恒等映射不花力气。",
    ]
    rows = [row for row in run("show", "resnet", "--plain", "--lang", language).rows if row[0] == "note"]
    assert [row[1] for row in rows if row[1:]] == MARKDOWN.splitlines()
    assert noted(run) == MARKDOWN


def test_a_note_cannot_write_escape_sequences_to_the_terminal(run: Run) -> None:
    run("note", "resnet", "red \x1b[31m and \x07 loud")

    for found in (run("show", "resnet"), run("show", "resnet", terminal=True, NO_COLOR="1")):
        assert "\x1b" not in found
        assert "\x07" not in found


def test_search_finds_a_note_and_shows_the_sentence(run: Run) -> None:
    run("note", "resnet", "Something else. The quokka explains skips. 袋鼠也懂。")

    for words in ("quokka", "quokkas", "QUOKKA explains", '"quokka explains"', "袋鼠", "quok"):
        found = run("search", words, "--json")
        assert [hit["id"] for hit in found.json] == ["resnet"], words
        assert found.json[0]["matched"]["field"] == "note"
    assert run("search", "quokka").rows[0][7:] == ["note", "The quokka explains skips.", ""]
    drawn = run("search", "quokka", terminal=True, NO_COLOR="1")
    assert "Your note: The quokka explains skips." in drawn


def test_a_note_is_matched_by_all_words_and_phrases_and_filters(run: Run) -> None:
    run("note", "resnet", "The quokka explains skips.")

    def found(*words: str) -> list[str]:
        hits = run("search", *words, "--json").json
        return [hit["id"] for hit in hits if (hit["matched"] or {}).get("field") == "note"]

    assert found("skips", "quokka") == ["resnet"]
    assert found('"skips quokka"') == []
    assert found("quokka", "-skips") == []
    assert found("quokka", "year:2015") == ["resnet"]
    assert found("quokka", "year:2016..") == []
    assert found("quokka", "--kind", "book") == []
    assert found("quokka", "status:unread") == ["resnet"]
    assert found("quokka", "status:read") == []


def test_notes_come_after_what_matches_in_the_guide_and_nothing_twice(run: Run) -> None:
    before = [hit["id"] for hit in run("search", "distillation", "--json").json]
    last = next(one["id"] for one in run("list", "--json").json if one["id"] not in before)
    run("note", last, "Compare this with distillation.")
    run("note", "distillation", "All about distillation.")

    found = run("search", "distillation", "--json").json
    assert [hit["id"] for hit in found] == [*before, last]
    assert found[-1]["matched"]["field"] == "note"
    assert [hit["matched"]["field"] for hit in found[:-1]] == [
        hit["matched"]["field"]
        for hit in run("search", "distillation", "--limit", str(len(before)), "--json").json
    ]
    limited = run("search", "distillation", "--limit", "1")
    assert f"1 of {len(before) + 1} shown" in limited.err


def test_a_note_that_holds_the_words_is_preferred_to_entries_that_only_come_near(run: Run) -> None:
    near = run("search", "tranformer")
    assert near.rows
    run("note", "brook", "How to spell tranformer.")

    found = run("search", "tranformer")
    assert [row[0] for row in found.rows] == ["brook"]
    assert found.err == ""


def test_a_note_that_was_taken_away_is_not_found(run: Run) -> None:
    run("note", "resnet", "quokka")
    run("undo")

    assert run("search", "quokka").exit == 1


# What no terminal may be given: C1, DEL, marks that turn the direction, line breaks and tags nobody sees.
STEERING = "\x9b31m \x9d0;x\x07 \x7f \x1b[2J \u202e \u2066 \u200f \u061c \u2028 \ufffa \U000e0041 \x85"


@pytest.mark.parametrize(
    "command", ["show resnet", "show resnet --section note", "search beginning", "list --status unread"]
)
@pytest.mark.parametrize("form", ["--plain", "--json", ""])
@pytest.mark.parametrize("terminal", [True, False])
def test_nothing_in_a_note_steers_a_terminal(run: Run, command: str, form: str, terminal: bool) -> None:
    run("note", "resnet", f"beginning {STEERING} end")

    found = run(*command.split(), *form.split(), terminal=terminal, NO_COLOR="1")

    assert found.exit == 0
    assert not set(STEERING) - {" ", *map(chr, range(0x21, 0x7F))} & set(found + found.err)


def test_json_and_exported_events_mean_what_was_written(run: Run) -> None:
    run("note", "resnet", f"beginning {STEERING} end")

    exported = run("progress", "export", terminal=True)

    assert noted(run) == f"beginning {STEERING} end"
    assert json.loads(exported)["payload"]["text"] == f"beginning {STEERING} end"
    assert not re.search("[\x7f-\x9f\u200f-\u202e\u2066\ufffa\U000e0041]", exported)
    assert run("progress", "import", "-", typed=exported, AILEARN_HOME=None).exit == 0
    assert run("progress", "export", AILEARN_HOME=None) == exported


def test_joiners_of_emoji_and_of_other_scripts_stay(run: Run) -> None:
    text = "👩\u200d🔬 می\u200cخواهم 葛\U000e0100"
    run("note", "resnet", text)

    assert text in run("show", "resnet", "--section", "note", "--plain")
    assert text in run("show", "resnet", "--json")
