"""What the parser complains of, in the program's own words and with what an option takes."""

import contextlib
from collections.abc import Iterator
from typing import Any

from typer._click.exceptions import (
    BadOptionUsage,
    BadParameter,
    ClickException,
    MissingParameter,
    NoSuchOption,
)
from typer._click.types import IntRange

from ailearn.errors import UsageError
from ailearn.messages import Names

# What stands for a year in help pages.
_YEAR = "YEAR"


class Number(IntRange):
    """A whole number between two others, refused in the program's own words."""

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        """The number that `value` is. Raises UsageError for anything else."""
        try:
            number = int(value)
        except ValueError:
            number = None
        if number is None or not (self.min or 0) <= number <= (self.max or number):
            raise self._refused(value, param)
        return number

    def _refused(self, value: Any, param: Any) -> UsageError:
        limits = {"lowest": self.min, "highest": self.max}
        hint = "hint.number-from" if self.max is None else "hint.number-between"
        if param.metavar == _YEAR:
            hint = "hint.year"
        return UsageError("error.option-value", hint=hint, option=param.opts[0], value=value, **limits)


def in_own_words(parameter: Any) -> None:
    """Have a parameter that takes a number refuse others in the program's own words."""
    kind = parameter.type
    if isinstance(kind, IntRange) and not isinstance(kind, Number):
        parameter.type = Number(kind.min, kind.max)


@contextlib.contextmanager
def of_command(context: Any) -> Iterator[None]:
    """What the parser complains of meanwhile is about the command of `context`, which it may not say."""
    try:
        yield
    except ClickException as error:
        if getattr(error, "ctx", None) is None:
            error.ctx = context  # type: ignore[attr-defined]
        raise


def too_much(arguments: list[str], command: str) -> UsageError:
    """What to say about arguments that a command does not take."""
    return UsageError("error.too-much", hint="hint.help", names=Names(arguments), command=command)


def usage_error(error: ClickException) -> UsageError:
    """The parser's complaint in the program's own words."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "ailearn"
    if isinstance(error, NoSuchOption):
        import difflib

        known = {one.lstrip("-"): one for one in error.possibilities or []}
        near = [known[one] for one in difflib.get_close_matches(error.option_name.lstrip("-"), known, 3, 0.6)]
        return UsageError(
            "error.no-such-option",
            hint="hint.did-you-mean" if near else "hint.help",
            name=error.option_name,
            names=Names(near),
            command=command,
        )
    if isinstance(error, MissingParameter) and error.param is not None:
        name = error.param.human_readable_name.rstrip(".").upper()
        return UsageError("error.missing", hint="hint.help", name=name, command=command)
    if isinstance(error, BadOptionUsage):
        return _misused(error.option_name, context, command)
    if isinstance(error, BadParameter) and error.param is not None:
        return UsageError("error.value", hint="hint.help", name=error.param.opts[0], command=command)
    commands = getattr(context.command, "list_commands", None) if context else None
    if commands is not None:
        return UsageError(
            "error.no-command", hint="hint.option-values", command=command, names=Names(commands(context))
        )
    return UsageError("error.usage", hint="hint.help", command=command)


def _misused(option: str, context: Any, command: str) -> UsageError:
    """An option without the value that it needs, or with one that it does not take."""
    parameter = next((one for one in context.command.params if option in one.opts), None) if context else None
    if parameter is None or parameter.is_flag:
        return UsageError("error.value-given", hint="hint.help", option=option, command=command)
    takes = parameter.make_metavar(ctx=context)
    return UsageError("error.value-missing", hint="hint.value", option=option, takes=takes, command=command)
