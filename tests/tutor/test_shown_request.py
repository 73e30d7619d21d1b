"""`--show-prompt`: exactly what would be sent, and where to, in all three forms."""

import json

import pytest
from rich.cells import cell_len
from tests.conftest import Run
from tests.tutor.server import ModelServer

ASK = ("ask", "Why residuals?", "resnet", "--show-prompt")


def sent(server: ModelServer, run: Run) -> object:
    """What the same command sends without the option."""
    run(*ASK[:-1], "--no-save")
    return server.chats[-1].body


def test_what_is_shown_is_what_is_sent_and_nothing_is_sent(run: Run, connected: ModelServer) -> None:
    shown = run(*ASK, "--json")

    assert shown.exit == 0
    assert connected.chats == []
    assert shown.json == {
        "url": f"{connected.url}/chat/completions",
        "model": "test-model",
        "local": True,
        "body": sent(connected, run),
    }


def test_a_pipe_gets_the_address_and_the_body_on_a_line_each(run: Run, connected: ModelServer) -> None:
    (url, address), (body, text) = run(*ASK).rows

    assert (url, address, body) == ("url", f"{connected.url}/chat/completions", "body")
    assert json.loads(text) == sent(connected, run)


def test_without_a_model_the_request_is_shown_all_the_same(run: Run) -> None:
    shown = run(*ASK, "--json").json

    assert (shown["url"], shown["model"], shown["local"]) == (None, None, None)
    assert shown["body"]["messages"][-1]["role"] == "user"
    assert run(*ASK).rows[0] == ["url", ""]
    assert "No model is connected" in run(*ASK, terminal=True)
    assert "还没有配置模型" in run(*ASK, terminal=True, AILEARN_LANG="zh")


@pytest.mark.parametrize("columns", ["80", "60", "40"])
@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_the_screen_shows_place_roles_and_every_word_within_its_width(
    run: Run, connected: ModelServer, columns: str, language: str
) -> None:
    shown = run(*ASK, terminal=True, COLUMNS=columns, AILEARN_LANG=language, NO_COLOR="1")

    lines = shown.splitlines()
    drawn = "".join(shown.split())
    assert drawn.startswith(f"{connected.url}/chat/completionstest-model·")
    assert ("指令" if language == "zh" else "Instructions") in lines
    assert ("问题" if language == "zh" else "Question") in lines
    assert max(map(cell_len, lines)) <= int(columns)
    body = run(*ASK, "--json", AILEARN_LANG=language).json["body"]
    for message in body["messages"]:
        assert "".join(message["content"].split()) in drawn
