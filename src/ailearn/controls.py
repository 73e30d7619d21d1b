"""Characters that make a terminal show something else than what is written."""

import re

# C0 but tab and line feed, DEL, C1, the marks that turn the direction of writing, and lone surrogates,
# which cannot be encoded at all.
UNSAFE = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"


def safe(text: str) -> str:
    """`text` with U+FFFD for every character that could steer a terminal; tabs and line feeds stay."""
    return re.sub(UNSAFE, "\ufffd", text)
