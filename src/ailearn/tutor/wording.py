"""The long texts that models and assistants are given, in the language of the reader."""

import importlib
from typing import cast

from ailearn.language import Language


def wording(key: str, language: Language, /, **values: object) -> str:
    """The text called `key` with its places filled; `both` is English.

    Raises KeyError for a key that is not in the table, which only a bug can cause.
    """
    module = importlib.import_module(f"ailearn.messages.prompts_{'zh' if language == 'zh' else 'en'}")
    return cast(dict[str, str], module.PROMPTS)[key].format(**values)
