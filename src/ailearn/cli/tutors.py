"""The model that a command asks: which one it is, whether it may be asked, and what would be sent."""

from typing import TYPE_CHECKING

from ailearn.cli.options import Session, one_of
from ailearn.errors import ConfigurationError, NetworkError
from ailearn.language import say

if TYPE_CHECKING:
    from ailearn.tutor.reader import Reader
    from ailearn.tutor.talk import Compose, Endpoint, Job, Reply
    from ailearn.tutor.teacher import Teacher

_YES = ("y", "yes", "是", "是的", "好", "好的", "同意", "可以")


def endpoint_for(opened: Session, job: "Job", model: str | None = None) -> "Endpoint | None":
    """The endpoint for a job: configured, or a local server that runs; None without any.

    `model` is what `--model` names. Raises ConfigurationError for a provider that nobody knows.
    """
    from ailearn.tutor import providers

    return providers.endpoint_for(opened.settings, opened.screen.streams.environ, job, model)


def teacher_for(opened: Session, job: "Job", model: str | None = None) -> "Teacher":
    """The model for a job, with its key and the reader's consent.

    Raises NetworkError when there is no model or no key for it, ConfigurationError without consent.
    """
    endpoint = endpoint_for(opened, job, model)
    if endpoint is None:
        raise NetworkError("error.no-tutor", hint="hint.tutor-setup")
    return teacher_at(opened, endpoint)


def teacher_at(opened: Session, endpoint: "Endpoint") -> "Teacher":
    """The model at an endpoint that is known already; raises as `teacher_for` does."""
    from ailearn.tutor import keys
    from ailearn.tutor.teacher import Teacher

    key = keys.key_for(endpoint, opened.screen.streams.environ, opened.settings.folders.config)
    _have_consent(opened, endpoint)
    have_consent_for_key(opened, endpoint)
    teacher = Teacher(endpoint, key.value if key else None)
    timeout = opened.settings.tutor.get("timeout")
    return teacher._replace(timeout=float(timeout)) if isinstance(timeout, int | float) else teacher


def _have_consent(opened: Session, endpoint: "Endpoint") -> None:
    """Say what leaves the machine and ask, the first time that a remote service is used."""
    from ailearn.tutor import consent

    url = consent.destination(endpoint)
    if endpoint.local or consent.agreed(opened.settings, url):
        return
    host = consent.host(url)
    if not can_ask(opened):
        hosts = ",".join([*consent.hosts(opened.settings), host])
        raise ConfigurationError("error.tutor-consent", hint="hint.tutor-consent", host=host, hosts=hosts)
    tell(opened, "tutor.consent", host=host, model=endpoint.model)
    if not says_yes(opened, "tutor.consent-prompt"):
        raise ConfigurationError("error.tutor-no-consent", hint="hint.prompt-instead", host=host)
    _remember(opened, host)


def have_consent_for_key(opened: Session, endpoint: "Endpoint") -> None:
    """Ask, the first time that the key for an endpoint would go where others can read it.

    Raises ConfigurationError without consent.
    """
    from ailearn.tutor import consent, keys

    missing = consent.open_to(opened.settings, endpoint)
    environ, folder = opened.screen.streams.environ, opened.settings.folders.config
    if not missing or keys.find_key(endpoint, environ, folder).key is None:
        return
    if not can_ask(opened):
        consent.check_key(opened.settings, endpoint)
    if not agrees_to_open_key(opened, endpoint):
        host = consent.host(endpoint.url)
        raise ConfigurationError("error.tutor-key-unsent", hint="hint.tutor-key-unsent", host=host)
    _remember(opened, *missing)


def agrees_to_open_key(opened: Session, endpoint: "Endpoint") -> bool:
    """Whether the reader says that the key for an endpoint may go where others can read it."""
    from ailearn.tutor import consent

    places = ", ".join(consent.open_to(opened.settings, endpoint))
    tell(opened, "tutor.key-open", host=consent.host(endpoint.url), places=places)
    return says_yes(opened, "tutor.key-open-prompt")


def _remember(opened: Session, *names: str) -> None:
    """Keep what the reader agrees to; the session asks no second time, whether it could be kept or not."""
    from ailearn.tutor import consent

    opened.settings = consent.with_agreed(opened.settings, *names)
    try:
        consent.agree(opened.screen.streams.environ, *names)
    except ConfigurationError as error:
        opened.screen.note(error.key, **error.values)


def can_ask(opened: Session) -> bool:
    """Whether somebody is there to answer a question; what the command prints may still go to a file."""
    streams = opened.screen.streams
    return streams.stdin.isatty() and streams.stderr.isatty()


def tell(opened: Session, key: str, label: str = "", /, **values: object) -> None:
    """Say one of the program's longer sentences on stderr, in lines that do not break inside a word."""
    from ailearn.view.wrap import wrap

    screen = opened.screen
    before = say(label, screen.language) if label else ""
    for line in wrap(before + say(key, screen.language, **values), min(screen.width, 96)):
        screen.say_aside(line)


def says_yes(opened: Session, question: str, /, **values: object) -> bool:
    """Ask the program's question called `question`, which a plain Enter answers with no."""
    answer = answered(opened, say(question, opened.screen.language, **values))
    return answer is not None and answer.casefold() in _YES


def answered(opened: Session, question: str) -> str | None:
    """What the reader writes in answer to `question`, without blanks around it; None at the end of input."""
    streams = opened.screen.streams
    streams.stderr.write(question)
    streams.stderr.flush()
    try:
        answer = streams.stdin.readline()
    except KeyboardInterrupt:
        streams.stderr.write("\n")
        raise
    if not answer:
        streams.stderr.write("\n")
        return None
    return answer.strip()


def reader_of(opened: Session, entry: str = "", level: str | None = None) -> "Reader":
    """The reader: her language, the `level` she names or has set or seems to have, and her note on `entry`.

    Raises UsageError for a level that does not exist.
    """
    from ailearn.settings import LEVELS
    from ailearn.tutor.reader import Reader, level_of

    named = level or opened.settings.tutor.get("level")
    chosen = level_of(len(opened.learnt)) if named is None else one_of("--level", named, LEVELS)
    state = opened.standings.get(entry)
    learnt = tuple(sorted(opened.learnt - {entry}))
    return Reader(opened.settings.language, chosen, learnt, state.note if state else "")


def show_request(opened: Session, job: "Job", compose: "Compose", model: str | None = None) -> None:
    """Print exactly what would be sent, and where to; nothing is sent."""
    from ailearn.tutor.client import ShownRequest, body

    endpoint = endpoint_for(opened, job, model)
    request = compose(1.0)
    opened.screen.show(ShownRequest(endpoint, request, body(endpoint, request)))


def hear(opened: Session, teacher: "Teacher", compose: "Compose") -> "Reply":
    """Ask, show the answer as it arrives, and say how it ended when it did not end by itself.

    With `--json` nothing is shown, for the whole result follows. Raises NetworkError when nothing came back.
    """
    from ailearn.view.answer_stream import AnswerStream

    with AnswerStream(opened.screen, teacher.endpoint.model) as stream:
        reply = teacher.answer(compose, stream.hear)
    tell_ending(opened, reply)
    return reply


def tell_ending(opened: Session, reply: "Reply") -> None:
    """Say on stderr that an answer is not whole, or that its question had to be shortened."""
    note = opened.screen.note
    if reply.shortened:
        note("tutor.shortened", model=reply.model)
    if reply.ending == "length":
        note("tutor.length")
    elif reply.ending == "cut":
        note("tutor.cut", reason=say(reply.failure, opened.screen.language))
    elif reply.ending == "stopped":
        note("tutor.stopped")
    elif reply.ending == "refused":
        note("tutor.refused", model=reply.model)
