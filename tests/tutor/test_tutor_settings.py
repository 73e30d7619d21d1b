"""The tutor's settings: real tables in the config file, dotted names everywhere else."""

from pathlib import Path
from typing import get_args

import pytest
from tests.conftest import Run

from ailearn import settings
from ailearn.errors import ConfigurationError
from ailearn.settings import LEVELS
from ailearn.tutor.talk import JOBS, Job

COMMENTED = """\
lang = "en"  # my language

[tutor]
# at home
provider = "ollama"

[tutor.models]
translate = "qwen3:4b"
"""


@pytest.fixture
def config(own_folders: Path) -> Path:
    """The config file, which does not exist yet."""
    folder = own_folders / "ailearn" / "config"
    folder.mkdir()
    return folder / "config.toml"


def loaded(path: Path) -> dict[str, object]:
    """What a config file says about the tutor."""
    return dict(settings.load({"AILEARN_HOME": str(path.parents[1])}).tutor)


def test_tables_are_read_as_flat_names(config: Path) -> None:
    config.write_text(COMMENTED, encoding="utf-8")

    assert loaded(config) == {"provider": "ollama", "models.translate": "qwen3:4b"}


def test_without_a_table_nothing_is_set(config: Path) -> None:
    config.write_text('lang = "zh"\n', encoding="utf-8")

    assert loaded(config) == {}


def test_a_setting_is_written_into_its_table_and_the_rest_stays(run: Run, config: Path) -> None:
    config.write_text(COMMENTED, encoding="utf-8")

    assert run("config", "set", "tutor.models.explain", "deepseek-flash@deepseek").exit == 0
    assert run("config", "set", "tutor.model", "qwen3:8b").exit == 0

    text = config.read_text(encoding="utf-8")
    assert "# my language" in text
    assert "# at home" in text
    assert text.count("[tutor]") == text.count("[tutor.models]") == 1
    assert loaded(config) == {
        "provider": "ollama",
        "model": "qwen3:8b",
        "models.translate": "qwen3:4b",
        "models.explain": "deepseek-flash@deepseek",
    }


def test_a_setting_is_shown_with_where_it_comes_from(run: Run, config: Path) -> None:
    config.write_text(COMMENTED, encoding="utf-8")

    assert run("config", "get", "tutor.provider") == "ollama\n"
    assert ["tutor.models.translate", "qwen3:4b", "config.toml"] in run("config", "show").rows
    assert ["tutor.url", "", "default"] in run("config", "show").rows
    drawn = run("config", "show", terminal=True, COLUMNS="60")
    assert "qwen3:4b" in drawn
    assert "tutor.url" not in drawn, "what is not set of the tutor does not fill the screen"


def test_an_empty_value_takes_a_setting_out(run: Run, config: Path) -> None:
    config.write_text(COMMENTED, encoding="utf-8")

    assert "is no longer set in" in run("config", "set", "tutor.models.translate", "").err
    assert run("config", "set", "tutor.models.cards", "").exit == 0

    assert loaded(config) == {"provider": "ollama"}


def test_hosts_are_a_list(run: Run, config: Path) -> None:
    assert run("config", "set", "tutor.agreed", "api.deepseek.com, api.openai.com").exit == 0

    assert 'agreed = ["api.deepseek.com", "api.openai.com"]' in config.read_text(encoding="utf-8")
    assert loaded(config) == {"agreed": ("api.deepseek.com", "api.openai.com")}
    assert run("config", "get", "tutor.agreed") == "api.deepseek.com,api.openai.com\n"


def test_seconds_are_a_number(run: Run, config: Path) -> None:
    assert run("config", "set", "tutor.timeout", "600").exit == 0

    assert loaded(config) == {"timeout": 600}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("tutor.provider", "olama"),
        ("tutor.level", "genius"),
        ("tutor.url", "localhost:8000"),
        ("tutor.url", "https://reader:secret@example.com/v1"),
        ("tutor.timeout", "0"),
        ("tutor.timeout", "soon"),
        ("tutor.models.grade", "qwen3@olama"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_with_a_hint(
    run: Run, config: Path, key: str, value: str
) -> None:
    result = run("config", "set", key, value)

    assert result.exit == 6
    assert f"`{key}`" in result.err
    assert "hint: " in result.err
    assert "secret" not in result.err
    assert not config.exists()


@pytest.mark.parametrize(
    "text",
    [
        '[tutor]\nprovider = "nobody"\n',
        "[tutor]\nmodel = 3\n",
        '[tutor]\nagreed = "one.example"\n',
        '[tutor.models]\ntranslate = ["a"]\n',
        '[tutor]\nteacher = "x"\n',
        "tutor = 3\n",
    ],
)
def test_a_file_that_cannot_be_meant_names_file_and_key(config: Path, text: str) -> None:
    config.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigurationError) as failure:
        loaded(config)

    assert failure.value.values["path"] == config
    assert failure.value.hint


@pytest.mark.parametrize("key", ["tutor.key", "tutor.api_key", "tutor.token"])
def test_a_key_is_no_setting_and_is_told_where_it_belongs(run: Run, config: Path, key: str) -> None:
    result = run("config", "set", key, "sk-secret-1234")

    assert result.exit == 6
    assert "ailearn tutor setup" in result.err
    assert "sk-secret-1234" not in result.err
    assert not config.exists()


def test_a_key_in_the_file_is_refused_without_showing_it(run: Run, config: Path) -> None:
    config.write_text('[tutor]\nkey = "sk-secret-1234"\n', encoding="utf-8")

    result = run("papers")

    assert result.exit == 6
    assert "sk-secret-1234" not in result.err


def test_jobs_and_levels_are_those_of_the_tutor() -> None:
    assert {name for name in settings.TUTOR_KEYS if "." in name} == {f"models.{job}" for job in JOBS}
    assert get_args(Job) == JOBS
    assert settings.LEVELS == LEVELS


def test_a_write_that_is_refused_changes_nothing_at_all(run: Run, config: Path) -> None:
    from ailearn.configuration import set_values

    config.write_text(COMMENTED, encoding="utf-8")

    with pytest.raises(ConfigurationError):
        set_values({"AILEARN_HOME": str(config.parents[1])}, {"tutor.model": "x", "tutor.provider": "y"})

    assert config.read_text(encoding="utf-8") == COMMENTED
