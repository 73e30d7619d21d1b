"""Levels, times, dates and enumerations as readers see them."""

from collections.abc import Iterable

from ailearn.language import Language, say


def level(value: int) -> str:
    """A level from 1 to 5 as five dots."""
    return "●" * value + "○" * (5 - value)


def duration(minutes: int, language: Language) -> str:
    """Minutes as minutes up to two hours, then as hours."""
    if minutes < 120:
        return say("time.minutes", language, count=minutes)
    hours = minutes / 60
    shown = f"{hours:.0f}" if minutes % 60 == 0 or hours >= 10 else f"{hours:.1f}"
    return say("time.hours", language, count=shown)


def listed(items: Iterable[str], language: Language) -> str:
    """Several words in one sentence, with the comma of the reader's language."""
    return ("、" if language == "zh" else ", ").join(items)


def when(date: str | None) -> str:
    """A date as it is written in the content, or nothing."""
    return date or ""


def local_time(at: str) -> str:
    """A time in UTC (ISO 8601) as the reader's clock showed it, to the minute; as it is when it is none."""
    from datetime import datetime

    try:
        return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError):
        return at


def local_day(at: str) -> str:
    """The day of a time in UTC by the reader's clock."""
    return local_time(at)[:10]
