"""Writes what the documentation says about the program from the program itself.

`python docs/generate.py` writes the reference pages and the pictures; `--check` only says whether the
reference pages are up to date (exit code 1 when they are not).
"""

import argparse
import html
import io
import os
import re
import sys
import tempfile
from contextlib import redirect_stdout
from pathlib import Path

from ailearn import errors, settings
from ailearn.catalog.documents import SUMMARY_KEYS
from ailearn.catalog.shown import SECTIONS
from ailearn.cli.boundary import main
from ailearn.cli.commands import COMMANDS, GROUPS, SUBCOMMANDS
from ailearn.language import Language, say

DOCS = Path(__file__).parent
# The width of a terminal cell in the pictures, which Rich draws with letters of 20 pixels.
_CELL = 12.2
PICTURES: dict[str, tuple[str, ...]] = {
    "start": (),
    "brief": ("show", "transformer", "--brief"),
    "figure": ("show", "resnet", "--section", "figure"),
    "timeline": ("timeline", "infrastructure"),
    "path": ("path", "lora"),
    "search": ("search", "残差"),
    "ask": ("ask", "Why does a residual connection help?", "resnet"),
}
# What a Chinese reader would rather type.
_IN_CHINESE = {"ask": ("ask", "残差连接为什么有用", "resnet")}
_TITLES = {
    "en": {
        "title": "Reference",
        "made": "This page is written by the program: `python docs/generate.py`.",
        "commands": "Commands",
        "variables": "Environment variables",
        "exits": "Exit codes",
        "json": "JSON",
        "keys": "Every entry that `--json` prints has these keys; absent values are null or empty: ",
        "sections": "`show --json` adds every other field of the entry. `show --section` takes: ",
    },
    "zh": {
        "title": "参考手册",
        "made": "本页由程序自己写成：`python docs/generate.py`。",
        "commands": "命令",
        "variables": "环境变量",
        "exits": "退出码",
        "json": "JSON",
        "keys": "`--json` 输出的每个条目都有这些键，没有值的为 null 或空：",
        "sections": "`show --json` 还会给出条目的其余全部字段。`show --section` 可以取：",
    },
}
VARIABLES = {
    "AILEARN_HOME": ("moves the config, data, cache and state folders below one folder", "把配置、数据、缓存、状态四个文件夹都移到它下面"),
    "AILEARN_CONTENT": ("your own content folders, separated as in `PATH`", "你自己的内容文件夹，分隔方式同 `PATH`"),
    "AILEARN_LANG": ("`en`, `zh` or `both`", "`en`、`zh` 或 `both`"),
    "AILEARN_COLOR": ("`auto`, `always` or `never`", "`auto`、`always` 或 `never`"),
    "AILEARN_ASCII": ("`1` draws without box characters", "`1` 表示不用制表线等特殊字符"),
    "AILEARN_NOW": ("a time with offset (ISO 8601) that stands in for the clock", "代替时钟的时间，写成带时区的 ISO 8601"),
    "AILEARN_TUTOR_KEY": ("the key for a model server of your own address (`custom`)", "自填地址的模型服务（`custom`）的密钥"),
    "DEEPSEEK_API_KEY …": ("the key of a provider, under the provider's own name", "各家服务的密钥，用它们自己的变量名"),
    "OLLAMA_HOST, LLAMA_ARG_HOST, LLAMA_ARG_PORT": ("where a local model server is looked for", "到哪里去找本机的模型服务"),
    "HTTPS_PROXY, ALL_PROXY, NO_PROXY": ("the way to remote services; this machine is always asked directly", "访问远程服务走的代理；本机总是直连"),
    "NO_COLOR": ("when set: no colours", "设了就不用颜色"),
    "FORCE_COLOR": ("when set: colours and drawings even when piped", "设了就算接管道也用颜色和图形"),
    "COLUMNS": ("the width of the screen", "屏幕宽度"),
    "PAGER": ("the pager for long output; empty or `cat`: none", "长输出用的分页器；空或 `cat` 表示不用"),
    "BROWSER": ("the browser that `open-link` starts", "`open-link` 启动的浏览器"),
    "LC_ALL, LC_MESSAGES, LANGUAGE, LANG": ("the language when nothing else names it", "没有别处指定时，由它们决定语言"),
}  # fmt: skip
EXITS = {
    errors.DONE: ("done", "完成"),
    errors.ANSWER_IS_NO: ("the answer is no: nothing matched, a check has findings", "答案是“没有”：无匹配，或检查发现问题"),
    errors.WRONG_USAGE: ("wrong usage", "用法有误"),
    errors.NO_SUCH_ENTRY: ("no such entry, or several", "没有这个条目，或对应好几个"),
    errors.CONTENT_BROKEN: ("content cannot be loaded", "内容无法载入"),
    errors.PROGRESS_BROKEN: ("progress data cannot be used", "学习进度数据无法使用"),
    errors.CONFIGURATION: ("a setting is wrong; file and key are named", "设置有误，会指出文件和键"),
    errors.NETWORK: ("network or AI service", "网络或 AI 服务出错"),
    errors.BUG: ("a bug; the traceback is kept in a file", "程序内部出错，详情存入文件"),
    errors.INTERRUPTED: ("Ctrl-C", "Ctrl-C"),
}  # fmt: skip


def _output(*arguments: str) -> str:
    """What the program prints for `arguments`, in this process and with a width of 80."""
    out = io.StringIO()
    with redirect_stdout(out):
        main(arguments)
    return out.getvalue()


def reference(language: Language) -> str:
    """The reference page: every command's help, the variables, the exit codes, the JSON keys."""
    titles = _TITLES["zh" if language == "zh" else "en"]
    column = 1 if language == "zh" else 0
    lines = [f"# {titles['title']}", "", titles["made"], "", f"## {titles['commands']}"]
    for group in GROUPS:
        for name in (one for one, (_, own) in COMMANDS.items() if own == group):
            for names in ((name,), *((name, one) for one in SUBCOMMANDS.get(name, ()))):
                text = _output(*names, "--help", "--lang", language)
                common = say("help.common-options", language)
                text = text.split(f"\n{common}")[0].rstrip()
                lines += ["", f"### `ailearn {' '.join(names)}`", "", "```text", text, "```"]
    root = _output("--help", "--lang", language)
    shared = root[root.index(say("help.common-options", language)) :].rstrip()
    lines += ["", f"### {say('help.common-options', language).rstrip(':：')}", "", "```text", shared, "```"]
    lines += ["", f"## {titles['variables']}", "", "| | |", "|---|---|"]
    lines += [f"| `{name}` | {texts[column]} |" for name, texts in VARIABLES.items()]
    lines += ["", f"## {titles['exits']}", "", "| | |", "|---|---|"]
    lines += [f"| {code} | {texts[column]} |" for code, texts in EXITS.items()]
    lines += ["", f"## {titles['json']}", "", titles["keys"] + " ".join(f"`{key}`" for key in SUMMARY_KEYS)]
    lines += ["", titles["sections"] + " ".join(f"`{one}`" for one in SECTIONS), ""]
    return "\n".join(lines)


def picture(arguments: tuple[str, ...], language: Language) -> str:
    """The screen that `arguments` draw at 80 columns, as SVG with no font or address from outside."""
    drawn = _output(*arguments, "--lang", language, "--color", "always", "--no-pager")
    return _framed(arguments, drawn)


def review_picture(language: Language) -> str:
    """A card in the middle of a sitting, drawn by the review screen itself."""
    from ailearn.catalog.study import open_study
    from ailearn.learning import review
    from ailearn.learning.journal import open_to_read
    from ailearn.learning.session import Progress
    from ailearn.view.canvas import Canvas
    from ailearn.view.review_screen import CardScreen, draw_cardscreen

    found = review.card(open_study((), None), open_to_read(None), "resnet/degradation")
    screen = CardScreen(
        found, Progress(3, 12, 6, 4, 0), review.intervals(found, "2026-01-01", 0.9), True, "", None
    )
    canvas = Canvas(language, 80, ascii_only=False, colored=True)
    draw_cardscreen(screen, canvas)
    return _framed(("review",), canvas.text())


def _framed(arguments: tuple[str, ...], drawn: str) -> str:
    """A command and what it draws in a picture of a terminal."""
    from rich.console import Console
    from rich.text import Text

    console = Console(record=True, width=80, file=io.StringIO(), legacy_windows=False)
    console.print(Text(f"$ {_typed(arguments)}", style="bold green"))
    console.print(Text.from_ansi(drawn), soft_wrap=True, end="")
    svg = console.export_svg(title="ailearn", unique_id="ailearn")
    own_fonts = re.sub(r"\s*@font-face \{[^}]*\}", "", svg)
    return _cell_by_cell(own_fonts.replace("Fira Code", "ui-monospace, Menlo, Consolas"))


def _typed(arguments: tuple[str, ...]) -> str:
    """A command as one would type it."""
    return " ".join(("ailearn", *(f"'{one}'" if " " in one else one for one in arguments)))


def _cell_by_cell(svg: str) -> str:
    """`svg` with every piece of text given the width of its cells.

    Rich measures text in characters there, which squeezes Chinese into half its room; each run of wide or
    narrow characters becomes a piece of its own.
    """
    from rich.cells import cell_len

    def apart(found: re.Match[str]) -> str:
        at, pieces = float(found["x"]), []
        for run in re.findall(r"(?:&[^;]+;|[\u0000-\u2e7f])+|[^\u0000-\u2e7f]+", found["text"]):
            width = cell_len(html.unescape(run)) * _CELL
            pieces.append(
                f'<text class="{found["style"]}" x="{at:g}" y="{found["y"]}" textLength="{width:g}" '
                f'clip-path="{found["clip"]}">{run}</text>'
            )
            at += width
        return "".join(pieces)

    return re.sub(
        r'<text class="(?P<style>[^"]*)" x="(?P<x>[^"]*)" y="(?P<y>[^"]*)" textLength="[^"]*" '
        r'clip-path="(?P<clip>[^"]*)">(?P<text>[^<]*)</text>',
        apart,
        svg,
    )


def pages() -> dict[Path, str]:
    """Every generated page with its text."""
    return {DOCS / "reference.md": reference("en"), DOCS / "reference.zh.md": reference("zh")}


def generate(*, check: bool) -> int:
    """Write all pages and pictures, or only compare the pages; returns the exit code."""
    if check:
        stale = [
            path for path, text in pages().items() if not path.exists() or path.read_text("utf-8") != text
        ]
        for path in stale:
            sys.stderr.write(f"{path} is out of date: run `python docs/generate.py`\n")
        return 1 if stale else 0
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
    languages: tuple[Language, ...] = ("en", "zh")
    for language in languages:
        commands = PICTURES | _IN_CHINESE if language == "zh" else PICTURES
        drawn = {name: picture(arguments, language) for name, arguments in commands.items()}
        for name, svg in (*drawn.items(), ("review", review_picture(language))):
            path = DOCS / "pictures" / f"{name}.{language}.svg"
            path.write_text(svg, encoding="utf-8")
    return 0


def undocumented_variables() -> set[str]:
    """The program's own variables that the reference does not explain."""
    return set(settings.VARIABLES) - set(VARIABLES)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare the reference pages")
    with tempfile.TemporaryDirectory() as folder:
        for variable in ("AILEARN_CONTENT", "AILEARN_LANG", "AILEARN_COLOR", "AILEARN_ASCII", "NO_COLOR"):
            os.environ.pop(variable, None)
        # No model server of this machine's own may answer in a picture: nothing listens on the discard port.
        nobody = {"OLLAMA_HOST": "127.0.0.1:9", "LLAMA_ARG_PORT": "9"}
        os.environ |= {"AILEARN_HOME": folder, "COLUMNS": "80", **nobody}
        sys.exit(generate(check=parser.parse_args().check))
