"""Asking a model: chunks in every shape, against a real server on the loopback interface."""

import gzip
import json
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.tutor.server import ModelServer, Script, answer, delta, event, failure

from ailearn.controls import safe
from ailearn.errors import NetworkError
from ailearn.network import BrokenOff, Silent
from ailearn.tutor import client
from ailearn.tutor.client import ChatStream
from ailearn.tutor.failures import ContextTooLong, NotAChatApi, Refused, ServerFailed, WrongKey
from ailearn.tutor.talk import Endpoint, Message, Piece, Reply, Request
from ailearn.tutor.teacher import Teacher

KEY = "sk-0123456789abcdef"
QUESTION = Request((Message("system", "Be short."), Message("user", "什么是残差？")))
DONE = event("[DONE]")
# Deeper than a parser reads.
DEEP = "[" * 100_000


def endpoint(server: ModelServer) -> Endpoint:
    return Endpoint("custom", server.url, "test-model", local=True)


def open_stream(server: ModelServer, script: Script, wait: float = 5) -> ChatStream:
    server.play(script)
    return client.stream(endpoint(server), KEY, QUESTION, wait=wait)


def heard(pieces: Iterable[Piece], kind: str = "text") -> str:
    return "".join(piece.text for piece in pieces if piece.kind == kind)


def ask(server: ModelServer, *chunks: dict[str, Any] | bytes) -> tuple[str, str, str]:
    """Text, thoughts and ending of an answer that is made of these chunks."""
    script = Script([one if isinstance(one, bytes) else event(one) for one in chunks])
    stream = open_stream(server, script)
    pieces = list(stream)
    stream.close()
    return heard(pieces), heard(pieces, "thought"), stream.ending


# What is sent


def test_a_question_is_posted_as_the_api_wants_it(model_server: ModelServer) -> None:
    list(client.stream(endpoint(model_server), KEY, QUESTION))

    received = model_server.chats[0]
    assert received.path == "/v1/chat/completions"
    assert received.headers["Authorization"] == f"Bearer {KEY}"
    assert received.headers["Content-Type"] == "application/json"
    assert received.body == {
        "model": "test-model",
        "messages": [
            {"role": "system", "content": "Be short."},
            {"role": "user", "content": "什么是残差？"},
        ],
        "stream": True,
    }


def test_without_a_key_none_is_sent(model_server: ModelServer) -> None:
    list(client.stream(endpoint(model_server), None, QUESTION))

    assert "Authorization" not in model_server.chats[0].headers


def test_json_and_temperature_are_asked_for_where_they_are_wanted(model_server: ModelServer) -> None:
    wanted = client.body(endpoint(model_server), QUESTION._replace(as_json=True, temperature=0.2))

    assert wanted["response_format"] == {"type": "json_object"}
    assert wanted["temperature"] == 0.2


def test_what_is_shown_is_what_is_sent(model_server: ModelServer) -> None:
    list(client.stream(endpoint(model_server), KEY, QUESTION))

    assert model_server.chats[0].body == client.body(endpoint(model_server), QUESTION)


def test_characters_that_cannot_be_sent_do_not_stop_a_question(model_server: ModelServer) -> None:
    broken = Request((Message("user", "caf\udce9 \x1b[31m\r\nred"),))

    list(client.stream(endpoint(model_server), None, broken))
    assert model_server.chats[0].prompt == "caf� �[31m\nred"


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("Unsupported value: 'temperature' does not support 0.2 with this model.", "temperature"),
        ("response_format is not supported", "response_format"),
        ("Failed to initialize samplers: std::exception", "response_format"),
    ],
)
def test_an_option_that_a_model_does_not_take_is_left_out(
    model_server: ModelServer, message: str, name: str
) -> None:
    model_server.play(failure(400, {"error": {"message": message}}), answer("Fine."))
    request = QUESTION._replace(as_json=True, temperature=0.2)

    assert heard(client.stream(endpoint(model_server), None, request)) == "Fine."
    first, second = (one.body for one in model_server.chats)
    assert first.keys() - second.keys() == {name}


def test_a_server_that_only_complains_is_not_asked_for_ever(model_server: ModelServer) -> None:
    model_server.play(failure(400, {"error": {"message": "temperature, response_format"}}))

    with pytest.raises(NetworkError):
        client.stream(endpoint(model_server), None, QUESTION._replace(as_json=True, temperature=0.2))
    assert len(model_server.chats) == 3


# The chunks of every preset


def test_an_ordinary_answer_arrives_piece_by_piece(model_server: ModelServer) -> None:
    pieces = list(open_stream(model_server, answer("残差是输入和输出之差。", size=4)))

    assert [one.text for one in pieces] == ["残差是输", "入和输出", "之差。"]


def test_pieces_arrive_before_the_answer_is_whole(model_server: ModelServer) -> None:
    stream = open_stream(model_server, Script([event(delta(content="At once"))], stalls=0.25), wait=0.1)

    pieces = iter(stream)
    assert next(pieces) == Piece("text", "At once")
    with pytest.raises(Silent):
        next(pieces)
    stream.close()


def test_chunks_without_choices_or_content_say_nothing(model_server: ModelServer) -> None:
    usage = {"choices": [], "usage": {"total_tokens": 7}}
    null: dict[str, Any] = {"choices": [{"index": 0, "delta": {"role": "assistant", "content": None}}]}
    bare = {"choices": [{"index": 0, "delta": None, "finish_reason": None}], "usage": None}
    empty: dict[str, Any] = {"choices": None, "prompt_filter_results": []}

    assert ask(model_server, null, delta(content="Yes."), bare, delta(finish="stop"), usage, empty, DONE) == (
        "Yes.",
        "",
        "done",
    )


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning"])
def test_thoughts_are_told_apart(model_server: ModelServer, field: str) -> None:
    chunks = [
        delta(**{field: "Hm, "}),
        delta(**{field: "yes"}, content=""),
        delta(content="Yes."),
        delta(finish="stop"),
    ]

    assert ask(model_server, *chunks, DONE) == ("Yes.", "Hm, yes", "done")


def test_thoughts_that_stand_in_two_fields_are_told_once(model_server: ModelServer) -> None:
    both = delta(reasoning="Hm", reasoning_content="Hm")

    assert ask(model_server, both, delta(content="Yes.", finish="stop"), DONE) == ("Yes.", "Hm", "done")


THOUGHTFUL = [
    ("<think>Hm.</think>Yes.", "Yes.", "Hm."),
    ("<think>\nHm.\n</think>\n\nYes.", "Yes.", "Hm.\n"),
    ("\n<think>\n\n</think>\n\nYes.", "Yes.", ""),
    ("<think>a < b </thin </think>Yes.", "Yes.", "a < b </thin "),
    ("<think>Never done", "", "Never done"),
    ("<think>Never done</thi", "", "Never done</thi"),
    ("<thinks> is no mark", "<thinks> is no mark", ""),
    ("<thi", "<thi", ""),
    ("R1 writes <think>so</think>.", "R1 writes <think>so</think>.", ""),
    ("  Indented.", "  Indented.", ""),
    ("<think>Hm.</think>Yes: </think> ends it.", "Yes: </think> ends it.", "Hm."),
]


@pytest.mark.parametrize(("said", "text", "thoughts"), THOUGHTFUL)
@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 100])
def test_thoughts_inside_an_answer_are_told_apart_wherever_it_is_cut(
    model_server: ModelServer, said: str, text: str, thoughts: str, size: int
) -> None:
    stream = open_stream(model_server, answer(said, size=size))
    pieces = list(stream)

    assert heard(pieces) == text
    assert heard(pieces, "thought") == thoughts


@pytest.mark.parametrize(
    ("reason", "ending"),
    [
        ("stop", "done"),
        ("STOP", "done"),
        ("tool_calls", "done"),
        ("length", "length"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("content_filter", "refused"),
        ("sensitive", "refused"),
    ],
)
def test_why_an_answer_ends_is_told(model_server: ModelServer, reason: str, ending: str) -> None:
    assert ask(model_server, delta(content="Yes"), delta(finish=reason), DONE) == ("Yes", "", ending)


def test_a_refusal_in_words_is_a_refusal(model_server: ModelServer) -> None:
    chunks = [delta(refusal="I cannot "), delta(refusal="do that."), delta(finish="stop")]

    assert ask(model_server, *chunks, DONE) == ("I cannot do that.", "", "refused")


def test_the_model_that_answered_is_named(model_server: ModelServer) -> None:
    stream = open_stream(model_server, Script([event(delta("real-model-2", content="Yes", finish="stop"))]))

    assert stream.model == "test-model"
    list(stream)
    assert stream.model == "real-model-2"


def test_a_missing_done_mark_is_fine_after_a_reason(model_server: ModelServer) -> None:
    assert ask(model_server, delta(content="Yes"), delta(finish="stop")) == ("Yes", "", "done")


def test_a_missing_reason_is_fine_before_the_done_mark(model_server: ModelServer) -> None:
    assert ask(model_server, delta(content="Yes"), DONE) == ("Yes", "", "done")


def test_what_follows_the_done_mark_is_not_read(model_server: ModelServer) -> None:
    assert ask(model_server, delta(content="Yes"), DONE, b"data: nonsense\n\n") == ("Yes", "", "done")


def test_comments_blank_events_and_a_byte_order_mark_are_passed_over(model_server: ModelServer) -> None:
    noise = [b"\xef\xbb\xbf", b": OPENROUTER PROCESSING\n\n", b"data:\n\n", b"event: ping\n\n", b":\n\n"]

    assert ask(model_server, *noise, delta(content="Yes", finish="stop"), *noise[1:], DONE)[0] == "Yes"


def test_a_server_that_does_not_stream_is_understood(model_server: ModelServer) -> None:
    whole = {
        "model": "whole-model",
        "choices": [
            {
                "message": {"role": "assistant", "content": "残差。", "reasoning_content": "Hm"},
                "finish_reason": "stop",
            }
        ],
    }
    text = json.dumps(whole, ensure_ascii=False, indent=1).encode()
    stream = open_stream(model_server, Script([text[:50], text[50:]], content_type="application/json"))

    assert list(stream) == [Piece("thought", "Hm"), Piece("text", "残差。")]
    assert (stream.ending, stream.model) == ("done", "whole-model")


def test_characters_that_steer_a_terminal_do_not_come_through(model_server: ModelServer) -> None:
    assert (
        ask(model_server, delta(content="a\x1b[2Jb\r\nc\td\u202e", finish="stop"), DONE)[0] == "a�[2Jb\nc\td�"
    )


def test_a_compressed_answer_is_understood(model_server: ModelServer) -> None:
    packed = gzip.compress(b"".join(answer("压缩过的回答。", size=2).chunks))
    chunks = [packed[at : at + 7] for at in range(0, len(packed), 7)]
    script = Script(chunks, headers=(("Content-Encoding", "gzip"),))

    assert heard(open_stream(model_server, script)) == "压缩过的回答。"


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), text=texts, crlf=st.booleans(), escaped=st.booleans())
def test_any_answer_arrives_the_same_wherever_its_bytes_are_cut(
    model_server: ModelServer, data: st.DataObject, text: str, crlf: bool, escaped: bool
) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=4)))
    said = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    chunks = [delta(content=one) for one in said]
    lines = [f"data: {json.dumps(one, ensure_ascii=escaped)}" for one in [*chunks, delta(finish="stop")]]
    stream = "\n\n".join([*lines, ": a comment", "data: [DONE]", ""])
    raw = stream.replace("\n", "\r\n" if crlf else "\n").encode()
    marks = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=12)))
    pieces = [raw[start:end] for start, end in zip([0, *marks], [*marks, len(raw)], strict=True)]

    arrived = heard(open_stream(model_server, Script(pieces)))
    assert arrived == safe(text.replace("\r", ""))


# What goes wrong


@pytest.mark.parametrize("rest", [[], [b'data: {"choices": [{"del'], [b": nothing more\n\n"]])
def test_a_stream_that_just_ends_is_broken_off(model_server: ModelServer, rest: list[bytes]) -> None:
    stream = open_stream(model_server, Script([event(delta(content="Half an")), *rest]))
    pieces = iter(stream)

    assert next(pieces) == Piece("text", "Half an")
    with pytest.raises(BrokenOff):
        next(pieces)
    assert stream.ending == "cut"


def test_a_dropped_connection_is_broken_off(model_server: ModelServer) -> None:
    stream = open_stream(model_server, Script([event(delta(content="Half an"))], breaks=True))

    pieces = iter(stream)
    assert next(pieces).text == "Half an"
    with pytest.raises(BrokenOff):
        next(pieces)


@pytest.mark.parametrize("data", ["{", "[]", "[1, 2]", '"text"', "null", '{"choices": [7]}', "<html>", DEEP])
def test_chunks_that_are_none_are_no_chat_api(model_server: ModelServer, data: str) -> None:
    with pytest.raises(NotAChatApi):
        list(open_stream(model_server, Script([event(data)])))


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "text/plain", "application/json", ""])
@pytest.mark.parametrize("said", [b"", b"<html>Welcome!</html>", b"Ollama is running"])
def test_a_page_for_people_is_no_chat_api(model_server: ModelServer, kind: str, said: bytes) -> None:
    with pytest.raises(NotAChatApi):
        list(open_stream(model_server, Script([said], content_type=kind)))


def test_json_without_an_answer_is_an_answer_without_words(model_server: ModelServer) -> None:
    with pytest.raises(BrokenOff):
        list(open_stream(model_server, failure(200, {"status": "ok"})))


def test_a_key_with_characters_that_no_key_has_is_not_sent(model_server: ModelServer) -> None:
    for key in ("sk-…", "sk-1\nX-Evil: 1", "sk-1 "):
        with pytest.raises(NetworkError) as caught:
            client.stream(endpoint(model_server), key, QUESTION)
        assert caught.value.key == "error.key-characters"
        assert key not in repr(caught.value) + str(caught.value.values)
    assert model_server.requests == []


def test_a_key_is_never_logged_or_shown(model_server: ModelServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    teacher = Teacher(endpoint(model_server), KEY)
    stream = client.stream(endpoint(model_server), KEY, QUESTION)
    list(stream)
    model_server.play(failure(401, {"error": {"message": f"Bad key {KEY}"}}))
    with pytest.raises(WrongKey) as caught:
        teacher.answer(lambda _: QUESTION)

    assert caplog.records, "the library below does log"
    shown = (
        f"{caplog.text}{teacher}{teacher!r}{stream!r}{caught.value!r}{caught.value.values}{caught.getrepr()}"
    )
    assert KEY not in shown


# Models


def test_models_are_listed(model_server: ModelServer) -> None:
    model_server.models = ["qwen3:8b", "models/gemini-flash", "bge\x1b[2J"]

    assert client.models(model_server.url, KEY, False) == ("qwen3:8b", "gemini-flash", "bge�[2J")
    assert model_server.requests[0].headers["Authorization"] == f"Bearer {KEY}"


def test_anthropic_lists_its_models_with_headers_of_its_own(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = int(model_server.url.rsplit(":", 1)[1].removesuffix("/v1"))
    found = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [found])

    client.models(f"http://api.anthropic.com:{port}/v1", KEY, False)
    headers = model_server.requests[0].headers
    assert (headers["x-api-key"], headers["anthropic-version"]) == (KEY, "2023-06-01")
    assert "Authorization" not in headers


def test_an_empty_list_of_models_is_one(model_server: ModelServer) -> None:
    model_server.pages["/v1/models"] = failure(200, {"object": "list", "data": None})

    assert client.models(model_server.url, None, True) == ()


@pytest.mark.parametrize("body", [[], {"models": []}, {"data": 7}, "not json", DEEP])
def test_a_list_of_something_else_is_none(model_server: ModelServer, body: object) -> None:
    model_server.pages["/v1/models"] = failure(200, body)

    with pytest.raises(NotAChatApi):
        client.models(model_server.url, None, True)


def test_failures_are_understood_when_models_are_listed(model_server: ModelServer) -> None:
    model_server.pages["/v1/models"] = failure(401, {"error": {"message": "no"}})
    with pytest.raises(WrongKey):
        client.models(model_server.url, KEY, False)

    model_server.pages["/v1/models"] = failure(404, "404 page not found")
    with pytest.raises(NotAChatApi):
        client.models(model_server.url, KEY, False)


# The teacher


def shrinking(share: float) -> Request:
    return Request((Message("user", f"share {share}"),))


def test_a_question_that_is_too_long_is_shortened_until_it_fits(model_server: ModelServer) -> None:
    too_long = failure(400, {"error": {"message": "too long", "code": "context_length_exceeded"}})
    model_server.play(too_long, too_long, answer("It fits."))

    reply = Teacher(endpoint(model_server), None).answer(shrinking)
    assert reply == Reply("It fits.", "done", "test-model", shortened=True)
    assert [one.prompt for one in model_server.chats] == ["share 1.0", "share 0.5", "share 0.25"]


def test_a_question_that_fits_is_not_shortened(model_server: ModelServer) -> None:
    assert not Teacher(endpoint(model_server), None).answer(shrinking).shortened


def test_a_question_that_never_fits_is_told(model_server: ModelServer) -> None:
    model_server.play(failure(400, {"error": {"message": "too long", "code": "context_length_exceeded"}}))

    with pytest.raises(ContextTooLong):
        Teacher(endpoint(model_server), None).answer(shrinking)
    assert len(model_server.chats) == 4


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (Script([event(delta(content="Half an"))], breaks=True), "tutor.reason-broken"),
        (Script([event(delta(content="Half an"))]), "tutor.reason-broken"),
        (Script([event(delta(content="Half an"))], stalls=0.25), "tutor.reason-silent"),
        (Script([event(delta(content="Half an")), event({"error": "No memory"})]), "tutor.reason-server"),
        (Script([event(delta(content="Half an")), event("{")]), "tutor.reason-server"),
    ],
)  # fmt: skip
def test_what_had_arrived_is_kept_when_an_answer_breaks_off(
    model_server: ModelServer, script: Script, reason: str
) -> None:
    model_server.play(script)

    reply = Teacher(endpoint(model_server), None, timeout=0.1).answer(shrinking)
    assert reply == Reply("Half an", "cut", "test-model", failure=reason)


def test_nothing_but_thoughts_before_a_break_is_a_failure(model_server: ModelServer) -> None:
    model_server.play(Script([event(delta(reasoning="Hm"))], breaks=True))

    with pytest.raises(BrokenOff):
        Teacher(endpoint(model_server), None).answer(shrinking)


@pytest.mark.parametrize(
    ("chunks", "key"),
    [
        ([delta(finish="stop")], "error.tutor-empty"),
        ([delta(content=" \n"), delta(finish="stop")], "error.tutor-empty"),
        ([delta(reasoning="Hm"), delta(finish="length")], "error.tutor-only-thoughts"),
        ([delta(content="<think>Hm"), delta(finish="length")], "error.tutor-only-thoughts"),
        ([delta(finish="content_filter")], "error.tutor-model-refused"),
    ],
)
def test_an_answer_without_a_word_is_a_failure(
    model_server: ModelServer, chunks: list[dict[str, Any]], key: str
) -> None:
    model_server.play(Script([*map(event, chunks), DONE]))

    with pytest.raises(NetworkError) as caught:
        Teacher(endpoint(model_server), None).answer(shrinking)
    assert caught.value.key == key
    assert isinstance(caught.value, Refused) is (key == "error.tutor-model-refused")


def test_every_piece_is_handed_on_with_its_kind(model_server: ModelServer) -> None:
    model_server.play(Script([event(delta(reasoning="Hm")), event(delta(content="Yes", finish="length"))]))
    pieces: list[Piece] = []

    reply = Teacher(endpoint(model_server), None).answer(shrinking, pieces.append)
    assert pieces == [Piece("thought", "Hm"), Piece("text", "Yes")]
    assert (reply.text, reply.ending) == ("Yes", "length")


def test_an_answer_that_the_reader_stops_is_kept_as_far_as_it_came(model_server: ModelServer) -> None:
    model_server.play(answer("One two three four", size=4))

    def stop_at_two(piece: Piece) -> None:
        if "two" in piece.text:
            raise KeyboardInterrupt

    reply = Teacher(endpoint(model_server), None).answer(shrinking, stop_at_two)
    assert reply == Reply("One two ", "stopped", "test-model")


def test_a_server_that_reports_an_error_at_once_is_a_failure(model_server: ModelServer) -> None:
    model_server.play(failure(500, {"error": {"message": "Out of memory"}}))

    with pytest.raises(ServerFailed) as caught:
        Teacher(endpoint(model_server), None).answer(shrinking)
    assert str(caught.value).endswith(": Out of memory.")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot interrupt itself so")
@pytest.mark.parametrize("chunks", [[], [event(delta(content="One "))]])
def test_waiting_can_be_interrupted(model_server: ModelServer, chunks: list[bytes]) -> None:
    model_server.play(Script(chunks, stalls=0.3))
    interrupt = threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT))
    interrupt.start()

    reply = Teacher(endpoint(model_server), None).answer(shrinking)
    interrupt.join()
    assert reply == Reply("One " if chunks else "", "stopped", "test-model")
