"""What an answer cites, such as `[resnet: mechanism]`, and whether the model was given that at all."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ailearn.catalog import folding, names
from ailearn.catalog.cutting import Passage
from ailearn.catalog.shown import SECTIONS, section_named
from ailearn.catalog.study import Study
from ailearn.errors import UsageError
from ailearn.language import say

# In square brackets, which some models write full-width; what a bracket after it makes a link is none.
_BRACKET = r"[\[【［]([^\[\]【】［］\n]{3,200})[\]】］](?!\()"
# A citation that stands alone between backticks is one all the same.
_CODE = r"(?s)```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`(?!\s*[\[【［][^`\n]*[\]】］]\s*`)[^`\n]*`"
_NAME = r"([\w/ .-]+?)\s*[:：]\s*([\w -]+)"
_FACTS = "facts"


class Citations(NamedTuple):
    """The names that an answer cites, each once and in order; `unknown` ones were not given to the model."""

    known: tuple[str, ...]
    unknown: tuple[str, ...]


def cite(passage: Passage) -> str:
    """A passage as it is cited: `[resnet: mechanism]`."""
    return f"[{passage.name}]"


def citations(study: Study, text: str, given: Iterable[str]) -> Citations:
    """What `text` cites; `given` are the names of what the model was given.

    What stands in brackets is a citation when it names an entry of the guide or a section of one, so that
    neither a slice in a line of code nor an aside counts as one. Entries and sections may be called what the
    reader calls them, in either language.
    """
    allowed = set(given)
    cited: dict[str, None] = {}
    for place, part in written(text):
        if f"{place}: {part}" in allowed:
            cited[f"{place}: {part}"] = None
            continue
        entry, section = _entry(study, place), _section(part)
        if entry or section:
            cited[f"{entry or place}: {section or part}"] = None
    return Citations(
        tuple(one for one in cited if one in allowed), tuple(one for one in cited if one not in allowed)
    )


def written(text: str) -> Iterator[tuple[str, str]]:
    """Everything in `text` that has the form of a citation: a place and a part of it, in lower case.

    In `[resnet: problem, limits; lora: legacy]` there are three. Links and code hold none.
    """
    for bracket in re.finditer(_BRACKET, re.sub(_CODE, " ", text).replace("\\", "")):
        place = ""
        for part in re.split(r"[;；,，、]", bracket[1]):
            found = re.fullmatch(_NAME, part.strip())
            if found:
                place = found[1].lower()
                yield place, found[2].lower()
            elif place and part.strip():
                yield place, part.strip().lower()
            else:
                break


def _entry(study: Study, name: str) -> str:
    """The id of the entry that a model means; empty when there is none."""
    found = names.candidates(study, name)
    return found[0].id if len(found) == 1 else ""


def _section(name: str) -> str:
    """The section that a model means, who may have translated its name; empty when there is none."""
    key = folding.name_key(name)
    for section in (*SECTIONS, _FACTS):
        title = "answer.facts" if section == _FACTS else f"section.{section}"
        shown = (say(title, language) for language in ("en", "zh"))
        if key in (folding.name_key(section), *map(folding.name_key, shown)):
            return section
    try:
        return section_named(name) if not name.isascii() else ""
    except UsageError:
        return ""
