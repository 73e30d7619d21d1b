"""Timing whole processes in rounds, each command against a Python that does nothing."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles


@dataclass
class Case:
    """A command to measure. `bar` is the most it may take, in multiples of `python -c pass`."""

    install: str
    name: str
    command: tuple[str, ...]
    bar: float | None = None
    seconds: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The median of the rounds."""
        return median(self.ratios)

    @property
    def spread(self) -> tuple[float, float]:
        """The quartiles around the median."""
        low, _, high = quantiles(self.ratios, n=4) if len(self.ratios) > 1 else self.ratios * 3
        return low, high

    @property
    def milliseconds(self) -> float:
        """The median of the rounds."""
        return median(self.seconds) * 1000

    @property
    def met(self) -> bool | None:
        """Whether the bar is met to two decimals, if there is one."""
        return None if self.bar is None else round(self.ratio, 2) <= self.bar


def check(case: Case, environ: Mapping[str, str], folder: Path) -> int:
    """Run `case` once; returns the number of bytes it prints, so that nobody measures an error.

    Raises RuntimeError when it fails or prints nothing.
    """
    done = subprocess.run(case.command, capture_output=True, env=environ, cwd=folder, check=False)
    silent = not done.stdout and case.command[-2:-1] != ("-c",)
    if done.returncode != 0 or silent:
        raise RuntimeError(f"{case.command}: exit {done.returncode}\n{done.stderr.decode()}")
    return len(done.stdout)


def measure(
    python: str, cases: Sequence[Case], rounds: int, environ: Mapping[str, str], folder: Path
) -> float:
    """Fill the times of `cases`; returns the median of `python -c pass` in milliseconds.

    A round runs the baseline once and every case once, so that what else the machine does hits both alike.
    """
    baseline = []
    for number in range(1, rounds + 1):
        base = _seconds((python, "-c", "pass"), environ, folder)
        baseline.append(base)
        for case in cases:
            taken = _seconds(case.command, environ, folder)
            case.seconds.append(taken)
            case.ratios.append(taken / base)
        if sys.stderr.isatty():
            sys.stderr.write(f"\rround {number} of {rounds}{os.linesep if number == rounds else ''}")
    return median(baseline) * 1000


def _seconds(command: Sequence[str], environ: Mapping[str, str], folder: Path) -> float:
    began = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=environ, cwd=folder,
    )  # fmt: skip
    process.wait()
    return time.perf_counter() - began
