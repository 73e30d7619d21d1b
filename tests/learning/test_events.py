"""Events as lines: whatever is recorded or read can be written, read again, and is the same."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.learning.steps import at

from ailearn.errors import ProgressError
from ailearn.learning import events
from ailearn.learning.clock import Moment
from ailearn.learning.events import NOTE, RESULT, Event, parse, to_line
from ailearn.learning.journal import Journal, open_to_write, record

WILD: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.integers(-(1 << 64), 1 << 64),
        st.floats(),
        st.text(st.characters(), max_size=5),
        st.text("\ud800\udfffx\x00é", max_size=3),
        st.just((1, 2)),
        st.just(b"x"),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.text(max_size=3), st.integers(0, 3)), inner, max_size=3),
    ),
    max_leaves=12,
)
LITERALS = st.sampled_from(
    [
        *(
            "1e999",
            "-1e999",
            "1e-999",
            "NaN",
            "Infinity",
            "-0",
            "-0.0",
            "1e15",
            "0.1",
            "9" * 40,
            "true",
            "null",
        ),
        *(
            '"\\ud83d\\ude00"',
            '"\\ud83d"',
            '"\\u0000"',
            '"é"',
            "[1,2]",
            "[" * 31 + "]" * 31,
            "[" * 33 + "]" * 33,
        ),
    ]
)
FIELDS = {
    "uuid": "u", "action": "a", "device": "d", "at": "2026-05-01T12:00:00.000Z", "day": "2026-05-01",
    "kind": RESULT, "subject": "resnet",
}  # fmt: skip


@pytest.fixture(scope="module")
def quick() -> Any:
    """A journal that does not wait for the disk."""
    with tempfile.TemporaryDirectory() as folder:
        journal = open_to_write(Path(folder), "2026-05-01")
        journal.connection.execute("PRAGMA synchronous = OFF")
        yield journal
        journal.close()


def survives(event: Event) -> bool:
    line = to_line(event)
    return parse(line) == event and to_line(parse(line)) == line and "\n" not in line


@settings(deadline=None)
@given(st.dictionaries(st.text("abn", max_size=2), WILD, max_size=4))
def test_what_can_be_recorded_can_be_read_by_every_device(quick: Journal, payload: dict[str, Any]) -> None:
    try:
        (event,) = record(quick, at(), RESULT, {"resnet": payload})
    except ValueError:
        return
    assert survives(event)


@given(LITERALS, st.sampled_from((None, 1, 7, 1 << 40)), st.sampled_from((RESULT, "dream")))
def test_what_can_be_read_can_be_written_again(literal: str, counter: int | None, kind: str) -> None:
    fields = {**FIELDS, "kind": kind, **({"counter": counter} if counter else {})}
    line = json.dumps({**fields, "payload": {}}).replace("{}", f'{{"n":{literal}}}')
    try:
        event = parse(line)
    except ValueError:
        assert literal in (
            "1e999", "-1e999", "NaN", "Infinity", "9" * 40, '"\\ud83d"', "[" * 33 + "]" * 33
        )  # fmt: skip
        return
    assert survives(event)
    assert ("counter" in json.loads(to_line(event))) == (counter is not None)


@given(st.text() | st.builds(json.dumps, WILD.filter(lambda one: "b'" not in repr(one)) | st.none()))
def test_any_other_line_is_no_event(line: str) -> None:
    with pytest.raises(ValueError):
        parse(line)


@pytest.mark.parametrize(
    "moment",
    [
        Moment("3000-01-01T00:00:00.000Z", "", "2999-12-31"),
        Moment("2026-05-01T12:00:00.000Z", "", "3000-01-01"),
        Moment("1969-12-31T20:00:00.000Z", "", "1970-01-01"),
        Moment("2026-05-01 12:00", "", "2026-05-01"),
    ],
)
def test_a_time_that_no_line_may_have_is_not_recorded(quick: Journal, moment: Moment) -> None:
    with pytest.raises(ValueError, match=NOTE):
        record(quick, moment, NOTE, {"resnet": {"text": "x"}})


def test_what_is_too_long_for_a_line_is_said_and_not_recorded(quick: Journal) -> None:
    (whole,) = record(quick, at(), NOTE, {"lora": {"text": "捷" * 340_000}})
    assert survives(whole)

    with pytest.raises(ProgressError) as caught:
        record(quick, at(), NOTE, {"lora": {"text": "捷" * 350_000}})
    assert caught.value.hint == "hint.event-long"


@given(st.lists(st.sampled_from(["2026-05-01T12:00:00.000Z", "1970-01-01T00:00:00.000Z"]), min_size=2))
def test_events_without_a_counter_come_first_and_in_order_of_time(times: list[str]) -> None:
    times = [*times, "2999-12-31T23:59:59.999Z", "2026-05-01T12:00:00.001Z"]
    counters = [parse(json.dumps({**FIELDS, "at": time, "payload": {}})).counter for time in times]

    assert sorted(zip(counters, times, strict=True)) == sorted(
        zip(counters, times, strict=True), key=lambda one: one[1]
    )
    assert all(counter < 0 for counter in counters)
    assert events.uncounted(times[0]) == counters[0]
