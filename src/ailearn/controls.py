"""Characters that make a terminal show something else than what is written."""

import re

# C0 but tab and line feed, DEL, C1, the marks that turn the direction of writing, line breaks that are no
# line feed, what annotates text without being seen (tags among it, which can hold whole hidden sentences),
# and lone surrogates, which cannot be encoded at all. Joiners stay, for emoji and some scripts need them.
UNSAFE = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)


def safe(text: str) -> str:
    """`text` with U+FFFD for every character that could steer a terminal; tabs and line feeds stay."""
    return re.sub(UNSAFE, "\ufffd", text)


def escaped(text: str) -> str:
    r"""JSON `text` that means the same, with every such character written as `\uXXXX`."""
    import json

    return re.sub(UNSAFE, lambda found: json.dumps(found[0])[1:-1], text)
