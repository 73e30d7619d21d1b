"""The model's dataclasses turned into the dictionaries that the index stores and `--json` prints."""

import dataclasses
import re

from ailearn.catalog.documents import SUMMARY_KEYS, Document
from ailearn.catalog.model import Entry, Term


def entry_document(entry: Entry, tracks: list[str]) -> Document:
    """The complete dictionary of an entry, the summary's keys first.

    `year` and `month` are numbers taken from `date`, None where it gives none; `url` is the first link.
    """
    fields = dataclasses.asdict(entry)
    # The reader's own unfinished entries are loaded too, whatever their date says.
    parts = re.match(r"(\d{4})(?:-(\d{2}))?", entry.date or "", re.ASCII)
    fields["year"] = int(parts[1]) if parts else None
    fields["month"] = int(parts[2]) if parts and parts[2] else None
    fields["url"] = entry.links[0].url if entry.links else None
    fields["tracks"] = tracks
    ordered = {key: fields.pop(key) for key in SUMMARY_KEYS}
    return ordered | fields


def summary_of(document: Document) -> Document:
    """The part of an entry's dictionary that lists show."""
    return {key: document[key] for key in SUMMARY_KEYS}


def term_document(term: Term) -> Document:
    """The dictionary of a glossary term."""
    return dataclasses.asdict(term)
