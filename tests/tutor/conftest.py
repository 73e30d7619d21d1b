"""A model server for every test that wants one, and a configuration that names it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.tutor.server import ModelServer


@pytest.fixture
def model_server() -> Iterator[ModelServer]:
    """An OpenAI-compatible server on the loopback interface."""
    server = ModelServer()
    yield server
    server.close()


@pytest.fixture
def connected(model_server: ModelServer, own_folders: Path) -> ModelServer:
    """A model server that the reader has configured as her tutor."""
    folder = own_folders / "ailearn" / "config"
    folder.mkdir(parents=True, exist_ok=True)
    config = f'[tutor]\nprovider = "custom"\nurl = "{model_server.url}"\nmodel = "test-model"\n'
    (folder / "config.toml").write_text(config, encoding="utf-8")
    return model_server
