"""Where content comes from."""

from dataclasses import dataclass
from pathlib import Path

from ailearn.catalog.content_files import scan
from ailearn.catalog.study import Study, content_folders


@dataclass(frozen=True, slots=True)
class ContentPlace:
    """A content folder, or the index; `what` names the message `place.<what>`."""

    what: str
    path: str
    entries: int


@dataclass(frozen=True, slots=True)
class ContentPlaces:
    """The folders in the order in which they are laid over each other, and the index made from them."""

    places: tuple[ContentPlace, ...]


def places(study: Study, own: tuple[Path, ...]) -> ContentPlaces:
    """Every folder with the number of its files, and the index with the number of its entries."""
    found = [
        ContentPlace("own" if folder.own else "guide", str(folder.path), len(scan(folder.path).files))
        for folder in content_folders(own)
    ]
    count = study.connection.execute("SELECT count(*) FROM entry").fetchone()[0]
    return ContentPlaces((*found, ContentPlace("index", study.origin, count)))
