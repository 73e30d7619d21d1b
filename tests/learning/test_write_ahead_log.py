"""A database with its log, put together in memory: the same that SQLite makes of them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ailearn.learning.write_ahead_log import with_log

# Rows to be written in one transaction: how long each is, and whether it is finished.
CHANGES = st.lists(st.tuples(st.lists(st.integers(0, 3000), max_size=4), st.booleans()), max_size=5)


def rows(database: bytes) -> list[tuple[int, str]]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(database)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return connection.execute("SELECT * FROM word ORDER BY number").fetchall()


def written(path: Path, changes: list[tuple[list[int], bool]], size: int) -> tuple[bytes, bytes]:
    """A database and its log after some transactions, of which the first is in the database itself."""
    for ending in ("", "-wal", "-shm"):
        Path(f"{path}{ending}").unlink(missing_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA page_size = {size}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE word (number INTEGER PRIMARY KEY, text TEXT)")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for lengths, finished in changes:
        connection.execute("BEGIN")
        for length in lengths:
            connection.execute("INSERT INTO word (text) VALUES (?)", ("x" * length,))
        connection.execute("COMMIT" if finished else "ROLLBACK")
    files = path.read_bytes(), Path(f"{path}-wal").read_bytes()
    connection.close()
    return files


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "words.sqlite"


@settings(deadline=None, max_examples=60)
@given(changes=CHANGES, size=st.sampled_from([512, 4096, 65536]))
def test_it_holds_what_sqlite_finds(path: Path, changes: list[tuple[list[int], bool]], size: int) -> None:
    database, log = written(path, changes, size)

    # SQLite has taken its log into the file when the last connection was closed.
    assert rows(with_log(database, log)) == rows(with_log(path.read_bytes(), b""))


@settings(deadline=None, max_examples=100)
@given(cut=st.integers(0, 40_000), byte=st.one_of(st.none(), st.integers(0, 40_000)))
def test_a_torn_log_gives_what_sqlite_recovers(path: Path, cut: int, byte: int | None) -> None:
    database, log = written(path, [([700], True), ([3000, 3000], True), ([10], True)], 4096)
    torn = bytearray(log[:cut])
    if byte is not None and byte < len(torn):
        torn[byte] ^= 0x55
    copy = path.with_name("torn.sqlite")
    copy.write_bytes(database)
    Path(f"{copy}-wal").write_bytes(torn)
    with closing(sqlite3.connect(copy)) as connection:
        expected = connection.execute("SELECT * FROM word ORDER BY number").fetchall()

    assert rows(with_log(database, bytes(torn))) == expected
    copy.unlink()


@pytest.mark.parametrize("log", [b"", b"x", b"garbage " * 100])
def test_what_is_no_log_changes_nothing(path: Path, log: bytes) -> None:
    database, _ = written(path, [], 4096)
    assert rows(with_log(database, log)) == []
    assert with_log(b"", log) == b""
