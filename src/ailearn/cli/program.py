"""`config`, `doctor` and `completion`: the program itself."""

import sys
from typing import Annotated

import typer

from ailearn.cli.options import session
from ailearn.cli.verb import Verb, VerbGroup
from ailearn.configuration import Configuration, configuration, set_value
from ailearn.errors import AilearnError, ConfigurationError, UsageError

app = typer.Typer()
config_app = typer.Typer(rich_markup_mode=None)
_SHELLS = ("bash", "zsh", "fish")


@config_app.callback(cls=VerbGroup, help="help.config", invoke_without_command=True)
def config(context: typer.Context) -> None:
    """Show the settings when no command is named."""
    if context.invoked_subcommand is None:
        _show(context, None)


def _show(context: typer.Context, key: str | None) -> Configuration:
    opened = session(context)
    found = configuration(opened.screen.streams.environ, opened.settings, key)
    if key is None or opened.screen.form == "json":
        opened.screen.show(found)
    return found


@config_app.command("show", cls=Verb, help="help.config.show")
def show(context: typer.Context) -> None:
    """Show every setting and where it comes from."""
    _show(context, None)


@config_app.command("get", cls=Verb, help="help.config.get")
def get(
    context: typer.Context, key: Annotated[str, typer.Argument(metavar="KEY", help="argument.key")]
) -> None:
    """Print the value of one setting."""
    found = _show(context, key)
    opened = session(context)
    if opened.screen.form != "json":
        opened.screen.write(f"{found.settings[0].value}\n")


@config_app.command("set", cls=Verb, help="help.config.set")
def set_(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="argument.key")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="argument.value")],
) -> None:
    """Write a setting into the config file."""
    opened = session(context)
    path = set_value(opened.screen.streams.environ, key, value)
    opened.screen.note("note.set" if value else "note.unset", key=key, value=value, path=path)


@config_app.command("path", cls=Verb, help="help.config.path")
def path(context: typer.Context) -> None:
    """Print the path of the config file."""
    opened = session(context)
    found = configuration(opened.screen.streams.environ, opened.settings)
    if found.path is None:
        raise ConfigurationError("error.no-config-folder", hint="hint.home")
    opened.screen.write(f"{found.path}\n")


@app.command("doctor", cls=Verb, help="help.doctor")
def doctor(context: typer.Context) -> None:
    """Look at everything that the program rests on."""
    from ailearn.catalog.diagnosis import diagnose
    from ailearn.learning.checkup import with_journal

    encoding = sys.__stdout__.encoding if sys.__stdout__ else None
    opened = session(context)
    try:
        study = opened.study
    except AilearnError as error:
        opened.screen.note(error.key, **error.values)
        study = None
    found = diagnose(opened.settings, study, encoding)
    found = with_journal(found, opened.settings.folders.data, opened.moment)
    opened.screen.show(found)
    if not found.healthy:
        raise typer.Exit(1)


@app.command("completion", cls=Verb, help="help.completion")
def completion(
    context: typer.Context,
    shell: Annotated[str, typer.Argument(metavar="bash|zsh|fish", help="argument.shell")],
) -> None:
    """Print the completion script for a shell."""
    from ailearn.cli.completion import script

    if shell not in _SHELLS:
        raise UsageError(
            "error.unknown-shell", hint="hint.option-values", name=shell, names=", ".join(_SHELLS)
        )
    opened = session(context)
    opened.screen.write(script(shell, opened.settings.folders.cache))
