"""The model's dataclasses turned into the dictionaries that the index stores and `--json` prints."""

import dataclasses

from ailearn.catalog.documents import SUMMARY_KEYS, Document
from ailearn.catalog.model import Entry, Term


def entry_document(entry: Entry, tracks: list[str]) -> Document:
    """The complete dictionary of an entry, the summary's keys first.

    `year` and `month` are numbers taken from `date`; `url` is the first link.
    """
    fields = dataclasses.asdict(entry)
    parts = [int(part) for part in (entry.date or "").split("-") if part]
    fields["year"] = parts[0] if parts else None
    fields["month"] = parts[1] if len(parts) > 1 else None
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
