"""How commands look to the parser: they all take the common options and explain themselves alike."""

import os
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from ailearn import settings
from ailearn.cli.complaints import in_own_words, of_command, too_much
from ailearn.cli.options import common_options
from ailearn.errors import AilearnError, UsageError
from ailearn.language import Language, is_language, say
from ailearn.messages import Names, en

_COLUMN = 30


class Verb(TyperCommand):
    """A command. Its `help` names the message `help.<name>`, and options name theirs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own_params = list(self.params)
        for parameter in self.own_params:
            in_own_words(parameter)
        self.params.extend(common_options())

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the options and arguments out of `args`. Raises UsageError when some are left over."""
        ctx.allow_extra_args = True
        with of_command(ctx):
            left = super().parse_args(ctx, args)
        if left:
            raise too_much(left, ctx.command_path)
        return left

    def get_help(self, ctx: Any) -> str:
        """The help page in the reader's language, examples first."""
        language = help_language(ctx)
        lines = [*_introduction(self.help or "", language), *_usage(self, ctx, language)]
        arguments = [one for one in self.own_params if one.param_type_name == "argument"]
        options = [one for one in self.own_params if one.param_type_name == "option"]
        lines += table("help.arguments", arguments, ctx, language)
        lines += table("help.options", options, ctx, language)
        lines += table("help.common-options", common_options(), ctx, language)
        return "\n".join(lines)


class VerbGroup(TyperGroup):
    """A command that has commands of its own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(common_options())

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the options of the group out of `args`."""
        with of_command(ctx):
            return super().parse_args(ctx, args)

    def get_help(self, ctx: Any) -> str:
        """The help page in the reader's language, examples first."""
        language = help_language(ctx)
        lines = [*_introduction(self.help or "", language), *_usage(self, ctx, language)]
        lines += ["", say("help.commands", language)]
        lines += [row(name, say(f"{self.help}.{name}", language)) for name in self.list_commands(ctx)]
        lines += table("help.common-options", common_options(), ctx, language)
        return "\n".join(lines)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the first of `args` names; raises UsageError with the nearest ones."""
        command = self.get_command(ctx, args[0])
        if command is None:
            raise no_such_command(args[0], self.list_commands(ctx), ctx.command_path)
        return args[0], command, args[1:]

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of the commands in the order in which they were declared."""
        return list(self.commands)


def no_such_command(name: str, known: list[str], path: str) -> UsageError:
    """What to say about a command that does not exist; nothing is ever guessed and run."""
    import difflib

    nearest = difflib.get_close_matches(name, known, 3, 0.5)
    return UsageError(
        "error.no-such-command",
        hint="hint.did-you-mean" if nearest else "hint.help",
        name=name,
        names=Names(nearest),
        command=path,
    )


def help_language(context: typer.Context) -> Language:
    """The language for help pages; a broken config file must not keep anybody from reading them."""
    named = context.obj.language
    try:
        loaded = settings.load(os.environ, language=named if named and is_language(named) else None)
    except AilearnError:
        return "en"
    return loaded.language


def _introduction(key: str, language: Language) -> list[str]:
    lines = [say(key, language)]
    examples = f"{key}.examples"
    if examples in en.MESSAGES:
        lines += ["", say("help.examples", language)]
        lines += [f"  {line}" for line in say(examples, language).splitlines()]
    return lines


def _usage(command: Any, context: typer.Context, language: Language) -> list[str]:
    pieces = " ".join(command.collect_usage_pieces(context))
    return ["", f"{say('help.usage', language)}{context.command_path} {pieces}"]


def table(heading: str, parameters: list[Any], context: typer.Context, language: Language) -> list[str]:
    """The lines of a help page that explain `parameters`; none when there are none."""
    rows = []
    for parameter in parameters:
        if parameter.param_type_name == "argument":
            name = parameter.make_metavar(ctx=context)
        else:
            name = ", ".join(parameter.opts)
            if not parameter.is_flag:
                name += f" {parameter.make_metavar(ctx=context)}"
        rows.append(row(name, say(parameter.help, language)))
    if heading == "help.common-options":
        rows.append(row("-h, --help", say("option.help", language)))
    return ["", say(heading, language), *rows] if rows else []


def row(name: str, text: str) -> str:
    """One name of a help page and what it means."""
    if len(name) > _COLUMN - 2:
        return f"  {name}\n  {'':{_COLUMN}}{text}"
    return f"  {name:<{_COLUMN}}{text}"
