"""An OpenAI-compatible server on the loopback interface that says what a test has told it to say."""

import json
import sys
import threading
import time
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Received(NamedTuple):
    """One request as it came in; `body` is its JSON, None without one."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any

    @property
    def prompt(self) -> str:
        """All messages of a chat request, as text."""
        return "\n".join(message["content"] for message in self.body["messages"])


class Script(NamedTuple):
    """What the server answers to one request: bytes, written chunk by chunk with `pause` seconds between.

    A `breaks` server drops the connection after the last chunk; a `stalls` one says nothing for so many
    seconds instead.
    """

    chunks: Sequence[bytes]
    status: int = 200
    content_type: str = "text/event-stream"
    headers: tuple[tuple[str, str], ...] = ()
    pause: float = 0.0
    breaks: bool = False
    stalls: float = 0.0


def event(data: object) -> bytes:
    """One server-sent event with JSON data, or with text as it is."""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return f"data: {text}\n\n".encode()


def delta(model: str = "test-model", finish: str | None = None, **fields: str) -> dict[str, Any]:
    """One chunk of a chat completion as OpenAI documents it; `fields` are those of the delta."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "model": model,
        "choices": [{"index": 0, "delta": fields, "finish_reason": finish}],
    }


def answer(text: str, *, finish: str = "stop", size: int = 8) -> Script:
    """An ordinary streamed answer, `size` characters at a time."""
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    chunks = [event(delta(role="assistant", content="")), *(event(delta(content=one)) for one in pieces)]
    return Script((*chunks, event(delta(finish=finish)), event("[DONE]")))


def failure(status: int, body: object, *headers: tuple[str, str]) -> Script:
    """An error with a JSON body, or with text as it is."""
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    kind = "text/html" if isinstance(body, str) else "application/json"
    return Script((text.encode(),), status, kind, headers)


class ModelServer:
    """The server. Chat requests are answered by the queued scripts in turn, the last one again and again.

    `models` are the ids that `GET /v1/models` lists, `pages` what is answered to GET elsewhere, by its path;
    `requests` holds everything that came in.
    """

    def __init__(self) -> None:
        self.requests: list[Received] = []
        self.models: list[str] = ["test-model"]
        self.pages: dict[str, Script] = {}
        self._scripts: list[Script] = [answer("An answer.")]
        self._spent = True
        self._reply: Callable[[Received], Script] | None = None
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The base address, as a reader configures it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def address(self, path: str) -> str:
        """The address of one of the `pages`."""
        return f"{self.url.removesuffix('/v1')}{path}"

    @property
    def chats(self) -> list[Received]:
        """The chat requests that came in."""
        return [one for one in self.requests if one.path.endswith("/chat/completions")]

    def say(self, *texts: str) -> None:
        """Answer the next requests with these texts."""
        self.play(*map(answer, texts))

    def play(self, *scripts: Script) -> None:
        """Answer the next requests so, after those for which there is a script already."""
        self._scripts = list(scripts) if self._spent else [*self._scripts, *scripts]
        self._spent = False

    def reply_with(self, reply: Callable[[Received], Script]) -> None:
        """Answer every request from now on as `reply` says."""
        self._reply = reply

    def next_script(self) -> Script:
        """The script for the request that came in now."""
        if self._reply is not None:
            return self._reply(self.requests[-1])
        if len(self._scripts) > 1:
            return self._scripts.pop(0)
        self._spent = True
        return self._scripts[0]

    def close(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing when a client hangs up."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def _handler(server: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._receive()
            models = [{"id": one, "object": "model", "owned_by": "test"} for one in server.models]
            listed = json.dumps({"object": "list", "data": models}).encode()
            self._write(server.pages.get(self.path, Script((listed,), 200, "application/json")))

        def do_POST(self) -> None:
            self._receive()
            self._write(server.next_script())

        def _receive(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            raw = self.rfile.read(length)
            body = json.loads(raw) if raw else None
            server.requests.append(Received(self.command, self.path, dict(self.headers.items()), body))

        def _write(self, script: Script) -> None:
            try:
                self.send_response(script.status)
                self.send_header("Content-Type", script.content_type)
                self.send_header("Transfer-Encoding", "chunked")
                for name, value in script.headers:
                    self.send_header(name, value)
                self.end_headers()
                for chunk in script.chunks:
                    if chunk:
                        self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
                        self.wfile.flush()
                    time.sleep(script.pause)
                time.sleep(script.stalls)
                if script.breaks:
                    self.close_connection = True
                    self.connection.close()
                else:
                    self.wfile.write(b"0\r\n\r\n")
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler
