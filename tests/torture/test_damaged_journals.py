"""A journal that was damaged in any way is said to be so, and a backup brings back what it held."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.torture.conftest import rounds
from tests.torture.test_kills import events

if TYPE_CHECKING:
    from tests.conftest import Run
    from tests.torture.conftest import Figure

COMMANDS = (
    ("papers", "--plain"),
    ("progress", "--plain"),
    ("next", "--plain"),
    ("review", "--json"),
    ("note", "lora", "after the damage"),
    ("undo",),
    ("doctor", "--plain"),
)
Damage = Callable[[Path, random.Random], None]


def changed_bytes(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    for _ in range(chance.randint(1, 200)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path.write_bytes(content)


def zeroed_block(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    begin = chance.randrange(0, len(content), 4096)
    content[begin : begin + 4096] = bytes(min(4096, len(content) - begin))
    path.write_bytes(content)


def cut_short(path: Path, chance: random.Random) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: chance.randrange(len(content))])


def other_content(path: Path, chance: random.Random) -> None:
    if chance.random() < 0.5:
        path.write_bytes(chance.randbytes(chance.randint(0, 9000)))
        return
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE other (text TEXT)")


def wrong_rows(path: Path, chance: random.Random) -> None:
    statement = chance.choice(
        [
            "UPDATE event SET payload = '[1]'",
            'UPDATE event SET payload = \'{"grade": 9, "retention": 0.9}\'',
            f"UPDATE event SET payload = '{'[' * 3000}'",
            "UPDATE event SET payload = x'ff00'",
            "UPDATE event SET day = 'yesterday'",
            "UPDATE event SET at = 'noon'",
            "UPDATE card SET due = 'soon'",
            "UPDATE card SET stability = 'much'",
            "UPDATE entry SET status = 7",
            "DELETE FROM meta",
            "DROP TABLE event",
            "DROP TABLE card",
            "DROP TABLE meta",
            "PRAGMA user_version = -5",
            "PRAGMA user_version = 999",
        ]
    )
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


DAMAGES: tuple[Damage, ...] = (
    changed_bytes,
    changed_bytes,
    zeroed_block,
    cut_short,
    other_content,
    wrong_rows,
)


@pytest.fixture
def sound(run: Run, own_folders: Path) -> Path:
    """The data folder of a reader with a journal of three days and its backups."""
    for day in range(1, 4):
        now = f"2026-05-0{day}T12:00:00Z"
        assert run("read", "resnet", "lora", "alexnet", AILEARN_NOW=now).exit == 0
        assert run("note", "ppo", f"thought of day {day}", AILEARN_NOW=now).exit == 0
        assert run("review", "--grade", "resnet/degradation=3", AILEARN_NOW=now).exit == 0
    return own_folders / "ailearn" / "data"


def test_damage_is_said_and_a_backup_brings_the_events_back(
    run: Run, sound: Path, own_folders: Path, figure: Figure
) -> None:
    copy, chance = own_folders / "sound", random.Random(14)
    shutil.copytree(sound, copy)
    backed_up = {uuid for uuid, event in events(sound).items() if event.day < "2026-05-03"}
    named, count = 0, rounds(60, 12)
    for number in range(count):
        shutil.rmtree(sound)
        shutil.copytree(copy, sound)
        DAMAGES[number % len(DAMAGES)](sound / "progress.sqlite", chance)
        said = False
        for command in COMMANDS:
            result = run(*command, AILEARN_NOW="2026-05-04T12:00:00Z")
            assert result.exit in (0, 1, 5), (number, command, result.err)
            assert "Traceback" not in result.err
            said = said or result.exit == 5
        named += said
        # Whatever the commands did: the events of the backups can be brought back.
        restored = run("progress", "restore", AILEARN_NOW="2026-05-04T12:00:00Z")
        assert restored.exit == 0, (number, restored.err)
        assert backed_up <= set(events(sound)), number
        assert run("note", "lora", "goes on", AILEARN_NOW="2026-05-04T12:00:00Z").exit == 0
    figure(f"damaged journals: {count} × {len(COMMANDS)} commands, {named} said to be damaged, all restored")
