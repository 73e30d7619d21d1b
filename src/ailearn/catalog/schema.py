"""Validates plain data against the dataclasses of the model, and exports their JSON Schema for editors."""

import dataclasses
import types
from collections.abc import Hashable
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from ailearn.catalog.added_cards import OWN_PREFIX
from ailearn.catalog.model import CardFile, Entry
from ailearn.catalog.rules import MAX_ID_LENGTH
from ailearn.catalog.yaml_reader import Node, NodePath

Model = TypeVar("Model")

# Beyond these a number is a slip, and some would not fit into the index.
RANGES: dict[NodePath, tuple[int, int]] = {
    ("level",): (1, 5),
    ("minutes",): (1, 100_000),
    ("course", "lessons"): (1, 10_000),
    ("course", "hours"): (0, 10_000),
}
_NUMBER_ERRORS = (
    "int_type",
    "int_parsing",
    "int_parsing_size",
    "int_from_float",
    "float_type",
    "float_parsing",
)
_CONFIG = ConfigDict(extra="forbid", allow_inf_nan=False)
_ID_PATTERN = "^[a-z0-9]+(-[a-z0-9]+)*$"
_SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with the node at `path`, as the code of a rule and its values."""

    rule: str
    path: NodePath
    values: dict[str, str]


def validate(model: type[Model], data: Node) -> tuple[Model | None, tuple[Problem, ...]]:
    """Make a `model` of plain data, or None with everything that is wrong with it.

    Numbers may be written as text. Keys that the model does not know are refused at every depth.
    """
    try:
        value: Model = _adapter(cast(Hashable, model)).validate_python((data,))[0]
    except ValidationError as error:
        found = error.errors(include_url=False)
        return None, tuple(_problem(model, details, data) for details in found)
    problems = tuple(_out_of_range(value)) if isinstance(value, Entry) else ()
    return (None if problems else value), problems


def fields_of(model: Any) -> tuple[str, ...]:
    """The names of a dataclass's fields in their order."""
    return tuple(one.name for one in dataclasses.fields(model))


def entry_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of an entry file, generated from the dataclass `Entry`."""
    definitions: dict[str, Any] = _adapter(Entry).json_schema()["$defs"]
    entry: dict[str, Any] = definitions.pop("Entry")
    properties = entry["properties"]
    properties["id"] |= {"pattern": _ID_PATTERN, "maxLength": MAX_ID_LENGTH}
    for name in ("level", "minutes"):
        minimum, maximum = RANGES[(name,)]
        properties[name] |= {"minimum": minimum, "maximum": maximum}
    # An editor takes an unquoted 2015 for a number, while the program reads every scalar as text.
    for name in ("date", "arxiv", "isbn"):
        properties[name]["anyOf"].append({"type": "number"})
    return {
        "$schema": _SCHEMA_DIALECT,
        "title": "An entry of ailearn",
        **_without_title(entry),
        "$defs": definitions,
    }


def cards_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a file of added cards, generated from the dataclass `CardFile`."""
    definitions: dict[str, Any] = _adapter(CardFile).json_schema()["$defs"]
    file: dict[str, Any] = definitions.pop("CardFile")
    file["properties"]["entry"] |= {"pattern": _ID_PATTERN, "maxLength": MAX_ID_LENGTH}
    definitions["Card"]["properties"]["id"] |= {
        "pattern": f"^{OWN_PREFIX}{_ID_PATTERN[1:]}", "maxLength": MAX_ID_LENGTH
    }  # fmt: skip
    return {
        "$schema": _SCHEMA_DIALECT,
        "title": "Cards added to an entry of ailearn",
        **_without_title(file),
        "$defs": definitions,
    }


def _without_title(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != "title"}


@cache
def _adapter(model: Any) -> TypeAdapter[Any]:
    # Pydantic refuses a configuration for a dataclass itself, but one given to a type around it reaches the
    # dataclass and all those nested in it; so the model need not know pydantic.
    return TypeAdapter(tuple[model], config=_CONFIG)


def _problem(model: type, details: ErrorDetails, data: Node) -> Problem:
    path: NodePath = details["loc"][1:]
    value, kind = details["input"], details["type"]
    if kind == "missing":
        return Problem("C201", path, {})
    if kind == "unexpected_keyword_argument":
        return Problem("C202", path, {"allowed": ", ".join(fields_of(_class_at(model, path[:-1])))})
    if value is None:
        return Problem("C208", path, {})
    if kind == "string_type":
        return Problem("C203", path, {})
    if kind == "literal_error":
        allowed = details["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
        return Problem("C205", path, {"value": str(value), "allowed": allowed})
    if kind in ("tuple_type", "list_type"):
        return Problem("C206", path, {})
    if kind == "dataclass_type":
        return Problem("C207", path, {"allowed": ", ".join(fields_of(_class_at(model, path)))})
    if kind in _NUMBER_ERRORS:
        return Problem("C204", path, {"value": str(value)})
    return Problem("C210", path, {"problem": details["msg"]})


def _class_at(model: Any, path: NodePath) -> Any:
    """The dataclass that stands at `path` below the dataclass `model`."""
    for step in path:
        model = get_type_hints(model)[step] if isinstance(step, str) else get_args(model)[0]
        if get_origin(model) in (Union, types.UnionType):
            model = next(one for one in get_args(model) if one is not types.NoneType)
    return model


def _out_of_range(entry: Entry) -> list[Problem]:
    problems = []
    for path, (minimum, maximum) in RANGES.items():
        holder: Any = entry
        for name in path[:-1]:
            holder = getattr(holder, str(name))
        value = None if holder is None else getattr(holder, str(path[-1]))
        if value is not None and not minimum <= value <= maximum:
            values = {"value": str(value), "minimum": str(minimum), "maximum": str(maximum)}
            problems.append(Problem("C209", path, values))
    return problems
