"""A database of SQLite with its write-ahead log, put together in memory.

SQLite itself needs a file for the index of a log, for which there is no place on a full disk or in a folder
that cannot be written. The format: https://sqlite.org/fileformat2.html#the_write_ahead_log
"""

import struct

_HEADER = struct.Struct(">8I")
_FRAME = struct.Struct(">6I")
_MAGIC = 0x377F0682
_WORD = 0xFFFFFFFF
# Where a database says whether a log belongs to it, and how it says that none does.
_VERSIONS, _WITHOUT_LOG = slice(18, 20), b"\x01\x01"


def with_log(database: bytes, log: bytes) -> bytes:
    """The bytes of a database after every change in its log that was finished; it has none afterwards."""
    pages = bytearray(database)
    for size, count, changed in _changes(log):
        pages.extend(bytes(max(count * size - len(pages), 0)))
        for number, content in changed.items():
            pages[(number - 1) * size : number * size] = content
        del pages[count * size :]
    if len(pages) >= _VERSIONS.stop:
        pages[_VERSIONS] = _WITHOUT_LOG
    return bytes(pages)


def _changes(log: bytes) -> "list[tuple[int, int, dict[int, bytes]]]":
    """For every transaction the size of a page, how many there are afterwards, and those that it wrote."""
    changes: list[tuple[int, int, dict[int, bytes]]] = []
    if len(log) < _HEADER.size:
        return changes
    magic, _, size, _, *salts, first, second = _HEADER.unpack_from(log)
    order = ">" if magic & 1 else "<"
    sums = _checksums(log[:24], order, (0, 0))
    if magic & ~1 != _MAGIC or sums != (first, second):
        return changes
    changed: dict[int, bytes] = {}
    for start in range(_HEADER.size, len(log) - _FRAME.size - size + 1, _FRAME.size + size):
        number, count, *own, first, second = _FRAME.unpack_from(log, start)
        content = log[start + _FRAME.size : start + _FRAME.size + size]
        sums = _checksums(log[start : start + 8] + content, order, sums)
        # What follows is left from before the log was begun again, or was never finished.
        if own != salts or sums != (first, second):
            break
        changed[number] = content
        if count:
            changes.append((size, count, changed))
            changed = {}
    return changes


def _checksums(data: bytes, order: str, sums: tuple[int, int]) -> tuple[int, int]:
    first, second = sums
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for even, odd in zip(words[::2], words[1::2], strict=True):
        first = (first + even + second) & _WORD
        second = (second + odd + first) & _WORD
    return first, second
