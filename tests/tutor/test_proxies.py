"""Which proxy leads to an address, as curl and requests read the variables."""

import os

import pytest
from tests.conftest import Run
from tests.tutor.server import ModelServer

from ailearn import network
from ailearn.errors import NetworkError
from ailearn.proxies import proxy_for

URL = "https://models.example/v1"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


def found(monkeypatch: pytest.MonkeyPatch, url: str = URL, **variables: str) -> tuple[str, str] | None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return proxy_for(url)


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("http://127.0.0.1:7890", "http://127.0.0.1:7890"),
        ("http://127.0.0.1:7890/", "http://127.0.0.1:7890"),
        (" http://127.0.0.1:7890 ", "http://127.0.0.1:7890"),
        ("127.0.0.1:7890", "http://127.0.0.1:7890"),
        ("localhost:7890", "http://localhost:7890"),
        ("proxy.example", "http://proxy.example"),
        ("HTTP://proxy.example:8080", "http://proxy.example:8080"),
        ("https://proxy.example", "https://proxy.example"),
        ("socks://127.0.0.1:7890/", "socks5h://127.0.0.1:7890"),
        ("socks5://127.0.0.1:7890", "socks5h://127.0.0.1:7890"),
        ("socks5h://me:pw@127.0.0.1:7890", "socks5h://me:pw@127.0.0.1:7890"),
        ("http://[::1]:7890", "http://[::1]:7890"),
    ],
)
def test_a_proxy_is_read_in_every_form(monkeypatch: pytest.MonkeyPatch, value: str, url: str) -> None:
    assert found(monkeypatch, ALL_PROXY=value) == (url, "ALL_PROXY")


@pytest.mark.parametrize(
    "value",
    [
        "socks4://host:1",
        "ftp://host:1",
        "http://",
        "http://host:port",
        "http://host:99999",
        "http://[::1",
    ],
)
@pytest.mark.parametrize("variable", ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
def test_the_variable_at_fault_is_named(monkeypatch: pytest.MonkeyPatch, value: str, variable: str) -> None:
    with pytest.raises(NetworkError) as caught:
        found(monkeypatch, **{variable: value.replace("host", "me:pw@host")})

    assert caught.value.values == {"variable": variable}
    assert f"`{variable}`" in str(caught.value)


def test_what_is_not_needed_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    good = {"https_proxy": "http://127.0.0.1:7890", "all_proxy": "gopher://127.0.0.1:1", "http_proxy": "::"}

    assert found(monkeypatch, **good) == ("http://127.0.0.1:7890", "https_proxy")
    assert found(monkeypatch, NO_PROXY="models.example", https_proxy="nonsense://") is None


def test_small_letters_go_before_capital_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    named = {"HTTPS_PROXY": "http://capital:1", "https_proxy": "http://small:1", "ALL_PROXY": "http://all:1"}

    assert found(monkeypatch, **named) == ("http://small:1", "https_proxy")
    assert found(monkeypatch, "http://models.example", **named) == ("http://all:1", "ALL_PROXY")


@pytest.mark.parametrize(
    ("left_out", "url", "direct"),
    [
        ("localhost,[::1]", URL, False),
        ("localhost, models.example", URL, True),
        ("localhost models.example", URL, True),
        ("MODELS.Example", URL, True),
        (".example", URL, True),
        ("*.example", URL, True),
        ("example", URL, True),
        (".models.example", URL, True),
        ("odels.example", URL, False),
        ("els.example", URL, False),
        ("models.example.", URL, True),
        ("models.example:443", URL, True),
        ("models.example:8443", URL, False),
        ("models.example:8443", "https://models.example:8443/v1", True),
        ("a,*", URL, True),
        (",, ,", URL, False),
        ("*.*, [, ]:1, 10.0.0.0/99, ::::/1, /8", URL, False),
        ("10.0.0.0/8", "http://10.1.2.3/v1", True),
        ("10.0.0.1/8", "http://10.1.2.3/v1", True),
        ("10.0.0.0/8", "http://11.1.2.3/v1", False),
        ("10.1.2.3", "http://10.1.2.3:8000/v1", True),
        ("2001:db8::/32", "http://[2001:db8::5]:8000/v1", True),
        ("[2001:db8::5]", "http://[2001:db8::5]:8000/v1", True),
        ("[2001:db8::5]:8000", "http://[2001:db8::5]:8000/v1", True),
        ("[2001:db8::5]:80", "http://[2001:db8::5]:8000/v1", False),
        ("10.0.0.0/8", "http://[2001:db8::5]:8000/v1", False),
        ("", URL, False),
    ],
)
def test_what_is_asked_directly(
    monkeypatch: pytest.MonkeyPatch, left_out: str, url: str, direct: bool
) -> None:
    proxy = found(monkeypatch, url, ALL_PROXY="http://127.0.0.1:7890", NO_PROXY=left_out)

    assert (proxy is None) is direct


@pytest.mark.parametrize(
    "value", ["http://a b:1", "http://ho\x01st:1", "http://-.-:1", "http://xn--a:1", "socks://😀:1"]
)
def test_a_proxy_that_no_request_can_use_is_told_as_well(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("https_proxy", value)

    with pytest.raises(NetworkError) as caught:
        network.get_json(URL, wait=1)
    assert caught.value.key in ("error.network-settings", "error.network-unknown-host")


def test_a_password_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = found(monkeypatch, ALL_PROXY="http://me:pw-secret@127.0.0.1:7890")

    assert proxy is not None
    assert "pw-secret" not in repr(proxy)


def test_requests_go_through_whatever_else_is_set(
    monkeypatch: pytest.MonkeyPatch, model_server: ModelServer
) -> None:
    monkeypatch.setenv("http_proxy", model_server.address("/").removeprefix("http://"))
    monkeypatch.setenv("all_proxy", "socks://127.0.0.1:7890/")
    monkeypatch.setenv("NO_PROXY", "localhost,[::1],10.0.0.0/8,.local")

    network.get_json("http://models.invalid/v1/models")
    assert model_server.requests[0].path == "http://models.invalid/v1/models"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_reader_is_told_which_variable(run: Run, language: str) -> None:
    run("config", "set", "tutor.url", URL)
    run("config", "set", "tutor.agreed", "models.example")

    told = run("tutor", "models", "--lang", language, all_proxy="gopher://127.0.0.1:1")
    assert told.exit == 7
    assert "`all_proxy`" in told.err
    assert "socks5://" in told.err
    told = run("tutor", "models", "--lang", language, SSL_CERT_FILE="/nowhere/certificates.pem")
    assert told.exit == 7
    assert "`SSL_CERT_FILE`" in told.err
