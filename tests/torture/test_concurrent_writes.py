"""Several programs write, synchronise and read at once."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from tests.torture.conftest import rounds
from tests.torture.test_kills import assert_sound

from ailearn.learning.journal import open_to_read

if TYPE_CHECKING:
    from tests.torture.conftest import Figure

# Writes a note or a grade again and again, each through a journal of its own as a command would.
WRITER = """
import sys, time
from contextlib import closing
from datetime import datetime
from pathlib import Path
from ailearn.learning.clock import moment
from ailearn.learning.journal import open_to_write, record
from ailearn.learning.transfer import sync

folder, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
sys.stdin.readline()
slowest = 0.0
for number in range(count):
    began = time.perf_counter()
    now = moment(datetime.now().astimezone(), 4)
    with closing(open_to_write(folder, now.day)) as journal:
        if number % 2:
            record(journal, now, "note", {"lora": {"text": f"{name} {number}"}})
        else:
            card = {"grade": 3, "retention": 0.9, "answer": name}
            record(journal, now, "review", {f"resnet/{number % 7}": card})
        if number % 100 == 99:
            sync(journal, folder / "sync")
    slowest = max(slowest, time.perf_counter() - began)
print(f"{slowest:.2f}", flush=True)
"""
WRITERS = 4


def test_four_programs_that_write_at_once_lose_nothing(tmp_path: Path, figure: Figure) -> None:
    count = rounds(500, 20)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), f"writer {number}", str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(WRITERS)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("go\n")
        writer.stdin.flush()
    slowest = max(float(writer.communicate(timeout=600)[0]) for writer in writers)

    with closing(open_to_read(tmp_path)) as journal:
        events = list(journal.events())
    assert [writer.returncode for writer in writers] == [0] * WRITERS
    assert len({event.uuid for event in events}) == len(events) == WRITERS * count
    assert len({event.device for event in events}) == 1
    texts = {event.payload["text"] for event in events if event.kind == "note"}
    assert len(texts) == WRITERS * count // 2
    assert_sound(tmp_path)
    figure(f"concurrent writes: {WRITERS} × {count}, 0 lost, 0 errors, slowest {slowest:.2f} s, one device")
