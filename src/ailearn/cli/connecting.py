"""`tutor setup`: choosing a provider and a model, trying them, and keeping what worked.

At a terminal it asks for what the flags do not say; elsewhere flags and environment must say everything.
Nothing is written before the end, so that Ctrl-C leaves nothing behind.
"""

import getpass
from typing import NamedTuple

import typer

from ailearn.cli.options import Session, one_of, plain, said
from ailearn.cli.tutors import agrees_to_open_key, answered, can_ask, says_yes, tell
from ailearn.configuration import set_values
from ailearn.errors import AilearnError, ConfigurationError, NetworkError, UsageError
from ailearn.language import say
from ailearn.messages import Names
from ailearn.settings import PROVIDERS
from ailearn.tutor import client, consent, keys, local_servers, providers
from ailearn.tutor.connection import try_model
from ailearn.tutor.failures import NoSuchModel, WrongKey
from ailearn.tutor.keys import Key
from ailearn.tutor.talk import JOBS, Endpoint, Job

# As many models as fit a small screen.
_SHOWN = 12
# Where a key comes from that was typed just now and is kept nowhere yet.
_TYPED = "-"
# What is asked without and with a list to choose from; in each case without and with a suggestion.
_MODEL_QUESTIONS = (
    ("setup.model-name", "setup.model-name-suggested"),
    ("setup.model", "setup.model-suggested"),
)


class _Choice(NamedTuple):
    """What has been decided: where, with which key, and for which job; None for all of them.

    `own_address` says that the address is not the provider's own.
    """

    endpoint: Endpoint
    key: Key | None
    own_address: bool
    job: Job | None

    @property
    def secret(self) -> str | None:
        return self.key.value if self.key else None


def connect(
    opened: Session, provider: str | None, url: str | None, model: str | None, job: str | None
) -> None:
    """Connect a model, for all jobs or for one; what else is None is asked for.

    Raises AilearnError when something is missing or the model does not answer, and nobody is there to ask.
    """
    only = _job(job)
    name = _provider(opened, provider, url)
    if only and url is not None:
        # There is one address in the settings, and it is that of the provider for everything else.
        raise UsageError("error.one-of", hint="hint.one-of", names=Names(("--job", "--url")))
    environ = opened.screen.streams.environ
    address = providers.address(name, opened.settings, environ) if only else _address(opened, name, url)
    endpoint = Endpoint(name, address, "", local_servers.is_loopback(address))
    _consent(opened, endpoint)
    own_address = url is not None or name == "custom"
    choice = _Choice(endpoint, _key(opened, endpoint), own_address, only)
    choice = _model(opened, choice, model)
    choice = _tried(opened, choice)
    _keep(opened, choice)


def _job(named: str | None) -> Job | None:
    return None if named is None else one_of("--job", named, JOBS)


def _provider(opened: Session, named: str | None, url: str | None) -> str:
    if named is not None:
        return providers.preset(plain(named)).name
    if url is not None:
        return "custom"
    environ = opened.screen.streams.environ
    running = providers.running(environ)
    if not can_ask(opened):
        found = next((one for one, models in running.items() if models), None)
        if found is None:
            raise UsageError("error.setup-provider", hint="hint.setup-provider", names=Names(PROVIDERS))
        return found
    names = [*running, *(one for one in PROVIDERS if one not in running)]
    picked = opened.screen.choose("setup.provider", [_described(opened, one, running) for one in names])
    if picked is None:
        raise _unchanged(opened)
    return names[picked]


def _described(opened: Session, name: str, running: dict[str, tuple[str, ...]]) -> str:
    """A provider with what speaks for it here: that it runs, or that there is a key for it already."""
    language = opened.screen.language
    preset = providers.preset(name)
    variable = keys.variable_with_key(preset.variables, opened.screen.streams.environ)
    if running.get(name):
        told = say("setup.runs", language, model=running[name][0])
    elif name in running:
        told = say("setup.runs-empty", language)
    elif variable and preset.needs_key:
        told = say("setup.has-key", language, variable=variable)
    else:
        told = say(f"provider.{name}", language)
    return f"{name:<11} {told}"


def _address(opened: Session, name: str, url: str | None) -> str:
    if url is not None:
        return providers.checked_address(url)
    if name != "custom":
        return providers.address(name, opened.settings._replace(tutor={}), opened.screen.streams.environ)
    if not can_ask(opened):
        raise ConfigurationError("error.no-provider-url", hint="hint.setup-url")
    while True:
        try:
            return providers.checked_address(_ask(opened, say("setup.url", opened.screen.language)))
        except ConfigurationError as error:
            _tell(opened, error)


def _consent(opened: Session, endpoint: Endpoint) -> None:
    """Have the reader's word that requests may go where this one would; it is kept at the end."""
    url = consent.destination(endpoint)
    if endpoint.local or consent.agreed(opened.settings, url):
        return
    host = consent.host(url)
    if not can_ask(opened):
        hosts = ",".join([*consent.hosts(opened.settings), host])
        raise ConfigurationError("error.tutor-consent", hint="hint.tutor-consent", host=host, hosts=hosts)
    tell(opened, "setup.consent", host=host)
    if not says_yes(opened, "tutor.consent-prompt"):
        raise _unchanged(opened)
    opened.settings = consent.with_agreed(opened.settings, host)


def _consent_for_key(opened: Session, endpoint: Endpoint) -> None:
    """Have the reader's word that the key may go where others can read it; it is kept at the end."""
    missing = consent.open_to(opened.settings, endpoint)
    if not missing:
        return
    if not can_ask(opened):
        consent.check_key(opened.settings, endpoint)
    if not agrees_to_open_key(opened, endpoint):
        raise _unchanged(opened)
    opened.settings = consent.with_agreed(opened.settings, *missing)


def _key(opened: Session, endpoint: Endpoint) -> Key | None:
    environ, folder = opened.screen.streams.environ, opened.settings.folders.config
    if not can_ask(opened):
        key = keys.key_for(endpoint, environ, folder)
        if key:
            _consent_for_key(opened, endpoint)
        return key
    found = keys.find_key(endpoint, environ, folder)
    if found.trouble:
        opened.screen.note("warning.keyring", reason=found.trouble)
    if found.key is not None:
        keys.key_for(endpoint, environ, folder)
        opened.screen.note("setup.key-found", source=found.key.source)
        _consent_for_key(opened, endpoint)
        return found.key
    wanted = keys.is_needed(endpoint) or (endpoint.provider == "custom" and not endpoint.local)
    return _typed_key(opened, endpoint) if wanted else None


def _typed_key(opened: Session, endpoint: Endpoint) -> Key | None:
    """Ask for a key, which does not appear on the screen; a plain Enter is none where none is needed."""
    preset = providers.preset(endpoint.provider)
    language = opened.screen.language
    if preset.page:
        opened.screen.note("setup.key-page", page=preset.page)
    question = "setup.key" if keys.is_needed(endpoint) else "setup.key-optional"
    while True:
        try:
            typed = getpass.getpass(say(question, language), stream=opened.screen.streams.stderr).strip()
        except EOFError:
            raise _unchanged(opened) from None
        if not typed:
            if keys.is_needed(endpoint):
                raise _unchanged(opened)
            return None
        if keys.can_be_key(typed):
            _consent_for_key(opened, endpoint)
            return Key(typed, _TYPED)
        _tell(opened, NetworkError("error.key-characters", hint="hint.bad-key"))


def _model(opened: Session, choice: _Choice, named: str | None) -> _Choice:
    """The choice with a model: the one named, the one picked from the server's list, or the suggested one."""
    endpoint = choice.endpoint
    preset = providers.preset(endpoint.provider)
    suggested = preset.cheap if choice.job == "translate" else preset.model
    if named is None and can_ask(opened):
        choice, offered = _offered(opened, choice)
        if offered and suggested not in offered:
            suggested = offered[0] if endpoint.local or len(offered) == 1 else ""
        named = _picked_model(opened, offered, suggested)
    elif named is None:
        environ = opened.screen.streams.environ
        settings = opened.settings._replace(tutor={"provider": endpoint.provider, "url": endpoint.url})
        named = providers.endpoint_at(endpoint.provider, "", settings, environ, choice.job or "ask").model
    local = endpoint.local and not local_servers.runs_elsewhere(endpoint.provider, named)
    endpoint = endpoint._replace(model=named, local=local)
    if choice.endpoint.local:
        # A local Ollama passes what some models are asked on to its makers.
        _consent(opened, endpoint)
    return choice._replace(endpoint=endpoint)


def _offered(opened: Session, choice: _Choice) -> tuple[_Choice, tuple[str, ...]]:
    """What the server offers for conversations, nothing when it does not tell; and perhaps another key."""
    endpoint = choice.endpoint
    while True:
        try:
            ids = client.models(endpoint.url, choice.secret, endpoint.local)
        except WrongKey as error:
            choice = _other_key(opened, choice, error)
        except NetworkError as error:
            if endpoint.local:
                raise
            # Some services list nothing, and answer all the same.
            opened.screen.note("setup.no-list", reason=said(opened, error))
            return choice, ()
        else:
            return choice, local_servers.chat_models(ids)


def _picked_model(opened: Session, offered: tuple[str, ...], suggested: str) -> str:
    """Let the reader choose by number, name or part of a name; one that is not listed is taken as it is."""
    language, stderr = opened.screen.language, opened.screen.streams.stderr
    shown = offered
    while True:
        if shown:
            opened.screen.note("setup.models", count=len(shown))
        for number, one in enumerate(shown[:_SHOWN], start=1):
            stderr.write(f"  {number:>2}  {one}\n")
        if len(shown) > _SHOWN:
            opened.screen.note("setup.more", count=len(shown) - _SHOWN)
        plain, with_default = _MODEL_QUESTIONS[bool(offered)]
        question = with_default if suggested else plain
        typed = _ask(opened, say(question, language, model=suggested, as_of=providers.AS_OF)) or suggested
        numbered = {str(number): one for number, one in enumerate(shown[:_SHOWN], start=1)}
        if typed in numbered:
            return numbered[typed]
        matching = tuple(one for one in offered if typed.casefold() in one.casefold())
        if typed and (typed in offered or len(matching) < 2):
            return typed if typed in offered or not matching else matching[0]
        shown = matching if typed else offered


def _tried(opened: Session, choice: _Choice) -> _Choice:
    """The choice with a model that has answered, or that the reader wants to keep all the same."""
    while True:
        endpoint = choice.endpoint
        opened.screen.note("setup.trying", model=endpoint.model, host=consent.host(endpoint.url))
        try:
            reply = try_model(endpoint, choice.secret)
        except WrongKey as error:
            choice = _other_key(opened, choice, error)
        except NetworkError as error:
            if not can_ask(opened):
                raise
            _tell(opened, error)
            if isinstance(error, NoSuchModel) and says_yes(opened, "setup.other-model"):
                choice = _model(opened, choice, None)
            elif says_yes(opened, "setup.keep-anyway"):
                return choice
            else:
                raise _unchanged(opened) from None
        else:
            if reply.ending == "stopped":
                raise KeyboardInterrupt
            return choice


def _other_key(opened: Session, choice: _Choice, error: WrongKey) -> _Choice:
    """The choice with another key; raises `error` where it stands in a variable or nobody can be asked."""
    fixed = choice.key is not None and choice.key.source in opened.screen.streams.environ
    if fixed or not can_ask(opened):
        raise error
    tell(opened, error.key, "error.label", **error.values)
    return choice._replace(key=_typed_key(opened, choice.endpoint))


def _keep(opened: Session, choice: _Choice) -> None:
    """Write key and settings, both or neither, and say how to go on."""
    endpoint, screen = choice.endpoint, opened.screen
    folder = opened.settings.folders.config
    values = _settings(opened, choice)
    kept = None
    if choice.key is not None and choice.key.source == _TYPED:
        kept = keys.keep_key(endpoint, choice.key.value, folder)
    try:
        path = set_values(screen.streams.environ, values)
    except BaseException:
        if kept:
            keys.forget_key(endpoint, folder)
        raise
    if kept:
        if kept.trouble:
            screen.note("warning.keyring", reason=kept.trouble)
        screen.note("setup.key-kept", source=kept.source)
    screen.note("setup.kept", path=path)
    if values.get("tutor.models.translate") and not choice.job:
        screen.note("setup.cheap", model=values["tutor.models.translate"])
    if choice.job:
        job = say(f"tutor.job-{choice.job}", screen.language)
        screen.note("setup.done-job", model=endpoint.model, provider=endpoint.provider, job=job)
    else:
        screen.note("setup.done", model=endpoint.model, provider=endpoint.provider)


def _settings(opened: Session, choice: _Choice) -> dict[str, str]:
    """What is to be written."""
    endpoint = choice.endpoint
    if choice.job:
        values = {f"tutor.models.{choice.job}": f"{endpoint.model}@{endpoint.provider}"}
    else:
        values = _for_all_jobs(opened, choice)
    agreed = consent.hosts(opened.settings)
    if agreed != consent.kept(opened.screen.streams.environ):
        values["tutor.agreed"] = ",".join(agreed)
    return values


def _for_all_jobs(opened: Session, choice: _Choice) -> dict[str, str]:
    """The settings of a new tutor; models that were set for single jobs keep their provider."""
    endpoint, before = choice.endpoint, opened.settings.tutor
    values = {
        "tutor.provider": endpoint.provider,
        "tutor.url": endpoint.url if choice.own_address else "",
        "tutor.model": endpoint.model,
    }
    usual = providers.usual_provider(opened.settings)
    moved = usual and (usual, str(before.get("url", ""))) != (endpoint.provider, values["tutor.url"])
    for job in JOBS:
        name = str(before.get(f"models.{job}", ""))
        if name and moved and not providers.named_model(name)[1]:
            # What was served at an address that is forgotten now cannot be asked any more, and what was
            # only suggested is not missed.
            lost = before.get("url") or name == providers.preset(usual).cheap
            values[f"tutor.models.{job}"] = "" if lost else f"{name}@{usual}"
    preset = providers.preset(endpoint.provider)
    translating = values.get("tutor.models.translate", before.get("models.translate"))
    if endpoint.model == preset.model != preset.cheap and not translating:
        values["tutor.models.translate"] = preset.cheap
    return values


def _ask(opened: Session, question: str) -> str:
    """One line from the reader; Ctrl-D ends the setup."""
    answer = answered(opened, question)
    if answer is None:
        raise _unchanged(opened)
    return answer


def _tell(opened: Session, error: AilearnError) -> None:
    """Say what went wrong, where the dialogue goes on."""
    for label, key in (("error.label", error.key), ("hint.label", error.hint)):
        if key:
            tell(opened, key, label, **error.values)


def _unchanged(opened: Session) -> typer.Exit:
    opened.screen.note("setup.unchanged")
    return typer.Exit(1)
