"""Every provider's way of saying no, through a real server on the loopback interface."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from tests.tutor.server import ModelServer, Script, delta, event, failure

from ailearn.errors import NETWORK, NetworkError
from ailearn.language import say
from ailearn.messages import en, zh
from ailearn.network import BrokenOff
from ailearn.tutor import client
from ailearn.tutor.failures import (
    Busy,
    NotAChatApi,
    Refused,
    ServerFailed,
)
from ailearn.tutor.talk import Endpoint, Message, Request

KEY = "sk-0123456789abcdef"
QUESTION = Request((Message("user", "What is a residual?"),))


def openai(message: str, code: str | None = None, kind: str = "invalid_request_error") -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def gemini(code: int, status: str, message: str, reason: str | None = None) -> list[dict[str, Any]]:
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}] if reason else []
    return [{"error": {"code": code, "message": message, "status": status, "details": details}}]


def anthropic(kind: str, message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}


def llama(code: int, kind: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "type": kind}}


def endpoint(server: ModelServer, provider: str = "custom") -> Endpoint:
    return Endpoint(provider, server.url, "test-model", local=False)


def failing(
    server: ModelServer, script: Script, key: str | None = KEY, provider: str = "custom"
) -> NetworkError:
    """What asking ends with."""
    server.play(script)
    with pytest.raises(NetworkError) as caught:
        list(client.stream(endpoint(server, provider), key, QUESTION))
    return caught.value


# One answer a line, as it comes over the wire: what it means, whose it is, its status and its body.
ERRORS = [
    json.loads(line)
    for line in Path(__file__).with_name("provider_errors.jsonl").read_text(encoding="utf-8").splitlines()
]
NAMES = [f"{one['means']}-{one['from']}" for one in ERRORS]


@pytest.mark.parametrize("wire", ERRORS, ids=NAMES)
def test_every_provider_is_understood(model_server: ModelServer, wire: dict[str, Any]) -> None:
    error = failing(model_server, failure(wire["status"], wire["body"]))

    assert type(error).__name__ == wire["means"]
    assert error.exit_code == NETWORK


@pytest.mark.parametrize("wire", ERRORS, ids=NAMES)
def test_every_failure_has_its_words_and_a_hint_in_both_languages(
    model_server: ModelServer, wire: dict[str, Any]
) -> None:
    error = failing(model_server, failure(wire["status"], wire["body"]))

    assert error.hint
    for table in (en.MESSAGES, zh.MESSAGES):
        for key in (error.key, error.hint):
            assert "{" not in table[key].format(**error.values)


def test_a_country_that_is_not_served_is_told(model_server: ModelServer) -> None:
    region = [
        (403, openai("Country, region, or territory not supported", "unsupported_country_region_territory")),
        (400, gemini(400, "FAILED_PRECONDITION", "User location is not supported for the API use.")),
        (400, gemini(400, "FAILED_PRECONDITION", "The free tier is not available in your country.")),
        (403, anthropic("forbidden", "Request not allowed")),
    ]
    for status, body in region:
        assert failing(model_server, failure(status, body)).key == "error.tutor-elsewhere"


def test_a_missing_key_is_no_wrong_key(model_server: ModelServer) -> None:
    script = failure(401, openai("You didn't provide an API key."))

    assert failing(model_server, script, key=None).key == "error.tutor-key-wanted"
    assert failing(model_server, script, key=KEY).key == "error.tutor-wrong-key"


def test_ollama_is_told_to_pull_a_model(model_server: ModelServer) -> None:
    error = failing(model_server, failure(404, openai("model 'test-model' not found")), provider="ollama")

    assert error.hint is not None
    assert say(error.hint, "en", **error.values).startswith("`ollama pull test-model`")


@pytest.mark.parametrize(
    ("path", "provider", "hint"),
    [
        ("", "custom", "hint.tutor-address-version"),
        ("", "ollama", "hint.tutor-address-version"),
        ("/v1", "custom", "hint.tutor-address"),
        ("/api/v3", "custom", "hint.tutor-address"),
        ("", "deepseek", "hint.tutor-address"),
    ],
)
def test_an_address_without_a_version_gets_a_hint(
    model_server: ModelServer, path: str, provider: str, hint: str
) -> None:
    model_server.play(failure(404, "404 page not found"))
    place = Endpoint(provider, model_server.address(path), "test-model", local=True)

    with pytest.raises(NotAChatApi) as caught:
        client.stream(place, None, QUESTION)
    assert caught.value.hint == hint
    assert caught.value.values == {"url": model_server.address(path)}


def test_how_long_to_wait_is_read_from_seconds_and_from_a_date(model_server: ModelServer) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    body = openai("Rate limit reached", "rate_limit_exceeded")

    waits = []
    for named in ("7", "0.5", soon, "soon", ""):
        error = failing(model_server, failure(429, body, ("Retry-After", named)))
        assert isinstance(error, Busy)
        waits.append(error.wait)
    assert waits[:2] == [7.0, 0.5]
    assert waits[2] is not None
    assert 50 < waits[2] <= 60
    assert waits[3:] == [None, None]


def test_a_model_that_is_being_loaded_is_told(model_server: ModelServer) -> None:
    script = failure(503, llama(503, "unavailable_error", "Loading model"))

    assert failing(model_server, script).key == "error.tutor-loading"


def test_other_errors_are_told_in_the_providers_own_words(model_server: ModelServer) -> None:
    words = "That\nis \x1b[31mnot\u202e possible " + "a" * 300
    error = failing(model_server, failure(418, openai(words)))

    told = str(error)
    assert "That is �[31mnot� possible aaa" in told
    assert told.endswith("aaa….")
    assert len(str(error.values["words"])) == 200


@pytest.mark.parametrize(
    "body",
    ["", "null", "[]", "[1]", "7", '{"error": null}', '{"error": [1]}', '{"error": {"message": 5}}', "{"],
)
def test_an_error_without_words_is_told_by_its_status(model_server: ModelServer, body: str) -> None:
    assert str(failing(model_server, failure(418, body))).endswith("418.")


def test_a_key_that_is_echoed_is_masked_everywhere(model_server: ModelServer) -> None:
    for status in (400, 401, 403, 404, 418, 429, 500):
        for body in (openai(f"The key {KEY} is bad: {KEY}"), {"error": f"key {KEY}"}, f"<html>{KEY}"):
            error = failing(model_server, failure(status, body))
            shown = f"{error}{error!r}{error.values}{error.__cause__!r}{vars(error)}"
            assert KEY not in shown


# In the middle of an answer


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": "server_error", "message": "Provider disconnected"}, ServerFailed),
        ({"code": 502, "message": "Provider disconnected"}, ServerFailed),
        ({"code": 429, "message": "Rate limited"}, Busy),
        ({"code": 503, "type": "unavailable_error", "message": "slot unavailable"}, Busy),
        ({"type": "overloaded_error", "message": "Overloaded"}, Busy),
        ({"code": 403, "message": "Output was stopped by moderation", "type": "moderation"}, Refused),
        ("an error was encountered while running the model", ServerFailed),
    ],
)
def test_an_error_in_the_middle_of_an_answer_is_understood(
    model_server: ModelServer, error: object, kind: type[NetworkError]
) -> None:
    chunk = {
        "id": "1",
        "error": error,
        "choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": "error"}],
    }
    model_server.play(Script([event(delta(content="Half an")), event(chunk)]))

    pieces = iter(client.stream(endpoint(model_server), KEY, QUESTION))
    assert next(pieces).text == "Half an"
    with pytest.raises(NetworkError) as caught:
        next(pieces)
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("reason", "kind"),
    [("insufficient_system_resource", Busy), ("network_error", BrokenOff), ("error", BrokenOff)],
)
def test_an_answer_that_a_provider_could_not_finish_is_broken_off(
    model_server: ModelServer, reason: str, kind: type[NetworkError]
) -> None:
    error = failing(model_server, Script([event(delta(content="Half an")), event(delta(finish=reason))]))

    assert type(error) is kind


def test_an_error_in_a_list_is_understood_even_with_a_good_status(model_server: ModelServer) -> None:
    script = failure(200, gemini(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted"))

    assert isinstance(failing(model_server, script), Busy)


def test_an_address_that_has_moved_is_told(model_server: ModelServer) -> None:
    model_server.play(
        Script([], 301, "text/html", (("Location", "https://models.example/v1/chat/completions"),))
    )

    with pytest.raises(NotAChatApi) as caught:
        client.stream(endpoint(model_server), KEY, QUESTION)
    assert str(caught.value) == f"{model_server.url} has moved to https://models.example/v1."


def test_a_key_in_an_address_that_has_moved_is_masked(model_server: ModelServer) -> None:
    script = Script([], 302, "text/html", (("Location", f"https://models.example/v1?key={KEY}"),))
    error = failing(model_server, script)

    assert KEY not in f"{error}{error!r}{error.values}"
    assert str(error).endswith("https://models.example/v1?key=***.")


def test_an_error_that_is_nested_too_deep_to_read_is_told_by_its_status(model_server: ModelServer) -> None:
    assert str(failing(model_server, failure(418, "[" * 100_000))).endswith("418.")
