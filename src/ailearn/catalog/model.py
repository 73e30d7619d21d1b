"""What an entry of the guide is: one set of frozen dataclasses for both ends of the program.

When content is compiled, pydantic validates these very classes; at run time they are filled from
the index by `catalog.records`, without pydantic. Nothing here reads, writes or prints.
"""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["paper", "essay", "course", "book", "tool"]
LinkKind = Literal[
    "abstract", "pdf", "html", "page", "code", "video", "course", "book", "slides", "blog",
    "dataset", "demo", "docs",
]  # fmt: skip
CardType = Literal[
    "why", "problem", "motivation", "intuition", "mechanism", "formula", "evidence", "limits",
    "legacy", "compare",
]  # fmt: skip
Job = Literal[
    "translate", "explain", "visualise", "research", "search", "write", "practise", "quiz", "critique",
    "teach-back",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Text:
    """One meaning in both languages."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class TextList:
    """Steps, points or paragraphs in both languages, item for item."""

    en: tuple[str, ...]
    zh: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """One address of a source. `lang` is the language spoken or written there, as ISO 639-1.

    The `demo` of a tool is the page on which one talks to it: that is where prompts are pasted.
    """

    kind: LinkKind
    url: str
    lang: str | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A result with its number and the place in the source where it stands."""

    claim: Text
    source: str


@dataclass(frozen=True, slots=True)
class Experiment:
    """What an interactive page about an entry lets one vary, and what must then be seen at known values."""

    vary: Text
    ends: Text


@dataclass(frozen=True, slots=True)
class Requirement:
    """An entry that must be understood first, and why."""

    id: str
    why: Text


@dataclass(frozen=True, slots=True)
class ReadingPlan:
    """Which parts of the source to read in the first pass, in the second, and which to skip."""

    first: TextList
    second: TextList | None = None
    skip: TextList | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """An open question and what a good answer holds."""

    q: Text
    points: TextList


@dataclass(frozen=True, slots=True)
class Card:
    """A question for spaced repetition. `id` is unique within its entry and never changes.

    `excerpt` is the passage that the card rests on, word for word, and `source` what it was taken from.
    """

    id: str
    type: CardType
    q: Text
    a: Text
    excerpt: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class CardFile:
    """Cards that the reader adds to the entry with the id `entry`, whichever folder that is in.

    The file is `cards/<entry>.yaml` of her own content folder; the ids of its cards begin with `own-`.
    """

    entry: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Where the facts of one field were read."""

    field: str
    ref: str


@dataclass(frozen=True, slots=True)
class CourseDetails:
    """What only a course has. `hours` is the running time of all lessons, where a source gives it."""

    provider: str
    languages: tuple[str, ...]
    watch_first: Text
    lessons: int | None = None
    hours: float | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of a book and what it is worth reading for."""

    part: str
    worth: Text


@dataclass(frozen=True, slots=True)
class BookDetails:
    """What only a book has. `languages` are those it can be had in (ISO 639-1), the original first."""

    publisher: str
    chapters: tuple[Chapter, ...]
    languages: tuple[str, ...] = ()
    edition: str | None = None
    translators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolDetails:
    """What only a tool has.

    `version` is the one that the entry was written for, `retires` the day (YYYY-MM-DD) on which its provider
    stops or stopped offering it, `successor` what to use in its place, in a few words, and `replaced_by` what
    has happened since. `not_offered_in` are the regions (ISO 3166-1 alpha-2) that the provider leaves out;
    `as_of` is the month (YYYY-MM) to which everything here holds, `endpoint` the base URL of an
    OpenAI-compatible API.
    """

    jobs: tuple[Job, ...]
    access: Text
    as_of: str
    version: str | None = None
    retires: str | None = None
    successor: Text | None = None
    replaced_by: Text | None = None
    not_offered_in: tuple[str, ...] = ()
    endpoint: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper, an essay, a course, a book or a tool.

    `date` is the first public version as YYYY, YYYY-MM or YYYY-MM-DD; `level` runs from 1 to 5;
    `minutes` is an honest estimate of the time to read, watch or set up.
    """

    id: str
    kind: Kind
    title: Text
    short: Text
    topics: tuple[str, ...]
    level: int
    minutes: int
    links: tuple[Link, ...]
    one_liner: Text
    problem: Text
    motivation: Text
    intuition: Text
    mechanism: TextList
    limits: Text
    legacy: Text
    cards: tuple[Card, ...]
    aliases: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    authors_zh: dict[str, str] = field(default_factory=dict)
    date: str | None = None
    venue: str | None = None
    arxiv: str | None = None
    doi: str | None = None
    isbn: str | None = None
    formula: str | None = None
    figure: Text | None = None
    experiment: Experiment | None = None
    evidence: tuple[Evidence, ...] = ()
    requires: tuple[Requirement, ...] = ()
    related: tuple[str, ...] = ()
    reading: ReadingPlan | None = None
    questions: tuple[Question, ...] = ()
    sources: tuple[Source, ...] = ()
    course: CourseDetails | None = None
    book: BookDetails | None = None
    tool: ToolDetails | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """One word of the closed list of subjects."""

    id: str
    name: Text
    about: Text


@dataclass(frozen=True, slots=True)
class Step:
    """One entry's place in a track: what it took over from earlier work, what it left open."""

    id: str
    took_over: Text
    left_open: Text


@dataclass(frozen=True, slots=True)
class Track:
    """A story told by entries in order."""

    id: str
    title: Text
    about: Text
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class PathStep:
    """One entry's place in a named path, and why it stands there."""

    id: str
    why: Text


@dataclass(frozen=True, slots=True)
class NamedPath:
    """Entries in an order to read them in, put together for one kind of reader."""

    id: str
    title: Text
    about: Text
    steps: tuple[PathStep, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the field, and `entry`: the entry in which the reader of the guide meets it."""

    id: str
    term: Text
    meaning: Text
    entry: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Assistant:
    """A job that an AI assistant is good at, and the tools to do it with, best first."""

    job: Job
    name: Text
    advice: Text
    tools: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A headed part of the method page. `entries` are named for further reading."""

    id: str
    title: Text
    paragraphs: TextList
    entries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guide:
    """The method page: how to learn AI with AI."""

    title: Text
    intro: Text
    sections: tuple[Section, ...]
    assistants: tuple[Assistant, ...]
