"""Which part of the program may import which: the contracts of pyproject.toml, run by import-linter."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def linted() -> subprocess.CompletedProcess[str]:
    command = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert command, "import-linter is one of the development dependencies"
    return subprocess.run(
        [command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_every_contract_about_imports_is_kept() -> None:
    found = linted()

    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    assert found.returncode == 0, found.stdout
    for contract in contracts["contracts"]:
        assert f"{contract['name']} KEPT" in found.stdout
    assert len(contracts["contracts"]) >= 4


def test_every_package_and_module_has_a_place_in_the_layers() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (layers,) = [one["layers"] for one in contracts["contracts"] if one["type"] == "layers"]

    source = ROOT / "src" / "ailearn"
    parts = {path.stem for path in source.glob("[a-z]*.py")}
    parts |= {path.parent.name for path in source.glob("*/__init__.py")}
    named = {part.strip().removeprefix("ailearn.") for layer in layers for part in layer.split("|")}
    assert named == parts
