"""Prompts to paste into an assistant: complete by themselves, one for each job and every entry."""

import re
from typing import Literal, NamedTuple

from ailearn.catalog import browse, names
from ailearn.catalog.addresses import is_web_address
from ailearn.catalog.documents import Document
from ailearn.catalog.study import Study
from ailearn.controls import safe
from ailearn.errors import NoSuchEntry, UsageError
from ailearn.language import BothLanguages, Language, label, paragraphs
from ailearn.messages import Names
from ailearn.tutor.brief import chosen_brief, entry_brief, group, read_names
from ailearn.tutor.fences import fenced
from ailearn.tutor.reader import Reader
from ailearn.tutor.wording import wording

Job = Literal["explain", "translate", "research", "visualise", "quiz", "critique", "teach-back"]
JOBS: tuple[Job, ...] = ("explain", "translate", "research", "visualise", "quiz", "critique", "teach-back")

# What of an entry a job is told. All have the checked numbers; what only makes a prompt longer stays out.
_BASE = ("problem", "intuition", "mechanism", "formula", "course", "book", "tool", "evidence")
_SECTIONS: dict[Job, tuple[str, ...]] = {
    "explain": (*_BASE, "limits"),
    "translate": ("problem", "mechanism", "evidence"),
    "research": (*_BASE, "limits", "legacy"),
    "visualise": _BASE,
    "quiz": _BASE,
    "critique": (*_BASE, "limits"),
    "teach-back": _BASE,
}
# Conversations in which the assistant asks: they get its measure, and a last word that sets them off.
_STARTED = ("quiz", "teach-back")
# The tool whose prompt is no message in a conversation but the setting of a translating extension.
EXTENSION = "immersive-translate"
# Jobs that need the web, and tools whose conversation has a switch for searching it.
_SEARCHING = ("explain", "research", "critique")
_WITH_SEARCH = ("deepseek", "deepseek-r1", "gemini")
# The most that goes along: terms, cards where there are few questions, and characters of a note.
_TERMS, _CARDS, _NOTE = 40, 5, 2000


class Prompt(NamedTuple):
    """A prompt about an entry, shaped for a job and for `tool`; both None where the guide names nobody.

    `url` is the page on which one talks to the tool.
    """

    entry: str
    job: Job
    tool: str | None
    url: str | None
    text: str


def prompt(study: Study, name: str, job: Job, reader: Reader, tool: str = "") -> Prompt:
    """The prompt for a job on the entry called `name`, for the assistant called `tool` or the guide's choice.

    Raises NoSuchEntry, and UsageError when `tool` is no assistant of the guide.
    """
    entry = browse.entry(study, name)
    language = reader.language
    chosen = assistant(study, tool, job) if tool else best(study, job, language)
    chosen_id = chosen["id"] if chosen else ""
    task = _TASKS[job](study, entry, language, chosen_id)
    parts = [task]
    if chosen_id != EXTENSION or job != "translate":
        parts += _around(study, entry, job, reader)
    text = safe("\n\n".join(parts)) + "\n"
    return Prompt(entry["id"], job, chosen_id or None, _page(chosen) if chosen else None, text)


def recommended(study: Study, job: Job) -> tuple[str, ...]:
    """The ids of the assistants that the guide names for a job, best first; none without a guide."""
    guide = study.page("guide") or {"assistants": []}
    listed = [name for one in guide["assistants"] if one["job"] == job for name in one["tools"]]
    return tuple(dict.fromkeys(name for name in listed if browse.exists(study, name)))


def assistant(study: Study, name: str, job: Job) -> Document:
    """The tool called `name`, one that can be talked to or that the guide names for the job.

    Raises UsageError, with the names of all such tools, when it is none.
    """
    rows = study.connection.execute("SELECT id FROM entry WHERE kind = 'tool' ORDER BY id").fetchall()
    tools = [browse.document(study, row[0]) for row in rows]
    fit = {tool["id"]: tool for tool in tools if _can_talk(tool) or tool["id"] in recommended(study, job)}
    try:
        return fit[names.resolve(study, name)]
    except (NoSuchEntry, KeyError) as error:
        raise UsageError(
            "error.option-value", hint="hint.option-values", option="--for", value=name, names=Names(fit)
        ) from error


def best(study: Study, job: Job, language: Language) -> Document | None:
    """The first assistant for a job that one can talk to; the guide's first where none has such a page.

    Readers of Chinese get one that is offered in mainland China wherever the guide names one.
    """
    everywhere, reachable = first_choices(study, job)
    return everywhere if language == "en" else reachable or everywhere


def first_choices(study: Study, job: Job) -> tuple[Document | None, Document | None]:
    """The first assistant for a job that one can talk to, and the first that is offered in mainland China."""
    tools = [browse.document(study, one) for one in recommended(study, job)]
    talking = [tool for tool in tools if _can_talk(tool)] or tools
    reachable = [one for one in talking if not is_missing_in_china(one)]
    return next(iter(talking), None), next(iter(reachable), None)


def _can_talk(tool: Document) -> bool:
    """Whether there is a page on which one talks to a tool; an extension or a console has none."""
    return any(link["kind"] == "demo" for link in tool["links"])


def is_missing_in_china(tool: Document) -> bool:
    """Whether the provider of a tool does not offer it in mainland China."""
    return "CN" in tool["tool"]["not_offered_in"]


def pasting(job: Job, tool: str) -> str:
    """The message that says where and how a prompt is pasted."""
    if job == "translate":
        return "paste.extension" if tool == EXTENSION else "paste.file"
    if job == "research" and tool == "gemini":
        return "paste.deep-research"
    return "paste.search" if job in _SEARCHING and tool in _WITH_SEARCH else "paste.at"


def _page(tool: Document) -> str | None:
    """Where one talks to a tool: its `demo` link, or else its first one that can be opened."""
    links = [link for link in tool["links"] if is_web_address(link["url"])]
    links.sort(
        key=lambda link: ("demo", "page").index(link["kind"]) if link["kind"] in ("demo", "page") else 2
    )
    return links[0]["url"] if links else None


def _around(study: Study, entry: Document, job: Job, reader: Reader) -> list[str]:
    """What every prompt but an extension's holds beside its task: the reader, the rules, the material."""
    language = reader.language
    translating = job == "translate"
    rules = [wording("prompt.material-to-translate" if translating else _rule(entry), language)]
    material = [fenced("entry", chosen_brief(entry, language, _SECTIONS[job]), entry["id"])]
    terms = terms_of(study, entry) if translating else ""
    if terms:
        material.insert(0, fenced("terms", terms))
    points = _points(entry, language) if job in _STARTED else ""
    if points:
        rules.append(wording("prompt.points", language))
        material.append(fenced("points", points))
    if reader.note.strip():
        rules.append(wording("prompt.note", language))
        material.append(fenced("note", _shortened(reader.note.strip())))
    about = [] if translating else [_about_me(study, reader)]
    start = [wording(f"prompt.{job}.start", language)] if job in _STARTED else []
    return [*about, "\n".join(rules), *material, *start]


def _about_me(study: Study, reader: Reader) -> str:
    """What the reader says of herself, for the prompt is hers: her level, what she has read, her language."""
    language = reader.language
    told = [wording(f"me.{reader.level}", language)]
    names_read = read_names(study, reader)
    if names_read:
        told.append(wording("me.read", language, names=names_read))
    told.append(wording(f"answer-in.{language}", language))
    return "\n".join((wording("me.about", language), *(f"- {one}" for one in told)))


def _rule(entry: Document) -> str:
    return "prompt.material" if entry["evidence"] else "prompt.material-without-numbers"


def _shortened(note: str) -> str:
    return note if len(note) <= _NOTE else note[:_NOTE].rstrip() + " …"


def _points(entry: Document, language: Language) -> str:
    """The open questions with what a good answer holds, and cards where there are too few of them."""
    told = []
    for one in entry["questions"]:
        points = zip(one["points"]["en"], one["points"]["zh"], strict=False)
        lines = [f"- {_inline({'en': english, 'zh': chinese}, language)}" for english, chinese in points]
        question = wording("prompt.points.question", language, text=_inline(one["q"], language))
        told.append("\n".join((question, wording("prompt.points.answer", language), *lines)))
    if len(told) < 2:
        told += [
            wording(
                "prompt.points.card",
                language,
                question=_inline(card["q"], language),
                answer=_inline(card["a"], language),
            )
            for card in entry["cards"][:_CARDS]
        ]
    return "\n\n".join(told)


def _inline(text: BothLanguages, language: Language) -> str:
    return " / ".join(one.strip() for one in paragraphs(text, language))


def terms_of(study: Study, entry: Document) -> str:
    """The glossary's terms that an entry uses, one a line as `English = 中文`.

    Those that are the same in both languages are left out, for names stay as they are anyway.
    """
    told = entry_brief(entry, "en").lower()
    lines = []
    for term in browse.glossary(study).terms:
        english, chinese = term["term"]["en"], term["term"]["zh"]
        spoken = [one.lower() for one in (english, *term["aliases"]) if one.isascii()]
        met = term["entry"] == entry["id"] or any(_holds_word(told, one) for one in spoken)
        if met and english != chinese:
            lines.append(f"{english} = {chinese}")
    return "\n".join(lines[:_TERMS])


def _holds_word(text: str, word: str) -> bool:
    """Whether `word`, or its plural, stands in `text`, and not only as a part of another."""
    return word in text and re.search(rf"\b{re.escape(word)}(?:e?s)?\b", text) is not None


def _what(entry: Document, language: Language) -> str:
    """How a sentence names an entry: its kind, its title, and by whom and when."""
    own, other = ("zh", "en") if language == "zh" else ("en", "zh")
    title = entry["title"]
    named = wording(f"what.{entry['kind']}", language, title=title[own])
    facts = []
    if language != "en" and title[other] != title[own]:
        facts.append(title[other])
    if entry["authors"]:
        first = entry["authors"][0]
        first = entry["authors_zh"].get(first, first) if language == "zh" else first
        alone = len(entry["authors"]) == 1
        facts.append(first if alone else _and_others(first, language))
    if entry["date"]:
        facts.append(entry["date"][:4])
    comma = "，" if language == "zh" else ", "
    return wording("what.facts", language, what=named, facts=comma.join(facts)) if facts else named


def _and_others(name: str, language: Language) -> str:
    """The first author for all of them; a name in Latin letters is parted from Chinese words by a blank."""
    parted = f"{name} " if language == "zh" and name[-1:].isascii() else name
    return wording("what.others", language, name=parted)


def _address(entry: Document, spoken: str = "") -> str:
    """Where the work is, in the language `spoken` if it is there in several."""
    found = next((link["url"] for link in entry["links"] if spoken and link["lang"] == spoken), entry["url"])
    return str(found or entry["title"]["en"])


def _original(entry: Document, language: Language) -> str:
    return wording(f"original.{group(entry)}", language)


def _search(language: Language, tool: str) -> str:
    return wording("prompt.search.on" if tool in _WITH_SEARCH else "prompt.search.maybe", language)


def _explain(study: Study, entry: Document, language: Language, tool: str) -> str:
    task = wording(f"prompt.explain.{group(entry)}", language, what=_what(entry, language))
    facts = wording(
        "prompt.explain.facts",
        language,
        search=_search(language, tool),
        original=_original(entry, language),
        url=_address(entry),
    )
    return f"{task}\n\n{facts}"


def _visualise(study: Study, entry: Document, language: Language, tool: str) -> str:
    experiment = entry["experiment"]
    if experiment:
        idea = wording("prompt.visualise.idea", language)
        vary, ends = (label(experiment[one], language).strip() for one in ("vary", "ends"))
    else:
        mechanism = wording(f"brief.mechanism.{group(entry)}", language)
        idea = wording("prompt.visualise.free-idea", language, mechanism=mechanism)
        vary, ends = (wording(f"prompt.visualise.{one}", language) for one in ("vary", "ends"))
    return wording(
        "prompt.visualise",
        language,
        what=_what(entry, language),
        form=wording("prompt.visualise.claude" if tool == "claude" else "prompt.visualise.other", language),
        idea=idea,
        vary=vary,
        ends=ends,
        labels=wording(f"prompt.visualise.labels.{language}", language),
    )


def _research(study: Study, entry: Document, language: Language, tool: str) -> str:
    form = wording("prompt.research.gemini" if tool == "gemini" else "prompt.research.other", language)
    task = wording(f"prompt.research.{group(entry)}", language, what=_what(entry, language), form=form)
    rules = wording(
        "prompt.research.rules", language, original=_original(entry, language), url=_address(entry)
    )
    return f"{task}\n\n{rules}"


def _translate(study: Study, entry: Document, language: Language, tool: str) -> str:
    what = _what(entry, language)
    terms = terms_of(study, entry)
    if tool == EXTENSION:
        task = wording("prompt.translate.engine", language, what=what)
        return f"{task}\n\n{fenced('terms', terms)}" if terms else task
    source, target = ("zh", "en") if _is_chinese(entry) else ("en", "zh")
    return wording(
        "prompt.translate.chat",
        language,
        what=what,
        material=wording(f"prompt.translate.material.{entry['kind']}", language, what=what),
        source=wording(f"language.{source}", language),
        target=wording(f"language.{target}", language),
        access=wording("prompt.translate.access", language, url=_address(entry, source)),
        terms=wording("prompt.translate.terms" if terms else "prompt.translate.no-terms", language),
    )


def _is_chinese(entry: Document) -> bool:
    """Whether an entry is to be had in Chinese only."""
    if entry["course"]:
        return "en" not in entry["course"]["languages"]
    if entry["book"] and entry["book"]["languages"]:
        return {"en", "zh"} & {*entry["book"]["languages"]} == {"zh"}
    spoken = {link["lang"] for link in entry["links"] if link["lang"]}
    return spoken == {"zh"}


def _critique(study: Study, entry: Document, language: Language, tool: str) -> str:
    task = wording(f"prompt.critique.{group(entry)}", language, what=_what(entry, language))
    return f"{task}\n\n{wording('prompt.critique.rules', language, search=_search(language, tool))}"


def _quiz(study: Study, entry: Document, language: Language, tool: str) -> str:
    return wording("prompt.quiz", language, what=_what(entry, language))


def _teach_back(study: Study, entry: Document, language: Language, tool: str) -> str:
    return wording("prompt.teach-back", language, what=_what(entry, language))


_TASKS = {
    "explain": _explain,
    "translate": _translate,
    "research": _research,
    "visualise": _visualise,
    "quiz": _quiz,
    "critique": _critique,
    "teach-back": _teach_back,
}
