"""Keys: where they are looked for, how they are kept, and that nobody sees them."""

import os
import stat
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from ailearn.errors import ConfigurationError, NetworkError
from ailearn.tutor import keys
from ailearn.tutor.talk import Endpoint

SECRET = "sk-test-0123456789abcdef"
DEEPSEEK = Endpoint("deepseek", "https://api.deepseek.com", "deepseek-flash", False)
LOCAL = Endpoint("custom", "http://127.0.0.1:8000/v1", "m", True)
ELSEWHERE = Endpoint("custom", "https://one.example/v1", "m", False)
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")


class Remembering(KeyringBackend):
    """A keyring in memory; one that is `locked` answers nothing."""

    priority = 5

    def __init__(self, *, locked: bool = False) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.held: dict[tuple[str, str], str] = {}
        self.locked = locked
        self.asked = 0

    def _unlocked(self) -> None:
        self.asked += 1
        if self.locked:
            raise KeyringLocked("The collection is locked")

    def get_password(self, service: str, username: str) -> str | None:
        self._unlocked()
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._unlocked()
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._unlocked()
        if self.held.pop((service, username), None) is None:
            raise PasswordDeleteError("not found")


@pytest.fixture
def ring(request: pytest.FixtureRequest) -> Iterator[Remembering]:
    """A system keyring that works, or with `locked` as its parameter one that does not."""
    before = keyring.get_keyring()
    backend = Remembering(locked=getattr(request, "param", "") == "locked")
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The config folder, which does not exist yet."""
    return tmp_path / "config"


def test_a_key_does_not_show_itself() -> None:
    key = keys.Key(SECRET, "keyring")

    assert SECRET not in repr(key)
    assert SECRET not in f"{(key, [key])}"
    assert "keyring" in repr(key)


def test_the_environment_goes_before_the_keyring_and_the_keyring_before_the_file(
    ring: Remembering, folder: Path
) -> None:
    keys.keep_key(LOCAL, "local-key", folder)
    path = folder / "keys.toml"
    path.write_text(f'{path.read_text(encoding="utf-8")}deepseek = "in-file"\n', encoding="utf-8")

    assert keys.key_for(DEEPSEEK, {}, folder) == ("in-file", str(path))
    ring.held["ailearn", "deepseek"] = "in-ring"
    assert keys.key_for(DEEPSEEK, {}, folder) == ("in-ring", "keyring")
    assert keys.key_for(DEEPSEEK, {"DEEPSEEK_API_KEY": " in-env\n"}, folder) == ("in-env", "DEEPSEEK_API_KEY")
    assert keys.key_for(DEEPSEEK, {"DEEPSEEK_API_KEY": "  "}, folder) == ("in-ring", "keyring")


def test_a_second_variable_of_a_provider_counts(folder: Path) -> None:
    zhipu = Endpoint("zhipu", "https://open.bigmodel.cn/api/paas/v4", "glm", False)

    assert keys.key_for(zhipu, {"ZAI_API_KEY": "a"}, folder) == ("a", "ZAI_API_KEY")
    assert keys.key_for(zhipu, {"ZAI_API_KEY": "a", "ZHIPUAI_API_KEY": "b"}, folder) == (
        "b",
        "ZHIPUAI_API_KEY",
    )


def test_a_missing_key_names_variable_and_page(folder: Path) -> None:
    with pytest.raises(NetworkError) as failure:
        keys.key_for(DEEPSEEK, {}, folder)

    assert failure.value.exit_code == 7
    assert failure.value.values["variable"] == "DEEPSEEK_API_KEY"
    assert "deepseek.com" in str(failure.value.values["page"])
    assert not folder.exists(), "looking makes nothing"


def test_who_needs_no_key_goes_on_without(folder: Path) -> None:
    ollama = Endpoint("ollama", "http://192.168.1.5:11434/v1", "m", False)

    assert keys.key_for(LOCAL, {}, folder) is None
    assert keys.key_for(ELSEWHERE, {}, folder) is None
    assert keys.key_for(ollama, {}, None) is None


def test_the_keyring_is_never_asked_for_a_local_server(ring: Remembering, folder: Path) -> None:
    kept = keys.keep_key(LOCAL, SECRET, folder)

    assert keys.key_for(LOCAL, {}, folder) == (SECRET, kept.source)
    passed_on = Endpoint("ollama", "http://localhost:11434/v1", "gpt-oss:120b-cloud", False)
    assert keys.key_for(passed_on, {}, folder) is None
    assert keys.forget_key(LOCAL, folder) == (kept.source,)
    assert ring.asked == 0


def test_a_key_is_kept_in_the_keyring_and_not_in_a_file(ring: Remembering, folder: Path) -> None:
    kept = keys.keep_key(DEEPSEEK, SECRET, folder)

    assert kept == ("keyring", "")
    assert ring.held == {("ailearn", "deepseek"): SECRET}
    assert not folder.exists()
    assert keys.forget_key(DEEPSEEK, folder) == ("keyring",)
    assert ring.held == {}


@pytest.mark.parametrize("ring", ["locked"], indirect=True)
def test_a_locked_keyring_is_told_and_the_file_stands_in(ring: Remembering, folder: Path) -> None:
    with pytest.raises(NetworkError) as failure:
        keys.key_for(DEEPSEEK, {}, folder)
    assert failure.value.hint == "hint.no-key-keyring"
    assert failure.value.values["reason"] == "The collection is locked"

    kept = keys.keep_key(DEEPSEEK, SECRET, folder)

    assert kept == (str(folder / "keys.toml"), "The collection is locked")
    assert keys.find_key(DEEPSEEK, {}, folder) == ((SECRET, kept.source), "The collection is locked")


def test_without_the_keyring_package_the_file_is_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)

    kept = keys.keep_key(DEEPSEEK, SECRET, folder)

    assert kept == (str(folder / "keys.toml"), "")
    assert keys.key_for(DEEPSEEK, {}, folder) == (SECRET, kept.source)


@posix
def test_nobody_else_can_read_the_file_at_any_moment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    replace = os.replace

    def watched(source: Path, target: Path) -> None:
        seen.append(stat.S_IMODE(source.stat().st_mode))
        replace(source, target)

    monkeypatch.setattr(os, "replace", watched)
    before = os.umask(0)
    try:
        keys.keep_key(DEEPSEEK, SECRET, folder)
        keys.keep_key(ELSEWHERE, "another", folder)
    finally:
        os.umask(before)

    assert seen == [0o600, 0o600]
    assert stat.S_IMODE((folder / "keys.toml").stat().st_mode) == 0o600
    assert [one.name for one in folder.iterdir()] == ["keys.toml"]


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_file_that_others_may_read_is_refused_with_the_command_that_helps(folder: Path, mode: int) -> None:
    keys.keep_key(DEEPSEEK, SECRET, folder)
    (folder / "keys.toml").chmod(mode)

    for look in (
        lambda: keys.key_for(DEEPSEEK, {}, folder),
        lambda: keys.keep_key(ELSEWHERE, "x", folder),
        lambda: keys.forget_key(DEEPSEEK, folder),
    ):
        with pytest.raises(ConfigurationError) as failure:
            look()
        assert failure.value.hint == "hint.key-file-open"
        assert failure.value.values["path"] == folder / "keys.toml"

    assert keys.key_for(DEEPSEEK, {"DEEPSEEK_API_KEY": "x"}, folder) == ("x", "DEEPSEEK_API_KEY")


def test_a_broken_file_is_told_without_what_stands_in_it(folder: Path) -> None:
    keys.keep_key(DEEPSEEK, SECRET, folder)
    (folder / "keys.toml").write_text(f"deepseek = {SECRET}\n", encoding="utf-8")

    with pytest.raises(ConfigurationError) as failure:
        keys.key_for(DEEPSEEK, {}, folder)

    assert SECRET not in f"{failure.value} {failure.value.values}"
    assert failure.value.__suppress_context__ or failure.value.__cause__ is None


def test_a_key_that_was_given_for_one_host_goes_to_no_other(folder: Path) -> None:
    keys.keep_key(ELSEWHERE, SECRET, folder)
    keys.keep_key(DEEPSEEK, "for-deepseek", folder)

    other = ELSEWHERE._replace(url="https://two.example/v1")
    mirror = DEEPSEEK._replace(url="https://mirror.example")
    plain = DEEPSEEK._replace(url="http://api.deepseek.com")

    assert keys.find_key(other, {}, folder).key is None
    assert keys.find_key(mirror, {}, folder).key is None
    assert keys.find_key(plain, {}, folder).key is None
    assert keys.find_key(ELSEWHERE._replace(model="another"), {}, folder).key == (
        SECRET,
        str(folder / "keys.toml"),
    )


@pytest.mark.parametrize(
    ("given_for", "url"),
    [
        (DEEPSEEK, "https://api.deepseek.com:8443"),
        (DEEPSEEK, "http://api.deepseek.com:443"),
        (DEEPSEEK, "https://api.deepseek.com.evil.example"),
        (ELSEWHERE, "http://one.example/v1"),
        (ELSEWHERE, "https://one.example:8443/v1"),
        (ELSEWHERE, "https://sub.one.example/v1"),
        (ELSEWHERE._replace(url="http://one.example/v1"), "https://one.example/v1"),
        (ELSEWHERE._replace(url="http://one.example:8000/v1"), "http://one.example:8001/v1"),
        (LOCAL, "http://127.0.0.1:8001/v1"),
    ],
)
def test_a_key_goes_to_one_scheme_host_and_port(folder: Path, given_for: Endpoint, url: str) -> None:
    keys.keep_key(given_for, SECRET, folder)

    assert keys.find_key(given_for._replace(url=url), {}, folder).key is None
    for variable in ("DEEPSEEK_API_KEY", "OPENAI_API_KEY"):
        assert keys.find_key(given_for._replace(url=url), {variable: SECRET}, folder).key is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://one.example/v1", "https://one.example:443/v2"),
        ("https://one.example/v1", "https://ONE.example/v1"),
        ("http://one.example:80/v1", "http://one.example"),
        ("https://[2001:db8::5]:8000/v1", "https://[2001:DB8::5]:8000"),
    ],
)
def test_an_address_that_is_written_otherwise_is_the_same(folder: Path, one: str, other: str) -> None:
    keys.keep_key(ELSEWHERE._replace(url=one), SECRET, folder)

    found = keys.find_key(ELSEWHERE._replace(url=other), {}, folder).key
    assert found is not None
    assert found.value == SECRET


@pytest.mark.parametrize(
    ("provider", "url", "environ", "source"),
    [
        ("ollama", "http://localhost:11434/v1", {}, "OLLAMA_API_KEY"),
        ("ollama", "http://127.0.0.1:9999/v1", {}, "OLLAMA_API_KEY"),
        ("ollama", "https://ollama.com/v1", {"OLLAMA_HOST": "https://ollama.com"}, "OLLAMA_API_KEY"),
        ("ollama", "https://other.example/v1", {"OLLAMA_HOST": "https://ollama.com"}, None),
        ("ollama", "https://other.example/v1", {}, None),
        ("llama.cpp", "http://127.0.0.1:8080/v1", {}, "LLAMA_API_KEY"),
        ("llama.cpp", "https://other.example/v1", {"LLAMA_ARG_HOST": "llama.example"}, None),
        ("openai", "https://api.openai.com/v1", {}, "OPENAI_API_KEY"),
        ("openai", "https://api.openai.com/v2", {}, "OPENAI_API_KEY"),
        ("openai", "https://api.openai.com:8443/v1", {}, None),
        ("openai", "http://api.openai.com/v1", {}, None),
        ("custom", "https://api.openai.com/v1", {}, None),
    ],
)
def test_the_variable_of_a_provider_counts_at_its_own_address_alone(
    provider: str, url: str, environ: dict[str, str], source: str | None
) -> None:
    variables = {"OLLAMA_API_KEY", "LLAMA_API_KEY", "OPENAI_API_KEY", "DEEPSEEK_API_KEY"}
    endpoint = Endpoint(provider, url, "m", False)

    found = keys.find_key(endpoint, {**environ, **dict.fromkeys(variables, SECRET)}, None).key
    assert (found.source if found else None) == source
    if source is None:
        given = keys.find_key(endpoint, {**environ, "AILEARN_TUTOR_KEY": SECRET}, None).key
        assert given == (SECRET, "AILEARN_TUTOR_KEY")


def test_what_a_reader_writes_into_the_file_herself_stays(folder: Path) -> None:
    keys.keep_key(DEEPSEEK, SECRET, folder)
    path = folder / "keys.toml"
    own = '# mine\nnumber = 7\nold = ["a"]\n\n[mine]\nspare = "sk-spare"  # later\n'
    path.write_text(path.read_text(encoding="utf-8") + own, encoding="utf-8")

    keys.keep_key(ELSEWHERE, "another", folder)
    keys.keep_key(DEEPSEEK, "newer", folder)
    assert keys.find_key(ELSEWHERE, {}, folder).key == ("another", str(path))
    assert keys.find_key(DEEPSEEK, {}, folder).key == ("newer", str(path))
    keys.forget_key(ELSEWHERE, folder)
    keys.forget_key(DEEPSEEK, folder)

    left = path.read_text(encoding="utf-8")
    assert tomllib.loads(left) == {"number": 7, "old": ["a"], "mine": {"spare": "sk-spare"}}
    assert "# mine" in left
    assert "# later" in left


def test_a_file_with_a_byte_order_mark_is_read(folder: Path) -> None:
    keys.keep_key(DEEPSEEK, SECRET, folder)
    path = folder / "keys.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert keys.key_for(DEEPSEEK, {}, folder) == (SECRET, str(path))
    keys.keep_key(ELSEWHERE, "another", folder)
    assert keys.key_for(DEEPSEEK, {}, folder) == (SECRET, str(path))


@pytest.mark.parametrize(
    "text", ["a = " + "[" * 5000, "a = " + "9" * 5000, "a = 1\na = 2", "\0", "= 5", "a = 2026-99-99"]
)
def test_no_file_is_too_odd_to_be_told(folder: Path, text: str) -> None:
    keys.keep_key(DEEPSEEK, SECRET, folder)
    path = folder / "keys.toml"
    path.write_text(text, encoding="utf-8")

    for look in (lambda: keys.find_key(DEEPSEEK, {}, folder), lambda: keys.keep_key(DEEPSEEK, "x", folder)):
        with pytest.raises(ConfigurationError) as failure:
            look()
        assert failure.value.key == "error.key-file-syntax"
    assert path.read_text(encoding="utf-8") == text


def test_forgetting_takes_out_one_key_and_with_the_last_one_the_file(folder: Path) -> None:
    path = folder / "keys.toml"
    keys.keep_key(DEEPSEEK, SECRET, folder)
    keys.keep_key(ELSEWHERE, "another", folder)

    assert keys.forget_key(DEEPSEEK, folder) == (str(path),)
    assert SECRET not in path.read_text(encoding="utf-8")
    assert keys.forget_key(DEEPSEEK, folder) == ()
    keys.forget_key(ELSEWHERE, folder)
    assert not path.exists()


def test_a_key_is_kept_whatever_characters_it_holds(folder: Path) -> None:
    odd = "a\"b\\c'd#e=f"

    keys.keep_key(DEEPSEEK, odd, folder)

    assert keys.key_for(DEEPSEEK, {}, folder) == (odd, str(folder / "keys.toml"))


@pytest.mark.parametrize("value", ["密钥", "sk-one sk-two", "sk\x1b[31m", "sk\nX-Header: y"])
def test_what_cannot_be_a_key_is_refused_without_showing_it(folder: Path, value: str) -> None:
    with pytest.raises(NetworkError) as failure:
        keys.key_for(DEEPSEEK, {"DEEPSEEK_API_KEY": value}, folder)

    assert failure.value.values == {"source": "DEEPSEEK_API_KEY"}


def test_without_a_place_for_files_a_key_cannot_be_kept() -> None:
    with pytest.raises(ConfigurationError):
        keys.keep_key(DEEPSEEK, SECRET, None)
