"""Which model does a job: what is named, what is set, and the local server that runs."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tutor.server import ModelServer

from ailearn import settings
from ailearn.errors import ConfigurationError, NetworkError
from ailearn.settings import PROVIDERS, Settings
from ailearn.tutor import client, local_servers, providers
from ailearn.tutor.talk import JOBS

# Nothing listens on the discard port.
NOBODY = {"OLLAMA_HOST": "127.0.0.1:9", "LLAMA_ARG_HOST": "127.0.0.1", "LLAMA_ARG_PORT": "9"}


def reader(**tutor: object) -> Settings:
    """The settings of a reader who has set this; `models_ask` stands for `models.ask`."""
    named = {name.replace("models_", "models."): value for name, value in tutor.items()}
    return settings.load({})._replace(tutor=named)


def place(server: ModelServer) -> str:
    """HOST:PORT of a server."""
    return urlsplit(server.url).netloc


@pytest.fixture
def ollama(model_server: ModelServer) -> dict[str, str]:
    """An environment in which the model server is an Ollama that runs."""
    return {**NOBODY, "OLLAMA_HOST": place(model_server)}


Serve = Callable[[bytes], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A server that answers every GET with this body; it returns its port."""
    servers: list[ThreadingHTTPServer] = []

    def started(body: bytes) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return str(server.server_address[1])

    yield started
    for server in servers:
        server.shutdown()
        server.server_close()


def test_the_presets_are_the_providers_that_can_be_set() -> None:
    assert tuple(providers.PRESETS) == PROVIDERS


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_remote_preset_is_reached_safely_and_says_where_its_key_is_made(name: str) -> None:
    preset = providers.preset(name)

    if preset.needs_key:
        assert preset.url.startswith("https://")
        assert preset.page.startswith("https://")
    assert not preset.url.endswith("/")
    assert all(one.endswith("_KEY") for one in preset.variables)
    assert bool(preset.model) == bool(preset.cheap)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (None, ("deepseek", "set-for-all")),
        ("named", ("deepseek", "named")),
        ("named@zhipu", ("zhipu", "named")),
        ("@zhipu", ("zhipu", "glm-4.7-flash")),
        ("@cf/meta/llama", ("deepseek", "@cf/meta/llama")),
        ("a@b@openai", ("openai", "a@b")),
    ],
)
def test_a_named_model_goes_before_what_is_set(model: str | None, expected: tuple[str, str]) -> None:
    found = providers.endpoint_for(reader(provider="deepseek", model="set-for-all"), NOBODY, "ask", model)

    assert found is not None
    assert (found.provider, found.model) == expected
    assert not found.local


def test_a_model_for_one_job_goes_before_the_one_for_all() -> None:
    tutor = reader(provider="anthropic", model="strong", models_translate="cheap@zhipu", models_grade="other")

    found = {job: providers.endpoint_for(tutor, NOBODY, job) for job in JOBS}

    assert {job: one and (one.provider, one.model) for job, one in found.items()} == {
        "ask": ("anthropic", "strong"),
        "explain": ("anthropic", "strong"),
        "translate": ("zhipu", "cheap"),
        "grade": ("anthropic", "other"),
        "cards": ("anthropic", "strong"),
    }


def test_without_a_model_the_suggested_one_is_taken_and_a_cheap_one_translates() -> None:
    tutor = reader(provider="openai")

    asked = providers.endpoint_for(tutor, NOBODY, "ask")
    translated = providers.endpoint_for(tutor, NOBODY, "translate")

    assert asked is not None
    assert translated is not None
    assert asked.model == providers.preset("openai").model
    assert translated.model == providers.preset("openai").cheap != asked.model


def test_where_no_model_is_certain_one_must_be_chosen() -> None:
    with pytest.raises(ConfigurationError) as failure:
        providers.endpoint_for(reader(provider="openrouter"), NOBODY, "ask")

    assert failure.value.hint == "hint.no-model"


def test_an_unknown_provider_names_the_nearest() -> None:
    with pytest.raises(ConfigurationError) as failure:
        providers.endpoint_for(reader(), NOBODY, "ask", "qwen3@olama")

    assert failure.value.values["names"].split(", ")[0] == "ollama"  # type: ignore[attr-defined]


def test_a_custom_address_is_local_only_on_this_machine() -> None:
    def local(url: str) -> bool:
        found = providers.endpoint_for(reader(provider="custom", url=url, model="m"), NOBODY, "ask")
        assert found is not None
        return found.local

    assert [local(f"http://{host}/v1") for host in ("localhost:1", "127.0.0.2", "[::1]:5", "0.0.0.0:1")] == [
        True
    ] * 4
    others = ("192.168.1.5:8000", "localhost.example.com", "10.0.0.1", "example.com")
    assert [local(f"http://{host}/v1") for host in others] == [False] * 4


def test_a_custom_address_is_used_without_what_was_pasted_with_it() -> None:
    tutor = reader(url="https://one.example/v1/chat/completions/", model="m")

    found = providers.endpoint_for(tutor, NOBODY, "ask")

    assert found is not None
    assert (found.provider, found.url) == ("custom", "https://one.example/v1")


def test_custom_without_an_address_says_what_is_missing() -> None:
    with pytest.raises(ConfigurationError) as failure:
        providers.endpoint_for(reader(provider="custom", model="m"), NOBODY, "ask")

    assert failure.value.key == "error.no-provider-url"


@pytest.mark.parametrize(
    "url", ["http://host:port/v1", "http://[::1/v1", "https://", "http://?v1", "ftp://a"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError):
        providers.endpoint_for(reader(provider="custom", url=url, model="m"), NOBODY, "ask")


def test_a_set_address_belongs_to_the_set_provider_alone() -> None:
    tutor = reader(provider="deepseek", url="https://mirror.example", model="m", models_grade="n@zhipu")

    mirrored = providers.endpoint_for(tutor, NOBODY, "ask")
    other = providers.endpoint_for(tutor, NOBODY, "grade")

    assert mirrored is not None
    assert other is not None
    assert mirrored.url == "https://mirror.example"
    assert other.url == providers.preset("zhipu").url


def test_without_settings_and_servers_there_is_no_model() -> None:
    assert providers.endpoint_for(reader(), NOBODY, "ask") is None
    assert providers.server(None, reader(), NOBODY) is None


def test_a_local_server_that_runs_is_found(model_server: ModelServer, ollama: dict[str, str]) -> None:
    model_server.models = ["nomic-embed-text:latest", "gpt-oss:120b-cloud", "qwen3:8b", "llama3.2:3b"]

    found = providers.endpoint_for(reader(), ollama, "ask")

    assert found is not None
    assert found == ("ollama", model_server.url, "qwen3:8b", True)


def test_a_llama_cpp_server_is_found_too(model_server: ModelServer) -> None:
    port = place(model_server).split(":")[1]

    found = providers.endpoint_for(reader(), {**NOBODY, "LLAMA_ARG_PORT": port}, "ask")

    assert found is not None
    assert (found.provider, found.model, found.local) == ("llama.cpp", "test-model", True)


def test_a_named_model_is_asked_of_the_server_that_runs(ollama: dict[str, str]) -> None:
    found = providers.endpoint_for(reader(), ollama, "ask", "phi4")

    assert found is not None
    assert (found.provider, found.model) == ("ollama", "phi4")


@pytest.mark.parametrize(
    "body",
    [
        b"<html>It works!</html>",
        b"[]",
        b'{"status": "ok"}',
        b'{"object": "list", "data": [{"name": "no id"}]}',
        b'{"object": "list", "data": {"id": "x"}}',
        b'{"object": "list", "data": []}',
        b'{"object": "list", "data": null}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_a_server_of_another_kind_or_without_a_model_is_none(serve: Serve, body: bytes) -> None:
    port = serve(body)

    assert providers.endpoint_for(reader(), {**NOBODY, "LLAMA_ARG_PORT": port}, "ask") is None


def test_a_list_without_models_is_a_server_that_runs(serve: Serve) -> None:
    port = serve(json.dumps({"object": "list", "data": None}).encode())

    assert providers.running({**NOBODY, "OLLAMA_HOST": f":{port}"}) == {"ollama": ()}


def test_a_model_that_was_switched_off_is_not_offered(serve: Serve) -> None:
    rows = [{"id": "old", "status": "Shutdown"}, {"id": "new", "status": "Running"}, {"id": "plain"}]
    port = serve(json.dumps({"object": "list", "data": rows}).encode())

    assert client.models(f"http://127.0.0.1:{port}/v1", None, True) == ("new", "plain")


def test_only_models_for_conversations_are_offered() -> None:
    able = ("qwen3:8b", "glm-4.7-flash", "openai/gpt-6-sol", "videochat-7b", "models-image/x/llava")
    others = (
        "nomic-embed-text", "BAAI/bge-m3", "gpt-image-2", "tts-1-hd", "whisper-1", "dall-e-3", "veo-3.1",
        "doubao-seedream-4-0", "gpt-realtime", "gemini-2.5-flash-image", "text-moderation-latest",
    )  # fmt: skip

    assert local_servers.chat_models((*others, *able)) == able


def test_only_this_machine_is_asked_whether_a_server_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(local_servers, "offered", lambda url: asked.append(url))

    providers.running({"OLLAMA_HOST": "192.0.2.1", "LLAMA_ARG_HOST": "192.0.2.2"})

    assert asked == []


def test_a_chosen_local_provider_without_a_model_uses_its_first(
    model_server: ModelServer, ollama: dict[str, str]
) -> None:
    model_server.models = ["bge-m3:latest", "mistral:7b"]

    found = providers.endpoint_for(reader(provider="ollama"), ollama, "ask")

    assert found is not None
    assert found.model == "mistral:7b"


def test_a_chosen_local_provider_that_does_not_run_is_told() -> None:
    with pytest.raises(NetworkError) as failure:
        providers.endpoint_for(reader(provider="ollama"), NOBODY, "ask")

    assert failure.value.key == "error.no-local-model"


@pytest.mark.parametrize("model", ["gpt-oss:120b-cloud", "kimi-k2:cloud"])
def test_what_a_local_ollama_passes_on_is_not_local(ollama: dict[str, str], model: str) -> None:
    found = providers.endpoint_for(reader(provider="ollama", model=model), ollama, "ask")

    assert found is not None
    assert not found.local


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("", "http://localhost:11434/v1"),
        ("0.0.0.0", "http://127.0.0.1:11434/v1"),
        ("0.0.0.0:1234", "http://127.0.0.1:1234/v1"),
        ("[::]:1234", "http://127.0.0.1:1234/v1"),
        (":1234", "http://localhost:1234/v1"),
        ("localhost", "http://localhost:11434/v1"),
        ("192.168.1.5", "http://192.168.1.5:11434/v1"),
        ("box.lan:80", "http://box.lan:80/v1"),
        ("http://box.lan", "http://box.lan/v1"),
        ("https://box.lan/ollama/", "https://box.lan/ollama/v1"),
        ("https://box.lan:8443", "https://box.lan:8443/v1"),
        ("[::1]", "http://[::1]:11434/v1"),
        ("::1", "http://[::1]:11434/v1"),
        ("[::1]:1234", "http://[::1]:1234/v1"),
        ("box.lan:99999", "http://box.lan:11434/v1"),
        (" '127.0.0.1:1234' ", "http://127.0.0.1:1234/v1"),
        ("ollama.com", "https://ollama.com/v1"),
    ],
)
def test_ollama_listens_where_its_variable_says(host: str, url: str) -> None:
    assert local_servers.ollama_url({"OLLAMA_HOST": host}) == url


@given(st.text(alphabet="ab.:/[]@%#? 019\u4e2d", max_size=12))
def test_a_variable_with_anything_in_it_breaks_nothing(host: str) -> None:
    for url in (
        local_servers.ollama_url({"OLLAMA_HOST": host}),
        local_servers.llama_cpp_url({"LLAMA_ARG_HOST": host, "LLAMA_ARG_PORT": host}),
    ):
        assert urlsplit(url).hostname
        assert urlsplit(url).port != 0
        assert local_servers.is_loopback(url) in (True, False)


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        ({}, "http://localhost:8080/v1"),
        ({"LLAMA_ARG_HOST": "0.0.0.0", "LLAMA_ARG_PORT": "9000"}, "http://127.0.0.1:9000/v1"),
        ({"LLAMA_ARG_HOST": "/run/llama.sock"}, "http://localhost:8080/v1"),
        ({"LLAMA_ARG_PORT": "many"}, "http://localhost:8080/v1"),
    ],
)
def test_llama_cpp_listens_where_its_variables_say(environ: dict[str, str], url: str) -> None:
    assert local_servers.llama_cpp_url(environ) == url


def test_a_server_that_says_nothing_does_not_hold_the_reader_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_servers, "_PATIENCE", 0.05)

    begun = time.monotonic()

    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = str(silent.getsockname()[1])

        assert providers.endpoint_for(reader(), {**NOBODY, "LLAMA_ARG_PORT": port}, "ask") is None
    assert time.monotonic() - begun < 5


def test_llama_server_is_found_where_it_is_to_listen_one_day(
    model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = model_server.url.split(":")[2].split("/")[0]
    monkeypatch.setattr(local_servers, "_LLAMA_CPP_NEXT_PORT", port)

    assert local_servers.llama_cpp_url({}) == f"http://localhost:{port}/v1"
    assert local_servers.llama_cpp_url({"LLAMA_ARG_PORT": "8081"}) == "http://localhost:8081/v1"
