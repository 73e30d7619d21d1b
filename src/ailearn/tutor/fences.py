"""Texts that go along with a request are data: they are fenced, and cannot end their fence themselves."""

import re

from ailearn.controls import safe


def fenced(tag: str, text: str, name: str = "") -> str:
    """`text` between `<tag name="…">` and `</tag>`; whatever in it looks like such a mark is defused."""
    defused = re.sub(rf"<(?=\s*/?\s*{tag}\b)", "‹", safe(text), flags=re.IGNORECASE)
    labelled = f' name="{name}"' if name else ""
    return f"<{tag}{labelled}>\n{defused.strip()}\n</{tag}>"
