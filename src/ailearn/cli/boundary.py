"""The one place where failures become words and exit codes."""

import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import typer
from typer._click.exceptions import ClickException

from ailearn import errors, settings
from ailearn.cli.app import language_in, run
from ailearn.controls import safe
from ailearn.errors import AilearnError
from ailearn.language import Language, from_environment, is_language, say, told
from ailearn.view.screen import standard_streams


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program with `arguments`, those of the process by default; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    streams = standard_streams()
    try:
        run(given)
        streams.stdout.flush()
    except typer.Exit as stop:
        return stop.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return errors.INTERRUPTED
    except BrokenPipeError:
        _drop_output()
        return errors.DONE
    except OSError as error:
        if error.errno != errno.ENOSPC:
            return _report_bug(given)
        _drop_output()
        _explain(given, errors.NothingFound("error.no-space"))
        return errors.ANSWER_IS_NO
    except AilearnError as error:
        _explain(given, error)
        return error.exit_code
    except ClickException as error:
        from ailearn.cli.complaints import usage_error

        _explain(given, usage_error(error))
        return errors.WRONG_USAGE
    except Exception:  # noqa: BLE001 - the one boundary: no traceback reaches a reader
        return _report_bug(given)
    return errors.DONE


def _drop_output() -> None:
    """Send what is still buffered nowhere, so that the interpreter does not complain when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def _language(arguments: Sequence[str]) -> Language:
    named = language_in(arguments)
    try:
        return settings.load(os.environ, language=named if named and is_language(named) else None).language
    except AilearnError:
        return from_environment(os.environ)


def _explain(arguments: Sequence[str], error: AilearnError) -> None:
    language = _language(arguments)
    values = {
        name: safe(" ".join(str(told(value, language)).splitlines())) for name, value in error.values.items()
    }
    lines = [f"{say('error.label', language)}{say(error.key, language, **values)}"]
    if error.hint:
        lines += ["", f"{say('hint.label', language)}{say(error.hint, language, **values)}"]
    sys.stdout.flush()
    sys.stderr.write("\n".join(lines) + "\n")


def _report_bug(arguments: Sequence[str]) -> int:
    """Keep the traceback in a file and say where; the reader sees one sentence."""
    import traceback

    text = traceback.format_exc()
    folder = settings.folders(os.environ).state
    saved = _save(folder, text) or _save(_new_folder(), text)
    language = _language(arguments)
    key = "error.bug" if saved else "error.bug-unsaved"
    summary = safe(text.strip().splitlines()[-1])
    sys.stderr.write(f"{say('error.label', language)}{say(key, language, path=saved, summary=summary)}\n")
    return errors.BUG


def _new_folder() -> Path | None:
    """A folder with a name of its own among the temporary files, where nobody can have put a link before."""
    import tempfile

    try:
        return Path(tempfile.mkdtemp(prefix="ailearn-"))
    except OSError:
        return None


def _save(folder: Path | None, text: str) -> Path | None:
    if folder is None:
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "last-error.txt"
        path.write_text(text, encoding="utf-8")
    except OSError:
        return None
    return path
