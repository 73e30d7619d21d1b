"""`tutor setup`, `models` and `show`, and the consent, as a reader meets them: at a terminal, in a script."""

import json
import stat
import sys
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.conftest import Run, Start, Stream
from tests.reader import rest_of
from tests.tutor.server import ModelServer, Script, answer, failure

from ailearn.cli.options import Session
from ailearn.cli.tutors import teacher_at
from ailearn.tutor.talk import Endpoint

SECRET = "sk-test-0123456789abcdef"
REMOTE = "http://tutor.example/v1"
WRONG_KEY = failure(401, {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}})
NO_MODEL = failure(404, {"error": {"message": "The model does not exist", "code": "model_not_found"}})
WORDS = {
    "en": {"provider": "Where are the models?", "model": "part of a name", "done": "is your tutor now"},
    "zh": {"provider": "用哪里的模型？", "model": "名称的一部分", "done": "来教你"},
}


@pytest.fixture
def folder(own_folders: Path) -> Path:
    """The config folder, which does not exist yet."""
    return own_folders / "ailearn" / "config"


@pytest.fixture
def remote(model_server: ModelServer) -> dict[str, str]:
    """An environment in which `tutor.example`, which is not this machine, is reached through a proxy."""
    return {"http_proxy": f"http://{urlsplit(model_server.url).netloc}", "no_proxy": ""}


def agreed_to(remote: dict[str, str]) -> list[str]:
    """What the reader agrees to when the key for `tutor.example` goes through that proxy."""
    return ["tutor.example", "http://tutor.example", remote["http_proxy"]]


def written(folder: Path) -> str:
    """The config file."""
    return (folder / "config.toml").read_text(encoding="utf-8")


# At a terminal


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_local_server_is_found_and_connected_with_two_answers(
    start: Start, model_server: ModelServer, folder: Path, language: str
) -> None:
    model_server.models = ["nomic-embed-text:latest", "qwen3:8b", "llama3.2:3b"]
    words = WORDS[language]

    child = start(
        "tutor", "setup", "--lang", language, columns=60, OLLAMA_HOST=urlsplit(model_server.url).netloc
    )
    child.expect_exact(words["provider"])
    child.expect(" 1  ollama .*qwen3:8b")
    child.sendline("1")
    child.expect_exact(words["model"])
    assert "embed" not in str(child.before)
    child.sendline("")
    child.expect_exact(words["done"])
    rest_of(child)

    assert child.exitstatus == 0
    assert written(folder) == '[tutor]\nprovider = "ollama"\nmodel = "qwen3:8b"\n'
    assert [one.body["model"] for one in model_server.chats] == ["qwen3:8b"]


def test_a_remote_service_asks_for_consent_and_key_and_shows_neither_again(
    start: Start, run: Run, model_server: ModelServer, folder: Path, remote: dict[str, str]
) -> None:
    model_server.models = ["small", "large"]
    child = start("tutor", "setup", "custom", **remote)
    child.expect_exact("Base address")
    child.sendline(f"{REMOTE}/chat/completions")
    child.expect_exact("tutor.example")
    child.expect_exact("[y/N]")
    child.sendline("y")
    child.expect_exact("not shown as you type): ")
    child.sendline(SECRET)
    child.expect_exact("without encryption")
    child.expect_exact("[y/N]")
    child.sendline("y")
    child.expect_exact("part of a name")
    child.sendline("lar")
    child.expect_exact("is your tutor now")
    rest_of(child)

    assert tomllib.loads(written(folder)) == {
        "tutor": {"provider": "custom", "url": REMOTE, "model": "large", "agreed": agreed_to(remote)}
    }
    assert SECRET in (folder / "keys.toml").read_text(encoding="utf-8")
    if sys.platform != "win32":
        assert stat.S_IMODE((folder / "keys.toml").stat().st_mode) == 0o600
    assert {one.headers["Authorization"] for one in model_server.requests} == {f"Bearer {SECRET}"}
    shown = run("tutor", "show")
    assert str(folder / "keys.toml") in shown.rows[0]
    assert "agreed" in shown.rows[0]


def test_no_key_appears_anywhere_but_in_its_file(
    start: Start, run: Run, model_server: ModelServer, own_folders: Path, remote: dict[str, str]
) -> None:
    model_server.play(WRONG_KEY, answer("OK"))
    model_server.models = [SECRET[:2], "m"]
    seen = []
    child = start("tutor", "setup", "--url", REMOTE, "--model", "m", **remote)
    for question, reply in (
        ("[y/N]", "y"),
        ("as you type): ", f"{SECRET}x"),
        ("[y/N]", "y"),
        ("as you type): ", SECRET),
    ):
        child.expect_exact(question)
        seen.append(str(child.before))
        child.sendline(reply)
    seen.append(rest_of(child))
    for command in ("tutor show", "tutor models", "config show", "doctor", "tutor show --json"):
        for terminal in (False, True):
            result = run(*command.split(), terminal=terminal, **remote)
            seen += [str(result), result.err]

    assert SECRET not in "".join(seen)
    holding = [
        one.name for one in own_folders.rglob("*") if one.is_file() and SECRET.encode() in one.read_bytes()
    ]
    assert holding == ["keys.toml"]


def test_a_wrong_key_can_be_typed_again(
    start: Start, model_server: ModelServer, folder: Path, remote: dict[str, str]
) -> None:
    model_server.play(WRONG_KEY, answer("OK"))
    child = start("tutor", "setup", "--url", REMOTE, "--model", "m", **remote)
    child.expect_exact("[y/N]")
    child.sendline("yes")
    child.expect_exact("as you type): ")
    child.sendline("sk-wrong")
    child.expect_exact("[y/N]")
    child.sendline("yes")
    child.expect_exact("error: ")
    child.expect_exact("as you type): ")
    child.sendline(SECRET)
    rest_of(child)

    assert child.exitstatus == 0
    kept = (folder / "keys.toml").read_text(encoding="utf-8")
    assert SECRET in kept
    assert "sk-wrong" not in kept


@pytest.mark.parametrize("steps", range(5))
def test_ctrl_c_leaves_nothing_behind(
    start: Start, model_server: ModelServer, folder: Path, remote: dict[str, str], steps: int
) -> None:
    questions = (
        ("Base address", REMOTE),
        ("[y/N]", "y"),
        ("as you type): ", SECRET),
        ("anyway, this time and in future? [y/N]", "y"),
        ("part of a name", "test-model"),
    )
    child = start("tutor", "setup", "custom", **remote)
    for question, reply in questions[:steps]:
        child.expect_exact(question)
        child.sendline(reply)
    child.expect_exact(questions[steps][0])
    child.sendintr()
    rest_of(child)

    assert child.exitstatus == 130
    assert not folder.exists()


def test_ctrl_c_while_the_model_is_tried_leaves_nothing_behind(
    start: Start, model_server: ModelServer, folder: Path
) -> None:
    model_server.play(Script((b": wait\n\n",), stalls=5))
    child = start("tutor", "setup", "--url", model_server.url, "--model", "m")
    child.expect_exact("for one word")
    child.sendintr()
    rest_of(child)

    assert child.exitstatus == 130
    assert not folder.exists()


@pytest.mark.parametrize(("language", "no"), [("en", "n"), ("en", ""), ("zh", "否"), ("zh", "不")])
def test_who_does_not_agree_changes_nothing(
    start: Start, model_server: ModelServer, folder: Path, remote: dict[str, str], language: str, no: str
) -> None:
    child = start("tutor", "setup", "--url", REMOTE, "--lang", language, **remote)
    child.expect_exact("[y/N]")
    child.sendline(no)
    rest_of(child)

    assert child.exitstatus == 1
    assert not folder.exists()
    assert model_server.requests == []


def test_a_model_that_is_not_there_can_be_replaced(
    start: Start, model_server: ModelServer, folder: Path
) -> None:
    model_server.play(NO_MODEL, answer("OK"))
    child = start("tutor", "setup", "--url", model_server.url, "--model", "gone")
    child.expect_exact("another model? [y/N]")
    child.sendline("y")
    child.expect_exact("[test-model]: ")
    child.sendline("")
    rest_of(child)

    assert child.exitstatus == 0
    assert 'model = "test-model"' in written(folder)


def test_where_no_list_is_given_the_suggested_model_is_offered(
    start: Start, model_server: ModelServer, folder: Path
) -> None:
    model_server.models = []
    child = start("tutor", "setup", "--url", model_server.url)
    child.expect_exact("Name of the model: ")
    child.sendline("my-model")
    rest_of(child)

    assert 'model = "my-model"' in written(folder)


@pytest.mark.parametrize("keep", [True, False])
def test_what_does_not_work_is_kept_only_on_request(
    start: Start, model_server: ModelServer, folder: Path, keep: bool
) -> None:
    model_server.play(failure(500, {"error": {"message": "out of order"}}))
    child = start("tutor", "setup", "--url", model_server.url, "--model", "m")
    child.expect_exact("anyway? [y/N]")
    child.sendline("y" if keep else "n")
    rest_of(child)

    assert child.exitstatus == (0 if keep else 1)
    assert folder.exists() is keep


def test_many_models_are_narrowed_down_by_a_part_of_their_name(
    start: Start, model_server: ModelServer, folder: Path
) -> None:
    model_server.models = [f"maker/model-{number}" for number in range(40)] + [
        "maker/special-1",
        "maker/special-2",
    ]
    child = start("tutor", "setup", "--url", model_server.url, columns=60)
    child.expect_exact("and 30 more")
    child.expect_exact("part of a name")
    child.sendline("special")
    child.expect_exact("2  maker/special-2")
    child.expect_exact("part of a name")
    child.sendline("2")
    rest_of(child)

    assert 'model = "maker/special-2"' in written(folder)


def test_what_is_asked_of_a_remote_model_asks_once_for_consent(
    start: Start, folder: Path, model_server: ModelServer, remote: dict[str, str]
) -> None:
    folder.mkdir()
    (folder / "config.toml").write_text(f'[tutor]\nurl = "{REMOTE}"\nmodel = "m"\n', encoding="utf-8")
    model_server.say("因为好训练。")

    child = start("explain", "resnet", "--lang", "zh", columns=60, **remote)
    child.expect_exact("[y/N]")
    asked = str(child.before)
    child.sendline("好")
    rest_of(child)

    assert "tutor.example" in asked
    # What `questions --grade` and `cards suggest --from` send is named, too.
    assert "练习的答案、一段文字、文件的一部分" in "".join(asked.split())
    assert 'agreed = ["tutor.example"]' in written(folder)
    assert len(model_server.chats) == 1

    child = start("explain", "resnet", **remote)
    assert "[y/N]" not in rest_of(child)
    assert len(model_server.chats) == 2


@pytest.mark.parametrize("writable", [True, False])
def test_a_session_asks_for_consent_only_once(
    monkeypatch: pytest.MonkeyPatch, folder: Path, writable: bool
) -> None:
    if not writable:
        folder.write_text("", encoding="utf-8")
    asked = Stream(terminal=True)
    monkeypatch.setattr(sys, "stdin", Stream("y\n", terminal=True))
    monkeypatch.setattr(sys, "stderr", asked)
    opened = Session({})
    endpoint = Endpoint("custom", REMOTE, "m", False)

    teacher_at(opened, endpoint)
    teacher_at(opened, endpoint._replace(model="another"))

    assert asked.text().count("[y/N]") == 1
    assert ("cannot be written" in asked.text()) is not writable


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_key_that_others_could_read_is_asked_about_once(
    start: Start, folder: Path, model_server: ModelServer, remote: dict[str, str], language: str
) -> None:
    folder.mkdir()
    (folder / "config.toml").write_text(
        f'[tutor]\nurl = "{REMOTE}"\nmodel = "m"\nagreed = ["tutor.example"]\n', encoding="utf-8"
    )
    remote = {**remote, "AILEARN_TUTOR_KEY": SECRET}
    question, no, yes = ("[y/N]", "n", "y") if language == "en" else ("[y/N]", "否", "是")

    child = start("explain", "resnet", "--lang", language, **remote)
    child.expect_exact(question)
    asked = "".join(str(child.before).split())
    child.sendline(no)
    rest_of(child)
    assert child.exitstatus == 6
    assert all(place in asked for place in agreed_to(remote)[1:])
    assert model_server.requests == []

    child = start("tutor", "models", "--lang", language, **remote)
    child.expect_exact(question)
    child.sendline(yes)
    rest_of(child)
    assert child.exitstatus == 0
    assert model_server.requests[0].headers["Authorization"] == f"Bearer {SECRET}"
    assert tomllib.loads(written(folder))["tutor"]["agreed"] == agreed_to(remote)

    assert question not in rest_of(start("explain", "resnet", "--lang", language, **remote))
    assert len(model_server.chats) == 1


def test_a_proxy_that_comes_later_is_asked_about_anew(
    start: Start, run: Run, folder: Path, model_server: ModelServer, remote: dict[str, str]
) -> None:
    run("config", "set", "tutor.url", REMOTE)
    run("config", "set", "tutor.model", "m")
    run("config", "set", "tutor.agreed", "tutor.example,http://tutor.example")

    child = start("explain", "resnet", AILEARN_TUTOR_KEY=SECRET, **remote)
    child.expect_exact("anyway, this time and in future? [y/N]")
    child.close()
    assert model_server.requests == []


# Without a terminal


@pytest.mark.parametrize(
    "command",
    ["explain resnet", "ask Why? resnet", "tutor models", "tutor setup --url {url} --model m"],
)
@pytest.mark.parametrize("agreed", ["", "tutor.example", "tutor.example,http://tutor.example"])
def test_a_key_that_others_could_read_is_not_sent_unasked(
    run: Run, model_server: ModelServer, remote: dict[str, str], command: str, agreed: str
) -> None:
    run("config", "set", "tutor.url", REMOTE)
    run("config", "set", "tutor.model", "m")
    run("config", "set", "tutor.agreed", agreed)

    for language in ("en", "zh"):
        arguments = command.format(url=REMOTE).split()
        refused = run(*arguments, "--lang", language, AILEARN_TUTOR_KEY=SECRET, **remote)
        assert refused.exit == 6
        assert "ailearn config set tutor.agreed tutor.example" in refused.err or not agreed
    assert model_server.requests == []
    assert run("tutor", "show", AILEARN_TUTOR_KEY=SECRET, **remote).rows[0][5] == "not agreed"

    run("config", "set", "tutor.agreed", ",".join(agreed_to(remote)))
    assert run(*command.format(url=REMOTE).split(), AILEARN_TUTOR_KEY=SECRET, **remote).exit == 0
    assert run("tutor", "show", AILEARN_TUTOR_KEY=SECRET, **remote).rows[0][5] == "agreed"


def test_without_a_key_nothing_is_asked_about_http(
    run: Run, model_server: ModelServer, remote: dict[str, str]
) -> None:
    run("config", "set", "tutor.url", REMOTE)
    run("config", "set", "tutor.model", "m")
    run("config", "set", "tutor.agreed", "tutor.example")

    assert run("explain", "resnet", **remote).exit == 0
    assert "Authorization" not in model_server.chats[0].headers


def test_a_key_goes_to_this_machine_without_a_question(run: Run, connected: ModelServer) -> None:
    assert run("explain", "resnet", AILEARN_TUTOR_KEY=SECRET).exit == 0
    assert connected.chats[0].headers["Authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize("provider", ["deepseek", "openai", "anthropic", "gemini", "zhipu", "openrouter"])
def test_the_key_of_a_provider_goes_to_no_other_address(
    run: Run, model_server: ModelServer, folder: Path, provider: str
) -> None:
    from ailearn.tutor.providers import PRESETS

    folder.mkdir()
    config = f'[tutor]\nprovider = "{provider}"\nurl = "https://mirror.example/v1"\nmodel = "m"\n'
    (folder / "config.toml").write_text(config, encoding="utf-8")
    named = dict.fromkeys(PRESETS[provider].variables, SECRET)

    for language in ("en", "zh"):
        refused = run("explain", "resnet", "--lang", language, **named)
        assert refused.exit == 7
        assert "mirror.example" in refused.err
        assert "`AILEARN_TUTOR_KEY`" in refused.err
        assert f"ailearn tutor setup {provider} --url https://mirror.example/v1" in refused.err
        assert SECRET not in refused.err
    assert run("tutor", "show", **named).rows[0][4] == "missing"
    assert run("tutor", "show", AILEARN_TUTOR_KEY=SECRET).rows[0][4] == "AILEARN_TUTOR_KEY"

    (folder / "config.toml").write_text(config.replace("https://mirror.example/v1", model_server.url))
    run("explain", "resnet", **named)
    assert "Authorization" not in model_server.chats[0].headers


def test_flags_say_everything_where_nobody_can_be_asked(
    run: Run, model_server: ModelServer, folder: Path
) -> None:
    result = run("tutor", "setup", "custom", "--url", model_server.url, "--model", "m")

    assert (result, result.exit) == ("", 0)
    assert "is your tutor now" in result.err
    assert written(folder) == f'[tutor]\nprovider = "custom"\nurl = "{model_server.url}"\nmodel = "m"\n'


def test_a_local_server_that_runs_needs_no_flags(run: Run, model_server: ModelServer, folder: Path) -> None:
    result = run("tutor", "setup", "--json", OLLAMA_HOST=urlsplit(model_server.url).netloc)

    assert {(one["job"], one["model"], one["local"]) for one in result.json} == {
        (job, "test-model", True) for job in ("ask", "explain", "translate", "grade", "cards")
    }


@pytest.mark.parametrize(
    ("arguments", "environment", "exit_code", "said"),
    [
        ((), {}, 2, "ailearn tutor setup PROVIDER"),
        (("olama",), {}, 6, "ollama"),
        (("custom",), {}, 6, "--url"),
        (("deepseek",), {}, 6, "tutor.agreed"),
        (("ollama",), {}, 7, "127.0.0.1:9"),
        (("ollama", "--job", "cooking"), {}, 2, "translate"),
        (("--job", "ask", "--url", "http://localhost:1/v1"), {}, 2, "--job"),
        (("--url", "localhost:8000"), {}, 6, "http://"),
    ],
)
def test_what_is_missing_is_said(
    run: Run, folder: Path, arguments: tuple[str, ...], environment: dict[str, str], exit_code: int, said: str
) -> None:
    result = run("tutor", "setup", *arguments, **environment)

    assert result.exit == exit_code
    assert said in result.err
    assert not folder.exists()


def test_a_missing_key_names_the_variable(run: Run, folder: Path) -> None:
    run("config", "set", "tutor.agreed", "api.deepseek.com")

    result = run("tutor", "setup", "deepseek")

    assert result.exit == 7
    assert "DEEPSEEK_API_KEY" in result.err
    assert "provider" not in written(folder)


def test_a_model_that_does_not_answer_is_not_kept(run: Run, model_server: ModelServer, folder: Path) -> None:
    model_server.play(NO_MODEL)

    result = run("tutor", "setup", "--url", model_server.url, "--model", "gone")

    assert result.exit == 7
    assert not folder.exists()


def test_a_model_for_one_job_leaves_the_others(run: Run, connected: ModelServer, folder: Path) -> None:
    result = run(
        "tutor", "setup", "ollama", "--job", "translate", "--model", "small",
        OLLAMA_HOST=urlsplit(connected.url).netloc,
    )  # fmt: skip

    assert result.exit == 0
    assert 'model = "test-model"' in written(folder)
    assert 'translate = "small@ollama"' in written(folder)


def test_models_for_single_jobs_keep_their_provider_when_the_tutor_changes(
    run: Run, model_server: ModelServer, folder: Path
) -> None:
    folder.mkdir()
    (folder / "config.toml").write_text(
        '[tutor]\nprovider = "zhipu"\n[tutor.models]\ngrade = "glm-x"\ncards = "c@gemini"\n', encoding="utf-8"
    )

    run("tutor", "setup", "ollama", "--model", "m", OLLAMA_HOST=urlsplit(model_server.url).netloc)

    assert 'grade = "glm-x@zhipu"' in written(folder)
    assert 'cards = "c@gemini"' in written(folder)


def test_a_key_is_taken_back_when_the_settings_cannot_be_written(
    run: Run, start: Start, model_server: ModelServer, folder: Path, remote: dict[str, str]
) -> None:
    (folder / "config.toml").mkdir(parents=True)

    child = start("tutor", "setup", "--url", REMOTE, "--model", "m", **remote)
    rest_of(child)

    assert child.exitstatus == 6
    assert not (folder / "keys.toml").exists()


# What is connected


def test_models_are_listed_and_the_one_that_is_set_is_marked(run: Run, connected: ModelServer) -> None:
    connected.models = ["test-model", "other"]

    result = run("tutor", "models")

    assert result.rows == [["test-model", "ask,explain,translate,grade,cards"], ["other", ""]]
    assert "Models: 2" in result.err
    drawn = run("tutor", "models", terminal=True, NO_COLOR="1")
    assert "● test-model" in drawn
    assert "* test-model" in run("tutor", "models", "--ascii", terminal=True, NO_COLOR="1")
    assert run("tutor", "models", "--json").json[1] == {"model": "other", "provider": "custom", "jobs": []}


def test_models_of_another_provider_can_be_listed(run: Run, connected: ModelServer) -> None:
    other = ModelServer()
    other.models = ["here"]
    try:
        result = run("tutor", "models", "ollama", OLLAMA_HOST=urlsplit(other.url).netloc)
    finally:
        other.close()

    assert result.rows == [["here", ""]]


def test_models_without_a_server_says_how_to_connect_one(run: Run) -> None:
    result = run("tutor", "models")

    assert result.exit == 7
    assert "tutor setup" in result.err


def test_show_tells_of_every_job_without_asking_a_server(run: Run, folder: Path) -> None:
    folder.mkdir()
    (folder / "config.toml").write_text(
        '[tutor]\nprovider = "deepseek"\nagreed = ["api.deepseek.com"]\n[tutor.models]\n'
        'translate = "glm-4.7-flash@zhipu"\ncards = "@openrouter"\n',
        encoding="utf-8",
    )

    result = run("tutor", "show", DEEPSEEK_API_KEY=SECRET)

    assert result.rows[0] == [
        "ask", "deepseek-flash", "deepseek", "https://api.deepseek.com", "DEEPSEEK_API_KEY", "agreed", ""
    ]  # fmt: skip
    assert result.rows[2][4:6] == ["missing", "not agreed"]
    assert result.rows[4][:2] == ["cards", ""]
    assert "openrouter" in result.rows[4][6]
    shown = run("tutor", "show", terminal=True, COLUMNS="60", DEEPSEEK_API_KEY=SECRET, NO_COLOR="1")
    assert "Key: DEEPSEEK_API_KEY" in shown
    assert "tutor setup zhipu --job translate" in shown.replace("\n  ", " ")
    assert SECRET not in f"{result}{shown}"


def test_show_without_a_model_says_how_to_connect_one(run: Run) -> None:
    result = run("tutor", "show")

    assert (result, result.exit) == ("", 0)
    assert "ailearn tutor setup" in result.err
    assert json.loads(run("tutor", "show", "--json")) == []


def test_doctor_names_the_tutor_and_asks_nobody(run: Run, connected: ModelServer) -> None:
    rows = run("doctor").rows

    assert ["ok", "tutor", f"custom {connected.url} test-model"] in rows
    assert connected.requests == []
