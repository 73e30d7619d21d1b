"""A journal that a test may fill, on a study day in May."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.learning.steps import at

from ailearn.learning.journal import Journal, open_to_write


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """An empty journal."""
    opened = open_to_write(tmp_path / "data", at().day)
    yield opened
    opened.close()
