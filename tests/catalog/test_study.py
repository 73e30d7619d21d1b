"""Opening the guide: the cached index is made once, used again, and never trusted blindly."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ailearn.catalog import browse, index
from ailearn.catalog import study as studies
from ailearn.catalog.study import Study, open_study
from ailearn.errors import ContentError

if TYPE_CHECKING:
    from tests.catalog.conftest import GuideFolder


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def small(guide: "GuideFolder", monkeypatch: pytest.MonkeyPatch) -> "GuideFolder":
    """The small guide in place of the real one."""
    monkeypatch.setattr(studies, "guide_folder", lambda: guide.path)
    return guide


def cached(cache: Path) -> Path:
    (path,) = cache.glob("guide-*.sqlite")
    return path


def identity(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_ino, status.st_mtime_ns


def ids(study: Study) -> list[str]:
    found = sorted(row[0] for row in study.connection.execute("SELECT id FROM entry"))
    study.connection.close()
    return found


def test_the_first_use_makes_the_cache_and_the_second_uses_it(small: "GuideFolder", cache: Path) -> None:
    first = open_study((), cache)
    made = identity(cached(cache))
    assert first.origin == str(cached(cache))
    assert first.notices == ()
    assert ids(first) == ["dropout", "helper", "lessons"]
    second = open_study((), cache)
    assert identity(cached(cache)) == made
    assert ids(second) == ["dropout", "helper", "lessons"]


def test_nothing_but_the_index_and_the_names_is_left_in_the_cache(small: "GuideFolder", cache: Path) -> None:
    open_study((), cache)
    assert sorted(path.name for path in cache.iterdir()) == sorted([cached(cache).name, "names.txt"])
    names = (cache / "names.txt").read_text(encoding="utf-8").splitlines()
    assert set(names) == {
        "dropout\tpaper", "helper\ttool", "lessons\tcourse",
        "foundations\ttopic", "regularization\ttopic", "story\ttrack",
    }  # fmt: skip


def test_a_cached_index_cannot_be_written_to(small: "GuideFolder", cache: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        open_study((), cache).connection.execute("DELETE FROM entry")


def test_a_changed_file_shows_at_once(small: "GuideFolder", cache: Path) -> None:
    open_study((), cache)
    small.edit("papers/dropout.yaml", "minutes: 50", "minutes: 55")
    assert browse.document(open_study((), cache), "dropout")["minutes"] == 55


def test_an_added_and_a_removed_file_show_at_once(small: "GuideFolder", cache: Path) -> None:
    open_study((), cache)
    text = small.read("tools/helper.yaml").replace("id: helper", "id: second").replace("Helper", "Second")
    path = small.write("tools/second.yaml", text.replace("帮手", "副手"))
    assert ids(open_study((), cache)) == ["dropout", "helper", "lessons", "second"]
    path.unlink()
    assert ids(open_study((), cache)) == ["dropout", "helper", "lessons"]


@pytest.mark.parametrize("content", [b"", b"not a database", None])
def test_a_damaged_cache_is_made_anew(small: "GuideFolder", cache: Path, content: bytes | None) -> None:
    open_study((), cache).connection.close()
    path = cached(cache)
    whole = path.read_bytes()
    damaged = whole[:2000] if content is None else content
    path.write_bytes(damaged)
    study = open_study((), cache)
    assert (study.origin, study.notices) == (str(path), ())
    assert ids(study) == ["dropout", "helper", "lessons"]
    assert len(path.read_bytes()) > len(damaged)


def test_a_cache_of_another_format_is_made_anew(
    small: "GuideFolder", cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_study((), cache)
    made = identity(cached(cache))
    monkeypatch.setattr(studies, "FORMAT", "another")
    open_study((), cache)
    assert identity(cached(cache)) != made


def test_each_set_of_folders_has_a_cache_of_its_own(
    small: "GuideFolder", own: "GuideFolder", cache: Path
) -> None:
    text = small.read("tools/helper.yaml").replace("minutes: 10", "minutes: 11")
    own.write("tools/helper.yaml", text)
    laid_over = open_study((own.path,), cache)
    assert [notice.key for notice in laid_over.notices] == ["warning.replaced"]
    assert laid_over.notices[0].values["id"] == "helper"
    assert browse.document(laid_over, "helper")["minutes"] == 11
    assert browse.document(open_study((), cache), "helper")["minutes"] == 10
    assert len(list(cache.glob("guide-*.sqlite"))) == 2


def test_a_broken_file_of_the_reader_is_named_and_the_rest_loads(
    small: "GuideFolder", own: "GuideFolder", cache: Path
) -> None:
    own.write("papers/mine.yaml", "id: [")
    study = open_study((own.path,), cache)
    (broken,) = study.broken()
    assert broken["path"].endswith("mine.yaml")
    assert broken["en"] and broken["zh"]
    assert ids(study) == ["dropout", "helper", "lessons"]


def test_a_missing_folder_is_named(small: "GuideFolder", cache: Path, tmp_path: Path) -> None:
    with pytest.raises(ContentError) as caught:
        open_study((tmp_path / "nowhere",), cache)
    assert caught.value.values["path"] == tmp_path / "nowhere"
    assert not cache.exists()


def test_content_without_any_entry_is_an_error_and_leaves_no_cache(small: "GuideFolder", cache: Path) -> None:
    for folder in ("papers", "tools", "courses"):
        shutil.rmtree(small.path / folder)
    with pytest.raises(ContentError) as caught:
        open_study((), cache)
    assert caught.value.key == "error.no-entries"
    assert not list(cache.glob("*")) if cache.exists() else True


def test_a_cache_that_cannot_be_written_is_done_without(
    small: "GuideFolder", cache: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    study = open_study((), tmp_path / "file" / "cache")
    assert study.origin == "memory"
    (notice,) = study.notices
    assert notice == studies.Notice("warning.no-cache", {"path": str(tmp_path / "file" / "cache")})
    assert ids(study) == ["dropout", "helper", "lessons"]


def test_without_a_home_the_index_lives_in_memory(small: "GuideFolder") -> None:
    study = open_study((), None)
    assert study.origin == "memory"
    assert [notice.key for notice in study.notices] == ["warning.no-home"]
    assert ids(study) == ["dropout", "helper", "lessons"]


def test_the_packaged_index_is_preferred(
    small: "GuideFolder", cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaged = tmp_path / "guide.sqlite"
    index.write(small.load(), packaged, "compiled into the package")
    monkeypatch.setattr(studies, "PACKAGED_INDEX", packaged)
    shutil.rmtree(small.path)
    study = open_study((), cache)
    assert (study.origin, study.notices) == (str(packaged), ())
    assert ids(study) == ["dropout", "helper", "lessons"]
    assert not cache.exists()


def test_folders_of_the_reader_pass_the_packaged_index_by(
    small: "GuideFolder", own: "GuideFolder", cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaged = tmp_path / "guide.sqlite"
    index.write(small.load(), packaged, "compiled into the package")
    monkeypatch.setattr(studies, "PACKAGED_INDEX", packaged)
    assert open_study((own.path,), cache).origin == str(cached(cache))


def test_two_first_starts_at_once_both_answer(tmp_path: Path) -> None:
    environment = {**os.environ, "AILEARN_HOME": str(tmp_path / "home"), "AILEARN_LANG": "en"}
    command = [sys.executable, "-m", "ailearn", "papers", "--plain"]
    started = [
        subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
        )
        for _ in range(2)
    ]
    answers = [process.communicate(timeout=60) for process in started]
    assert [process.returncode for process in started] == [0, 0], answers
    assert answers[0][0] == answers[1][0]
    assert "transformer" in answers[0][0]
    assert [err for _, err in answers] == ["", ""]
    left = list((tmp_path / "home").rglob("*.part"))
    assert left == []
    assert len(list((tmp_path / "home").rglob("guide-*.sqlite"))) == 1
