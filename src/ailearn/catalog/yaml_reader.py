"""Reads one YAML file into plain data with line numbers, and refuses whatever could surprise.

Built on the events of PyYAML, in one pass with a stack of its own. Every scalar stays text, for the model
decides what is a number (`2019`, `No` and `1512.03385` survive as written). There are no anchors, aliases and
tags, so that no file can grow while it is read or make an object of its own choice.
"""

import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import yaml

from ailearn.catalog.rules import Finding

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 24

Node: TypeAlias = "str | list[Node] | dict[str, Node] | None"
NodePath: TypeAlias = tuple[str | int, ...]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UTF8_MARK = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff]")
_NULLS = ("", "~", "null")


@dataclass(frozen=True, slots=True)
class Document:
    """A YAML file as plain data; `lines` leads from a node's path to the 1-based line of its key or item."""

    path: Path
    data: dict[str, Node]
    lines: dict[NodePath, int]

    def line(self, path: NodePath) -> int:
        """The line of the node at `path`, or of the nearest node around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines[path]


@dataclass(frozen=True, slots=True)
class Reading:
    """The document, or None when the file was refused, and what there is to say about the file."""

    document: Document | None
    findings: tuple[Finding, ...]


def read(path: Path) -> Reading:
    """Read the YAML file `path`. Never raises.

    Refused are: what is not a regular file or cannot be read, more than `MAX_BYTES`, other encodings than
    UTF-8, syntax errors, an empty file, several documents, a top level that is not a mapping, duplicate keys,
    keys that are not text, anchors, aliases, tags, and nesting deeper than `MAX_DEPTH`.
    """
    findings: list[Finding] = []
    name = str(path)
    try:
        text = _decode(_read_bytes(path), name, findings)
        builder = _Builder(name, findings)
        data = builder.build(text)
    except _Refused as refusal:
        findings.append(Finding(refusal.rule, name, refusal.line, refusal.values))
        return Reading(None, tuple(findings))
    if builder.doubles:
        return Reading(None, tuple(findings))
    return Reading(Document(path, data, builder.lines), tuple(findings))


class _Refused(Exception):
    """The file breaks a rule after which reading on makes no sense."""

    def __init__(self, rule: str, line: int | None, **values: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.line = line
        self.values = values


def _read_bytes(path: Path) -> bytes:
    try:
        status = path.stat()
        # Opening a pipe would wait for somebody to write into it, and opening a device may do anything.
        if not stat.S_ISREG(status.st_mode):
            raise _Refused("C104", None)
        if status.st_size > MAX_BYTES:
            raise _Refused("C105", None, size=str(status.st_size), limit=str(MAX_BYTES))
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise _Refused("C102", None, reason=reason or str(error)) from error
    if len(content) > MAX_BYTES:
        raise _Refused("C105", None, size=f"> {MAX_BYTES}", limit=str(MAX_BYTES))
    return content


def _decode(content: bytes, name: str, findings: list[Finding]) -> str:
    if content.startswith(_UTF16_MARKS):
        raise _Refused("C106", 1, problem="UTF-16")
    if content.startswith(_UTF8_MARK):
        findings.append(Finding("C107", name, 1, severity="warning"))
        content = content.removeprefix(_UTF8_MARK)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _Refused("C106", line, problem=f"0x{content[error.start]:02X} @ {error.start}") from error
    forbidden = _FORBIDDEN.search(text)
    if forbidden is not None:
        line = text.count("\n", 0, forbidden.start()) + 1
        raise _Refused("C108", line, character=f"U+{ord(forbidden[0]):04X}")
    return text


class _Open:
    """A mapping or a sequence that is being filled. `key` is the mapping's key that waits for its value."""

    __slots__ = ("key", "path", "value")

    def __init__(self, value: "list[Node] | dict[str, Node]", path: NodePath) -> None:
        self.value = value
        self.path = path
        self.key: str | None = None


class _Builder:
    """Builds plain data from the events of one YAML file."""

    def __init__(self, name: str, findings: list[Finding]) -> None:
        self.name = name
        self.findings = findings
        self.lines: dict[NodePath, int] = {}
        self.stack: list[_Open] = []
        self.root: Node = None
        self.documents = 0
        self.doubles: set[NodePath] = set()

    def build(self, text: str) -> dict[str, Node]:
        try:
            for event in yaml.parse(text, Loader=_LOADER):
                self.take(event)
        except yaml.MarkedYAMLError as error:
            raise _refusal_of(error) from error
        # The parser in Python, where PyYAML has no libyaml, lets these out of `\U` escapes beyond Unicode.
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            raise _Refused("C109", None, problem=str(error)) from error
        if self.documents == 0 or self.root is None:
            raise _Refused("C110", None)
        if not isinstance(self.root, dict):
            raise _Refused("C111", self.lines[()])
        return self.root

    def take(self, event: yaml.Event) -> None:
        line = 1 if event.start_mark is None else event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise _Refused("C115", line)
        elif isinstance(event, yaml.NodeEvent):
            self.refuse_extras(event, line)
            if isinstance(event, yaml.ScalarEvent):
                is_null = not event.style and event.value in _NULLS
                self.add(None if is_null else event.value, line)
            else:
                self.open({} if isinstance(event, yaml.MappingStartEvent) else [], line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()

    def refuse_extras(self, event: yaml.NodeEvent, line: int) -> None:
        if event.anchor is not None:
            raise _Refused("C113", line, name=event.anchor)
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag is not None:
            raise _Refused("C114", line, tag=event.tag)

    def open(self, value: "list[Node] | dict[str, Node]", line: int) -> None:
        if len(self.stack) == MAX_DEPTH:
            raise _Refused("C116", line, limit=str(MAX_DEPTH))
        path = self.add(value, line)
        self.stack.append(_Open(value, path))

    def add(self, node: Node, line: int) -> NodePath:
        """Put the node where it belongs and return its path."""
        if not self.stack:
            self.root = node
            self.lines[()] = line
            return ()
        top = self.stack[-1]
        if isinstance(top.value, list):
            path: NodePath = (*top.path, len(top.value))
            top.value.append(node)
            self.lines[path] = line
            return path
        if top.key is None:
            self.take_key(top, node, line)
            return top.path
        path = (*top.path, top.key)
        top.value[top.key] = node
        top.key = None
        return path

    def take_key(self, mapping: _Open, node: Node, line: int) -> None:
        if not isinstance(node, str):
            raise _Refused("C117", line)
        path = (*mapping.path, node)
        first = self.lines.get(path)
        if first is None:
            self.lines[path] = line
        elif path not in self.doubles:
            self.doubles.add(path)
            self.findings.append(Finding("C112", self.name, line, {"key": node, "first": str(first)}))
        mapping.key = node


def _refusal_of(error: yaml.MarkedYAMLError) -> _Refused:
    problem = error.problem or str(error)
    # For a quote that is never closed, the end of the file says nothing; the quote's beginning does.
    mark = error.context_mark if "end of stream" in problem else error.problem_mark
    if "nesting" in problem:
        # libyaml has a limit of its own, and meets it before the first event when it reads ahead.
        return _Refused("C116", None if mark is None else mark.line + 1, limit=str(MAX_DEPTH))
    return _Refused("C109", None if mark is None else mark.line + 1, problem=problem)
