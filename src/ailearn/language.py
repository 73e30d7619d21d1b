"""The two languages: a text in both, which one the reader wants, and the look-up of messages."""

import importlib
from collections.abc import Mapping
from typing import Literal, TypedDict, cast

from ailearn.messages import Names

Language = Literal["en", "zh", "both"]
LANGUAGES: tuple[Language, ...] = ("en", "zh", "both")
_MEANT: dict[str, Language] = {"en": "en", "zh": "zh", "both": "both", "c": "en", "posix": "en"}


class BothLanguages(TypedDict):
    """One meaning in both languages, as the index and `--json` hold it."""

    en: str
    zh: str


def paragraphs(text: BothLanguages, language: Language) -> tuple[str, ...]:
    """What to show: one text, or for `both` the English one and the Chinese one under it."""
    if language == "both":
        return (text["en"],) if text["en"] == text["zh"] else (text["en"], text["zh"])
    return (text[language],)


def label(text: BothLanguages, language: Language) -> str:
    """One string where only one fits: Chinese for `zh`, otherwise English."""
    return text["zh" if language == "zh" else "en"]


def meant(value: str) -> Language | None:
    """The language setting that `value` means; None when it means none.

    Besides those themselves it may be a tag or a locale that begins with one, such as `zh-Hans`, `EN` or
    `zh_CN.UTF-8`; `C` and `POSIX` mean English.
    """
    name = value.strip().lower()
    for separator in "-_.@":
        name = name.partition(separator)[0]
    return _MEANT.get(name)


def is_language(value: str) -> bool:
    """Whether `value` names a language setting."""
    return value in LANGUAGES


def from_environment(environ: Mapping[str, str]) -> Language:
    """The language of the locale variables, in the order in which POSIX gives them weight.

    Follows `LC_ALL`, `LC_MESSAGES`, `LANGUAGE` (a list, parted by colons) and `LANG`; the first one
    that is set decides, and everything that is not Chinese reads English.
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE", "LANG"):
        value = environ.get(name, "").split(":")[0].strip()
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def say(key: str, language: Language, /, **values: object) -> str:
    """The program's own sentence called `key`; `both` speaks English.

    Raises KeyError for a key that is not in the table, which only a bug can cause.
    """
    module = importlib.import_module(f"ailearn.messages.{'zh' if language == 'zh' else 'en'}")
    template = cast(dict[str, str], module.MESSAGES)[key]
    return (
        template.format(**{name: told(one, language) for name, one in values.items()}) if values else template
    )


def told(value: object, language: Language) -> object:
    """A value as a message in `language` holds it: names of a list are joined as the language does."""
    return "、".join(value.parts) if language == "zh" and isinstance(value, Names) else value
