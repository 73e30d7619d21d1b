"""`open-link`: which address is opened, in which browser, and that nothing but the web ever is."""

from __future__ import annotations

import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import OwnFolder, Program
    from tests.conftest import Run

Opened = list[str]


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Opened:
    """A browser that only remembers what it was asked to open."""
    opened: Opened = []

    def remember(url: str, *_: Any) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr(webbrowser, "open", remember)
    return opened


@pytest.fixture
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which nothing opens anything."""
    monkeypatch.setattr(webbrowser, "open", lambda *_: False)


@pytest.fixture
def links(run: Run) -> Callable[[str], list[dict[str, Any]]]:
    """The links of an entry, as `show --json` prints them."""

    def of(entry_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = run("show", entry_id, "--json").json["links"]
        return found

    return of


Links = Callable[[str], list[dict[str, Any]]]


@pytest.mark.skipif(sys.platform == "win32", reason="the browser is a shell script")
def test_the_browser_that_the_variable_names_gets_the_address(
    program: Program, links: Links, tmp_path: Path
) -> None:
    script, record = tmp_path / "browser", tmp_path / "opened"
    script.write_text(f'#!/bin/sh\nprintf "%s\\n" "$1" >> "{record}"\n', encoding="utf-8")
    script.chmod(0o755)
    url = links("resnet")[0]["url"]

    found = program("open-link", "resnet", BROWSER=str(script))

    assert record.read_text(encoding="utf-8") == f"{url}\n"
    assert (found.returncode, found.stdout) == (0, b"")
    assert url in found.stderr.decode()


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have an opener of their own")
def test_without_any_browser_the_address_is_printed_and_that_is_said(
    program: Program, links: Links, tmp_path: Path
) -> None:
    found = program(
        "open-link", "resnet", PATH=str(tmp_path), BROWSER=None, DISPLAY=None, WAYLAND_DISPLAY=None
    )

    assert found.stdout.decode() == links("resnet")[0]["url"] + "\n"
    assert found.returncode == 0
    assert "browser" in found.stderr.decode()


def test_a_browser_that_does_not_open_it_leaves_the_address_on_stdout(
    run: Run, links: Links, no_browser: None
) -> None:
    found = run("open-link", "resnet", "--all", "--lang", "zh")

    assert found.splitlines() == [one["url"] for one in links("resnet")]
    assert "浏览器" in found.err
    assert found.exit == 0


def test_the_preferred_link_is_opened_and_named_on_stderr(run: Run, links: Links, browser: Opened) -> None:
    found = run("open-link", "残差网络")

    assert browser == [links("resnet")[0]["url"]]
    assert (found, found.exit) == ("", 0)
    assert browser[0] in found.err


def test_all_opens_every_link(run: Run, links: Links, browser: Opened) -> None:
    assert run("open-link", "transformer", "--all").exit == 0

    assert browser == [one["url"] for one in links("transformer")]


@pytest.mark.parametrize("kind", ["pdf", "abstract", "code", "video"])
def test_a_kind_of_link_is_opened(run: Run, links: Links, browser: Opened, kind: str) -> None:
    assert run("open-link", "transformer", "--link", kind, terminal=True).exit == 0

    assert browser == [next(one["url"] for one in links("transformer") if one["kind"] == kind)]


def test_a_kind_that_the_entry_has_not_is_the_answer_no_and_names_those_it_has(
    run: Run, links: Links, browser: Opened
) -> None:
    found = run("open-link", "transformer", "--link", "slides")

    assert (found, found.exit, browser) == ("", 1, [])
    assert "`slides`" in found.err
    assert all(one["kind"] in found.err.split("hint:")[1] for one in links("transformer"))


@pytest.mark.parametrize("form", ["--plain", "--print"])
def test_print_writes_the_address_and_opens_nothing(
    run: Run, links: Links, browser: Opened, form: str
) -> None:
    found = run("open-link", "transformer", "--print", form, terminal=True)

    assert (found, found.err, found.exit) == (links("transformer")[0]["url"] + "\n", "", 0)
    assert browser == []


def test_print_with_all_writes_every_address(run: Run, links: Links, browser: Opened) -> None:
    found = run("open-link", "transformer", "--print", "--all")

    assert found.splitlines() == [one["url"] for one in links("transformer")]
    assert browser == []


@pytest.mark.parametrize(("options", "count"), [([], 1), (["--all"], None), (["--link", "pdf"], 1)])
def test_json_prints_the_links_and_opens_nothing(
    run: Run, links: Links, browser: Opened, options: list[str], count: int | None
) -> None:
    found = run("open-link", "transformer", *options, "--json")

    known = links("transformer")
    assert len(found.json) == (count or len(known))
    assert all(one in known for one in found.json)
    assert browser == []


@pytest.mark.parametrize(("typed", "place"), [("1\n", 0), ("x\n99\n3\n", 2)])
def test_at_a_terminal_the_reader_picks_a_link(
    run: Run, links: Links, browser: Opened, typed: str, place: int
) -> None:
    found = run("open-link", "transformer", terminal=True, typed=typed)

    known = links("transformer")
    assert browser == [known[place]["url"]]
    assert all(one["url"] in found.err for one in known)
    assert (found, found.exit) == ("", 0)


@pytest.mark.parametrize("typed", ["q\n", "\n", ""])
def test_at_a_terminal_the_reader_may_open_nothing(run: Run, browser: Opened, typed: str) -> None:
    found = run("open-link", "transformer", terminal=True, typed=typed)

    assert (found, found.exit, browser) == ("", 1, [])


DANGEROUS = (
    "javascript:alert(1)",
    "file:///etc/passwd",
    "JavaScript://example.org/%0aalert(1)",
    "ftp://example.org/x",
    "data:text/html,x",
    "https:///nohost",
    "//example.org/x",
    "-h",
    "https://example.org/a b",
    "https://example.org/\x1b[2J",
)


@pytest.fixture(scope="module")
def traps(shared_own: OwnFolder) -> OwnFolder:
    """An entry with nothing but a dangerous address for each of them."""
    for number, url in enumerate(DANGEROUS):
        shared_own.add(f"trap-{number}", links=[{"kind": "page", "url": url}])
    return shared_own


@pytest.mark.parametrize("number", range(len(DANGEROUS)), ids=map(ascii, DANGEROUS))
@pytest.mark.parametrize("options", [[], ["--all"], ["--print"], ["--json"], ["--link", "page"]])
def test_an_address_that_is_not_of_the_web_is_never_opened_or_given_out(
    run: Run, traps: OwnFolder, browser: Opened, number: int, options: list[str]
) -> None:
    found = run("open-link", f"trap-{number}", *options, "--content", str(traps))

    assert (found, found.exit, browser) == ("", 1, [])


def test_only_the_web_addresses_among_others_are_opened(run: Run, own: OwnFolder, browser: Opened) -> None:
    good = ["https://example.org/good", "http://example.org/fine"]
    own.add("mixed", links=[{"kind": "page", "url": one} for one in (*DANGEROUS, *good)])

    assert run("open-link", "mixed", "--all", "--content", str(own)).exit == 0

    assert browser == good


# The variable `BROWSER`


@pytest.fixture
def recording(tmp_path: Path) -> tuple[Path, Path]:
    """A browser, and the file into which it writes its arguments."""
    if sys.platform == "win32":
        pytest.skip("the browser is a shell script")
    script, record = tmp_path / "my browser", tmp_path / "opened"
    script.write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >> "{record}"\n', encoding="utf-8")
    script.chmod(0o755)
    return script, record


@pytest.mark.parametrize(
    ("variable", "opened"),
    [
        ("'{}'", "URL"),
        ("'{}' %s", "URL"),
        ("'{}' --private", "--private URL"),
        ("'{}' --private %s", "--private URL"),
        ("'{}' --to=%s --again %s", "--to=URL --again URL"),
        ("'{}' \"two words\" %s", "two words URL"),
        ("no-such-browser %s:'{}' -n", "-n URL"),
        (":: :'{}'", "URL"),
        ("\"x %s:'{}'", "URL"),
        ("false:'{}'", "URL"),
        ("'{}' ; touch /tmp/never", "; touch /tmp/never URL"),
    ],
)
def test_the_variable_is_read_as_a_command(
    program: Program, links: Links, recording: tuple[Path, Path], variable: str, opened: str
) -> None:
    script, record = recording
    url = links("resnet")[0]["url"]

    found = program("open-link", "resnet", BROWSER=variable.format(script))

    assert record.read_text(encoding="utf-8") == opened.replace("URL", url) + "\n"
    assert (found.returncode, found.stdout) == (0, b"")


@pytest.mark.parametrize(
    "variable",
    [
        '"x %s',
        "'",
        "\\",
        " ",
        ":",
        "&",
        " & ",
        "%s",
        "/",
        "no-such-browser",
        "no-such-browser %s",
        "false",
        '""',
    ],
)
def test_no_variable_is_too_odd(program: Program, links: Links, variable: str) -> None:
    found = program("open-link", "resnet", BROWSER=variable, TERM=None, DISPLAY=None, WAYLAND_DISPLAY=None)

    assert (found.returncode, found.stdout.decode()) == (0, links("resnet")[0]["url"] + "\n")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have an opener of their own")
def test_a_browser_for_terminals_is_not_started_without_one(
    program: Program, links: Links, recording: tuple[Path, Path], tmp_path: Path
) -> None:
    script, record = recording
    script.rename(tmp_path / "lynx")

    found = program(
        "open-link",
        "resnet",
        PATH=str(tmp_path),
        TERM="xterm",
        BROWSER=None,
        DISPLAY=None,
        WAYLAND_DISPLAY=None,
    )

    assert found.stdout.decode() == links("resnet")[0]["url"] + "\n"
    assert not record.exists()
