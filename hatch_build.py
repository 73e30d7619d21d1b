"""The build hook: puts the content and the index compiled from it into the wheel."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ContentHook(BuildHookInterface[Any]):
    """Compiles `content/` for a wheel; an editable install compiles on first use instead."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add `content/`, `guide.sqlite` and `names.txt` to the package.

        Raises RuntimeError when any of the content cannot be loaded.
        """
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        from ailearn.catalog import index, source
        from ailearn.catalog.content_files import ContentFolder
        from ailearn.catalog.study import names_text

        library = source.load([ContentFolder(root / "content", own=False)])
        broken = [f"{one.path}:{one.line}: {one.message('en')}" for one in library.findings]
        if broken or not library.entries:
            raise RuntimeError("the content cannot be compiled:\n" + "\n".join(broken))
        folder = Path(tempfile.mkdtemp(prefix="ailearn-build-"))
        index.write(library, folder / "guide.sqlite", "compiled into the package")
        (folder / "names.txt").write_text(names_text(library), encoding="utf-8")
        build_data["force_include"] |= {
            str(folder / "guide.sqlite"): "ailearn/guide.sqlite",
            str(folder / "names.txt"): "ailearn/names.txt",
            str(root / "content"): "ailearn/content",
        }
