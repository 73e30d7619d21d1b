"""A small guide that stays as it is, so that pictures of screens change only when the program does."""

from pathlib import Path

import pytest

from ailearn.catalog import study as opening

GUIDE = Path(__file__).parent / "guide"


@pytest.fixture
def small_guide(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program reads tests/view/guide in place of the real content."""
    monkeypatch.setattr(opening, "guide_folder", lambda: GUIDE)
    monkeypatch.setattr(opening, "PACKAGED_INDEX", GUIDE / "no-index-is-packaged-here")
    return GUIDE
