"""What all tests share: a program run in process, with folders of its own and no network."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ailearn.catalog.study import Study, open_study
from ailearn.cli.boundary import main

if TYPE_CHECKING:
    import pexpect

AILEARN = Path(sys.executable).with_name("ailearn")
LEFT_ALONE = ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP", "COVERAGE_PROCESS_START")


class Result(str):
    """What a run wrote to stdout, as text, with what it wrote to stderr and its exit code."""

    err: str
    exit: int

    @property
    def json(self) -> Any:
        """stdout read as JSON."""
        return json.loads(self)

    @property
    def rows(self) -> list[list[str]]:
        """stdout read as tab-separated records."""
        return [line.split("\t") for line in self.splitlines()]


class Stream(io.TextIOWrapper):
    """A stream in memory that says whether it is a terminal."""

    def __init__(self, text: str | bytes = "", *, terminal: bool = False) -> None:
        content = text if isinstance(text, bytes) else text.encode()
        super().__init__(io.BytesIO(content), encoding="utf-8", newline="")
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    def text(self) -> str:
        self.flush()
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode()


# Run by root, this becomes nobody first. Python may lie where nobody may look, so that it is reached through
# folders that are open already.
AS_NOBODY = """
import os, sys
if os.geteuid() == 0:
    def opened(path):
        ours = path.startswith((sys.base_prefix, sys.prefix)) and os.path.isdir(path)
        return f"/proc/self/fd/{os.open(path, os.O_RDONLY)}" if ours else path
    sys.path[:] = map(opened, sys.path)
    for module in list(sys.modules.values()):
        if hasattr(module, "__path__"):
            module.__path__ = list(map(opened, module.__path__))
    sys.path_importer_cache.clear()
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
from ailearn.cli.boundary import main
sys.exit(main())
"""
NOBODY = 65534


class Unprivileged:
    """Runs `ailearn` as somebody to whom modes of files apply: nobody, where the tests are run by root."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.data = home / "ailearn" / "data"

    def __call__(self, *arguments: str, **environment: str) -> Result:
        """Run a command in a process of its own; keywords are environment variables."""
        environ = {
            **os.environ,
            "HOME": str(self.home),
            "AILEARN_HOME": str(self.home / "ailearn"),
            **environment,
        }
        command = [sys.executable, "-c", AS_NOBODY, *arguments]
        done = subprocess.run(
            command,
            env=environ,
            cwd=self.home,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )
        result = Result(done.stdout.decode())
        result.err, result.exit = done.stderr.decode(), done.returncode
        return result

    def own(self, path: Path) -> None:
        """Give that user a file or a folder with all that is in it."""
        if os.geteuid() == 0:
            for one in (path, *path.rglob("*")):
                os.chown(one, NOBODY, NOBODY, follow_symlinks=False)


# A shell that started the tests in the background lets every program ignore these signals, too.
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

Run = Callable[..., Result]
Start = Callable[..., "pexpect.spawn[str]"]


@pytest.fixture(autouse=True)
def own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An environment without the reader's settings, and folders that nobody else uses."""
    for name in list(os.environ):
        if name not in LEFT_ALONE:
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    shared_cache = tmp_path_factory.getbasetemp() / "shared-home" / "cache"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("AILEARN_HOME", str(home / "ailearn"))
    # The keyring of whoever runs the tests is not looked into.
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    # A model server of the machine's own must not be found: nothing listens on the discard port.
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")
    monkeypatch.setenv("LLAMA_ARG_HOST", "127.0.0.1")
    monkeypatch.setenv("LLAMA_ARG_PORT", "9")
    # The index of the guide is compiled once for all tests; each still has its own config and data.
    shared_cache.mkdir(parents=True, exist_ok=True)
    (home / "ailearn").mkdir()
    (home / "ailearn" / "cache").symlink_to(shared_cache, target_is_directory=True)
    yield home


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `ailearn` in process: `run("papers", "--json")`; keywords are environment variables.

    `terminal=True` makes stdout (and stdin) a terminal, `typed` is what the reader types.
    """

    def run_command(
        *arguments: str, terminal: bool = False, typed: str | bytes = "", **environment: str | None
    ) -> Result:
        out, err, stdin = Stream(terminal=terminal), Stream(), Stream(typed, terminal=terminal)
        with monkeypatch.context() as patch:
            patch.setenv("COLUMNS", "80")
            patch.setenv("PAGER", "cat")
            for name, value in environment.items():
                if value is None:
                    patch.delenv(name, raising=False)
                else:
                    patch.setenv(name, value)
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            patch.setattr(sys, "stdin", stdin)
            code = main(arguments)
        result = Result(out.text())
        result.err = err.text()
        result.exit = code
        return result

    return run_command


@pytest.fixture
def unprivileged(own_folders: Path) -> Iterator[Unprivileged]:
    """Run `ailearn` as a user whom modes of files stop, in a home of her own: `unprivileged("papers")`."""
    if sys.platform == "win32":
        pytest.skip("rights are another thing there")
    # pytest's own folders are closed to others.
    user = Unprivileged(Path(tempfile.mkdtemp(prefix="ailearn-")))
    shutil.copytree(own_folders / "ailearn" / "cache", user.home / "ailearn" / "cache")
    user.own(user.home)
    yield user
    for folder, _, _ in os.walk(user.home):
        Path(folder).chmod(0o700)
    shutil.rmtree(user.home)


@pytest.fixture
def study(own_folders: Path) -> Study:
    """The real guide, opened."""
    return open_study((), own_folders / "ailearn" / "cache")


@pytest.fixture
def start(own_folders: Path) -> Iterator[Start]:
    """Start `ailearn` in a terminal: `start("papers", columns=60, PAGER="cat")`."""
    if sys.platform == "win32":
        pytest.skip("Windows has no pty")
    if not AILEARN.exists():
        pytest.skip("the program is not installed beside this Python")
    import pexpect

    running: list[pexpect.spawn[str]] = []

    def started(
        *arguments: str, columns: int = 80, lines: int = 24, **environment: str
    ) -> "pexpect.spawn[str]":
        environ = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", **environment}
        child: pexpect.spawn[str] = pexpect.spawn(
            str(AILEARN),
            list(arguments),
            env=environ,
            dimensions=(lines, columns),
            encoding="utf-8",
            timeout=20,
        )
        child.delaybeforesend = None
        running.append(child)
        return child

    yield started
    for child in running:
        child.close(force=True)
