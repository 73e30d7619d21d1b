"""Loading folders: what gets in, what is kept out with which finding, and the scan behind it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ailearn.catalog import content_files
from ailearn.catalog.content_files import ContentFolder, fingerprint, scan
from ailearn.catalog.rules import is_valid_id
from ailearn.catalog.source import load

if TYPE_CHECKING:
    from tests.catalog.conftest import GuideFolder
    from tests.conftest import Unprivileged

PAPER = "papers/dropout.yaml"
TOOL = "tools/helper.yaml"
MOTIVATION_EN = "en: Averaging many networks is too dear."


def rules(library_findings: tuple[object, ...]) -> list[str]:
    return [getattr(one, "rule", "") for one in library_findings]


def test_a_good_guide_is_loaded_whole(guide: GuideFolder) -> None:
    library = guide.load()
    assert library.findings == ()
    assert [entry.id for entry in library.entries] == ["lessons", "dropout", "helper"]
    assert [topic.id for topic in library.topics] == ["foundations", "regularization"]
    assert [track.id for track in library.tracks] == ["story"]
    assert [term.id for term in library.terms] == ["overfitting"]
    assert library.guide is not None
    assert library.files == 7
    dropout = library.entries[1]
    assert (dropout.level, dropout.minutes, dropout.arxiv) == (2, 50, "1207.0580")
    assert dropout.authors_zh == {"Kaiming He": "何恺明"}
    course = library.entries[0].course
    assert course is not None
    assert (course.lessons, course.hours) == (12, 10.5)


def test_white_space_around_texts_is_dropped_but_not_in_drawings(guide: GuideFolder) -> None:
    guide.edit(PAPER, MOTIVATION_EN, "en: >\n    Folded.\n\n")
    guide.edit(PAPER, '"y = F(x) + x"', "|2\n    y = F(x)\n      + x\n")
    guide.edit(PAPER, "  en: |\n    x -->", "  en: |2\n      x -->")
    dropout = guide.load().entries[1]
    assert dropout.motivation.en == "Folded."
    assert dropout.formula == "  y = F(x)\n    + x"
    assert dropout.figure is not None
    assert dropout.figure.en.startswith("  x -->")
    assert dropout.figure.en.endswith("end")


@pytest.mark.parametrize(
    ("rule", "old", "new", "needle"),
    [
        ("C201", "level: 2\n", "", "id: dropout"),
        ("C201", "motivation:\n  en: Averaging many networks is too dear.", "motivation:", "motivation:"),
        ("C202", "level: 2\n", "level: 2\nlvl: 2\n", "lvl:"),
        ("C202", MOTIVATION_EN, f"{MOTIVATION_EN}\n  de: Zu teuer.", "de: Zu"),
        ("C202", "{id: six,", "{id: six, hint: x,", "{id: six,"),
        ("C203", MOTIVATION_EN, "en: [a, b]", "en: [a, b]"),
        ("C204", "level: 2", "level: two", "level:"),
        ("C204", "minutes: 50", "minutes: 50 min", "minutes:"),
        ("C204", "minutes: 50", "minutes: 5" + "0" * 5000, "minutes:"),
        ("C205", "kind: paper", "kind: papr", "kind:"),
        ("C205", "{kind: abstract,", "{kind: abstrakt,", "{kind:"),
        ("C206", "topics: [regularization]", "topics: regularization", "topics:"),
        ("C207", "short: {en: Dropout, zh: 随机失活}", "short: Dropout", "short:"),
        ("C208", MOTIVATION_EN, "en:", "en:\n  zh: 训练许多"),
        ("C208", "level: 2", "level:", "level:"),
        ("C209", "level: 2", "level: 6", "level:"),
        ("C209", "minutes: 50", "minutes: 0", "minutes:"),
        ("C210", "authors_zh: {Kaiming He: 何恺明}", "authors_zh: [何恺明]", "authors_zh:"),
        ("C301", "id: dropout", "id: ../dropout", "id: ../"),
        ("C301", "id: dropout", "id: " + "x" * 61, "id: xx"),
        ("C301", "id: dropout", "id: Dropout", "id: Dropout"),
    ],
)
def test_an_item_that_breaks_the_schema_is_kept_out(
    guide: GuideFolder, rule: str, old: str, new: str, needle: str
) -> None:
    guide.edit(PAPER, old, new)
    library = guide.load()
    text = guide.read(PAPER)
    line = text.count("\n", 0, text.index(needle)) + 1
    assert [(one.rule, one.line, Path(one.path).name) for one in library.findings] == [
        (rule, line, "dropout.yaml")
    ]
    assert [entry.id for entry in library.entries] == ["lessons", "helper"]
    for language in ("en", "zh"):
        assert library.findings[0].message(language)
        assert library.findings[0].hint(language)


def test_all_that_is_wrong_is_reported_at_once(guide: GuideFolder) -> None:
    guide.edit(PAPER, "level: 2", "level: two")
    guide.edit(PAPER, "minutes: 50", "minute: 50")
    guide.edit(PAPER, MOTIVATION_EN, "de: Zu teuer.")
    assert sorted(rules(guide.load().findings)) == ["C201", "C201", "C202", "C202", "C204"]


def test_unknown_fields_are_answered_with_the_known_ones(guide: GuideFolder) -> None:
    guide.edit(PAPER, "{id: six,", "{id: six, hint: x,")
    (finding,) = guide.load().findings
    assert finding.message("en") == "`cards#6.hint` is not a field here."
    assert finding.hint("en") == "Fields here: id, type, q, a, excerpt, source."
    assert "id、type、q、a、excerpt、source" in finding.hint("zh")


def test_infinite_hours_are_no_number(guide: GuideFolder) -> None:
    guide.edit("courses/lessons.yaml", "hours: 10.5", "hours: .inf")
    assert rules(guide.load().findings) == ["C204"]
    guide.edit("courses/lessons.yaml", "hours: .inf", "hours: nan")
    assert rules(guide.load().findings) == ["C210"]


def test_one_bad_item_of_a_list_leaves_the_others(guide: GuideFolder) -> None:
    guide.edit("topics.yaml", "  - id: foundations\n", "  - only text\n  - id: foundations\n")
    guide.edit(
        "topics.yaml", "about: {en: Keeping a model from memorising., zh: 不让模型死记硬背。}", "abut: x"
    )
    library = guide.load()
    assert [topic.id for topic in library.topics] == ["foundations"]
    assert [(one.rule, one.line) for one in library.findings] == [("C207", 2), ("C201", 6), ("C202", 8)]


@pytest.mark.parametrize(
    ("text", "rule"),
    [("subjects: []\n", "C202"), ("topics: all\n", "C206"), ("topics:\n", "C206"), ("other: x\n", "C201")],
)
def test_a_list_file_holds_its_list(guide: GuideFolder, text: str, rule: str) -> None:
    guide.write("topics.yaml", text)
    library = guide.load()
    assert rule in rules(library.findings)
    assert len(library.entries) == 3


def test_one_broken_file_never_takes_down_the_rest(guide: GuideFolder) -> None:
    guide.write("papers/broken.yaml", "id: [")
    (guide.path / "papers" / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    os.mkfifo(guide.path / "papers" / "pipe.yaml")
    (guide.path / "papers" / "dangling.yaml").symlink_to("nowhere")
    library = guide.load()
    assert sorted(rules(library.findings)) == ["C102", "C104", "C106", "C109"]
    assert len(library.entries) == 3
    assert library.unloaded == {"broken", "bytes", "pipe", "dangling"}


def test_control_characters_never_reach_the_model(guide: GuideFolder) -> None:
    guide.edit(PAPER, MOTIVATION_EN, 'en: "red \\e[31m, bell \\a, turned \\u202E"')
    guide.edit(PAPER, "{Kaiming He: 何恺明}", '{"Kaiming\\e He": 何恺明}')
    guide.edit(PAPER, "end\n", "end \u2066\n")
    library = guide.load()
    dropout = library.entries[1]
    assert dropout.motivation.en == "red \ufffd[31m, bell \ufffd, turned \ufffd"
    assert dropout.authors_zh == {"Kaiming\ufffd He": "何恺明"}
    assert dropout.figure is not None
    assert dropout.figure.en.endswith("end \ufffd")
    found = [(one.rule, one.line) for one in library.findings]
    assert ("C401", guide.line_of(PAPER, 'en: "red')) in found


def test_the_same_id_twice_in_one_folder_keeps_the_first(guide: GuideFolder) -> None:
    guide.write("papers/zz.yaml", guide.read(PAPER).replace("level: 2", "level: 5"))
    library = guide.load()
    (finding,) = library.findings
    assert (finding.rule, finding.line, finding.severity) == ("C302", 1, "error")
    assert finding.path.endswith("zz.yaml")
    assert [entry.level for entry in library.entries if entry.id == "dropout"] == [2]


def test_the_readers_entry_replaces_the_guides(guide: GuideFolder, own: GuideFolder) -> None:
    own.write("dropout.yaml", guide.read(PAPER).replace("level: 2", "level: 5"))
    own.write("tracks/story.yaml", guide.read("tracks/story.yaml").replace("A story", "My story"))
    own.write("glossary.yaml", guide.read("glossary.yaml").replace("by heart", "off pat"))
    own.write("topics.yaml", guide.read("topics.yaml").replace("id: foundations", "id: mine"))
    library = load([guide.folder, own.folder])
    assert [entry.id for entry in library.entries] == ["lessons", "dropout", "helper"]
    assert library.entries[1].level == 5
    assert [track.title.en for track in library.tracks] == ["My story"]
    assert library.terms[0].meaning.en == "Learning the examples off pat."
    assert [topic.id for topic in library.topics] == ["foundations", "regularization", "mine"]
    (replacement,) = library.replaced
    assert replacement.id == "dropout"
    assert replacement.by_path == str(own.path / "dropout.yaml")
    assert replacement.original_path == str(guide.path / PAPER)
    assert {(one.rule, one.severity) for one in library.findings} == {("C303", "warning")}
    assert library.places["entry", "dropout"].own
    assert "replaces" in library.findings[0].message("en")


def test_a_broken_replacement_leaves_the_original(guide: GuideFolder, own: GuideFolder) -> None:
    own.write("dropout.yaml", guide.read(PAPER).replace("level: 2", "level: 9"))
    library = load([guide.folder, own.folder])
    assert [entry.level for entry in library.entries if entry.id == "dropout"] == [2]
    assert rules(library.findings) == ["C209"]


def test_loose_files_without_id_and_kind_are_passed_over_with_a_word(own: GuideFolder) -> None:
    own.write("settings.yaml", "colour: blue\n")
    (finding,) = own.load().findings
    assert (finding.rule, finding.severity) == ("C118", "warning")


def test_a_folder_that_is_no_part_of_a_guide_is_named(own: GuideFolder) -> None:
    own.write("paper/dropout.yaml", "id: x\n")
    own.write("pictures/one.png", "")
    findings = own.load().findings
    assert [(one.rule, one.severity, one.values["folder"]) for one in findings] == [
        ("C103", "warning", "paper")
    ]


def test_a_missing_folder_is_a_finding(tmp_path: Path) -> None:
    library = load([ContentFolder(tmp_path / "nowhere", own=True)])
    assert rules(library.findings) == ["C101"]
    assert library.entries == ()


def test_a_file_in_place_of_a_folder_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    assert rules(load([ContentFolder(path, own=True)]).findings) == ["C102"]


def test_the_scan_takes_yaml_files_in_order_and_nothing_hidden(own: GuideFolder) -> None:
    for name in ("b.yaml", "a.yml", ".hidden.yaml", "c.txt", "papers/.git/x.yaml", "papers/2015/x.yaml"):
        (own.path / name).parent.mkdir(parents=True, exist_ok=True)
        own.write(name, "")
    assert scan(own.path).files == ("a.yml", "b.yaml", "papers/2015/x.yaml")


def test_loops_of_links_end_and_nothing_is_read_twice(own: GuideFolder, tmp_path: Path) -> None:
    own.write("papers/one.yaml", "")
    papers = own.path / "papers"
    (papers / "up").symlink_to(own.path)
    (papers / "self").symlink_to(papers)
    (papers / "again.yaml").symlink_to("one.yaml")
    (papers / "loop.yaml").symlink_to("loop.yaml")
    (own.path / "books").symlink_to(papers)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "two.yaml").touch()
    (elsewhere / "back").symlink_to(own.path)
    (own.path / "tools").symlink_to(elsewhere)
    (papers / "three.yaml").symlink_to(elsewhere / "two.yaml")
    assert scan(own.path).files == ("papers/loop.yaml", "papers/one.yaml", "tools/two.yaml")
    assert rules(own.load().findings) == ["C102", "C110", "C110"]


def test_a_locked_folder_is_a_finding(unprivileged: Unprivileged) -> None:
    papers = unprivileged.home / "own" / "papers"
    papers.mkdir(parents=True)
    (papers / "one.yaml").touch()
    unprivileged.own(papers.parent)
    papers.chmod(0)

    found = unprivileged("content", "check", "--content", str(papers.parent), "--json")

    assert [one["rule"] for one in found.json] == ["C102"]


def test_the_fingerprint_changes_with_any_file_and_only_then(guide: GuideFolder, own: GuideFolder) -> None:
    folders = [guide.folder, own.folder]
    seen = [fingerprint(folders)]
    assert fingerprint(folders) == seen[0]
    guide.edit(TOOL, "level: 1", "level: 12")
    seen.append(fingerprint(folders))
    os.utime(guide.path / TOOL, ns=(1, 1))
    seen.append(fingerprint(folders))
    own.write("mine.yaml", "")
    seen.append(fingerprint(folders))
    (own.path / "mine.yaml").rename(own.path / "ours.yaml")
    seen.append(fingerprint(folders))
    seen.append(fingerprint([guide.folder]))
    seen.append(fingerprint([guide.folder, ContentFolder(own.path, own=False)]))
    seen.append(fingerprint([guide.folder, ContentFolder(own.path / "nowhere", own=True)]))
    assert len(set(seen)) == len(seen)
    own.write("notes.txt", "")
    own.write("ours.yaml", "")
    os.utime(own.path / "ours.yaml", ns=(5, 5))
    before = fingerprint(folders)
    own.write("notes.txt", "more")
    assert fingerprint(folders) == before


def test_a_name_that_is_not_utf8_can_be_scanned(own: GuideFolder) -> None:
    try:
        (Path(os.fsdecode(os.fsencode(own.path) + b"/\xff.yaml"))).touch()
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    assert len(fingerprint([own.folder])) == 32
    (finding,) = own.load().findings
    assert finding.path.encode("utf-8").endswith("\ufffd.yaml".encode())


def test_the_fingerprint_needs_neither_yaml_nor_pydantic() -> None:
    code = "import sys, ailearn.catalog.content_files; print({'yaml', 'pydantic'} & set(sys.modules))"
    source = Path(content_files.__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(source)}
    answer = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "set()"


@pytest.mark.parametrize("name", ["a", "d2l", "3blue1brown-neural-networks", "x" * 60])
def test_ids(name: str) -> None:
    assert is_valid_id(name)


@pytest.mark.parametrize(
    "name", ["", "..", "a/b", "-a", "a-", "a--b", "A", "é", "a b", "a\n", "x" * 61, "残差", "a.b"]
)
def test_what_is_no_id(name: str) -> None:
    assert not is_valid_id(name)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    old=st.sampled_from(["level: 2", MOTIVATION_EN, "- Draw a mask.", "{id: six,", "topics:"]),
    new=st.text(max_size=30),
)
def test_no_text_in_an_entry_makes_loading_or_checking_raise(guide: GuideFolder, old: str, new: str) -> None:
    before = guide.read(PAPER)
    try:
        path = guide.path / PAPER
        path.write_bytes(before.replace(old, new).encode("utf-8", "surrogatepass"))
        for finding in guide.check().findings:
            assert "\n" not in finding.message("en") + finding.hint("zh")
    finally:
        guide.write(PAPER, before)


# Copies beside the real file, as services that carry folders, file managers and editors call them
COPIES = [
    "dropout.sync-conflict-20260310-101010-ABCDEFG.yaml",
    "dropout (conflicted copy 2026-03-10).yaml",
    "dropout (Ann's conflicted copy 2026-03-10).yml",
    "dropout 2.yaml",
    "dropout (1).yaml",
    "dropout - Copy.yaml",
    "dropout copy.yaml",
    "dropout-2.yaml",
    "dropout.orig.yaml",
    "dropout_old.yml",
    "a copy of dropout.yaml",
    "副本 dropout.yaml",
    "older/dropout (1).yaml",
]


@pytest.mark.parametrize("name", COPIES)
@pytest.mark.parametrize("folder", ["papers", "tracks"])
def test_a_copy_never_takes_the_place_of_the_file_called_by_the_id(
    guide: GuideFolder, folder: str, name: str
) -> None:
    real = "story" if folder == "tracks" else "dropout"
    copy = f"{folder}/{name.replace('dropout', real)}"
    text = guide.read(f"{folder}/{real}.yaml")
    (guide.path / copy).parent.mkdir(exist_ok=True)
    guide.write(copy, text.replace("Dropout: A", "Old: A").replace("A story", "Old"))
    library = guide.load()
    (finding,) = library.findings
    assert (finding.rule, Path(finding.path).name) == ("C320", Path(copy).name)
    assert f"{real}.yaml" in finding.message("en")
    assert finding.message("zh")
    titles = [entry.title.en for entry in library.entries] + [track.title.en for track in library.tracks]
    assert not any("Old" in title for title in titles)


def test_a_copy_serves_where_the_real_file_is_broken_or_gone(guide: GuideFolder) -> None:
    guide.write("papers/dropout (1).yaml", guide.read(PAPER))
    guide.write(PAPER, "id: [")
    library = guide.load()
    assert "dropout" in {entry.id for entry in library.entries}
    assert Path(library.findings[0].path).name == "dropout.yaml"


# Links that lead to far more than a guide


@pytest.mark.parametrize("target", ["/", "../..", "/proc", "/proc/self", "/proc/self/root", "{home}"])
@pytest.mark.parametrize("inside", [False, True])
def test_a_link_to_a_whole_disk_is_left_out_and_named(
    own: GuideFolder, tmp_path: Path, target: str, inside: bool
) -> None:
    own.write("papers/one.yaml", "")
    holder = own.path / "papers"
    if inside:
        holder = tmp_path.parent / f"{tmp_path.name}-elsewhere"
        holder.mkdir()
        (own.path / "papers" / "elsewhere").symlink_to(holder)
    (holder / "everything").symlink_to(target.format(home=tmp_path))

    began = time.monotonic()
    found = scan(own.path)
    fingerprint([own.folder])

    assert time.monotonic() - began < 20
    assert found.files == ("papers/one.yaml",)
    assert [Path(one.relative).name for one in found.unreadable] == ["everything"]
    assert [Path(one.path).name for one in own.load().findings if one.rule == "C119"] == ["everything"]


def test_a_link_to_very_many_folders_is_left_out_whole(
    own: GuideFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content_files, "MOST_LINKED_FOLDERS", 30)
    own.write("papers/one.yaml", "")
    elsewhere = tmp_path / "elsewhere"
    for number in range(40):
        folder = elsewhere / str(number)
        folder.mkdir(parents=True)
        (folder / "two.yaml").write_text("id: [")
    (own.path / "papers" / "many").symlink_to(elsewhere)
    (own.path / "papers" / "other").symlink_to(elsewhere / "3")

    found = scan(own.path)

    assert [one.relative for one in found.unreadable] == ["papers/many"]
    assert found.files == ("papers/one.yaml", "papers/other/two.yaml")
