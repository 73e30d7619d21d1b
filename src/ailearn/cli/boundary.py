"""The one place where failures become words and exit codes."""

import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import typer
from typer._click.exceptions import ClickException, MissingParameter, NoSuchOption

from ailearn import errors, settings
from ailearn.cli.app import language_in, run
from ailearn.controls import safe
from ailearn.errors import AilearnError
from ailearn.language import Language, from_environment, is_language, say
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
        _explain(given, _usage_error(error))
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
    values = {name: safe(" ".join(str(value).splitlines())) for name, value in error.values.items()}
    lines = [f"{say('error.label', language)}{say(error.key, language, **values)}"]
    if error.hint:
        lines += ["", f"{say('hint.label', language)}{say(error.hint, language, **values)}"]
    sys.stdout.flush()
    sys.stderr.write("\n".join(lines) + "\n")


def _usage_error(error: ClickException) -> AilearnError:
    """The parser's complaint in the program's own words, where it has any."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "ailearn"
    if isinstance(error, NoSuchOption):
        import difflib

        known = {one.lstrip("-"): one for one in error.possibilities or []}
        near = [known[one] for one in difflib.get_close_matches(error.option_name.lstrip("-"), known, 3, 0.6)]
        return errors.UsageError(
            "error.no-such-option",
            hint="hint.did-you-mean" if near else "hint.help",
            name=error.option_name,
            names=", ".join(near),
            command=command,
        )
    if isinstance(error, MissingParameter) and error.param is not None:
        name = error.param.human_readable_name.rstrip(".").upper()
        return errors.UsageError("error.missing", hint="hint.help", name=name, command=command)
    return errors.UsageError(
        "error.usage", hint="hint.help", message=error.format_message().rstrip("."), command=command
    )


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
