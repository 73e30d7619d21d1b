"""Writing a file so that at any moment there is the old one or the new one, and never half of either."""

import os
from pathlib import Path

# What everybody may read, as far as the user's mask lets them; and what only the user may.
_OPEN, _PRIVATE = 0o666, 0o600


def replace_file(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write `content` beside its place and rename it; folders that are missing are made.

    A `private` file can be read by nobody else, not even while it is being written. Raises OSError, and
    leaves nothing half done behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
    # One that a crash left would keep its own mode.
    temporary.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(temporary, flags, _PRIVATE if private else _OPEN)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
