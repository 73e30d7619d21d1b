"""What passes between the reader and a model: messages, requests, and what comes back."""

from collections.abc import Callable
from typing import Literal, NamedTuple

Role = Literal["system", "user", "assistant"]
# The jobs for which a model can be chosen; a conversation (`chat`) is `ask`.
Job = Literal["ask", "explain", "translate", "grade", "cards"]
JOBS: tuple[Job, ...] = ("ask", "explain", "translate", "grade", "cards")
# How an answer ended: by itself, at the model's limit of length, because the connection broke off, because
# the reader stopped it, or because the model or its provider would not answer.
Ending = Literal["done", "length", "cut", "stopped", "refused"]


class Message(NamedTuple):
    """One turn of a conversation, as the chat API knows it."""

    role: Role
    content: str


class Request(NamedTuple):
    """What a model is asked. `as_json` wants an object back where the server can promise one."""

    messages: tuple[Message, ...]
    as_json: bool = False
    temperature: float | None = None


# Makes the request for a share of the room, 1.0 for all of it: with less, what matters least is left out.
Compose = Callable[[float], Request]


class Endpoint(NamedTuple):
    """A model and where it is served.

    `provider` is the name of a preset or `custom`, `url` the base address of the chat API, without a slash at
    its end; `local` says that nothing leaves the machine.
    """

    provider: str
    url: str
    model: str
    local: bool


class Piece(NamedTuple):
    """A bit of an answer as it arrives; a `thought` is what a reasoning model says to itself.

    `unsaid`, which comes without a text, says that all text so far was a thought, too.
    """

    kind: Literal["text", "thought", "unsaid"]
    text: str


class Reply(NamedTuple):
    """A whole answer, without thoughts.

    `shortened` says that the request had to be cut to fit the model; `failure` names the message that says
    why it was cut off, empty otherwise.
    """

    text: str
    ending: Ending
    model: str
    shortened: bool = False
    failure: str = ""
