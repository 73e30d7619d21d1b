"""An object from a model: found in what comes back, asked for a second time, given up in plain words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tutor.server import ModelServer, answer, failure

from ailearn.errors import NetworkError
from ailearn.tutor.structured import Found, Unusable, ask_for_object, objects_in, objects_under, text_in
from ailearn.tutor.talk import Endpoint, Message, Request
from ailearn.tutor.teacher import Teacher


def compose(share: float) -> Request:
    return Request((Message("user", f"material {share}"),), as_json=True)


def teacher(server: ModelServer) -> Teacher:
    return Teacher(Endpoint("custom", server.url, "test-model", True), None)


def number(data: dict[str, Any]) -> int:
    value = data.get("n")
    if not isinstance(value, int):
        raise ValueError('"n" must be a number')
    return value


def ask(server: ModelServer) -> Found[int]:
    return ask_for_object(teacher(server), compose, number, "en")


@pytest.mark.parametrize(
    "text",
    [
        '{"n": 7}',
        'Here it is:\n```json\n{"n": 7}\n```\nAnything else?',
        'First I thought {"n": "six"}, no: {"n": 7}.',
        'Not {"n": 3} but {"n": 7}',
        '<think>Maybe {"n": 3}?</think>{"n": 7}',
        '{"n": 7,}',
        '{"list": [{"a": 1,},], "n": 7, }',
        '{"a": "one\nline", "n": 7}',
        'Braces {like these} first {"n": 7}',
    ],
)
def test_the_object_is_found_whatever_stands_around_it(model_server: ModelServer, text: str) -> None:
    model_server.say(text)
    assert ask(model_server) == Found(7, "test-model", False)
    assert len(model_server.chats) == 1
    assert model_server.chats[0].body["response_format"] == {"type": "json_object"}


def test_a_comma_inside_a_text_stays() -> None:
    assert [*objects_in('{"code": "f(a, )", "n": [1, 2]}')] == [{"code": "f(a, )", "n": [1, 2]}]


@pytest.mark.parametrize("hostile", ['{"m":' * 20_000, "{'m': " * 20_000, r"\frac{a}{b} " * 20_000])
def test_a_text_full_of_braces_takes_no_time_and_no_stack(hostile: str) -> None:
    assert [*objects_in(hostile)] == []
    if '{"' not in hostile:
        assert [*objects_in(hostile + '{"n": 7}')] == [{"n": 7}]


@given(st.text(st.sampled_from('{}[]",: \\n17atrue'), max_size=60))
def test_no_text_breaks_the_search(text: str) -> None:
    assert all(isinstance(one, dict) for one in objects_in(text))
    assert {"found": 1} in [*objects_in('{"found": 1} ' + text)]


@pytest.mark.parametrize(
    ("first", "problem"),
    [
        ("I cannot say.", "there is no JSON object in it"),
        ('{"n": "seven"}', '"n" must be a number'),
        ('{"n": 7', "there is no JSON object in it"),
    ],
)
def test_a_second_question_says_what_was_wrong(model_server: ModelServer, first: str, problem: str) -> None:
    model_server.say(first, '{"n": 7}')
    assert ask(model_server).value == 7
    again = model_server.chats[1].body["messages"]
    assert [one["role"] for one in again] == ["user", "assistant", "user"]
    assert again[1]["content"] == first[:1500]
    assert problem in again[2]["content"]
    assert model_server.chats[1].body["response_format"] == {"type": "json_object"}


def test_an_answer_that_broke_off_at_the_limit_is_asked_for_in_short(model_server: ModelServer) -> None:
    model_server.play(answer('{"n": ', finish="length"), answer('{"n": 7}'))
    assert ask(model_server).value == 7
    assert "shorter" in model_server.chats[1].prompt


def test_after_two_bad_answers_it_is_given_up_in_plain_words(model_server: ModelServer) -> None:
    model_server.say("No.", "Still no.")
    with pytest.raises(Unusable) as caught:
        ask(model_server)
    assert caught.value.exit_code == 7
    assert caught.value.key == "error.model-form"
    assert len(model_server.chats) == 2


def test_a_refusal_and_a_broken_server_are_not_asked_twice(model_server: ModelServer) -> None:
    model_server.play(answer("I will not.", finish="content_filter"))
    with pytest.raises(NetworkError) as refused:
        ask(model_server)
    assert refused.value.key == "error.model-refused"
    model_server.play(failure(401, {"error": {"message": "Invalid key"}}))
    assert len(model_server.chats) == 1


def test_a_server_that_promises_no_json_is_asked_without(model_server: ModelServer) -> None:
    refusal = {"error": {"message": "response_format is not supported", "param": "response_format"}}
    model_server.play(failure(400, refusal), answer('{"n": 7}'))
    assert ask(model_server).value == 7
    assert "response_format" not in model_server.chats[-1].body


def test_texts_reach_the_reader_of_them_without_control_characters(model_server: ModelServer) -> None:
    model_server.say('{"n": 7, "t": ["a\\u001b[31mb"], "\\u0007k": {"x": "\\u202e"}}')
    found = ask_for_object(teacher(model_server), compose, lambda data: data, "en").value
    assert found == {"n": 7, "t": ["a\ufffd[31mb"], "\ufffdk": {"x": "\ufffd"}}


def test_texts_and_lists_are_taken_out_with_words_on_what_is_wrong() -> None:
    assert text_in({"a": " one\n two "}, "a") == "one two"
    assert text_in({"a": None}, "a", needed=False) == ""
    with pytest.raises(ValueError, match="missing or empty"):
        text_in({"a": "  "}, "a")
    with pytest.raises(ValueError, match="must be a text"):
        text_in({"a": 1}, "a", needed=False)
    assert objects_under({"a": [{}]}, "a") == [{}]
    wrong: object
    for wrong in (None, {}, ["x"]):
        with pytest.raises(ValueError, match="list of objects"):
            objects_under({"a": wrong}, "a")
