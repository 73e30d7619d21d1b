"""`tutor`: which model is connected, and connecting one."""

from typing import Annotated

import typer

from ailearn.cli.history import history
from ailearn.cli.options import Session, session
from ailearn.cli.verb import Verb, VerbGroup
from ailearn.errors import NetworkError

tutor_app = typer.Typer(rich_markup_mode=None)


@tutor_app.callback(cls=VerbGroup, help="help.tutor")
def tutor() -> None:
    """Look after the tutor."""


@tutor_app.command("setup", cls=Verb, help="help.tutor.setup")
def setup(
    context: typer.Context,
    provider: Annotated[str | None, typer.Argument(metavar="[PROVIDER]", help="argument.provider")] = None,
    url: Annotated[str | None, typer.Option("--url", metavar="URL", help="option.tutor-url")] = None,
    model: Annotated[str | None, typer.Option("--model", metavar="NAME", help="option.tutor-model")] = None,
    job: Annotated[str | None, typer.Option("--job", metavar="JOB", help="option.tutor-job")] = None,
) -> None:
    """Choose a model, try the connection, and keep what worked."""
    from ailearn.cli.connecting import connect

    connect(session(context), provider, url, model, job)
    if session(context).screen.form == "json":
        _show(session(context))


@tutor_app.command("models", cls=Verb, help="help.tutor.models")
def models(
    context: typer.Context,
    provider: Annotated[str | None, typer.Argument(metavar="[PROVIDER]", help="argument.provider")] = None,
) -> None:
    """List what a server offers."""
    from ailearn.cli.tutors import have_consent_for_key
    from ailearn.tutor import providers
    from ailearn.tutor.connection import offered

    opened = session(context)
    environ = opened.screen.streams.environ
    endpoint = providers.server(provider, opened.settings, environ)
    if endpoint is None:
        raise NetworkError("error.no-tutor", hint="hint.tutor-setup")
    have_consent_for_key(opened, endpoint)
    found = offered(opened.settings, environ, endpoint)
    opened.screen.show(found)
    opened.screen.note("note.models", count=len(found.models), provider=found.provider, url=found.url)


@tutor_app.command("show", cls=Verb, help="help.tutor.show")
def show(context: typer.Context) -> None:
    """Show which model does which job."""
    _show(session(context))


def _show(opened: Session) -> None:
    from ailearn.tutor.connection import connection

    found = connection(opened.settings, opened.screen.streams.environ)
    if found.jobs or opened.screen.form == "json":
        opened.screen.show(found)
    if not found.jobs:
        opened.screen.note("tutor.none")


tutor_app.command("history", cls=Verb, help="help.tutor.history")(history)
