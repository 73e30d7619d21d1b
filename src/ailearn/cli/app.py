"""The command `ailearn`: finds the verb, loads only its module, and runs it."""

import importlib
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperOption
from typer.main import get_command_from_info, get_group

from ailearn import __version__
from ailearn.cli.commands import COMMANDS, GROUPS, SUBCOMMANDS
from ailearn.cli.options import Call, Session, common_options, plain, session
from ailearn.cli.verb import VerbGroup, help_language, row, table
from ailearn.errors import ProgressError
from ailearn.language import say

app = typer.Typer(name="ailearn", add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


class Root(VerbGroup):
    """The group of all commands, which imports the module of a command when it is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Every command, whether its module is loaded or not."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command called `cmd_name`, built from its module; None when there is none."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"ailearn.cli.{COMMANDS[cmd_name][0]}")
        if cmd_name in SUBCOMMANDS:
            return get_group(getattr(module, f"{cmd_name}_app"))
        info = next(one for one in module.app.registered_commands if one.name == cmd_name)
        return get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode=None)

    def get_help(self, ctx: Any) -> str:
        """The help page in the reader's language, examples first, the commands by what they are for."""
        language = help_language(ctx)
        lines = [say("help", language), "", say("help.examples", language)]
        lines += [f"  {line}" for line in say("help.root.examples", language).splitlines()]
        lines += ["", f"{say('help.usage', language)}ailearn [OPTIONS] COMMAND [ARGS]..."]
        for group in GROUPS:
            lines += ["", say(f"help.group.{group}", language)]
            lines += [
                row(name, say(f"help.{name}", language))
                for name, (_, own) in COMMANDS.items()
                if own == group
            ]
        options = [one for one in self.params if isinstance(one, TyperOption) and one.name == "version"]
        lines += table("help.options", options, ctx, language)
        lines += table("help.common-options", common_options(), ctx, language)
        return "\n".join(lines)


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"ailearn {__version__}\n")
        raise typer.Exit()


@app.callback(cls=Root, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
def main(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", "-V", help="option.version", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Show the start page when no command is named."""
    if context.invoked_subcommand is None:
        opened = session(context)
        opened.show(_start_page(opened))


def _start_page(opened: Session) -> Any:
    """What to begin with; for a reader with a journal, where she is and what comes next."""
    if opened.known is not None:
        from ailearn.learning.home import home
        from ailearn.learning.review import Limits

        limits = Limits(opened.settings.new_cards, opened.settings.reviews)
        try:
            return home(opened.study, opened.journal, opened.moment, limits)
        except ProgressError as error:
            opened.warn(error)
    from ailearn.catalog.start import start

    return start(opened.study)


def run(arguments: Sequence[str]) -> None:
    """Parse `arguments` and run what they ask for.

    Raises whatever the parser and the verbs raise; `__main__` turns that into words and exit codes.
    """
    command = get_group(app)
    call = Call(language_in(arguments))
    with command.make_context("ailearn", list(arguments), obj=call) as context:
        command.invoke(context)


def language_in(arguments: Sequence[str]) -> str | None:
    """The value of `--lang` wherever it stands, for help pages that are printed before it is parsed."""
    for number, argument in enumerate(arguments):
        if argument.startswith("--lang="):
            return plain(argument.removeprefix("--lang="))
        if argument == "--lang" and number + 1 < len(arguments):
            return plain(arguments[number + 1])
    return None
