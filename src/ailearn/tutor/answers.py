"""What a question to the tutor comes to: the answer, what it cites, and what it was given."""

from typing import NamedTuple

from ailearn.catalog.passages import Passage
from ailearn.tutor.talk import Ending


class Answer(NamedTuple):
    """An answer to a question about `entry`, the id of one or empty.

    `citations` name passages that the model was given, `unknown_citations` others; `conversation` is the id
    under which it is kept, empty when it is not.
    """

    question: str
    entry: str
    answer: str
    model: str
    provider: str
    ending: Ending
    citations: tuple[str, ...]
    unknown_citations: tuple[str, ...]
    passages: tuple[Passage, ...]
    conversation: str
