"""Thoughts that no mark opens, and contents in parts: what is thought is no part of an answer."""

import itertools
import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.conftest import Run, Start
from tests.reader import rest_of
from tests.tutor.server import ModelServer, Script, answer, event

from ailearn.tutor.talk import Endpoint, Message, Piece, Request
from ailearn.tutor.teacher import Teacher
from ailearn.tutor.thoughts import ThoughtSplitter

UNOPENED = [
    ("First I think.\n</think>\n\nThe answer is 42.", "The answer is 42."),
    ("First I think.</think>391", "391"),
    ("Let me see. </think>这个句子很短。", "这个句子很短。"),
    ("先想想。</think>答案是 42。", "答案是 42。"),
    ("Well then </think> The answer.", "The answer."),
    ("well then </think>\nthe answer", "the answer"),
    ("</think>\n\nThe answer.", "The answer."),
    ("\n\n</think>The answer.", "The answer."),
    ("I think.\n◁/think▷The answer.", "The answer."),
    ("I think.\n</thinking>\nThe answer.", "The answer."),
    ("I think.\n[/THINK]The answer.", "The answer."),
    ("I think.</seed:think>The answer.", "The answer."),
    ("I think.\n</thought>\nThe answer.", "The answer."),
    ("a < b, `code`\n```\nfence\n```\n</thin\n</think>Yes: `</think>` ends it.", "Yes: `</think>` ends it."),
    ("I think.\n</think>\n\nThe mark is\n</think>\nand no more.", "The mark is\n</think>\nand no more."),
    ("Only thoughts.\n</think>", ""),
]
OPENED = [
    ("[THINK]Hm.[/THINK]Yes.", "Yes."),
    ("◁think▷Hm.◁/think▷Yes.", "Yes."),
    ("<thinking>\nHm.\n</thinking>\n\nYes.", "Yes."),
    ("<thought>Hm.</thought>Yes.", "Yes."),
    ("<reasoning>Hm.</reasoning>Yes.", "Yes."),
    ("<think>\n\n</think>\n\n<think>Hm.</think>Yes.", "Yes."),
    ("<think>Hm.</think>\n<think>And.\n</think>\n\nYes.", "Yes."),
    ("<seed:think>Hm.</seed:think>Yes.", "Yes."),
    ("<think>Hm </thinking> so</think>Yes.", "Yes."),
    (
        "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Yes.",
        "Yes.",
    ),
]
SPOKEN_OF = [
    "R1 ends its thoughts with `</think>`, and then answers.",
    "R1 ends its thoughts with </think> and then answers.",
    "R1 ends its thoughts with </think>.",
    "The mark (</think>) ends them.",
    'The mark "</think>" ends them.',
    "标记“</think>”表示思考结束。",
    "思考以 </think> 结束。",
    "It writes <think>so</think>The answer.",
    "An example:\n\n```\n<think>\n```\nand\n```\nI think.\n</think>\nYes.\n```\n",
    "~~~\nI think.\n</think>\nYes.\n~~~\n",
    "a < b and </thin air",
    "No mark at all: </thought",
]
CASES = [*UNOPENED, *OPENED, *((text, text) for text in SPOKEN_OF)]


def heard(pieces: list[str]) -> tuple[str, bool]:
    """The text that an answer in these pieces comes to, and whether text was taken back."""
    splitter = ThoughtSplitter()
    text, unsaid = "", False
    for piece in [one for part in pieces for one in splitter.feed(part)] + list(splitter.flush()):
        text = text + piece.text if piece.kind == "text" else "" if piece.kind == "unsaid" else text
        unsaid = unsaid or piece.kind == "unsaid"
    return text, unsaid


@pytest.mark.parametrize(("said", "text"), CASES)
@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13, 1000])
def test_what_is_thought_is_no_answer_wherever_it_is_cut(said: str, text: str, size: int) -> None:
    assert heard([said[at : at + size] for at in range(0, len(said), size)])[0] == text


words = st.sampled_from(
    [
        "</think>",
        "<think>",
        "</thi",
        "nk>",
        "[/THINK]",
        "`",
        "```\n",
        "\n",
        " ",
        ".",
        "word",
        "Word",
        "残差",
        "。",
        ",",
    ]
)


@given(said=st.lists(words, max_size=12).map("".join), marks=st.lists(st.integers(0, 80), max_size=9))
@example(said=".</think>", marks=[1, 5])
@example(said="a </think> ", marks=[10])
def test_any_answer_is_read_the_same_wherever_it_is_cut(said: str, marks: list[int]) -> None:
    cuts = [0, *sorted(marks), len(said)]
    pieces = [said[start:end] for start, end in itertools.pairwise(cuts)]

    assert heard(pieces) == heard([said])


@given(st.text())
def test_an_answer_without_marks_is_whole(said: str) -> None:
    if not any(mark in said for mark in "<[◁"):
        assert heard(list(said)) == (said, False)


def test_marks_in_an_answer_whose_thoughts_the_server_tells_apart_are_spoken_of(
    model_server: ModelServer,
) -> None:
    chunks = [
        {"choices": [{"delta": {"reasoning_content": "Hm."}}]},
        {"choices": [{"delta": {"content": "It ends.\n</think>\nSo."}, "finish_reason": "stop"}]},
    ]

    assert asked(model_server, *chunks) == "It ends.\n</think>\nSo."


# Contents in parts


def asked(server: ModelServer, *chunks: object) -> str:
    server.play(Script([event(chunk) for chunk in chunks]))
    endpoint = Endpoint("custom", server.url, "m", True)
    return Teacher(endpoint, None).answer(lambda _: Request((Message("user", "Why?"),))).text


def text(said: str) -> dict[str, object]:
    return {"type": "text", "text": said}


PARTS: list[list[object]] = [
    [{"type": "thinking", "thinking": [text("Hm.")]}, text("The answer is 42.")],
    [{"type": "thinking", "thinking": "Hm."}, text("The answer "), text("is 42.")],
    [{"type": "reasoning", "text": "Hm."}, text("The answer is 42.")],
    [{"type": "reasoning", "reasoning": "Hm."}, {"type": "output_text", "text": "The answer is 42."}],
    [{"type": "reasoning_content", "text": "Hm."}, text("The answer is 42.")],
    [{"type": "thought", "text": "Hm."}, text("The answer is 42.")],
    ["The answer is 42."],
    [None, 7, {"type": "thinking"}, {"type": "text", "text": None}, text("The answer is 42.")],
    [text("Hm.\n</think>\nThe answer is 42.")],
]


@pytest.mark.parametrize("parts", PARTS)
@pytest.mark.parametrize("streamed", [True, False])
def test_a_content_in_parts_is_read(model_server: ModelServer, parts: list[object], streamed: bool) -> None:
    if streamed:
        chunks: list[object] = [{"choices": [{"delta": {"content": [part]}}]} for part in parts]
        assert asked(model_server, *chunks, {"choices": [{"delta": {}, "finish_reason": "stop"}]}) == (
            "The answer is 42."
        )
    else:
        whole = {"choices": [{"message": {"content": parts}, "finish_reason": "stop"}]}
        model_server.play(Script([json.dumps(whole).encode()], content_type="application/json"))
        endpoint = Endpoint("custom", model_server.url, "m", True)
        reply = Teacher(endpoint, None).answer(lambda _: Request((Message("user", "Why?"),)))
        assert reply.text == "The answer is 42."


# The commands


def test_no_command_takes_thoughts_for_an_answer(connected: ModelServer, run: Run, tmp_path: Path) -> None:
    connected.say("First I think.\n</think>\n\nThe answer is 42.")
    for command in (["ask", "Why?", "resnet"], ["explain", "resnet"]):
        assert run(*command) == "The answer is 42.\n"
        assert run(*command, "--json").json["answer"] == "The answer is 42."

    text = tmp_path / "text.md"
    text.write_text("A short sentence.\n", encoding="utf-8")
    connected.say("Let me see.\n</think>\n这个句子很短。")
    translated = run("translate", str(text), "--to", "zh")
    assert "这个句子很短。" in translated
    assert "think" not in translated


def test_at_a_terminal_the_reader_is_told_where_the_answer_begins(
    connected: ModelServer, start: Start
) -> None:
    for options in ([], ["--plain"]):
        connected.play(answer("First I think.\n</think>\n\nThe answer is 42.")._replace(pause=0.05))
        screen = rest_of(start("ask", "Why?", "resnet", *options))
        assert screen.index("was the model thinking") < screen.index("The answer is 42.")
        assert "</think>" not in screen


def test_the_thoughts_of_a_broken_answer_are_none_of_it(model_server: ModelServer) -> None:
    model_server.play(answer("I think.\n</think>\nHalf an")._replace(breaks=True))
    pieces: list[Piece] = []
    endpoint = Endpoint("custom", model_server.url, "m", True)

    reply = Teacher(endpoint, None).answer(lambda _: Request((Message("user", "Why?"),)), pieces.append)
    assert reply.text == "Half an"
    assert Piece("unsaid", "") in pieces
