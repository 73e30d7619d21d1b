"""An object from a model: asked for as JSON, found in whatever comes back, and read by who knows its form."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Generic, NamedTuple, TypeVar

from ailearn.controls import safe
from ailearn.errors import NetworkError
from ailearn.language import Language
from ailearn.tutor.talk import Compose, Message, Request
from ailearn.tutor.teacher import Teacher
from ailearn.tutor.wording import wording

Value = TypeVar("Value")
Read = Callable[[dict[str, Any]], Value]

_ATTEMPTS = 2
# So much of an answer that could not be used goes back with the complaint about it, in characters.
_LONGEST_ECHO = 1500
# An object begins so; a formula in braces does not.
_BEGINNING = re.compile(r"\{\s*[\"}]")
_MOST_BEGINNINGS = 200
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
# Line breaks inside a text are forgiven.
_DECODER = json.JSONDecoder(strict=False)


class Unusable(NetworkError):
    """A model that did not answer in the form that was asked for, not even the second time."""


class Found(NamedTuple, Generic[Value]):
    """What was read from an answer, the model that gave it, and whether the request had to be cut to fit."""

    value: Value
    model: str
    shortened: bool


def ask_for_object(teacher: Teacher, compose: Compose, read: Read[Value], language: Language) -> Found[Value]:
    """Ask for an object and `read` it; when that raises ValueError, ask once more and say what was wrong.

    The message of the ValueError is for the model and in English. Texts reach `read` without characters that
    could steer a terminal. Raises Unusable when the second answer is no better, NetworkError when the model
    does not or will not answer, KeyboardInterrupt when the reader stops it.
    """
    said = problem = ""
    for _ in range(_ATTEMPTS):
        reply = teacher.answer(_with_complaint(compose, said, problem, language) if problem else compose)
        if reply.ending == "stopped":
            raise KeyboardInterrupt
        if reply.ending == "refused":
            raise NetworkError("error.model-refused", hint="hint.other-model", model=reply.model)
        said = reply.text
        try:
            return Found(_read(said, read), reply.model, reply.shortened)
        except ValueError as error:
            problem = str(error)
            if reply.ending == "length":
                problem = "it was too long and broke off; be much shorter"
    raise Unusable("error.model-form", hint="hint.other-model", model=teacher.endpoint.model)


def _with_complaint(compose: Compose, said: str, problem: str, language: Language) -> Compose:
    """The same request again, after the answer that could not be used and what was wrong with it."""

    def again(share: float) -> Request:
        request = compose(share)
        echo = safe(said[: int(_LONGEST_ECHO * share)]).strip() or "…"
        complaint = wording("object.again", language, problem=problem)
        more = (Message("assistant", echo), Message("user", complaint))
        return request._replace(messages=(*request.messages, *more))

    return again


def _read(text: str, read: Read[Value]) -> Value:
    """What `read` makes of the last object in `text` that it takes."""
    problem: ValueError | None = None
    for found in reversed([*objects_in(text)]):
        try:
            return read(_cleaned(found))
        except ValueError as error:
            problem = problem or error
    raise problem or ValueError("there is no JSON object in it")


def objects_in(text: str) -> Iterator[dict[str, Any]]:
    """Every JSON object in a text, whatever stands around them; those inside another are part of it."""
    at = failed = 0
    # Each beginning that is none costs a look at all that follows.
    while failed < _MOST_BEGINNINGS and (start := _BEGINNING.search(text, at)):
        for candidate in (text[start.start() :], _TRAILING_COMMA.sub("", text[start.start() :])):
            try:
                found, end = _DECODER.raw_decode(candidate)
            except (ValueError, RecursionError):
                continue
            yield found
            text, at = candidate, end
            break
        else:
            failed += 1
            at = start.start() + 1


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    if isinstance(value, dict):
        return {safe(key): _cleaned(one) for key, one in value.items()}
    return value


def text_in(data: dict[str, Any], key: str, *, needed: bool = True) -> str:
    """The text under `key`, on one line. Raises ValueError when it is no text, or empty and `needed`."""
    value = data.get(key, "")
    value = "" if value is None else value
    if not isinstance(value, str):
        raise ValueError(f'"{key}" must be a text')
    line = " ".join(value.split())
    if needed and not line:
        raise ValueError(f'"{key}" is missing or empty')
    return line


def objects_under(data: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The list of objects under `key`. Raises ValueError when it is something else."""
    value = data.get(key)
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ValueError(f'"{key}" must be a list of objects')
    return value
