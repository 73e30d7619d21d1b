"""A guide of any size made from the real one, and what it costs to compile a guide.

`python -m bench` runs this file with the Python of an installed `ailearn`, so it imports nothing else:

    python big_guide.py generate CONTENT TARGET ENTRIES SEED
    python big_guide.py compile CONTENT INDEX NAMES
"""

import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from ailearn.catalog.content_files import CONTENT_SUFFIXES, ENTRY_FOLDERS, ContentFolder, fingerprint

_SENTENCE = re.compile(r"[^.!?。！？]+(?:[.!?。！？]+(?:\s+|$|(?<=[。！？]))|$)|[.!?。！？]+\s*")
_ONSETS = (
    "b",
    "br",
    "d",
    "dr",
    "f",
    "fl",
    "g",
    "gl",
    "k",
    "kr",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "st",
    "t",
    "v",
)
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ou")
_CODAS = ("", "", "l", "m", "n", "r", "s", "x")
# How many sentences get a word that is new to the guide: a larger library has a larger vocabulary.
_NEW_WORDS = 0.1
# Fields that are not prose, or that are written anew for every entry.
_KEPT = ("id", "kind", "title", "short", "aliases", "figure", "formula", "requires", "related")


def generate(content: Path, target: Path, entries: int, seed: int) -> None:
    """Write `entries` entries into the folders of `target`, each crossed from two real ones of a kind.

    The sentences of a field are shuffled and some get an invented word; id, names, title, date, authors and
    arXiv id are new. What an entry requires or is related to comes before it or stands in the real guide.
    """
    rng = random.Random(seed)
    parents: list[tuple[str, Any]] = list(_real_entries(content))
    by_folder: dict[str, list[Any]] = {}
    for folder, data in parents:
        by_folder.setdefault(folder, []).append(data)
        (target / folder).mkdir(parents=True, exist_ok=True)
    people = sorted({name for _, data in parents for name in data.get("authors", ())})
    known = [data["id"] for _, data in parents]
    for number in range(1, entries + 1):
        folder, first = rng.choice(parents)
        second = rng.choice(by_folder[folder])
        entry = _child(rng, number, first, second, people, known)
        known.append(entry["id"])
        (target / folder / f"{entry['id']}.yaml").write_text(_yaml(entry), encoding="utf-8")


def _real_entries(content: Path) -> Iterator[tuple[str, Any]]:
    from ailearn.catalog.yaml_reader import read

    for folder in ENTRY_FOLDERS:
        for path in sorted((content / folder).rglob("*")):
            document = read(path).document if path.suffix in CONTENT_SUFFIXES else None
            if document is not None:
                yield folder, document.data


def _child(
    rng: random.Random, number: int, first: Any, second: Any, people: list[str], known: list[str]
) -> dict[str, Any]:
    name = _word(rng).capitalize()
    entry: dict[str, Any] = {
        field: value if field in _KEPT else _varied(rng, rng.choice((value, second.get(field, value))))
        for field, value in first.items()
    }
    entry["id"] = f"{name.lower()}-{number}"
    words = [*first["title"]["en"].split(), *second["title"]["en"].split()[:3]]
    entry["title"] = {
        "en": f"{name}: {_shuffled(rng, words, ' ')}",
        "zh": f"{name}：{first['title']['zh']}与{second['title']['zh']}",
    }
    entry["short"] = {"en": name, "zh": name}
    aliases = first.get("aliases") or ["method"]
    entry["aliases"] = [f"{name} {alias}" for alias in rng.sample(aliases, min(3, len(aliases)))]
    if first.get("authors"):
        entry["authors"] = [*rng.sample(people, min(3, len(people))), f"{_word(rng)} {_word(rng)}".title()]
        entry.pop("authors_zh", None)
    if first.get("date"):
        entry["date"] = f"{rng.randint(1986, 2025)}-{rng.randint(1, 12):02}"
    if first.get("arxiv"):
        entry["arxiv"] = f"{rng.randint(7, 25):02}{rng.randint(1, 12):02}.{rng.randint(1, 20000):05}"
    entry.pop("doi", None)
    entry.pop("isbn", None)
    entry["level"] = str(rng.randint(1, 5))
    entry["minutes"] = str(rng.randrange(20, 300, 10))
    if first.get("requires"):
        entry["requires"] = [{**one, "id": rng.choice(known)} for one in first["requires"]]
    entry["related"] = rng.sample(known, 3)
    return entry


def _varied(rng: random.Random, node: Any) -> Any:
    """`node` with the sentences of every bilingual text in another order."""
    if isinstance(node, dict) and node.keys() == {"en", "zh"} and isinstance(node["en"], str):
        return {"en": _rewritten(rng, node["en"], " "), "zh": _rewritten(rng, node["zh"], "")}
    if isinstance(node, dict):
        return {key: _varied(rng, value) for key, value in node.items()}
    if isinstance(node, list):
        return [_varied(rng, item) for item in node]
    return node


def _rewritten(rng: random.Random, text: str, joint: str) -> str:
    sentences = [piece.strip() for piece in _SENTENCE.findall(text) if piece.strip()]
    for at, sentence in enumerate(sentences):
        if rng.random() < _NEW_WORDS:
            sentences[at] = f"{_word(rng).capitalize()} {sentence}"
    return _shuffled(rng, sentences, joint)


def _shuffled(rng: random.Random, parts: list[str], joint: str) -> str:
    return joint.join(rng.sample(parts, len(parts)))


def _word(rng: random.Random) -> str:
    """A word that sounds like the name of a model: two or three syllables."""
    syllables = rng.choice((2, 3))
    return "".join(rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS) for _ in range(syllables))


def _yaml(data: dict[str, Any]) -> str:
    return "\n".join(_yaml_lines(data, "")) + "\n"


def _yaml_lines(node: Any, indent: str) -> Iterator[str]:
    """Block YAML with quoted scalars, which are the strings of JSON."""
    pairs = node.items() if isinstance(node, dict) else ((None, item) for item in node)
    for key, value in pairs:
        head = f"{indent}-" if key is None else f"{indent}{key}:"
        if isinstance(value, dict | list) and value:
            yield head
            yield from _yaml_lines(value, indent + "  ")
        else:
            yield f"{head} {json.dumps(value, ensure_ascii=False)}"


def compile_guide(content: Path, index_path: Path, names_path: Path) -> dict[str, float]:
    """Compile the guide in `content` as the build hook does, and say what it cost.

    Raises RuntimeError when anything in it cannot be loaded.
    """
    folders = [ContentFolder(content, own=False)]
    looks = [_seconds(lambda: fingerprint(folders)) for _ in range(9)]
    began = time.perf_counter()
    from ailearn.catalog import index, source
    from ailearn.catalog.study import names_text

    imported = time.perf_counter()
    library = source.load(folders)
    loaded = time.perf_counter()
    if library.findings:
        first = library.findings[0]
        raise RuntimeError(f"{first.path}:{first.line}: {first.message('en')}")
    index_path.unlink(missing_ok=True)
    index.write(library, index_path, "compiled by bench")
    names_path.write_text(names_text(library), encoding="utf-8")
    written = time.perf_counter()
    return {
        "entries": len(library.entries),
        "seconds": round(written - began, 3),
        "load_seconds": round(loaded - imported, 3),
        "index_seconds": round(written - loaded, 3),
        "peak_rss_mib": round(_peak_memory() / 2**20, 1),
        "yaml_bytes": sum(path.stat().st_size for path in content.rglob("*.y*ml")),
        "index_bytes": index_path.stat().st_size,
        "fingerprint_ms": round(median(looks) * 1000, 2),
    }


def _seconds(function: Callable[[], object]) -> float:
    began = time.perf_counter()
    function()
    return time.perf_counter() - began


def _peak_memory() -> int:
    """The most memory that this process has held at a time, in bytes."""
    status = Path("/proc/self/status")
    if status.is_file():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        if found:
            return int(found[1]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main(arguments: list[str]) -> None:
    """Do what the first argument names."""
    match arguments:
        case ["generate", content, target, entries, seed]:
            generate(Path(content), Path(target), int(entries), int(seed))
        case ["compile", content, index_path, names_path]:
            costs = compile_guide(Path(content), Path(index_path), Path(names_path))
            sys.stdout.write(json.dumps(costs) + "\n")
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
