"""A model that was chosen for a job, ready to be asked."""

from collections.abc import Callable
from typing import NamedTuple

from ailearn.errors import NetworkError
from ailearn.network import WAIT, BrokenOff, Silent, TooMuch
from ailearn.tutor import client
from ailearn.tutor.failures import ContextTooLong, Refused
from ailearn.tutor.talk import Compose, Ending, Endpoint, Piece, Reply, Request

# How much of the material goes along, at first and whenever the model says that it is too much.
_SHARES = (1.0, 0.5, 0.25, 0.0)


class Teacher(NamedTuple):
    """An endpoint with its key, which is never shown: `repr` leaves it out.

    `timeout` is the longest time without a word, in seconds.
    """

    endpoint: Endpoint
    key: str | None
    timeout: float = WAIT

    def __repr__(self) -> str:
        return f"Teacher({self.endpoint!r})"

    def answer(self, compose: Compose, listen: Callable[[Piece], None] = lambda _: None) -> Reply:
        """Ask, and hand every piece to `listen` as it arrives.

        KeyboardInterrupt from `listen` or while waiting ends the answer, which then is `stopped`. Raises
        NetworkError when nothing at all came back.
        """
        for number, share in enumerate(_SHARES):
            try:
                return self._hear(compose(share), listen)._replace(shortened=number > 0)
            except ContextTooLong:
                if share == _SHARES[-1]:
                    raise
        raise AssertionError("the last share answers or raises")

    def _hear(self, request: Request, listen: Callable[[Piece], None]) -> Reply:
        text: list[str] = []
        stream: client.ChatStream | None = None

        def reply(ending: Ending, failure: str = "") -> Reply:
            model = stream.model if stream else self.endpoint.model
            return Reply("".join(text), ending, model, failure=failure)

        try:
            stream = client.stream(self.endpoint, self.key, request, wait=self.timeout)
            for piece in stream:
                if piece.kind == "text":
                    text.append(piece.text)
                elif piece.kind == "unsaid":
                    text.clear()
                listen(piece)
        except KeyboardInterrupt:
            return reply("stopped")
        except NetworkError as error:
            if not text:
                raise
            return reply("cut", _reason(error))
        finally:
            if stream:
                stream.close()
        if not "".join(text).strip():
            raise self._nothing(stream.ending)
        return reply(stream.ending)

    def _nothing(self, ending: Ending) -> NetworkError:
        """Why an answer without a word is none."""
        if ending == "refused":
            return Refused("error.tutor-model-refused", hint="hint.tutor-refused", model=self.endpoint.model)
        key = "error.tutor-only-thoughts" if ending == "length" else "error.tutor-empty"
        return NetworkError(key, hint="hint.tutor-empty", model=self.endpoint.model)


def _reason(error: NetworkError) -> str:
    """The message that says in half a sentence why an answer broke off."""
    if isinstance(error, Silent):
        return "tutor.reason-silent"
    if isinstance(error, TooMuch):
        return "tutor.reason-endless"
    return "tutor.reason-broken" if isinstance(error, BrokenOff) else "tutor.reason-server"
