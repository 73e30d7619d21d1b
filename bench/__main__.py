"""Measures the table of the design: `python -m bench [--rounds N] [--entries N] [--json FILE]`."""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bench import installs
from bench.rounds import Case, check, measure

# In multiples of `python -c pass`; see section "Speed" of the design.
_BARS = {"help": 6, "plain": 6.5, "rich": 10, "search": 6.5, "search in 10,000": 8, "learning": 8}
_HELLO = 'import typer\n\n\ndef main() -> None:\n    typer.echo("hello")\n\n\ntyper.run(main)\n'
_GUIDE, _BIG, _OWN, _JOURNAL = "guide", "big guide", "own folder", "journal"
_CARDS, _EVENTS = 500, 20_000


def main() -> None:
    """Install, generate, compile, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=21, help="how often everything is run (21)")
    parser.add_argument("--entries", type=int, default=10_000, help="size of the generated guide (10,000)")
    parser.add_argument("--seed", type=int, default=2012, help="of the generated guide (2012)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers into FILE as well")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ailearn-bench-") as folder:
        report = run(Path(folder), given.rounds, given.entries, given.seed)
    sys.stdout.write(_markdown(report))
    if given.json:
        text = json.dumps(report, ensure_ascii=False, indent=2) + "\n"
        given.json.write_text(text, encoding="utf-8")


def run(folder: Path, rounds: int, entries: int, seed: int) -> dict[str, Any]:
    """Measure everything in `folder`, which is left full of installs; returns all numbers."""
    _say("building and installing the wheel, twice")
    wheel = installs.build_wheel(folder)
    guide = installs.install(wheel, folder / "guide")
    big = installs.install(wheel, folder / "big")
    _say(f"generating and compiling {entries:,} entries")
    generated = folder / "generated"
    installs.generate(guide, generated, entries, seed)
    costs = {_GUIDE: installs.compile_cost(guide, folder), _BIG: installs.enlarge(big, generated)}
    environ = _environment(folder)
    hello = folder / "hello.py"
    hello.write_text(_HELLO, encoding="utf-8")
    groups = {
        _GUIDE: (guide, [*_baselines(guide, hello), *_cases(guide, _GUIDE)]),
        _BIG: (big, _cases(big, _BIG)),
        _OWN: (guide, _cases(guide, _OWN, ("--content", str(generated)))),
        _JOURNAL: (guide, _learning_cases(guide)),
    }
    installs.keep_journal(guide, folder / "learner" / "data", _CARDS, _EVENTS)
    began = time.perf_counter()
    check(groups[_OWN][1][1], environ, folder)
    costs[_OWN] = {"first_start_seconds": round(time.perf_counter() - began, 3)}
    costs[_JOURNAL] = {}
    results = []
    for name, (installed, cases) in groups.items():
        environ = _environment(folder, "learner" if name == _JOURNAL else "home")
        printed = [check(case, environ, folder) for case in cases]
        _say(f"measuring {name}: {len(cases)} commands, {rounds} rounds")
        base = measure(installed.python, cases, rounds, environ, folder)
        costs[name]["baseline_ms"] = round(base, 2)
        results += [_result(case, size) for case, size in zip(cases, printed, strict=True)]
    return {
        "date": date.today().isoformat(),
        "machine": _machine(),
        "rounds": rounds,
        "seed": seed,
        "results": results,
        "costs": costs,
    }


def _baselines(installed: installs.Install, hello: Path) -> list[Case]:
    return [
        Case(_GUIDE, "`import typer`", (installed.python, "-c", "import typer")),
        Case(_GUIDE, "a Typer hello", (installed.python, str(hello))),
    ]


def _cases(installed: installs.Install, name: str, options: tuple[str, ...] = ()) -> list[Case]:
    """The commands of the table. Lists of thousands of lines and the start page have no bar."""
    is_guide = name == _GUIDE
    search_bar = _BARS["search" if is_guide else "search in 10,000"]
    wanted: list[tuple[tuple[str, ...], float | None]] = [
        (("--help",), _BARS["help"]),
        (("papers", "--since", "2015", "--plain"), _BARS["plain"] if is_guide else None),
        (("papers", "--since", "2015", "--color", "always"), _BARS["rich"] if is_guide else None),
        (("show", "transformer", "--plain"), _BARS["plain"]),
        (("show", "transformer", "--json"), _BARS["plain"]),
        (("show", "transformer", "--color", "always"), _BARS["rich"]),
        (("search", "残差", "--plain"), search_bar),
        (("ask", "残差连接为什么有用", "--plain"), None),
        (("--plain",), None),
        (("--color", "always"), None),
    ]
    if name == _OWN:
        # A help page opens no guide, drawing is measured above, and the design only speaks of searching here.
        wanted = [
            (words, bar if words[0] == "search" else None)
            for words, bar in wanted
            if not {"--help", "--color", "--json"} & set(words)
        ]
    return [
        Case(name, f"`{' '.join(('ailearn', *words))}`", (installed.program, *words, *options), bar)
        for words, bar in wanted
    ]


def _learning_cases(installed: installs.Install) -> list[Case]:
    """What a learner types every day."""
    wanted = (("next", "--plain"), ("review", "--json"), ("papers", "--plain"))
    bars = (_BARS["learning"], _BARS["learning"], None)
    return [
        Case(_JOURNAL, f"`{' '.join(('ailearn', *words))}`", (installed.program, *words), bar)
        for words, bar in zip(wanted, bars, strict=True)
    ]


def _environment(folder: Path, home: str = "home") -> Mapping[str, str]:
    """The least that a program needs, so that the reader's own settings and folders change nothing."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    return {
        **kept,
        "HOME": str(folder / home),
        "AILEARN_HOME": str(folder / home),
        "LC_ALL": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLUMNS": "100",
        # `ask` is to answer from the guide: nothing listens on the discard port.
        "OLLAMA_HOST": "127.0.0.1:9",
        "LLAMA_ARG_PORT": "9",
    }


def _machine() -> str:
    model = platform.processor() or platform.machine()
    described = Path("/proc/cpuinfo")
    if described.is_file():
        lines = described.read_text(encoding="utf-8").splitlines()
        named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
        model = next(named, model)
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}"


def _result(case: Case, printed: int) -> dict[str, Any]:
    low, high = case.spread
    return {
        "install": case.install,
        "command": case.name,
        "bar": case.bar,
        "ratio": round(case.ratio, 2),
        "quartiles": [round(low, 2), round(high, 2)],
        "ms": round(case.milliseconds, 1),
        "met": case.met,
        "bytes_printed": printed,
    }


def _markdown(report: dict[str, Any]) -> str:
    costs = report["costs"]
    guide, big, own = costs[_GUIDE], costs[_BIG], costs[_OWN]
    headings = {
        _GUIDE: f"The guide as installed, {guide['entries']} entries",
        _BIG: f"An installed guide of {big['entries']:,} entries",
        _OWN: "The same entries in a reader's own folder, warm cache: every start looks at all files",
        _JOURNAL: f"The guide with a journal of {_EVENTS:,} events on {_CARDS} cards",
    }
    lines = [f"{report['machine']}; {report['date']}; medians of {report['rounds']} rounds"]
    for name, heading in headings.items():
        lines += ["", f"**{heading}** (`python -c pass`: {costs[name]['baseline_ms']:.1f} ms)", ""]
        lines += ["| command | bar | × `python -c pass` | ms | met? |", "|---|---|---|---|---|"]
        lines += [_row(one) for one in report["results"] if one["install"] == name]
    lines += ["", "**Once**", "", "| | guide | big guide |", "|---|---|---|"]
    for key, label, unit in (
        ("entries", "entries", ""),
        ("yaml_bytes", "YAML", "MB"),
        ("seconds", "compile", "s"),
        ("load_seconds", "of it reading and validating YAML", "s"),
        ("index_seconds", "of it writing the index", "s"),
        ("peak_rss_mib", "most memory", "MiB"),
        ("index_bytes", "index", "MB"),
        ("fingerprint_ms", "fingerprint of all files", "ms"),
    ):
        lines.append(f"| {label} | {_amount(guide[key], unit)} | {_amount(big[key], unit)} |")
    lines.append(f"| first start with the own folder | – | {_amount(own['first_start_seconds'], 's')} |")
    return "\n".join(lines) + "\n"


def _row(result: dict[str, Any]) -> str:
    bar = "–" if result["bar"] is None else f"{result['bar']:g}"
    met = {None: "–", True: "yes", False: "**no**"}[result["met"]]
    return f"| {result['command']} | {bar} | {result['ratio']:.2f} | {result['ms']:.0f} | {met} |"


def _amount(value: float, unit: str) -> str:
    if unit == "MB":
        return f"{value / 1e6:,.1f} MB"
    return f"{value:,.0f}" if not unit else f"{value:,.1f} {unit}"


def _say(text: str) -> None:
    sys.stderr.write(f"bench: {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main()
