"""The program's own words: the same in both languages, none missing, none without use."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

import ailearn
from ailearn.catalog import filters
from ailearn.catalog.diagnosis import diagnose
from ailearn.catalog.filters import KINDS, STATUSES
from ailearn.catalog.model import Job
from ailearn.catalog.shown import SECTIONS
from ailearn.catalog.study import Study
from ailearn.cli.commands import COMMANDS, GROUPS, SUBCOMMANDS
from ailearn.learning import transfer
from ailearn.learning.checkup import with_journal
from ailearn.learning.clock import current
from ailearn.messages import en, prompts_en, zh
from ailearn.settings import KEYS, PROVIDERS, load
from ailearn.tutor.talk import JOBS

SOURCE = Path(ailearn.__file__).parent
AREAS = {key.split(".")[0] for key in en.MESSAGES if "." in key}
# Keys that are put together where they are used; the tests below hold each group to what puts them together.
COMPUTED = (
    "help.", "section.", "kind.", "job.", "doctor.", "place.", "reading.", "step.", "hint.config-",
    "hint.known-", "error.unknown-", "status.", "provider.", "tutor.job-", "picker.job-", "left-out.",
    "spoken.", "tool.retir",
)  # fmt: skip


def strings() -> Iterator[tuple[str, str]]:
    """Every string constant of the program with the file it stands in; pieces of f-strings are left out."""
    for path in sorted(SOURCE.rglob("*.py")):
        if path.parent.name == "messages":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        pieces = {
            id(piece) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for piece in node.values
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in pieces:
                yield path.name, node.value


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_both_languages_have_the_same_keys_in_the_same_order() -> None:
    assert list(en.MESSAGES) == list(zh.MESSAGES)


@pytest.mark.parametrize("key", en.MESSAGES)
def test_a_message_has_the_same_places_in_both_languages(key: str) -> None:
    english, chinese = en.MESSAGES[key], zh.MESSAGES[key]

    assert placeholders(english) == placeholders(chinese)
    assert all(name.isidentifier() for name in placeholders(english))
    assert english
    assert chinese


def test_every_key_that_the_program_names_exists() -> None:
    shape = re.compile(rf"(?:{'|'.join(AREAS)})(?:\.[a-z0-9_-]+)+")
    files = (".toml", ".yaml", ".sqlite", ".txt")
    named = {(text, file) for file, text in strings() if shape.fullmatch(text) and not text.endswith(files)}
    named = {(text, file) for text, file in named if text not in KEYS}

    assert len(named) > 100, "the keys are found at all"
    known = en.MESSAGES.keys() | prompts_en.PROMPTS.keys()
    assert {(text, file) for text, file in named if text not in known} == set()


def test_every_key_of_the_tables_is_used() -> None:
    used = {text for _, text in strings()}

    unused = {key for key in en.MESSAGES if key not in used and not key.startswith(COMPUTED)}
    assert unused - {"help"} == set()


def test_every_state_and_language_that_is_drawn_has_its_words() -> None:
    assert keys("tool.retir") == {"ed", "ed-successor", "ing", "ing-successor"}
    assert keys("spoken.") == {"en", "zh", "ja"}


def keys(prefix: str) -> set[str]:
    """What follows `prefix` in the keys that begin with it."""
    return {key.removeprefix(prefix) for key in en.MESSAGES if key.startswith(prefix)}


def test_every_command_has_help_and_there_is_help_for_nothing_else() -> None:
    pages = [*COMMANDS, *(f"{name}.{second}" for name, names in SUBCOMMANDS.items() for second in names)]
    wanted = {*pages, *(f"{page}.examples" for page in pages), *(f"group.{name}" for name in GROUPS)}
    headings = {"root.examples", "examples", "usage", "arguments", "options", "common-options", "commands"}

    assert keys("help.") == wanted | headings


def test_every_section_kind_and_job_has_a_name() -> None:
    assert keys("section.") == set(SECTIONS)
    assert keys("kind.") == set(KINDS)
    assert keys("status.") == set(STATUSES)
    assert keys("job.") == set(get_args(Job))
    assert keys("step.") == {"took_over", "left_open"}
    assert keys("reading.") == {"first", "second", "skip"}
    assert keys("place.") == {"guide", "own", "index", "files", "entries"}


def test_every_provider_and_every_job_of_the_tutor_has_a_name() -> None:
    assert keys("provider.") == set(PROVIDERS)
    assert keys("tutor.job-") == set(JOBS)


def test_every_setting_has_a_hint() -> None:
    hints = keys("hint.config-") - {"unreadable", "unwritable", "syntax", "keys"}

    assert hints == set(KEYS)


def test_what_can_be_unknown_has_an_error_and_what_is_listed_a_hint() -> None:
    assert keys("error.unknown-") == {"topic", "track", "kind", "status", "section", "shell"}
    assert keys("hint.known-") == {"topic", "track", "kind", "status", "section"}


def test_everything_that_doctor_looks_at_has_a_name(study: Study) -> None:
    found = with_journal(diagnose(load({}), study, "utf-8"), Path("nowhere"), current(4, {}))
    names = {line.name for line in found.lines}

    assert keys("doctor.") == names | {"ahead", "ruler", "ruler-help"}


def test_every_reason_to_leave_out_a_file_or_a_line_has_words() -> None:
    assert keys("left-out.") == set(get_args(transfer.Reason))


@pytest.mark.parametrize("key", [key for key in en.MESSAGES if key.startswith("error.")])
def test_an_error_is_a_sentence_with_its_full_stop(key: str) -> None:
    ends = (": ", "：") if key == "error.label" else (".", "。")

    assert (en.MESSAGES[key].endswith(ends[0]), zh.MESSAGES[key].endswith(ends[1])) == (True, True)


@pytest.mark.parametrize(
    ("table", "worn"),
    [
        (en.MESSAGES, r"\banew\b|\btaken over\b|\bset aside\b|\byou may\b|^Name an?\b"),
        (zh.MESSAGES, "不能是|取回|叫回|歇着|已会|早就会|接上|接一个|不肯|用不了|笔记又"),
        ({key: text for key, text in zh.MESSAGES.items() if key.startswith("hint.")}, "^写"),
    ],
    ids=["en", "zh", "hints"],
)
def test_one_thing_has_one_word_and_that_is_the_usual_one(table: dict[str, str], worn: str) -> None:
    assert {key: text for key, text in table.items() if re.search(worn, text)} == {}


@pytest.mark.parametrize("status", STATUSES)
def test_a_status_can_be_asked_for_by_the_word_that_is_shown(status: str) -> None:
    assert filters.status(zh.MESSAGES[f"status.{status}"]) == status


@pytest.mark.parametrize("key", [key for key in en.MESSAGES if not key.startswith("help.")])
def test_a_chinese_message_uses_chinese_punctuation_between_chinese_words(key: str) -> None:
    assert not re.search("[\u4e00-\u9fff][,;:?!][\u4e00-\u9fff ]", zh.MESSAGES[key])


def test_messages_are_free_of_control_characters_and_stray_blanks() -> None:
    for table in (en.MESSAGES, zh.MESSAGES):
        for key, text in table.items():
            assert text.replace("\n", "").isprintable(), key
            assert text == text.rstrip("\n"), key
