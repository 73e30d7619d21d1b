"""Colours by role. They come from the terminal's own palette, so that they suit light and dark ones."""

STYLES = {
    "title": "bold",
    "heading": "bold magenta",
    "id": "cyan",
    "muted": "dim",
    "ok": "green",
    "warn": "magenta",
    "error": "bold red",
    "hint": "cyan",
    "path": "underline",
    "mark": "bold magenta",
    "number": "green",
    "figure": "default",
    "strong": "bold",
    "emphasis": "italic",
    "code": "green",
    "lane1": "green",
    "lane2": "magenta",
    "lane3": "cyan",
}

# Where the reader is with an entry: the sign before its id, and its role. Unread entries have none.
SIGNS = {
    "reading": ("◐", "mark"),
    "read": ("✓", "ok"),
    "known": ("◆", "ok"),
    "skipped": ("–", "muted"),
}

# What is drawn, and what stands for it where only ASCII may be used: for every arrow, box, block and
# geometric shape something, and for those that the drawings are made of something fitting.
_ARROWS, _BOXES, _BLOCKS, _SHAPES = (
    range(0x2190, 0x2200), range(0x2500, 0x2580), range(0x2580, 0x25A0), range(0x25A0, 0x2600)
)  # fmt: skip
ASCII_ELLIPSIS = "..."
ASCII_MARKS = {
    **dict.fromkeys(_ARROWS, ">"),
    **dict.fromkeys(_BOXES, "+"),
    **dict.fromkeys(_BLOCKS, "#"),
    **dict.fromkeys(_SHAPES, "*"),
    **str.maketrans({
        "●": "*", "○": "-", "│": "|", "─": "-", "├": "+", "└": "+", "┌": "+", "┐": "+", "┘": "+",
        "┬": "+", "┴": "+", "┼": "+", "┤": "+", "→": ">", "←": "<", "▌": "|", "•": "*",
        "↑": "^", "↓": "v", "▼": "v", "▲": "^", "═": "=", "║": "|", "✓": "+", "✗": "x", "⚠": "!",
        "◐": "~", "◆": "=", "–": "-",
        "▶": ">", "◀": "<", "►": ">", "◄": "<", "⇐": "<", "⟵": "<", "⟶": ">", "⟹": ">",
        "╱": "/", "╲": "\\", "█": "#", "░": ".", "▒": ":", "▓": "%",
        "╭": "+", "╮": "+", "╰": "+", "╯": "+", "┆": ":", "┄": "-", "━": "=", "┃": "|", "■": "#", "□": "o",
    }),
}  # fmt: skip
