"""Colours by role. They come from the terminal's own palette, so that they suit light and dark ones."""

STYLES = {
    "title": "bold",
    "heading": "bold magenta",
    "id": "cyan",
    "muted": "dim",
    "ok": "green",
    "warn": "yellow",
    "error": "bold red",
    "hint": "cyan",
    "path": "underline",
    "mark": "bold magenta",
    "number": "green",
    "figure": "default",
    "lane1": "green",
    "lane2": "magenta",
    "lane3": "cyan",
}

# What is drawn, and what stands for it where only ASCII may be used.
ASCII_MARKS = str.maketrans(
    {
        "●": "*", "○": "-", "│": "|", "─": "-", "├": "+", "└": "`", "┌": "+", "┐": "+", "┘": "+",
        "┬": "+", "┴": "+", "┼": "+", "·": "-", "…": "~", "→": ">", "←": "<", "▌": "|", "•": "*",
        "↑": "^", "↓": "v", "▼": "v", "▲": "^", "═": "=", "║": "|", "✓": "+", "✗": "x",
        "▶": ">", "◀": "<", "╱": "/", "╲": "\\", "█": "#", "░": ".", "▒": ":", "▓": "%",
        "╭": "+", "╮": "+", "╰": "+", "╯": "+", "┆": ":", "┄": "-", "━": "=", "┃": "|", "■": "#", "□": "o",
    }
)  # fmt: skip
