"""Ill-treatment in numbers: a short form of each with the other tests, the whole by `make torture`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

WHOLE = bool(os.environ.get("AILEARN_TORTURE"))
Figure = Callable[[str], None]
FIGURES = pytest.StashKey[list[str]]()


def rounds(whole: int, short: int) -> int:
    """How often to do it: `whole` times by `make torture`, otherwise `short`."""
    return whole if WHOLE else short


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Iterator[Figure]:
    """Note a line for the summary at the end of the run."""
    figures = request.config.stash.setdefault(FIGURES, [])
    yield figures.append


def pytest_terminal_summary(terminalreporter: TerminalReporter, config: pytest.Config) -> None:
    figures = config.stash.get(FIGURES, [])
    if WHOLE and figures:
        terminalreporter.section("figures")
        terminalreporter.write("".join(f"{line}\n" for line in figures))
