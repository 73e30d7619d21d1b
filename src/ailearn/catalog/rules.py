"""The numbered rules that content must keep, in both languages, and the finding of a breach.

C1xx files and YAML, C2xx fields, C3xx ids and references, C4xx texts and typography, C5xx facts,
C6xx glossary.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

from ailearn.catalog.model import Text
from ailearn.controls import UNSAFE

Severity = Literal["error", "warning"]

MAX_ID_LENGTH = 60
MAX_VALUE_LENGTH = 160
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# In a text a tab is out of place as well.
CONTROL_CHARACTER = re.compile(f"\t|{UNSAFE}")


@dataclass(frozen=True, slots=True)
class Rule:
    """What is asked of content; `message` and `hint` are `str.format` templates over a finding's values."""

    code: str
    name: str
    message: Text
    hint: Text


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of the rule with the code `rule`, at a 1-based line of the file `path` if there is one.

    `path` is for showing: control characters in it are replaced, as in the values.
    """

    rule: str
    path: str
    line: int | None
    values: dict[str, str] = field(default_factory=dict)
    severity: Severity = "error"

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", safe_text(self.path).replace("\n", "\ufffd"))
        object.__setattr__(self, "values", {key: _shown(value) for key, value in self.values.items()})

    def message(self, language: str) -> str:
        """What is wrong, in one line, in Chinese for "zh" and in English for anything else."""
        return self._filled(RULES[self.rule].message, language)

    def hint(self, language: str) -> str:
        """What to do about it, in one line, in Chinese for "zh" and in English for anything else."""
        return self._filled(RULES[self.rule].hint, language)

    def _filled(self, text: Text, language: str) -> str:
        values = dict(self.values)
        if language == "zh" and "allowed" in values:
            # Names of fields and values hold no comma themselves.
            values["allowed"] = values["allowed"].replace(", ", "、")
        return _in_language(text, language).format(**values)


def is_valid_id(text: str) -> bool:
    """Whether `text` may name an entry, a track, a topic, a term or a card: so it can never be a path."""
    return len(text) <= MAX_ID_LENGTH and _ID.fullmatch(text) is not None


def safe_text(text: str) -> str:
    """`text` with each control character replaced by U+FFFD, so that a terminal shows nothing but text."""
    return CONTROL_CHARACTER.sub("\ufffd", text)


def _shown(value: str) -> str:
    one_line = safe_text(" ".join(value.splitlines()))
    return one_line if len(one_line) <= MAX_VALUE_LENGTH else one_line[: MAX_VALUE_LENGTH - 1] + "…"


def _in_language(text: Text, language: str) -> str:
    return text.zh if language == "zh" else text.en


def _rule(code: str, name: str, en: str, en_hint: str, zh: str, zh_hint: str) -> Rule:
    return Rule(code, name, Text(en, zh), Text(en_hint, zh_hint))


_TABLE = (
    # Files and YAML
    _rule("C101", "folder-missing",
        "There is no such content folder.", "Correct the folder's name, or create the folder.",
        "没有这个内容文件夹。", "请检查文件夹名，或者先建好它。"),
    _rule("C102", "unreadable",
        "It cannot be read: {reason}.", "Check that it exists and that you may read it.",
        "无法读取：{reason}。", "请确认它存在，并且你有读取权限。"),
    _rule("C103", "unknown-folder",
        "The folder `{folder}` is not part of a guide, so its YAML files were not read.",
        "Entries live in `papers`, `courses`, `books` and `tools`, tracks in `tracks`, paths in `paths`, "
        "added cards in `cards`.",
        "文件夹 `{folder}` 不属于学习指南，里面的 YAML 文件没有读取。",
        "条目放在 `papers`、`courses`、`books`、`tools`，路线放在 `tracks`，路径放在 `paths`，"
        "加的卡片放在 `cards`。"),
    _rule("C104", "not-a-file",
        "This is not a regular file.", "Replace it with an ordinary YAML file.",
        "这不是普通文件。", "请换成普通的 YAML 文件。"),
    _rule("C105", "too-large",
        "The file has {size} bytes; at most {limit} are read.", "Split it: one entry is one file.",
        "文件有 {size} 字节，最多读取 {limit} 字节。", "请拆开：一个条目一个文件。"),
    _rule("C106", "not-utf-8",
        "The file is not UTF-8: {problem}.", "Save the file as UTF-8 (without a byte order mark).",
        "文件不是 UTF-8 编码：{problem}。", "请把文件另存为 UTF-8（不带 BOM）。"),
    _rule("C107", "byte-order-mark",
        "The file starts with a byte order mark.", "Save the file as UTF-8 without BOM.",
        "文件开头有字节顺序标记（BOM）。", "请另存为不带 BOM 的 UTF-8。"),
    _rule("C108", "forbidden-character",
        "The character {character} may not stand in a YAML file.", "Delete it.",
        "YAML 文件里不能有字符 {character}。", "请删掉它。"),
    _rule("C109", "yaml-syntax",
        "This is not valid YAML: {problem}.",
        "Indent with spaces; write a text that holds `: ` or `#` below `>` or in quotes.",
        "YAML 语法有误：{problem}。", "缩进请用空格；文本里有 `: ` 或 `#` 时，写在 `>` 之下或加引号。"),
    _rule("C110", "empty-file",
        "The file is empty.", "Fill it in or delete it.",
        "文件是空的。", "请写上内容，或者删掉它。"),
    _rule("C111", "not-a-mapping",
        "The file must consist of `key: value` lines.", "Start the first line with `id:`, for instance.",
        "文件必须由 `键: 值` 组成。", "例如第一行写 `id:`。"),
    _rule("C112", "duplicate-key",
        "The key `{key}` occurs twice; it was in line {first} before.", "Keep one of the two.",
        "键 `{key}` 出现了两次，上一次在第 {first} 行。", "请只保留一个。"),
    _rule("C113", "anchor-or-alias",
        "YAML anchors and aliases (`&{name}`, `*{name}`) are not allowed.",
        "Write the text out; quote a text that starts with `&` or `*`.",
        "不能使用 YAML 锚点和别名（`&{name}`、`*{name}`）。",
        "请直接写出内容；以 `&` 或 `*` 开头的文本要加引号。"),
    _rule("C114", "explicit-tag",
        "The YAML tag `{tag}` is not allowed.", "Delete the tag; quote a text that starts with `!`.",
        "不能使用 YAML 标签 `{tag}`。", "请删掉标签；以 `!` 开头的文本要加引号。"),
    _rule("C115", "several-documents",
        "A second YAML document starts here.", "Put it into a file of its own and delete the `---`.",
        "这里开始了第二个 YAML 文档。", "请把它放到另一个文件里，并删掉 `---`。"),
    _rule("C116", "too-deep",
        "The nesting is deeper than {limit} levels.",
        "No field of the guide lies that deep; check the brackets.",
        "嵌套超过了 {limit} 层。", "指南里没有这么深的字段，请检查括号。"),
    _rule("C117", "key-not-text",
        "A key must be a plain word.", "Write `key: value`.",
        "键必须是一个词。", "请写成 `键: 值`。"),
    _rule("C118", "not-an-entry",
        "The file was not read: it has no `id` and `kind`.",
        "Add both if it is an entry, or move it elsewhere.",
        "没有读取这个文件：里面没有 `id` 和 `kind`。", "如果它是条目，请补上这两项；否则请移走。"),
    _rule("C119", "link-too-far",
        "The link leads to a folder around this one, to one of the system's or to more than {most} folders;"
        " nothing behind it was read.",
        "Link to the folders that hold content.",
        "这个链接指向外层的文件夹、系统文件夹或者 {most} 个以上的文件夹，里面的内容都没有读取。",
        "请只链接到存放内容的文件夹。"),
    # Fields
    _rule("C201", "missing-field",
        "`{field}` is missing.", "Add it; `ailearn content new` shows every field with a comment.",
        "缺少 `{field}`。", "请补上；`ailearn content new` 会列出每个字段及说明。"),
    _rule("C202", "unknown-field",
        "`{field}` is not a field here.", "Fields here: {allowed}.",
        "这里没有 `{field}` 这个字段。", "这里可用的字段：{allowed}。"),
    _rule("C203", "not-text",
        "`{field}` must be one text.", "Write it as text, in quotes if it holds `: ` or `#`.",
        "`{field}` 应该是一段文本。", "请写成文本；含有 `: ` 或 `#` 时加引号。"),
    _rule("C204", "not-a-number",
        "`{field}` must be a number, but is `{value}`.", "Write digits only, without a unit.",
        "`{field}` 应该是数字，现在是 `{value}`。", "只写数字，不带单位。"),
    _rule("C205", "not-allowed",
        "`{field}` cannot be `{value}`.", "Allowed are: {allowed}.",
        "`{field}` 不能是 `{value}`。", "可选值：{allowed}。"),
    _rule("C206", "not-a-list",
        "`{field}` must be a list.", "Write `[one, two]`, or one `- item` per line.",
        "`{field}` 应该是列表。", "写成 `[一, 二]`，或者每行一个 `- 项`。"),
    _rule("C207", "not-a-block",
        "`{field}` must be a block of fields.", "Fields there: {allowed}.",
        "`{field}` 应该由若干字段组成。", "其中的字段：{allowed}。"),
    _rule("C208", "empty-field",
        "`{field}` is empty.", "Fill it in, or delete the line if the field is optional.",
        "`{field}` 是空的。", "请填写；如果是可选字段，也可以删掉这一行。"),
    _rule("C209", "out-of-range",
        "`{field}` is {value}; it must be between {minimum} and {maximum}.", "Correct the number.",
        "`{field}` 是 {value}，应在 {minimum} 到 {maximum} 之间。", "请改正这个数字。"),
    _rule("C210", "not-valid",
        "`{field}` is not valid: {problem}.", "Compare it with another entry.",
        "`{field}` 不符合要求：{problem}。", "请对照其他条目修改。"),
    _rule("C211", "needed-for-kind",
        "An entry of kind {kind} needs `{field}`.", "Add the field.",
        "类型为 {kind} 的条目需要 `{field}`。", "请补上这个字段。"),
    _rule("C212", "other-kind",
        "`{field}` does not belong to an entry of kind {kind}.", "Delete it, or correct `kind`.",
        "类型为 {kind} 的条目不应有 `{field}`。", "请删掉它，或者改正 `kind`。"),
    _rule("C213", "count",
        "`{field}` has {count} items; {minimum} to {maximum} are wanted.", "Split, merge or add items.",
        "`{field}` 有 {count} 项，应为 {minimum} 到 {maximum} 项。", "请拆分、合并或补充。"),
    _rule("C214", "to-be-written",
        "`{field}` is still to be written.", "Replace {marker} by the real content.",
        "`{field}` 还没有写。", "请把 {marker} 换成真正的内容。"),
    # Ids and references
    _rule("C301", "bad-id",
        "`{value}` is not a valid id.",
        "Use lower-case letters, digits and single hyphens, at most {limit} characters.",
        "`{value}` 不是合法的 id。", "只用小写字母、数字和单个连字符，最多 {limit} 个字符。"),
    _rule("C302", "duplicate-id",
        "The id `{id}` is already taken by {other}; this one was not read.", "Choose another id.",
        "id `{id}` 已被 {other} 使用，这一个没有读取。", "请换一个 id。"),
    _rule("C303", "replaced",
        "`{id}` replaces the one in {other}.", "If that was not meant, choose another id.",
        "`{id}` 替换了 {other} 中的同名内容。", "如果不是有意的，请换一个 id。"),
    _rule("C304", "file-name",
        "The file's name and its id `{id}` differ.", "Rename the file to `{id}.yaml`.",
        "文件名与 id `{id}` 不一致。", "请把文件改名为 `{id}.yaml`。"),
    _rule("C305", "wrong-folder",
        "An entry of kind {kind} does not belong in this folder.", "Move it to `{folder}/`.",
        "类型为 {kind} 的条目不该放在这个文件夹。", "请移到 `{folder}/`。"),
    _rule("C306", "unknown-reference",
        "`{field}` names `{id}`, but there is no such entry.", "{nearest}",
        "`{field}` 指向 `{id}`，但没有这个条目。", "{nearest_zh}"),
    _rule("C307", "self-reference",
        "`{field}` names the entry itself.", "Delete it.",
        "`{field}` 指向了条目自己。", "请删掉。"),
    _rule("C308", "cycle",
        "The requirements run in a circle: {cycle}.",
        "Delete the weakest link; put it into `related` instead.",
        "前置关系成环：{cycle}。", "请去掉最弱的一环，改放到 `related`。"),
    _rule("C309", "unknown-topic",
        "`{id}` is not in the list of topics.", "{nearest}",
        "主题列表里没有 `{id}`。", "{nearest_zh}"),
    _rule("C310", "name-taken",
        "`{name}` is already a name of {other}.",
        "Choose a more specific name, so that it leads to one entry.",
        "`{name}` 已经是 {other} 的名字。", "请换一个更具体的名字，让它只指向一个条目。"),
    _rule("C311", "needless-alias",
        "The alias `{name}` repeats another name of the entry.", "Delete it.",
        "别名 `{name}` 与条目的其他名字重复。", "请删掉。"),
    _rule("C312", "duplicate-card-id",
        "The card id `{id}` occurs twice in the entry.",
        "Give the newer card another id; never change the older.",
        "卡片 id `{id}` 在条目中出现了两次。", "给较新的卡片换个 id，旧卡片的 id 不要动。"),
    _rule("C313", "duplicate-question",
        "The same question is on the card `{other}`.", "Ask it once, or ask for something else.",
        "卡片 `{other}` 上有同样的问题。", "只问一次，或者换个问法问别的。"),
    _rule("C314", "missing-part",
        "The guide has no {part}.", "Add it; the program needs it.",
        "学习指南缺少 {part}。", "请补上，程序需要它。"),
    _rule("C315", "unknown-author",
        "`authors_zh` names `{name}`, who is not among `authors`.", "Spell the name as in `authors`.",
        "`authors_zh` 里的 `{name}` 不在 `authors` 中。", "请与 `authors` 中的写法保持一致。"),
    _rule("C316", "duplicate-step",
        "`{id}` is a step of this path already.", "Keep the step at which it is needed first.",
        "`{id}` 已经是这条路径上的一步。", "只留最先用到它的那一步。"),
    _rule("C317", "added-card-id",
        "The id `{id}` of an added card does not begin with `{prefix}`; the card was not read.",
        "Call it `{prefix}{id}`: all other ids belong to the entry itself.",
        "加的卡片 id `{id}` 没有以 `{prefix}` 开头，这张卡片没有读取。",
        "请改成 `{prefix}{id}`；其他 id 留给条目自己的卡片。"),
    _rule("C318", "added-cards-place",
        "A file of added cards does not belong here.",
        "Move it to `cards/{entry}.yaml` of your own content folder.",
        "加卡片的文件不该放在这里。", "请移到你自己内容文件夹的 `cards/{entry}.yaml`。"),
    _rule("C319", "reserved-card-id",
        "The id `{id}` begins with `{prefix}`, which is for cards that readers add.",
        "Choose another id.",
        "id `{id}` 以 `{prefix}` 开头，这种 id 留给读者自己加的卡片。", "请换一个 id。"),
    # Texts and typography
    _rule("C320", "copy",
        "This file looks like a copy of {other}: `{id}` stands there already and was not read again.",
        "Take over there what is missing, then delete the copy.",
        "这个文件像是 {other} 的副本：那里已有 `{id}`，这里的没有读取。", "把缺的内容并过去，再删掉副本。"),
    _rule("C401", "control-character",
        "`{field}` holds the control character {character}.", "Delete it; a terminal could obey it.",
        "`{field}` 含有控制字符 {character}。", "请删掉，终端可能会执行它。"),
    _rule("C402", "tab",
        "`{field}` holds a tab.", "Use spaces: a tab has another width in every terminal.",
        "`{field}` 含有制表符。", "请用空格，制表符在各终端宽度不一。"),
    _rule("C403", "language-missing",
        "`{field}` is empty.", "Write the text in this language, too.",
        "`{field}` 是空的。", "请把这种语言的文字也写上。"),
    _rule("C404", "same-text",
        "`{field}` has the same text in both languages.", "Write each language as a native author would.",
        "`{field}` 的中英文相同。", "两种语言都要按母语习惯来写。"),
    _rule("C405", "too-long",
        "`{field}` has {count} words; the limit is {limit}.",
        "Cut it down to what a beginner can retell.",
        "`{field}` 有 {count} 个字词，最多 {limit} 个。", "请删到初学者能复述的程度。"),
    _rule("C406", "unequal-lists",
        "`{field}` has {en} English and {zh} Chinese items.", "Write them item for item.",
        "`{field}` 英文有 {en} 项，中文有 {zh} 项。", "两种语言要逐项对应。"),
    _rule("C407", "half-width",
        "Half-width `{mark}` next to a Chinese character: {excerpt}.", "Write `{full}`.",
        "汉字旁用了半角 `{mark}`：{excerpt}。", "请写成 `{full}`。"),
    _rule("C408", "space-missing",
        "A space is missing between Chinese and Latin: {excerpt}.", "Put one space between them.",
        "中文与西文、数字之间缺少空格：{excerpt}。", "请在中间加一个空格。"),
    _rule("C409", "space-too-many",
        "A space that does not belong there: {excerpt}.",
        "Delete it (also at a line break: a Chinese paragraph stands on one line of the file).",
        "多余的空格：{excerpt}。", "全角标点旁和汉字之间不加空格；中文段落要写在同一行。"),
    _rule("C410", "double-space",
        "Two spaces in a row: {excerpt}.", "Keep one.",
        "连续两个空格：{excerpt}。", "请只留一个。"),
    _rule("C411", "chinese-in-english",
        "Chinese in the English text: {excerpt}.", "Write it in Latin letters and ASCII punctuation.",
        "英文里夹着中文字符：{excerpt}。", "请改用拉丁字母和英文标点。"),
    _rule("C412", "straight-quotes",
        "A straight quotation mark in Chinese: {excerpt}.", "Write “ and ”.",
        "中文里用了直引号：{excerpt}。", "请写成“ ”。"),
    _rule("C413", "figure-too-wide",
        "Line {number} of the figure is {width} columns wide; {limit} fit.",
        "Narrow it; a Chinese character takes two columns.",
        "图的第 {number} 行宽 {width} 列，最多 {limit} 列。", "请收窄；一个汉字占两列。"),
    _rule("C414", "figure-differs",
        "The figure has {en} lines in English and {zh} in Chinese.",
        "Draw the same figure with labels of each language.",
        "英文图有 {en} 行，中文图有 {zh} 行。", "两种语言画同一幅图，只换标注。"),
    _rule("C415", "figure-height",
        "The figure has {count} lines (English, Chinese); {minimum} to {maximum} are wanted.",
        "Show the one structure worth seeing.",
        "图有 {count} 行（英、中），应为 {minimum} 到 {maximum} 行。", "只画最值得看的那个结构。"),
    _rule("C416", "markup",
        "Markdown, a link or an emoji in a text: {excerpt}.", "Write plain sentences; links go into `links`.",
        "文本里有 Markdown、链接或表情：{excerpt}。", "请写成普通句子，链接放到 `links`。"),
    # Facts
    _rule("C501", "no-source",
        "The evidence names no place in a source.",
        "Name the table, figure or section where the number stands.",
        "这条证据没有出处。", "请写明数字所在的表、图或章节。"),
    _rule("C502", "bad-date",
        "`{field}` is not a date: `{value}`.", "Write {form}.",
        "`{field}` 不是日期：`{value}`。", "请写成 {form}。"),
    _rule("C503", "date-out-of-range",
        "`{field}` is {value}: before {first} or in the future.", "Correct the date.",
        "`{field}` 是 {value}：早于 {first} 年或在未来。", "请改正日期。"),
    _rule("C504", "bad-url",
        "`{value}` is not a web address.", "Write the whole address, with `https://` and without spaces.",
        "`{value}` 不是网址。", "请写完整网址，带 `https://`，不含空格。"),
    _rule("C505", "bad-arxiv-id",
        "`{value}` is not an arXiv id.", "Write it like `1706.03762`, without the address.",
        "`{value}` 不是 arXiv 编号。", "请写成 `1706.03762` 这样，不带网址。"),
    _rule("C506", "bad-doi",
        "`{value}` is not a DOI.", "Write it like `10.1109/CVPR.2016.90`, without the address.",
        "`{value}` 不是 DOI。", "请写成 `10.1109/CVPR.2016.90` 这样，不带网址。"),
    _rule("C507", "bad-isbn",
        "`{value}` is not an ISBN: the length or the check digit is wrong.", "Copy it again from the book.",
        "`{value}` 不是 ISBN：长度或校验位不对。", "请对照图书重新抄写。"),
    _rule("C508", "bad-language",
        "`{value}` is not a language code.",
        "Write two lower-case letters (ISO 639-1), like `en`, `zh` or `ja`.",
        "`{value}` 不是语言代码。", "请写两个小写字母（ISO 639-1），如 `en`、`zh`、`ja`。"),
    _rule("C509", "stale-tool",
        "This tool was checked in {value}, {months} months ago.",
        "Look at the provider's pages again, correct what has changed, and set `as_of` to this month.",
        "这个工具核对于 {value}，已过 {months} 个月。",
        "请重新查看厂商页面，改正有变化的地方，再把 `as_of` 改成本月。"),
    _rule("C510", "bad-region",
        "`{value}` is not the code of a region.",
        "Write two capital letters (ISO 3166-1), like `CN` or `GB`.",
        "`{value}` 不是地区代码。", "请写两个大写字母（ISO 3166-1），如 `CN`、`GB`。"),
    # Glossary
    _rule("C601", "term-unused",
        "The term `{term}` occurs in no {language} text of an entry.", "Use it, add an alias, or delete it.",
        "术语 `{term}` 没有出现在任何条目的文字里（{language}）。", "请用上它、补一个别名，或者删掉。"),
    _rule("C602", "term-not-in-entry",
        "The entry `{entry}` does not use the term `{term}`.", "Name an entry that does.",
        "条目 `{entry}` 里没有用到术语 `{term}`。", "请指向用到它的条目。"),
    _rule("C603", "duplicate-term",
        "`{term}` is already a name of the term `{other}`.", "Keep one.",
        "`{term}` 已经是术语 `{other}` 的名字。", "请只保留一个。"),
)  # fmt: skip

RULES: dict[str, Rule] = {rule.code: rule for rule in _TABLE}
