"""Pressing TAB in real shells, in a folder whose file names try to be run."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import pexpect
    from tests.conftest import Run

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="terminals and file names of POSIX")

HOSTILE = [
    "$(touch RAN).pdf",
    "`touch RAN`.pdf",
    "$HOME.pdf",
    "${x:=y}.pdf",
    "a; touch RAN;.pdf",
    "a & touch RAN.pdf",
    "a|touch RAN.pdf",
    "*.pdf",
    "[x]?.pdf",
    "{a,b}.pdf",
    "two  blanks.pdf",
    " leading.pdf",
    "it's.pdf",
    'say "hi".pdf',
    "back\\slash.pdf",
    "!history.pdf",
    "#comment.pdf",
    "(round) <angle>.pdf",
    "深度学习 笔记.pdf",
    "=a~b^c.pdf",
]
OFFERED = {
    "ailearn translate pap": "<translate><paper $(touch RAN).pdf>",
    "ailearn translate --to zh pap": "<translate><--to><zh><paper $(touch RAN).pdf>",
    "ailearn translate transf": "<translate><transformer>",
    "ailearn translate resnet -o pap": "<translate><resnet><-o><paper $(touch RAN).pdf>",
    "ailearn translate resnet --output pap": "<translate><resnet><--output><paper $(touch RAN).pdf>",
    "ailearn translate resnet --output=pap": "<translate><resnet><--output=paper $(touch RAN).pdf>",
    "ailearn cards suggest resnet --from pap": "<cards><suggest><resnet><--from><paper $(touch RAN).pdf>",
    "ailearn cards suggest resn": "<cards><suggest><resnet>",
    "ailearn progress export pap": "<progress><export><paper $(touch RAN).pdf>",
    "ailearn --lang zh progress import pap": "<--lang><zh><progress><import><paper $(touch RAN).pdf>",
    "ailearn progress exp": "<progress><export>",
    "ailearn progress import 深": "<progress><import><深度 学习.pdf>",
    "ailearn sync my": "<sync><my `touch RAN` folder>",
    "ailearn progress import 'pap": "<progress><import><paper $(touch RAN).pdf>",
    "ailearn papers --content my": "<papers><--content><my `touch RAN` folder>",
    "ailearn papers --topic att": "<papers><--topic><attention>",
    "ailearn papers --content my\\ ": "<papers><--content><my `touch RAN` folder>",
    "ailearn tutor setup --mod": "<tutor><setup><--model>",
}
# What each shell is started with, so that no file of the machine's speaks, and the words of its set-up.
_BASH = ["--norc", "--noprofile", "-i"]
_SHELLS = {
    "bash": (_BASH, "bind 'set bell-style none'"),
    # As on macOS, where it is too old to know `compopt`.
    "old bash": (_BASH, "enable -n compopt mapfile"),
    "zsh": (["-f", "-i"], "autoload -Uz compinit; compinit -u -D"),
    "fish": (["--no-config", "-i"], "set -g fish_autosuggestion_enabled 0"),
}
# A stand-in for the program that shows what it would be given.
_SHOWING = {
    "bash": """ailearn() { printf '<%s>' "$@"; echo '<end>'; }""",
    "zsh": """ailearn() { printf '<%s>' "$@"; echo '<end>'; }""",
    "fish": "function ailearn; printf '<%s>' $argv; echo '<end>'; end",
}
_ESCAPES = re.compile(
    r"\x1b(?:\[[0-9;?>=]*[A-Za-z]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[=>()][0-9A-Za-z]?|[78MDE])"
)
Press = Callable[..., str]


@pytest.fixture(params=[*_SHELLS])
def press_tab(request: pytest.FixtureRequest, run: Run, tmp_path: Path) -> Iterator[Press]:
    """Type a line in a shell, press TAB and Enter: what the program would have been given, as `<a><b>`."""
    import pexpect

    options, setup = _SHELLS[request.param]
    name = request.param.split()[-1]
    shell = shutil.which(name)
    if shell is None:
        pytest.skip(f"{name} is not installed")
    run("papers")  # the ids are written when the index is compiled
    script = tmp_path / f"completion.{name}"
    script.write_text(run("completion", name), encoding="utf-8")
    (tmp_path / "files").mkdir()
    environ = {**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8", "PS1": "$ ", "INPUTRC": os.devnull}
    child: pexpect.spawn[str] = pexpect.spawn(
        shell,
        options,
        env=environ,
        cwd=tmp_path / "files",
        encoding="utf-8",
        dimensions=(40, 200),
        timeout=20,
    )
    child.delaybeforesend = 0.05
    for number, line in enumerate((setup, _SHOWING[name], f"source '{script}'")):
        child.sendline(line)
        child.sendline(f"echo ready-$(({number}+1))" if name != "fish" else f"echo ready-(math {number}+1)")
        child.expect(f"ready-{number + 1}")

    def press(line: str, then: str = "\r") -> str:
        child.send(f"{line}\t")
        child.send(then)
        child.expect("<end>")
        before = _ESCAPES.sub("", str(child.before)).replace("\r", "")
        return before[before.rindex("\n") + 1 :]

    yield press
    child.close(force=True)


def test_no_file_name_is_run_and_each_is_offered_whole(press_tab: Press, tmp_path: Path) -> None:
    given = {}
    for number, name in enumerate(HOSTILE):
        folder = tmp_path / "files" / str(number)
        folder.mkdir()
        (folder / name).write_text("")
        press_tab(f"cd '{folder}'; ailearn now")
        given[name] = press_tab("ailearn progress import ")

    assert given == {name: f"<progress><import><{name}>" for name in HOSTILE}
    for name in (*HOSTILE, "-rf $(touch RAN)", "line\n$(touch RAN)\nbreak.pdf"):
        (tmp_path / "files" / name).write_text("")
    press_tab(f"cd '{tmp_path / 'files'}'; ailearn now")
    for place in (
        "translate ",
        "translate --to zh ",
        "translate resnet -o ",
        "progress export ",
        "sync ",
        "-",
    ):
        # With many names none is inserted; TAB twice lists them.
        assert press_tab(f"ailearn {place}\t", "\x15ailearn now\r") == "<now>"
    assert not [*tmp_path.rglob("RAN")]


def test_what_is_offered_where(press_tab: Press, tmp_path: Path) -> None:
    files = tmp_path / "files"
    (files / "paper $(touch RAN).pdf").write_text("")
    (files / "深度 学习.pdf").write_text("")
    (files / "my `touch RAN` folder").mkdir()

    # Some shells put a slash after a folder, some take it away again at Enter.
    assert {line: press_tab(line).replace("/>", ">") for line in OFFERED} == OFFERED
    assert not [*tmp_path.rglob("RAN")]
