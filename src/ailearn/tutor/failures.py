"""What can go wrong with a model, in plain words: providers tell it in many ways.

The forms of error bodies that are told apart here, and where they are documented:

- OpenAI and most others: `{"error": {"message", "type", "param", "code"}}` (API guides, error codes);
- DeepSeek: the same, with 402 for an empty account (API docs, error codes);
- Zhipu: `{"error": {"code": "1113", "message"}}`, codes of four digits (docs.bigmodel.cn, api-code);
- Volcano Engine: `{"error": {"code": "ModelNotOpen", "message", "type"}}` (volcengine.com, document 1299023);
- Gemini: `[{"error": {"code": 400, "message", "status": "INVALID_ARGUMENT", "details"}}]`, which is what a
  wrong key gets, too (ai.google.dev, API errors);
- Anthropic: `{"type": "error", "error": {"type": "billing_error", "message"}}`, 529 when it is overloaded
  (API errors);
- OpenRouter: `{"error": {"code": 402, "message", "metadata"}}`, also in the middle of an answer (errors and
  debugging);
- Ollama: as OpenAI, but `code` is always null (its source, openai/openai.go);
- llama.cpp: `{"error": {"code": 400, "message", "type": "exceed_context_size_error"}}`, which older versions
  send with status 200 or 500 (its server's README; pull request 15780);
- LM Studio: `{"error": "Unexpected endpoint or method. …"}` with status 200 for a wrong address (bug 618).
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import ceil
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ailearn.controls import safe
from ailearn.errors import NetworkError
from ailearn.network import BadStatus, BrokenOff, host_of
from ailearn.tutor.talk import Endpoint

# How much of a provider's own words is shown.
_MOST_WORDS = 200
# What can be left out of a request, should the server or the model not know it.
_OPTIONS = ("temperature", "response_format")


class ContextTooLong(NetworkError):
    """The request does not fit into what the model can read at once."""


class Busy(NetworkError):
    """Too many requests, or a server that is overloaded; `wait` is in seconds, None when it does not say."""

    def __init__(self, key: str, /, *, wait: float | None, hint: str | None = None, **values: object) -> None:
        super().__init__(key, hint=hint, wait=wait, **values)
        self.wait = wait


class WrongKey(NetworkError):
    """The key is wrong or missing, or does not allow this."""


class NoCredit(NetworkError):
    """The account is empty, or its limit is used up."""


class NoSuchModel(NetworkError):
    """The server does not have the model, or not for this account."""


class Refused(NetworkError):
    """The provider would not let the model answer this."""


class NotAChatApi(NetworkError):
    """Whatever answers at the address does not speak the chat API."""


class ServerFailed(NetworkError):
    """The server says that something is wrong with itself."""


class _Report(NamedTuple):
    """What an error body says: its codes and types in lower case, and its words."""

    status: int
    codes: frozenset[str]
    words: str


def _pattern(*parts: str) -> re.Pattern[str]:
    return re.compile("|".join(parts), re.IGNORECASE)


# What codes and types look like, and words where a provider has no code of its own for it.
_TOO_LONG = _pattern(
    "^context_length_exceeded$", "^exceed_context_size", "^string_above_max_length$", "^1261$"
)
_TOO_LONG_WORDS = _pattern(
    "context (length|window|size)", "prompt is too long", "too many tokens", "request too large",
    "input (is|length|token).*(long|exceed)", "exceeds?( the)? max.*tokens", "tokens? count.*exceed",
    "reduce the length", "超长", "上下文长度",
)  # fmt: skip
_REFUSED = _pattern(
    "content_?(filter|policy)", "sensitivecontent", "riskdetection", "moderation", "^invalid_prompt$",
    "^1301$",
)  # fmt: skip
_REFUSED_WORDS = _pattern("content exists risk", "content policy", "input was flagged", "prohibited_content")
_NO_CREDIT = _pattern(
    "^insufficient_(quota|balance)$", "^billing", "^credit_balance", "overdue", "^setlimitexceeded$",
    "^quotaexceeded$", "^1113$", "^13(04|08|09|10)$",
)  # fmt: skip
_NO_CREDIT_WORDS = _pattern(
    "credit balance is too low", "insufficient (balance|credits)", "usage limit", "余额不足", "欠费"
)
_ELSEWHERE = _pattern(
    "unsupported_country", "(location|country|region)[^.]*not (supported|available)",
    "not (supported|available) in your (location|country|region)", "^request not allowed$",
)  # fmt: skip
_NO_MODEL = _pattern(
    r"^model_?not_?(found|open)$", r"^invalidendpoint(ormodel)?\.notfound$", "^12(11|21)$", "^1311$"
)
_NO_MODEL_WORDS = _pattern(
    r"\bmodels?\b.*(not found|not exist|no longer)", "not a valid model", "no endpoints found", "模型不存在"
)
_WRONG_KEY = _pattern(
    "^invalid_api_key$", "^api_key_invalid$", "^authentication_?error$", "^unauthenticated$", "^100[0-5]$"
)
_BUSY = _pattern(
    "^rate_?limit",
    "^overloaded_error$",
    "^server_?overloaded$",
    "^resource_exhausted$",
    "^130[235]$",
    "^1312$",
)


def explained(error: BadStatus, endpoint: Endpoint, key: str | None) -> NetworkError:
    """What a server means that answered with an error instead of an answer."""
    report = _report(error.status, _parsed(error.body), key)
    if 300 <= report.status < 400:
        # The key stays where it belongs, so nobody follows.
        target = _without(key, error.headers.get("location", "–")).removesuffix("/chat/completions")
        return NotAChatApi("error.tutor-moved", hint="hint.tutor-address", url=endpoint.url, target=target)
    return _meant(report, endpoint, key, error.headers)


def reported(chunk: Mapping[str, Any], endpoint: Endpoint, key: str | None) -> NetworkError:
    """What a server means that reports an error where an answer, or more of it, should stand."""
    report = _report(0, chunk, key)
    status = next((int(code) for code in report.codes if re.fullmatch("[45][0-9][0-9]", code)), 500)
    return _meant(report._replace(status=status), endpoint, key, {})


def broken_off(reason: str, endpoint: Endpoint) -> NetworkError:
    """What a server means that ends an answer for a `reason` of its own."""
    host = host_of(endpoint.url)
    if reason == "insufficient_system_resource":
        return Busy("error.tutor-busy", wait=None, hint="hint.tutor-busy", host=host)
    return BrokenOff("error.network-broken", hint="hint.network-later", host=host)


def no_chat_api(endpoint: Endpoint) -> NetworkError:
    """The error for an address where something else answers: a page for people, or JSON of another kind."""
    versioned = re.search(r"/v\d", urlsplit(endpoint.url).path)
    own = endpoint.provider in ("", "custom", "ollama", "llama.cpp")
    hint = "hint.tutor-address-version" if own and not versioned else "hint.tutor-address"
    return NotAChatApi("error.tutor-no-api", hint=hint, url=endpoint.url)


def unknown_option(error: BadStatus, posted: Mapping[str, Any]) -> str | None:
    """The option in `posted` that a server does not take, when that is what it complains about."""
    if error.status not in (400, 422):
        return None
    found = next((name for name in _OPTIONS if name in posted and name in error.body), None)
    # llama.cpp, when its grammar for objects does not fit the words of a model.
    return found or ("response_format" if "response_format" in posted and "samplers" in error.body else None)


def _meant(report: _Report, endpoint: Endpoint, key: str | None, headers: Mapping[str, str]) -> NetworkError:
    """The error that codes and words speak of, whatever the status; otherwise the one of the status."""
    host, status, words = host_of(endpoint.url), report.status, report.words
    found = _about_the_question(report, endpoint, host) or _about_the_account(report, endpoint, host, key)
    if found is not None:
        return found
    if status in (429, 503, 529) or _says(report, _BUSY):
        return _busy(report, host, headers)
    if status in (404, 405, 410) or words.startswith("Unexpected endpoint"):
        return no_chat_api(endpoint)
    if status >= 500:
        return ServerFailed("error.tutor-server", hint="hint.tutor-said", host=host, words=words or status)
    return NetworkError("error.tutor-said", hint="hint.tutor-said", host=host, words=words or status)


def _about_the_question(report: _Report, endpoint: Endpoint, host: str) -> NetworkError | None:
    if _says(report, _TOO_LONG, _TOO_LONG_WORDS):
        return ContextTooLong("error.tutor-too-long", hint="hint.tutor-too-long", model=endpoint.model)
    if _says(report, _REFUSED, _REFUSED_WORDS):
        return Refused("error.tutor-refused", hint="hint.tutor-refused", host=host)
    return None


def _about_the_account(
    report: _Report, endpoint: Endpoint, host: str, key: str | None
) -> NetworkError | None:
    status, words = report.status, report.words
    if status == 402 or _says(report, _NO_CREDIT, _NO_CREDIT_WORDS):
        return NoCredit("error.tutor-no-credit", hint="hint.tutor-no-credit", host=host)
    if _says(report, _ELSEWHERE, _ELSEWHERE):
        return NetworkError("error.tutor-elsewhere", hint="hint.tutor-elsewhere", host=host)
    unknown = _says(report, _NO_MODEL, _NO_MODEL_WORDS)
    if endpoint.model and (unknown or (status == 404 and re.search(r"\bmodels?\b", words))):
        pulled = endpoint.provider == "ollama" or "pull" in words
        hint = "hint.tutor-pull-model" if pulled else "hint.tutor-no-such-model"
        return NoSuchModel("error.tutor-no-such-model", hint=hint, host=host, model=endpoint.model)
    if status == 401 or _says(report, _WRONG_KEY):
        if key is None:
            return WrongKey("error.tutor-key-wanted", hint="hint.tutor-key-wanted", host=host)
        return WrongKey("error.tutor-wrong-key", hint="hint.tutor-wrong-key", host=host)
    if status == 403:
        return WrongKey(
            "error.tutor-forbidden", hint="hint.tutor-wrong-key", host=host, words=words or status
        )
    return None


def _says(report: _Report, codes: re.Pattern[str], words: re.Pattern[str] | None = None) -> bool:
    return any(map(codes.search, report.codes)) or bool(words and words.search(report.words))


def _busy(report: _Report, host: str, headers: Mapping[str, str]) -> Busy:
    if "loading model" in report.words.lower():
        return Busy("error.tutor-loading", wait=None, hint="hint.tutor-loading", host=host)
    wait = _wait(headers)
    if wait is None:
        return Busy("error.tutor-busy", wait=None, hint="hint.tutor-busy", host=host)
    return Busy("error.tutor-busy-for", wait=wait, hint="hint.tutor-busy", host=host, seconds=ceil(wait))


def _wait(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait as `Retry-After` says, in its two forms (RFC 9110, section 10.2.3)."""
    named = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", named):
        return float(named)
    try:
        moment = parsedate_to_datetime(named)
    except ValueError:
        return None
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0) if moment.tzinfo else None


def _parsed(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _report(status: int, body: Any, key: str | None) -> _Report:
    if isinstance(body, list) and body:
        body = body[0]
    error = body.get("error", body) if isinstance(body, dict) else None
    if isinstance(error, str):
        return _Report(status, frozenset(), _words(error, key))
    if not isinstance(error, dict):
        return _Report(status, frozenset(), "")
    return _Report(status, frozenset(map(str, _codes(error))), _words(_message(error), key))


def _codes(error: Mapping[str, Any]) -> Iterator[object]:
    """Every code of an error: `code` and `type`, and Google's `status` and the `reason` of each detail."""
    yield from (error[name] for name in ("code", "type", "status") if isinstance(error.get(name), str | int))
    details = error.get("details")
    for detail in details if isinstance(details, list) else ():
        if isinstance(detail, dict) and isinstance(detail.get("reason"), str):
            yield detail["reason"]


def _message(error: Mapping[str, Any]) -> str:
    """The words of an error; OpenRouter hides those of the provider behind it in `metadata.raw`."""
    message = next((error[name] for name in ("message", "detail") if isinstance(error.get(name), str)), "")
    metadata = error.get("metadata")
    raw = metadata.get("raw") if isinstance(metadata, dict) else None
    return f"{message} {raw}" if isinstance(raw, str) else message


def _without(key: str | None, text: str) -> str:
    return text.replace(key, "***") if key else text


def _words(text: str, key: str | None) -> str:
    """A provider's words on one short line, without the key should it be among them."""
    line = safe(" ".join(_without(key, text).split())).removesuffix(".").removesuffix("。")
    return line if len(line) <= _MOST_WORDS else line[: _MOST_WORDS - 1].rstrip() + "…"
