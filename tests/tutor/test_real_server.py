"""A question to a real model, for those who have one running.

`AILEARN_TEST_MODEL_SERVER=http://localhost:11434/v1 pytest tests/tutor/test_real_server.py` asks the first
model that the server lists; AILEARN_TEST_MODEL names another.
"""

import os
from pathlib import Path

import pytest
from tests.conftest import Run

from ailearn.tutor import client
from ailearn.tutor.local_servers import chat_models
from ailearn.tutor.talk import Endpoint, Message, Request

# Read here, for tests see an environment without them.
SERVER = os.environ.get("AILEARN_TEST_MODEL_SERVER", "").rstrip("/")
MODEL = os.environ.get("AILEARN_TEST_MODEL", "")

pytestmark = pytest.mark.skipif(not SERVER, reason="AILEARN_TEST_MODEL_SERVER names no model server")


@pytest.fixture
def real_model(own_folders: Path) -> str:
    """The name of a model that the reader has configured as her tutor."""
    model = MODEL or chat_models(client.models(SERVER, None, True))[0]
    folder = own_folders / "ailearn" / "config"
    folder.mkdir(parents=True)
    lines = ["[tutor]", 'provider = "custom"', f'url = "{SERVER}"', f'model = "{model}"', "timeout = 600"]
    (folder / "config.toml").write_text("\n".join(lines), encoding="utf-8")
    return model


@pytest.mark.parametrize(
    ("language", "question"),
    [("en", "What problem do residual connections solve?"), ("zh", "残差连接解决了什么问题？")],
)
def test_a_real_model_answers_from_the_guide(run: Run, real_model: str, language: str, question: str) -> None:
    result = run("ask", question, "resnet", "--lang", language)

    assert result.exit == 0, result.err
    assert result.strip()


def test_a_real_answer_arrives_in_pieces(real_model: str) -> None:
    request = Request((Message("user", "Count from one to twenty, in words."),))
    stream = client.stream(Endpoint("custom", SERVER, real_model, local=True), None, request)

    pieces = iter(stream)
    assert next(pieces).text
    assert next(pieces).text
    stream.close()
