"""Installs of the program to measure, each in a fresh virtual environment below one temporary folder."""

import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).parent.parent
BIG_GUIDE = Path(__file__).with_name("big_guide.py")
JOURNAL = Path(__file__).with_name("journal.py")
_SCRIPTS = "Scripts" if sys.platform == "win32" else "bin"


class Install(NamedTuple):
    """An installed program: its environment, and the folder of the package in it."""

    folder: Path
    package: Path

    @property
    def python(self) -> str:
        """The environment's interpreter."""
        return str(self.folder / _SCRIPTS / "python")

    @property
    def program(self) -> str:
        """The command `ailearn` as an installer writes it."""
        return str(self.folder / _SCRIPTS / "ailearn")


def build_wheel(folder: Path) -> Path:
    """Build the project's wheel, with its guide in it, in `folder`."""
    _pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(PROJECT))
    return next(folder.glob("*.whl"))


def install(wheel: Path, folder: Path) -> Install:
    """Install `wheel` and what it needs, and nothing else, in a new environment at `folder`."""
    # With pip comes setuptools, whose start-up hook would slow down every Python here, the baseline most.
    venv.create(folder, with_pip=False, symlinks=sys.platform != "win32")
    python = str(folder / _SCRIPTS / "python")
    _pip("--python", python, "install", "--compile", str(wheel))
    found = subprocess.run(
        [python, "-c", "import ailearn, sys; sys.stdout.write(ailearn.__path__[0])"],
        check=True, capture_output=True, text=True, cwd=folder,
    )  # fmt: skip
    return Install(folder, Path(found.stdout))


def generate(installed: Install, target: Path, entries: int, seed: int) -> None:
    """Write `entries` generated entries into `target`."""
    content = str(installed.package / "content")
    command = [installed.python, str(BIG_GUIDE), "generate", content, str(target), str(entries), str(seed)]
    subprocess.run(command, check=True)


def compile_cost(installed: Install, folder: Path) -> dict[str, float]:
    """Compile the guide that is in the package once more, into `folder`, and say what it cost."""
    content = str(installed.package / "content")
    files = (str(folder / "guide.sqlite"), str(folder / "names.txt"))
    done = subprocess.run(
        [installed.python, str(BIG_GUIDE), "compile", content, *files],
        check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    cost: dict[str, float] = json.loads(done.stdout)
    return cost


def enlarge(installed: Install, generated: Path) -> dict[str, float]:
    """Add the entries in `generated` to the installed guide and compile it anew; returns what it cost."""
    shutil.copytree(generated, installed.package / "content", copy_function=os.link, dirs_exist_ok=True)
    cost = compile_cost(installed, installed.folder)
    for name in ("guide.sqlite", "names.txt"):
        os.replace(installed.folder / name, installed.package / name)
    return cost


def keep_journal(installed: Install, folder: Path, cards: int, events: int) -> None:
    """Make a journal with `events` events on `cards` cards in the data folder `folder`."""
    subprocess.run([installed.python, str(JOURNAL), str(folder), str(cards), str(events)], check=True)


def _pip(*arguments: str) -> None:
    pip = (sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check")
    subprocess.run([*pip, *arguments], check=True)
