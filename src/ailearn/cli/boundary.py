"""The one place where failures become words and exit codes."""

import contextlib
import errno
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import typer
from typer._click.exceptions import ClickException

from ailearn import errors, settings
from ailearn.cli.app import language_in, run
from ailearn.controls import safe
from ailearn.errors import AilearnError, Ended
from ailearn.language import Language, from_environment, is_language, meant, say, told
from ailearn.view.screen import drop, standard_streams, write_aside

# What ends a program that does not listen.
_ENDING = ("SIGTERM", "SIGHUP")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program with `arguments`, those of the process by default; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    streams = standard_streams()
    try:
        with _ending_in_order():
            code = _outcome(given)
    except Ended as end:
        from ailearn.view.keys import put_right

        put_right()
        code = int(end.args[0])
    for stream in (streams.stdout, streams.stderr):
        # What the interpreter cannot write when it ends would change the exit code.
        try:
            stream.flush()
        except (OSError, ValueError):
            drop(stream)
    return code


@contextlib.contextmanager
def _ending_in_order() -> Iterator[None]:
    """A signal that ends the program becomes an exception, so that the terminal is left as it was found."""
    handled = []
    for number in (getattr(signal, name, None) for name in _ENDING):
        # One that is ignored, as by nohup, stays so; and only the first thread may listen.
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            with contextlib.suppress(ValueError):
                signal.signal(number, _end)
                handled.append(number)
    try:
        yield
    finally:
        for number in handled:
            signal.signal(number, signal.SIG_DFL)


def _end(number: int, _: object) -> None:
    # Another one must not break off what is put right.
    signal.signal(number, signal.SIG_IGN)
    raise Ended(number)


def _outcome(given: Sequence[str]) -> int:
    """Run the program; whatever it raises becomes words and an exit code."""
    try:
        run(given)
        sys.stdout.flush()
    except typer.Exit as stop:
        return stop.exit_code
    except (KeyboardInterrupt, typer.Abort):
        return errors.INTERRUPTED
    except BrokenPipeError:
        drop(sys.stdout)
        return errors.DONE
    except OSError as error:
        if error.errno != errno.ENOSPC:
            return _report_bug(given)
        drop(sys.stdout)
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


def _language(arguments: Sequence[str]) -> Language:
    named = language_in(arguments)
    try:
        return settings.load(os.environ, language=named if named and is_language(named) else None).language
    except AilearnError:
        # What is wrong with the settings is said in the language that was asked for all the same.
        variable = os.environ.get("AILEARN_LANG", "")
        return meant(named or "") or meant(variable) or from_environment(os.environ)


def _explain(arguments: Sequence[str], error: AilearnError) -> None:
    language = _language(arguments)
    values = {
        name: safe(" ".join(str(told(value, language)).splitlines())) for name, value in error.values.items()
    }
    lines = [f"{say('error.label', language)}{say(error.key, language, **values)}"]
    if error.hint:
        lines += ["", f"{say('hint.label', language)}{say(error.hint, language, **values)}"]
    sys.stdout.flush()
    write_aside(sys.stderr, "\n".join(lines) + "\n")


def _report_bug(arguments: Sequence[str]) -> int:
    """Keep the traceback in a file and say where; the reader sees one sentence.

    Whatever a damaged journal leads to is no bug: that it is damaged is said instead.
    """
    import traceback

    text = traceback.format_exc()
    damage = _damage()
    if damage is not None:
        _explain(arguments, damage)
        return damage.exit_code
    folder = settings.folders(os.environ).state
    saved = _save(folder, text) or _save(_new_folder(), text)
    language = _language(arguments)
    key = "error.bug" if saved else "error.bug-unsaved"
    summary = safe(text.strip().splitlines()[-1])
    label = say("error.label", language)
    write_aside(sys.stderr, f"{label}{say(key, language, path=saved, summary=summary)}\n")
    return errors.BUG


def _new_folder() -> Path | None:
    """A folder with a name of its own among the temporary files, where nobody can have put a link before."""
    import tempfile

    try:
        return Path(tempfile.mkdtemp(prefix="ailearn-"))
    except OSError:
        return None


def _damage() -> errors.ProgressError | None:
    """What is wrong with the journal, if this command had anything to do with it."""
    data = settings.folders(os.environ).data
    if data is None or "ailearn.learning.journal" not in sys.modules:
        return None
    from ailearn.learning.rescue import damage

    return damage(data)


def _save(folder: Path | None, text: str) -> Path | None:
    if folder is None:
        return None
    from ailearn.replacing import replace_file

    try:
        path = folder / "last-error.txt"
        replace_file(path, text.encode("utf-8", "replace"), private=True)
    except OSError:
        return None
    return path
