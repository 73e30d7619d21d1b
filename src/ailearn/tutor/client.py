"""The chat API that OpenAI defined and everybody speaks, streamed.

Requests, chunks and lists of models have the form that OpenAI's API reference gives them (Chat Completions,
Models); where a provider departs from it, the place says so.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ailearn import network
from ailearn.controls import safe
from ailearn.errors import NetworkError
from ailearn.network import WAIT, BadStatus, BrokenOff, Incoming, NotJson
from ailearn.tutor import failures
from ailearn.tutor.keys import can_be_key
from ailearn.tutor.talk import Ending, Endpoint, Piece, Request
from ailearn.tutor.thoughts import ThoughtSplitter

# Why an answer ends; whatever is not listed counts as done. `sensitive` and the last of those for length are
# Zhipu's, `refusal` is Anthropic's.
_ENDINGS: dict[str, Ending] = {
    "length": "length",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "content_filter": "refused",
    "sensitive": "refused",
    "refusal": "refused",
}
# DeepSeek, Zhipu and OpenRouter end an answer so when they cannot finish it.
_BROKEN = ("insufficient_system_resource", "network_error", "error")
# Where thoughts stand: with DeepSeek, Zhipu, Volcano Engine and llama.cpp; with OpenRouter and Ollama.
_THOUGHTS = ("reasoning_content", "reasoning")
# The parts of a content that hold thoughts (Mistral's API reference, reasoning; others name them after it).
_THINKING = ("thinking", "thought", "reasoning")
_ANTHROPIC = "api.anthropic.com"


class ShownRequest(NamedTuple):
    """What would be sent, and where to; no endpoint when no model is connected."""

    endpoint: Endpoint | None
    request: Request
    body: dict[str, Any]

    @property
    def url(self) -> str:
        """The full address, empty when no model is connected."""
        return _chat_address(self.endpoint.url) if self.endpoint else ""


def body(endpoint: Endpoint | None, request: Request) -> dict[str, Any]:
    """The JSON that is posted; without an endpoint, without a model."""
    messages = [
        {"role": one.role, "content": safe(one.content.replace("\r", ""))} for one in request.messages
    ]
    posted: dict[str, Any] = {"messages": messages, "stream": True}
    if endpoint is not None:
        posted = {"model": endpoint.model, **posted}
    if request.temperature is not None:
        posted["temperature"] = request.temperature
    if request.as_json:
        posted["response_format"] = {"type": "json_object"}
    return posted


def stream(endpoint: Endpoint, key: str | None, request: Request, *, wait: float = WAIT) -> "ChatStream":
    """Ask. The answer arrives while the stream is read; `wait` is the longest time without a word, in
    seconds.

    Raises NetworkError when the server does not answer, or not with an answer.
    """
    posted = body(endpoint, request)
    headers = _headers(key)
    while True:
        try:
            incoming = network.post(_chat_address(endpoint.url), posted, headers=headers, wait=wait)
        except BadStatus as error:
            unknown = failures.unknown_option(error, posted)
            if unknown is None:
                raise failures.explained(error, endpoint, key) from None
            # Some models take no temperature but their own, and some servers cannot promise JSON.
            del posted[unknown]
        else:
            return ChatStream(incoming, endpoint, key)


class ChatStream:
    """An answer that is arriving. `ending` and `model` hold once all pieces have been read."""

    def __init__(self, incoming: Incoming, endpoint: Endpoint, key: str | None) -> None:
        self._incoming = incoming
        self._endpoint = endpoint
        self._key = key
        self._splitter = ThoughtSplitter()
        self.ending: Ending = "cut"
        self.model = endpoint.model

    def __repr__(self) -> str:
        return f"ChatStream({self._endpoint!r})"

    def __iter__(self) -> Iterator[Piece]:
        """The pieces as they arrive, without characters that could steer a terminal.

        Raises NetworkError when the connection breaks off, or the server reports an error or says something
        that is no answer.
        """
        for piece in self._pieces():
            text = safe(piece.text.replace("\r", ""))
            if text or piece.kind == "unsaid":
                yield Piece(piece.kind, text)
        if self.ending == "cut":
            raise BrokenOff("error.network-broken", hint="hint.network-later", host=self._incoming.host)

    def close(self) -> None:
        """Break off."""
        self._incoming.close()

    def _pieces(self) -> Iterator[Piece]:
        for chunk in self._chunks():
            yield from self._piece(chunk)
        yield from self._splitter.flush()

    def _chunks(self) -> Iterator[dict[str, Any]]:
        if self._incoming.content_type in ("application/json", "text/html"):
            # A server that does not stream answers at once; a page for people is no answer.
            yield self._object(self._incoming.text())
            return
        some = False
        for data in self._incoming.events():
            some = True
            if data.strip() == "[DONE]":
                # Not every server says why an answer ended, but this one says that it did.
                self.ending = "done" if self.ending == "cut" else self.ending
                return
            if data.strip():
                yield self._object(data)
        if not some and self._incoming.content_type != "text/event-stream":
            raise failures.no_chat_api(self._endpoint)

    def _object(self, text: str) -> dict[str, Any]:
        try:
            data = json.loads(text)
        except (ValueError, RecursionError):
            data = None
        if isinstance(data, list) and len(data) == 1:
            # Gemini puts its errors into a list.
            data = data[0]
        if not isinstance(data, dict):
            raise failures.no_chat_api(self._endpoint)
        if data.get("error"):
            raise failures.reported(data, self._endpoint, self._key)
        return data

    def _piece(self, chunk: dict[str, Any]) -> Iterator[Piece]:
        if isinstance(chunk.get("model"), str) and chunk["model"]:
            self.model = safe(chunk["model"])
        choices = chunk.get("choices")
        if not isinstance(choices, list):
            choices = []
        for choice in choices[:1]:
            if not isinstance(choice, dict):
                raise failures.no_chat_api(self._endpoint)
            yield from self._said(choice.get("delta") or choice.get("message"))
            self._end(choice.get("finish_reason"))

    def _said(self, said: Any) -> Iterator[Piece]:
        thought = next((found for field in _THOUGHTS if (found := _text(said, field))), "")
        pieces = [Piece("thought", thought), *_content(said)]
        refusal = _text(said, "refusal")
        if refusal or any(piece.text for piece in pieces):
            self._incoming.heard()
        for piece in pieces:
            if piece.kind == "text":
                yield from self._splitter.feed(piece.text)
            elif piece.text:
                self._splitter.set_apart()
                yield piece
        if refusal:
            self.ending = "refused"
            yield Piece("text", refusal)

    def _end(self, reason: Any) -> None:
        if not isinstance(reason, str) or not reason:
            return
        if reason in _BROKEN:
            raise failures.broken_off(reason, self._endpoint)
        if self.ending != "refused":
            self.ending = _ENDINGS.get(reason.lower(), "done")


def models(url: str, key: str | None, local: bool, *, wait: float = WAIT) -> tuple[str, ...]:
    """The names of the models that the server with this base address offers, as it lists them.

    Raises NetworkError when it does not say.
    """
    endpoint = Endpoint("", url, "", local)
    try:
        listed = network.get_json(f"{url}/models", headers=_list_headers(url, key), wait=wait)
    except BadStatus as error:
        raise failures.explained(error, endpoint, key) from None
    except NotJson:
        raise failures.no_chat_api(endpoint) from None
    if not isinstance(listed, dict) or "data" not in listed:
        raise failures.no_chat_api(endpoint)
    # Ollama says null when it has no model.
    found = listed["data"] or []
    if not isinstance(found, list):
        raise failures.no_chat_api(endpoint)
    # Ark goes on naming models that it has switched off.
    names = (one.get("id") for one in found if isinstance(one, dict) and one.get("status") != "Shutdown")
    # Gemini names them as its other API does.
    return tuple(safe(name).removeprefix("models/") for name in names if isinstance(name, str))


def _chat_address(url: str) -> str:
    return f"{url}/chat/completions"


def _headers(key: str | None) -> dict[str, str]:
    if key is None:
        return {}
    if not can_be_key(key):
        raise NetworkError("error.key-characters", hint="hint.tutor-wrong-key")
    return {"Authorization": f"Bearer {key}"}


def _list_headers(url: str, key: str | None) -> dict[str, str]:
    """Anthropic lists models in its own API only, which wants the key elsewhere (API reference, models)."""
    headers = _headers(key)
    if key is not None and urlsplit(url).hostname == _ANTHROPIC:
        return {"x-api-key": key, "anthropic-version": "2023-06-01"}
    return headers


def _content(said: Any) -> Iterator[Piece]:
    """Text and thoughts of a message: content is a text, or with Mistral a list of parts of either kind."""
    content = said.get("content") if isinstance(said, dict) else None
    for part in content if isinstance(content, list) else [content]:
        if isinstance(part, str):
            yield Piece("text", part)
        elif isinstance(part, dict):
            kind = part.get("type")
            thought = isinstance(kind, str) and kind.startswith(_THINKING)
            held = part.get(kind if thought and kind in part else "text")
            # Thoughts are a list of parts in their turn.
            for one in _content({"content": held}):
                yield one._replace(kind="thought") if thought else one


def _text(said: Any, field: str) -> str:
    found = said.get(field) if isinstance(said, dict) else None
    return found if isinstance(found, str) else ""
