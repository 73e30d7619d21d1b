"""The text of a new entry file: every field that is needed, with what it answers and how long it may be."""

from ailearn.catalog.checks import CARD_COUNT, QUESTION_COUNT, STEP_COUNT, TO_BE_WRITTEN, WRITTEN_WORKS
from ailearn.catalog.model import Kind
from ailearn.catalog.text_checks import ANSWER_LIMITS, FIELD_LIMITS

_EN, _ZH = TO_BE_WRITTEN

_TEXTS = {
    "one_liner": "what it is for",
    "problem": "what failed before, with one number if there is one",
    "motivation": "why now: data, hardware, an earlier result",
    "intuition": "a picture that a newcomer can retell, no formula",
    "mechanism": "how it works, step by step",
    "limits": "what it does not do, what later work corrected",
    "legacy": "what it made possible",
}
_BLOCKS: dict[Kind, str] = {
    "course": f"""\
course:
  provider: {_EN}  # who gives it
  languages: [{_EN}]  # of instruction: en, zh …
  watch_first:  # where to begin, and why there
    en: {_EN}
    zh: {_ZH}
  # lessons: how many; hours: the running time of all of them, where a source gives it
""",
    "book": f"""\
book:
  publisher: {_EN}
  languages: [{_EN}]  # en, zh, ja …: those it can be had in, the original first
  chapters:  # which parts matter, and for what
    - part: {_EN}
      worth:
        en: {_EN}
        zh: {_ZH}
  # edition: …; translators: […]
""",
    "tool": f"""\
tool:
  jobs: [explain]  # translate, explain, visualise, research, search, quiz, critique, teach-back …
  access:  # how to reach it, and what it costs
    en: {_EN}
    zh: {_ZH}
  as_of: {_EN}  # YYYY-MM: the month in which all of this was true
  # version: the one all this was written for; retires: YYYY-MM-DD, the day on which it is withdrawn
  # successor: {{en: …, zh: …}}, what to use in its place
  # replaced_by: {{en: …, zh: …}}, what has happened since
  # not_offered_in: [CN]; endpoint: base URL of an OpenAI-compatible API
""",
}

_EXPERIMENT = """\
# experiment:  # for `prompt --job visualise`: what one slider varies, what must be seen at known values
#   vary: {en: …, zh: …}
#   ends: {en: …, zh: …}
"""


def skeleton(kind: Kind, id: str) -> str:
    """The YAML text of a new entry with every field that its kind needs, each with a comment.

    It loads as it is, while the checks report each text as still to be written. `id` must be valid, as
    `is_valid_id` tells; the file is to be called after it.
    """
    parts = [_head(kind, id)]
    parts += [_text(name, answers) for name, answers in _TEXTS.items()]
    parts.append(_EXPERIMENT)
    parts += [_questions() if kind in WRITTEN_WORKS else "", _cards(), _BLOCKS.get(kind, "")]
    return "".join(parts)


def _head(kind: Kind, id: str) -> str:
    needed = "" if kind in WRITTEN_WORKS else "# "
    return f"""\
# Replace every {_EN} and {_ZH}. Write a Chinese paragraph on one line, and texts with `: ` below `>`.
id: {id}  # never changes; old names go to `aliases`
kind: {kind}
title:  # as published, and the established Chinese title or a good translation
  en: {_EN}
  zh: {_ZH}
short:  # the name people say
  en: {_EN}
  zh: {_ZH}
aliases: []  # other names in both languages that people search for, unique in the guide
{needed}authors: [{_EN}]  # authors_zh: {{Kaiming He: 何恺明}} for well-known Chinese names
{needed}date: {_EN}  # first public version: YYYY, YYYY-MM or YYYY-MM-DD
# venue: …; arxiv: "1706.03762"; doi: 10.1109/CVPR.2016.90; isbn: 978-…
topics: [{_EN}]  # one to four ids of topics.yaml
level: 1  # 1 (newcomer) to 5
minutes: 60  # an honest estimate of the time to read it, watch it or set it up
links:  # the canonical page first
  - {{kind: page, url: {_EN}}}  # abstract, pdf, html, page, code, video, course, book, slides, blog …
"""


def _text(name: str, answers: str) -> str:
    words, characters = FIELD_LIMITS[name]
    limits = f"at most {words} English words, {characters} Chinese characters"
    if name == "mechanism":
        minimum, maximum = STEP_COUNT
        comment = f"{answers}: {minimum} to {maximum} steps, each {limits}"
        return f"{name}:  # {comment}\n{_list(STEP_COUNT[0], '  ')}"
    return f"{name}:  # {answers}; {limits}\n  en: {_EN}\n  zh: {_ZH}\n"


def _list(count: int, indent: str) -> str:
    return "".join(
        f"{indent}{language}:\n" + f"{indent}  - {marker}\n" * count
        for language, marker in (("en", _EN), ("zh", _ZH))
    )


def _questions() -> str:
    question = f"  - q:\n      en: {_EN}\n      zh: {_ZH}\n    points:\n{_list(2, '      ')}"
    return (
        f"questions:  # {QUESTION_COUNT[0]} open ones, with what a good answer holds\n"
        + question * QUESTION_COUNT[0]
    )


def _cards() -> str:
    words, characters = ANSWER_LIMITS
    minimum, maximum = CARD_COUNT
    comment = (
        f"{minimum} to {maximum}, one fact each; an answer has at most {words} words, {characters} characters"
    )
    cards = [
        f"  - id: card-{number}  # short; never changes once published\n    type: why\n"
        f"    q:\n      en: {_EN}\n      zh: {_ZH}\n    a:\n      en: {_EN}\n      zh: {_ZH}\n"
        for number in range(1, minimum + 1)
    ]
    types = "why, problem, motivation, intuition, mechanism, formula, evidence, limits, legacy, compare"
    return f"cards:  # {comment}\n  # type: {types}\n" + "".join(cards)
