"""The start page for a reader whose progress is known."""

from typing import NamedTuple

from ailearn.catalog.documents import Document
from ailearn.catalog.start import start
from ailearn.catalog.study import Study
from ailearn.learning.clock import Moment
from ailearn.learning.journal import Journal
from ailearn.learning.plan import Next, next_steps
from ailearn.learning.review import Limits


class Home(NamedTuple):
    """The tracks, how much there is of each kind, and what to do next."""

    tracks: tuple[Document, ...]
    counts: dict[str, int]
    next: Next


def home(study: Study, journal: Journal, moment: Moment, limits: Limits) -> Home:
    """The start page with what is proposed at `moment`."""
    page = start(study)
    return Home(page.tracks, page.counts, next_steps(study, journal, moment, limits))
